"""Bad rows, odd files, full disks, killed processes: a clear word, and nothing half-written."""

from __future__ import annotations

import csv
import json
import math
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from batch_cases import leftovers
from command_line import xlplugin

import xlplugin as package
from xlplugin.batch.folders import write_parts
from xlplugin.batch.job import job
from xlplugin.batch.readers.csv_files import CsvSource
from xlplugin.batch.runner import computed
from xlplugin.batch.writers.csv import CsvWriter
from xlplugin.data.shipped import shipped
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

LEVERS = "cost_reduction"


def write(folder: Path, text: str | bytes, name: str = "in.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def refused(path: Path, *more: object) -> str:
    """Run a file that must be refused; return the message."""
    out = path.parent / "out.csv"
    ran = xlplugin("run", path, "-o", out, *more)
    assert ran.returncode == 2, ran.stdout
    assert "Traceback" not in ran.stderr
    assert not out.exists() and not leftovers(path.parent)
    return ran.stderr


# --- Bad rows ------------------------------------------------------------------------------------


def test_stop_shows_the_first_ten_faults_and_counts_all(tmp_path: Path) -> None:
    rows = "".join(f"CRM,{30 if i % 2 else 0.3}\n" for i in range(1, 41))
    message = refused(write(tmp_path, f"company,{LEVERS}\n{rows}"))
    lines = message.splitlines()
    assert lines[0] == "row 1: cost_reduction is 30 (allowed: -1 to below 1); enter 30% or 0.3"
    assert [line.split(":")[0] for line in lines[:10]] == [f"row {i}" for i in range(1, 20, 2)]
    assert lines[10] == "and 10 more faults (20 in all)"


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_keep_gives_the_good_rows_and_says_what_is_wrong_with_the_others(ending: str, tmp_path: Path) -> None:
    path = write(
        tmp_path, "company,cost_reduction,adoption\nCRM,30%,1\nNobody,0.3,1\nMSFT,x,1\nNVDA,,1\nMETA,0.5,1\n"
    )
    out = tmp_path / f"out.{ending}"
    ran = xlplugin("run", path, "--errors", "keep", "-o", out, "--lines", "unit_cost_index")
    assert ran.returncode == 1
    assert "2 of 5 results are faulty" in ran.stderr
    frame = {"csv": pd.read_csv, "parquet": pd.read_parquet}.get(
        ending, lambda p: pd.read_excel(p, sheet_name="Results", engine="openpyxl", header=1)
    )(out)
    assert frame["unit_cost_index"].tolist()[::4] == [0.7, 0.5]
    assert frame["unit_cost_index"].isna().tolist() == [False, True, True, True, False]
    assert frame["fault"].notna().tolist() == [False, True, True, False, False]
    assert frame["fault"][2].startswith("cost_reduction is 'x' (allowed: -1 to below 1)")
    assert frame["company"][3] == "NVIDIA"
    verified = xlplugin("verify", out)
    assert verified.returncode == 0 and "diff" not in verified.stderr  # a file against itself says nothing
    assert "Next: xlplugin note -o note.html" in verified.stderr


def test_keep_in_python_and_faults_of_pairs() -> None:
    rows = [{"cost_reduction": 0.3, "inference_cost_share": share} for share in (0.01, 0.5)]
    with pytest.raises(InputError, match="for NVIDIA"):
        package.run(rows, ["Salesforce", "NVIDIA"])
    result = package.run(rows, ["Salesforce", "NVIDIA"], errors="keep", lines=["eps"])
    assert result["fault"].notna().tolist() == [False, False, False, True]
    assert result["eps"].isna().tolist() == [False, False, False, True]
    assert "ai_supply_cost_share" in result["fault"][3]
    found = package.faults(rows, ["Salesforce", "NVIDIA"])
    assert found["row"].tolist() == [2]


def test_a_column_nearly_named_as_an_input_is_a_fault(tmp_path: Path) -> None:
    message = refused(write(tmp_path, "company,cost_reductoin\nCRM,0.3\n"), "--errors", "keep")
    assert "did you mean cost_reduction?" in message


# --- Odd files -----------------------------------------------------------------------------------

ODD: dict[str, tuple[str | bytes, str]] = {
    "empty": (b"", "empty"),
    "blanks alone": (b"\n\n  \n", "empty"),
    "two headers alike": ("company,cost_reduction,Cost Reduction\nCRM,1,1\n", "two columns are named"),
    "a column without header": ("company,cost_reduction,\nCRM,0.3,x\n", "3 cells"),
    "too many cells": ("company,cost_reduction\nCRM,0,3,\nCRM,0,3\n", "quote text that holds the delimiter"),
    "1e400": ("company,cost_reduction\nCRM,1e400\n", "row 1: cost_reduction is"),
    "inf": ("company,cost_reduction\nCRM,inf\n", "enter a finite number"),
    "TRUE": ("company,cost_reduction\nCRM,TRUE\n", "row 1: cost_reduction is 'TRUE'"),
    "a date": ("company,cost_reduction\nCRM,2025-01-31\n", "row 1: cost_reduction is '2025-01-31'"),
    "an error value": ("company,cost_reduction\nCRM,#N/A\n", "mend the cell that it comes from"),
    "ambiguous thousands": ('company,cost_reduction\nCRM,"1,234"\n', "reads as 1234 or as 1.234"),
    "binary": (b"\x00\x01\x02" * 100, "not a text file"),
    "another encoding": ("company,cost_reduction,note\nCRM,0.3,Größe\n".encode("latin-1"), "UTF-8"),
    "no parquet": (b"PAR1" + b"x" * 40, "not a readable Parquet file"),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_odd_files_are_refused_with_their_place(case: str, tmp_path: Path) -> None:
    content, says = ODD[case]
    with pytest.raises(InputError, match=says.replace("(", r"\(")):
        job(str(write(tmp_path, content))).to(str(tmp_path / "out.csv"))
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_quoted_line_breaks_and_numbers_across_chunks(tmp_path: Path) -> None:
    lines = [f'CRM,"first\r\nsecond, {i} ""quoted""",{i / 1000}' for i in range(300)]
    path = write(tmp_path, "company,remark,cost_reduction\r\n" + "\r\n".join(lines) + "\r\n")
    source = CsvSource(path, shipped(), chunk=97)
    job(source, lines=["unit_cost_index"], inputs="given").to(str(tmp_path / "out.parquet"))
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["remark"].to_pylist() == [f'first\r\nsecond, {i} "quoted"' for i in range(300)]
    assert table["cost_reduction"].to_pylist() == [i / 1000 for i in range(300)]
    assert table["scenario"].to_pylist() == [str(i + 1) for i in range(300)]


def test_blank_rows_are_no_rows_and_short_rows_are_filled(tmp_path: Path) -> None:
    path = write(tmp_path, "company,cost_reduction,adoption\nCRM,0.1,0.5\n\n,,\nCRM,0.2\nCRM,nan,1\n")
    result = package.run(path, lines=["unit_cost_index"], inputs="given")
    assert result["scenario"].tolist() == ["1", "2", "3"]
    job(str(path), lines=["unit_cost_index"], inputs="given").to(str(tmp_path / "out.csv"))
    found = pd.read_csv(tmp_path / "out.csv")
    assert found["unit_cost_index"].tolist()[:2] == [0.95, 0.8]
    assert math.isnan(found["unit_cost_index"][2])


def test_ten_thousand_columns(tmp_path: Path) -> None:
    names = [f"x{i}" for i in range(10_000)]
    path = write(
        tmp_path, "company,cost_reduction," + ",".join(names) + "\nCRM,0.3," + ",".join("7" * 10_000) + "\n"
    )
    job(str(path), lines=["unit_cost_index"]).to(str(tmp_path / "out.parquet"))
    table = pq.read_table(tmp_path / "out.parquet")
    assert [table[name].to_pylist() for name in ("unit_cost_index", "x0", "x9999")] == [[0.7], ["7"], ["7"]]


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_no_rows(ending: str, tmp_path: Path) -> None:
    path = write(tmp_path, "company,cost_reduction,mine\n")
    tally = job(str(path), lines=["eps"], inputs="given").to(str(tmp_path / f"out.{ending}"))
    assert (tally.rows, tally.count) == (0, 0)
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}.get(
        ending, lambda p: pd.read_excel(p, sheet_name="Results", engine="openpyxl", header=1)
    )
    assert list(read(tmp_path / f"out.{ending}").columns)[:6] == [
        "company", "fiscal_year", "scenario", "mine", "cost_reduction", "eps",
    ]  # fmt: skip


def test_dates_and_truth_values_in_typed_columns(tmp_path: Path) -> None:
    stamp = pd.Timestamp("2025-01-31")
    good = pa.table({"company": ["CRM"], "cost_reduction": [0.3], "when": [stamp], "sure": [True]})
    pq.write_table(good, tmp_path / "good.parquet")
    job(str(tmp_path / "good.parquet"), lines=["unit_cost_index"]).to(str(tmp_path / "out.parquet"))
    carried = pq.read_table(tmp_path / "out.parquet")
    assert (carried["when"].to_pylist(), carried["sure"].to_pylist()) == ([stamp], [True])
    for value in (stamp, True):
        pq.write_table(pa.table({"company": ["CRM"], "cost_reduction": [value]}), tmp_path / "bad.parquet")
        with pytest.raises(InputError, match="row 1: cost_reduction"):
            job(str(tmp_path / "bad.parquet")).to(str(tmp_path / "bad.csv"))


# --- Text that looks like a formula --------------------------------------------------------------

TEXTS = ["=1+1", "+cmd", "-x", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("a")', "-5", "+1.5%", "plain", "a=b"]
GUARDED = [
    "'=1+1",
    "'+cmd",
    "'-x",
    "'@SUM(A1)",
    "'\tx",
    "'\rx",
    '\'=HYPERLINK("a")',
    "-5",
    "+1.5%",
    "plain",
    "a=b",
]


@pytest.mark.parametrize("plain", [False, True], ids=["with pyarrow", "standard library"])
def test_users_texts_are_no_formulas_in_csv(plain: bool, tmp_path: Path) -> None:
    rows = [{"company": "CRM", "cost_reduction": 0.3, "scenario": text, "remark": text} for text in TEXTS]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "in.parquet")
    work = job(str(tmp_path / "in.parquet"), lines=["eps"])
    if plain:
        writer = CsvWriter(tmp_path / "out.csv", arrow=False)
        writer.write(writer.encode(computed(work.source.all_rows(), work.selection)))
        writer.finish({})
    else:
        work.to(str(tmp_path / "out.csv"))
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["remark"] for row in found] == GUARDED
    labels = [row["scenario"] for row in found]  # outer blanks are no part of a name
    assert labels == [("x" if text in ("'\tx", "'\rx") else text) for text in GUARDED]
    if not plain:
        assert xlplugin("verify", tmp_path / "out.csv").returncode == 0


