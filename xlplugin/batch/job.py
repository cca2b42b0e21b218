"""A run from a source to a target: the one way to a file, from Python and from the shell."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from xlplugin.batch.headers import carried_names
from xlplugin.batch.manifest import file_hash, manifest_of
from xlplugin.batch.readers.source import Source
from xlplugin.batch.readers.sources import open_source
from xlplugin.batch.runner import computed
from xlplugin.batch.selection import Selection
from xlplugin.batch.streaming import Tally, block_rows, stream
from xlplugin.batch.writers.csv import CsvWriter
from xlplugin.batch.writers.formats import Writer, writer_of
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import extended
from xlplugin.files.archives import check_workbook
from xlplugin.files.targets import check_target, naming, stdout
from xlplugin.model.errors import Fault, InputError, gathering
from xlplugin.model.messages import message

Progress = Callable[[int, int | None], None]

#: Results that a sheet can hold below its header.
SHEET_ROWS = 1_048_575


@dataclass
class Job:
    """A source, what to compute, and the study as the manifest records it.

    ``faults`` and ``notices`` are what a person should know when the results are there.
    """

    source: Source
    selection: Selection
    study: Mapping[str, Any]
    files: Sequence[Path]
    keep: bool = False
    carried: Sequence[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def to(
        self,
        target: Path | str,
        *,
        force: bool = False,
        workers: int | None = None,
        progress: Progress | None = None,
        language: str = "en",
    ) -> Tally:
        """Write the results to a file by its ending, or to standard output (``-``); return the counts.

        ``language`` is that of a workbook's words for people.

        Raises InputError (nothing is written) for faulty rows unless they are kept, for a target that
        may not be replaced, and OSError where writing fails.
        """
        if target == "-":
            writer: Writer = CsvWriter(None, stdout(), with_faults=self.keep)
            return self._written(writer, None, workers, progress)
        path = Path(target)
        check_target(path, self.files, force=force)
        self._check_count(self.source.count, path)
        with naming(path):
            writer = writer_of(path, with_faults=self.keep, language=language)
        return self._written(writer, path, workers, progress)

    def frame(self) -> Any:
        """Return the results as a frame; InputError for faulty rows unless they are kept."""
        from xlplugin.batch.frames import frame_of

        result = computed(self.source.all_rows(), self.selection)
        self.faults = result.faults
        if result.faults and not self.keep:
            raise InputError(result.faults)
        return frame_of(result, with_faults=self.keep)

    def manifest(self, tally: Tally, hashes: Sequence[str]) -> dict[str, Any]:
        """Return the manifest of the finished run."""
        counts = {"rows": tally.rows, "results": tally.count, "faulty": tally.faulty}
        return manifest_of(self.selection.dataset, self.study, self.files, hashes, counts)

    def _written(
        self, writer: Writer, path: Path | None, workers: int | None, progress: Progress | None
    ) -> Tally:
        tally = Tally()
        try:
            with naming(path) if path else contextlib.nullcontext(), hashing(self.files) as hashes:
                for payload in self.payloads(writer, tally, workers):
                    self._check_count(tally.count, path)
                    writer.write(payload)
                    if progress:
                        progress(tally.rows, self.source.count)
                if tally.faults and not self.keep:
                    raise InputError(tally.faults)
                writer.finish(self.manifest(tally, hashes()))
        except BaseException:
            writer.abandon()
            raise
        if _is_workbook(path):
            self._look_back(path)
        return tally

    def _look_back(self, path: Path) -> None:
        """Note where a workbook of results is larger than what is read back."""
        faults: list[Fault] = []
        with gathering(faults):
            check_workbook(path)
        for fault in faults:
            told = {"name": path.name, "input": fault.input, "other": path.with_suffix(".csv").name}
            said = message("{name} {input}, more than is read back: to verify it write {other}", **told)
            self.notices.append(said)

    def payloads(
        self,
        writer: Writer,
        tally: Tally,
        workers: int | None = None,
        start: int = 0,
        stop: int | None = None,
    ) -> Iterator[Any]:
        """Yield what a writer takes, first a block without rows; count results and faults in ``tally``."""
        nothing = computed(self.source.rows(self.source.nothing(), 1), self.selection)
        yield writer.encode(nothing)
        size = block_rows(self.selection)
        pieces = self.source.pieces(size, start, stop)
        blocks = stream(
            self.source, self.selection, writer.encode, keep=self.keep, workers=workers, pieces=pieces,
            first=start + 1, size=size,
        )  # fmt: skip
        for block in blocks:
            tally.add(block)
            if block.payload is not None and (self.keep or not tally.faults):
                yield block.payload
            if tally.full and not self.keep:
                return

    def _check_count(self, count: int | None, path: Path | None) -> None:
        """Raise InputError where a workbook is to hold more results than a sheet takes."""
        if count is not None and count > SHEET_ROWS and _is_workbook(path):
            other = path.with_suffix(".parquet").name
            fix = message("a sheet holds {most:,} results: write {other}", most=SHEET_ROWS, other=other)
            allowed = message("at most {most:,}", most=SHEET_ROWS)
            raise InputError.wrong("rows", count, fix, allowed, row=str(path))


def job(
    source: Any = None,
    companies: Sequence[str] | None = None,
    *,
    fiscal_year: Any = None,
    lines: Sequence[str] | None = None,
    inputs: str = "used",
    errors: str = "stop",
    own: Mapping[str, Mapping[str, float]] | None = None,
    decimal: str | None = None,
    sheet: str | None = None,
    companies_file: str | None = None,
    assumptions_file: str | None = None,
    dataset: Dataset | None = None,
    label: Mapping[str, Any] | None = None,
) -> Job:
    """Return the run of a source; arguments as in :func:`xlplugin.run`.

    ``label`` is what the manifest says of a source that is no file, enough to run it again.
    """
    if errors not in ("stop", "keep"):
        raise InputError.wrong("errors", errors, "choose one", "stop, keep")
    dataset = dataset or extended(companies_file, assumptions_file, decimal=decimal)
    opened = open_source(source, dataset, decimal=decimal, sheet=sheet)
    added = opened.additions
    names = companies or added.get("companies")
    lines = lines if lines is not None else added.get("lines")
    fiscal_year = fiscal_year if fiscal_year is not None else added.get("fiscal_year")
    mine = {**added.get("own", {}), **(own or {})}
    selection = Selection.of(added.get("dataset", dataset), names, fiscal_year, lines, inputs, mine)
    more = [Path(name) for name in (companies_file, assumptions_file) if name]
    study = {
        "source": dict(label) if label else opened.name,
        "companies": None if names is None else list(names),
        "fiscal_year": fiscal_year,
        "lines": list(selection.plan.outputs),
        "inputs": inputs,
        "errors": errors,
        "own": {name: dict(values) for name, values in mine.items()},
        "decimal": decimal,
        "sheet": sheet,
        "companies_file": companies_file,
        "assumptions_file": assumptions_file,
    }
    files = [*opened.files, *more]
    return Job(opened, selection, study, files, errors == "keep", carried_names(opened.columns()))


@contextlib.contextmanager
def hashing(files: Sequence[Path]) -> Iterator[Callable[[], list[str]]]:
    """Hash the inputs beside the run; what it gives waits for the hashes."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="xlplugin-hash")
    hashed: list[Future[str]] = [pool.submit(file_hash, file) for file in files if file.is_file()]
    try:
        yield lambda: [future.result() for future in hashed]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _is_workbook(path: Path | None) -> TypeGuard[Path]:
    return path is not None and path.suffix.casefold() == ".xlsx"


def is_folder_target(target: str) -> bool:
    """Whether results go to a folder of part files: a name that ends in / or has no ending."""
    return target.endswith(("/", "\\")) or Path(target).is_dir() or not Path(target).suffix
