"""What a live script is, where all of them are listed, and the one way in which hosts run them.

Declaring a script (see :mod:`xlplugin.live.questions` for examples)::

    @script("bridge", "xlp_companies")                 # names on the sheets that it reads
    def bridge(book: OpenBook, language: str, *, company: str = "", trials: Trials = 10_000) -> Plan:
        ...

What people read about it and its arguments stands in texts.csv. The callable takes the open workbook as
plain values and gives the :class:`xlplugin.live.plans.Plan` of a new sheet; it writes nothing itself, so
that nothing is written before all is computed. What is wrong is raised as
:class:`xlplugin.model.errors.InputError`. A module of scripts is imported in ``xlplugin/live/__init__.py``,
which fixes the order in which hosts show them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin

from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import Plan
from xlplugin.live.texts import text, texts_of
from xlplugin.model.errors import Fault, InputError, gathering, refuse_unknown, suggestion
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.messages import message

#: The choice of a language that leaves it to the workbook.
OF_THE_WORKBOOK = "workbook"

#: Among what a script reads: every sheet of a template, and formulas where its host can read them.
EVERYTHING = "*"

#: How many draws a simulation in an open workbook may take, and what starts them.
Trials = Annotated[int, (100, 1_000_000)]
Seed = Annotated[int, (0, 2**31 - 1)]

_SPELLED = {"true": True, "wahr": True, "yes": True, "ja": True, "1": True, "x": True,
            "false": False, "falsch": False, "no": False, "nein": False, "0": False}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a script.

    ``kind`` is str, int or bool, ``choices`` what a text may be (empty: anything), ``low`` and ``high`` the
    ends of a number. ``label`` and ``help`` are by language. Every argument has a default.
    """

    name: str
    kind: type
    default: Any
    choices: tuple[str, ...]
    low: int | None
    high: int | None
    label: Mapping[str, str]
    help: Mapping[str, str]

    def read(self, given: Any) -> Any:
        """Return what was given as this argument's kind, the default where blank; InputError else."""
        if given is None or (isinstance(given, str) and not given.strip()):
            return self.default
        if self.kind is bool:
            return self._flag(given)
        if self.kind is int:
            return self._whole(given)
        typed = f"{given:.15g}" if isinstance(given, (int, float)) and not isinstance(given, bool) else given
        if not isinstance(typed, str):
            raise self._wrong(given, "a text", "type a text")
        typed = typed.strip()
        if self.choices and typed not in self.choices:
            raise self._wrong(typed, ", ".join(self.choices), suggestion(typed, self.choices))
        return typed

    def _flag(self, given: Any) -> bool:
        meant = given if isinstance(given, bool) else _SPELLED.get(str(given).strip().casefold())
        if meant is None:
            raise self._wrong(given, "TRUE, FALSE", "choose one")
        return meant

    def _whole(self, given: Any) -> int:
        try:
            number = float(given)
            wrong = isinstance(given, bool) or number != int(number)
        except (TypeError, ValueError, OverflowError):
            wrong, number = True, 0.0
        assert self.low is not None and self.high is not None
        if wrong or not self.low <= number <= self.high:
            raise self._wrong(given, f"{self.low:,} to {self.high:,}", "enter a whole number in this range")
        return int(number)

    def _wrong(self, given: Any, allowed: str, fix: str) -> InputError:
        return InputError.wrong(self.name, given, fix, allowed)


@dataclass(frozen=True, slots=True)
class Script:
    """One script as every host shows it; ``title`` and ``help`` by language.

    ``reads`` are names of the template that lie on the sheets it needs (:data:`EVERYTHING`: all); a host that
    sends sheets one by one sends these, and the active one.
    """

    name: str
    compute: Callable[..., Plan]
    arguments: tuple[Argument, ...]
    reads: tuple[str, ...]
    title: Mapping[str, str]
    help: Mapping[str, str]

    def arguments_of(self, given: Sequence[Any]) -> dict[str, Any]:
        """Return arguments by name, given in their order, the rest by default; InputError with all faults."""
        if len(given) > len(self.arguments):
            fix = message("give at most {most} {most:argument|arguments}", most=len(self.arguments))
            raise InputError.wrong(
                self.name, message("{count} {count:argument|arguments}", count=len(given)), fix
            )
        faults: list[Fault] = []
        read: dict[str, Any] = {}
        padded = [*given, *[None] * (len(self.arguments) - len(given))]
        for argument, value in zip(self.arguments, padded, strict=True):
            with gathering(faults):
                read[argument.name] = argument.read(value)
        if faults:
            raise InputError(faults)
        return read


