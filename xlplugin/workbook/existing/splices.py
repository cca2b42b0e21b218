"""The bytes of a sheet with other values in some cells: entries typed, values of formulas computed.

Only the bytes of those cells change; attributes of a cell (its style, its address) stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from xlplugin.model.errors import InputError
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.cells import Value, cached, inline
from xlplugin.workbook.existing.cells import Cell, Place, Sheet

__all__ = ["spliced"]

_ATTRIBUTES = rb"""(?:\s+[^\s=]+\s*=\s*(?:"[^"]*"|'[^']*'))*"""
_TAG = re.compile(rb"<((?:[^\s:/>]+:)?)([^\s/>]+)(" + _ATTRIBUTES + rb")\s*(/?)>")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")

#: A stretch of bytes, and what takes its place.
Splice = tuple[int, int, bytes]


def spliced(sheet: Sheet, entries: Mapping[Place, Value], values: Mapping[Place, Value]) -> bytes:
    """Return the sheet with ``entries`` typed into its cells and ``values`` as what formulas show.

    None clears an entry, or takes a formula's value away. InputError where a cell is missing in a row
    whose cells do not say where they stand.
    """
    splices = [
        *(_showing(sheet.data, sheet.cells[place], value) for place, value in values.items()),
        *(
            _holding(sheet.data, sheet.cells[place], value)
            for place, value in entries.items()
            if place in sheet.cells
        ),
        *_added(sheet, {place: value for place, value in entries.items() if place not in sheet.cells}),
    ]
    pieces, at = [], 0
    for start, end, piece in sorted(splices, key=lambda splice: splice[:2]):
        pieces += [sheet.data[at:start], piece]
        at = end
    return b"".join([*pieces, sheet.data[at:]])


def _showing(data: bytes, cell: Cell, value: Value) -> Splice:
    """A cell with its formula as it stands and another value."""
    prefix, head, inside = _opened(data, cell.start)
    kind, shown = cached(value, prefix.decode()) if value is not None else ("", "")
    head = _with_kind(head, kind)
    name = b"<" + prefix + b"c"
    if inside == cell.end or cell.formula is None:  # empty, or shown by an array's formula elsewhere
        content = shown.encode()
    elif cell.value_span:
        first, last = cell.value_span
        content = data[inside:first] + shown.encode() + data[last : data.rindex(b"</", inside, cell.end)]
    else:
        at = cell.formula_span[1] if cell.formula_span else inside
        content = data[inside:at] + shown.encode() + data[at : data.rindex(b"</", inside, cell.end)]
    return cell.start, cell.end, name + head + b">" + content + b"</" + prefix + b"c>"


def _holding(data: bytes, cell: Cell, value: Value) -> Splice:
    """A cell with a typed value in place of all that it holds."""
    prefix, head, _ = _opened(data, cell.start)
    return cell.start, cell.end, _cell(prefix, _without(head, b"cm", b"vm"), value)


def _cell(prefix: bytes, head: bytes, value: Value) -> bytes:
    name = b"<" + prefix + b"c"
    if value is None:
        return name + _without(head, b"t") + b"/>"
    kind, content = inline(value, prefix.decode())
    return name + _with_kind(head, kind) + b">" + content.encode() + b"</" + prefix + b"c>"


def _added(sheet: Sheet, entries: Mapping[Place, Value]) -> Iterator[Splice]:
    """Cells that the sheet does not hold yet, in rows that it holds or not."""
    prefix = _opened(sheet.data, sheet.start)[0]
    put: dict[tuple[int, int, int | None], list[bytes]] = {}  # by element, and what it is put before
    lines: dict[int, list[bytes]] = {}
    for (row, column), value in sorted(entries.items()):
        if value is None:
            continue
        cell = _cell(prefix, f' r="{letter(column)}{row}"'.encode(), value)
        if (held := sheet.rows.get(row)) is None:
            lines.setdefault(row, []).append(cell)
            continue
        if not held.addressed:
            problem = "its cells do not say where they stand"
            raise InputError.of_file(f"row {row}", problem, "save the file in Excel again")
        after = [sheet.cells[row, other].start for other in held.columns if other > column]
        put.setdefault((held.start, held.end, min(after, default=None)), []).append(cell)
    for row, cells in lines.items():
        line = b'<%brow r="%d">%b</%brow>' % (prefix, row, b"".join(cells), prefix)
        below = [other.start for number, other in sheet.rows.items() if number > row]
        put.setdefault((sheet.start, sheet.end, min(below, default=None)), []).append(line)
    for (start, end, spot), pieces in put.items():
        yield _before(sheet.data, start, end, spot, b"".join(pieces))


def _before(data: bytes, start: int, end: int, spot: int | None, piece: bytes) -> Splice:
    """Put a piece before ``spot``, or (None) last into the element from ``start`` to ``end``."""
    if spot is not None:
        return spot, spot, piece
    prefix, head, inside = _opened(data, start)
    if inside < end:
        at = data.rindex(b"</", inside, end)
        return at, at, piece
    name = prefix + _TAG.match(data, start)[2]  # type: ignore[index]  # it was found there
    return start, end, b"<" + name + head + b">" + piece + b"</" + name + b">"


def _opened(data: bytes, start: int) -> tuple[bytes, bytes, int]:
    """Return the prefix of a tag, its attributes as written, and where what it holds begins."""
    found = _TAG.match(data, start)
    assert found, data[start : start + 80]
    return found[1], found[3], found.end()


def _with_kind(head: bytes, kind: str) -> bytes:
    """Return attributes with this kind of value; as they are where it is the same."""
    held = next((a[2] or a[3] or b"" for a in _ATTRIBUTE.finditer(head) if a[1] == b"t"), None)
    wanted = kind.encode()
    if held == wanted or (held in (None, b"n") and not wanted):
        return head
    return _without(head, b"t") + (b' t="' + wanted + b'"' if wanted else b"")


def _without(head: bytes, *names: bytes) -> bytes:
    return _ATTRIBUTE.sub(lambda attribute: b"" if attribute[1] in names else attribute[0], head)
