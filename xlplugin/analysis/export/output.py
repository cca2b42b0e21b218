"""Files of an analysis: CSV, Parquet, .xlsx with a native chart, or a picture; whole or not at all."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from xlplugin.analysis.export.plots import Plot
from xlplugin.files.safe_text import guarded_text
from xlplugin.files.targets import check_ending, check_target, naming, replacing
from xlplugin.model.errors import InputError, required
from xlplugin.model.messages import message

#: What a file may end in.
PICTURES = (".png", ".svg", ".pdf")
ENDINGS = (".csv", ".parquet", ".xlsx", *PICTURES)


def check_output(path: Path, force: bool, size: str | None = None) -> None:
    """Raise InputError where ``path`` has another ending or may not be written; before any long run.

    ``size`` is a picture's, and refused for other files. MissingExtraError for a picture without Matplotlib.
    """
    check_ending(path, ENDINGS)
    picture = path.suffix.lower() in PICTURES
    if size is not None and not picture:
        fix = message("leave it out, or write {names}", names=", ".join(PICTURES))
        raise InputError.wrong("size", size, fix, "pictures alone")
    check_target(path, (), force=force)
    if picture:
        check_pictures()
        from xlplugin.analysis.export.pictures import picture_size

        picture_size(size or "16:9")


def check_pictures() -> None:
    """Raise MissingExtraError where Matplotlib is missing, before anything is computed."""
    required("matplotlib.figure", "matplotlib", "plot", "drawing a picture")


def write_output(
    path: Path,
    rows: Sequence[dict[str, Any]],
    title: str,
    plot: Plot | None,
    notes: Sequence[str] = (),
    *,
    size: str | None = None,
    parameters: Mapping[str, str] | None = None,
    language: str = "en",
) -> None:
    """Write records to ``path`` in the format that its ending names; see :func:`check_output`.

    ``parameters`` is what makes the answer again, by name, for a workbook; ``language`` that of its heads.
    """
    ending = path.suffix.lower()
    if ending in PICTURES and plot is None:
        fix = "there is nothing to draw: choose .csv, .parquet or .xlsx"
        raise InputError.wrong("output", str(path), fix)
    with naming(path), replacing(path) as part:
        if ending == ".xlsx":
            from xlplugin.analysis.export.workbook import write_analysis

            write_analysis(part, title, rows, plot, notes, parameters, language)
        else:
            _write(part, ending, rows, plot, size)


def _write(
    part: Path, ending: str, rows: Sequence[dict[str, Any]], plot: Plot | None, size: str | None
) -> None:
    if plot is not None and ending in PICTURES:
        from xlplugin.analysis.export.pictures import picture_size, write_picture

        write_picture(plot, part, ending[1:], picture_size(size or "16:9"))
        return
    import pandas as pd

    if ending == ".parquet":
        pd.DataFrame(list(rows)).to_parquet(part, index=False)
    else:
        pd.DataFrame(_guarded(rows)).to_csv(part, index=False)


def _guarded(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with blanks for what is not available, and texts that no spreadsheet computes."""

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and math.isnan(value) else guarded_text(value)

    return [{name: plain(value) for name, value in row.items()} for row in rows]
