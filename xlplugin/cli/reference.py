"""The commands' reference from their own help, as docs/commands.md holds it."""

from __future__ import annotations

import click

from xlplugin.cli import cli
from xlplugin.cli.language import choose
from xlplugin.cli.terminal import WIDTH
from xlplugin.model.labels import LANGUAGES

_HEAD = """# Commands

What `xlplugin --help` and each command's own `--help` say. Exit codes: 0 done; 1 done, with faulty rows
kept or differences found by a command that looks for them; 2 bad input or use (nothing is written); 130
interrupted. `--json` prints an array of records, null where a figure is not available. No file is replaced
without `--force`. Percentages may be typed `30%` or `0.3`. With `--lang de` all is German, the help too.
"""


def reference_text() -> str:
    """Return the help of every command as Markdown, in English."""
    choose(LANGUAGES[0])
    group = click.Context(cli, info_name="xlplugin", terminal_width=WIDTH, max_content_width=WIDTH)
    texts = [_HEAD, f"```text\n{_help(cli, group)}\n```\n"]
    for name in cli.list_commands(group):
        command = cli.get_command(group, name)
        if command is not None:
            context = click.Context(
                command, info_name=name, parent=group, terminal_width=WIDTH, max_content_width=WIDTH
            )
            texts.append(f"## {name}\n\n```text\n{_help(command, context)}\n```\n")
    return "\n".join(texts)


def _help(command: click.Command, context: click.Context) -> str:
    """Return a command's help, with the options for help that its group sets."""
    context.help_option_names = ["-h", "--help"]
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
