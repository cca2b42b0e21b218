"""Two-way grid: a measure over every pair of values of two inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, usual_measure
from xlplugin.entries.meaning import number
from xlplugin.model.errors import InputError, refuse_unknown
from xlplugin.model.inputs import EXPOSURES, INPUTS, LEVERS
from xlplugin.model.messages import plain

if TYPE_CHECKING:
    import pandas as pd

#: How many values an axis has where none are named.
STEPS = 7


def default_values(subject: Subject, name: str) -> list[float]:
    """Return evenly spaced values between low and high of an input's assumption; InputError without."""
    refuse_unknown("grid", name, (*LEVERS, *EXPOSURES))
    assumption = subject.assumption(name)
    if assumption is None or assumption.low == assumption.high:
        raise InputError.wrong(name, None, "it has no range of its own; name its values", row=subject.company)
    low, high = assumption.low, assumption.high
    return [low + (high - low) * i / (STEPS - 1) for i in range(STEPS)]


def grid_values(
    subject: Subject, measure: str, row: tuple[str, Sequence[Any]], column: tuple[str, Sequence[Any]]
) -> tuple[list[float], list[float], list[list[float]]]:
    """Return the axes' values as numbers, and the measure as rows.

    Raises InputError for an unknown input, the same one twice, or a value outside its domain.
    """
    measure_plan(measure)
    if row[0] == column[0]:
        raise InputError.wrong("grid", row[0], "choose two different inputs")
    axes = []
    for name, values in (row, column):
        refuse_unknown("grid", name, (*LEVERS, *EXPOSURES))
        axes.append([_given(value, name) for value in values])
    down, across = axes
    return down, across, [[subject.value(measure, {row[0]: y, column[0]: x}) for x in across] for y in down]


def surface(
    subject: Subject, measure: str, row: tuple[str, Sequence[float]], column: tuple[str, Sequence[float]]
) -> list[list[float | InputError]]:
    """Return the measure over two inputs as rows; the error where a pair of values leaves the domain."""
    return [[_at(subject, measure, {row[0]: y, column[0]: x}) for x in column[1]] for y in row[1]]


def _at(subject: Subject, measure: str, changed: Mapping[str, float]) -> float | InputError:
    try:
        return subject.value(measure, changed)
    except InputError as error:
        return error


def _given(value: Any, name: str) -> float:
    entry = number(value, name)
    if entry is None:
        item = INPUTS[name]
        raise InputError.missing(name, plain("blank"), "enter a value", item.allowed)
    return entry


def grid(
    company: str,
    rows: tuple[str, Sequence[Any]] | str,
    columns: tuple[str, Sequence[Any]] | str,
    measure: str | None = None,
    *,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    own: Mapping[str, float] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return a measure over two inputs as a table: index ``rows``, columns ``columns``.

    Each axis is a name with its values, or a name alone, whose low .. high is then cut into
    ``STEPS`` values. ``measure``: a line or bridge bar, None for the usual one; margins are fractions,
    money is in millions, NaN where not available.

    ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures above it;
    ``fiscal_year`` None is the latest; ``own`` holds own figures of the company, by input, in place of
    the dataset's; ``dataset`` None is the shipped one.
    Raises InputError for an unknown name, the same input on both axes, an input without range whose
    values are left out, and a value of the wrong type or outside its domain.
    """
    import pandas as pd

    about = subject(company, scenario, levers, fiscal_year=fiscal_year, own=own, dataset=dataset)
    axes = [
        (axis, default_values(about, axis)) if isinstance(axis, str) else axis for axis in (rows, columns)
    ]
    down, across, table = grid_values(about, measure or usual_measure(about), axes[0], axes[1])
    index = pd.Index(down, name=axes[0][0])
    return pd.DataFrame(table, index=index, columns=pd.Index(across, name=axes[1][0]))
