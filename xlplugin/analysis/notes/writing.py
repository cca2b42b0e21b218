"""The note itself: a file of one or two pages that can be read, sent or edited."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from xlplugin.analysis.export.output import check_pictures
from xlplugin.analysis.notes.content import Note
from xlplugin.data.dataset import Dataset
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import measure_plan, subjects
from xlplugin.files.targets import check_ending, check_target, naming, replacing
from xlplugin.model.errors import required
from xlplugin.model.labels import check_language

#: Ending -> the module beside this one that writes such a note; each needs libraries of its own.
_WRITERS = {".html": "pages", ".pdf": "paper", ".docx": "documents"}

#: What a note may end in.
ENDINGS = tuple(_WRITERS)

#: What a note looks at where no one names another measure.
MEASURE = "operating_margin_change"


def check_note(path: Path, force: bool) -> None:
    """Raise InputError where ``path`` has another ending or may not be written, before any work.

    MissingExtraError where the library of its kind is missing.
    """
    check_ending(path, ENDINGS)
    check_target(path, (), force=force)
    check_pictures()
    ending = path.suffix.lower()
    if ending == ".pdf":
        required("fpdf", "fpdf2", "note", "writing a note as PDF")
    elif ending == ".docx":
        required("docx", "python-docx", "note", "writing a note as a Word document")


def note(
    path: str | Path,
    companies: str | Sequence[str] | None = None,
    *,
    measure: str = MEASURE,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
    language: str = "en",
    force: bool = False,
) -> Path:
    """Write a note of one or two pages on companies under a scenario, and return its path.

    The ending of ``path`` says its kind: ``.html`` (one file, needs ``xlplugin[plot]``), ``.pdf`` or
    ``.docx`` (need ``xlplugin[note]``). It holds the question, the table with ranges, two pictures, the
    causes in words, what would have to be true for the sell-off, caveats and sources, in ``language`` (en
    or de), from the figures of :func:`xlplugin.compare`, :func:`xlplugin.bridge`, :func:`xlplugin.ranges`
    and :func:`xlplugin.implied`.

    ``companies``: names or tickers, ``peers`` for all peers, None for all but these. ``measure``: a line of
    the model. ``scenario`` names a preset (None: base assumptions); ``levers`` sets levers and exposures
    above it; ``fiscal_year`` None is the latest; ``dataset`` None is the shipped one. ``force`` replaces a
    file. Raises InputError for an unknown name, a value outside its domain and a file that may not be
    written, MissingExtraError where a library is missing; nothing is left half-written.
    """
    target = Path(path)
    check_language(language)
    measure_plan(measure)
    check_note(target, force)
    shared = {
        "scenario": scenario,
        "levers": levers,
        "fiscal_year": fiscal_year,
        "dataset": dataset or shipped(),
    }
    names = subjects(companies, shared["dataset"])
    again = _again(target, companies, measure, shared, language)
    made = made_note(names, measure, shared, language, again)
    with naming(target), replacing(target) as part:
        writer = import_module(f"xlplugin.analysis.notes.{_WRITERS[target.suffix.lower()]}")
        writer.write(made, part)
    return target


def made_note(
    names: Sequence[str], measure: str, shared: Mapping[str, Any], language: str, again: str = ""
) -> Note:
    """Return the note's content; ``shared`` is what every analysis takes, ``again`` the command for it."""
    from xlplugin.analysis.notes.cases import case_of
    from xlplugin.analysis.notes.sections import note_of

    return note_of(case_of(names, measure, shared, language, again))


def _again(
    target: Path,
    companies: str | Sequence[str] | None,
    measure: str,
    shared: Mapping[str, Any],
    language: str,
) -> str:
    """Return the command that makes the note again."""
    named = [companies] if isinstance(companies, str) else list(companies or ())
    words = ["xlplugin", "note", *named]
    for option in ("scenario", "fiscal_year"):
        if shared[option] is not None:
            words += [f"--{option.replace('_', '-')}", str(shared[option])]
    for name, value in (shared["levers"] or {}).items():
        words += ["--set", f"{name}={value}"]
    if measure != MEASURE:
        words += ["--measure", measure]
    return shlex.join([*words, "--lang", language, "-o", target.name])
