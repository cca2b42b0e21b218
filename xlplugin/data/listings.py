"""How people and data terminals write a company: "Salesforce, Inc.", "NYSE:CRM", "CRM US Equity", "MSFT.O".

A legal form says nothing more than the name. A ticker is unique on its exchange alone, so the exchange
must be one of the company's country: "ALV GY" is another company than "ALV US".

Sources of the codes: Bloomberg (exchange codes of the yellow key Equity), Refinitiv (suffixes of RICs),
ISO 10383 (market identifiers), FactSet and Google Finance (country and exchange prefixes).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from xlplugin.entries.meaning import key

#: Country -> its legal forms, without their points: "NVIDIA GmbH" is a subsidiary of NVIDIA, not the company.
_FORMS = {
    "US": "inc incorporated corp corporation co company llc lp",
    "GB": "plc ltd limited", "DE": "se ag kgaa gmbh kg co", "FR": "sa se", "NL": "nv bv se",
    "CH": "ag sa", "IT": "spa srl", "ES": "sa sl", "CA": "inc corp ltd limited",
    "JP": "co ltd corp corporation", "HK": "ltd limited co",
}  # fmt: skip
#: Classes of shares, as terminals add them after a name.
_CLASS = re.compile(r"[\s,-]+(?:class|cl)[\s.]+[a-c]$")

#: Country -> its exchanges: before a colon, after a blank (Bloomberg), after a point (Refinitiv, Yahoo).
_PREFIXES = {
    "US": "nyse nasdaq nasdaqgs nasdaqgm nyseamerican nysearca amex xnys xnas bats us",
    "DE": "etr fra xetra xetr xfra ger de",
    "GB": "lon lse xlon gb uk",
    "FR": "epa xpar fr", "NL": "ams xams nl", "CH": "swx six xswx ch", "IT": "bit xmil it",
    "ES": "bme xmad es", "CA": "tse tsx xtse ca", "JP": "tyo xtks jp", "HK": "hkg hkex xhkg hk",
}  # fmt: skip
_TERMINAL = {
    "US": "us un uw uq ur ua uf", "DE": "gy gr gf", "GB": "ln", "FR": "fp", "NL": "na", "CH": "sw vx",
    "IT": "im", "ES": "sm", "CA": "cn ct", "JP": "jp jt", "HK": "hk",
}  # fmt: skip
_SUFFIXES = {
    "US": "n k o oq us", "DE": "de f", "GB": "l", "FR": "pa", "NL": "as", "CH": "s sw", "IT": "mi",
    "ES": "mc", "CA": "to", "JP": "t", "HK": "hk",
}  # fmt: skip
_COUNTRIES = {
    style: {code: country for country, codes in table.items() for code in codes.split()}
    for style, table in (("prefix", _PREFIXES), ("terminal", _TERMINAL), ("suffix", _SUFFIXES))
}
_CURRENCIES = {
    "USD": "US", "GBP": "GB", "CHF": "CH", "CAD": "CA", "JPY": "JP", "HKD": "HK",
    "EUR": "DE FR NL IT ES",
}  # fmt: skip
_STYLES = (
    ("prefix", re.compile(r"(?P<exchange>[a-z]+)\s*:\s*(?P<ticker>[a-z0-9./-]+)")),
    ("terminal", re.compile(r"(?P<ticker>[a-z0-9./-]+) (?P<exchange>[a-z]{2})(?: equity)?")),
    ("terminal", re.compile(r"(?P<ticker>[a-z0-9./-]+)-(?P<exchange>[a-z]{2})")),
    ("suffix", re.compile(r"(?P<ticker>[a-z0-9/-]+)\.(?P<exchange>[a-z]{1,2})")),
)
_BOTH = re.compile(r"(?P<name>.+?)\s*\((?P<ticker>[^()]+)\)")


class Listing(NamedTuple):
    """A ticker and the country of the exchange it is said for, None where it is said for none."""

    ticker: str
    country: str | None

    def fits(self, ticker: str, currency: str, filer: bool) -> bool:
        """Whether a company with this ticker is the one that is meant.

        It is listed where it reports in ``currency``; one that files with the SEC, in the US as well.
        """
        own = listing(ticker) or Listing(key(ticker), None)
        if not ticker or own.ticker != self.ticker or self.country is None:
            return ticker != "" and own.ticker == self.ticker
        if own.country:
            return self.country == own.country
        return self.country in _countries(currency) or (filer and self.country == "US")


def _countries(currency: str) -> tuple[str, ...]:
    return tuple(_CURRENCIES.get(currency.upper(), "").split())


def listing(typed: str) -> Listing | None:
    """Return the ticker and country that a text names with an exchange, None where it names none."""
    name = key(typed).removeprefix("$")
    for style, form in _STYLES:
        match = form.fullmatch(name)
        country = match and _COUNTRIES[style].get(match["exchange"])
        if match and country:
            return Listing(match["ticker"], country)
    return None


def bare_name(typed: str, currency: str) -> str:
    """Return a name's :func:`key` without class of shares and legal form of the countries of a currency."""
    words = _CLASS.sub("", key(typed)).replace(",", " ").split()
    countries = _countries(currency) or tuple(_FORMS)
    forms = {form for country in countries for form in _FORMS[country].split()} | {"&"}
    while len(words) > 1 and words[-1].replace(".", "") in forms:
        words.pop()
    return " ".join(words)


def parts(typed: str) -> list[str]:
    """Return the name and the ticker of "Salesforce (NYSE: CRM)", else the text alone."""
    match = _BOTH.fullmatch(typed.strip())
    return [match["name"], match["ticker"]] if match else [typed]
