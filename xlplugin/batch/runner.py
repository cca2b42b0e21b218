"""Runs: every scenario row for every company, filled by precedence and evaluated.

``computed`` is the one function behind frames, files and clusters. It takes a block of rows and gives
a :class:`Result`: scenario rows first, companies within a row, whatever the size of the block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xlplugin.batch.flags import flags_of
from xlplugin.batch.rows import FLAGS, Rows
from xlplugin.data.dataset import Dataset
from xlplugin.data.precedence import Case, case
from xlplugin.entries.columns import Coded, taken
from xlplugin.model.domains import joint_faults
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.floats import revenue_gone
from xlplugin.model.inputs import JOINT_LIMITS, REDUCTIONS, ROUNDING
from xlplugin.model.kernel.program import program
from xlplugin.model.lines import LINES
from xlplugin.model.plan import Plan, plan

__all__ = ["FAULT", "Result", "Selection", "calculate", "computed"]

Array = NDArray[np.float64]

#: The column that says what is wrong with a row that is kept.
FAULT = "fault"


@dataclass(frozen=True)
class Selection:
    """What to compute for which companies: cases in order, the plan of lines, the inputs shown."""

    dataset: Dataset
    cases: tuple[Case, ...]
    plan: Plan
    show_given: bool = False
    own: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        dataset: Dataset,
        companies: Sequence[str] | None = None,
        fiscal_year: Any = None,
        lines: Sequence[str] | None = None,
        inputs: str = "used",
        own: Mapping[str, Mapping[str, float]] | None = None,
    ) -> Selection:
        """Return a selection; InputError for unknown names, lines, years or own values."""
        if inputs not in ("used", "given"):
            raise InputError(Fault(None, "inputs", inputs, "used, given", "choose one", CellError.WRONG_TYPE))
        if own is not None and not _maps_to_mappings(own):
            fix = "give a mapping company -> mapping of names to numbers"
            raise InputError(Fault(None, "own", None, "", fix, CellError.WRONG_TYPE))
        owned = {dataset.company(name): dict(values) for name, values in (own or {}).items()}
        names = [dataset.company(name) for name in (companies or dataset.companies)]
        years = _years(dataset, names, fiscal_year, named=companies is not None)
        cases = tuple(case(dataset, name, years[name], owned.get(name)) for name in dict.fromkeys(names))
        listed = LINES if lines is None else [lines] if isinstance(lines, str) else lines
        chosen = plan(tuple(dict.fromkeys(map(str, listed))))
        return cls(dataset, cases, chosen, inputs == "given", owned)

    def case_of(self, company: str, fiscal_year: str | None) -> Case:
        """Return the case of a named company, in the given year or the selection's."""
        for one in self.cases:
            if one.company == company and (fiscal_year is None or one.fiscal_year == fiscal_year):
                return one
        year = self.dataset.year(company, fiscal_year)
        return case(self.dataset, company, year, self.own.get(company))


@dataclass
class Result:
    """Columns of a run, in order, and what is wrong with it.

    ``columns`` hold float and bool arrays, :class:`xlplugin.entries.columns.Coded` texts, and what is carried
    through as it came. ``wrong`` are faults by position in the result.
    """

    columns: dict[str, Any]
    count: int
    faults: list[Fault] = field(default_factory=list)
    wrong: dict[int, list[Fault]] = field(default_factory=dict)

    def fault_texts(self) -> NDArray[np.object_]:
        """Return for each row what is wrong with it in words, None where nothing is."""
        found = np.full(self.count, None, dtype=object)
        for i, faults in self.wrong.items():
            found[i] = "; ".join(str(replace(fault, row=None)) for fault in faults)
        return found


def calculate(rows: Rows, selection: Selection) -> dict[str, Any]:
    """Return the result's columns as arrays, in order; InputError where anything is wrong."""
    result = computed(rows, selection)
    if result.faults:
        raise InputError(result.faults)
    return {
        name: column.objects() if hasattr(column, "objects") else column
        for name, column in result.columns.items()
    }


