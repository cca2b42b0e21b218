"""The language that the command line speaks: ``--lang``, else XLPLUGIN_LANG, else the locale's, else English.

Its texts are texts.csv's, by key; what other rooms say (:mod:`xlplugin.model.messages`) is said in the same
language. Tables for programs (JSON, CSV) have one form in every language.
"""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from functools import cache

import click

from xlplugin.model import formats, translations
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, shipped_rows
from xlplugin.model.messages import alternatives

VARIABLE = "XLPLUGIN_LANG"

_CHOSEN = ContextVar("language", default=LANGUAGES[0])


def chosen() -> str:
    """Return the language that the running command speaks."""
    return _CHOSEN.get()


def choose(language: str | None = None) -> None:
    """Have the command speak a language, None: the usual one; InputError where XLPLUGIN_LANG is none."""
    _CHOSEN.set(LANGUAGES[0])  # of what is said of XLPLUGIN_LANG itself
    _CHOSEN.set(language or usual())


def usual() -> str:
    """Return the language of XLPLUGIN_LANG, else the locale's where the product speaks it, else English."""
    if wanted := os.environ.get(VARIABLE, "").strip():
        if wanted.casefold() not in LANGUAGES:
            known = alternatives(LANGUAGES)
            raise InputError.outside(VARIABLE, wanted, "set it to one of these, or unset it", known)
        return wanted.casefold()
    spoken = _of_locale().casefold().replace("-", "_").partition(".")[0].partition("_")[0]
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def _of_locale() -> str:
    """Return the locale's name, as ``de_DE.UTF-8``; empty where nothing says it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value
    if sys.platform == "win32":
        import ctypes

        return locale.windows_locale.get(ctypes.windll.kernel32.GetUserDefaultUILanguage(), "")
    return ""


def named_in(arguments: Sequence[str]) -> str | None:
    """Return the language that ``--lang`` names among arguments that may be wrong otherwise, or None."""
    for position, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if argument == "--":
            break
        if name == "--lang":
            value = value or "".join(arguments[position + 1 : position + 2])
            return value if value in LANGUAGES else None
    return None


def _choose(context: click.Context, _: click.Parameter, language: str | None) -> None:
    """Choose before other options are read; what a command says counts before what its group was told."""
    context.meta[VARIABLE] = language or context.meta.get(VARIABLE) or context.obj
    choose(context.meta[VARIABLE])


def typed_language() -> str | None:
    """Return the language that ``--lang`` names for the running command, None where it is the usual one."""
    language: str | None = click.get_current_context().meta.get(VARIABLE)
    return language


#: ``--lang``, which the group and every command have.
LANG_OPTION = click.Option(
    ["--lang"], type=click.Choice(LANGUAGES), is_eager=True, expose_value=False, callback=_choose,
    help=f"Language of all that people read; default: {VARIABLE}, else the locale's, else English.",
)  # fmt: skip


def text(key: str, **values: object) -> str:
    """Return a text of texts.csv in the language, its places filled; KeyError for an unknown key or place."""
    return translations.filled(_texts()[key][chosen()], values, chosen())


def keys() -> Iterable[str]:
    """Return the keys of the texts."""
    return _texts()


@cache
def _texts() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in shipped_rows("cli", "texts.csv")}


def shown(value: float | None, line: str, *, unit: str | None = None, change: bool | None = None) -> str:
    """Return a line's value as people read it; see :func:`xlplugin.model.formats.shown`."""
    return formats.shown(value, line, unit=unit, change=change, language=chosen())


def bare(value: float | None, line: str) -> str:
    """Return a line's value without its unit of basis points, for a column that names it."""
    return shown(value, line).removesuffix(formats.sign("points", chosen()))


def in_currency(value: float, line: str, currency: str) -> str:
    """Return a line's value, money with its currency."""
    return formats.in_currency(value, line, currency, chosen())


def figure(value: float, form: str) -> str:
    """Return a number in a format of Python's, with the language's signs."""
    return formats.in_language(format(value, form), chosen())


def share(value: float) -> str:
    """Return a fraction in per cent as people type it: ``30%``, ``96.35%``."""
    return formats.share(value, chosen())


def not_available() -> str:
    """Return what stands for a figure that is not available."""
    return formats.sign("not_available", chosen())


def called(name: str) -> str:
    """Return a name of the model as tables show it: itself in English, its label in another language."""
    return translations.called(name, chosen())


def spoken(measure: str) -> str:
    """Return the name of a measure within a sentence."""
    return called(measure).replace("_", " ")


def listed(names: Iterable[str]) -> str:
    """Return names of the model, as tables show them, one after the other."""
    words = [called(name) for name in names]
    return ("; " if any("," in name for name in words) else ", ").join(words)


def shortened(words: Sequence[str], most: int) -> str:
    """Return the first few of many words, and how many more there are."""
    named, more = ", ".join(words[:most]), len(words) - most
    return text("names.more", names=named, more=more) if more > 0 else named


def unit_words(measure: str, currency: str = "") -> str:
    """Return the unit that a measure is shown in, in words; money names its currency where one is known."""
    from xlplugin.analysis.export.plots import unit_of

    return unit_of(measure, currency, chosen())[0]


def axis_words(measure: str, currency: str = "") -> str:
    """Return a measure's label with its unit."""
    from xlplugin.analysis.export.plots import axis_of

    return axis_of(measure, currency, language=chosen())
