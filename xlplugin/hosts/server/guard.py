"""The door of the server: who may come in, and what a call must look like before xlwings sees it.

xlwings-server answers a malformed call with status 500, which its own client sends thrice. Here every
call is checked first: token, size, pace, form.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from xlplugin.hosts.server import door, limits
from xlplugin.hosts.server.bindings import RUNTIME
from xlplugin.hosts.server.door import Refusal

__all__ = ["Guard"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

#: What xlwings reads from a call beside its name and arguments; all are sent by its client.
TEXTS = {"client": False, "version": False, "runtime": False, "caller_address": True}
OPTIONAL_TEXTS = ("culture_info_name", "date_format", "session_id")


class Guard:
    """An ASGI application before another one.

    ``arguments`` gives the fewest and the most arguments of every function, ``public`` the addresses that
    anybody may read, ``hosts`` the names under which the server may be addressed.
    """

    def __init__(
        self,
        application: Application,
        token: str,
        arguments: Mapping[str, tuple[int, int]],
        public: frozenset[bytes],
        hosts: frozenset[bytes],
    ) -> None:
        self.application, self.arguments, self.public, self.hosts = application, arguments, public, hosts
        self.token = token.encode()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":  # start and stop of the server; there are no web sockets
                await self.application(scope, receive, send)
            return
        try:
            body = await self.admit(scope, receive)
        except Refusal as refusal:
            await _refuse(refusal, send)
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
        if address != door.CALL:
            raise Refusal(404, "there is nothing here")
        if method != "POST":
            raise Refusal(405, "calls are sent with POST")
        if headers.get(b"content-type", b"").partition(b";")[0].strip() != b"application/json":
            raise Refusal(415, "calls are sent as application/json")
        body = await _body(headers, receive)
        self.check(_parsed(body))
        return body

    def check(self, call: Any) -> None:
        """Raise :class:`Refusal` unless xlwings can carry the call out; remember its runtime."""
        if not isinstance(call, dict):
            raise Refusal(400, "a call is a JSON object")
        name, arguments = call.get("func_name"), call.get("args")
        if not isinstance(name, str) or name not in self.arguments:
            raise Refusal(400, "func_name is not one of the functions")
        fewest, most = self.arguments[name]
        if not isinstance(arguments, list) or not fewest <= len(arguments) <= most:
            raise Refusal(400, f"{name} takes {fewest} to {most} arguments, given as a list")
        for key, optional in TEXTS.items():
            if not (isinstance(call.get(key), str) or (optional and call.get(key) is None)):
                raise Refusal(400, f"{key} is missing or no text")
        for key in OPTIONAL_TEXTS:
            if not isinstance(call.get(key), str | None):
                raise Refusal(400, f"{key} is no text")
        if call["client"] != "Office.js" or not re.fullmatch(r"\d{1,3}\.\d{1,3}", call["runtime"]):
            raise Refusal(400, "the call does not come from Excel's custom functions")
        RUNTIME.set(tuple(map(int, call["runtime"].split("."))))


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


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):  # UnicodeDecodeError is a ValueError
        raise Refusal(400, "the call is not JSON") from None


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no JSON number")


def _given(body: bytes, receive: Receive) -> Receive:
    """Return a ``receive`` that gives the body that has been read, then what really comes."""
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


async def _refuse(refusal: Refusal, send: Send) -> None:
    body = json.dumps({"detail": refusal.reason}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),  # what is left of the request is not read
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
