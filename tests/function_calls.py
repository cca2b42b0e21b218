"""Calls of the functions with answers worked independently: one table, which the test of every host runs.

The answers come from ``oracle.py``, from the shipped CSVs as plain text, or from the worked case of
docs/model.md; nothing of the package computes them. The table needs the standard library alone.

``CALLS``
    a :class:`Call` holds the function's ``name``, its ``cells`` (None for an empty cell, float, str, bool,
    datetime or CellError; a list of rows for a range; arguments after the last are left out) and what is
    ``expected``: a value, a CellError or a list of rows. ``call.at(host)`` is what to expect in ``excel``,
    ``server``, ``lite`` or ``calc``, where a host hands an entry over as something else; NEVER where the
    host cannot ask or answers by itself.
``differences(found, expected)``
    what differs, in words; an empty list where the answer is right.
"""

from __future__ import annotations

import csv
import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import function_calls_analysis
import oracle

from xlplugin.model.errors import CellError

NA, NUM, VALUE = CellError.NOT_AVAILABLE, CellError.OUTSIDE_DOMAIN, CellError.WRONG_TYPE
NEVER = "never asked"
#: Stands in an expected table for a cell that is not compared.
ANY = object()

BLANK, BLANK_TEXT = None, ""
DAY = datetime.datetime(2025, 1, 1)


@dataclass(frozen=True)
class Rounded:
    """A figure as a page prints it, with so many decimals."""

    value: float
    decimals: int


@dataclass(frozen=True)
class Call:
    id: str
    name: str
    cells: tuple[Any, ...]
    expected: Any
    hosts: Mapping[str, Any] = field(default_factory=dict)

    def at(self, host: str) -> Any:
        return self.hosts.get(host, self.expected)


def differences(found: Any, expected: Any, place: str = "") -> list[str]:
    """Return what differs between an answer and what it must be."""
    if expected is ANY:
        return []
    if isinstance(expected, list):
        if not isinstance(found, (list, tuple)) or [len(row) for row in found] != [len(r) for r in expected]:
            shape = [len(row) for row in found] if isinstance(found, (list, tuple)) else found
            return [f"{place}rows of {shape}, expected rows of {[len(row) for row in expected]}"]
        return [
            text
            for i, (row, right) in enumerate(zip(found, expected, strict=True))
            for k, (cell, want) in enumerate(zip(row, right, strict=True))
            for text in differences(cell, want, f"row {i} column {k}: ")
        ]
    if isinstance(expected, Rounded):
        number = isinstance(found, (int, float)) and not isinstance(found, bool)  # in JavaScript 0.0 is 0
        near = number and abs(found - expected.value) <= 0.5000001 * 10**-expected.decimals
    elif isinstance(expected, (int, float)) and not isinstance(expected, bool):
        number = isinstance(found, (int, float)) and not isinstance(found, bool)
        near = number and math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)
    else:
        near = found == expected
    return [] if near else [f"{place}{found!r}, expected {expected!r}"]


# --- The independent answers -----------------------------------------------------------------------


@cache
def rows(name: str) -> list[dict[str, str]]:
    return {"c": oracle.companies, "a": oracle.assumptions, "s": oracle.scenarios}[name[0]]()


def inputs(
    company: str,
    reduction: float | None,
    preset: str = "",
    entry: Mapping[str, float] | None = None,
    year: str | None = None,
) -> dict[str, float | None]:
    """Return what counts for a company under a preset and entries."""
    own = [row for row in rows("c") if row["company"] == company]
    chosen = oracle.latest(own, company) if year is None else next(r for r in own if r["fiscal_year"] == year)
    scenario = next((row for row in rows("s") if row["scenario"] == preset), {})
    typed = {**(entry or {}), **({} if reduction is None else {"cost_reduction": reduction})}
    references = {key: typed[key] for key in oracle.REFERENCES if key in typed}
    filled = oracle.fill(chosen, rows("a"), scenario, own=references, entry=typed)
    return {**filled.inputs, **{name: typed[name] for name in oracle.FINANCIALS if name in typed}}


def line(company: str, reduction: float | None, measure: str = "operating_margin", **more: Any) -> Any:
    """Return a line, NA where not available."""
    value = oracle.evaluate(inputs(company, reduction, **more))[measure]
    return NA if math.isnan(value) else value


def base(company: str, measure: str = "operating_margin", **more: Any) -> float:
    """Return a line with both reductions 0."""
    nothing = dict.fromkeys(oracle.REDUCTIONS, 0.0)
    return oracle.evaluate({**inputs(company, 0.0, **more), **nothing})[measure]


def change(company: str, reduction: float, measure: str = "operating_margin", **more: Any) -> float:
    return line(company, reduction, measure, **more) - base(company, measure, **more)


def preset_line(company: str, preset: str, measure: str) -> Any:
    """Return a line under a preset's own reduction, NA where it does not apply."""
    found = inputs(company, None, preset=preset)
    if "cost_reduction" not in found:
        return NA
    value = oracle.evaluate(found)[measure]
    return NA if math.isnan(value) else value


CRM, NOW, MSFT, META, NVDA = "Salesforce", "ServiceNow", "Microsoft", "Meta Platforms", "NVIDIA"
OPENAI, DEEPSEEK = "OpenAI", "DeepSeek"
NAMES = (CRM, NOW, MSFT, META, NVDA, OPENAI, DEEPSEEK)
PRESETS = tuple(row["scenario"] for row in oracle.scenarios())


