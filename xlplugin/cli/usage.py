"""Wrong use of a command, as click finds it, said in the language of the command line.

Click makes its texts in English and forgets of what. They are recognised by its own templates, which
messages.csv translates; one that is not recognised stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

import click

from xlplugin.cli.help_pages import placeholders
from xlplugin.cli.language import chosen
from xlplugin.model.messages import Message, message, plain
from xlplugin.model.translations import said

#: Click's texts, the more special first; a place ``..._text`` holds a text of click's again.
TEMPLATES = (
    "Invalid value for {param}: {problem_text}",
    "Invalid value: {problem_text}",
    "Missing argument {param}. {choices_text}",
    "Missing option {param}. {choices_text}",
    "Missing argument {param}",
    "Missing option {param}",
    "Missing command",
    "Choose from:{choices}",
    "No such option {name}. Did you mean {near}?",
    "No such option {name}. (Did you mean one of: {near}?)",
    "No such option {name}",
    "Option {name} requires an argument",
    "Option {name} requires {count} arguments",
    "Option {name} does not take a value",
    "Got unexpected extra argument ({names})",
    "Got unexpected extra arguments ({names})",
    "{value} is not one of {choices}",
    "{value} is not a valid integer range",
    "{value} is not a valid integer",
    "{value} is not a valid float",
    "{value} is not in the range {range}",
    "{value} is not {choice}",
)


def problem_of(error: click.ClickException) -> str:
    """Return what is wrong in words; in English those of click itself."""
    if isinstance(error.message, Message):
        return said(error.message, chosen())
    told = error.format_message().rstrip(".")
    return told if chosen() == "en" else said(_recognised(told), chosen())


def _recognised(told: str) -> Message:
    """Return a text of click's as a message."""
    told = " ".join(told.split()).rstrip(".")
    for template in TEMPLATES:
        if found := _pattern(template).fullmatch(told):
            places: dict[str, object] = {
                name: _recognised(words) if name.endswith("_text") else _place(name, words)
                for name, words in found.groupdict().items()
            }
            return message(template, **places)
    return plain(told)


def _place(name: str, words: str) -> str:
    """Return what stands in a place: arguments go by the words that stand for them, as in the help."""
    return placeholders(words) if name == "param" else words


@cache
def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", template)
    return re.compile(
        "".join(f"(?P<{part}>.+?)" if i % 2 else re.escape(part) for i, part in enumerate(parts)), re.DOTALL
    )
