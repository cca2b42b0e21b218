"""The live scripts as xlwings custom scripts: computed in a process of the pool, written as its actions."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any

from xlplugin.hosts.live.reading import from_payload
from xlplugin.hosts.live.writing import write
from xlplugin.hosts.server import limits
from xlplugin.hosts.server.door import Refusal
from xlplugin.hosts.server.pool import Pool
from xlplugin.live import SCRIPTS, Plan, Script, plan_of
from xlplugin.live.scripts import spoken
from xlplugin.model.errors import InputError
from xlplugin.model.translations import said

#: The processes that compute for the present request.
POOL: ContextVar[Pool] = ContextVar("POOL")

#: What a job for a process begins with; a call of a function is JSON and never does.
MARK = b"\x00"

#: The most sheets, names, arguments of a request, and what each part of it must be.
_MOST = 10_000
_FORM = {"client": str, "version": str, "book": dict, "sheets": list, "names": list}


def bind() -> dict[str, Callable[..., Any]]:
    """Return every script as a custom script that xlwings can offer, by name."""
    return {name: _custom_script(declared) for name, declared in SCRIPTS.items()}


def _custom_script(declared: Script) -> Callable[..., Any]:
    import xlwings
    from xlwings.server import script

    async def answer(book: Any, *given: Any) -> None:
        job = {"script": declared.name, "given": list(given), "book": book.api}
        try:
            found = json.loads(await POOL.get().answer(MARK + json.dumps(job).encode()))
        except Refusal as refusal:
            raise xlwings.XlwingsError(refusal.reason) from None
        if "plan" not in found:  # its process was ended, or died
            raise xlwings.XlwingsError(
                f"{declared.name} took more than {limits.CALL_SECONDS:g} seconds and was ended; ask for less"
            )
        write(book, Plan.of_json(found["plan"]), points=True)

    parameter = inspect.Parameter
    kind = parameter.POSITIONAL_OR_KEYWORD
    answer.__name__ = answer.__qualname__ = declared.name
    answer.__doc__ = declared.help["en"]
    answer.__annotations__ = {"book": xlwings.Book}
    answer.__signature__ = inspect.Signature([  # type: ignore[attr-defined]
        parameter("book", kind, annotation=xlwings.Book),
        *(parameter(argument.name, kind, default=argument.default) for argument in declared.arguments),
    ])  # fmt: skip
    bound: Callable[..., Any] = script(name=declared.title["en"])(answer)
    return bound


def answer(job: bytes) -> bytes:
    """Return the plan of a job as JSON; raise :class:`Refusal` with what is wrong."""
    asked = json.loads(job.removeprefix(MARK))
    book = from_payload(asked["book"])
    try:
        plan = plan_of(asked["script"], book, asked["given"])
    except InputError as error:
        raise Refusal(400, said(error, spoken(asked["given"], book.language))) from None
    return json.dumps({"plan": plan.as_json()}, allow_nan=False).encode()


def check(body: bytes) -> None:
    """Raise :class:`Refusal` unless xlwings could take a body as an open workbook with arguments."""
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(400, "the request is not JSON") from None
    if not isinstance(asked, dict):
        raise Refusal(400, "a request is a JSON object")
    for key, kind in _FORM.items():
        if not isinstance(asked.get(key), kind):
            raise Refusal(400, f"{key} is missing or of the wrong kind")
    if asked["client"] != "Office.js":
        raise Refusal(400, "the request does not come from the task pane")
    _check_book(asked["book"], asked["sheets"], asked["names"])
    given = asked.get("args", [])
    if not isinstance(given, list) or any(isinstance(value, (list, dict)) for value in given):
        raise Refusal(400, "args is no list of texts, numbers, TRUE or FALSE")


def _check_book(book: Mapping[str, Any], sheets: list[Any], names: list[Any]) -> None:
    if not 0 < len(sheets) <= _MOST or len(names) > _MOST:
        raise Refusal(400, f"a workbook has 1 to {_MOST} sheets and at most {_MOST} names")
    if not isinstance(book.get("name"), str) or not _is_place(book.get("active_sheet_index"), sheets):
        raise Refusal(400, "book is not as the task pane sends it")
    if not isinstance(book.get("selection"), str | None):
        raise Refusal(400, "selection is no address")
    for sheet in sheets:
        if (
            not isinstance(sheet, dict)
            or not isinstance(sheet.get("name"), str)
            or not _is_grid(sheet.get("values"))
        ):
            raise Refusal(400, "a sheet is not as the task pane sends it")
    for name in names:
        if not isinstance(name, dict) or not isinstance(name.get("name"), str) or "book_scope" not in name:
            raise Refusal(400, "a name is not as the task pane sends it")
        if name.get("sheet_index") is not None and not _is_place(name["sheet_index"], sheets):
            raise Refusal(400, "a name lies on no sheet")
        if not isinstance(name.get("address"), str | None):
            raise Refusal(400, "a name has no address")


def _is_place(value: Any, sheets: list[Any]) -> bool:
    return value.__class__ is int and 0 <= value < len(sheets)


def _is_grid(values: Any) -> bool:
    return isinstance(values, list) and all(
        isinstance(row, list) and len(row) == len(values[0]) for row in values
    )
