"""The model's names, units, domains and equations as text, read off the code: docs and help show it."""

from __future__ import annotations

import re

from xlplugin.model.formula import formula
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import meaning
from xlplugin.model.lines import UNITS
from xlplugin.model.plan import FUNCTIONS, PARAMETERS

_BLOCK = re.compile(r"(<!-- (inputs|lines): [^>]*-->\n).*?(<!-- end -->)", re.DOTALL)


def equation(line: str) -> str:
    """Return the equation of a line or bridge bar on names, in spreadsheet notation."""
    return formula(line, {name: name for name in PARAMETERS[line]}).removeprefix("=")


def inputs_table(language: str = "en") -> str:
    """Return every input with kind, unit, domain and meaning, as a Markdown table."""
    rows = ["| input | kind | unit | allowed | meaning |", "| --- | --- | --- | --- | --- |"]
    for item in INPUTS.values():
        text = meaning(item.name, language)
        rows.append(f"| `{item.name}` | {item.kind} | {item.unit} | {item.allowed} | {text} |")
    return "\n".join(rows)


def lines_table(language: str = "en") -> str:
    """Return every line and bridge bar with unit, equation and meaning, as a Markdown table."""
    rows = ["| line | unit | equation | meaning |", "| --- | --- | --- | --- |"]
    for name in FUNCTIONS:
        rows.append(f"| `{name}` | {UNITS[name]} | `{equation(name)}` | {meaning(name, language)} |")
    return "\n".join(rows)


def renewed(page: str) -> str:
    """Return a Markdown page with its marked tables of inputs and lines written anew."""
    tables = {"inputs": inputs_table, "lines": lines_table}
    return _BLOCK.sub(lambda match: f"{match[1]}\n{tables[match[2]]()}\n\n{match[3]}", page)
