"""Excel for Windows over COM: functions that xlwings imports, a macro workbook, VBA of our own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["UDF_MODULE", "install", "uninstall", "write_macro_template"]

#: The module that xlwings imports, as "UDF Modules" on the sheet ``xlwings.conf`` names it.
UDF_MODULE = "xlplugin.hosts.excel.udfs"


def write_macro_template(path: str | Path, *, force: bool = False, **options: Any) -> tuple[Path, Path]:
    """Write the template as a macro workbook and, beside it, the VBA of our own; return both paths.

    ``path`` ends in .xlsm; ``options`` are those of :func:`xlplugin.write_template`. Raises FileExistsError
    where one of the two exists and ``force`` is not set, InputError for another ending.
    """
    from xlplugin.hosts.excel import macro_workbook

    return macro_workbook.write(Path(path), force=force, **options)


def install() -> str:
    """Set up xlwings' add-in and settings by xlwings' own commands; return what they did, in words.

    Raises HostError where this is not Windows, or where xlwings refuses.
    """
    from xlplugin.hosts.excel import addin

    return addin.install()


def uninstall() -> str:
    """Remove xlwings' add-in and the settings that :func:`install` wrote; return what was done."""
    from xlplugin.hosts.excel import addin

    return addin.uninstall()
