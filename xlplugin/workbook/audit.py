"""Audit of a filled workbook: what differs from the template that it was made from, but for entries.

The template is built again from what the workbook itself says (language, companies, scenarios, fiscal
years and figures), then compared cell by cell: formulas, labels and names must be as they were;
entries may be anything that the workbook's own checks accept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.files.archives import MOST_OBJECTS, workbook_faults
from xlplugin.model.errors import InputError
from xlplugin.model.messages import Message, message, plain
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import FREE_COMPANIES, FREE_SCENARIOS
from xlplugin.workbook.builder.cells import as_shown, is_formula
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.host_calls import Edition
from xlplugin.workbook.builder.texts import language_of
from xlplugin.workbook.differences import changed, is_same, overwritten, plain_formula
from xlplugin.workbook.template import build_template

__all__ = ["Audit", "Finding", "Grid", "audit"]

#: The rows of a sheet from A1 on.
Grid = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be: where, what it is, and how to mend it."""

    sheet: str
    cell: str
    what: str
    fix: str

    def __str__(self) -> str:
        return self.message

    @property
    def message(self) -> Message:
        """The finding as a text."""
        where = f"{self.sheet}!{self.cell}" if self.cell else plain(self.sheet)
        return message(
            "{place}: {finding}; {fix}", place=where, finding=plain(self.what), fix=plain(self.fix)
        )


def audit(
    path: str | Path, dataset: Dataset | None = None, editions: Mapping[str, Edition] | None = None
) -> list[Finding]:
    """Return what in the workbook at ``path`` differs from its template, and what its checks say.

    ``dataset``: the data that the template was written with, default what ships with xlplugin;
    ``editions``: the hosts, by name, that a template with live calls may be written for. Raises
    InputError where the file is no workbook, or no template of this program.
    """
    import openpyxl

    with workbook_faults(Path(path), MOST_OBJECTS):
        formulas = openpyxl.load_workbook(path, keep_links=False)
        if "xlp_companies" not in formulas.defined_names:
            raise InputError.of_file(
                path, "it is no template of xlplugin", "write one: xlplugin template OUT.xlsx"
            )
        values = _values(openpyxl.load_workbook(path, data_only=True, read_only=True, keep_links=False))
    return list(Audit(formulas, values, dataset or shipped(), editions or {}).findings())


def _values(book: Any) -> Mapping[str, Grid]:
    """Return what each sheet of a file shows, from A1 on."""
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # a file may say less than it holds
    grids = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
    book.close()
    return grids


