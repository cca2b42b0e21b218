"""What entries mean, worked by hand: one table, which the test of every host runs.

A case says what is entered (``value``: what stands in the cell or file; a CellError is a real error
value), for which input, and what it must mean: a number, None for "not given", or the error value that
the cell shows. ``says`` are words that the message must hold. The table needs the standard library alone.

Some hosts hand an entry over as something else: ``arrives`` gives, by host (``excel`` over COM,
``server`` and ``lite`` over Office.js, ``calc``), what reaches Python and what it means there. NEVER
stands where the host answers itself and Python is not asked.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlplugin.model.errors import CellError

NA, NUM, VALUE = CellError.NOT_AVAILABLE, CellError.OUTSIDE_DOMAIN, CellError.WRONG_TYPE
HOSTS = ("excel", "server", "lite", "calc")
NEVER = "never reaches Python"


@dataclass(frozen=True)
class Case:
    id: str
    value: Any
    expected: float | CellError | None
    name: str = "cost_reduction"
    decimal: str | None = None
    says: tuple[str, ...] = ()
    arrives: Mapping[str, tuple[Any, float | CellError | None]] = field(default_factory=dict)

    def at(self, host: str) -> tuple[Any, float | CellError | None]:
        """Return what reaches Python in ``host`` (or NEVER) and what it must mean there."""
        return self.arrives.get(host, (self.value, self.expected))

    @property
    def fits_a_cell(self) -> bool:
        """Whether ``value`` can stand in a cell of a sheet."""
        if isinstance(self.value, (int, float)):
            return self.value == 0 or 1e-307 <= abs(self.value) <= 1e307
        if isinstance(self.value, str):
            return len(self.value) <= 32_767
        return self.value is None or isinstance(self.value, (datetime.date, CellError))


def _errors(shown: str, expected: CellError = NA) -> dict[str, tuple[Any, CellError]]:
    """Return how a real error value arrives: as its text, but Calc passes it on by itself."""
    return {host: (NEVER, expected) if host == "calc" else (shown, expected) for host in HOSTS}


def _date(serial: float, expected: float | CellError) -> dict[str, tuple[Any, Any]]:
    """Return how a date arrives: only COM says that it is one, elsewhere it is its serial number."""
    return dict.fromkeys(("server", "lite", "calc"), (serial, expected))


def _truth(number: float, expected: float | CellError) -> dict[str, tuple[Any, Any]]:
    """Return how TRUE and FALSE arrive: Calc has only numbers."""
    return {"calc": (number, expected)}


def _code(number: float, expected: float | CellError) -> dict[str, tuple[Any, Any]]:
    """Return how an integer arrives: elsewhere than over COM every number of a sheet is a float."""
    return dict.fromkeys(("server", "calc"), (number, expected))


_EMPTY_CELL = {"calc": (0.0, 0.0)}
_NEW_YEAR = datetime.datetime(2025, 1, 1)

#: What Excel sends over COM for its errors: CVErr(n) is 0x800A0000 + n (Microsoft, XlCVError).
COM_ERRORS = {
    "#NULL!": -2146826288, "#DIV/0!": -2146826281, "#VALUE!": -2146826273, "#REF!": -2146826265,
    "#NAME?": -2146826259, "#NUM!": -2146826252, "#N/A": -2146826246, "#GETTING_DATA": -2146826245,
    "#SPILL!": -2146826243, "#CONNECT!": -2146826242, "#BLOCKED!": -2146826241, "#UNKNOWN!": -2146826240,
    "#FIELD!": -2146826239, "#CALC!": -2146826238,
}  # fmt: skip

NUMBERS = (
    Case("fraction", 0.3, 0.3),
    Case("zero", 0, 0.0),
    Case("minus zero", -0.0, 0.0),
    Case("whole number", 1, 1.0, "adoption"),
    Case("lowest reduction", -1, -1.0),
    Case("cost rises", -0.25, -0.25),
    Case("nearly all", 0.9999999999999999, 0.9999999999999999),
    Case("money", 41525, 41525.0, "revenue"),
    Case("loss", -120.5, -120.5, "net_income"),
    Case("gains among expenses", -80, -80.0, "other_operating_expense"),
    Case("elasticity at its limit", 2, 2.0, "price_elasticity"),
    Case("long lag", 1e6, 1e6, "repricing_lag_years"),
    Case("tiny revenue", 5e-324, 5e-324, "revenue"),
    Case("decimal number", Decimal("0.3"), 0.3),
    Case("fraction of whole numbers", Fraction(1, 4), 0.25),
    Case("any label", -1e300, -1e300, "target"),
)

OUTSIDE = (
    Case("30 for 30%", 30, NUM, says=("cost_reduction is 30 (allowed: -1 to below 1); enter 30% or 0.3",)),
    Case("1.5 for 1.5%", 1.5, NUM, says=("enter 1.5% or 0.015",)),
    Case("-30 for -30%", -30, NUM, says=("enter -30% or -0.3",)),
    Case("96 for 96%", 96.0, NUM, "credibility", says=("allowed: 0 to 1", "enter 96% or 0.96")),
    Case("100 for 100%", 100, NUM, "pass_through", says=("enter 100% or 1",)),
    Case("all cost gone", 1, NUM, says=("is 1 (allowed: -1 to below 1); enter a number in this range",)),
    Case("100 cannot be 100%", 100, NUM, says=("enter a number in this range",)),
    Case("3000 is no percentage", 3000, NUM, says=("enter a number in this range",)),
    Case("below -1", -1.0000000000000002, NUM),
    Case("share below 0", -0.5, NUM, "adoption", says=("without the minus sign: 0.5",)),
    Case("elasticity with its sign", -0.8, NUM, "price_elasticity", says=("without the minus sign: 0.8",)),
    Case("elasticity above 2", 2.5, NUM, "market_elasticity", says=("allowed: 0 to 2",)),
    Case("no revenue", 0, NUM, "revenue", says=("allowed: more than 0",)),
    Case("cost as a negative", -9270, NUM, "cost_of_revenue", says=("without the minus sign: 9270",)),
    Case("no shares", 0.0, NUM, "diluted_shares"),
    Case("tax above 1", 21, NUM, "income_tax_rate", says=("enter 21% or 0.21",)),
    Case("negative lag", -1, NUM, "repricing_lag_years"),
    Case("51 years", 51, NUM, "years", says=("allowed: 0 to 50",)),
    Case("revenue shrinks to nothing", -1, NUM, "revenue_growth", says=("more than -1",)),
    Case("infinity", math.inf, NUM, says=("finite",)),
    Case("minus infinity", -math.inf, NUM, "net_income", says=("finite",)),
    Case("infinite plain number", math.inf, NUM, "target"),
    Case("a whole number beyond floats", 10**400, NUM, "net_income", says=("finite",)),
    Case("a decimal number beyond floats", Decimal("-1e400"), NUM, "net_income"),
)

BLANKS = (
    Case("nothing", None, None, arrives=_EMPTY_CELL),
    Case("nothing for money", None, None, "revenue", arrives={"calc": (0.0, NUM)}),
    Case("empty text", "", None),
    Case("blanks", "   ", None),
    Case("no-break space", "\u00a0", None),
    Case("all sorts of blanks", " \t\u202f\u2009\u3000\n", None),
    Case("zero-width space", "\u200b", None),
    Case("byte order mark", "\ufeff", None),
    Case("NaN", math.nan, None),
    Case("decimal NaN", Decimal("NaN"), None),
    Case("signalling NaN", Decimal("sNaN"), None),
    Case("text nan", "nan", None),
    Case("text NaN", " NaN ", None),
)

TEXTS = (
    Case("30%", "30%", 0.3),
    Case("30 %", "30 %", 0.3),
    Case("no-break space before %", "30\u00a0%", 0.3),
    Case("narrow no-break space before %", "30\u202f%", 0.3),
    Case("outer blanks", "\u00a0 0.3 \t", 0.3),
    Case("point", "0.3", 0.3),
    Case("comma", "0,3", 0.3),
    Case("leading point", ".3", 0.3),
    Case("leading comma", ",3", 0.3),
    Case("trailing point", "1.", 1.0, "adoption"),
    Case("plus sign", "+0.3", 0.3),
    Case("minus sign", "-5%", -0.05),
    Case("typographic minus", "\u22125 %", -0.05),
    Case("en dash as minus", "\u20130,05", -0.05),
    Case("zero per cent", "0%", 0.0),
    Case("minus zero per cent", "-0%", 0.0),
    Case("100%", "100%", 1.0, "adoption"),
    Case("many digits of per cent", "4.35%", 0.0435),
    Case("comma and per cent", "12,5%", 0.125),
    Case("comma and per cent with a blank", "12,5 %", 0.125),
    Case("exponent", "1e-3", 0.001),
    Case("exponent with comma", "2,5E-1", 0.25),
    Case("exponent with per cent", "3e1%", 0.3),
    Case("whole number as text", "41525", 41525.0, "revenue"),
    Case("leading zeros", "007", 7.0, "years"),
    Case("full-width", "\uff13\uff10\uff05", 0.3),
    Case("full-width comma", "\uff10\uff0c\uff13", 0.3),
    Case("invisible mark from the web", "\u200e0.3\u200b", 0.3),
    Case("elasticity in per cent", "80%", 0.8, "price_elasticity"),
    Case("plain number in per cent", "20%", 0.2, "target"),
    Case("vanishingly small", "1e-999", 0.0),
    Case("text 30 for 30%", "30", NUM, says=("cost_reduction is 30 ", "enter 30% or 0.3")),
    Case("text 30,0 for 30%", "30,0", NUM, says=("enter 30% or 0.3",)),
    Case("130%", "130%", NUM, says=("'130%'", "in this range")),
    Case("all cost gone, in per cent", "100%", NUM),
    Case("1e400", "1e400", NUM, "net_income", says=("'1e400'", "finite")),
    Case("huge exponent", "-1e999999999", NUM, "net_income"),
    Case("text inf", "inf", NUM, says=("finite",)),
    Case("text -Infinity", "-Infinity", NUM, "net_income"),
    Case("infinity sign", "∞", NUM),
)

COMMAS = (
    Case("zero before the comma", "0,123", 0.123),
    Case("zero before the comma, more digits", "0,123456", 0.123456),
    Case("two digits behind", "12,34", 12.34, "net_income"),
    Case("four digits behind", "1,2345", 1.2345, "market_elasticity"),
    Case("four digits before", "1234,567", 1234.567, "net_income"),
    Case("leading zero of a group", "01,234", 1.234, "market_elasticity"),
    Case("thousands or decimals", "1,234", VALUE, "net_income", says=("'1,234'", "1234 or as 1.234")),
    Case("outside in both readings", "1,234", VALUE, says=("1234 or as 1.234",)),
    Case("with a sign", "-12,345", VALUE, "net_income", says=("-12345 or as -12.345",)),
    Case("with per cent", "12,345%", VALUE, says=("12345% or as 12.345%",)),
    Case("with an exponent", "1,234e2", VALUE, "net_income", says=("1234e2 or as 1.234e2",)),
    Case("three digits before", "123,456", VALUE, "revenue", says=("123456 or as 123.456",)),
    Case("two groups", "1,234,567", 1234567.0, "revenue"),
    Case("thousands and a point", "1,234.5", 1234.5, "revenue"),
    Case("millions and a point", "1,234,567.25", 1234567.25, "revenue"),
    Case("against the sign", "1.234,5", VALUE, "revenue", says=("1234.5 or as 1.2345",)),
    Case("against the sign, millions", "1.234.567,8", VALUE, "revenue", says=("type 1234567.8",)),
    Case("groups parted by points", "1.234.567", VALUE, "revenue", says=("type 1234567",)),
    Case("one point is the decimal sign", "1.234", 1.234, "market_elasticity"),
    Case("one point in money", "36.800", VALUE, "revenue", says=("36800 or as 36.8:",)),
    Case("one point in money, no zero", "1.586", VALUE, "net_income", says=("1586 or as 1.5860:",)),
    Case("one point in money, with a sign", "-1.234", VALUE, "net_income", says=("-1234 or as -1.2340:",)),
    Case("one point in shares", "1.586", VALUE, "diluted_shares", says=("1586 or as 1.5860:",)),
    Case("one point in money a share", "1.234", VALUE, "reference_eps", says=("1234 or as 1.2340:",)),
    Case("one point in money, full width", "\uff13\uff16.\uff18\uff10\uff10", VALUE, "revenue"),
    Case("one comma in money", "1,586", VALUE, "revenue", says=("1586 or as 1.5860:",)),
    Case("what a refused amount is told to type", "1.5860", 1.586, "net_income"),
    Case("four digits before the point in money", "1234.567", 1234.567, "revenue"),
    Case("zero before the point in money", "0.123", 0.123, "revenue"),
    Case("an exponent in money", "1.234e3", 1234.0, "revenue"),
    Case("a word tells: point", "36.800", 36.8, "revenue", "."),
    Case("years have no thousands", "1.234", 1.234, "repricing_lag_years"),
    Case("a group too short", "1,23,456", VALUE, "revenue"),
    Case("a group too long", "1,2345.6", VALUE, "revenue"),
    Case("a group of zero", "0,123.4", VALUE, "revenue"),
    Case("two commas", "0,3,5", VALUE),
    Case("two points", "0.3.5", VALUE),
    Case("comma at the end", "5,", VALUE, "revenue"),
    Case("comma alone", ",", VALUE),
    Case("point alone", ".", VALUE),
)

DECIMAL_COMMA = (
    Case("told: comma", "0,3", 0.3, decimal=","),
    Case("told: leading comma", ",3", 0.3, decimal=","),
    Case("told: three digits behind", "1,234", 1.234, "market_elasticity", ","),
    Case("told: five digits", "12,345 %", 0.12345, decimal=","),
    Case("told: thousands and a comma", "1.234,5", 1234.5, "revenue", ","),
    Case("told: millions", "1.234.567", 1234567.0, "revenue", ","),
    Case("told: millions and a comma", "-1.234.567,25", -1234567.25, "net_income", ","),
    Case("told: point that cannot part", "0.3", 0.3, decimal=","),
    Case("told: point, four digits before", "1234.567", 1234.567, "revenue", ","),
    Case("told: point and per cent", "12.5%", 0.125, decimal=","),
    Case("told: thousands or decimals", "1.234", VALUE, "market_elasticity", ",", ("1234 or as 1,234",)),
    Case("told: thousands of money", "36.800", 36800.0, "revenue", ","),
    Case("told: thousands of shares", "-1.586", -1586.0, "net_income", ","),
    Case("told: against the sign", "1,234.5", VALUE, "revenue", ",", ("1234,5 or as 1,2345",)),
    Case("told: groups parted by commas", "1,234,567", VALUE, "revenue", ",", ("type 1234567",)),
    Case("told: a number is itself", 1.234, 1.234, "market_elasticity", ","),
    Case("told: exponent", "2,5e3", 2500.0, "revenue", ","),
    Case("told: trailing comma", "5,", 5.0, "revenue", ","),
    Case("told: trailing point", "5.", VALUE, "revenue", ","),
)

WRONG = (
    Case("TRUE", True, VALUE, says=("TRUE", "allowed: -1 to below 1"), arrives=_truth(1.0, NUM)),
    Case("FALSE", False, VALUE, says=("FALSE",), arrives=_truth(0.0, 0.0)),
    Case("TRUE for a plain number", True, VALUE, "target", says=("any number",), arrives=_truth(1.0, 1.0)),
    Case("date", _NEW_YEAR, VALUE, says=("2025-01-01", "date"), arrives=_date(45658.0, NUM)),
    Case("date for money", _NEW_YEAR, VALUE, "revenue", arrives=_date(45658.0, 45658.0)),
    Case("day", datetime.date(2025, 5, 1), VALUE, says=("2025-05-01",), arrives=_date(45778.0, NUM)),
    Case("time of day", datetime.time(7, 12), VALUE, says=("format the cell",)),
    Case("time span", datetime.timedelta(hours=7), VALUE),
    Case("text TRUE", "TRUE", VALUE, says=("'TRUE'",)),
    Case("text WAHR", "WAHR", VALUE),
    Case("text of a date", "2025-01-01", VALUE),
    Case("German date", "01.05.2025", VALUE),
    Case("word", "thirty", VALUE, says=("'thirty'", "such as 30% or 0.3")),
    Case("per cent in letters", "30 percent", VALUE),
    Case("per cent sign twice", "30%%", VALUE),
    Case("per cent sign first", "%30", VALUE, says=("type 30%",)),
    Case("per cent sign alone", "%", VALUE),
    Case("per mille", "300‰", VALUE),
    Case("money with its sign", "$1234", VALUE, "revenue"),
    Case("money with its unit", "1234 USD", VALUE, "revenue", says=("1234.5 (millions)",)),
    Case("negative in parentheses", "(5%)", VALUE, says=("type -5%",)),
    Case("minus apart", "- 5%", VALUE, says=("type -5%",)),
    Case("two signs", "--5%", VALUE),
    Case("blank between thousands", "41 525", VALUE, "revenue", says=("type 41525",)),
    Case("no-break space between thousands", "41\u00a0525,5", VALUE, "revenue", says=("type 41525,5",)),
    Case("apostrophe between thousands", "41'525", VALUE, "revenue", says=("type 41525",)),
    Case("underscore", "41_525", VALUE, "revenue", says=("type 41525",)),
    Case("hexadecimal", "0x10", VALUE, "revenue"),
    Case("digits of another script", "\u0663\u0660%", VALUE, says=("type 30%",)),
    Case(
        "money in Arabic-Indic digits",
        "\u0665\u0660\u0660\u066b\u0665",
        VALUE,
        "revenue",
        says=("type 500.5",),
    ),
    Case("a loss in parentheses", "(500)", VALUE, "net_income", says=("type -500",)),
    Case("a loss in parentheses, thousands", "(1,234)", VALUE, "net_income", says=("-1234 or as -1.2340",)),
    Case("minus behind", "500-", VALUE, "net_income", says=("type -500",)),
    Case("minus behind, per cent", "5%-", VALUE, says=("type -5%",)),
    Case("dollar sign", "$500", VALUE, "revenue", says=("type 500",)),
    Case("euro sign behind", "500 \u20ac", VALUE, "revenue", says=("type 500",)),
    Case("a loss with its sign", "-$500", VALUE, "net_income", says=("type -500",)),
    Case("money with its sign, ambiguous", "$36.800", VALUE, "revenue", says=("36800 or as 36.8",)),
    Case("thin space between thousands", "1\u2009234", VALUE, "revenue", says=("type 1234",)),
    Case("narrow space between thousands", "1\u202f234,5", VALUE, "revenue", says=("type 1234,5",)),
    Case("German per cent in letters", "30 Prozent", VALUE, says=("type 30%",)),
    Case("per cent in short", "30pct", VALUE, says=("type 30%",)),
    Case("superscript", "3\u00b2", VALUE, "revenue"),
    Case("imaginary", "1j", VALUE),
    Case("complex number", 0.3 + 0j, VALUE),
    Case("exponent alone", "e5", VALUE),
    Case("exponent without digits", "1e", VALUE),
    Case("two numbers", "0.1 0.2", VALUE),
    Case("formula", "=1-0.7", VALUE),
    Case("very long text", "9" * 50 + "x" * 50_000, VALUE),
    Case("dash for nothing", "-", VALUE, says=("leave it blank",)),
    Case("n/a in words", "n/a", VALUE, says=("leave it blank",)),
    Case("NA", "NA", VALUE, says=("leave it blank",)),
    Case("null", "null", VALUE, says=("leave it blank",)),
    Case("money in per cent", "30%", VALUE, "revenue", says=("revenue is no percentage",)),
    Case("years in per cent", "200%", VALUE, "repricing_lag_years", says=("no percentage",)),
    Case("EPS in per cent", "5%", VALUE, "reference_eps", says=("no percentage",)),
    Case("bytes", b"0.3", VALUE),
    Case("list", [0.3], VALUE),
    Case("nested tuple", ((0.1, 0.2),), VALUE),
    Case("object", object(), VALUE),
)

ERRORS = (
    Case("#N/A", CellError.NOT_AVAILABLE, NA, says=("#N/A",), arrives=_errors("#N/A")),
    Case("#NUM!", CellError.OUTSIDE_DOMAIN, NA, arrives=_errors("#NUM!")),
    Case("#VALUE!", CellError.WRONG_TYPE, NA, arrives=_errors("#VALUE!")),
    Case("text #N/A", "#N/A", NA, says=("cost_reduction is '#N/A'", "mend the cell")),
    Case("text #DIV/0!", "#DIV/0!", NA),
    Case("text #REF!", "#REF!", NA),
    Case("text #NAME?", "#NAME?", NA),
    Case("text #SPILL!", "#SPILL!", NA),
    Case("text #FELD!, which is #FIELD! in German", "#FELD!", NA),
    Case("text #BLOCKIERT!", "#BLOCKIERT!", NA),
    Case("text #DATEN_ABRUFEN", "#DATEN_ABRUFEN", NA),
    Case("text #VALEUR!, which is #VALUE! in French", "#VALEUR!", NA),
    Case("text #ERROR, as exports write it", "#ERROR", NA, says=("mend the cell",)),
    Case("lower case", "#n/a", NA),
    Case("data terminal", "#N/A Requesting Data...", NA, "revenue"),
    Case("German #N/A", "#NV", NA),
    Case("German #VALUE!", "#WERT!", NA),
    Case("Calc's own error", "Err:502", NA),
    Case("a hash without error", "#30", VALUE),
    *(
        Case(f"over COM {shown}", code, NA, says=(shown,), arrives=_code(float(code), NUM))
        for shown, code in COM_ERRORS.items()
    ),
    Case("over COM a custom CVErr", -2146828288, NA, arrives=_code(-2146828288.0, NUM)),
    Case(
        "over COM the last CVErr", -2146762753, NA, "net_income", arrives=_code(-2146762753.0, -2146762753.0)
    ),
    Case("an integer below all errors", -2146828289, -2146828289.0, "net_income"),
    Case("an integer above all errors", -2146762752, -2146762752.0, "net_income"),
    Case("money as large as an error, as a float", -2146826246.0, -2146826246.0, "net_income"),
)

CASES = (
    *NUMBERS,
    *OUTSIDE,
    *BLANKS,
    *TEXTS,
    *COMMAS,
    *DECIMAL_COMMA,
    *WRONG,
    *ERRORS,
)


def at_host(host: str) -> Iterator[tuple[Case, Any, float | CellError | None]]:
    """Yield each case that a cell can hold, with what reaches Python in ``host`` and what it means."""
    for case in CASES:
        if case.fits_a_cell:
            value, expected = case.at(host)
            yield case, value, expected
