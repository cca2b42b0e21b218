"""Commands that write a copy of a workbook with little changed in it: recalc and update."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlplugin.cli.steps import word
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
    said = f"{len(done.changed):,} of {done.formulas:,} formulas show another value"
    say(f"Wrote {out}: {said if done.changed else f'all {done.formulas:,} formulas show what they give'}.")
    if done.changed:
        note(f"Changed: {named(done.changed)}.")


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
    print_table(["entry", "cell", "before", "now"], rows, text_columns=2, coloured=False)
    rewritten = done.rewritten
    if not rewritten.blank:
        say(f"Wrote {out}: {len(rewritten.changed):,} of {rewritten.formulas:,} formulas show another value.")
        next_step(f"xlplugin diff {word(book)} {word(out)}")
        return
    say(f"Wrote {out}, to be calculated when it is opened.")
    note(f"Without a value until then: {named(rewritten.blank)}; not computed here: {rewritten.unable}.")
    next_step(f"open {out} in Excel or LibreOffice and save it")


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
        return "blank"
    return f"{value:.12g}" if isinstance(value, (int, float)) and not isinstance(value, bool) else str(value)


def named(cells: tuple[str, ...]) -> str:
    """Return the first few of many cells, and how many more there are."""
    more = len(cells) - _NAMED
    return ", ".join(cells[:_NAMED]) + (f" and {more:,} more" if more > 0 else "")
