"""Files that the processes of one run make once and share."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, write: Callable[[Path], object]) -> Path:
    """Return ``path``, which ``write`` makes where no process has yet: nobody sees half of it."""
    if not path.exists():
        part = path.with_name(f"{os.getpid()}-{path.name}")
        write(part)
        part.replace(path)
    return path
