"""The manifest of an output read back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from xlplugin.batch.manifest import FOLDER_MANIFEST, MANIFEST_KEY, MANIFEST_SHEET, manifest_path
from xlplugin.model.errors import InputError, file_fault

__all__ = ["read_manifest"]


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest of an output; InputError where it has none."""
    if not path.exists():
        raise InputError(file_fault(path, "no such file", "check the path"))
    text = _text(path)
    if text is None:
        raise InputError(file_fault(path, "has no manifest", "name an output of xlplugin run -o"))
    try:
        found = json.loads(text)
        assert isinstance(found, dict) and "study" in found
    except (ValueError, AssertionError):
        raise InputError(file_fault(path, "its manifest is damaged", "run it again")) from None
    return found


def _text(path: Path) -> str | None:
    if path.is_dir():
        beside = path / FOLDER_MANIFEST
        return beside.read_text("utf-8") if beside.exists() else None
    ending = path.suffix.casefold()
    if ending in (".parquet", ".pq"):
        from xlplugin.batch.arrow import arrow

        arrow("reading Parquet")
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            found = (pq.ParquetFile(path).metadata.metadata or {}).get(MANIFEST_KEY.encode())
        except (OSError, pa.ArrowInvalid):
            raise InputError(file_fault(path, "not a readable Parquet file", "run it again")) from None
        return None if found is None else found.decode()
    if ending == ".xlsx":
        return read_results_manifest(path)
    beside = manifest_path(path)
    return beside.read_text("utf-8") if beside.exists() else None


def read_results_manifest(path: Path) -> str | None:
    """Return the manifest's text in a workbook of results; None where it is none."""
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_path(str(path))
        if MANIFEST_SHEET not in book.sheet_names:
            return None
        rows = book.get_sheet_by_name(MANIFEST_SHEET).to_python()
    except (python_calamine.CalamineError, OSError, zipfile.BadZipFile) as error:
        raise InputError(file_fault(path, f"not readable ({error})", "save it in Excel again")) from None
    found = "".join(str(row[1]) for row in rows if str(row[0]).startswith("json "))
    return found or None