class Audit:
    """What an audit compares: the workbook as formulas and as values, and the template built again."""

    def __init__(
        self, formulas: Any, values: Mapping[str, Grid], dataset: Dataset, editions: Mapping[str, Edition]
    ) -> None:
        self.book, self.values, self.editions = formulas, values, editions
        self._held = {prop.name: prop.value for prop in formulas.custom_doc_props.props}
        self.build = self._template(dataset)

    def _named(self, name: str) -> list[Any]:
        """The values of a named row or column."""
        ((sheet, area),) = self.book.defined_names[name].destinations
        cells = self.book[sheet][area.replace("$", "")]
        values = (cell.value for row in cells for cell in row)
        return [as_shown(value) if isinstance(value, str) else value for value in values]

    def _template(self, dataset: Dataset) -> Draft:
        """The template as it was: companies and scenarios that stand before the free slots."""
        language = str(self._held.get("xlplugin language") or language_of(self.book.sheetnames))
        companies, scenarios = self._named("xlp_companies"), self._named("xlp_scenarios")
        try:
            return build_template(
                language=language,
                dataset=dataset,
                companies=[str(name) for name in companies[: len(companies) - FREE_COMPANIES]],
                scenarios=[str(name) for name in scenarios[: len(scenarios) - FREE_SCENARIOS]],
                edition=self._edition(self._held.get("xlplugin host")),
            )
        except InputError as error:
            fix = (
                "give the tables that the template was written with (--companies, --assumptions, --scenarios)"
            )
            raise InputError.of_file(
                "workbook", message("its template is not known: {error}", error=error), fix
            ) from error

    def _edition(self, host: Any) -> Edition | None:
        if host is None or host in self.editions:
            return self.editions.get(host)
        raise InputError.of_file(
            "workbook", message("it is written for {host}, not known here", host=host), "use --host's names"
        )

    def findings(self) -> Iterator[Finding]:
        yield from self._version()
        yield from self._names()
        for sheet in self.build.sheets.values():
            if sheet.title not in self.book.sheetnames:
                yield Finding(sheet.title, "", "the sheet is missing", "start from a new template")
                continue
            yield from self._sheet(sheet)
        yield from self._checks()

    def _version(self) -> Iterator[Finding]:
        from xlplugin.model.version import __version__

        version = self._held.get("xlplugin version")
        if version and version != __version__:
            what = message(
                "the workbook is of version {version}, this program of version {own}",
                version=version,
                own=__version__,
            )
            fix = message(
                "audit it with xlplugin {version}, or move its entries to a new template", version=version
            )
            yield Finding("", "", what, fix)

    def _names(self) -> Iterator[Finding]:
        for name, block in self.build.names.items():
            defined = self.book.defined_names.get(name)
            if defined is None:
                what = message("the name {name} is missing", name=name)
                fix = message("define it as {absolute}", absolute=block.absolute)
            elif plain_formula(defined.attr_text) != plain_formula(block.absolute):
                what = message("the name {name} refers to {target}", name=name, target=defined.attr_text)
                fix = message("let it refer to {absolute}", absolute=block.absolute)
            else:
                continue
            yield Finding(block.title, block.area, what, fix)

    # --- cells ---

    def _sheet(self, sheet: Any) -> Iterator[Finding]:
        entries = self._entries(sheet)
        cells = self.book[sheet.title]
        for row, columns in sheet.cells.items():
            for column, (wanted, _) in columns.items():
                if (row, column) in entries or (wanted is None and cells.cell(row, column).value is None):
                    continue
                place = f"{letter(column)}{row}"
                yield from self._cell(sheet.title, place, wanted, cells.cell(row, column))
                yield from self._error(sheet.title, place, wanted, self._value(sheet.title, row, column))

    def _entries(self, sheet: Any) -> set[tuple[int, int]]:
        """Cells that the analyst may fill: those that are not locked."""
        styles, protections = self.build.workbook._cell_styles, self.build.workbook._protections
        unlocked = {i for i, style in enumerate(styles) if not protections[style.protectionId].locked}
        return {
            (row, column)
            for row, columns in sheet.cells.items()
            for column, (_, style) in columns.items()
            if style in unlocked
        }

    def _cell(self, sheet: str, place: str, wanted: Any, cell: Any) -> Iterator[Finding]:
        held = getattr(cell.value, "text", cell.value)  # an array formula holds its text
        live = cell.data_type == "f"
        if is_formula(wanted):
            if not live or (held != wanted and plain_formula(held) != plain_formula(wanted)):
                yield Finding(sheet, place, *overwritten(wanted, held, live))
        elif live or not is_same(wanted, held):
            yield Finding(sheet, place, *changed(wanted, held, live))

    def _error(self, sheet: str, place: str, wanted: Any, value: Any) -> Iterator[Finding]:
        """An error other than #N/A; where #N/A is expected the workbook's own checks say."""
        if is_formula(wanted) and isinstance(value, str) and value[:1] == "#" and value != "#N/A":
            fix = "mend the entry or formula that it comes from"
            yield Finding(sheet, place, message("the value is {value}", value=value), fix)

    # --- the workbook's own checks ---

    def _checks(self) -> Iterator[Finding]:
        """What the Checks sheet said when the workbook was last calculated."""
        block = self.build.names["xlp_check_failed"]
        if self._value(block.title, block.top, block.left) is None:
            what = "the workbook was never calculated"
            yield Finding(block.title, "", what, "open it in a spreadsheet program, save it, audit again")
            return
        failing = self.build.text("checks.fail")
        for name, one in self.build.names.items():
            is_check = name.startswith("xlp_check_") and one.width > 1 and one.height == 1
            if not is_check or one.title != block.title:
                continue
            said, *_, where = (self._value(one.title, one.top, one.left + i) for i in range(one.width))
            if said == failing:
                sheet, _, place = str(where or "").rpartition("!")
                key = f"check.{name.removeprefix('xlp_check_')}"
                what = message("check fails: {text}", text=self.build.text(key))
                yield Finding(sheet.strip("'") or block.title, place, what, self.build.text(f"{key}.what"))

    def _value(self, title: str, row: int, column: int) -> Any:
        """Return what a cell shows, None for a blank one and on a sheet that is not there."""
        rows = self.values.get(title, ())
        value = rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else None
        return None if value == "" else value