def worked() -> Iterator[Call]:
    """The worked case of docs/model.md, and its table of basis points."""
    for measure, shown in (
        ("unit_cost_index", "0.700000"), ("usage_index", "1.330214"), ("price_index", "0.985388"),
        ("demand_index", "1.004426"), ("billed_usage_index", "1.069345"), ("ai_revenue", "483.442965"),
        ("inference_cost", "104.039536"), ("scenario_revenue", "41551.667965"),
        ("gross_margin", "0.7770775521"), ("operating_income", "8391.836929"),
        ("operating_margin", "0.2019614937"), ("eps", "7.036249"),
        ("bridge_operating_income_price_cut", "-7.137236"),
        ("bridge_operating_income_development", "26.9685"),
    ):  # fmt: skip
        decimals = len(shown.partition(".")[2])
        yield Call(f"worked {measure}", "XLP_VALUE", (CRM, 0.3, measure), Rounded(float(shown), decimals))
    table = {
        "illustrative": "3.2 / 13.4, 11.4 / 44.3, 12.9 / 18.5, 27.7 / 69.5, 0.7 / 0.7",
        "half": "5.6 / 22.2, 19.9 / 73.2, 24.5 / 33.3, 46.7 / 113.2, 1.4 / 1.4",
        "deepseek_headline": "15.4 / 22.1, 53.0 / 82.7, 90.6 / 100.1, 102.0 / 187.6, 5.3 / 5.3",
        "deepseek_sceptic": "1.5 / 3.3, 5.4 / 13.5, 5.6 / 8.4, 13.3 / 34.0, 0.3 / 0.3",
        "development_only": "0.0 / 10.8, 0.0 / 27.9, 0.0 / 0.0, 0.0 / 0.0, 0.0 / 0.0",
        "cost_alone": "13.4 / 24.2, 44.9 / 72.8, 61.6 / 61.6, 67.5 / 67.5, 5.4 / 5.4",
        "price_war": "-5.1 / -7.2, -14.7 / -25.6, -194.4 / -195.0, 46.7 / 113.2, 1.4 / 1.4",
        "jevons": "0.1 / 21.9, 2.6 / 77.8, -72.8 / -21.1, -14.0 / 101.1, 46.5 / 284.5",
        "demand_bust": "12.9 / 22.6, 43.2 / 67.0, 39.0 / 2.3, 67.5 / 67.5, -308.1 / -688.9",
        "ai_rivals": "-23.3 / -81.1, -6.4 / -27.7, 9.2 / 7.8, 46.7 / 113.2, 1.4 / 1.4",
        "ai_workforce": "5.6 / 79.6, 19.9 / 130.1, 24.5 / 47.6, 46.7 / 129.5, 1.4 / 4.3",
        "cost_rise": "-1.8 / -8.3, -6.4 / -27.1, -11.6 / -15.2, -30.1 / -60.1, -0.5 / -0.5",
    }
    reductions = {row["scenario"]: float(row["cost_reduction"]) for row in oracle.scenarios()}
    for preset, cells in table.items():
        reduction = reductions[preset]
        expected = [
            [Rounded(float(gross), 1), Rounded(float(operating), 1)]
            for gross, operating in (pair.split("/") for pair in cells.split(","))
        ]
        companies = [[name] for name in NAMES[:5]]
        measures = [["gross_margin", "operating_margin"]]
        arguments = (companies, reduction, measures, "bp", preset)
        yield Call(f"basis points {preset}", "XLP_CHANGE", arguments, expected)


def values() -> Iterator[Call]:
    """XLP_VALUE of single cells: companies, measures, presets, years."""
    for name in NAMES:
        for measure in ("operating_margin", "gross_margin", "scenario_revenue", "eps"):
            yield Call(f"{name} {measure}", "XLP_VALUE", (name, 0.4, measure), line(name, 0.4, measure))
    for preset in PRESETS:
        expected = line(MSFT, 0.45, preset=preset)
        yield Call(f"levers of {preset}", "XLP_VALUE", ("MSFT", 0.45, BLANK, preset), expected)
    for year in ("FY2024", "FY2025", "FY2026"):
        yield Call(f"year {year}", "XLP_VALUE", (MSFT, 0.3, BLANK, BLANK, year), line(MSFT, 0.3, year=year))
    ten = line(CRM, 0.1)
    for id_, typed in (
        ("ticker", "CRM"), ("lower case", "salesforce"), ("upper case", "SALESFORCE"), ("blanks", "  crm "),
        ("no-break space", "\u00a0Salesforce\u00a0"), ("full width", "\uff23\uff32\uff2d"),
    ):  # fmt: skip
        yield Call(f"name {id_}", "XLP_VALUE", (typed, 0.1), ten)
    yield Call("name of two words", "XLP_VALUE", ("meta  platforms", 0.1), line(META, 0.1))
    for id_, typed, expected in (
        ("unknown", "Salesfarce", NA), ("empty text", BLANK_TEXT, NA), ("blanks alone", "  ", NA),
        ("a number", 7.0, NA), ("error text", "#REF!", NA), ("fallback row", "*", NA),
    ):  # fmt: skip
        yield Call(f"company {id_}", "XLP_VALUE", (typed, 0.1), expected)
    yield Call("company blank", "XLP_VALUE", (BLANK, 0.1), NA)
    for typed in ("Salesforce, Inc.", "CRM US Equity", "NYSE:CRM", "CRM.N", "Salesforce (NYSE: CRM)"):
        yield Call(f"company {typed}", "XLP_VALUE", (typed, 0.1), ten)
    for typed in ("CRM1", "CRM AU Equity", "LSE:CRM", "Salesforce Japan", "NOW Inc.", "Salesforce (NOW)"):
        yield Call(f"no company {typed}", "XLP_VALUE", (typed, 0.1), NA)
    for typed in ("FY25", "FY 2025", "2025.0", 2025.0):
        yield Call(
            f"year {typed!r}", "XLP_VALUE", (CRM, 0.1, BLANK, BLANK, typed), line(CRM, 0.1, year="FY2025")
        )
    for typed, name in (
        ("Bruttomarge", "gross_margin"), ("Gross margin", "gross_margin"), ("Operative Marge", "operating_margin"),
    ):  # fmt: skip
        yield Call(f"measure {typed}", "XLP_VALUE", (CRM, 0.1, typed), line(CRM, 0.1, name))
    yield Call("measure of two bridges", "XLP_VALUE", (CRM, 0.1, "Cheaper AI work"), VALUE)
    expected = line(CRM, 0.1, entry={"pass_through": 0.9})
    for typed in ("Weitergabe an Kunden", "Pass-through to price"):
        yield Call(f"lever {typed}", "XLP_VALUE", (CRM, 0.1, BLANK, [[typed, 0.9]]), expected)
    expected = line(CRM, 0.1, preset="price_war")
    for typed in (
        "Price War",
        "Price war",
        "Preiskampf",
    ):
        yield Call(f"preset {typed}", "XLP_VALUE", (CRM, 0.1, BLANK, typed), expected)
    yield Call("company TRUE", "XLP_VALUE", (True, 0.1), VALUE, {"calc": NA})
    in_hosts = dict.fromkeys(("server", "lite", "calc"), NA)
    yield Call("company a date", "XLP_VALUE", (DAY, 0.1), VALUE, in_hosts)
    yield Call("company #N/A", "XLP_VALUE", (NA, 0.1), NA)
    for id_, typed, expected in (
        ("upper case", "GROSS_MARGIN", line(CRM, 0.1, "gross_margin")),
        ("with blanks", " gross margin ", line(CRM, 0.1, "gross_margin")),
        ("blank", BLANK, ten), ("empty text", BLANK_TEXT, ten), ("0 of a linked blank", 0.0, ten),
        ("unknown", "gross_marge", VALUE), ("an input", "revenue", VALUE), ("a number", 5.0, VALUE),
        ("#N/A", NA, NA),
        ("base line", "base_eps", base(CRM, "base_eps")),
        ("bar of margin", "bridge_operating_margin_price_cut",
         line(CRM, 0.1, "bridge_operating_margin_price_cut")),
    ):  # fmt: skip
        yield Call(f"measure {id_}", "XLP_VALUE", (CRM, 0.1, typed), expected)
    yield Call("measure TRUE", "XLP_VALUE", (CRM, 0.1, True), VALUE)
    for id_, typed, expected in (
        ("number", 2025.0, "FY2025"), ("digits as text", "2025", "FY2025"),
        ("lower case", " fy2025 ", "FY2025"),
        ("blank", BLANK, "FY2026"), ("0 of a linked blank", 0.0, "FY2026"), ("article", "Article", "FY2025"),
    ):  # fmt: skip
        arguments = (CRM, 0.1, BLANK, BLANK, typed)
        yield Call(f"fiscal year {id_}", "XLP_VALUE", arguments, line(CRM, 0.1, year=expected))
    for id_, company, typed in (
        ("missing", CRM, 2019.0), ("text", CRM, "last"), ("article of a lab", OPENAI, "article"),
    ):  # fmt: skip
        yield Call(f"fiscal year {id_}", "XLP_VALUE", (company, 0.1, BLANK, BLANK, typed), NA)
    yield Call("fiscal year TRUE", "XLP_VALUE", (CRM, 0.1, BLANK, BLANK, True), VALUE, {"calc": NA})
    yield Call("no figures for it", "XLP_VALUE", (DEEPSEEK, 0.3, "operating_margin"), NA)
    yield Call("no shares", "XLP_VALUE", (OPENAI, 0.3, "eps"), NA)


