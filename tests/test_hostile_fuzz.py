"""Damaged files by the thousand and senseless calls by ten thousands: refused or answered, never a crash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile_fuzz import MEMORY, SECONDS, Outcome, tried

pytestmark = pytest.mark.slow

#: How many of each kind, and how many processes share them.
COUNTS = {"files": 2_000, "calls": 20_000}
PROCESSES = 2


@pytest.mark.parametrize("kind", COUNTS)
def test_nothing_crashes_and_nothing_is_slow_or_large(kind: str, tmp_path: Path) -> None:
    size = COUNTS[kind] // PROCESSES
    with ThreadPoolExecutor(PROCESSES) as pool:
        batches = pool.map(lambda i: tried(kind, i * size, (i + 1) * size, tmp_path), range(PROCESSES))
        outcomes: list[Outcome] = [outcome for batch in batches for outcome in batch]
    assert len(outcomes) == COUNTS[kind]
    assert [(outcome.name, outcome.wrong) for outcome in outcomes if outcome.wrong] == []
    assert [outcome.name for outcome in outcomes if outcome.seconds > SECONDS] == []
    assert max(outcome.memory for outcome in outcomes) < MEMORY
    refused = sum(outcome.refused for outcome in outcomes)
    assert 0 < refused < len(outcomes)  # some is refused and some is answered, else the fuzz is worth nothing
