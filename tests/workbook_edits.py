"""Workbook files as other programs write them, made from a template by edits of its package.

``parts_of(path)`` reads a package, ``write(path, parts)`` writes one, ``lighter(path, out)`` keeps the formulas
of the sheets that answer alone, ``calculating(path, out, sheets, blocks)`` those of chosen ones; ``EDITS`` are
changes of the parts by name, each what some program or analyst leaves in a file. ``xl/workbook.xml`` and the
sheets stay where the template has them.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from xlplugin.workbook.builder.texts import text

Parts = dict[str, bytes]

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
KINDS = "application/vnd.openxmlformats-officedocument"

#: The sheets of the template that answer: their formulas are enough for its outputs.
ANSWERING = ("Inputs", "Companies", "Model", "Outputs")


def parts_of(path: Path) -> Parts:
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}


def write(path: Path, parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def sheet(parts: Parts, title: str) -> str:
    """The part of a sheet of the template."""
    titles = re.findall(r'<sheet [^>]*?name="([^"]*)"', parts["xl/workbook.xml"].decode())
    return f"xl/worksheets/sheet{titles.index(title) + 1}.xml"


def lighter(path: Path, out: Path, *kept: str) -> Path:
    """Write a template without the cells that its outputs do not lean on, but for the sheets ``kept``.

    Of Checks the values stay.
    """
    parts = parts_of(path)
    answering = {sheet(parts, title) for title in (*ANSWERING, *kept)}
    for name, data in parts.items():
        if name == sheet(parts, "Checks"):
            parts[name] = re.sub(rb"<f>[^<]*</f>", b"", data)
        elif name.startswith("xl/worksheets/sheet") and name not in answering:
            parts[name] = re.sub(rb"<sheetData>.*</sheetData>", b"<sheetData/>", data, flags=re.DOTALL)
    return write(out, parts)


#: What stands on Workings: keys of its headings, which begin with "workings.block." but for the draws'.
BLOCKS = (
    "selloff", "base", "grid", "tornado", "path", "curve", "heat", "range", "functions", "functions_path",
)  # fmt: skip


def calculating(
    path: Path, out: Path, sheets: Iterable[str], blocks: Iterable[str] = (), language: str = "en"
) -> Path:
    """Write a template whose other formulas are taken out: quick to open and to calculate.

    ``sheets`` (by their keys) calculate beside Inputs and Companies, of Workings the ``blocks``.
    """
    parts = parts_of(path)
    named = {text(f"sheet.{key}", language) for key in ("inputs", "companies", *sheets)}
    headings = {text(f"workings.block.{key}", language): key in blocks for key in BLOCKS}
    headings[text("draws.heading", language)] = "draws" in blocks
    calculates = False

    def row(found: re.Match[bytes]) -> bytes:
        nonlocal calculates
        heading = re.search(rb"<t>([^<]*)</t>", found[0])
        calculates = headings.get(heading[1].decode() if heading else "", calculates)
        return found[0] if calculates else _FORMULA.sub(b"", found[0])

    for title in re.findall(r'<sheet [^>]*?name="([^"]*)"', parts["xl/workbook.xml"].decode()):
        name = sheet(parts, title)
        if title == text("sheet.workings", language):
            parts[name] = _ROW.sub(row, parts[name])
        elif title not in named:
            parts[name] = _FORMULA.sub(b"", parts[name])
    return write(out, parts)


_ROW = re.compile(rb"<row .*?</row>", re.DOTALL)
_FORMULA = re.compile(rb"<c [^>]*><f>[^<]*</f>(?:<v>[^<]*</v>|<v ?/>)?</c>")


# --- edits ---


def _related(parts: Parts, of: str, number: int, kind: str, target: str) -> None:
    """Let a part point to another."""
    folder, _, file = of.rpartition("/")
    name = f"{folder}/_rels/{file}.rels" if folder else f"_rels/{file}.rels"
    link = f'<Relationship Id="rIdX{number}" Type="{kind}" Target="{target}"/>'
    held = parts.get(
        name, b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    )
    text = held.decode()
    text = text.replace("</Relationships>", f"{link}</Relationships>") if "</Relationships>" in text else (
        text.replace("/>", f">{link}</Relationships>", 1)
    )  # fmt: skip
    parts[name] = text.encode()


def _typed(parts: Parts, name: str, kind: str) -> None:
    entry = f'<Override PartName="/{name}" ContentType="{kind}"/>'
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>", f"{entry}</Types>".encode()
    )


def _behind(parts: Parts, title: str, piece: str) -> None:
    """Put an element at the end of a sheet."""
    name = sheet(parts, title)
    parts[name] = parts[name].replace(b"</worksheet>", f"{piece}</worksheet>".encode())


def shapes(parts: Parts) -> None:
    """A rectangle and a text box on Inputs."""
    drawing = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:absoluteAnchor><xdr:pos x="0" y="0"/>'
        '<xdr:ext cx="900000" cy="300000"/><xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="Box"/>'
        '<xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr>'
        "<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>ask Ann</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/>"
        "</xdr:absoluteAnchor></xdr:wsDr>"
    )
    parts["xl/drawings/drawing77.xml"] = drawing.encode()
    _typed(parts, "xl/drawings/drawing77.xml", f"{KINDS}.drawing+xml")
    _related(parts, sheet(parts, "Inputs"), 77, f"{OFFICE}/drawing", "../drawings/drawing77.xml")
    _behind(parts, "Inputs", f'<drawing xmlns:r="{OFFICE}" r:id="rIdX77"/>')


def sparklines(parts: Parts) -> None:
    """Sparklines of Excel 2010: an extension with formulas of its own."""
    _behind(
        parts,
        "Inputs",
        f'<extLst><ext uri="{{05C60535-1F16-4fd2-B633-F4F36F0B64E0}}" xmlns:x14="{X14}"><x14:sparklineGroups '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:sparklineGroup><x14:sparklines>'
        "<x14:sparkline><xm:f>Outputs!E5:H5</xm:f><xm:sqref>S5</xm:sqref></x14:sparkline></x14:sparklines>"
        "</x14:sparklineGroup></x14:sparklineGroups></ext></extLst>",
    )


def threaded_comments(parts: Parts) -> None:
    """A thread of comments, with the person and the old comment that goes with it."""
    inputs = sheet(parts, "Inputs")
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships"
    parts["xl/persons/person.xml"] = f'<personList xmlns="{space}"/>'.encode()
    parts["xl/threadedComments/threadedComment1.xml"] = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="E15" id="{{1}}"><text>why 40%?</text>'
        "</threadedComment></ThreadedComments>"
    ).encode()
    parts["xl/comments1.xml"] = (
        f'<comments xmlns="{MAIN}"><authors><author>a</author></authors><commentList><comment ref="E15" '
        'authorId="0"><text><t>[Threaded comment]</t></text></comment></commentList></comments>'
    ).encode()
    _typed(parts, "xl/comments1.xml", f"{KINDS}.spreadsheetml.comments+xml")
    _related(parts, inputs, 1, f"{OFFICE}/comments", "/xl/comments1.xml")
    _related(parts, inputs, 2, f"{kind}/threadedComment", "../threadedComments/threadedComment1.xml")
    _related(parts, "xl/workbook.xml", 3, f"{kind}/person", "persons/person.xml")


def custom_xml(parts: Parts) -> None:
    parts["customXml/item1.xml"] = b'<desk xmlns="urn:desk"><analyst>7</analyst></desk>'
    _related(parts, "xl/workbook.xml", 4, f"{OFFICE}/customXml", "../customXml/item1.xml")


def web_extension(parts: Parts) -> None:
    """A task pane that opens with the file."""
    kind = "http://schemas.microsoft.com/office/2011/relationships"
    space = "http://schemas.microsoft.com/office/webextensions"
    parts["xl/webextensions/taskpanes.xml"] = (
        f'<wetp:taskpanes xmlns:wetp="{space}/taskpanes/2010/11"/>'.encode()
    )
    parts["xl/webextensions/webextension1.xml"] = (
        f'<we:webextension xmlns:we="{space}/webextension/2010/11" id="{{2}}"/>'.encode()
    )
    _related(parts, "", 5, f"{kind}/webextensiontaskpanes", "xl/webextensions/taskpanes.xml")
    _related(parts, "xl/webextensions/taskpanes.xml", 1, f"{kind}/webextension", "webextension1.xml")


def slicers(parts: Parts) -> None:
    kind = "http://schemas.microsoft.com/office/2007/relationships"
    parts["xl/slicers/slicer1.xml"] = (
        f'<slicers xmlns="{X14}"><slicer name="s" cache="c"/></slicers>'.encode()
    )
    parts["xl/slicerCaches/slicerCache1.xml"] = f'<slicerCacheDefinition xmlns="{X14}" name="c"/>'.encode()
    _related(parts, sheet(parts, "Inputs"), 6, f"{kind}/slicer", "../slicers/slicer1.xml")
    _related(parts, "xl/workbook.xml", 7, f"{kind}/slicerCache", "slicerCaches/slicerCache1.xml")


def pivot(parts: Parts) -> None:
    """A pivot table's cache, and what the workbook says of it behind its calculation."""
    parts["xl/pivotCache/pivotCacheDefinition1.xml"] = (
        f'<pivotCacheDefinition xmlns="{MAIN}" refreshOnLoad="0"><cacheSource type="worksheet"><worksheetSource '
        'ref="B5:E9" sheet="Outputs"/></cacheSource><cacheFields count="0"/></pivotCacheDefinition>'
    ).encode()
    _related(
        parts, "xl/workbook.xml", 8, f"{OFFICE}/pivotCacheDefinition", "pivotCache/pivotCacheDefinition1.xml"
    )
    caches = (
        f'<pivotCaches><pivotCache cacheId="1" xmlns:r="{OFFICE}" r:id="rIdX8"/></pivotCaches></workbook>'
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</workbook>", caches.encode())


def printer(parts: Parts) -> None:
    parts["xl/printerSettings/printerSettings1.bin"] = bytes(range(256)) * 4
    target = "../printerSettings/printerSettings1.bin"
    _related(parts, sheet(parts, "Inputs"), 9, f"{OFFICE}/printerSettings", target)


def picture(parts: Parts) -> None:
    """A photograph, whose first bytes look like the mark of another encoding."""
    parts["xl/media/image1.jpeg"] = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(200)


def macros(parts: Parts) -> None:
    """VBA, as an .xlsm holds it, with a ribbon of its own and a signed project."""
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
    parts["xl/vbaProjectSignature.bin"] = bytes(90)
    parts["customUI/customUI14.xml"] = (
        b'<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui"/>'
    )
    kind = "http://schemas.microsoft.com/office/2006/relationships"
    _related(parts, "xl/workbook.xml", 10, f"{kind}/vbaProject", "vbaProject.bin")
    _related(parts, "", 11, "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
             "customUI/customUI14.xml")  # fmt: skip


def _sheets(parts: Parts, change: Callable[[str], str]) -> None:
    for name in [name for name in parts if name.startswith("xl/worksheets/sheet")]:
        parts[name] = change(parts[name].decode()).encode()


def _prefixed(text: str) -> str:
    text = re.sub(r"<(/?)(?=[A-Za-z])(?!x14|xdr|xm:)", r"<\1x:", text)
    return text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"', 1)


def prefixed(parts: Parts) -> None:
    """Every element of sheets and workbook with a prefix."""
    _sheets(parts, _prefixed)
    parts["xl/workbook.xml"] = _prefixed(parts["xl/workbook.xml"].decode()).encode()


def other_order(parts: Parts) -> None:
    """Attributes of cells the other way round, in single quotes, over several lines."""

    def turned(tag: re.Match[str]) -> str:
        attributes = re.findall(r'\s(\w+)="([^"]*)"', tag[1])
        return (
            "<c\n" + "\n ".join(f" {name} = '{value}'" for name, value in reversed(attributes)) + tag[2] + ">"
        )

    _sheets(parts, lambda text: re.sub(r"<c((?:\s\w+=\"[^\"]*\")+)(/?)>", turned, text))


def absolute_targets(parts: Parts) -> None:
    name = "xl/_rels/workbook.xml.rels"
    parts[name] = re.sub(rb'Target="(?!/)(?!http)', b'Target="/xl/', parts[name])


def chain_of_calculation(parts: Parts) -> None:
    """The list of formulas that Excel keeps; a cell that does not say its sheet is of the one before."""
    lines, numbers = [], re.findall(r'<sheet [^>]*?sheetId="(\d+)"', parts["xl/workbook.xml"].decode())
    for number in numbers:
        data = parts[f"xl/worksheets/sheet{number}.xml"].decode()
        places = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f', data)
        lines += [f'<c r="{place}"' + f' i="{number}"' * (i == 0) + "/>" for i, place in enumerate(places)]
    parts["xl/calcChain.xml"] = f'<calcChain xmlns="{MAIN}">{"".join(lines)}</calcChain>'.encode()
    _typed(parts, "xl/calcChain.xml", f"{KINDS}.spreadsheetml.calcChain+xml")
    _related(parts, "xl/workbook.xml", 12, f"{OFFICE}/calcChain", "calcChain.xml")


def shared_texts(parts: Parts) -> None:
    """Texts in a table of their own, as Excel keeps them; the first with a phonetic reading."""
    numbers: dict[str, int] = {}

    def shared(cell: re.Match[str]) -> str:
        number = numbers.setdefault(cell[2], len(numbers))
        return f'<c{cell[1]} t="s"><v>{number}</v></c>'

    pattern = re.compile(r'<c([^>]*?) t="inlineStr"><is>(<t[^>]*>[^<]*</t>)</is></c>')
    _sheets(parts, lambda text: pattern.sub(shared, text))
    spoken = '<rPh sb="0" eb="1"><t>read so</t></rPh>'
    texts = "".join(f"<si>{text}{'' if number else spoken}</si>" for text, number in numbers.items())
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{texts}</sst>'.encode()
    _typed(parts, "xl/sharedStrings.xml", f"{KINDS}.spreadsheetml.sharedStrings+xml")
    _related(parts, "xl/workbook.xml", 13, f"{OFFICE}/sharedStrings", "sharedStrings.xml")


#: The namespaces of the ordinary form of the format and of the strict one.
FORMS = ((MAIN.encode(), STRICT.encode()), (OFFICE.encode(), STRICT_OFFICE.encode()))


def strict(parts: Parts) -> None:
    """The strict form of the format: other namespaces."""
    for name in [name for name in parts if name.endswith((".xml", ".rels"))]:
        for ordinary, other in FORMS:
            parts[name] = parts[name].replace(ordinary, other)


def loose(data: bytes) -> bytes:
    """A part of the strict form in the ordinary one."""
    for ordinary, other in FORMS:
        data = data.replace(other, ordinary)
    return data


def spaced_out(parts: Parts) -> None:
    """A line for each element, with a mark of the encoding before them."""
    head = '\ufeff<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
    _sheets(parts, lambda text: head + re.sub(r"><(?!/?(?:t|is|v|f)\b)", ">\n  <", text))


def comments_between(parts: Parts) -> None:
    """Comments, instructions and CDATA where XML allows them."""

    def within(text: str) -> str:
        text = text.replace("</row>", "<!-- </c></row> --></row>").replace("<f>1-", "<f><![CDATA[1]]>-")
        return text.replace("<sheetData>", "<?editor keep='/>'?><sheetData>")

    _sheets(parts, within)


def extra_attributes(parts: Parts) -> None:
    """Attributes of later editions: of rows, of cells, and the revision of the sheet."""

    def within(text: str) -> str:
        spaces = (
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" mc:Ignorable="x14ac xr" '
            'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac" xr:uid="{00000000}" '
            'xmlns:xr="http://schemas.microsoft.com/office/spreadsheetml/2014/revision"'
        )
        text = text.replace(f'xmlns="{MAIN}"', f'xmlns="{MAIN}" {spaces}', 1)
        return re.sub(r'<row r="(\d+)"', r'<row r="\1" spans="1:9" x14ac:dyDescent="0.25"', text)

    _sheets(parts, within)


def without_addresses(parts: Parts) -> None:
    """Rows and cells that follow each other say no address: whoever reads has to count."""

    def within(row: re.Match[str]) -> str:
        before = "@"  # comes before A

        def cell(found: re.Match[str]) -> str:
            nonlocal before
            follows, before = found[1] == chr(ord(before[-1]) + 1), found[1]
            return "<c" if follows and len(before) == 1 else found[0]

        return re.sub(r'<c r="([A-Z]+)\d+"', cell, row[0])

    _sheets(parts, lambda text: re.sub(r"<row.*?</row>", within, text, flags=re.DOTALL))


def without_blanks(parts: Parts) -> None:
    """Cells without a value are left out, with their styles."""
    _sheets(parts, lambda text: re.sub(r"<c [^>]*/>", "", text))


def without_empty_rows(parts: Parts) -> None:
    """Blank cells and the rows that hold nothing else are left out."""
    without_blanks(parts)
    _sheets(parts, lambda text: re.sub(r"<row [^>]*(?:/>|></row>)", "", text))


def conditional_formats(parts: Parts) -> None:
    """Conditional formats of Excel 2010, with formulas of their own."""
    _behind(
        parts,
        "Inputs",
        f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{X14}"><x14:conditionalFormattings>'
        '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule '
        'type="expression" id="{1}"><xm:f>Outputs!$E$5&gt;0</xm:f></x14:cfRule><xm:sqref>E15:E16</xm:sqref>'
        "</x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>",
    )


def own_sheet(cells: str, names: str = "", links: str = "") -> Callable[[Parts], None]:
    """A sheet of the analyst's with these rows, and names."""

    def edit(parts: Parts) -> None:
        parts["xl/worksheets/own.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()
        )
        _typed(parts, "xl/worksheets/own.xml", f"{KINDS}.spreadsheetml.worksheet+xml")
        _related(parts, "xl/workbook.xml", 20, f"{OFFICE}/worksheet", "worksheets/own.xml")
        entry = f'<sheet name="Ann&apos;s view &amp; more" sheetId="99" xmlns:r="{OFFICE}" r:id="rIdX20"/></sheets>'
        text = parts["xl/workbook.xml"].decode().replace("</sheets>", f"{entry}{links}")
        parts["xl/workbook.xml"] = text.replace("</definedNames>", f"{names}</definedNames>").encode()

    return edit


def _cell(place: str, formula: str, attributes: str = "", value: str = "<v>0</v>", of_cell: str = "") -> str:
    return f'<c r="{place}"{of_cell}><f{attributes}>{formula}</f>{value}</c>'


def external_link(parts: Parts) -> None:
    """A cell that looks into another file, and one that leans on it."""
    linked = _cell("A1", "[1]Sheet1!A1") + _cell("B1", "A1*2") + _cell("C1", "1+1", value="<v>2</v>")
    own_sheet(f'<row r="1">{linked}</row>')(parts)
    parts["xl/externalLinks/externalLink1.xml"] = f'<externalLink xmlns="{MAIN}"/>'.encode()
    _related(parts, "xl/workbook.xml", 21, f"{OFFICE}/externalLink", "externalLinks/externalLink1.xml")
    links = f'</sheets><externalReferences><externalReference xmlns:r="{OFFICE}" r:id="rIdX21"/></externalReferences>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", links.encode())


#: A cell of the template as a formula of another sheet names it.
OUTPUT = "INDEX(xlp_out_operating_margin,1,1)"

OWN_FORMULAS = (
    f'<row r="1">{_cell("A1", OUTPUT)}{_cell("B1", "A1*100")}</row>'
    + '<row r="2">' + _cell("A2", "SUM(A1:B1)", ' t="array" ref="A2"') + _cell("B2", "IFERROR(1/0,rate)") + "</row>"
)  # fmt: skip
SHARED_FORMULAS = (
    '<row r="1"><c r="A1"><v>1</v></c>' + _cell("B1", "A1+1", ' t="shared" ref="B1:D1" si="0"')
    + "".join(f'<c r="{column}1"><f t="shared" si="0"/><v>0</v></c>' for column in "CD") + "</row>"
)  # fmt: skip
ARRAYS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row><row r="2">'
    '<c r="A2"><f t="array" ref="A2:B2">A1:B1*2</f><v>0</v></c><c r="B2"><v>0</v></c></row>'
)

EDITS: dict[str, Callable[[Parts], None]] = {
    edit.__name__: edit
    for edit in (
        shapes, sparklines, threaded_comments, custom_xml, web_extension, slicers, pivot, printer, picture, macros, prefixed,
        other_order, absolute_targets, chain_of_calculation, shared_texts, strict, spaced_out, comments_between,
        extra_attributes, without_addresses, without_blanks, without_empty_rows, conditional_formats,
    )
} | {
    "own formulas": own_sheet(OWN_FORMULAS, '<definedName name="rate">0.21</definedName>'),
    "shared formulas": own_sheet(SHARED_FORMULAS),
    "arrays": own_sheet(ARRAYS),
}  # fmt: skip
