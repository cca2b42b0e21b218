"""Write the ready-made workbooks: ``python -m xlplugin.workbook workbooks/``."""

from __future__ import annotations

import sys
from pathlib import Path

from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.template import write_template

__all__ = ["shipped_name", "write_shipped"]


def shipped_name(language: str) -> str:
    """Return the file name of the ready-made workbook in a language."""
    return f"xlplugin-{language}.xlsx"


def write_shipped(folder: Path) -> list[Path]:
    """Write the ready-made workbooks into ``folder``, replacing those that are there."""
    folder.mkdir(parents=True, exist_ok=True)
    return [write_template(folder / shipped_name(one), language=one, force=True) for one in LANGUAGES]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m xlplugin.workbook FOLDER")
    for path in write_shipped(Path(sys.argv[1])):
        print(path)
