"""The sell-off put to the test: the day's moves, and what would have to be true, put back into the oracle."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import oracle
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from sheet_cases import inputs

import xlplugin
from xlplugin.cli import cli
from xlplugin.functions.calls import call
from xlplugin.model.errors import CellError, InputError

pytestmark = pytest.mark.slow

TABLE = Path(xlplugin.__file__).parent / "data" / "market_moves.csv"
with TABLE.open(encoding="utf-8", newline="") as _file:
    MOVES = {row["company"]: float(row["move"]) for row in csv.DictReader(_file)}
#: The years of the article's own moment, as the model's page fixes them.
THEN = {
    "Salesforce": "FY2025", "ServiceNow": "FY2024", "Microsoft": "FY2024", "Meta Platforms": "FY2024",
    "NVIDIA": "FY2025",
}  # fmt: skip
CLAIMS = ("deepseek_headline", "deepseek_sceptic", "jevons", "demand_bust", "price_war")


def change(company: str, scenario: str, lever: str, value: float) -> float:
    """The oracle's relative EPS change with one lever entered for the company."""
    filled = inputs(company, scenario, entry={lever: value}, year=THEN.get(company))
    return oracle.evaluate(filled)["relative_eps_change"]


def curve(company: str, scenario: str, lever: str, points: np.ndarray) -> list[float]:
    """The same at many values, the company filled once; a blank reduction for development follows."""
    filled = inputs(company, scenario, entry={lever: 0.5}, year=THEN.get(company))
    names = [lever, "training_cost_reduction"] if lever == "cost_reduction" else [lever]
    found = [oracle.evaluate({**filled, **dict.fromkeys(names, float(x))}) for x in points]
    return [lines["relative_eps_change"] for lines in found]


def command(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["article", *arguments])


def test_moves_are_of_companies_that_are_there() -> None:
    frame = xlplugin.market_moves()
    assert dict(zip(frame["company"], frame["move"], strict=True)) == MOVES
    assert set(MOVES) <= {row["company"] for row in oracle.companies()}
    assert set(frame["date"]) == {"2025-01-27"}
    assert (frame[["event", "source", "confidence"]] != "").all(axis=None)


@pytest.mark.parametrize("company", MOVES)
def test_answers_put_back_give_the_move(company: str) -> None:
    found = xlplugin.implied(company)
    assert set(found["target"]) == {MOVES[company]}
    for row in found[found["kind"] != "none"].to_dict("records"):
        assert change(company, row["scenario"], row["lever"], row["value"]) == pytest.approx(
            MOVES[company], abs=1e-9
        )


@pytest.mark.parametrize("company", MOVES)
def test_levers_follow_the_rule_and_a_fine_grid_finds_the_same(company: str) -> None:
    found = xlplugin.implied(company)
    sells = (inputs(company, "half", year=THEN.get(company))["ai_supply_revenue_share"] or 0) > 0
    rises = ("cost_reduction", "labour_substitution")
    rule = ("market_elasticity",) if sells else rises if MOVES[company] > 0 else ("seat_erosion",)
    asked = tuple(dict.fromkeys(found["lever"]))
    assert asked == rule[: len(asked)]
    for lever, rows in found.groupby("lever", sort=False):
        assert set(rows["scenario"]) == {"illustrative" if lever == "cost_reduction" else "deepseek_headline"}
        low, high = (-1.0, 0.9999) if lever == "cost_reduction" else (0.0, 2.0)
        points = np.linspace(low, high, 2_001)
        gaps = np.array(curve(company, rows["scenario"].iloc[0], str(lever), points))
        steps = np.flatnonzero(np.diff(np.sign(gaps - MOVES[company])))
        values = sorted(rows["value"].dropna())
        assert len(values) == len(steps), lever
        for value, step in zip(values, steps, strict=True):
            assert points[step] <= value <= points[step + 1]
        suffices = (rows["kind"] != "none").any()
        assert suffices or lever == asked[-1] or lever == "cost_reduction"


def test_a_rise_that_no_fall_of_cost_gives_asks_for_work_taken_over() -> None:
    found = xlplugin.implied("CRM")
    assert found["lever"].tolist() == ["cost_reduction", "labour_substitution"]
    assert found["kind"].tolist() == ["none", "crossing"]
    assert math.isnan(found["value"].iloc[0])


@pytest.mark.parametrize(("company", "elasticity"), [("NVIDIA", 0.952), ("Microsoft", 0.81)])
def test_demand_that_the_day_implies(company: str, elasticity: float) -> None:
    found = xlplugin.implied(company)
    assert found["value"].tolist() == pytest.approx([elasticity], abs=0.005)
    assert found["lever"].tolist() == ["market_elasticity"]


@pytest.mark.parametrize(("elasticity", "right"), [(0.6, -0.85), (1.0, 0.001), (1.4, 2.99)])
def test_nvidia_at_other_elasticities(elasticity: float, right: float) -> None:
    assert change("NVIDIA", "deepseek_headline", "market_elasticity", elasticity) == pytest.approx(
        right, abs=0.005
    )
    asked = xlplugin.implied("NVDA", move=right, lever="market_elasticity")
    assert asked["value"].tolist() == pytest.approx([elasticity], abs=0.005)


