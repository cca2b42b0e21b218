"""Live scripts: what each wants written, from plain values; figures against the oracle, no host."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import oracle
import pytest
from open_books import OWN, copied, from_file, of_cells, typed

import xlplugin
from xlplugin.live import SCRIPTS, OpenBook, Plan, plan_of
from xlplugin.live.plans import free_title
from xlplugin.live.texts import text
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, label
from xlplugin.workbook.builder.look import FORMATS

FIGURES, ASSUMED = oracle.companies(), oracle.assumptions()
PRESETS = {row["scenario"]: row for row in oracle.scenarios()}


@pytest.fixture(scope="module")
def loaded(template: Path) -> OpenBook:
    return from_file(template)


@pytest.fixture
def filled(loaded: OpenBook) -> OpenBook:
    return copied(loaded)


def expected(
    company: str, preset: str = "", entry: dict[str, float] | None = None, **own: float
) -> dict[str, float]:
    """Return the oracle's lines of a company in its latest year."""
    row = dict.fromkeys(next(iter(PRESETS.values())), "")
    filling = oracle.fill(
        oracle.latest(FIGURES, company), ASSUMED, PRESETS.get(preset, row), own or None, entry or None
    )
    return oracle.evaluate(filling.inputs)


def plain(plan: Plan) -> list[dict[str, Any]]:
    return [dict(zip([column.head for column in plan.columns], row, strict=True)) for row in plan.rows]


def figure(lines: dict[str, float], name: str) -> Any:
    return pytest.approx(lines[name] * (10_000 if name.endswith("margin_change") else 1), rel=1e-9, abs=1e-9)


MEASURES = (
    "operating_margin",
    "operating_margin_change",
    "gross_margin_change",
    "operating_income_change",
    "eps_change",
)


def test_entries_of_a_template_run_as_the_oracle_has_them(filled: OpenBook) -> None:
    typed(filled, "xlp_in_own_ai_revenue_share", 0.03)
    companies = [row[0] for row in filled.cells(filled.area("xlp_companies"))]
    plan = plan_of("run_scenarios", filled)
    rows = plain(plan)
    heads = [column.head for column in plan.columns]
    labels = {xlplugin.scenarios().set_index("scenario")["label"][name]: name for name in PRESETS}
    places = {
        name: next(i for i, head in enumerate(heads) if head.partition(" (")[0] == label(name))
        for name in MEASURES
    }
    compared = 0
    for row in rows:
        if row["Scenario"] not in labels:
            continue
        own = {"ai_revenue_share": 0.03} if row["Company"] == companies[0] else {}
        try:
            lines = expected(row["Company"], labels[row["Scenario"]], **own)
        except KeyError:
            continue
        for name, i in places.items():
            value = list(row.values())[i]
            if math.isnan(lines[name]):
                assert value == "#N/A"
            else:
                assert value == figure(lines, name), (row["Company"], row["Scenario"], name)
                compared += 1
    assert compared > 250


def test_a_table_in_any_workbook_is_read_as_a_file(tmp_path: Path) -> None:
    plan = plan_of("run_scenarios", of_cells())
    rows = plain(plan)
    cases = (("Salesforce", {"cost_reduction": 0.3}), ("ServiceNow", {"cost_reduction": 0.5, "pass_through": 0.4}),
             ("Meta Platforms", {"cost_reduction": 0.2}))  # fmt: skip
    for row, (company, entry) in zip(rows, cases, strict=True):
        lines = oracle.evaluate(
            {**oracle.fill(oracle.latest(FIGURES, company), ASSUMED, PRESETS["half"], None,
                           None).inputs} | _assumed(company) | entry | {"training_cost_reduction": entry["cost_reduction"]}
        )  # fmt: skip
        assert row["Company"] == company
        assert row["Operating margin"] == figure(lines, "operating_margin")
    table = tmp_path / "own.csv"
    table.write_text("\n".join(",".join("" if v is None else str(v) for v in row[1:]) for row in OWN[2:]))
    again = xlplugin.run(table)["operating_margin_change"] * 10_000
    assert [row["Change of operating margin (bp)"] for row in rows] == pytest.approx(
        again.tolist(), rel=1e-12
    )


