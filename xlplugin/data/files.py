"""Tables of companies, assumptions and scenarios, read as strictly from users as from the package."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from xlplugin.data.dataset import Dataset, year_key
from xlplugin.data.names import column_rows, columns_named, name_key, named, nearly_named
from xlplugin.data.records import ANY_COMPANY, BASES, BUSINESS_MODELS, GROUPS, Assumption, Figures, Scenario
from xlplugin.data.row_entries import Entries
from xlplugin.entries.meaning import key
from xlplugin.files.tables import Table, header_name
from xlplugin.model.domains import no_stand_in
from xlplugin.model.errors import Fault, InputError, gathering, suggestion
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS
from xlplugin.model.lines import LINES
from xlplugin.model.messages import Typed, message, plain

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

#: What each table may hold.
TABLES = {"companies": COMPANY_COLUMNS, "assumptions": ASSUMPTION_COLUMNS, "scenarios": SCENARIO_COLUMNS}

#: What may stand in an assumptions table, beside ``*`` or a company's name.
PARAMETERS = (*EXPOSURES, *LEVERS, "annual_decline")

#: Figures in filings are rounded to millions: operating income may differ from its parts by that.
INCOME_TIE = 0.5
#: ... and EPS to cents; net income, rounded as well, adds its own rounding over the shares.
EPS_TIE = 0.005


def figures_of(table: Table) -> list[Figures]:
    """Return the companies of a table; InputError with every fault found."""
    return _rows(table, "companies", ("company", "fiscal_year"), _figures)


def assumptions_of(table: Table, dataset: Dataset) -> list[Assumption]:
    """Return the assumptions of a table whose companies the dataset knows."""
    return _rows(table, "assumptions", ("company", "parameter"), partial(_assumption, dataset=dataset))


def scenarios_of(table: Table, dataset: Dataset) -> list[Scenario]:
    """Return the scenarios of a table."""
    return _rows(table, "scenarios", ("scenario",), partial(_scenario, dataset=dataset))


def _rows(table: Table, kind: str, keys: tuple[str, ...], read: Callable[[Entries], Any]) -> list[Any]:
    """Return what ``read`` makes of each row of a table of a kind; rows of the same ``keys`` are faults."""
    header, required = _header(table, kind)
    faults: list[Fault] = []
    read_rows, seen = [], set()
    for i, raw in enumerate(table.rows(), start=1):
        place = message("row {i}", i=i)
        if table.source:
            place = message("{source}, row {i}", source=table.source, i=i)
        entries = Entries(dict(zip(header, raw, strict=True)), place, table.decimal, faults)
        for name in required:
            known = len(faults)
            if not entries.text(name) and len(faults) == known:
                entries.fault(name, plain("blank"), message("enter a {name}", name=Typed(name)))
        read_rows.append(read(entries))
        identity = tuple(_identity(name, read_rows[-1], entries) for name in keys)
        if identity in seen:
            shown = ", ".join(filter(None, identity))
            entries.fault(keys[0], shown, "remove the second row of the same key")
        seen.add(identity)
    if faults:
        raise InputError(faults)
    return read_rows


def _identity(name: str, row: Any, entries: Entries) -> str:
    """Return the form of an entry in which two rows are of the same key, by name, ticker or label."""
    meant = getattr(row, "name" if name == "scenario" else name) or entries.text(name)
    return {"fiscal_year": year_key, "scenario": name_key}.get(name, key)(meant)


def _header(table: Table, kind: str) -> tuple[list[str], list[str]]:
    """Return the columns of a table in order, and those to be filled; InputError for another header."""
    known, whole = TABLES[kind], Entries({}, table.source or None, None, [])
    header = columns_named(table.columns, known, kind)
    required = [row["column"] for row in column_rows(kind) if row["needed"] == yes_or_no(True)]
    for typed, name in zip(table.columns, header, strict=True):
        if name is None and not (kind == "assumptions" and header_name(typed) == "unit"):
            fix = message("known columns: {names}", names=", ".join(known))
            if near := nearly_named(typed, known):
                fix = message("did you mean {near}?", near=near)
            whole.fault("column", typed, fix)
        elif name and header.count(name) > 1:
            fix = message("it stands for {name}, as another column does: remove one", name=Typed(name))
            whole.fault("column", typed, fix)
    for name in required:
        if name not in header:
            whole.fault("column", name, "add this column")
    if not table.count and not whole.faults:
        whole.fault("table", plain("no rows"), "give at least one row")
    if whole.faults:
        raise InputError(whole.faults)
    return [name or "unit" for name in header], required


def _figures(entries: Entries) -> Figures:
    before = len(entries.faults)
    values = {name: entries.number(name) for name in FINANCIALS}
    ties = {name: entries.number(name) for name in _TIES}
    texts: dict[str, Any] = {"period_end": entries.date("period_end")}
    texts |= {name: entries.text(name) for name in (*_COMPANY_TEXTS, *_COMPANY_NOTES) if name not in texts}
    texts["currency"] = texts["currency"] or "USD"
    texts["group"] = entries.word("group", GROUPS)
    texts["business_model"] = entries.word("business_model", BUSINESS_MODELS)
    if len(entries.faults) == before:
        entries.faults.extend(_tie_faults(values, ties, entries.place))
    return Figures(values=values, **{**texts, **ties})


def _tie_faults(values: Mapping[str, float], ties: Mapping[str, float], place: str | None) -> Iterable[Fault]:
    costs = [LINES["base_operating_income"].__code__.co_varnames[i] for i in range(1, 6)]
    income = values["revenue"] - sum(values[name] for name in costs)
    if abs(income - ties["operating_income"]) > INCOME_TIE:
        fix = message(
            "revenue less costs is {income:g}: correct a cost or operating_income, or leave that blank",
            income=income,
        )
        yield Fault(place, "operating_income", ties["operating_income"], f"{income:g} +/- {INCOME_TIE}", fix)
    eps, tie = values["net_income"] / values["diluted_shares"], EPS_TIE + 0.5 / values["diluted_shares"]
    if abs(eps - ties["diluted_eps"]) > tie * (1 + 1e-9):
        fix = message(
            "net_income over diluted_shares is {eps:.4f}: correct one of them, or leave diluted_eps blank",
            eps=eps,
        )
        yield Fault(place, "diluted_eps", ties["diluted_eps"], f"{eps:.4f} +/- {tie:.4f}", fix)
    if math.isnan(values["marginal_tax_rate"]):
        fault = no_stand_in("marginal_tax_rate", values["income_tax_rate"], row=place)
        yield from (fault,) if fault else ()


def _assumption(entries: Entries, dataset: Dataset) -> Assumption:
    company, typed = entries.text("company"), entries.text("parameter")
    if company.startswith(ANY_COMPANY):
        model = company.removeprefix(ANY_COMPANY)
        company = ANY_COMPANY + entries.word("business_model", BUSINESS_MODELS, model)
    elif company:
        with gathering(entries.faults):
            company = dataset.company(company, entries.place)
    parameter = named(typed, PARAMETERS) or ""
    if typed and not parameter:
        entries.fault("parameter", typed, suggestion(header_name(typed), PARAMETERS))
    low, base, high = (entries.number(name, parameter) for name in ("low", "base", "high"))
    low, high = base if math.isnan(low) else low, base if math.isnan(high) else high
    if low > base or base > high:
        shown = message("low {low:g}, base {base:g}, high {high:g}", low=low, base=base, high=high)
        fix = "order them low <= base <= high"
        entries.faults.append(Fault(entries.place, parameter, shown, "", fix))
    basis = entries.word("basis", BASES) or BASES[-1]
    return Assumption(
        company, parameter, low, base, high, basis, entries.text("fiscal_year"), entries.text("note")
    )


def _scenario(entries: Entries, dataset: Dataset) -> Scenario:
    levers = {name: entries.number(name) for name in LEVERS}
    excluded, name = entries.companies("not_applicable_to", dataset), entries.text("scenario")
    given = {lever: value for lever, value in levers.items() if value == value}
    alternative = entries.word("alternative", ("yes", "no")) != yes_or_no(False)
    return Scenario(name, entries.text("label") or name, given, alternative, excluded, entries.text("note"))


def yes_or_no(answer: bool) -> str:
    """Return how a table writes an answer."""
    return "yes" if answer else "no"
