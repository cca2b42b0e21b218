"""The margin table: every scenario, what it does to each company, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from xlplugin.cli.terminal import note, print_table
from xlplugin.data.shipped import shipped
from xlplugin.model.formats import shown

if TYPE_CHECKING:
    import pandas as pd

#: What tells two rows of results apart.
PAIR = ["company", "scenario"]

#: Companies beside each other in a table of ranges.
_ABREAST = 3

Row = Mapping[Hashable, Any]


def print_margins(result: pd.DataFrame) -> None:
    """Print change of gross and operating margin by scenario and company; labs apart."""
    names, scenarios = (list(dict.fromkeys(result[column])) for column in ("company", "scenario"))
    labs = list(filter(shipped().is_lab, names))
    listed = [name for name in names if name not in labs]
    general = set(result.loc[result["general_assumptions"], "company"])
    turning = set(result.loc[result["direction_undetermined"], "company"])
    by_pair = {(row["scenario"], row["company"]): row for row in result.to_dict("records")}
    rows = [["base (level)", *(_base(by_pair[scenarios[0], name]) for name in listed)]]
    rows += [[scenario, *(_margins(by_pair[scenario, name]) for name in listed)] for scenario in scenarios]
    headers = ["scenario", *(_head(name, turning, general) for name in listed)]
    print_table(headers, rows, title="Change of gross / operating margin, basis points", coloured=False)
    if labs:
        money = "/".join(sorted({result.attrs["currencies"][name] for name in labs}))
        rows = [[scenario, *(_income(by_pair[scenario, name]) for name in labs)] for scenario in scenarios]
        print_table(["scenario", *labs], rows, title=f"Labs, unranked: operating income, {money} m")
        note("Labs' figures are secondary (OpenAI) or theoretical (DeepSeek: serving cost alone).")
    if turning:
        note(
            f"† {', '.join(n for n in listed if n in turning)}: direction not determined by cost alone; it"
            " turns on the elasticity of demand for AI capacity around 1 (low 0.6, high 1.4)."
        )
    note(
        "#N/A: the deepseek presets do not apply to the labs; a price cut by DeepSeek is no cost cut for it."
    )
    if general:
        note(f"‡ {', '.join(n for n in listed if n in general)}: on general assumptions, shown and unranked.")
    still = [n for n in listed if _no_saving(by_pair.get(("development_only", n)))]
    if still:
        note(
            f"development_only is 0 at {', '.join(still)}: all that training saves is spent on more training."
        )
    note("Small effects are shown as small: AI model cost is about 1.2% of Salesforce's cost of revenue.")
    note(
        f"A what-if from {len(shipped().assumptions)} assumptions, most of them judgement;"
        " no forecast, no advice."
    )


def _head(name: str, turning: Collection[str], general: Collection[str]) -> str:
    mark = " ‡" if name in general else " †" if name in turning else ""
    return name.split()[0] + mark


def _no_saving(row: Row | None) -> bool:
    return row is not None and row["reinvestment"] == 1


def _base(row: Row) -> str:
    gross, operating = (shown(row[name], name) for name in ("base_gross_margin", "base_operating_margin"))
    return f"{gross}/{operating}"


def _margins(row: Row) -> str:
    gross, operating = (
        shown(row[name], name).removesuffix(" bp")
        for name in ("gross_margin_change", "operating_margin_change")
    )
    return f"{gross}/{operating}"


def _income(row: Row) -> str:
    change = row["operating_income_change"]
    if change != change and row["gross_profit"] == row["gross_profit"]:
        base = row["revenue"] - row["cost_of_revenue"]
        gained = row["gross_profit"] - base
        return f"{shown(gained if abs(gained) >= 0.05 else 0.0, 'operating_income_change')} gross"
    return shown(change, "operating_income_change")


def print_ranges(around: pd.DataFrame) -> None:
    """Print P10, P50 and P90 of the change of operating margin by scenario and company; labs are left out."""
    rows = [row for row in around.to_dict("records") if not shipped().is_lab(row["company"])]
    names, scenarios = (list(dict.fromkeys(row[column] for row in rows)) for column in PAIR)
    by_pair = {(row["scenario"], row["company"]): _percentiles(row) for row in rows}
    for start in range(0, len(names), _ABREAST):
        some = names[start : start + _ABREAST]
        table = [[scenario, *(by_pair[scenario, name] for name in some)] for scenario in scenarios]
        headers = ["scenario", *(name.split()[0] for name in some)]
        title = "P10/P50/P90 of the change of operating margin, basis points"
        print_table(headers, table, title=title if not start else "", coloured=False)
    note("64 draws of the assumptions that a scenario leaves open, its reduction held: no probability.")
    for row in rows:
        if row["percentile"] == row["percentile"] and row["why"]:
            place = f"{row['scenario']} at {row['company']}, percentile {row['percentile'] * 100:.0f}"
            note(f"* {place}: {row['why']}.")


def _percentiles(row: Row) -> str:
    points = [row[name] * 10_000 for name in ("p10", "p50", "p90")]
    if points[1] != points[1]:
        return "#N/A"
    words = "/".join(f"{point:.1f}" for point in points)
    return f"{words}*" if row["why"] else words
