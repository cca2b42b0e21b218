"""The command that puts the sell-off of 27 January 2025 to the test: article."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from xlplugin.cli import language
from xlplugin.cli.language import chosen, figure
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import heading, json_option, next_step, note, print_json, print_table, say
from xlplugin.model.formats import percent
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import label
from xlplugin.workbook.builder.texts import keys, text

Row = dict[str, Any]

#: Flag of a row -> the value that asks for its mark, the mark.
_MARKS = {
    "latest": ("as_of_article", "no", "*"),
    "other_year": ("exposure_year_differs", "yes", "†"),
    "general": ("general_assumptions", "yes", "‡"),
}


@click.command()
@click.option("-o", "--output", type=click.Path(path_type=Path), help="A .csv, .parquet or .xlsx file.")
@click.option("--force", is_flag=True, help="Replace the output.")
@json_option
def article(output: Path | None, force: bool, as_json: bool) -> None:
    """The sell-off of 27 January 2025: each share's move, and what would have to be true for it."""
    from xlplugin.analysis.export.output import check_output, write_output
    from xlplugin.analysis.sell_off import sell_off_rows

    if output is not None:
        check_output(output, force)
    rows = [{**row, "sentence": _sentence(row)} for row in sell_off_rows()]
    title, notes = text("selloff.title", chosen()), [text(key, chosen()) for key in _notes(rows)]
    if output is not None:
        write_output(output, rows, title, None, notes)
        say(language.text("wrote_rows", count=len(rows), output=output))
    elif as_json:
        print_json(rows)
        return
    else:
        _print(rows, title, notes)
    next_step(_other_lever(rows[0]))


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
            row["company"] + _marks(row),
            row["fiscal_year"] if row["as_of_article"] == "yes" else "-",
            _percent(row["move"], 2),
            *(_percent(row[scenario]) for scenario in CLAIMS),
        ]
        for row in shares.values()
    ]
    headers = [_column(name) for name in ("company", "fiscal_year", "move", *CLAIMS)]
    print_table(headers, claims, text_columns=2)
    heading(text("selloff.title.implied", chosen()))
    answers = [[row["company"], label(row["lever"], chosen()), row["sentence"], _value(row)] for row in rows]
    headers = [_column(name) for name in ("company", "lever", "sentence", "value")]
    print_table(headers, answers, text_columns=3, folded={1, 3}, coloured=False)
    for words in notes:
        note(words)


def _column(name: str) -> str:
    return text(f"selloff.column.{name}", chosen())


def _notes(rows: list[Row]) -> list[str]:
    """Return the keys of the notes: those of every table, and those of the marks that stand in it."""
    marked = "".join(map(_marks, rows))
    always = [key for key in keys("selloff.note.") if key.rpartition(".")[2].isdigit()]
    return [*(f"selloff.note.{name}" for name, (_, _, mark) in _MARKS.items() if mark in marked), *always]


def _marks(row: Row) -> str:
    marks = "".join(mark for flag, asked, mark in _MARKS.values() if row[flag] == asked)
    return f" {marks}" if marks else ""


def _sentence(row: Row) -> str:
    """Return in one sentence what would have to be true."""
    found = "none." if row["kind"] == "none" else ""
    return text(
        f"selloff.{found}{row['lever']}", chosen(), move=_percent(row["move"], 2),
        effect=percent(row["effect"], language=chosen()), figure=_figure(row),
    )  # fmt: skip


def _value(row: Row) -> str:
    return text("selloff.none", chosen()) if row["kind"] == "none" else _figure(row)


def _figure(row: Row) -> str:
    share = INPUTS[row["lever"]].unit == "share"
    return percent(row["value"], language=chosen()) if share else figure(row["value"], ".3f")


def _percent(value: float, digits: int = 1) -> str:
    return percent(value, digits, signed=True, language=chosen())
