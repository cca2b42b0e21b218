"""Starting the server: what must be there, the addresses, the process."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from xlplugin.hosts import HostError
from xlplugin.hosts.server import bindings, door, guard, limits, manifest, project
from xlplugin.hosts.signals import handled
from xlplugin.model.messages import Message, joined, message, plain

TOKEN_VARIABLE = "XLPLUGIN_TOKEN"
#: Tokens that are printed in other people's manuals.
KNOWN_TOKENS = frozenset({"test-token"})
SHORTEST_TOKEN = 16

#: Said where there is no certificate.
_PLAIN_HTTP = (
    "Excel loads add-ins over https only. Make a certificate (mkcert localhost 127.0.0.1) and give it with"
    " --certificate and --key; without it this address serves for trying and testing."
)
LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def serve(
    port: int,
    token: str | None,
    manifest_path: Path,
    certificate: str | Path | None,
    key: str | Path | None,
    hostname: str | None,
    say: Callable[[str], object],
) -> None:
    """Serve until interrupted; see :func:`xlplugin.hosts.server.serve`."""
    token = checked_token(os.environ.get(TOKEN_VARIABLE) if token is None else token)
    _check_certificate(certificate, key)
    hosts = _hosts(hostname)
    check_licence()
    import uvicorn

    from xlplugin.functions import FUNCTIONS
    from xlplugin.hosts.server.connection import Connection
    from xlplugin.live import SCRIPTS

    sockets = listen(port)
    port = sockets[0].getsockname()[1]
    base = _address(port, bool(certificate), hostname)
    with (
        # a closed terminal ends it by way of SIGTERM, which uvicorn takes: open calls are finished first
        handled(SIGTERM=signal.default_int_handler, SIGHUP=lambda *_: signal.raise_signal(signal.SIGTERM)),
        tempfile.TemporaryDirectory(prefix="xlplugin-") as folder,
    ):
        bindings.spare_imports()
        application = guard.Guard(
            project.load(Path(folder)),
            token,
            FUNCTIONS,
            door.addresses(*project.static_folders(Path(folder))),
            hosts,
            scripts=SCRIPTS,
        )
        written = manifest.write(manifest_path, base, token)
        config = uvicorn.Config(
            application,
            http=Connection,
            h11_max_incomplete_event_size=limits.HEAD_BYTES,
            timeout_keep_alive=limits.IDLE_SECONDS,
            timeout_graceful_shutdown=limits.GRACE_SECONDS,
            log_level="warning",
            access_log=False,  # addresses of the task pane hold the token
            server_header=False,
            ws="none",
            proxy_headers=False,
            ssl_certfile=None if certificate is None else str(certificate),
            ssl_keyfile=None if key is None else str(key),
        )
        say(_welcome(base, written))
        uvicorn.Server(config).run(sockets)


def checked_token(token: str | None) -> str:
    """Return the token, or raise :class:`HostError` where there is none worth the name."""
    if token is None or not token.strip():
        problem = "No token is set; without one anybody on this computer could call the functions."
    elif token in KNOWN_TOKENS:
        problem = message("The token {token} is printed in manuals and keeps nobody out.", token=token)
    elif len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable() or " " in token:
        problem = message(
            "The token must have at least {fewest} letters, digits or signs, and no blank.",
            fewest=SHORTEST_TOKEN,
        )
    else:
        return token
    raise HostError(
        message(
            "{problem} Set {variable} to a secret of your own and start again, for instance to this "
            "fresh one: {fresh}",
            problem=plain(problem),
            variable=TOKEN_VARIABLE,
            fresh=secrets.token_urlsafe(24),
        )
    )


def check_licence() -> None:
    """Raise :class:`HostError` unless xlwings-server is there and takes the user's licence key."""
    try:
        import xlwings
        from xlwings.pro.utils import LicenseHandler

        LicenseHandler.validate_license("pro")
        for name in ("xlwings.server", "uvicorn"):
            importlib.import_module(name)
        if importlib.util.find_spec("xlwings_server") is None:  # importing it would read its settings
            raise ImportError("No module named 'xlwings_server'")
    except ImportError as error:
        raise HostError(
            message(
                'xlwings Server is not installed ({error}); run: pip install "xlplugin[server]"', error=error
            )
        ) from error
    except xlwings.LicenseError as error:
        raise HostError(
            message(
                "{error} xlwings Server needs a licence key of your own: set XLWINGS_LICENSE_KEY to the "
                "key that you bought or got for a trial from xlwings, or to noncommercial where its "
                "PolyForm Noncommercial licence covers your use. The template workbook works without "
                "it.",
                error=error,
            )
        ) from error


def listen(port: int) -> list[socket.socket]:
    """Return sockets that listen on the loopback addresses, IPv4 first; port 0 takes a free one."""
    try:
        first = socket.create_server(("127.0.0.1", port), backlog=512)
    except OSError as error:
        raise HostError(
            message(
                "Port {port} cannot be used ({reason}); choose another one with --port, or 0 for any "
                "that is free.",
                port=port,
                reason=error.strerror,
            )
        ) from error
    sockets = [first]
    with suppress(OSError):  # no IPv6 here, or its port is taken: IPv4 is enough
        sockets.append(
            socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6, backlog=512)
        )
    return sockets


def _check_certificate(certificate: str | Path | None, key: str | Path | None) -> None:
    if (certificate is None) != (key is None):
        raise HostError("For https give both files: --certificate and --key.")
    for path in (certificate, key):
        if path is not None and not Path(path).is_file():
            raise HostError(
                message("There is no file {path}. Make both with: mkcert localhost 127.0.0.1", path=path)
            )


def _hosts(hostname: str | None) -> frozenset[bytes]:
    try:
        return door.host_names(*LOOPBACK, hostname or LOOPBACK[0])
    except ValueError as error:
        raise HostError(
            message("--hostname: {error}; give the name alone, such as models.example.", error=error)
        ) from None


def _address(port: int, secure: bool, hostname: str | None) -> str:
    if hostname:
        return f"https://{hostname}"
    return f"https://localhost:{port}" if secure else f"http://127.0.0.1:{port}"


def _welcome(base: str, written: Path) -> Message:
    told = [
        message("Serving the xlplugin functions at {base}", base=base),
        message("Manifest to sideload in Excel: {written}", written=written),
        plain("It holds the token: keep it to yourself."),
    ]
    if not base.startswith("https"):
        told.append(plain(_PLAIN_HTTP))
    return joined([*told, plain("Stop with Ctrl+C.")], "\n")
