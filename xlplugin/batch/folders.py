"""Runs into a folder of part files: a journal of those that are done, so that a killed run continues."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from xlplugin.batch.job import Job, hashing
from xlplugin.batch.manifest import FOLDER_MANIFEST, data_hash
from xlplugin.batch.parts import Cut, Done, write_part
from xlplugin.batch.streaming import BLOCK_ROWS, Tally
from xlplugin.files.targets import check_target, naming, write_whole
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

JOURNAL = "_journal.jsonl"


#: Results of a part, about: a file of some hundred megabytes with ten lines.
PART_RESULTS = 2_000_000


def write_parts(
    job: Job,
    folder: Path,
    *,
    force: bool = False,
    resume: bool = False,
    part_rows: int | None = None,
    cluster: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> Tally:
    """Write a job's results into a folder of Parquet files; return the counts.

    ``resume`` continues after the parts that are complete; ``cluster`` is the address of a Dask
    scheduler whose workers write the parts, on a file system that all share. Raises InputError for
    faulty rows (what was written is removed) unless the job keeps them.
    """
    folder = folder.resolve()
    rows = job.source.count
    if rows is None:
        rows = job.source.index()  # type: ignore[attr-defined]
    with hashing(job.files) as hashes:
        hashed = hashes()
    run = _fingerprint(job, hashed)
    done: dict[int, Done] = {}
    if resume and (folder / JOURNAL).exists():
        part_rows, done = _resumed(folder, run)
    else:
        _prepared(job, folder, force)
        part_rows = part_rows or max(BLOCK_ROWS, PART_RESULTS // max(1, len(job.selection.cases)))
        with naming(folder):
            write_whole(
                folder / JOURNAL, json.dumps({"run": run, "part_rows": part_rows, "rows": rows}) + "\n"
            )
    cut = Cut(job, folder, rows, part_rows)
    tally = Tally()
    for written in done.values():
        tally.add(written)
    left = [part for part in range(cut.parts) if part not in done]
    for written in _written(cut, left, cluster):
        tally.add(written)
        if written.faults and not job.keep:
            _clear(folder)
            raise InputError(written.faults)
        with naming(folder):
            _note(folder, written)
        if progress:
            progress(tally.rows, rows)
    for leftover in folder.glob(".part-*.part"):
        leftover.unlink(missing_ok=True)
    with naming(folder):
        write_whole(
            folder / FOLDER_MANIFEST, json.dumps(job.manifest(tally, hashed), indent=1, ensure_ascii=False)
        )
    return tally


def _written(cut: Cut, left: Sequence[int], cluster: str | None) -> Iterator[Done]:
    if cluster:
        from xlplugin.batch.cluster import parts_on_cluster

        yield from parts_on_cluster(cut, left, cluster)
    else:
        yield from (write_part(cut, part) for part in left)


def _prepared(job: Job, folder: Path, force: bool) -> None:
    """Make the folder, or empty it of an earlier run where that may be replaced."""
    check_target(folder, job.files, force=force, folder=True)
    if folder.exists() and not folder.is_dir():
        raise InputError.of_file(folder, "is a file", "choose another name")
    if folder.is_dir():
        others = [path.name for path in folder.iterdir() if not _is_ours(path)]
        if others:
            raise InputError.of_file(
                folder, message("holds other files ({others})", others=others[0]), "choose another folder"
            )
        for path in list(folder.iterdir()):
            path.unlink()
    with naming(folder):
        folder.mkdir(exist_ok=True)


def _resumed(folder: Path, run: str) -> tuple[int, dict[int, Done]]:
    """Return the size of parts and those that the journal says are complete, and that are."""
    lines = (folder / JOURNAL).read_text("utf-8").splitlines()
    try:
        head = json.loads(lines[0])
        part_rows = int(head["part_rows"])
    except (ValueError, LookupError, TypeError):
        raise InputError.of_file(folder / JOURNAL, "damaged", "start again with --force") from None
    if head.get("run") != run:
        problem = "holds another run: its inputs, data, options or version differ"
        raise InputError.of_file(folder, problem, "run the same again, or choose another folder")
    done: dict[int, Done] = {}
    for line in lines[1:]:
        try:
            written = Done(**json.loads(line))
        except (ValueError, TypeError):  # a line that was being written when the run was killed
            continue
        path = folder / f"part-{written.part:06d}.parquet"
        if path.exists() and path.stat().st_size == written.bytes:
            done[written.part] = written
    kept = [lines[0], *map(str, done.values())]
    write_whole(folder / JOURNAL, "\n".join(kept) + "\n")
    return part_rows, done


def _note(folder: Path, written: Done) -> None:
    with (folder / JOURNAL).open("a", encoding="utf-8") as file:
        file.write(f"{written}\n")
        file.flush()
        os.fsync(file.fileno())


def _clear(folder: Path) -> None:
    """Remove a run whose rows turned out faulty."""
    for path in list(folder.iterdir()):
        if _is_ours(path):
            path.unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _is_ours(path: Path) -> bool:
    return path.name.lstrip(".").startswith(("part-", JOURNAL, FOLDER_MANIFEST))


def _fingerprint(job: Job, hashes: Sequence[str]) -> str:
    from xlplugin.model.version import __version__

    parts = [__version__, dict(job.study), data_hash(job.selection.dataset), list(hashes)]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
