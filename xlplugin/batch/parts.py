"""Runs into a folder of part files: each part whole or not there, a journal of those that are done.

Part ``k`` holds the results of the same rows whenever and wherever it is written, so a run that was
killed continues after its last complete part, and a cluster may write parts in any order.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from xlplugin.batch.job import Job
from xlplugin.batch.streaming import Tally
from xlplugin.batch.writers.parquet import ParquetWriter
from xlplugin.files.targets import naming


@dataclass(frozen=True)
class Cut:
    """A job cut into parts of ``part_rows`` scenario rows, ``rows`` in all."""

    job: Job
    folder: Path
    rows: int
    part_rows: int

    @property
    def parts(self) -> int:
        """How many parts there are; one, without rows, of an empty table."""
        return max(1, -(-self.rows // self.part_rows))

    def file(self, part: int) -> Path:
        """Return the name of a part."""
        return self.folder / f"part-{part:06d}.parquet"


@dataclass(kw_only=True)
class Done(Tally):
    """One line of the journal: a part and its size; its faults do not stand there."""

    part: int
    bytes: int = 0

    def __str__(self) -> str:
        return json.dumps({name: value for name, value in vars(self).items() if name != "faults"})


def write_part(cut: Cut, part: int, workers: int | None = None) -> Done:
    """Write one part, whole or not at all; with faults that are not kept nothing is written."""
    job, path = cut.job, cut.file(part)
    start = part * cut.part_rows
    stop = min(start + cut.part_rows, cut.rows)
    tally = Tally()
    with naming(path):
        writer = ParquetWriter(path, with_faults=job.keep)
        try:
            for payload in job.payloads(writer, tally, workers, start, stop):
                writer.write(payload)
            if tally.faults and not job.keep:
                writer.abandon()
                return Done(part=part, **vars(tally))
            writer.finish({"part": part, "study": dict(job.study)})
        except BaseException:
            writer.abandon()
            raise
        return Done(part=part, bytes=path.stat().st_size, **vars(tally))
