"""What a note says against itself, and where its figures come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from xlplugin.analysis.export.compared import outside
from xlplugin.analysis.export.wording import listed, share, who
from xlplugin.analysis.notes.cases import MOST_TOLD, Case
from xlplugin.analysis.notes.content import Point
from xlplugin.data.moves import shipped_moves
from xlplugin.model.inputs import EXPOSURES, LEVERS
from xlplugin.model.labels import label, labelled
from xlplugin.workbook.builder.texts import text, translated


def caveats(case: Case) -> list[str]:
    """Return the caveats that hold for these companies, the general ones last."""

    def say(key: str, names: Sequence[str]) -> list[str]:
        return [case.text(f"caveat.{key}", companies=listed(names, case.language))] if names else []

    abouts = case.abouts.items()
    kept = [name for name, about in abouts if about.inputs["reinvestment"] == 1 and not about.is_lab]
    other_year = [
        name for name, about in abouts if about.case.exposure_year_differs(about.given, tuple(about.inputs))
    ]
    words = [
        *_assumed(case),
        *say("undetermined", case.group("undetermined")),
        *say("general", case.group("general")),
        *say("labs", case.group("labs")),
        *say("reinvestment", kept),
        *say("other_year", other_year),
        *say("outside", outside(case.rows, case.language)),
    ]
    currencies = sorted({about.case.currency for _, about in abouts})
    if len(currencies) > 1:
        words.append(case.text("caveat.money", currencies=listed(currencies, case.language)))
    return [*words, *(case.text(f"caveat.{key}") for key in ("ranges", "model", "what_if"))]


def _assumed(case: Case) -> list[str]:
    """Return how much AI running cost is assumed, with its range; no filing discloses it."""
    said = []
    for name, about in list(case.abouts.items())[:MOST_TOLD]:
        found, used = about.assumption("inference_cost_share"), about.inputs["inference_cost_share"]
        if found and not about.is_lab:
            low, now, high = (share(value, case.language) for value in (found.low, used, found.high))
            said.append(f"{name} {now} ({text('picture.span', case.language, low=low, high=high)})")
    return [case.text("caveat.assumed", listed=", ".join(said))] if said else []


def sources(case: Case) -> list[Point]:
    """Return the source of each company's figures, what assumptions rest on, and that of the moves."""
    language, points = case.language, []
    for about in case.abouts.values():
        figures = about.dataset.figures.get((about.company, about.case.fiscal_year or ""))
        words = translated(figures.source, language) if figures and figures.source else ""
        words = words or text("picture.own_figures", language)
        if figures and labelled(f"confidence:{figures.confidence}"):
            words += f" ({label(f'confidence:{figures.confidence}', language)})"
        points.append(Point(who(about, language), words, figures.filing if figures else ""))
    if case.abouts:
        points.append(Point(case.text("source.assumptions"), _bases(case)))
    if any(move.company in case.abouts for move in shipped_moves()):
        points.append(Point(case.text("source.moves"), case.text("source.prices")))
    return points


def _bases(case: Case) -> str:
    """Return how many of the assumptions in use are published, derived or judgement."""
    found = {
        (assumed.company, assumed.parameter): assumed.basis
        for about in case.abouts.values()
        for name in (*EXPOSURES, *LEVERS)
        if (assumed := about.assumption(name)) is not None
    }
    counts = Counter(found.values())
    bases = [basis for basis in ("published", "derived", "judgement") if counts[basis]]
    parts = [f"{counts[basis]} × {label(f'basis:{basis}', case.language)}" for basis in bases]
    return case.text("source.bases", n=len(found), parts=listed(parts, case.language))
