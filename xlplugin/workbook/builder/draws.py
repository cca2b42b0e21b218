"""The live range: fixed draws of what the first scenario leaves open, for every company.

An assumption that neither scenario nor analyst fixes is drawn from PERT as
:mod:`xlplugin.analysis.uncertainty.ranges` does, at the same points. Laid on Workings, from the top:
the percentiles by company; a column a company with what stands and what is drawn; the points and, a row
for each assumption, the quantiles at them (rows that companies share are laid once); then for each company
a column a draw with the lines that vary. A drawn input is written into its lines as ``from + span *
quantile``, and a line that one other takes is written into that one, so a draw takes a dozen cells.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xlplugin.data.precedence import CUT, LEAVERS
from xlplugin.data.range_points import COLUMNS, PERCENTILES, points
from xlplugin.data.records import ANY_COMPANY
from xlplugin.model.arithmetic import maximum, minimum, where
from xlplugin.model.formula import Cell, expression, formula
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, JOINT_LIMITS, REDUCTIONS
from xlplugin.model.plan import PARAMETERS, plan
from xlplugin.workbook.builder.blocks import OWN_COLUMN, Block, letter
from xlplugin.workbook.builder.model_block import FIRST_COLUMN, LABEL, MEANING, NAME, UNIT
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style

#: What the range is of, and the scenario (by number) that it stands beside.
MEASURE, SCENARIO = "operating_margin_change", 1

_PLAN = plan((MEASURE,))
_DRAWN = tuple(name for name in _PLAN.inputs if name in COLUMNS)
_FIGURES = tuple(name for name in _PLAN.inputs if name in FINANCIALS)

#: A line longer than this stands in cells of its own, also where one other line takes it.
_LONG = 160

#: The row that tells whether a share of general assumptions is cut to what the others leave.
_IS_CUT = f"cut_{CUT}"

_DRAWS = len(next(iter(points().values())))


def _varying() -> tuple[str, ...]:
    varying = set(_DRAWN)
    for name in _PLAN.steps:
        if varying.intersection(PARAMETERS[name]):
            varying.add(name)
    return tuple(name for name in _PLAN.steps if name in varying)


_VARYING = _varying()
_FIXED = tuple(name for name in _PLAN.steps if name not in _VARYING)


def _taken_once() -> frozenset[str]:
    """Lines that the others write once altogether."""
    written = [formula(name, {taken: f"<{taken}>" for taken in PARAMETERS[name]}) for name in _VARYING]
    return frozenset(name for name in _VARYING if sum(text.count(f"<{name}>") for text in written) == 1)


_TAKEN_ONCE = _taken_once()


@dataclass
class _Draws:
    """Where things lie: rows of the companies' table by name, of quantiles by input and source."""

    sheet: Sheet
    rows: dict[str, int] = field(default_factory=dict)
    quantiles: dict[tuple[str, int], int] = field(default_factory=dict)
    results: list[Block] = field(default_factory=list)

    @property
    def companies(self) -> int:
        return self.sheet.build.rows


def lay_draws(sheet: Sheet, row: int) -> int:
    """Lay the draws from ``row``; return the last row. Defines ``xlp_range_p10`` and its like."""
    draws, build = _Draws(sheet), sheet.build
    top = row + 1
    row = _standing(draws, _under(top, build.rows + 1))
    row = _points(draws, row + 1)
    for number in range(1, build.rows + 1):
        row = _company(draws, row + 1, number)
    _percentiles(draws, top)
    return row


def _under(row: int, height: int) -> int:
    return row + height + 1


# --- what stands ---


