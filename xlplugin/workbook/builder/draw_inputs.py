"""What the draws of the live range stand on: what counts and is drawn for each company, points, quantiles.

An assumption is drawn where neither scenario nor analyst fixes it and its range has a width. Rows of
quantiles that companies share are laid once.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from xlplugin.data.precedence import CUT
from xlplugin.data.range_points import COLUMNS, points
from xlplugin.data.records import ANY_COMPANY, BUSINESS_MODELS
from xlplugin.model.formula import formula
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, REDUCTIONS
from xlplugin.model.plan import PARAMETERS, plan
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.model_block import FIRST_COLUMN, LABEL, MEANING, NAME, UNIT
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import number_style

#: What the range is of, and the scenario (by number) that it stands beside.
MEASURE, SCENARIO = "operating_margin_change", 1

_PLAN = plan((MEASURE,))
_FIGURES = tuple(name for name in _PLAN.inputs if name in FINANCIALS)

#: How many draws there are: one a column, and after the last one more with every assumption at its base.
DRAWS = len(points()[COLUMNS[0]])
AT_BASE = FIRST_COLUMN + DRAWS

#: The row that tells whether a share of general assumptions is cut to what the others leave.
IS_CUT = f"cut_{CUT}"


@dataclass
class DrawInputs:
    """What is drawn, and where it lies: rows of the companies' table by name, and of quantiles.

    ``drawn`` are inputs that may be drawn, ``varying`` lines that a draw may move, ``standing`` what counts
    for a company whatever is drawn; each in the order of the model.
    """

    sheet: Sheet
    rows: dict[str, int] = field(default_factory=dict)
    quantiles: dict[tuple[str, int], int] = field(default_factory=dict)
    drawn: tuple[str, ...] = field(init=False)
    varying: tuple[str, ...] = field(init=False)
    standing: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        names = self.sheet.build.names  # a lever that the case never leaves open is not drawn
        open_ = [name for name in COLUMNS if f"xlp_blank_{name}" not in names]
        self.drawn = tuple(name for name in _PLAN.inputs if name in open_)
        moved = set(self.drawn)
        for name in _PLAN.steps:
            if moved.intersection(PARAMETERS[name]):
                moved.add(name)
        self.varying = tuple(name for name in _PLAN.steps if name in moved)
        fixed = [name for name in _PLAN.inputs if name in COLUMNS and name not in moved]
        lines = [name for name in _PLAN.steps if name not in moved]
        self.standing = (*REDUCTIONS, *_FIGURES, *fixed, *lines)

    def own(self, name: str) -> str:
        """The cell of the companies' table in the formula's own column."""
        return f"{{column}}{self.rows[name]}"

    def place(self, name: str, number: int) -> str:
        """The cell of the companies' table for the company with ``number``, absolute."""
        return f"${letter(FIRST_COLUMN + number - 1)}${self.rows[name]}"


def lay_draw_inputs(sheet: Sheet, row: int) -> tuple[DrawInputs, int]:
    """Lay them from ``row``; return where they lie, and the next row."""
    inputs = DrawInputs(sheet)
    row = _standing(inputs, row)
    return inputs, _points(inputs, row + 1)


# --- what stands ---


def _standing(inputs: DrawInputs, row: int) -> int:
    """A column a company: what counts, what is drawn and from where to where; return the next row."""
    sheet, build = inputs.sheet, inputs.sheet.build
    top = row + 1
    sheet.put(row, LABEL, build.text("draws.heading.standing"), "subheading")
    sheet.across(top, FIRST_COLUMN, range(1, build.rows + 1), "technical right")
    _row(inputs, top, build.text("model.head.company"), "company")
    shown = f"=INDEX(xlp_company_names,{inputs.own('company')})"
    _row(inputs, top + 1, build.text("column.company"), "company_name", shown, "header right")
    row = top + 2
    for name in inputs.standing:
        _row(inputs, row, build.label(name), name, f"={_value(inputs, name)}", number_style(name))
        row += 1
    for part, made in (("open", _open), ("from", _from), ("span", _span)):
        sheet.put(row, LABEL, build.text(f"draws.heading.{part}"), "subheading")
        for name in inputs.drawn:
            row += 1
            style = "integer" if part == "open" else number_style(name)
            _row(inputs, row, build.label(name), f"{part}_{name}", f"={made(inputs, name)}", style)
        row += 1
    cut = f"AND({inputs.own(f'open_{CUT}')}=0,{_of_company(inputs, 'fallback', CUT)}=1)"
    _row(inputs, row, build.text("draws.cut", share=build.label(CUT)), IS_CUT, f"=IF({cut},1,0)", "integer")
    sheet.grey_errors(sheet.block(top + 1, FIRST_COLUMN, row - top, build.rows))
    return row + 1


def _row(
    inputs: DrawInputs, row: int, label: str, name: str, formula: str = "", style: str = "integer"
) -> None:
    """A row of the companies' table."""
    inputs.rows[name] = row
    sheet = inputs.sheet
    sheet.put(row, LABEL, label, "secondary")
    sheet.put(row, NAME, name, "technical")
    if formula:
        style = style if style.startswith("header") else f"secondary {style}"
        sheet.formulas_across(row, FIRST_COLUMN, sheet.build.rows, formula, style)


def _of_company(inputs: DrawInputs, kind: str, name: str) -> str:
    return f"INDEX(xlp_{kind}_{name},{inputs.own('company')})"


