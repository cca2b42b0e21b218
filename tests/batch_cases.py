"""What the tests of runs over files share: tables from random inputs, and the answer of the oracle.

``table(count, seed) -> list[dict]``      rows with every input, a company each, and a column to carry
``expected(rows, lines) -> list[dict]``   what the oracle computes of each row, by line
``disagreements(records, rows)``          where records of results (dicts) differ from the oracle
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import oracle
import random_inputs

COMPANIES = ("Salesforce", "ServiceNow", "Microsoft", "Meta Platforms", "NVIDIA")
LINES = (*oracle.evaluate(random_inputs.rows(1, 0, blanks=False)[0]),)
#: References beyond their domain do not exist: every number is one.
INPUTS = tuple(random_inputs.rows(1, 0)[0])


def table(count: int, seed: int, blanks: bool = False) -> list[dict[str, Any]]:
    """Return rows of every input, valid by construction."""
    rows: list[dict[str, Any]] = list(random_inputs.rows(count, seed, blanks=blanks))  # type: ignore[arg-type]
    for i, row in enumerate(rows):
        row["company"] = COMPANIES[i % len(COMPANIES)]
        row["comment"] = f"row {i + 1}"
    return rows


def disagreements(records: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return where results differ from what the oracle computes of the rows."""
    assert len(records) == len(rows)
    found = []
    for i, (record, row) in enumerate(zip(records, rows, strict=True), 1):
        inputs = {name: row[name] for name in INPUTS}
        lines = {name: _figure(record[name]) for name in LINES if name in record}
        assert len(lines) > 30
        found += [f"row {i}: {text}" for text in oracle.disagreements(lines, inputs)]
    return found


def leftovers(folder: Path) -> list[str]:
    """Return temporary files in a folder."""
    return [path.name for path in folder.rglob("*") if path.name.endswith(".part")]


def _figure(value: Any) -> float:
    return math.nan if value is None or value == "" else float(value)
