"""Reading a filled template: its entries, own values, added companies and years, by defined names.

Only what the analyst typed is read, never a computed cell; names are the same in every language. As in
the workbook itself an entry is a number or blank; anything else is a fault that names the cell. The
data that the template stands on is adopted first (:mod:`template_data`), then entries become rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

from xlplugin.batch.readers.template_blocks import Blocks, Typed, is_template
from xlplugin.batch.readers.template_data import adopted, entered
from xlplugin.batch.readers.template_layout import check_layout
from xlplugin.batch.rows import Rows
from xlplugin.data.dataset import Dataset
from xlplugin.data.precedence import OWN_VALUES, case
from xlplugin.data.records import ANY_COMPANY
from xlplugin.entries.columns import Coded
from xlplugin.entries.meaning import key, text
from xlplugin.model.errors import CellError, Fault, InputError, gathering
from xlplugin.model.inputs import LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.messages import message
from xlplugin.workbook.builder.typed_words import NO, TO_ARTICLE, YEARS, is_plain_name, says, trimmed

__all__ = ["Filled", "filled", "is_template", "read_template"]

#: Your case's own reductions by company; ``_all`` behind it, the one for all. Editions to 0.1.0 lack both.
YOUR_REDUCTION = "xlp_in_your_reduction"

#: Stands for the fiscal year of a company that is asked for as of the article and has none.
ARTICLE = "article"

#: Names by slot, in the order of the template; free slots are left out.
Names = Mapping[int, str]

#: What is wrong, by slot.
Faults = defaultdict[int, list[Fault]]


@dataclass
class Filled:
    """A filled template: rows (scenarios, then companies), the data they run on, own values by company."""

    rows: Rows
    dataset: Dataset
    companies: list[str]
    own: dict[str, dict[str, float]]


def read_template(path: Path, dataset: Dataset) -> Filled:
    """Return what a filled template asks for; faults of entries are in its rows.

    Raises InputError where the file cannot be read or a name of the contract is missing.
    """
    return filled(Blocks(path), path, dataset)


def filled(blocks: Blocks, path: Path, dataset: Dataset) -> Filled:
    """Return what the blocks of a template ask for; see :func:`read_template`."""
    check_layout(blocks, path)
    of_company, of_scenario = Faults(list), Faults(list)
    of_data = {one.company for one in dataset.figures.values()}
    companies = _names("companies", blocks.column("xlp_companies"), of_data, of_company)
    scenarios = _names("scenarios", blocks.row("xlp_scenarios"), set(dataset.scenarios), of_scenario)
    dataset = adopted(blocks, companies, dataset, of_company)
    years = _years(blocks, companies, dataset, of_company)
    own = _own(blocks, companies, years, dataset, of_company)
    levers, of_reduction = _levers(blocks, scenarios, of_scenario)
    pairs = [(scenario, company) for scenario in scenarios for company in companies]
    given = {name: np.array([by_slot[scenario] for scenario, _ in pairs]) for name, by_slot in levers.items()}
    wrong: dict[int, list[Fault]] = {}
    for i, faults in enumerate(_reductions(blocks, pairs, given, of_reduction)):
        scenario, company = pairs[i]
        if faults := [*of_company[company], *of_scenario[scenario], *faults]:
            wrong[i] = faults
    known = {slot: _known(dataset, name) for slot, name in companies.items()}
    rows = Rows(
        len(pairs),
        Coded.of([scenarios[scenario] for scenario, _ in pairs]),
        given,
        companies=Coded.of([known[company] for _, company in pairs]),
        fiscal_years=Coded.of([years[company] for _, company in pairs]),
        wrong=wrong,
    )
    return Filled(rows, dataset, list(dict.fromkeys(filter(None, known.values()))), own)


def _names(what: str, cells: list[Typed], of_data: Set[str], faults: Faults) -> dict[int, str]:
    """Names by slot, judged as the sheet judges them: texts, each once, whatever its case.

    The blanks of names that stand in data, ``of_data``, are as they are there.
    """
    names: dict[int, str] = {}
    for slot, (cell, value) in enumerate(cells):
        name: str | None = str(value)
        with gathering(faults[slot]):
            name = text(value, f"xlp_{what}", row=cell)
        if name is None:
            continue
        if not faults[slot] and (fix := _unfit(value, name, value in of_data)):
            faults[slot].append(_refused(what, (cell, value), fix))
        names[slot] = name
    for slot, name in names.items():
        for before, known in names.items():
            if before == slot:
                break
            fix = message("{other} is named already: name each once, or clear the cell", other=known)
            for lost, mine, other in ((slot, name, known), (before, known, name)):
                if _alike(other, mine) and not faults[lost]:
                    faults[lost].append(_refused(what, cells[slot], fix))  # the later name is to change
    return names


def _unfit(value: Any, name: str, of_data: bool) -> str | None:
    """Return what to do about a text that no sheet takes for a name, None for one that it takes."""
    if not isinstance(value, str):
        return "type it as text (in a sheet with an apostrophe before it)"
    if name == ANY_COMPANY:
        return message("{sign} stands for every name: type one of its own", sign=ANY_COMPANY)
    if name.upper() in ("TRUE", "FALSE") or "~" in name:
        return "type another name: formulas of a sheet take this one for something else"
    if not (of_data or is_plain_name(value)):
        return "take out the blanks around it, and those that stand twice"
    return None


def _refused(what: str, typed: Typed, fix: str) -> Fault:
    return Fault(typed[0], what, typed[1], "a name of its own", fix, CellError.WRONG_TYPE)


def _alike(known: str, name: str) -> bool:
    """Whether a sheet takes ``name`` for ``known``: whatever the case, ``*`` and ``?`` for any letters."""
    return key(known) == key(name) or fnmatchcase(known.casefold(), name.casefold().replace("[", "[[]"))


def _known(dataset: Dataset, name: str) -> str:
    """Return the dataset's spelling of a name, "" where it knows none."""
    found = dataset.meant(name)
    return found[0] if len(found) == 1 else ""


