"""The tornado behind Sensitivity: ranges of the assumptions, the measure at their ends, and the order."""

from __future__ import annotations

from xlplugin.data.dataset import ANY_COMPANY
from xlplugin.model.inputs import EXPOSURES, REDUCTIONS
from xlplugin.workbook.sheets.sensitivity.workings import ASSUMPTIONS, COMPANY, FIRST, SCENARIO, Rows

__all__ = ["lay_ranges", "lay_reductions", "lay_runs"]


def lay_ranges(rows: Rows) -> None:
    """Low and high of each assumption, what counts, and whether the scenario fixes it."""
    ends = {end: _of_company(end) for end in ("low", "high")}
    labels = [rows.build.label(name) for name in ASSUMPTIONS]
    columns = {key: ("=0", style) for key, style in
               (("lows", "any"), ("uses", "any"), ("highs", "any"), ("given", "integer"),
                ("relevants", "integer"))}  # fmt: skip
    row = rows.row + 1
    rows.table("sensitivity.behind.ranges", labels, columns)
    for i, name in enumerate(ASSUMPTIONS):
        at = row + i
        formulas = (
            f"={ends['low'].replace('?', name)}",
            f"=INDEX(xlp_tornado_lines,MATCH(INDEX(xlp_sensitivity_lever_names,$D{at}),xlp_tornado_names,0),1)",
            f"={ends['high'].replace('?', name)}",
            _given(name),
            f"=INDEX(xlp_sensitivity_matters,$D{at},xlp_sensitivity_shown)",
        )
        for column, formula in enumerate(formulas, FIRST + 1):
            style = "any" if column < FIRST + 4 else "integer"
            rows.sheet.put(at, column, formula, f"secondary {style}")


def _of_company(end: str) -> str:
    return f"INDEX(xlp_{end}_?,{COMPANY})"


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


def lay_runs(rows: Rows) -> None:
    """The measure at low and high, its swing, and the rank by swing; what is fixed, in order."""
    labels = [rows.build.label(name) for name in ASSUMPTIONS]
    n, at = "$D{row}", "INDEX(xlp_tornado_lines,xlp_sensitivity_shown_line,{})*xlp_sensitivity_factor"
    relevant, given, ends = (f"INDEX(xlp_sensitivity_{one},{n})" for one in ("relevants", "given", "lows"))
    bar = f"AND({relevant}=1,{given}=0,ISNUMBER({ends}))"
    low, high = (f"IF(ISERROR(${one}{{row}}),xlp_sensitivity_case,${one}{{row}})" for one in "FG")
    swing = f"MAX({low},{high},xlp_sensitivity_case)-MIN({low},{high},xlp_sensitivity_case)"
    key = "IF($E{row}=1,IF(ISERROR($H{row}),-1,ROUND($H{row}/xlp_sensitivity_scale,9)),-2)"
    fixed = f"IF(AND({relevant}=1,{given}=1),1,0)"
    rows.table(
        "sensitivity.behind.runs",
        labels,
        {
            "bars": (f"=IFERROR(IF({bar},1,0),0)", "integer"),
            "at_lows": (f"={at.format(f'2*{n}')}", "any"),
            "at_highs": (f"={at.format(f'2*{n}+1')}", "any"),
            "swings": (f"={swing}", "any"),
            "keys": (f"=IFERROR({key},-1)", "any"),
            "ranks": ('=IF($E{row}=1,RANK($I{row},$I${top}:$I$' + str(rows.row + len(labels))
                      + ')+COUNTIF($I${top}:$I{row},$I{row})-1,"")', "integer"),
            "fixed_flags": (f"=IFERROR({fixed},0)", "integer"),
            "fixed_order": ('=IF($K{row}=1,SUM($K${top}:$K{row}),"")', "integer"),
        },
    )  # fmt: skip


def lay_reductions(rows: Rows) -> None:
    """Lay low, base and high of the two reductions by company, as the assumptions hold them."""
    build = rows.build
    for name in REDUCTIONS:
        labels = [
            *build.companies,
            *[build.text("companies.slot", n=i + 1) for i in range(build.rows - len(build.companies))],
        ]
        top = rows.row + 1
        rows.table(f"sensitivity.behind.{name}", labels, {})
        sheet = rows.sheet
        heads = [build.text(f"column.{one}") for one in ("low", "base", "high", "basis")]
        sheet.across(top - 1, FIRST + 1, heads, "header wrap_right")
        for i in range(build.rows):
            company = build.companies[i] if i < len(build.companies) else None
            found = build.assumption(company, name) or build.dataset.assumptions.get((ANY_COMPANY, name))
            values = [found.low, found.base, found.high] if found else ["=NA()"] * 3
            basis = build.label(f"basis:{found.basis}") if found else None
            sheet.across(top + i, FIRST + 1, [*values, basis], "secondary share3")
        for i, end in enumerate(("low", "base", "high", "basis")):
            sheet.block(top, FIRST + 1 + i, build.rows, 1, f"xlp_{end}_{name}")
