"""The manifest of an output, made and read back: what was run on what, to run it again and compare."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin import __version__
from xlplugin.data.dataset import Dataset
from xlplugin.model.errors import InputError, file_fault

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
    if not path.exists():
        raise InputError(file_fault(path, "no such file", "check the path"))
    text = _text(path)
    if text is None:
        raise InputError(file_fault(path, "has no manifest", "name an output of xlplugin run -o"))
    try:
        manifest = json.loads(text)
        assert isinstance(manifest, dict) and "study" in manifest
    except (ValueError, AssertionError):
        raise InputError(file_fault(path, "its manifest is damaged", "run it again")) from None
    return manifest


def _text(path: Path) -> str | None:
    if path.is_dir():
        beside = path / FOLDER_MANIFEST
        return beside.read_text("utf-8") if beside.exists() else None
    ending = path.suffix.casefold()
    if ending in (".parquet", ".pq"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            kept = (pq.ParquetFile(path).metadata.metadata or {}).get(MANIFEST_KEY.encode())
        except (OSError, pa.ArrowInvalid):
            raise InputError(file_fault(path, "not a readable Parquet file", "run it again")) from None
        return None if kept is None else kept.decode()
    if ending == ".xlsx":
        return _text_of_workbook(path)
    beside = manifest_path(path)
    return beside.read_text("utf-8") if beside.exists() else None


def _text_of_workbook(path: Path) -> str | None:
    """Return the manifest's text in a workbook of results; None where it is none."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if MANIFEST_SHEET not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(MANIFEST_SHEET).to_python()
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile) as error:
        raise InputError(file_fault(path, f"not readable ({error})", "save it in Excel again")) from None
    text = "".join(str(row[1]) for row in rows if str(row[0]).startswith("json "))
    return text or None


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    versions = {"python": platform.python_version()}
    for package in ("numpy", "pyarrow", "pandas"):
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return versions
