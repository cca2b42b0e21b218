"""Tables and notes on the terminal: aligned, at most 100 columns, the same content in a pipe."""

from __future__ import annotations

import json
import math
import os
import shlex
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from xlplugin.data.records import PEERS
from xlplugin.model.errors import printable

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console, RenderableType

    from xlplugin.data.dataset import Dataset

WIDTH = 100

#: Adds ``--decimal`` to a command that reads tables of the user's.
decimal_option = click.option(
    "--decimal", type=click.Choice([".", ","]), help="The decimal sign of your files; default: as they show."
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print an array of records instead of a table."
)


peers_option = click.option("--peers", is_flag=True, help="Add the peers, companies for comparison.")


def with_peers(names: Sequence[str], peers: bool, dataset: Dataset) -> list[str] | None:
    """Return the names that a command is to show (None: the usual ones), with the peers where asked for."""
    return [*(names or dataset.choice()), PEERS] if peers else list(names) or None


def console() -> Console:
    """Return the console: 100 columns everywhere; colour on a terminal alone and not with NO_COLOR."""
    from rich.console import Console

    return Console(width=WIDTH, highlight=False, soft_wrap=False, file=sys.stdout, emoji=False)


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
    """
    from rich import box
    from rich.table import Table

    table = Table(
        title=title or None, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False
    )
    for i, header in enumerate(headers):
        # names stay whole: only the last text column may be folded
        may_fold = i in folded or 0 < i == text_columns - 1
        table.add_column(
            header,
            justify="left" if i < text_columns else "right",
            style="dim" if i in dim else "",
            overflow="fold",
            no_wrap=not may_fold,
        )
    for row in rows:
        signed = [coloured and i >= text_columns and i not in dim for i in range(len(row))]
        table.add_row(*map(_cell, row, signed))
    console().print(table)


def _cell(content: RenderableType, signed: bool) -> RenderableType:
    """Return a text as it may stand in a table, coloured by its sign where that means something."""
    from rich.text import Text

    if not isinstance(content, str):
        return content
    return Text(printable(content), style=_style(content) if signed else "")


def heading(text: str) -> None:
    """Print the heading of a table, on one line where the width allows it."""
    _say(text, "bold")


def note(text: str) -> None:
    """Print a note below a table."""
    _say(text, "dim")


def next_step(text: str) -> None:
    """Print the last line: what to do next."""
    _say(f"Next: {text}")


def _say(text: str, style: str = "") -> None:
    from rich.text import Text

    console().print(Text(printable(text), style=style))


def print_json(frame: pd.DataFrame | Sequence[Mapping[str, Any]]) -> None:
    """Print records as JSON, null where not available."""
    records = frame if isinstance(frame, Sequence) else frame.to_dict("records")
    clean = [{str(name): _plain(value) for name, value in record.items()} for record in records]
    text = json.dumps(clean, ensure_ascii=not _takes_everything(), indent=1)
    click.echo("\n".join(map(_escaped, text.split("\n"))))


def say(text: object, *, err: bool = False) -> None:
    """Print one line, whatever names from outside stand in it."""
    click.echo(printable(str(text)), err=err)


def word(text: object) -> str:
    """Return a name as one word of a command that is typed in a shell of this system."""
    return subprocess.list2cmdline([str(text)]) if os.name == "nt" else shlex.quote(str(text))


def _takes_everything() -> bool:
    """Whether standard output takes every character."""
    return (getattr(sys.stdout, "encoding", None) or "utf-8").casefold().startswith("utf")


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
    if cell == "#N/A":
        return "dim"
    return {"+": "green", "-": "red"}.get(cell[:1], "") if any(c in "123456789" for c in cell) else ""
