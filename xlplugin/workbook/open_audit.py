"""Audit of a workbook that is open elsewhere, from its cells: as of a file, as far as its host can see.

Where formulas cannot be read, cells that should hold one are passed over unless they show an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.workbook.audit import Audit, Finding, Grid
from xlplugin.workbook.builder.blocks import quoted
from xlplugin.workbook.builder.cells import is_formula
from xlplugin.workbook.builder.host_calls import Edition

__all__ = ["audit_open"]

#: What files write before newer functions and those of add-ins, and programs do not show.
_PREFIX = re.compile(r"_xl(?:fn|ws|udf|dudf)\.?_?(?:_xlws\.)?", re.IGNORECASE)


def audit_open(
    values: Mapping[str, Grid],
    formulas: Mapping[str, Grid | None] | None,
    names: Mapping[str, tuple[str, str]],
    titles: Sequence[str],
    dataset: Dataset,
    edition: Edition | None = None,
) -> list[Finding]:
    """Return what differs from the template of a workbook, and what its checks say; see :func:`audit`.

    ``values`` and ``formulas`` hold the rows of each sheet that was sent, from A1 on (``formulas`` None: they
    cannot be read), ``names`` the workbook's names, ``titles`` all its sheets. Raises InputError where its
    template is not known.
    """
    held = _book(values if formulas is None else formulas, names)
    kind = _OfValues if formulas is None else _OfFormulas
    sent = {title: rows or () for title, rows in values.items()}
    return list(kind(held, sent, dataset, edition, titles).findings())


def _book(sheets: Mapping[str, Grid | None], names: Mapping[str, tuple[str, str]]) -> Any:
    """Return the cells as openpyxl holds those of a file."""
    import openpyxl
    from openpyxl.workbook.defined_name import DefinedName

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows or ():
            sheet.append([None if value == "" else value for value in row])
    for name, (title, address) in names.items():
        absolute = re.sub(r"([A-Z]+)([0-9]+)", r"$\1$\2", address)
        book.defined_names[name] = DefinedName(name, attr_text=f"{quoted(title)}!{absolute}")
    return book


class _OfFormulas(Audit):
    def __init__(
        self,
        formulas: Any,
        values: Mapping[str, Grid],
        dataset: Dataset,
        edition: Edition | None,
        titles: Sequence[str],
    ) -> None:
        self._known, self._titles = edition, {title.casefold() for title in titles}
        super().__init__(formulas, values, dataset, {})

    def _edition(self, host: Any) -> Edition | None:
        return self._known

    def findings(self) -> Iterator[Finding]:
        """Yield findings; a sheet that was not sent is not missing."""
        sent = {title.casefold() for title in self.book.sheetnames}
        for one in super().findings():
            if one.sheet.casefold() in sent or one.sheet.casefold() not in self._titles:
                yield one

    def _cell(self, sheet: str, place: str, wanted: Any, cell: Any) -> Iterator[Finding]:
        if is_formula(wanted) and (wanted == cell.value or _alike(wanted, cell.value)):
            return
        yield from super()._cell(sheet, place, wanted, cell)


class _OfValues(_OfFormulas):
    def _cell(self, sheet: str, place: str, wanted: Any, cell: Any) -> Iterator[Finding]:
        if not is_formula(wanted):
            yield from super()._cell(sheet, place, wanted, cell)


def _alike(wanted: str, held: Any) -> bool:
    """Whether a formula is the one of the file, but for prefixes and marks that programs do not show."""
    bare = [re.sub(r"[\s@']", "", _PREFIX.sub("", text)).casefold() for text in (wanted, str(held))]
    return bare[0] == bare[1]
