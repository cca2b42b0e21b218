"""What Overview reads, behind its page: marks, who is compared, the largest cause, bars, sentences' parts."""

from __future__ import annotations

from collections.abc import Iterable

from xlplugin.model.inputs import REDUCTIONS
from xlplugin.model.lines import BARS
from xlplugin.workbook.builder.amounts import lay_amount
from xlplugin.workbook.builder.blocks import ABOVE, Block, letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import percent, sentence, tenths
from xlplugin.workbook.sheets.overview.places import NAME, RIGHT, YEAR
from xlplugin.workbook.sheets.results.workings import change

__all__ = ["behind"]

#: Signs of the longest bar, the sign that it is made of, the line of no change, and where a bar goes on.
_SIGNS, _FULL, _LINE, _BLANK, _LEFT, _ON = 18, "\u2588", "\u2502", "\u00a0", "\u2039", "\u203a"

NUMBER, FIRST = YEAR, YEAR + 1

#: The own row's company, and whether it is named, loses money or is a lab.
OWN = f"${letter(NUMBER)}{{row}}"
_NAMED = f'INDEX(xlp_companies,{OWN})<>""'
_LOSES, _TURNING, _GENERAL = (f"INDEX(xlp_results_{f},{OWN})=1" for f in ("loses", "turning", "general"))

#: The marks of a direction that is not certain, and of general assumptions.
_DAGGERS = f'IF({_TURNING}," \u2020","")&IF({_GENERAL}," \u2021","")'


def behind(sheet: Sheet, row: int) -> int:
    """Lay what the page reads, rows in the order of the companies; return the last row."""
    text = sheet.build.text
    row = sheet.heading(row, text("overview.heading.behind"), RIGHT, text("overview.note.behind"))
    row = _causes(sheet, row)
    row = _bars(sheet, row + 1)
    row = _compared(sheet, row + 1)
    row = _lists(sheet, row + 1)
    return _pieces(sheet, row + 1) - 1


Column = tuple[str, str, str]


def _table(sheet: Sheet, row: int, columns: Iterable[Column], labels: dict[str, str] | None = None) -> int:
    """Lay columns of one formula each (name, formula without ``=``, style); return the next row."""
    build = sheet.build
    sheet.across(row, NAME, [build.text("column.company"), None], "header")
    sheet.number_companies(row + 1, NAME)
    for column, (name, formula, style) in enumerate(columns, FIRST):
        title = (labels or {}).get(name) or build.text(f"overview.behind.{name}")
        sheet.put(row, column, title, "header wrap_right")
        sheet.formulas_down(row + 1, column, build.rows, f"={formula}", style)
        sheet.grey_errors(sheet.block(row + 1, column, build.rows, 1, f"xlp_overview_{name}"))
    sheet.heights[row] = 52
    return row + 1 + build.rows


# --- the largest cause ---


def _causes(sheet: Sheet, row: int) -> int:
    """The bars of the bridge, the largest of them, and what it is in words."""
    build, text = sheet.build, sheet.build.text
    for i, sign in enumerate(("up", "down")):
        sheet.put(row + i, NAME, text(f"overview.behind.word_{sign}"), "secondary")
        words = (text(f"overview.cause.{_short(bar)}.{sign}") for bar in BARS)
        sheet.across(row + i, FIRST, words, "technical")
    said = sheet.block(row, FIRST, 2, len(BARS), "xlp_overview_cause_words")
    first, last, largest, which, amount = (
        f"${letter(FIRST + i)}{{row}}" for i in (0, len(BARS) - 1, len(BARS), len(BARS) + 1, _AMOUNT - FIRST)
    )
    most, least = f"MAX({first}:{last})", f"MIN({first}:{last})"
    told = f"INDEX({said.near_absolute()},IF({largest}>0,1,2),{which})"
    none = build.quoted("overview.cause.none")
    top = row + 4
    bars = [(_short(bar), f"INDEX(xlp_out_{bar},{OWN},1)", "technical money1") for bar in BARS]
    columns = [
        *bars,
        ("largest", f"IF({most}>=-{least},{most},{least})", "technical money1"),
        ("which", f"MATCH({largest},{first}:{last},0)", "technical"),
        ("causes", f'IFERROR(IF({_LOSES},{amount},IF({largest}=0,{none},{told})),"")', "technical"),
    ]
    end = _table(sheet, row + 3, columns, {_short(bar): build.label(bar) for bar in BARS})
    for i in range(build.rows):
        value = f"INDEX(xlp_out_operating_income_change,{i + 1},1)"
        unit = f'" "&{sentence(build, "overview.cause.unit", currency=f"INDEX(xlp_currency,{i + 1})")}'
        income = build.quoted("overview.cause.income")
        lay_amount(sheet, top + i, _AMOUNT + 1, value, None, unit=unit)
        steps = f"{letter(_AMOUNT + 1)}{top + i}"
        sheet.put(top + i, _AMOUNT, f'=IFERROR({income}&" "&{steps},"")', "technical")
    return end


#: The change of income in words, for companies that lose money.
_AMOUNT = FIRST + len(BARS) + 4


