"""Commands as people type them: what they typed, and what they may type next."""

from __future__ import annotations

import itertools
import os
import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path

import click
from click.core import ParameterSource

from xlplugin.cli.language import chosen, usual

#: What makes the case that a command is about: it stays the same from one command to the next.
CASE = ("scenario", "settings", "fiscal_year", "companies_file", "assumptions_file", "decimal")


def word(text: object) -> str:
    """Return a name as one word of a command that is typed in a shell of this system."""
    return subprocess.list2cmdline([str(text)]) if os.name == "nt" else shlex.quote(str(text))


def command(*words: object, keeping: Iterable[str] = ()) -> str:
    """Return a command of xlplugin: its words, then the options of the running command named in ``keeping``.

    Options that nobody typed are left out; the language stays where it is not the usual one.
    """
    line = ["xlplugin", *map(word, words), *typed(keeping)]
    return " ".join([*line, "--lang", chosen()] if chosen() != usual() else line)


def free_name(stem: str, ending: str) -> str:
    """Return the first of the names ``stem``, ``stem-2`` and so on that no file here has."""
    names = itertools.chain([stem], (f"{stem}-{number}" for number in itertools.count(2)))
    return next(name + ending for name in names if not Path(name + ending).exists())


def typed(names: Iterable[str]) -> list[str]:
    """Return those options and arguments of the running command, as its user typed them, as words."""
    wanted, words = set(names), list[str]()
    if not wanted:
        return words
    context = click.get_current_context()
    for parameter in context.command.params:
        name = parameter.name or ""
        if name not in wanted or context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params.get(name, context.meta.get(name))
        values = list(value) if isinstance(value, (tuple, list)) else [value]
        option = max(parameter.opts, key=len) if isinstance(parameter, click.Option) else ""
        if isinstance(parameter, click.Option) and parameter.is_flag:
            words.append(option)
        elif option:
            words += [piece for one in values for piece in (option, word(one))]
        else:
            words += map(word, values)
    return words
