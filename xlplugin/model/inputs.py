"""Every input of the model: name, kind, unit, domain. Domains are declared here and nowhere else."""

from __future__ import annotations

import math
from dataclasses import dataclass

from xlplugin.model.messages import Figure, message, plain

#: Shares that together make a whole may pass 1 by this much, which is rounding.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its name everywhere, what kind it is, its unit and the values it may take.

    ``lower`` belongs to the domain unless ``above_lower``; ``upper`` unless ``below_upper``.
    ``default`` names the input, or gives the number, that stands in for a blank; an input without
    one is not available (financials, references) or must be given (exposures, levers).
    """

    name: str
    kind: str
    unit: str
    lower: float = -math.inf
    upper: float = math.inf
    above_lower: bool = False
    below_upper: bool = False
    default: str | float | None = None

    @property
    def is_fraction(self) -> bool:
        """Whether the input is a rate or share that people type in per cent."""
        return self.unit == "share"

    @property
    def allowed(self) -> str:
        """The domain in words, such as ``0 to 1`` or ``more than 0``."""
        low, high = Figure(f"{self.lower:g}"), Figure(f"{self.upper:g}")
        if math.isinf(self.lower) and math.isinf(self.upper):
            return plain("any number")
        if math.isinf(self.upper):
            return (
                message("more than {low}", low=low) if self.above_lower else message("{low} or more", low=low)
            )
        lower = message("above {low}", low=low) if self.above_lower else low
        return (
            message("{lower} to below {high}", lower=lower, high=high)
            if self.below_upper
            else message("{lower} to {high}", lower=lower, high=high)
        )

    def contains(self, value: float) -> bool:
        """Whether ``value`` lies in the domain; NaN and infinity never do."""
        above = value > self.lower if self.above_lower else value >= self.lower
        below = value < self.upper if self.below_upper else value <= self.upper
        return above and below and -math.inf < value < math.inf


@dataclass(frozen=True, slots=True)
class JointLimit:
    """Shares of one whole, which together may not pass 1."""

    names: tuple[str, ...]
    whole: str


def _money(name: str, lower: float = 0.0, **more: object) -> Input:
    return Input(name, "financial", "money", lower, **more)  # type: ignore[arg-type]


def _share(name: str, kind: str, **more: object) -> Input:
    return Input(name, kind, "share", 0.0, 1.0, **more)  # type: ignore[arg-type]


def _elasticity(name: str) -> Input:
    return Input(name, "lever", "elasticity", 0.0, 2.0)


_ANY = -math.inf

_ALL = (
    _money("revenue", above_lower=True),
    _money("cost_of_revenue"),
    _money("research_and_development"),
    _money("sales_and_marketing"),
    _money("general_and_administrative"),
    _money("other_operating_expense", _ANY),
    Input("income_tax_rate", "financial", "share", -10.0, 10.0),
    _share("marginal_tax_rate", "financial", default="income_tax_rate"),
    _money("net_income", _ANY),
    _money("one_off_net_income", _ANY, default=0.0),
    Input("diluted_shares", "financial", "million shares", 0.0, above_lower=True),
    _money("stock_based_compensation"),
    _share("inference_cost_share", "exposure"),
    _share("training_cost_share", "exposure"),
    _share("ai_revenue_share", "exposure"),
    _share("usage_billed_share", "exposure"),
    _share("ai_supply_revenue_share", "exposure"),
    _share("ai_supply_cost_share", "exposure"),
    _share("seat_revenue_share", "exposure"),
    _share("committed_cost_share", "exposure"),
    Input("usage_return", "exposure", "ratio", 0.0, 2.0),
    Input("repricing_lag_years", "exposure", "years", 0.0),
    Input("cost_reduction", "lever", "share", -1.0, 1.0, below_upper=True),
    Input(
        "training_cost_reduction",
        "lever",
        "share",
        -1.0,
        1.0,
        below_upper=True,
        default="cost_reduction",
    ),
    _share("credibility", "lever"),
    _share("adoption", "lever"),
    _share("pass_through", "lever"),
    _share("competition", "lever"),
    _elasticity("price_elasticity"),
    _elasticity("rebound_elasticity"),
    _elasticity("market_elasticity"),
    _share("supply_pass_through", "lever"),
    _elasticity("seat_erosion"),
    _elasticity("labour_substitution"),
    _share("reinvestment", "lever"),
    Input("reference_operating_income", "reference", "money"),
    Input("reference_eps", "reference", "money per share"),
    Input("reference_share_price", "reference", "money per share", 0.0, above_lower=True),
    Input("annual_decline", "path", "share", 0.0, 1.0, below_upper=True, default=0.78),
    Input("revenue_growth", "path", "share", -1.0, above_lower=True, default=0.0),
    Input("ai_share_growth", "path", "share", -1.0, above_lower=True, default=0.0),
    Input("years", "path", "years", 0.0, 50.0, default=10.0),
)

INPUTS: dict[str, Input] = {item.name: item for item in _ALL}


def _of_kind(kind: str) -> tuple[str, ...]:
    return tuple(item.name for item in _ALL if item.kind == kind)


FINANCIALS = _of_kind("financial")
EXPOSURES = _of_kind("exposure")
LEVERS = _of_kind("lever")
REFERENCES = _of_kind("reference")

#: The one text among the references: what the analyst's reference figures are.
REFERENCE_LABEL = "reference_label"

#: The two levers that assumptions never fill.
REDUCTIONS = ("cost_reduction", "training_cost_reduction")

#: Financials in money, which a path scales with revenue growth.
MONEY = tuple(item.name for item in _ALL if item.kind == "financial" and item.unit == "money")

JOINT_LIMITS = (
    JointLimit(("inference_cost_share", "ai_supply_cost_share"), "cost of revenue"),
    JointLimit(("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"), "revenue"),
)
