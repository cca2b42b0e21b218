"""The two-way grid of Sensitivity: axes with defaults around the case, one model column for each cell."""

from __future__ import annotations

from openpyxl.styles import Border, Font, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat

from xlplugin.workbook.builder.blocks import Block, letter, nth_column, nth_row
from xlplugin.workbook.builder.look import INK
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.sheets.sensitivity.lists import MEASURES
from xlplugin.workbook.sheets.sensitivity.workings import COMPANY, FIRST, LABEL, SCENARIO, START, Workings

ROWS, COLUMNS = 7, 7

#: Steps between the values of an axis; the first that spans low to high is taken.
_STEPS = (0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.15, 0.2, 0.25, 0.5)

_SHOWN = {
    2: "#,##0.0;(#,##0.0);0.0",
    3: "+0.00;-0.00;0.00",
    4: "0.00;(0.00);0.00",
}


def by_measure(sheet: Sheet, block: Block, signed: bool = True) -> None:
    """Show figures of the chosen measure with its decimals, and with its sign unless they are distances."""
    by_size(sheet, block, 10000, signed)
    for style, code in (_SHOWN if signed else {3: _SHOWN[4], 4: _SHOWN[4]}).items():
        _number(sheet, block, f"xlp_sensitivity_style={style}", code)


def by_size(sheet: Sheet, block: Block, limit: int, signed: bool = True) -> None:
    """Leave out the decimal of large amounts, which would not fit."""
    condition = f"IF(ISNUMBER({block.near()}),ABS({block.near()})>={limit},1=0)"
    _number(sheet, block, condition, "+#,##0;-#,##0;0" if signed else "#,##0;(#,##0);0")


def _framed(sheet: Sheet, cells: Block, near: str) -> None:
    """Frame the case. LibreOffice takes the first rule that fits: the frame brings the format too."""
    side = Side(style="thin", color=f"FF{INK}")
    border = Border(left=side, right=side, top=side, bottom=side)
    large = f"IF(ISNUMBER({cells.near()}),ABS({cells.near()})>=10000,1=0)"
    codes = {large: "+#,##0;-#,##0;0"}
    codes |= {f"xlp_sensitivity_style={style}": code for style, code in _SHOWN.items()}
    for condition, code in {**codes, "1=1": ""}.items():
        shown = NumberFormat(numFmtId=_format_number(sheet), formatCode=code) if code else None
        style = DifferentialStyle(border=border, font=Font(bold=True), numFmt=shown)
        sheet.rule(cells.area, f"AND({near},{condition})", style)


def by_unit(sheet: Sheet, block: Block, share: str) -> None:
    """Show values of an input as per cent where ``share``, for the first cell, is 1."""
    _number(sheet, block, f"{share}=1", "0.0##%")


def _number(sheet: Sheet, block: Block, condition: str, code: str) -> None:
    style = DifferentialStyle(numFmt=NumberFormat(numFmtId=_format_number(sheet), formatCode=code))
    sheet.rule(block.area, condition, style)


def _format_number(sheet: Sheet) -> int:
    """A number for one more format of this sheet's rules, beyond those of Excel and of the cells."""
    return 200 + sum(len(area.rules) for area in sheet.ws.conditional_formatting)


def lay_axes(workings: Workings) -> None:
    """Lay what the axes' default values come from, and count the entries on them that are wrong."""
    sheet, build = workings.sheet, workings.build
    sheet.put(workings.row, 2, build.text("sensitivity.behind.steps"), "secondary")
    sheet.across(workings.row, 4, _STEPS, "technical right")
    sheet.block(workings.row, 4, 1, len(_STEPS), "xlp_sensitivity_steps")
    workings.row += 1
    for axis, count in (("row", ROWS), ("column", COLUMNS)):
        _lay_axis(workings, axis, count - 1)