def reductions() -> Iterator[Call]:
    """What may be typed as a cost_reduction."""
    for id_, typed, number in (
        ("per cent", "30%", 0.3), ("per cent with blank", "30 %", 0.3), ("decimal comma", "0,3", 0.3),
        ("comma and per cent", "12,5 %", 0.125), ("leading point", ".3", 0.3), ("outer blanks", " 0.3 ", 0.3),
        ("typographic minus", "\u22125 %", -0.05), ("full width", "\uff13\uff10\uff05", 0.3),
        ("zero", 0.0, 0.0), ("cost rises", -0.2, -0.2), ("doubles", -1.0, -1.0), ("96%", 0.9635, 0.9635),
        ("nearly all", 0.9999, 0.9999), ("the last float", 0.9999999999999999, 0.9999999999999999),
        ("tiny", 1e-300, 1e-300), ("exponent", "3e-1", 0.3),
    ):  # fmt: skip
        yield Call(f"reduction {id_}", "XLP_VALUE", (NOW, typed), line(NOW, number))
    for id_, typed, error in (
        ("30 for 30%", 30.0, NUM), ("all cost gone", 1.0, NUM), ("below -1", -1.5, NUM), ("huge", 1e308, NUM),
        ("text 130%", "130%", NUM), ("words", "much", VALUE), ("thousands or decimals", "1,234", VALUE),
        ("German thousands", "1.234,5", VALUE), ("a formula", "=0.3", VALUE), ("error text", "#N/A", NA),
        ("German error text", "#WERT!", NA),
    ):  # fmt: skip
        yield Call(f"reduction {id_}", "XLP_VALUE", (NOW, typed), error)
    at_zero = line(NOW, 0.0)
    yield Call("reduction blank", "XLP_VALUE", (NOW, BLANK), NA, {"calc": at_zero})
    yield Call("reduction empty text", "XLP_VALUE", (NOW, BLANK_TEXT), NA)
    yield Call("reduction TRUE", "XLP_VALUE", (NOW, True), VALUE, {"calc": NUM})
    yield Call("reduction FALSE", "XLP_VALUE", (NOW, False), VALUE, {"calc": at_zero})
    yield Call(
        "reduction a date", "XLP_VALUE", (NOW, DAY), VALUE, dict.fromkeys(("server", "lite", "calc"), NUM)
    )
    yield Call("reduction #VALUE!", "XLP_VALUE", (NOW, VALUE), NA, {"calc": VALUE})


def levers() -> Iterator[Call]:
    """What may be given as levers."""

    def at(cells: Any) -> tuple[Any, ...]:
        return (CRM, 0.5, "operating_income", cells)

    war = line(CRM, 0.5, "operating_income", preset="price_war")
    for id_, typed, expected in (
        ("upper case", "PRICE_WAR", war), ("blanks", " price_war ", war), ("unknown", "price_peace", NA),
        ("a number", 3.0, NA), ("0 of a linked blank", 0.0, line(CRM, 0.5, "operating_income")),
        ("#N/A", NA, NA),
    ):  # fmt: skip
        yield Call(f"preset {id_}", "XLP_VALUE", at(typed), expected)
    yield Call("preset TRUE", "XLP_VALUE", at(True), VALUE, {"calc": NA})
    entry = {"pass_through": 0.8, "competition": 0.25}
    both = line(CRM, 0.5, "operating_income", entry=entry)
    one = line(CRM, 0.5, "operating_income", entry={"pass_through": 0.8})
    for id_, cells, expected in (
        ("two columns", [["pass_through", 0.8], ["competition", 0.25]], both),
        ("two rows", [["pass_through", "competition"], [0.8, 0.25]], both),
        ("one row of two", [["pass_through", 0.8]], one),
        ("texts and case", [[" Pass_Through", "80%"], ["COMPETITION ", "0,25"]], both),
        ("blank rows", [["pass_through", 0.8], [BLANK, BLANK], ["competition", 0.25]], both),
        ("blank value", [["pass_through", 0.8], ["competition", BLANK]], one),
        ("with a header", [["lever", "value"], ["pass_through", 0.8]], one),
        ("its own reduction gives way", [["cost_reduction", 0.9], ["pass_through", 0.8]], one),
        ("unknown lever", [["pass_thru", 0.8], ["competition", 0.25]], VALUE),
        ("a line is no lever", [["eps", 0.8], ["competition", 0.25]], VALUE),
        ("value without a name", [["pass_through", 0.8], [BLANK, 0.25]], VALUE),
        ("named twice", [["pass_through", 0.8], ["PASS_THROUGH", 0.8]], VALUE),
        ("three columns", [["pass_through", 0.8, 1.0]] * 3, VALUE),
        ("outside", [["pass_through", 80.0], ["competition", 0.25]], NUM),
        ("wrong type", [["pass_through", "most"], ["competition", 0.25]], VALUE),
        ("shares above the whole", [["ai_revenue_share", 0.6], ["seat_revenue_share", 0.6]], NUM),
    ):
        yield Call(f"levers {id_}", "XLP_VALUE", at(cells), expected)
    error = [["pass_through", NA], ["competition", 0.25]]
    yield Call("levers with #N/A", "XLP_VALUE", at(error), NA)
    mixed = line(CRM, 0.5, "operating_income", preset="price_war", entry={"competition": 0.1})
    cells = [["scenario", "price_war"], ["competition", 0.1]]
    yield Call("levers on a preset", "XLP_VALUE", at(cells), mixed)
    typed = {"training_cost_reduction": 0.1, "inference_cost_share": 0.05}
    cells = [[name, value] for name, value in typed.items()]
    expected = line(CRM, 0.5, "operating_income", entry=typed)
    yield Call("levers with an exposure", "XLP_VALUE", at(cells), expected)
    reference = {"reference_eps": 12.5, "adoption": 0.5}
    cells = [[name, value] for name, value in reference.items()]
    expected = line(CRM, 0.5, "reference_eps_after", entry=reference)
    yield Call("levers with a reference", "XLP_VALUE", (CRM, 0.5, "reference_eps_after", cells), expected)
    yield Call("no reference", "XLP_VALUE", (CRM, 0.5, "reference_eps_after"), NA)
    expected = line(CRM, 0.5, "operating_income", preset="deepseek_headline")
    yield Call("preset without training", "XLP_VALUE", at("deepseek_headline"), expected)
    expected = line(OPENAI, 0.5, "operating_income", preset="deepseek_headline")
    arguments = (OPENAI, 0.5, "operating_income", "deepseek_headline")
    yield Call("an entry where the preset does not apply", "XLP_VALUE", arguments, expected)


