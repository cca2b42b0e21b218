"""What people see of the command line: within 100 columns, the same in a pipe, colour on a terminal alone."""

from __future__ import annotations

import io
import json
import math
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from command_line import xlplugin
from pseudo_terminal import on_a_terminal
from rich.console import RenderableType

from xlplugin.cli import cli, main
from xlplugin.cli.marks import bar, sparkline, swing
from xlplugin.cli.terminal import console

pytestmark = pytest.mark.slow

XLPLUGIN = [sys.executable, "-m", "xlplugin"]

#: One call at least of each command that prints a table; the widest ones.
TABLES = [
    "companies",
    "companies OpenAI",
    "companies acme --companies own.csv",
    "assumptions",
    "assumptions --company NVIDIA",
    "scenarios",
    "article",
    "article --lang de",
    "run",
    "run names.csv",
    "run --company Salesforce --set cost_reduction=10%,30% --set pass_through=0%,50%",
    "run --company OpenAI --lines operating_income,eps,bridge_operating_margin_revenue_base_effect",
    "diff a.csv b.csv",
    "compare",
    "bridge Microsoft --scenario price_war",
    "tornado Microsoft",
    "sensitivity Salesforce",
    "breakeven Salesforce --jevons",
    "path Microsoft",
    "simulate Salesforce --trials 200",
    "doctor",
]
#: Commands that print no table of results; sobol needs an extra, serve does not end.
NO_TABLE = {
    "template",
    "audit",
    "verify",
    "functions",
    "install",
    "uninstall",
    "serve",
    "sobol",
    "recalc",
    "update",
    "note",
}

