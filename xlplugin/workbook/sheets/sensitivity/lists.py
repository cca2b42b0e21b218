"""The lists that Sensitivity offers, what is chosen from them, and how the chosen measure is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xlplugin.model.inputs import EXPOSURES, INPUTS, LEVERS, REDUCTIONS, Input
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import plan
from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.cells import Value
from xlplugin.workbook.builder.choices import SCENARIOS, chosen
from xlplugin.workbook.builder.draw_inputs import SCENARIO as DRAWN
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, FIRST, LABEL, SCENARIO, START, Workings

#: What may be looked at, the usual first.
MEASURES = (
    "operating_margin_change", "gross_margin_change", "net_margin_change", "operating_income_change",
    "eps_change", "operating_margin", "gross_margin", "operating_income", "eps",
)  # fmt: skip

#: What levels start from, and what decides how a company is shown.
BASES = ("base_operating_margin", "base_gross_margin", "base_operating_income", "base_eps")

#: Exposures and levers that move any of them.
ASSUMPTIONS = tuple(
    name for name in (*EXPOSURES, *LEVERS) if any(name in plan((measure,)).inputs for measure in MEASURES)
)

#: What is chosen, and from which names.
CHOICES = {
    "company": "xlp_company_names", "scenario": SCENARIOS, "measure": "xlp_sensitivity_measures",
    "row_lever": "xlp_sensitivity_levers", "column_lever": "xlp_sensitivity_levers",
}  # fmt: skip

_LARGEST_REDUCTION = 0.9  # where a default axis of reductions ends


@dataclass(frozen=True, slots=True)
class _Measure:
    """How a measure is shown: ``style`` 1 change, 2 level, 3 and 4 the same with two decimals."""

    name: str

    @property
    def unit(self) -> str:
        if self.name == "eps_change":
            return "unit:share"
        if UNITS[self.name] == "margin":
            return "unit:basis points" if self.is_change else "unit:share"
        return f"unit:{UNITS[self.name]}"

    @property
    def is_change(self) -> bool:
        return self.name.endswith("_change")

    @property
    def factor(self) -> int:
        return {"unit:basis points": 10000, "unit:share": 100}.get(self.unit, 1)

    @property
    def style(self) -> int:
        return (1 if self.is_change else 2) + (2 if self.name.startswith("eps") else 0)


def lay_lists(sheet: Sheet, row: int, right: int) -> Workings:
    """Lay lists and choices from ``row``, ask for the tornado's runs; return where more may follow."""
    text = sheet.build.text
    row = sheet.heading(row, text("sensitivity.heading.behind"), right, text("sensitivity.note.behind"))
    workings = Workings(sheet, row)
    _measures(workings)
    _assumptions(workings)
    _tornado(sheet.build)
    _choices(workings)
    workings.row += 1
    return workings


#: Where the names of the measures stand; words stand apart.
_NAMES = 17


def _measures(workings: Workings) -> None:
    label, measures = workings.build.label, [_Measure(name) for name in MEASURES]
    labels = [f"{label(measure.name)}, {label(measure.unit)}" for measure in measures]
    line = f"=MATCH(${letter(_NAMES)}{{row}},xlp_tornado_names,0)"
    top = workings.table("measures", labels, {"line": (line, "integer")})
    workings.sheet.block(top, LABEL, len(measures), 1, "xlp_sensitivity_measures")
    columns: dict[str, tuple[int, Callable[[_Measure], Value]]] = {
        "factors": (6, lambda measure: measure.factor),
        "styles": (7, lambda measure: measure.style),
        "changes": (8, lambda measure: int(measure.is_change)),
        "margin_changes": (9, lambda measure: int(measure.is_change and "margin" in measure.name)),
        "powers": (10, lambda measure: 100 if measure.style > 2 else 10),
        "pads": (11, lambda measure: 10 if measure.style > 2 else 0),
        "names": (_NAMES, lambda measure: measure.name),
        "units": (14, lambda measure: label(measure.unit)),
        "measure_words": (15, lambda measure: label(measure.name)),
    }
    heads = {"units": ("column.unit", "header"), "measure_words": ("", "")}
    for key, (column, value) in columns.items():
        head, style = heads.get(key, (f"sensitivity.behind.{key}", "header wrap_right"))
        workings.constants(key, top, column, [[value(measure)] for measure in measures], head, style)


def _assumptions(workings: Workings) -> None:
    inputs = [INPUTS[name] for name in ASSUMPTIONS]
    top = workings.table("assumptions", [workings.build.label(name) for name in ASSUMPTIONS], {})
    workings.sheet.block(top, LABEL, len(ASSUMPTIONS), 1, "xlp_sensitivity_levers")
    columns: dict[str, Callable[[Input], Value]] = {
        "shares": lambda item: int(item.unit == "share"),
        "lowers": lambda item: item.lower,
        "uppers": lambda item: item.upper,
        "open": lambda item: int(item.below_upper),
        "axis_uppers": lambda item: _LARGEST_REDUCTION if item.name in REDUCTIONS else item.upper,
        "lever_names": lambda item: item.name,
    }
    for column, (key, value) in enumerate(columns.items(), FIRST + 1):
        rows = [[value(item)] for item in inputs]
        workings.constants(key, top, column, rows, f"sensitivity.behind.{key}", "header wrap_right")
    matters: list[list[Value]] = [
        [int(item.name in plan((measure,)).inputs) for measure in MEASURES] for item in inputs
    ]
    workings.constants("matters", top, 15, matters, "sensitivity.behind.relevant", "header")


