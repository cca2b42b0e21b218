"""The task pane: a page with a form for each live script, in every language."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xlplugin.data.shipped import shipped
from xlplugin.live import SCRIPTS
from xlplugin.live.scripts import OF_THE_WORKBOOK, Argument
from xlplugin.live.texts import pane_texts, texts_of
from xlplugin.model.labels import LANGUAGES, label, labelled
from xlplugin.workbook.builder.texts import text as words

#: The page, with a place for what it shows.
_PAGE = Path(__file__).with_name("taskpane.html").read_text(encoding="utf-8")


def page() -> str:
    """Return the page as xlwings-server's template, which must not read the texts as its own marks."""
    shown = json.dumps(contents(), ensure_ascii=False).replace("<", "\\u003c")
    return _PAGE.replace("CONTENTS", "{% raw %}" + shown + "{% endraw %}")


def contents() -> dict[str, Any]:
    """Return scripts, names to choose from and the page's own words, by language."""
    dataset = shipped()
    return {
        "languages": {language: label_of_language(language) for language in LANGUAGES},
        "texts": pane_texts(),
        "names": {"company": list(dataset.companies), "scenario": list(dataset.scenarios)},
        "scripts": [
            {
                "name": declared.name,
                "title": dict(declared.title),
                "help": dict(declared.help),
                "reads": list(declared.reads),
                "arguments": [_field(argument) for argument in declared.arguments],
            }
            for declared in SCRIPTS.values()
        ],
    }


def label_of_language(language: str) -> str:
    """Return a language's own name."""
    return words("language", language)


def _field(argument: Argument) -> dict[str, Any]:
    return {
        "name": argument.name,
        "kind": argument.kind.__name__,
        "default": argument.default,
        "low": argument.low,
        "high": argument.high,
        "label": dict(argument.label),
        "help": dict(argument.help),
        "choices": {choice: _choice(choice) for choice in argument.choices},
    }


def _choice(choice: str) -> dict[str, str]:
    """Return what a choice is called, by language."""
    if choice in LANGUAGES:
        return dict.fromkeys(LANGUAGES, label_of_language(choice))
    key = {OF_THE_WORKBOOK: "language", "usual": "usual"}.get(choice)
    if key:
        return dict(texts_of(f"pane.choice.{key}"))
    return {language: label(choice, language) if labelled(choice) else choice for language in LANGUAGES}
