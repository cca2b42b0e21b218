"""The command that runs scenarios."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from xlplugin.cli.language import chosen, text
from xlplugin.cli.options import decimal_option, json_option, peers_option, with_peers
from xlplugin.cli.progress import progress_bar
from xlplugin.cli.questions import measure_of
from xlplugin.cli.steps import command, free_name
from xlplugin.cli.terminal import WIDTH, next_step, print_json, say
from xlplugin.model.errors import SHOWN_FAULTS, Fault, InputError

__all__ = ["run"]


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "-o", "--output", metavar="OUT", help="Write to OUT: .csv, .parquet, .xlsx, - (CSV), or DIR/ (parts)."
)
@click.option(
    "--company", "names", multiple=True, help="A company or ticker (repeat for more); default: all but peers."
)
@peers_option
@click.option("--fiscal-year", help="A fiscal year, or article (as of January 2025); default: the latest.")
@click.option(
    "--scenario", "scenarios", multiple=True, help="A preset (repeat for more); default: all presets."
)
@click.option(
    "--set", "settings", multiple=True, metavar="INPUT=VALUE[,VALUE...]", help="Set a lever or exposure."
)
@click.option("--lines", help="Lines or bridge bars, commas between; default: all.")
@click.option("--inputs", type=click.Choice(["used", "given"]), default="used", help="Which inputs to show.")
@click.option(
    "--errors", type=click.Choice(["stop", "keep"]), default="stop", help="Stop at faulty rows, or keep them."
)
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", metavar="FILE", help="Add a table of assumptions of your own.")
@decimal_option
@click.option("--sheet", help="The sheet of a workbook; default: the first that is visible.")
@click.option("--resume", is_flag=True, help="Continue a run into DIR/ after its last complete part.")
@click.option(
    "--part-rows", type=click.IntRange(min=1), metavar="ROWS", help="Scenario rows of each part in DIR/."
)
@click.option("--dask", metavar="tcp://HOST:PORT", help="Run on a Dask cluster; OUT is DIR/.")
@click.option("--force", is_flag=True, help="Replace OUT.")
@json_option
def run(**given: Any) -> int | None:
    """Run scenarios: FILE, presets, or a grid of --set.

    FILE is CSV (- for standard input), Parquet, a spreadsheet with any of the inputs as columns, a filled
    template workbook, or a TOML study. Percentages may be typed 30% or 0.3.
    """
    if given["file"] is not None and (given["scenarios"] or given["settings"]):
        raise click.UsageError("--scenario and --set go without FILE", click.get_current_context())
    if given["output"] and given["as_json"]:
        raise click.UsageError("--json and -o go apart", click.get_current_context())
    work, lines = _job(given)
    if given["output"] is not None:
        return _written(work, given)
    if given["resume"] or given["dask"] or given["part_rows"]:
        raise click.UsageError("--resume, --part-rows and --dask need -o DIR/", click.get_current_context())
    from xlplugin.cli.run_tables import print_results

    result = work.frame()
    _notice(work, given)
    if given["as_json"]:
        print_json(result)
    else:
        print_results(result, lines)
        next_step(_next(given))
    return _summary(work.faults, len(result), int(result["fault"].notna().sum())) if work.keep else None


#: Options that make a run what it is.
_RUN = (
    "file", "names", "peers", "fiscal_year", "scenarios", "settings", "lines", "errors", "companies",
    "assumptions", "decimal", "sheet",
)  # fmt: skip


def _next(given: dict[str, Any]) -> str:
    """Return the command that keeps the run in a file of a name that is free, where it fits on a line."""
    again = command("run", "-o", free_name("results", ".csv"), keeping=_RUN)
    # standard input was read
    return again if given["file"] != "-" and len(again) < WIDTH - 10 else command("compare")


def _job(given: dict[str, Any]) -> tuple[Any, list[str] | None]:
    from xlplugin.batch.job import job
    from xlplugin.batch.readers.grid import grid_of_settings
    from xlplugin.cli.run_tables import LOSS_LINES, SHOWN_LINES
    from xlplugin.data.shipped import extended

    dataset = extended(given["companies"], given["assumptions"], decimal=given["decimal"])
    names = with_peers(given["names"], given["peers"], dataset)
    source: Any = given["file"]
    label: dict[str, Any] | None = None
    if source is None:
        label = {"scenarios": list(given["scenarios"]), "set": list(given["settings"])}
        source = list(given["scenarios"]) or None
        if given["settings"]:
            source = grid_of_settings(dataset, given["scenarios"], given["settings"])
    lines = None
    if given["lines"] is not None:
        lines = [measure_of(name.strip()) or "" for name in given["lines"].split(",") if name.strip()]
        if not lines:
            raise InputError.wrong("--lines", given["lines"], "name a line")
    job_of = partial(
        job, source, names, fiscal_year=given["fiscal_year"], inputs=given["inputs"],
        errors=given["errors"], decimal=given["decimal"], sheet=given["sheet"],
        companies_file=given["companies"], assumptions_file=given["assumptions"],
        dataset=dataset, label=label,
    )  # fmt: skip
    short = lines is None and given["output"] is None and not given["as_json"]
    work = job_of(lines=[*SHOWN_LINES, *LOSS_LINES] if short else lines)
    wanted = lines if lines is not None else work.source.additions.get("lines")
    wanted = wanted and [measure_of(name) or "" for name in wanted]
    return (job_of(lines=wanted) if short and wanted else work), wanted


def _written(work: Any, given: dict[str, Any]) -> int | None:
    from xlplugin.batch.job import is_folder_target

    target, resume, cluster = given["output"], given["resume"], given["dask"]
    with progress_bar(text("run.rows"), work.source.count) as progress:
        if target != "-" and (is_folder_target(target) or cluster or resume):
            from xlplugin.batch.folders import write_parts

            tally = write_parts(
                work, Path(target), force=given["force"], resume=resume, part_rows=given["part_rows"],
                cluster=cluster, progress=progress,
            )  # fmt: skip
        else:
            if given["part_rows"]:
                raise click.UsageError("--part-rows needs -o DIR/", click.get_current_context())
            tally = work.to(target, force=given["force"], progress=progress, language=chosen())
    _notice(work, given)
    if target != "-":
        say(text("run.wrote", count=tally.count, rows=tally.rows, target=target))
    code = _summary(tally.faults, tally.count, tally.faulty) if work.keep else None
    if target != "-":
        next_step(command("verify", target))
    return code


def _summary(faults: list[Fault], count: int, faulty: int) -> int:
    """Say how many kept rows are faulty, on standard error; return the exit code."""
    if not faulty:
        return 0
    for fault in faults[:SHOWN_FAULTS]:
        say(fault, err=True)
    say(text("run.faulty", faulty=faulty, count=count), err=True)
    return 1


def _notice(work: Any, given: dict[str, Any]) -> None:
    """Name once the columns that are carried through, and what the file leaves without effect."""
    from xlplugin.batch.headers import column_name

    for notice in (*work.source.notices, *work.notices):
        say(notice, err=True)
    if given["file"] and given["names"] and "company" in map(column_name, work.source.columns()):
        say(text("run.company"), err=True)
    carried = list(work.carried)
    if carried:
        names, more = ", ".join(carried[:SHOWN_FAULTS]), len(carried) - SHOWN_FAULTS
        say(text("run.carried.more" if more > 0 else "run.carried", names=names, more=more), err=True)