def _lay_axis(workings: Workings, axis: str, parts: int) -> None:
    """Lay the default steps of an axis: round ones that span low to high, the case's value among them."""
    name = f"xlp_sensitivity_{axis}"
    sources = {"use": "uses", "most": "uppers", "open": "open"}
    for key, of in sources.items():
        workings.value(f"{axis}_{key}", f"=INDEX(xlp_sensitivity_{of},{name}_lever)", "secondary any")
    least, upper, low, high = (
        f"INDEX(xlp_sensitivity_{of},{name}_lever)" for of in ("lowers", "axis_uppers", "lows", "highs")
    )
    workings.value(f"{axis}_least", f"={least}", "secondary any")
    workings.value(f"{axis}_lower", f"=MAX(0,{name}_least)", "secondary any")
    workings.value(f"{axis}_upper", f"={upper}", "secondary any")
    workings.value(f"{axis}_low", f"=IF(ISERROR({low}),{name}_lower,{low})", "secondary any")
    workings.value(f"{axis}_high", f"=IF(ISERROR({high}),{name}_upper,{high})", "secondary any")
    workings.value(f"{axis}_steps", parts)
    steps, step, room = f"{name}_steps", f"{name}_step", f"({name}_upper-{name}_lower)"
    workings.value(f"{axis}_span", f"=ROUND(({name}_high-{name}_low)/{steps},9)", "secondary any")
    span, nice = f"{name}_span", "xlp_sensitivity_steps"
    workings.value(f"{axis}_place", f"=MATCH({span},{nice},1)")
    first, next_ = (f"INDEX({nice},1,{name}_place{more})" for more in ("", "+1"))
    workings.value(
        f"{axis}_nice", f"=IF({span}<=0,1/10,IF({first}>={span},{first},{next_}))", "secondary any"
    )
    workings.value(f"{axis}_step", f"=MIN({name}_nice,{room}/{steps})", "secondary any")
    start = f"MAX({name}_lower,MIN({step}*ROUND({name}_low/{step},0),{name}_upper-{step}*{steps}))"
    workings.value(f"{axis}_start", f"={start}", "secondary any")
    place = f"MIN({steps},MAX(0,ROUND(({name}_use-{name}_start)/{step},0)))+1"
    workings.value(f"{axis}_at", f"={place}")
    _defaults(workings, axis, parts + 1)


def _defaults(workings: Workings, axis: str, count: int) -> None:
    """Lay the values that an axis has where nothing is typed; the case's own is one of them."""
    name, row = f"xlp_sensitivity_{axis}", workings.row
    workings.sheet.put(row, LABEL, workings.build.text(f"sensitivity.behind.{axis}_defaults"), "secondary")
    place = nth_column(row, FIRST)
    value = f"IF({place}={name}_at,{name}_use,ROUND({name}_start+({place}-1)*{name}_step,9))"
    block = workings.sheet.block(row, FIRST, 1, count, f"{name}_defaults")
    workings.sheet.lay(block, f"={value}", "technical right")
    workings.row += 1


def lay_grid(sheet: Sheet, workings: Workings, top: int, left: int) -> None:
    """Lay entries, axes and cells: own values in row ``top`` and column ``left``, axes beside them."""
    build = sheet.build
    head, axis = top + 1, left + 1
    own = {
        "row": sheet.block(top + 2, left, ROWS, 1, "xlp_in_sensitivity_row_values"),
        "column": sheet.block(top, left + 2, 1, COLUMNS, "xlp_in_sensitivity_column_values"),
    }
    axes = {
        "row": sheet.block(top + 2, axis, ROWS, 1, "xlp_sensitivity_row_axis"),
        "column": sheet.block(head, left + 2, 1, COLUMNS, "xlp_sensitivity_column_axis"),
    }
    for name, block in own.items():
        sheet.blank(block, "input elasticity")
        sheet.validate(block, "axis", type="decimal", operator="between", formula1="-1", formula2="2")
        build.open(f"xlp_in_sensitivity_{name}_values", block, "axis")
        share = f"INDEX(xlp_sensitivity_shares,xlp_sensitivity_{name}_lever)"
        by_unit(sheet, block, share)
        by_unit(sheet, axes[name], share)
    sheet.fill(
        axes["row"],
        f"={_axis('row', f'{letter(left)}{{row}}', nth_row(top + 2, left))}",
        "header elasticity right",
    )
    across = nth_column(head, left + 2)
    sheet.fill(axes["column"], f"={_axis('column', f'{{column}}{top}', across)}", "header elasticity right")
    sheet.grey_errors(axes["row"], axes["column"])
    _faults(workings, axes)
    _cells(sheet, workings, top + 2, left + 2, axes)


def _axis(axis: str, own: str, place: str) -> str:
    """The value on the axis: what is typed, checked, else the default, which the case's value is one of."""
    name = f"xlp_sensitivity_{axis}"
    inside = f"AND({own}>={name}_least,{own}<={name}_most,OR({own}<{name}_most,{name}_open=0))"
    number = f"IF(AND(ISNUMBER({own}),NOT(ISLOGICAL({own}))),IF({inside},{own},NA()),NA())"
    return f'IFERROR(IF({own}="",INDEX({name}_defaults,1,{place}),{number}),NA())'


