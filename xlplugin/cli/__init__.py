"""The command line: a thin layer of commands, each loaded when it is called."""

from __future__ import annotations

import os
import re
import signal
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from xlplugin.cli.help_pages import HelpContext, paragraphs
from xlplugin.cli.language import LANG_OPTION, choose, chosen, named_in, text
from xlplugin.cli.terminal import say
from xlplugin.cli.usage import problem_of
from xlplugin.hosts import HostError
from xlplugin.hosts.signals import handled
from xlplugin.model.errors import InputError, MissingExtraError, nearest
from xlplugin.model.messages import message
from xlplugin.model.translations import said, translated
from xlplugin.model.version import __version__

__all__ = ["cli", "main"]

# Command -> module of this package that holds it. Order is the order of the help.
_COMMANDS = {
    "demo": "templates",
    "template": "templates",
    "audit": "templates",
    "update": "changes",
    "recalc": "changes",
    "companies": "data",
    "assumptions": "data",
    "scenarios": "data",
    "run": "runs",
    "verify": "comparisons",
    "diff": "comparisons",
    "compare": "analysis",
    "bridge": "analysis",
    "tornado": "analysis",
    "sensitivity": "sensitivities",
    "breakeven": "breakevens",
    "article": "article",
    "note": "notes",
    "path": "paths",
    "simulate": "uncertainty",
    "sobol": "uncertainty",
    "functions": "hosts",
    "doctor": "hosts",
    "install": "hosts",
    "uninstall": "hosts",
    "serve": "hosts",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is asked for."""

    context_class = HelpContext

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"xlplugin.cli.{_COMMANDS[name]}"), name)
        command.context_class = HelpContext
        if LANG_OPTION not in command.params:
            command.params.append(LANG_OPTION)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the first sentence of each command's help, whole."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl([(name, paragraphs(command.help)[0]) for name, command in commands if command])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            near = nearest(args[0], _COMMANDS)
            hint = message("commands: {names}", names=", ".join(_COMMANDS))
            hint = message("did you mean {near}?", near=near) if near else hint
            raise click.UsageError(message("no such command: {name}; {hint}", name=args[0], hint=hint), ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    params=[LANG_OPTION],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="xlplugin %(version)s")
def cli() -> None:
    """What cheaper AI models do to a company's margins.

    Start with `xlplugin demo`: it prints the margins of all companies under the presets and writes
    the template workbook.
    """


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 1 faulty rows kept or differences, 2 bad input, 130."""
    _prepare_streams()
    try:
        # not cli.main(): that turns a closed pipe into exit code 1
        given = sys.argv[1:] if arguments is None else arguments
        language = named_in(given)
        choose(language)  # of what is said of wrong use, too
        _refuse_empty(given)
        as_ctrl_c = signal.default_int_handler
        with (
            handled(SIGTERM=as_ctrl_c, SIGHUP=as_ctrl_c),  # which cleans up
            cli.make_context("xlplugin", list(given), obj=language) as context,
        ):
            code = cli.invoke(context)
        sys.stdout.flush()
    except BaseException as error:
        code = _explained(error)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse_empty(arguments: list[str]) -> None:
    """Raise InputError for an empty argument, which would stand for a default, or for this folder."""
    if any(not argument or re.fullmatch("--[a-z-]+=", argument) for argument in arguments):
        place = " ".join(("xlplugin", *filter(_COMMANDS.__contains__, arguments[:1])))
        fix = "leave it out or fill it in; a variable of the shell may be unset"
        raise InputError.of_file(place, "an argument is empty", fix)


def _prepare_streams() -> None:
    """Have streams that are closed take nothing, and others a mark for a sign that they do not know."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(getattr(sys, name), "reconfigure"):
            getattr(sys, name).reconfigure(errors="replace")


def _explained(error: BaseException) -> int:
    """Say in one line what went wrong, and return the exit code."""
    if os.environ.get("XLPLUGIN_DEBUG"):
        traceback.print_exception(error)
    if isinstance(error, BrokenPipeError) or isinstance(error.__context__, BrokenPipeError):  # Rich exits
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that exit's flush is silent
        return 0
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        _complain(text("error.interrupted"))
        return 130
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else 0
    if type(error).__name__ == "NoArgsIsHelpError":  # of newer versions of click
        click.echo(error.format_message(), err=True)  # type: ignore[attr-defined]
        return 2
    if isinstance(error, OSError):
        reason = translated(error.strerror or str(error), chosen())
        key = "error.file" if error.filename else "error.output"
        _complain(text(key, file=error.filename, reason=reason))
        _silence_output()
        return 2
    for line in _lines_of(error):
        _complain(line)
    return 2


def _lines_of(error: BaseException) -> list[str]:
    """Return what is said of an error that is no file's, a line each."""
    if isinstance(error, click.ClickException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "xlplugin"
        return [text("error.see", command=command, problem=problem_of(error))]
    if isinstance(error, InputError):
        return [said(line, chosen()) for line in error.lines()]
    if isinstance(error, (MissingExtraError, HostError)):
        return said(error, chosen()).splitlines()
    if isinstance(error, MemoryError):
        return [text("error.memory")]
    told = f"{type(error).__name__}: {error}"[:200]
    return [text("error.unknown", version=__version__, said=told)]


def _complain(words: str) -> None:
    """Say what is wrong on one line of standard error."""
    say(words, err=True)


def _silence_output() -> None:
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
