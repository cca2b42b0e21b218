"""Lists that cells offer, and what was chosen as its number in the list: ``#N/A`` where it is not in it."""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.look import LOSS
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.styles import differential

#: The short names that lists offer, and their keys, which cells take as well.
SCENARIOS, MODELS = "xlp_scenario_labels", "xlp_business_models"
KEYS = {SCENARIOS: "xlp_scenario_names", MODELS: "xlp_business_model_keys"}

#: The numbers of the names that lists offer.
NUMBERS = {
    "xlp_company_names": "xlp_numbers_of_companies",
    SCENARIOS: "xlp_numbers_of_scenarios",
    MODELS: "xlp_business_model_numbers",
    "xlp_sensitivity_measures": "xlp_sensitivity_measures_numbers",
    "xlp_sensitivity_levers": "xlp_sensitivity_assumptions_numbers",
    "xlp_path_decline_cases": "xlp_path_decline_numbers",
}


def chosen(cell: str, names: str) -> str:
    """Return the formula for the number of the name in ``cell`` among ``names`` or their keys, each once.

    MATCH would take ``*`` and ``?`` for any name.
    """
    same = f"({names}={cell})"
    if names in KEYS:
        same = f"({same}+({KEYS[names]}={cell})>0)"
    return f"=IFERROR(IF(SUMPRODUCT({same}*1)=1,SUMPRODUCT({same}*{NUMBERS[names]}),NA()),NA())"


def offer(sheet: Sheet, row: int, column: int, value: str, name: str, names: str) -> Block:
    """Lay an input cell ``xlp_in_<name>`` with a list, red where ``xlp_<name>`` is no number of a choice."""
    block = sheet.named(row, column, f"xlp_in_{name}", value, "input text left")
    sheet.choose(block, names)
    sheet.rule(block.area, f"ISERROR(xlp_{name})", differential(LOSS, bold=True))
    sheet.build.open(f"xlp_in_{name}", block, "choice", names)
    return block
