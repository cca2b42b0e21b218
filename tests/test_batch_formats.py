"""Every format in, every format out: the same figures as the oracle, row by row."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_cases import COMPANIES, LINES, disagreements, leftovers, table
from command_line import xlplugin

import xlplugin as package
from xlplugin.batch.checks.verification import verify
from xlplugin.batch.job import job
from xlplugin.files import archives
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

ROWS = table(240, seed=7)
Write = Callable[[Path], Path]


def _csv(
    folder: Path, delimiter: str = ",", decimal: str = ".", encoding: str = "utf-8", ending: str = "\n"
) -> Path:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerow(ROWS[0])
    for row in ROWS:
        writer.writerow(
            "" if v is None else repr(v).replace(".", decimal) if isinstance(v, float) else v
            for v in row.values()
        )
    path = folder / "in.csv"
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _parquet(folder: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), folder / "in.parquet", row_group_size=100)
    return folder / "in.parquet"


def _xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(list(ROWS[0]))
    for row in ROWS:
        book.active.append(list(row.values()))
    book.save(folder / "in.xlsx")
    return folder / "in.xlsx"


WRITERS: dict[str, Write] = {
    "csv": _csv,
    "semicolons and decimal commas": lambda folder: _csv(folder, ";", ","),
    "tabs": lambda folder: _csv(folder, "\t"),
    "byte order mark": lambda folder: _csv(folder, encoding="utf-8-sig"),
    "UTF-16": lambda folder: _csv(folder, encoding="utf-16"),
    "Windows line ends": lambda folder: _csv(folder, ending="\r\n"),
    "parquet": _parquet,
    "xlsx": _xlsx,
}


def records(path: Path) -> list[dict[str, Any]]:
    """Read an output with a reader of its own: not the package's."""
    if path.suffix == ".parquet" or path.is_dir():
        return pq.read_table(path).to_pylist()
    if path.suffix == ".xlsx":
        rows = list(openpyxl.load_workbook(path)["Results"].iter_rows(min_row=2, values_only=True))
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("kind", WRITERS)
def test_every_input_format_agrees_with_the_oracle(kind: str, tmp_path: Path) -> None:
    source = WRITERS[kind](tmp_path)
    tally = job(str(source), lines=LINES).to(str(tmp_path / "out.parquet"))
    assert (tally.rows, tally.count, tally.faulty) == (240, 240, 0)
    found = records(tmp_path / "out.parquet")
    assert not disagreements(found, ROWS)
    assert [row["company"] for row in found] == [row["company"] for row in ROWS]
    assert [row["comment"] for row in found] == [row["comment"] for row in ROWS]
    assert [row["scenario"] for row in found] == [str(i + 1) for i in range(240)]
    assert not leftovers(tmp_path)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.xlsx", "out/"])
def test_every_output_format_agrees_with_the_oracle(name: str, tmp_path: Path) -> None:
    source = _parquet(tmp_path)
    ran = xlplugin("run", source, "-o", f"{tmp_path}/{name}", "--lines", ",".join(LINES), "--inputs", "given")
    assert ran.returncode == 0, ran.stderr
    assert "Wrote 240 results of 240 rows" in ran.stdout
    assert "carried through untouched, as no inputs: comment" in ran.stderr
    assert not disagreements(records(tmp_path / name.rstrip("/")), ROWS)
    verified = xlplugin("verify", f"{tmp_path}/{name}", "--all")
    equal = "Equal: all 240 results, run again, agree within 1e-12."
    assert (verified.returncode, verified.stdout.splitlines()[0]) == (0, equal), verified.stdout


