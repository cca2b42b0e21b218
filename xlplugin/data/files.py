"""Tables of companies, assumptions and scenarios, read as strictly from users as from the package."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from xlplugin.data.dataset import Dataset, year_key
from xlplugin.data.records import (
    ANY_COMPANY,
    BASES,
    BUSINESS_MODELS,
    GROUPS,
    Assumption,
    Figures,
    Scenario,
)
from xlplugin.entries.meaning import key, number, text
from xlplugin.files.tables import Table, header_name, unknown_columns
from xlplugin.model.domains import no_stand_in
from xlplugin.model.errors import CellError, Fault, InputError, suggestion
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS
from xlplugin.model.lines import LINES

_COMPANY_TEXTS = (
    "company", "ticker", "group", "business_model", "fiscal_year", "period_end", "currency",
)  # fmt: skip
_COMPANY_NOTES = ("source", "cik", "accession", "confidence", "note")
_TIES = ("operating_income", "diluted_eps")

COMPANY_COLUMNS = (
    *_COMPANY_TEXTS,
    *FINANCIALS[:6],
    "operating_income",
    *FINANCIALS[6:11],
    "diluted_eps",
    *FINANCIALS[11:],
    *_COMPANY_NOTES,
)
ASSUMPTION_COLUMNS = ("company", "parameter", "low", "base", "high", "basis", "fiscal_year", "note")
SCENARIO_COLUMNS = ("scenario", "label", *LEVERS, "alternative", "not_applicable_to", "note")

#: What may stand in an assumptions table, beside ``*`` or a company's name.
PARAMETERS = (*EXPOSURES, *LEVERS, "annual_decline")

#: Figures in filings are rounded to millions: operating income may differ from its parts by that.
INCOME_TIE = 0.5
#: ... and EPS to cents; net income, rounded as well, adds its own rounding over the shares.
EPS_TIE = 0.005


def figures_of(table: Table) -> list[Figures]:
    """Return the companies of a table; InputError with every fault found."""
    return _rows(table, COMPANY_COLUMNS, ("company",), _figures, ("company", "fiscal_year"))


def assumptions_of(table: Table, dataset: Dataset) -> list[Assumption]:
    """Return the assumptions of a table whose companies the dataset knows."""

    def read(row: Mapping[str, Any], place: str, decimal: str | None, faults: list[Fault]) -> Assumption:
        return _assumption(row, place, decimal, faults, dataset)

    return _rows(
        table, (*ASSUMPTION_COLUMNS, "unit"), ("company", "parameter", "base"), read, ("company", "parameter")
    )


def scenarios_of(table: Table, dataset: Dataset) -> list[Scenario]:
    """Return the scenarios of a table."""

    def read(row: Mapping[str, Any], place: str, decimal: str | None, faults: list[Fault]) -> Scenario:
        return _scenario(row, place, decimal, faults, dataset)

    return _rows(table, SCENARIO_COLUMNS, ("scenario",), read, ("scenario",))


def _rows(
    table: Table,
    known: tuple[str, ...],
    required: tuple[str, ...],
    read: Callable[[Mapping[str, Any], str, str | None, list[Fault]], Any],
    keys: tuple[str, ...],
) -> list[Any]:
    faults = unknown_columns(table.columns, known, table.source)
    present = [header_name(name) for name in table.columns]
    faults += [
        Fault(table.source or None, "column", name, "", "add this column", CellError.WRONG_TYPE)
        for name in required
        if name not in present
    ]
    if not table.count and not faults:
        fault = Fault(
            table.source or None, "table", "no rows", "", "give at least one row", CellError.WRONG_TYPE
        )
        faults.append(fault)
    if faults:
        raise InputError(faults)
    read_rows, seen = [], set()
    for i, raw in enumerate(table.rows(), start=1):
        row = {header_name(name): value for name, value in raw.items()}
        place = f"{table.source}, row {i}" if table.source else f"row {i}"
        faults += [
            Fault(place, name, "blank", "", f"enter a {name}", CellError.WRONG_TYPE)
            for name in required
            if not _text(row.get(name))
        ]
        read_rows.append(read(row, place, table.decimal, faults))
        identity = tuple((year_key if name == "fiscal_year" else key)(_text(row.get(name))) for name in keys)
        if identity in seen:
            shown = ", ".join(filter(None, identity))
            faults.append(
                Fault(
                    place, keys[0], shown, "", "remove the second row of the same key", CellError.WRONG_TYPE
                )
            )
        seen.add(identity)
    if faults:
        raise InputError(faults)
    return read_rows


def _number(
    row: Mapping[str, Any], name: str, rule: str, place: str, decimal: str | None, faults: list[Fault]
) -> float:
    try:
        value = number(row.get(name), rule, row=place, decimal=decimal)
    except InputError as error:
        faults.extend(error.faults)
        return math.nan
    return math.nan if value is None else value


def _figures(row: Mapping[str, Any], place: str, decimal: str | None, faults: list[Fault]) -> Figures:
    before = len(faults)
    values = {name: _number(row, name, name, place, decimal, faults) for name in FINANCIALS}
    ties = {name: _number(row, name, name, place, decimal, faults) for name in _TIES}
    texts: dict[str, Any] = {name: _text(row.get(name)) for name in (*_COMPANY_TEXTS, *_COMPANY_NOTES)}
    texts["period_end"] = _date(row, "period_end", place, faults)
    texts["currency"] = texts["currency"] or "USD"
    for name, known in (("group", GROUPS), ("business_model", BUSINESS_MODELS)):
        texts[name] = _word(texts[name], name, known, place, faults)
    if len(faults) == before:
        faults += _tie_faults(values, ties, place)
    return Figures(values=values, **{**texts, **ties})


def _tie_faults(values: Mapping[str, float], ties: Mapping[str, float], place: str) -> Iterable[Fault]:
    costs = [LINES["base_operating_income"].__code__.co_varnames[i] for i in range(1, 6)]
    income = values["revenue"] - sum(values[name] for name in costs)
    if abs(income - ties["operating_income"]) > INCOME_TIE:
        fix = f"revenue less costs is {income:g}: correct a cost or operating_income, or leave that blank"
        yield Fault(place, "operating_income", ties["operating_income"], f"{income:g} +/- {INCOME_TIE}", fix)
    eps, tie = values["net_income"] / values["diluted_shares"], EPS_TIE + 0.5 / values["diluted_shares"]
    if abs(eps - ties["diluted_eps"]) > tie * (1 + 1e-9):
        fix = f"net_income over diluted_shares is {eps:.4f}: correct one of them, or leave diluted_eps blank"
        yield Fault(place, "diluted_eps", ties["diluted_eps"], f"{eps:.4f} +/- {tie:.4f}", fix)
    if math.isnan(values["marginal_tax_rate"]):
        fault = no_stand_in("marginal_tax_rate", values["income_tax_rate"], row=place)
        yield from (fault,) if fault else ()


def _date(row: Mapping[str, Any], name: str, place: str, faults: list[Fault]) -> str:
    value = row.get(name)
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()[:10]
    shown = _text(value)
    if shown:
        try:
            return _day(shown).isoformat()
        except ValueError:
            fault = Fault(
                place, name, shown, "a date such as 2025-12-31", "write it so", CellError.WRONG_TYPE
            )
            faults.append(fault)
    return ""


def _day(shown: str) -> dt.date:
    """Return the day a text names, also as spreadsheets save it: 31.12.2025, 12/31/2025; else ValueError."""
    typed = re.fullmatch(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})", shown)
    if typed is None:
        return dt.date.fromisoformat(shown[:10])
    first, sign, second, year = int(typed[1]), typed[2], int(typed[3]), int(typed[4])
    if sign == "/" and first <= 12 and second <= 12 and first != second:
        raise ValueError(f"{shown} may be two days")
    day_first = sign == "." or first > 12
    return dt.date(year, second, first) if day_first else dt.date(year, first, second)


def _assumption(
    row: Mapping[str, Any], place: str, decimal: str | None, faults: list[Fault], dataset: Dataset
) -> Assumption:
    company, parameter = _text(row.get("company")), header_name(_text(row.get("parameter")))
    if company.startswith(ANY_COMPANY):
        model = company.removeprefix(ANY_COMPANY)
        company = ANY_COMPANY + _word(model, "business_model", BUSINESS_MODELS, place, faults)
    elif company:
        try:
            company = dataset.company(company, place)
        except InputError as error:
            faults.extend(error.faults)
    if parameter and parameter not in PARAMETERS:
        fix = suggestion(parameter, PARAMETERS)
        faults.append(Fault(place, "parameter", parameter, "", fix, CellError.WRONG_TYPE))
        parameter = ""
    low, base, high = (
        _number(row, name, parameter or name, place, decimal, faults) for name in ("low", "base", "high")
    )
    low, high = base if math.isnan(low) else low, base if math.isnan(high) else high
    if low > base or base > high:
        fix = "order them low <= base <= high"
        faults.append(Fault(place, parameter, f"low {low:g}, base {base:g}, high {high:g}", "", fix))
    basis = _word(_text(row.get("basis")), "basis", BASES, place, faults) or BASES[-1]
    return Assumption(
        company, parameter, low, base, high, basis, _text(row.get("fiscal_year")), _text(row.get("note"))
    )


def _scenario(
    row: Mapping[str, Any], place: str, decimal: str | None, faults: list[Fault], dataset: Dataset
) -> Scenario:
    levers = {name: _number(row, name, name, place, decimal, faults) for name in LEVERS}
    excluded = []
    for name in filter(None, (part.strip() for part in _text(row.get("not_applicable_to")).split(";"))):
        try:
            excluded.append(dataset.company(name, place))
        except InputError as error:
            faults.extend(error.faults)
    name = _text(row.get("scenario"))
    given = {lever: value for lever, value in levers.items() if value == value}
    typed = _word(_text(row.get("alternative")), "alternative", ("yes", "no"), place, faults)
    alternative = typed != yes_or_no(False)
    label, note = _text(row.get("label")) or name, _text(row.get("note"))
    return Scenario(name, label, given, alternative, tuple(excluded), note)


def yes_or_no(answer: bool) -> str:
    """Return how a table writes an answer."""
    return "yes" if answer else "no"


def _word(typed: str, name: str, known: tuple[str, ...], place: str, faults: list[Fault]) -> str:
    """Return one of the known words, blank where none is typed; another is a fault."""
    word = key(typed)
    if word and word not in known:
        faults.append(
            Fault(place, name, typed, ", ".join(known), suggestion(word, known), CellError.WRONG_TYPE)
        )
    return word


def _text(value: Any) -> str:
    return text(value) or ""