def _assumed(company: str) -> dict[str, float]:
    """Return the base assumptions of a company's levers, which a blank takes."""
    dataset = xlplugin.assumptions().set_index(["company", "parameter"])["base"]
    names = [name for name in oracle.LEVERS if name not in oracle.REDUCTIONS]
    return {name: float(dataset.get((company, name), dataset.get(("*", name)))) for name in names}


@pytest.mark.parametrize("place", ["", "C4", "'Own cases'!E6", "own cases!B3:E6", "CASES", "cases"])
def test_a_table_is_found_by_cell_address_or_name(place: str) -> None:
    book = of_cells(names={"CASES": ("Own cases", "B3")})
    assert len(plan_of("run_scenarios", book, [place]).rows) == 3


@pytest.mark.parametrize(
    ("cells", "selection", "table", "told"),
    [
        ([["", ""], ["", ""]], "A1", "", "no table at 'Own cases'!A1"),
        (None, "A2", "Elsewhere!B2", "was not sent"),
        (None, "A2", "Nowhere!B2", "did you mean|known: Own cases"),
        (None, "A2", "nonsense here", "give a name of the workbook"),
        (None, "A2", "FAR", "name is 'FAR'; it lies on the sheet Elsewhere, which was not sent"),
        ([["Company", "cost_reductoin"], ["CRM", 0.3]], "A1", "", "did you mean cost_reduction"),
        ([["Company", "Colour"], ["CRM", "red"]], "A1", "", "no column is an input"),
        (
            [["cost_reduction", "cost_reduction"], [0.1, 0.2]],
            "A1",
            "",
            "two columns are named cost_reduction",
        ),
        ([["Company", "cost_reduction"], ["CRM", 30]], "A1", "", "'Own cases'!B2: cost_reduction is 30"),
        ([["Company", "cost_reduction"], ["Nobody", 0.3]], "A1", "", "'Own cases'!A2: company is 'Nobody'"),
        (
            [["Company", "cost_reduction"], ["CRM", "#REF!"]],
            "A1",
            "",
            "'Own cases'!B2: cost_reduction is '#REF!'",
        ),
        ([["Company", "cost_reduction"]], "A1", "", "one row"),
    ],
)
def test_what_is_wrong_with_a_table_is_told_by_its_cell(
    cells: Any, selection: str, table: str, told: str
) -> None:
    book = of_cells(cells, selection, {"FAR": ("Elsewhere", "B2")})
    with pytest.raises(InputError, match=told):
        plan_of("run_scenarios", book, [table])


def test_a_wrong_entry_of_a_template_stops_all_and_is_found_by_the_audit(filled: OpenBook) -> None:
    typed(filled, "xlp_in_cost_reduction", 30, row=1, column=2)
    area = filled.area("xlp_in_cost_reduction")
    place = f"{area.sheet}!{chr(64 + area.left + 2)}{area.top + 1}"
    with pytest.raises(InputError, match=f"{place}: cost_reduction is 30"):
        plan_of("run_scenarios", filled)
    plan = plan_of("audit", filled)
    found = [(f"{sheet}!{cell}", what) for sheet, cell, what, _ in plan.rows]
    assert any(cell == place and "cost_reduction is 30" in what for cell, what in found)
    (row,) = (i for i, (cell, _) in enumerate(found) if cell == place)
    assert plan.links[row, 1] == f"'{area.sheet}'!{place.rpartition('!')[2]}"


@pytest.mark.parametrize("spelled", ["half", "HALF"])
def test_a_wrong_entry_stops_a_question_however_its_preset_is_spelled(filled: OpenBook, spelled: str) -> None:
    at = _column(filled, "half")
    typed(filled, "xlp_scenarios", spelled, column=at)
    typed(filled, "xlp_in_cost_reduction", 30, column=at)
    with pytest.raises(InputError, match="cost_reduction is 30"):
        plan_of("bridge", filled, ["Salesforce", "half"])


