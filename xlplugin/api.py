"""The public functions that give pandas frames: the dataset, runs, and what is wrong with a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlplugin.batch.frames import frame_of, with_units
from xlplugin.batch.rows import Rows, rows_of, rows_of_scenarios
from xlplugin.data.dataset import Dataset
from xlplugin.data.files import ASSUMPTION_COLUMNS, COMPANY_COLUMNS, SCENARIO_COLUMNS, figures_of, yes_or_no
from xlplugin.data.moves import shipped_moves
from xlplugin.data.shipped import extended
from xlplugin.files.reading import read_table
from xlplugin.files.spreadsheets import SPREADSHEETS
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.inputs import INPUTS
from xlplugin.model.messages import plain

if TYPE_CHECKING:
    import pandas as pd

_FAULT_COLUMNS = ("row", "input", "value", "allowed", "fix")
_BATCH_FILES = (*SPREADSHEETS, ".parquet", ".toml")
_TABLE_FILES = (*_BATCH_FILES, ".csv", ".txt", ".tsv")


def companies(path: Any = None, *, decimal: str | None = None) -> pd.DataFrame:
    """Return the companies' figures of every fiscal year, one row each, with their sources.

    Money is in millions of the currency named, rates are fractions; a figure that is not available
    is NaN. ``path`` (a file, a frame or rows) adds a user's own companies, ``decimal`` is the decimal sign
    of its texts (by default as they show it). ``attrs["units"]`` maps
    columns to units. Raises InputError for a table with faults.
    """
    import pandas as pd

    rows = [
        {**one.values, **{f.name: getattr(one, f.name) for f in fields(one) if f.name != "values"}}
        for one in extended(companies=path, decimal=decimal).figures.values()
    ]
    return with_units(pd.DataFrame(rows, columns=list(COMPANY_COLUMNS)))


def assumptions(path: Any = None, *, companies: Any = None, decimal: str | None = None) -> pd.DataFrame:
    """Return low, base and high of every assumption, with basis, fiscal year and note.

    The company ``*`` stands for every company without a row of its own, ``*cloud`` for those of that
    business model. ``path`` adds a user's assumptions, ``companies`` a user's companies that they may
    speak of; ``decimal`` is the decimal sign of their texts. Raises InputError.
    """
    import pandas as pd

    dataset = extended(companies=companies, assumptions=path, decimal=decimal)
    rows = [[getattr(one, name) for name in ASSUMPTION_COLUMNS] for one in dataset.assumptions.values()]
    frame = pd.DataFrame(rows, columns=list(ASSUMPTION_COLUMNS))
    frame.insert(2, "unit", [INPUTS[name].unit for name in frame["parameter"]])
    return frame


def scenarios(path: Any = None, *, decimal: str | None = None) -> pd.DataFrame:
    """Return the scenario presets: levers as fractions, NaN where the assumptions decide.

    ``path`` adds a user's scenarios, ``decimal`` is the decimal sign of its texts. Raises InputError for
    a table with faults.
    """
    import pandas as pd

    rows = [
        {
            "scenario": one.name,
            "label": one.label,
            **one.levers,
            "alternative": yes_or_no(one.alternative),
            "not_applicable_to": ";".join(one.not_applicable_to),
            "note": one.note,
        }
        for one in extended(scenarios=path, decimal=decimal).scenarios.values()
    ]
    return with_units(pd.DataFrame(rows, columns=list(SCENARIO_COLUMNS)))


def market_moves() -> pd.DataFrame:
    """Return what shares did on 27 January 2025: company, event, date, move, source, confidence.

    ``move`` is a fraction of the closing price before.
    """
    import pandas as pd

    return pd.DataFrame([asdict(move) for move in shipped_moves()])


def run(
    scenarios: Any = None,
    companies: Any = None,
    *,
    fiscal_year: Any = None,
    lines: Sequence[str] | None = None,
    inputs: str = "used",
    errors: str = "stop",
    assumptions: Any = None,
    own: Mapping[str, Mapping[str, float]] | None = None,
    decimal: str | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Run scenarios for companies and return one row for each pair.

    ``scenarios``: names of presets, a path (CSV, Parquet, spreadsheet, filled template, TOML study),
    or a frame (pandas, Polars, Arrow, mapping of columns, list of rows) with any inputs as columns;
    default: every preset. Every row is run for every company, or, where the table has a ``company``
    column, for that company alone, whatever companies are named. A Dask dataframe gives one, computed
    when it is asked for.
    ``companies``: names or tickers, or a path or frame of a user's own (see
    :func:`xlplugin.companies`); ``peers`` stands for all peers; default: all but these.
    ``fiscal_year``: a year, a mapping company -> year, or ``article`` (as of January 2025); default:
    the latest. A year that a company lacks is an error where the company is named.
    ``lines``: lines or bridge bars by name; default: every line.
    ``inputs``: ``used`` shows the inputs that the lines need, ``given`` only those that came in.
    ``errors``: ``stop`` raises, ``keep`` gives a faulty row no result and says why in a last column,
    ``fault`` (None where nothing is wrong).
    ``assumptions``: a user's own table; ``own``: the analyst's values by company; ``decimal``: the
    decimal sign of texts in all these tables (default: as each shows it); ``dataset``: what to use in
    place of the one that comes with xlplugin.

    Columns: company, fiscal_year, scenario; columns carried through; inputs; lines; then
    fallback_exposures and overrides (names, ``;`` between), exposure_year_differs,
    direction_undetermined, general_assumptions (the company stands on general assumptions: shown,
    never ranked) and outside_range (names of own values outside low to high). Money in
    millions, rates, shares and margins as fractions (a change of a margin times 10,000 is basis points),
    ``attrs["units"]`` has each; NaN where not available. The equations are in
    docs/model.md, the sources in :func:`xlplugin.companies` and :func:`xlplugin.assumptions`.

    Raises InputError with the first ten faults and their count (all of them: :func:`faults`).

    >>> run(["half"], ["CRM"], lines=["gross_margin"])["gross_margin"].round(4).tolist()
    [0.7773]
    """
    if type(scenarios).__module__.partition(".")[0] in ("dask", "dask_expr"):
        from xlplugin.batch.cluster import run_lazily

        lazy: pd.DataFrame = run_lazily(  # has the methods of a frame
            run, scenarios, companies, fiscal_year=fiscal_year, lines=lines, inputs=inputs, errors=errors,
            assumptions=assumptions, own=own, decimal=decimal, dataset=dataset,
        )  # fmt: skip
        return lazy
    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection

    if errors not in ("stop", "keep"):
        raise InputError.wrong("errors", errors, "choose one", "stop, keep")
    dataset, names = _dataset(dataset, companies, assumptions, decimal)
    rows, more = _rows(scenarios, dataset, decimal)
    chosen = Selection.of(
        more.get("dataset", dataset),
        names or more.get("companies"),
        more.get("fiscal_year") if fiscal_year is None else fiscal_year,
        more.get("lines") if lines is None else lines,
        inputs,
        {**more.get("own", {}), **own} if isinstance(own, Mapping) else own or more.get("own"),
    )
    result = computed(rows, chosen)
    if result.faults and errors == "stop":
        raise InputError(result.faults)
    return frame_of(result, with_faults=errors == "keep")


