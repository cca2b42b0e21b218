"""Checks that sheets agree with the model, and of error values."""

from __future__ import annotations

import itertools

from xlplugin.data.range_points import PERCENTILES
from xlplugin.model.lines import BARS
from xlplugin.model.plan import FUNCTIONS
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.draw_inputs import MEASURE, SCENARIO
from xlplugin.workbook.builder.sheet import FIRST_ROW
from xlplugin.workbook.sheets.checks.details import (
    AT,
    Check,
    Detail,
    across,
    apart,
    down,
    guarded,
    part,
    total,
)
from xlplugin.workbook.sheets.dashboard.figures import LINES
from xlplugin.workbook.sheets.results.company_table import NUMBER, numbers_of

#: Error values that no cell may hold; LibreOffice writes the last one where Excel writes #NUM!.
ERRORS = ("#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "Err:502")

#: Bands of rows that each sheet is searched in.
_BANDS = 10

#: Tables of Results that show a line as the model has it, then changes in their own unit.
_LEVELS = ("gross_margin", "operating_margin", "operating_income", "eps", "operating_income_change")
_POINTS = ("gross_margin_change", "operating_margin_change")


def sheet_checks(build: Draft) -> list[Check]:
    """Outputs, Results, Dashboard, Sensitivity and Path against the model, and a host's live calls."""
    checks = [
        Check("outputs", [_outputs(build)]),
        Check("results", _results(build)),
        Check("dashboard", _dashboard(build)),
        Check("bridge_chart", _bridge(build)),
        Check("range", _range(build)),
        Check("tornado_base", _tornado(build)),
        Check("path_start", [_path(build)]),
    ]
    return [*checks, Check("live", [_live(build)])] if build.edition else checks


def _outputs(build: Draft) -> Detail:
    items, totals = [], []
    for name in FUNCTIONS:
        shown, model = build.names[f"xlp_out_{name}"].absolute, build.model.row(name).absolute
        totals.append((total(shown), total(model)))
        missing = f'ABS(COUNTIF({shown},"#N/A")-COUNTIF({model},"#N/A"))'
        items.append(f"IFERROR({apart(part(0), part(1))}+{missing},1)")
    first = build.names[f"xlp_out_{next(iter(FUNCTIONS))}"]
    place = down(first).replace(f"{AT}-1", f"({AT}-1)*(ROWS(xlp_companies)+2)")  # a block for each line
    return Detail(build.title("outputs"), items, place, parts=tuple(zip(*totals, strict=True)))


# --- Results ---


def _results(build: Build) -> list[Detail]:
    return [
        _table(build, prefix, name)
        for name in (*_LEVELS, *_POINTS, "eps_change")
        for prefix in ("", "labs_")
        if f"xlp_results_{prefix}{name}" in build.names
    ]


def _table(build: Build, prefix: str, line: str) -> Detail:
    """Each row of a table of Results against the row of the same company on Outputs."""
    block, outputs = build.names[f"xlp_results_{prefix}{line}"], build.names[f"xlp_out_{line}"]
    items, totals = [], []
    for i, number in enumerate(numbers_of(build, prefix)):
        company = block.cell(i, NUMBER - block.left)
        shown = total(block.row(i).absolute)
        model = total(outputs.row(number - 1).absolute)
        if line in _POINTS:
            model = f"IF(INDEX(xlp_results_loses,{company})=1,0,{model}*10000)"
        if line == "eps_change":  # in per cent of a base above 0
            base = f"INDEX(xlp_results_base_eps,{company})"
            model = f"IF(ISERROR({base}),0,IF({base}>0,{model}/{base},0))"
        totals.append((shown, f'IF({company}="",0,{model})'))
        deviation = f"IFERROR({apart(part(0), part(1))},1)"
        items.append(f'IF({company}="",0,IF(ISERROR(INDEX(xlp_results_loses,{company})),0,{deviation}))')
    label = f"{build.title('results')}: {build.label(line)}"
    return Detail(label, items, down(block), parts=tuple(zip(*totals, strict=True)))


# --- Dashboard ---


def _dashboard(build: Build) -> list[Detail]:
    block = build.names["xlp_dashboard_figures"]
    details = []
    for case_, column in (("a", 1), ("b", 3)):
        items, models = [], []
        for i, line in enumerate(LINES):
            model = f"INDEX(xlp_out_{line},xlp_dashboard_company,xlp_dashboard_scenario_{case_})"
            models.append(model if line else "0")
            same = apart(block.cell(i, column), part(0))
            items.append(guarded(part(0), same) if line else "0")
        label, place = build.text(f"dashboard.choose.case_{case_}"), down(block.column(column))
        details.append(Detail(label, items, place, parts=(models,)))
    return [*details, _curve(build)]


def _curve(build: Build) -> Detail:
    """The curve's margin at no reduction is the base margin, where development follows running cost."""
    curve = build.names["xlp_dashboard_curve"]
    base = "INDEX(xlp_results_base_operating_margin,xlp_dashboard_company)"
    follows = 'INDEX(xlp_checked_training_cost_reduction,1,xlp_dashboard_scenario_a)=""'
    item = guarded(curve.cell(), f"IF({follows},ABS({curve.cell()}-{base}),0)")
    return Detail(build.text("workings.block.curve"), [item], down(curve))


# --- range ---


def _range(build: Draft) -> list[Detail]:
    """The draws' lines at the base against the headline in Model; percentiles in order; draws all counted."""
    headlines, companies = build.model.row(MEASURE), range(1, build.rows + 1)

    def of(name: str, company: int) -> str:
        return f"INDEX(xlp_range_{name},{company})"

    same, ordered, counted = [], [], []
    for i in companies:
        headline = headlines.cell(0, (i - 1) * build.columns + SCENARIO - 1)
        same.append(guarded(headline, f"ABS({of('base', i)}-{headline})"))
        low, middle, high = (of(name, i) for name in PERCENTILES)
        ordered.append(guarded(headline, f"MAX(0,{low}-{middle},{middle}-{high})"))
        counted.append(guarded(headline, f"IF({of('valid', i)}>0,0,1)"))
    return [
        Detail(build.text(f"checks.range.{key}"), items, down(build.names[f"xlp_range_{name}"]))
        for key, name, items in (
            ("base", "base", same), ("ordered", "p10", ordered), ("counted", "valid", counted),
        )
    ]  # fmt: skip


def _bridge(build: Build) -> list[Detail]:
    bars, ends = build.names["xlp_dashboard_bridge"], build.names["xlp_dashboard_bridge_ends"]
    causes = Block(bars.title, bars.top, bars.left, bars.top + len(BARS) - 1, bars.left)
    change = bars.cell(len(BARS))
    total = f"ABS({ends.cell(0, 0)}+SUM({causes.absolute})-{ends.cell(0, 1)})/MAX(1,ABS({ends.cell(0, 0)}))"
    last = f"ABS(SUM({causes.absolute})-{change})/MAX(1,ABS({ends.cell(0, 0)}))"
    items = [guarded(ends.cell(0, 1), deviation) for deviation in (total, last)]
    return [Detail(build.text("check.bridge_chart"), items, across(ends))]


# --- Sensitivity and Path ---


def _tornado(build: Build) -> list[Detail]:
    """The case as the tornado runs it against Outputs; bars in order; the grid where the case lies."""
    names = ("gross_margin", "operating_margin", "operating_income", "eps", *_POINTS)
    items, models = [], []
    for name in names:
        models.append(f"INDEX(xlp_out_{name},xlp_sensitivity_company,xlp_sensitivity_scenario)")
        same = apart(f"INDEX(xlp_tornado_{name},1,1)", part(0))
        items.append(guarded(part(0), f"IF(xlp_sensitivity_started=1,0,{same})"))
    place = down(build.names["xlp_sensitivity_case"]).replace(AT, "1")
    swings = build.names["xlp_sensitivity_bars_swings"]
    ordered = [
        f"IF(ISNUMBER({after}),IFERROR(MAX(0,{after}-{before}),1),0)"
        for before, after in itertools.pairwise(swings.cells)
    ]
    return [
        Detail(build.text("workings.block.tornado"), items, place, parts=(models,)),
        Detail(build.text("checks.sorted"), ordered, down(swings)),
    ]


def _path(build: Build) -> Detail:
    names = (*_POINTS, "operating_income_change", "eps_change")
    changes = [f"INDEX(xlp_path_{name},1,1)" for name in names]
    items = [guarded(change, f"ABS({change})") for change in changes]
    place = across(build.names["xlp_path_years"]).replace(AT, "1")
    return Detail(build.text("workings.block.path"), items, place)


def _live(build: Build) -> Detail:
    """What a host answers against the native results; where it does not answer there is no difference."""
    differences = build.names["xlp_functions_difference"]
    items = [f"IF(ISNUMBER({cell}),{cell},0)" for cell in differences.cells]
    return Detail(build.title("functions"), items, down(build.names["xlp_functions_live"]))


# --- error values ---


def error_details(build: Draft) -> list[Detail]:
    """Bands of rows of every sheet built so far that hold an error value other than #N/A."""
    details = []
    for sheet in build.sheets.values():
        if sheet.key in ("about", "checks"):
            continue
        top, bottom = FIRST_ROW - 1, max(sheet.cells)  # above stands the master check itself
        right = max(max(columns) for columns in sheet.cells.values())
        height = -(-(bottom - top + 1) // _BANDS)
        bands = [
            sheet.block(row, 2, min(height, bottom - row + 1), right - 1)
            for row in range(top, bottom + 1, height)
        ]
        place = down(sheet.block(top, 2, 1, 1)).replace(f"{AT}-1", f"({AT}-1)*ROWS({bands[0].absolute})")
        details.append(Detail(sheet.title, [_errors(band) for band in bands], place, 0))
    return details


def _errors(block: Block) -> str:
    return "+".join(f'COUNTIF({block.absolute},"{error}")' for error in ERRORS)
