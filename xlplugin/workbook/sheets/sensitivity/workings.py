"""What Sensitivity stands on: lists, what is chosen, and the tornado's runs, one row per assumption."""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.model.inputs import EXPOSURES, INPUTS, LEVERS, REDUCTIONS
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import plan
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.choices import chosen
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.what_ifs import WhatIf

__all__ = ["ASSUMPTIONS", "COMPANY", "FIRST", "MEASURES", "SCENARIO", "START", "Rows", "lay_workings"]

#: What may be looked at, the usual first.
MEASURES = (
    "operating_margin_change", "gross_margin_change", "net_margin_change", "operating_income_change",
    "eps_change", "operating_margin", "gross_margin", "operating_income", "eps",
)  # fmt: skip

#: What levels start from, and what decides how a company is shown.
BASES = ("base_operating_margin", "base_gross_margin", "base_operating_income", "base_eps")

#: Exposures and levers that move any of them.
ASSUMPTIONS = tuple(
    name for name in (*EXPOSURES, *LEVERS) if any(name in plan((one,)).inputs for one in MEASURES)
)

COMPANY, SCENARIO = "xlp_sensitivity_company", "xlp_sensitivity_scenario"

#: A third slot of every run: the cost reduction that a case without one starts from.
START = {"input": "xlp_sensitivity_start_input", "value": "xlp_sensitivity_start_value"}

LABEL, FIRST = 2, 4
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


class Rows:
    """Where the workings lie, and their formulas by name; ``height`` rows for each assumption."""

    def __init__(self, sheet: Sheet, row: int) -> None:
        self.sheet, self.build, self.row = sheet, sheet.build, row

    def value(self, key: str, formula: str | float, style: str = "technical right") -> None:
        """Lay one cell named ``xlp_sensitivity_<key>`` with its label."""
        self.sheet.put(self.row, LABEL, self.build.text(f"sensitivity.behind.{key}"), "secondary")
        self.sheet.put(self.row, FIRST, formula, style)
        self.sheet.grey_errors(self.sheet.block(self.row, FIRST, 1, 1, f"xlp_sensitivity_{key}"))
        self.row += 1

    def table(self, title: str, labels: list[str], columns: dict[str, tuple[str, str]]) -> None:
        """Lay a table: label, number, then columns key -> (formula for each row, style), each named."""
        sheet, count = self.sheet, len(labels)
        heads = [self.build.text(f"sensitivity.behind.{key}") for key in columns]
        sheet.across(self.row, LABEL, [self.build.text(title), None], "header")
        sheet.across(
            self.row, FIRST, [self.build.text("companies.column.number"), *heads], "header wrap_right"
        )
        sheet.heights[self.row] = 42
        top = self.row + 1
        for i, label in enumerate(labels):
            sheet.put(top + i, LABEL, label, "secondary")
            sheet.put(top + i, FIRST, i + 1, "technical right")
        sheet.block(top, FIRST, count, 1, f"xlp_sensitivity_{title.rpartition('.')[2]}_numbers")
        for column, (key, (formula, style)) in enumerate(columns.items(), FIRST + 1):
            block = sheet.block(top, column, count, 1, f"xlp_sensitivity_{key}")
            sheet.fill(block, formula.replace("{top}", str(top)), f"secondary {style}")
            sheet.grey_errors(block)
        self.row = top + count + 1

    def fixed(
        self, key: str, left: int, rows: list[list[float | str]], style: str = "technical right"
    ) -> Block:
        """Lay constants beside the table above, which is as high, named ``xlp_sensitivity_<key>``."""
        top = self.row - 1 - len(rows)
        for i, values in enumerate(rows):
            self.sheet.across(top + i, left, values, style)
        return self.sheet.block(top, left, len(rows), len(rows[0]), f"xlp_sensitivity_{key}")


def lay_workings(sheet: Sheet, row: int, right: int) -> tuple[Rows, WhatIf]:
    """Lay lists, choices and the tornado's runs from ``row``; return where more may follow."""
    text = sheet.build.text
    row = sheet.heading(row, text("sensitivity.heading.behind"), right, text("sensitivity.note.behind"))
    rows = Rows(sheet, row)
    _measures(rows)
    _assumptions(rows)
    what_if = _tornado(sheet.build)
    _choices(rows)
    rows.row += 1
    return rows, what_if