def _short(bar: str) -> str:
    return bar.removeprefix("bridge_operating_income_")


# --- the range as a bar ---


def _bars(sheet: Sheet, row: int) -> int:
    """The range of each company as a bar of signs on one scale, with the line of no change in it."""
    text = sheet.build.text
    sheet.put(row, NAME, text("overview.behind.signs"), "secondary")
    sheet.put(row + 2, NAME, text("overview.behind.scale"), "secondary")
    signs, blanks = (
        _signs(sheet, row + i, sign, name)
        for i, (sign, name) in enumerate(((_FULL, "signs"), (_BLANK, "blanks")))
    )
    scale: dict[str, str | int] = {
        "reach": "=MAX(1/1000,MAX(xlp_overview_reaches))",
        "scale_low": "=MAX(MIN(0,MIN(xlp_overview_lows)),-xlp_overview_reach)",
        "scale_high": "=MIN(MAX(0,MAX(xlp_overview_highs)),xlp_overview_reach)",
        "length": _SIGNS,
        "step": "=xlp_overview_length/MAX(1/1000,xlp_overview_scale_high-xlp_overview_scale_low)",
        "zero": "=ROUND(-xlp_overview_scale_low*xlp_overview_step,0)",
    }
    for column, (name, value) in enumerate(scale.items(), FIRST):
        sheet.named(row + 2, column, f"xlp_overview_{name}", value, "technical any")
    low, high, start, stop, strokes, drawn = (f"${letter(FIRST + i)}{{row}}" for i in (0, 1, 3, 4, 5, 6))
    ends = {end: f"INDEX(xlp_overview_{end},{OWN})" for end in ("p10", "p90")}
    compared = f"INDEX(xlp_overview_compared,{OWN})"

    def place(value: str) -> str:
        inside = f"MAX(xlp_overview_scale_low,MIN(xlp_overview_scale_high,{value}))"
        return f"ROUND(({inside}-xlp_overview_scale_low)*xlp_overview_step,0)"

    def of(block: Block, count: str) -> str:
        return f"INDEX({block.near_absolute()},1,{count}+1)"

    zero, width = "xlp_overview_zero", f"MAX(1,{stop}-{start})"
    left = f"MIN({width},MAX(0,{zero}-{start}))"  # signs before the line of no change
    gap = f"MAX(0,{zero}-{start}-{width})"
    before = f"{of(blanks, f'MIN({start},{zero})')}&{of(signs, left)}&{of(blanks, gap)}"
    after = f"{of(blanks, f'MAX(0,{start}-{zero})')}&{of(signs, f'{width}-{left}')}"
    columns = [
        *((name, f'IF(ISNUMBER({ends[end]}),{ends[end]},"")', "technical bp")
          for name, end in (("lows", "p10"), ("highs", "p90"))),
        ("reaches", f'IF(OR({compared}="",{low}=""),"",MAX({high},-{low}))', "technical bp"),
        ("starts", f'IF({low}="","",{place(low)})', "technical right"),
        ("stops", f'IF({high}="","",{place(high)})', "technical right"),
        ("strokes", f'IF({low}="","",{before})', "technical"),
        ("drawn", f'IF({low}="","",{strokes}&"{_LINE}"&{after})', "technical"),
        ("bars", f'IF({low}="","",IF({low}<xlp_overview_scale_low,"{_LEFT}","{_BLANK}")&{drawn}'
                 f'&IF({high}>xlp_overview_scale_high,"{_ON}",""))', "technical"),
    ]  # fmt: skip
    return _table(sheet, row + 4, columns)


def _signs(sheet: Sheet, row: int, sign: str, name: str) -> Block:
    """Lay texts of 0, 1, 2, ... of a sign, from which a bar is put together."""
    sheet.across(row, FIRST, [None, *(sign * n for n in range(1, _SIGNS + 1))], "technical")
    return sheet.block(row, FIRST, 1, _SIGNS + 1, f"xlp_overview_{name}")


# --- who is compared ---


def _compared(sheet: Sheet, row: int) -> int:
    """Marks of the companies, and the change that is compared: none of labs and of those that are marked."""
    build = sheet.build
    lab = build.is_lab(OWN)
    year = f'IFERROR(INDEX(xlp_year_used,{OWN})&"","")'
    moved, flag = change("operating_margin_change", OWN, "1"), f"${letter(FIRST + 1)}{{row}}"
    columns = [
        ("marks", f"IF({lab},{build.quoted('companies.lab')},{year}&{_DAGGERS})", "technical"),
        ("unranked", f"IF(OR({lab},{_TURNING},{_GENERAL},{_LOSES}),1,0)", "technical"),
        ("compared", f'IF(OR({flag}=1,NOT({_NAMED})),"",IFERROR(ROUND({moved},9),""))', "technical bp"),
        ("sizes", '""', "technical bp"),
    ]
    top, row = row + 1, _table(sheet, row, columns)
    shown = build.names["xlp_overview_presets"]
    for i in range(shown.height):  # the companies that the page shows
        heat = shown.row(i).near_absolute()
        largest = f'=IF({flag}=1,"",IFERROR(MAX(MAX({heat}),-MIN({heat})),""))'
        sheet.put(top + i, FIRST + len(columns) - 1, largest.replace("{row}", str(top + i)), "technical bp")
    sheet.put(row, NAME, build.text("overview.behind.heat_end"), "secondary")
    sheet.named(row, FIRST, "xlp_overview_heat_end", "=MAX(1/1000,MAX(xlp_overview_sizes))", "technical bp")
    return row + 1