def _standing(draws: _Draws, row: int) -> int:
    """A column a company: what counts, what is drawn and from where to where; return the next row."""
    sheet, build = draws.sheet, draws.sheet.build
    sheet.across(row, LABEL, [build.text("draws.heading.standing")] + [None] * (NAME - 2), "subheading")
    numbers = row + 1
    _labels(draws, numbers, build.text("model.head.company"), "company")
    sheet.across(numbers, FIRST_COLUMN, range(1, build.rows + 1), "technical right")
    _labels(draws, row + 2, build.text("column.company"), "company_name")
    shown = f"=INDEX(xlp_company_names,{{column}}{numbers})"
    sheet.formulas_across(row + 2, FIRST_COLUMN, build.rows, shown, "header right")
    row += 3
    for name in (*REDUCTIONS, *_FIGURES, *_FIXED):
        _labels(draws, row, build.label(name), name)
        made = _standing_value(draws, name, f"{{column}}{numbers}")
        sheet.formulas_across(row, FIRST_COLUMN, build.rows, made, f"secondary {number_style(name)}")
        row += 1
    for part, made_of in (("open", _open), ("from", _from), ("span", _span)):
        sheet.put(row, LABEL, build.text(f"draws.heading.{part}"), "subheading")
        row += 1
        for name in _DRAWN:
            _labels(draws, row, build.label(name), f"{part}_{name}")
            style = "integer" if part == "open" else number_style(name)
            made = f"={made_of(draws, name, f'{{column}}{numbers}')}"
            sheet.formulas_across(row, FIRST_COLUMN, build.rows, made, f"secondary {style}")
            row += 1
    last = draws.rows[_IS_CUT] = row
    _labels(draws, last, build.label(CUT), _IS_CUT)
    cut = f"IF(AND({_own(draws, f'open_{CUT}')}=0,INDEX(xlp_fallback_{CUT},{{column}}{numbers})=1),1,0)"
    sheet.formulas_across(last, FIRST_COLUMN, build.rows, f"={cut}", "secondary integer")
    sheet.grey_errors(sheet.block(numbers + 1, FIRST_COLUMN, last - numbers, build.rows))
    return last + 1


def _labels(draws: _Draws, row: int, label: str, name: str) -> None:
    draws.rows[name] = row
    draws.sheet.put(row, LABEL, label, "secondary")
    draws.sheet.put(row, NAME, name, "technical")


def _own(draws: _Draws, name: str) -> str:
    return f"{{column}}{draws.rows[name]}"


def _checked(name: str) -> str:
    return f"INDEX(xlp_checked_{name},1,{SCENARIO})"


def _standing_value(draws: _Draws, name: str, company: str) -> str:
    if name == "cost_reduction":
        return f"=INDEX(xlp_used_{name},{company},{SCENARIO})"
    if name == "training_cost_reduction":
        follows = f'OR(INDEX(xlp_applies,{company},{SCENARIO})=0,{_checked(name)}="")'
        return f"=IF({follows},{_own(draws, 'cost_reduction')},{_checked(name)})"
    if name in FINANCIALS:
        return f"=INDEX(xlp_used_{name},{company})"
    return formula(name, {taken: _own(draws, taken) for taken in PARAMETERS[name]})


def _open(draws: _Draws, name: str, company: str) -> str:
    fixed = [f'INDEX(xlp_in_own_{name},{company})=""']
    fixed += [] if name in EXPOSURES else [f'{_checked(name)}=""']
    spread = f"INDEX(xlp_high_{name},{company})>INDEX(xlp_low_{name},{company})"
    return f"IF(AND({','.join(fixed)},{spread}),1,0)"


def _from(draws: _Draws, name: str, company: str) -> str:
    used = f"INDEX(xlp_used_{name},{company})"
    if name == CUT:  # where it is cut, what is cut is the assumption
        used = f"IF(INDEX(xlp_fallback_{name},{company})=1,INDEX(xlp_base_{name},{company}),{used})"
    if name not in EXPOSURES:
        used = f'IF({_checked(name)}="",{used},{_checked(name)})'
    return f"IF({_own(draws, f'open_{name}')}=1,INDEX(xlp_low_{name},{company}),{used})"


def _span(draws: _Draws, name: str, company: str) -> str:
    span = f"INDEX(xlp_high_{name},{company})-INDEX(xlp_low_{name},{company})"
    return f"IF({_own(draws, f'open_{name}')}=1,{span},0)"


