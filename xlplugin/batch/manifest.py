"""The manifest of an output: what was run on what, so that it can be run again and compared."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin import __version__
from xlplugin.data.dataset import Dataset

__all__ = ["MANIFEST_KEY", "MANIFEST_SHEET", "data_hash", "file_hash", "manifest_of", "manifest_path"]

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
        "inputs": [{"file": str(file), "sha256": found} for file, found in zip(files, hashes, strict=True)],
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


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {"python": platform.python_version()}
    for package in ("numpy", "pyarrow", "pandas"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
