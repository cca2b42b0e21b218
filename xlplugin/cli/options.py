"""Options that several commands have, and how some of them reach a command as one argument."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from xlplugin.data.records import PEERS

if TYPE_CHECKING:
    from xlplugin.data.dataset import Dataset

#: A command, and what gives one an option.
Command = Callable[..., Any]
Option = Callable[[Command], Command]

#: Adds ``--decimal`` to a command that reads tables of the user's.
decimal_option = click.option(
    "--decimal", type=click.Choice([".", ","]), help="The decimal sign of your files; default: as they show."
)

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print an array of records instead of a table."
)

peers_option = click.option("--peers", is_flag=True, help="Add the peers, companies for comparison.")


def with_peers(names: Sequence[str], peers: bool, dataset: Dataset) -> list[str] | None:
    """Return the names that a command is to show (None: the usual ones), with the peers where asked for."""
    return [*(names or dataset.choice()), PEERS] if peers else list(names) or None


def gathered(keyword: str, gather: Callable[..., Any], options: Mapping[str, Option]) -> Option:
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
