"""The template workbook: built sheet by sheet, with cached values, read back and audited.

How a sheet is written and which names exist: :mod:`xlplugin.workbook.build`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["write_template"]

if TYPE_CHECKING:
    from xlplugin.workbook.template import write_template


def __getattr__(name: str) -> Any:  # texts are read without openpyxl, which the template needs
    if name != "write_template":
        raise AttributeError(f"module 'xlplugin.workbook' has no attribute {name!r}")
    from xlplugin.workbook.template import write_template

    return write_template
