"""The server under load and under attack by size and time: nobody waits for anybody else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from office_server import CALL, FIXTURES, GOOD, NA, NUM, OPERATING_MARGIN, TOKEN, VALUE, Server

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def slow_server(licensed: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    code = (FIXTURES / "slow_functions.py").read_text(encoding="utf-8")
    running = Server(tmp_path_factory.mktemp("slow"), code)
    yield running
    running.stop()


def test_huge_bodies_are_refused(server: Server) -> None:
    announced = server.connect()
    announced.putrequest("POST", CALL)
    unannounced = server.connect()
    unannounced.putrequest("POST", CALL)
    for connection, framing in (
        (announced, ("Content-Length", "9000000")),
        (
            unannounced,
            ("Transfer-Encoding", "chunked"),
        ),
    ):
        for header in (("Authorization", TOKEN), ("Content-Type", "application/json"), framing):
            connection.putheader(*header)
        connection.endheaders()
    assert announced.getresponse().status == 413
    part = b"x" * 65_536
    for _ in range(8 * 1024 * 1024 // len(part) + 1):  # the last one is too much
        unannounced.send(b"%x\r\n%b\r\n" % (len(part), part))
    assert unannounced.getresponse().status == 413
    announced.close()
    unannounced.close()
    large = {**GOOD, "args": [[["x" * 7_000_000]], [[0.3]]]}
    assert server.send(large) == (200, {"result": [[NA]]})


def test_slow_clients_keep_nobody_waiting(slow_server: Server) -> None:
    head = f"POST {CALL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    head += "Content-Length: 500\r\n"
    slow = [socket.create_connection(("127.0.0.1", slow_server.port), timeout=60) for _ in range(50)]
    for number, client in enumerate(slow):
        if number % 2:  # the head is never complete
            client.sendall(head.encode())
        else:  # the body never is
            client.sendall(f"{head}Authorization: {TOKEN}\r\n\r\n{{".encode())
    assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408 ")
    assert slow_server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})
    for client in slow:
        client.close()


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
