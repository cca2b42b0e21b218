"""Excel outputs of analyses and runs: short heads, names for programs below, formats, charts, parameters."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from test_analysis_commands import COMMANDS, records

from xlplugin.batch.checks.differences import diff
from xlplugin.batch.checks.verification import verify
from xlplugin.batch.job import job
from xlplugin.cli import cli
from xlplugin.files.reading import read_table
from xlplugin.model.labels import LANGUAGES, label

pytestmark = pytest.mark.slow

ANALYSES = {
    **COMMANDS,
    "paths": ["path", "--years", "6"],
    "break-evens": ["breakeven", "CRM", "NOW", "--target", "10bp"],
    "article": ["article"],
}


def made(path: Path, arguments: list[str], language: str = "en") -> Any:
    result = CliRunner().invoke(cli, [*arguments, "--lang", language, "-o", str(path)])
    assert result.exit_code == 0, result.output or result.exception
    return openpyxl.load_workbook(path)


def unformatted(sheet: Any) -> list[str]:
    """Cells with a fraction and no format for it."""
    floats = (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float))
    return [f"{sheet.title}!{cell.coordinate}" for cell in floats if cell.number_format == "General"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ANALYSES)
def test_an_analysis_is_read_by_people_and_programs(name: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    book = made(path, ANALYSES[name], language)
    table = book["Table"]
    heads, names = ([cell.value for cell in table[row]] for row in (3, 4))
    rows = records(*ANALYSES[name])
    assert names[: len(rows[0])] == list(rows[0])
    assert not [head for head in heads if "_" in head] and all(heads)
    if language == "de":
        assert not set(heads) & {
            "Company",
            "Year",
            "Scenario",
            "Figure",
            "Low",
            "High",
            "Measure",
            "Currency",
        }
    assert {table.cell(4, 1).font.color.rgb[-6:], table.cell(3, 1).font.color.rgb[-6:]} == {
        "9AA5B1",
        "1F2933",
    }
    assert [one for sheet in book for one in unformatted(sheet)] == []
    read = read_table(path, sheet="Table")
    for key, value in rows[0].items():
        if isinstance(value, float):
            assert read.columns[key][0] == pytest.approx(value, rel=1e-12), key


def test_formats_follow_the_unit(tmp_path: Path) -> None:
    table = made(tmp_path / "out.xlsx", ["compare", "--scenario", "half"])["Table"]
    names = [cell.value for cell in table[4]]
    found = {}
    for row in table.iter_rows(min_row=5):
        cells = dict(zip(names, row, strict=True))
        if cells["company"].value:
            found[cells["company"].value] = cells["value"].number_format
    assert "%" in found["Salesforce"] and found["Salesforce"].startswith("+")
    assert found["OpenAI"].startswith("+#,##0.0") and "%" not in found["OpenAI"]
    tornado = made(tmp_path / "t.xlsx", ["tornado", "CRM"])["Table"]
    names = [cell.value for cell in tornado[4]]
    by_input = {row[names.index("input")].value: row for row in tornado.iter_rows(min_row=5)}
    assert by_input["pass_through"][names.index("low")].number_format == "0.0%"
    assert by_input["price_elasticity"][names.index("high")].number_format == "0.00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_have_titles_units_and_all_panels(language: str, tmp_path: Path, ooxml_errors: Any) -> None:
    words = {
        "en": ("Change of operating margin", "basis points"),
        "de": ("Änderung der operativen Marge", "Basispunkte"),
    }
    for name in ("compare", "simulate", "paths", "tornado", "break-evens"):
        path = tmp_path / f"{name.replace(' ', '')}.xlsx"
        made(path, ANALYSES[name], language)
        with zipfile.ZipFile(path) as archive:
            charts = [
                archive.read(part).decode()
                for part in archive.namelist()
                if part.startswith("xl/charts/chart")
            ]
            drawing = archive.read("xl/drawings/drawing1.xml").decode()
        assert len(charts) == (5 if name == "paths" else 1)
        for chart in charts:
            titles = re.findall(r"<a:t>([^<]+)</a:t>", chart)
            assert len(titles) >= 2 and "_" not in "".join(titles)
            assert "<c:ser>" in chart
        if name != "break-evens":
            assert words[language][0] in charts[0] and words[language][1] in charts[0]
        assert len(re.findall(r'descr="[^"]{20,}"', drawing)) == len(charts)
        if name in ("paths", "simulate", "compare"):
            assert ooxml_errors(path) == []


def test_ranges_stand_beside_the_bars_and_the_unranked_in_a_series_of_their_own(tmp_path: Path) -> None:
    chart = made(tmp_path / "out.xlsx", ["compare", "--scenario", "half"])["Chart"]
    heads = [cell.value for cell in chart[3]]
    rows = {
        row[0].value: dict(zip(heads, (cell.value for cell in row), strict=True))
        for row in chart.iter_rows(min_row=4)
    }
    (row,) = [one for one in records("compare", "--scenario", "half") if one["company"] == "Salesforce"]
    assert rows["Salesforce, FY2026"]["P10 or low"] == pytest.approx(1e4 * row["p10"])
    assert rows["Salesforce, FY2026"]["Unranked"] is None
    nvidia = rows["NVIDIA, FY2026"]
    assert nvidia["Change of operating margin"] is None and nvidia["Unranked"] is not None
    assert nvidia["P10 or low"] < 0 < nvidia["P90 or high"]
    drawn = rows["Salesforce, FY2026"]
    low, high = (1e4 * (row[end] - row["value"]) for end in ("p10", "p90"))
    assert (drawn["Line below"], drawn["Line above"]) == pytest.approx((-low, high))
    assert nvidia["Line below"] is None
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    assert xml.count("<c:errBars>") == 1 and "<c:plus>" in xml


def test_the_parameters_make_it_again(tmp_path: Path) -> None:
    arguments = ["compare", "--scenario", "half", "--set", "pass_through=60%", "--company", "CRM"]
    book = made(tmp_path / "first.xlsx", arguments, "de")
    parameters = {row[0].value: row[1].value for row in book["Parameters"].iter_rows(min_row=4)}
    command = parameters["Befehl"].split()
    assert command[0] == "xlplugin" and parameters["Version"].startswith("xlplugin ")
    assert re.fullmatch("[0-9a-f]{64}", parameters["Daten, SHA-256"])
    again = CliRunner().invoke(cli, [*command[1:], "-o", str(tmp_path / "second.xlsx")])
    assert again.exit_code == 0, again.output
    first, second = (
        [[cell.value for cell in row] for row in openpyxl.load_workbook(tmp_path / f"{name}.xlsx")["Table"]]
        for name in ("first", "second")
    )
    assert first == second


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_run_is_read_by_people_and_by_verify_and_diff(
    language: str, tmp_path: Path, ooxml_errors: Any
) -> None:
    path = tmp_path / "out.xlsx"
    job(None, lines=["operating_margin_change", "operating_margin", "eps"]).to(str(path), language=language)
    book = openpyxl.load_workbook(path)
    results = book["Results"]
    assert results["A2"].value == "company" and results.tables["Results"].ref.startswith("A2:")
    names = [cell.value for cell in results[2]]
    heads = [cell.value for cell in results[1]]
    assert heads[names.index("eps")] == label("eps", language)
    assert not [head for head in heads if "_" in head]
    assert [one for sheet in book if sheet.title != "Manifest" for one in unformatted(sheet)] == []
    assert {"en": "Results", "de": "Ergebnisse"}[language] == book["Summary"]["B1"].value
    manifest = {row[0].value: row[1].value for row in book["Manifest"].iter_rows()}
    assert "operating_margin_change" in manifest["lines"]
    verdict = verify(str(path), sample=None)
    assert verdict.equal and verdict.compared == verdict.of > 0
    other = tmp_path / "out.parquet"
    job(None, lines=["operating_margin_change", "operating_margin", "eps"]).to(str(other))
    assert len(diff(str(path), str(other), ["operating_margin"])) == 0
    assert ooxml_errors(path) == []


def test_a_label_that_xml_cannot_hold_is_written_without_those_signs(
    tmp_path: Path, ooxml_errors: Any
) -> None:
    table, path = tmp_path / "in.csv", tmp_path / "out.xlsx"
    table.write_text("scenario,cost_reduction\nmy\x01case,0.3\n", encoding="utf-8")
    job(str(table), ["Salesforce"]).to(str(path))
    book = openpyxl.load_workbook(path)
    for title in ("Summary", "Results"):
        assert "mycase" in [cell.value for row in book[title].iter_rows() for cell in row]
    assert ooxml_errors(path) == []


def test_files_of_the_version_before_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    job(["half", "price_war"], lines=["operating_margin"]).to(str(path))
    book = openpyxl.load_workbook(path)
    results = book["Results"]
    del results.tables["Results"]
    results.delete_rows(1)
    assert results["A1"].value == "company"
    book.save(tmp_path / "old.xlsx")
    assert verify(str(tmp_path / "old.xlsx"), sample=None).equal
    assert len(diff(str(tmp_path / "old.xlsx"), str(path), ["operating_margin"])) == 0


def test_a_difference_is_found_in_its_row(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    job(["half"], lines=["operating_margin"]).to(str(path))
    book = openpyxl.load_workbook(path)
    column = [cell.value for cell in book["Results"][2]].index("operating_margin") + 1
    book["Results"].cell(3, column).value += 0.01
    book.save(path)
    verdict = verify(str(path), sample=None)
    assert not verdict.equal and sorted(verdict.rows) == [1]


def test_tables_of_data_are_read_back_as_one_s_own(tmp_path: Path) -> None:
    for kind in ("assumptions", "companies", "scenarios"):
        path = tmp_path / f"{kind}.xlsx"
        made(path, [kind, *(["Salesforce"] if kind != "scenarios" else [])])
        table = read_table(path)
        assert {"company", "scenario"} & set(table.columns), kind
    result = CliRunner().invoke(
        cli, ["compare", "--company", "CRM", "--assumptions", str(tmp_path / "assumptions.xlsx"), "--json"]
    )
    assert result.exit_code == 0, result.output or result.exception


@pytest.mark.parametrize(
    "arguments", [["compare"], ["tornado", "CRM"], ["bridge", "MSFT"], ["breakeven", "CRM"]]
)
def test_cells_of_a_german_table_are_german(arguments: list[str], tmp_path: Path) -> None:
    rows = list(made(tmp_path / "out.xlsx", arguments, "de")["Table"].iter_rows(min_row=4, values_only=True))
    names, cells = rows[0], [str(cell) for row in rows[1:] for cell in row if isinstance(cell, str)]
    said = " ".join(cells)
    assert not re.search(r"\b[a-z]+_[a-z_]+\b|\b(gains|unit cost|rebound|not determined|companies)\b", said)
    if arguments == ["compare"]:
        first = dict(zip(names, rows[1], strict=True))
        assert (first["verdict"], first["measure"]) == ("gewinnt", "Änderung der operativen Marge")
        assert first["causes"].startswith("Stückkosten +") and "Bp, Stückkosten +" in first["words"]
