"""What gives scenario rows: in pieces, in order, which workers parse and turn into rows side by side."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xlplugin.batch.rows import Rows


class Source(ABC):
    """Scenario rows in pieces.

    ``name`` stands in messages, ``files`` are what was read (never to be overwritten), ``count`` the
    number of rows where it is known beforehand, ``additions`` what the source brings along beside
    rows: dataset, companies, own values, lines, fiscal_year, ``notices`` what a person should know.
    """

    name: str
    files: Sequence[Path] = ()
    count: int | None = None
    additions: Mapping[str, Any] = MappingProxyType({})
    notices: Sequence[str] = ()

    @abstractmethod
    def pieces(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[Any]:
        """Yield the rows from ``start`` to ``stop`` in order, pieces of about ``size`` rows, unparsed."""

    def parsed(self, piece: Any) -> Any:
        """Return the piece as something that has a length in rows; called in a worker."""
        return piece

    @abstractmethod
    def nothing(self) -> Any:
        """Return a parsed piece without rows: what a table with a header alone gives."""

    @abstractmethod
    def rows(self, parsed: Any, first: int) -> Rows:
        """Return the rows of a parsed piece, the first with this number; called in a worker."""

    @abstractmethod
    def columns(self) -> Sequence[str]:
        """Return the names of the table's columns."""

    @abstractmethod
    def all_rows(self) -> Rows:
        """Return every row at once."""


class Places(Source):
    """Rows that are known by their places alone, which are counted: a piece is a range of them."""

    count: int

    def pieces(self, size: int, start: int = 0, stop: int | None = None) -> Iterator[range]:
        """Yield ranges of places."""
        stop = self.count if stop is None else stop
        for first in range(start, stop, size):
            yield range(first, min(first + size, stop))

    def nothing(self) -> range:
        """Return no place."""
        return range(0)

    def all_rows(self) -> Rows:
        """Return the rows of all places."""
        return self.rows(range(self.count), 1)
