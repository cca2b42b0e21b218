"""Commands that run scenarios."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.terminal import json_option, next_step, note, print_json, print_table
from xlplugin.errors import CellError, Fault, InputError, suggestion
from xlplugin.formats import shown
from xlplugin.lines import UNITS
from xlplugin.model import FUNCTIONS, MODEL_INPUTS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["grid", "run"]

#: What a person sees of a run without --lines.
SHOWN_LINES = ("gross_margin", "gross_margin_change", "operating_margin", "operating_margin_change", "eps", "eps_change")


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("-o", "--output", metavar="OUT", help="Write the result to a file.")
@click.option("--company", "names", multiple=True, help="A company or ticker (repeat for more); default: all.")
@click.option("--fiscal-year", help="A fiscal year, or article (as of January 2025); default: the latest.")
@click.option("--scenario", "scenarios", multiple=True, help="A preset (repeat for more); default: all presets.")
@click.option("--set", "settings", multiple=True, metavar="INPUT=VALUE[,VALUE...]", help="Set a lever or exposure.")
@click.option("--lines", help="Lines or bridge bars, commas between; default: all.")
@click.option("--inputs", type=click.Choice(["used", "given"]), default="used", help="Which inputs to show.")
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", metavar="FILE", help="Add a table of assumptions of your own.")
@click.option("--decimal", type=click.Choice([".", ","]), help="The decimal sign of FILE; default: as it shows.")
@click.option("--force", is_flag=True, help="Replace OUT.")
@json_option
def run(
    file: str | None,
    output: str | None,
    names: tuple[str, ...],
    fiscal_year: str | None,
    scenarios: tuple[str, ...],
    settings: tuple[str, ...],
    lines: str | None,
    inputs: str,
    companies: str | None,
    assumptions: str | None,
    decimal: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Run scenarios: FILE (CSV or .xlsx rows with any of the inputs), presets, or a grid of --set.

    Percentages may be typed 30% or 0.3.
    """
    from xlplugin.dataset import extended
    from xlplugin.frames import run as run_frame

    dataset = extended(companies, assumptions)
    if file is not None and (scenarios or settings):
        raise click.UsageError("--scenario and --set go without FILE", click.get_current_context())
    table: Any = file if file is not None else grid(dataset, scenarios, settings)
    chosen = None if lines is None else [name.strip() for name in lines.split(",") if name.strip()]
    result = run_frame(
        Path(table) if isinstance(table, str) else table,
        list(names) or None,
        fiscal_year=fiscal_year,
        lines=chosen,
        inputs=inputs,
        decimal=decimal,
        dataset=dataset,
    )
    if output is not None:
        _write(result, Path(output), force)
        click.echo(f"Wrote {len(result)} rows to {output}.")
    elif as_json:
        print_json(result)
    else:
        _print_result(result, chosen)


def grid(dataset: Any, scenarios: tuple[str, ...], settings: tuple[str, ...]) -> Any:
    """Return scenario rows: the named presets, times every combination of the settings."""
    from xlplugin.entries import number, pieces

    if not settings:
        return list(scenarios) or None
    levers: dict[str, list[tuple[str, float]]] = {}
    for setting in settings:
        name, equals, typed = setting.partition("=")
        name = name.strip()
        if not equals or not typed.strip():
            fix = "write it as --set cost_reduction=30%"
            raise InputError(Fault(None, "--set", setting, "", fix, CellError.WRONG_TYPE))
        if name not in MODEL_INPUTS:
            raise InputError(Fault(None, "--set", name, "", suggestion(name, MODEL_INPUTS), CellError.WRONG_TYPE))
        if name in levers:
            fix = f"give its values once: --set {name}=VALUE,VALUE"
            raise InputError(Fault(None, "--set", f"{name} twice", "", fix, CellError.WRONG_TYPE))
        levers[name] = [(piece.strip(), number(piece, name) or 0.0) for piece in pieces(typed, name)]
    presets = [dataset.scenario(name) for name in scenarios] or [None]
    if "cost_reduction" not in levers and any(p is None or "cost_reduction" not in p.levers for p in presets):
        fix = "add --set cost_reduction=30% or --scenario NAME"
        raise InputError(Fault(None, "cost_reduction", None, "", f"not given: {fix}", CellError.NOT_AVAILABLE))
    rows = []
    for preset, combination in itertools.product(presets, itertools.product(*levers.values())):
        chosen = dict(zip(levers, combination, strict=True))
        label = ", ".join(f"{name}={typed}" for name, (typed, _) in chosen.items())
        row: dict[str, Any] = {"scenario": f"{preset.name}, {label}" if preset else label}
        if preset:
            row |= {**preset.levers, "not_applicable_to": ";".join(preset.not_applicable_to)}
        rows.append(row | {name: value for name, (_, value) in chosen.items()})
    return rows


def _print_result(result: pd.DataFrame, lines: list[str] | None) -> None:
    chosen = [name for name in (lines or SHOWN_LINES) if name in FUNCTIONS]
    rows = [
        [r["company"] + (" †" if r["direction_undetermined"] else ""), r["fiscal_year"] or "-", r["scenario"],
         *(shown(r[name], name) for name in chosen)]
        for r in result.astype(object).where(result.notna(), None).to_dict("records")
    ]
    print_table(["company", "year", "scenario", *(_header(name) for name in chosen)], rows, text_columns=3, dim=(1,))
    if result["direction_undetermined"].any():
        note("† direction not determined by cost alone: it turns on market_elasticity around 1.")
    fallbacks = sorted(set(";".join(result["fallback_exposures"]).split(";")) - {""})
    if fallbacks:
        note(f"Filled by the fallback for any company: {', '.join(fallbacks)}.")
    if result["exposure_year_differs"].any():
        note("Some exposures are tied to another fiscal year than the figures.")
    next_step("-o OUT.csv keeps every line, --lines NAME,NAME picks some, --json is for programs")


def _header(line: str) -> str:
    words = line.replace("operating", "op.").replace("_", " ")
    return f"{words} m" if UNITS[line] == "money" else words


def _write(result: pd.DataFrame, path: Path, force: bool) -> None:
    if path.exists() and not force:
        fix = "choose another name, or add --force to replace it"
        raise InputError(Fault(None, "output", str(path), "", f"it exists: {fix}", CellError.WRONG_TYPE))
    result.to_csv(path, index=False)


