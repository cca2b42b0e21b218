"""What the analyst chose from a list, as its number in the list; ``#N/A`` where it is not in it."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.look import LOSS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential

#: The short names that lists offer, and their keys, which cells take as well.
SCENARIOS, MODELS = "xlp_scenario_labels", "xlp_business_models"
KEYS = {SCENARIOS: "xlp_scenario_names", MODELS: "xlp_business_model_keys"}


def chosen(cell: str, names: str, numbers: str) -> str:
    """Return the formula for the number of the name in ``cell`` among ``names``, each once.

    MATCH would take ``*`` and ``?`` for any name.
    """

    def number(names: str, otherwise: str) -> str:
        same = f"({names}={cell})"
        return f"IF(SUMPRODUCT({same}*1)=1,SUMPRODUCT({same}*{numbers}),{otherwise})"

    return f"=IFERROR({number(names, number(KEYS[names], 'NA()') if names in KEYS else 'NA()')},NA())"


def offer(sheet: Sheet, row: int, column: int, value: str, name: str, names: str, number: str) -> Block:
    """Lay an input cell named ``xlp_in_<name>`` with a list, red where ``number`` finds no choice."""
    build = sheet.build
    sheet.put(row, column, value, "input text left")
    block = sheet.block(row, column, 1, 1, f"xlp_in_{name}")
    sheet.choose(block, names)
    sheet.rule(block.area, f"ISERROR({number})", differential(LOSS, bold=True))
    build.open(f"xlp_in_{name}", block, "choice")
    return block
