"""Where commands of the dataset put a table: on the screen, into a file, as JSON, or as a form to fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import chosen, text
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import decimal_option, json_option, next_step, note, print_json, say

if TYPE_CHECKING:
    import pandas as pd

_OPTIONS = (
    click.option(
        "--new",
        metavar="OUT.csv",
        type=click.Path(path_type=Path),
        help="Write a table with one row to fill, and beside it what each column means.",
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="A .csv, .parquet or .xlsx file, in place of a table.",
    ),
    click.option("--force", is_flag=True, help="Replace what is written."),
    decimal_option,
    json_option,
)


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
        """Write a frame to its file or as JSON, and return whether that was asked for."""
        if self.output is not None:
            from xlplugin.analysis.export.output import check_output, write_output

            check_output(self.output, self.force)
            records: Any = frame.to_dict("records")
            write_output(self.output, records, title, None, language=chosen())
            say(text("wrote_rows", count=len(records), output=self.output))
            next_step(step)
        elif self.as_json:
            print_json(frame)
        return self.output is not None or self.as_json


def shown_or_written(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of an :class:`Outlet`, which comes first among its arguments."""

    @wraps(command)
    def given(**options: Any) -> None:
        outlet = Outlet(**{field.name: options.pop(field.name) for field in fields(Outlet)})
        command(outlet, **options)

    for option in reversed(_OPTIONS):
        given = option(given)
    return given
