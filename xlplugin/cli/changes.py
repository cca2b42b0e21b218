"""Commands that write a copy of a workbook with little changed in it: recalc and update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlplugin.cli.language import figure, text
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import next_step, note, print_table, say
from xlplugin.model.errors import InputError

#: How many cells are named.
_NAMED = 6

_book = click.argument("book", metavar="BOOK", type=click.Path(path_type=Path))
_out = click.option(
    "-o", "--output", "out", metavar="OUT", type=click.Path(path_type=Path), required=True, help="The copy."
)
_force = click.option("--force", is_flag=True, help="Replace OUT where it exists.")


@click.command()
@_book
@_out
@_force
def recalc(book: Path, out: Path, force: bool) -> None:
    """Compute a workbook's formulas and write a copy that shows their values.

    Only values of formulas change in the file: shapes, comments, pivot tables, macros and all else stay byte
    for byte. Refused with the cells where a formula cannot be computed here.
    """
    from xlplugin.batch.updates import recalc as recalculated

    done = recalculated(book, out, force=force)
    key = "recalc.changed" if done.changed else "recalc.same"
    say(text(key, out=out, count=len(done.changed), formulas=done.formulas))
    if done.changed:
        note(text("recalc.cells", names=named(done.changed)))
    next_step(command("diff", book, out))


@click.command()
@_book
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, required=True,
    help="An entry by its name, of a block as xlp_in_cost_reduction[Salesforce,half]=40%; NAME= clears it.",
)  # fmt: skip
@_out
@_force
def update(book: Path, settings: tuple[str, ...], out: Path, force: bool) -> None:
    """Type entries into a copy of a filled template, and compute what follows.

    Only those cells and values of formulas change in the file: shapes, comments, pivot tables, macros and all
    else stay byte for byte. Names are those of the Outputs sheet (xlp_in_...); companies and scenarios go by
    any of their names.
    """
    from xlplugin.batch.updates import update as updated

    done = updated(book, out, [_setting(setting) for setting in settings], force=force)
    rows = [
        [entry.name, entry.address, _shown(entry.before, entry.formula), _shown(entry.after)]
        for entry in done.typed
    ]
    headers = [text(f"update.column.{name}") for name in ("entry", "cell", "before", "now")]
    print_table(headers, rows, text_columns=2, coloured=False)
    rewritten = done.rewritten
    if rewritten.blank:
        say(text("update.unable", out=out))
        note(text("update.blank", names=named(rewritten.blank), unable=rewritten.unable))
    else:
        count, formulas = len(rewritten.changed), rewritten.formulas
        say(text("recalc.changed", out=out, count=count, formulas=formulas))
    next_step(command("diff", book, out))


def _setting(given: str) -> tuple[str, Any]:
    name, sign, value = given.partition("]=") if "[" in given.partition("=")[0] else given.partition("=")
    if not sign:
        fix = "give NAME=VALUE, such as --set xlp_in_as_of=article"
        raise InputError.wrong("--set", given, fix)
    return (f"{name}]" if sign == "]=" else name).strip(), value.strip()


def _shown(value: Any, formula: str | None = None) -> str:
    """Return a value as it is typed: texts as they are, numbers short, a blank by its name."""
    if formula is not None:
        return f"={formula}"[:40]
    if value is None:
        return text("update.nothing")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return figure(value, ".12g") if number else str(value)


def named(cells: tuple[str, ...]) -> str:
    """Return the first few of many cells, and how many more there are."""
    names, more = ", ".join(cells[:_NAMED]), len(cells) - _NAMED
    return text("names.more", names=names, more=more) if more > 0 else names
