"""Spreadsheet files of every kind: an error is an error, a value that nobody computed is refused, never a blank."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

import xlplugin
from xlplugin.files.reading import read_table
from xlplugin.model.errors import InputError

HEAD = ("scenario", "cost_reduction", "pass_through")


def text_cell(place: str, text: str) -> str:
    return f'<c{place} t="inlineStr"><is><t>{text}</t></is></c>'


def sheet(cell: str, *, places: bool = True) -> str:
    """A sheet of one row: the scenario a, then ``cell``, then 0.5."""

    def place(name: str) -> str:
        return f' r="{name}"' if places else ""

    heads = "".join(text_cell(place(f"{letter}1"), name) for letter, name in zip("ABC", HEAD, strict=True))
    row = f"{text_cell(place('A2'), 'a')}{cell}<c{place('C2')}><v>0.5</v></c>"
    return f"<sheetData><row>{heads}</row><row>{row}</row></sheetData>"


def prefixed(xml: str) -> str:
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", xml).replace('xmlns="', 'xmlns:x="', 1)


def xlsx(path: Path, data: str, *, prefix: bool = False, calculate: bool = False) -> Path:
    """A workbook whose first sheet holds ``data``; ``calculate``: that asks for calculation on load."""
    plain = path.with_name("plain.xlsx")
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as read, zipfile.ZipFile(path, "w") as write:
        for name in read.namelist():
            part = read.read(name).decode()
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(r"<sheetData\s*/>|<sheetData>.*</sheetData>", data, part, flags=re.DOTALL)
                part = prefixed(part) if prefix else part
            if name == "xl/workbook.xml" and not calculate:
                part = part.replace('fullCalcOnLoad="1"', "")
            write.writestr(name, part)
    return path


ERROR_CELLS = {
    "double quotes": '<c r="B2" t="e"><v>#N/A</v></c>',
    "single quotes": "<c r='B2' t='e'><v>#N/A</v></c>",
    "a line break between attributes": '<c\n r="B2"\n t="e"><v>#N/A</v></c>',
    "blanks around the equals sign": '<c r = "B2" t = "e"><v>#N/A</v></c>',
    "a style first": '<c s="0" t="e" r="B2"><v>#N/A</v></c>',
    "an error of a formula": '<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>',
    "an error without its value": '<c r="B2" t="e"/>',
}


@pytest.mark.parametrize("prefix", [False, True], ids=["plain tags", "prefixed tags"])
@pytest.mark.parametrize("case", ERROR_CELLS)
def test_an_error_in_xlsx_is_an_error(case: str, prefix: bool, tmp_path: Path) -> None:
    path = xlsx(tmp_path / "errors.xlsx", sheet(ERROR_CELLS[case]), prefix=prefix)
    with pytest.raises(InputError, match=r"row 1: cost_reduction is '#N/A'"):
        xlplugin.run(path)


def test_cells_without_places_stand_where_they_follow(tmp_path: Path) -> None:
    data = sheet('<c t="e"><v>#DIV/0!</v></c>', places=False)
    assert read_table(xlsx(tmp_path / "bare.xlsx", data)).columns["cost_reduction"] == ["#DIV/0!"]


#: Numbers that XML may write so and no spreadsheet program does: a reader takes a part of them, or none.
IN_PARTS = {
    "a comment within": "0<!-- x -->.3",
    "a mark for programs within": "0<?x?>.3",
    "in CDATA": "<![CDATA[0.3]]>",
    "a digit by its code": "0.&#51;",
    "a digit by its other code": "&#x30;.3",
}


@pytest.mark.parametrize("prefix", [False, True], ids=["plain tags", "prefixed tags"])
@pytest.mark.parametrize("case", IN_PARTS)
def test_a_number_in_parts_is_refused(case: str, prefix: bool, tmp_path: Path) -> None:
    data = sheet(f'<c r="B2"><v>{IN_PARTS[case]}</v></c>')
    with pytest.raises(
        InputError, match=r"a form of \.xlsx that Excel does not write; open and save it once"
    ):
        xlplugin.run(xlsx(tmp_path / "parts.xlsx", data, prefix=prefix))


def test_a_line_break_by_its_code_is_no_number_in_parts(tmp_path: Path) -> None:
    cell = '<c r="B2" t="str"><f>"30%"&amp;CHAR(10)</f><v>30%&#10;</v></c>'
    assert list(xlplugin.run(xlsx(tmp_path / "break.xlsx", sheet(cell)), ["CRM"])["cost_reduction"]) == [0.3]


NOT_COMPUTED = {
    "no value": ('<c r="B2"><f>0.1*3</f></c>', False),
    "an empty value": ('<c r="B2"><f>0.1*3</f><v></v></c>', False),
    "an empty element": ('<c r="B2"><f>0.1*3</f><v/></c>', True),
    "0 in a file that asks for calculation": ('<c r="B2"><f>0.1*3</f><v>0</v></c>', True),
    "an old value in a file that asks for calculation": ('<c r="B2"><f>0.1*3</f><v>0.2</v></c>', True),
    "a shared formula": ('<c r="B2"><f t="shared" si="0"/></c>', False),
    "a formula in single quotes": ("<c r='B2'><f ca='1'>0.1*3</f></c>", False),
}


@pytest.mark.parametrize("prefix", [False, True], ids=["plain tags", "prefixed tags"])
@pytest.mark.parametrize("case", NOT_COMPUTED)
def test_a_value_that_nobody_computed_is_refused(case: str, prefix: bool, tmp_path: Path) -> None:
    cell, calculate = NOT_COMPUTED[case]
    path = xlsx(tmp_path / "formulas.xlsx", sheet(cell), prefix=prefix, calculate=calculate)
    with pytest.raises(InputError, match=r"Sheet!B2 .*open and save it once in Excel or LibreOffice"):
        xlplugin.run(path)


def test_a_computed_value_is_taken(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "computed.xlsx", sheet('<c r="B2"><f>0.1*3</f><v>0.3</v></c>'))
    assert read_table(path).columns["cost_reduction"] == [0.3]
    blank = xlsx(tmp_path / "blank.xlsx", sheet('<c r="B2" t="str"><f>""</f><v></v></c>'))
    assert read_table(blank).columns["cost_reduction"] == [""]


def test_formulas_of_xlsxwriter_and_openpyxl_are_refused(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "writer.xlsx"))
    made = book.add_worksheet("Data")
    made.write_row(0, 0, HEAD)
    made.write_row(1, 0, ["a"])
    made.write_formula(1, 1, "=0.1*3")
    book.close()
    other = openpyxl.Workbook()
    other.active.title = "Data"  # type: ignore[union-attr]
    for row in (HEAD, ("a", "=0.1*3", 0.5)):
        other.active.append(row)  # type: ignore[union-attr]
    other.save(tmp_path / "openpyxl.xlsx")
    for name in ("writer.xlsx", "openpyxl.xlsx"):
        with pytest.raises(InputError, match="Data!B2"):
            xlplugin.run(tmp_path / name)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["ods", "xls", "xlsx"])
def test_errors_that_libreoffice_saves_are_errors(ending: str, calc: Any, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    data = book.active
    assert data is not None
    for row in (
        HEAD,
        ("a", "=NA()", 0.5),
        ("b", 0.3, "=1/0"),
        ("c", "=0.1*3", 0.4),
        ("d", "=SQRT(-1)", "=nix()"),
    ):
        data.append(row)
    book.save(tmp_path / "source.xlsx")
    with calc.open(tmp_path / "source.xlsx") as opened:
        opened.calculate()
        saved = opened.save_as(tmp_path / f"saved.{ending}")
    table = read_table(saved)
    shown = [table.columns[name] for name in HEAD[1:]]
    assert shown[0][2] == pytest.approx(0.3, rel=1e-12)
    assert (shown[0][0], shown[0][1], shown[1][1]) == ("#N/A", 0.3, "#DIV/0!")
    with pytest.raises(InputError) as caught:
        xlplugin.run(saved)
    assert [fault.row for fault in caught.value.faults] == [1, 2, 4, 4]


@pytest.mark.slow
def test_formulas_of_xls_without_a_value_are_refused_where_the_file_says_so(
    calc: Any, tmp_path: Path
) -> None:
    """A formula without text is a blank where a program computed the file, and no value where none did."""
    book = openpyxl.Workbook()
    data = book.active
    assert data is not None
    for row in (HEAD, ("a", 0.3, '=IF(1,"","x")'), ("b", "=0.1*3", 0.5)):
        data.append(row)
    book.save(tmp_path / "source.xlsx")
    with calc.open(tmp_path / "source.xlsx") as opened:
        opened.calculate()
        saved = opened.save_as(tmp_path / "saved.xls")
    assert list(read_table(saved).columns[HEAD[2]]) == ["", 0.5]
    recalc_id = struct.pack("<HHH", 0x01C1, 8, 0x01C1)  # [MS-XLS] 2.4.216
    written = saved.read_bytes()
    assert written.count(recalc_id) == 1
    never = tmp_path / "never.xls"
    never.write_bytes(written.replace(recalc_id, struct.pack("<HHH", 0x0FFF, 8, 0)))
    with pytest.raises(InputError, match=r"Sheet!C2 .*open and save it once in Excel or LibreOffice"):
        xlplugin.run(never)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["ods", "xls", "xlsx"])
def test_a_merged_entry_is_none_of_each_row(ending: str, calc: Any, tmp_path: Path) -> None:
    """The entry that a person sees beside two rows would count for the first alone."""
    book = openpyxl.Workbook()
    data = book.active
    assert data is not None
    heads = ("scenario", "company", "adoption")
    for row in (("Our scenarios",), heads, ("half", "CRM", 0.5), ("half", "NOW", None)):
        data.append(row)
    data.merge_cells("A1:C1")
    book.save(tmp_path / "title.xlsx")
    data.merge_cells("C3:C4")
    book.save(tmp_path / "source.xlsx")
    for name in ("title", "source"):
        with calc.open(tmp_path / f"{name}.xlsx") as opened:
            opened.save_as(tmp_path / f"{name} saved.{ending}")
    assert list(read_table(tmp_path / f"title saved.{ending}").columns["company"]) == ["CRM", "NOW"]
    with pytest.raises(InputError, match=r"Sheet!C3:C4 is merged; unmerge these cells and fill in each"):
        xlplugin.run(tmp_path / f"source saved.{ending}")


# --- .ods, as programs other than LibreOffice write it ---


def ods(path: Path, cell: str) -> Path:
    """A table of one row: scenario, company, cost_reduction 30%, and ``cell`` as its adoption."""
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(f'xmlns:{name}="{space}{name}:1.0"' for name in ("office", "table", "text"))
    kind = '<table:table-cell office:value-type="{}"><text:p>{}</text:p></table:table-cell>'

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    heads = ("scenario", "company", "cost_reduction", "adoption")
    rows = row(*(kind.format("string", head) for head in heads))
    rows += row(*(kind.format("string", text) for text in ("a", "CRM", "30%")), cell)
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        parts.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}manifest:1.0"/>')
        parts.writestr(
            "content.xml",
            f"<office:document-content {names}><office:body><office:spreadsheet>"
            f'<table:table table:name="Data">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path


def ods_cell(attributes: str, shown: str = "") -> str:
    return f"<table:table-cell {attributes}>{shown}</table:table-cell>"


NOTE = "<office:annotation><text:p>99</text:p></office:annotation>"

#: A cell of .ods, and what it must mean: a number, an error as it shows it, or None for a blank.
ODS_CELLS: dict[str, tuple[str, float | str | None]] = {
    "an error shown over 0": (ods_cell('table:formula="of:=1/0" office:value-type="float" office:value="0"', "<text:p>#DIV/0!</text:p>"), "#DIV/0!"),
    "a German error shown over 0": (ods_cell('table:formula="of:=x()" office:value-type="float" office:value="0"', "<text:p>#WERT!</text:p>"), "#WERT!"),
    "an error by its number": (ods_cell('table:formula="of:=x()" office:value-type="string" office:string-value=""', "<text:p>Fehler:502</text:p>"), "Fehler:502"),
    "an error with a note on it": (ods_cell('table:formula="of:=x()" office:value-type="string" office:string-value=""', NOTE + "<text:p>#NAME?</text:p>"), "#NAME?"),
    "a number shown by a cell of no kind": (ods_cell("", "<text:p>50%</text:p>"), 0.5),
    "a number shown by a cell said to be empty": (ods_cell('office:value-type="void"', "<text:p>0.5</text:p>"), 0.5),
    "a share without its value": (ods_cell('office:value-type="percentage"', "<text:p>50%</text:p>"), 0.5),
    "a share": (ods_cell('office:value-type="percentage" office:value="0.5"', "<text:p>50%</text:p>"), 0.5),
    "an amount with its currency": (ods_cell('office:value-type="currency" office:value="0.5"', "<text:p>0,50 €</text:p>"), 0.5),
    "a text in two fonts": (ods_cell('office:value-type="string"', "<text:p><text:span>5</text:span><text:span>0%</text:span></text:p>"), 0.5),
    "a text with a note on it": (ods_cell('office:value-type="string"', NOTE + "<text:p>50%</text:p>"), 0.5),
    "a note alone": (ods_cell("", NOTE), None),
    "a formula that shows nothing": (ods_cell('table:formula="of:=&quot;&quot;" office:value-type="string" office:string-value=""'), None),
}  # fmt: skip


@pytest.mark.parametrize("case", ODS_CELLS)
def test_a_cell_of_ods_is_what_it_shows(case: str, tmp_path: Path) -> None:
    cell, expected = ODS_CELLS[case]
    path = ods(tmp_path / "data.ods", cell)
    if isinstance(expected, str):
        with pytest.raises(InputError, match=re.escape(f"row 1: adoption is '{expected}'")):
            xlplugin.run(path)
        return
    adoption = xlplugin.run(path)["adoption"][0]
    assert adoption == (1.0 if expected is None else expected)  # 1 is the assumption


def test_a_merged_cell_of_ods_is_refused(tmp_path: Path) -> None:
    spans = 'office:value-type="float" office:value="0.5" table:number-rows-spanned="2"'
    with pytest.raises(InputError, match=r"Data!D2:D3 is merged"):
        xlplugin.run(ods(tmp_path / "merged.ods", ods_cell(spans, "<text:p>0.5</text:p>")))


# --- .xlsb, written here record by record: no program of this machine writes it as Excel does ---


def record(kind: int, data: bytes) -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + bytes([len(data)]) + data


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(path: Path, cells: dict[tuple[int, int], bytes], merged: bytes = b"") -> Path:
    """A workbook of one sheet, Data; ``cells`` are records by (row, column)."""
    book = record(131, b"") + record(143, b"")
    book += (
        record(156, struct.pack("<II", 0, 1) + wide("rId1") + wide("Data"))
        + record(144, b"")
        + record(132, b"")
    )
    last = max(row for row, _ in cells), max(column for _, column in cells)
    data = record(129, b"") + record(148, struct.pack("<IIII", 0, last[0], 0, last[1])) + record(145, b"")
    for row in range(last[0] + 1):
        data += record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0))
        data += b"".join(cells[place] for place in sorted(cells) if place[0] == row)
    data += record(146, b"") + merged + record(130, b"")
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    rels = "http://schemas.openxmlformats.org/package/2006/relationships"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("xl/workbook.bin", book)
        parts.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="{rels}"><Relationship Id="rId1" Type="{kind}" '
            'Target="worksheets/sheet1.bin"/></Relationships>',
        )
        parts.writestr("xl/worksheets/sheet1.bin", data)
    return path


def test_merged_cells_in_xlsb_are_refused(tmp_path: Path) -> None:
    heads = {(0, i): record(6, at(i) + wide(name)) for i, name in enumerate(HEAD)}
    rows = {(row, 0): record(6, at(0) + wide(name)) for row, name in ((1, "a"), (2, "b"))}
    rows |= {(row, 1): record(5, at(1) + struct.pack("<d", 0.3)) for row in (1, 2)}
    rows |= {(1, 2): record(5, at(2) + struct.pack("<d", 0.5))}
    merged = (
        record(177, struct.pack("<I", 1)) + record(176, struct.pack("<IIII", 1, 2, 2, 2)) + record(178, b"")
    )
    with pytest.raises(InputError, match=r"Data!C2:C3 is merged"):
        read_table(xlsb(tmp_path / "merged.xlsb", heads | rows, merged))


def at(column: int) -> bytes:
    return struct.pack("<II", column, 0)


def test_errors_in_xlsb_are_errors(tmp_path: Path) -> None:
    heads = {(0, i): record(6, at(i) + wide(name)) for i, name in enumerate(HEAD)}
    typed = {(1, 0): record(6, at(0) + wide("a")), (1, 1): record(3, at(1) + b"\x2a")}
    formula = {(2, 0): record(6, at(0) + wide("b")), (2, 1): record(5, at(1) + struct.pack("<d", 0.3)),
               (2, 2): record(11, at(2) + b"\x07" + struct.pack("<HI", 0, 0) + bytes(4))}  # fmt: skip
    table = read_table(xlsb(tmp_path / "errors.xlsb", heads | typed | formula))
    assert list(table.columns["cost_reduction"]) == ["#N/A", 0.3]
    assert list(table.columns["pass_through"])[1] == "#DIV/0!"


def test_short_cells_of_xlsb_are_refused(tmp_path: Path) -> None:
    heads = {(0, i): record(6, at(i) + wide(name)) for i, name in enumerate(HEAD)}
    short = {(1, 0): record(6, at(0) + wide("a")), (1, 1): record(16, struct.pack("<Id", 0, 0.3))}
    with pytest.raises(InputError, match=r"save it in Excel as \.xlsx"):
        read_table(xlsb(tmp_path / "short.xlsb", heads | short))


# --- which sheet, and whose template ---


@pytest.mark.parametrize("hidden", ["hidden", "veryHidden"])
def test_the_first_visible_sheet_is_read_and_named(hidden: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name, value, state in (("Old", 0.1, hidden), ("Mine", 0.3, "visible"), ("Other", 0.5, "visible")):
        made = book.create_sheet(name)
        made.sheet_state = state
        made.append(HEAD)
        made.append(["a", value, 0.5])
    del book["Sheet"]
    book.active = 1
    book.save(tmp_path / "sheets.xlsx")
    table = read_table(tmp_path / "sheets.xlsx")
    assert table.columns["cost_reduction"] == [0.3]
    assert table.notices == ("read the sheet Mine, the first of 2 (--sheet names another)",)
    assert read_table(tmp_path / "sheets.xlsx", sheet="Old").columns["cost_reduction"] == [0.1]


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_a_template_of_another_kind_of_file_is_to_be_saved_as_xlsx(
    ending: str, template: Path, calc: Any, tmp_path: Path
) -> None:
    with calc.open(template) as book:
        saved = book.save_as(tmp_path / f"filled.{ending}")
    with pytest.raises(InputError, match=r"a template in a file .*save it as \.xlsx"):
        xlplugin.run(saved)


def test_a_template_saved_as_xlsb_is_to_be_saved_as_xlsx(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "filled.xlsb", "w") as parts:
        parts.writestr("xl/workbook.bin", record(39, wide("xlp_companies")))
    with pytest.raises(InputError, match=r"save it as \.xlsx"):
        xlplugin.run(tmp_path / "filled.xlsb")
