"""Whether a cell still holds what the template has there, and what is said where it does not."""

from __future__ import annotations

import re
from typing import Any

from xlplugin.model.messages import message, plain
from xlplugin.workbook.builder.cells import as_shown, shown_text

__all__ = ["changed", "is_same", "overwritten", "plain_formula"]

_SPACES = re.compile(r"\s+")
_EQUAL = 1e-12

#: TRUE() and FALSE(), as LibreOffice writes TRUE and FALSE.
_CONSTANT = re.compile(r"\b(TRUE|FALSE)\(\)", re.IGNORECASE)

#: How much of a formula is shown on each side of where two differ.
_AROUND = 40


def plain_formula(text: str | None) -> str:
    """A formula or address as engines may write it: no spaces, quotes of titles or capitals that matter."""
    bare = _CONSTANT.sub(r"\1", _SPACES.sub("", str(text or "")))
    return re.sub(r"'([A-Za-z0-9_ÄÖÜäöüß]+)'!", r"\1!", bare).casefold().removeprefix("=")


def overwritten(wanted: str, held: Any, live: bool) -> tuple[str, str]:
    """Say what a cell holds in place of its formula, from where the two differ, and what mends it."""
    fix = message("put back {wanted}", wanted=wanted[:200])
    if not live or not isinstance(held, str):
        shown = plain("nothing") if held is None else f"{str(held)[:60]!r}"
        return message("the formula was overwritten: the cell holds {shown}", shown=shown), fix
    pairs = enumerate(zip(wanted, held, strict=False))
    alike = next((i for i, (one, other) in pairs if one != other), min(len(wanted), len(held)))
    start = max(alike - _AROUND, 0)
    before = "..." if start else ""
    parts = [before + said[start : start + 3 * _AROUND] for said in (held, wanted)]
    what = message(
        "the formula was overwritten: the cell holds {held!r} where the template has {wanted!r}",
        held=parts[0],
        wanted=parts[1],
    )
    return what, fix


def changed(wanted: Any, held: Any, live: bool) -> tuple[str, str]:
    """Say what a cell holds that held no formula in the template, and what mends it."""
    if live:
        what = message("holds the formula {held}", held=str(held)[:200])
        wanted = wanted[:290] if isinstance(wanted, str) else wanted
    elif wanted is None:
        what = message("holds {held!r}, was blank", held=held)
    else:
        what = message("changed from {wanted!r} to {held!r}", wanted=wanted, held=held)
    return what, "clear the cell" if wanted is None else message("put back {wanted!r}", wanted=wanted)


def is_same(wanted: Any, held: Any) -> bool:
    """Whether a cell holds the template's value, as a program may have saved it."""
    if isinstance(wanted, str) and isinstance(held, str):
        return _lines(shown_text(wanted)) in (_lines(held), _lines(as_shown(held)))
    if isinstance(wanted, (int, float)) and isinstance(held, (int, float)):
        return abs(wanted - held) <= _EQUAL * max(1.0, abs(wanted))
    return (wanted if wanted != "" else None) == (held if held != "" else None)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
