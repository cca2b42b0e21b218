"""What a note is about: companies under a scenario, their comparison, and its figures in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlplugin.analysis.bridges import BRIDGED
from xlplugin.analysis.comparison import compare_rows
from xlplugin.analysis.export.compared import ends_in_words, subjects_of
from xlplugin.analysis.export.plots import measure_in_words
from xlplugin.analysis.export.wording import said, within
from xlplugin.data.subjects import Subject
from xlplugin.workbook.builder.texts import text

Row = Mapping[str, Any]

#: Companies that are told of in sentences of their own at most, so that a note stays one or two pages.
MOST_TOLD = 7


@dataclass(frozen=True)
class Case:
    """The comparison's rows and the subjects behind them, in the rows' order.

    ``shared`` is what every analysis takes, ``again`` the command that makes the note.
    """

    rows: Sequence[Row]
    abouts: Mapping[str, Subject]
    measure: str
    shared: Mapping[str, Any]
    language: str
    again: str = ""

    @property
    def alone(self) -> bool:
        """Whether it is about one company."""
        return len(self.rows) == 1

    @property
    def known(self) -> list[Row]:
        """The rows that have a result."""
        return [row for row in self.rows if row["company"] in self.abouts and row["value"] == row["value"]]

    def group(self, name: str) -> list[str]:
        """Return the companies of a group of the comparison."""
        return [row["company"] for row in self.rows if row["group"] == name]

    def text(self, key: str, **places: object) -> str:
        """Return a text of the note's in its language."""
        return text(f"note.{key}", self.language, **places)

    def named(self, measure: str) -> str:
        """Return a measure's name as it stands within a sentence."""
        return within(measure_in_words(measure, self.language), self.language)

    def value(self, row: Row) -> str:
        """Return a row's value, money with its currency."""
        return said(row["value"], row["measure"], self.language, row["currency"] or "")

    def span(self, row: Row) -> tuple[str, str]:
        """Return the ends of a row's range in words, blank where it has none."""
        return ends_in_words(row, self.language)

    def moved(self, row: Row) -> str:
        """Return a measure from base to result with its change; of one without a base its value alone."""
        name = row["measure"].removesuffix("_change")
        if name == row["measure"] or name not in BRIDGED:
            return f"{measure_in_words(row['measure'], self.language)} {self.value(row)}"
        before, after, _ = BRIDGED[name]
        lines = self.abouts[row["company"]].evaluate((before, after))
        base, end = (said(lines[line], name, self.language, row["currency"]) for line in (before, after))
        words = measure_in_words(name, self.language)
        return self.text("moved", measure=words, change=self.value(row), base=base, after=end)


def case_of(
    companies: Sequence[str] | None, measure: str, shared: Mapping[str, Any], language: str, again: str = ""
) -> Case:
    """Return the case of companies (None: all but the peers); InputError as the comparison raises it."""
    rows = compare_rows(measure=measure, companies=companies, spread=True, **shared)
    return Case(rows, subjects_of(rows, shared), measure, shared, language, again)