def computed(rows: Rows, selection: Selection) -> Result:
    """Return the result of a block of rows for every company, or for each row's own.

    A pair without a cost_reduction, or without figures, has no result: NaN in every line; so has a
    faulty one, and ``faults`` says why. Faults of the table as a whole raise InputError.
    """
    if rows.faults:
        raise InputError(rows.faults)
    groups = list(_groups(rows, selection))
    total = rows.count * (1 if rows.companies is not None else len(selection.cases))
    block = _Block(rows, selection, groups, total)
    for group in groups:
        block.add(group)
    return block.result()


class Group(NamedTuple):
    """Rows of one company: their positions (None: all) and where their results go."""

    case: Case
    positions: NDArray[np.intp] | None
    place: Any

    def of(self, column: Any) -> Any:
        """Return the group's part of a column over rows."""
        return column if self.positions is None else taken(column, self.positions)


def _groups(rows: Rows, selection: Selection) -> Iterator[Group]:
    if rows.companies is None:
        stride = len(selection.cases)
        yield from (Group(one, None, slice(k, None, stride)) for k, one in enumerate(selection.cases))
        return
    years = rows.fiscal_years or Coded((None,), None, rows.count)
    pairs = rows.companies.each().astype(np.int64) * len(years.values) + years.each()
    if not rows.count:
        return
    if (pairs == pairs[0]).all():
        kinds, order, bounds = pairs[:1], np.arange(rows.count), np.array([0, rows.count])
    else:
        kinds, sizes = np.unique(pairs, return_counts=True)
        order = np.argsort(pairs, kind="stable")
        bounds = np.concatenate(([0], np.cumsum(sizes)))
    for k, pair in enumerate(kinds.tolist()):
        company, year = (
            rows.companies.values[pair // len(years.values)],
            years.values[pair % len(years.values)],
        )
        if company:  # else the row is faulty
            index = order[bounds[k] : bounds[k + 1]]
            whole = len(index) == rows.count
            yield Group(
                selection.case_of(company, year), None if whole else index, slice(None) if whole else index
            )


class _Block:
    """The result of a block while it is put together, group by group."""

    def __init__(self, rows: Rows, selection: Selection, groups: Sequence[Group], total: int) -> None:
        self.rows, self.selection, self.total = rows, selection, total
        self.stride = 1 if rows.companies is not None else len(selection.cases)
        names = rows.given if selection.show_given else selection.plan.inputs
        self.inputs = {name: np.full(total, np.nan) for name in names}
        self.lines = {name: np.empty(total) for name in selection.plan.outputs}
        self.texts: dict[str, tuple[dict[Any, int], NDArray[np.int32]]] = {
            name: ({}, np.zeros(total, np.int32)) for name in ("company", "fiscal_year", *FLAGS[:2])
        }
        self.bools = {name: np.zeros(total, bool) for name in FLAGS[2:]}
        self.wrong: dict[int, list[Fault]] = {}
        covered = sum(rows.count if group.positions is None else len(group.positions) for group in groups)
        if covered < total:  # faulty rows that no group holds
            for column in self.lines.values():
                column.fill(np.nan)
            for name in self.texts:
                self.write_text(name, slice(None), Coded(("" if name in FLAGS else None,), None, total))

    def add(self, group: Group) -> None:
        """Compute one group and put it in its place."""
        case, rows = group.case, self.rows
        count = rows.count if group.positions is None else len(group.positions)
        given = self.given(group)
        inputs = {
            n: float(v) if np.ndim(v) == 0 else np.ascontiguousarray(v) for n, v in case.fill(given).items()
        }
        bad = self.shares_that_pass(group, inputs, count)
        for name in self.selection.plan.inputs if not self.selection.show_given else ():
            self.inputs[name][group.place] = inputs[name]
        for name in given if self.selection.show_given else ():
            if name in self.inputs:
                self.inputs[name][group.place] = given[name]
        self.evaluate(group, inputs, count, bad)
        texts, bools = flags_of(case, given, inputs, self.selection.plan.inputs, count)
        for name, column in (
            ("company", Coded((case.company,), None, count)),
            ("fiscal_year", Coded((case.fiscal_year,), None, count)),
            *texts.items(),
        ):
            self.write_text(name, group.place, column)
        for name, flag in bools.items():
            self.bools[name][group.place] = flag
        if rows.wrong:
            self.wrong_rows(group)

    def given(self, group: Group) -> dict[str, Any]:
        """Return what the rows give for the group's company."""
        given = {name: group.of(column) for name, column in self.rows.given.items()}
        for name, level in self.rows.levels.items():
            given[name] = _ranged(self.selection.dataset, group, name, given.get(name), group.of(level))
        if self.rows.excluded is not None:
            out = np.array([group.case.company in names for names in self.rows.excluded.values])
            if out.any():
                here = group.of(out[self.rows.excluded.each()])
                for name in REDUCTIONS:
                    if name in given:
                        given[name] = np.where(here, np.nan, given[name])
        return given

    def shares_that_pass(
        self, group: Group, inputs: Mapping[str, Any], count: int
    ) -> NDArray[np.bool_] | None:
        """Note the rows whose shares of one whole add to more than 1, and return where they are."""
        bad = None
        for limit in JOINT_LIMITS:
            over = sum(inputs[name] for name in limit.names) > 1 + ROUNDING
            if not np.any(over):
                continue
            over = np.broadcast_to(over, (count,))
            bad = over if bad is None else bad | over
            for i in np.flatnonzero(over).tolist():
                row = {n: float(v[i]) if np.ndim(v := inputs[n]) else v for n in limit.names}
                for fault in joint_faults(row, row=self.number(group, i)):
                    self.note(group, i, replace(fault, fix=f"for {group.case.company}, {fault.fix}"))
        return bad

    def evaluate(
        self, group: Group, inputs: Mapping[str, Any], count: int, bad: NDArray[np.bool_] | None
    ) -> None:
        """Compute the lines into the group's place; nothing where a row has no result."""
        chosen, dense = self.selection.plan, isinstance(group.place, slice)
        outputs = chosen.outputs
        if "scenario_revenue" in chosen.steps and "scenario_revenue" not in outputs:
            outputs = (*outputs, "scenario_revenue")
        row = {name: inputs[name] for name in chosen.inputs}
        out = {
            name: self.lines[name][group.place] if dense and name in self.lines else np.empty(count)
            for name in outputs
        }
        varying = frozenset(name for name, value in row.items() if not isinstance(value, float))
        if count:
            program(outputs, varying).run(row, count, out)
        gone = out["scenario_revenue"] <= 0 if "scenario_revenue" in out else np.zeros(0, bool)
        for i in np.flatnonzero(gone).tolist() if gone.any() else ():
            if bad is None or not bad[i]:
                self.note(group, i, revenue_gone(self.number(group, i), float(out["scenario_revenue"][i])))
        blank = self.without_result(group, inputs, count, bad, gone)
        for name in chosen.outputs:
            if blank is not None:
                out[name][blank] = np.nan
            if not dense:
                self.lines[name][group.place] = out[name]

    def without_result(
        self,
        group: Group,
        inputs: Mapping[str, Any],
        count: int,
        bad: NDArray[np.bool_] | None,
        gone: NDArray[np.bool_],
    ) -> NDArray[np.bool_] | None:
        """Return which rows have no result, None where all have one."""
        reduction = inputs["cost_reduction"]
        nothing = group.case.fiscal_year is None or (isinstance(reduction, float) and reduction != reduction)
        if nothing:
            return np.ones(count, bool)
        blank = None if isinstance(reduction, float) or _complete(reduction) else np.isnan(reduction)
        for mask in (bad, gone if gone.any() else None, self.faulty(group)):
            if mask is not None:
                blank = mask if blank is None else blank | mask
        return blank

    def faulty(self, group: Group) -> NDArray[np.bool_] | None:
        """Return which of the group's rows were faulty from the start."""
        if not self.rows.wrong:
            return None
        mask = np.zeros(self.rows.count, bool)
        mask[list(self.rows.wrong)] = True
        part: NDArray[np.bool_] = group.of(mask)
        return part

    def wrong_rows(self, group: Group) -> None:
        """Put the rows' own faults to the group's results."""
        mask = self.faulty(group)
        assert mask is not None
        for i in np.flatnonzero(mask).tolist():
            row = i if group.positions is None else int(group.positions[i])
            self.wrong.setdefault(self.position(group, i), [])[:0] = self.rows.wrong[row]

    def note(self, group: Group, i: int, fault: Fault) -> None:
        """Remember a fault of the group's row ``i``, unless the row is faulty anyway."""
        row = i if group.positions is None else int(group.positions[i])
        if row not in self.rows.wrong:
            self.wrong.setdefault(self.position(group, i), []).append(fault)

    def number(self, group: Group, i: int) -> int:
        """Return the number of the group's row ``i`` in messages."""
        return int(self.rows.numbering[i if group.positions is None else group.positions[i]])

    def position(self, group: Group, i: int) -> int:
        """Return where the result of the group's row ``i`` stands."""
        if isinstance(group.place, slice):
            return (group.place.start or 0) + i * (group.place.step or 1)
        return int(group.place[i])

    def write_text(self, name: str, place: Any, column: Coded) -> None:
        """Write texts into their place, as codes."""
        known, codes = self.texts[name]
        own = np.array([known.setdefault(value, len(known)) for value in column.values], np.int32)
        codes[place] = own[0] if column.codes is None else own[column.codes]

    def result(self) -> Result:
        """Return what was put together; rows that no group holds are without a result."""
        rows, every = self.rows, None
        if self.stride != 1:
            every = np.repeat(np.arange(rows.count), self.stride)
        texts = {name: Coded(tuple(known), codes, self.total) for name, (known, codes) in self.texts.items()}
        columns: dict[str, Any] = {"company": texts["company"], "fiscal_year": texts["fiscal_year"]}
        columns["scenario"] = rows.scenarios if every is None else rows.scenarios.take(every)
        for name, values in rows.carried.items():
            if name not in columns:
                columns[name] = values if every is None else taken(values, every)
        columns |= {**self.inputs, **self.lines, **{name: texts[name] for name in FLAGS[:2]}, **self.bools}
        for i in rows.wrong if rows.companies is not None else ():
            self.wrong.setdefault(i, rows.wrong[i])
        return Result(columns, self.total, self.faults(), self.wrong)

    def faults(self) -> list[Fault]:
        """Return every fault once, by row."""
        own = [fault for i in sorted(self.rows.wrong) for fault in self.rows.wrong[i]]
        joint = [
            fault
            for i in sorted(self.wrong)
            if (i // self.stride) not in self.rows.wrong
            for fault in self.wrong[i]
        ]
        once = {id(fault): fault for fault in (*own, *joint)}.values()  # one entry may spoil many rows
        return sorted(once, key=lambda fault: fault.row if isinstance(fault.row, int) else 0)


def _ranged(dataset: Dataset, group: Group, name: str, given: Any, level: NDArray[np.int8]) -> Array:
    """Return a lever whose rows ask for low (1), base (2) or high (3) of the company's range."""
    found = dataset.assumption(group.case.company, name)
    values = (
        [np.nan, np.nan, np.nan, np.nan] if found is None else [np.nan, found.low, found.base, found.high]
    )
    ranged = np.array(values)[level]
    return ranged if given is None else np.where(level > 0, ranged, given)


def _complete(column: Array) -> bool:
    """Whether the column holds no NaN: the least of them passes one on."""
    return bool(len(column) == 0 or not np.isnan(column.min()))


def _maps_to_mappings(own: object) -> bool:
    return isinstance(own, Mapping) and all(isinstance(values, Mapping) for values in own.values())


def _years(dataset: Dataset, names: Sequence[str], wanted: Any, *, named: bool) -> dict[str, str | None]:
    if hasattr(wanted, "to_dict"):  # a Series by company
        wanted = wanted.to_dict()
    if isinstance(wanted, Mapping):
        by_company = {dataset.company(name): year for name, year in wanted.items()}
        return {name: dataset.year(name, by_company.get(name)) for name in names}
    years: dict[str, str | None] = {}
    for name in names:
        try:
            years[name] = dataset.year(name, wanted)
        except InputError:
            if named:
                raise
            years[name] = None
    if wanted is not None and not any(years.values()):
        known = "; ".join(f"{name} has {', '.join(dataset.years(name))}" for name in names)
        raise InputError(Fault(None, "fiscal_year", wanted, "", known, CellError.NOT_AVAILABLE))
    return years
