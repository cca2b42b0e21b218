"""Commands that write a copy of a workbook with little changed in it: recalc and update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlplugin.cli.language import chosen, shortened, text
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import next_step, note, print_table, say
from xlplugin.cli.wording import typed_value
from xlplugin.model.errors import InputError
from xlplugin.model.translations import said

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
    from xlplugin.batch.checks.entries import are_templates
    from xlplugin.batch.updates import recalc as recalculated

    done = recalculated(book, out, force=force)
    key = "recalc.changed" if done.changed else "recalc.same"
    say(text(key, out=out, count=len(done.changed), formulas=done.formulas))
    if done.changed:
        note(text("recalc.cells", names=shortened(done.changed, _NAMED)))
    next_step(command("diff", book, out) if are_templates(book) else command("run", out))


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
    else stay byte for byte. Names are the template's (xlp_in_...); companies and scenarios go by any of their
    names.
    """
    from xlplugin.batch.updates import update as updated

    done = updated(book, out, [_setting(setting) for setting in settings], force=force)
    headers = [text(f"update.column.{name}") for name in ("entry", "cell", "before", "now")]
    rows = [
        [one.name, one.address, f"={one.formula}"[:40] if one.formula else typed_value(one.before, one.input),
         typed_value(one.after, one.input)]
        for one in done.typed
    ]  # fmt: skip
    print_table(headers, rows, text_columns=2, coloured=False)
    rewritten = done.rewritten
    if rewritten.blank:
        say(text("update.unable", out=out))
        names = shortened(rewritten.blank, _NAMED)
        note(text("update.blank", names=names, unable=said(rewritten.unable, chosen())))
    else:
        say(text("recalc.changed", out=out, count=len(rewritten.changed), formulas=rewritten.formulas))
    next_step(command("diff", book, out))


def _setting(given: str) -> tuple[str, Any]:
    """Return the name and the value of a setting; brackets of the name may hold a sign of equality."""
    in_brackets = "[" in given.partition("=")[0]
    name, sign, value = given.partition("]=" if in_brackets else "=")
    if not sign:
        raise InputError.wrong("--set", given, "give NAME=VALUE, such as --set xlp_in_as_of=article")
    return (f"{name}]" if in_brackets else name).strip(), value.strip()
