"""The stream of a run: pieces are parsed and computed by threads, results come out in order.

Only a few blocks exist at a time, so memory does not grow with the number of rows. NumPy and Arrow let
go of the interpreter while they work, so threads use every core.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from xlplugin.batch.readers.source import Source
from xlplugin.batch.result import Result
from xlplugin.batch.runner import computed
from xlplugin.batch.selection import Selection
from xlplugin.model.errors import Fault
from xlplugin.model.threads import cores, ordered

#: Rows of a block, and results (rows times companies) that it may give.
BLOCK_ROWS = 32_768
BLOCK_PAIRS = 131_072

#: Faults that are kept; a run that stops at faults ends when so many were found.
KEPT_FAULTS = 10_000


@dataclass(kw_only=True)
class Tally:
    """What a run has come to so far, or a part of it: rows read, results, faulty ones, what was wrong."""

    rows: int = 0
    count: int = 0
    faulty: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, part: Tally) -> None:
        """Count a block or a part in."""
        self.rows += part.rows
        self.count += part.count
        self.faulty += part.faulty
        self.faults += part.faults[: KEPT_FAULTS - len(self.faults)]

    @property
    def full(self) -> bool:
        """Whether no more faults are kept."""
        return len(self.faults) >= KEPT_FAULTS


@dataclass(kw_only=True)
class Block(Tally):
    """One block of results, encoded for its target, from the row ``first`` on."""

    first: int
    payload: Any


def block_rows(selection: Selection) -> int:
    """Return how many rows a block has, so that its results fit in memory many times over."""
    return max(1024, min(BLOCK_ROWS, BLOCK_PAIRS // max(1, len(selection.cases))))


def stream(
    source: Source,
    selection: Selection,
    encode: Callable[[Result], Any],
    *,
    keep: bool = False,
    workers: int | None = None,
    pieces: Iterable[Any] | None = None,
    first: int = 1,
    size: int,
) -> Iterator[Block]:
    """Yield the results of a source block by block, in order.

    ``encode`` turns a result into what the target writes, in a worker. Without ``keep`` a block with
    faults is not encoded. ``pieces`` and ``first`` run a part of the source, ``size`` rows a block.
    """
    workers = workers or cores()

    def work(item: tuple[Any, int, range]) -> Block:
        parsed, number, part = item
        if len(part) < len(parsed):
            parsed = _slice(parsed, part)
        result = computed(source.rows(parsed, number), selection)
        good = keep or not result.faults
        return Block(
            first=number, payload=encode(result) if good else None, rows=len(part), count=result.count,
            faulty=len(result.wrong), faults=result.faults,
        )  # fmt: skip

    def numbered() -> Iterator[tuple[Any, int, range]]:
        number = first
        for parsed in ordered(
            pool, source.parsed, source.pieces(size) if pieces is None else pieces, workers
        ):
            for start in range(0, len(parsed), size):
                part = range(start, min(start + size, len(parsed)))
                yield parsed, number, part
                number += len(part)

    pool = ThreadPoolExecutor(workers, thread_name_prefix="xlplugin-batch")
    try:
        yield from ordered(pool, work, numbered(), workers + 1)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _slice(parsed: Any, part: range) -> Any:
    if isinstance(parsed, range):
        return parsed[part.start : part.stop]
    if hasattr(parsed, "part"):
        return parsed.part(part)
    return parsed.slice(part.start, len(part))
