"""Checks of the arithmetic: the parts add up, bounds hold, the base ties, nothing is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from xlplugin.model.inputs import FINANCIALS, REDUCTIONS, REFERENCES
from xlplugin.model.lines import BARS, MARGIN_BARS
from xlplugin.model.plan import FUNCTIONS, plan
from xlplugin.workbook.builder.blocks import OWN_COLUMN, Block, letter, quoted
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.sheets.checks.details import Check, Detail, across, down, guarded, part

#: What must be 0 where nothing changes.
RESTORED = (
    "gross_margin_change", "operating_income_change", "operating_margin_change", "net_margin_change",
    "eps_change",
)  # fmt: skip

_INDICES = ("unit_cost_index", "usage_index", "price_index", "demand_index", "supply_index")

#: Lines are sought where all financials of one of these sets are there, each line in the first that has it.
_GROUPS = (
    FINANCIALS[:2],
    FINANCIALS[:6],
    FINANCIALS,
)


def ask_for_checks(build: Build) -> None:
    """Ask Workings for every company's column with both reductions 0; builds no sheet."""
    zero = {f"input_{i}": f'"{name}"' for i, name in enumerate(REDUCTIONS, 1)}
    zero |= dict.fromkeys(("value_1", "value_2"), "0")
    columns = [{"company": str(i), "scenario": "1"} | zero for i in range(1, build.rows + 1)]
    build.what_if("base", columns, RESTORED, slots=2)


class _Columns:
    """Deviations over all columns of the model, where cells are named by line."""

    def __init__(self, build: Draft) -> None:
        self.build, self.model = build, build.model

    def cell(self, name: str) -> str:
        return f"{quoted(self.model.sheet.title)}!{self.model.own(name)}"

    def run(self, names: Iterable[str]) -> str:
        """Cells of several lines, neighbours as one range."""
        rows = sorted(self.model.rows[name] for name in names)
        sheet = quoted(self.model.sheet.title)
        starts = [row for row in rows if row - 1 not in rows]
        ends = [row for row in rows if row + 1 not in rows]
        return ",".join(
            f"{sheet}!{OWN_COLUMN}{a}" + (f":{OWN_COLUMN}{b}" if b > a else "")
            for a, b in zip(starts, ends, strict=True)
        )

    def row(self, label: str, at: str, formula: str, tolerance: float = 1e-9) -> Detail:
        block = self.model.row(at)
        letters = (letter(column) for column in range(block.left, block.right + 1))
        items = [formula.replace(OWN_COLUMN, column) for column in letters]
        return Detail(label, items, across(block), tolerance)


def sum_checks(build: Draft) -> list[Check]:
    """The income statement, parts of revenue and cost, both bridges; indices and revenue above 0."""
    columns = _Columns(build)
    cell = columns.cell
    scale = f"MAX(1,{cell('revenue')})"

    def money(key: str, at: str, less: str) -> Check:
        deviation = f"ABS({cell(at)}-({less}))/{scale}"
        return Check(key, [columns.row(build.label(at), at, guarded(cell(at), deviation))])

    costs = ("scenario_cost_of_revenue", "scenario_research_and_development", *FINANCIALS[3:6])
    statement = "-".join((cell("scenario_revenue"), *map(cell, costs))) + f"+{cell('opex_saving')}"
    old = f"{cell('revenue')}-{cell('base_ai_revenue')}-{cell('base_supply_revenue')}"
    new = f"{cell('ai_revenue')}+{cell('usage_revenue')}+{cell('base_supply_revenue')}*{cell('supply_index')}"
    revenue = f"{old}+{new}+{cell('seat_revenue_change')}"
    old = f"{cell('cost_of_revenue')}-{cell('base_inference_cost')}-{cell('base_supply_cost')}"
    cost = f"{old}+{cell('inference_cost')}+{cell('base_supply_cost')}*{cell('supply_cost_index')}"
    change, margin = "operating_income_change", "operating_margin_change"
    margins = f"ABS({cell(margin)}-SUM({columns.run(MARGIN_BARS)}))"
    least, above = f"MIN({columns.run(_INDICES)})", cell("scenario_revenue")
    positive = guarded(above, f"IF({above}>0,0,1)")
    return [
        money("income_statement", "operating_income", statement),
        money("revenue_parts", "scenario_revenue", revenue),
        money("cost_parts", "scenario_cost_of_revenue", cost),
        money("bridge_income", change, f"SUM({columns.run(BARS)})"),
        Check("bridge_margin", [columns.row(build.label(margin), margin, guarded(cell(margin), margins))]),
        Check("indices_positive", [
            columns.row(build.label("unit_cost_index"), _INDICES[0], guarded(least, f"IF({least}>0,0,1)"))
        ]),
        Check("revenue_positive", [
            columns.row(build.label("scenario_revenue"), "scenario_revenue", positive)
        ]),
    ]  # fmt: skip


