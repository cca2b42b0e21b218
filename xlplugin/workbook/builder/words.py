"""Numbers and words inside the sentences that formulas build, in the reader's language.

TEXT knows the reader's decimal sign in Excel only, so figures with a decimal are put together from
whole numbers and the language's own sign. Expressions are Excel text without ``=``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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


def percent(build: Build, value: str, signed: bool = False, short: bool = False) -> str:
    """Return the text of a fraction as per cent: ``20.2%``, German ``20,2 %``."""
    return f"{tenths(build, f'({value}*100)', signed, short)}&{build.sign('percent')}"


def thousands(build: Build, value: str) -> str:
    """Return the text of a whole number with its thousands parted; negatives have their sign."""
    size, part = f"ROUND(ABS({value}),0)", build.sign("thousands")

    def groups(above: str) -> str:
        return f"ROUND({above}/1000-0.4995,0)"

    def last(above: str) -> str:
        return f'{part}&TEXT({above}-1000*{groups(above)},"000")'

    once = groups(size)
    two = f'TEXT({once},"0")&{last(size)}'
    three = f'TEXT({groups(once)},"0")&{last(once)}&{last(size)}'
    shown = f'IF({size}<1000,TEXT({size},"0"),IF({once}<1000,{two},{three}))'
    return f'IF({value}<=-0.5,{build.sign("minus")},"")&{shown}'


def sentence(build: Build, key: str, **expressions: str) -> str:
    """Return a text of texts.csv as Excel text, its places filled by expressions."""
    return joined(key, build.language, **expressions)


def first_fault(build: Build, faults: Sequence[tuple[str, str]]) -> str:
    """Return Excel text for the words of the first fault whose test holds, "" where none does."""
    said = '""'
    for test, words in reversed(faults):
        said = f"IF({test},{words},{said})"
    return f"IFERROR({said},{build.quoted('sensitivity.fault.figures')})"


def cautions(build: Build, tests: Iterable[tuple[str, str]]) -> str:
    """Return Excel text that joins the texts (by key) whose tests hold, a space after each."""
    return "&".join(f'IF(IFERROR(IF({test},1,0),0)=1,{build.quoted(key)}&" ","")' for test, key in tests)
