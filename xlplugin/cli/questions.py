"""What the analysis commands share: their options, what was asked, and where the answer goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.terminal import json_option, note, print_json
from xlplugin.model.errors import CellError, Fault, InputError, suggestion
from xlplugin.model.inputs import INPUTS
from xlplugin.model.plan import MODEL_INPUTS

if TYPE_CHECKING:
    from xlplugin.analysis.export.charts import Chart
    from xlplugin.data.subjects import Subject

__all__ = [
    "NO_FORECAST",
    "Asked",
    "Progress",
    "answered",
    "asked",
    "case_words",
    "entry",
    "heading",
    "note_trust",
    "records",
    "settings_of",
    "uncertain",
]

#: Said below results.
NO_FORECAST = "A what-if from assumptions, most of them judgement: no forecast, no advice."

_OPTIONS = (
    click.option(
        "--scenario", metavar="NAME", help="A preset; default: base assumptions, 30% lower AI cost."
    ),
    click.option(
        "--set", "settings", multiple=True, metavar="INPUT=VALUE", help="Set a lever or exposure (repeat)."
    ),
    click.option(
        "--fiscal-year", help="A fiscal year, or article (as of January 2025); default: the latest."
    ),
    click.option(
        "--companies", "companies_file", metavar="FILE", help="Add a table of companies of your own."
    ),
    click.option(
        "--assumptions", "assumptions_file", metavar="FILE", help="Add your own table of assumptions."
    ),
    click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="A .csv, .parquet, .xlsx, .png or .svg file."
    ),
    click.option("--force", is_flag=True, help="Replace the output."),
    json_option,
)

_UNCERTAIN = (
    click.option(
        "--seed", type=int, default=1, show_default=True, help="The same seed gives the same draws."
    ),
    click.option(
        "--distribution",
        type=click.Choice(["pert", "triangular", "uniform", "normal", "lognormal"]),
        default="pert",
        show_default=True,
        help="What is drawn between low and high.",
    ),
    click.option(
        "--reading",
        type=click.Choice(["bounds", "percentiles"]),
        default="bounds",
        show_default=True,
        help="Low and high are bounds, or 10th and 90th percentiles.",
    ),
    click.option("--input", "inputs", multiple=True, metavar="NAME", help="Draw only this input (repeat)."),
)


def asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that every analysis takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def uncertain(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of analyses that draw."""
    for option in reversed(_UNCERTAIN):
        command = option(command)
    return command


class Asked:
    """Dataset, scenario and entries of one command, and its output."""

    def __init__(self, options: dict[str, Any]) -> None:
        from xlplugin.data.shipped import extended

        self.dataset = extended(options["companies_file"], options["assumptions_file"])
        self.scenario = options["scenario"]
        self.levers = settings_of(options["settings"])
        self.fiscal_year = options["fiscal_year"]
        self.output, self.force, self.as_json = options["output"], options["force"], options["as_json"]
        if self.output is not None:
            from xlplugin.analysis.export.output import check_output

            check_output(self.output, self.force)

    @property
    def shared(self) -> dict[str, Any]:
        """What every method of analysis takes by keyword."""
        return {
            "scenario": self.scenario,
            "levers": self.levers,
            "fiscal_year": self.fiscal_year,
            "dataset": self.dataset,
        }

    def subject(self, company: str, *, path: bool = False) -> Subject:
        """Return the subject of one company."""
        from xlplugin.data.subjects import subject

        return subject(company, **self.shared, path=path)


def settings_of(settings: Sequence[str]) -> dict[str, str]:
    """Return ``INPUT=VALUE`` texts as a mapping; InputError for anything else."""
    found: dict[str, str] = {}
    for setting in settings:
        name, equals, typed = setting.partition("=")
        name = name.strip()
        if not equals or not typed.strip():
            fix = "write it as --set cost_reduction=30%"
            raise InputError(Fault(None, "--set", setting, "", fix, CellError.WRONG_TYPE))
        if name not in MODEL_INPUTS:
            fix = suggestion(name, MODEL_INPUTS)
            raise InputError(Fault(None, "--set", name, "", fix, CellError.WRONG_TYPE))
        if name in found:
            raise InputError(Fault(None, "--set", f"{name} twice", "", "give it once", CellError.WRONG_TYPE))
        found[name] = typed.strip()
    return found


def answered(
    one: Asked,
    rows: Sequence[dict[str, Any]],
    title: str,
    chart: Chart | None = None,
    notes: Sequence[str] = (),
) -> bool:
    """Write the answer to its file or as JSON, and return whether that was asked for."""
    if one.output is not None:
        from xlplugin.analysis.export.output import write_output

        write_output(one.output, rows, title, chart, notes)
        click.echo(f"Wrote {len(rows)} rows to {one.output}.")
        return True
    if one.as_json:
        print_json(rows)
        return True
    return False


def note_trust(one: Subject, measure: str | None = None) -> None:
    """Say how far the figures of a company can be trusted."""
    if one.undetermined and measure is not None:
        from xlplugin.analysis.comparison import market_range
        from xlplugin.model.formats import shown

        low, high = (shown(end, measure) for end in market_range(one, measure))
        note(
            f"{one.company}: direction not determined by cost alone; {low} to {high} over market_elasticity."
        )
    if one.is_lab:
        note(f"{one.company} is a lab: its figures are secondary (OpenAI) or theoretical (DeepSeek).")
    fallbacks = one.case.fallback_exposures({}, tuple(one.inputs))
    if fallbacks and len(fallbacks) > 4:
        note(f"Filled by the fallback for any company: {', '.join(fallbacks)}.")


def heading(text: str) -> None:
    """Print the heading of a table, on one line where the width allows it."""
    from rich.text import Text

    from xlplugin.cli.terminal import console

    console().print(Text(text, style="bold"))


def entry(value: float, name: str) -> str:
    """Return an input as people type it."""
    if value != value:
        return "#N/A"
    unit = INPUTS[name].unit
    return f"{value * 100:.4g}%" if unit == "share" else f"{value:,.4g}"


def case_words(one: Asked) -> str:
    """Return the scenario and the entries in words."""
    words = [one.scenario or "base assumptions", *(f"{name} {value}" for name, value in one.levers.items())]
    return ", ".join(words)


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame."""
    return frame.to_dict("records")  # type: ignore[no-any-return]


class Progress:
    """How far a long run is, on one line of a terminal and nowhere else."""

    def __init__(self) -> None:
        self.shown = False
        self.live = sys.stderr.isatty()

    def __call__(self, done: int, total: int) -> None:
        """Show the share that is done."""
        if self.live and total > 500_000:
            self.shown = True
            click.echo(f"\r{done:,} of {total:,} draws ({done / total:.0%})", nl=False, err=True)

    def clear(self) -> None:
        """Take the line away."""
        if self.shown:
            click.echo("\r" + " " * 60 + "\r", nl=False, err=True)
            self.shown = False
