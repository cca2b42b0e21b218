"""Hostile and damaged files: ten seconds, 500 MB, one clear line, exit code 2. A row of the table a case."""

from __future__ import annotations

import io
import json
import os
import socket
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from forked_commands import Commands
from hostile_fuzz import MEMORY, SECONDS

import xlplugin
from xlplugin.cli import main
from xlplugin.files import limits

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="pipes, and memory as Linux tells it"),
]

Refused = Callable[..., str]

SHEET = "xl/worksheets/sheet1.xml"
SPACE = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
HEAD = SPACE + b'<row r="1"><c r="A1" t="inlineStr"><is><t>company</t></is></c></row>'
TAIL = b"</sheetData></worksheet>"
ENTITIES = b'<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def book(**parts: bytes) -> bytes:
    """Return a workbook with some parts in other words; ``sheet`` is its sheet."""
    made, out = io.BytesIO(), io.BytesIO()
    whole = openpyxl.Workbook()
    whole.active.append(["company", "cost_reduction"])
    whole.active.append(["CRM", 0.3])
    whole.save(made)
    names = {
        SHEET: "sheet",
        "xl/workbook.xml": "workbook",
        "docProps/app.xml": "app",
    }
    with (
        zipfile.ZipFile(made) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as written,
    ):
        for name in package.namelist():
            written.writestr(name, parts.get(names.get(name, ""), package.read(name)))
        if "texts" in parts:
            written.writestr("xl/sharedStrings.xml", parts["texts"])
    return out.getvalue()


def flagged(place: int, local: int, value: int) -> bytes:
    """Return a workbook with a byte of each part's entry in the lists of the archive changed."""
    data = bytearray(book())
    for mark, offset in ((b"PK\x01\x02", place), (b"PK\x03\x04", local)):
        at = -1
        while (at := data.find(mark, at + 1)) >= 0:
            data[at + offset] = value
    return bytes(data)


def ods(rows: bytes) -> bytes:
    out, space = io.BytesIO(), b"urn:oasis:names:tc:opendocument:xmlns:"
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", b'<m:manifest xmlns:m="%bmanifest:1.0"/>' % space)
        names = b" ".join(
            b'xmlns:%b="%b%b:1.0"' % (name, space, name) for name in (b"office", b"table", b"text")
        )
        body = (
            b"<office:body><office:spreadsheet><table:table table:name='S'>%b</table:table></office:spreadsheet></office:body>"
            % rows
        )
        package.writestr(
            "content.xml", b"<office:document-content %b>%b</office:document-content>" % (names, body)
        )
    return out.getvalue()


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for i in range(60_000):
            package.writestr(zipfile.ZipInfo(str(i)), b"")
    return out.getvalue()


def parquet(**columns: object) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, compression="zstd", dictionary_pagesize_limit=1 << 30)
    return out.getvalue()


def repeated(text: str, count: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array([0] * count, pa.int32()), pa.array([text]))


CELL = b'<table:table-cell office:value-type="string"%b><text:p>%b</text:p></table:table-cell>'

