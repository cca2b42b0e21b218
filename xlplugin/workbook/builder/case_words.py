"""A scenario in words as it counts for a company: its name, and by how much cost falls in it.

"Half (50%)" as shipped, "Half (own: 60%)" where the analyst typed the reduction for the company or
changed the scenario's own.
"""

from __future__ import annotations

from xlplugin.workbook.builder.build import FREE_SCENARIOS, Build
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.words import sentence

_REDUCTION = "cost_reduction"


def lay_shipped(sheet: Sheet, row: int, label: int, column: int) -> int:
    """Lay the reductions that scenarios came with as ``xlp_shipped_cost_reduction``; return the next row."""
    build = sheet.build
    scenarios = [*build.scenarios, *[None] * FREE_SCENARIOS]
    for i, scenario in enumerate(scenarios):
        sheet.put(row + i, label, f"=INDEX(xlp_scenario_labels,1,{i + 1})", "secondary")
        shipped = scenario.levers.get(_REDUCTION) if scenario else None
        sheet.put(row + i, column, shipped, "technical right")
    sheet.block(row, column, len(scenarios), 1, f"xlp_shipped_{_REDUCTION}")
    return row + len(scenarios)


def is_own(company: str, scenario: str) -> str:
    """Return Excel text that is 1 where the analyst typed the reduction, else 0."""
    typed = f'INDEX(xlp_in_{_REDUCTION},{company},{scenario})<>""'
    now = f"INDEX(xlp_in_scenario_{_REDUCTION},1,{scenario})"
    changed = f'{now}&""<>INDEX(xlp_shipped_{_REDUCTION},{scenario})&""'
    return f"IFERROR(IF({typed},1,IF({changed},1,0)),0)"


def scenario_label(scenario: str) -> str:
    """Return Excel text for the scenario's name."""
    return f"INDEX(xlp_scenario_labels,1,{scenario})"


def lay_case(pieces: Pieces, label: str, company: str, scenario: str) -> str:
    """Lay the scenario in words as it counts for ``company``; return its cell."""
    build = pieces.build
    counts = f"INDEX(xlp_used_{_REDUCTION},{company},{scenario})"
    used = pieces.figure(label, counts)
    own = pieces.figure(label, f"IF(ISNUMBER({counts}),{is_own(company, scenario)},0)")
    falls = pieces.percent(label, used, short=True)
    rises = pieces.percent(label, f"0-{used}", short=True)
    told = {key: _named(build, key, scenario, reduction) for key, reduction in
            (("own", falls), ("falls", falls), ("rises", rises))}  # fmt: skip
    names = {key: pieces.words(label, words) for key, words in told.items()}
    plain = f"IF({used}<0,{names['rises']},IF({used}=0,{scenario_label(scenario)},{names['falls']}))"
    return pieces.words(label, f"IFERROR(IF({own}=1,{names['own']},{plain}),{scenario_label(scenario)})")


def _named(build: Build, key: str, scenario: str, reduction: str) -> str:
    return sentence(build, f"case.{key}", scenario=scenario_label(scenario), reduction=reduction)
