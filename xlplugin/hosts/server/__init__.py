"""xlwings Server: Excel on Windows, Mac and the web calls the functions over Office.js."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

__all__ = ["serve"]

#: Where the manifest is written unless the caller says otherwise.
MANIFEST = "xlplugin-manifest.xml"
PORT = 8765


def serve(
    port: int = PORT,
    token: str | None = None,
    manifest: str | Path = MANIFEST,
    certificate: str | Path | None = None,
    key: str | Path | None = None,
    hostname: str | None = None,
    say: Callable[[str], object] = print,
) -> None:
    """Serve the functions to Excel on this computer until interrupted.

    Starts the real xlwings-server on the loopback addresses with all configuration in a temporary
    folder, and writes the manifest that Excel sideloads. ``port`` 0 takes a free one. ``token`` is
    the secret that every call must carry; None takes it from ``XLPLUGIN_TOKEN``. ``certificate`` and
    ``key`` (PEM files) switch to https, which Excel asks for; ``hostname`` is the name that a reverse
    proxy shows to Excel. ``say`` receives what a person should read. The xlwings licence key is the
    user's own (``XLWINGS_LICENSE_KEY``). Raises ``HostError`` with what to do where xlwings-server,
    the licence key or the token is missing, or the port is taken.
    """
    from xlplugin.hosts.server import listener

    listener.serve(port, token, Path(manifest), certificate, key, hostname, say)
