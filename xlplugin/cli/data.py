"""Commands that show the dataset, check a table of the analyst's own and write one to fill in."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.terminal import (
    decimal_option,
    heading,
    json_option,
    next_step,
    note,
    peers_option,
    print_json,
    print_table,
    say,
    with_peers,
    word,
)
from xlplugin.files.spreadsheets import SPREADSHEETS
from xlplugin.model.errors import InputError
from xlplugin.model.formats import shown
from xlplugin.model.inputs import FINANCIALS, INPUTS
from xlplugin.model.labels import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from xlplugin.data.dataset import Dataset

#: What names a table in place of a company.
_TABLES = (".csv", ".tsv", ".txt", *SPREADSHEETS)

_OPTIONS = (
    click.option(
        "--new",
        metavar="OUT.csv",
        type=click.Path(path_type=Path),
        help="Write a table with one row to fill, and beside it what each column means.",
    ),
    click.option(
        "--lang", type=click.Choice(LANGUAGES), default="en", help="Language of what --new explains."
    ),
    click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="A .csv, .parquet or .xlsx file, in place of a table.",
    ),
    click.option("--force", is_flag=True, help="Replace what is written."),
    decimal_option,
    json_option,
)


@dataclass(frozen=True)
class Outlet:
    """Where a table of the dataset goes: the screen, a file, JSON; or a form to fill in place of it."""

    new: Path | None
    lang: str
    output: Path | None
    force: bool
    decimal: str | None
    as_json: bool

    def form(self, table: str) -> bool:
        """Write the form of a table and return whether that was asked for."""
        if self.new is None:
            return False
        from xlplugin.data.forms import write_form

        beside = write_form(self.new, table, self.lang, force=self.force)
        say(f"Wrote {self.new}, one row to fill, and {beside}, which explains its columns.")
        named = word(self.new) if table == "companies" else f"--{table} {word(self.new)}"
        next_step(f"fill it in and check it: xlplugin {table} {named}")
        return True

    def passed_on(self, frame: pd.DataFrame, title: str) -> bool:
        """Write a frame to its file or as JSON, and return whether that was asked for."""
        if self.output is not None:
            from xlplugin.analysis.export.output import check_output, write_output

            check_output(self.output, self.force)
            records: Any = frame.to_dict("records")
            write_output(self.output, records, title, None)
            say(f"Wrote {len(records)} rows to {self.output}.")
        elif self.as_json:
            print_json(frame)
        return self.output is not None or self.as_json


def _shown_or_written(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of an :class:`Outlet`, which comes first among its arguments."""

    @wraps(command)
    def given(**options: Any) -> None:
        outlet = Outlet(**{field.name: options.pop(field.name) for field in fields(Outlet)})
        command(outlet, **options)

    for option in reversed(_OPTIONS):
        given = option(given)
    return given


@click.command()
@click.argument("name", metavar="[NAME|FILE]", required=False)
@click.option("--companies", "file", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", "own", metavar="FILE", help="With FILE: add your own table of assumptions.")
@peers_option
@_shown_or_written
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
        fix = f"name one: xlplugin companies {word(checked)}"
        raise InputError.wrong("--companies", file, fix, "one table")
    file = checked or file
    dataset, frame = extended(file, own, decimal=outlet.decimal), frame_of(file, decimal=outlet.decimal)
    if checked:
        typed = [
            dataset.company(row.company) for row in figures_of(read_table(checked, decimal=outlet.decimal))
        ]
        chosen = tuple(dict.fromkeys(typed))
    else:
        chosen = dataset.choice(with_peers([name] if name else [], peers, dataset))
    frame = frame[frame["company"].isin(chosen)]
    if outlet.passed_on(frame, "Companies"):
        return
    _print_figures(frame, dataset)
    if checked:
        for company in chosen:
            _print_counting(company, dataset)
        next_step(f"xlplugin run --companies {word(checked)} --company {word(chosen[0])}")
    elif name is not None:
        for record in frame.to_dict("records"):
            filing = dataset.figures[record["company"], record["fiscal_year"]].filing
            note(f"{record['fiscal_year'] or 'undated'}: {_origin(record)}{f' {filing}' if filing else ''}")
        added = f" --companies {word(file)}" if file else ""
        next_step(f"xlplugin assumptions {word(chosen[0])}{added}")
    else:
        if not peers:
            note(f"{sum(map(dataset.is_peer, dataset.companies))} peers more: --peers shows them.")
        next_step("xlplugin companies NAME shows a company's sources; --new OUT.csv starts one of your own")


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
                record["company"] + (" (lab)" if dataset.is_lab(record["company"]) else ""),
                record["ticker"] or "-",
                record["fiscal_year"].replace(" annualised", "*"),
                record["period_end"],
                f"{record['currency']} {shown(record['revenue'], 'revenue', unit='money')}",
                shown(base["base_gross_margin"], "base_gross_margin"),
                "loss" if loss else shown(base["base_operating_margin"], "base_operating_margin"),
                eps if base["base_eps"] != base["base_eps"] else f"{record['currency']} {eps}",
            ]
        )
    headers = ["company", "ticker", "year", "period end", "revenue m", "gross m.", "operating m.", "EPS"]
    print_table(headers, rows, text_columns=4, dim=(1, 3), title="Base figures, GAAP less one-offs")
    if any(map(dataset.is_lab, frame["company"])):
        note("Labs: secondary (OpenAI) or theoretical (DeepSeek, * one day times 365) figures.")