def _years(blocks: Blocks, companies: Names, dataset: Dataset, faults: Faults) -> dict[int, str | None]:
    """The fiscal year of each company: its own, else the switch's, else the latest."""
    switch, wrote = blocks.row("xlp_in_as_of")[0] if "xlp_in_as_of" in blocks else ("", None)
    as_of = ARTICLE if says(wrote, *TO_ARTICLE) else None
    unknown = bool(trimmed(wrote)) and not as_of and not says(wrote, *NO)
    typed = blocks.column("xlp_in_fiscal_year")
    years: dict[int, str | None] = {}
    for slot, name in companies.items():
        cell, value = typed[slot]
        years[slot] = None
        if name not in dataset.companies:
            if not faults[slot]:
                fix = "enter its figures on the sheet Companies, or clear the name"
                faults[slot].append(Fault(cell, "company", name, "", fix, CellError.NOT_AVAILABLE))
        elif trimmed(value):
            with gathering(faults[slot]):
                years[slot] = _own_year(dataset, name, value, cell)
        elif unknown:
            faults[slot].append(Fault(switch, "xlp_in_as_of", wrote, "yes or no", "choose one of the list"))
        else:
            years[slot] = _as_of_article(blocks, dataset, name, slot) if as_of else dataset.year(name)
    return years


def _as_of_article(blocks: Blocks, dataset: Dataset, company: str, slot: int) -> str:
    """Return a company's year as of the article, ``ARTICLE`` itself where it has none.

    An added company has but one. Of one that the template was written with, the template knows which.
    """
    if slot >= len(blocks.column("xlp_companies")) - len(blocks.column("xlp_in_company_fiscal_year")):
        return dataset.year(company)
    with suppress(InputError):
        return dataset.year(company, ARTICLE)
    place = blocks.column("xlp_article_place")[slot][1] if "xlp_article_place" in blocks else None
    if not isinstance(place, (int, float)):
        return ARTICLE
    held = blocks.column("xlp_figures_key")[int(place) - 1][1]
    return str(held).partition("|")[2] or ARTICLE


