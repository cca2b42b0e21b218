"""Formulas of a file as IronCalc is to read them, and what in them it cannot compute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from xlplugin.model.messages import message

__all__ = ["Reading", "read"]

#: A text, a quoted title, a place in another file, a word and what follows it.
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"]|"")*")"""
    r"""|(?P<title>'(?:[^']|'')*'!)"""
    r"""|(?P<file>\[\d+\])"""
    r"""|(?<![\w.$])(?P<word>[^\W\d][\w.\\?]*)(?P<after>\s*[(!]?)"""
)
_PLACE = re.compile(
    r"(?:'(?:[^']|'')+'|[^\W\d][\w.]*)!\$[A-Z]{1,3}\$[0-9]+(?::\$[A-Z]{1,3}\$[0-9]+)?", re.IGNORECASE
)
_CONSTANT = re.compile(r'[-+]?[0-9.]+(?:[eE][-+]?[0-9]+)?%?|"(?:[^"]|"")*"|TRUE|FALSE', re.IGNORECASE)

#: Defined names by the sheet that they are for (None: all), in lower case.
Names = Mapping[tuple[str | None, str], str]


@dataclass(slots=True)
class Reading:
    """A formula without names, the functions that it calls, what is beyond IronCalc in it ("" nothing)."""

    text: str
    functions: set[str] = field(default_factory=set)
    problem: str = ""


def read(formula: str, sheet: str, names: Names) -> Reading:
    """Return a formula of a sheet with what its names stand for in their place.

    Addresses load twice as fast as names, and of names IronCalc knows those alone that are addresses.
    """
    reading = Reading("")

    def replaced(token: re.Match[str]) -> str:
        word = token["word"]
        if token["file"] or (token["title"] and "[" in token["title"]):
            reading.problem = "another file"
        elif word and "(" in token["after"]:
            reading.functions.add(word.upper())
        elif word and "!" not in token["after"]:
            meant = names.get((sheet, word.casefold()), names.get((None, word.casefold())))
            if meant is not None:
                return _meaning(meant.strip(), token, reading)
        return token[0]

    reading.text = _TOKEN.sub(replaced, formula)
    return reading


def _meaning(meant: str, token: re.Match[str], reading: Reading) -> str:
    """Return what a name stands for as a formula may hold it."""
    of_a_sheet = token.string[: token.start()].endswith("!")
    if _PLACE.fullmatch(meant) and not of_a_sheet:
        return meant + token["after"]
    if _CONSTANT.fullmatch(meant) and not of_a_sheet:
        return f"({meant}){token['after']}"
    reading.problem = message("the name {name}", name=token["word"])
    return token[0]
