"""What a script wants written: one new sheet, as plain data that any host can carry out.

A plan is computed and checked as a whole before a host writes anything. It can be sent as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from xlplugin.model.errors import InputError
from xlplugin.model.formats import is_change, sign
from xlplugin.model.labels import label
from xlplugin.model.lines import UNITS

#: Sheets hold names of so many characters, without these.
LONGEST_TITLE, NOT_IN_TITLES = 31, "[]:*?/\\"

#: Rows that a script writes at most: Excel on the web takes no answers beyond a few megabytes.
MOST_ROWS = 5_000

#: Shown for a figure that is not available.
NOT_AVAILABLE = "#N/A"


@dataclass(frozen=True)
class Column:
    """A column: its header, the style of its cells (a word of ``look.FORMATS``), its width in characters."""

    head: str
    style: str = "text"
    width: float = 12.0


@dataclass(frozen=True)
class Chart:
    """A native chart over figures that the sheet shows below its notes.

    ``kind``: ``bars`` (lying), ``stacked`` (lying, both sides of a line) or ``columns``; ``head`` names the
    categories and the series, ``rows`` hold a category and its numbers. ``style`` is that of the values.
    """

    kind: str
    title: str
    axis: str
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    style: str = "any"


@dataclass(frozen=True)
class Plan:
    """One new sheet: title, sentences, table, chart and notes; ``links`` lead from its cells to others.

    ``sheet`` is the name that the sheet should get. ``links`` maps a row and column of the table, from 0, to
    an address such as ``'Inputs'!E15``.
    """

    title: str
    sentences: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    notes: tuple[str, ...] = ()
    chart: Chart | None = None
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    sheet: str = ""

    def __post_init__(self) -> None:
        if len(self.rows) > MOST_ROWS:
            fix = "take fewer rows, or run it as a file: xlplugin run"
            raise InputError.outside("rows of the sheet", len(self.rows), fix, f"at most {MOST_ROWS:,}")

    def named(self, title: str) -> Plan:
        """Return the plan with the name of its sheet, unless it has one."""
        return self if self.sheet else replace(self, sheet=title)

    def signed(self, lines: Sequence[str]) -> Plan:
        """Return the plan with further notes."""
        return replace(self, notes=(*self.notes, *lines))

    def as_json(self) -> dict[str, Any]:
        """Return the plan as JSON holds it."""
        plain = asdict(self)
        plain["links"] = [[*place, address] for place, address in self.links.items()]
        return plain

    @classmethod
    def of_json(cls, plain: Mapping[str, Any]) -> Plan:
        """Return a plan that :meth:`as_json` wrote."""
        chart = plain["chart"] and {
            **plain["chart"], "head": tuple(plain["chart"]["head"]), "rows": _rows(plain["chart"]["rows"])
        }  # fmt: skip
        return cls(
            plain["title"],
            tuple(plain["sentences"]),
            tuple(Column(**column) for column in plain["columns"]),
            _rows(plain["rows"]),
            tuple(plain["notes"]),
            Chart(**chart) if chart else None,
            {(row, column): address for row, column, address in plain["links"]},
            plain["sheet"],
        )


def _rows(rows: Iterable[Iterable[Any]]) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(row) for row in rows)


def free_title(wished: str, taken: Iterable[str]) -> str:
    """Return the wished name of a sheet, with a number behind it where one is taken: ``Compare (2)``."""
    bare = "".join(" " if sign in NOT_IN_TITLES else sign for sign in wished).strip("' ")[:LONGEST_TITLE]
    known = {title.casefold() for title in taken}
    number, title = 1, bare
    while title.casefold() in known:
        number += 1
        ending = f" ({number})"
        title = bare[: LONGEST_TITLE - len(ending)] + ending
    return title


def style_of(line: str) -> str:
    """Return the style of a column that holds a line of the model."""
    unit, change = UNITS.get(line, ""), is_change(line)
    return {
        "margin": "bp" if change else "percent",
        "share": "change_percent" if change else "percent",
        "ratio": "change_percent" if change else "percent",
        "money": "change_money" if change else "money",
        "money per share": "eps4" if change else "eps",
        "index": "index",
    }.get(unit, "any")


def cell(value: float | None, line: str) -> Any:
    """Return a figure of a line as its column shows it: changes of margins in basis points."""
    if value is None or not math.isfinite(value):
        return NOT_AVAILABLE
    return float(value) * 10_000 if style_of(line) == "bp" else float(value)


def figure_of(value: Any) -> float | None:
    """Return what a cell or a chart shows as a number; None for anything else: a text, a blank, TRUE."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def head_of(line: str, language: str, currency: str = "") -> str:
    """Return the header of a line's column, with its unit."""
    unit = {"bp": label("unit:basis points", language)}.get(style_of(line), "")
    if UNITS.get(line, "").startswith("money"):
        form = sign("amount" if UNITS[line] == "money" else "amount_per_share", language)
        unit = form.format(figure="", currency=currency).strip()
    return f"{label(line, language)}{f' ({unit})' if unit else ''}"
