"""The calls on the sheet Functions: what each asks, and the native result that it stands beside."""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.data.shipped import shipped
from xlplugin.model.lines import BARS
from xlplugin.model.plan import MODEL_INPUTS
from xlplugin.model.years import SUPPLY_RANGE
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.host_calls import Argument
from xlplugin.workbook.builder.what_ifs import WhatIf

#: Where arguments stand on the sheet.
Places = dict[str, Block]

#: Numbers of the company and scenario that are chosen.
COMPANY, SCENARIO = "xlp_functions_company", "xlp_functions_scenario"

_CHANGE = "operating_margin_change"


def _out(line: str) -> str:
    return f"INDEX(xlp_out_{line},{COMPANY},{SCENARIO})"


#: What the calls ask beside the case itself: a number or formula, and the style that it is shown in.
ASKED: dict[str, tuple[float | str, str]] = {
    "reduction": (0.5, "percent"),
    "pass_through": (0.5, "percent"),
    "decline": (0.3, "percent"),
    "year_of_path": (5, "integer"),
    "trials": (1000, "integer"),
    "samples": (64, "integer"),
    "seed": (1, "integer"),
    "target": (f'=IFERROR({_out(_CHANGE)},"")', "percent3"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One call. An argument of None is the cell that holds ``measure``, in the call's own row.

    ``native`` is Excel text, empty where the workbook computes nothing alike; ``note`` a key of texts.csv.
    """

    function: str
    arguments: tuple[Argument | None, ...] = ()
    measure: str = ""
    native: str = ""
    cell: tuple[int, int] | None = None
    style: str = ""
    note: str = ""


def ask(build: Build, places: Places) -> WhatIf:
    """Ask Workings for the case as it is and with two levers moved, and for a year of its path."""
    case = {"company": COMPANY, "scenario": SCENARIO}
    still = {"input_1": '""', "value_1": "0", "input_2": '""', "value_2": "0"}
    moved = {
        "input_1": '"cost_reduction"', "value_1": places["reduction"].absolute,
        "input_2": '"pass_through"', "value_2": places["pass_through"].absolute,
    }  # fmt: skip
    year = {"year": places["year_of_path"].absolute, "annual_decline": places["decline"].absolute}
    growth = dict.fromkeys(("revenue_growth", "ai_share_growth"), "0")
    build.what_if("functions_path", [case | year | growth], (_CHANGE, "supply_index"), path=True)
    return build.what_if(
        "functions", [case | still, case | moved], (*MODEL_INPUTS, "operating_margin"), slots=2
    )


def lines(build: Build, places: Places) -> list[Line]:
    """Return the calls in the order of the sheet, every function at least once."""
    return [*_results(build, places), *_analysis(places), *_data(build, places)]


def _results(build: Build, places: Places) -> list[Line]:
    case = (places["company"], places["cost_reduction"])
    filled = (places["levers"], places["year"])
    basis_points = f"bp_{build.language}"
    calls = [
        Line("XLP_VALUE", (*case, None, *filled), line, _out(line))
        for line in ("gross_margin", "operating_margin", "operating_income", "eps")
    ]
    calls += [
        Line("XLP_CHANGE", (*case, None, "bp", *filled), line, f"{_out(f'{line}_change')}*10000",
             style=basis_points, note="change")
        for line in ("gross_margin", "operating_margin")
    ]  # fmt: skip
    margin, table = "operating_margin", places["table"]
    asked: tuple[Argument | None, ...] = (places["company"], table, None)
    calls.append(Line("XLP_SCENARIO", asked, margin, _out(margin), (2, 4), note="scenario"))
    calls += [
        Line("XLP_BRIDGE", (*case, "operating_income", *filled), bar, _out(bar), (row, 3), note="bridge")
        for row, bar in enumerate(BARS, 3)
    ]
    axes = ("cost_reduction", places["reduction"], "pass_through", places["pass_through"])
    asked = (places["company"], None, *axes, places["cost_reduction"], *filled)
    moved = "INDEX(xlp_functions_operating_margin,2)"
    calls.append(Line("XLP_SENSITIVITY", asked, margin, moved, (2, 2), note="sensitivity"))
    calls.append(Line("XLP_EVALUATE", (table, None), margin, _out(margin), (2, 2), note="evaluate"))
    return calls


def _analysis(places: Places) -> list[Line]:
    company, reduction = places["company"], places["cost_reduction"]
    filled = (places["levers"], places["year"])
    target, change = places["target"], _out(_CHANGE)
    years = (places["decline"], places["year_of_path"])
    draws, samples = (places["trials"], places["seed"]), (places["samples"], places["seed"])
    last = (int(ASKED["year_of_path"][0]) + 2, 2)
    return [
        Line("XLP_BREAKEVEN", (company, None, target, "cost_reduction", *filled), _CHANGE,
             reduction.absolute, (1, 1), "percent", "breakeven"),
        Line("XLP_TORNADO", (company, None, reduction, *filled), _CHANGE, change, (2, 6), note="tornado"),
        Line("XLP_SIMULATE", (company, None, reduction, *draws, *filled), _CHANGE, change, (2, 2),
             note="simulate"),
        Line("XLP_SOBOL", (company, None, reduction, *samples, places["year"]), _CHANGE, "", (2, 1),
             "general", "sobol"),
        Line("XLP_PATH", (company, *years, None, *filled), _CHANGE, _year(), last, note="path"),
        Line("XLP_COMPARE", (reduction, None), _CHANGE, "", (2, 1), "general", "compare"),
        Line("XLP_RANGE", (company, reduction, None, *filled), _CHANGE, change, (1, 2), note="range"),
    ]  # fmt: skip


def _year() -> str:
    """Return the figure of the path's year; not available beyond what the model can say."""
    supply, sells = "xlp_functions_path_supply_index", f"INDEX(xlp_used_ai_supply_revenue_share,{COMPANY})>0"
    outside = f"AND({sells},OR({supply}<{SUPPLY_RANGE[0]:g},{supply}>{SUPPLY_RANGE[1]:g}))"
    return f"IF({outside},NA(),xlp_functions_path_{_CHANGE})"


def _data(build: Build, places: Places) -> list[Line]:
    revenue = f"INDEX(xlp_used_revenue,{COMPANY})" if _same_figures(build) else ""
    return [
        Line("XLP_COMPANIES", cell=(2, 1), note="first"),
        Line("XLP_COMPANY", (places["company"], None, places["year"]), "revenue", revenue),
        Line("XLP_SCENARIOS", cell=(2, 1), note="first"),
        Line("XLP_LEVERS", cell=(2, 1), note="first"),
        Line("XLP_MEASURES", cell=(2, 1), note="first"),
        Line("XLP_VERSION", note="version"),
    ]


def _same_figures(build: Build) -> bool:
    """Whether the workbook's companies have the shipped figures, or are none of the shipped ones."""
    known = shipped().figures
    return all(known.get(key, one) == one for key, one in build.dataset.figures.items())
