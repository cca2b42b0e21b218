"""The command that writes a note: note."""

from __future__ import annotations

from pathlib import Path

import click

from xlplugin.cli.questions import Question, asked_alone
from xlplugin.cli.terminal import next_step, say, word


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

    names, language = list(companies) or None, question.language
    write_note(target, names, measure=measure, language=language, force=force, **question.shared)
    say(f"Wrote {word(target)}.")
    next_step("xlplugin compare -o FILE.xlsx keeps the figures behind it")