@pytest.mark.parametrize("move", [-0.1697, "-16.97%", "-16,97 %"])
def test_a_cell_answers_the_same(move: Any) -> None:
    cells = ("NVIDIA", "relative_eps_change", move, "market_elasticity", "deepseek_headline", "article")
    right = xlplugin.implied("NVIDIA")["value"].iloc[0]
    assert call("XLP_BREAKEVEN", *cells) == pytest.approx(right, rel=1e-12)


def test_columns_years_and_moves_of_ones_own() -> None:
    columns = xlplugin.breakeven("CRM", "eps_change", 0.01).columns
    found = xlplugin.implied("Oracle", "-5%", "market_elasticity", scenario="half")
    assert found.columns.tolist() == columns.tolist()
    assert set(found["scenario"]) == {"half"}
    latest = oracle.latest(oracle.companies(), "Oracle")["fiscal_year"]
    assert set(found["fiscal_year"]) == {latest}, "no figures of that moment: the latest"
    assert set(xlplugin.implied("CRM", fiscal_year="FY2026")["fiscal_year"]) == {"FY2026"}


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("OpenAI",), CellError.NOT_AVAILABLE, "give a move of your own"),
        (("CRM", -16.97), None, "-16.97%"),
        (("CRM", ""), None, "above -100%"),
        (("CRM", 0.01, "seats"), CellError.WRONG_TYPE, "seat_erosion"),
        (("Nobody", 0.01), CellError.NOT_AVAILABLE, "company"),
    ],
)
def test_wrong_questions(arguments: tuple[Any, ...], code: CellError | None, says: str) -> None:
    with pytest.raises(InputError, match=says) as error:
        xlplugin.implied(*arguments)
    assert code is None or error.value.faults[0].error == code
    with pytest.raises(InputError, match="FY2020"):
        xlplugin.implied("CRM", fiscal_year="FY2020")


def test_claims_are_the_presets_on_the_figures_of_that_moment() -> None:
    rows = json.loads(command("--json").output)
    assert list(dict.fromkeys(row["company"] for row in rows)) == list(MOVES)
    for row in rows:
        company = row["company"]
        assert row["as_of_article"] == ("yes" if company in THEN else "no")
        for scenario in CLAIMS:
            if company not in THEN:
                assert row[scenario] is None
                continue
            right = oracle.evaluate(inputs(company, scenario, year=THEN[company]))["relative_eps_change"]
            assert row[scenario] == pytest.approx(right, rel=1e-9)
        assert row["exposure_year_differs"] == "yes" or company not in THEN
    general = {row["company"] for row in rows if row["general_assumptions"] == "yes"}
    assert general == {"SAP", "Palantir", "Shopify"}


def test_effects_are_shares_at_the_scenario_s_unit_cost() -> None:
    rows = [row for row in json.loads(command("--json").output) if row["effect"] is not None]
    assert {row["lever"] for row in rows} == {"seat_erosion", "labour_substitution"}
    for row in rows:
        company, lever = row["company"], row["lever"]
        x = inputs(company, "deepseek_headline", entry={lever: row["value"]}, year=THEN.get(company))
        y = oracle.evaluate(x)
        whole = {
            "seat_erosion": -y["seat_revenue_change"] / (x["revenue"] * x["seat_revenue_share"]),  # type: ignore[operator]
            "labour_substitution": y["opex_saving"]
            / (x["sales_and_marketing"] + x["general_and_administrative"]),  # type: ignore[operator]
        }
        assert row["effect"] == pytest.approx(whole[lever], rel=1e-9)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("-16.97%", "0.952", "No value in its domain", "not a valuation", "no investment advice")),
        (
            "de",
            (
                "\u221216,97 %",
                "0,952",
                "Kein Wert im zulässigen Bereich",
                "keine Bewertung",
                "Anlageberatung",
            ),
        ),
    ],
)
def test_the_table_speaks_both_languages(language: str, said: tuple[str, ...]) -> None:
    result = command("--lang", language)
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    for text in said:
        assert text in words or text.replace(" ", "") in words.replace(" ", ""), text
    assert max(map(len, result.output.splitlines())) <= 100
    for company in MOVES:
        assert company in result.output


@pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
def test_files(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"out.{ending}"
    assert command("-o", str(path), "--lang", "de").exit_code == 0
    if ending != "xlsx":
        frame = pd.read_csv(path) if ending == "csv" else pd.read_parquet(path)
        assert set(frame["company"]) == set(MOVES)
        assert frame["sentence"].str.contains("%").all()
    refused = command("-o", str(path))
    assert isinstance(refused.exception, InputError)
    assert command("-o", str(path), "--force").exit_code == 0


def test_a_picture_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    result = command("-o", str(tmp_path / "out.png"))
    assert isinstance(result.exception, InputError)
    assert list(tmp_path.iterdir()) == []
