"""The sell-off, put to the test: what would have to be true for the move of a share on one day.

At an unchanged price-earnings ratio a share moves as its earnings do (``relative_eps_change``). Which
lever is asked follows from figures alone: a company that sells AI infrastructure is asked for the
demand that answers its price; any other is asked, where its share rose, for the fall of AI cost at
face value, and where none suffices for the work that AI takes over; where it fell, for the seats that
rivals take. It is a reading of one day's prices, not a valuation.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from xlplugin.analysis.breakevens import breakeven
from xlplugin.data.dataset import Dataset
from xlplugin.data.files import yes_or_no
from xlplugin.data.moves import Move, shipped_moves
from xlplugin.data.shipped import shipped
from xlplugin.data.subjects import FACE_VALUE, Subject, measure_plan, subject
from xlplugin.entries.meaning import key, number
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

if TYPE_CHECKING:
    import pandas as pd

#: What moves as the share does while its price-earnings ratio stays.
MEASURE = "relative_eps_change"

#: The scenario whose claim the day's prices answered.
HEADLINE = "deepseek_headline"

#: The scenarios that stand for the article's claims.
CLAIMS = (HEADLINE, "deepseek_sceptic", "jevons", "demand_bust", "price_war")

#: As of the article, where a company has figures of that moment.
MOMENT = "article"


def implied(
    company: str,
    move: Any = None,
    lever: str | None = None,
    *,
    scenario: str = HEADLINE,
    fiscal_year: Any = MOMENT,
    levers: Mapping[str, Any] | None = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return what would have to be true for a share's move: the values of a lever that give it.

    ``move``: the change of the share price as a fraction; None is the move of 27 January 2025
    (:func:`xlplugin.market_moves`). ``lever``: what is sought under ``scenario``; None asks, of a company
    that sells AI infrastructure, ``market_elasticity``; of others for a rise ``cost_reduction`` under
    ``illustrative`` (face value), and where no value of it suffices also ``labour_substitution``, for
    a fall ``seat_erosion``. ``fiscal_year`` ``article`` is the year as of January 2025, or the latest
    where the company has none of that moment (the column says which). ``levers`` sets levers and
    exposures above the scenario; ``dataset`` None is the shipped one.

    Columns and rows as in :func:`xlplugin.breakeven`; no value in the lever's domain has kind ``none``.
    Raises InputError for an unknown name, a company without a move where none is given, a move of
    -100% or less, and a company whose earnings are not positive or not available.
    """
    import pandas as pd

    dataset = dataset or shipped()
    name = dataset.company(company)
    target = _move_of(name) if move is None else _checked(move)
    year, _ = moment_of(dataset, name, fiscal_year)
    shared: dict[str, Any] = {"levers": levers, "fiscal_year": year, "dataset": dataset}
    about = subject(name, scenario, **shared)
    frames = []
    for sought, under in [(lever, scenario)] if lever else questions(about, target, scenario):
        frames.append(breakeven(name, MEASURE, target, sought, scenario=under, **shared))
        if (frames[-1]["kind"] != "none").any():
            break
    return pd.concat(frames, ignore_index=True)


def questions(about: Subject, move: float, scenario: str = HEADLINE) -> list[tuple[str, str]]:
    """Return the levers to ask, each with its scenario: the next where one has no value."""
    if about.undetermined:
        return [("market_elasticity", scenario)]
    if move < 0:
        return [("seat_erosion", scenario)]
    return [("cost_reduction", FACE_VALUE), ("labour_substitution", scenario)]


def moment_of(dataset: Dataset, company: str, fiscal_year: Any = MOMENT) -> tuple[str, bool]:
    """Return the fiscal year asked for, and whether the company has it.

    Where it has none of the article's moment that is the latest. InputError for any other year.
    """
    try:
        return dataset.year(company, fiscal_year), True
    except InputError:
        if key(str(fiscal_year)) != MOMENT:
            raise
        return dataset.year(company), False


def sell_off_rows(companies: Collection[str] | None = None) -> list[dict[str, Any]]:
    """Return one record per company with a move (None: all of these) and lever that is asked.

    company, fiscal_year, event, date, move; the relative EPS change under each of :data:`CLAIMS`
    (NaN without figures of that moment); lever, the scenario that it is sought under, base, value
    (the nearest to base; NaN where none is in the domain), kind; effect (the share of seat revenue
    lost, or of sales and administrative expense saved); as_of_article, exposure_year_differs,
    general_assumptions; source, confidence.
    """
    moves = (move for move in shipped_moves() if companies is None or move.company in companies)
    return [row for move in moves for row in _rows(shipped(), move)]


def _rows(dataset: Dataset, move: Move) -> Iterator[dict[str, Any]]:
    year, of_then = moment_of(dataset, move.company)
    first = {"company": move.company, "fiscal_year": year, "event": move.event, "date": move.date}
    claims = dict.fromkeys(CLAIMS, math.nan)
    if of_then:
        claims = {name: subject(move.company, name, fiscal_year=MOMENT).value(MEASURE) for name in CLAIMS}
    answers = implied(move.company, dataset=dataset)
    for answer in answers[answers["rank"] == 1].to_dict("records"):
        about = subject(move.company, answer["scenario"], fiscal_year=year, dataset=dataset)
        needed = measure_plan(MEASURE).inputs
        yield {
            **first,
            "move": move.move,
            **claims,
            **{name: answer[name] for name in ("lever", "scenario", "base", "value", "kind")},
            "effect": _effect(about, answer["lever"], answer["value"]),
            "as_of_article": yes_or_no(of_then),
            "exposure_year_differs": yes_or_no(about.case.exposure_year_differs(about.given, needed)),
            "general_assumptions": yes_or_no(about.general),
            "source": move.source,
            "confidence": move.confidence,
        }


def _effect(about: Subject, lever: str, value: float) -> float:
    """Return what an elasticity to unit cost does: the share that is gone at the scenario's unit cost."""
    if lever not in ("seat_erosion", "labour_substitution"):
        return math.nan
    unit_cost = about.value("unit_cost_index")
    return float(1 - min(1.0, unit_cost) ** value)


def _move_of(company: str) -> float:
    moves = {move.company: move.move for move in shipped_moves()}
    if company not in moves:
        fix = message("give a move of your own; {names} have one", names=", ".join(moves))
        raise InputError.missing("move", None, fix, row=company)
    return moves[company]


def _checked(move: Any) -> float:
    found = number(move, "move")
    if found is None or found <= -1:
        raise InputError.outside("move", move, "enter it as -16.97% or -0.1697", "above -100%")
    return found
