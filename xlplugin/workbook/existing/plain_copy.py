"""The smallest workbook that holds some rows, in IronCalc."""

from __future__ import annotations

import datetime as dt
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

import ironcalc

from xlplugin.files.archives import is_failure

__all__ = ["loaded"]

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


def loaded(sheets: Mapping[str, list[str]]) -> Any:
    """Return the copy, computed; None where IronCalc cannot read it."""
    with tempfile.TemporaryDirectory(prefix="xlplugin-") as folder:
        path = Path(folder, "copy.xlsx")
        with zipfile.ZipFile(path, "w") as package:
            for name, content in _copy(sheets):
                package.writestr(name, content)
        try:
            model = ironcalc.load_from_xlsx(str(path), "en", _zone(), "en")
            model.evaluate()
        except BaseException as error:
            if is_failure(error):
                return None
            raise
    return model


def _zone() -> str:
    """Return the zone that today is told by: this computer's, where it is whole hours from Greenwich."""
    offset = dt.datetime.now().astimezone().utcoffset() or dt.timedelta()
    hours, rest = divmod(offset, dt.timedelta(hours=1))
    return "UTC" if rest or not hours else f"Etc/GMT{-hours:+d}"  # its signs are the other way round


def _copy(sheets: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the parts of the smallest workbook that holds these rows."""
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
    for i, rows in zip(numbers, sheets.values(), strict=True):
        data = f"<sheetData>{''.join(rows)}</sheetData>"
        yield f"xl/worksheets/sheet{i}.xml", f'<worksheet xmlns="{_MAIN}">{data}</worksheet>'


def _override(part: str, kind: str) -> str:
    return f'<Override PartName="/xl/{part}.xml" ContentType="{_KIND}.{kind}+xml"/>'


def _relation(number: int, kind: str, target: str) -> str:
    return f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(links: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
