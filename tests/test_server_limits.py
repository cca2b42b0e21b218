"""What is too large, too slow or without end is cut off, and costs nobody else anything."""

from __future__ import annotations

import itertools
import re
import socket
import time
from contextlib import suppress
from pathlib import Path

import pytest
from office_server import CALL, GOOD, NA, OPERATING_MARGIN, TOKEN, Server

from xlplugin.functions.calls import MEMORY
from xlplugin.hosts.server import limits

pytestmark = pytest.mark.slow

GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
CALLED = (
    f"POST {CALL} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: {TOKEN}\r\n"
)


def is_cut_off(answer: bytes, *statuses: int) -> bool:
    """Say whether the server hung up, or said one of these before; the answer is lost where we still talk."""
    return answer == b"" or int(answer[9:12]) in statuses


def test_heads_that_are_too_large_are_cut_off(server: Server) -> None:
    assert is_cut_off(server.raw(GET + b"X: " + b"x" * 100_000_000), 400, 431)
    assert is_cut_off(server.raw(b"GET /" + b"x" * 1_000_000), 400, 431)
    assert is_cut_off(server.raw(GET + b"X: x\r\n" * 1_000_000), 400, 431)
    many = b"".join(b"X%d: x\r\n" % number for number in range(limits.HEADERS))
    assert server.raw(GET + many + b"\r\n")[9:12] == b"431"
    assert is_cut_off(server.raw(GET + b"X: " + b"x" * limits.HEAD_BYTES + b"\r\n\r\n"), 400, 431)
    assert server.raw(GET + b"Connection: close\r\n\r\n")[9:12] == b"200"


def test_heads_that_do_not_end_are_cut_off(slow_server: Server) -> None:
    def connection() -> socket.socket:
        return socket.create_connection(("127.0.0.1", slow_server.port), timeout=60)

    with connection() as slow, suppress(ConnectionError):
        for byte in itertools.chain(GET, itertools.repeat(ord("X"))):
            slow.sendall(bytes([byte]))  # a byte at a time, and never done: this ends by the server alone
            time.sleep(0.05)
    with connection() as silent:
        assert silent.recv(1) == b""
    with connection() as second, suppress(ConnectionError):
        second.sendall(GET + b"\r\n")
        assert second.recv(65_536).startswith(b"HTTP/1.1 200")
        second.sendall(GET)  # its second head does not end
        while second.recv(65_536):
            pass


def test_chunks_without_end_are_cut_off(server: Server) -> None:
    start = f"{CALLED}Transfer-Encoding: chunked\r\n\r\n".encode()
    assert is_cut_off(server.raw(start + b"100000\r\n" + b"x" * 2**20 + b"\r\n" * 9), 400, 413)
    for chunk in (
        b"1;" + b"x" * 1_000_000,
        b"f" * 1_000_000,
        b"FFFFFFFFFFFFFFFF\r\n" + b"x" * 10_000_000,
        b"-1\r\nx\r\n",
        b"0x1\r\nx\r\n",
        b"0\r\n" + b"X: x\r\n" * 100_000,
    ):
        assert is_cut_off(server.raw(start + chunk + b"\r\n\r\n"), 400, 413), chunk[:20]
    assert server.send(GOOD) == (200, {"result": [[OPERATING_MARGIN]]})


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


@pytest.mark.quick
def test_the_page_about_security_quotes_every_limit(project: Path) -> None:
    page = (project / "SECURITY.md").read_text(encoding="utf-8")
    machine_bound = {"PROCESSES", "LIGHT_DRAWS"}  # half the cores; whatever draws
    quoted = {name: f"{value:,.0f}" for name, value in vars(limits).items() if name.isupper()}
    quoted |= {"entries": f"{MEMORY.entries:,}", "bytes": f"{MEMORY.most_bytes:,}"}
    missing = {n: text for n, text in quoted.items() if not re.search(rf"(?<![\d,]){text}(?![\d,]*\d)", page)}
    assert missing.keys() - machine_bound == set() and len(quoted) > 15