def ranges() -> Iterator[Call]:
    """Rows, columns and tables, and errors that stay in their cell."""
    column, row = [[CRM], ["msft"], ["nobody"]], [[0.1, "20%", 1.0]]

    def table(names: Sequence[Any], cuts: Sequence[Any]) -> list[list[Any]]:
        return [[cut if isinstance(cut, CellError) else line(name, cut) for cut in cuts] for name in names]

    cuts = [0.1, 0.2, NUM]
    yield Call("column of companies", "XLP_VALUE", (column, 0.1), [*table([CRM, MSFT], [0.1]), [NA]])
    yield Call("row of reductions", "XLP_VALUE", (CRM, row), table([CRM], cuts))
    yield Call("column by row", "XLP_VALUE", (column, row), [*table([CRM, MSFT], cuts), [NA, NA, NA]])
    yield Call("row of companies", "XLP_VALUE", ([[CRM, NOW]], 0.1), [[line(CRM, 0.1), line(NOW, 0.1)]])
    square = [[0.1, 0.2], [0.3, -0.4]]
    expected = [[line(NOW, cut) for cut in cuts] for cuts in square]
    yield Call("table of reductions", "XLP_VALUE", (NOW, square), expected)
    pairs = ([[CRM], [NOW]], [[0.1], [0.2]])
    yield Call("two columns pair up", "XLP_VALUE", pairs, [[line(CRM, 0.1)], [line(NOW, 0.2)]])
    uneven = ([[CRM], [NOW], [MSFT]], [[0.1], [0.2]])
    yield Call("a longer column", "XLP_VALUE", uneven, [[line(CRM, 0.1)], [line(NOW, 0.2)], [NA]])
    holes = ([[CRM], [BLANK], [BLANK_TEXT]], 0.1)
    yield Call("blank cells in a range", "XLP_VALUE", holes, [[line(CRM, 0.1)], [NA], [NA]])
    holes = (CRM, [[0.1, BLANK, "x", 2.0]])
    yield Call("wrong cells in a range", "XLP_VALUE", holes, [[line(CRM, 0.1), NA, VALUE, NUM]])
    arguments = (CRM, [[0.1, NA, True]])
    never = {"calc": NEVER}  # an error in a range is Calc's own answer for the whole
    yield Call("errors in a range", "XLP_VALUE", arguments, [[line(CRM, 0.1), NA, VALUE]], never)
    measures = [["eps", "nothing", "gross_margin"]]
    expected = [[line(CRM, 0.1, "eps"), VALUE, line(CRM, 0.1, "gross_margin")]]
    yield Call("row of measures", "XLP_VALUE", (CRM, 0.1, measures), expected)
    years = [["FY2025"], [2026.0], ["FY2001"]]
    expected = [[line(CRM, 0.1, year="FY2025")], [line(CRM, 0.1, year="FY2026")], [NA]]
    yield Call("column of years", "XLP_VALUE", (CRM, 0.1, BLANK, BLANK, years), expected)
    yield Call("range of one cell", "XLP_VALUE", ([[CRM]], [[0.1]]), ANY)
    long = [[i / 100] for i in range(-40, 96)]
    expected = [[line(META, cut)] for (cut,) in long]
    yield Call("long column", "XLP_VALUE", (META, long), expected)
    faulty = [*long, ["30%"], ["x"], [BLANK], [30.0], [0.25]]
    expected = [*expected, [line(META, 0.3)], [VALUE], [NA], [NUM], [line(META, 0.25)]]
    yield Call("long column with faults", "XLP_VALUE", (META, faulty), expected)
    names = [[CRM], ["nobody"], [NVDA]]
    wide = [[i / 50 for i in range(30)]]
    expected = [[NA if name == "nobody" else line(name, cut) for cut in wide[0]] for (name,) in names]
    yield Call("companies by many reductions", "XLP_VALUE", (names, wide), expected)
    cells = [["cost_reduction", 0.9], ["pass_through", 0.8]]
    expected = [[line(CRM, cut, "operating_income", entry={"pass_through": 0.8}) for cut in wide[0] * 3]]
    arguments = (CRM, [wide[0] * 3], "operating_income", cells)
    yield Call("long row, its own reduction gives way", "XLP_VALUE", arguments, expected)
    eps = {name: base(name, "base_eps") for name in (CRM, NVDA)}
    arguments = ([[CRM], [NVDA]], [[*wide[0], *wide[0], BLANK]], "base_eps")
    expected = [[eps[name]] * 60 + [NA] for name in (CRM, NVDA)]
    yield Call("a blank among many, in a base line", "XLP_VALUE", arguments, expected)
    arguments = (CRM, [[*wide[0], *wide[0], *wide[0], BLANK]], "base_eps")
    yield Call("a blank among more, in a base line", "XLP_VALUE", arguments, [[eps[CRM]] * 90 + [NA]])
    yield Call("long row of a lab", "XLP_VALUE", (OPENAI, [wide[0] * 3], "eps"), [[NA] * 90])
    yield Call("long row, unknown measure", "XLP_VALUE", (CRM, [wide[0] * 3], "epz"), [[VALUE] * 90])