#: Name of the file, its bytes, what must be said.
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a cell at the end of the largest sheet": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL), "spreads over more than"),
    "the same in other writing": ("a.xlsx", lambda: book(sheet=HEAD + b"<row r='1048576'><c  s='1'\n r = 'XFD1048576' ><v>1</v></c></row>" + TAIL), "spreads over more than"),
    "the same with a prefix": ("a.xlsx", lambda: book(sheet=b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row><x:row r="1048576"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'), "spreads over more than"),
    "cells without a place in the last row": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="1048576">' + b"<c><v>1</v></c>" * 16_384 + b"</row>" + TAIL), "spreads over more than"),
    "a row of ten million cells": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="2">' + b"<c><v>1</v></c>" * 10_000_000 + b"</row>" + TAIL), "spreads over more than"),
    "a row beyond the sheet": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>' + TAIL), "spreads over more than"),
    "a part of 500 MB": ("a.xlsx", lambda: book(app=b"<a>" + b" " * (500 << 20) + b"</a>"), "unpacks to more than"),
    "a text of 200 MB": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="2"><c r="A2" t="inlineStr"><is><t>' + b"x" * (200 << 20) + b"</t></is></c></row>" + TAIL), "a text of more than a million"),
    "200 MB of CDATA": ("a.xlsx", lambda: book(sheet=HEAD + b'<row r="2"><c r="A2" t="inlineStr"><is><t><![CDATA[' + b"<" * (200 << 20) + b"]]></t></is></c></row>" + TAIL), "a text of more than a million"),
    "entities in the sheet": ("a.xlsx", lambda: book(sheet=ENTITIES + HEAD + TAIL), "declares entities"),
    "entities in the workbook": ("a.xlsx", lambda: book(workbook=ENTITIES + b"<a>&b;</a>"), "declares entities"),
    "a long text shown by many cells": ("a.xlsx", lambda: book(texts=b"<sst><si><t>" + b"x" * 900_000 + b"</t></si></sst>", sheet=SPACE + b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 2_000)) + TAIL), "shows more than"),
    "a sheet in UTF-16": ("a.xlsx", lambda: book(sheet=(HEAD + TAIL).decode().encode("utf-16")), "not in UTF-8"),
    "XML that ends": ("a.xlsx", lambda: book(sheet=SPACE + b"<row><c>"), "not readable"),
    "a workbook part that is no XML": ("a.xlsx", lambda: book(workbook=b"hello"), "not readable"),
    "300,000 elements deep": ("a.xlsx", lambda: book(workbook=b"<a>" * 300_000), "not readable"),
    "an encrypted archive": ("a.xlsx", lambda: flagged(8, 6, 1), "locked with a password"),
    "a file that Excel has locked": ("a.xlsx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600), "locked with a password"),
    "unknown compression": ("a.xlsx", lambda: flagged(10, 8, 99), "not readable"),
    "half an archive": ("a.xlsx", lambda: book()[:2000], "not readable"),
    "an archive in an archive": ("a.xlsx", many_parts, "more than 10,000 parts"),
    "no archive, .xlsb": ("a.xlsb", lambda: b"x" * 500, "not readable"),
    "an .xls of noise": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, "not readable"),
    "a cell repeated over the largest sheet": ("a.ods", lambda: ods(b'<table:table-row table:number-rows-repeated="1048576">' + CELL % (b' table:number-columns-repeated="16384"', b"x") + b"</table:table-row>"), "spreads over more than"),
    "a long text in repeated rows": ("a.ods", lambda: ods(b'<table:table-row table:number-rows-repeated="100000">' + CELL % (b"", b"x" * 100_000) + b"</table:table-row>"), "shows more than"),
    "a line of 200 MB": ("a.csv", lambda: b"company,cost_reduction,note\nCRM,0.3," + b"x" * (200 << 20), "longer than 16 MB"),
    "a quote left open in 20 MB": ("a.csv", lambda: b'company,cost_reduction\n"CRM,0.3\n' + b"CRM,0.3\n" * 2_500_000, "never closed"),
    "a million columns": ("a.csv", lambda: ",".join(f"c{i}" for i in range(1_000_000)).encode() + b"\n", "1,000,000 columns"),
    "100 MB of NUL": ("a.csv", lambda: bytes(100 << 20), "not a text file"),
    "a text of 100 MB": ("a.parquet", lambda: parquet(company=["CRM"], cost_reduction=[0.3], note=["x" * (100 << 20)]), "texts of 104,857"),
    "a text of 20 MB in each row": ("a.parquet", lambda: parquet(company=repeated("CRM", 100_000), note=repeated("x" * (20 << 20), 100_000)), "more than a million characters"),
    "30,000 columns": ("a.parquet", lambda: parquet(**{f"c{i}": [1] for i in range(30_000)}), "30,000 columns"),
    "lists of mappings as an input": ("a.parquet", lambda: parquet(company=["CRM"], cost_reduction=[[{"a": 0.3}]]), "cost_reduction"),
    "a grid of 1e12 rows": ("a.toml", lambda: b"[levers]\ncost_reduction={from=0,to=0.9,count=1000000}\nadoption={from=0,to=1,count=1000000}\n", "1000000000000"),
    "brackets 100,000 deep": ("a.toml", lambda: b"a=" + b"[" * 100_000, "nested too deep"),
    "a key of 100,000 parts": ("a.toml", lambda: b"a" + b".a" * 100_000 + b"=1", "nested too deep"),
    "a study of 50 MB": ("a.toml", lambda: b"x='" + b"y" * (50 << 20) + b"'", "larger than 4 MB"),
    "a study that is not UTF-8": ("a.toml", lambda: b"a='\xff'", "not text in UTF-8"),
    "companies that are a number": ("a.toml", lambda: b"companies=5\n[levers]\ncost_reduction=0.3\n", "companies is 5"),
    "levers that are a list": ("a.toml", lambda: b"levers=[1]\n", "[levers]"),
    "own values that are a number": ("a.toml", lambda: b"[own]\nSalesforce=3\n[levers]\ncost_reduction=0.3\n", "own.Salesforce is 3"),
    "a lever in lists of lists": ("a.toml", lambda: b"[levers]\ncost_reduction=[[1]]\n", "cost_reduction"),
}  # fmt: skip

MANIFESTS: dict[str, bytes] = {
    "not UTF-8": b"\xff\xfe{",
    "100,000 deep": b"[" * 100_000,
    "a list": b"[1]",
    "other types": json.dumps({"study": {"source": [], "lines": 3}, "rows": "x", "results": -1}).encode(),
    "a study without its parts": json.dumps({"study": {}, "rows": 1, "results": 1, "inputs": []}).encode(),
}