def test_compare_takes_a_templates_entries_and_ranks_once(filled: OpenBook) -> None:
    typed(filled, "xlp_in_scenario_cost_reduction", 0.6, column=_column(filled, "half"))
    rows = plain(plan_of("compare", filled, ["half"]))
    values = {row["Company"]: row["Change of operating margin"] for row in rows}
    for company in ("Salesforce", "ServiceNow", "Meta Platforms"):
        lines = expected(company, "half", {"cost_reduction": 0.6})
        assert values[company] == figure(lines, "operating_margin_change")
    ranked = [row for row in rows if row["Rank"] is not None]
    assert [row["Rank"] for row in ranked] == list(range(1, len(ranked) + 1))
    assert {row["Company"] for row in ranked}.isdisjoint({"OpenAI", "DeepSeek", "NVIDIA", "Microsoft"})


def test_as_of_the_article_the_labs_have_no_figures(filled: OpenBook) -> None:
    """As on the sheets: compared without them, asked about one alone it says so."""
    typed(filled, "xlp_in_as_of", " JA ")
    rows = {row["Company"]: row for row in plain(plan_of("compare", filled, ["half"]))}
    assert rows["Microsoft"]["Year"] == "FY2024" and not {"OpenAI", "DeepSeek"} & set(rows)
    with pytest.raises(InputError, match="OpenAI has 2025"):
        plan_of("bridge", filled, ["OpenAI", "half"])


def _column(book: OpenBook, scenario: str) -> int:
    return book.cells(book.area("xlp_scenarios"))[0].index(scenario)


def test_compare_in_any_workbook_is_the_command() -> None:
    rows = plain(plan_of("compare", of_cells(), ["price_war"]))
    frame = xlplugin.compare(scenario="price_war").set_index("company")
    assert [row["Company"] for row in rows] == frame.index.tolist()
    for row in rows:
        scale = 10_000 if frame["measure"][row["Company"]].endswith("margin_change") else 1
        for head, name in (("Change of operating margin", "value"), ("P10", "p10"), ("P90", "p90")):
            told, value = row[head], frame[name][row["Company"]] * scale
            assert told == ("#N/A" if math.isnan(value) else pytest.approx(value, rel=1e-12))


def test_bridge_sums_to_the_oracles_change(filled: OpenBook) -> None:
    plan = plan_of("bridge", filled, ["NOW", "half", "40%", "operating_margin"])
    lines = expected("ServiceNow", "half", {"cost_reduction": 0.4})
    causes = [row[1] for row in plan.rows[1:-1]]
    assert sum(causes) == figure(lines, "operating_margin_change")
    assert [plan.rows[0][2], plan.rows[-1][2]] == [
        figure(lines, f"{one}operating_margin") for one in ("base_", "")
    ]
    assert plan.chart and [bar[1] for bar in plan.chart.rows] == causes[::-1]


def test_tornado_swings_are_the_oracles(filled: OpenBook) -> None:
    plan = plan_of("tornado", filled, ["Salesforce", "half"])
    inputs = oracle.fill(oracle.latest(FIGURES, "Salesforce"), ASSUMED, PRESETS["half"]).inputs
    names = {label(name): name for name in (*oracle.EXPOSURES, *oracle.LEVERS)}
    for head, _, low, used, high, at_low, at_high, _swing in plan.rows:
        assert inputs[names[head]] == used
        for value, told in ((low, at_low), (high, at_high)):
            lines = oracle.evaluate({**inputs, names[head]: value})
            if names[head] not in ("ai_revenue_share",):  # what is sold by seat follows from it
                assert told == figure(lines, "operating_margin_change"), head
    swings = [row[-1] for row in plan.rows]
    assert swings == sorted(swings, reverse=True) and len(swings) > 5


def test_simulation_is_the_commands_and_its_histogram_sums_to_one(filled: OpenBook) -> None:
    plan = plan_of("simulate", filled, ["Salesforce", "half", "", "operating_margin_change", 2000, 7])
    run = xlplugin.simulate("Salesforce", "operating_margin_change", scenario="half", trials=2000, seed=7)
    at = run.lines["operating_margin_change"]["percentiles"]
    told = dict(plan.rows)
    for share in (0.1, 0.5, 0.9):
        assert told[f"{share * 100:g}% of the draws lie below"] == pytest.approx(
            at[share] * 10_000, rel=1e-12
        )
    assert plan.chart and sum(share for _, share in plan.chart.rows) == pytest.approx(1)


