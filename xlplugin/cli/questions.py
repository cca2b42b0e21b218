"""What the analysis commands share: their options, what is asked, and where the answer goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import (
    called,
    chosen,
    figure,
    in_currency,
    listed,
    not_available,
    share,
    spoken,
    text,
)
from xlplugin.cli.steps import typed
from xlplugin.cli.terminal import decimal_option, json_option, next_step, note, print_json, say
from xlplugin.data.names import named
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import INPUTS
from xlplugin.model.messages import message
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS
from xlplugin.workbook.builder.texts import translated
from xlplugin.workbook.builder.your_case import is_your_case, your_case

if TYPE_CHECKING:
    from xlplugin.analysis.export.plots import Plot
    from xlplugin.data.dataset import Dataset
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
    def language(self) -> str:
        """The language of what the answer's file says."""
        return chosen()

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
        return scenario_words(self.dataset, self.scenario) if self.scenario else ""

    def title(self, key: str, subject: Subject, measure: str) -> str:
        """Return a title that names company, year, measure and scenario."""
        return text(
            key, company=subject.company, year=subject.case.fiscal_year, measure=spoken(measure),
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
        plot: Callable[[], Plot | None] = lambda: None,
        notes: Sequence[str] = (),
        step: str = "",
    ) -> bool:
        """Write the answer to its file or as JSON, and return whether that was asked for.

        The currency of its money stands in a last column. ``step`` is the command to type next.
        """
        if self.output is not None or self.as_json:
            rows = [{**row, "currency": row.get("currency") or self.currency(row["company"])} for row in rows]
        if self.output is not None:
            from xlplugin.analysis.export.output import write_output

            again, language = parameters(self.dataset), self.language
            settings: dict[str, Any] = {"size": self.size, "parameters": again, "language": language}
            write_output(self.output, rows, title, plot(), notes, **settings)
            say(text("wrote_rows", count=len(rows), output=self.output))
            if step:
                next_step(step)
        elif self.as_json:
            print_json(rows)
        return self.output is not None or self.as_json


def parameters(dataset: Dataset) -> dict[str, str]:
    """Return what makes an answer again: the command as it was typed, version, data, and the day."""
    from xlplugin import __version__
    from xlplugin.analysis.export.wording import day
    from xlplugin.batch.manifest import data_hash

    context = click.get_current_context()
    names = {parameter.name or "" for parameter in context.command.params} - _OF_THE_FILE
    values = {
        "command": " ".join(["xlplugin", context.info_name or "", *typed(names), "--lang", chosen()]),
        "version": f"xlplugin {__version__}",
        "data": data_hash(dataset),
        "day": day(chosen()),
    }
    values |= {
        name: str(value)
        for name, value in context.params.items()
        if value not in (None, (), False) and name not in _OF_THE_FILE
    }
    return {text(f"parameters.{name}") if name in _SAID else name: value for name, value in values.items()}


#: What of the parameters has a name in words; options have their own.
_SAID = ("command", "version", "data", "day")

#: Options that say where an answer goes, and in which language.
_OF_THE_FILE = {"output", "force", "as_json", "size", "lang"}


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


Command = Callable[..., Any]


def _gathered(
    keyword: str, gather: Callable[..., Any], options: Mapping[str, Callable[[Command], Command]]
) -> Callable[[Command], Command]:
    """Return a decorator that adds ``options``, by name, which reach the command as one argument."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def gathering(**given: Any) -> Any:
            gathered = gather(**{name: given.pop(name) for name in options})
            return command(**{keyword: gathered}, **given)

        decorated: Command = gathering
        for option in reversed(list(options.values())):
            decorated = option(decorated)
        return decorated

    return decorate


#: Options of what is asked, by name.
_CASE: dict[str, Callable[[Command], Command]] = {
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
_ANSWER: dict[str, Callable[[Command], Command]] = {
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
asked = _gathered("question", Question, {**_CASE, **_ANSWER})

#: Adds the options of what is asked alone, for a command that has its own ways to answer.
asked_alone = _gathered("question", Question, _CASE)

#: Adds the options of analyses that draw; the command gets them as ``drawn``, which the analyses take.
uncertain = _gathered(
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


def note_trust(subject: Subject, measure: str | None = None) -> None:
    """Say how far the figures of a company can be trusted."""
    if subject.undetermined and measure is not None:
        from xlplugin.analysis.comparison import market_range

        ends = market_range(subject, measure)
        low, high = (in_currency(end, measure, subject.case.currency) for end in ends)
        lever = called("market_elasticity")
        note(text("trust.undetermined", company=subject.company, low=low, high=high, lever=lever))
    if subject.is_lab:
        note(text("trust.lab", company=subject.company))
    fallbacks = subject.case.fallback_exposures({}, tuple(subject.inputs))
    if fallbacks and len(fallbacks) > 4:
        note(text("trust.fallback", names=listed(fallbacks)))


def range_in_words(subject: Subject, measure: str) -> list[str]:
    """Say between which percentiles a measure lies, and why where its headline lies outside.

    No sentence where the measure is not available.
    """
    from xlplugin.analysis.uncertainty.ranges import spread_of
    from xlplugin.data.subjects import FACE_VALUE

    found, currency = spread_of(subject, measure), subject.case.currency
    if not found.used:
        return []
    ends = [f"P{end} {in_currency(getattr(found, f'p{end}'), measure, currency)}" for end in (10, 50, 90)]
    reduction = entry(subject.inputs["cost_reduction"], "cost_reduction")
    face_value = scenario_words(subject.dataset, FACE_VALUE)
    held = text("range.held", scenario=face_value, reduction=reduction)
    if subject.scenario:
        held = scenario_words(subject.dataset, subject.scenario)
    left = text("range.outside", count=found.invalid) if found.invalid else ""
    lines = [text("range.words", measure=spoken(measure), held=held, ends=", ".join(ends), left=left)]
    if found.why:
        headline, place = in_currency(found.headline, measure, currency), found.percentile * 100
        lines.append(text("range.why", headline=headline, place=place, why=found.why))
    return lines


def note_open(subject: Subject, key: str) -> None:
    """Say that without a scenario the reduction and its haircuts are open, too; ``key`` names the text."""
    from xlplugin.data.subjects import CLAIM

    names = [name for name in CLAIM if name not in subject.given]
    if names and not subject.scenario:
        note(text(key, names=listed(names)))


def entry(value: float, name: str) -> str:
    """Return an input as people type it."""
    if value != value:
        return not_available()
    return share(value) if INPUTS[name].is_fraction else figure(value, ",.4g")


def scenario_words(dataset: Dataset, scenario: str) -> str:
    """Return a scenario as people read it: by its name in English, by its label in another language."""
    if is_your_case(scenario) and scenario not in dataset.scenarios:
        return your_case(dataset, chosen()).label if chosen() != "en" else scenario
    preset = dataset.scenarios.get(scenario)
    return translated(preset.label, chosen()) if preset and chosen() != "en" else scenario


def records(frame: Any) -> list[dict[str, Any]]:
    """Return the rows of a frame."""
    rows: list[dict[str, Any]] = frame.to_dict("records")
    return rows
