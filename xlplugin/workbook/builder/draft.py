"""A workbook while its sheets are laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.model_block import ModelBlock
from xlplugin.workbook.builder.sheet import Sheet


@dataclass
class Draft(Build):
    """A build with its sheets, by key, and the rows of Model once that sheet is laid."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    model: ModelBlock = field(init=False)

    def sheet(self, key: str, title: str = "") -> Sheet:
        """Add the sheet ``key`` at the end and return it; its title is texts.csv's unless given."""
        made = Sheet(self, key, self.workbook.create_sheet(title or self.text(f"sheet.{key}")))
        self.sheets[key] = made
        return made

    def put_last(self, keys: Sequence[str]) -> None:
        """Move sheets behind all others, in the order of ``keys``."""
        before = [key for key in self.sheets if key not in keys]
        self.sheets = {key: self.sheets[key] for key in (*before, *keys) if key in self.sheets}
        self.workbook._sheets = [sheet.ws for sheet in self.sheets.values()]
