"""The command that puts the sell-off of 27 January 2025 to the test: article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlplugin.analysis.notes.moves import lever_value, mark_notes, marks, reading_notes, sentence
from xlplugin.cli.language import chosen
from xlplugin.cli.options import json_option
from xlplugin.cli.outlets import passed_on
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.data.shipped import shipped
from xlplugin.model.formats import percent
from xlplugin.model.labels import label
from xlplugin.workbook.builder.texts import text

Row = dict[str, Any]


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .csv, .parquet or .xlsx file.")
@click.option("--force", is_flag=True, help="Replace the output.")
@json_option
def article(output: Path | None, force: bool, as_json: bool) -> None:
    """The sell-off of 27 January 2025: each share's move, and what would have to be true for it."""
    from xlplugin.analysis.export.output import check_output
    from xlplugin.analysis.sell_off import sell_off_rows

    if output is not None:
        check_output(output, force)
    rows = [{**row, "sentence": sentence(row, chosen())} for row in sell_off_rows()]
    title, notes = text("selloff.title", chosen()), [*mark_notes(rows, chosen()), *reading_notes(chosen())]
    step = _other_lever(rows[0])
    if passed_on(rows, title, output, as_json, step, notes=notes, dataset=shipped()):
        return
    _print(rows, title, notes)
    next_step(step)


def _other_lever(row: Row) -> str:
    """Return the command that asks the break-even about a share's move."""
    target = f"{row['move'] * 100:.4g}%"
    return command("breakeven", row["company"], "--measure", "relative_eps_change", "--target", target)


def _print(rows: list[Row], title: str, notes: list[str]) -> None:
    """Print the moves beside the claims, then what would have to be true, then how to read it."""
    from xlplugin.analysis.sell_off import CLAIMS

    shares = {row["company"]: row for row in rows}
    heading(title)
    claims = [
        [
            row["company"] + marks(row),
            row["fiscal_year"] if row["as_of_article"] == "yes" else "-",
            _percent(row["move"], 2),
            *(_percent(row[scenario]) for scenario in CLAIMS),
        ]
        for row in shares.values()
    ]
    headers = [_column(name) for name in ("company", "fiscal_year", "move", *CLAIMS)]
    print_table(headers, claims, text_columns=2)
    heading(text("selloff.title.implied", chosen()))
    answers = [[row["company"], label(row["lever"], chosen()), row["sentence"], _found(row)] for row in rows]
    headers = [_column(name) for name in ("company", "lever", "sentence", "value")]
    print_table(headers, answers, text_columns=3, folded={1, 3}, coloured=False)
    for words in notes:
        note(words)


def _column(name: str) -> str:
    return text(f"selloff.column.{name}", chosen())


def _found(row: Row) -> str:
    return text("selloff.none", chosen()) if row["kind"] == "none" else lever_value(row, chosen())


def _percent(value: float, digits: int = 1) -> str:
    return percent(value, digits, signed=True, language=chosen())
