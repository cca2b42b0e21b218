"""Live scripts in Pyodide, as xlwings Lite runs them: main.py as it is pasted, cells fetched on demand.

Runs where it is imported, on the standard library and xlwings alone; ``asked`` is JSON of {payload, calls}.
"""

from __future__ import annotations

import inspect
import json
import os
import types
from typing import Any, get_args, get_type_hints


async def answers(asked: str) -> dict[str, Any]:
    """Return for each call what was written or told, the sheets fetched, and the forms of the scripts."""
    os.environ["XLWINGS_ON_SERVER"] = "true"
    os.environ["XLWINGS_LICENSE_KEY"] = "noncommercial"  # these tests are a non-commercial use
    import js
    import xlwings
    from pyodide.ffi import create_proxy, to_js
    from xlwings.server import custom_scripts_call

    from xlplugin.hosts import lite

    module = types.ModuleType("main")
    exec(lite.main_text(), module.__dict__)
    task = json.loads(asked)
    held = {sheet["name"]: sheet["values"] for sheet in task["payload"]["sheets"]}
    fetched: list[str] = []

    async def values(sheet: str, address: str) -> Any:
        fetched.append(sheet)
        return to_js(held[sheet])

    js.xlwings = to_js({"getRangeValues": create_proxy(values)}, dict_converter=js.Object.fromEntries)
    found = []
    for name, given in task["calls"]:
        payload = json.loads(asked)["payload"]
        for sheet in payload["sheets"]:
            sheet["values"] = [[]]
        book = xlwings.Book(json=payload)
        book.impl._lazy = True
        fetched.clear()
        try:
            await custom_scripts_call(module, name, None, typehint_to_value={xlwings.Book: book}, args=given)
            found.append({**_told(book.json()["actions"]), "fetched": list(fetched)})
        except xlwings.XlwingsError as error:
            found.append({"told": str(error), **_told(book.json()["actions"])})
    return {"calls": found, "forms": {name: _form(module, name) for name in _scripts(module)}}


def _told(actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what was added, the places of the sheets written to, and all cells: a pipe takes no more at once."""
    added = [action["args"] for action in actions if action["func"] == "addSheet"]
    places = sorted({action["sheet_position"] for action in actions if action["func"] != "addSheet"})
    rows = [row for action in actions if action["func"] == "setValues" for row in action["values"]]
    return {
        "added": added,
        "places": places,
        "cells": [cell for row in rows for cell in row if cell is not None],
    }


def _scripts(module: types.ModuleType) -> list[str]:
    return [name for name, one in vars(module).items() if hasattr(one, "__xlscript__")]


def _form(module: types.ModuleType, name: str) -> dict[str, Any]:
    """Return what a form is made of: title, help, and of each argument its kind, choices, texts and default."""
    bound = inspect.unwrap(getattr(module, name))
    hints = get_type_hints(bound, include_extras=True)
    fields = {}
    for argument, parameter in inspect.signature(bound).parameters.items():
        if argument != "book":
            kind, about = get_args(hints[argument])
            choices = list(get_args(kind))
            fields[argument] = [choices or kind.__name__, about, parameter.default]
    meta = getattr(module, name).__xlscript__
    return {"title": meta.get("name"), "help": bound.__doc__, "fields": fields, "lazy": meta.get("lazy")}