# --- points and quantiles ---


def _points(draws: _Draws, row: int) -> int:
    sheet, build = draws.sheet, draws.sheet.build
    sheet.across(row, LABEL, [build.text("draws.heading.points")] + [None] * (NAME - 2), "subheading")
    weight = sheet.named(row + 1, MEANING, "xlp_range_weight", 4, "technical right")
    sheet.put(row + 1, LABEL, build.text("draws.weight"), "secondary")
    row += 2
    placed = {}
    for name in _DRAWN:
        placed[name] = row
        sheet.put(row, LABEL, build.label(name), "secondary")
        sheet.put(row, NAME, name, "technical")
        sheet.across(row, FIRST_COLUMN, points()[name], "secondary index4")
        row += 1
    heads = ["draws.heading.quantiles", None, "draws.shape_base", "draws.shape_high"]
    sheet.across(row, LABEL, [key and build.text(key) for key in heads], "subheading")
    top = row = row + 1
    for name in _DRAWN:
        for number, companies in _sources(draws, name).items():
            _quantiles(draws, row, name, number, placed[name], weight.near())
            for company in companies:
                draws.quantiles[name, company] = row
            row += 1
    sheet.grey_errors(sheet.block(top, FIRST_COLUMN, row - top, _DRAWS))
    return row


def _sources(draws: _Draws, name: str) -> dict[int, list[int]]:
    """Number of the company whose assumption gives a row of quantiles -> companies that take it.

    Those that stand on the row of ``*`` share one: their cells on Companies refer to that row.
    """
    build, shared, found = draws.sheet.build, 0, {}
    for number in range(1, build.rows + 1):
        company = build.companies[number - 1] if number <= len(build.companies) else None
        general = build.general(name, company).company == ANY_COMPANY
        if build.assumption(company, name) is None and general:
            shared = shared or number
            found.setdefault(shared, []).append(number)
        else:
            found[number] = [number]
    return found


def _quantiles(draws: _Draws, row: int, name: str, number: int, point: int, weight: str) -> None:
    sheet, build = draws.sheet, draws.sheet.build
    low, base, high = (f"INDEX(xlp_{end}_{name},{number})" for end in ("low", "base", "high"))
    sheet.put(row, LABEL, build.label(name), "secondary")
    sheet.put(row, UNIT, f"=INDEX(xlp_company_names,{number})", "secondary")
    shape = f"IF({high}>{low},1+{weight}*({base}-{low})/({high}-{low}),1)"
    at, rest = f"${letter(MEANING)}{row}", f"${letter(NAME)}{row}"
    sheet.put(row, MEANING, f"={shape}", "technical index4 right")
    sheet.put(row, NAME, f"=2+{weight}-{at}", "technical index4 right")
    made = f"=BETAINV({{column}}{point},{at},{rest})"
    sheet.formulas_across(row, FIRST_COLUMN, _DRAWS, made, "secondary index4")


# --- draws of a company ---


def _company(draws: _Draws, row: int, number: int) -> int:
    """A column a draw: the lines that vary, each where more than one takes it or where it is long."""
    sheet, build = draws.sheet, draws.sheet.build
    sheet.put(row, LABEL, f"=INDEX(xlp_company_names,{number})", "subheading")
    at = f"${letter(FIRST_COLUMN + number - 1)}$"
    texts = {name: Cell(f"{at}{draws.rows[name]}") for name in (*REDUCTIONS, *_FIGURES, *_FIXED)}
    for name in _DRAWN:
        start, span = (Cell(f"{at}{draws.rows[f'{part}_{name}']}") for part in ("from", "span"))
        texts[name] = start + span * Cell(f"{{column}}{draws.quantiles[name, number]}")
    row += 1
    cut, start = (Cell(f"{at}{draws.rows[row_name]}") for row_name in (_IS_CUT, f"from_{CUT}"))
    left = maximum(0, 1 - texts[LEAVERS[0]] - texts[LEAVERS[1]])
    texts[CUT] = _row(draws, row, CUT, f"={where(cut == 1, minimum(start, left), texts[CUT])}")
    row += 1
    for name in _VARYING:
        made = expression(name, texts)
        if name == MEASURE:
            _row(draws, row, name, f'=IF(AND({_inside(texts)}),{made},"")')
        elif name in _TAKEN_ONCE and len(str(made).replace(OWN_COLUMN, letter(FIRST_COLUMN))) <= _LONG:
            texts[name] = made
            continue
        else:
            texts[name] = _row(draws, row, name, f"={made}")
        row += 1
    draws.results.append(sheet.block(row - 1, FIRST_COLUMN, 1, _DRAWS))
    return row


