"""The door of the server: who may come in, and what a call must look like before xlwings sees it.

xlwings-server answers a malformed call with status 500, which its own client sends thrice. Here every
call is checked first: token, size, pace, form. Small ones are handed on, large ones leave this process.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Collection, Mapping, MutableMapping
from typing import Any

from xlplugin.hosts.server import door, limits
from xlplugin.hosts.server.bindings import RUNTIME
from xlplugin.hosts.server.calls import parsed
from xlplugin.hosts.server.door import Refusal
from xlplugin.hosts.server.pool import Pool
from xlplugin.hosts.server.scripts import POOL, check

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]


class Guard:
    """An ASGI application before another one.

    ``functions`` are those of the registry, ``public`` the addresses that anybody may read, ``hosts`` the
    names under which the server may be addressed, ``scripts`` the names of the live scripts. Large calls go
    to a pool of processes instead of ``application``.
    """

    def __init__(
        self,
        application: Application,
        token: str,
        functions: Mapping[str, Any],
        public: frozenset[bytes],
        hosts: frozenset[bytes],
        scripts: Collection[str] = (),
    ) -> None:
        self.application, self.public, self.hosts = application, public, hosts
        self.token, self.functions = token.encode(), functions
        self.scripts = frozenset(door.SCRIPT + name.encode() for name in scripts)
        self.pool = Pool()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":  # start and stop of the server; there are no web sockets
                try:
                    await self.application(scope, receive, send)
                finally:
                    self.pool.close()
            return
        try:
            body = await self.admit(scope, receive)
            if scope["raw_path"] in self.scripts and body is not None:
                await asyncio.get_running_loop().run_in_executor(None, check, body)
                POOL.set(self.pool)
                large = None
            else:
                large = None if body is None or self.is_light(body) else await self.pool.answer(body)
        except Refusal as refusal:
            # what is left of the request is not read
            text = json.dumps({"detail": refusal.reason}).encode()
            await _respond(refusal.status, text, send, (b"connection", b"close"))
            return
        if large is not None:
            await _respond(200, large, send, (b"cache-control", b"no-store"))
            return
        await self.application(scope, receive if body is None else _given(body, receive), send)

    async def admit(self, scope: Message, receive: Receive) -> bytes | None:
        """Return the body of a call, None for what anybody may read; raise :class:`Refusal` otherwise."""
        if scope["http_version"] not in ("1.0", "1.1"):
            raise Refusal(505, "this server speaks HTTP/1.1")
        headers = door.checked_headers(scope["headers"], self.hosts)
        address, method = scope["raw_path"], scope["method"]
        if method in ("GET", "HEAD") and address in self.public:
            return None
        if not secrets.compare_digest(headers.get(b"authorization", b""), self.token):
            raise Refusal(401, "the token is missing or wrong; load the add-in from its present manifest")
        if address != door.CALL and address not in self.scripts:
            raise Refusal(404, "there is nothing here")
        if method != "POST":
            raise Refusal(405, "calls are sent with POST")
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
            raise Refusal(415, "calls are sent as application/json")
        return await _body(headers, receive)

    def is_light(self, body: bytes) -> bool:
        """Say whether xlwings may answer a call here, and remember its runtime; see :class:`Refusal`."""
        if len(body) > limits.LIGHT_BYTES:
            return False
        call = parsed(body, self.functions)
        RUNTIME.set(call.runtime)
        return call.is_light()


async def _body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """Return the whole body, unless it is too large or too slow."""
    announced = headers.get(b"content-length", b"0")
    if not announced.isdigit() or int(announced[:20]) > limits.BODY_BYTES:
        raise Refusal(413, f"a call may have {limits.BODY_BYTES} bytes; use fewer cells")
    parts, size = [], 0
    try:
        async with asyncio.timeout(limits.BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Refusal(400, "the call ended before it was complete")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limits.BODY_BYTES:
                    raise Refusal(413, f"a call may have {limits.BODY_BYTES} bytes; use fewer cells")
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise Refusal(408, f"the call did not arrive within {limits.BODY_SECONDS:g} seconds") from None


def _given(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body that has been read, then what really comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _respond(status: int, body: bytes, send: Send, *more: tuple[bytes, bytes]) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