def _measures(rows: Rows) -> None:
    build = rows.build
    found = [_Measure(name) for name in MEASURES]
    labels = [f"{build.label(one.name)}, {build.label(one.unit)}" for one in found]
    line = "MATCH($Q{row},xlp_tornado_names,0)"
    rows.table("sensitivity.behind.measures", labels, {"line": (f"={line}", "integer")})
    top = rows.row - 1 - len(found)
    sheet = rows.sheet
    sheet.block(top, LABEL, len(found), 1, "xlp_sensitivity_measures")
    keys = ("factors", "styles", "changes", "margin_changes", "powers", "pads", "names")
    columns: list[list[float | str]] = [
        [one.factor for one in found],
        [one.style for one in found],
        [int(one.is_change) for one in found],
        [int(one.is_change and "margin" in one.name) for one in found],
        [100 if one.style > 2 else 10 for one in found],
        [10 if one.style > 2 else 0 for one in found],
        [one.name for one in found],
    ]
    for i, (key, values) in enumerate(zip(keys, columns, strict=True)):
        column = FIRST + 13 if key == "names" else FIRST + 2 + i
        sheet.put(top - 1, column, build.text(f"sensitivity.behind.{key}"), "header wrap_right")
        style = "technical" if key == "names" else "technical right"
        rows.fixed(key, column, [[value] for value in values], style)
    sheet.put(top - 1, FIRST + 10, build.text("column.unit"), "header")
    rows.fixed("units", FIRST + 10, [[build.label(one.unit)] for one in found], "technical")
    rows.fixed("measure_words", FIRST + 11, [[build.label(one.name)] for one in found], "technical")


def _assumptions(rows: Rows) -> None:
    build = rows.build
    labels = [build.label(name) for name in ASSUMPTIONS]
    rows.table("sensitivity.behind.assumptions", labels, {})
    top = rows.row - 1 - len(labels)
    rows.sheet.block(top, LABEL, len(labels), 1, "xlp_sensitivity_levers")
    keys = ("shares", "lowers", "uppers", "open", "axis_uppers", "lever_names")
    for i, key in enumerate(keys):
        rows.sheet.put(top - 1, FIRST + 1 + i, build.text(f"sensitivity.behind.{key}"), "header wrap_right")
    values: dict[str, list[float | str]] = {
        "shares": [int(INPUTS[name].unit == "share") for name in ASSUMPTIONS],
        "lowers": [INPUTS[name].lower for name in ASSUMPTIONS],
        "uppers": [INPUTS[name].upper for name in ASSUMPTIONS],
        "open": [int(INPUTS[name].below_upper) for name in ASSUMPTIONS],
        "axis_uppers": [_LARGEST_REDUCTION if n in REDUCTIONS else INPUTS[n].upper for n in ASSUMPTIONS],
        "lever_names": list(ASSUMPTIONS),
    }
    for i, key in enumerate(keys):
        style = "technical" if key == "lever_names" else "technical right"
        rows.fixed(key, FIRST + 1 + i, [[one] for one in values[key]], style)
    rows.sheet.across(
        top - 1,
        FIRST + 11,
        [build.text("sensitivity.behind.relevant")] + [None] * (len(MEASURES) - 1),
        "header",
    )
    matters = [[int(name in plan((one,)).inputs) for one in MEASURES] for name in ASSUMPTIONS]
    rows.fixed("matters", FIRST + 11, matters)  # type: ignore[arg-type]


def _tornado(build: Build) -> WhatIf:
    """The case as it is, then each assumption at its low and at its high."""
    start = {"input_2": START["input"], "value_2": START["value"]}
    case = {"company": COMPANY, "scenario": SCENARIO, **start}
    columns = [{**case, "input_1": '""', "value_1": "0"}]
    for i, name in enumerate(ASSUMPTIONS, 1):
        for end in ("lows", "highs"):
            columns.append({**case, "input_1": f'"{name}"', "value_1": f"INDEX(xlp_sensitivity_{end},{i})"})
    return build.what_if("tornado", columns, (*MEASURES, *BASES, "lines", "names"), slots=2)


