"""The script that runs scenarios: a template's entries, or a table in any workbook, as a file of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.data.names import named
from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import MOST_ROWS, Chart, Column, Plan, cell, figure_of, head_of, style_of
from xlplugin.live.scripts import script
from xlplugin.live.settings import ENTRIES, filled_of, setting_of
from xlplugin.live.tables import open_table
from xlplugin.live.texts import text
from xlplugin.live.wording import scenario_words
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.formats import in_currency
from xlplugin.model.labels import label
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import FUNCTIONS

if TYPE_CHECKING:
    from xlplugin.batch.result import Result

#: What is shown where nobody names measures.
USUAL = (
    "base_operating_margin, operating_margin, operating_margin_change, gross_margin_change, "
    "operating_income_change, eps_change"
)

#: Bars of the chart at most: those that change most.
MOST_BARS = 20

Record = dict[str, Any]


@script("run_scenarios", *ENTRIES)
def run_scenarios(
    book: OpenBook,
    language: str,
    *,
    table: str = "",
    measures: str = USUAL,
    companies: str = "",
    fiscal_year: str = "",
) -> Plan:
    lines = [_line(name.strip()) for name in measures.split(",") if name.strip()]
    chosen = [name.strip() for name in companies.split(",") if name.strip()]
    of_template = book.is_template and not table.strip()
    run = _of_template if of_template else _of_table
    result, place = run(book, table, lines, chosen, fiscal_year)
    records = _records(result, lines, language)
    lead = next((line for line in lines if line.endswith("_change")), lines[0])
    where = text("run.entries" if of_template else "run.table", language, place=place)
    return Plan(
        text("run.title", language),
        (
            text("run.sentence", language, rows=len(records), where=where),
            *_sentences(records, lead, language),
        ),
        _columns(lines, language, money=_money(lines)),
        tuple(_shown(record, lines, language, money=_money(lines)) for record in records),
        (
            text("run.note", language),
            text("note.forecast", language),
            text("source.sheet" if book.is_template else "source.shipped", language),
            text("note.assumptions", language),
        ),
        _chart(records, lead, language),
    )


def _line(typed: str) -> str:
    name = named(typed, FUNCTIONS)
    if name is None:
        raise InputError.wrong("measures", typed, suggestion(typed, FUNCTIONS))
    return name


def _money(lines: Sequence[str]) -> bool:
    return any(UNITS[line].startswith("money") for line in lines)


def _of_template(
    book: OpenBook, table: str, lines: list[str], chosen: list[str], fiscal_year: str
) -> tuple[Result, str]:
    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection

    found = filled_of(book)
    if found.rows.wrong:
        raise InputError(
            list(dict.fromkeys(fault for faults in found.rows.wrong.values() for fault in faults))
        )
    selection = Selection.of(found.dataset, found.companies, None, lines, own=found.own)
    rows = found.rows
    if chosen:
        import numpy as np

        assert rows.companies is not None
        names = {found.dataset.company(name) for name in chosen}
        kept = [i for i, code in enumerate(rows.companies.each()) if rows.companies.values[code] in names]
        rows = rows.take(np.array(kept, dtype=np.intp))
    result = computed(rows, selection)
    if result.faults:
        raise InputError(result.faults)
    return result, book.name


def _of_table(
    book: OpenBook, table: str, lines: list[str], chosen: list[str], fiscal_year: str
) -> tuple[Result, str]:
    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection

    setting = setting_of(book)
    found = open_table(book, table, setting.dataset)
    selection = Selection.of(setting.dataset, chosen or None, fiscal_year or None, lines, own=setting.own)
    pairs = found.rows.count * (1 if found.rows.companies is not None else len(selection.cases))
    if pairs > MOST_ROWS:
        fix = "name fewer companies, or run it as a file: xlplugin run"
        raise InputError.outside("results", pairs, fix, f"at most {MOST_ROWS:,}", found.area.address)
    result = computed(found.rows, selection)
    if result.faults:
        raise InputError(found.located(result.faults))
    return result, found.area.address


def _records(result: Result, lines: list[str], language: str) -> list[Record]:
    """Return each result as a record: company, year, scenario in words, lines, whether it is ranked."""
    names = ("company", "fiscal_year", "scenario", "direction_undetermined", "general_assumptions", *lines)
    columns = [_listed(result.columns[name]) for name in names]
    records = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    for record in records:
        record["scenario"] = scenario_words(record["scenario"], language)
        record["currency"] = result.currencies.get(record["company"], "")
        record["flag"] = (
            "labs" if record["company"] in result.labs
            else "general" if record["general_assumptions"]
            else "undetermined" if record["direction_undetermined"] else ""
        )  # fmt: skip
    return records


def _listed(column: Any) -> list[Any]:
    if hasattr(column, "objects"):
        return list(column.objects())
    if hasattr(column, "numbers"):
        return [str(number) for number in column.numbers.tolist()]
    return list(column.tolist() if hasattr(column, "tolist") else column)


def _columns(lines: list[str], language: str, *, money: bool) -> tuple[Column, ...]:
    widths = {"company": 24, "fiscal_year": 13, "scenario": 26}
    first = [Column(text(f"column.{name}", language), width=width) for name, width in widths.items()]
    currency = [Column(text("column.currency", language), width=10)] if money else []
    figures = [Column(head_of(line, language), style_of(line), 17) for line in lines]
    return (*first, *currency, *figures, Column(text("column.group", language), width=42))


def _shown(record: Record, lines: list[str], language: str, *, money: bool) -> tuple[Any, ...]:
    flag = text(f"group.{record['flag']}", language) if record["flag"] else ""
    first = (record["company"] or "", record["fiscal_year"] or "", record["scenario"])
    currency = (record["currency"],) if money else ()
    return (*first, *currency, *(cell(record[line], line) for line in lines), flag)


def _sentences(records: list[Record], line: str, language: str) -> list[str]:
    """Say where the lead measure is highest and lowest, money left out where currencies differ."""
    ranked = [one for one in records if not one["flag"] and one[line] == one[line]]
    if UNITS[line].startswith("money") and len({one["currency"] for one in ranked}) > 1:
        return []
    told = []
    for key, best in (("most", max), ("least", min)):
        if ranked and (key == "most" or len(ranked) > 1):
            one = best(ranked, key=lambda record: record[line])
            value = in_currency(one[line], line, one["currency"], language)
            told.append(text(f"run.{key}", language, measure=label(line, language), company=one["company"],
                             scenario=one["scenario"], value=value))  # fmt: skip
    if any(one["flag"] for one in records):
        told.append(text("run.unranked", language))
    return told


def _chart(records: list[Record], line: str, language: str) -> Chart | None:
    known = [one for one in records if one[line] == one[line] and one["flag"] not in ("labs", "general")]
    if not known or (UNITS[line].startswith("money") and len({one["currency"] for one in known}) > 1):
        return None
    most = sorted(known, key=lambda one: -abs(one[line]))[:MOST_BARS]
    most.sort(key=lambda one: one[line])
    head = head_of(line, language, known[0]["currency"])
    key = "run.chart" if len(most) == len(known) else "run.chart.most"
    return Chart(
        "bars",
        text(key, language, measure=label(line, language), count=len(most), of=len(known)),
        head,
        (text("column.case", language), head),
        tuple((f"{one['company']}, {one['scenario']}", figure_of(cell(one[line], line))) for one in most),
        style_of(line),
    )