@pytest.fixture(scope="module")
def refused() -> Iterator[Refused]:
    """Give a function that runs a command that must be refused, and returns its one line."""
    commands = Commands()

    def run(*arguments: object) -> str:
        ended = commands.run(*arguments)
        lines = len(ended.stderr.strip().splitlines())
        assert (ended.code, ended.stdout, lines) == (2, "", 1), ended.stderr[-2000:]
        assert ended.seconds < SECONDS
        assert ended.memory < MEMORY
        return ended.stderr

    yield run
    commands.stop()


@pytest.mark.parametrize("case", FILES)
def test_a_hostile_file_is_refused_in_one_line(case: str, refused: Refused, tmp_path: Path) -> None:
    name, make, says = FILES[case]
    path = tmp_path / name
    path.write_bytes(make())
    assert says in refused("run", path)
    if path.suffix == ".xlsx":
        assert str(path) in refused("companies", "--companies", path)
        assert str(path) in refused("audit", path)


@pytest.mark.parametrize("case", MANIFESTS)
def test_a_damaged_manifest_is_said(case: str, refused: Refused, tmp_path: Path) -> None:
    (tmp_path / "out.csv").write_text("company,eps\nCRM,1\n")
    (tmp_path / "out.csv.json").write_bytes(MANIFESTS[case])
    message = refused("verify", tmp_path / "out.csv")
    assert "manifest is damaged" in message or "not text in UTF-8" in message


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Refused:
    """Give a function that runs a command here that must be refused, and returns its one line."""
    monkeypatch.setattr(limits, "PATIENCE", 0.5)

    def run(*arguments: object) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(map(str, arguments)))
        shown = capfd.readouterr()
        assert (ended.value.code, shown.out, len(shown.err.strip().splitlines())) == (2, "", 1), shown.err
        return shown.err

    return run


def test_what_is_no_file_is_refused(said: Refused, refused: Refused, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "nobody.csv")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "socket.csv"))
    (tmp_path / "one.csv").symlink_to(tmp_path / "two.csv")
    (tmp_path / "two.csv").symlink_to(tmp_path / "one.csv")
    (tmp_path / "line\nend.csv").mkdir()
    for name, says in {
        "nobody.csv": "nobody writes to",
        "socket.csv": "a socket",
        "one.csv": "Too many levels of symbolic links",
        "line\nend.csv": "a folder",
        "one.csv/more": "Too many levels",
        "x" * 300: "File name too long",
    }.items():
        assert says in said("companies", "--companies", tmp_path / name), name
        said("run", tmp_path / name)
    listener.close()
    assert "not a text file" in refused("run", "/dev/zero")
    assert "64 MB" in refused("companies", "--companies", "/dev/zero")
    for address in ("https://contoso.sharepoint.com/a.xlsx", "file:///tmp/a.csv", "http://x/y.parquet"):
        assert f"{address}: an address" in said("run", address)
        assert "save a copy on this computer" in said("companies", "--companies", address)


def test_a_pipe_that_never_ends_is_refused(refused: Refused, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "endless.csv")

    def write() -> None:
        try:
            with (tmp_path / "endless.csv").open("wb") as pipe:
                while True:
                    pipe.write(b"x" * (1 << 16))
        except BrokenPipeError:
            pass

    for arguments in (["run"], ["companies", "--companies"]):
        writer = threading.Thread(target=write)
        writer.start()
        assert "MB" in refused(*arguments, tmp_path / "endless.csv")
        writer.join(10)
        assert not writer.is_alive()


def test_files_of_ordinary_programs_pass(tmp_path: Path) -> None:
    blank = b'<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    row = b"<table:table-row>%b%b</table:table-row>"
    content = (
        row % (CELL % (b"", b"company"), CELL % (b"", b"cost_reduction"))
        + row % (CELL % (b"", b"CRM"), CELL % (b"", b"30%"))
        + blank
    )
    (tmp_path / "calc.ods").write_bytes(ods(content))
    styled = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (i, i) for i in range(3, 50_000))
    values = b'<row r="1"><c r="A1" t="inlineStr"><is><t>company</t></is></c><c r="B1" t="inlineStr"><is><t>cost_reduction</t></is></c></row><row r="2"><c r="A2" t="inlineStr"><is><t>CRM</t></is></c><c r="B2"><v>0.3</v></c></row>'
    (tmp_path / "styled.xlsx").write_bytes(
        book(sheet=SPACE + values + styled + b'<row r="1048576"><c r="XFD1048576" s="0"/></row>' + TAIL)
    )
    (tmp_path / "separated.csv").write_bytes(
        "\ufeff\r\n \r\nsep=;\r\ncompany;cost_reduction\r\nCRM;30%\r\n".encode()
    )
    (tmp_path / "wide.csv").write_bytes("sep=;\ncompany;cost_reduction\nCRM;0,3\n".encode("utf-16"))
    expected = None
    for name in ("calc.ods", "styled.xlsx", "separated.csv", "wide.csv"):
        (record,) = xlplugin.run(tmp_path / name, lines=["eps"]).to_dict("records")
        assert record["company"] == "Salesforce"
        expected = expected or record["eps"]
        assert record["eps"] == expected
