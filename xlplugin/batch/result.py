"""The result of a block: columns in order, put together group by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.flags import flags_of
from xlplugin.batch.groups import Group
from xlplugin.batch.headers import FLAGS, NAMING_FLAGS
from xlplugin.batch.outcomes import Outcome
from xlplugin.batch.rows import Rows
from xlplugin.batch.selection import Selection
from xlplugin.entries.columns import Coded, taken
from xlplugin.model.errors import Fault

#: The column that says what is wrong with a row that is kept.
FAULT = "fault"


@dataclass
class Result:
    """Columns of a run, in order, and what is wrong with it.

    ``columns`` hold float and bool arrays, :class:`xlplugin.entries.columns.Coded` texts, and what is carried
    through as it came. ``wrong`` are faults by position in the result, ``labs`` companies to show apart,
    ``currencies`` what each company reports in.
    """

    columns: dict[str, Any]
    count: int
    faults: list[Fault] = field(default_factory=list)
    wrong: dict[int, list[Fault]] = field(default_factory=dict)
    labs: frozenset[str] = frozenset()
    currencies: Mapping[str, str] = field(default_factory=dict)

    def fault_texts(self) -> NDArray[np.object_]:
        """Return for each row what is wrong with it in words, None where nothing is."""
        texts = np.full(self.count, None, dtype=object)
        for i, faults in self.wrong.items():
            texts[i] = "; ".join(str(replace(fault, row=None)) for fault in faults)
        return texts


class Assembly:
    """A result while outcomes are put into their places; a row that is in no group stays without one."""

    def __init__(self, rows: Rows, selection: Selection, groups: Sequence[Group]) -> None:
        self._rows, self._selection = rows, selection
        self._stride = 1 if rows.companies is not None else len(selection.cases)
        self._total = rows.count * self._stride
        names = rows.given if selection.show_given else selection.plan.inputs
        self._inputs = {name: np.full(self._total, np.nan) for name in names}
        self._lines = {name: np.empty(self._total) for name in selection.plan.outputs}
        self._texts: dict[str, tuple[dict[Any, int], NDArray[np.int32]]] = {
            name: ({}, np.zeros(self._total, np.int32)) for name in ("company", "fiscal_year", *NAMING_FLAGS)
        }
        self._bools = {name: np.zeros(self._total, bool) for name in FLAGS if name not in NAMING_FLAGS}
        self._wrong: dict[int, list[Fault]] = {}
        if sum(group.count for group in groups) < self._total:
            for column in self._lines.values():
                column.fill(np.nan)
            for name in self._texts:
                self._write(name, slice(None), Coded(("" if name in FLAGS else None,), None, self._total))

    def room(self, group: Group, line: str) -> NDArray[np.float64]:
        """Return where a group's line is computed: in its place if that is a stretch of the column."""
        return self._lines[line][group.place] if isinstance(group.place, slice) else np.empty(group.count)

    def put(self, group: Group, outcome: Outcome) -> None:
        """Put the outcome of a group into its place."""
        needed = self._selection.plan.inputs
        shown = outcome.given if self._selection.show_given else outcome.inputs
        for name, column in self._inputs.items():
            if name in shown:
                column[group.place] = shown[name]
        if not isinstance(group.place, slice):
            for name, line in outcome.lines.items():
                self._lines[name][group.place] = line
        texts, bools = flags_of(group.case, outcome.given, outcome.inputs, needed, group.count)
        named = {"company": group.case.company, "fiscal_year": group.case.fiscal_year}
        texts |= {name: Coded((text,), None, group.count) for name, text in named.items()}
        for name, text_column in texts.items():
            self._write(name, group.place, text_column)
        for name, flag in bools.items():
            self._bools[name][group.place] = flag
        self._put_faults(group, outcome.wrong)

    def finished(self) -> Result:
        """Return the whole, columns in order."""
        rows, every = self._rows, None
        if self._stride != 1:
            every = np.repeat(np.arange(rows.count), self._stride)
        texts = {n: Coded(tuple(known), codes, self._total) for n, (known, codes) in self._texts.items()}
        columns: dict[str, Any] = {"company": texts["company"], "fiscal_year": texts["fiscal_year"]}
        columns["scenario"] = rows.scenarios if every is None else rows.scenarios.take(every)
        for name, values in rows.carried.items():
            if name not in columns:
                columns[name] = values if every is None else taken(values, every)
        columns |= self._inputs | self._lines | {name: (texts | self._bools)[name] for name in FLAGS}
        faults = self._faults()
        for i in rows.wrong if rows.companies is not None else ():
            self._wrong.setdefault(i, rows.wrong[i])
        dataset = self._selection.dataset
        companies = [name for name in texts["company"].values if name]
        currencies = {name: dataset.figures[name, dataset.year(name)].currency for name in companies}
        labs = frozenset(filter(dataset.is_lab, companies))
        return Result(columns, self._total, faults, self._wrong, labs, currencies)

    def _write(self, name: str, place: slice | NDArray[np.intp], column: Coded) -> None:
        """Write texts into their place, as codes."""
        known, codes = self._texts[name]
        own = np.array([known.setdefault(value, len(known)) for value in column.values], np.int32)
        codes[place] = own[0] if column.codes is None else own[column.codes]

    def _put_faults(self, group: Group, wrong: Mapping[int, list[Fault]]) -> None:
        """Put to each result what is wrong with it: the row's own faults, or those found in computing."""
        if group.faulty is not None:
            for i in np.flatnonzero(group.faulty).tolist():
                self._wrong[group.position(i)] = list(self._rows.wrong[group.row(i)])
        for i, faults in wrong.items():
            self._wrong.setdefault(group.position(i), faults)

    def _faults(self) -> list[Fault]:
        """Return every fault once, by row: one entry may spoil many rows, one row many results."""
        rows = self._rows.wrong
        own = [fault for i in sorted(rows) for fault in rows[i]]
        joint = [f for i in sorted(self._wrong) if i // self._stride not in rows for f in self._wrong[i]]
        once = {id(fault): fault for fault in (*own, *joint)}.values()
        return sorted(once, key=lambda fault: fault.row if isinstance(fault.row, int) else 0)
