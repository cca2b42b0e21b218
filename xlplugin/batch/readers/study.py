"""Grids of scenarios that are never written out: a TOML study file, or several values of --set.

A study file, every part but ``levers`` optional::

    companies = ["Salesforce", "NVIDIA"]    # default: all
    scenarios = ["half", "price_war"]       # presets that the levers go on top of
    fiscal_year = "article"
    lines = ["gross_margin_change", "operating_margin_change"]
    combine = "grid"                        # or "zip": first with first, second with second

    [levers]
    cost_reduction = { from = 0, to = 0.9, step = 0.1 }   # or count = 10
    adoption = ["50%", 1]
    pass_through = ["low", "base", "high"]  # of each company's own range

    [own.Salesforce]                        # values of your own for a company
    ai_revenue_share = 0.02
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from xlplugin.batch.readers.source import Places
from xlplugin.batch.rows import Rows
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Scenario
from xlplugin.entries.columns import Coded, Numbered
from xlplugin.entries.meaning import number, pieces
from xlplugin.files.limits import text_of
from xlplugin.model.errors import CellError, Fault, InputError, gathering, suggestion
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.plan import MODEL_INPUTS

__all__ = ["Axis", "GridSource", "axis_of", "grid_of_settings", "read_study"]

_KEYS = ("companies", "scenarios", "fiscal_year", "lines", "combine", "levers", "own")
_LEVELS = ("low", "base", "high")
_RANGE = ("from", "to", "step", "count")

#: Bytes of a study file, and combinations of a grid.
MOST_STUDY, MOST_ROWS = 4 << 20, 1_000_000_000
#: The most values that one lever may take.
MOST_VALUES = 10_000_000


#: A key of so many parts that reading it would take all memory.
_LONG_KEY = re.compile(r"""(?<![\w\-"'])(?:[\w\-"']++[ \t]*+\.[ \t]*+){50}""")


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
            raise InputError.outside("combinations", self.count, fix, f"at most {MOST_ROWS:,}", row=name)

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


def read_study(path: Path, dataset: Dataset) -> GridSource:
    """Return the grid of a TOML study file; InputError with every fault found."""
    try:
        text = text_of(path, MOST_STUDY)
        if _LONG_KEY.search(text):
            raise RecursionError
        study = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        said = "nested too deep" if isinstance(error, RecursionError) else error
        raise InputError.of_file(path, f"not a TOML file ({said})", "mend it at the place named") from None
    faults = [_unknown(path, name, _KEYS) for name in study if name not in _KEYS]
    faults += _wrong_types(path, study)
    if faults:
        raise InputError(faults)
    combine = study.get("combine", "grid")
    if combine not in ("grid", "zip"):
        faults.append(Fault(str(path), "combine", combine, "grid, zip", "choose one", CellError.WRONG_TYPE))
    axes, presets = [], []
    for name, values in study.get("levers", {}).items():
        with gathering(faults):
            axes.append(_axis_of_study(name, values, path))
    names = study.get("scenarios", [])
    for name in [names] if isinstance(names, str) else names:
        with gathering(faults):
            presets.append(dataset.scenario(name))
    sizes = {len(axis.values) for axis in axes}
    if combine == "zip" and len(sizes) > 1:
        shown = ", ".join(f"{axis.name} {len(axis.values)}" for axis in axes)
        faults.append(
            Fault(str(path), "levers", shown, "as many values each", 'even them out, or combine = "grid"')
        )
    if not faults and not axes and not presets:
        faults.append(
            Fault(str(path), "levers", "none", "", "give a [levers] table or scenarios", CellError.WRONG_TYPE)
        )
    if faults:
        raise InputError(faults)
    kept: dict[str, Any] = {
        key: study[key] for key in ("companies", "fiscal_year", "lines", "own") if key in study
    }
    if "fiscal_year" in kept:
        kept["fiscal_year"] = str(kept["fiscal_year"])
    return GridSource(str(path), axes, presets, zipped=combine == "zip", files=[path], additions=kept)


def _wrong_types(path: Path, study: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield a fault for each part of a study that is not of its type."""
    for name in ("companies", "scenarios", "lines"):
        names = study.get(name, [])
        if name == "scenarios" and isinstance(names, str):
            continue
        if not isinstance(names, list) or not all(isinstance(text, str) for text in names):
            yield _wrong_type(path, name, names, 'a list of names: ["A", "B"]')
    if isinstance(study.get("fiscal_year", ""), (bool, float, list, dict)):
        yield _wrong_type(path, "fiscal_year", study["fiscal_year"], 'a text: "FY2025"')
    if not isinstance(study.get("combine", ""), str):
        yield _wrong_type(path, "combine", study["combine"], '"grid" or "zip"')
    for name in ("levers", "own"):
        if not isinstance(study.get(name, {}), dict):
            yield _wrong_type(path, name, study[name], f"a table: [{name}]")
    own = study.get("own", {})
    for company, values in own.items() if isinstance(own, dict) else ():
        if not isinstance(values, dict):
            yield _wrong_type(path, f"own.{company}", values, f"a table: [own.{company}]")


def _wrong_type(path: Path, name: str, value: Any, allowed: str) -> Fault:
    return Fault(str(path), name, value, allowed, "write it so", CellError.WRONG_TYPE)


def axis_of(name: str, words: Sequence[str]) -> Axis:
    """Return the axis of values as typed, which label the rows; InputError for one that is no number."""
    values = [number(word, name) for word in words]
    return Axis(
        name, np.array([np.nan if v is None else v for v in values]), None, tuple(w.strip() for w in words)
    )


def _axis_of_study(name: str, values: Any, path: Path) -> Axis:
    if name not in (*LEVERS, *EXPOSURES):
        raise InputError(_unknown(path, name, (*LEVERS, *EXPOSURES)))
    place = f"{path}, levers"
    if isinstance(values, dict):
        return Axis(name, _range(name, values, place))
    if not isinstance(values, list):
        values = [values]
    if not values:
        raise InputError.wrong(name, "no values", "give at least one", row=place)
    levels = np.array([_LEVELS.index(v) + 1 if v in _LEVELS else 0 for v in values], np.int8)
    typed = [None if v in _LEVELS else number(v, name, row=place) for v in values]
    numbers = np.array([np.nan if v is None else v for v in typed])
    return Axis(name, numbers, levels if levels.any() else None)


def _range(name: str, values: Mapping[str, Any], place: str) -> Any:
    faults = [_unknown(place, key, _RANGE) for key in values if key not in _RANGE]
    low, high = (number(values.get(key), name, row=place) for key in ("from", "to"))
    if low is None or high is None or ("step" in values) == ("count" in values):
        fix = "write { from = 0, to = 0.9, step = 0.1 } or { from = 0, to = 0.9, count = 10 }"
        faults.append(Fault(place, name, None, "", fix, CellError.WRONG_TYPE))
    if faults:
        raise InputError(faults)
    assert low is not None and high is not None
    if "count" in values:
        count = values["count"]
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_VALUES:
            raise InputError.outside(
                f"{name}.count", count, "enter a whole number", f"1 to {MOST_VALUES}", row=place
            )
        return np.linspace(low, high, count)
    step = number(values["step"], "step", row=place)
    if step is None or step == 0 or (high - low) / step < 0 or (high - low) / step >= MOST_VALUES:
        raise InputError.outside(f"{name}.step", step, "choose a step that leads from low to high", row=place)
    steps = math.floor((high - low) / step + 1e-9)  # 0.9 / 0.1 falls short of 9 by rounding
    return np.array(
        [min(max(round(low + i * step, 12), min(low, high)), max(low, high)) for i in range(steps + 1)]
    )


def _unknown(place: object, name: str, known: Sequence[str]) -> Fault:
    return Fault(str(place), name, None, "", suggestion(name, known), CellError.WRONG_TYPE)


def grid_of_settings(dataset: Dataset, scenarios: Sequence[str], settings: Sequence[str]) -> GridSource:
    """Return the named presets times every combination of settings such as ``adoption=0.5,1``.

    Raises InputError for an unknown name, a value that is none, and where no cost_reduction is left.
    """
    typed: dict[str, list[str]] = {}
    for setting in settings:
        name, equals, values = setting.partition("=")
        name = name.strip()
        if not equals or not values.strip():
            raise _setting(setting, "write it as --set cost_reduction=30%")
        if name not in MODEL_INPUTS:
            raise _setting(name, suggestion(name, MODEL_INPUTS))
        if name in typed:
            raise _setting(f"{name} twice", f"give its values once: --set {name}=VALUE,VALUE")
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