def _lists(sheet: Sheet, row: int) -> int:
    """Names that sentences list, each list growing down its column: its last cell holds them all."""
    build = sheet.build
    typed, used = f"INDEX(xlp_in_your_reduction,{OWN})", f"INDEX(xlp_used_{REDUCTIONS[0]},{OWN},1)"
    gain = f"INDEX(xlp_overview_compared,{OWN})"
    income = f"INDEX(xlp_out_operating_income_change,{OWN},1)"
    left = f"AND({_NAMED},INDEX(xlp_overview_unranked,{OWN})=1)"
    size, points, spelled, lost = (f"${letter(FIRST + i)}{{row}}" for i in range(4))
    name = f"INDEX(xlp_company_names,{OWN})"
    own_mark = sentence(build, "overview.own", size=spelled)
    lists, amount = FIRST + 4, FIRST + 7
    text = f"${letter(amount)}{{row}}"

    def growing(test: str, words: str) -> str:
        return f'{ABOVE}&IF({test},IF({ABOVE}="","",", ")&{words},"")'

    columns = [
        ("sizes_used", f'IF({typed}="","",IFERROR({used},""))', "technical percent"),
        ("size_points", f'IF({size}="","",{size}*100)', "technical any"),
        ("size_words", f'IF({size}="","",{percent(build, points, short=True)})', "technical"),
        ("losses", f'IF({gain}="","",IFERROR(IF({income}>0,{income}/INDEX(xlp_used_revenue,{OWN}),""),""))',
         "technical percent3"),
        ("own_list", growing(f'{size}<>""', f'{name}&" "&{own_mark}'), "technical"),
        ("left_list", growing(left, f"{name}&{_DAGGERS}"), "technical"),
        ("loss_list", growing(f'{lost}<>""', f'{name}&" "&{text}'), "technical"),
    ]  # fmt: skip
    end = _table(sheet, row, columns)
    for i in range(row + 1, end):
        cell = lost.replace("{row}", str(i))
        lay_amount(sheet, i, amount, f'IF({cell}="",0,{cell}*100)', None, unit=build.sign("percent"),
                   signed="1=0", power="100", pad="10")  # fmt: skip
    for column, name in enumerate(("own", "left", "loss"), lists):
        sheet.block(end - 1, column, 1, 1, f"xlp_overview_all_{name}")
    return end


# --- parts of sentences ---


def _pieces(sheet: Sheet, row: int) -> int:
    """Lay figures and words that sentences are joined from, one a row, and name each."""
    build, column, entry = sheet.build, "xlp_overview_compared", "xlp_in_your_reduction_all"
    count = f'COUNTIF({column},"{{}}")'.format
    as_blank = f'OR({entry}="",{entry}=xlp_blank_{REDUCTIONS[0]})'
    higher, lower = (build.quoted(f"overview.{word}") for word in ("higher", "lower"))

    def lay(name: str, formula: str, style: str = "any") -> str:
        nonlocal row
        sheet.put(row, NAME, build.text(f"overview.behind.{name}"), "secondary")
        named = sheet.named(row, FIRST, f"xlp_overview_{name}", f"={formula}", f"technical {style} left")
        sheet.grey_errors(named)
        row += 1
        return f"${letter(FIRST)}${row - 1}"

    every = lay("all", f"INDEX(xlp_checked_scenario_{REDUCTIONS[0]},1,1)", "percent")
    points = lay("points", f"ABS({every})*100")
    size = lay("size", percent(build, points, short=True))
    lay("direction", f"IF({every}<0,{higher},{lower})")
    typed = lay("typed", f'IF({every}<0,{build.sign("minus")},"")&{size}')
    lay("mark", f'IF({as_blank},""," "&{sentence(build, "overview.own", size=typed)})')
    lay("count", count(">-1E+300"))
    lay("up", count(">0"))
    lay("down", count("<0"))
    for end, function, company in (("most", "MAX", "best"), ("least", "MIN", "worst")):
        value = lay(end, f"{function}({column})", "bp")
        lay(company, _named(build, f"MATCH({value},{column},0)"))
        lay(f"{company}_change", tenths(build, value, True))
    lay("invalid_draws", "SUM(xlp_range_invalid)")
    return row


def _named(build: Build, company: str) -> str:
    """Return Excel text for the name of a company, and its own entry where it has one."""
    size = f"INDEX(xlp_overview_size_words,{company})"
    own = sentence(build, "overview.own_beside", size=size)
    return f'INDEX(xlp_company_names,{company})&IF({size}="","",{own})'
