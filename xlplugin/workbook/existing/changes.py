"""A copy of a workbook with its values computed anew, or with entries typed into it.

Every other part of the file stays byte for byte, and the file itself stays as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlplugin.files.targets import naming
from xlplugin.model.errors import InputError
from xlplugin.model.messages import Message, joined, message, plain
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.cells import ErrorText, Value
from xlplugin.workbook.existing.calculation import marked, without
from xlplugin.workbook.existing.cells import value_of
from xlplugin.workbook.existing.dependents import leaning
from xlplugin.workbook.existing.parts import Parts, check_out
from xlplugin.workbook.existing.recalculation import Outcome, Recalculation, Where
from xlplugin.workbook.existing.splices import spliced

__all__ = ["Rewritten", "named", "recalc", "retyped"]

#: Values that differ by less are the same: another engine's last digits.
_SAME = 1e-9
#: How many cells a message names.
_NAMED = 6
#: How many reasons a message gives.
_REASONS = 4
_ELSEWHERE = "open it in Excel or LibreOffice and save it there"


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What was written: how many formulas there are, cells that show another value, cells left blank.

    ``blank`` are the cells that wait for Excel to calculate them, ``unable`` says of those that the
    others lean on why.
    """

    formulas: int
    changed: tuple[str, ...]
    blank: tuple[str, ...] = ()
    unable: str = ""


def recalc(path: Path, out: Path, *, force: bool = False) -> Rewritten:
    """Write a copy of a workbook in which every formula shows what it gives.

    Raises InputError where IronCalc cannot compute a formula, with the cells.
    """
    check_out(out, path, force=force)
    parts = Parts(path)
    recalculation = Recalculation(parts)
    outcome = recalculation.outcome()
    if outcome.unable:
        raise InputError.of_file(
            path, message("cannot be computed here: {cells}", cells=_told(outcome.unable)), _ELSEWHERE
        )
    shown, noticed = _compared(parts, outcome)
    _write(parts, out, {}, shown)
    return Rewritten(len(recalculation.formulas), _addresses(noticed))


def retyped(parts: Parts, out: Path, entries: Mapping[Where, Value]) -> Rewritten:
    """Write a copy of a workbook with ``entries`` typed (None: cleared) and what follows from them.

    A formula that cannot be computed here, or that shows another value than it gives even before, is
    left without a value together with all that leans on it, and the file is marked to be calculated in
    full when it is opened. Raises InputError where an entry would break a formula of several cells.
    """
    _check_formulas(parts, entries)
    recalculation = Recalculation(parts)
    before = recalculation.outcome()
    differing = _compared(parts, before)[1] if _is_calculated(parts) else []
    unable = dict.fromkeys(differing, "shows another value than its formula gives") | before.unable
    recalculation.type(entries)
    after = recalculation.outcome()
    unable = {where: why for where, why in (unable | after.unable).items() if where not in entries}
    blank = leaning(unable, recalculation.leads)
    shown, noticed = _compared(parts, after)
    shown = {where: value for where, value in shown.items() if where not in blank}
    _write(parts, out, entries, shown | dict.fromkeys(blank), mark=bool(blank))
    changed = _addresses(where for where in noticed if where not in blank)
    return Rewritten(len(recalculation.formulas), changed, _addresses(sorted(blank)), _told(unable))


def _check_formulas(parts: Parts, entries: Mapping[Where, Value]) -> None:
    for title, place in entries:
        cell = parts.cells[title].cells.get(place)
        if cell and cell.formula and cell.of_formula.get("ref"):
            problem = "holds a formula that other cells share"
            raise InputError.of_file(_addresses([(title, place)])[0], problem, "type the entry in Excel")


def _compared(parts: Parts, outcome: Outcome) -> tuple[dict[Where, Value], list[Where]]:
    """Return the values that are not stored so, and the cells whose stored value really is another."""
    shown, noticed = {}, []
    for where, value in outcome.values.items():
        title, place = where
        stored = value_of(parts.cells[title].cells[place], parts.texts)
        if _kind(stored) is not _kind(value) or stored != value:
            shown[where] = value
            if stored is not None and not _alike(stored, value):
                noticed.append(where)
    return shown, noticed


def _kind(value: Value) -> type:
    for kind in (ErrorText, str, bool, float):
        if isinstance(value, kind):
            return kind
    return type(value)


def _alike(stored: Value, value: Value) -> bool:
    if not isinstance(stored, float) or not isinstance(value, float):
        return _kind(stored) is _kind(value) and stored == value
    return abs(stored - value) <= _SAME * max(1.0, abs(stored), abs(value))


def _is_calculated(parts: Parts) -> bool:
    """Whether values are a program's: where the file asks to be calculated they need not be."""
    return parts.settings("calcPr").get("fullCalcOnLoad") not in ("1", "true")


def _write(
    parts: Parts, out: Path, entries: Mapping[Where, Value], shown: Mapping[Where, Value], mark: bool = False
) -> None:
    changed = {}
    for title in dict.fromkeys(title for title, _ in (*entries, *shown)):
        typed, values = ({at: value for (sheet, at), value in held.items() if sheet == title}
                         for held in (entries, shown))  # fmt: skip
        changed[parts.sheets[title]] = spliced(parts.cells[title], typed, values)
    cells = ((title, at, parts.cells[title].cells.get(at)) for title, at in entries)
    held = {(title, at) for title, at, cell in cells if cell and cell.formula is not None}
    if held and parts.chain:
        gone = {(parts.numbers[title], f"{letter(column)}{row}") for title, (row, column) in held}
        changed[parts.chain] = without(parts.read(parts.chain), gone)
    if mark and _is_calculated(parts):
        changed[parts.book] = marked(parts.read(parts.book))
    with naming(out):
        parts.write(out, changed)


# --- words ---


def _addresses(cells: Iterable[Where]) -> tuple[str, ...]:
    return tuple(f"{title}!{letter(column)}{row}" for title, (row, column) in cells)


def _told(unable: Mapping[Where, str]) -> Message:
    """Return reasons with a few of their cells: ``Calc!B3, Calc!B4 (AGGREGATE)``."""
    by_reason: dict[str, list[Where]] = defaultdict(list)
    for where, reason in unable.items():
        by_reason[reason].append(where)
    told = [
        message("{cells} ({reason})", cells=named(_addresses(cells)), reason=plain(reason))
        for reason, cells in by_reason.items()
    ]
    more = sum(map(len, list(by_reason.values())[_REASONS:]))
    shown = joined(told[:_REASONS], "; ")
    return message("{names} and {more} more", names=shown, more=more) if more else shown


def named(addresses: Sequence[str]) -> Message:
    """Return the first few of many addresses, and how many more there are."""
    more = len(addresses) - _NAMED
    listed = message("{names}", names=", ".join(addresses[:_NAMED]))
    return message("{names} and {more} more", names=listed, more=more) if more > 0 else listed
