"""What-ifs: more columns of the model, asked for by a sheet and laid on Workings.

A column names a company and a scenario (their numbers, as formulas without ``=``) and may replace
inputs: ``slots`` pairs of an input's name and its value. A path column gives its year and the path's
entries instead of slots. Every other input takes the value that counts::

    grid = build.what_if(
        "grid",
        [{"company": "xlp_grid_company", "scenario": "xlp_grid_scenario",
          "input_1": "xlp_grid_row_lever", "value_1": "INDEX(xlp_grid_row_values,1)",
          "input_2": "xlp_grid_column_lever", "value_2": "INDEX(xlp_grid_column_values,1)"}, ...],
        outputs=["operating_margin_change", "eps_change"], slots=2)
    sheet.put(9, 3, "=" + grid.at("eps_change", 0), "bp")     # column 0 of the block

``input_1`` is text that names an exposure or lever (``"cost_reduction"`` in double quotes, or a cell
that holds it); text that names none replaces nothing. A value outside the input's domain, or shares
that add to more than 1, give ``#N/A``. Replacing ``cost_reduction`` moves
``training_cost_reduction`` with it where that is left blank, and ``seat_revenue_share`` is cut again
where it is a fallback. Path columns: ``{"company":..., "scenario":..., "year":...,
"annual_decline":..., "revenue_growth":..., "ai_share_growth":...}``.

Results are read by name: ``xlp_<key>_<output>`` is one row, a cell for each column. Where the line
itself is chosen, ask for the outputs ``lines`` and ``names``: ``xlp_<key>_lines`` holds every row of
the block, ``xlp_<key>_names`` beside it what each row is, for MATCH.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A block of model columns: its key, what each column chooses, the lines that get names.

    Each column replaces ``slots`` inputs, or is a year of a ``path``. ``moment``: on the figures of
    January 2025, the article's moment, whatever year is chosen.
    """

    key: str
    columns: tuple[Mapping[str, str], ...]
    outputs: tuple[str, ...]
    slots: int = 1
    path: bool = False
    moment: bool = False

    def name(self, output: str) -> str:
        """Return the defined name of a line's row."""
        return f"xlp_{self.key}_{output}"

    def at(self, output: str, column: int | str) -> str:
        """Return the formula text for a line in a column: a number from 0, or text that gives 1, 2, ..."""
        return f"INDEX({self.name(output)},1,{column + 1 if isinstance(column, int) else column})"
