"""Results in a notebook: a short table that people read, in place of eighty columns of fractions."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from xlplugin.model.formats import NOT_AVAILABLE_TEXT, shown
from xlplugin.workbook.builder.look import GAIN, LOSS, SECONDARY

#: Rows that a notebook shows.
SHOWN_ROWS = 60

_PAIRS = (
    ("gross margin", "gross_margin", "gross_margin_change"),
    ("operating margin", "operating_margin", "operating_margin_change"),
    ("operating income", "operating_income", "operating_income_change"),
    ("EPS", "eps", "eps_change"),
)
_CELL = "padding:2px 10px;text-align:{0};white-space:nowrap"


def mark_of(row: Mapping[Any, Any]) -> str:
    """Return the mark behind a company's name: on general assumptions, or its direction is not determined."""
    return " ‡" if row.get("general_assumptions") else " †" if row.get("direction_undetermined") else ""


class Results(pd.DataFrame):
    """A frame of results; in a notebook it shows margins in per cent and changes in basis points.

    What is cut out of it is an ordinary frame and shows itself as such.
    """

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        shown_lines = [pair for pair in _PAIRS if pair[1] in self.columns and pair[2] in self.columns]
        if not shown_lines:
            return str(pd.DataFrame(self)._repr_html_())  # type: ignore[operator]
        names = [name for name in ("company", "fiscal_year", "scenario") if name in self.columns]
        head = "".join(
            f'<th style="{_CELL.format("left" if i < len(names) else "right")}">{escape(title)}</th>'
            for i, title in enumerate(
                [name.replace("_", " ") for name in names] + [pair[0] for pair in shown_lines]
            )
        )
        rows = "".join(
            f"<tr>{''.join(_cells(row, names, shown_lines))}</tr>"
            for row in pd.DataFrame(self).head(SHOWN_ROWS).to_dict("records")
        )
        more = len(self) - SHOWN_ROWS
        rest = f"{more:,} more rows; " if more > 0 else ""
        note = f"{rest}{len(self.columns)} columns in all. A what-if, no forecast."
        if any(title in ("operating income", "EPS") for title, _, _ in shown_lines):
            currencies = sorted(set(self.attrs.get("currencies", {}).values()))
            note = f"Money in {', '.join(currencies)} as reported. {note}" if currencies else note
        table = f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        return (
            f'<table style="border-collapse:collapse">{table}</table><p style="color:#{SECONDARY}">{note}</p>'
        )


def _cells(row: dict[Any, Any], names: list[str], lines: list[tuple[str, str, str]]) -> list[str]:
    cells = []
    for name in names:
        value = row[name]
        mark = mark_of(row) if name == "company" else ""
        text = "-" if value is None or value != value else f"{value}{mark}"
        cells.append(f'<td style="{_CELL.format("left")}">{escape(text)}</td>')
    for _, line, change in lines:
        level, moved = shown(row[line], line), shown(row[change], change)
        # sign beside the colour: never by colour alone
        colour = {"+": GAIN, "-": LOSS}.get(moved[:1], SECONDARY)
        text = (
            escape(level)
            if level == NOT_AVAILABLE_TEXT
            else f'{escape(level)} <span style="color:#{colour}">{escape(moved)}</span>'
        )
        cells.append(f'<td style="{_CELL.format("right")}">{text}</td>')
    return cells
