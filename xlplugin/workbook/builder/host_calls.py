"""Calls of our functions in cells: how an edition writes them in a file, and what Python answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from xlplugin.model.errors import CellError
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.texts import literal

Argument = Block | float | str


@dataclass(frozen=True, slots=True)
class Edition:
    """What a workbook with live calls has to know of the host that answers them.

    ``written`` gives a function's name as a file for the host must hold it, ``call`` Python's own answer,
    ``pasted`` the texts that the host wants, by the name of the file that they belong into.
    """

    name: str
    written: Callable[[str], str]
    call: Callable[..., Any]
    pasted: Callable[[], Mapping[str, str]] = dict


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments: places of the same sheet, numbers and texts.

    ``cell`` is the row and column, from 1, that is shown of a table; None for a single value.
    ``native`` is Excel text for what the workbook computes itself, empty where nothing is alike: where
    that is an error the words ``lacking`` stand, where the call is one ``silent``.
    """

    function: str
    arguments: tuple[Argument, ...]
    cell: tuple[int, int] | None
    native: str
    lacking: str
    silent: str

    def formula(self, edition: Edition) -> str:
        """Return the formula for a cell of the edition's host."""
        asked = f"{edition.written(self.function)}({','.join(map(_formula, self.arguments))})"
        if self.cell:
            asked = f"INDEX({asked},{self.cell[0]},{self.cell[1]})"
        return self._guarded(f"IFERROR({asked},{literal(self.silent)})")

    def answer(self, edition: Edition, rows: Callable[[Block], list[list[Any]]]) -> str:
        """Return the formula with Python's answer in the call's place; ``rows`` gives a place's values."""
        given = [rows(argument) if isinstance(argument, Block) else argument for argument in self.arguments]
        answer = edition.call(self.function, *(_single(argument) for argument in given))
        if self.cell and isinstance(answer, list):
            row, column = self.cell
            answer = answer[row - 1][column - 1]
        answer = self.silent if isinstance(answer, CellError) else answer
        return self._guarded(literal(answer) if isinstance(answer, str) else repr(answer))

    def _guarded(self, asked: str) -> str:
        return f"=IF(ISERROR({self.native}),{literal(self.lacking)},{asked})" if self.native else f"={asked}"


def _formula(argument: Argument) -> str:
    if isinstance(argument, Block):
        return argument.near_absolute()
    return literal(argument) if isinstance(argument, str) else f"{argument:.15g}"


def _single(given: Any) -> Any:
    alone = isinstance(given, list) and len(given) == len(given[0]) == 1
    return given[0][0] if alone else given
