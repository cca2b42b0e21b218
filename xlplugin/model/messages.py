"""Texts for people that can be said in another language: English, with what they were made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


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
    """
    made = Message(template.format(**values))
    made.template, made.values = template, values
    return made


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
