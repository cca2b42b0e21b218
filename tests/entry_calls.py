"""The table of entries as calls: an axis of XLP_SENSITIVITY shows what an entry was read as."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import entry_cases
from function_calls import ANY, CRM, NA, Call

from xlplugin.model.plan import MODEL_INPUTS


def entry_calls(host: str) -> Iterator[Call]:
    """Yield a call for each entry that ``host`` hands over; the axis is a range of it and a blank."""
    for case, arriving, meant in entry_cases.at_host(host):
        if case.value is None or arriving is entry_cases.NEVER:
            continue  # a blank in a range is none of the host's, and what never arrives is no call
        if case.name not in MODEL_INPUTS or case.decimal is not None:
            continue
        other = "competition" if case.name != "competition" else "adoption"
        cells: tuple[Any, ...] = (CRM, "base_eps", case.name, [[case.value], [None]], other, 0.5, 0.3)
        # a blank is left out, and an axis of nothing has no table
        expected: Any = NA if meant is None else [[ANY, ANY], [meant, ANY]]
        yield Call(f"entry {case.id}", "XLP_SENSITIVITY", cells, expected)
