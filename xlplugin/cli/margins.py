"""The margin table: every scenario, what it does to each company, and how sure that is."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from xlplugin.cli.language import bare, figure, not_available, shown, text
from xlplugin.cli.terminal import note, print_table
from xlplugin.cli.wording import scenario_words
from xlplugin.data.shipped import shipped

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
    words = {scenario: scenario_words(scenario) for scenario in scenarios}
    rows = [[text("margins.base"), *(_base(by_pair[scenarios[0], name]) for name in listed)]]
    rows += [
        [words[scenario], *(_margins(by_pair[scenario, name]) for name in listed)] for scenario in scenarios
    ]
    headers = [text("column.scenario"), *(_head(name, turning, general) for name in listed)]
    print_table(headers, rows, title=text("margins.title"), coloured=False)
    if labs:
        money = "/".join(sorted({result.attrs["currencies"][name] for name in labs}))
        rows = [
            [words[scenario], *(_income(by_pair[scenario, name]) for name in labs)] for scenario in scenarios
        ]
        title = text("margins.labs", unit=text("unit.short.money", currency=money))
        print_table([text("column.scenario"), *labs], rows, title=title)
        note(text("note.labs"))
    if turning:
        note(text("margins.turning", names=", ".join(n for n in listed if n in turning)))
    note(text("margins.not_applied"))
    if general:
        note(text("margins.general", names=", ".join(n for n in listed if n in general)))
    still = [n for n in listed if _no_saving(by_pair.get(("development_only", n)))]
    if still:
        scenario = scenario_words("development_only")
        note(text("margins.still", scenario=scenario, names=", ".join(still)))
    note(text("margins.small"))
    note(text("margins.no_forecast", count=len(shipped().assumptions)))


def _head(name: str, turning: Collection[str], general: Collection[str]) -> str:
    mark = " ‡" if name in general else " †" if name in turning else ""
    return name.split()[0] + mark


def _no_saving(row: Row | None) -> bool:
    return row is not None and row["reinvestment"] == 1


def _base(row: Row) -> str:
    gross, operating = (shown(row[name], name) for name in ("base_gross_margin", "base_operating_margin"))
    return f"{gross}/{operating}"


def _margins(row: Row) -> str:
    gross, operating = (bare(row[name], name) for name in ("gross_margin_change", "operating_margin_change"))
    return f"{gross}/{operating}"


def _income(row: Row) -> str:
    change = row["operating_income_change"]
    if change != change and row["gross_profit"] == row["gross_profit"]:
        base = row["revenue"] - row["cost_of_revenue"]
        gained = row["gross_profit"] - base
        gained = gained if abs(gained) >= 0.05 else 0.0
        return text("margins.gross", value=shown(gained, "operating_income_change"))
    return shown(change, "operating_income_change")


def print_ranges(around: pd.DataFrame) -> None:
    """Print P10, P50 and P90 of the change of operating margin by scenario and company; labs are left out."""
    rows = [row for row in around.to_dict("records") if not shipped().is_lab(row["company"])]
    names, scenarios = (list(dict.fromkeys(row[column] for row in rows)) for column in PAIR)
    by_pair = {(row["scenario"], row["company"]): _percentiles(row) for row in rows}
    for start in range(0, len(names), _ABREAST):
        some = names[start : start + _ABREAST]
        table = [
            [scenario_words(scenario), *(by_pair[scenario, name] for name in some)] for scenario in scenarios
        ]
        headers = [text("column.scenario"), *(name.split()[0] for name in some)]
        title = text("margins.ranges") if not start else ""
        print_table(headers, table, title=title, coloured=False)
    note(text("margins.draws"))
    for row in rows:
        if row["percentile"] == row["percentile"] and row["why"]:
            note(
                text(
                    "margins.why", scenario=scenario_words(row["scenario"]),
                    company=row["company"], place=row["percentile"] * 100, why=row["why"],
                )
            )  # fmt: skip


def _percentiles(row: Row) -> str:
    points = [row[name] * 10_000 for name in ("p10", "p50", "p90")]
    if points[1] != points[1]:
        return not_available()
    words = "/".join(figure(point, ".1f") for point in points)
    return f"{words}*" if row["why"] else words
