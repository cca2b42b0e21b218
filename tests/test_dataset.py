"""The shipped figures hold together, and a user's own tables are read as strictly."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import oracle
import pytest

import xlplugin
from xlplugin.data.moves import shipped_moves
from xlplugin.data.shipped import extended, shipped
from xlplugin.model.errors import InputError

DATA = oracle.DATA
LABS = list(dict.fromkeys(row["company"] for row in oracle.companies() if row["group"] == "lab"))
PEERS = list(dict.fromkeys(row["company"] for row in oracle.companies() if row["group"] == "peer"))
CHOSEN = [name for name in dict.fromkeys(row["company"] for row in oracle.companies()) if name not in PEERS]


def test_every_shipped_row_is_there() -> None:
    dataset = shipped()
    assert [*dataset.figures] == [(r["company"], r["fiscal_year"]) for r in oracle.companies()]
    assert [*dataset.assumptions] == [(r["company"], r["parameter"]) for r in oracle.assumptions()]
    assert [*dataset.scenarios] == [r["scenario"] for r in oracle.scenarios()]


def test_every_shipped_figure_is_the_file_s() -> None:
    frame = xlplugin.companies()
    for record, row in zip(frame.to_dict("records"), oracle.companies(), strict=True):
        for name in (*oracle.FINANCIALS, "operating_income", "diluted_eps"):
            expected = float(row[name]) if row[name] else math.nan
            assert record[name] == expected or (record[name] != record[name] and expected != expected), name
        assert record["source"] == row["source"]
        assert record["confidence"] == row["confidence"]


def test_every_figure_has_a_source_and_every_assumption_a_basis() -> None:
    assert xlplugin.companies()["source"].str.len().min() > 10
    assert set(xlplugin.assumptions()["basis"]) <= {"published", "derived", "judgement"}
    assert xlplugin.assumptions()["basis"].str.len().min() > 0


@pytest.mark.parametrize("row", oracle.companies(), ids=lambda row: f"{row['company']} {row['fiscal_year']}")
def test_identities_tie_every_figure(row: dict[str, str]) -> None:
    figure = {name: float(row[name]) for name in oracle.FINANCIALS if row[name]}
    costs = [*oracle.MONEY[1:5], "other_operating_expense"]
    if row["operating_income"]:
        income = figure["revenue"] - math.fsum(figure[name] for name in costs)
        assert abs(income - float(row["operating_income"])) <= 0.5
    if row["diluted_eps"]:
        rounding = 0.005 + 0.5 / figure["diluted_shares"]
        assert abs(figure["net_income"] / figure["diluted_shares"] - float(row["diluted_eps"])) <= rounding
    # only the labs lack figures: OpenAI shares and net income, DeepSeek all but revenue and serving cost
    assert row["group"] == "lab" or (row["operating_income"] and row["diluted_eps"])
    assert row["group"] in ("article", "lab", "peer") and row["business_model"] and row["currency"]


def test_every_listed_company_has_its_move_of_the_sell_off() -> None:
    with (DATA / "market_moves.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["company"]: row for row in csv.DictReader(file)}
    assert [*rows] == [
        name for name in dict.fromkeys(r["company"] for r in oracle.companies()) if name not in LABS
    ]
    moves = {move.company: move for move in shipped_moves()}
    assert [*moves] == [*rows]
    for name, move in moves.items():
        assert (move.move, move.date) == (float(rows[name]["move"]), "2025-01-27")
        assert move.event == "DeepSeek sell-off" and move.source and move.confidence
    # from an infrastructure company's fall to a software company's rise, as the article tells it
    assert moves["NVIDIA"].move == -0.1697 and moves["Salesforce"].move > 0


def test_a_filing_is_found_by_its_numbers() -> None:
    filing = shipped().figures["Salesforce", "FY2026"].filing
    assert filing == (
        "https://www.sec.gov/Archives/edgar/data/1108524/000110852426000060/0001108524-26-000060-index.htm"
    )
    assert shipped().figures["Microsoft", "FY2024"].filing == ""
    linked = [row["accession"] for row in oracle.companies() if row["accession"]]
    assert len(linked) == sum(bool(figures.filing) for figures in shipped().figures.values()) >= 8


def test_the_usual_choice_leaves_peers_out() -> None:
    dataset = shipped()
    assert list(dataset.choice()) == CHOSEN == list(dict.fromkeys(xlplugin.run(["half"])["company"]))
    assert list(dataset.choice(["CRM", "peers", "SAP"])) == ["Salesforce", *PEERS]
    assert list(dataset.choice("peers")) == PEERS and len(PEERS) == 7
    assert [name for name in dataset.companies if dataset.is_lab(name)] == LABS == ["OpenAI", "DeepSeek"]


def test_a_company_of_the_analyst_s_is_chosen_and_a_lab_stays_one() -> None:
    rows = [{"company": name, "fiscal_year": year, "revenue": 100.0, "cost_of_revenue": 10.0}
            for name, year in (("Acme", "FY2025"), ("SAP", "FY2025"), ("OpenAI", "2025"))]  # fmt: skip
    dataset = extended(companies=rows)
    assert list(dataset.choice()) == [*CHOSEN, "SAP", "Acme"]
    assert dataset.is_lab("OpenAI") and not dataset.is_lab("SAP")


@pytest.mark.parametrize(
    ("column", "typed", "words"),
    [
        ("group", "pear", "did you mean peer"),
        ("business_model", "SaaS2", "did you mean saas"),
        ("income_tax_rate", -0.05, "enter a marginal_tax_rate, such as 21%"),
    ],
)
def test_a_wrong_word_or_rate_names_the_mend(column: str, typed: object, words: str) -> None:
    row = {"company": "Acme", "revenue": 100.0, "cost_of_revenue": 10.0}
    with pytest.raises(InputError, match=words):
        extended(companies=[{**row, column: typed}])
    assert extended(companies=[{**row, "group": " Peer", "business_model": "SaaS"}]).is_peer("Acme")
    taxed = extended(companies=[{**row, "income_tax_rate": -0.05, "marginal_tax_rate": 0.21}])
    assert taxed.figures["Acme", ""].values["income_tax_rate"] == -0.05


def test_a_row_of_the_business_model_stands_between_the_company_and_any() -> None:
    row = {"company": "Acme", "revenue": 100.0, "cost_of_revenue": 10.0}
    bases = {
        model: extended(companies=[{**row, "business_model": model}]).assumption("Acme", "usage_return")
        for model in ("", "saas", "cloud", "advertising")
    }
    assert {model: found.base for model, found in bases.items() if found} == {
        "": 0.0, "saas": 0.0, "cloud": 0.2, "advertising": 1.0,
    }  # fmt: skip
    own = [{"company": "*saas", "parameter": "usage_return", "base": 0.5}]
    dataset = extended([{**row, "business_model": "saas"}], own)
    assert dataset.assumption("Acme", "usage_return").base == 0.5  # type: ignore[union-attr]
    with pytest.raises(InputError, match="did you mean saas"):
        extended(assumptions=[{**own[0], "company": "*sass"}])


def test_which_companies_stand_on_general_assumptions() -> None:
    def marked(**own: dict[str, float]) -> list[str]:
        result = xlplugin.run(["half"], [*CHOSEN, "peers"], own=own)
        assert list(result.columns[-2:]) == ["general_assumptions", "outside_range"]
        return list(result.loc[result["general_assumptions"], "company"])

    assert marked() == ["SAP", "Palantir", "Shopify"]
    assert marked(SAP={"seat_revenue_share": 0.5}) == ["SAP", "Palantir", "Shopify"]
    assert marked(SAP={"ai_revenue_share": 0.0}, SHOP={"inference_cost_share": 0.01}) == ["Palantir"]
    rows = [
        {"company": "SAP", "cost_reduction": 0.5, "ai_supply_revenue_share": share} for share in (None, 0.1)
    ]
    assert list(xlplugin.run(rows)["general_assumptions"]) == [True, False]


def test_own_values_outside_their_range_are_named() -> None:
    own = {"CRM": {"inference_cost_share": 0.1, "pass_through": 0.5, "seat_erosion": 0.5}}
    result = xlplugin.run(["illustrative", "half"], ["CRM", "NOW"], own=own)
    # the presets fix seat_erosion, so that the own value does not count
    assert list(result["outside_range"]) == ["inference_cost_share", "", "inference_cost_share", ""]
    rows = [{"company": "CRM", "cost_reduction": 0.5, "inference_cost_share": share, "seat_erosion": erosion}
            for share, erosion in ((0.02, 0.9), (0.0001, None), (0.5, 0.5))]  # fmt: skip
    found = xlplugin.run(rows, own={"CRM": {"reinvestment": 0.2}})
    assert list(found["outside_range"]) == ["", "inference_cost_share", "inference_cost_share"]


def test_units_stand_with_the_frames() -> None:
    assert xlplugin.companies().attrs["units"]["revenue"] == "money"
    assert xlplugin.scenarios().attrs["units"]["cost_reduction"] == "share"
    units = dict(zip(xlplugin.assumptions()["parameter"], xlplugin.assumptions()["unit"], strict=True))
    assert units["price_elasticity"] == "elasticity"


@pytest.mark.parametrize(
    ("company", "year"),
    [
        ("Salesforce", "FY2025"),
        ("ServiceNow", "FY2024"),
        ("Microsoft", "FY2024"),
        ("Meta Platforms", "FY2024"),
        ("NVIDIA", "FY2025"),
    ],
)
def test_the_year_as_the_article_saw_it(company: str, year: str) -> None:
    assert shipped().year(company, "article") == year


@pytest.mark.parametrize("lab", LABS)
def test_no_lab_has_a_year_as_the_article_saw_it(lab: str) -> None:
    with pytest.raises(InputError, match=lab):
        shipped().year(lab, "article")


@pytest.mark.parametrize("typed", ["salesforce", " Salesforce ", "CRM", "crm", "SALESFORCE"])
def test_names_and_tickers_match_whatever_their_case(typed: str) -> None:
    assert shipped().company(typed) == "Salesforce"


@pytest.mark.parametrize("typed", ["FY2025", "fy2025", 2025, "2025"])
def test_a_fiscal_year_may_be_typed_short(typed: object) -> None:
    assert shipped().year("Salesforce", typed) == "FY2025"  # type: ignore[arg-type]


def test_the_latest_year_is_the_default() -> None:
    assert [shipped().year(name) for name in shipped().companies[:5]] == [
        "FY2026",
        "FY2025",
        "FY2026",
        "FY2025",
        "FY2026",
    ]


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_user_s_company_is_added_with_fallback_assumptions(tmp_path: Path) -> None:
    file = write(
        tmp_path / "own.csv",
        "company;ticker;fiscal_year;revenue;cost_of_revenue;research_and_development;sales_and_marketing;"
        "general_and_administrative;other_operating_expense;operating_income\n"
        "Acme SE;ACM;FY2025;1000,5;300,5;100;100;100;0;400\n",
    )
    result = xlplugin.run(["half"], file).iloc[0]
    figures = {
        "revenue": 1000.5, "cost_of_revenue": 300.5, "research_and_development": 100.0,
        "sales_and_marketing": 100.0, "general_and_administrative": 100.0, "other_operating_expense": 0.0,
    }  # fmt: skip
    row = {"company": "Acme SE", "fiscal_year": "FY2025", **{k: str(v) for k, v in figures.items()}}
    half = next(r for r in oracle.scenarios() if r["scenario"] == "half")
    filled = oracle.fill(row, oracle.assumptions(), half)
    assert oracle.agree(
        "operating_margin",
        result["operating_margin"],
        oracle.evaluate(filled.inputs)["operating_margin"],
        filled.inputs,
    )
    assert math.isnan(result["eps"])
    assert set(result["fallback_exposures"].split(";")) == set(filled.fallbacks) - {"repricing_lag_years"}


def test_a_row_with_the_same_key_replaces_and_others_stay(tmp_path: Path) -> None:
    file = write(
        tmp_path / "own.csv", "company,fiscal_year,revenue,cost_of_revenue\nSalesforce,FY2026,50000,9270\n"
    )
    dataset = extended(companies=file)
    assert dataset.figures["Salesforce", "FY2026"].values["revenue"] == 50000
    assert len(dataset.figures) == len(shipped().figures)
    assert shipped().figures["Salesforce", "FY2026"].values["revenue"] == 41525


def test_a_user_s_assumption_counts(tmp_path: Path) -> None:
    file = write(
        tmp_path / "a.csv",
        "company,parameter,low,base,high,basis\nCRM,inference_cost_share,1%,10%,20%,derived\n",
    )
    result = xlplugin.run(["half"], ["Salesforce"], assumptions=file)
    assert result["inference_cost_share"].iloc[0] == 0.1


def test_the_shipped_files_can_be_given_back_as_a_user_s_own() -> None:
    dataset = extended(DATA / "companies.csv", DATA / "assumptions.csv", DATA / "scenarios.csv")
    assert list(dataset.figures) == list(shipped().figures)
    assert dataset.assumptions == shipped().assumptions
    assert dataset.scenarios == shipped().scenarios


def test_a_tie_holds_within_half_a_million(tmp_path: Path) -> None:
    header = (
        "company,revenue,cost_of_revenue,research_and_development,sales_and_marketing,"
        "general_and_administrative,other_operating_expense,operating_income\n"
    )
    for income, fits in ((60.5, True), (59.5, True), (60.6, False), (59.4, False)):
        file = write(tmp_path / f"{income}.csv", f"{header}Acme,100,10,10,10,10,0,{income}\n")
        if fits:
            assert "Acme" in extended(companies=file).companies
        else:
            with pytest.raises(InputError, match="operating_income"):
                extended(companies=file)


def test_eps_holds_within_half_a_cent_and_the_rounding_of_net_income(tmp_path: Path) -> None:
    for eps, fits in ((1.055, True), (0.945, True), (1.056, False), (0.944, False)):
        file = write(
            tmp_path / f"{eps}.csv",
            f"company,revenue,net_income,diluted_shares,diluted_eps\nA,100,10,10,{eps}\n",
        )
        if fits:
            assert "A" in extended(companies=file).companies
        else:
            with pytest.raises(InputError, match="diluted_eps"):
                extended(companies=file)


def test_rows_with_the_same_key_in_another_spelling_replace(tmp_path: Path) -> None:
    own = [{"company": "SALESFORCE ", "fiscal_year": "2026", "revenue": 100.0, "cost_of_revenue": 10.0}]
    frame = xlplugin.companies(own)
    mine = frame[frame["company"].str.casefold() == "salesforce"]
    assert list(mine["fiscal_year"]) == ["FY2025", "FY2026"]
    assert list(mine["company"]) == ["Salesforce"] * 2
    assert mine["revenue"].iloc[1] == 100.0
    names = list(xlplugin.scenarios([{"scenario": "HALF", "cost_reduction": 0.4}])["scenario"])
    assert names == list(xlplugin.scenarios()["scenario"])
    twice = [{**own[0], "fiscal_year": year} for year in ("2026", "FY2026")]
    with pytest.raises(InputError, match=r"row 2.*remove the second row"):
        xlplugin.companies(twice)
