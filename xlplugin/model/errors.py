"""One typed error for people, and the three error values that a cell may show."""

from __future__ import annotations

import difflib
import importlib.util
import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Any

from xlplugin.model.messages import Message, Name, Typed, message, plain

#: What would steer a terminal, or turn round what it shows: control characters, line and paragraph ends,
#: directions of writing, halves of characters.
_STEERING = (
    *range(32), *range(127, 160), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),
)  # fmt: skip

#: A place that is a cell of a sheet.
_CELL = re.compile(r".+![A-Z]{1,3}[0-9]+(:[A-Z]{1,3}[0-9]+)?")
_SHOWN = {code: " " if code in (9, 10, 13, 0x2028, 0x2029) else "\ufffd" for code in _STEERING}


def printable(text: str) -> str:
    """Return a text from outside on one line, without what would steer a terminal."""
    return text.translate(_SHOWN)


#: How many faults a message spells out before it only counts the rest.
SHOWN_FAULTS = 10

#: What stands for the others.
_HIDDEN = "and {hidden} more {hidden:fault|faults} ({every} in all)"

#: How many known names a message lists.
LISTED_NAMES = 12


class CellError(Enum):
    """An error value as spreadsheets know it."""

    NOT_AVAILABLE = "#N/A"
    OUTSIDE_DOMAIN = "#NUM!"
    WRONG_TYPE = "#VALUE!"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with what was entered.

    ``row`` says where (a row number, a company, a cell; None where there is only one place),
    ``input`` which name, ``value`` what was found, ``allowed`` what may stand there, ``fix`` what
    to do; ``error`` is the error value that a cell shows for it.
    """

    row: object
    input: str
    value: object
    allowed: str
    fix: str
    error: CellError = CellError.OUTSIDE_DOMAIN

    def __str__(self) -> str:
        return printable(self.message)

    @property
    def message(self) -> Message:
        """The fault as a text: where, what, what is allowed, how to mend it."""
        told = message("{found}; {fix}", found=self.found, fix=plain(self.fix))
        return told if self.row is None else message("{place}: {fault}", place=_place(self.row), fault=told)

    @property
    def found(self) -> Message:
        """What was found and what is allowed; a cell has its label beside it, any other name is typed."""
        name = self.input
        if not isinstance(name, Message):
            name = message("{name}", name=(Name if _CELL.fullmatch(str(self.row)) else Typed)(name))
        found = name
        if isinstance(self.value, Message):
            found = message("{name} is '{text}'", name=name, text=self.value)
        elif self.value is not None:
            found = message("{name} is {value}", name=name, value=_shown(self.value))
        if not self.allowed:
            return plain(found)
        return message("{found} (allowed: {allowed})", found=found, allowed=plain(self.allowed))


class InputError(ValueError):
    """What was entered cannot be used. ``faults`` holds every :class:`Fault`; str() the first ten."""

    def __init__(self, faults: Fault | Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = (faults,) if isinstance(faults, Fault) else tuple(faults)
        super().__init__(self.faults)  # which pickle as they are; text is made for those who read it

    @classmethod
    def wrong(cls, name: str, value: object, fix: str, allowed: str = "", row: object = None) -> InputError:
        """Return the error of what is of the wrong type or unknown; arguments as of :class:`Fault`."""
        return cls(Fault(row, name, value, allowed, fix, CellError.WRONG_TYPE))

    @classmethod
    def missing(cls, name: str, value: object, fix: str, allowed: str = "", row: object = None) -> InputError:
        """Return the error of what is not available."""
        return cls(Fault(row, name, value, allowed, fix, CellError.NOT_AVAILABLE))

    @classmethod
    def outside(cls, name: str, value: object, fix: str, allowed: str = "", row: object = None) -> InputError:
        """Return the error of what is outside its domain."""
        return cls(Fault(row, name, value, allowed, fix))

    @classmethod
    def of_file(cls, place: object, problem: str, fix: str) -> InputError:
        """Return the error of a file or table as a whole, which may have no name."""
        return cls(file_fault(place, problem, fix))

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines()))

    def lines(self) -> list[Fault | Message]:
        """Return what the text says, a line each: the first ten faults, and how many more there are."""
        shown: list[Fault | Message] = [*self.faults[:SHOWN_FAULTS]]
        every = len(self.faults)
        if (hidden := every - SHOWN_FAULTS) > 0:
            shown.append(message(_HIDDEN, hidden=hidden, every=every))
        return shown


@contextmanager
def gathering(faults: list[Fault]) -> Iterator[None]:
    """Put the faults of an InputError that is raised within to ``faults``, and go on behind the block."""
    try:
        yield
    except InputError as error:
        faults += error.faults


class MissingExtraError(ImportError):
    """An optional package is not installed; the message gives the command that installs it."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        self.package, self.extra, self.purpose = package, extra, purpose
        super().__init__(
            message(
                '{purpose} needs {package}, which is not installed; run: pip install "xlplugin[{extra}]"',
                purpose=plain(purpose), package=package, extra=extra,
            )
        )  # fmt: skip

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.package, self.extra, self.purpose)


def required(module: str, package: str, extra: str, purpose: str) -> Any:
    """Return a module of an optional package; MissingExtraError where that is not installed."""
    try:
        if importlib.util.find_spec(module.partition(".")[0]):
            return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtraError(package, extra, purpose) from error
    raise MissingExtraError(package, extra, purpose)


#: Longer texts are no names; comparing them with names would take seconds.
LONGEST_NAME = 255


def nearest(name: str, known: Iterable[str], cutoff: float = 0.7) -> str | None:
    """Return the known name that ``name`` most likely means, or None; ``cutoff`` is how near, up to 1."""
    if len(name) > LONGEST_NAME:
        return None
    by_folded = {item.casefold(): item for item in known}
    matches = difflib.get_close_matches(name.strip().casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[matches[0]] if matches else None


def suggestion(name: str, known: Iterable[str]) -> str:
    """Return ``did you mean X?``, or known names where none is near (the first few of many)."""
    known = list(known)
    near = nearest(name, known)
    if near:
        return message("did you mean {near}?", near=near)
    names, more = ", ".join(known[:LISTED_NAMES]), len(known) - LISTED_NAMES
    if more > 0:
        return message("known: {names} and {more} more", names=names, more=more)
    return message("known: {names}", names=names)


def refuse_unknown(what: str, name: Any, known: Collection[str]) -> None:
    """Raise InputError (WRONG_TYPE) about ``what`` where ``name`` is none of ``known``."""
    if name not in known:
        raise InputError.wrong(what, name, suggestion(str(name), known))


def _place(row: object) -> str:
    return (
        message("row {row}", row=row) if isinstance(row, int) else row if isinstance(row, str) else str(row)
    )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return message("{value:.12g}", value=value)
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def file_fault(place: object, problem: str, fix: str) -> Fault:
    """Return the fault of a file or table as a whole, which may have no name."""
    return Fault(str(place) or None, problem, None, "", fix, CellError.WRONG_TYPE)
