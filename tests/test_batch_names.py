"""What a table's headers and scenarios are called: a file and a cell read the same names, nothing is guessed."""

from __future__ import annotations

import io
from pathlib import Path

import oracle
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import xlplugin
from xlplugin.data.shipped import shipped
from xlplugin.functions.calls import call
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import INPUTS, LEVERS
from xlplugin.model.labels import LANGUAGES, label


def run(text: str) -> pd.DataFrame:
    return xlplugin.run(io.StringIO(text))


SPELLINGS = ("price_war", "Price_War", "PRICE WAR", "price-war", " Price  war ")


@pytest.mark.parametrize("spelled", SPELLINGS)
@pytest.mark.parametrize("head", ["scenario,company", "Scenario,Company", "Szenario,Unternehmen"])
def test_a_preset_has_its_levers_however_it_is_spelled(spelled: str, head: str) -> None:
    row = run(f"{head}\n{spelled},CRM\n").iloc[0]
    scenario = next(one for one in oracle.scenarios() if one["scenario"] == "price_war")
    inputs = oracle.fill(
        oracle.latest(oracle.companies(), "Salesforce"), oracle.assumptions(), scenario
    ).inputs
    assert row["operating_margin"] == pytest.approx(oracle.evaluate(inputs)["operating_margin"], rel=1e-12)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("preset", list(shipped().scenarios))
def test_a_file_and_a_run_of_presets_agree(preset: str, language: str) -> None:
    from xlplugin.workbook.builder.texts import translated

    name = translated(shipped().scenarios[preset].label, language)
    named, direct = run(f'scenario\n"{name}"\n'), xlplugin.run([preset])
    assert list(named["company"]) == list(direct["company"])
    same = named["operating_margin_change"].fillna(-9) - direct["operating_margin_change"].fillna(-9)
    assert same.abs().max() == 0


def test_a_blank_takes_the_preset_and_an_entry_stays() -> None:
    preset = shipped().scenarios["price_war"]
    rows = run("scenario,company,cost_reduction,pass_through\nPrice war,CRM,,0.9\nmine,CRM,0.4,\n")
    assert list(rows["cost_reduction"]) == [preset.levers["cost_reduction"], 0.4]
    assert rows["pass_through"][0] == 0.9


def test_who_a_preset_is_not_for_keeps_a_reduction_of_its_own() -> None:
    preset = next(one for one in shipped().scenarios.values() if one.not_applicable_to)
    left_out = preset.not_applicable_to[0]
    own = run(f"scenario,cost_reduction\n{preset.name},0.6\n{preset.name},\n").set_index("company")
    own, taken = own.iloc[: len(own) // 2], own.iloc[len(own) // 2 :]
    assert set(own["cost_reduction"]) == {0.6}
    assert pd.isna(taken.loc[left_out, "cost_reduction"]) or taken.loc[left_out, "cost_reduction"] == ""
    assert taken.drop(index=list(preset.not_applicable_to))["cost_reduction"].notna().all()


@pytest.mark.parametrize("head", ["scenario,cost_reduction", "scenario,company,cost_reduction"])
def test_a_name_that_is_no_preset_and_brings_no_reduction_is_a_fault(head: str) -> None:
    company = "CRM," if "company" in head else ""
    with pytest.raises(InputError, match=r"row 2: scenario is 'Price Wars'.*did you mean price_war\?"):
        run(f"{head}\nmine,{company}0.3\nPrice Wars,{company}\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_input_is_known_by_its_label(language: str) -> None:
    for name in LEVERS[2:]:
        value = 0.5 if INPUTS[name].unit != "elasticity" else -0.5 if INPUTS[name].upper <= 0 else 0.5
        by_name = run(f"company,cost_reduction,{name}\nCRM,0.3,{value}\n")
        by_label = run(f'company,cost_reduction,"{label(name, language)}"\nCRM,0.3,{value}\n')
        assert by_name.equals(by_label), name


NO_INPUT = {
    "German words that are no labels": "Firma,Fall,Senkung\nCRM,x,0.3\n",
    "a long layout": "scenario,measure,value\nhalf,cost_reduction,0.3\n",
    "a long layout of companies": "company,lever,value\nCRM,cost_reduction,0.3\n",
    "a wide layout": "lever,half,price_war\ncost_reduction,0.3,0.4\n",
    "years as columns": "company,2024,2025\nCRM,0.3,0.4\n",
    "companies alone": "company\nCRM\n",
}


@pytest.mark.parametrize("case", NO_INPUT)
def test_a_table_without_an_input_says_which_names_are_known(case: str) -> None:
    with pytest.raises(InputError, match=r"no column is an input.*company.*scenario.*cost_reduction"):
        run(NO_INPUT[case])


def test_an_input_by_name_and_by_label_is_named_twice() -> None:
    with pytest.raises(InputError, match="another column does"):
        run(f'cost_reduction,"{label("cost_reduction", "de")}"\n0.3,0.4\n')


YEARS = ("FY2025", "FY25", "FY 2025", "2025", "2025.0")


@pytest.mark.parametrize("year", YEARS)
def test_a_year_is_found_however_it_is_written(year: str) -> None:
    assert list(run(f"company,fiscal_year,cost_reduction\nCRM,{year},0.3\n")["fiscal_year"]) == ["FY2025"]


@pytest.mark.parametrize("kind", [pa.int64(), pa.int16(), pa.float64(), pa.float32(), pa.string()], ids=str)
def test_a_year_in_parquet_may_be_any_kind_of_number(kind: pa.DataType, tmp_path: Path) -> None:
    years = pa.array(["2025"] if kind == pa.string() else [2025], kind)
    pq.write_table(
        pa.table({"company": ["CRM"], "fiscal_year": years, "cost_reduction": [0.3]}),
        tmp_path / "years.parquet",
    )
    assert list(xlplugin.run(tmp_path / "years.parquet")["fiscal_year"]) == ["FY2025"]


def test_a_named_index_is_a_column() -> None:
    frame = pd.DataFrame({"cost_reduction": [0.3, 0.4]}, index=pd.Index(["CRM", "NOW"], name="company"))
    assert list(xlplugin.run(frame)["company"]) == ["Salesforce", "ServiceNow"]
    two = frame.assign(scenario=["a", "b"]).set_index("scenario", append=True)
    assert list(xlplugin.run(two)["scenario"]) == ["a", "b"]
    plain = frame.reset_index(drop=True)
    assert list(xlplugin.run(plain)["scenario"].unique()) == ["1", "2"]


@pytest.mark.parametrize("spelled", SPELLINGS)
def test_a_cell_and_a_file_agree_on_a_preset(spelled: str) -> None:
    shown = call("XLP_SCENARIO", "CRM", spelled, "operating_margin_change")
    assert shown[1][3] == run(f"scenario,company\n{spelled},CRM\n")["operating_margin_change"][0]
