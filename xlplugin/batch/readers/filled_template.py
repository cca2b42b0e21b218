"""Reading a filled template: its entries, own values, added companies and years, by defined names.

Only what the analyst typed is read, never a computed cell; names are the same in every language. As in
the workbook itself an entry is a number or blank; anything else is a fault that names the cell.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from xlplugin.batch.rows import Rows
from xlplugin.data.dataset import Assumption, Dataset, Figures
from xlplugin.data.precedence import OWN_VALUES, case
from xlplugin.entries.columns import Coded
from xlplugin.entries.meaning import number, text
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import text as words

__all__ = ["Filled", "is_template", "read_template"]

#: A workbook that defines this name is a template.
MARK = "xlp_companies"


@dataclass
class Filled:
    """A filled template: rows (scenarios, then companies), the data they run on, own values by company."""

    rows: Rows
    dataset: Dataset
    companies: list[str]
    own: dict[str, dict[str, float]]


def is_template(path: Path) -> bool:
    """Whether a file is a template workbook, filled or not."""
    try:
        with zipfile.ZipFile(path) as parts:
            return f'"{MARK}"'.encode() in parts.read("xl/workbook.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return False


def read_template(path: Path, dataset: Dataset) -> Filled:
    """Return what a filled template asks for; faults of entries are in its rows.

    Raises InputError where the file cannot be read or a name of the contract is missing.
    """
    return _Reader(_Cells(path), dataset).filled()


class _Cells:
    """Values of named blocks, with the cell that each stands in."""

    def __init__(self, path: Path) -> None:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException

        self.path = path
        try:
            book = openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False)
            self.areas = {
                name: list(one.destinations) for name, one in book.defined_names.items() if _is_ours(name)
            }
            sheets = {sheet for areas in self.areas.values() for sheet, _ in areas}
            self.grids = {
                sheet: [list(row) for row in book[sheet].iter_rows(values_only=True)]
                for sheet in sheets
                if sheet in book
            }
            book.close()
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, InvalidFileException) as error:
            problem = f"not readable ({str(error)[:80]})"
            raise InputError(
                Fault(str(path), problem, None, "", "save it in Excel again", CellError.WRONG_TYPE)
            ) from None

    def block(self, name: str) -> list[list[tuple[str, Any]]]:
        """Return the rows of a block as (cell, value); InputError where the name is missing."""
        from openpyxl.utils import get_column_letter, range_boundaries

        if len(self.areas.get(name, ())) != 1 or self.areas[name][0][0] not in self.grids:
            fix = "start from a new template (xlplugin template OUT.xlsx)"
            raise InputError(
                Fault(str(self.path), f"the name {name} is missing", None, "", fix, CellError.WRONG_TYPE)
            )
        sheet, reference = self.areas[name][0]
        left, top, right, bottom = range_boundaries(reference)
        grid = self.grids[sheet]

        def value(row: int, column: int) -> Any:
            return grid[row - 1][column - 1] if row <= len(grid) and column <= len(grid[row - 1]) else None

        return [
            [
                (f"{sheet}!{get_column_letter(column)}{row}", value(row, column))
                for column in range(left, right + 1)
            ]
            for row in range(top, bottom + 1)
        ]

    def column(self, name: str) -> list[tuple[str, Any]]:
        """Return a block of one column."""
        return [row[0] for row in self.block(name)]

    def row(self, name: str) -> list[tuple[str, Any]]:
        """Return a block of one row."""
        return self.block(name)[0]


@dataclass
class _Reader:
    """Puts rows together from the blocks; remembers faults by company and by scenario slot."""

    cells: _Cells
    dataset: Dataset
    of_company: dict[int, list[Fault]] = field(default_factory=dict)
    of_scenario: dict[int, list[Fault]] = field(default_factory=dict)

    def filled(self) -> Filled:
        names = self._names("xlp_companies", self.cells.column("xlp_companies"), self.of_company)
        scenarios = self._names("xlp_scenarios", self.cells.row("xlp_scenarios"), self.of_scenario)
        self._add_companies(names)
        self._adopt_assumptions(names)
        years = self._years(names)
        own = self._own(names, years)
        rows = self._rows(names, scenarios, years)
        listed = list(dict.fromkeys(name for name in names.values() if name in self.dataset.companies))
        return Filled(rows, self.dataset, listed, own)

    def _names(
        self, block: str, cells: list[tuple[str, Any]], faults: dict[int, list[Fault]]
    ) -> dict[int, str]:
        """Return the names by slot; free slots are left out."""
        found: dict[int, str] = {}
        for slot, (cell, value) in enumerate(cells):
            try:
                name = text(value, block, row=cell)
            except InputError as error:
                faults.setdefault(slot, []).extend(error.faults)
                name = str(value)
            if name is None:
                continue
            if name in found.values():
                fault = Fault(
                    cell, block.removeprefix("xlp_"), name, "", "name each once", CellError.WRONG_TYPE
                )
                faults.setdefault(slot, []).append(fault)
            found[slot] = name
        return found

    def _number(self, cell: str, value: Any, name: str, faults: list[Fault]) -> float:
        """Return an entry, NaN where it is blank or wrong."""
        if value is None or value == "":
            return np.nan
        if isinstance(value, str) and not value.startswith("#"):
            fix = "enter a number: formulas of a sheet do not read text"
            faults.append(Fault(cell, name, value, "a number", fix, CellError.WRONG_TYPE))
            return np.nan
        try:
            found = number(value, name, row=cell)
        except InputError as error:
            faults += error.faults
            return np.nan
        return np.nan if found is None else found

    def _add_companies(self, names: Mapping[int, str]) -> None:
        """Add companies of the free slots, and those that the template was written with."""
        slots = self.cells.column("xlp_in_company_fiscal_year")
        first = len(self.cells.column("xlp_companies")) - len(slots)
        columns = {name: self.cells.column(f"xlp_in_company_{name}") for name in FINANCIALS}
        added = []
        for slot, name in names.items():
            if slot < first:
                continue
            faults = self.of_company.setdefault(slot, [])
            values = {
                item: self._number(*column[slot - first], item, faults) for item, column in columns.items()
            }
            year = text(slots[slot - first][1], "fiscal_year") if slots[slot - first][1] is not None else None
            added.append(Figures(name, year or "added", values))
        added += self._written_with({name for slot, name in names.items() if slot < first})
        self.dataset = self.dataset.merged(figures=added)

    def _written_with(self, names: set[str]) -> list[Figures]:
        unknown = names - set(self.dataset.companies)
        if not unknown:
            return []
        keys = [str(value or "") for _, value in self.cells.column("xlp_figures_key")]
        columns = {name: self.cells.column(f"xlp_figures_{name}") for name in FINANCIALS}
        found = []
        for i, found_key in enumerate(keys):
            name, _, year = found_key.partition("|")
            if name in unknown:
                ignored: list[Fault] = []
                values = {item: self._number(*column[i], item, ignored) for item, column in columns.items()}
                found.append(Figures(name, year, values))
        return found

    def _adopt_assumptions(self, names: Mapping[int, str]) -> None:
        """Take over assumptions that the template was written with, where they differ."""
        adopted = []
        for name in (*EXPOSURES, *LEVERS):
            blocks = [f"xlp_{level}_{name}" for level in ("low", "base", "high")]
            if name in REDUCTIONS or any(block not in self.cells.areas for block in blocks):
                continue
            low, base, high = (self.cells.column(block) for block in blocks)
            for slot, company in names.items():
                values = [column[slot][1] for column in (low, base, high)]
                known = self.dataset.assumption(company, name)
                if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values) and known:  # noqa: SIM102
                    if any(
                        abs(a - b) > 1e-12
                        for a, b in zip(values, (known.low, known.base, known.high), strict=True)
                    ):
                        ends = [float(value) for value in values]
                        adopted.append(Assumption(company, name, *ends, known.basis, known.fiscal_year))  # type: ignore[arg-type, call-arg]
        if adopted:
            self.dataset = self.dataset.merged(assumptions=adopted)

    def _years(self, names: Mapping[int, str]) -> dict[int, str | None]:
        as_of = self.cells.block("xlp_in_as_of")[0][0][1] if "xlp_in_as_of" in self.cells.areas else None
        article = {words("choice.article", language) for language in LANGUAGES}
        typed = self.cells.column("xlp_in_fiscal_year")
        years: dict[int, str | None] = {}
        for slot, name in names.items():
            cell, value = typed[slot]
            wanted = text(value, "fiscal_year", row=cell) if value not in (None, "") else None
            asked = wanted or (str(as_of) if as_of else None)
            try:
                years[slot] = self.dataset.year(name, "article" if asked in article else asked, row=cell)
            except InputError as error:
                years[slot] = None
                if wanted:
                    self.of_company.setdefault(slot, []).extend(error.faults)
        return years

    def _own(self, names: Mapping[int, str], years: Mapping[int, str | None]) -> dict[str, dict[str, float]]:
        blocks = {name: f"xlp_in_own_{name}" for name in OWN_VALUES}
        blocks |= {name: f"xlp_in_{name}" for name in REFERENCES}
        columns = {name: self.cells.column(block) for name, block in blocks.items()}
        own: dict[str, dict[str, float]] = {}
        for slot, company in names.items():
            faults = self.of_company.setdefault(slot, [])
            found = {name: self._number(*column[slot], name, faults) for name, column in columns.items()}
            kept = {name: value for name, value in found.items() if value == value}
            try:
                case(self.dataset, company, years[slot], kept)
            except InputError as error:  # shares that pass their whole
                faults += error.faults
                kept = {}
            own[company] = kept
        return own

    def _rows(
        self, names: Mapping[int, str], scenarios: Mapping[int, str], years: Mapping[int, str | None]
    ) -> Rows:
        entries = self.cells.block("xlp_in_cost_reduction")
        applies = self.cells.block("xlp_applies") if "xlp_applies" in self.cells.areas else []
        levers = {
            name: self._levers(f"xlp_in_{name}", name, scenarios) for name in LEVERS if name != REDUCTIONS[0]
        }
        levers[REDUCTIONS[0]] = self._levers("xlp_in_scenario_cost_reduction", REDUCTIONS[0], scenarios)
        pairs = [(scenario, company) for scenario in scenarios for company in names]
        given = {name: np.array([levers[name][scenario] for scenario, _ in pairs]) for name in LEVERS}
        wrong: dict[int, list[Fault]] = {}
        for i, (scenario, company) in enumerate(pairs):
            faults = [*self.of_company.get(company, ()), *self.of_scenario.get(scenario, ())]
            if applies and applies[company][scenario][1] == 0:
                for name in REDUCTIONS:
                    given[name][i] = np.nan
            entry = self._number(*entries[company][scenario], REDUCTIONS[0], faults)
            if entry == entry:
                given[REDUCTIONS[0]][i] = entry
            if faults:
                wrong[i] = faults
        known = Coded.of(
            [names[company] if names[company] in self.dataset.companies else "" for _, company in pairs]
        )
        return Rows(
            len(pairs),
            Coded.of([scenarios[scenario] for scenario, _ in pairs]),
            given,
            companies=known,
            fiscal_years=Coded.of([years[company] for _, company in pairs]),
            wrong=wrong,
        )

    def _levers(self, block: str, name: str, scenarios: Mapping[int, str]) -> dict[int, float]:
        cells = self.cells.row(block)
        return {
            slot: self._number(*cells[slot], name, self.of_scenario.setdefault(slot, []))
            for slot in scenarios
        }


def _is_ours(name: str) -> bool:
    return name.startswith("xlp_")
