"""Which value counts: the package's precedence against the oracle's, for every company and preset."""

from __future__ import annotations

import math
import random

import oracle
import pytest

from xlplugin.data import shipped
from xlplugin.data.precedence import OWN_VALUES, case, merged_levers
from xlplugin.data.subjects import Subject
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import EXPOSURES
from xlplugin.model.plan import MODEL_INPUTS

pytestmark = pytest.mark.slow

SHIPPED = shipped.shipped()
COMPANIES, ASSUMPTIONS, SCENARIOS = oracle.companies(), oracle.assumptions(), oracle.scenarios()


def typed(draw: random.Random, names: tuple[str, ...]) -> dict[str, float]:
    return {name: draw.choice([0.0, 0.05, 0.3]) for name in names if draw.random() < 0.15}


def with_defaults(inputs: dict[str, float | None]) -> dict[str, float]:
    full = {name: math.nan if inputs.get(name) is None else inputs[name] for name in MODEL_INPUTS}
    for name, default in (
        ("training_cost_reduction", full["cost_reduction"]),
        ("marginal_tax_rate", full["income_tax_rate"]),
        ("one_off_net_income", 0.0),
    ):
        full[name] = default if math.isnan(full[name]) else full[name]
    return full


@pytest.mark.parametrize("company", COMPANIES, ids=lambda row: f"{row['company']} {row['fiscal_year']}")
def test_filling_agrees_with_the_oracle(company: dict[str, str]) -> None:
    draw = random.Random(company["company"] + company["fiscal_year"])
    compared = 0
    for scenario in SCENARIOS:
        for attempt in range(12):
            own = typed(draw, OWN_VALUES) if attempt else {}
            entry = typed(draw, oracle.LEVERS) if attempt else {}
            expected = oracle.fill(company, ASSUMPTIONS, scenario, own, entry)
            try:
                found = case(SHIPPED, company["company"], company["fiscal_year"], own)
            except InputError as error:  # own shares that pass their whole
                shares = with_defaults(expected.inputs)
                assert any(sum(shares[n] for n in f.input.split(" + ")) > 1 for f in error.faults)
                continue
            given = merged_levers(SHIPPED.scenarios[scenario["scenario"]], company["company"], entry)
            values = found.fill(given)
            assert {n: values[n] for n in MODEL_INPUTS} == pytest.approx(
                with_defaults(expected.inputs), rel=0, abs=0, nan_ok=True
            )
            assert list(found.fallback_exposures(given, MODEL_INPUTS)) == expected.fallbacks
            assert found.general_assumptions(given) == expected.general_assumptions
            assert found.exposure_year_differs(given, MODEL_INPUTS) == expected.exposure_year_differs
            compared += 1
    assert compared > 60


def test_presets_that_do_not_apply_leave_no_reduction() -> None:
    headline = next(row for row in SCENARIOS if row["scenario"] == "deepseek_headline")
    for company in ("OpenAI", "DeepSeek"):
        row = oracle.latest(COMPANIES, company)
        assert "cost_reduction" not in oracle.fill(row, ASSUMPTIONS, headline).inputs
        with_entry = oracle.fill(row, ASSUMPTIONS, headline, entry={"cost_reduction": 0.4}).inputs
        # the scenario's own training_cost_reduction of 0 does not count either
        assert (with_entry["cost_reduction"], with_entry["training_cost_reduction"]) == (0.4, None)


def test_fallback_seats_are_cut_to_what_is_left() -> None:
    newcomer = {"company": "Newcomer", "fiscal_year": "2025", "revenue": "100"}
    own = {"ai_revenue_share": 0.3, "ai_supply_revenue_share": 0.1}
    filled = oracle.fill(newcomer, ASSUMPTIONS, SCENARIOS[0], own)
    assert filled.inputs["seat_revenue_share"] == pytest.approx(0.6, abs=1e-15)
    assert "seat_revenue_share" in filled.fallbacks
    assert filled.overrides == ["ai_revenue_share", "ai_supply_revenue_share"]


@pytest.mark.parametrize("company", COMPANIES, ids=lambda row: f"{row['company']} {row['fiscal_year']}")
def test_what_follows_from_a_changed_input_follows(company: dict[str, str]) -> None:
    draw = random.Random(company["fiscal_year"] + company["company"])
    compared = 0
    for scenario in SCENARIOS:
        preset = SHIPPED.scenarios[scenario["scenario"]]
        filling = case(SHIPPED, company["company"], company["fiscal_year"])
        subject = Subject(SHIPPED, filling, preset.name, merged_levers(preset, company["company"]))
        for names in (("cost_reduction",), oracle.LEVERS, (*oracle.LEVERS, *EXPOSURES)):
            changed = {names[0]: 0.25} | typed(draw, names)
            expected = with_defaults(oracle.fill(company, ASSUMPTIONS, scenario, {}, changed).inputs)
            values = subject.fill(changed)
            assert {n: values[n] for n in MODEL_INPUTS} == pytest.approx(expected, rel=0, abs=0, nan_ok=True)
            compared += 1
    assert compared == 3 * len(SCENARIOS)


def test_a_subject_refuses_what_leaves_the_domain() -> None:
    figures = next(iter(SHIPPED.figures))
    filling = case(SHIPPED, *figures)
    shares = {"ai_revenue_share": 0.6, "ai_supply_revenue_share": 0.5}
    with pytest.raises(InputError, match="same revenue"):
        Subject(SHIPPED, filling, "", shares)
    subject = Subject(SHIPPED, filling, "", {})
    for changed in (shares, {"cost_reduction": 1.0}, {"adoption": -0.1}, {"pass_through": math.inf}):
        with pytest.raises(InputError):
            subject.evaluate(("gross_margin",), changed)
