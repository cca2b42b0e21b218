"""Commands that show the dataset: companies, assumptions, scenarios."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from functools import partial
from typing import Any

import click

from xlplugin.cli.terminal import (
    decimal_option,
    json_option,
    next_step,
    note,
    peers_option,
    print_json,
    print_table,
    with_peers,
    word,
)
from xlplugin.model.formats import shown
from xlplugin.model.inputs import FINANCIALS, INPUTS

__all__ = ["assumptions", "companies", "scenarios"]


@click.command()
@click.argument("name", required=False)
@click.option("--companies", "file", metavar="FILE", help="Add a table of companies of your own.")
@decimal_option
@peers_option
@json_option
def companies(name: str | None, file: str | None, decimal: str | None, peers: bool, as_json: bool) -> None:
    """Show the companies' figures of every fiscal year; with NAME, one company and its sources."""
    from xlplugin.api import companies as frame_of
    from xlplugin.data.shipped import extended

    dataset = extended(companies=file, decimal=decimal)
    frame = frame_of(file, decimal=decimal)
    shown_names = dataset.choice(with_peers([name] if name else [], peers, dataset))
    frame = frame[frame["company"].isin(shown_names)]
    if as_json:
        print_json(frame)
        return
    from xlplugin.model.evaluation import evaluate

    rows = []
    lines = ["base_gross_margin", "base_operating_income", "base_operating_margin", "base_eps"]
    for record in frame.to_dict("records"):
        base = evaluate({k: v for k, v in record.items() if k in FINANCIALS}, lines)
        loss = base["base_operating_income"] < 0
        rows.append(
            [
                record["company"] + (" (lab)" if dataset.is_lab(record["company"]) else ""),
                record["ticker"] or "-",
                record["fiscal_year"].replace(" annualised", "*"),
                record["period_end"],
                f"{record['currency']} {shown(record['revenue'], 'revenue', unit='money')}",
                shown(base["base_gross_margin"], "base_gross_margin"),
                "loss" if loss else shown(base["base_operating_margin"], "base_operating_margin"),
                shown(base["base_eps"], "base_eps"),
            ]
        )
    headers = ["company", "ticker", "year", "period end", "revenue m", "gross m.", "operating m.", "EPS"]
    print_table(headers, rows, text_columns=4, dim=(1, 3), title="Base figures, GAAP less one-offs")
    if any(map(dataset.is_lab, shown_names)):
        note("Labs: secondary (OpenAI) or theoretical (DeepSeek, * one day times 365) figures.")
    if name is not None:
        for record in frame.to_dict("records"):
            note(f"{record['fiscal_year'] or 'undated'}: {_origin(record)}")
        own = f" --companies {word(file)}" if file else ""
        next_step(f"xlplugin assumptions --company {word(shown_names[0])}{own}")
    else:
        if not peers:
            note(f"{sum(map(dataset.is_peer, dataset.companies))} peers more: --peers shows them.")
        next_step("xlplugin companies NAME shows a company's sources; xlplugin run its scenarios")


@click.command()
@click.option("--company", "name", help="Only this company, and what holds for it by default.")
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", "file", metavar="FILE", help="Add a table of assumptions of your own.")
@decimal_option
@json_option
def assumptions(
    name: str | None, companies: str | None, file: str | None, decimal: str | None, as_json: bool
) -> None:
    """Show low, base and high of every assumption with its basis.

    * stands for any company, *cloud and the like for those of a business model.
    """
    from xlplugin.api import assumptions as frame_of
    from xlplugin.data.files import PARAMETERS
    from xlplugin.data.shipped import extended

    dataset = extended(companies, file, decimal=decimal)
    frame = frame_of(file, companies=companies, decimal=decimal)
    if name is not None:
        chosen = dataset.company(name)
        counting = {
            (found.company, found.parameter)
            for found in map(partial(dataset.assumption, chosen), PARAMETERS)
            if found
        }
        pairs = zip(frame["company"], frame["parameter"], strict=True)
        frame = frame[[pair in counting for pair in pairs]]
    if as_json:
        print_json(frame)
        return
    rows = [
        [
            r["company"],
            r["parameter"],
            *(_number(r[k], r["unit"]) for k in ("low", "base", "high")),
            r["basis"],
        ]
        for r in frame.to_dict("records")
    ]
    print_table(
        ["company", "assumption", "low", "base", "high", "basis"], rows, text_columns=2, coloured=False
    )
    note("judgement = our reading, not a disclosed figure; --json has each note and fiscal year.")
    next_step("xlplugin assumptions --company NAME, or your own with --assumptions FILE")


@click.command()
@click.option("--scenarios", "file", metavar="FILE", help="Add a table of scenarios of your own.")
@decimal_option
@json_option
def scenarios(file: str | None, decimal: str | None, as_json: bool) -> None:
    """Show the scenario presets: what each one sets, and what it leaves to the assumptions."""
    from xlplugin.api import scenarios as frame_of
    from xlplugin.data.shipped import extended

    if as_json:
        print_json(frame_of(file, decimal=decimal))
        return
    rows = []
    for scenario in extended(scenarios=file, decimal=decimal).scenarios.values():
        sets = ", ".join(f"{k} {_number(v, INPUTS[k].unit)}" for k, v in scenario.levers.items())
        rows.append([scenario.name, scenario.label, sets])
    print_table(["scenario", "label", "sets"], rows, text_columns=3, dim=(2,), folded=(1,))
    note("The deepseek presets do not apply to the labs: a price cut by DeepSeek is no cost cut for it.")
    next_step("xlplugin run --scenario half --company Salesforce")


def _origin(record: Mapping[Hashable, Any]) -> str:
    """Return where a company's figures come from, in a sentence."""
    parts = [str(record[name]) for name in ("source", "confidence") if record[name]]
    return ". ".join(part for part in ("; ".join(parts) or "no source given", record["note"]) if part)


def _number(value: float, unit: str) -> str:
    return f"{value:.4g}" if unit in ("elasticity", "ratio", "years") else f"{value * 100:.4g}%"
