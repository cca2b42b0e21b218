"""The manifest of an output, made and read back: what was run on what, to run it again and compare."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.files.archives import workbook_faults
from xlplugin.files.limits import ordinary, text_of
from xlplugin.files.parquet import open_parquet
from xlplugin.model.errors import InputError
from xlplugin.model.version import __version__

__all__ = [
    "FOLDER_MANIFEST",
    "MANIFEST_KEY",
    "MANIFEST_SHEET",
    "data_hash",
    "file_hash",
    "manifest_of",
    "manifest_path",
    "read_manifest",
]

#: Where a Parquet file keeps it, and the sheet of a workbook.
MANIFEST_KEY = "xlplugin"
MANIFEST_SHEET = "Manifest"
#: What the study in it names.
_STUDY = {
    "source", "companies", "fiscal_year", "lines", "inputs", "own", "decimal", "sheet", "companies_file",
    "assumptions_file",
}  # fmt: skip
#: Its name in a folder of part files.
FOLDER_MANIFEST = "_manifest.json"


def manifest_of(
    dataset: Dataset,
    study: Mapping[str, Any],
    files: Sequence[Path],
    hashes: Sequence[str],
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """Return the manifest of a run: versions, data, study, inputs by name and hash, row counts."""
    return {
        "xlplugin": __version__,
        "versions": _versions(),
        "data_sha256": data_hash(dataset),
        "study": dict(study),
        "inputs": [{"file": str(file), "sha256": digest} for file, digest in zip(files, hashes, strict=True)],
        **counts,
    }


def manifest_path(path: Path) -> Path:
    """Return the name of the manifest beside a CSV."""
    return path.with_name(path.name + ".json")


def data_hash(dataset: Dataset) -> str:
    """Return the SHA-256 of companies, assumptions and scenarios as they were used."""
    parts: list[Any] = []
    tables: tuple[Mapping[Any, Any], ...] = (dataset.figures, dataset.assumptions, dataset.scenarios)
    for table in tables:
        parts.append([dataclasses.asdict(table[key]) for key in sorted(table)])
    text = json.dumps(parts, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of an output; InputError where it has none."""
    if not path.is_dir():
        ordinary(path)
    text = _text(path)
    if text is None:
        raise InputError.of_file(path, "has no manifest", "name an output of xlplugin run -o")
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        manifest = None
    if not _whole(manifest):
        raise InputError.of_file(path, "its manifest is damaged", "run it again")
    return dict(manifest)


def _whole(manifest: Any) -> bool:
    """Whether it holds what a run writes, each of its type."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("study"), dict):
        return False
    counts = [manifest.get(name) for name in ("rows", "results")]
    inputs, study = manifest.get("inputs"), manifest["study"]
    return (
        all(isinstance(count, int) and 0 <= count < 1 << 53 for count in counts)
        and isinstance(manifest.get("data_sha256"), str)
        and isinstance(inputs, list)
        and all(isinstance(file, dict) and isinstance(file.get("sha256"), str) for file in inputs)
        and study.keys() >= _STUDY
        and _are_texts(study["lines"])
        and isinstance(study["inputs"], str)
        and isinstance(study["own"], dict)
        and (isinstance(study["source"], str) or _is_question(study["source"]))
    )


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(text, str) for text in value)


def _is_question(source: Any) -> bool:
    return isinstance(source, dict) and all(_are_texts(source.get(name)) for name in ("scenarios", "set"))


def _text(path: Path) -> str | None:
    ending = "" if path.is_dir() else path.suffix.casefold()
    if ending in (".parquet", ".pq"):
        kept = (open_parquet(path, path).metadata.metadata or {}).get(MANIFEST_KEY.encode())
        return None if kept is None else kept.decode("utf-8", "replace")
    if ending == ".xlsx":
        return _text_of_workbook(path)
    beside = path / FOLDER_MANIFEST if path.is_dir() else manifest_path(path)
    return text_of(beside) if beside.exists() else None


def _text_of_workbook(path: Path) -> str | None:
    """Return the manifest's text in a workbook of results; None where it is none."""
    import python_calamine

    with workbook_faults(path):
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if MANIFEST_SHEET not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(MANIFEST_SHEET).to_python()
        text = "".join(str(row[1]) for row in rows if len(row) > 1 and str(row[0]).startswith("json "))
    return text or None


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    versions = {"python": platform.python_version()}
    for package in ("numpy", "pyarrow", "pandas"):
        with contextlib.suppress(PackageNotFoundError):
            versions[package] = version(package)
    return versions
