"""The texts about functions and their arguments, and what a further language takes: tables, no Python."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import openpyxl
import pytest

import xlplugin
from xlplugin.functions import FUNCTIONS
from xlplugin.functions.registry import LIMIT
from xlplugin.model.labels import LANGUAGES

PACKAGE = Path(xlplugin.__file__).parent
TABLES = (
    "model/labels.csv",
    "model/notation.csv",
    "functions/functions.csv",
    "workbook/builder/texts.csv",
    "workbook/builder/data_texts.csv",
    "data/columns.csv",
    "model/messages.csv",
    "cli/texts.csv",
    "cli/help.csv",
)


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


HEADER, *ROWS = read(PACKAGE / "functions" / "functions.csv")


def test_languages_are_the_columns_of_the_tables() -> None:
    assert LANGUAGES[:2] == ("en", "de")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_and_argument_has_a_text_in_every_language(name: str) -> None:
    for described in (FUNCTIONS[name], *FUNCTIONS[name].arguments):
        assert tuple(described.meaning) == LANGUAGES
        for text in described.meaning.values():
            assert 0 < len(text) <= LIMIT and text == text.strip(), described.name


def test_every_text_is_shown_and_stands_once() -> None:
    shown = {text.meaning["en"] for one in FUNCTIONS.values() for text in (one, *one.arguments)}
    asked = {(argument.name, one.name) for one in FUNCTIONS.values() for argument in one.arguments}
    keys = [(name, function) for name, functions, *_ in ROWS for function in functions.split(";")]
    assert sorted(keys) == sorted(set(keys))
    assert {key for key in keys if key[1]} <= asked, "named beside an argument that it does not have"
    assert [row[0] for row in ROWS if not row[0].startswith("calc:") and row[2] not in shown] == []
    texts = [row[2] for row in ROWS]
    assert sorted(texts) == sorted(set(texts))


SCRIPT = """
import sys
from pathlib import Path
from xlplugin.hosts.calc import addin
from xlplugin.model.labels import LANGUAGES
from xlplugin.cli import main
print(*LANGUAGES)
Path("wizard.xml").write_text(addin.wizard(), encoding="utf-8")
main(["template", "zz.xlsx", "--lang", "zz", "--host", "calc"])
"""


@pytest.mark.slow
def test_a_language_is_added_in_its_tables(tmp_path: Path) -> None:
    """A copy of the package whose tables have one more column speaks that language everywhere."""
    shutil.copytree(PACKAGE, tmp_path / "xlplugin", ignore=shutil.ignore_patterns("__pycache__"))
    for table in TABLES:
        header, *rows = read(PACKAGE / table)
        with (tmp_path / "xlplugin" / table).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            english = [header.index(name) for name in ("en", "meaning_en") if name in header]
            writer.writerow([*header, *(header[k].replace("en", "zz") for k in english)])
            writer.writerows([*row, *(f"Zz{row[k]}" for k in english)] for row in rows)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    ran = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0].split() == [*LANGUAGES, "zz"]
    spoken = "{http://www.w3.org/XML/1998/namespace}lang"
    values = ElementTree.parse(tmp_path / "wizard.xml").iter("value")
    texts = [value.text or "" for value in values if value.get(spoken) == "zz"]
    assert sum(text.startswith("Zz") for text in texts) == sum(
        1 + len(one.arguments) for one in FUNCTIONS.values()
    )
    book = openpyxl.load_workbook(tmp_path / "zz.xlsx")
    cells = [cell.value for sheet in book for row in sheet for cell in row]
    assert sum(isinstance(cell, str) and cell.startswith("Zz") for cell in cells) > 500
