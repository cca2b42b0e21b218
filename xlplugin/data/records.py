"""The rows of the dataset: a company's figures, an assumption, a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: The company name of an assumption that holds where a company has none of its own; with a business
#: model's name behind it, of one that holds for the companies of that model.
ANY_COMPANY = "*"

#: What companies are: those of the article and the labs are chosen by default, peers by name. The
#: labs' figures are secondary or theoretical: shown apart, never ranked.
ARTICLE, LAB, PEER = GROUPS = ("article", "lab", "peer")

#: The name that stands for all peers among names of companies.
PEERS = "peers"

#: What companies live from.
BUSINESS_MODELS = ("saas", "cloud", "advertising", "chips", "lab")

#: What a figure rests on, from firm to soft.
BASES = ("published", "derived", "judgement")


@dataclass(frozen=True, slots=True)
class Figures:
    """One company in one fiscal year: the financials (NaN = not available) and where they come from."""

    company: str
    fiscal_year: str
    values: Mapping[str, float]
    ticker: str = ""
    group: str = ""
    business_model: str = ""
    period_end: str = ""
    currency: str = "USD"
    operating_income: float = float("nan")
    diluted_eps: float = float("nan")
    source: str = ""
    cik: str = ""
    accession: str = ""
    confidence: str = ""
    note: str = ""

    @property
    def filing(self) -> str:
        """The address of the filing at the SEC, blank where the table does not find it."""
        if not (self.cik.isdigit() and self.accession):
            return ""
        folder = f"{int(self.cik)}/{self.accession.replace('-', '')}"
        return f"https://www.sec.gov/Archives/edgar/data/{folder}/{self.accession}-index.htm"

    @property
    def order(self) -> tuple[int, str]:
        """Sort key: fiscal years from old to new."""
        digits = re.search(r"\d{4}", self.fiscal_year) or re.search(r"\d{4}", self.period_end)
        return int(digits.group()) if digits else 0, self.period_end


@dataclass(frozen=True, slots=True)
class Assumption:
    """Low, base and high of one exposure or lever, with its basis and the year it is tied to."""

    company: str
    parameter: str
    low: float
    base: float
    high: float
    basis: str
    fiscal_year: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of levers; those it does not name are left to the assumptions.

    ``alternative`` tells that it competes for best and worst; others isolate one effect.
    """

    name: str
    label: str
    levers: Mapping[str, float]
    alternative: bool = True
    not_applicable_to: tuple[str, ...] = ()
    note: str = ""

    def applies_to(self, company: str) -> bool:
        """Whether the scenario's own reductions count for ``company``."""
        return company not in self.not_applicable_to
