"""docs/commands.md is what the commands say of themselves; every command, option and argument is on it."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from xlplugin.cli import cli
from xlplugin.cli.reference import reference_text

pytestmark = pytest.mark.slow

GROUP = click.Context(cli, info_name="xlplugin")
COMMANDS = [name for name in cli.list_commands(GROUP) if name]


def test_the_page_is_what_the_commands_say(project: Path) -> None:
    page = (project / "docs" / "commands.md").read_text(encoding="utf-8")
    assert reference_text() == page, "run: python docs/regenerate.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_on_the_page_with_words(name: str, project: Path) -> None:
    page = (project / "docs" / "commands.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    command = cli.get_command(GROUP, name)
    assert command is not None
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts} says nothing"
            assert all(option in section for option in parameter.opts)
        else:
            assert parameter.make_metavar(click.Context(command)).strip("[]") in section
    assert not [line for line in section.splitlines() if len(line) > 100]


def test_the_readme_leads_there(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert "(docs/commands.md)" in readme
    for line in readme.splitlines():  # and what it shows to type exists
        if line.startswith("xlplugin ") and not line.startswith("xlplugin --"):
            assert line.split()[1] in COMMANDS
