"""Wrong use of every command: one clear line on standard error, exit code 2, nothing written."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest
from command_line import xlplugin

from xlplugin.cli import main

pytestmark = pytest.mark.slow

XLPLUGIN = [sys.executable, "-m", "xlplugin"]

FILES = {
    "ok.csv": "cost_reduction\n30%\n",
    "empty.csv": "",
    "blank.csv": "\n\n",
    "headless.csv": "0.3,0.5\n0.2,0.4\n",
    "no_rows.csv": "scenario,cost_reduction\n",
    "two.csv": "cost_reduction,Cost reduction\n0.1,0.2\n",
    "near.csv": "cost_reduktion\n0.1\n",
    "thirty.csv": "scenario,cost_reduction\na,0.3\nb,30\n",
    "text.csv": "cost_reduction\nabc\n",
    "true.csv": "cost_reduction\nTRUE\n",
    "thousands.csv": 'cost_reduction,revenue\n0.3,"1,234"\n',
    "infinite.csv": "cost_reduction\n1e400\n",
    "who.csv": "company,cost_reduction\nSalesfroce,0.3\n",
    "nobody.csv": "company,cost_reduction\n,0.3\n",
    "year.csv": "company,fiscal_year,cost_reduction\nSalesforce,FY1999,0.3\n",
    "shares.csv": "company,cost_reduction,ai_revenue_share\nSalesforce,0.3,0.5\n",
    "long.csv": "cost_reduction\n0.3,7,8\n",
    "binary.csv": "\0\1\2\3",
    "damaged.xlsx": "no zip archive",
    "quote.csv": 'scenario,cost_reduction\n"a,0.3\nb,0.4\n',
    "huge.csv": "x" * 1_000_000,
    "huge_row.csv": "cost_reduction\n" + "7" * 1_000_000 + "\n",
    "weird.csv": "scenario,cost_reduction,company\n\u540d\u524d\U0001f389,0.3,\u540d\u524d\U0001f389\n",
    "own.csv": "company,revenue\nAcme,100\n",
    "tie.csv": (
        "company,revenue,cost_of_revenue,research_and_development,sales_and_marketing,"
        "general_and_administrative,other_operating_expense,operating_income\nAcme,100,10,10,10,10,0,50\n"
    ),
    "eps.csv": "company,revenue,net_income,diluted_shares,diluted_eps\nAcme,100,10,10,1.5\n",
    "negative.csv": "company,revenue\nAcme,-5\n",
    "columns.csv": "company,revenu\nAcme,5\n",
    "twice.csv": "company,fiscal_year,revenue\nAcme,FY1,5\nacme,FY1,6\n",
    "order.csv": "company,parameter,low,base,high\nSalesforce,pass_through,0.5,0.2,0.9\n",
    "basis.csv": "company,parameter,base,basis\nSalesforce,pass_through,0.5,guess\n",
    "parameter.csv": "company,parameter,base\nSalesforce,pass_trough,0.5\n",
    "stranger.csv": "company,parameter,base\nSalesfroce,pass_through,0.5\n",
    "scenario.csv": "scenario,cost_reduction\nx,30\n",
    "excluded.csv": "scenario,cost_reduction,not_applicable_to\nx,0.3,OpenAL\n",
}

#: Arguments, and what the message must say.
WRONG = [
    ("scenaros", ["no such command: scenaros", "did you mean scenarios?"]),
    ("run --nope", ["--nope", "run --help"]),
    ("run ok.csv --companies=", ["xlplugin run: an argument is empty", "leave it out or fill it in"]),
    ("companies Salesfroce", ["Salesfroce", "did you mean Salesforce?"]),
    ("companies --companies missing.csv", ["missing.csv", "no such file"]),
    ("companies --companies folder", ["folder", "name a file"]),
    ("companies --companies empty.csv", ["empty.csv", "empty", "header row"]),
    ("companies --companies binary.csv", ["binary.csv", "CSV, Excel or Parquet"]),
    ("companies --companies tie.csv", ["row 1", "operating_income is 50", "revenue less costs is 60"]),
    ("companies --companies eps.csv", ["row 1", "diluted_eps is 1.5", "1.0000"]),
    ("companies --companies negative.csv", ["row 1", "revenue is -5", "more than 0"]),
    ("companies --companies columns.csv", ["column is 'revenu'", "did you mean revenue?"]),
    ("companies --companies twice.csv", ["row 2", "remove the second row"]),
    ("assumptions --company Foo", ["company is 'Foo'", "known: Salesforce"]),
    ("assumptions --assumptions order.csv", ["row 1", "low 0.5, base 0.2, high 0.9", "low <= base <= high"]),
    ("assumptions --assumptions basis.csv", ["basis is 'guess'", "published, derived, judgement"]),
    ("assumptions --assumptions parameter.csv", ["pass_trough", "did you mean pass_through?"]),
    ("assumptions --assumptions stranger.csv", ["Salesfroce", "did you mean Salesforce?"]),
    ("scenarios --scenarios scenario.csv", ["row 1", "cost_reduction is 30", "30% or 0.3"]),
    ("scenarios --scenarios excluded.csv", ["row 1", "OpenAL", "did you mean OpenAI?"]),
    ("scenarios --scenarios no_rows.csv", ["no_rows.csv", "no rows"]),
    ("run missing.csv", ["missing.csv", "no such file"]),
    ("run folder", ["folder", "name a file"]),
    ("run empty.csv", ["empty.csv", "header row"]),
    ("run blank.csv", ["blank.csv", "header row"]),
    ("run headless.csv", ["headless.csv", "header"]),
    ("run two.csv", ["two columns are named", "rename or remove one"]),
    ("run near.csv", ["cost_reduktion", "did you mean cost_reduction?"]),
    ("run thirty.csv", ["row 2", "cost_reduction is 30", "-1 to below 1", "30% or 0.3"]),
    ("run text.csv", ["row 1", "cost_reduction is 'abc'", "enter a number"]),
    ("run true.csv", ["row 1", "cost_reduction is 'TRUE'"]),
    ("run thousands.csv", ["row 1", "revenue is '1,234'", "1234", "1.234"]),
    ("run infinite.csv", ["row 1", "cost_reduction", "finite"]),
    ("run who.csv", ["row 1", "Salesfroce", "did you mean Salesforce?"]),
    ("run nobody.csv", ["row 1", "company", "name a company"]),
    ("run year.csv", ["row 1", "FY1999", "Salesforce has FY2025, FY2026"]),
    ("run shares.csv", ["row 1", "seat_revenue_share", "at most 1", "lower one of them"]),
    ("run long.csv", ["row 1", "3", "1"]),
    ("run damaged.xlsx", ["damaged.xlsx", "save it"]),
    ("run ok.csv --scenario half", ["without FILE"]),
    ("run --set cost_reduction=30", ["cost_reduction is 30", "30% or 0.3"]),
    ("run --set cost_reduction=0,1", ["0.1", "0 and 1"]),
    ("run --set cost_reduction=abc", ["cost_reduction is 'abc'"]),
    ("run --set cost_reduction", ["--set cost_reduction=30%"]),
    ("run --set cost_reductoin=0.3", ["cost_reductoin", "did you mean cost_reduction?"]),
    ("run --set credibility=0.5", ["cost_reduction", "--scenario"]),
    ("run --scenario hlf", ["scenario is 'hlf'", "did you mean half?"]),
    ("run --company Foo", ["company is 'Foo'", "known: Salesforce"]),
    ("run --company OpenAI --fiscal-year article", ["article", "OpenAI has 2025"]),
    ("run --company NVDA --fiscal-year FY1999", ["FY1999", "NVIDIA has FY2025, FY2026"]),
    ("run --fiscal-year 1999", ["1999", "Salesforce has"]),
    ("run --lines gross_margn", ["gross_margn", "did you mean gross_margin?"]),
    ("run --inputs all", ["all", "used"]),
    ("run --scenario half -o ok.csv", ["ok.csv", "--force"]),
    ("run --scenario half -o nowhere/out.csv", ["nowhere"]),
    ("run --scenario half -o out.pdf", ["out.pdf", ".csv"]),
    ("run --scenario half -o /proc/out.csv", ["/proc"]),
    ("run quote.csv", ["quote.csv", "never closed"]),
    ("run latin.csv", ["latin.csv", "UTF-8"]),
    ("run huge.csv", ["huge.csv"]),
    ("run huge_row.csv", ["huge_row.csv"]),
    ("run weird.csv", ["row 1", "\u540d\u524d", "known: Salesforce"]),
    ("run error.xlsx", ["row 1", "revenue is '#DIV/0!'", "mend the cell"]),
    ("run formula.xlsx", ["formula.xlsx", "B2", "formula whose value no program has computed"]),
    ("run date.xlsx", ["row 1", "cost_reduction is 2025-01-31", "not a date"]),
    ("run date.xlsx --sheet Nope", ["sheet is 'Nope'", "Sheet"]),
    ("run /dev/null", ["/dev/null", "empty"]),
    ("run .", ["name a file"]),
    ("run ok.csv --decimal ;", ["--decimal", "';'"]),
    ("run ok.csv --json -o out.csv", ["--json and -o"]),
    ("run ok.csv -o ok.csv", ["ok.csv", "choose another name"]),
    ("run ok.csv -o ok.csv --force", ["ok.csv", "is an input"]),
    ("run ok.csv -o ./ok.csv --force", ["ok.csv", "is an input"]),
    ("run --companies own.csv --scenario half -o own.csv --force", ["own.csv", "is an input"]),
    ("run --set cost_reduction=30%,", ["a value is empty"]),
    ("run --set cost_reduction=10% --set cost_reduction=20%", ["twice", "VALUE,VALUE"]),
    ("run --scenario \u540d\u524d\U0001f389", ["\u540d\u524d", "known: illustrative"]),
    ("run --fiscal-year \u540d --company CRM", ["Salesforce has FY2025, FY2026"]),
    ("run --resume", ["--resume", "-o"]),
    ("companies \x1b[31m", ["known: Salesforce"]),
    ("companies Meta Platforms", ["Platforms"]),
    ("companies --companies error.xlsx", ["error.xlsx"]),
    ("assumptions --companies folder", ["folder", "name a file"]),
    ("verify missing.csv", ["missing.csv", "no such file"]),
    ("verify ok.csv", ["ok.csv", "manifest"]),
    ("diff ok.csv missing.csv", ["ok.csv", "name an output"]),
    ("diff ok.csv", ["B"]),
    ("template folder", ["folder", ".xlsx"]),
    ("template folder.xlsx --force", ["folder.xlsx"]),
    ("template out.xlsx --scenarios missing.csv", ["missing.csv", "no such file"]),
    ("template out.pdf", ["out.pdf", ".xlsx"]),
    ("template ok.csv", ["ok.csv"]),
    ("template taken.xlsx", ["taken.xlsx", "--force"]),
    ("template nowhere/out.xlsx", ["nowhere"]),
    ("template /proc/out.xlsx --company CRM", ["/proc"]),
    ("template out.xlsx --lang fr", ["fr", "en"]),
    ("template out.xlsx --company Foo", ["company is 'Foo'"]),
    ("template out.xlsx --companies tie.csv", ["operating_income is 50"]),
    ("template out.xlsx --as-of 2025", ["2025", "article"]),
    ("template", ["OUT.xlsx"]),
    ("demo extra", ["extra"]),
    ("demo --lang fr", ["fr"]),
]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wrong use")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "taken.xlsx").write_text("an analyst's own", encoding="utf-8")
    (folder / "latin.csv").write_bytes("scenario,cost_reduction\nä,0.3\n".encode("latin-1"))
    save(
        folder / "error.xlsx", [["company", "revenue", "cost_reduction"], ["CRM", "#DIV/0!", 0.3]], error="B2"
    )
    save(folder / "formula.xlsx", [["scenario", "cost_reduction"], ["a", "=0.1+0.2"]])
    save(folder / "date.xlsx", [["cost_reduction"], [dt.datetime(2025, 1, 31)]])
    (folder / "folder").mkdir()
    (folder / "folder.xlsx").mkdir()
    return folder


def save(path: Path, rows: list[list[object]], error: str | None = None) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if error:
        book.active[error].data_type = "e"
    book.save(path)


def state(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.mark.parametrize(("arguments", "said"), WRONG, ids=[arguments for arguments, _ in WRONG])
def test_wrong_use(
    workplace: Path,
    arguments: str,
    said: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    before = state(workplace)
    monkeypatch.chdir(workplace)
    with pytest.raises(SystemExit) as ended:  # the console script does no more than this call
        main(arguments.split())
    stdout, stderr = capfd.readouterr()
    assert ended.value.code == 2, stdout + stderr
    for words in said:
        assert words in stderr
    assert "Traceback" not in stderr
    assert len(stderr.strip().splitlines()) == 1, stderr
    assert stdout == ""
    assert state(workplace) == before


def test_several_faults_are_shown_up_to_ten_and_counted(tmp_path: Path) -> None:
    rows = "\n".join(["cost_reduction", *["30"] * 25])
    (tmp_path / "many.csv").write_text(rows, encoding="utf-8")
    done = xlplugin("run", "many.csv", cwd=tmp_path)
    lines = done.stderr.strip().splitlines()
    assert done.returncode == 2
    assert [line.split(":")[0] for line in lines[:10]] == [f"row {i}" for i in range(1, 11)]
    assert "25" in lines[10]
    assert len(lines) == 11


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is missing")
@pytest.mark.parametrize("arguments", ["companies", "run --scenario half --json", "scenarios"])
def test_a_full_disk_behind_standard_output(arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*XLPLUGIN, *arguments.split()], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Give a folder on a disk of its own: a locked one (``ro``), or a small one (``size=64k``)."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mounted(options: str) -> Path:
        mount("size=64k")
        (folder / "taken.xlsx").write_text("an analyst's own", encoding="utf-8")
        mount(f"remount,{options}")
        return folder

    def mount(options: str) -> None:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no right to mount a disk")

    yield mounted
    subprocess.run(["umount", folder], capture_output=True, check=False)


@pytest.mark.parametrize("options", ["ro", "size=64k"])
@pytest.mark.parametrize(
    "arguments", ["template out.xlsx --company CRM", "template taken.xlsx --force --company CRM", "demo"]
)
def test_a_full_or_locked_disk(disk: Callable[[str], Path], options: str, arguments: str) -> None:
    folder = disk(options)
    done = xlplugin(*arguments.split(), cwd=folder)
    assert done.returncode == 2
    assert ("Read-only file system" if options == "ro" else "No space left") in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert state(folder) == {"taken.xlsx": b"an analyst's own"}


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
def test_interrupted_by_ctrl_c(tmp_path: Path) -> None:
    script = (
        "import sys, time\nfrom xlplugin.cli import cli, main\nimport click\n"
        "@cli.command('wait')\ndef wait():\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "from xlplugin import cli as package\npackage._COMMANDS['wait'] = 'data'\n"
        "from xlplugin.cli import data\ndata.wait = wait\nmain(['wait'])"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "interrupted" in stderr
    assert "Traceback" not in stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
@pytest.mark.parametrize("arguments", ["companies --json", "run --json", "assumptions"])
def test_a_closed_pipe_ends_quietly(arguments: str) -> None:
    process = subprocess.Popen(
        [*XLPLUGIN, *arguments.split()], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0
