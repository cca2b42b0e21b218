"""The entries of one row of a table: texts, numbers, words of a list, days, companies."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.names import named
from xlplugin.entries.meaning import key, number, text
from xlplugin.model.errors import CellError, Fault, gathering, suggestion
from xlplugin.model.messages import message


@dataclass(frozen=True)
class Entries:
    """The entries of one row by column, and where it stands; what is wrong with them goes to ``faults``.

    ``texts`` are those that have been asked for, so that none is a fault twice.
    """

    typed: Mapping[str, Any]
    place: str | None
    decimal: str | None
    faults: list[Fault]
    texts: dict[str, str] = field(default_factory=dict)

    def fault(self, name: str, value: object, fix: str, allowed: str = "") -> None:
        """Note what is of the wrong type."""
        self.faults.append(Fault(self.place, name, value, allowed, fix, CellError.WRONG_TYPE))

    def text(self, name: str) -> str:
        """Return an entry as text, blank where nothing is given or what is given is none."""
        if name not in self.texts:
            self.texts[name] = ""
            with gathering(self.faults):
                self.texts[name] = text(self.typed.get(name), name, row=self.place) or ""
        return self.texts[name]

    def number(self, name: str, rule: str | None = None) -> float:
        """Return an entry as a number, NaN where blank or wrong; ``rule`` names the input that it is."""
        value = None
        with gathering(self.faults):
            value = number(self.typed.get(name), rule or name, row=self.place, decimal=self.decimal)
        return math.nan if value is None else value

    def word(self, name: str, known: tuple[str, ...], typed: str | None = None) -> str:
        """Return one of the known words, by itself or by its label; blank where none is typed."""
        typed = self.text(name) if typed is None else typed
        labels = tuple(f"{name}:{word}" for word in known)
        word = key(typed) if key(typed) in known else (named(typed, labels) or "").removeprefix(f"{name}:")
        if typed and not word:
            self.fault(name, typed, suggestion(key(typed), known), ", ".join(known))
        return word or key(typed)

    def date(self, name: str) -> str:
        """Return an entry as an ISO date, blank where it is blank or wrong."""
        value = self.typed.get(name)
        if isinstance(value, dt.date):
            return value.isoformat()[:10]
        shown = self.text(name)
        try:
            return _day(shown).isoformat() if shown else ""
        except ValueError:
            self.fault(name, shown, "write it so", "a date such as 2025-12-31")
            return ""

    def companies(self, name: str, dataset: Dataset) -> tuple[str, ...]:
        """Return the companies that an entry lists, ``;`` between, in the dataset's spelling."""
        found = []
        for part in filter(None, map(str.strip, self.text(name).split(";"))):
            with gathering(self.faults):
                found.append(dataset.company(part, self.place))
        return tuple(found)


def _day(shown: str) -> dt.date:
    """Return the day a text names, also as spreadsheets save it: 31.12.2025, 12/31/2025; else ValueError."""
    typed = re.fullmatch(r"(\d{1,2})([./])(\d{1,2})\2(\d{4})", shown)
    if typed is None:
        return dt.datetime.fromisoformat(shown).date()
    first, sign, second, year = int(typed[1]), typed[2], int(typed[3]), int(typed[4])
    if sign == "/" and first <= 12 and second <= 12 and first != second:
        raise ValueError(message("{shown} may be two days", shown=shown))
    day_first = sign == "." or first > 12
    return dt.date(year, second, first) if day_first else dt.date(year, first, second)
