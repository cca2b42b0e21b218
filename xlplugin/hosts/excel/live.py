"""Live scripts in Excel on this computer (Windows, Mac), called by VBA through xlwings' RunPython.

A macro takes no arguments, so they stand in named cells of the sheet Live: ``xlp_live_compare_scenario``.
A workbook without that sheet runs each script with its defaults.
"""

from __future__ import annotations

import logging
from typing import Any

from xlplugin.hosts.live.reading import areas_of, from_desktop, language_of
from xlplugin.hosts.live.writing import write_whole
from xlplugin.live import SCRIPTS, plan_of
from xlplugin.live.scripts import spoken
from xlplugin.live.texts import text
from xlplugin.model.errors import InputError
from xlplugin.model.translations import said

#: What the names of the cells with arguments begin with.
PREFIX = "xlp_live_"


def cell_name(script: str, argument: str) -> str:
    """Return the name of the cell that holds an argument."""
    return f"{PREFIX}{script}_{argument}"


def start(name: str) -> None:
    """Run a script on the workbook that calls; what is wrong is shown in a message, nothing is written."""
    import xlwings

    book = xlwings.Book.caller()
    try:
        written(book, name)
    except Exception as error:
        language = spoken([_given(book, cell_name(name, "language"))], language_of(book))
        told = said(error, language)
        if not isinstance(error, InputError):
            logging.getLogger("xlplugin").exception("%s failed", name)
            told = f"{text('pane.failed', language)} ({told})"
        book.app.alert(told, SCRIPTS[name].title[language])


def written(book: Any, name: str) -> str:
    """Run a script on an open workbook and return the name of its new sheet; InputError for what is wrong."""
    declared = SCRIPTS[name]
    given = [_given(book, cell_name(name, argument.name)) for argument in declared.arguments]
    opened = from_desktop(book, declared, given)
    return write_whole(book, plan_of(name, opened, given), points=False)


def _given(book: Any, name: str) -> Any:
    area = areas_of(one for one in book.names if one.name == name).get(name)
    return book.sheets[area[0]].range(area[1]).options(err_to_str=True).value if area else None
