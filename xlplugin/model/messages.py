"""Texts for people that can be said in another language: English, with what they were made of."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


class Message(str):
    """An English text, with the ``template`` and the ``values`` of its places.

    It is that text wherever a text is expected; :func:`xlplugin.model.translations.said` says it in
    another language. Made by :func:`message`.
    """

    template: str
    values: dict[str, object]

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.template, self.values)


class Name(str):
    """A name of the model within a message: other languages show its label."""


class Typed(Name):
    """A name that its reader types: other languages show its label with the name in brackets."""


class Figure(str):
    """A figure in English notation within a message: other languages give it their signs."""


def message(template: str, /, **values: object) -> Message:
    """Return the text of a template such as ``"did you mean {near}?"``, its places filled.

    Places take a format, as in ``{count:,}``: numbers get the signs of the language that the text is said in.
    ``{count:row|rows}`` is the word that goes with a count.
    """
    made = Message(Filling().vformat(template, (), values) if "|" in template else template.format(**values))
    made.template, made.values = template, values
    return made


class Filling(string.Formatter):
    """Fills the places of a template as ``str.format`` does, and knows words that go with a count."""

    def format_field(self, value: Any, form: str) -> str:
        return counted(value, form) if "|" in form else super().format_field(value, form)


def counted(value: object, words: str) -> str:
    """Return of ``row|rows`` the word that goes with a count, a number or what is shown of it."""
    one, _, many = words.partition("|")
    return one if str(value) == "1" else many


def placed(template: str, values: Mapping[str, object]) -> str:
    """Return a template with places for texts alone: figures in them are shown as their reader wants them."""
    return _PLACE.sub(
        lambda place: counted(values[place[1]], place[2]) if place[2] else str(values[place[1]]), template
    )


_PLACE = re.compile(r"\{(\w+)(?::([^{}|]*\|[^{}|]*))?\}")


def plain(text: str) -> Message:
    """Return a text of the program that has no places as a message; a message as it is."""
    return text if isinstance(text, Message) else message(text.replace("{", "{{").replace("}", "}}"))


def joined(parts: Iterable[str], between: str = ", ") -> Message:
    """Return texts one after the other, each said in the language of the whole."""
    values: dict[str, object] = {f"part{i}": part for i, part in enumerate(parts)}
    return message(between.join(f"{{{name}}}" for name in values), **values)


def alternatives(names: Sequence[str]) -> Message:
    """Return names as a choice: ``en or de``."""
    return message("{names} or {last}", names=", ".join(names[:-1]), last=names[-1])


def _again(template: str, values: dict[str, object]) -> Message:
    return message(template, **values)
