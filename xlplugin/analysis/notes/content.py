"""What a note is made of: blocks in their order, bound to no format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlplugin.analysis.export.plots import Plot


@dataclass(frozen=True)
class Heading:
    """The heading of a section."""

    words: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; ``strong`` is what a reader in a hurry reads."""

    words: str
    strong: bool = False


@dataclass(frozen=True)
class Point:
    """One point of a list: what it is about, what is said, and the address that this rests on."""

    about: str
    words: str
    address: str = ""


@dataclass(frozen=True)
class Points:
    """A list; ``small`` where it is read only when it is needed."""

    points: Sequence[Point]
    small: bool = False


@dataclass(frozen=True)
class Group:
    """A row of a table that names those below it."""

    words: str


@dataclass(frozen=True)
class Table:
    """A table whose first column is text and the others figures; ``rows`` are cells, or a :class:`Group`."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str] | Group]


@dataclass(frozen=True)
class Picture:
    """A plot, and what it shows for those who do not see it."""

    plot: Plot
    alternative: str


Block = Heading | Paragraph | Points | Table | Picture


@dataclass(frozen=True)
class Note:
    """A note: its title, what it is about in a line, its blocks, and the line at the foot of every page."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    foot: str
    language: str
