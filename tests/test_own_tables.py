"""Tables of the analyst's own: written to fill in, filled as spreadsheets save them, checked, read back."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

import xlplugin
from xlplugin.cli import cli
from xlplugin.data.files import TABLES as COLUMNS
from xlplugin.data.forms import explained
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, label

COMPANY = {
    "company": "Muster AG", "fiscal_year": "2026", "period_end": "2026-12-31", "currency": "EUR",
    "business_model": "cloud", "revenue": "1000", "cost_of_revenue": "300", "research_and_development": "200",
    "sales_and_marketing": "100", "general_and_administrative": "50", "other_operating_expense": "0",
    "operating_income": "350", "income_tax_rate": "30%", "net_income": "245", "diluted_shares": "100",
    "diluted_eps": "2.45",
}  # fmt: skip
ASSUMPTION = {"company": "CRM", "parameter": "ai_revenue_share", "low": "1%", "base": "2%", "high": "5%"}
SCENARIO = {"scenario": "mine", "cost_reduction": "40%", "adoption": "0.5"}


def _ran(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def _fill(form: Path, values: dict[str, str], *, comma: bool = False) -> None:
    """Fill the one row of a form in, by its header, and keep its delimiter."""
    text = form.read_text(encoding="utf-8-sig")
    delimiter = ";" if ";" in text.split("\n")[0] else ","
    header, blank = csv.reader(io.StringIO(text), delimiter=delimiter)
    assert set(blank) == {""}
    typed = {name: value.replace(".", ",") if comma else value for name, value in values.items()}
    row = [typed.get(name, "") for name in header]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, row])
    form.write_text(out.getvalue(), encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", COLUMNS)
def test_a_form_has_every_column_and_says_what_it_means(table: str, language: str, tmp_path: Path) -> None:
    form = tmp_path / "mine.csv"
    assert _ran(table, "--new", form, "--lang", language).exit_code == 0
    header = pd.read_csv(form, sep=None, engine="python", encoding="utf-8-sig").columns
    told = pd.read_csv(tmp_path / "mine-columns.csv", sep=None, engine="python", encoding="utf-8-sig")
    assert tuple(header) == tuple(told["column"]) == COLUMNS[table]
    assert told["meaning"].str.len().min() > 10 and set(told["needed"]) == {"yes", "no"}


def test_both_languages_explain_in_their_own_words() -> None:
    for table in COLUMNS:
        english, german = (explained(table, language) for language in ("en", "de"))
        assert all(a["meaning"] != b["meaning"] for a, b in zip(english, german, strict=True))
        assert [a["needed"] for a in english] == [b["needed"] for b in german]


def test_columns_said_to_be_needed_are_those_that_the_reader_asks_for(tmp_path: Path) -> None:
    values = {"companies": COMPANY, "assumptions": ASSUMPTION, "scenarios": SCENARIO}
    for table, row in values.items():
        for column in explained(table):
            frame = pd.DataFrame([{name: text for name, text in row.items() if name != column["column"]}])
            ask = getattr(xlplugin, table)
            if column["needed"] == "yes":
                with pytest.raises(InputError, match=column["column"]):
                    ask(frame)
            else:
                ask(frame)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_filled_company_is_read_back_checked_and_run(language: str, tmp_path: Path) -> None:
    form = tmp_path / "mine.csv"
    _ran("companies", "--new", form, "--lang", language)
    # as Excel saves it in that country
    saved = {"en": ("12/31/2026", "2.45"), "de": ("31.12.2026", "2,45")}[language]
    _fill(form, {**COMPANY, **dict(zip(("period_end", "diluted_eps"), saved, strict=True))})
    checked = _ran("companies", form)
    assert checked.exit_code == 0, checked.output
    words = " ".join(checked.output.split())
    assert "Muster AG" in words and "EUR 1,000 70.0% 35.0% EUR 2.45" in words  # by hand: 700, 350, 245 / 100
    assert "*cloud inference_cost_share" in words and "stands on general assumptions" in words
    record = json.loads(_ran("companies", form, "--json").output)
    assert [row["period_end"] for row in record] == ["2026-12-31"]
    result = xlplugin.run("half", form)
    assert "Muster AG" in set(result["company"])


def test_an_own_assumption_lifts_the_company_off_general_assumptions(tmp_path: Path) -> None:
    form, own = tmp_path / "mine.csv", tmp_path / "own.csv"
    _ran("companies", "--new", form)
    _fill(form, COMPANY)
    _ran("assumptions", "--new", own)
    _fill(own, {**ASSUMPTION, "company": "Muster AG"})
    checked = _ran("companies", form, "--assumptions", own)
    assert checked.exit_code == 0 and "general assumptions" not in checked.output
    assert "Muster AG ai_revenue_share 1% 2% 5%" in " ".join(checked.output.split())


def test_filled_assumptions_and_scenarios_are_read_back(tmp_path: Path) -> None:
    own, mine = tmp_path / "own.csv", tmp_path / "scenarios.csv"
    _ran("assumptions", "--new", own, "--lang", "de")
    _fill(own, ASSUMPTION)
    _ran("scenarios", "--new", mine, "--lang", "de")
    _fill(mine, SCENARIO, comma=True)
    found = (
        xlplugin.assumptions(own).set_index(["company", "parameter"]).loc[("Salesforce", "ai_revenue_share")]
    )
    assert list(found[["low", "base", "high"]]) == [0.01, 0.02, 0.05] and found["basis"] == "judgement"
    scenario = xlplugin.scenarios(mine).set_index("scenario").loc["mine"]
    assert (scenario["cost_reduction"], scenario["adoption"]) == (0.4, 0.5)
    assert xlplugin.run(mine, "CRM")["cost_reduction"].tolist() == [0.4]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"income_tax_rate": "-0.2"}, "marginal_tax_rate"),
        ({"diluted_eps": "3"}, "diluted_eps is 3"),
        ({"operating_income": "351"}, "operating_income"),
        ({"business_model": "bank"}, "business_model is 'bank'"),
        ({"group": "friend"}, "group is 'friend'"),
        ({"period_end": "03/04/2026"}, "period_end"),
        ({"company": ""}, "company"),
    ],
)
def test_a_fault_is_named_with_its_row(fault: dict[str, str], said: str, tmp_path: Path) -> None:
    form = tmp_path / "mine.csv"
    _ran("companies", "--new", form)
    _fill(form, {**COMPANY, **fault})
    checked = _ran("companies", form)
    assert isinstance(checked.exception, InputError)
    assert "mine.csv, row 1" in str(checked.exception) and said in str(checked.exception)


def test_a_form_not_filled_in_says_so_and_is_never_written_over(tmp_path: Path) -> None:
    form = tmp_path / "mine.csv"
    _ran("companies", "--new", form)
    assert "give at least one row" in str(_ran("companies", form).exception)
    before = form.read_bytes()
    assert "--force" in str(_ran("companies", "--new", form).exception)
    form.unlink()
    assert "mine-columns.csv: exists" in str(_ran("companies", "--new", form).exception)
    assert not form.exists()
    assert _ran("companies", "--new", form, "--force").exit_code == 0 and form.read_bytes() == before
    assert ".csv" in str(_ran("companies", "--new", tmp_path / "mine.xlsx").exception)


@pytest.mark.parametrize("table", COLUMNS)
def test_output_holds_what_is_shown_and_is_read_back(table: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    words = [table, "--peers"] if table == "companies" else [table]
    assert _ran(*words, "-o", out).exit_code == 0
    ask = getattr(xlplugin, table)
    pd.testing.assert_frame_equal(ask(out), ask(), check_like=True)
    assert "--force" in str(_ran(*words, "-o", out).exception)
    for ending in ("parquet", "xlsx"):
        assert _ran(*words, "-o", tmp_path / f"out.{ending}").exit_code == 0
    assert len(pd.read_parquet(tmp_path / "out.parquet")) == len(pd.read_csv(out))


def test_assumptions_take_a_name_as_companies_do() -> None:
    named, optioned = (_ran("assumptions", *words).output for words in (["CRM"], ["--company", "CRM"]))
    assert named == optioned and "Salesforce" in named and "Microsoft" not in named


#: Headers and entries of a table of one's own as people have them, and what the program holds then.
HEADERS = {
    "names of columns": ("companies", "company,business_model,revenue\nAcme,saas,100\n", ("business_model", "saas")),
    "English labels": ("companies", "Company,Business model,Fiscal year,Revenue,Cost of revenue\nAcme,Advertising,FY2025,100,40\n", ("business_model", "advertising")),
    "German labels": ("companies", "Unternehmen;Geschäftsmodell;Geschäftsjahr;Umsatz;Umsatzkosten\nAcme;Werbung;GJ 2025;100,5;40\n", ("revenue", 100.5)),
    "German labels, a German model": ("companies", "Unternehmen;Geschäftsmodell;Umsatz\nAcme;Software als Dienst;100\n", ("business_model", "saas")),
    "a German lab": ("companies", "Unternehmen;Geschäftsmodell;Umsatz\nAcme;KI-Labor;100\n", ("business_model", "lab")),
    "capitals, blanks and hyphens": ("companies", " COMPANY ,business-model,Diluted shares\nAcme,SaaS,100\n", ("business_model", "saas")),
    "a day as Germans write it": ("companies", "Unternehmen;Periodenende;Umsatz\nAcme;31.12.2025;100\n", ("period_end", "2025-12-31")),
    "a day under the header of the sheets": ("companies", "Unternehmen;Ende des Geschäftsjahres;Umsatz\nAcme;31.12.2025;100\n", ("period_end", "2025-12-31")),
    "and Grundlage the basis": ("assumptions", "Unternehmen;Annahme;Niedrig;Basis;Hoch;Grundlage\n*Werbung;Verbreitung;10%;20%;30%;veröffentlicht\n", ("basis", "published")),
    "assumptions by name": ("assumptions", "company,parameter,low,base,high,basis\n*cloud,adoption,10%,20%,30%,published\n", ("base", 0.2)),
    "assumptions by English labels": ("assumptions", "Company,Assumption,Low,Base,High,Basis\n*Cloud,Adoption,10%,20%,30%,judgement\n", ("basis", "judgement")),
    "assumptions by German labels, in which Basis is the base": ("assumptions", "Unternehmen;Annahme;Niedrig;Basis;Hoch;Belegart\n*Werbung;Verbreitung;10%;20%;30%;Einschätzung\n", ("base", 0.2)),
    "and Belegart the basis": ("assumptions", "Unternehmen;Annahme;Niedrig;Basis;Hoch;Belegart\n*Werbung;Verbreitung;10%;20%;30%;veröffentlicht\n", ("basis", "published")),
    "scenarios by name": ("scenarios", "scenario,label,cost_reduction\nmine,Mine,30%\n", ("cost_reduction", 0.3)),
    "scenarios by German labels": ("scenarios", "Szenario;Bezeichnung;Behaupteter Kostenrückgang;Alternative\nmeins;Meins;30%;nein\n", ("alternative", "no")),
    "scenarios that do not hold for some": ("scenarios", "Szenario;Behaupteter Kostenrückgang;Gilt nicht für\nmeins;30%;CRM; Microsoft Corp.\n".replace("CRM; Microsoft Corp.", '"CRM; Microsoft Corp."'), ("not_applicable_to", "Salesforce;Microsoft")),
}  # fmt: skip


@pytest.mark.parametrize("case", HEADERS)
def test_a_table_of_ones_own_may_have_the_words_of_the_sheets(case: str, tmp_path: Path) -> None:
    table, text, (column, value) = HEADERS[case]
    text = text.replace("Verbreitung", label("adoption", "de")).replace(
        ",Adoption,", f",{label('adoption')},"
    )
    text = text.replace("Behaupteter Kostenrückgang", label("cost_reduction", "de"))
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    frame = getattr(xlplugin, table)(path)
    assert frame.iloc[-1][column] == value or value in set(frame[column])
    own = frame[frame[frame.columns[0]].isin(["Acme", "*cloud", "*advertising", "mine", "meins"])]
    assert value in set(own[column])
    ran = _ran(table, *([] if table == "companies" else [f"--{table}"]), path)
    assert ran.exit_code == 0, ran.output


#: Headers that are refused, and what must be said.
UNCLEAR = {
    "the same column twice, by name and by label": ("companies", "company,Unternehmen,revenue\nAcme,Acme,1\n", "stands for company, as another column does"),
    "nearly a column": ("companies", "Unternehmen;Umsatzz\nAcme;1\n", "column is 'Umsatzz'"),
    "a column that is needed": ("assumptions", "Unternehmen;Annahme;Niedrig\n*;x;1\n", "column is 'base'; add this column"),
    "a business model that there is none": ("companies", "Unternehmen;Geschäftsmodell;Umsatz\nAcme;Schmiede;1\n", "allowed: saas, cloud, advertising, chips, lab"),
    "an input with its unit": ("companies", "company,Revenue (USD m)\nAcme,1\n", "did you mean revenue?"),
    "an assumption twice, by name and by ticker": ("assumptions", "company,parameter,base\nCRM,adoption,0.2\nSalesforce,Umstellungsgrad,0.3\n", "row 2: company is 'salesforce, adoption'; remove the second row"),
    "a scenario twice, in two spellings": ("scenarios", "scenario,cost_reduction\nprice fall,0.2\nPrice_Fall,0.3\n", "row 2: scenario is 'price fall'; remove the second row"),
    "more than a date": ("companies", "company,period_end,revenue\nAcme,2025-12-31 or so,1\n", "period_end is '2025-12-31 or so'"),
    "an error value in place of a name": ("companies", "company,revenue\n#N/A,1\n", "row 1: company is '#N/A'"),
    "TRUE in place of a ticker": ("companies", [{"company": "Acme", "ticker": True, "revenue": 1.0}], "row 1: ticker is True"),
}  # fmt: skip


@pytest.mark.parametrize("case", UNCLEAR)
def test_a_header_or_word_that_is_unclear_is_said_with_its_place(case: str, tmp_path: Path) -> None:
    table, given, says = UNCLEAR[case]
    if isinstance(given, str):
        (tmp_path / "mine.csv").write_text(given, encoding="utf-8")
    with pytest.raises(InputError) as error:
        getattr(xlplugin, table)(tmp_path / "mine.csv" if isinstance(given, str) else given)
    assert says in str(error.value)
    assert len(str(error.value).splitlines()) <= 2
