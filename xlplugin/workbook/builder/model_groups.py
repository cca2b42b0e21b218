"""The model's lines by group, in the order in which sheets show them."""

from __future__ import annotations

from collections.abc import Iterable

from xlplugin.model.lines import BARS, MARGIN_BARS

#: Group -> its lines; the group's label is ``group:<name>`` of labels.csv.
GROUPS: dict[str, tuple[str, ...]] = {
    "unit_cost_and_use": (
        "effective_reduction", "effective_training_reduction", "unit_cost_index", "usage_index",
        "base_inference_cost", "inference_cost", "volume_cost_index", "usage_revenue",
    ),
    "ai_products": (
        "base_ai_revenue", "ai_cost_ratio", "sold_ai_cost_share", "price_index", "demand_index",
        "billed_usage_index", "ai_revenue",
    ),
    "ai_infrastructure": (
        "supply_price_index", "supply_index", "supply_volume_cost_index", "supply_cost_index",
        "base_supply_revenue", "base_supply_cost",
    ),
    "income_statement": (
        "seat_revenue_change", "scenario_revenue", "scenario_cost_of_revenue", "gross_profit", "gross_margin",
        "development_saving", "scenario_research_and_development", "opex_saving", "operating_income",
        "operating_margin", "operating_margin_ex_sbc", "scenario_net_income", "net_margin", "eps",
    ),
    "base": (
        "base_gross_margin", "base_operating_income", "base_operating_margin",
        "base_operating_margin_ex_sbc", "base_net_income", "base_net_margin", "base_eps",
    ),
    "changes": (
        "gross_margin_change", "operating_income_change", "operating_margin_change", "net_margin_change",
        "eps_change", "relative_eps_change",
    ),
    "reference": (
        "reference_operating_income_after", "reference_eps_after", "eps_change_of_reference",
        "implied_share_price",
    ),
    "bridge": tuple(BARS),
    "bridge_margin": tuple(MARGIN_BARS),
}  # fmt: skip


def grouped(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return the groups of ``lines``, each with its own; ValueError for a line without a group."""
    wanted = set(lines)
    placed = {name for members in GROUPS.values() for name in members}
    if missing := sorted(wanted - placed):
        raise ValueError(f"{', '.join(missing)}: no group; name each in one of GROUPS ({__name__})")
    shown = {group: [name for name in members if name in wanted] for group, members in GROUPS.items()}
    return {group: members for group, members in shown.items() if members}
