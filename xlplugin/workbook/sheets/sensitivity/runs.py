"""The tornado behind Sensitivity: ranges of the assumptions, the measure at their ends, and the order."""

from __future__ import annotations

from xlplugin.data.records import ANY_COMPANY
from xlplugin.model.inputs import EXPOSURES, REDUCTIONS
from xlplugin.workbook.builder.build import FREE_COMPANIES
from xlplugin.workbook.sheets.sensitivity.lists import ASSUMPTIONS
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, FIRST, SCENARIO, Workings


def lay_ranges(workings: Workings) -> None:
    """Low and high of each assumption, what counts, and whether the scenario fixes it."""
    labels = [workings.build.label(name) for name in ASSUMPTIONS]
    of = workings.columns(("lows", "uses", "highs", "given", "relevants", "bases"), len(labels))
    number = of.own("number")
    name = f"INDEX(xlp_sensitivity_lever_names,{number})"
    used = f"=INDEX(xlp_tornado_lines,MATCH({name},xlp_tornado_names,0),1)"
    matters = f"=INDEX(xlp_sensitivity_matters,{number},xlp_sensitivity_shown)"
    columns = {"lows": ("", "any"), "uses": (used, "any"), "highs": ("", "any"), "given": ("", "integer"),
               "relevants": (matters, "integer"), "bases": ("", "indent")}  # fmt: skip
    top = workings.table("ranges", labels, columns)
    for row, name in enumerate(ASSUMPTIONS, top):
        for key, formula in (
            ("lows", f"=INDEX(xlp_low_{name},{COMPANY})"),
            ("highs", f"=INDEX(xlp_high_{name},{COMPANY})"),
            ("given", _given(name)),
            ("bases", f'=IFERROR(INDEX(xlp_basis_{name},{COMPANY})&"","")'),
        ):
            workings.sheet.put(row, of.place[key], formula, f"secondary {columns[key][1]}")


def _given(name: str) -> str:
    """1 where the scenario or an entry gives the lever."""
    if name in EXPOSURES:
        return "=0"
    if name == REDUCTIONS[0]:
        return "=1-xlp_sensitivity_started"
    blank = f'INDEX(xlp_checked_{name},1,{SCENARIO})=""'
    given = f"IFERROR(IF({blank},0,1),1)"
    if name in REDUCTIONS:
        return f"=IF(INDEX(xlp_applies,{COMPANY},{SCENARIO})=1,{given},0)"
    return f"={given}"


def lay_runs(workings: Workings) -> None:
    """The measure at low and high, its swing, and the rank by swing; what is fixed, in order."""
    labels = [workings.build.label(name) for name in ASSUMPTIONS]
    keys = ("bars", "at_lows", "at_highs", "swings", "keys", "ranks", "fixed_flags", "fixed_order")
    of = workings.columns(keys, len(labels))
    number, bar, swing, fixed = (of.own(key) for key in ("number", "bars", "swings", "fixed_flags"))
    relevant, given, ends = (
        f"INDEX(xlp_sensitivity_{key},{number})" for key in ("relevants", "given", "lows")
    )
    run = f"INDEX(xlp_tornado_lines,xlp_sensitivity_shown_line,2*{number}"
    low, high = (
        f"IF(ISERROR({of.own(key)}),xlp_sensitivity_case,{of.own(key)})" for key in ("at_lows", "at_highs")
    )
    both = f"{low},{high},xlp_sensitivity_case"
    key = f"IF({bar}=1,IF(ISERROR({swing}),-1,ROUND({swing}/xlp_sensitivity_scale,9)),-2)"
    rank = f"RANK({of.own('keys')},{of.whole('keys')})+COUNTIF({of.so_far('keys')},{of.own('keys')})-1"
    workings.table(
        "runs",
        labels,
        {
            "bars": (f"=IFERROR(IF(AND({relevant}=1,{given}=0,ISNUMBER({ends})),1,0),0)", "integer"),
            "at_lows": (f"={run})*xlp_sensitivity_factor", "any"),
            "at_highs": (f"={run}+1)*xlp_sensitivity_factor", "any"),
            "swings": (f"=MAX({both})-MIN({both})", "any"),
            "keys": (f"=IFERROR({key},-1)", "any"),
            "ranks": (f'=IF({bar}=1,{rank},"")', "integer"),
            "fixed_flags": (f"=IFERROR(IF(AND({relevant}=1,{given}=1),1,0),0)", "integer"),
            "fixed_order": (f'=IF({fixed}=1,SUM({of.so_far("fixed_flags")}),"")', "integer"),
        },
    )


def lay_reductions(workings: Workings) -> None:
    """Lay low, base and high of the two reductions by company, as the assumptions hold them."""
    build, sheet = workings.build, workings.sheet
    free = range(1, FREE_COMPANIES + 1)
    labels = [*build.companies, *(build.text("companies.slot", n=n) for n in free)]
    for name in REDUCTIONS:
        top = workings.table(name, labels, {})
        for column, part in enumerate(("low", "base", "high", "basis"), FIRST + 1):
            sheet.put(top - 1, column, build.text(f"column.{part}"), "header wrap_right")
            sheet.block(top, column, build.rows, 1, f"xlp_{part}_{name}")
        for row, company in enumerate([*build.companies, *[None] * FREE_COMPANIES], top):
            assumed = build.assumption(company, name) or build.dataset.assumptions.get((ANY_COMPANY, name))
            values = [assumed.low, assumed.base, assumed.high] if assumed else ["=NA()"] * 3
            basis = build.label(f"basis:{assumed.basis}") if assumed else None
            sheet.across(row, FIRST + 1, [*values, basis], "secondary share3")
