"""Path over years: what a steady fall of AI cost does, year by year. A what-if, not a forecast.

Of the scenario the two reductions are replaced; its other levers stay. AI work moves with the
company's repricing lag and commitments run off at the same pace.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xlplugin.data.dataset import Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject, subjects, usual_measure
from xlplugin.entries.meaning import number
from xlplugin.model.errors import InputError
from xlplugin.model.floats import evaluate_floats
from xlplugin.model.inputs import INPUTS
from xlplugin.model.years import LEAST_CERTAIN_AFTER, SUPPLY_RANGE, year_inputs

if TYPE_CHECKING:
    import pandas as pd


def path_rows(
    subject: Subject,
    annual_decline: Any = None,
    years: Any = None,
    measures: Sequence[str] = (),
    revenue_growth: Any = None,
    ai_share_growth: Any = None,
) -> list[dict[str, Any]]:
    """Return one record per year, from 0: the measures, and how far they can be trusted."""
    wanted = measure_plan(*(measures or (usual_measure(subject),)), "supply_index")
    entries = path_entries(annual_decline, years, revenue_growth, ai_share_growth)
    rows = []
    for year in range(entries["years"] + 1):
        inputs = year_inputs(subject.inputs, float(year), *list(entries.values())[1:])
        lines = evaluate_floats(wanted, inputs, strict=False)
        beyond = subject.undetermined and not SUPPLY_RANGE[0] <= lines["supply_index"] <= SUPPLY_RANGE[1]
        if "supply_index" not in measures:
            del lines["supply_index"]
        rows.append(
            {
                **subject.heading,
                "annual_decline": entries["annual_decline"],
                "year": year,
                **lines,
                "least_certain": year > LEAST_CERTAIN_AFTER,
                "beyond_model": beyond,
                "direction_undetermined": subject.undetermined,
            }
        )
    return rows


def told(row: Mapping[str, Any], name: str) -> float:
    """Return a figure of a year, NaN where the year lies beyond what the model can say."""
    return math.nan if row["beyond_model"] else float(row[name])


def path_entries(
    annual_decline: Any = None,
    years: Any = None,
    revenue_growth: Any = None,
    ai_share_growth: Any = None,
) -> dict[str, Any]:
    """Return the path's entries as numbers, defaults for blanks; ``years`` as a whole number, first.

    Raises InputError outside the domain.
    """
    names = ("years", "annual_decline", "revenue_growth", "ai_share_growth")
    entries: dict[str, Any] = {}
    for name, value in zip(names, (years, annual_decline, revenue_growth, ai_share_growth), strict=True):
        found = number(value, name)
        entries[name] = INPUTS[name].default if found is None else found
    if entries["years"] != int(entries["years"]):
        raise InputError.outside("years", entries["years"], "enter a whole number of years", "0 to 50")
    entries["years"] = int(entries["years"])
    return entries


def path(
    companies: str | Sequence[str] | None,
    annual_decline: Any = None,
    years: int = 10,
    measures: str | Sequence[str] = ("operating_margin_change",),
    *,
    revenue_growth: Any = 0.0,
    ai_share_growth: Any = 0.0,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
    trials: int = 0,
    seed: int = 1,
    band: tuple[float, float] = (0.1, 0.9),
) -> pd.DataFrame:
    """Return the measures for years 0 .. ``years`` of companies under one or several annual declines.

    ``annual_decline``: a fall per year as a fraction (0 .. < 1), or a list of them; None means 0.78.
    With ``trials`` the other assumptions are drawn from their ranges, and each measure gets columns
    ``<measure>_low``, ``_median`` and ``_high`` at the percentiles of ``band`` (of the draws).
    ``scenario`` (None: illustrative) and ``levers`` set the other levers; their reductions are replaced
    by the path's.

    Columns: company, fiscal_year, scenario, annual_decline, year, measures, bands, least_certain
    (beyond the fifth year), beyond_model (supply_index outside 0.1 .. 10), direction_undetermined.

    ``companies`` None means all; ``revenue_growth`` and ``ai_share_growth`` are fractions per year;
    the same ``seed`` gives the same draws. ``fiscal_year`` None is the latest; ``dataset`` None is the
    shipped one.
    Raises InputError for an unknown name, years outside 0 .. 50, and a value of the
    wrong type or outside its domain.
    """
    import pandas as pd

    wanted = [measures] if isinstance(measures, str) else list(measures)
    one_decline = annual_decline is None or isinstance(annual_decline, (str, int, float))
    rows: list[dict[str, Any]] = []
    for name in subjects(companies, dataset):
        about = subject(name, scenario, levers, fiscal_year=fiscal_year, dataset=dataset, path=True)
        for decline in [annual_decline] if one_decline else list(annual_decline):
            found = path_rows(about, decline, years, wanted, revenue_growth, ai_share_growth)
            if trials:
                from xlplugin.analysis.uncertainty.bands import add_bands

                entries = path_entries(decline, years, revenue_growth, ai_share_growth)
                add_bands(found, about, wanted, entries, trials=trials, seed=seed, band=band)
            rows += found
    return pd.DataFrame(rows)
