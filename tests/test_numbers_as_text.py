"""Numbers as text through every carrier: the one table of entries, and the sign that a table shows.

What a text means stands in entry_cases.py; functions in cells run the same table in test_functions.py.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import click
import openpyxl
import pandas as pd
import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from entry_cases import CASES, VALUE, Case

import xlplugin
from xlplugin.batch.readers.csv_files import CsvSource
from xlplugin.batch.rows import Rows, rows_of
from xlplugin.cli import main
from xlplugin.data.shipped import shipped
from xlplugin.files.reading import read_table
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.plan import MODEL_INPUTS

TEXTS = [
    case
    for case in CASES
    if isinstance(case.value, str)
    and case.name in MODEL_INPUTS
    and len(case.value) < 1000
    and "\n" not in case.value
]


def typed(*arguments: str) -> Result:
    """Return what a command line prints, as a program of its own does."""
    return CliRunner().invoke(_main, arguments)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def _main(arguments: tuple[str, ...]) -> None:
    main(list(arguments))


def check(case: Case, rows: Rows) -> None:
    """The first row must say what the case means."""
    column, wrong = rows.given[case.name], rows.wrong.get(0, [])
    if isinstance(case.expected, CellError):
        assert [fault.error for fault in wrong] == [case.expected]
        shown = str(wrong[0]).replace("is inf", "is '1e400'")  # as a column of floats has it
        assert all(words in shown for words in case.says)
    elif case.expected is None:
        assert not wrong and math.isnan(column[0])
    else:
        assert not wrong and column[0] == case.expected


@pytest.mark.parametrize("case", TEXTS, ids=lambda case: case.id)
def test_in_a_csv_file(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["note", case.name], ["x", case.value]])
    source = CsvSource(path, shipped(), case.decimal)
    for piece in source.pieces(0):
        check(case, source.rows(source.parsed(piece), 1))
    check(case, rows_of(read_table(path, decimal=case.decimal), shipped()))


@pytest.mark.parametrize(
    "case", [case for case in TEXTS if case.fits_a_cell and case.value[:1] != "="], ids=lambda case: case.id
)
def test_in_a_spreadsheet_file(case: Case, tmp_path: Path) -> None:
    path, book = tmp_path / "rows.xlsx", openpyxl.Workbook()
    book.active.append(["note", case.name])  # type: ignore[union-attr]
    book.active.append(["x", None])  # type: ignore[union-attr]
    cell = book.active["B2"]  # type: ignore[index]
    cell.value, cell.data_type = case.value, "s"
    book.save(path)
    check(case, rows_of(read_table(path, decimal=case.decimal), shipped()))


@pytest.mark.parametrize("kind", ["list", "frame", "arrow"])
def test_in_memory(kind: str) -> None:
    for case in TEXTS:
        columns = {"note": ["x"], case.name: [case.value]}
        given: Any = {"list": columns, "frame": pd.DataFrame(columns), "arrow": pa.table(columns)}[kind]
        check(case, rows_of(read_table(given, decimal=case.decimal), shipped()))


@pytest.mark.parametrize(
    "case",
    [case for case in TEXTS if case.decimal is None and not set(",;，\0") & set(case.value)],
    ids=lambda case: case.id,
)
def test_on_the_command_line(case: Case) -> None:
    settings = [f"{case.name}={case.value}", "net_margin=0"][:1]
    done = typed("run", "--company", "CRM", "--scenario", "half", "--set", *settings, "--json")
    if isinstance(case.expected, CellError):
        assert done.exit_code == 2 and "Traceback" not in done.output
        assert all(words in done.output for words in case.says)
    elif case.expected is not None and done.exit_code == 2:  # outside with other inputs of the company
        assert case.name not in done.output.partition(" is ")[0] or "+" in done.output


GERMAN = """\
company;fiscal_year;currency;revenue;cost_of_revenue;income_tax_rate;net_income
Contoso;FY2025;EUR;36.800;9.986;28,67%;7.161,5
"""


def test_another_number_of_the_table_settles_the_sign(tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(GERMAN, encoding="utf-8")
    row = xlplugin.companies(path).set_index("company").loc["Contoso"]
    assert row["revenue"] == 36800 and row["cost_of_revenue"] == 9986 and row["net_income"] == 7161.5
    assert row["income_tax_rate"] == pytest.approx(0.2867)
    path.write_text(GERMAN.replace("28,67%", "0.2867").replace("7.161,5", "7.161"), encoding="utf-8")
    assert xlplugin.companies(path).set_index("company").loc["Contoso", "revenue"] == 36.8


UNSETTLED = GERMAN.replace("28,67%", "29%").replace("7.161,5", "7.161")


@pytest.mark.parametrize("sign", [None, ",", "."])
def test_else_the_caller_says_it_or_it_is_refused(sign: str | None, tmp_path: Path) -> None:
    path = tmp_path / "companies.csv"
    path.write_text(UNSETTLED, encoding="utf-8")
    told = ["--decimal", sign] if sign else []
    for command in (["companies", "Contoso", "--json"], ["run", "--company", "Contoso", "--json"], ["tornado", "Contoso"],
                    ["assumptions", "--company", "Contoso", "--json"], ["template", str(tmp_path / "t.xlsx"), "--force"]):  # fmt: skip
        done = typed(*command, "--companies", str(path), *told)
        if sign is None:
            assert done.exit_code == 2 and "36800 or as 36.8" in done.output, command
        else:
            assert done.exit_code == 0, (command, done.output)
    if sign is None:
        for ask in (xlplugin.companies, lambda table: xlplugin.run(["half"], table)):
            with pytest.raises(InputError, match=r"36800 or as 36\.8"):
                ask(path)
        assert "36800 or as 36.8" in xlplugin.faults([{"cost_reduction": 0.3}], path)["fix"][0]
        return
    revenue = {",": 36800.0, ".": 36.8}[sign]
    assert xlplugin.companies(path, decimal=sign).set_index("company").loc["Contoso", "revenue"] == revenue
    assert (
        xlplugin.run(["half"], path, decimal=sign, lines=["gross_margin"], inputs="used")["revenue"][0]
        == revenue
    )
    assert xlplugin.faults([{"cost_reduction": 0.3}], path, decimal=sign).empty


def test_assumptions_and_scenarios_take_the_sign(tmp_path: Path) -> None:
    assumed, levers = tmp_path / "assumptions.csv", tmp_path / "scenarios.csv"
    assumed.write_text('company,parameter,base\nCRM,repricing_lag_years,"1,250"\n', encoding="utf-8")
    levers.write_text('scenario,cost_reduction,market_elasticity\nmine,0,"1,125"\n', encoding="utf-8")
    for ask, path in ((xlplugin.assumptions, assumed), (xlplugin.scenarios, levers)):
        with pytest.raises(InputError, match="it reads as"):
            ask(path)
    lag = xlplugin.assumptions(assumed, decimal=",").query(
        "company == 'Salesforce' and parameter == 'repricing_lag_years'"
    )
    assert lag["base"].tolist() == [1.25]
    found = xlplugin.scenarios(levers, decimal=",").set_index("scenario")
    assert found.loc["mine", "market_elasticity"] == 1.125
    for name, path in (("assumptions", assumed), ("scenarios", levers)):
        for told, code in (([], 2), (["--decimal", ","], 0)):
            assert typed(name, f"--{name}", str(path), *told, "--json").exit_code == code


def test_an_own_table_in_cells_settles_the_sign() -> None:
    from xlplugin.functions import call

    table = [["revenue", "cost_of_revenue"], ["36.800", "9.986"]]
    assert call("XLP_EVALUATE", table, "base_gross_margin")[1] == [1.0, VALUE]
    table[1][1] = "9.5"
    assert call("XLP_EVALUATE", table, "base_gross_margin")[1] == [1.0, pytest.approx(1 - 9.5 / 36.8)]


def test_a_run_is_verified_with_the_sign_that_it_was_told(tmp_path: Path) -> None:
    path, out = tmp_path / "companies.csv", tmp_path / "out.csv"
    path.write_text(UNSETTLED, encoding="utf-8")
    ran = ["run", "--company", "Contoso", "--companies", str(path), "--decimal", ",", "-o", str(out)]
    assert typed(*ran).exit_code == 0
    done = typed("verify", str(out))
    assert done.exit_code == 0, done.output
