"""What may stand in the cells of a template that its analyst fills, and what words of them mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.data.dataset import Dataset, year_key
from xlplugin.data.names import name_key, named
from xlplugin.entries.meaning import number, text
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import INPUTS, LEVERS, REDUCTIONS
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message
from xlplugin.workbook.builder.build import FREE_SCENARIOS
from xlplugin.workbook.builder.cells import Text, Value
from xlplugin.workbook.builder.texts import keys
from xlplugin.workbook.builder.texts import text as words
from xlplugin.workbook.builder.your_case import YOUR_CASE, is_your_case

__all__ = ["ENTRY", "EntryCell", "EntryValues", "Options", "shown"]

#: How names of entries begin.
ENTRY = "xlp_in_"
_LONGEST_TEXT = 60

#: Inputs that a name does not say itself; "axis" is the lever that stands on the axis.
_INPUT_OF = {
    "dashboard_reductions": REDUCTIONS[0],
    "dashboard_pass_through": "pass_through",
    "your_reduction": REDUCTIONS[0],
    "your_reduction_all": REDUCTIONS[0],
    "sensitivity_row_values": "sensitivity_row_lever",
    "sensitivity_column_values": "sensitivity_column_lever",
}
_PREFIXES = ("own_", "company_", "scenario_", "path_")
_WEIGHT = "weight"

#: The words that a cell takes (its list), None where it takes any.
Options = Callable[[str, tuple[int, int]], Sequence[str] | None]


@dataclass(frozen=True, slots=True)
class EntryCell:
    """A cell that the analyst fills: its block, which row and column of it, its sheet and address."""

    name: str
    row: int
    column: int
    sheet: str
    place: tuple[int, int]
    address: str


class EntryValues:
    """What the entries of a template may be. ``options`` gives the words that a cell takes, None: any."""

    def __init__(self, blocks: Blocks, dataset: Dataset, options: Options | None = None) -> None:
        self._blocks, self._dataset, self._options = blocks, dataset, options
        self.companies = [shown(value) for _, value in blocks.column("xlp_companies")]
        self.scenarios = [shown(value) for _, value in blocks.row("xlp_scenarios")]
        #: Which of them, from 0, the analyst's own begin with.
        self.own_companies = len(self.companies) - len(blocks.column("xlp_in_company_fiscal_year"))
        self.own_scenarios = len(self.scenarios) - FREE_SCENARIOS

    def meaning(self, typed: str) -> str:
        """Return one form for all the names of a company, a scenario, a quantity or a choice."""
        company = self._dataset.meant(typed)
        if len(company) == 1:
            return company[0]
        if is_your_case(typed):
            return YOUR_CASE
        if scenario := self._dataset.named_scenario(typed):
            return scenario.name
        for part in (typed, typed.rpartition(", ")[0]):  # a measure has its unit behind it
            if part and (quantity := named(part, (*INPUTS, *UNITS))):
                return quantity
        return _choices().get(name_key(typed), name_key(typed))

    def value(self, cell: EntryCell, typed: Any) -> Value:
        """Return what is to stand in a cell, None for a blank; InputError where it may not.

        Numbers are read as the command line reads them and have their domain; a choice is one of its
        list, in any language; names and other texts are texts.
        """
        if typed is None or (isinstance(typed, str) and not typed.strip()):
            return None
        if item := self.input_of(cell.name):
            return self._number(cell, item, typed)
        said = text(typed, cell.name, row=cell.address)
        assert said is not None
        offered = self._options(cell.sheet, cell.place) if self._options else None
        if options := [self._own(option) for option in offered or ()]:
            form = year_key if cell.name.endswith("fiscal_year") else self.meaning
            chosen = [option for option in options if form(option) == form(said)]
            if not chosen:
                raise InputError.wrong(cell.name, said, suggestion(said, options), row=cell.address)
            return Text(chosen[0])
        if len(said) > _LONGEST_TEXT:
            allowed = message("up to {most} letters", most=_LONGEST_TEXT)
            raise InputError.wrong(cell.name, said, "shorten it", allowed, row=cell.address)
        return Text(said)

    def _own(self, option: str) -> str:
        """Return the name that was typed for a free slot where a list still shows the slot's label."""
        for key, held, first in (
            ("inputs.company_slot", self.companies, self.own_companies),
            ("inputs.own_scenario", self.scenarios, self.own_scenarios),
        ):
            for i, name in enumerate(held[first:], 1):
                if name and option in self.slot_labels(key, i):
                    return name
        return option

    def slot_labels(self, key: str, number: int) -> tuple[str, ...]:
        """Return what people read for a free slot, in the language of the sheets and in the others."""
        first = self._blocks.language
        languages = sorted(LANGUAGES, key=lambda language: language != first)
        return tuple(words(key, language, n=number) for language in languages)

    def _number(self, cell: EntryCell, item: str, typed: Any) -> float | None:
        value = number(typed, item, row=cell.address)
        if item == _WEIGHT and value is not None and not 0 <= value <= 1:
            fix = "enter a share, such as 25% or 0.25"
            raise InputError.outside(item, value, fix, "0 to 1", row=cell.address)
        return value

    def input_of(self, name: str) -> str | None:
        """Return the input that a block's numbers are, None where it holds texts."""
        bare = name.removeprefix(ENTRY)
        stood = _INPUT_OF.get(bare, bare)
        if stood != bare and stood.endswith("_lever"):  # the one that is chosen for the axis
            return named(shown(self._blocks.row(f"{ENTRY}{stood}")[0][1]), LEVERS) or REDUCTIONS[0]
        for prefix in _PREFIXES:
            stood = stood.removeprefix(prefix)
        return stood if stood in INPUTS or stood == _WEIGHT else None


@cache
def _choices() -> dict[str, str]:
    """Return the key of each other choice by the form of its words, in every language.

    The switch of years took ``article`` before it took yes: the two are one.
    """
    return {
        name_key(words(key, language)): "choice.yes" if key == "choice.article" else key
        for key in (*keys("choice."), *keys("path.decline."))
        for language in LANGUAGES
    }


def shown(value: Any) -> str:
    """Return what a cell holds as text."""
    return "" if value is None else str(value)