def _checked(name: str) -> str:
    return f"INDEX(xlp_checked_{name},1,{SCENARIO})"


def _value(inputs: DrawInputs, name: str) -> str:
    company = inputs.own("company")
    if name == "cost_reduction":
        return f"INDEX(xlp_used_{name},{company},{SCENARIO})"
    if name == "training_cost_reduction":
        follows = f'OR(INDEX(xlp_applies,{company},{SCENARIO})=0,{_checked(name)}="")'
        return f"IF({follows},{inputs.own('cost_reduction')},{_checked(name)})"
    if name in FINANCIALS:
        return _of_company(inputs, "used", name)
    if name in COLUMNS:
        return f'IF({_checked(name)}="",{_of_company(inputs, "used", name)},{_checked(name)})'
    return formula(name, {taken: inputs.own(taken) for taken in PARAMETERS[name]})[1:]


def _open(inputs: DrawInputs, name: str) -> str:
    free = [f'{_of_company(inputs, "in_own", name)}=""']
    free += [] if name in EXPOSURES else [f'{_checked(name)}=""']
    low, high = (_of_company(inputs, end, name) for end in ("low", "high"))
    return f"IF(AND({','.join(free)},{high}>{low}),1,0)"


def _from(inputs: DrawInputs, name: str) -> str:
    used = _of_company(inputs, "used", name)
    if name == CUT:  # what is cut is the assumption
        base = _of_company(inputs, "base", name)
        used = f"IF({_of_company(inputs, 'fallback', name)}=1,{base},{used})"
    if name not in EXPOSURES:
        used = f'IF({_checked(name)}="",{used},{_checked(name)})'
    return f"IF({inputs.own(f'open_{name}')}=1,{_of_company(inputs, 'low', name)},{used})"


def _span(inputs: DrawInputs, name: str) -> str:
    low, high = (_of_company(inputs, end, name) for end in ("low", "high"))
    return f"IF({inputs.own(f'open_{name}')}=1,{high}-{low},0)"


# --- points and quantiles ---


def _points(inputs: DrawInputs, row: int) -> int:
    """The points, then a row of quantiles for each assumption; return the next row."""
    sheet, build = inputs.sheet, inputs.sheet.build
    sheet.put(row, LABEL, build.text("draws.heading.points"), "subheading")
    placed = {name: row + i for i, name in enumerate(inputs.drawn, 1)}
    for name, row in placed.items():
        sheet.put(row, LABEL, build.label(name), "secondary")
        sheet.put(row, NAME, name, "technical")
        sheet.across(row, FIRST_COLUMN, points()[name], "secondary index4")
    sheet.put(row + 1, LABEL, build.text("draws.weight"), "secondary")
    weight = sheet.named(row + 1, MEANING, "xlp_range_weight", 4, "technical right").near()
    sheet.put(row + 2, AT_BASE, build.text("column.base"), "subheading right")
    heads = ("draws.heading.quantiles", "column.company", "draws.shape_base", "draws.shape_high")
    sheet.across(row + 2, LABEL, [build.text(key) for key in heads], "subheading")
    row = top = row + 3
    for name, point in placed.items():
        for number, companies in _sources(inputs, name).items():
            _quantiles(sheet, row, name, number, point, weight)
            inputs.quantiles |= {(name, company): row for company in companies}
            row += 1
    sheet.grey_errors(sheet.block(top, FIRST_COLUMN, row - top, DRAWS + 1))
    return row


def _sources(inputs: DrawInputs, name: str) -> dict[int, list[int]]:
    """Number of the company whose assumption gives a row of quantiles -> companies that take it.

    Those that stand on the row of ``*`` share one: their cells on Companies refer to that row. A company
    that is added has its own where a business model assumes otherwise: it may be chosen for it.
    """
    build, shared = inputs.sheet.build, 0
    found: dict[int, list[int]] = {}
    modelled = any((f"{ANY_COMPANY}{model}", name) in build.dataset.assumptions for model in BUSINESS_MODELS)
    for number in range(1, build.rows + 1):
        company = build.companies[number - 1] if number <= len(build.companies) else None
        general = build.general(name, company).company == ANY_COMPANY
        if build.assumption(company, name) or not general or (company is None and modelled):
            found[number] = [number]
        else:
            shared = shared or number
            found.setdefault(shared, []).append(number)
    return found


def _quantiles(sheet: Sheet, row: int, name: str, number: int, point: int, weight: str) -> None:
    build = sheet.build
    low, base, high = (f"INDEX(xlp_{end}_{name},{number})" for end in ("low", "base", "high"))
    sheet.put(row, LABEL, build.label(name), "secondary")
    sheet.put(row, UNIT, f"=INDEX(xlp_company_names,{number})", "secondary")
    first, second = f"${letter(MEANING)}{row}", f"${letter(NAME)}{row}"
    shape = f"=IF({high}>{low},1+{weight}*({base}-{low})/({high}-{low}),1)"
    sheet.put(row, MEANING, shape, "technical index4 right")
    sheet.put(row, NAME, f"=2+{weight}-{first}", "technical index4 right")
    made = f"=BETAINV({{column}}{point},{first},{second})"
    sheet.formulas_across(row, FIRST_COLUMN, DRAWS, made, "secondary index4")
    at_base = f"=IF({high}>{low},({base}-{low})/({high}-{low}),0)"
    sheet.put(row, AT_BASE, at_base, "secondary index4")
