"""Numbers and words inside the sentences that formulas build, in the reader's language.

TEXT knows the reader's decimal sign in Excel only, so figures with a decimal are put together from
whole numbers and the language's own sign. Expressions are Excel text without ``=``.
"""

from __future__ import annotations

from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.texts import joined, literal


def tenths(build: Build, value: str, signed: bool = False, short: bool = False) -> str:
    """Return the text of a number to one decimal: ``8.4``, with ``signed`` ``+8.4``.

    ``short`` drops a decimal of 0. ``value`` stands in the text several times: a reference, or short.
    """
    scaled = f"ROUND(ABS({value})*10,0)"
    whole = f"ROUND({scaled}/10-0.45,0)"
    digit = f"({scaled}-10*{whole})"
    shown = f'{build.sign("decimal")}&TEXT({digit},"0")'
    shown = f'IF({digit}=0,"",{shown})' if short else shown
    minus, plus = build.sign("minus"), build.sign("plus") if signed else literal("")
    sign = f'IF({scaled}=0,"",IF({value}<0,{minus},{plus}))'
    return f'{sign}&TEXT({whole},"0")&{shown}'


def percent(build: Build, hundredths: str, signed: bool = False, short: bool = False) -> str:
    """Return the text of a number of hundredths as per cent: ``20.2%``, German ``20,2 %``."""
    return f"{tenths(build, hundredths, signed, short)}&{build.sign('percent')}"


def sentence(build: Build, key: str, **expressions: str) -> str:
    """Return a text of texts.csv as Excel text, its places filled by expressions."""
    return joined(key, build.language, **expressions)
