"""Tables and notes on the terminal: aligned, at most 100 columns, the same content in a pipe."""

from __future__ import annotations

import json
import math
import os
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import chosen, not_available, text
from xlplugin.model.errors import printable
from xlplugin.model.formats import sign
from xlplugin.model.translations import said

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

#: The most columns of a line, and the fewest that a folded column of texts keeps.
WIDTH = 100
_NARROWEST = 18

#: Blanks between the columns of a table.
_BETWEEN = 3


def console() -> Console:
    """Return the console: 100 columns, fewer on a terminal that is narrower; colour on a terminal alone."""
    from rich.console import Console

    return Console(width=width(), highlight=False, soft_wrap=False, file=sys.stdout, emoji=False)


def width() -> int:
    """Return how many columns there are: in a pipe and on a terminal that does not say, the most."""
    try:
        columns = os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else 0
    except (OSError, ValueError):
        columns = 0
    return min(WIDTH, columns or WIDTH)


def print_table(
    headers: Sequence[str],
    rows: Iterable[Sequence[RenderableType]],
    *,
    title: str = "",
    text_columns: int = 1,
    dim: Collection[int] = (),
    folded: Collection[int] = (),
    coloured: bool = True,
) -> None:
    """Print a table; the first ``text_columns`` are text, the others figures, right-aligned.

    Cells are texts, or marks that rich draws. Columns numbered in ``dim`` are secondary, those in
    ``folded`` may take several lines, as the last text column may. Changes are green and red by their sign.
    Where the figures do not fit beside the texts, the others follow in tables of their own.
    """
    from rich import box
    from rich.table import Table

    cells = [list(map(_cell, row)) for row in rows]
    # names stay whole: only the last text column may be folded
    may_fold = {*folded, *([text_columns - 1] if text_columns > 1 else [])}
    tables = abreast(headers, cells, text_columns, may_fold)
    closer = abreast(headers, cells, text_columns, {*may_fold, 0})
    if len(closer) < len(tables):  # names on two lines, and more of a row together
        tables, may_fold = closer, {*may_fold, 0}
    for columns in tables:
        table = Table(
            title=title or None, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
        )
        for i in columns:
            table.add_column(
                headers[i],
                justify="left" if i < text_columns else "right",
                style="dim" if i in dim else "",
                overflow="fold",
                no_wrap=i not in may_fold,
            )
        for row in cells:
            signed = [coloured and i >= text_columns and i not in dim for i in columns]
            table.add_row(*map(_styled, (row[i] for i in columns), signed))
        console().print(table)
        title = ""


def abreast(
    headers: Sequence[str], rows: Sequence[Sequence[RenderableType]], texts: int, folded: Collection[int] = ()
) -> list[list[int]]:
    """Return the columns of each table: as many figures as fit beside the texts."""
    widths = [
        max([_columns_of(header), *(_columns_of(row[i]) for row in rows)]) for i, header in enumerate(headers)
    ]
    for i in folded:
        words = [word for row in rows if isinstance(row[i], str) for word in str(row[i]).split()]
        widths[i] = min(widths[i], max([_NARROWEST, *map(len, words)]))
    room = width() - sum(width + _BETWEEN for width in widths[:texts]) + _BETWEEN - 2
    groups: list[list[int]] = [[]]
    left = room
    for i in range(texts, len(headers)):
        left -= widths[i] + _BETWEEN
        if left < 0 and groups[-1]:
            groups.append([])
            left = room - widths[i] - _BETWEEN
        groups[-1].append(i)
    return [[*range(texts), *group] for group in groups]


def _columns_of(cell: RenderableType) -> int:
    from rich.cells import cell_len
    from rich.measure import Measurement

    if isinstance(cell, str):
        return max(map(cell_len, cell.split("\n")))
    return Measurement.get(console(), console().options, cell).maximum


def _cell(content: RenderableType) -> RenderableType:
    """Return a text as it may stand in a table; marks stay."""
    return _written(content) if isinstance(content, str) else content


def _styled(content: RenderableType, signed: bool) -> RenderableType:
    """Return a text coloured by its sign where that means something."""
    from rich.text import Text

    return Text(content, style=_style(content) if signed else "") if isinstance(content, str) else content


def _written(words: object) -> str:
    """Return a text in the language, with signs that standard output takes and that steer nothing."""
    words = printable(said(words, chosen()))
    return words if _takes("\u2212") else words.replace("\u2212", "-")


def heading(words: str) -> None:
    """Print the heading of a table, on one line where the width allows it."""
    _say(words, "bold")


def note(words: str) -> None:
    """Print a note below a table."""
    _say(words, "dim")


def next_step(command: str, *, aside: bool = False) -> None:
    """Print the last line: a command to type next, whole on its line, so that it can be pasted.

    ``aside``: on standard error, where what is printed is a text or an answer that stands alone.
    """
    say(text("next", command=command), err=aside)


def _say(words: str, style: str = "") -> None:
    from rich.text import Text

    console().print(Text(_written(words), style=style))


def print_json(frame: pd.DataFrame | Sequence[Mapping[str, Any]]) -> None:
    """Print records as JSON, null where not available."""
    records = frame if isinstance(frame, Sequence) else frame.to_dict("records")
    clean = [{str(name): _plain(value) for name, value in record.items()} for record in records]
    lines = json.dumps(clean, ensure_ascii=not _takes_everything(), indent=1).split("\n")
    click.echo("\n".join(map(_escaped, lines)))


def say(words: object, *, err: bool = False) -> None:
    """Print one line, whatever names from outside stand in it."""
    click.echo(_written(words), err=err)


def say_lines(words: object, *, err: bool = False) -> None:
    """Print a text of several lines."""
    for line in said(words, chosen()).splitlines():
        say(line, err=err)


def _takes(signs: str) -> bool:
    """Whether standard output takes these signs."""
    try:
        signs.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _takes_everything() -> bool:
    """Whether standard output takes every character."""
    return _takes("\U0001f389")


def _escaped(line: str) -> str:
    """Return a line of JSON with escapes for what would steer a terminal."""
    if printable(line) == line:
        return line
    return "".join(c if printable(c) == c else f"\\u{ord(c):04x}" for c in line)


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return None if value != value else str(value)


def _style(cell: str) -> str:
    if cell == not_available():
        return "dim"
    colors = {"+": "green", "-": "red", sign("minus", chosen()): "red"}
    return colors.get(cell[:1], "") if any(c in "123456789" for c in cell) else ""