def changes() -> Iterator[Call]:
    """XLP_CHANGE and its units."""
    margin = change(CRM, 0.3)
    for id_, unit, expected in (
        ("blank", BLANK, margin), ("empty text", BLANK_TEXT, margin), ("bp", "bp", margin * 10_000),
        ("upper case", " BP ", margin * 10_000), ("bps", "bps", margin * 10_000),
        ("%", "%", margin / base(CRM)), ("unknown", "pp", VALUE), ("a number", 1.0, VALUE), ("#N/A", NA, NA),
    ):  # fmt: skip
        yield Call(f"unit {id_}", "XLP_CHANGE", (CRM, 0.3, BLANK, unit), expected)
    yield Call("unit several", "XLP_CHANGE", (CRM, 0.3, BLANK, [["bp", "%"]]), VALUE)
    yield Call("worked change", "XLP_CHANGE", (CRM, 0.3, "operating_income"), Rounded(60.836929, 6))
    yield Call("worked basis points", "XLP_CHANGE", (CRM, 0.3, "gross_margin", "bp"), Rounded(3.17, 2))
    income = change(NOW, 0.5, "operating_income")
    arguments = (NOW, 0.5, "operating_income", "%")
    yield Call("per cent of income", "XLP_CHANGE", arguments, income / base(NOW, "operating_income"))
    yield Call("basis points of money", "XLP_CHANGE", (NOW, 0.5, "operating_income", "bp"), VALUE)
    yield Call("basis points of EPS", "XLP_CHANGE", (NOW, 0.5, "eps", "bp"), VALUE)
    expected = change(NOW, 0.5, "price_index") * 10_000
    yield Call("basis points of an index", "XLP_CHANGE", (NOW, 0.5, "price_index", "bp"), expected)
    yield Call("per cent of a loss", "XLP_CHANGE", (OPENAI, 0.5, "operating_income", "%"), NA)
    expected = change(OPENAI, 0.5, "operating_income")
    yield Call("change of a loss", "XLP_CHANGE", (OPENAI, 0.5, "operating_income"), expected)
    yield Call("per cent of nothing", "XLP_CHANGE", (CRM, 0.5, "operating_income_change", "%"), NA)
    yield Call("change of a base line", "XLP_CHANGE", (CRM, 0.5, "base_eps"), 0.0)
    expected = change(NVDA, 0.5, "scenario_revenue", preset="demand_bust")
    arguments = (NVDA, 0.5, "scenario_revenue", BLANK, "demand_bust")
    yield Call("change under a preset", "XLP_CHANGE", arguments, expected)
    expected = change(MSFT, -0.3, "eps", year="FY2024")
    arguments = (MSFT, -0.3, "eps", BLANK, BLANK, "FY2024")
    yield Call("change when cost rises", "XLP_CHANGE", arguments, expected)
    expected = change(CRM, 0.3, preset="deepseek_headline")
    yield Call("training stays", "XLP_CHANGE", (CRM, 0.3, BLANK, BLANK, "deepseek_headline"), expected)
    expected = [[change(name, cut) * 10_000 for cut in (0.3, 0.5)] + [NUM] for name in NAMES[:5]]
    arguments = ([[name] for name in NAMES[:5]], [[0.3, 0.5, 1.0]], BLANK, "bp")
    yield Call("table of changes", "XLP_CHANGE", arguments, expected)
    yield Call("change blank", "XLP_CHANGE", (CRM, BLANK_TEXT), NA)
    cuts = [i / 90 for i in range(70)]
    units = {"bp": 10_000, "%": 1 / base(NVDA, "gross_margin", preset="jevons")}
    for unit, factor in units.items():
        row = [change(NVDA, cut, "gross_margin", preset="jevons") * factor for cut in cuts]
        arguments = ([["NVDA"], ["nobody"]], [[*cuts, BLANK, 30.0]], "gross_margin", unit, "jevons")
        expected = [[*row, NA, NUM], [NA] * 72]
        yield Call(f"long row of changes in {unit}", "XLP_CHANGE", arguments, expected)
    measures = [["gross_margin"], ["eps"], ["epz"]]
    row = [change(CRM, cut, "gross_margin") * 10_000 for cut in cuts]
    expected = [row, [VALUE] * 70, [VALUE] * 70]
    yield Call("long row, one in no such unit", "XLP_CHANGE", (CRM, [cuts], measures, "bp"), expected)
    arguments = (OPENAI, [cuts], "operating_income", "%")
    yield Call("long row, per cent of a loss", "XLP_CHANGE", arguments, [[NA] * 70])


SUMMARY = (
    "scenario_revenue", "gross_margin", "operating_income", "operating_margin", "eps",
    "gross_margin_change", "operating_margin_change", "operating_income_change", "eps_change",
)  # fmt: skip


def year(company: str) -> str:
    return oracle.latest(rows("c"), company)["fiscal_year"]


def scenario_table(
    companies: Sequence[str], presets: Sequence[str], measures: Sequence[str]
) -> list[list[Any]]:
    return [
        ["company", "fiscal_year", "scenario", *measures],
        *(
            [name, year(name), preset, *(preset_line(name, preset, measure) for measure in measures)]
            for preset in presets
            for name in companies
        ),
    ]


def scenarios() -> Iterator[Call]:
    """XLP_SCENARIO."""
    yield Call("every scenario", "XLP_SCENARIO", (), scenario_table(NAMES, PRESETS, SUMMARY))
    arguments = ([["crm"], ["MSFT"]], [["half", "Price_War"]], [["eps"], ["gross_margin"]])
    expected = scenario_table([CRM, MSFT], ["half", "price_war"], ["eps", "gross_margin"])
    yield Call("chosen scenarios", "XLP_SCENARIO", arguments, expected)
    expected = scenario_table([OPENAI, CRM], ["deepseek_headline"], ["operating_income"])
    arguments = ([[OPENAI, CRM]], "deepseek_headline", "operating_income")
    yield Call("a preset that does not apply", "XLP_SCENARIO", arguments, expected)
    head = ["company", "fiscal_year", "scenario", "eps"]
    eps = preset_line(CRM, "half", "eps")
    expected = [
        [*head, "epz"],
        [CRM, "FY2026", "half", eps, VALUE],
        ["nobody", "", "half", NA, NA],
        [CRM, "FY2026", "no such", NA, NA],
        ["nobody", "", "no such", NA, NA],
    ]
    arguments = ([[CRM, "nobody"]], [["half"], ["no such"]], [["eps", "epz"]])
    yield Call("unknown names stay in their cells", "XLP_SCENARIO", arguments, expected)
    table = [
        ["Scenario", "cost_reduction", "pass_through", "note"],
        ["mild", "10%", BLANK, "first"],
        [BLANK, 0.5, 0.9, BLANK],
        [BLANK, BLANK, BLANK, BLANK],
        ["too much", 30.0, BLANK, BLANK],
        ["no cut", BLANK, 0.9, BLANK],
        ["text", "much", 0.9, BLANK],
    ]
    expected = [
        head,
        [CRM, "FY2026", "mild", line(CRM, 0.1, "eps")],
        [CRM, "FY2026", "2", line(CRM, 0.5, "eps", entry={"pass_through": 0.9})],
        [CRM, "FY2026", "too much", NUM],
        [CRM, "FY2026", "no cut", NA],
        [CRM, "FY2026", "text", VALUE],
    ]
    yield Call("a table of levers", "XLP_SCENARIO", (CRM, table, "eps"), expected)
    table = [
        ["company", "fiscal_year", "scenario", "cost_reduction", "competition"],
        ["MSFT", 2024.0, "price_war", BLANK, 0.0],
        [CRM, BLANK, "own", 0.2, BLANK],
        [CRM, "FY1999", "own", 0.2, BLANK],
    ]
    expected = [
        head,
        [MSFT, "FY2024", "price_war",
         line(MSFT, None, "eps", preset="price_war", entry={"competition": 0.0}, year="FY2024")],
        [CRM, "FY2026", "own", line(CRM, 0.2, "eps")],
        [CRM, "", "own", NA],
    ]  # fmt: skip
    yield Call("a table for companies", "XLP_SCENARIO", (BLANK, table, "eps"), expected)
    table = [["scenario", "cost_reduction", "not_applicable_to"], ["x", 0.2, "OpenAI; Salesforce"]]
    expected = [head, [CRM, "FY2026", "x", NA], [NOW, "FY2025", "x", line(NOW, 0.2, "eps")]]
    yield Call("a table with exceptions", "XLP_SCENARIO", ([[CRM], [NOW]], table, "eps"), expected)
    table = [["scenario", "cost_reduction"], ["price_war", 0.5]]
    expected = [head, [CRM, "FY2026", "price_war", line(CRM, 0.5, "eps", preset="price_war")]]
    yield Call("a row of a preset's name", "XLP_SCENARIO", (CRM, table, "eps"), expected)
    wrong = [["scenario", "cost_reduction", "pass_thru"], ["x", 0.2, 0.3]]
    yield Call("a table with an unknown lever", "XLP_SCENARIO", (CRM, wrong, "eps"), VALUE)
    twice = [["adoption", "cost_reduction", "Adoption"], [0.5, 0.2, 0.3]]
    yield Call("a table with a lever twice", "XLP_SCENARIO", (CRM, twice, "eps"), VALUE)