def test_users_texts_are_texts_in_a_workbook(tmp_path: Path) -> None:
    rows = [{"company": "CRM", "cost_reduction": 0.3, "=head": text} for text in TEXTS]
    job(rows, lines=["eps"]).to(str(tmp_path / "out.xlsx"))
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Results"]
    assert (sheet["D1"].value, sheet["D2"].value) == ("=head", "=head")
    cells = [sheet.cell(i + 3, 4) for i in range(len(TEXTS))]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value.strip() for cell in cells] == [text.strip() for text in TEXTS]


# --- Targets -------------------------------------------------------------------------------------


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return write(tmp_path, "company,cost_reduction\n" + "CRM,0.3\n" * 5)


REFUSED: dict[str, Callable[[Path], tuple[str, str]]] = {
    "an input": lambda folder: (f"{folder}/in.csv", "is an input of this run"),
    "an input by another name": lambda folder: (f"{folder}/./in.csv", "is an input of this run"),
    "there already": lambda folder: (str(write(folder, "old", "old.csv")), "exists; choose another name, or add --force"),
    "no folder": lambda folder: (f"{folder}/none/out.csv", "no such folder"),
    "of no known kind": lambda folder: (f"{folder}/out.doc", "of no known kind"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_targets_that_are_refused(case: str, good: Path) -> None:
    target, says = REFUSED[case](good.parent)
    before = {path: path.read_bytes() for path in good.parent.iterdir()}
    ran = xlplugin("run", good, "-o", target, *(["--force"] if "input" in case else []))
    assert (ran.returncode, says in ran.stderr, len(ran.stderr.splitlines())) == (2, True, 1), ran.stderr
    assert {path: path.read_bytes() for path in good.parent.iterdir()} == before


def test_force_replaces_and_leaves_no_temporary_file(good: Path) -> None:
    old = write(good.parent, "old", "out.csv")
    assert xlplugin("run", good, "-o", old, "--force").returncode == 0
    assert old.read_text().startswith("company,")
    assert sorted(path.name for path in good.parent.iterdir()) == ["in.csv", "out.csv", "out.csv.json"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("no right to mount a small tmpfs")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", ["out.csv", "out.parquet", "out.xlsx", "out/"])
def test_full_disk(name: str, small_disk: Path, tmp_path: Path) -> None:
    study = write(
        tmp_path,
        "[levers]\ncost_reduction = { from = 0, to = 0.9, count = ROWS }\n".replace(
            "ROWS", "1500" if name == "out.xlsx" else "20000"
        ),
        "study.toml",
    )
    old = small_disk / "out.csv"
    old.write_text("old")
    ran = xlplugin("run", study, "--company", "CRM", "-o", f"{small_disk}/{name}", "--force")
    assert ran.returncode == 2, ran.stdout
    assert ran.stderr.count("\n") == 1, ran.stderr
    assert "No space left on device" in ran.stderr and "small/out" in ran.stderr
    assert old.read_text() == "old"
    assert not leftovers(small_disk)
    assert not list(small_disk.glob("out.*")) or [p.name for p in small_disk.glob("out.*")] == ["out.csv"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full")
def test_full_standard_output(good: Path) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "xlplugin", "run", good, "-o", "-"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1), ran.stderr


# --- Interrupted and killed ----------------------------------------------------------------------


def started(*arguments: object, until: Callable[[], bool]) -> subprocess.Popen[bytes]:
    """Start the command line and wait until something is to be seen."""
    process = subprocess.Popen(
        [sys.executable, "-m", "xlplugin", *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 60
    while not until():
        assert process.poll() is None, process.stderr.read().decode() if process.stderr else ""
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return process


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    text = "[levers]\ncost_reduction = { from = 0, to = 0.9, count = 10000 }\nadoption = { from = 0, to = 1, count = 10000 }\n"
    return write(tmp_path, text, "study.toml")


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_kill_leaves_the_old_file_whole(ending: str, endless: Path, tmp_path: Path) -> None:
    old = write(tmp_path, "old and whole", f"out.{ending}")

    def writing() -> bool:
        return any(path.stat().st_size > 100_000 for path in tmp_path.glob(".out*.part"))

    process = started("run", endless, "--company", "CRM", "-o", old, "--force", until=writing)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert old.read_text() == "old and whole"


def test_ctrl_c_leaves_nothing_behind(endless: Path, tmp_path: Path) -> None:
    old = write(tmp_path, "old and whole", "out.csv")

    def writing() -> bool:
        return any(path.stat().st_size > 100_000 for path in tmp_path.glob(".out*.part"))

    process = started("run", endless, "--company", "CRM", "-o", old, "--force", until=writing)
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    said = process.stderr.read().decode()
    assert process.wait() == 130
    assert said == "interrupted: nothing was left half-written\n"
    assert old.read_text() == "old and whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "study.toml"]


def parts(folder: Path) -> int:
    journal = folder / "_journal.jsonl"
    return journal.read_text().count('"part"') if journal.exists() else 0


def test_killed_twice_and_resumed_gives_the_same(tmp_path: Path) -> None:
    study = write(
        tmp_path,
        "lines = [\"eps\", \"gross_margin\"]\n[levers]\ncost_reduction = { from = 0, to = 0.9, count = 600 }\n"
        "adoption = { from = 0, to = 1, count = 500 }\n", "study.toml",
    )  # fmt: skip
    run = ["run", study, "--company", "CRM", "--company", "NVDA"]
    whole, folder = tmp_path / "whole.parquet", tmp_path / "parts"
    assert xlplugin(*run, "-o", whole).returncode == 0
    process = started(*run, "-o", f"{folder}/", "--part-rows", 5000, until=lambda: parts(folder) >= 3)
    process.kill()
    process.wait()
    done = parts(folder)
    with (folder / "_journal.jsonl").open("a") as journal:
        journal.write('{"part": 59, "rows"')  # killed in the middle of a line
    process = started(*run, "-o", f"{folder}/", "--resume", until=lambda: parts(folder) >= done + 3)
    process.kill()
    process.wait()
    kept = {path: path.stat().st_mtime_ns for path in folder.glob("part-00000[0-2]*")}
    ran = xlplugin(*run, "-o", f"{folder}/", "--resume")
    assert (ran.returncode, "Wrote 600,000 results of 300,000 rows" in ran.stdout) == (0, True), ran.stderr
    assert {path: path.stat().st_mtime_ns for path in kept} == kept  # complete parts are not written again
    assert pq.read_table(folder).equals(pq.read_table(whole))
    assert not leftovers(folder)
    other = xlplugin("run", study, "--company", "CRM", "-o", f"{folder}/", "--resume")
    assert (other.returncode, "holds another run" in other.stderr) == (2, True)


def test_parts_of_csv_are_the_whole(tmp_path: Path) -> None:
    rows = "".join(f'CRM,{i / 1000},"a\nb{i}"\n' for i in range(700))
    path = write(tmp_path, "\ufeffcompany,cost_reduction,note\n" + rows)
    work = job(CsvSource(path, shipped(), chunk=1000), lines=["eps"], inputs="given")
    work.to(str(tmp_path / "whole.parquet"))
    write_parts(work, tmp_path / "parts", part_rows=64)
    assert len(list((tmp_path / "parts").glob("*.parquet"))) == 11
    assert pq.read_table(tmp_path / "parts").equals(pq.read_table(tmp_path / "whole.parquet"))


def test_faulty_rows_leave_no_parts(tmp_path: Path) -> None:
    path = write(tmp_path, "company,cost_reduction\n" + "CRM,0.3\n" * 20 + "CRM,30\n")
    ran = xlplugin("run", path, "-o", f"{tmp_path}/parts/", "--part-rows", 5)
    assert (ran.returncode, ran.stderr) == (
        2,
        "row 21: cost_reduction is 30 (allowed: -1 to below 1); enter 30% or 0.3\n",
    )
    assert [one.name for one in tmp_path.iterdir()] == ["in.csv"]
    kept = xlplugin("run", path, "-o", f"{tmp_path}/parts/", "--part-rows", 5, "--errors", "keep")
    assert kept.returncode == 1
    assert pq.read_table(tmp_path / "parts")["fault"].null_count == 20
    assert json.loads((tmp_path / "parts/_manifest.json").read_text())["faulty"] == 1


def test_a_folder_with_other_files_is_refused(good: Path) -> None:
    folder = good.parent / "mine"
    folder.mkdir()
    write(folder, "precious", "notes.txt")
    ran = xlplugin("run", good, "-o", f"{folder}/", "--force")
    assert (ran.returncode, "holds other files (notes.txt)" in ran.stderr) == (2, True)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
