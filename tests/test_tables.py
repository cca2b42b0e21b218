"""Small tables as people have them: what a CSV, a spreadsheet file or a frame means, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import xlplugin
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

HEADER = ["scenario", "cost_reduction"]


def saved(
    path: Path, rows: list[list[Any]], errors: tuple[str, ...] = (), fmt: dict[str, str] | None = None
) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell in errors:
        book.active[cell].data_type = "e"
    for cell, number_format in (fmt or {}).items():
        book.active[cell].number_format = number_format
    book.save(path)
    return path


def reductions(table: Any, **more: Any) -> list[float]:
    result = xlplugin.run(table, ["Salesforce"], lines=["effective_reduction"], **more)
    return list(result["effective_reduction"])


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("semicolons.csv", b"scenario;cost_reduction\na;0,3\nb;12,5%\n", [0.3, 0.125]),
        ("mark.csv", "\ufeffscenario,cost_reduction\nä,30 %\n".encode(), [0.3]),
        ("utf16.csv", "scenario;cost_reduction\nä;30%\n".encode("utf-16"), [0.3]),
        ("tabs.tsv", b"scenario\tcost_reduction\na\t.3\n", [0.3]),
        ("lines.csv", b"scenario,cost_reduction\r\na,0.3\r\n\r\n", [0.3]),
        ("quoted.csv", b'scenario,cost_reduction\n"a, ""so""\nit is",0.3\nb,"0,4"\n', [0.3, 0.4]),
        ("spaced.csv", b" Scenario , Cost reduction \n a , 30% \n", [0.3]),
        ("\u540d\u524d \U0001f389.csv", "scenario,cost_reduction\n\u540d\u524d,0.3\n".encode(), [0.3]),
    ],
)
def test_csv_as_people_have_it(tmp_path: Path, name: str, data: bytes, expected: list[float]) -> None:
    (tmp_path / name).write_bytes(data)
    assert reductions(tmp_path / name) == pytest.approx(expected, abs=1e-15)


@pytest.mark.parametrize("rows", [1, 100_000])
def test_a_quote_that_is_never_closed_is_no_long_name(tmp_path: Path, rows: int) -> None:
    text = "scenario,cost_reduction\n" + "a,0.3\n" * rows + '"b,0.3\nc,0.4\n'
    (tmp_path / "open.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="quote that is opened is never closed"):
        xlplugin.run(tmp_path / "open.csv", ["Salesforce"])


def test_numbers_percentages_and_texts_of_a_sheet(tmp_path: Path) -> None:
    rows = [HEADER, ["a", 0.3], ["b", 0.25], ["c", "40%"], ["d", "0,5"]]
    path = saved(tmp_path / "sheet.xlsx", rows, fmt={"B3": "0%"})
    assert reductions(path) == pytest.approx([0.3, 0.25, 0.4, 0.5], abs=1e-15)


def test_a_table_may_begin_anywhere_on_its_sheet(tmp_path: Path) -> None:
    path = saved(tmp_path / "sheet.xlsx", [[], [], [None, *HEADER], [None, "a", 0.3]])
    assert reductions(path) == pytest.approx([0.3], abs=1e-15)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "row 1: cost_reduction is 'TRUE'"),
        (dt.datetime(2025, 1, 1), "not a date"),
        (30, "enter 30% or 0.3"),
        ("thirty", "cost_reduction is 'thirty'"),
    ],
)
def test_wrong_entries_of_a_sheet(tmp_path: Path, value: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        xlplugin.run(saved(tmp_path / "sheet.xlsx", [HEADER, ["a", value]]))


@pytest.mark.parametrize("error", ["#DIV/0!", "#N/A", "#REF!"])
def test_an_error_in_a_sheet_is_no_blank(tmp_path: Path, error: str) -> None:
    """A blank would let the company's own figure stand in for it: a plausible wrong number."""
    rows = [
        [],
        [None, "company", "cost_reduction", "revenue"],
        [None, "CRM", 0.3, 50_000],
        [None, "CRM", 0.3, error],
    ]
    path = saved(tmp_path / "sheet.xlsx", rows, errors=("D4",))
    with pytest.raises(InputError, match=f"row 2: revenue is '{error}'.*mend the cell"):
        xlplugin.run(path)
    with pytest.raises(InputError, match="row 1: revenue"):
        xlplugin.companies(
            saved(tmp_path / "own.xlsx", [["company", "revenue"], ["Acme", error]], errors=("B2",))
        )


def test_a_formula_that_was_never_calculated_is_no_blank(tmp_path: Path) -> None:
    path = saved(tmp_path / "sheet.xlsx", [HEADER, ["a", "=0.1+0.2"]])
    with pytest.raises(
        InputError,
        match="Sheet!B2 holds a formula whose value no program has computed; open and save it once in Excel",
    ):
        xlplugin.run(path)


def test_a_sheet_that_the_workbook_lacks(tmp_path: Path) -> None:
    from xlplugin.files.reading import read_table

    with pytest.raises(InputError, match="sheet is 'Shet'; did you mean Sheet"):
        read_table(saved(tmp_path / "sheet.xlsx", [HEADER, ["a", 0.3]]), sheet="Shet")


COLUMNS = {"cost_reduction": [0.3, 0.4], "region": ["EU", "US"]}


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        pa.table(COLUMNS),
        COLUMNS,
        {"cost_reduction": ["30%", "0,4"], "region": "EU"},
        {"cost_reduction": np.array([0.3, 0.4])},
        [{"cost_reduction": 0.3, "region": "EU"}, {"cost_reduction": "40%"}],
        ({"cost_reduction": value} for value in (0.3, 0.4)),
        np.array([(0.3, 1), (0.4, 2)], dtype=[("cost_reduction", float), ("number", int)]),
        pd.DataFrame({"cost_reduction": pd.array(["30%", "40 %"], dtype="string")}),
    ],
    ids=[
        "pandas",
        "polars",
        "lazy",
        "arrow",
        "columns",
        "one value",
        "arrays",
        "rows",
        "generator",
        "structured",
        "texts",
    ],
)
def test_frames_of_every_kind(table: Any) -> None:
    assert reductions(table) == pytest.approx([0.3, 0.4], abs=1e-15)


def test_one_row_as_a_mapping_of_values() -> None:
    assert reductions({"cost_reduction": 0.3, "scenario": "mine"}) == pytest.approx([0.3], abs=1e-15)


@pytest.mark.parametrize(
    "names",
    [
        ("half", "jevons"),
        {"half": 0, "jevons": 0}.keys(),
        pd.Index(["half", "jevons"]),
        pd.Series(["half", "jevons"]),
        np.array(["half", "jevons"]),
        (name for name in ("half", "jevons")),
    ],
)
def test_names_come_in_any_sequence(names: Any) -> None:
    result = xlplugin.run(names, pd.Series(["CRM"]), lines=["eps"])
    assert list(result["scenario"]) == ["half", "jevons"]
    assert list(result["company"]) == ["Salesforce"] * 2


@pytest.mark.parametrize("table", [5, np.array([0.3]), [("half", 0.3)], [["half"]], 0.3])
def test_what_is_no_table_is_refused_in_words(table: Any) -> None:
    with pytest.raises(
        InputError, match="give names, a path, a frame, a mapping of columns or a list of mappings"
    ):
        xlplugin.run(table)
