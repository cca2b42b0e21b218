"""Signals that end a program, handled while it has something to clean up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def handled(**handlers: Callable[..., Any]) -> Iterator[None]:
    """Handle signals, by their names, until the block ends; ignored ones (as nohup leaves them) stay ignored.

    Does nothing outside the main thread, and for signals that this system lacks.
    """
    before = {}
    if threading.current_thread() is threading.main_thread():
        for name, handler in handlers.items():
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