def _row(draws: _Draws, row: int, name: str, made: str) -> Cell:
    sheet = draws.sheet
    sheet.put(row, LABEL, sheet.build.label(name), "secondary")
    sheet.put(row, NAME, name, "technical")
    sheet.formulas_across(row, FIRST_COLUMN, _DRAWS, made, f"secondary {number_style(name)}")
    return Cell(f"{{column}}{row}")


def _inside(texts: Mapping[str, Cell]) -> str:
    """The conditions of a draw inside the domain, joined by commas."""

    def total(names: Iterable[str]) -> str:
        return "+".join(texts[name].bound(1) for name in names)

    limits = [f"{total(limit.names)}<=1+xlp_rounding" for limit in JOINT_LIMITS]
    return ",".join([*limits, f"{texts['scenario_revenue']}>0"])


# --- percentiles ---


def _percentiles(draws: _Draws, row: int) -> None:
    """A row a company: its percentiles, how many draws lie inside the domain, and where percentiles stand."""
    sheet, build = draws.sheet, draws.sheet.build
    assert build.model
    headline = build.model.row(MEASURE)  # a column each company and scenario
    count, top = len(PERCENTILES), row + 1
    valid, places = FIRST_COLUMN + count, FIRST_COLUMN + count + 2
    sheet.across(row, LABEL, [build.text("column.company"), None, None, None], "header")
    heads = [build.text(key) for key in ("draws.valid", "draws.invalid")]
    for left in (FIRST_COLUMN, places):
        sheet.across(row, left, PERCENTILES.values(), "header percent0 right")
    sheet.across(row, valid, heads, "header right")
    for column, name in enumerate((*PERCENTILES, "valid", "invalid"), FIRST_COLUMN):
        sheet.grey_errors(sheet.block(top, column, build.rows, 1, f"xlp_range_{name}"))
    for number, results in enumerate(draws.results, 1):
        row += 1
        area, used = results.area, f"${letter(valid)}{row}"
        sheet.put(row, LABEL, f"=INDEX(xlp_company_names,{number})", "secondary")
        available = f"ISNUMBER({headline.cell(0, (number - 1) * build.columns + SCENARIO - 1)})"
        for i in range(count):
            share, place = (f"{letter(left + i)}{at}" for left, at in ((FIRST_COLUMN, top - 1), (places, row)))
            below = f"ROUND({place}-0.45,0)"  # shares are tenths: this rounds down
            first, second = f"SMALL({area},{below})", f"SMALL({area},MIN({below}+1,{used}))"
            sheet.put(row, places + i, f"=1+{share}*({used}-1)", "technical right")
            value = f"IFERROR({first}+({second}-{first})*({place}-{below}),NA())"
            sheet.put(row, FIRST_COLUMN + i, f"=IF({available},{value},NA())", "secondary percent3")
        inside = f'COUNTIF({area},"<0")+COUNTIF({area},">=0")'
        sheet.put(row, valid, f"=IF({available},{inside},0)", "secondary integer")
        asked = f"COLUMN({letter(results.right)}{row})-COLUMN({letter(results.left)}{row})+1"
        sheet.put(row, valid + 1, f"=IF({available},{asked}-{used},0)", "secondary integer")
