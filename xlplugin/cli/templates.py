"""Commands that write the workbook: demo and template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import chosen, text, typed_language
from xlplugin.cli.margins import PAIR, print_margins, print_ranges
from xlplugin.cli.options import decimal_option, json_option, peers_option, with_peers
from xlplugin.cli.steps import command, free_name
from xlplugin.cli.terminal import next_step, note, print_json, say
from xlplugin.hosts.records import HOSTS
from xlplugin.model.translations import said
from xlplugin.workbook.builder.texts import text as workbook_text

if TYPE_CHECKING:
    from xlplugin.batch.renewal import Renewal

#: What is written where it is more than one file.
_FILES = [
    f"{name}: {', and '.join(f'OUT{ending}' for ending in host.endings)} beside it"
    for name, host in HOSTS.items()
    if len(host.endings) > 1
]


@click.command()
@peers_option
@click.option("--range", "spread", is_flag=True, help="Add P10, P50 and P90 around each operating margin.")
@json_option
def demo(peers: bool, spread: bool, as_json: bool) -> None:
    """Print the margins of all companies under the presets and write the template workbook."""
    from xlplugin.analysis.uncertainty.ranges import AROUND, ranges
    from xlplugin.api import run
    from xlplugin.data.shipped import shipped
    from xlplugin.hosts.editions import write_template

    names = with_peers([], peers, shipped())
    result = run(companies=names)
    around = ranges(companies=names) if spread else None
    path = Path(free_name("xlplugin", ".xlsx"))
    if as_json:
        write_template(path, language=chosen(), companies=names)
        print_json(result if around is None else result.merge(around[[*PAIR, *AROUND]], on=PAIR))
        return
    print_margins(result)
    if around is not None:
        print_ranges(around)
    write_template(path, language=chosen(), companies=names)
    note(text("demo.workbook", path=path, sheet=workbook_text("sheet.overview", chosen())))
    next_step(command("compare", "--scenario", result["scenario"].iloc[0]))


@click.command()
@click.argument("out", metavar="OUT.xlsx", type=click.Path(path_type=Path))
@click.option("--companies", metavar="FILE", help="Add a table of companies of your own.")
@click.option("--assumptions", metavar="FILE", help="Add a table of assumptions of your own.")
@click.option("--scenarios", metavar="FILE", help="Add a table of scenarios of your own.")
@decimal_option
@click.option("--company", "names", multiple=True, help="Only this company (repeat for more).")
@peers_option
@click.option("--as-of", type=click.Choice(["article"]), help="Fiscal years as of January 2025.")
@click.option(
    "--host",
    type=click.Choice([name for name, host in HOSTS.items() if host.written]),
    help="; ".join(["Add sheets that call the functions as this host has them", *_FILES]) + ".",
)
@click.option(
    "--from",
    "filled",
    metavar="FILLED",
    type=click.Path(path_type=Path),
    help="Take over what a filled template holds: entries, own companies and scenarios, choices, language.",
)
@click.option("--force", is_flag=True, help="Replace OUT.xlsx, with all that was entered in it.")
def template(
    out: Path,
    filled: Path | None,
    companies: str | None,
    assumptions: str | None,
    scenarios: str | None,
    decimal: str | None,
    names: tuple[str, ...],
    peers: bool,
    as_of: str | None,
    host: str | None,
    force: bool,
) -> None:
    """Write the template workbook: live formulas, no macros, no Python needed to use it."""
    from xlplugin.data.shipped import extended
    from xlplugin.hosts.editions import renew_template, write_template

    dataset = extended(companies, assumptions, scenarios, decimal)
    listed = with_peers(names, peers, dataset)
    options: dict[str, Any] = {"dataset": dataset, "companies": listed, "fiscal_year": as_of}
    options |= {"force": force, "host": host}
    language = chosen()
    if filled:
        brought = renew_template(filled, out, language=typed_language(), **options)
        language = brought.language
        _told(brought, filled)
    else:
        write_template(out, language=language, **options)
    if host:
        beside = "".join(f", {out.with_suffix(ending)}" for ending in HOSTS[host].endings[1:])
        say(text("template.host", path=f"{out}{beside}", sheet=workbook_text("sheet.setup", language)))
    else:
        say(text("template.wrote", path=out, sheet=workbook_text("sheet.overview", language)))
    next_step(command("audit", out, keeping=("companies", "assumptions", "scenarios", "decimal")))


def _told(brought: Renewal, filled: Path) -> None:
    """Say what was taken over from a filled template, and each thing that did not fit, a line each."""
    count, unfit = brought.taken, len(brought.unfit)
    say(text("template.taken" if unfit else "template.all", file=filled, count=count, unfit=unfit))
    for line in (*brought.unfit, *brought.notes):
        say(f"- {said(line, chosen())}")


@click.command()
@click.argument("file", metavar="FILE.xlsx", type=click.Path(path_type=Path))
@click.option("--companies", metavar="FILE", help="Companies that the template was written with.")
@click.option("--assumptions", metavar="FILE", help="Assumptions that the template was written with.")
@click.option("--scenarios", metavar="FILE", help="Scenarios that the template was written with.")
@decimal_option
@json_option
def audit(
    file: Path,
    companies: str | None,
    assumptions: str | None,
    scenarios: str | None,
    decimal: str | None,
    as_json: bool,
) -> int:
    """Compare a filled workbook with its template: overwritten formulas, changed labels, errors.

    Exit code 1 where something is found.
    """
    from dataclasses import asdict

    from xlplugin.data.shipped import extended
    from xlplugin.hosts.editions import EDITIONS
    from xlplugin.workbook.audit import audit as audited

    findings = audited(file, extended(companies, assumptions, scenarios, decimal), EDITIONS)
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            say(finding)
        key = "audit.found" if findings else "audit.clean"
        say(text(key, file=file, count=len(findings)))
        kept = ("companies", "assumptions", "decimal")
        next_step(
            command("audit", file, "--json", keeping=(*kept, "scenarios"))
            if findings
            else command("run", file, keeping=kept)
        )
    return int(bool(findings))