def faults(
    table: Any,
    companies: Any = None,
    *,
    fiscal_year: Any = None,
    assumptions: Any = None,
    decimal: str | None = None,
) -> pd.DataFrame:
    """Return all that is wrong with a table of scenario rows: row, input, value, allowed, fix.

    Arguments as in :func:`run`, ``table`` as its scenarios. Rows are numbered from 1 below the header.
    Empty where nothing is wrong; where :func:`run` raises InputError with the first ten, this has all.
    """
    import pandas as pd

    from xlplugin.batch.runner import computed
    from xlplugin.batch.selection import Selection

    found: list[Fault] = []
    try:
        dataset, names = _dataset(None, companies, assumptions, decimal)
        rows, more = _rows(table, dataset, decimal)
        found, rows.faults = rows.faults, []
        chosen = Selection.of(more.get("dataset", dataset), names, fiscal_year, own=more.get("own"))
        found += computed(rows, chosen).faults
    except InputError as error:
        found += error.faults
    data = [[getattr(fault, name) for name in _FAULT_COLUMNS] for fault in found]
    return pd.DataFrame(data, columns=list(_FAULT_COLUMNS), dtype=object)


def _dataset(
    dataset: Dataset | None, companies: Any, assumptions: Any, decimal: str | None
) -> tuple[Dataset, list[str] | None]:
    """Return the dataset to use and its companies to run, None for all."""
    names: list[str] | None = None
    own, listed = None, None
    companies = _names_listed(companies)
    if isinstance(companies, list) and all(isinstance(name, str) for name in companies):
        names = [str(name) for name in companies]
    elif companies is not None:
        own = read_table(companies, decimal=decimal)
        listed = list(dict.fromkeys(one.company for one in figures_of(own)))
    if [] in (names, listed):
        raise InputError.wrong("companies", plain("none"), "name at least one company")
    if dataset is None:
        dataset = extended(own, assumptions, decimal=decimal)
    elif own is not None:
        dataset = dataset.merged(figures=figures_of(own))
    if listed is not None:
        names = [name for name in listed if not dataset.is_peer(dataset.company(name))] or listed
    return dataset, names


def _rows(scenarios: Any, dataset: Dataset, decimal: str | None) -> tuple[Rows, Mapping[str, Any]]:
    """Return the rows, and what a filled template or a study adds: dataset, companies, own values."""
    if decimal not in (None, ".", ","):
        raise InputError.wrong("decimal", decimal, "choose one", ". or ,")
    if isinstance(scenarios, Rows):
        return scenarios, {}
    if scenarios is None:
        return rows_of_scenarios(dataset.scenarios.values()), {}
    scenarios = _names_listed(scenarios)
    if isinstance(scenarios, list) and all(isinstance(name, str) for name in scenarios):
        if not scenarios:
            raise InputError.wrong("scenarios", plain("none"), "name at least one scenario")
        return rows_of_scenarios([dataset.scenario(name) for name in scenarios]), {}
    if isinstance(scenarios, (str, Path)) and Path(scenarios).suffix.casefold() in _BATCH_FILES:
        from xlplugin.batch.readers.sources import open_source

        source = open_source(Path(scenarios), dataset, decimal=decimal)
        return source.all_rows(), source.additions
    return rows_of(read_table(scenarios, decimal=decimal), dataset), {}


def _names_listed(given: Any) -> Any:
    """Return names that came alone or in any sequence as a list, anything else as it is."""
    if isinstance(given, str):
        return given if _is_path(given) else [given]
    frame = any(hasattr(given, name) for name in ("collect_schema", "columns", "column_names"))
    fields = getattr(getattr(given, "dtype", None), "names", None)  # of a structured array
    if frame or fields or isinstance(given, (Mapping, Path)) or hasattr(given, "read"):
        return given
    return list(given) if isinstance(given, Iterable) else given


def _is_path(name: str) -> bool:
    return name.casefold().endswith(_TABLE_FILES) or Path(name).is_file()