FILES = {
    "own.csv": "company,fiscal_year,revenue,cost_of_revenue\nAcme,FY2025,1000,400\n",
    "names.csv": "company,scenario,cost_reduction\nCRM,"
    + "\u540d\u524d\u306e\u9577\u3044" * 20
    + f",0.3\nNVDA,{'n' * 300},0.4\nMSFT,two words and more of them {'so ' * 50},-20%\n",
    "none.csv": "scenario,cost_reduction\n",
    "steering.csv": 'scenario,cost_reduction\n"\x1b[31mred\x1b[0m \x07[bold]x[/bold]",0.3\n',
    "carried.csv": "cost_reduction,region\n0.3,EU\n",
    "near.csv": "cost_reduction,adoptoin,region\n0.3,1,EU\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("terminal")
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    for name, scenario in (("a.csv", "half"), ("b.csv", "price_war")):
        pairs = place / f"of {name}"
        pairs.write_text(
            f"scenario,cost_reduction,pass_through\nx,0.5,{int(scenario == 'price_war')}\n", encoding="utf-8"
        )
        assert xlplugin("run", pairs.name, "-o", name, cwd=place).returncode == 0
    return place


def said(
    folder: Path, arguments: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> str:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())
    stdout, stderr = capfd.readouterr()
    assert ended.value.code in (0, 1), stderr
    assert "Traceback" not in stderr
    return stdout


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


@pytest.mark.parametrize("arguments", [pytest.param("demo", marks=pytest.mark.slow), *TABLES])
def test_at_most_100_columns(
    folder: Path, arguments: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(folder, arguments, capfd, monkeypatch)
    assert [line for line in text.splitlines() if columns(line) > 100] == []
    assert "\x1b" not in text  # no colour in a pipe
    last = text.strip().splitlines()[-3:]
    assert any("xlplugin" in line or "Next" in line or "--" in line for line in last)  # what to do next


def test_every_command_is_looked_at() -> None:
    assert {call.split()[0] for call in TABLES} | NO_TABLE | {"demo"} == set(cli.list_commands(None))  # type: ignore[arg-type]


@pytest.mark.parametrize("command", cli.list_commands(None))  # type: ignore[arg-type]
def test_help_of_every_command(
    command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    text = said(Path.cwd(), f"{command} --help", capfd, monkeypatch)
    assert [line for line in text.splitlines() if columns(line) > 100] == []
    options = text.partition("Options:")[2]
    undescribed = [line for line in options.splitlines() if re.fullmatch(r"  (-\w, )?--\S+( \S+)?\s*", line)]
    following = options.splitlines()
    for line in undescribed:  # the words may stand on the next line
        assert following[following.index(line) + 1].startswith(" " * 10), line


def test_without_arguments_all_commands_are_shown_whole(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    stdout, stderr = capfd.readouterr()
    assert ended.value.code == 2
    assert not [line for line in (stdout + stderr).splitlines()[1:] if line.endswith("...")]  # cut
    assert (stdout + stderr).startswith("Usage: xlplugin")
    for command in cli.list_commands(None):  # type: ignore[arg-type]
        assert f"\n  {command} " in stdout + stderr


def test_names_of_inputs_are_never_broken(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(folder, "scenarios", capfd, monkeypatch)
    for words in ("training_cost_reduction 0%", "rebound_elasticity", "DeepSeek headline"):
        assert words in text


def test_a_table_without_rows_is_an_empty_one(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "company" in said(folder, "run none.csv", capfd, monkeypatch)
    assert json.loads(said(folder, "run none.csv --json", capfd, monkeypatch)) == []


def test_texts_of_a_file_do_not_steer_the_terminal(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = said(folder, "run steering.csv --company CRM --lines eps", capfd, monkeypatch)
    assert "[31mred" in text
    assert "[bold]x[/bold]" in text
    assert not set(text) & set("\x1b\x07")


def test_companies_named_beside_a_file_that_names_its_own(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit):
        main(["run", "names.csv", "--company", "CRM", "--json"])
    stdout, stderr = capfd.readouterr()
    assert [row["company"] for row in json.loads(stdout)] == ["Salesforce", "NVIDIA", "Microsoft"]
    assert stderr == "--company has no effect: the column company of the file names the companies\n"


def test_what_is_carried_through_is_said_of_a_run_that_succeeds(folder: Path) -> None:
    for name, lines in (
        ("carried.csv", ["carried through untouched, as no inputs: region"]),
        ("near.csv", None),
    ):
        done = xlplugin("run", name, "--company", "CRM", "--json", cwd=folder)
        assert len(done.stderr.strip().splitlines()) == 1
        if lines:
            assert done.stderr.splitlines() == lines
            assert json.loads(done.stdout)[0]["region"] == "EU"
        else:
            assert "did you mean adoption?" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="POSIX pipes")
def test_a_pipe_is_read_as_a_file_is(tmp_path: Path) -> None:
    pipe = tmp_path / "rows.csv"
    os.mkfifo(pipe)
    writer = subprocess.Popen(
        [sys.executable, "-c", f"open({str(pipe)!r}, 'w').write('cost_reduction;\\n0,3;\\n')"]
    )
    done = xlplugin("run", pipe, "--company", "CRM", "--json")
    assert writer.wait(timeout=60) == 0
    assert done.returncode == 0, done.stderr
    assert [row["cost_reduction"] for row in json.loads(done.stdout)] == [0.3]


@pytest.mark.parametrize(
    ("encoding", "bars", "lines", "swung"),
    [
        ("utf-8", ["████", "██  ", "", ""], ["▁▂▃█", "▁▁", "▁ █"], "█████│█████"),
        ("cp1252", ["####", "##  ", "", ""], ["_.-#", "__", "_ #"], "#####|#####"),
    ],
)
def test_marks(
    encoding: str, bars: list[str], lines: list[str], swung: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))

    def drawn(mark: RenderableType) -> str:
        shown = console()
        with shown.capture() as captured:
            shown.print(mark, end="")
        return captured.get().rstrip("\n")

    assert [drawn(bar(value, 10, 4)) for value in (10, 5, 0, math.nan)] == bars
    assert drawn(bar(1e-9, 10, 4)).strip()  # what is there is seen
    assert [sparkline(values) for values in ([0, 1, 2, 7], [3, 3], [0, math.nan, 1])] == lines
    assert drawn(swing(0, 10, 5, 0, 10, 11)) == swung
    assert drawn(swing(math.nan, 10, 5, 0, 10, 11)) == ""


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
def test_colour_on_a_terminal_and_not_with_no_color() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS")}
    environment["TERM"] = "xterm-256color"
    command = [*XLPLUGIN, "companies"]
    piped = xlplugin("companies").stdout
    shown = on_a_terminal(command, env=environment)
    assert "\x1b[" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == piped
    plain = on_a_terminal(command, env={**environment, "NO_COLOR": "1"})
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", plain)
    assert re.sub(r"\x1b\[[0-9;]*m", "", plain) == piped
