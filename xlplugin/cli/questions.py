"""What the analysis commands share: their options, what is asked, and where the answer goes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import called, spoken, text
from xlplugin.cli.options import Option, decimal_option, gathered, json_option
from xlplugin.cli.outlets import passed_on
from xlplugin.cli.wording import scenario_words, year_words
from xlplugin.data.names import named
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import INPUTS
from xlplugin.model.messages import message
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS

if TYPE_CHECKING:
    from xlplugin.analysis.export.plots import Plot
    from xlplugin.data.subjects import Subject


class Question:
    """Dataset, scenario and entries of one command, and where its answer goes."""

    def __init__(
        self,
        scenario: str | None,
        settings: Sequence[str],
        fiscal_year: str | None,
        companies_file: str | None,
        assumptions_file: str | None,
        decimal: str | None,
        output: Path | None = None,
        force: bool = False,
        size: str | None = None,
        as_json: bool = False,
    ) -> None:
        from xlplugin.data.shipped import extended

        self.dataset = extended(companies_file, assumptions_file, decimal=decimal)
        self.scenario, self.levers, self.fiscal_year = scenario, _settings(settings), fiscal_year
        self.output, self.as_json = output, as_json
        if output is not None:
            from xlplugin.analysis.export.output import check_output

            check_output(output, force, size)
        self.size = size

    @property
    def shared(self) -> dict[str, Any]:
        """What every method of analysis takes by keyword."""
        return {
            "scenario": self.scenario,
            "levers": self.levers,
            "fiscal_year": self.fiscal_year,
            "dataset": self.dataset,
        }

    @property
    def words(self) -> str:
        """The scenario and the entries in words."""
        entries = (f"{called(name)} {value}" for name, value in self.levers.items())
        return ", ".join([self.scenario_words or text("base_assumptions"), *entries])

    @property
    def scenario_words(self) -> str:
        """The scenario as people read it, blank where there is none."""
        return scenario_words(self.scenario, self.dataset) if self.scenario else ""

    def title(self, key: str, subject: Subject, measure: str) -> str:
        """Return a title that names company, year, measure and scenario."""
        return text(
            key, company=subject.company, year=year_words(subject.case.fiscal_year), measure=spoken(measure),
            scenario=self.words,
        )  # fmt: skip

    def companies(self, names: Sequence[str]) -> list[str]:
        """Return the companies of these names or tickers; all for none."""
        from xlplugin.data.subjects import subjects

        return list(subjects(list(names) or None, self.dataset))

    def currency(self, company: str) -> str:
        """Return the currency of a company's money in the year that is asked about."""
        name = self.dataset.company(company)
        return self.dataset.figures[name, self.dataset.year(name, self.fiscal_year)].currency

    def subject(self, company: str, *, path: bool = False) -> Subject:
        """Return the subject of one company."""
        from xlplugin.data.subjects import subject

        return subject(company, **self.shared, path=path)

    def answered(
        self,
        rows: Sequence[dict[str, Any]],
        title: str,
        plot: Callable[[], Plot | None],
        notes: Sequence[str],
        step: str,
    ) -> bool:
        """Write the answer to its file or as JSON, and return whether that was asked for; see `passed_on`.

        The currency of its money stands in a last column.
        """
        if self.output is None and not self.as_json:
            return False
        rows = [{**row, "currency": row.get("currency") or self.currency(row["company"])} for row in rows]
        return passed_on(
            rows, title, self.output, self.as_json, step, plot, notes, dataset=self.dataset, size=self.size
        )


def _settings(settings: Sequence[str]) -> dict[str, str]:
    """Return ``INPUT=VALUE`` texts as a mapping; InputError for anything else."""
    entries: dict[str, str] = {}
    for setting in settings:
        name, equals, typed = (part.strip() for part in setting.partition("="))
        name = named(name, MODEL_INPUTS) or name
        if not equals or not typed:
            raise InputError.wrong("--set", setting, "write it as --set cost_reduction=30%")
        if name not in MODEL_INPUTS:
            raise InputError.wrong("--set", name, suggestion(name, MODEL_INPUTS))
        if name in entries:
            raise InputError.wrong("--set", message("{name} twice", name=name), "give it once")
        entries[name] = typed
    return entries


#: Options of what is asked, by name.
_CASE: dict[str, Option] = {
    "scenario": click.option(
        "--scenario", metavar="NAME", help="A preset; default: base assumptions, 30% lower AI cost."
    ),
    "settings": click.option(
        "--set", "settings", multiple=True, metavar="INPUT=VALUE",
        help="Set a lever or exposure (repeat).",
    ),
    "fiscal_year": click.option(
        "--fiscal-year", help="A fiscal year, or article (as of January 2025); default: the latest."
    ),
    "companies_file": click.option(
        "--companies", "companies_file", metavar="FILE", help="Add a table of companies of your own."
    ),
    "assumptions_file": click.option(
        "--assumptions", "assumptions_file", metavar="FILE", help="Add your own table of assumptions."
    ),
    "decimal": decimal_option,
}  # fmt: skip

#: Options of where the answer goes, by name.
_ANSWER: dict[str, Option] = {
    "output": click.option(
        "-o", "--output", type=click.Path(path_type=Path),
        help="A .csv, .parquet, .xlsx, .png, .svg or .pdf file.",
    ),
    "size": click.option(
        "--size", metavar="SIZE",
        help="Of a picture: 16:9 (default), 4:3, square, or such as 16x9cm, 8x4.5in.",
    ),
    "force": click.option("--force", is_flag=True, help="Replace the output."),
    "as_json": json_option,
}  # fmt: skip

#: Adds the options that every analysis takes; the command gets them as ``question``.
asked = gathered("question", Question, {**_CASE, **_ANSWER})

#: Adds the options of what is asked alone, for a command that has its own ways to answer.
asked_alone = gathered("question", Question, _CASE)

#: Adds the options of analyses that draw; the command gets them as ``drawn``, which the analyses take.
uncertain = gathered(
    "drawn",
    lambda inputs, **options: {"inputs": [input_of(name) for name in inputs] or None, **options},
    {
        "seed": click.option(
            "--seed", type=int, default=1, show_default=True, help="The same seed gives the same draws."
        ),
        "distribution": click.option(
            "--distribution", type=click.Choice(["pert", "triangular", "uniform", "normal", "lognormal"]),
            default="pert", show_default=True, help="What is drawn between low and high.",
        ),
        "reading": click.option(
            "--reading", type=click.Choice(["bounds", "percentiles"]), default="bounds", show_default=True,
            help="Low and high are bounds, or 10th and 90th percentiles.",
        ),
        "inputs": click.option(
            "--input", "inputs", multiple=True, metavar="NAME", help="Draw only this input (repeat)."
        ),
    },
)  # fmt: skip


def measure_of(typed: str | None) -> str | None:
    """Return the line or bar that a measure names, itself or by its label; one that is unknown as it is."""
    return typed and (named(typed, FUNCTIONS) or typed)


def input_of(typed: str) -> str:
    """Return the input that a text names, itself or by its label; one that is unknown as it is."""
    return named(typed, INPUTS) or typed


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame."""
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows
