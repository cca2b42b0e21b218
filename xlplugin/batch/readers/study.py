"""Study files in TOML: grids of scenarios that are never written out.

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
from typing import Any

import numpy as np

from xlplugin.batch.readers.grid import Axis, GridSource
from xlplugin.data.dataset import Dataset
from xlplugin.data.names import named
from xlplugin.entries.meaning import number
from xlplugin.files.limits import text_of
from xlplugin.model.errors import CellError, Fault, InputError, gathering, suggestion
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.messages import message, plain

_KEYS = ("companies", "scenarios", "fiscal_year", "lines", "combine", "levers", "own")
_KEPT = ("companies", "fiscal_year", "lines", "own")  # beside the rows
_LEVELS = ("low", "base", "high")
_RANGE = ("from", "to", "step", "count")

#: Bytes of a study file.
MOST_STUDY = 4 << 20
#: The most values that one lever may take.
MOST_VALUES = 10_000_000


#: A key of so many parts that reading it would take all memory.
_LONG_KEY = re.compile(r"""(?<![\w\-"'])(?:[\w\-"']++[ \t]*+\.[ \t]*+){50}""")


def read_study(path: Path, dataset: Dataset) -> GridSource:
    """Return the grid of a TOML study file; InputError with every fault found."""
    try:
        text = text_of(path, MOST_STUDY)
        if _LONG_KEY.search(text):
            raise RecursionError
        study = tomllib.loads(text)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:
        said = "nested too deep" if isinstance(error, RecursionError) else error
        raise InputError.of_file(
            path, message("not a TOML file ({said})", said=said), "mend it at the place named"
        ) from None
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
            _once([axis.name for axis in axes], path)
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
        fix = "give a [levers] table or scenarios"
        faults.append(Fault(str(path), "levers", plain("none"), "", fix, CellError.WRONG_TYPE))
    if faults:
        raise InputError(faults)
    kept: dict[str, Any] = {key: study[key] for key in _KEPT if key in study}
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
            yield _wrong_type(path, name, study[name], message("a table: [{name}]", name=name))
    own = study.get("own", {})
    for company, values in own.items() if isinstance(own, dict) else ():
        if not isinstance(values, dict):
            yield _wrong_type(
                path, f"own.{company}", values, message("a table: [own.{company}]", company=company)
            )


def _wrong_type(path: Path, name: str, value: Any, allowed: str) -> Fault:
    return Fault(str(path), name, value, allowed, "write it so", CellError.WRONG_TYPE)


def _axis_of_study(name: str, values: Any, path: Path) -> Axis:
    known = (*LEVERS, *EXPOSURES)
    if named(name, known) is None:
        raise InputError(_unknown(path, name, known))
    name = named(name, known) or name
    place = message("{path}, levers", path=path)
    if isinstance(values, dict):
        return Axis(name, _range(name, values, place))
    if not isinstance(values, list):
        values = [values]
    if not values:
        raise InputError.wrong(name, plain("no values"), "give at least one", row=place)
    levels = np.array([_LEVELS.index(v) + 1 if v in _LEVELS else 0 for v in values], np.int8)
    typed = [None if v in _LEVELS else number(v, name, row=place) for v in values]
    numbers = np.array([np.nan if v is None else v for v in typed])
    return Axis(name, numbers, levels if levels.any() else None)


def _once(names: Sequence[str], path: Path) -> None:
    """Raise InputError where the last lever is one of those before it, in another spelling."""
    if names[-1] in names[:-1]:
        raise InputError.wrong(message("{name} twice", name=names[-1]), None, "give it once", row=str(path))


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
            allowed = message("1 to {most}", most=MOST_VALUES)
            raise InputError.outside(f"{name}.count", count, "enter a whole number", allowed, row=place)
        return np.linspace(low, high, count)
    step = number(values["step"], "step", row=place)
    ratio = (high - low) / step if step else math.inf
    leads = ratio == 0 or 1 - 1e-9 <= ratio < MOST_VALUES  # by a step longer than the way it leads nowhere
    if step is None or not leads:
        raise InputError.outside(f"{name}.step", step, "choose a step that leads from low to high", row=place)
    steps = math.floor(ratio + 1e-9)  # 0.9 / 0.1 falls short of 9 by rounding
    return np.array(
        [min(max(round(low + i * step, 12), min(low, high)), max(low, high)) for i in range(steps + 1)]
    )


def _unknown(place: object, name: str, known: Sequence[str]) -> Fault:
    return Fault(str(place), name, None, "", suggestion(name, known), CellError.WRONG_TYPE)
