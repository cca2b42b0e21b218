"""Entries of a template as people type them."""

from __future__ import annotations

from typing import Any

from xlplugin.cli.language import figure, shown, text
from xlplugin.model.inputs import INPUTS

__all__ = ["typed_value"]


def typed_value(value: Any, item: str | None) -> str:
    """Return an entry as it is typed: shares in per cent, other numbers short, a blank by its name."""
    if value is None:
        return text("update.nothing")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if item in INPUTS and INPUTS[item].is_fraction:
        return shown(value, item, unit="share")
    return figure(value, ".12g")
