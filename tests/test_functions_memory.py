"""The memory of calls: what it keeps, and that bytes bound it whatever the cells hold."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from xlplugin.functions import call
from xlplugin.functions.memory import Memory


def asked(memory: Memory, *keys: Any) -> int:
    """Return how many of these keys had to be computed."""
    computed: list[Any] = []
    for key in keys:
        assert memory(lambda one: (computed.append(one), str(one)[:9])[1], key) == str(key)[:9]
    return len(computed)


def test_what_was_answered_is_not_computed_again() -> None:
    memory = Memory(10, 10_000)
    assert asked(memory, "a", "b", (("a",), ("b",))) == 3
    assert asked(memory, "a", "b", (("a",), ("b",))) == 0
    assert len(memory) == 3


def test_the_longest_unused_goes_first() -> None:
    memory = Memory(3, 10_000)
    asked(memory, "a", "b", "c", "a", "d")  # b goes
    assert asked(memory, "a", "c", "d") == 0
    assert asked(memory, "b") == 1 and len(memory) == 3


def test_keys_with_the_same_hash_are_two_keys() -> None:
    memory = Memory(10, 10_000)
    assert hash(-1) == hash(-2)
    assert asked(memory, -1, -2, -1) == 3


@pytest.mark.parametrize("size", [1, 100, 10_000, 1_000_000], ids=lambda size: f"texts of {size} characters")
def test_bytes_bound_it(size: int) -> None:
    memory = Memory(8192, 1_000_000)
    for number in range(3_000):
        asked(memory, (f"{number:06d}" * (size // 6 + 1) if number < 30 or size < 100_000 else number, 1))
        assert 0 <= memory.bytes <= 1_000_000
    assert memory.bytes > 0 and len(memory) > 0


def test_what_is_too_large_is_not_kept_and_drives_nothing_out() -> None:
    memory = Memory(10, 100_000)
    asked(memory, "small")
    asked(memory, "x" * 20_000)
    assert asked(memory, "small") == 0 and len(memory) == 1


def test_what_is_no_key_is_said() -> None:
    with pytest.raises(TypeError):
        Memory(10, 1_000)(len, ["a list"])


TEXTS = """
import resource, sys
from xlplugin.functions import call
from xlplugin.functions.calls import MEMORY

def resident():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

call("XLP_VALUE", "CRM", [[0.3]] * 100)
before = resident()
for number in range(50):
    text = f"{number:04d}" * 1_000_000
    assert call("XLP_VALUE", text, 0.3).value == "#N/A"
    assert call("XLP_CHANGE", [[text], ["CRM"]], 0.3)[1][0] > 0
    call("XLP_VALUE", "CRM", 0.3, text)
    call("XLP_EVALUATE", [["company", text], ["CRM", 0.3]])
    call("XLP_VALUE", "CRM", 0.3, None, text, text)
print(resident() - before, MEMORY.bytes)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell a process its largest size so")
def test_many_calls_with_long_texts_keep_little() -> None:
    ran = subprocess.run([sys.executable, "-c", TEXTS], capture_output=True, text=True, check=True)
    grown, kept = map(int, ran.stdout.split())
    assert kept <= 32 * 1024 * 1024
    assert grown < 120 * 1024 * 1024  # 200 MB of texts went through it five times


def test_true_and_one_stay_two_calls() -> None:
    assert call("XLP_VALUE", "CRM", True) != call("XLP_VALUE", "CRM", 1)
