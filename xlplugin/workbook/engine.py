"""IronCalc: values and formulas by sheet in, what the formulas give out."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import ironcalc

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.cells import ErrorText, Value, cached, inline

__all__ = ["Content", "loaded", "value_at"]

#: What the cells of a sheet hold, by row and column: the XML of a formula ("" for none), and a typed value.
Content = Mapping[tuple[int, int], tuple[str, Value]]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
_STYLES = (
    '<fonts count="1"><font><sz val="10"/><name val="Calibri"/></font></fonts>'
    '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="1"><xf/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
)


def loaded(sheets: Mapping[str, Content]) -> Any:
    """Return IronCalc's model of the smallest workbook with these cells, by titles of sheets, computed."""
    with tempfile.TemporaryDirectory(prefix="xlplugin-") as folder:
        path = Path(folder, "copy.xlsx")
        with zipfile.ZipFile(path, "w") as package:
            for name, content in _copy(sheets):
                package.writestr(name, content)
        model = ironcalc.load_from_xlsx(str(path), "en", _zone(), "en")
    model.evaluate()
    return model


def value_at(model: Any, sheet: int, row: int, column: int) -> Value:
    """Return what a cell of the sheet with this number, from 0, shows; None for a blank one."""
    value: Value = model.get_cell_value(sheet, row, column)
    if isinstance(value, str) and value[:1] == "#":
        is_error = model.get_cell_type(sheet, row, column) == ironcalc.CellType.ErrorValue
        return ErrorText(value) if is_error else value
    return value


def _zone() -> str:
    """Return the zone that today is told by: this computer's, where it is whole hours from Greenwich."""
    offset = dt.datetime.now().astimezone().utcoffset() or dt.timedelta()
    hours, rest = divmod(offset, dt.timedelta(hours=1))
    return "UTC" if rest or not hours else f"Etc/GMT{-hours:+d}"  # its signs are the other way round


def _copy(sheets: Mapping[str, Content]) -> Iterator[tuple[str, str]]:
    """Yield the parts of the smallest workbook that holds these cells."""
    numbers = range(1, len(sheets) + 1)
    kinds = "".join(_override(f"worksheets/sheet{i}", "worksheet") for i in numbers)
    kinds += _override("workbook", "sheet.main") + _override("styles", "styles")
    rels = f'<Default Extension="rels" ContentType="{_RELATIONS}"/>'
    yield "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{rels}{kinds}</Types>'
    yield "_rels/.rels", _relations(_relation(1, "officeDocument", "xl/workbook.xml"))
    links = "".join(_relation(i, "worksheet", f"worksheets/sheet{i}.xml") for i in numbers)
    yield "xl/_rels/workbook.xml.rels", _relations(links + _relation(len(sheets) + 1, "styles", "styles.xml"))
    named = "".join(
        f'<sheet name={quoteattr(title)} sheetId="{i}" r:id="rId{i}"/>'
        for i, title in zip(numbers, sheets, strict=True)
    )
    book = f'xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets>'
    yield "xl/workbook.xml", f"<workbook {book}</workbook>"
    yield "xl/styles.xml", f'<styleSheet xmlns="{_MAIN}">{_STYLES}</styleSheet>'
    for i, cells in zip(numbers, sheets.values(), strict=True):
        data = f"<sheetData>{''.join(_rows(cells))}</sheetData>"
        yield f"xl/worksheets/sheet{i}.xml", f'<worksheet xmlns="{_MAIN}">{data}</worksheet>'


def _rows(cells: Content) -> Iterator[str]:
    for row, places in itertools.groupby(sorted(cells), key=lambda place: place[0]):
        yield f'<row r="{row}">'
        for place in places:
            formula, value = cells[place]
            if formula or isinstance(value, ErrorText):
                kind, shown = cached(None if formula else value)
            else:
                kind, shown = inline(value, plain=True)
            attribute = f' t="{kind}"' if kind else ""
            yield f'<c r="{letter(place[1])}{row}"{attribute}>{formula}{shown}</c>'
        yield "</row>"


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}.{kind}+xml"/>'


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