def missing_details(build: Draft) -> list[Detail]:
    """Model columns and lines that are not available although all that they need is.

    Where there are wrong entries, columns may be missing.
    """
    columns = _Columns(build)
    cell = columns.cell
    company, scenario = cell("company"), cell("scenario")
    given = f"INDEX(xlp_company_status,{company})+INDEX(xlp_scenario_status,1,{scenario})"
    given += f"+INDEX(xlp_used_cost_reduction,{company},{scenario})"
    shares = f"MAX({cell('cost_shares')},{cell('revenue_shares')})"
    expected = f"IF({shares}>1+xlp_rounding,0,IF(xlp_check_entry_faults>0,0,1))"
    complete = f"IF(ISERROR({cell('complete')}),IF(ISERROR({given}+{shares}),0,{expected}),0)"
    details = [columns.row(build.text("model.complete"), "complete", complete)]
    # not available where what they are set against is not above 0
    placed: set[str] = {"eps_change_of_reference", "relative_eps_change", "implied_share_price"}
    for group in _GROUPS:
        names = [name for name in FUNCTIONS if name not in placed and _needs(name) <= set(group)]
        placed.update(names)
        inputs = columns.run((*REDUCTIONS, *group))
        missing = f"IF(ISERROR(SUM({inputs})),0,IF(ISERROR(SUM({columns.run(names)})),1,0))"
        told = f"{build.label(names[0])} ... {build.label(names[-1])}"
        details.append(columns.row(told, names[0], missing))
    return details


def _needs(name: str) -> set[str]:
    return {needed for needed in plan((name,)).inputs if needed in (*FINANCIALS, *REFERENCES)}


def base_checks(build: Build) -> list[Check]:
    """The base against reported figures, and the model with nothing changed against the base."""
    numbers, unchanged = [str(i) for i in range(1, build.rows + 1)], build.what_ifs["base"]

    def reported(name: str, i: str) -> str:
        return f"INDEX(xlp_figures_{name},INDEX(xlp_place,{i}))"

    def lines(i: str) -> str:
        return "-".join(f"INDEX(xlp_used_{name},{i})" for name in FINANCIALS[:6])

    def tied(i: str) -> str:
        stated = reported("operating_income", i)
        return guarded(part(0), f'IF({stated}="",0,ABS({part(0)}-{stated}))')

    def ratio(i: str) -> str:
        return f"INDEX(xlp_used_net_income,{i})/INDEX(xlp_used_diluted_shares,{i})"

    def slack(i: str) -> str:
        income, shares = (f"INDEX(xlp_used_{name},{i})" for name in ("net_income", "diluted_shares"))
        size = f"1/{shares}+1/MAX(1,ABS({income}))"
        eps = f"ABS({reported('diluted_eps', i)})"
        return f"xlp_check_half_cent+{eps}*xlp_check_half_unit*({size})"

    def per_share(i: str) -> str:
        eps = reported("diluted_eps", i)
        return guarded(part(0), f'IF({eps}="",0,MAX(0,ABS({part(0)}-{eps})-{part(1)}))')

    def row(of: Callable[[str], str]) -> list[str]:
        return [of(i) for i in numbers]

    income = Detail(
        build.label("base_operating_income"), row(tied), _figure(build, "operating_income"), 0.5,
        parts=(row(lines),),
    )  # fmt: skip
    eps = Detail(
        build.label("base_eps"), row(per_share), _figure(build, "diluted_eps"),
        parts=(row(ratio), row(slack)),
    )  # fmt: skip
    details = []
    for name in RESTORED:
        changes = (unchanged.at(name, i) for i in range(build.rows))
        items = [guarded(change, f"ABS({change})") for change in changes]
        details.append(Detail(build.label(name), items, down(build.names["xlp_companies"])))
    return [
        Check("base_operating_income", [income]),
        Check("base_eps", [eps]),
        Check("base_restored", details),
    ]


def _figure(build: Build, name: str) -> str:
    """The place of the reported figure that counts for the company at the position."""
    block: Block = build.names[f"xlp_figures_{name}"]
    return down(block).replace("{at}", "INDEX(xlp_place,{at})")
