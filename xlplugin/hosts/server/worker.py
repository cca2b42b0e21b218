"""A process of the pool: reads calls from its input, writes answers to its output, one at a time.

A call is eight bytes of length and the body as it came over the wire; an answer two bytes of status, eight
bytes of length and JSON. The process ends with its input, even in the middle of a call.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from queue import SimpleQueue
from typing import BinaryIO

from xlplugin.hosts.server import calls, scripts
from xlplugin.hosts.server.door import Refusal

#: Said of a fault of ours.
FAILED = "an error occurred, which the server's log explains; nothing was written"


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends its processes
    if hasattr(os, "nice"):
        os.nice(5)  # small calls first
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever prints, prints to the log
    waiting: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, waiting), daemon=True).start()
    from xlplugin import functions

    while True:
        try:
            body = waiting.get()
            if body.startswith(scripts.MARK):
                status, text = 200, scripts.answer(body)
            else:
                status, text = 200, calls.answer(body, functions.FUNCTIONS, functions.call)
        except Refusal as refusal:
            status, text = refusal.status, json.dumps({"detail": refusal.reason}).encode()
        except Exception:  # a fault of ours: the log says which, the next job is answered
            logging.getLogger(__name__).exception("a script failed")
            status, text = 400, json.dumps({"detail": FAILED}).encode()
        answers.write(status.to_bytes(2, "big") + len(text).to_bytes(8, "big") + text)
        answers.flush()


def _read(calls_in: BinaryIO, waiting: SimpleQueue[bytes]) -> None:
    while len(head := calls_in.read(8)) == 8:
        waiting.put(calls_in.read(int.from_bytes(head, "big")))
    os._exit(0)


if __name__ == "__main__":
    main()
