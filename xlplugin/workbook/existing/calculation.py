"""What a file says of its calculation: the list of formulas in their order, and the mark to calculate all."""

from __future__ import annotations

import re
from collections.abc import Collection
from xml.parsers import expat

__all__ = ["marked", "without"]

_NAME = re.compile(rb"<[^\s/>]+")
_MARK = re.compile(rb"""\sfullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""")
_WANTED = b' fullCalcOnLoad="1"'

#: Elements of a workbook that stand after what it says of its calculation.
_AFTER = ("oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing",
          "fileRecoveryPr", "webPublishObjects", "extLst")  # fmt: skip


def marked(data: bytes) -> bytes:
    """Return the workbook's own part with the mark that all is to be calculated when it is opened."""
    found: list[tuple[int, bytes]] = []  # the element that says so, else what stands after its place
    depth = 0

    def begin(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        local = name.rpartition(" ")[2]
        if depth == 2 and (local == "calcPr" or (local in _AFTER and not found)):
            found.append((parser.CurrentByteIndex, local.encode()))

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        if not depth and not found:
            found.append((parser.CurrentByteIndex, b""))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = begin, finish
    parser.Parse(data, True)
    at, local = found[0]
    tag = _NAME.match(data, at)
    assert tag
    if local != b"calcPr":
        prefix = tag[0].lstrip(b"</").rpartition(b":")[0]
        return data[:at] + b"<" + (prefix + b":" if prefix else b"") + b"calcPr" + _WANTED + b"/>" + data[at:]
    end = data.index(b">", at)
    return data[: tag.end()] + _WANTED + _MARK.sub(b"", data[tag.end() : end]) + data[end:]


def without(data: bytes, gone: Collection[tuple[str, str]]) -> bytes:
    """Return the list of formulas without cells, each the number of its sheet and its address.

    Excel offers to repair a file whose list names a cell without a formula.
    A cell that does not say its sheet is of the one before it; where that one goes, it has to say so.
    """
    pieces: list[bytes] = []
    sheet, at, silent = "", 0, False

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal sheet, at, silent
        if name.rpartition(" ")[2] != "c":
            return
        start = parser.CurrentByteIndex
        sheet = attributes.get("i", sheet)
        if (sheet, attributes.get("r", "")) in gone:
            pieces.append(data[at:start])
            at = data.index(b">", start) + 1
            silent = silent or "i" in attributes
        elif silent and "i" not in attributes:
            end = _NAME.match(data, start).end()  # type: ignore[union-attr]  # a tag begins there
            pieces.append(data[at:end] + f' i="{sheet}"'.encode())
            at, silent = end, False
        else:
            silent = False

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.Parse(data, True)
    return b"".join([*pieces, data[at:]])
