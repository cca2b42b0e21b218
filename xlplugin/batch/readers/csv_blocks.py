"""The bytes of a CSV before anything reads them: UTF-8, cut where rows end, their quotes looked at.

One pass, since PyArrow lets a quote that stands wrong swallow the rows after it. A quote opens where a
cell begins and closes where one ends; a block in which one stands elsewhere is read row by row.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlplugin.files.csv_text import CLOSE_QUOTE, NEVER_CLOSED, delimiter_of, leading
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message, plain

#: The longest row, in bytes: more than a sheet of texts of full length holds in 500 columns.
LONGEST_ROW = 16 << 20

#: Bytes that may stand before the header.
LONGEST_LEAD = 1 << 16

_QUOTE, _LINE_FEED, _RETURN = b'"\n\r'


@dataclass(frozen=True, slots=True)
class Block:
    """Whole rows as bytes: whether quotes are in them, and whether each opens and closes a cell."""

    text: bytes
    quoted: bool = False
    regular: bool = True

    def __len__(self) -> int:
        return len(self.text)


def utf8(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """Yield the same text in UTF-8 without a mark at its start; InputError for what is no text."""
    lead = True
    for text in _converted(chunks, name):
        if b"\0" in text:
            raise InputError.of_file(name, "not a text file", "give a CSV, Excel or Parquet file")
        if lead:
            text = text[lead_of(text) :]
            lead = not text
        yield text


def lead_of(text: bytes) -> int:
    """Return how many bytes stand before the header: blank lines, and ``sep=;`` as Excel reads it."""
    mark = len(codecs.BOM_UTF8) if text.startswith(codecs.BOM_UTF8) else 0
    return mark + leading(text[mark:LONGEST_LEAD].decode("latin-1"))[0]


def _converted(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    first = next(chunks, b"")
    if first[:2] not in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        yield decoder.decode(first).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise InputError.of_file(name, "not text in UTF-8 or UTF-16", "save it as CSV UTF-8") from None


def blocks(chunks: Iterator[bytes], name: str) -> Iterator[Block]:
    """Yield the text in blocks of whole rows, each looked at once.

    Raises InputError for a row of more than :data:`LONGEST_ROW` bytes, mostly a quote left open.
    """
    rest, line, cutter = b"", 1, None
    for chunk in chunks:
        cutter = cutter or _Cutter(chunk)
        block, rest = cutter.cut(rest, chunk)
        if block.text:
            yield block
            line += block.text.count(cutter.ending)
        if len(rest) > LONGEST_ROW:
            if cutter.is_open(rest):
                raise _never_closed(name, line)
            problem = message("line {line} is longer than {size} MB", line=line, size=LONGEST_ROW >> 20)
            raise InputError.of_file(name, problem, "end each row with a line end")
    if cutter and rest.strip():
        if cutter.is_open(rest):
            raise _never_closed(name, line)
        yield replace(cutter.cut(rest, b"")[0], text=rest)


def _never_closed(name: str, line: int) -> InputError:
    return InputError.of_file(
        name, message("line {line}: {problem}", line=line, problem=plain(NEVER_CLOSED)), CLOSE_QUOTE
    )


def first_row_end(text: bytes) -> int:
    """Return where the first row ends."""
    return next(_Cutter(text).row_ends(text), len(text))


class _Cutter:
    """Finds the last row that is whole; delimiter and line end are those of the first line."""

    def __init__(self, text: bytes) -> None:
        self.delimiter = delimiter_of(text[: text.find(b"\n")].decode("utf-8", "replace")).encode()
        self.ending = b"\n" if b"\n" in text or b"\r" not in text else b"\r"  # line ends of old
        cell = rb'(?<![^\r\n%b])"[^"]*+(?:""[^"]*+)*+("?)' % self.delimiter
        self._marks = re.compile(rb"%b|%b" % (cell, self.ending))

    def cut(self, rest: bytes, chunk: bytes) -> tuple[Block, bytes]:
        """Return the whole rows of the rest of the last chunk and this one, and what is left of it."""
        if b'"' not in chunk and b'"' not in rest:
            end = chunk.rfind(self.ending) + 1
            if not end:
                return Block(b""), rest + chunk
            return Block(b"".join((rest, memoryview(chunk)[:end]))), chunk[end:]
        text = rest + chunk
        codes = np.frombuffer(text, np.uint8)
        quotes = np.flatnonzero(codes == _QUOTE)
        if not self._regular(codes, quotes):
            end = max(self.row_ends(text), default=0)
            return Block(text[:end], quoted=True, regular=False), text[end:]
        ends = np.flatnonzero(codes == self.ending[0])
        outside = ends[np.searchsorted(quotes, ends) % 2 == 0]
        end = int(outside[-1]) + 1 if len(outside) else 0
        return Block(text[:end], quoted=True), text[end:]

    def row_ends(self, text: bytes) -> Iterator[int]:
        """Yield where each row ends, as a reader that goes row by row sees it."""
        for mark in self._marks.finditer(text):
            if mark[1] == b"":  # opened, not closed
                return
            if mark[1] is None:
                yield mark.end()

    def is_open(self, text: bytes) -> bool:
        """Whether a quote opens that nothing closes."""
        return b'"' in text and any(mark[1] == b"" for mark in self._marks.finditer(text))

    def _regular(self, codes: Any, quotes: Any) -> bool:
        """Whether each quote opens or closes a cell, or is one of two within quoted text."""
        edges = np.array([self.delimiter[0], _LINE_FEED, _RETURN, _QUOTE], np.uint8)
        opening, closing = quotes[::2], quotes[1::2]
        before = np.where(opening > 0, codes[opening - 1], _LINE_FEED)
        after = np.where(closing + 1 < len(codes), codes[(closing + 1) % len(codes)], _LINE_FEED)
        return bool(np.isin(before, edges).all() and np.isin(after, edges).all())
