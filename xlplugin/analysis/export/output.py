"""Files of an analysis: CSV, Parquet, .xlsx with a native chart, or a picture; whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlplugin.analysis.export.plots import Plot
from xlplugin.files.targets import check_target, naming, replacing
from xlplugin.model.errors import CellError, Fault, InputError

if TYPE_CHECKING:
    import pandas as pd

#: What a file may end in.
ENDINGS = (".csv", ".parquet", ".xlsx", ".png", ".svg")


def check_output(path: Path, force: bool) -> None:
    """Raise InputError where ``path`` has another ending or may not be written; before any long run."""
    if path.suffix.lower() not in ENDINGS:
        allowed = ", ".join(ENDINGS)
        raise InputError(
            Fault(None, "output", str(path), allowed, "choose one of these endings", CellError.WRONG_TYPE)
        )
    check_target(path, (), force=force)


def write_output(
    path: Path, rows: Sequence[dict[str, Any]], title: str, plot: Plot | None, notes: Sequence[str] = ()
) -> None:
    """Write records to ``path`` in the format that its ending names; see :func:`check_output`."""
    ending = path.suffix.lower()
    if ending in (".png", ".svg") and plot is None:
        fix = "there is nothing to draw: choose .csv, .parquet or .xlsx"
        raise InputError(Fault(None, "output", str(path), "", fix, CellError.WRONG_TYPE))
    with naming(path), replacing(path) as part:
        _write(part, ending, rows, title, plot, notes)


def _write(
    part: Path,
    ending: str,
    rows: Sequence[dict[str, Any]],
    title: str,
    plot: Plot | None,
    notes: Sequence[str],
) -> None:
    if ending == ".xlsx":
        from xlplugin.analysis.export.workbook import write_analysis

        write_analysis(part, title, rows, plot, notes)
    elif plot is not None and ending in (".png", ".svg"):
        from xlplugin.analysis.export.pictures import write_picture

        write_picture(plot, part, ending[1:])
    elif ending == ".parquet":
        _frame(rows).to_parquet(part, index=False)
    else:
        _frame(_guarded(rows)).to_csv(part, index=False)


def _frame(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows))


def _guarded(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    from xlplugin.files.safe_text import guarded_text

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and math.isnan(value) else guarded_text(value)

    return [{name: plain(value) for name, value in row.items()} for row in rows]
