"""The analysis commands: what they print, write and refuse, against the oracle and other readers."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import openpyxl
import oracle
import pandas as pd
import psutil
import pytest
from click.testing import CliRunner, Result
from test_analysis_tables import expected, filled

from xlplugin.cli import _COMMANDS, cli
from xlplugin.model.errors import InputError, MissingExtraError

pytestmark = pytest.mark.slow

COMMANDS = {
    "compare": ["compare"],
    "bridge": ["bridge", "MSFT", "--measure", "operating_margin"],
    "tornado": ["tornado", "CRM", "--scenario", "half"],
    "slopes": ["sensitivity", "NVDA"],
    "grid": ["sensitivity", "CRM", "--rows", "cost_reduction", "--columns", "pass_through"],
    "breakeven": ["breakeven", "NOW", "--target", "10bp"],
    "jevons": ["breakeven", "CRM", "--jevons"],
    "path": ["path", "CRM", "--decline", "30%", "--years", "6", "--trials", "50"],
    "simulate": ["simulate", "CRM", "--trials", "500"],
    "sobol": ["sobol", "CRM", "--samples", "16"],
}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def records(*arguments: str) -> list[dict]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output or result.exception
    return json.loads(result.output)


@pytest.mark.parametrize("name", COMMANDS)
def test_tables_fit_and_say_what_to_do_next(name: str) -> None:
    result = run(*COMMANDS[name])
    assert result.exit_code == 0, result.output or result.exception
    lines = result.output.splitlines()
    assert max(map(len, lines)) <= 100
    assert "Next: " in result.output and "…" not in result.output
    assert not re.search(r"probabilit(y|ies)", result.output.replace("no probabilit", ""))
    for claim in ("forecast", "advice"):
        assert (
            re.search(rf"\b{claim}\b", result.output.replace(f"no {claim}", "").replace(f"not a {claim}", ""))
            is None
        )
    assert records(*COMMANDS[name])


def test_compare_keeps_the_honesty_rules() -> None:
    text = run("compare", "--scenario", "illustrative").output
    ranked, undetermined, labs = re.split(
        r"Direction not determined by cost alone, unranked|Labs, unranked", text
    )
    assert "Microsoft" not in ranked and "NVIDIA" not in ranked and "OpenAI" not in ranked + undetermined
    assert ranked.index("Meta") < ranked.index("ServiceNow") < ranked.index("Salesforce")
    low, high = (
        1e4 * expected("NVIDIA", "operating_margin_change", market_elasticity=end) for end in (0.6, 1.4)
    )
    assert f"{low:+.1f} to {high:+.1f}" in undetermined
    assert "m " in next(line for line in labs.splitlines() if line.strip().startswith("OpenAI"))
    refused = run("compare", "--scenario", "deepseek_headline").output
    assert "#N/A" in refused and "does not apply" in refused


def test_peers_are_added_where_they_are_asked_for() -> None:
    text = run("compare", "--peers", "--company", "CRM", "--scenario", "half").output
    ranked, _, general = re.split(
        r"Direction not determined by cost alone, unranked|On general assumptions, unranked", text
    )
    assert all(name in ranked for name in ("Salesforce", "Adobe", "Workday")) and "ServiceNow" not in text
    assert all(name in general for name in ("SAP", "Palantir", "Shopify")) and "EUR m" in general
    assert "SAP" not in run("compare", "--scenario", "half").output
    assert "EUR 36,800" in run("companies", "--peers").output
    shown = run("run", "--scenario", "half", "--company", "SAP", "--company", "CRM").output
    assert "SAP ‡" in shown and "EUR 6.14" in shown and "USD 7.07" in shown


def test_json_holds_the_oracles_figures() -> None:
    bars = {row["step"]: row["value"] for row in records("bridge", "CRM", "--set", "cost_reduction=30%")}
    assert bars["unit_cost"] == pytest.approx(33.372) and bars["operating_income"] == pytest.approx(
        8391.836929
    )
    for row in records("tornado", "CRM", "--measure", "gross_margin_change", "--scenario", "half"):
        if row["fixed"]:
            fixed = {"cost_reduction": 0.5, "credibility": 1.0, "adoption": 1.0}
            assert row["base"] == fixed.get(row["input"], 0.0)
        else:
            right = expected(
                "Salesforce", "gross_margin_change", cost_reduction=0.5, **{row["input"]: row["high"]}
            )
            assert row["at_high"] == pytest.approx(right, abs=1e-12)
    for row in records("path", "MSFT", "--decline", "40%", "--years", "3", "--measure", "eps_change"):
        right = oracle.evaluate(oracle.path_year(filled("Microsoft"), row["year"], 0.4))["eps_change"]
        assert row["value"] == pytest.approx(right, abs=1e-12)
    (found,) = records("breakeven", "NOW", "--target", "10bp")
    put_back = expected("ServiceNow", "operating_margin_change", cost_reduction=found["value"])
    assert put_back == pytest.approx(0.001, abs=1e-12)


def test_tornado_draws_what_the_scenario_leaves_open() -> None:
    text = run("tornado", "CRM", "--scenario", "half").output
    assert "Fixed by scenario or entry, so without a bar: cost_reduction 50%, credibility 100%," in text
    table = text.split("No effect")[0]
    assert not re.search(r"^ cost_reduction", table, re.MULTILINE)


@pytest.mark.parametrize("name", ["tornado", "bridge", "grid", "path", "compare"])
def test_files_in_every_format(name: str, tmp_path: Path) -> None:
    rows = records(*COMMANDS[name])
    for ending in ("csv", "parquet", "xlsx", "png", "svg"):
        path = tmp_path / f"out.{ending}"
        result = run(*COMMANDS[name], "-o", str(path))
        assert result.exit_code == 0, result.output or result.exception
        assert sorted(p.name for p in tmp_path.iterdir()) == [path.name]
        if ending in ("csv", "parquet"):
            frame = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
            assert len(frame) == len(rows) and frame.columns[0] == "company"
            numbers = [key for key in rows[0] if isinstance(rows[0][key], float)]
            for key in numbers:
                assert frame[key].iloc[0] == pytest.approx(rows[0][key], rel=1e-12)
        elif ending == "xlsx":
            book = openpyxl.load_workbook(path)
            assert book.sheetnames == ["Table", "Chart", "Parameters"]
            assert book["Table"].max_row >= 4 + len(rows)
            charts = [part for part in zipfile.ZipFile(path).namelist() if part.startswith("xl/charts/chart")]
            assert len(charts) == (name != "grid")
        elif ending == "png":
            from PIL import Image

            with Image.open(path) as picture:
                assert picture.width >= 1_000 and len(set(picture.convert("L").getdata())) > 20
        else:
            assert "<svg" in path.read_text("utf-8")
        path.unlink()


def test_workbooks_open_without_repair(tmp_path: Path, ooxml_errors) -> None:
    for name in ("tornado", "bridge", "path"):
        path = tmp_path / f"{name}.xlsx"
        assert run(*COMMANDS[name], "-o", str(path)).exit_code == 0
        assert ooxml_errors(path) == []


def test_native_charts_say_in_words_and_keep_what_they_show(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    rows = records("bridge", "CRM")
    assert run("bridge", "CRM", "-o", str(path)).exit_code == 0
    with zipfile.ZipFile(path) as book:
        drawing = book.read("xl/drawings/drawing1.xml").decode()
        chart = book.read("xl/charts/chart1.xml").decode()
    words = re.search(r'<(?:\w+:)?cNvPr [^>]*descr="([^"]+)"', drawing)
    assert words and "bridge of operating income" in words[1] and "Waterfall" in words[1]
    held = re.findall(r"<(?:\w+:)?v>([^<]*)</", chart)
    assert rows[0]["label"] in held and any(
        re.fullmatch(r"-?[\d.e-]+", one) and float(one) == pytest.approx(rows[-1]["value"]) for one in held
    )


def test_headings_name_the_unit_and_declines_are_per_cent() -> None:
    assert "bridge of operating income, base assumptions, USD millions\n" in run("bridge", "CRM").output
    assert re.search(
        r"base assumptions: \+[\d,.]+ USD\s+millions\s+at\s+base", run("tornado", "OpenAI").output
    )
    assert re.search(r"base assumptions: \+[\d.]+ bp\s+at\s+base", run("tornado", "CRM").output)
    assert re.search(r"^ Salesforce +74\.9% ", run("path", "CRM").output, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("bridge SAP", r"EUR millions.*Change in all: \+[\d.]+ EUR m"),
        ("tornado SAP --measure eps_change", r"EUR\s+per\s+share\s+at\s+base"),
        ("simulate SAP --trials 100", r"op\. income change EUR m .*eps change EUR "),
        ("breakeven SAP CRM --measure operating_income --target 1", r"1 EUR m .*1 USD m "),
        ("path SAP CRM --measure operating_income", r"EUR millions\): SAP\..*USD millions\): Salesforce\."),
        ("sensitivity SAP --measure eps --rows adoption=1 --columns competition=0", "EUR per share"),
        ("compare --company SAP --measure operating_income_change", r"\+[\d.]+ EUR m .*\+[\d.]+ EUR m"),
    ],
)
def test_money_names_its_currency_in_tables_and_files(words: str, told: str, tmp_path: Path) -> None:
    assert re.search(told, run(*words.split()).output, re.DOTALL)
    out = tmp_path / "out.csv"
    assert run(*words.split(), "-o", str(out)).exit_code == 0
    frame = pd.read_csv(out)
    currency = {"SAP": "EUR", "Salesforce": "USD"}
    assert list(frame["currency"]) == [currency[company] for company in frame["company"]]


def test_a_break_even_of_an_unknown_measure_says_so() -> None:
    with pytest.raises(InputError, match="measure is 'margn'"):
        raise run("breakeven", "CRM", "--measure", "margn", "--target", "10bp").exception  # type: ignore[misc]


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    path = tmp_path / "kept.csv"
    path.write_text("mine")
    with pytest.raises(InputError, match="--force"):
        raise run("tornado", "CRM", "-o", str(path)).exception  # type: ignore[misc]
    assert path.read_text() == "mine"
    assert run("tornado", "CRM", "-o", str(path), "--force").exit_code == 0
    assert path.read_text().startswith("company")
    with pytest.raises(InputError, match=r"\.parquet"):
        raise run("tornado", "CRM", "-o", str(tmp_path / "out.docx")).exception  # type: ignore[misc]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["kept.csv"]


def test_a_picture_without_matplotlib_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MissingExtraError, match=r"xlplugin\[plot\]"):
        raise run("tornado", "CRM", "-o", str(tmp_path / "out.png")).exception  # type: ignore[misc]
    assert list(tmp_path.iterdir()) == []


def test_texts_that_read_as_formulas_stay_texts(tmp_path: Path) -> None:
    companies = tmp_path / "own.csv"
    companies.write_text(
        "company,fiscal_year,revenue,cost_of_revenue,research_and_development,sales_and_marketing,"
        "general_and_administrative,other_operating_expense\n=2+3,FY2025,100,40,10,10,5,0\n"
    )
    table = tmp_path / "out.csv"
    arguments = ["bridge", "=2+3", "--companies", str(companies)]
    assert run(*arguments, "-o", str(table)).exit_code == 0
    assert table.read_text().splitlines()[1].startswith("'=2+3")
    book = tmp_path / "out.xlsx"
    assert run(*arguments, "-o", str(book)).exit_code == 0
    assert openpyxl.load_workbook(book)["Table"]["A4"].data_type == "s"


@pytest.mark.parametrize(
    "arguments",
    [
        ["tornado", "nobody"],
        ["tornado", "CRM", "--measure", "margin"],
        ["tornado", "CRM", "--set", "cost_reduction=30"],
        ["tornado", "CRM", "--set", "cost=30%"],
        ["tornado", "OpenAI", "--scenario", "deepseek_headline"],
        ["bridge", "CRM", "--measure", "inference_cost"],
        ["sensitivity", "CRM", "--rows", "cost_reduction"],
        ["breakeven", "CRM", "--target", "10bp", "--jevons"],
        ["breakeven", "CRM", "--measure", "usage_index"],
        ["breakeven", "OpenAI", "--target", "10bp"],
        ["breakeven", "CRM", "--target", "much"],
        ["path", "CRM", "--decline", "100%"],
        ["path", "CRM", "--years", "51"],
        ["simulate", "CRM", "--trials", "1"],
        ["simulate", "CRM", "--correlate", "pass_through=0.5"],
        ["sobol", "CRM", "--samples", "100"],
    ],
)
def test_bad_input_is_one_clear_message(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    from xlplugin.cli import main

    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    output = capsys.readouterr()
    assert output.out == "" and output.err.strip() and "Traceback" not in output.err


def test_ctrl_c_ends_a_long_run(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    arguments = [
        sys.executable,
        "-m",
        "xlplugin",
        "path",
        "--years",
        "50",
        "--trials",
        "1000000",
        "-o",
        str(target),
    ]
    started = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env={**os.environ})
    while psutil.Process(started.pid).cpu_times().user < 3:  # it has long begun to draw
        assert started.poll() is None
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, errors = started.communicate(timeout=120)
    assert started.returncode == 130 and errors.strip() == "interrupted: nothing was left half-written"
    assert list(tmp_path.iterdir()) == []


def test_every_analysis_has_its_command() -> None:
    for name in ("compare", "bridge", "tornado", "sensitivity", "breakeven", "path", "simulate", "sobol"):
        assert name in _COMMANDS
        assert run(name, "--help").exit_code == 0


def test_years_beyond_the_model_have_no_figure_for_people_and_one_with_a_flag_in_records(
    tmp_path: Path, ooxml_errors
) -> None:
    asked = ("path", "NVIDIA", "--decline", "90%", "--set", "market_elasticity=1.4")
    inputs = filled("NVIDIA") | {"market_elasticity": 1.4}
    for row in records(*asked):
        right = oracle.evaluate(oracle.path_year(inputs, row["year"], 0.9))
        assert row["beyond_model"] == (not 0.1 <= right["supply_index"] <= 10)
        assert row["value"] == pytest.approx(right["operating_margin_change"], abs=1e-9)
    (line,) = [line for line in run(*asked).output.splitlines() if line.startswith(" NVIDIA")]
    assert line.split()[-1] == "#N/A*"
    assert line.count("#N/A") == 1, "year 5 is within"
    for ending in ("xlsx", "png"):
        assert run(*asked, "-o", str(tmp_path / f"out.{ending}")).exit_code == 0
    assert ooxml_errors(tmp_path / "out.xlsx") == []


def test_the_declines_shown_by_default_say_where_they_come_from() -> None:
    output = run("path", "CRM").output
    assert re.findall(r"^ Salesforce +(\S+)", output, re.MULTILINE) == ["30%", "74.9%", "78%", "90%"]
    words = " ".join(output.split())
    for source in ("Stanford AI Index 2025", "chips, systems and algorithms", "Alphabet", "fixed quality"):
        assert source in words
    assert "Stanford" not in run("path", "CRM", "--decline", "20%").output
