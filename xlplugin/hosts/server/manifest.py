"""The manifest that Excel sideloads: where the functions and the task pane are."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import escape

from xlplugin.hosts.server.project import MANIFEST_ID

TEMPLATE = Path(__file__).with_name("manifest.xml").read_text(encoding="utf-8")


def text(base: str, token: str) -> str:
    """Return the manifest of the server at the address ``base``. It holds the token."""
    taskpane = f"{base}/taskpane.html?token={quote(token, safe='')}"
    return TEMPLATE.format(id=MANIFEST_ID, base=escape(base), taskpane=escape(taskpane, {'"': "&quot;"}))


def write(path: Path, base: str, token: str) -> Path:
    """Write the manifest, readable by the present user alone, and return its path."""
    path = path.expanduser().absolute()
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text(base, token))
    path.chmod(0o600)  # an older file keeps its rights when it is overwritten
    return path
