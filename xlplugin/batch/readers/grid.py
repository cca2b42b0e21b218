"""Grids of scenarios that are never written out: every combination of values, or values side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xlplugin.batch.readers.source import Places
from xlplugin.batch.rows import Rows
from xlplugin.data.dataset import Dataset
from xlplugin.data.names import named
from xlplugin.data.records import Scenario
from xlplugin.entries.columns import Coded, Numbered
from xlplugin.entries.meaning import number, pieces
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.messages import message
from xlplugin.model.plan import MODEL_INPUTS

#: Combinations of a grid.
MOST_ROWS = 1_000_000_000


class Axis(NamedTuple):
    """The values of one input: numbers, or 1, 2, 3 for low, base, high; ``words`` label them."""

    name: str
    values: np.ndarray[Any, Any]
    levels: np.ndarray[Any, Any] | None = None
    words: tuple[str, ...] = ()


class GridSource(Places):
    """Every combination of the axes' values, the last axis changing fastest; or values side by side."""

    def __init__(
        self,
        name: str,
        axes: Sequence[Axis],
        presets: Sequence[Scenario] = (),
        *,
        zipped: bool = False,
        files: Sequence[Path] = (),
        additions: Mapping[str, Any] | None = None,
    ) -> None:
        self.name, self.axes, self.presets, self.zipped = name, tuple(axes), tuple(presets), zipped
        self.files, self.additions = files, additions or {}
        sizes = [len(axis.values) for axis in axes]
        self._combinations = (sizes[0] if sizes else 1) if zipped else math.prod(sizes)
        self.count = self._combinations * max(1, len(presets))
        if self.count > MOST_ROWS:
            fix = "take fewer values, or run parts of it"
            raise InputError.outside(
                "combinations", self.count, fix, message("at most {most:,}", most=MOST_ROWS), row=name
            )

    def rows(self, parsed: range, first: int) -> Rows:
        """Return the rows of a range: each place of the grid is worked out from its number."""
        places = np.arange(parsed.start, parsed.stop)
        preset, place = np.divmod(places, self._combinations)
        digits = self._digits(place)
        given: dict[str, Any] = {}
        levels: dict[str, Any] = {}
        for name in dict.fromkeys(name for scenario in self.presets for name in scenario.levers):
            given[name] = np.array([scenario.levers.get(name, np.nan) for scenario in self.presets])[preset]
        for axis, digit in zip(self.axes, digits, strict=True):
            given[axis.name] = axis.values[digit]
            if axis.levels is not None:
                levels[axis.name] = axis.levels[digit]
        excluded = None
        if any(left_out := tuple(scenario.not_applicable_to for scenario in self.presets)):
            excluded = Coded(left_out, preset.astype(np.int32), len(places))
        return Rows(
            len(places), self._labels(places + 1, preset, digits), given, excluded=excluded, levels=levels,
            numbering=places + 1,
        )  # fmt: skip

    def columns(self) -> Sequence[str]:
        """Return the names of the axes."""
        return [axis.name for axis in self.axes]

    def _digits(self, place: Any) -> list[Any]:
        if self.zipped:
            return [place for _ in self.axes]
        digits = []
        for axis in reversed(self.axes):
            place, digit = np.divmod(place, len(axis.values))
            digits.append(digit)
        return digits[::-1]

    def _labels(self, numbering: Any, preset: Any, digits: Sequence[Any]) -> Coded | Numbered:
        """Return a label for each row: the values as typed where they were, else its number."""
        named = [axis for axis in self.axes if axis.words]
        if not self.presets and not named:
            return Numbered(numbering)
        parts = []
        if self.presets:
            parts.append(np.array([scenario.name for scenario in self.presets], dtype=object)[preset])
        for axis, digit in zip(self.axes, digits, strict=True):
            if axis.words:
                parts.append(np.array([f"{axis.name}={word}" for word in axis.words], dtype=object)[digit])
        if not named:
            parts.append(np.array([str(i) for i in numbering.tolist()], dtype=object))
        return Coded.of([", ".join(label) for label in zip(*parts, strict=True)])


def axis_of(name: str, words: Sequence[str]) -> Axis:
    """Return the axis of values as typed, which label the rows; InputError for one that is no number."""
    values = [number(word, name) for word in words]
    return Axis(
        name, np.array([np.nan if v is None else v for v in values]), None, tuple(w.strip() for w in words)
    )


def grid_of_settings(dataset: Dataset, scenarios: Sequence[str], settings: Sequence[str]) -> GridSource:
    """Return the named presets times every combination of settings such as ``adoption=0.5,1``.

    Raises InputError for an unknown name, a value that is none, and where no cost_reduction is left.
    """
    typed: dict[str, list[str]] = {}
    for setting in settings:
        name, equals, values = setting.partition("=")
        name = named(name, MODEL_INPUTS) or name.strip()
        if not equals or not values.strip():
            raise _setting(setting, "write it as --set cost_reduction=30%")
        if name not in MODEL_INPUTS:
            raise _setting(name, suggestion(name, MODEL_INPUTS))
        if name in typed:
            raise _setting(
                message("{name} twice", name=name),
                message("give its values once: --set {name}=VALUE,VALUE", name=name),
            )
        typed[name] = pieces(values, name)
    axes = [axis_of(name, values) for name, values in typed.items()]
    presets = [dataset.scenario(name) for name in scenarios]
    if "cost_reduction" not in typed and not (
        presets and all("cost_reduction" in preset.levers for preset in presets)
    ):
        fix = "not given: add --set cost_reduction=30% or --scenario NAME"
        raise InputError.missing("cost_reduction", None, fix)
    return GridSource("settings", axes, presets)


def _setting(shown: str, fix: str) -> InputError:
    return InputError.wrong("--set", shown, fix)