def _own_year(dataset: Dataset, company: str, value: Any, cell: str) -> str:
    """Return the year that is typed for a company, as the sheet finds it: by its name or without its FY."""
    asked = trimmed(value)
    for year in dataset.years(company):
        if year.casefold() in (asked.casefold(), f"fy{asked}".casefold()):
            return year
    if not says(value, *YEARS):
        asked = text(value, "fiscal_year", row=cell) or asked  # an error value, TRUE or a date is told of
        fix = message("{company} has {names}", company=company, names=", ".join(dataset.years(company)))
        raise InputError.missing("fiscal_year", asked, fix, row=cell)
    return dataset.year(company, ARTICLE, row=cell)


def _own(
    blocks: Blocks, companies: Names, years: Mapping[int, str | None], dataset: Dataset, faults: Faults
) -> dict[str, dict[str, float]]:
    """Own values and references by company; none where shares pass their whole."""
    columns = blocks.columns("xlp_in_own_", OWN_VALUES) | blocks.columns("xlp_in_", REFERENCES)
    own: dict[str, dict[str, float]] = {}
    for slot, company in companies.items():
        named_well = not faults[slot]  # else the row is refused, and its values count for no company
        values = {name: entered(column[slot], name, faults[slot]) for name, column in columns.items()}
        own[company] = {name: value for name, value in values.items() if named_well and value == value}
        try:
            if company in dataset.companies:
                case(dataset, company, years[slot], own[company])
        except InputError as error:
            faults[slot] += error.faults
            own[company] = {}
    return own


def _levers(
    blocks: Blocks, scenarios: Names, faults: Faults
) -> tuple[dict[str, dict[int, float]], list[Fault]]:
    """Every lever's entry by scenario; and what is wrong with the one reduction of your case.

    Blanks of your case, the first scenario, take what the template says beside them.
    """
    levers: dict[str, dict[int, float]] = {}
    of_your_case: list[Fault] = []
    yours = 0 if YOUR_REDUCTION in blocks else None
    for name in (*LEVERS[1:], REDUCTIONS[0]):  # the order in which faults are told
        cells = blocks.row(f"xlp_in_{'scenario_' if name == REDUCTIONS[0] else ''}{name}")
        own = {slot: (cells[slot], faults[slot]) for slot in scenarios}
        if yours in own and name == REDUCTIONS[0]:
            own[yours] = (blocks.column(f"{YOUR_REDUCTION}_all")[0], of_your_case)
        levers[name] = {slot: entered(cell, name, told) for slot, (cell, told) in own.items()}
        if yours in own and own[yours][0][1] in (None, "") and f"xlp_blank_{name}" in blocks:
            levers[name][yours] = entered(blocks.column(f"xlp_blank_{name}")[0], name, faults[yours])
    return {name: levers[name] for name in LEVERS}, of_your_case


def _reductions(
    blocks: Blocks, pairs: list[tuple[int, int]], given: dict[str, np.ndarray], of_your_case: list[Fault]
) -> list[list[Fault]]:
    """Put each pair's own reduction into ``given``, blank where the scenario's is not for the company.

    ``of_your_case``: what is wrong with the one reduction that companies without an own entry take.
    Returns what is wrong with each pair's entry.
    """
    entries = blocks.rows("xlp_in_cost_reduction")
    yours = blocks.column(YOUR_REDUCTION) if YOUR_REDUCTION in blocks else None
    applies = blocks.rows("xlp_applies") if "xlp_applies" in blocks else None
    wrong: list[list[Fault]] = [[] for _ in pairs]
    for i, (scenario, company) in enumerate(pairs):
        if applies and applies[company][scenario][1] == 0:
            for name in REDUCTIONS:
                given[name][i] = np.nan
        mine = yours is not None and scenario == 0
        typed = yours[company] if yours and mine else entries[company][scenario]
        entry = entered(typed, REDUCTIONS[0], wrong[i])
        if mine and typed[1] in (None, ""):
            wrong[i] += of_your_case
        if entry == entry:
            given[REDUCTIONS[0]][i] = entry
    return wrong