#: Every script by its name, in the order in which hosts show them.
SCRIPTS: dict[str, Script] = {}


def script(name: str, *reads: str) -> Callable[[Callable[..., Plan]], Callable[..., Plan]]:
    """Register the decorated callable under ``name``; see the module. Raises TypeError for a faulty one."""

    def register(body: Callable[..., Plan]) -> Callable[..., Plan]:
        parameters = list(inspect.signature(body, eval_str=True).parameters.values())
        arguments = [_argument(name, parameter) for parameter in parameters[2:]]
        arguments.append(_language(name))
        titles, helps = texts_of(f"script.{name}"), texts_of(f"script.{name}.help")
        SCRIPTS[name] = Script(name, body, tuple(arguments), reads, titles, helps)
        return body

    return register


def _argument(name: str, parameter: inspect.Parameter) -> Argument:
    if parameter.default is inspect.Parameter.empty:
        raise TypeError(
            f"{name}: {parameter.name} has no default, and a button on a sheet gives no arguments"
        )
    kind, choices, ends = parameter.annotation, (), (None, None)
    if get_origin(kind) is Annotated:
        kind, ends = get_args(kind)
    elif get_origin(kind) is Literal:
        kind, choices = str, get_args(kind)
    if kind not in (str, int, bool):
        raise TypeError(f"{name}: {parameter.name} is of no kind that a form can show")
    labels, helps = (texts_of(f"argument.{parameter.name}{end}", name) for end in ("", ".help"))
    return Argument(parameter.name, kind, parameter.default, choices, *ends, labels, helps)


def _language(name: str) -> Argument:
    labels, helps = (texts_of(f"argument.language{end}", name) for end in ("", ".help"))
    choices = (OF_THE_WORKBOOK, *LANGUAGES)
    return Argument("language", str, OF_THE_WORKBOOK, choices, None, None, labels, helps)


def spoken(given: Sequence[Any], default: str = LANGUAGES[0]) -> str:
    """Return the language that the last of the arguments names, ``default`` where it names none."""
    return next((language for language in LANGUAGES if given and given[-1] == language), default)


def plan_of(name: str, book: OpenBook, given: Sequence[Any] = ()) -> Plan:
    """Return what the script ``name`` wants written for an open workbook and arguments in their order.

    Raises InputError for what is wrong with the workbook, the arguments or the script's name.
    """
    refuse_unknown("script", name, SCRIPTS)
    declared = SCRIPTS[name]
    arguments = declared.arguments_of(given)
    chosen = arguments.pop("language")
    language = book.language if chosen == OF_THE_WORKBOOK else chosen
    plan = declared.compute(book, language, **arguments)
    return plan.named(text(f"sheet.{name}", language)).signed(_signature(declared, arguments, book, language))


def _signature(
    declared: Script, arguments: Mapping[str, Any], book: OpenBook, language: str
) -> tuple[str, ...]:
    """Return what it takes to make the sheet again: the script, its arguments, workbook and version."""
    from xlplugin.model.version import __version__

    labels = {argument.name: argument.label[language] for argument in declared.arguments}
    given = {key: _told(value, language) for key, value in arguments.items() if value != ""}
    listed = "; ".join(f"{labels[key]}: {told}" for key, told in given.items())
    made = text(
        "signature.made", language, title=declared.title[language], version=__version__, book=book.name
    )
    return (made, *([text("signature.arguments", language, arguments=listed)] if listed else []))


def _told(value: Any, language: str) -> str:
    if isinstance(value, bool):
        return text("yes" if value else "no", language)
    return str(value)
