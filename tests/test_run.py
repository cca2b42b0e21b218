"""run and faults: which rows, which columns, which values count, what is said of wrong ones."""

from __future__ import annotations

import math
from pathlib import Path

import oracle
import pandas as pd
import pytest

import xlplugin
from xlplugin.model.errors import InputError
from xlplugin.model.lines import LINES

COMPANIES = {row["company"]: row for row in oracle.companies()}  # the last year of each stays


def expected(company: str, scenario: dict[str, str], **more: dict[str, float]) -> oracle.Filled:
    return oracle.fill(oracle.latest(oracle.companies(), company), oracle.assumptions(), scenario, **more)


def test_the_presets_for_all_companies_agree_with_the_oracle() -> None:
    result = xlplugin.run(companies=[*COMPANIES])
    assert len(result) == len(COMPANIES) * len(oracle.scenarios())
    usual = [name for name, row in COMPANIES.items() if row["group"] != "peer"]
    chosen = result[result["company"].isin(usual)].reset_index(drop=True)
    pd.testing.assert_frame_equal(xlplugin.run(), chosen)
    for record in result.to_dict("records"):
        scenario = next(r for r in oracle.scenarios() if r["scenario"] == record["scenario"])
        filled = expected(record["company"], scenario)
        found = {name: record[name] for name in LINES}
        if filled.inputs.get("cost_reduction") is None:
            assert all(math.isnan(value) for value in found.values())
            continue
        assert not oracle.disagreements(found, filled.inputs)
        assert set(record["fallback_exposures"].split(";")) - {""} == set(filled.fallbacks) - {
            "repricing_lag_years"
        }
        assert record["exposure_year_differs"] == filled.exposure_year_differs
        assert record["general_assumptions"] == filled.general_assumptions
        sells = ("Microsoft", "NVIDIA", "Alphabet", "Oracle")
        assert record["direction_undetermined"] == (record["company"] in sells)


def test_columns_stand_in_the_documented_order() -> None:
    frame = pd.DataFrame({"cost_reduction": [0.3], "region": ["EU"]})
    names = list(xlplugin.run(frame, ["CRM"], lines=["eps", "gross_margin"], inputs="given").columns)
    assert names == [
        "company", "fiscal_year", "scenario", "region", "cost_reduction", "eps", "gross_margin",
        "fallback_exposures", "overrides", "exposure_year_differs", "direction_undetermined",
        "general_assumptions", "outside_range",
    ]  # fmt: skip


def test_inputs_as_used_are_shown_with_their_defaults() -> None:
    row = xlplugin.run(["illustrative"], ["Salesforce"]).iloc[0]
    assert row["training_cost_reduction"] == 0.3
    assert row["marginal_tax_rate"] == row["income_tax_rate"] == 0.2167


def test_rows_are_run_for_every_company_scenario_by_scenario() -> None:
    result = xlplugin.run(["half", "jevons"], ["NOW", "CRM"], lines=["eps"])
    assert list(zip(result["scenario"], result["company"], strict=True)) == [
        ("half", "ServiceNow"),
        ("half", "Salesforce"),
        ("jevons", "ServiceNow"),
        ("jevons", "Salesforce"),
    ]


def test_a_company_column_makes_pairs_in_the_table_s_order() -> None:
    table = pd.DataFrame({"company": ["NVDA", "CRM", "NVDA"], "cost_reduction": [0.1, 0.2, 0.3]})
    result = xlplugin.run(table, lines=["effective_reduction"])
    assert list(result["company"]) == ["NVIDIA", "Salesforce", "NVIDIA"]
    assert list(result["effective_reduction"]) == pytest.approx([0.1, 0.2, 0.3], abs=1e-15)


def test_a_pair_of_company_and_preset_takes_the_preset_s_levers() -> None:
    pairs = {"company": ["Salesforce", "OpenAI", "OpenAI"],
             "scenario": ["price_war", "deepseek_headline", "half"],
             "cost_reduction": [None, None, 0.4]}  # fmt: skip
    result = xlplugin.run(pairs)
    assert list(result["pass_through"][:1]) == [1.0]
    assert result["cost_reduction"][0] == 0.5
    assert math.isnan(result["operating_margin"][1])
    assert result["cost_reduction"][2] == 0.4


