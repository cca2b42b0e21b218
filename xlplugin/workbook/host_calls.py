"""Calls of our functions in cells: how each host writes them in a file, and what Python answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from xlplugin.errors import CellError, Fault, InputError, suggestion
from xlplugin.functions import call
from xlplugin.workbook.blocks import Block
from xlplugin.workbook.wording import literal

__all__ = ["HOSTS", "Call", "check_host", "written"]

#: The hosts that a workbook may be written for.
HOSTS = ("excel", "server", "lite", "calc")

#: How Office.js functions begin in a file; neither the server's add-in nor Lite's has a namespace.
_OFFICE_JS = "_xldudf_"

Argument = Block | float | str


def check_host(host: str | None) -> None:
    """Raise InputError for a host that is not known."""
    if host is not None and host not in HOSTS:
        allowed = ", ".join(HOSTS)
        raise InputError(Fault(None, "host", host, allowed, suggestion(host, HOSTS), CellError.WRONG_TYPE))


def written(function: str, host: str) -> str:
    """Return a function's name as a file for ``host`` must hold it."""
    if host == "excel":  # VBA
        return function
    if host == "calc":
        from xlplugin.hosts.calc import qualified

        return qualified(function)
    return _OFFICE_JS + function


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

    def formula(self, host: str) -> str:
        """Return the formula for a cell of ``host``."""
        asked = f"{written(self.function, host)}({','.join(map(_formula, self.arguments))})"
        if self.cell:
            asked = f"INDEX({asked},{self.cell[0]},{self.cell[1]})"
        return self._guarded(f"IFERROR({asked},{literal(self.silent)})")

    def answer(self, rows: Callable[[Block], list[list[Any]]]) -> str:
        """Return the formula with Python's answer in the call's place; ``rows`` gives a place's values."""
        given = [rows(one) if isinstance(one, Block) else one for one in self.arguments]
        found = call(self.function, *(_single(one) for one in given))
        if self.cell and isinstance(found, list):
            row, column = self.cell
            found = found[row - 1][column - 1]
        found = self.silent if isinstance(found, CellError) else found
        return self._guarded(literal(found) if isinstance(found, str) else repr(found))

    def _guarded(self, asked: str) -> str:
        return f"=IF(ISERROR({self.native}),{literal(self.lacking)},{asked})" if self.native else f"={asked}"


def _formula(argument: Argument) -> str:
    if isinstance(argument, Block):
        return argument.absolute.partition("!")[2]
    return literal(argument) if isinstance(argument, str) else f"{argument:.15g}"


def _single(given: Any) -> Any:
    alone = isinstance(given, list) and len(given) == len(given[0]) == 1
    return given[0][0] if alone else given