@click.command()
@click.argument("name", required=False)
@click.option("--company", "named", help="The same as NAME.")
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", "file", metavar="FILE", help="Add a table of assumptions of your own.")
@_shown_or_written
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
    if name or named:
        frame = _counting(frame, dataset.company(name or named or ""), dataset)
    if outlet.passed_on(frame, "Assumptions"):
        return
    _print_assumptions(frame.to_dict("records"))
    note("judgement = our reading, not a disclosed figure; --json has each note and fiscal year.")
    next_step("xlplugin assumptions NAME, or your own with --assumptions FILE (--new OUT.csv starts one)")


def _counting(frame: pd.DataFrame, company: str, dataset: Dataset) -> pd.DataFrame:
    """Return the rows of a frame of assumptions that count for a company."""
    from xlplugin.data.files import PARAMETERS

    counting = {
        (assumption.company, assumption.parameter)
        for parameter in PARAMETERS
        if (assumption := dataset.assumption(company, parameter))
    }
    pairs = zip(frame["company"], frame["parameter"], strict=True)
    return frame[[pair in counting for pair in pairs]]


def _print_counting(company: str, dataset: Dataset) -> None:
    """Print the assumptions that would count for a company, and whether they are general ones."""
    from xlplugin.data.files import PARAMETERS
    from xlplugin.data.precedence import GENERAL, case

    heading(f"Assumptions that count for {company}")
    found = [dataset.assumption(company, parameter) for parameter in PARAMETERS]
    _print_assumptions(
        [
            {name: getattr(one, name) for name in ("company", "parameter", "low", "base", "high", "basis")}
            | {"unit": INPUTS[one.parameter].unit}
            for one in found
            if one
        ]
    )
    if case(dataset, company, dataset.year(company)).general_assumptions({}):
        note(
            f"{company} stands on general assumptions: shown and marked, never ranked, until it has one of"
            f" its own: {', '.join(GENERAL)} (xlplugin assumptions --new OUT.csv)."
        )


def _print_assumptions(records: Sequence[Mapping[Any, Any]]) -> None:
    rows = [
        [
            record["company"],
            record["parameter"],
            *(_number(record[end], record["unit"]) for end in ("low", "base", "high")),
            record["basis"],
        ]
        for record in records
    ]
    headers = ["company", "assumption", "low", "base", "high", "basis"]
    print_table(headers, rows, text_columns=2, coloured=False)


@click.command()
@click.option("--scenarios", "file", metavar="FILE", help="Add a table of scenarios of your own.")
@_shown_or_written
def scenarios(outlet: Outlet, file: str | None) -> None:
    """Show the scenario presets: what each one sets, and what it leaves to the assumptions."""
    if outlet.form("scenarios"):
        return
    from xlplugin.api import scenarios as frame_of
    from xlplugin.data.shipped import extended

    if outlet.passed_on(frame_of(file, decimal=outlet.decimal), "Scenarios"):
        return
    rows = []
    for scenario in extended(scenarios=file, decimal=outlet.decimal).scenarios.values():
        sets = ", ".join(f"{k} {_number(v, INPUTS[k].unit)}" for k, v in scenario.levers.items())
        rows.append([scenario.name, scenario.label, sets])
    print_table(["scenario", "label", "sets"], rows, text_columns=3, dim=(2,), folded=(1,))
    note("The deepseek presets do not apply to the labs: a price cut by DeepSeek is no cost cut for it.")
    next_step("xlplugin run --scenario half --company Salesforce")


def _origin(record: Mapping[Hashable, Any]) -> str:
    """Return where a company's figures come from, in a sentence."""
    source, filing = str(record["source"]), str(record["accession"])
    told = f"accession {filing}" if filing and filing not in source else ""
    parts = [part for part in (source, told, str(record["confidence"])) if part]
    return ". ".join(part for part in ("; ".join(parts) or "no source given", record["note"]) if part)


def _number(value: float, unit: str) -> str:
    return f"{value:.4g}" if unit in ("elasticity", "ratio", "years") else f"{value * 100:.4g}%"