def test_an_analyst_s_entry_counts_where_the_preset_does_not_apply() -> None:
    row = xlplugin.run(
        {"company": ["OpenAI"], "scenario": ["deepseek_headline"], "cost_reduction": [0.5]}
    ).iloc[0]
    assert row["training_cost_reduction"] == 0.5  # the preset's 0 does not count for a lab
    scenario = {"scenario": "x", "cost_reduction": "0.5"}
    assert not oracle.disagreements(
        {"eps": math.nan, "gross_margin": row["gross_margin"]}, expected("OpenAI", scenario).inputs
    )


def test_own_values_stand_before_the_assumptions_and_are_flagged() -> None:
    own = {"CRM": {"pass_through": 0.7, "inference_cost_share": 0.02}}
    row = xlplugin.run(["half"], ["CRM"], own=own).iloc[0]
    half = next(r for r in oracle.scenarios() if r["scenario"] == "half")
    filled = expected("Salesforce", half, own=own["CRM"])
    assert not oracle.disagreements({name: row[name] for name in LINES}, filled.inputs)
    assert set(row["overrides"].split(";")) == {"pass_through", "inference_cost_share"}


def test_the_scenario_stands_before_own_values() -> None:
    row = xlplugin.run(["price_war"], ["CRM"], own={"CRM": {"pass_through": 0.7}}).iloc[0]
    assert row["pass_through"] == 1
    assert row["overrides"] == ""


def test_a_fallback_seat_share_is_cut_to_what_is_left() -> None:
    companies = [{"company": "Acme", "revenue": 100.0, "cost_of_revenue": 40.0}]
    table = {"cost_reduction": [0.5], "seat_erosion": [0.02], "ai_revenue_share": [0.6]}
    row = xlplugin.run(table, companies).iloc[0]
    assert row["seat_revenue_share"] == pytest.approx(0.4, abs=1e-15)
    assert "seat_revenue_share" in row["fallback_exposures"]
    assert row["overrides"] == "ai_revenue_share"


def test_a_pair_without_a_reduction_has_no_result_at_all() -> None:
    result = xlplugin.run({"pass_through": [0.1]}, ["CRM"])
    assert result[list(LINES)].isna().all(axis=None)


def test_a_table_that_names_its_companies_is_run_for_these_pairs_alone() -> None:
    pairs = pd.DataFrame({"company": ["CRM", "NVDA"], "cost_reduction": [0.3, 0.3]})
    assert list(xlplugin.run(pairs, ["Meta Platforms"], lines=["eps"])["company"]) == ["Salesforce", "NVIDIA"]
    own = [{"company": "Acme", "revenue": 100.0, "cost_of_revenue": 40.0}]
    both = pd.DataFrame({"company": ["CRM", "Acme"], "cost_reduction": [0.3, 0.3]})
    assert list(xlplugin.run(both, own, lines=["eps"])["company"]) == ["Salesforce", "Acme"]


def test_a_study_brings_its_lines_and_year(tmp_path: Path) -> None:
    study = (
        'companies = ["CRM"]\nfiscal_year = "article"\nlines = ["eps"]\n[levers]\ncost_reduction = ["30%"]\n'
    )
    (tmp_path / "study.toml").write_text(study, encoding="utf-8")
    result = xlplugin.run(tmp_path / "study.toml", inputs="given")
    assert list(result["fiscal_year"]) == ["FY2025"]
    assert "gross_margin" not in result


def test_years() -> None:
    article = xlplugin.run(["half"], fiscal_year="article").set_index("company")
    assert article["fiscal_year"].to_dict() | {"OpenAI": None, "DeepSeek": None} == {
        "Salesforce": "FY2025", "ServiceNow": "FY2024", "Microsoft": "FY2024", "Meta Platforms": "FY2024",
        "NVIDIA": "FY2025", "OpenAI": None, "DeepSeek": None,
    }  # fmt: skip
    assert article.loc["OpenAI", list(LINES)].isna().all()
    assert article.loc["Salesforce", "exposure_year_differs"]
    mixed = xlplugin.run(["half"], ["CRM", "NVDA"], fiscal_year={"NVDA": 2025})
    assert list(mixed["fiscal_year"]) == ["FY2026", "FY2025"]
    with pytest.raises(InputError, match="ServiceNow has FY2024, FY2025"):
        xlplugin.run(["half"], ["ServiceNow"], fiscal_year="FY2026")
    some = xlplugin.run(["half"], fiscal_year="FY2026").set_index("company")
    assert some["operating_margin"].notna().to_dict()["Salesforce"]
    assert not some["operating_margin"].notna().to_dict()["ServiceNow"]


