"""A table in the open workbook, read as a file of scenario rows is: entries, and faults by their cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.files.addresses import cell_address
from xlplugin.files.tables import from_rows
from xlplugin.live.open_book import Area, OpenBook, quoted
from xlplugin.model.errors import Fault, InputError

if TYPE_CHECKING:
    from xlplugin.batch.rows import Rows


@dataclass(frozen=True)
class OpenTable:
    """Scenario rows of a table, and where it lies."""

    area: Area
    header: Sequence[str]
    rows: Rows

    def located(self, faults: Iterable[Fault]) -> list[Fault]:
        """Return faults with the cell that each is about in place of its row."""
        from xlplugin.batch.headers import column_name

        columns = {
            name: i for i, head in enumerate(self.header) for name in (column_name(head), head) if name
        }
        return [replace(fault, row=self._place(fault, columns)) for fault in faults]

    def _place(self, fault: Fault, columns: Mapping[str, int]) -> object:
        if not isinstance(fault.row, int):
            return fault.row or self.area.address
        row = self.area.top + fault.row
        column = columns.get(fault.input)
        if column is None:
            return f"{quoted(self.area.sheet)}!{row}:{row}"
        return f"{quoted(self.area.sheet)}!{cell_address(row, self.area.left + column)}"


def open_table(book: OpenBook, typed: str, dataset: Dataset) -> OpenTable:
    """Return the table that is named, or that lies around the selected cell.

    Raises InputError where there is none, or where its header is wrong; faults of rows are in them.
    """
    from xlplugin.batch.rows import rows_of

    area = book.chosen(typed)
    cells: list[list[Any]] = book.cells(area)
    if len(cells) < 2:
        fix = "put rows below a header that names inputs, such as cost_reduction"
        raise InputError.outside("table", "one row", fix, row=area.address)
    table = from_rows(cells, area.address)
    rows = rows_of(table, dataset)
    found = OpenTable(area, list(table.columns), rows)
    if rows.faults:
        raise InputError(found.located(rows.faults))
    return found
