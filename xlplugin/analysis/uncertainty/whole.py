"""Whole numbers: of draws, of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from xlplugin.model.errors import InputError


def whole(name: str, value: Any, least: int, most: int, allowed: str, fix: str) -> int:
    """Return ``value`` as a whole number from ``least`` to ``most``; InputError with the words given."""
    numeric = isinstance(value, (int, float, np.integer)) and not isinstance(value, bool)
    if not (numeric and least <= value <= most and int(value) == value):
        raise InputError.outside(name, value, fix, allowed)
    return int(value)