@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_spreadsheets_of_other_programs(ending: str, tmp_path: Path, soffice: Path) -> None:
    _xlsx(tmp_path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        [soffice, profile, "--headless", "--convert-to", ending, "--outdir", tmp_path, tmp_path / "in.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    result = package.run(tmp_path / f"in.{ending}", lines=LINES)
    found = disagreements(result.to_dict("records"), ROWS)
    # these files hold 15 digits: what is 0 may be all rounding
    assert [text for text in found if not (text.endswith("expected 0.0") and "e-1" in text)] == []


FRAMES: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(ROWS),
    "polars": lambda: pl.DataFrame(ROWS),
    "arrow": lambda: pa.Table.from_pylist(ROWS),
    "list": lambda: ROWS,
    "mapping": lambda: {name: [row[name] for row in ROWS] for name in ROWS[0]},
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_agrees_with_the_oracle(kind: str) -> None:
    result = package.run(FRAMES[kind](), lines=LINES)
    assert not disagreements(result.to_dict("records"), ROWS)
    assert result["comment"].tolist() == [row["comment"] for row in ROWS]


def test_narwhals_frame() -> None:
    import narwhals

    result = package.run(narwhals.from_native(pl.DataFrame(ROWS)), lines=LINES)
    assert not disagreements(result.to_dict("records"), ROWS)


@pytest.mark.parametrize("size", [1, 7, 64, 100_000])
def test_size_of_blocks_changes_no_bit_and_no_order(size: int, tmp_path: Path) -> None:
    from xlplugin.batch.streaming import stream

    rows = [{key: value for key, value in row.items() if key != "company"} for row in table(150, seed=3)]
    work = job(pd.DataFrame(rows), COMPANIES[:3], lines=LINES)
    blocks = list(stream(work.source, work.selection, lambda result: result, size=size, workers=3))
    assert [block.first for block in blocks] == list(range(1, 151, size))
    whole = job(pd.DataFrame(rows), COMPANIES[:3], lines=LINES).frame()
    for name in LINES:
        joined = np.concatenate([block.payload.columns[name] for block in blocks])
        assert joined.tobytes() == whole[name].to_numpy().tobytes(), name
    assert whole["company"].tolist() == list(COMPANIES[:3]) * 150
    assert whole["scenario"].tolist() == [str(i + 1) for i in range(150) for _ in range(3)]


def test_standard_input_and_output(tmp_path: Path) -> None:
    source = _csv(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "xlplugin", "run", "-", "-o", "-", "--lines", ",".join(LINES)],
        input=source.read_text("utf-8"), capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert not disagreements(list(csv.DictReader(io.StringIO(ran.stdout))), ROWS)


def test_csv_needs_the_standard_library_alone(tmp_path: Path) -> None:
    source = _csv(tmp_path)
    code = f"""
import sys
sys.modules["pyarrow"] = None
from xlplugin.batch.checks.verification import verify
from xlplugin.batch.job import job
from xlplugin.files import archives
job({str(source)!r}, lines={list(LINES)!r}).to({str(tmp_path / "out.csv")!r})
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert not disagreements(records(tmp_path / "out.csv"), ROWS)


def test_too_many_results_for_a_sheet(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    study.write_text("[levers]\ncost_reduction = { from = 0, to = 0.9, count = 1048576 }\n")
    with pytest.raises(InputError, match=r"write out\.parquet"):
        job(str(study), ["Salesforce"]).to(str(tmp_path / "out.xlsx"))
    assert [path.name for path in tmp_path.iterdir()] == ["study.toml"]


#: Texts of an amount and of a share, the decimal sign that the caller says, and what they are.
SPELLINGS = {
    "a decimal comma": ("36800,5", "0,3", ",", (36800.5, 0.3)),
    "points between thousands": ("1.586.800", "12,5%", ",", (1586800.0, 0.125)),
    "one point, which parts thousands": ("36.800", "0,3", ",", (36800.0, 0.3)),
    "a decimal point": ("36.800", "0.3", ".", (36.8, 0.3)),
    "commas between thousands": ("1,586,800.5", "30%", ".", (1586800.5, 0.3)),
    "one comma, which parts thousands": ("1,586", "30%", ".", None),
    "one point, and nobody says the sign": ("36.800", "30%", None, None),
    "a comma that cannot part thousands": ("0,75", "0,3", ".", (0.75, 0.3)),
}


@pytest.mark.parametrize("kind", ["csv", "parquet", "parquet with codes", "parquet from a pipe"])
@pytest.mark.parametrize("case", SPELLINGS)
def test_texts_of_numbers_mean_the_same_in_every_file(case: str, kind: str, tmp_path: Path) -> None:
    amount, share, decimal, values = SPELLINGS[case]
    table = pa.table({"company": ["CRM"], "revenue": [amount], "cost_reduction": [share]})
    if kind == "parquet with codes":
        table = pa.table([column.dictionary_encode() for column in table.columns], table.column_names)
    path = tmp_path / f"in.{kind.split()[0]}"
    if kind == "csv":
        path.write_text(f"company;revenue;cost_reduction\nCRM;{amount};{share}\n")
    else:
        pq.write_table(table, path)
    piped = path.read_bytes() if kind == "parquet from a pipe" else b""
    sign = [] if decimal is None else ["--decimal", decimal]
    options = [*sign, "--lines", "eps", "--json", "--inputs", "given"]
    ran = xlplugin("run", "-" if piped else path, *options, input=piped)
    if values is None:
        assert (ran.returncode, "type" in ran.stderr, amount in ran.stderr) == (2, True, True)
        return
    assert ran.returncode == 0, ran.stderr
    (record,) = json.loads(ran.stdout)
    assert (record["revenue"], record["cost_reduction"]) == values


def test_a_workbook_larger_than_is_read_back_is_said_when_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = job(["half", "price_war"])
    work.to(str(tmp_path / "small.xlsx"))
    assert work.notices == [] and verify(tmp_path / "small.xlsx").equal
    monkeypatch.setattr(archives, "MOST_CELLS", 500)
    work = job(["half", "price_war"])
    work.to(str(tmp_path / "large.xlsx"))
    (notice,) = work.notices
    assert "large.xlsx xl/worksheets/sheet" in notice and "spreads over more than 500 cells" in notice
    assert notice.endswith("more than is read back: to verify it write large.csv")
    for read in (verify, package.run):
        with pytest.raises(InputError, match="save the sheet as CSV"):
            read(tmp_path / "large.xlsx")


def test_manifest_says_what_was_run(tmp_path: Path) -> None:
    import hashlib

    source = _csv(tmp_path)
    ran = xlplugin("run", source, "-o", tmp_path / "out.csv", "--lines", "eps", "--company", "CRM")
    assert ran.returncode == 0, ran.stderr
    manifest = json.loads((tmp_path / "out.csv.json").read_text("utf-8"))
    assert manifest["inputs"] == [
        {"file": str(source), "sha256": hashlib.sha256(source.read_bytes()).hexdigest()}
    ]
    assert (manifest["rows"], manifest["results"], manifest["faulty"]) == (240, 240, 0)
    assert manifest["xlplugin"] == package.__version__
    assert manifest["study"]["lines"] == ["eps"]
    assert manifest["bytes"] == (tmp_path / "out.csv").stat().st_size
    assert manifest["versions"]["numpy"] == np.__version__


@pytest.mark.parametrize("errors", ["stop", "keep"])
def test_workbook_of_results_opens_without_repair(
    errors: str, tmp_path: Path, ooxml_errors: Callable[..., list[dict[str, str]]]
) -> None:
    rows: list[dict[str, Any]] = [*table(30, seed=3), {"company": "Nobody", "comment": "=1+1 & <b>"}]
    work = job(rows if errors == "keep" else rows[:-1], errors=errors)
    work.to(str(tmp_path / "out.xlsx"))
    assert ooxml_errors(tmp_path / "out.xlsx") == []


def test_a_table_without_rows_makes_a_valid_workbook(
    tmp_path: Path, ooxml_errors: Callable[..., list[dict[str, str]]]
) -> None:
    (tmp_path / "in.csv").write_text("company,cost_reduction\n")
    job(str(tmp_path / "in.csv"), lines=["eps"]).to(str(tmp_path / "out.xlsx"))
    assert ooxml_errors(tmp_path / "out.xlsx") == []
