"""A scenario in words as it counts for a company: its name, and by how much cost falls in it.

"Half (50%)" as shipped, "Half (own: 60%)" where the analyst typed the reduction for the company or
changed the scenario's own.
"""

from __future__ import annotations

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import FREE_SCENARIOS
from xlplugin.workbook.builder.draw_inputs import SCENARIO
from xlplugin.workbook.builder.pieces import Pieces
from xlplugin.workbook.builder.sheet import Sheet
from xlplugin.workbook.builder.your_case import YOUR_CASE, standard

_REDUCTION = "cost_reduction"


def lay_shipped(sheet: Sheet, row: int, label: int, column: int) -> int:
    """Lay the reductions that scenarios came with, and beside them 1 where another one was typed.

    They are named ``xlp_shipped_cost_reduction`` and ``xlp_changed_cost_reduction``; returns the next row.
    """
    build = sheet.build
    scenarios = [*build.scenarios, *[None] * FREE_SCENARIOS]
    for i, scenario in enumerate(scenarios):
        sheet.put(row + i, label, f"=INDEX(xlp_scenario_labels,1,{i + 1})", "secondary")
        came_with = standard(build.dataset) if scenario and scenario.name == YOUR_CASE else scenario
        shipped = came_with.levers.get(_REDUCTION) if came_with else None
        sheet.put(row + i, column, shipped, "technical right")
        now, known = f"INDEX(xlp_in_scenario_{_REDUCTION},1,{i + 1})", f"{letter(column)}{row + i}"
        changed = f'IF({now}="",0,IF({now}&""={known}&"",0,1))'
        sheet.put(row + i, column + 1, f"=IFERROR({changed},0)", "technical right")
    for beside, name in enumerate(("shipped", "changed")):
        sheet.block(row, column + beside, len(scenarios), 1, f"xlp_{name}_{_REDUCTION}")
    return row + len(scenarios)


def is_own(company: str, scenario: str) -> str:
    """Return Excel text that is 1 where the analyst typed the reduction, else 0."""
    typed = f'INDEX(xlp_in_{_REDUCTION},{company},{scenario})<>""'
    return f"IFERROR(IF({typed},1,INDEX(xlp_changed_{_REDUCTION},{scenario})),0)"


def scenario_label(scenario: str) -> str:
    """Return Excel text for the scenario's name."""
    return f"INDEX(xlp_scenario_labels,1,{scenario})"


def lay_case(pieces: Pieces, label: str, company: str, scenario: str) -> str:
    """Lay the scenario in words as it counts for ``company``; return its cell."""
    counts = f"INDEX(xlp_used_{_REDUCTION},{company},{scenario})"
    used = pieces.figure(label, counts)
    own = pieces.figure(label, is_own(company, scenario))
    falls = pieces.percent(label, used, short=True)
    rises = pieces.percent(label, f"0-{used}", short=True)
    named = {"scenario": scenario_label(scenario)}
    names = {key: pieces.said(label, f"case.{key}", reduction=reduction, **named) for key, reduction in
             (("own", falls), ("falls", falls), ("rises", rises))}  # fmt: skip
    plain = f"IF({used}<0,{names['rises']},IF({used}=0,{scenario_label(scenario)},{names['falls']}))"
    given = pieces.figure(label, f"IF(ISERROR({counts}),0,1)")
    said = f"IF({given}=0,{scenario_label(scenario)},IF({own}=1,{names['own']},{plain}))"
    return pieces.words(label, f"IFERROR({said},{scenario_label(scenario)})")


def lay_range(pieces: Pieces, label: str, company: str, scenario: str) -> str:
    """Lay the range around a change of operating margin, to stand behind it in brackets; return its cell.

    "" where ``scenario`` is not that of the draws, where the company loses money or no draw has a result.
    """
    ends = {
        name: pieces.amount(f"{label}, {name.upper()}", f"INDEX(xlp_range_{name},{company})*10000")
        for name in ("p10", "p90")
    }
    said = pieces.said(label, "case.range", **ends)
    drawn = f"AND({scenario}={SCENARIO},INDEX(xlp_results_loses,{company})<>1)"
    return pieces.words(label, f'IFERROR(IF({drawn},{said},""),"")')
