"""Commands that look for differences: verify and diff."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from xlplugin.cli.language import chosen, figure, shortened, shown, spoken, text
from xlplugin.cli.options import json_option
from xlplugin.cli.steps import command, free_name
from xlplugin.cli.terminal import next_step, note, print_json, print_table, say
from xlplugin.cli.wording import scenario_words, typed_value
from xlplugin.model.labels import label, labelled
from xlplugin.model.translations import translated

if TYPE_CHECKING:
    import pandas as pd

    from xlplugin.batch.checks.entries import EntryChange

_ONLY_IN = {"a": "A", "b": "B"}


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
        print_json([asdict(difference) for difference in verdict.differences])
        return 0 if verdict.equal else 1
    for words in verdict.notes:
        note(words)
    if verdict.equal:
        whole = verdict.compared == verdict.of
        key = "verify.equal.all" if whole else "verify.equal"
        say(text(key, compared=verdict.compared, of=verdict.of))
        step = command("verify", file, "--all", keeping=("source",))
        if whole:
            step = command("note", "-o", free_name("note", ".html"))
        next_step(step, aside=True)
        return 0
    columns = ("row", "company", "scenario", "column", "in_file", "again")
    table = [
        [
            str(difference.row),
            str(difference.company or "-"),
            scenario_words(difference.scenario or "-"),
            difference.column,
            _figure(difference.in_file),
            _figure(difference.again),
        ]
        for difference in verdict.differences[:20]
    ]
    headers = [text(f"verify.column.{name}") for name in columns]
    print_table(headers, table, text_columns=4, coloured=False)
    rows = shortened(list(map(str, sorted(verdict.rows))), 10)
    say(text("verify.differ", count=len(verdict.rows), compared=verdict.compared, rows=rows))
    next_step(command("verify", file, "--json", keeping=("source", "sample", "everything")))
    return 1


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--lines", help="Margins to compare, commas between; default: operating_margin,gross_margin.")
@click.option("--limit", type=click.IntRange(min=1), default=20, help="How many rows to show.")
@json_option
def diff(a: str, b: str, lines: str | None, limit: int, as_json: bool) -> int:
    """Compare two outputs by company and scenario, in basis points, largest first.

    Of two filled templates also the entries that changed. Exit code 1 where something differs.
    """
    from xlplugin.batch.checks.differences import diff as compared
    from xlplugin.batch.checks.entries import are_templates, changed_entries
    from xlplugin.batch.readers.template_blocks import Blocks

    wanted = None if lines is None else [name.strip() for name in lines.split(",") if name.strip()]
    filled = [Blocks(Path(path)) for path in (a, b)] if are_templates(a, b) else None
    entries = changed_entries(*filled) if filled else None
    first, second = filled or (a, b)
    frame = compared(first, second, wanted)
    if as_json:
        results: list[Any] = frame.to_dict("records")
        if entries is not None:
            changed = [{"kind": "entry", **asdict(entry)} for entry in entries]
            results = [*changed, *({"kind": "result", **record} for record in results)]
        print_json(results)
        return 1 if results else 0
    if entries is not None:
        _print_entries(entries)
    if not len(frame):
        say(text("diff.equal"))
        next_step(command("verify", b) if entries is None else command("run", b), aside=True)
        return 1 if entries else 0
    _print_differences(frame, limit)
    next_step(command("verify", a) if entries is None else command("run", b))
    return 1


def _print_entries(entries: list[EntryChange]) -> None:
    """Print the entries that changed: what, of whom, under which scenario, before and now."""
    if not entries:
        say(text("diff.no_entries"))
        return
    headers = [text(f"diff.entries.{name}") for name in ("entry", "row", "column", "a", "b")]
    rows = []
    for entry in entries:
        values = (typed_value(one, entry.input) for one in (entry.before, entry.after))
        rows.append([_called(entry), entry.row, scenario_words(entry.column), *values])
    print_table(headers, rows, title=text("diff.entries", count=len(entries)), text_columns=3, coloured=False)


def _print_differences(frame: pd.DataFrame, limit: int) -> None:
    """Print the first rows that differ, and which output alone has one."""
    names = [name.removesuffix("_bp") for name in frame.columns if name.endswith("_bp")]
    headers = [text("column.company"), text("column.scenario")]
    for name in names:
        headers += [text(f"diff.column.{end}", measure=spoken(name)) for end in ("a", "b", "change")]
    table = [_difference(record, names) for record in frame.head(limit).to_dict("records")]
    only_in = [_ONLY_IN.get(output, "") for output in frame["only_in"].head(limit)]
    if any(only_in):
        headers.append(text("diff.column.only_in"))
        table = [[*cells, output] for cells, output in zip(table, only_in, strict=True)]
    print_table(headers, table, text_columns=2)
    if len(frame) > limit:
        note(text("diff.more", count=len(frame) - limit))


def _called(entry: EntryChange) -> str:
    """Return an entry's label where it is an input, else what its name says."""
    if entry.input and labelled(entry.input):
        return label(entry.input, chosen())
    words = translated(entry.name, chosen())
    return words if words != entry.name else entry.name.removeprefix("xlp_in_").replace("_", " ")


def _difference(record: Mapping[Hashable, Any], names: list[str]) -> list[str]:
    """Return company, scenario, and of each margin both figures and what lies between them."""
    cells = [str(record["company"]), scenario_words(record["scenario"])]
    for name in names:
        before, after = record[f"{name}_a"], record[f"{name}_b"]
        cells += [shown(before, name), shown(after, name), shown(after - before, name, change=True)]
    return cells


def _figure(value: object) -> str:
    return figure(value, ".15g") if isinstance(value, float) else str(value)
