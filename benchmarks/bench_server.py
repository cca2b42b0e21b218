"""What small calls wait beside large ones, with processes for these and with everything in one process.

A live server answers calls of one cell, one after the other, alone and while four clients send simulations
of a million draws and ranges of 300,000 rows without a pause. Shown are the 50th and 99th percentile of the
small ones (target: at most 100 ms at the 99th beside large ones), the same where the server keeps large calls
to itself as version 0.1.0 did, and the memory of all its processes.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import os
import random
import sys
import tempfile
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles
from typing import Any

from bench_hosts import TOKEN, free_port, running

TARGET = 0.1
SERVE = """
from xlplugin.hosts.server import limits, serve
if ALONE:
    limits.LIGHT_BYTES = limits.LIGHT_CELLS = limits.LIGHT_DRAWS = 10**9
serve(port=PORT)
"""


def body(name: str, *arguments: Any) -> bytes:
    call = {"client": "Office.js", "func_name": name, "args": arguments, "version": "any", "runtime": "1.4"}
    return json.dumps(call, separators=(",", ":")).encode()


def simulation(seed: int) -> bytes:
    return body("XLP_SIMULATE", [["CRM"]], None, [[0.3]], [[1_000_000]], [[seed]])


def long_range(seed: int) -> bytes:
    chance = random.Random(seed)
    return body("XLP_VALUE", [["CRM"]], [[round(chance.random(), 6)] for _ in range(300_000)])


def ask(connection: HTTPConnection, sent: bytes) -> float:
    """Return the seconds until the answer is here."""
    headers = {"Content-Type": "application/json", "Authorization": TOKEN}
    start = time.perf_counter()
    connection.request("POST", "/xlwings/custom-functions-call", sent, headers)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(content[:200])
    return time.perf_counter() - start


def small(port: int, seconds: float) -> list[float]:
    """Return what calls of one cell took, sent one after the other for so long."""
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    until, taken = time.monotonic() + seconds, []
    for number in itertools.count():
        taken.append(ask(connection, body("XLP_VALUE", [["CRM"]], [[number / 1e6]])))
        if time.monotonic() > until and len(taken) >= 20:
            return taken
        time.sleep(0.005)
    raise AssertionError


def beside_large(port: int, seconds: float) -> tuple[list[float], int]:
    """Return what small calls took while large ones were sent without a pause, and how many large ended."""
    stop, ended = threading.Event(), itertools.count()
    kinds = (simulation, long_range) * 2
    large = [[kind(client + 4 * number) for number in range(4)] for client, kind in enumerate(kinds)]

    def send(client: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=300)
        with suppress(OSError, HTTPException, RuntimeError):  # the server is stopped while it still answers
            for sent in itertools.cycle(large[client]):
                if stop.is_set():
                    return
                ask(connection, sent)
                next(ended)

    clients = [threading.Thread(target=send, args=(client,), daemon=True) for client in range(4)]
    for client in clients:
        client.start()
    time.sleep(2)  # the processes are started
    taken = small(port, seconds)
    stop.set()
    return taken, next(ended)


def megabytes(parent: int) -> float:
    """Return the memory of a process and its children, where /proc tells."""
    numbers = [str(parent)]
    for file in Path(f"/proc/{parent}/task").glob("*/children"):
        numbers += file.read_text().split()
    pages = [int(Path(f"/proc/{number}/statm").read_text().split()[1]) for number in numbers]
    return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20


def measured(alone: bool, seconds: float) -> float:
    """Print what one server does; return the 99th percentile beside large calls."""
    port = free_port()
    script = SERVE.replace("PORT", str(port)).replace("ALONE", str(alone))
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-c", script]
        with running(command, Path(name), port, XLPLUGIN_TOKEN=TOKEN) as (_, process):
            ask(HTTPConnection("127.0.0.1", port, timeout=300), body("XLP_VALUE", [["CRM"]], [[0.3, 0.4]]))
            quiet = quantiles(small(port, seconds / 2), n=100)
            loaded, ended = beside_large(port, seconds)
            shares = quantiles(loaded, n=100)
            memory = f", {megabytes(process.pid):.0f} MB in all" if Path("/proc/self/statm").exists() else ""
    print("All in one process" if alone else "Large calls in processes of their own")
    print(f"  small calls alone:             {quiet[49] * 1000:7.1f} ms, 99th {quiet[98] * 1000:7.1f} ms")
    print(
        f"  beside large ones:             {shares[49] * 1000:7.1f} ms, 99th {shares[98] * 1000:7.1f} ms"
        f" ({len(loaded)} small, {ended} large ended{memory})"
    )
    return shares[98]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    if importlib.util.find_spec("xlwings_server") is None or not os.environ.get("XLWINGS_LICENSE_KEY"):
        print("left out; it needs the package xlwings-server and XLWINGS_LICENSE_KEY")
        return 0
    apart = measured(False, given.seconds)
    together = measured(True, given.seconds)
    print(f"99th percentile beside large calls: {together / apart:.0f} times shorter, {apart * 1000:.0f} ms"
          f" (target: at most {TARGET * 1000:.0f} ms)")  # fmt: skip
    return 0 if apart <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