def test_freeze_copies_what_the_workbook_shows(filled: OpenBook) -> None:
    plan = plan_of("freeze", filled)
    shown = filled.cells(filled.area("xlp_out_operating_margin"))
    companies = [row[0] for row in filled.cells(filled.area("xlp_companies"))]
    column = [one.head for one in plan.columns].index("Operating margin")
    half = [row for row in plan.rows if row[1] == xlplugin.scenarios().set_index("scenario")["label"]["half"]]
    at = _column(filled, "half")
    assert {row[0]: row[column] for row in half} == {
        name: "#N/A" if isinstance(shown[i][at], str) or shown[i][at] is None else shown[i][at]
        for i, name in enumerate(companies) if name
    }  # fmt: skip
    own = plan_of("freeze", of_cells(), ["B3"])
    assert [column.head for column in own.columns] == OWN[2][1:]
    assert [list(row) for row in own.rows] == [row[1:] for row in OWN[3:]]


def test_a_wrong_header_of_an_own_table_is_found_with_a_link_to_it() -> None:
    book = of_cells([[None, "Company", "Cost reductoin"], [None, "CRM", 0.3]], "B2")
    plan = plan_of("audit", book)
    ((sheet, cell, what, _),) = plan.rows
    assert (sheet, cell) == ("Own cases", "B1:C2") and "Cost reductoin" in what
    assert plan.links[0, 1] == "'Own cases'!B1:C2"


def test_german_sheets_are_german_to_their_units_and_dates(filled: OpenBook) -> None:
    plan = plan_of("bridge", filled, ["Salesforce", "half", "", "", "", "de"])
    assert [column.head for column in plan.columns][1].endswith("(Mio. USD)")
    assert plan_of("bridge", filled, ["Salesforce", "half"]).columns[1].head.endswith("(USD m)")
    frozen = plan_of("freeze", filled, ["", "de"]).sentences[0]
    assert re.search(r"am [0-9]{2}\.[0-9]{2}\.[0-9]{4} [0-9]{2}:[0-9]{2};", frozen)
    notes = plan_of("article", filled, ["de"]).notes
    assert "Kurse: Schlusskurse vom 24. und 27. Januar 2025." in notes
    still = next(
        note for note in plan_of("tornado", filled, ["Salesforce", "half"]).notes if "No effect" in note
    )
    assert "AI infrastructure, revenue share" not in still or "; " in still


def test_an_untouched_template_has_no_findings_and_is_of_this_version(filled: OpenBook) -> None:
    assert plan_of("audit", filled).rows == ()
    assert plan_of("refresh", filled).rows == ()


def test_audit_sees_what_was_changed_as_far_as_its_host_can(filled: OpenBook) -> None:
    book = filled
    area = book.area("xlp_out_operating_margin")
    assert book.formulas
    book.formulas[area.sheet][area.top - 1][area.left - 1] = 0.5  # type: ignore[index]
    book.sheets[area.sheet][area.top - 1][area.left - 1] = 0.5  # type: ignore[index]
    for grids in (book.formulas, book.sheets):
        grids[area.sheet][0][1] = "Mine"  # type: ignore[index]
    seen = [(cell, what) for _, cell, what, _ in plan_of("audit", book).rows]
    assert ["overwritten" in what or "changed from" in what for _, what in seen] == [True, True]
    server = OpenBook(book.name, book.sheets, book.names, book.active)
    plan = plan_of("audit", server)
    assert [cell for _, cell, _, _ in plan.rows] == ["B1"]
    assert any("Formulas cannot be read here" in line for line in plan.sentences)