def _tornado(build: Build) -> None:
    """Ask for the case as it is, then each assumption at its low and at its high."""
    start = {"input_2": START["input"], "value_2": START["value"]}
    case = {"company": COMPANY, "scenario": SCENARIO, **start}
    columns = [{**case, "input_1": '""', "value_1": "0"}]
    for i, name in enumerate(ASSUMPTIONS, 1):
        for end in ("lows", "highs"):
            columns.append({**case, "input_1": f'"{name}"', "value_1": f"INDEX(xlp_sensitivity_{end},{i})"})
    build.what_if("tornado", columns, (*MEASURES, *BASES, "lines", "names"), slots=2)


def _choices(workings: Workings) -> None:
    """Numbers of what is chosen, what the case starts from, and how its measure is shown."""
    value, cost = workings.value, REDUCTIONS[0]
    for key, names in CHOICES.items():
        value(key, chosen(f"xlp_in_sensitivity_{key}", names))
    entry = f"INDEX(xlp_in_{cost},{COMPANY},{SCENARIO})"
    own = f"INDEX(xlp_in_scenario_{cost},1,{SCENARIO})"
    applies = f"INDEX(xlp_applies,{COMPANY},{SCENARIO})=1"
    nobody = f'AND({SCENARIO}<>{DRAWN},{entry}="",{own}="",{applies})'  # your case holds what its blanks take
    value("started", f"=IFERROR(IF({nobody},1,0),0)")
    value("start_input", f'=IF(xlp_sensitivity_started=1,"{cost}","")', "technical")
    value("start_value", f"=INDEX(xlp_base_{cost},{COMPANY})", "secondary share3")
    value("base_operating_income", f"={_line('base_operating_income')}", "secondary money")
    value("base_eps", f"={_line('base_eps')}", "secondary eps")
    income = "xlp_sensitivity_base_operating_income"
    value("loses", f"=IF(ISERROR({income}),0,IF({income}<0,1,0))")
    turning = f"INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})"
    value("turning", f"=IFERROR(IF({turning}>0,1,0),0)")
    _shown(workings)


def _shown(workings: Workings) -> None:
    """How the measure is shown: in money where a margin would mislead."""
    value, build = workings.value, workings.build
    money, eps = (MEASURES.index(name) + 1 for name in ("operating_income_change", "eps_change"))
    margins = "INDEX(xlp_sensitivity_margin_changes,xlp_sensitivity_measure)"
    value("shown", f"=IF(AND(xlp_sensitivity_loses=1,{margins}=1),{money},xlp_sensitivity_measure)")
    factor, style, unit, line, name = (
        f"INDEX(xlp_sensitivity_{column},xlp_sensitivity_shown)"
        for column in ("factors", "styles", "units", "line", "names")
    )
    per_eps = "IF(xlp_sensitivity_base_eps>0,xlp_sensitivity_base_eps,NA())"
    value("factor", f"={factor}/IF(xlp_sensitivity_shown={eps},{per_eps},1)", "secondary index")
    value("style", f"={style}")
    value("unit", f"={unit}", "technical")
    value("shown_line", f"={line}")
    value("grid_line", f"=MATCH({name},xlp_grid_names,0)")
    case = "INDEX(xlp_tornado_lines,xlp_sensitivity_shown_line,1)*xlp_sensitivity_factor"
    value("case", f"={case}", "secondary any")
    _bases(workings)
    in_money = f'xlp_sensitivity_unit="{build.label("unit:money")}"'
    scale = f"IF({in_money},INDEX(xlp_used_revenue,{COMPANY}),{factor})"
    value("scale", f"={scale}", "secondary any")


def _line(name: str) -> str:
    return f'INDEX(xlp_tornado_lines,MATCH("{name}",xlp_tornado_names,0),1)'


def _bases(workings: Workings) -> None:
    """Lay where the measure stands without the change: 0 for a change."""
    sheet = workings.sheet
    levels = [name for name in MEASURES if not name.endswith("_change")]
    changes = len(MEASURES) - len(levels)
    sheet.put(workings.row, LABEL, workings.build.text("sensitivity.behind.level_bases"), "secondary")
    bases = sheet.block(workings.row, FIRST, 1, len(levels), "xlp_sensitivity_level_bases")
    for column, name in enumerate(levels, FIRST):
        sheet.put(workings.row, column, f"={_line(f'base_{name}')}*xlp_sensitivity_factor", "secondary any")
    sheet.grey_errors(bases)
    workings.row += 1
    of_level = f"INDEX(xlp_sensitivity_level_bases,1,xlp_sensitivity_shown-{changes})"
    base = f"=IF(xlp_sensitivity_shown<={changes},0*xlp_sensitivity_case,{of_level})"
    workings.value("base", base, "secondary any")
