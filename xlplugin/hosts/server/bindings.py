"""The functions as xlwings custom functions, generated from the registry.

xlwings' own conversion is left out (``raw``): it loses errors and dates, and tries an import for every
cell. Calls run on threads of their own, so that a long one does not keep the others waiting.
"""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

from xlplugin.hosts.server import calls
from xlplugin.hosts.server.cells import RUNTIME_WITH_ERRORS

#: The version of Excel's custom functions that the present request comes from.
RUNTIME: ContextVar[tuple[int, ...]] = ContextVar("RUNTIME", default=RUNTIME_WITH_ERRORS)

_threads = ThreadPoolExecutor(4, thread_name_prefix="xlplugin")


def spare_imports() -> None:
    """Let xlwings find the ``pyodide`` that it looks for at every value.

    It asks whether a value is Pyodide's null and searches all folders for that module each time in
    vain; with a stand-in the search ends at once. Only for a process that does nothing but serve.
    """
    if "pyodide" not in sys.modules:
        package, module = types.ModuleType("pyodide"), types.ModuleType("pyodide.ffi")
        module.JsNull = type("JsNull", (), {})  # type: ignore[attr-defined]
        package.ffi = module  # type: ignore[attr-defined]
        sys.modules.update({"pyodide": package, "pyodide.ffi": module})


def bind(
    functions: Mapping[str, Any] | None = None, call: Callable[..., Any] | None = None
) -> dict[str, Callable[..., Any]]:
    """Return every function of the registry as a custom function that xlwings can offer, by name."""
    if functions is None or call is None:
        from xlplugin import functions as registry

        functions, call = registry.FUNCTIONS, registry.call
    return {name: _custom_function(function, call) for name, function in functions.items()}


def _custom_function(function: Any, call: Callable[..., Any]) -> Callable[..., Any]:
    from xlwings.server import arg, func, ret

    async def answer(*cells: Any) -> list[list[Any]]:
        runtime = RUNTIME.get()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_threads, calls.result, call, function.name, cells, runtime)

    bound: Callable[..., Any] = ret("raw")(func(function.dressed(answer)))
    for argument in function.arguments:
        bound = arg(argument.name, "raw", doc=argument.meaning["en"])(bound)
    return bound
