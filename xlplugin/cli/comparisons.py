"""Commands that look for differences: verify and diff."""

from __future__ import annotations

import click

from xlplugin.cli.terminal import json_option, next_step, note, print_json, print_table
from xlplugin.model.formats import shown

__all__ = ["diff", "verify"]


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--sample", type=click.IntRange(min=1), default=10_000, help="About how many rows to run again."
)
@click.option("--all", "everything", is_flag=True, help="Run all of it again.")
@click.option("--input", "source", metavar="FILE", help="Where the input of that run lies now.")
@json_option
def verify(file: str, sample: int, everything: bool, source: str | None, as_json: bool) -> int:
    """Run an output again and say whether it is the same (1e-12), or which rows differ."""
    from xlplugin.batch.checks.verification import verify as verified

    verdict = verified(file, sample=None if everything else sample, source=source)
    if as_json:
        print_json([vars_of(one) for one in verdict.differences])
        return 0 if verdict.equal else 1
    for text in verdict.notes:
        note(text)
    part = "all" if verdict.compared == verdict.of else f"{verdict.compared:,} of"
    if verdict.equal:
        click.echo(f"Equal: {part} {verdict.of:,} results, run again, agree within 1e-12.")
        return 0
    rows = [
        [
            str(one.row),
            str(one.company or "-"),
            str(one.scenario or "-"),
            one.column,
            _figure(one.in_file),
            _figure(one.again),
        ]
        for one in verdict.differences[:20]
    ]
    print_table(
        ["row", "company", "scenario", "column", "in the file", "run again"],
        rows,
        text_columns=4,
        coloured=False,
    )
    shown_rows = ", ".join(str(row) for row in sorted(verdict.rows)[:10])
    more = f" and {len(verdict.rows) - 10:,} more" if len(verdict.rows) > 10 else ""
    click.echo(
        f"Different: {len(verdict.rows):,} of {verdict.compared:,} results compared: rows {shown_rows}{more}."
    )
    return 1


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--lines", help="Margins to compare, commas between; default: operating_margin,gross_margin.")
@click.option("--limit", type=click.IntRange(min=1), default=20, help="How many rows to show.")
@json_option
def diff(a: str, b: str, lines: str | None, limit: int, as_json: bool) -> int:
    """Compare two outputs by company and scenario, in basis points, largest first."""
    from xlplugin.batch.checks.differences import diff as compared

    chosen = None if lines is None else [name.strip() for name in lines.split(",") if name.strip()]
    found = compared(a, b, chosen)
    if as_json:
        print_json(found)
        return 1 if len(found) else 0
    if not len(found):
        click.echo("No margin differs by company and scenario.")
        return 0
    names = [name.removesuffix("_bp") for name in found.columns if name.endswith("_bp")]
    rows = []
    for record in found.head(limit).to_dict("records"):
        cells = [str(record["company"]), str(record["scenario"])]
        for name in names:
            before, after = record[f"{name}_a"], record[f"{name}_b"]
            cells += [shown(before, name), shown(after, name), shown(after - before, name, change=True)]
        rows.append([*cells, {"a": "A", "b": "B"}.get(record["only_in"], "")])
    headers = ["company", "scenario"]
    for name in names:
        headers += [name.replace("operating_margin", "op. margin").replace("_", " ") + " A", "B", "change"]
    width = len(headers)
    only = any(row[width] for row in rows)
    print_table(
        [*headers, *(["only in"] if only else [])], [row[: width + only] for row in rows], text_columns=2
    )
    more = len(found) - limit
    if more > 0:
        note(f"and {more:,} more.")
    next_step("--json gives all of them; xlplugin verify FILE runs one again")
    return 1


def vars_of(one: object) -> dict[str, object]:
    """Return the fields of a difference."""
    import dataclasses

    return dataclasses.asdict(one)  # type: ignore[call-overload, no-any-return]


def _figure(value: object) -> str:
    return f"{value:.15g}" if isinstance(value, float) else str(value)
