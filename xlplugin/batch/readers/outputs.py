"""Outputs read back: stretches of results from CSV, Parquet, folders of parts and workbooks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlplugin.batch.readers.sources import results_sheet
from xlplugin.files.csv_text import decoded
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import INPUTS
from xlplugin.model.lines import UNITS
from xlplugin.model.messages import message

if TYPE_CHECKING:
    import pandas as pd

#: How NumPy and pandas begin what they say of a text in a column of figures.
_NO_NUMBER = "could not convert string to float: {value}"

#: Rows that are read at a time.
STRETCH = 65_536


def read_results(path: Path, ranges: Sequence[range]) -> Iterator[pd.DataFrame]:
    """Yield the results in each of the ascending ``ranges`` of rows (shorter where the file ends).

    Figures are floats, NaN where not available; texts are str or None. InputError where unreadable.
    """
    blocks = _blocks(path, ranges)
    start, held = 0, None
    for wanted in ranges:
        parts = []
        need = wanted.start
        while need < wanted.stop:
            if held is None:
                start, held = next(blocks, (need, None))
                if held is None:
                    break
            stop = start + len(held)
            if stop > need:
                parts.append(held.iloc[max(need - start, 0) : wanted.stop - start])
                need = min(stop, wanted.stop)
            if stop <= wanted.stop:
                held = None
        yield _joined(parts)


def results_frame(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of all results of an output; any table with those columns will do."""
    if not path.exists():
        raise InputError.of_file(path, "no such file", "check the path")
    frame = _joined([frame for _, frame in _blocks(path, [range(1 << 62)])])
    return frame[[name for name in columns if name in frame.columns]]


def _joined(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    import pandas as pd

    if not frames:
        return pd.DataFrame()
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _blocks(path: Path, ranges: Sequence[range]) -> Iterator[tuple[int, Any]]:
    """Yield (number of the first row, frame), at least those that the ranges touch."""
    ending = path.suffix.casefold()
    if path.is_dir() or ending in (".parquet", ".pq"):
        yield from _parquet(path, ranges)
    elif ending == ".csv":
        yield from _csv(path)
    else:
        yield 0, _workbook(path)


def _parquet(path: Path, ranges: Sequence[range]) -> Iterator[tuple[int, Any]]:
    from xlplugin.batch.readers.parquet_files import ParquetSource
    from xlplugin.data.shipped import shipped

    source = ParquetSource(path, shipped(), everything=True)
    for wanted in ranges:
        start = wanted.start
        for batch in source.pieces(STRETCH, wanted.start, wanted.stop):
            yield start, _typed(batch.to_pandas())
            start += batch.num_rows


def _csv(path: Path) -> Iterator[tuple[int, Any]]:
    import pandas as pd

    with path.open("rb") as file:
        header = decoded(file.readline(), str(path)).strip()
    names = list(pd.read_csv(io.StringIO(header)).columns) if header else []
    kinds = {name: "float64" if name in _FIGURES else object for name in names}
    try:
        with pd.read_csv(
            path,
            dtype=kinds,
            chunksize=STRETCH,
            **_exact(pd.__version__),
            keep_default_na=False,
            na_values=[""],
        ) as chunks:
            start = 0
            for chunk in chunks:
                yield start, _typed(chunk)
                start += len(chunk)
    except (ValueError, pd.errors.ParserError) as error:
        reason, _, value = " ".join(str(error).split())[:80].partition(_NO_NUMBER.partition("{")[0])
        told = message(_NO_NUMBER, value=value) if value else reason
        problem = message("not a readable output ({names})", names=told)
        raise InputError.of_file(path, problem, "name an output of xlplugin run -o") from None


def _exact(version: str) -> dict[str, Any]:
    """Return what makes pandas read figures to the last bit: from 3.1 on it does so by itself."""
    older = tuple(map(int, version.split(".")[:2])) < (3, 1)
    return {"float_precision": "round_trip"} if older else {}


def _workbook(path: Path) -> Any:
    import pandas as pd

    from xlplugin.files.reading import read_table

    table = read_table(path, sheet=results_sheet(path))
    frame = pd.DataFrame({name: list(column) for name, column in table.columns.items()})
    return _typed(frame.replace({"": None}))


def _typed(frame: Any) -> Any:
    """Return the frame with figures as floats and texts as str or None."""
    import pandas as pd

    for name in frame.columns:
        if name in _FIGURES:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
        else:
            frame[name] = pd.Series(
                [plain_text(value) for value in frame[name].tolist()], frame.index, dtype=object
            )
    return frame.reset_index(drop=True)


def plain_text(value: Any) -> str | None:
    """Return a value of an output as text, None where it is blank."""
    if value is None or value != value or value == "":
        return None
    return str(value).lower() if isinstance(value, bool) or type(value).__name__ == "bool" else str(value)


_FIGURES = frozenset((*INPUTS, *UNITS))