def labels() -> Iterator[Call]:
    """Labels that are dates, numbers or TRUE: shown, and wrong alone. Only COM says that a date is one."""
    right, head = line(CRM, 0.5, "eps", preset="half"), ["company", "fiscal_year", "scenario", "eps"]

    def shown(day: Any, wrong: CellError) -> list[Any]:
        return [head, [CRM, "FY2026", "half", right], [day, "", "half", wrong], [7.0, "", "half", NA]]

    elsewhere = dict.fromkeys(("server", "lite", "calc"), shown(45658.0, NA))
    cells = ([[CRM], [DAY], [7.0]], "half", "eps")
    yield Call("a date among companies", "XLP_SCENARIO", cells, shown("2025-01-01", VALUE), elsewhere)
    table = [["case", "revenue", "cost_of_revenue"], [DAY, 200.0, 50.0], ["x", 200.0, DAY]]
    expected = [["case", "base_gross_margin"], ["2025-01-01", 0.75], ["x", VALUE]]
    serial = [expected[0], [45658.0, 0.75], ["x", 1 - 45658 / 200]]
    elsewhere = dict.fromkeys(("server", "lite", "calc"), serial)
    yield Call("dates in a table", "XLP_EVALUATE", (table, "base_gross_margin"), expected, elsewhere)


def bridge(company: str, reduction: float, measure: str, **more: Any) -> list[Any]:
    lines = oracle.evaluate(inputs(company, reduction, **more))
    names = [f"base_{measure}", *bars(measure), measure]
    return [lines[name] for name in names]


def bars(measure: str) -> list[str]:
    more = ["revenue_base_effect"] if measure == "operating_margin" else []
    return [f"bridge_{measure}_{bar}" for bar in (*oracle.BARS, *more)]


def bridges() -> Iterator[Call]:
    """XLP_BRIDGE."""
    for measure, typed in (("operating_income", BLANK), ("operating_margin", " Operating_Margin")):
        names = [f"base_{measure}", *bars(measure), measure]
        amounts = bridge(MSFT, 0.5, measure, preset="jevons")
        expected = [["bar", ANY, measure], *([n, ANY, a] for n, a in zip(names, amounts, strict=True))]
        yield Call(f"bridge of {measure}", "XLP_BRIDGE", (MSFT, 0.5, typed, "jevons"), expected)
    sap = bridge("SAP", 0.5, "operating_income")[:2]  # money of two currencies: each column names its own
    head = ["bar", ANY, "SAP, EUR m", "CRM, USD m"]
    expected = [head, *([ANY, ANY, *a] for a in zip(sap, bridge(CRM, 0.5, "operating_income"), strict=False))]
    expected += [[ANY] * 4] * 9
    yield Call("bridge of two currencies", "XLP_BRIDGE", ([["SAP", "CRM"]], 0.5), expected)
    names = ["base_operating_income", *bars("operating_income"), "operating_income"]
    columns = [bridge(CRM, 0.3, "operating_income"), [NA] * len(names), bridge(NVDA, 0.3, "operating_income")]
    expected = [
        ["bar", ANY, CRM, "nobody", "NVDA"],
        *([n, ANY, *a] for n, *a in zip(names, *columns, strict=True)),
    ]
    yield Call("bridges of companies", "XLP_BRIDGE", ([[CRM], ["nobody"], ["NVDA"]], 0.3), expected)
    columns = [bridge(CRM, cut, "operating_income", year="FY2025") for cut in (0.1, 0.6)]
    expected = [["bar", ANY, 0.1, 0.6], *([n, ANY, *a] for n, *a in zip(names, *columns, strict=True))]
    arguments = (CRM, [[0.1, 0.6]], BLANK, BLANK, "FY2025")
    yield Call("bridges of reductions", "XLP_BRIDGE", arguments, expected)
    yield Call("bridge of another line", "XLP_BRIDGE", (CRM, 0.3, "eps"), VALUE)
    yield Call("bridge outside", "XLP_BRIDGE", (CRM, 3.0), NUM)
    yield Call("bridge of nobody", "XLP_BRIDGE", ("nobody", 0.3), NA)
    first = [["base_operating_income", ANY, NA]]
    bar = ["bridge_operating_income_unit_cost", ANY, line(DEEPSEEK, 0.3, "bridge_operating_income_unit_cost")]
    rest = [[ANY, ANY, ANY]] * len(oracle.BARS)  # the other bars, and the result
    expected = [["bar", ANY, "operating_income"], *first, bar, *rest]
    yield Call("bridge of a lab without figures", "XLP_BRIDGE", (DEEPSEEK, 0.3), expected)