def _choices(rows: Rows) -> None:
    build = rows.build
    cost = REDUCTIONS[0]
    rows.value(
        "company", chosen("xlp_in_sensitivity_company", "xlp_company_names", "xlp_numbers_of_companies")
    )
    rows.value(
        "scenario", chosen("xlp_in_sensitivity_scenario", "xlp_scenario_names", "xlp_numbers_of_scenarios")
    )
    for key, names in (("measure", "measures"), ("row_lever", "levers"), ("column_lever", "levers")):
        numbers = (
            "xlp_sensitivity_assumptions_numbers" if names == "levers" else "xlp_sensitivity_measures_numbers"
        )
        rows.value(key, chosen(f"xlp_in_sensitivity_{key}", f"xlp_sensitivity_{names}", numbers))
    entry = f"INDEX(xlp_in_{cost},{COMPANY},{SCENARIO})"
    own = f"INDEX(xlp_in_scenario_{cost},1,{SCENARIO})"
    applies = f"INDEX(xlp_applies,{COMPANY},{SCENARIO})=1"
    rows.value("started", f'=IFERROR(IF(AND({entry}="",{own}="",{applies}),1,0),0)')
    rows.value("start_input", f'=IF(xlp_sensitivity_started=1,"{cost}","")', "technical")
    rows.value("start_value", f"=INDEX(xlp_base_{cost},{COMPANY})", "secondary share3")
    rows.value("base_operating_income", f"={_line('base_operating_income')}", "secondary money")
    rows.value("base_eps", f"={_line('base_eps')}", "secondary eps")
    rows.value("loses", "=IF(ISERROR(xlp_sensitivity_base_operating_income),0,"
               "IF(xlp_sensitivity_base_operating_income<0,1,0))")  # fmt: skip
    turning = f"INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})"
    rows.value("turning", f"=IFERROR(IF({turning}>0,1,0),0)")
    money = MEASURES.index("operating_income_change") + 1
    margins = "INDEX(xlp_sensitivity_margin_changes,xlp_sensitivity_measure)"
    rows.value("shown", f"=IF(AND(xlp_sensitivity_loses=1,{margins}=1),{money},xlp_sensitivity_measure)")
    shown = {
        key: f"INDEX(xlp_sensitivity_{key}s,xlp_sensitivity_shown)" for key in ("factor", "style", "line")
    }
    eps = MEASURES.index("eps_change") + 1
    per_eps = "IF(xlp_sensitivity_base_eps>0,xlp_sensitivity_base_eps,NA())"
    rows.value("factor", f"={shown['factor']}/IF(xlp_sensitivity_shown={eps},{per_eps},1)", "secondary index")
    rows.value("style", f"={shown['style']}")
    rows.value("unit", "=INDEX(xlp_sensitivity_units,xlp_sensitivity_shown)", "technical")
    rows.value("shown_line", "=INDEX(xlp_sensitivity_line,xlp_sensitivity_shown)")
    name = "INDEX(xlp_sensitivity_names,xlp_sensitivity_shown)"
    rows.value("grid_line", f"=MATCH({name},xlp_grid_names,0)")
    rows.value(
        "case",
        "=INDEX(xlp_tornado_lines,xlp_sensitivity_shown_line,1)*xlp_sensitivity_factor",
        "secondary any",
    )
    rows.value("base", f"={_base(build)}", "secondary any")
    revenue = f"INDEX(xlp_used_revenue,{COMPANY})"
    money_unit = f'xlp_sensitivity_unit="{build.label("unit:money")}"'
    rows.value("scale", f"=IF({money_unit},{revenue},{shown['factor']})", "secondary any")


def _line(name: str) -> str:
    return f'INDEX(xlp_tornado_lines,MATCH("{name}",xlp_tornado_names,0),1)'


def _base(build: Build) -> str:
    """Where the measure stands without the change: 0 for a change."""
    levels = [
        f"{_line('base_' + one)}*xlp_sensitivity_factor" for one in MEASURES if not one.endswith("_change")
    ]
    changes = sum(one.endswith("_change") for one in MEASURES)
    of_level = f"CHOOSE(xlp_sensitivity_shown-{changes},{','.join(levels)})"
    return f"IF(xlp_sensitivity_shown<={changes},0*xlp_sensitivity_case,{of_level})"
