"""Our workbooks in programs that are no spreadsheet: ExcelJS reads them, and what a file promises to Excel."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner

import xlplugin
from xlplugin.cli import cli

pytestmark = pytest.mark.slow

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"

#: Reads a workbook with ExcelJS, writes it again, and says what every sheet holds.
READER = """
const excel = require(process.argv[2] + "/exceljs");
(async () => {
  const book = new excel.Workbook();
  await book.xlsx.readFile(process.argv[3]);
  const sheets = {};
  for (const sheet of book.worksheets) {
    const cells = sheets[sheet.name] = {};
    sheet.eachRow((row) => row.eachCell((cell) => { cells[cell.address] = cell.result ?? cell.value; }));
  }
  await book.xlsx.writeFile(process.argv[4]);
  console.log(JSON.stringify(sheets));
})();
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A template, a file of results and two of an analysis, with and without text beside the figures."""
    folder = tmp_path_factory.mktemp("files")
    made = {name: folder / f"{name}.xlsx" for name in ("template", "results", "bridge", "path")}
    xlplugin.write_template(made["template"], language="de")
    (folder / "scenarios.csv").write_text("cost_reduction\n0.3\n0.6\n")
    for command in (
        ("run", str(folder / "scenarios.csv"), "-o", str(made["results"])),
        ("bridge", "Salesforce", "-o", str(made["bridge"])),
        ("path", "Microsoft", "-o", str(made["path"])),
    ):
        assert CliRunner().invoke(cli, command).exit_code == 0, command
    return made


def test_exceljs_reads_and_writes_our_files(
    files: dict[str, Path], node: Path, node_modules: Path, tmp_path: Path, ooxml_errors
) -> None:
    reader = tmp_path / "reader.cjs"
    reader.write_text(READER)
    for name, path in files.items():
        call = [node, reader, node_modules, path, tmp_path / f"again-{name}.xlsx"]
        ran = subprocess.run(call, capture_output=True, text=True, encoding="utf-8", timeout=120)
        assert ran.returncode == 0, (name, ran.stderr[-600:])
        seen = json.loads(ran.stdout)
        ours = openpyxl.load_workbook(path, data_only=True)
        assert list(seen) == ours.sheetnames
        for sheet in ours:
            numbers = {
                cell.coordinate: cell.value
                for row in sheet.iter_rows()
                for cell in row
                if type(cell.value) in (int, float)
            }
            read = {place: seen[sheet.title].get(place) for place in numbers}
            assert read == pytest.approx(numbers), (name, sheet.title)
        assert ooxml_errors(path) == []


def test_a_file_without_formulas_asks_excel_for_no_calculation(files: dict[str, Path]) -> None:
    """A template does: its values are as good as another engine's; a file of results has nothing to compute."""
    asked = {}
    for name, path in files.items():
        with zipfile.ZipFile(path) as book:
            asked[name] = 'fullCalcOnLoad="1"' in book.read("xl/workbook.xml").decode()
            sheets = (book.read(part) for part in book.namelist() if part.startswith("xl/worksheets/sheet"))
            assert any(b"<f>" in sheet for sheet in sheets) == asked[name], name
    assert asked == {"template": True, "results": False, "bridge": False, "path": False}


def test_charts_keep_their_words_beside_the_marks(files: dict[str, Path]) -> None:
    """Titles and legends stand apart from the plot, and categories in words are texts with a cache."""
    drawn = 0
    for name, path in files.items():
        with zipfile.ZipFile(path) as book:
            for part in book.namelist():
                if re.fullmatch(r"xl/drawings/drawing\d+\.xml", part):
                    assert book.read(part).startswith(b"<xdr:wsDr "), (name, part)
                if not part.startswith("xl/charts/chart"):
                    continue
                drawn += 1
                chart = ElementTree.fromstring(book.read(part))
                for element in (*chart.iter(f"{CHART}title"), *chart.iter(f"{CHART}legend")):
                    assert element.find(f"{CHART}overlay").get("val") == "0", (name, part)
                for category in chart.iter(f"{CHART}cat"):
                    texts = category.findall(f".//{CHART}strCache/{CHART}pt/{CHART}v")
                    numbers = category.findall(f".//{CHART}numCache/{CHART}pt/{CHART}v")
                    assert bool(texts) != bool(numbers), (name, part)
                    assert all(re.fullmatch(r"-?[\d.]+(e-?\d+)?", number.text) for number in numbers)
    assert drawn >= 8


def test_the_document_s_name_opens_the_filing(files: dict[str, Path]) -> None:
    """A reader clicks the accession number that the source names: the link leads to its index page."""
    sheet = openpyxl.load_workbook(files["template"])["Quellen"]
    linked = 0
    for row in sheet.iter_rows(min_col=3, max_col=3):
        named = re.search(r"SEC-Zugangsnummer (\d{10}-\d{2}-\d{6})", str(row[0].value))
        if named:
            address = re.match(
                r'=HYPERLINK\("https://www\.sec\.gov/Archives/edgar/data/\d+/([^"]+)",', row[0].value
            )
            assert address and address[1] == f"{named[1].replace('-', '')}/{named[1]}-index.htm"
            linked += 1
    assert linked == 6
