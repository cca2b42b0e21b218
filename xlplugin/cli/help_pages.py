"""The help of every command in the language of the command line.

Commands are written with their English help, which click lays out; help.csv holds what its paragraphs, and
the words that stand for what is typed (``FILE``, ``COMPANY``), are in the other languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from inspect import cleandoc

import click

from xlplugin.cli.language import chosen
from xlplugin.model.labels import LANGUAGES, shipped_rows

__all__ = ["HelpContext", "paragraphs", "placeholders"]

#: Help of an option, and what click says behind it: ``[default: 1; required]``.
_DESCRIBED = re.compile(r"(?P<help>.*?)(?:  \[(?P<extra>[^\]]*)\])?", re.DOTALL)


def paragraphs(text: str | None) -> list[str]:
    """Return the paragraphs of a help text in the language, each on one line."""
    return [_said(" ".join(part.split())) for part in cleandoc(text or "").split("\n\n")]


def placeholders(words: str) -> str:
    """Return words with those that stand for what is typed in the language: ``-o NEU``."""
    return words if chosen() == LANGUAGES[0] else _placeholder().sub(lambda found: _said(found[0]), words)


class _Formatter(click.HelpFormatter):
    """Lays out help as click does, each text said in the language."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, placeholders(args), prefix or f"{_said('Usage:')} ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_said(heading))

    def write_text(self, text: str) -> None:
        super().write_text("\n\n".join(paragraphs(text)))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        said = [(placeholders(name), _described(words)) for name, words in rows]
        super().write_dl(said, col_max, col_spacing)


class HelpContext(click.Context):
    """The context of a command whose help speaks the language of the command line."""

    formatter_class = _Formatter


def _described(words: str) -> str:
    found = _DESCRIBED.fullmatch(words)
    if found is None or not found["extra"]:
        return _said(words)
    extras = (extra.partition(": ") for extra in found["extra"].split("; "))
    return (
        f"{_said(found['help'])}  [{'; '.join(_said(name) + sign + value for name, sign, value in extras)}]"
    )


def _said(text: str) -> str:
    """Return a text of the help in the language; one that help.csv does not hold stays as it is."""
    return text if chosen() == LANGUAGES[0] else _texts().get(text, {}).get(chosen(), text)


@cache
def _texts() -> dict[str, dict[str, str]]:
    return {row["en"]: row for row in shipped_rows("cli", "help.csv")}


@cache
def _placeholder() -> re.Pattern[str]:
    """Return what finds the words in capitals that stand for what is typed, the longer first."""
    words = sorted((text for text in _texts() if text.isupper()), key=len, reverse=True)
    return re.compile("|".join(rf"(?<![\w.-]){re.escape(word)}(?!\w)" for word in words))
