"""The ready-made workbooks of the project, one a language; ``docs/regenerate.py`` writes them."""

from __future__ import annotations

from pathlib import Path

from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.template import write_template


def shipped_name(language: str) -> str:
    """Return the file name of the ready-made workbook in a language."""
    return f"xlplugin-{language}.xlsx"


def write_shipped(folder: Path) -> list[Path]:
    """Write the ready-made workbooks into ``folder``, replacing those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_template(folder / shipped_name(language), language=language, force=True)
        for language in LANGUAGES
    ]
