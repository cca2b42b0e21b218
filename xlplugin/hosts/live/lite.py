"""Live scripts in xlwings Lite: the text that holds them for ``main.py``, and what it calls.

The text names every script with its arguments, so that the add-in's App Mode shows each as a form.
"""

from __future__ import annotations

from typing import Any

from xlplugin.hosts.live.reading import from_lite, language_of
from xlplugin.hosts.live.writing import write
from xlplugin.live import SCRIPTS, Script, plan_of
from xlplugin.live.scripts import Argument, spoken
from xlplugin.model.errors import InputError
from xlplugin.model.translations import said

_IMPORTS = """\
from typing import Annotated, Literal
import xlwings as xw
from xlplugin.hosts.live.lite import run
"""


async def run(name: str, book: Any, *given: Any) -> None:
    """Run a script on the open workbook; what is wrong is shown by the add-in, and nothing is written."""
    import xlwings

    declared = SCRIPTS[name]
    try:
        opened = await from_lite(book, declared, given)
        plan = plan_of(name, opened, given)
    except InputError as error:
        raise xlwings.XlwingsError(said(error, spoken(given, language_of(book)))) from None
    write(book, plan, points=True)


def scripts_text() -> str:
    """Return the part of ``main.py`` with the scripts; no line is blank, since it is pasted from cells."""
    return _IMPORTS + "".join(map(_script, SCRIPTS.values()))


def _script(declared: Script) -> str:
    names = ", ".join(argument.name for argument in declared.arguments)
    arguments = "".join(f"    {_argument(argument)},\n" for argument in declared.arguments)
    return (
        f"@xw.script(name={declared.title['en']!r})\n"
        f"async def {declared.name}(\n"
        "    book: xw.BookAsync,\n"
        f"{arguments}"
        "):\n"
        f"    {declared.help['en']!r}\n"
        f"    await run({declared.name!r}, book, {names})\n"
    )


def _argument(argument: Argument) -> str:
    choices = ", ".join(map(repr, argument.choices))
    kind = f"Literal[{choices}]" if choices else argument.kind.__name__
    about = {"label": argument.label["en"], "doc": argument.help["en"]}
    return f"{argument.name}: Annotated[{kind}, {about!r}] = {argument.default!r}"
