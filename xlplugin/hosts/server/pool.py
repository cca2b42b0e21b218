"""The processes that answer large calls, so that the one that answers everybody stays free.

A process is started when it is needed, kept for the next call, and ended with the server, when it takes
too long, or when it dies. Own code, since concurrent.futures can end neither a call that runs nor what a
killed server leaves behind: here a process ends itself when its input does.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress

from xlplugin.hosts.server import limits
from xlplugin.hosts.server.cells import to_office
from xlplugin.hosts.server.door import Refusal
from xlplugin.model.errors import CellError

WORKER = (sys.executable, "-P", "-m", "xlplugin.hosts.server.worker")
#: Secrets of the server that a process needs not know.
SECRETS = ("XLPLUGIN_TOKEN", "XLWINGS_LICENSE_KEY")

logger = logging.getLogger(__name__)


class Pool:
    """At most ``limits.PROCESSES`` processes that run :data:`WORKER`."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(limits.PROCESSES)
        self._idle: list[Process] = []
        self._running: set[Process] = set()
        self._waiting = 0

    async def answer(self, body: bytes) -> bytes:
        """Return the answer to the call in ``body`` as JSON; raise :class:`Refusal` where it is malformed.

        A call that takes too long is answered with #NUM!, one whose process dies with #VALUE!.
        """
        if self._waiting + len(body) > limits.WAITING_BYTES:
            raise Refusal(503, "too many large calls are waiting; try again")
        self._waiting += len(body)
        try:
            async with self._slots:
                return await self._answer(body)
        finally:
            self._waiting -= len(body)

    async def _answer(self, body: bytes) -> bytes:
        process = None
        try:
            process = await self._ready()
            async with asyncio.timeout(limits.CALL_SECONDS):
                status, answer = await _exchanged(process, body)
        except TimeoutError:
            logger.warning("a call took more than %g s and was ended", limits.CALL_SECONDS)
            return _error(CellError.OUTSIDE_DOMAIN)
        except (asyncio.IncompleteReadError, OSError) as error:
            logger.error("a process for large calls ended: %s", error)
            return _error(CellError.WRONG_TYPE)
        else:
            self._idle.append(process)
        finally:
            if process is not None and process not in self._idle:
                self._end(process)
        if status != 200:
            raise Refusal(status, json.loads(answer)["detail"])
        return answer

    async def _ready(self) -> Process:
        while self._idle:
            process = self._idle.pop()
            if process.returncode is None:
                return process
            self._end(process)
        environment = {name: text for name, text in os.environ.items() if name not in SECRETS}
        process = await asyncio.create_subprocess_exec(*WORKER, stdin=PIPE, stdout=PIPE, env=environment)
        self._running.add(process)
        return process

    def _end(self, process: Process) -> None:
        self._running.discard(process)
        with suppress(ProcessLookupError):
            process.kill()

    def close(self) -> None:
        """End all processes."""
        for process in list(self._running):
            self._end(process)


async def _exchanged(process: Process, body: bytes) -> tuple[int, bytes]:
    """Send a frame to a process and return the one that comes back; see :mod:`.worker`."""
    assert process.stdin and process.stdout
    process.stdin.write(len(body).to_bytes(8, "big") + body)
    await process.stdin.drain()
    status = int.from_bytes(await process.stdout.readexactly(2), "big")
    size = int.from_bytes(await process.stdout.readexactly(8), "big")
    return status, await process.stdout.readexactly(size)


def _error(error: CellError) -> bytes:
    return json.dumps({"result": to_office(error)}).encode()
