"""The model, line by line: a function's name is the line, its parameters are inputs or earlier lines.

Each body is one ``return`` in plain arithmetic over the vocabulary of :mod:`xlplugin.model.arithmetic`.
The same functions give a number (floats), many numbers (arrays), a program (blocks of rows) or a
native Excel formula (cell references). Units: ``money`` is in millions of the reporting currency,
``share``, ``margin`` and ``index`` are fractions (0.3 = 30%). Order is the order of calculation.

The equations with their reasons are on docs/model.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xlplugin.model.arithmetic import NOT_AVAILABLE, maximum, minimum, power, ratio, where

Function = Callable[..., Any]

#: Every line of the model, in order, name -> function.
LINES: dict[str, Function] = {}

#: Bars of the bridge of operating income, in causal order; they sum to operating_income_change.
BARS: dict[str, Function] = {}

#: Bars of the bridge of operating margin: the same over scenario_revenue, and one more.
MARGIN_BARS: dict[str, Function] = {}

#: Line or bridge bar -> unit: money, money per share, share, margin, index, ratio.
UNITS: dict[str, str] = {}


def line(unit: str) -> Callable[[Function], Function]:
    """Register a line item and its unit."""

    def register(function: Function) -> Function:
        LINES[function.__name__] = function
        UNITS[function.__name__] = unit
        return function

    return register


# --- Unit cost and use ---------------------------------------------------------------------------


@line("share")
def effective_reduction(cost_reduction, credibility, adoption):
    """Fall of the unit cost of running AI models that takes effect: the claim, after its haircuts."""
    return cost_reduction * credibility * adoption


@line("share")
def effective_training_reduction(training_cost_reduction, credibility, adoption):
    """Fall of the cost of developing AI models that takes effect."""
    return training_cost_reduction * credibility * adoption


@line("index")
def unit_cost_index(effective_reduction):
    """Cost of a unit of AI work, base = 1."""
    return 1 - effective_reduction


@line("index")
def usage_index(unit_cost_index, rebound_elasticity):
    """Own use of AI, base = 1: cheaper units are used more."""
    return power(unit_cost_index, -rebound_elasticity)


@line("money")
def base_inference_cost(cost_of_revenue, inference_cost_share):
    """Cost of running AI models within cost of revenue, before the change."""
    return cost_of_revenue * inference_cost_share


@line("money")
def base_ai_revenue(revenue, ai_revenue_share):
    """Revenue of AI products whose price may follow AI cost, before the change."""
    return revenue * ai_revenue_share


@line("ratio")
def ai_cost_ratio(base_inference_cost, base_ai_revenue):
    """AI cost per unit of AI revenue, at most 1; 0 where there is no AI revenue."""
    return minimum(1, ratio(base_inference_cost, base_ai_revenue))


@line("index")
def price_index(
    pass_through, effective_reduction, ai_cost_ratio, unit_cost_index, competition, base_ai_revenue
):
    """Price of AI products, base = 1: savings passed on, and what rivals force."""
    return where(
        base_ai_revenue == 0,
        1,
        (1 - pass_through * effective_reduction * ai_cost_ratio) * power(unit_cost_index, competition),
    )


@line("index")
def demand_index(price_index, price_elasticity):
    """Demand for AI products, base = 1: lower prices sell more."""
    return power(price_index, -price_elasticity)


@line("index")
def billed_usage_index(usage_billed_share, unit_cost_index, usage_index):
    """Billed use per customer, base = 1: the share of extra use that is charged for."""
    return 1 + usage_billed_share * minimum(1, unit_cost_index) * (usage_index - 1)


@line("money")
def ai_revenue(base_ai_revenue, price_index, demand_index, billed_usage_index):
    """Revenue of AI products after the change."""
    return base_ai_revenue * price_index * demand_index * billed_usage_index


@line("share")
def sold_ai_cost_share(base_inference_cost, base_ai_revenue):
    """Part of AI cost that serves products sold, and so grows with their demand; 1 where there is no cost."""
    return where(base_inference_cost == 0, 1, minimum(1, ratio(base_ai_revenue, base_inference_cost)))


@line("index")
def volume_cost_index(unit_cost_index, usage_index, sold_ai_cost_share, demand_index):
    """AI spending that all new prices and volumes would lead to, base = 1."""
    return unit_cost_index * usage_index * (1 + sold_ai_cost_share * (demand_index - 1))


@line("money")
def inference_cost(base_inference_cost, volume_cost_index, committed_cost_share):
    """Cost of running AI models after the change; committed spending does not fall within the year."""
    return base_inference_cost * (
        volume_cost_index + committed_cost_share * maximum(0, 1 - volume_cost_index)
    )


# --- AI infrastructure sold to others ------------------------------------------------------------


@line("index")
def supply_price_index(unit_cost_index, supply_pass_through):
    """Price of AI infrastructure sold to others, base = 1: the part of the saving that buyers get."""
    return power(unit_cost_index, supply_pass_through)


@line("index")
def supply_index(supply_price_index, market_elasticity):
    """Revenue of AI infrastructure sold to others, base = 1: price times volume."""
    return power(supply_price_index, 1 - market_elasticity)


@line("index")
def supply_volume_cost_index(unit_cost_index, supply_price_index, market_elasticity):
    """Cost that the new volume of infrastructure would lead to, base = 1, before commitments."""
    return unit_cost_index * power(supply_price_index, -market_elasticity)


@line("index")
def supply_cost_index(supply_volume_cost_index, committed_cost_share):
    """Cost of AI infrastructure sold to others, base = 1, committed cost included."""
    return supply_volume_cost_index + committed_cost_share * maximum(0, 1 - supply_volume_cost_index)


@line("money")
def usage_revenue(base_inference_cost, usage_return, unit_cost_index, usage_index):
    """Revenue that extra own use brings in without being billed, such as advertising."""
    return base_inference_cost * usage_return * unit_cost_index * (usage_index - 1)


@line("money")
def base_supply_revenue(revenue, ai_supply_revenue_share):
    """Revenue of AI infrastructure sold to others, before the change."""
    return revenue * ai_supply_revenue_share


@line("money")
def base_supply_cost(cost_of_revenue, ai_supply_cost_share):
    """Cost of AI infrastructure sold to others, before the change."""
    return cost_of_revenue * ai_supply_cost_share


# --- Income statement after the change -----------------------------------------------------------


@line("money")
def seat_revenue_change(revenue, seat_revenue_share, unit_cost_index, seat_erosion):
    """Seat revenue lost to AI-native rivals as AI gets cheaper (zero or negative)."""
    return revenue * seat_revenue_share * (power(minimum(1, unit_cost_index), seat_erosion) - 1)


@line("money")
def scenario_revenue(
    revenue,
    base_ai_revenue,
    base_supply_revenue,
    ai_revenue,
    usage_revenue,
    supply_index,
    seat_revenue_change,
):
    """Revenue after the change."""
    return (
        revenue
        - base_ai_revenue
        - base_supply_revenue
        + ai_revenue
        + usage_revenue
        + base_supply_revenue * supply_index
        + seat_revenue_change
    )


@line("money")
def scenario_cost_of_revenue(
    cost_of_revenue,
    base_inference_cost,
    base_supply_cost,
    inference_cost,
    supply_cost_index,
):
    """Cost of revenue after the change."""
    return (
        cost_of_revenue
        - base_inference_cost
        - base_supply_cost
        + inference_cost
        + base_supply_cost * supply_cost_index
    )


@line("money")
def gross_profit(scenario_revenue, scenario_cost_of_revenue):
    """Gross profit after the change."""
    return scenario_revenue - scenario_cost_of_revenue


@line("margin")
def gross_margin(gross_profit, scenario_revenue):
    """Gross profit over revenue after the change."""
    return gross_profit / scenario_revenue


@line("money")
def development_saving(research_and_development, training_cost_share, effective_training_reduction):
    """What cheaper model development frees in R&D, before any is spent again."""
    return research_and_development * training_cost_share * effective_training_reduction


@line("money")
def scenario_research_and_development(research_and_development, reinvestment, development_saving):
    """R&D after the change: the part of the saving that is reinvested stays in it."""
    return research_and_development - (1 - reinvestment) * development_saving


@line("money")
def opex_saving(sales_and_marketing, general_and_administrative, unit_cost_index, labour_substitution):
    """Sales, marketing and administrative expense saved where cheaper AI takes over work."""
    return (sales_and_marketing + general_and_administrative) * (
        1 - power(minimum(1, unit_cost_index), labour_substitution)
    )


@line("money")
def operating_income(
    gross_profit,
    scenario_research_and_development,
    sales_and_marketing,
    general_and_administrative,
    other_operating_expense,
    opex_saving,
):
    """Operating income after the change."""
    return (
        gross_profit
        - scenario_research_and_development
        - sales_and_marketing
        - general_and_administrative
        - other_operating_expense
        + opex_saving
    )


@line("margin")
def operating_margin(operating_income, scenario_revenue):
    """Operating income over revenue after the change."""
    return operating_income / scenario_revenue


# --- Base: the reported figures ------------------------------------------------------------------


@line("margin")
def base_gross_margin(revenue, cost_of_revenue):
    """Gross margin as reported."""
    return (revenue - cost_of_revenue) / revenue


@line("money")
def base_operating_income(
    revenue,
    cost_of_revenue,
    research_and_development,
    sales_and_marketing,
    general_and_administrative,
    other_operating_expense,
):
    """Operating income as reported."""
    return (
        revenue
        - cost_of_revenue
        - research_and_development
        - sales_and_marketing
        - general_and_administrative
        - other_operating_expense
    )


@line("margin")
def base_operating_margin(base_operating_income, revenue):
    """Operating margin as reported."""
    return base_operating_income / revenue


@line("margin")
def base_operating_margin_ex_sbc(base_operating_income, stock_based_compensation, revenue):
    """Operating margin before stock-based compensation, from the reported figures."""
    return (base_operating_income + stock_based_compensation) / revenue


@line("margin")
def operating_margin_ex_sbc(operating_income, stock_based_compensation, scenario_revenue):
    """Operating margin before stock-based compensation after the change."""
    return (operating_income + stock_based_compensation) / scenario_revenue


@line("money")
def base_net_income(net_income, one_off_net_income):
    """Net income as reported, less one-off items after tax."""
    return net_income - one_off_net_income


@line("margin")
def base_net_margin(base_net_income, revenue):
    """Net income less one-off items, over revenue."""
    return base_net_income / revenue


@line("money per share")
def base_eps(base_net_income, diluted_shares):
    """Diluted earnings per share less one-off items."""
    return base_net_income / diluted_shares


# --- Earnings after the change, and what changed --------------------------------------------------


@line("money")
def operating_income_change(operating_income, base_operating_income):
    """Change of operating income."""
    return operating_income - base_operating_income


@line("money")
def scenario_net_income(base_net_income, operating_income_change, marginal_tax_rate):
    """Net income after the change: the base plus the taxed change of operating income."""
    return base_net_income + operating_income_change * (1 - marginal_tax_rate)


@line("margin")
def net_margin(scenario_net_income, scenario_revenue):
    """Net income over revenue after the change."""
    return scenario_net_income / scenario_revenue


@line("money per share")
def eps(scenario_net_income, diluted_shares):
    """Diluted earnings per share after the change."""
    return scenario_net_income / diluted_shares


@line("margin")
def gross_margin_change(gross_margin, base_gross_margin):
    """Change of gross margin, as a fraction (0.0001 = 1 basis point)."""
    return gross_margin - base_gross_margin


@line("margin")
def operating_margin_change(operating_margin, base_operating_margin):
    """Change of operating margin, as a fraction (0.0001 = 1 basis point)."""
    return operating_margin - base_operating_margin


@line("margin")
def net_margin_change(net_margin, base_net_margin):
    """Change of net margin, as a fraction (0.0001 = 1 basis point)."""
    return net_margin - base_net_margin


@line("money per share")
def eps_change(eps, base_eps):
    """Change of diluted earnings per share."""
    return eps - base_eps


@line("ratio")
def relative_eps_change(eps_change, base_eps):
    """Change of EPS over base EPS: that of the share price at an unchanged price-earnings ratio.

    Not available unless base EPS is positive.
    """
    return eps_change / where(base_eps > 0, base_eps, NOT_AVAILABLE)


@line("money per share")
def implied_share_price(reference_share_price, relative_eps_change):
    """The analyst's share price, moved as EPS moves: at an unchanged price-earnings ratio."""
    return reference_share_price * (1 + relative_eps_change)


