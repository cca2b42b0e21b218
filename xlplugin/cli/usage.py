"""Wrong use of a command, as click finds it, said in the language of the command line."""

from __future__ import annotations

import click

from xlplugin.cli.language import chosen
from xlplugin.model.messages import Message
from xlplugin.model.translations import said


def problem_of(error: click.ClickException) -> str:
    """Return what is wrong in words; in English those of click itself."""
    if isinstance(error.message, Message):
        return said(error.message, chosen())
    told = error.format_message().rstrip(".")
    if chosen() == "en":
        return told
    return told
