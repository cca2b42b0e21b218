"""The server under load: large calls keep nobody waiting, have limits, and leave nothing behind."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from entry_calls import entry_calls
from function_calls import CALLS, NEVER
from office_server import GOOD, NA, NUM, OPERATING_MARGIN, TOKEN, VALUE, Server, as_json, body

from xlplugin.functions import FUNCTIONS
from xlplugin.hosts.server import limits

pytestmark = pytest.mark.slow


def test_large_calls_keep_nobody_waiting(slow_server: Server) -> None:
    several = 2 * limits.PROCESSES
    with ThreadPoolExecutor(several) as threads:
        held = slow_server.hold(threads, several)
        for _ in range(20):
            assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
        assert not any(one.done() for one in held)  # every small one was answered before any large one
        assert slow_server.call("XLP_LET_GO") == [[2]]
        assert [one.result() for one in held] == [[[1]]] * several  # 0 after their own time


SIMULATED = ("XLP_SIMULATE", [["CRM"]], None, [[0.3]], [[1000]], [[1]])


def test_a_process_that_dies_costs_one_answer(slow_server: Server) -> None:
    for _ in range(limits.PROCESSES + 1):
        assert slow_server.call("XLP_DIE") == [[VALUE]]
    assert slow_server.call(*SIMULATED)[0][0] == "statistic"


def test_a_call_without_end_is_ended(slow_server: Server) -> None:
    with ThreadPoolExecutor(limits.PROCESSES) as threads:
        stuck = [threads.submit(slow_server.call, "XLP_STICK") for _ in range(limits.PROCESSES)]
        assert [one.result() for one in stuck] == [[[NUM]]] * limits.PROCESSES
    assert slow_server.log.read_text().count("a call took more than 10 s and was ended") == limits.PROCESSES
    assert slow_server.call(*SIMULATED)[0][0] == "statistic"


COLUMN = [[number / 2000] for number in range(1_500)]
TOO_LARGE = {
    "a table of 2,250,000 cells": ("XLP_VALUE", [["CRM"]], COLUMN, [["eps"] * 1_500]),
    "a grid of 2,250,000 cells": (
        "XLP_SENSITIVITY", [["CRM"]], [["eps"]], [["cost_reduction"]], COLUMN, [["pass_through"]], COLUMN,
    ),
    "2,100,000 cells": ("XLP_VALUE", [["CRM"]], [[0] * 2_100_000]),
    "1,000,001 draws": ("XLP_SIMULATE", [["CRM"]], None, [[0.3]], [[1_000_001]]),
    "draws beyond all numbers": ("XLP_SIMULATE", [["CRM"]], None, [[0.3]], [[10**400]]),
    "65,536 base samples": ("XLP_SOBOL", [["CRM"]], None, [[0.3]], [[65_536]]),
}  # fmt: skip


@pytest.mark.parametrize("large", TOO_LARGE.values(), ids=TOO_LARGE)
def test_too_many_cells_or_draws_show_num(server: Server, large: tuple[Any, ...]) -> None:
    before = len(server.log.read_text().splitlines())
    call = json.dumps(body(*large), separators=(",", ":")).encode()
    assert server.send(call) == (200, {"result": [[NUM]]})
    lines = server.log.read_text().splitlines()[before:]
    assert len(lines) == 1 and f"{large[0]} with " in lines[0] and "was refused: at most " in lines[0]


def test_a_process_answers_as_the_server_does(server: Server) -> None:
    asked = [one for one in (*CALLS, *entry_calls("server")) if one.at("server") is not NEVER]
    differ = {}
    for one in asked:
        left_out = [None] * (len(FUNCTIONS[one.name].arguments) - len(one.cells))
        call = body(one.name, *map(as_json, one.cells), *left_out)
        small, large = server.send(call), server.send({**call, "session_id": "x" * limits.LIGHT_BYTES})
        if small != large:
            differ[one.id] = (small, large)
    assert differ == {} and len(asked) >= 250


def test_a_malformed_large_call_is_refused(server: Server) -> None:
    padding = "x" * limits.LIGHT_BYTES
    for change in ({"func_name": "bindings"}, {"args": []}, {"runtime": 5}, {"client": "VBA"}):
        status, answer = server.send({**GOOD, "session_id": padding, **change})
        assert status == 400 and answer["detail"]
    assert server.send(b"[" * limits.BODY_BYTES)[0] == 400
    assert server.send({**GOOD, "session_id": padding}, "x" * 20)[0] == 401


def children(server: Server) -> list[int]:
    listed = Path(f"/proc/{server.process.pid}/task").glob("*/children")
    return [int(number) for file in listed for number in file.read_text().split()]


def is_running(number: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


@needs_proc
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"])
def test_every_end_leaves_nothing_running(licensed: None, tmp_path: Path, name: str) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    running = Server(tmp_path, variables={"TMPDIR": str(temporary)})
    running.call(*SIMULATED)
    workers = children(running)
    assert workers and list(temporary.iterdir())
    waiting = socket.create_connection(("127.0.0.1", running.port))
    waiting.sendall(b"GET / HTTP/1.1\r\n")  # a head that is never complete keeps the server from nothing
    running.process.send_signal(getattr(signal, name))
    running.process.wait(30)
    until = time.monotonic() + 20
    while any(map(is_running, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(is_running, workers))
    assert name == "SIGKILL" or list(temporary.iterdir()) == []
    running.stop()
    waiting.close()


@needs_proc
def test_long_texts_are_not_kept(licensed: None, tmp_path: Path) -> None:
    running = Server(tmp_path)

    def resident() -> int:
        pages = [Path(f"/proc/{number}/statm").read_text().split()[1]
                 for number in (running.process.pid, *children(running))]  # fmt: skip
        return sum(map(int, pages)) * os.sysconf("SC_PAGE_SIZE")

    def ask(number: int) -> None:
        assert running.call("XLP_VALUE", [[f"{number:04d}" * 1_000_000]], [[0.3]]) == [[NA]]

    try:
        for number in range(10):
            ask(number)
        before = resident()
        for number in range(150):
            ask(100 + number)
        grown = resident() - before
        print(
            f"150 calls with texts of 4 MB: {grown / 2**20:.0f} MB more, {resident() / 2**20:.0f} MB in all"
        )
        assert grown < 64 * 1024 * 1024
    finally:
        running.stop()


def test_a_long_call_keeps_nobody_waiting(slow_server: Server) -> None:
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(slow_server.call, "XLP_WAIT")
        assert slow_server.call("XLP_RELEASE") == [[2]]
        assert waiting.result() == [[1]]  # 0 where it was only answered after its own time


def test_faults_of_ours_are_error_values(slow_server: Server) -> None:
    assert slow_server.call("XLP_FAIL") == [[VALUE]]
    assert "a fault of ours" in slow_server.log.read_text()
    assert slow_server.call("XLP_OVERFLOW") == [[NUM, NUM, 1]]


def test_two_hundred_at_once_good_and_bad(server: Server) -> None:
    kinds: list[tuple[bytes | dict[str, Any], str | None, int]] = [
        (GOOD, TOKEN, 200),
        (GOOD, None, 401),
        (b"{", TOKEN, 400),
        (GOOD, "test-token", 401),
    ]
    with ThreadPoolExecutor(200) as threads:
        answers = list(threads.map(lambda n: server.send(*kinds[n % 4][:2]), range(200)))
    assert [status for status, _ in answers] == [kinds[n % 4][2] for n in range(200)]
    assert all(answer == {"result": [[OPERATING_MARGIN]]} for status, answer in answers if status == 200)