# --- Against a reference of the analyst's own ----------------------------------------------------


@line("money")
def reference_operating_income_after(reference_operating_income, operating_income_change):
    """The analyst's reference operating income (such as a consensus) plus the change."""
    return reference_operating_income + operating_income_change


@line("money per share")
def reference_eps_after(reference_eps, eps_change):
    """The analyst's reference EPS plus the change."""
    return reference_eps + eps_change


@line("ratio")
def eps_change_of_reference(eps_change, reference_eps):
    """Change of EPS over the reference EPS; not available unless that is positive."""
    return eps_change / where(reference_eps > 0, reference_eps, NOT_AVAILABLE)


# --- Bridge: operating income, then operating margin ---------------------------------------------


def bar(function: Function) -> Function:
    """Register a bar of both bridges; the margin's is the income's over scenario_revenue."""
    name = function.__name__
    income, margin = f"bridge_operating_income_{name}", f"bridge_operating_margin_{name}"
    BARS[income] = function
    UNITS[income] = "money"
    MARGIN_BARS[margin] = over_scenario_revenue(income)
    UNITS[margin] = "margin"
    return function


def over_scenario_revenue(amount: str) -> Function:
    """Return the line item that divides the line named ``amount`` by scenario_revenue."""

    def margin_bar(amount, scenario_revenue):
        return amount / scenario_revenue

    margin_bar.__doc__ = f"{amount} over scenario_revenue."
    margin_bar.parameters = (amount, "scenario_revenue")  # type: ignore[attr-defined]
    return margin_bar


