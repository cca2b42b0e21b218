"""Every call of the table through xlwings' ``custom_functions_call``, as xlwings Lite makes it.

Runs where it is imported: in a Python of its own, or in Pyodide, on the standard library and xlwings alone.
The functions come from the text that is pasted as ``main.py``.
"""

from __future__ import annotations

import datetime
import os
import types
from typing import Any

EPOCH = datetime.date(1899, 12, 30)


def sent(cell: Any) -> Any:
    """Return a cell as Office.js sends it."""
    if isinstance(cell, list):
        return [[sent(one) for one in row] for row in cell]
    if isinstance(cell, datetime.date):
        return cell.toordinal() - EPOCH.toordinal()
    value = getattr(cell, "value", None)
    return {"type": "Error", "basicType": "Error", "basicValue": value} if value else cell


def received(answer: list[list[Any]]) -> list[list[Any]]:
    """Return an answer with errors as the tests know them."""
    from xlplugin.model.errors import CellError

    errors = dict(zip(("NotAvailable", "Num", "Value"), CellError, strict=True))

    def cell(value: Any) -> Any:
        return errors[value["errorType"]] if isinstance(value, dict) else value

    return [[cell(value) for value in row] for row in answer]


async def answers() -> dict[str, Any]:
    """Return how many calls were made, what was wrong, and what xlwings tells Excel of the functions."""
    os.environ["XLWINGS_ON_SERVER"] = "true"
    os.environ["XLWINGS_LICENSE_KEY"] = "noncommercial"  # these tests are a non-commercial use
    from entry_calls import entry_calls
    from function_calls import ANY, CALLS, differences
    from xlwings.server import custom_functions_call, custom_functions_meta

    from xlplugin.functions import FUNCTIONS
    from xlplugin.hosts import lite

    module = types.ModuleType("main")
    exec(lite.main_text(), module.__dict__)
    wrong = {}
    calls = [*CALLS, *entry_calls("lite")]
    for one in calls:
        width = len(FUNCTIONS[one.name].arguments)
        cells = [sent(cell) if isinstance(cell, list) else [[sent(cell)]] for cell in one.cells]
        data = {
            "func_name": one.name,
            "args": cells + [None] * (width - len(cells)),
            "version": "",
            "client": "Office.js",
            "runtime": "1.4",
            "culture_info_name": "de-DE",
            "date_format": "TT.MM.JJJJ",
        }
        expected = one.at("lite")
        if not isinstance(expected, list) and expected is not ANY:
            expected = [[expected]]
        if found := differences(received(await custom_functions_call(data, module)), expected):
            wrong[one.id] = found
    return {"calls": len(calls), "wrong": wrong, "meta": custom_functions_meta(module)["functions"]}