def _faults(workings: Workings, axes: dict[str, Block]) -> None:
    """Count the axes' cells that are not available."""
    places = [axes["row"].near(i) for i in range(ROWS)]
    places += [axes["column"].near(0, j) for j in range(COLUMNS)]
    faults = "+".join(f"ISERROR({place})*1" for place in places)
    workings.value("axis_faults", f"={faults}")


def _cells(sheet: Sheet, workings: Workings, top: int, left: int, axes: dict[str, Block]) -> None:
    case = {"company": COMPANY, "scenario": SCENARIO, "input_3": START["input"], "value_3": START["value"]}
    names = {axis: f"INDEX(xlp_sensitivity_lever_names,xlp_sensitivity_{axis}_lever)" for axis in axes}
    columns = [
        {**case, "input_1": names["row"], "value_1": f"INDEX(xlp_sensitivity_row_axis,{i + 1})",
         "input_2": names["column"], "value_2": f"INDEX(xlp_sensitivity_column_axis,1,{j + 1})"}
        for i in range(ROWS)
        for j in range(COLUMNS)
    ]  # fmt: skip
    sheet.build.what_if("grid", columns, (*MEASURES, "lines", "names"), slots=3)
    cells = sheet.block(top, left, ROWS, COLUMNS, "xlp_sensitivity_grid")
    number = f"({nth_row(top, left)}-1)*{COLUMNS}+{nth_column(top, left)}"
    value = f"INDEX(xlp_grid_lines,xlp_sensitivity_grid_line,{number})*xlp_sensitivity_factor"
    sheet.fill(cells, f"=IF(xlp_sensitivity_row_lever=xlp_sensitivity_column_lever,NA(),{value})", "bp")
    _picture(sheet, workings, cells, axes)


def _picture(sheet: Sheet, workings: Workings, cells: Block, axes: dict[str, Block]) -> None:
    """Colour scale on both sides of the base, the case framed, what is not available grey."""
    sheet.grey_errors(cells)
    sheet.put(workings.row, 2, sheet.build.text("sensitivity.behind.distances"), "secondary")
    workings.row += 1
    distances = sheet.block(workings.row, 4, ROWS, COLUMNS, "xlp_sensitivity_distances")
    cell = f"INDEX(xlp_sensitivity_grid,{nth_row(workings.row, 4)},{nth_column(workings.row, 4)})"
    sheet.fill(distances, f"=IFERROR({cell}-xlp_sensitivity_base,0)", "technical any right")
    workings.row += ROWS
    lowest, highest = (f"{end}(xlp_sensitivity_distances)" for end in ("MIN", "MAX"))
    base, farthest = "xlp_sensitivity_base", "xlp_sensitivity_farthest"
    for key, value in (
        ("farthest", f"MAX({highest},-{lowest},1/1000)"),
        ("lowest", f"{base}+{lowest}"),
        ("highest", f"{base}+{highest}"),
    ):
        workings.value(key, f"={value}", "secondary any")
    workings.value("below", '=COUNTIF(xlp_sensitivity_distances,"<0")', "technical right")
    ends = {"low": f"{base}-{farthest},-1", "middle": f"{base},0", "high": f"{base}+{farthest},1"}
    for key, value in ends.items():
        workings.value(f"scale_{key}", f"=IFERROR({value})", "secondary any")
    low, middle, high = (
        f"${letter(block.left)}${block.top}"
        for block in (sheet.build.names[f"xlp_sensitivity_scale_{end}"] for end in ("low", "middle", "high"))
    )
    used = {axis: f"INDEX(xlp_sensitivity_uses,xlp_sensitivity_{axis}_lever)" for axis in axes}
    across, down = f"{letter(cells.left)}${axes['column'].top}", f"${letter(axes['row'].left)}{cells.top}"
    near = f"ABS({down}-{used['row']})<1/1000000,ABS({across}-{used['column']})<1/1000000"
    _framed(sheet, cells, near)
    bold = DifferentialStyle(font=Font(bold=True, color=f"FF{INK}"))
    for axis, block in axes.items():
        sheet.rule(block.area, f"ABS({block.near()}-{used[axis]})<1/1000000", bold)
    by_measure(sheet, cells)
    sheet.heat(cells, low, high, middle)
