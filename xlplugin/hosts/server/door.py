"""Which addresses exist, and under which name and in which form a request may ask for them.

Everything here is a closed list that is compared byte by byte with what was sent, before anything is
decoded: ``/static/..%2f`` is not on it, nor is any other spelling of a way out. xlwings-server's own
routes for files join what they are given to a folder, so nothing else may reach them. Starlette's
TrustedHostMiddleware is not used: it takes the first of two ``Host`` headers and whatever follows a colon.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from xlplugin.hosts.server import limits

#: Where functions are called, with the token.
CALL = b"/xlwings/custom-functions-call"
#: Where live scripts run, by name, with the token.
SCRIPT = b"/xlwings/custom-scripts-call/"
#: What Excel loads before it can call anything, without a token: the task pane and the list of functions.
PAGES = frozenset(
    {
        b"/",
        b"/favicon.ico",
        b"/taskpane",
        b"/taskpane.html",
        b"/xlwings/custom-functions-meta",
        b"/xlwings/custom-functions-meta.json",
        b"/xlwings/custom-functions-code",
        b"/xlwings/custom-functions-code.js",
        b"/xlwings/custom-scripts-meta",
        b"/xlwings/custom-scripts-meta.json",
    }
)
#: The files that the task pane, xlwings' client and Office.js ask for; each file that is there when the
#: server starts becomes one exact address.
STATIC_FILES = (
    "css/core.css",
    "css/style.css",
    "images/favicon.png",
    "images/icons/*.png",
    *(f"js/{name}.js" for name in ("auth", "config", "entraid", "main", "ribbon", "utils", "wasm")),
    "js/alerts/parent.js",
    "js/custom-scripts/*.js",
    "js/integrations/bootstrap.js",
    "js/officejs/*.js",
    "vendor/bootstrap*/*/dist/**/*.css",
    "vendor/bootstrap*/*/dist/**/*.js",
    "vendor/office-js/*/dist/**/*.js",
)
#: Headers that mean two things when they come twice.
SINGLE = (b"host", b"authorization", b"content-type", b"content-length", b"transfer-encoding")
HOST = re.compile(rb"([a-z0-9.-]+|\[::1\])(:[0-9]{1,5})?")


class Refusal(Exception):
    """A request that is turned away with ``status`` and a text that says why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status, self.reason = status, reason


def addresses(*folders: Path) -> frozenset[bytes]:
    """Return every address that anybody may read: the pages, and the static files of these folders."""
    return PAGES | {
        b"/static/" + file.relative_to(folder).as_posix().encode()
        for folder in folders
        for pattern in STATIC_FILES
        for file in folder.glob(pattern)
        if file.is_file()
    }


def checked_headers(pairs: Iterable[tuple[bytes, bytes]], hosts: frozenset[bytes]) -> dict[bytes, bytes]:
    """Return the headers by name; raise :class:`Refusal` unless a request can be told from them alone.

    ``hosts`` are the names under which the server may be addressed, in lower case. A page elsewhere that
    resolves to this computer has another name.
    """
    listed = list(pairs)
    size = sum(len(name) + len(text) for name, text in listed)
    if len(listed) > limits.HEADERS or size > limits.HEAD_BYTES:
        raise Refusal(431, f"a request may have {limits.HEADERS} headers of {limits.HEAD_BYTES} bytes in all")
    headers = dict(listed)
    if len(headers) < len(listed):
        names = [name for name, _ in listed]
        if any(names.count(name) > 1 for name in SINGLE):
            raise Refusal(400, "a header is there twice")
    host = HOST.fullmatch(headers.get(b"host", b"").lower())
    if host is None or host[1] not in hosts:
        raise Refusal(421, "this server answers under its own name only")
    if b"transfer-encoding" in headers and b"content-length" in headers:
        raise Refusal(400, "the length of the body is stated in two ways")
    return headers


def host_names(*names: str) -> frozenset[bytes]:
    """Return names of the server, or ``name:port``, as ``checked_headers`` takes them; IPv6 in brackets.

    Raises ValueError for what is no name.
    """
    matches = [HOST.fullmatch(name.lower().encode("ascii", "replace")) for name in names]
    if None in matches:
        raise ValueError(f"{names[matches.index(None)]!r} is no name of a server")
    return frozenset(match[1] for match in matches if match)