def test_refresh_lists_what_differs_and_where_to_take_it(filled: OpenBook) -> None:
    figures = [row[0] for row in filled.cells(filled.area("xlp_figures_revenue"))]
    at, held = next((i, value) for i, value in enumerate(figures) if value is not None)
    typed(filled, "xlp_figures_revenue", held + 1, row=at)
    typed(filled, "xlp_base_pass_through", 0.9)
    plan = plan_of("refresh", filled)
    assert [(row[4], row[5]) for row in plan.rows if row[2] == label("revenue")] == [(held + 1, held)]
    assert [row[4] for row in plan.rows if row[2] == label("pass_through")] == [0.9]
    assert any(f'template NEW.xlsx --from "{filled.name}"' in note for note in plan.notes)
    with pytest.raises(InputError, match="no template"):
        plan_of("refresh", of_cells())


def test_the_article_needs_no_workbook() -> None:
    plan = plan_of("article", of_cells())
    moves = xlplugin.market_moves().set_index("company")["move"]
    assert {row[0]: row[2] for row in plan.rows} == moves.to_dict()


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_plan_is_whole_and_can_be_sent(filled: OpenBook, name: str, language: str) -> None:
    plan = plan_of(name, filled, _in(name, language))
    assert plan.sheet == text(f"sheet.{name}", language)
    assert Plan.of_json(json.loads(json.dumps(plan.as_json(), allow_nan=False))) == plan
    assert all(len(row) == len(plan.columns) for row in plan.rows)
    assert any(xlplugin.__version__ in note for note in plan.notes)
    assert {column.style for column in plan.columns} <= set(FORMATS)
    words = " ".join([plan.title, *plan.sentences, *plan.notes, *(column.head for column in plan.columns)])
    assert "{" not in words and "nan" not in words.casefold().split()


def _in(name: str, language: str) -> list[Any]:
    return [*[None] * (len(SCRIPTS[name].arguments) - 1), language]


def test_every_argument_has_a_default_texts_and_ends() -> None:
    for declared in SCRIPTS.values():
        for argument in declared.arguments:
            assert argument.read(None) == argument.default == argument.read("  ")
            assert all(argument.label[one] and argument.help[one] for one in LANGUAGES)
            assert len(argument.help["en"]) <= 255
        assert all(declared.title[one] and declared.help[one] for one in LANGUAGES)


@pytest.mark.parametrize(
    ("name", "given", "told"),
    [
        ("simulate", ["CRM", "", "", "usual", 1.5], "trials is 1.5"),
        ("simulate", ["CRM", "", "", "usual", 2_000_000], "allowed: 100 to 1,000,000"),
        ("simulate", ["CRM", "", "", "profit"], "measure is 'profit'"),
        ("compare", ["", "", "", "", "perhaps"], "peers is 'perhaps'"),
        ("compare", ["nowhere"], "scenario is 'nowhere'"),
        ("bridge", ["CRM", "", "30"], "cost_reduction is 30"),
        ("bridge", ["Nobody"], "company is 'Nobody'"),
        ("bridge", ["CRM", "", "", "eps", "1999"], "fiscal_year is '1999'"),
        ("bridge", [True], "company is True"),
        ("article", ["en", "more"], "at most 1 argument$"),
        ("nothing", [], "script is 'nothing'"),
    ],
)
def test_wrong_arguments_are_told(name: str, given: list[Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        plan_of(name, of_cells(), given)


@pytest.mark.parametrize(
    ("wished", "taken", "title"),
    [
        ("Compare", [], "Compare"),
        ("Compare", ["compare"], "Compare (2)"),
        ("Compare", ["COMPARE", "Compare (2)", "x"], "Compare (3)"),
        ("A" * 40, ["A" * 31], "A" * 27 + " (2)"),
        ("27/1: [x]", [], "27 1   x"),
    ],
)
def test_a_sheet_never_takes_anothers_name(wished: str, taken: list[str], title: str) -> None:
    assert free_title(wished, taken) == title


def test_a_plan_holds_no_more_rows_than_a_sheet_on_the_web_takes() -> None:
    cells = [["Company", "cost_reduction"], *[["CRM", 0.3]] * 5_001]
    with pytest.raises(InputError, match="xlplugin run"):
        plan_of("run_scenarios", of_cells(cells, "A1"))
