"""One connection: h11 reads it, and it has a time limit of its own in every state.

uvicorn limits the time between two requests, but waits for ever for the rest of a head and for a client
that does not take its answer.
"""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from xlplugin.hosts.server import limits


class Connection(H11Protocol):
    """uvicorn's h11 protocol, cut off where a head, or all that follows it, takes too long."""

    _timer: asyncio.TimerHandle | None = None
    _reading_head: bool | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, unless there are too many."""
        super().connection_made(transport)
        if len(self.connections) > limits.CONNECTIONS:
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on; a new state has a new time limit, a trickle of bytes has not."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        self._reading_head = None
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the time limit."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, or hang up where an answer has begun."""
        try:
            super().send_400_response(msg)
        except h11.LocalProtocolError:
            self.transport.abort()

    def _watch(self) -> None:
        reading_head = self.conn.their_state is h11.IDLE
        if reading_head is self._reading_head:
            return
        self._reading_head = reading_head
        if self._timer is not None:
            self._timer.cancel()
        seconds = limits.HEAD_SECONDS if reading_head else limits.ANSWER_SECONDS
        self._timer = self.loop.call_later(seconds, self.transport.abort)
