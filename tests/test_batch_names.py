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
from xlplugin.model.errors import CellError, InputError
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


#: A header that is nearly an input, or one with its unit: carried through, its column would count for nothing.
NEARLY = {
    "Umstellungsgrad (%)": "Umstellungsgrad",
    "Umstellungsgrd": "Umstellungsgrad",
    "Glaubwürdigkeit": "Glaubwürdigkeit (Abschlag)",
    "Preiselastizitaet": "Preiselastizität",
    "Weitergabe an Kunden [%]": "Weitergabe an Kunden",
    "Umsatz (Mio. EUR)": "Umsatz",
    "Umsatz in Mio. €": "Umsatz",
    "Revenue (USD bn)": "revenue",
    "Revenue in USDm": "revenue",
    "Time to adjust (years)": "Time to adjust",
    "Adoption, %": "adoption",
    "adoption:": "adoption",
    "Year": "fiscal_year",
    "Jahr": "fiscal_year",
}


@pytest.mark.parametrize("header", NEARLY)
def test_a_header_that_is_nearly_an_input_is_refused(header: str) -> None:
    with pytest.raises(InputError) as caught:
        run(f'company,cost_reduction,"{header}"\nCRM,0.3,0.5\n')
    assert f"did you mean {NEARLY[header]}?" in str(caught.value)
    if NEARLY[header] != "fiscal_year":
        shown = call("XLP_SCENARIO", None, [["company", "cost_reduction", header], ["CRM", 0.3, 0.5]])
        assert shown is CellError.WRONG_TYPE


@pytest.mark.parametrize("header", ["ticker", "Kürzel", "Firma"])
def test_who_a_row_is_for_is_asked_where_no_column_is_the_company(header: str) -> None:
    with pytest.raises(InputError, match=r"did you mean company\?"):
        run(f"{header},cost_reduction\nCRM,0.3\n")
    assert list(run(f"company,{header},cost_reduction\nCRM,x,0.3\n")[header]) == ["x"]


@pytest.mark.parametrize(
    "header", ["Bruttomarge", "Operating margin", "comment", "Analyst", "Region", "2025"]
)
def test_other_columns_are_carried_through(header: str) -> None:
    assert len(run(f"company,cost_reduction,{header}\nCRM,0.3,0.5\n")) == 1


def study(path: Path, text: str) -> pd.DataFrame:
    (path / "study.toml").write_text('companies = ["CRM"]\n' + text, encoding="utf-8")
    return xlplugin.run(path / "study.toml", inputs="given")


def test_a_study_and_a_command_take_labels(tmp_path: Path) -> None:
    named = study(tmp_path, 'lines = ["gross_margin"]\n[levers]\ncost_reduction = 0.3\nadoption = 0.5\n')
    labelled = '"Rückgang der KI-Betriebskosten" = 0.3\nUmstellungsgrad = 0.5\n'
    assert named.equals(study(tmp_path, f'lines = ["Bruttomarge"]\n[levers]\n{labelled}'))
    own = 'lines = ["eps"]\n[levers]\ncost_reduction = 0.3\n[own.CRM]\n'
    assert study(tmp_path, own + "adoption = 0.5").equals(study(tmp_path, own + "Umstellungsgrad = 0.5"))
    assert list(xlplugin.run(["half"], ["CRM"], lines=["Bruttomarge"])["gross_margin"].round(2)) == [0.78]


#: What a study holds twice, or what leads nowhere, and what is said of it.
STUDIES = {
    "a lever by name and by label": ('[levers]\nadoption = 0.3\n"Umstellungsgrad" = 0.4', "adoption twice"),
    "a company by name and by ticker": (
        "[levers]\ncost_reduction = 0.3\n[own.CRM]\nadoption = 0.2\n[own.Salesforce]\nadoption = 0.3",
        "name each company once",
    ),
    "an own value by name and by label": (
        '[levers]\ncost_reduction = 0.3\n[own.CRM]\nadoption = 0.2\n"Umstellungsgrad" = 0.3',
        "name each input once",
    ),
    "30 for a step of 30%": (
        "[levers]\ncost_reduction = { from = 0, to = 0.9, step = 30 }",
        "cost_reduction.step is 30; choose a step",
    ),
}


@pytest.mark.parametrize("case", STUDIES)
def test_a_study_says_everything_once(case: str, tmp_path: Path) -> None:
    text, said = STUDIES[case]
    with pytest.raises(InputError, match=said):
        study(tmp_path, text)


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