@bar
def unit_cost(base_inference_cost, effective_reduction):
    """Saving on the AI work that the company already does."""
    return base_inference_cost * effective_reduction


@bar
def usage_rebound(
    base_ai_revenue, billed_usage_index, usage_revenue, base_inference_cost, unit_cost_index, usage_index
):
    """Extra use: what is billed of it and what else it brings in, less what it costs."""
    return (
        base_ai_revenue * (billed_usage_index - 1)
        + usage_revenue
        - base_inference_cost * unit_cost_index * (usage_index - 1)
    )


@bar
def price_cut(base_ai_revenue, price_index, billed_usage_index):
    """Revenue given up by lower prices of AI products."""
    return base_ai_revenue * (price_index - 1) * billed_usage_index


@bar
def demand_response(
    base_ai_revenue,
    price_index,
    demand_index,
    billed_usage_index,
    base_inference_cost,
    unit_cost_index,
    usage_index,
    sold_ai_cost_share,
):
    """Extra demand won by lower prices, less what serving it costs."""
    return base_ai_revenue * price_index * (
        demand_index - 1
    ) * billed_usage_index - base_inference_cost * unit_cost_index * usage_index * sold_ai_cost_share * (
        demand_index - 1
    )


@bar
def supply(base_supply_revenue, supply_index, base_supply_cost, supply_volume_cost_index):
    """Change of the margin on AI infrastructure sold to others."""
    return base_supply_revenue * (supply_index - 1) - base_supply_cost * (supply_volume_cost_index - 1)


@bar
def stranded_cost(
    committed_cost_share, base_inference_cost, volume_cost_index, base_supply_cost, supply_volume_cost_index
):
    """Committed AI cost that stays although volume fell."""
    return -committed_cost_share * (
        base_inference_cost * maximum(0, 1 - volume_cost_index)
        + base_supply_cost * maximum(0, 1 - supply_volume_cost_index)
    )


@bar
def seat_erosion_effect(seat_revenue_change):
    """Seat revenue lost to AI-native rivals."""
    return seat_revenue_change


@bar
def labour_substitution_effect(opex_saving):
    """Sales, marketing and administrative expense saved by AI in the company itself."""
    return opex_saving


@bar
def development(reinvestment, development_saving):
    """Saving on model development that is kept."""
    return (1 - reinvestment) * development_saving


def revenue_base_effect(base_operating_margin, scenario_revenue, revenue):
    """Base operating margin spread over a changed revenue."""
    return -base_operating_margin * (scenario_revenue - revenue) / scenario_revenue


MARGIN_BARS["bridge_operating_margin_revenue_base_effect"] = revenue_base_effect
UNITS["bridge_operating_margin_revenue_base_effect"] = "margin"
