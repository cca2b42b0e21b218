"""The command that writes a note: note."""

from __future__ import annotations

from pathlib import Path

import click

from xlplugin.cli.language import chosen, text
from xlplugin.cli.questions import Question, asked_alone, measure_of
from xlplugin.cli.steps import CASE, command
from xlplugin.cli.terminal import next_step, say


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option("--measure", default="operating_margin_change", show_default=True, help="A line of the model.")
@asked_alone
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    metavar="NOTE",
    type=click.Path(path_type=Path),
    help="A .html, .pdf or .docx file.",
)
@click.option("--force", is_flag=True, help="Replace the output.")
def note(question: Question, companies: tuple[str, ...], measure: str, target: Path, force: bool) -> None:
    """Write a note of one or two pages: table with ranges, pictures, causes, the sell-off, caveats, sources.

    A page (.html) is one file for any browser, light and dark; .pdf and .docx need what comes with
    pip install "xlplugin[note]".
    """
    from xlplugin.analysis.notes.writing import note as write_note

    names, measure = list(companies) or None, measure_of(measure) or measure
    write_note(target, names, measure=measure, language=chosen(), force=force, **question.shared)
    say(text("note.wrote", path=target))
    next_step(command("bridge", question.companies(companies)[0], keeping=CASE))
