"""Amounts as words for sentences, thousands parted: the text in one cell, its steps in those beside it."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block, letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import Sheet


def lay_amount(
    sheet: Sheet,
    row: int,
    column: int,
    value: str,
    name: str | None,
    *,
    unit: str = "",
    signed: str = "1=1",
    power: str = "10",
    pad: str = "0",
) -> Block:
    """Lay the text of ``value`` in a cell, named ``name`` if that is given, and return it.

    ``power`` is 10 or 100 for one or two decimals, ``pad`` 0 or 10 with it; ``signed`` is the
    condition for a plus sign; ``unit`` is Excel text that follows. All are formulas without ``=``.
    """
    build = sheet.build
    scaled, whole, thousands, front = (f"${letter(column + i)}${row}" for i in (1, 2, 3, 4))
    sheet.put(row, column + 1, f"=ROUND(ABS({value})*{power},0)", "technical right")
    sheet.put(row, column + 2, f"={_whole(scaled, power)}", "technical right")
    sheet.put(row, column + 3, f"={_whole(whole, '1000')}", "technical right")
    sheet.put(row, column + 4, f"={grouped(build, whole, thousands)}", "technical right")
    digits = f"({scaled}-{power}*{whole})"
    plus, minus = build.sign("plus"), build.sign("minus")
    sign = f'IF({scaled}=0,"",IF({value}<0,{minus},IF({signed},{plus},"")))'
    padded = f'IF({digits}<{pad},"0","")&TEXT({digits},"0")'
    words = f"{sign}&{front}&{build.sign('decimal')}&{padded}"
    sheet.put(row, column, f"={words}{'&' + unit if unit else ''}", "technical")
    sheet.grey_errors(sheet.block(row, column, 1, 5))
    return sheet.block(row, column, 1, 1, name)


def lay_whole(sheet: Sheet, row: int, column: int, value: str) -> None:
    """Lay the text of ``value`` as a whole number in a cell, its steps in three beside it."""
    build, number = sheet.build, f"${letter(column + 1)}${row}"
    size, thousands = (f"${letter(column + i)}${row}" for i in (2, 3))
    sheet.put(row, column + 1, f"={value}", "technical right")
    sheet.put(row, column + 2, f"=ROUND(ABS({number}),0)", "technical right")
    sheet.put(row, column + 3, f"={_whole(size, '1000')}", "technical right")
    sign = f'IF({number}<=-0.5,{build.sign("minus")},"")'
    sheet.put(row, column, f"={sign}&{grouped(build, size, thousands)}", "technical")


def grouped(build: Build, whole: str, thousands: str) -> str:
    """Return Excel text for a whole number in threes; ``thousands`` is how often 1000 goes into it."""
    sign, millions = build.sign("thousands"), _whole(thousands, "1000")
    large = f'TEXT({millions},"0")&{sign}&TEXT({thousands}-1000*{millions},"000")'
    front = f'IF({thousands}<1000,TEXT({thousands},"0"),{large})'
    return f'IF({whole}<1000,TEXT({whole},"0"),{front}&{sign}&TEXT({whole}-1000*{thousands},"000"))'


def _whole(number: str, parts: str) -> str:
    """How often ``parts`` goes into a whole number of 0 or more."""
    return f"ROUND(({number}-({parts}-1)/2)/{parts},0)"
