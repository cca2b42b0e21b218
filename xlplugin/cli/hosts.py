"""Commands about the programs whose cells call our functions: functions, doctor, install, serve."""

from __future__ import annotations

from pathlib import Path

import click

from xlplugin.cli.terminal import json_option, next_step, note, print_json, print_table

__all__ = ["doctor", "functions", "install", "serve", "uninstall"]

_HOST = click.argument("host", type=click.Choice(["excel", "calc"]))


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
                    "name": one.name,
                    "signature": signature(one),
                    "meaning": one.meaning["en"],
                    "arguments": "; ".join(f"{a.name}: {a.meaning['en']}" for a in one.arguments),
                    "example": one.example,
                }
                for one in FUNCTIONS.values()
            ]
        )
        return
    click.echo(reference_text().rstrip())


@click.command()
@click.argument("workbook", required=False, metavar="[WORKBOOK.xlsm]", type=click.Path(path_type=Path))
@json_option
def doctor(workbook: Path | None, as_json: bool) -> None:
    """Say for each host what is installed, what is missing and the command that mends it.

    Changes nothing. With a macro workbook, also whether its xlwings is the one installed.
    """
    from xlplugin.hosts.doctor import doctor as look

    records = look(workbook)
    if as_json:
        print_json([{name: getattr(one, name) for name in one.__slots__} for one in records])
        return
    rows = [[one.host, one.check, one.state, one.found] for one in records]
    print_table(["host", "what", "state", "found"], rows, text_columns=4, coloured=False)
    missing = [one for one in records if one.state == "missing" and one.command]
    for one in missing:
        note(f"{one.host}, {one.check}: {one.command}")
    next_step("run the commands above for the host you use" if missing else "nothing to mend")


@click.command()
@_HOST
def install(host: str) -> None:
    """Connect the functions to Excel for Windows or to LibreOffice Calc, for the present user."""
    click.echo(_module(host).install())


@click.command()
@_HOST
def uninstall(host: str) -> None:
    """Undo what install did."""
    click.echo(_module(host).uninstall())


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

    listen(port, token, manifest, certificate, key, hostname, say=lambda text: click.echo(text, err=True))


def _module(host: str):  # type: ignore[no-untyped-def]
    from importlib import import_module

    return import_module({"excel": "xlplugin.hosts.excel.addin", "calc": "xlplugin.hosts.calc.office"}[host])
