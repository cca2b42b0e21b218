"""IronCalc behind the same interface as LibreOffice; see ``engines.py``."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import ironcalc
from engines import Area, Book, ErrorValue, Value, cell_name
from kept_files import kept


class IronCalcBook(Book):
    """A workbook open in IronCalc."""

    def __init__(self, model: ironcalc.Model) -> None:
        self._model = model
        self.sheets = [one["name"] for one in self._model.get_worksheets_properties()]
        self._names = {}
        for one in self._model.get_defined_name_list():
            if one["scope"] is None:
                try:
                    self._names[one["name"]] = Area.parse(one["formula"].lstrip("="))
                except ValueError:  # a constant or a formula, no rectangle
                    continue

    def calculate(self) -> None:
        self._model.evaluate()

    def shown(self, place: str) -> list[list[str]]:
        sheet, rows, columns = self._bounds(self.area(place))
        return [
            [self._model.get_formatted_cell_value(sheet, row, column) for column in columns] for row in rows
        ]

    def errors(self) -> list[tuple[str, str, ErrorValue]]:
        found = []
        for index, row, column in self._model.get_all_cells():
            value = self._value(index, row, column)
            if isinstance(value, ErrorValue):
                found.append((self.sheets[index], cell_name(row - 1, column - 1), value))
        return found

    def save_as(self, path: Path | str) -> Path:
        target = Path(path).absolute()
        if target.suffix.lower() != ".xlsx":
            raise ValueError(f"IronCalc saves .xlsx only, not {target.suffix!r}")
        self._model.save_to_xlsx(str(target))
        return target

    def close(self) -> None:
        del self._model

    def _bounds(self, area: Area) -> tuple[int, range, range]:
        if area.sheet not in self.sheets:
            raise ValueError(f"no sheet {area.sheet!r}; there are {', '.join(self.sheets)}")
        return (
            self.sheets.index(area.sheet),
            range(area.top + 1, area.bottom + 2),
            range(area.left + 1, area.right + 2),
        )

    def _value(self, sheet: int, row: int, column: int) -> Value:
        value = self._model.get_cell_value(sheet, row, column)
        if isinstance(value, str):
            if self._model.get_cell_type(sheet, row, column) == ironcalc.CellType.ErrorValue:
                return ErrorValue(value)
            return value or None
        return value

    def _read(self, areas: Sequence[Area]) -> list[list[list[Value]]]:
        read = []
        for area in areas:
            sheet, rows, columns = self._bounds(area)
            read.append([[self._value(sheet, row, column) for column in columns] for row in rows])
        return read

    def _write(self, cells: Sequence[tuple[str, int, int, Value]]) -> None:
        for name, row, column, value in cells:
            at = (self._bounds(Area(name, row, column, row, column))[0], row + 1, column + 1)
            if value is None:
                self._model.clear_cell_contents(*at)
            elif isinstance(value, bool):
                self._model.update_cell_with_bool(*at, value)
            elif isinstance(value, str):
                typed = (
                    self._model.update_cell_with_formula
                    if value[:1] == "="
                    else self._model.update_cell_with_text
                )
                typed(*at, value)
            else:
                self._model.update_cell_with_number(*at, float(value))


class IronCalc:
    """The engine: ``open`` a workbook. The file itself is not changed.

    What it has read is kept in ``folder`` by the bytes of the file: reading one again takes a fifth of the time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self, path: Path | str) -> IronCalcBook:
        read = self._folder / hashlib.sha256(Path(path).read_bytes()).hexdigest()
        if read.exists():
            return IronCalcBook(ironcalc.load_from_bytes(read.read_bytes(), "en"))
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        kept(read, lambda part: part.write_bytes(model.to_bytes()))
        return IronCalcBook(model)