def sensitivities() -> Iterator[Call]:
    """XLP_SENSITIVITY."""
    cuts, shares = [0.1, 0.3, 0.5], [0.0, 0.5, 1.0]
    grid = [[line(CRM, cut, entry={"pass_through": share}) for share in shares] for cut in cuts]
    expected = [["operating_margin", *shares], *([cut, *row] for cut, row in zip(cuts, grid, strict=True))]
    arguments = (CRM, "operating_margin", "cost_reduction", [[c] for c in cuts], "pass_through", [shares])
    yield Call("grid", "XLP_SENSITIVITY", arguments, expected)
    typed = (
        "crm",
        "Operating Margin",
        "COST_REDUCTION",
        [["10%", "0,3", 0.5]],
        " pass_through",
        [[0.0], [0.5], [1.0]],
    )
    yield Call("grid as typed", "XLP_SENSITIVITY", typed, expected)
    elastic = [0.8, 1.2]
    lags = [0.0, 0.5]

    def cell(cut: float, **more: Any) -> list[list[Any]]:
        return [
            [
                y,
                *(
                    line(NVDA, cut, "eps", entry={"market_elasticity": y, "committed_cost_share": x}, **more)
                    for x in lags
                ),
            ]
            for y in elastic
        ]

    head = ["eps, USD per share", *lags]
    axes = ("NVDA", "eps", "market_elasticity", [elastic], "committed_cost_share", [lags])
    yield Call("grid at 30%", "XLP_SENSITIVITY", axes, [head, *cell(0.3)])
    yield Call("grid at a typed reduction", "XLP_SENSITIVITY", (*axes, "60%"), [head, *cell(0.6)])
    arguments = (*axes, BLANK_TEXT, "half", "FY2025")
    yield Call(
        "grid at a preset's reduction", "XLP_SENSITIVITY", arguments, [head, *cell(0.5, year="FY2025")]
    )
    openai = (OPENAI, "operating_income", "adoption", [[0.5]], "pass_through", [[0.5]])
    arguments = (*openai, BLANK_TEXT, "deepseek_headline")
    yield Call("grid where the preset does not apply", "XLP_SENSITIVITY", arguments, NA)
    value = line(OPENAI, 0.2, "operating_income", preset="deepseek_headline",
                 entry={"adoption": 0.5, "pass_through": 0.5})  # fmt: skip
    expected = [["operating_income, USD m", 0.5], [0.5, value]]
    arguments = (*openai, 0.2, "deepseek_headline")
    yield Call("grid at an entry all the same", "XLP_SENSITIVITY", arguments, expected)
    holes = (CRM, "eps", "adoption", [[0.5, BLANK, 5.0, "x"]], "pass_through", [[0.5, BLANK]], 0.3)
    value = line(CRM, 0.3, "eps", entry={"adoption": 0.5, "pass_through": 0.5})
    expected = [["eps, USD per share", 0.5], [0.5, value], [NUM, NUM], [VALUE, VALUE]]
    yield Call("grid with wrong values", "XLP_SENSITIVITY", holes, expected)
    shares = (CRM, "eps", "ai_revenue_share", [[0.05, 0.5]], "seat_revenue_share", [[0.9]], 0.3)
    value = line(CRM, 0.3, "eps", entry={"ai_revenue_share": 0.05, "seat_revenue_share": 0.9})
    expected = [["eps, USD per share", 0.9], [0.05, value], [0.5, NUM]]
    yield Call("grid beyond the whole", "XLP_SENSITIVITY", shares, expected)
    for id_, cells, error in (
        ("of an unknown lever", (CRM, "eps", "pass_thru", [[0.1]], "adoption", [[0.1]]), VALUE),
        ("of one lever twice", (CRM, "eps", "adoption", [[0.1]], "Adoption", [[0.1]]), VALUE),
        ("of an unknown measure", (CRM, "epz", "pass_through", [[0.1]], "adoption", [[0.1]]), VALUE),
        ("without values", (CRM, "eps", "pass_through", [[BLANK, BLANK]], "adoption", [[0.1]]), NA),
        ("without a measure", (CRM, BLANK_TEXT, "pass_through", [[0.1]], "adoption", [[0.1]]), NA),
        ("of two companies", ([[CRM], [NOW]], "eps", "pass_through", [[0.1]], "adoption", [[0.1]]), VALUE),
        ("of nobody", ("nobody", "eps", "pass_through", [[0.1]], "adoption", [[0.1]]), NA),
    ):
        yield Call(f"grid {id_}", "XLP_SENSITIVITY", cells, error)


def own_figures() -> Iterator[Call]:
    """XLP_EVALUATE."""
    full = inputs(CRM, 0.3)
    figures = [name for name, value in full.items() if value is not None]
    other = {**full, **inputs(MSFT, 0.6)}

    def given(source: Mapping[str, Any]) -> list[Any]:
        return [source[name] for name in figures]

    def lines(source: Mapping[str, Any], measures: Sequence[str]) -> list[Any]:
        found = oracle.evaluate({name: source[name] for name in figures})
        return [NA if math.isnan(found[name]) else found[name] for name in measures]

    measures = ["operating_margin", "eps", "gross_margin"]
    table = [["case", *figures], ["first", *given(full)], ["second", *given(other)]]
    right = [["case", *measures], ["first", *lines(full, measures)], ["second", *lines(other, measures)]]
    yield Call("own figures in rows", "XLP_EVALUATE", (table, [measures]), right)
    down = [list(row) for row in zip(*table, strict=True)]
    across = [list(row) for row in zip(*right, strict=True)]
    yield Call("own figures in columns", "XLP_EVALUATE", (down, [[m] for m in measures]), across)
    bare = [row[1:] for row in table]
    expected = [right[0], [1.0, *right[1][1:]], [2.0, *right[2][1:]]]
    yield Call("own figures without labels", "XLP_EVALUATE", (bare, [measures]), expected)
    few = [["revenue", 200.0], ["cost_of_revenue", "50"]]
    expected = [["case", 1.0], ["base_gross_margin", 0.75], ["eps", NA]]
    yield Call("few figures", "XLP_EVALUATE", (few, [["base_gross_margin", "eps"]]), expected)
    pair = [
        ["Revenue", " cost_of_revenue"],
        [200.0, 50.0],
        [BLANK, 50.0],
        [0.0, 50.0],
        ["x", 50.0],
        [80.0, 100.0],
    ]
    expected = [["case", "base_gross_margin"], [1.0, 0.75], [2.0, NA], [3.0, NUM], [4.0, VALUE], [5.0, -0.25]]
    yield Call("wrong figures stay in their row", "XLP_EVALUATE", (pair, "base_gross_margin"), expected)
    lacking = [["cost_reduction", "credibility", "adoption"], [0.5, 1.0, BLANK], [0.5, 0.5, 0.5]]
    expected = [["case", "unit_cost_index"], [1.0, NA], [2.0, 0.875]]
    yield Call("a lever is never assumed", "XLP_EVALUATE", (lacking, "unit_cost_index"), expected)
    shares = [
        ["revenue", "ai_revenue_share", "ai_supply_revenue_share"],
        [100.0, 0.6, 0.6],
        [100.0, 0.6, 0.4],
    ]
    expected = [["case", "base_ai_revenue", "base_supply_revenue"], [1.0, 60.0, 60.0], [2.0, 60.0, 40.0]]
    arguments = (shares, [["base_ai_revenue", "base_supply_revenue"]])
    yield Call("shares beyond the whole", "XLP_EVALUATE", arguments, expected)
    yield Call("an unknown measure", "XLP_EVALUATE", (few, [["base_gross_margin"], ["epz"]]),
               [["case", 1.0], ["base_gross_margin", 0.75], ["epz", VALUE]])  # fmt: skip
    more = [
        ["Fall", "Umsatz", "Comment", "ticker", "period_end", "Cost of revenue", 2025.0],
        [True, 200.0, "x", NA, "2025-12-31", 50.0, 1.0],
        [7.0, 80.0, BLANK, "CRM", BLANK, 100.0, "y"],
    ]
    expected = [["Fall", "base_gross_margin"], [True, 0.75], [7.0, -0.25]]
    in_calc = {"calc": NEVER}  # which has no TRUE, and passes #N/A on without asking
    yield Call("columns of other names", "XLP_EVALUATE", (more, "base_gross_margin"), expected, in_calc)
    yield Call("an unknown input", "XLP_EVALUATE", ([["revenue", "cost"], [1.0, 2.0]],), VALUE)
    misspelt = [["revenu", "cost_of_revenue"], [100.0, 50.0]]
    yield Call("an input nearly named", "XLP_EVALUATE", (misspelt,), VALUE)
    expected = [["case", "base_gross_margin"], [1.0, NA]]
    yield Call(
        "one input in a column", "XLP_EVALUATE", ([["revenue"], [200.0]], "base_gross_margin"), expected
    )
    expected = [["case", 1.0], ["base_gross_margin", NA]]
    yield Call("one input in a row", "XLP_EVALUATE", ([["revenue", 200.0]], "base_gross_margin"), expected)
    yield Call("an input twice", "XLP_EVALUATE", ([["revenue", "Revenue"], [1.0, 2.0]],), VALUE)
    yield Call("no names at all", "XLP_EVALUATE", ([[1.0, 2.0], [3.0, 4.0]],), VALUE)
    yield Call("no table", "XLP_EVALUATE", (BLANK_TEXT,), NA)
    yield Call("an empty table", "XLP_EVALUATE", ([[BLANK, BLANK], [BLANK_TEXT, BLANK]],), NA)
    yield Call("no names in a table", "XLP_EVALUATE", ("revenues",), VALUE)
    many = [["revenue", "cost_of_revenue"], *([100.0 + i, 40.0] for i in range(100)), [0.0, 40.0]]
    expected = [
        ["case", "base_gross_margin"],
        *([i + 1.0, 1 - 40 / (100.0 + i)] for i in range(100)),
        [101.0, NUM],
    ]
    yield Call("many cases", "XLP_EVALUATE", (many, "base_gross_margin"), expected)