def test_a_year_comes_as_frames_hold_it() -> None:
    for year in (2025, 2025.0, "2025", "fy2025", pd.Series({"CRM": 2025.0})):
        assert list(xlplugin.run(["half"], ["CRM"], fiscal_year=year, lines="eps")["fiscal_year"]) == [
            "FY2025"
        ]


def test_own_values_are_entries_like_all_others() -> None:
    row = xlplugin.run(["half"], ["CRM"], own={"CRM": {"pass_through": "70%", "adoption": None}}).iloc[0]
    assert row["pass_through"] == 0.7
    assert row["overrides"] == "pass_through"
    for wrong, said in ((True, "not TRUE or FALSE"), ("much", "'much'"), (70, "70% or 0.7")):
        with pytest.raises(InputError, match=f"Salesforce: pass_through is .*{said}"):
            xlplugin.run(["half"], ["CRM"], own={"CRM": {"pass_through": wrong}})


def test_results_and_tables_carry_their_units_and_may_be_given_back() -> None:
    result = xlplugin.run(lines=["eps", "gross_margin_change"])
    assert result.attrs["units"]["eps"] == "money per share"
    assert result.attrs["units"]["gross_margin_change"] == "margin"
    again = xlplugin.run(
        xlplugin.scenarios(),
        xlplugin.companies(),
        assumptions=xlplugin.assumptions(),
        lines=["eps", "gross_margin_change"],
    )
    pd.testing.assert_frame_equal(
        again[["eps", "gross_margin_change"]], result[["eps", "gross_margin_change"]]
    )


def test_options_that_are_none() -> None:
    for options, said in (
        ({"decimal": ";"}, "decimal is ';' .allowed: . or ,"),
        ({"own": 5}, "own; give a mapping"),
        ({"own": {"CRM": 5}}, "own; give a mapping"),
        ({"inputs": "all"}, "allowed: used, given"),
        ({"errors": "skip"}, "allowed: stop, keep"),
    ):
        with pytest.raises(InputError, match=said):
            xlplugin.run(["half"], ["CRM"], **options)  # type: ignore[arg-type]


def test_evaluate_asks_for_a_mapping() -> None:
    for wrong in (None, [1, 2], 0.3):
        with pytest.raises(InputError, match="give a mapping of names"):
            xlplugin.evaluate(wrong)  # type: ignore[arg-type]


def test_bridge_bars_may_be_asked_for_as_lines() -> None:
    row = xlplugin.run(["half"], ["MSFT"], lines=["bridge_operating_income_stranded_cost"]).iloc[0]
    half = next(r for r in oracle.scenarios() if r["scenario"] == "half")
    inputs = expected("Microsoft", half).inputs
    name = "bridge_operating_income_stranded_cost"
    assert oracle.agree(name, row[name], oracle.evaluate(inputs)[name], inputs)


def test_faults_lists_all_that_is_wrong() -> None:
    table = [
        {"company": "CRM", "cost_reduction": 30},
        {"company": "CRM", "cost_reduction": 0.3},
        {"company": "Foo", "cost_reduction": True},
        {"company": "CRM", "cost_reduction": 0.3, "ai_revenue_share": 0.99},
    ]
    found = xlplugin.faults(table)
    assert list(found.columns) == ["row", "input", "value", "allowed", "fix"]
    assert list(found["row"]) == [1, 3, 3, 4]
    assert found["fix"][0] == "enter 30% or 0.3"
    assert xlplugin.faults(table[1:2]).empty


def test_the_first_ten_faults_are_spelt_out_and_all_are_counted() -> None:
    with pytest.raises(InputError) as caught:
        xlplugin.run({"cost_reduction": [30.0] * 25})
    assert len(str(caught.value).splitlines()) == 11
    assert "25" in str(caught.value).splitlines()[-1]
    assert len(caught.value.faults) == 25


def test_a_column_nearly_named_as_an_input_is_a_fault() -> None:
    with pytest.raises(InputError, match="did you mean cost_reduction"):
        xlplugin.run({"cost_reductions": [0.3]})
