"""Commands about the programs whose cells call our functions: functions, doctor, install, serve."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from xlplugin.cli.language import chosen, text
from xlplugin.cli.options import json_option
from xlplugin.cli.steps import command
from xlplugin.cli.terminal import next_step, note, print_json, print_table, say_lines
from xlplugin.hosts.records import HOSTS
from xlplugin.model.messages import plain

_HOST = click.argument("host", type=click.Choice([name for name, host in HOSTS.items() if host.install]))


@click.command()
@json_option
def functions(as_json: bool) -> None:
    """Print the reference of the functions for cells: name, arguments, meaning, example."""
    from xlplugin.functions import FUNCTIONS
    from xlplugin.functions.reference import reference_text, signature

    if as_json:
        print_json(
            [
                {
                    "name": function.name,
                    "signature": signature(function),
                    "meaning": function.meaning[chosen()],
                    "arguments": "; ".join(f"{a.name}: {a.meaning[chosen()]}" for a in function.arguments),
                    "example": function.example,
                }
                for function in FUNCTIONS.values()
            ]
        )
        return
    click.echo(reference_text(chosen()).rstrip())
    next_step(command("doctor"), aside=True)


@click.command()
@click.argument("workbook", required=False, metavar="[WORKBOOK.xlsm]", type=click.Path(path_type=Path))
@json_option
def doctor(workbook: Path | None, as_json: bool) -> None:
    """Say for each host what is installed, what is missing and the command that mends it.

    Changes nothing. With a macro workbook, also whether its xlwings is the one installed.
    """
    from xlplugin.hosts.doctor import doctor as look

    findings = look(workbook)
    if as_json:
        print_json([asdict(finding) for finding in findings])
        return
    rows = [
        [finding.host, plain(finding.check), text(f"doctor.state.{finding.state}"), plain(finding.found)]
        for finding in findings
    ]
    headers = [text(f"doctor.column.{name}") for name in ("host", "check", "state", "found")]
    print_table(headers, rows, text_columns=4, coloured=False)
    missing = [finding for finding in findings if finding.state == "missing" and finding.command]
    for finding in missing:
        mend = {"check": plain(finding.check), "command": plain(finding.command)}
        note(text("doctor.mend", host=finding.host, **mend))
    note(text("doctor.missing" if missing else "doctor.complete"))
    next_step(command("functions"))


@click.command()
@_HOST
def install(host: str) -> None:
    """Connect the functions to Excel for Windows or to LibreOffice Calc, for the present user."""
    if act := HOSTS[host].install:
        say_lines(act())
        next_step(command("doctor"), aside=True)


@click.command()
@_HOST
def uninstall(host: str) -> None:
    """Undo what install did."""
    if act := HOSTS[host].uninstall:
        say_lines(act())
        next_step(command("doctor"), aside=True)


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8765, help="0 takes a free one; default: 8765."
)
@click.option("--token", help="The secret that every call must carry; default: XLPLUGIN_TOKEN.")
@click.option("--manifest", default="xlplugin-manifest.xml", help="Where to write the manifest to sideload.")
@click.option("--certificate", metavar="FILE", help="A certificate (PEM), for https, which Excel asks for.")
@click.option("--key", metavar="FILE", help="The certificate's key (PEM).")
@click.option("--hostname", help="The name that a reverse proxy shows to Excel.")
def serve(
    port: int,
    token: str | None,
    manifest: str,
    certificate: str | None,
    key: str | None,
    hostname: str | None,
) -> None:
    """Serve the functions to Excel on this computer by xlwings Server, until Ctrl-C.

    Needs the extra "server", a token, and an xlwings licence key of your own (XLWINGS_LICENSE_KEY).
    """
    from xlplugin.hosts.server import serve as listen

    listen(port, token, manifest, certificate, key, hostname, say=lambda words: say_lines(words, err=True))
