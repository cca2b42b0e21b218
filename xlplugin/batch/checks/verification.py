"""Verification: an output is run again, a sample or all of it, and compared figure by figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlplugin.batch.headers import FLAGS
from xlplugin.batch.job import Job, job
from xlplugin.batch.manifest import data_hash, file_hash, manifest_path, read_manifest
from xlplugin.batch.readers.grid import grid_of_settings
from xlplugin.batch.readers.outputs import plain_text, read_results
from xlplugin.batch.result import FAULT, Result
from xlplugin.batch.streaming import block_rows, stream
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import extended
from xlplugin.entries.columns import as_list
from xlplugin.files.safe_text import guarded_text
from xlplugin.model.errors import Fault, InputError, gathering
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message

#: Two figures are equal within this, against the larger of them and their scale.
TOLERANCE = 1e-12
#: Stretches that a sample is made of.
STRETCHES = 10
#: Differences that are kept.
KEPT = 1000


@dataclass(frozen=True)
class Difference:
    """One figure or text that is not as it was: row of the output (from 1), company, scenario, column."""

    row: int
    company: object
    scenario: object
    column: str
    in_file: object
    again: object


@dataclass
class Verdict:
    """What a verification found: results compared, of how many; what differs; what to know besides."""

    compared: int = 0
    of: int = 0
    differences: list[Difference] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


def verify(path: str | Path, *, sample: int | None = 10_000, source: str | Path | None = None) -> Verdict:
    """Run an output of ``xlplugin run -o`` again and return what differs.

    ``sample``: about how many scenario rows, in stretches spread over the whole (None: all).
    ``source``: where the input lies now. Raises InputError for an output without a manifest, or where
    the input has changed or is gone and the output does not show the inputs used.
    """
    path = Path(path)
    manifest = read_manifest(path)
    verdict = Verdict(of=int(manifest["results"]))
    _check_bytes(path, manifest, verdict)
    faults: list[Fault] = []
    with gathering(faults):
        _check_results(path, manifest, sample, source, verdict)
    if faults and verdict.equal:
        raise InputError(faults)
    verdict.notes += map(str, faults)  # no wonder, in a file of another size
    return verdict


def _check_results(
    path: Path, manifest: Mapping[str, Any], sample: int | None, source: str | Path | None, verdict: Verdict
) -> None:
    """Run stretches of the output again and note what differs, and whether it ends where it should."""
    again, skipped = _again(path, manifest, source, verdict)
    per_row = int(manifest["results"]) // max(1, int(manifest["rows"])) if not skipped else 1
    rows = int(manifest["rows"]) if not skipped else int(manifest["results"])
    stretches = _stretches(rows, sample, block_rows(again.selection))
    wanted = [range(one.start * per_row, one.stop * per_row) for one in stretches]
    if again.source.count is None and len(stretches) > 1:
        again.source.index()  # type: ignore[attr-defined]
    for one, place, found in zip(stretches, wanted, read_results(path, wanted), strict=True):
        _compare_stretch(again, one, place, found, skipped, verdict)
    _check_length(path, manifest, verdict)


def _again(
    path: Path, manifest: Mapping[str, Any], source: str | Path | None, verdict: Verdict
) -> tuple[Job, frozenset[str]]:
    """Return the job of the manifest, and the columns that it cannot tell."""
    study = manifest["study"]
    dataset = extended(study["companies_file"], study["assumptions_file"], decimal=study["decimal"])
    given: Any = source
    if source is None and isinstance(study["source"], dict):
        given = _presets_or_grid(study["source"], dataset)
    elif source is None:
        places = (Path(study["source"]), path.parent / study["source"])
        given = next((place for place in places if place.exists()), None)
        if given is None:
            return _from_output(path, study, dataset, verdict)
    options = {name: study[name] for name in ("fiscal_year", "lines", "inputs", "decimal", "sheet")}
    work = job(
        str(given) if isinstance(given, Path) else given, study["companies"], errors="keep", own=study["own"],
        dataset=dataset, **options,
    )  # fmt: skip
    known = {one["sha256"] for one in manifest["inputs"]}
    if work.source.files and not {file_hash(one) for one in work.source.files} <= known:
        fix = "say where the one that was used is: xlplugin verify FILE --input FILE"
        raise InputError.of_file(given, "has changed since this run", fix)
    if data_hash(work.selection.dataset) != manifest["data_sha256"]:
        verdict.notes.append("the companies' figures, assumptions or presets have changed since this run")
    return work, frozenset()


def _from_output(
    path: Path, study: Mapping[str, Any], dataset: Dataset, verdict: Verdict
) -> tuple[Job, frozenset[str]]:
    """Return the job on the inputs that the output itself shows, and the columns that it cannot tell."""
    file = study["source"]
    if study["inputs"] != "used":
        fix = "say where it is: xlplugin verify FILE --input FILE"
        raise InputError.of_file(file, "the input of this run is not there", fix)
    said = message("{file} is not there: run again from the inputs in the output itself", file=file)
    verdict.notes.append(said)
    sheet = "Results" if path.suffix == ".xlsx" else None
    work = job(str(path), lines=study["lines"], errors="keep", dataset=dataset, sheet=sheet)
    return work, frozenset((*FLAGS, FAULT, "scenario", "fiscal_year"))


def _presets_or_grid(source: Mapping[str, Any], dataset: Dataset) -> Any:
    if source["set"]:
        return grid_of_settings(dataset, source["scenarios"], source["set"])
    return source["scenarios"] or None


def _stretches(rows: int, sample: int | None, block: int) -> list[range]:
    """Return the rows to run again: all in blocks, or stretches from the start to the end."""
    if sample is None or sample >= rows:
        return [range(at, min(at + block, rows)) for at in range(0, rows, block)]
    length = max(1, sample // STRETCHES)
    starts = np.linspace(0, rows - length, min(STRETCHES, rows // length)).astype(int)
    return [range(at, at + length) for at in sorted(set(starts.tolist()))]


def _compare_stretch(
    again: Job, rows: range, place: range, found: Any, skipped: frozenset[str], verdict: Verdict
) -> None:
    size = block_rows(again.selection)
    whole = again.source.count is None
    pieces = again.source.pieces(size) if whole else again.source.pieces(size, rows.start, rows.stop)
    start = 0
    for block in stream(again.source, again.selection, lambda result: result, keep=True, pieces=pieces,
                        first=1 if whole else rows.start + 1, size=size):  # fmt: skip
        part = found.iloc[start : start + block.count]
        compared(block.payload, part, place.start + start, skipped, verdict)
        start += block.count


def compared(result: Result, found: Any, first: int, skipped: frozenset[str], verdict: Verdict) -> None:
    """Compare a result with what stands in the output from row ``first`` on; note what differs."""
    count = min(result.count, len(found))
    verdict.compared += count
    keys = [found[name].tolist() if name in found else [None] * count for name in ("company", "scenario")]

    def note(places: Any, name: str, there: Any, here: Any) -> None:
        for i in places:
            verdict.rows.add(first + i + 1)
            if len(verdict.differences) < KEPT:
                one = Difference(first + i + 1, keys[0][i], keys[1][i], name, there[i], here[i])
                verdict.differences.append(one)

    scales = _scales(result, count)
    for name, column in {**result.columns, FAULT: result.fault_texts()}.items():
        if name in skipped or name not in found:
            if name in UNITS or (name not in skipped and name != FAULT):
                note([0] if count else [], name, ["missing"], ["a column"])
            continue
        there = found[name].to_numpy()
        if name in UNITS or there.dtype.kind == "f":
            here = np.asarray(column, np.float64)
            scale = scales.get(UNITS.get(name, ""), 1.0)
            note(_unequal(there[:count].astype(float), here[:count], scale), name, there, here)
        else:
            again = [plain_text(value) for value in as_list(column)]
            note([i for i in range(count) if not _same_text(there[i], again[i])], name, there, again)


def _unequal(there: Any, here: Any, scale: Any) -> list[int]:
    with np.errstate(invalid="ignore"):
        bound = TOLERANCE * np.maximum(np.maximum(np.abs(there), np.abs(here)), scale)
        close = np.abs(there - here) <= bound
    return [int(i) for i in np.flatnonzero(~(close | (np.isnan(there) & np.isnan(here))))]


def _scales(result: Result, count: int) -> dict[str, Any]:
    """Return by unit how large the figures are that a difference is made of."""
    scales: dict[str, Any] = {}
    for name, column in result.columns.items():
        unit = "money" if name in ("revenue", "cost_of_revenue") else UNITS.get(name)
        if unit in ("money", "money per share"):
            size = np.nan_to_num(np.abs(column[:count]))
            scales[unit] = np.maximum(scales.get(unit, 1.0), size)
    return scales


def _check_bytes(path: Path, manifest: Mapping[str, Any], verdict: Verdict) -> None:
    """Hold the size of a file against the one that is recorded; InputError where it is of an earlier run."""
    recorded = manifest.get("bytes")
    if not isinstance(recorded, int) or path.is_dir():
        return
    size = path.stat().st_size
    if size == recorded:
        return
    if path.stat().st_mtime < manifest_path(path).stat().st_mtime:
        problem = "the file is older than its manifest: a run was ended between the two"
        raise InputError.of_file(path, problem, "run it again")
    state = "cut off" if size < recorded else "longer"
    told = {"state": state, "size": size, "recorded": recorded}
    verdict.notes.append(message("{state}: {size:,} bytes, its manifest says {recorded:,}", **told))
    verdict.rows.add(0)
    verdict.differences.append(Difference(0, None, None, "bytes", size, recorded))


def _check_length(path: Path, manifest: Mapping[str, Any], verdict: Verdict) -> None:
    """Note where the output holds fewer or more results than its manifest says."""
    end = int(manifest["results"])
    beyond = next(iter(read_results(path, [range(max(0, end - 1), end + 1)])))
    if len(beyond) != min(end, 1) and not (end == 0 and not len(beyond)):
        found = "more" if len(beyond) > 1 or end == 0 else "fewer"
        verdict.rows.add(end)
        verdict.differences.append(Difference(end, None, None, "rows", found, end))


def _same_text(there: object, here: object) -> bool:
    return (there or None) == here or there == guarded_text(here)
