"""The check that the first page shows what the model, the range and the base figures are."""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.sheets.checks.details import Check, Detail, down, part, total

_MARGINS = ("gross_margin", "operating_margin")


def overview_check(build: Build) -> Check:
    """Every figure of Overview, row by row, against where it comes from."""
    details = []
    for line in _MARGINS:
        details += [
            _column(build, f"{line}_before", f"INDEX(xlp_results_base_{line},{{n}})"),
            _column(build, f"{line}_after", f"INDEX(xlp_out_{line},{{n}},1)"),
            _column(build, f"{line}_change", f"INDEX(xlp_out_{line}_change,{{n}},1)", "10000"),
        ]
    details += [_column(build, end, f"INDEX(xlp_range_{end},{{n}})", "10000") for end in ("p10", "p90")]
    base = "INDEX(xlp_results_base_eps,{n})"
    details.append(
        _column(build, "eps_change", f"IF({base}>0,INDEX(xlp_out_eps_change,{{n}},1)/{base},NA())")
    )
    return Check("overview", [*details, _presets(build)])


def _column(build: Build, name: str, source: str, factor: str = "1") -> Detail:
    """One column of the page; words stand where a company loses money or a slot is free."""
    block = build.names[f"xlp_overview_{name}"]
    items, right = [], part(0)
    for shown in block.cells:
        same = f"IF(ISNUMBER({shown}),ABS({shown}-{right}*{factor})/{factor},IF(ISERROR({shown}),1,0))"
        items.append(f"IF(ISERROR({right}),IF(ISNUMBER({shown}),1,0),IFERROR({same},1))")
    sources = [source.format(n=i + 1) for i in range(block.height)]
    return Detail(build.text(f"overview.check.{name}"), items, down(block), parts=(sources,))


def _presets(build: Build) -> Detail:
    """The heat map: the sum of each row's numbers against the model's."""
    block = build.names["xlp_overview_presets"]
    model = build.names["xlp_out_operating_margin_change"]
    items = []
    for i in range(block.height):
        first, last = model.cell(i, 1), model.cell(i, block.width).rpartition("!")[2]
        shown, right = total(block.row(i).absolute), total(f"{first}:{last}")
        same = f"IFERROR(ABS({shown}/10000-{right}),1)"
        items.append(f"IF(INDEX(xlp_results_loses,{i + 1})=1,0,{same})")
    return Detail(build.text("overview.check.presets"), items, down(block))