def text_table(name: str) -> list[dict[str, str]]:
    with (oracle.DATA.parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lists() -> Iterator[Call]:
    """What there is to ask for."""
    latest = [oracle.latest(rows("c"), name) for name in dict.fromkeys(row["company"] for row in rows("c"))]
    columns = ["company", "ticker", "group", "fiscal_year", "period_end", "currency", "confidence"]
    expected = [columns, *([row[name] for name in columns] for row in latest)]
    yield Call("companies", "XLP_COMPANIES", (), expected)
    head = ["scenario", "label", *oracle.LEVERS, "alternative", "not_applicable_to", "note"]
    expected = [head]
    for row in rows("s"):
        levers = [float(row[name]) if row[name] else "" for name in oracle.LEVERS]
        expected.append([row["scenario"], row["label"], *levers, *(row[name] for name in head[-3:])])
    yield Call("scenarios", "XLP_SCENARIOS", (), expected)
    assumed = {row["parameter"]: row for row in rows("a") if row["company"] == "*"}
    expected = [["lever", "kind", "unit", "allowed", "low", "base", "high", "meaning"]]
    for name in (*oracle.LEVERS, *oracle.EXPOSURES):
        range_ = [float(assumed[name][part]) if name in assumed else "" for part in ("low", "base", "high")]
        kind = "lever" if name in oracle.LEVERS else "exposure"
        expected.append([name, kind, ANY, ANY, *range_, ANY])
    yield Call("levers and exposures", "XLP_LEVERS", (), expected)
    labels = {row["name"]: row for row in text_table("model/labels.csv")}
    names = list(oracle.evaluate(inputs(CRM, 0.3)))
    order = [name for name in labels if name in names and name != "operating_income_change"]
    order.insert(order.index("scenario_net_income"), "operating_income_change")  # which takes it
    order += [f"bridge_operating_income_{bar}" for bar in oracle.BARS] + bars("operating_margin")
    short = {
        name: name.removeprefix("bridge_operating_income_").removeprefix("bridge_operating_margin_")
        for name in order
    }
    expected = [["measure", "label", "unit", "meaning"]]
    expected += [[name, labels[short[name]]["en"], ANY, labels[short[name]]["meaning_en"]] for name in order]
    yield Call("measures", "XLP_MEASURES", (), expected)
    record = latest[0]
    for id_, company, item, expected in (
        ("a financial", CRM, "revenue", 41525.0), ("upper case", "crm", " Revenue ", 41525.0),
        ("an assumption", CRM, "inference_cost_share", 0.012),
        ("of the fallback", CRM, "rebound_elasticity", 0.8),
        ("source", CRM, "source", record["source"]), ("ticker", "nvidia", "ticker", "NVDA"),
        ("basis", CRM, "basis:inference_cost_share", "derived"),
        ("basis, blanks", CRM, "Basis: pass_through", "judgement"),
        ("low", CRM, "low:pass_through", 0.0), ("high", CRM, "high:pass_through", 0.5),
        ("note", CRM, "note:training_cost_share", "share of R&D spent on model development; not disclosed"),
        ("the entry to start from", CRM, "cost_reduction", 0.3),
        ("the default of a blank", CRM, "marginal_tax_rate", 0.2167),
        ("not available", OPENAI, "net_income", NA),
        ("a base line", CRM, "base_gross_margin", (41525 - 9270) / 41525),
        ("fiscal year", MSFT, "fiscal_year", "FY2026"),
        ("a scenario's line", CRM, "eps", VALUE), ("unknown", CRM, "revenues", VALUE),
        ("basis of a financial", CRM, "basis:revenue", VALUE), ("no company", "nobody", "revenue", NA),
        ("no assumption", CRM, "basis:training_cost_reduction", NA),
    ):  # fmt: skip
        yield Call(f"item {id_}", "XLP_COMPANY", (company, item), expected)
    yield Call("item of a year", "XLP_COMPANY", (MSFT, "revenue", "FY2024"), 245122.0)
    yield Call("item TRUE", "XLP_COMPANY", (CRM, True), VALUE)
    expected = [[41525.0, 0.012, "CRM"], [13278.0, 0.04, "NOW"], [NA, NA, NA]]
    arguments = ([[CRM], [NOW], ["nobody"]], [["revenue", "inference_cost_share", "ticker"]])
    yield Call("items of companies", "XLP_COMPANY", arguments, expected)
    yield Call("record of two companies", "XLP_COMPANY", ([[CRM], [NOW]],), VALUE)
    yield Call("record", "XLP_COMPANY", ("NOW", BLANK, "FY2024"), record_table(NOW, "FY2024"))


def record_table(company: str, year: str) -> list[list[Any]]:
    figures = next(row for row in rows("c") if (row["company"], row["fiscal_year"]) == (company, year))
    about = (
        "company", "ticker", "group", "business_model", "fiscal_year", "period_end", "currency", "source",
        "cik", "accession", "confidence", "note",
    )  # fmt: skip
    counted = inputs(company, 0.3, year=year)
    table: list[list[Any]] = [["item", "value", "unit", "low", "high", "basis", "note"]]
    table += [[item, figures[item], *[""] * 5] for item in about]
    financials = [name for name in figures if name in oracle.FINANCIALS]
    defaults = {"marginal_tax_rate": counted["income_tax_rate"], "one_off_net_income": 0.0}
    for name in financials:
        value = counted[name] if counted[name] is not None else defaults[name]
        table.append([name, value, ANY, *[""] * 4])
    own = {row["parameter"]: row for row in rows("a") if row["company"] == "*"}
    own |= {row["parameter"]: row for row in rows("a") if row["company"] == company}
    for name in (*oracle.EXPOSURES, *oracle.LEVERS):
        if name in own:
            row = own[name]
            table.append(
                [
                    name,
                    float(row["base"]),
                    ANY,
                    float(row["low"]),
                    float(row["high"]),
                    row["basis"],
                    row["note"],
                ]
            )
    return table


def analyses() -> Iterator[Call]:
    return function_calls_analysis.calls(Call, ANY, Rounded, inputs, (NA, NUM, VALUE))


CALLS: tuple[Call, ...] = tuple(
    call
    for part in (
        worked, values, reductions, levers, ranges, changes, scenarios, labels, bridges, sensitivities,
        own_figures, lists, analyses,
    )
    for call in part()
)  # fmt: skip
