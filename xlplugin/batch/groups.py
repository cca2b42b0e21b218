"""The plan of a block: its rows by company and year, and where the results of each stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.rows import Rows
from xlplugin.batch.selection import Selection
from xlplugin.data.precedence import Case
from xlplugin.entries.columns import Coded, taken


@dataclass(frozen=True, eq=False)
class Group:
    """Rows of one company in a year: their positions (None: all) and where their results go.

    ``numbering`` are their numbers in messages, ``faulty`` says which were faulty from the start
    (None: none).
    """

    case: Case
    positions: NDArray[np.intp] | None
    place: slice | NDArray[np.intp]
    numbering: NDArray[np.intp]
    faulty: NDArray[np.bool_] | None

    @property
    def count(self) -> int:
        """How many rows it has."""
        return len(self.numbering)

    def of(self, column: Any) -> Any:
        """Return the group's part of a column over rows."""
        return column if self.positions is None else taken(column, self.positions)

    def row(self, i: int) -> int:
        """Return the position among all rows of the group's row ``i``."""
        return i if self.positions is None else int(self.positions[i])

    def position(self, i: int) -> int:
        """Return where the result of the group's row ``i`` stands."""
        if isinstance(self.place, slice):
            return int((self.place.start or 0) + i * (self.place.step or 1))
        return int(self.place[i])


def groups_of(rows: Rows, selection: Selection) -> list[Group]:
    """Return the groups of a block: every company for every row, or each row's own company.

    A row whose company is unknown is in none.
    """
    faulty = np.zeros(rows.count, bool) if rows.wrong else None
    if faulty is not None:
        faulty[list(rows.wrong)] = True

    def group(case: Case, positions: NDArray[np.intp] | None, place: slice | NDArray[np.intp]) -> Group:
        part = slice(None) if positions is None else positions
        return Group(case, positions, place, rows.numbering[part], None if faulty is None else faulty[part])

    if rows.companies is None:
        stride = len(selection.cases)
        return [group(case, None, slice(k, None, stride)) for k, case in enumerate(selection.cases)]
    groups = []
    for company, year, positions in _by_company(rows):
        if company:  # else the row is faulty
            case, whole = selection.case_of(company, year), len(positions) == rows.count
            groups.append(group(case, None if whole else positions, slice(None) if whole else positions))
    return groups


def _by_company(rows: Rows) -> Iterator[tuple[Any, Any, NDArray[np.intp]]]:
    """Yield each company and year that the rows name, with the positions of those rows."""
    assert rows.companies is not None
    if not rows.count:
        return
    years = rows.fiscal_years or Coded((None,), None, rows.count)
    pairs = rows.companies.each().astype(np.int64) * len(years.values) + years.each()
    if (pairs == pairs[0]).all():
        kinds, stretches = pairs[:1], [np.arange(rows.count)]
    else:
        kinds, sizes = np.unique(pairs, return_counts=True)
        stretches = np.split(np.argsort(pairs, kind="stable"), np.cumsum(sizes)[:-1])
    for pair, positions in zip(kinds.tolist(), stretches, strict=True):
        company, year = divmod(pair, len(years.values))
        yield rows.companies.values[company], years.values[year], positions
