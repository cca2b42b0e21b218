"""Results as pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlplugin.batch.result import FAULT, Result
from xlplugin.entries.columns import Coded, Numbered
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS

if TYPE_CHECKING:
    import pandas as pd


def frame_of(result: Result, *, with_faults: bool = False) -> pd.DataFrame:
    """Return a result as a frame, ``with_faults`` with what is wrong with each row as last column."""
    import pandas as pd

    from xlplugin.batch.display import Results

    columns = {name: _series(column) for name, column in result.columns.items()}
    if with_faults:
        columns[FAULT] = pd.Series(result.fault_texts(), dtype=object)
    frame = with_units(Results(pd.DataFrame(columns)))
    frame.attrs["currencies"] = dict(result.currencies)
    return frame


def _series(column: Any) -> Any:
    """Return a column for pandas; texts are made once for each different one."""
    import pandas as pd

    if isinstance(column, Coded):
        if not column.count:
            return pd.Series([""]).array[:0]
        return pd.Series(list(column.values)).array.take(column.each())
    if isinstance(column, Numbered):
        return pd.Series(column.numbers).astype(str).array
    return column.to_pandas() if hasattr(column, "to_pandas") else column


def with_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame, which now names the units of its columns."""
    units = {name: item.unit for name, item in INPUTS.items()} | UNITS
    frame.attrs["units"] = {name: units[name] for name in frame.columns if name in units}
    return frame
