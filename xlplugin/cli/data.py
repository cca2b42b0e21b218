"""Commands that show the dataset, check a table of the analyst's own and write one to fill in."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import called, chosen, listed, shown, text
from xlplugin.cli.options import peers_option, with_peers
from xlplugin.cli.outlets import Outlet, shown_or_written
from xlplugin.cli.steps import command, word
from xlplugin.cli.terminal import heading, next_step, note, print_table
from xlplugin.cli.wording import entry
from xlplugin.files.spreadsheets import SPREADSHEETS
from xlplugin.model.errors import InputError
from xlplugin.model.inputs import FINANCIALS
from xlplugin.model.labels import label, labelled
from xlplugin.model.messages import message
from xlplugin.workbook.builder.texts import translated

if TYPE_CHECKING:
    import pandas as pd

    from xlplugin.data.dataset import Dataset
    from xlplugin.data.records import Assumption

#: What names a table in place of a company.
_TABLES = (".csv", ".tsv", ".txt", *SPREADSHEETS)


@click.command()
@click.argument("name", metavar="[NAME|FILE]", required=False)
@click.option("--companies", "file", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", "own", metavar="FILE", help="With FILE: add your own table of assumptions.")
@peers_option
@shown_or_written
def companies(outlet: Outlet, name: str | None, file: str | None, own: str | None, peers: bool) -> None:
    """Show the companies' figures of every fiscal year; with NAME, one company and its sources.

    With FILE, a table of your own: what is wrong with it, or its base margins and the assumptions that count.
    """
    if outlet.form("companies"):
        return
    from xlplugin.api import companies as frame_of
    from xlplugin.data.files import figures_of
    from xlplugin.data.shipped import extended
    from xlplugin.files.reading import read_table

    checked = name if name and Path(name).suffix.casefold() in _TABLES else None
    if checked and file:
        fix = message("name one: {command}", command=f"xlplugin companies {word(checked)}")
        raise InputError.wrong("--companies", file, fix, "one table")
    file = checked or file
    dataset, frame = extended(file, own, decimal=outlet.decimal), frame_of(file, decimal=outlet.decimal)
    if checked:
        own_rows = figures_of(read_table(checked, decimal=outlet.decimal))
        names = list(dict.fromkeys(dataset.company(row.company) for row in own_rows))
        added = ("--companies", checked, "--company", names[0])
        step = command("run", *added, keeping=("own", "decimal"))
    else:
        names = list(dataset.choice(with_peers([name] if name else [], peers, dataset)))
        more = "companies" if name is None else "assumptions"
        step = command(more, names[0], keeping=("file", "own", "decimal"))
    frame = frame[frame["company"].isin(names)]
    if outlet.passed_on(frame, text("companies.title"), step):
        return
    _print_figures(frame, dataset)
    if checked:
        for company in names:
            _print_counting(company, dataset)
    elif name is not None:
        for record in frame.to_dict("records"):
            filing = dataset.figures[record["company"], record["fiscal_year"]].filing
            year = translated(record["fiscal_year"], chosen()) or text("companies.undated")
            note(f"{year}: {_origin(record)}{f' {filing}' if filing else ''}")
    else:
        if not peers:
            note(text("companies.peers", count=sum(map(dataset.is_peer, dataset.companies))))
        note(text("companies.more"))
    next_step(step)


def _print_figures(frame: pd.DataFrame, dataset: Dataset) -> None:
    """Print the base figures of companies and years."""
    from xlplugin.model.evaluation import evaluate

    rows = []
    lines = ["base_gross_margin", "base_operating_income", "base_operating_margin", "base_eps"]
    for record in frame.to_dict("records"):
        base = evaluate({k: v for k, v in record.items() if k in FINANCIALS}, lines)
        loss = base["base_operating_income"] < 0
        eps = shown(base["base_eps"], "base_eps")
        rows.append(
            [
                text("companies.lab", company=record["company"])
                if dataset.is_lab(record["company"])
                else record["company"],
                record["ticker"] or "-",
                record["fiscal_year"].replace(" annualised", "*"),
                _date(record["period_end"]),
                f"{record['currency']} {shown(record['revenue'], 'revenue', unit='money')}",
                shown(base["base_gross_margin"], "base_gross_margin"),
                text("companies.loss")
                if loss
                else shown(base["base_operating_margin"], "base_operating_margin"),
                eps if base["base_eps"] != base["base_eps"] else f"{record['currency']} {eps}",
            ]
        )
    names = ("company", "ticker", "year", "period_end", "revenue", "gross", "operating", "eps")
    headers = [text(f"companies.column.{name}") for name in names]
    print_table(headers, rows, text_columns=4, dim=(1, 3), title=text("companies.figures"))
    if any(map(dataset.is_lab, frame["company"])):
        note(text("companies.labs"))


@click.command()
@click.argument("name", required=False)
@click.option("--company", "named", help="The same as NAME.")
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", "file", metavar="FILE", help="Add a table of assumptions of your own.")
@shown_or_written
def assumptions(
    outlet: Outlet, name: str | None, named: str | None, companies: str | None, file: str | None
) -> None:
    """Show low, base and high of every assumption with its basis; with NAME, those that count for a company.

    * stands for any company, *cloud and the like for those of a business model.
    """
    if outlet.form("assumptions"):
        return
    from xlplugin.api import assumptions as frame_of
    from xlplugin.data.shipped import extended

    dataset = extended(companies, file, decimal=outlet.decimal)
    frame = frame_of(file, companies=companies, decimal=outlet.decimal)
    about = dataset.company(name or named or "") if name or named else ""
    if about:
        counting = {(one.company, one.parameter) for one in _counting(about, dataset)}
        pairs = zip(frame["company"], frame["parameter"], strict=True)
        frame = frame[[pair in counting for pair in pairs]]
    step = command(
        "tornado" if about else "assumptions", about or dataset.choice()[0],
        keeping=("companies", "file", "decimal"),
    )  # fmt: skip
    if outlet.passed_on(frame, text("assumptions.title"), step):
        return
    _print_assumptions(frame.to_dict("records"))
    note(text("assumptions.note", basis=label("basis:judgement", chosen())))
    note(text("assumptions.more"))
    next_step(step)


def _counting(company: str, dataset: Dataset) -> list[Assumption]:
    """Return the assumptions that count for a company."""
    from xlplugin.data.files import PARAMETERS

    found = (dataset.assumption(company, parameter) for parameter in PARAMETERS)
    return [assumption for assumption in found if assumption]


def _print_counting(company: str, dataset: Dataset) -> None:
    """Print the assumptions that would count for a company, and whether they are general ones."""
    from xlplugin.data.precedence import GENERAL, case

    heading(text("assumptions.counting", company=company))
    _print_assumptions([asdict(assumption) for assumption in _counting(company, dataset)])
    if case(dataset, company, dataset.year(company)).general_assumptions({}):
        note(text("assumptions.general", company=company, names=listed(GENERAL)))


def _print_assumptions(records: Sequence[Mapping[Any, Any]]) -> None:
    rows = [
        [
            record["company"],
            called(record["parameter"]),
            *(entry(record[end], record["parameter"]) for end in ("low", "base", "high")),
            _basis(record["basis"]),
        ]
        for record in records
    ]
    headers = [text(f"assumptions.column.{name}") for name in ("low", "base", "high", "basis")]
    headers = [text("column.company"), text("column.assumption"), *headers]
    print_table(headers, rows, text_columns=2, coloured=False)


@click.command()
@click.option("--scenarios", "file", metavar="FILE", help="Add a table of scenarios of your own.")
@shown_or_written
def scenarios(outlet: Outlet, file: str | None) -> None:
    """Show the scenario presets: what each one sets, and what it leaves to the assumptions."""
    if outlet.form("scenarios"):
        return
    from xlplugin.api import scenarios as frame_of
    from xlplugin.data.shipped import extended, shipped

    step = command("compare", "--scenario", next(iter(shipped().scenarios)))
    frame = frame_of(file, decimal=outlet.decimal)
    if outlet.passed_on(frame, text("scenarios.title"), step):
        return
    rows = []
    for scenario in extended(scenarios=file, decimal=outlet.decimal).scenarios.values():
        sets = [f"{called(name)} {entry(value, name)}" for name, value in scenario.levers.items()]
        rows.append([scenario.name, translated(scenario.label, chosen()), ", ".join(sets)])
    headers = [text(f"scenarios.column.{name}") for name in ("name", "label", "sets")]
    print_table(headers, rows, text_columns=3, dim=(2,), folded=(1,))
    note(text("scenarios.note"))
    next_step(step)


def _origin(record: Mapping[Hashable, Any]) -> str:
    """Return where a company's figures come from, in a sentence."""
    source, filing, confidence = (str(record[name]) for name in ("source", "accession", "confidence"))
    told = text("companies.accession", number=filing) if filing and filing not in source else ""
    named = f"confidence:{confidence}"
    trust = label(named, chosen()) if chosen() != "en" and labelled(named) else confidence
    parts = [part for part in (translated(source, chosen()), told, trust) if part]
    told = "; ".join(parts) or text("companies.no_source")
    return ". ".join(part for part in (told, translated(str(record["note"]), chosen())) if part)


def _date(day: str) -> str:
    """Return a day as the language writes it; what is no day of the form 2025-01-31 stays."""
    parts = str(day).split("-")
    return text("date", year=parts[0], month=parts[1], day=parts[2]) if len(parts) == 3 else str(day)


def _basis(basis: str) -> str:
    return label(f"basis:{basis}", chosen()) if basis else ""
