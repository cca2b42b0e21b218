"""Where commands put their rows: on the screen, into a file, as JSON; and forms to fill."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import chosen, text
from xlplugin.cli.options import decimal_option, gathered, json_option
from xlplugin.cli.steps import command, typed
from xlplugin.cli.terminal import next_step, note, print_json, say

if TYPE_CHECKING:
    import pandas as pd

    from xlplugin.analysis.export.plots import Plot
    from xlplugin.data.dataset import Dataset


@dataclass(frozen=True)
class Outlet:
    """Where a table of the dataset goes: the screen, a file, JSON; or a form to fill in place of it."""

    new: Path | None
    output: Path | None
    force: bool
    decimal: str | None
    as_json: bool

    def form(self, table: str) -> bool:
        """Write the form of a table and return whether that was asked for."""
        if self.new is None:
            return False
        from xlplugin.data.forms import write_form

        beside = write_form(self.new, table, chosen(), force=self.force)
        say(text("form.wrote", path=self.new, beside=beside))
        check = command(table, *([] if table == "companies" else [f"--{table}"]), self.new)
        note(text("form.fill", command=check))
        next_step(command(table))  # tables that are filled in
        return True

    def passed_on(self, frame: pd.DataFrame, title: str, step: str) -> bool:
        """Write a frame to its file or as JSON, and return whether that was asked for; see `passed_on`."""
        if self.output is not None:
            from xlplugin.analysis.export.output import check_output

            check_output(self.output, self.force)
        records: Any = frame.to_dict("records")
        return passed_on(records, title, self.output, self.as_json, step)


#: Gives a command the options of an :class:`Outlet`, which it gets as ``outlet``.
shown_or_written = gathered(
    "outlet",
    Outlet,
    {
        "new": click.option(
            "--new", metavar="OUT.csv", type=click.Path(path_type=Path),
            help="Write a table with one row to fill, and beside it what each column means.",
        ),
        "output": click.option(
            "-o", "--output", type=click.Path(path_type=Path),
            help="A .csv, .parquet or .xlsx file, in place of a table.",
        ),
        "force": click.option("--force", is_flag=True, help="Replace what is written."),
        "decimal": decimal_option,
        "as_json": json_option,
    },
)  # fmt: skip


def passed_on(
    rows: Sequence[dict[str, Any]],
    title: str,
    output: Path | None,
    as_json: bool,
    step: str,
    plot: Callable[[], Plot | None] = lambda: None,
    notes: Sequence[str] = (),
    *,
    dataset: Dataset | None = None,
    size: str | None = None,
) -> bool:
    """Write rows to their file or as JSON, and return whether that was asked for.

    ``step`` is the command to type next. An answer about a ``dataset`` says in its file how to get it again.
    """
    if output is not None:
        from xlplugin.analysis.export.output import write_output

        again = parameters(dataset) if dataset else None
        write_output(output, rows, title, plot(), notes, size=size, parameters=again, language=chosen())
        say(text("wrote_rows", count=len(rows), output=output))
        next_step(step)
    elif as_json:
        print_json(rows)
    return output is not None or as_json


def parameters(dataset: Dataset) -> dict[str, str]:
    """Return what makes an answer again: the command as it was typed, version, data, and the day."""
    from xlplugin.analysis.export.wording import day
    from xlplugin.batch.manifest import data_hash
    from xlplugin.model.version import __version__

    context = click.get_current_context()
    names = {parameter.name or "" for parameter in context.command.params} - _OF_THE_FILE
    values = {
        "command": " ".join(["xlplugin", context.info_name or "", *typed(names), "--lang", chosen()]),
        "version": f"xlplugin {__version__}",
        "data": data_hash(dataset),
        "day": day(chosen()),
    }
    values |= {
        name: str(value)
        for name, value in context.params.items()
        if value not in (None, (), False) and name not in _OF_THE_FILE
    }
    return {text(f"parameters.{name}") if name in _SAID else name: value for name, value in values.items()}


#: What of the parameters has a name in words; options have their own.
_SAID = ("command", "version", "data", "day")

#: Options that say where an answer goes, and in which language.
_OF_THE_FILE = {"output", "force", "as_json", "size", "lang"}
