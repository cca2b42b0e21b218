"""What a text of the program is in the language of those who read it; messages.csv holds the translations.

The table has one row a template of :func:`xlplugin.model.messages.message`, and one a plain text of a fault.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import cache
from numbers import Number
from typing import Any

from xlplugin.model.errors import Fault, InputError, printable
from xlplugin.model.formats import in_language
from xlplugin.model.labels import LANGUAGES, check_language, label, labelled, shipped_rows
from xlplugin.model.messages import Figure, Message, Name, Typed, counted


def said(thing: object, language: str = "en") -> str:
    """Return a message, fault or error in a language; any other thing as it is.

    Text that came from outside is never translated, nor are names of the model.
    """
    if isinstance(thing, InputError):
        return "\n".join(said(line, language) for line in thing.lines())
    if isinstance(thing, BaseException) and len(thing.args) == 1:
        thing = thing.args[0]
    if isinstance(told := getattr(thing, "message", None), Message):  # a fault or finding: one line,
        return printable(said(told, language))  # whatever names from outside stand in it
    if isinstance(thing, Message):
        return filled(translated(thing.template, language), thing.values, language)
    if isinstance(thing, Figure):
        return in_language(thing, language)
    if isinstance(thing, Name):
        return " + ".join(_named(name, isinstance(thing, Typed), language) for name in thing.split(" + "))
    return str(thing)


def translated(text: str, language: str = "en") -> str:
    """Return a text of the program in a language; one that messages.csv does not hold stays as it is."""
    if check_language(language) == "en":
        return text
    return _table().get(text, {}).get(language, text)


def called(name: str, language: str = "en") -> str:
    """Return a name of the model as texts show it: itself in English, its label in another language."""
    return label(name, language) if language != LANGUAGES[0] and labelled(name) else name


def _named(name: str, typed: bool, language: str) -> str:
    """Return what messages call a quantity or an argument: itself in English, else by word or label.

    What is typed stands behind a label; a word of messages.csv says itself whether it is needed.
    """
    label_of_it = called(name, language)
    if label_of_it == name:
        return translated(name, language)
    return f"{label_of_it} ({name})" if typed else label_of_it


def filled(template: str, values: Mapping[str, object], language: str = "en") -> str:
    """Return a template with its places filled: messages are said, numbers written in the language."""
    return _Filling(language).vformat(template, (), values)


class _Filling(string.Formatter):
    """Fills the places of templates as messages do, in a language."""

    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, form: str) -> str:
        if "|" in form:
            return counted(value, form)
        if isinstance(value, (str, BaseException, Fault)):
            return format(said(value, self.language), form)
        words = format(value, form)
        return in_language(words, self.language) if form and isinstance(value, Number) else words


@cache
def _table() -> dict[str, dict[str, str]]:
    return {row["en"]: row for row in shipped_rows("model", "messages.csv")}
