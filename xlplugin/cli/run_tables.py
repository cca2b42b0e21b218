"""What a run prints: value and change of a measure in one column, within the width."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.batch.display import mark_of
from xlplugin.cli.language import called, listed, not_available, shown, text
from xlplugin.cli.terminal import abreast, note, print_table
from xlplugin.cli.wording import scenario_words, year_words
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import FUNCTIONS

if TYPE_CHECKING:
    import pandas as pd

#: What a person sees of a run without --lines. Operating income is for companies that make a loss.
SHOWN_LINES = (
    "gross_margin", "gross_margin_change", "operating_margin", "operating_margin_change", "eps", "eps_change",
)  # fmt: skip
#: What they need besides.
LOSS_LINES = ("base_operating_income", "operating_income", "operating_income_change")


def print_results(result: pd.DataFrame, lines: Sequence[str] | None) -> None:
    """Print one row for each company and scenario, and notes on what the figures rest on."""
    chosen = [name for name in (lines or SHOWN_LINES) if name in FUNCTIONS]
    records: Any = result.astype(object).where(result.notna(), None).to_dict("records")
    names = [[_company(r), _year(r["fiscal_year"]), scenario_words(r["scenario"])] for r in records]
    pairs = _pairs(chosen)
    money = result.attrs.get("currencies", {})
    for gap in ("  ", " "):  # closer together where that does not fit
        columns = [_column(pair, records, money, lines is None, gap) for pair in pairs]
        headers = [text("column.company"), text("run.column.year"), text("column.scenario")]
        headers += [title for title, _ in columns]
        rows = [[*name, *(cells[i] for _, cells in columns)] for i, name in enumerate(names)]
        if len(abreast(headers, rows, 3)) == 1:
            break
    print_table(headers, rows, text_columns=3, dim=(1,), coloured=False)
    _notes(result, lines)


def _pairs(chosen: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the lines, a line together with its change where both are chosen."""
    changes = {f"{name}_change" for name in chosen}
    return [
        (name, f"{name}_change") if f"{name}_change" in chosen else (name,)
        for name in chosen
        if name not in changes
    ]


def _column(
    pair: tuple[str, ...],
    records: Sequence[Mapping[str, Any]],
    currencies: Mapping[str, str],
    may_swap: bool,
    gap: str,
) -> tuple[str, list[str]]:
    """Return a column's header and cells, values and changes each aligned to the right.

    The header names the currency of money, or each cell where there are several.
    """
    parts = [_cell(pair, record, may_swap) for record in records]
    several = sorted(set(currencies.values()))
    if UNITS[pair[0]].startswith("money") and len(several) > 1:
        parts = [
            (f"{currencies.get(record['company'], '')} {cell[0]}", *cell[1:]) if cell[-1] else cell
            for cell, record in zip(parts, records, strict=True)
        ]
    widths = [max((len(cell[i]) for cell in parts), default=0) for i in range(len(pair))]
    cells = [gap.join(part.rjust(width) for part, width in zip(cell, widths, strict=True)) for cell in parts]
    title = called(pair[0]).replace("_", " ").replace("eps", "EPS")
    unit = ""
    if UNITS[pair[0]].startswith("money"):
        kind, money = UNITS[pair[0]].replace(" ", "_"), several[0] if len(several) == 1 else ""
        unit = text(f"unit.short.{kind}", currency=money).strip()
    return (f"{title}, {unit}" if unit else title), cells


def _cell(pair: tuple[str, ...], record: Mapping[str, Any], may_swap: bool) -> tuple[str, ...]:
    base = record.get("base_operating_income")
    if may_swap and pair[0] == "operating_margin" and base is not None and base < 0:
        level = shown(record["operating_income"], "operating_income")
        change = shown(record["operating_income_change"], "operating_income_change")
        return level, change
    parts = tuple(shown(record[name], name) for name in pair)
    return (not_available(), *("" for _ in parts[1:])) if set(parts) == {not_available()} else parts


def _company(record: Mapping[str, Any]) -> str:
    return f"{record['company'] or '?'}{mark_of(record)}"


def _year(year: str | None) -> str:
    day = (year or "-").removesuffix(" annualised")
    return year_words(day) if day == (year or "-") else f"{day[:4]}*"


def _notes(result: pd.DataFrame, lines: Sequence[str] | None) -> None:
    if lines is None and (result["base_operating_income"] < 0).any():
        note(text("run.loss"))
    if result["direction_undetermined"].any():
        note(text("note.undetermined", lever=called("market_elasticity")))
    if result["general_assumptions"].any():
        note(text("run.general"))
    if any(" annualised" in str(year) for year in result["fiscal_year"].unique()):
        note(text("run.annualised"))
    fallbacks = sorted(set(";".join(map(str, result["fallback_exposures"].unique())).split(";")) - {""})
    if fallbacks:
        note(text("run.fallback", names=listed(fallbacks)))
    if result["exposure_year_differs"].any():
        note(text("run.other_year"))
    note(text("run.more"))
