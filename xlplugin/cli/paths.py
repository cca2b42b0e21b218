"""The command that looks over years: path."""

from __future__ import annotations

from typing import Any

import click

from xlplugin.cli.marks import sparkline
from xlplugin.cli.questions import Asked, answered, asked, case_words, heading, records
from xlplugin.cli.terminal import next_step, note, print_table
from xlplugin.model.formats import shown

__all__ = ["path"]


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option(
    "--decline", "declines", multiple=True, metavar="SHARE", help="Annual fall of AI cost (repeat)."
)
@click.option("--years", type=int, default=10, show_default=True, help="Years after the base year, up to 50.")
@click.option("--measure", help="A line of the model; default: change of operating margin.")
@click.option("--revenue-growth", default="0", help="Growth of the company per year.")
@click.option("--ai-share-growth", default="0", help="Growth per year of AI's weight in revenue and cost.")
@click.option("--trials", type=int, default=0, help="Draw the assumptions so often, for bands.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same draws.")
@asked
def path(
    companies: tuple[str, ...],
    declines: tuple[str, ...],
    years: int,
    measure: str | None,
    revenue_growth: str,
    ai_share_growth: str,
    trials: int,
    seed: int,
    **options: Any,
) -> None:
    """What a steady fall of AI cost does over years (default: 30%, 74.9% and 90% a year)."""
    from xlplugin.analysis.export.charts import Chart, axis_of, scaled
    from xlplugin.analysis.paths import path as path_of
    from xlplugin.data.subjects import subjects, usual_measure

    one = Asked(options)
    rows: list[dict[str, Any]] = []
    measures: dict[str, str] = {}
    for name in subjects(list(companies) or None, one.dataset):
        measures[name] = measure or usual_measure(one.subject(name, path=True))
        found = path_of(
            name,
            list(declines) or [0.3, 0.749, 0.9],
            years,
            measures[name],
            revenue_growth=revenue_growth,
            ai_share_growth=ai_share_growth,
            trials=trials,
            seed=seed,
            **one.shared,
        )
        rows += [
            {**row, "measure": measures[name]}
            | {_short(key, measures[name]): row[key] for key in row if _mine(key, measures[name])}
            for row in records(found)
        ]
    rows = [{key: value for key, value in row.items() if not _mine(key, row["measure"])} for row in rows]
    title = f"Path over {years} years, {case_words(one)}"
    lines = list(dict.fromkeys((row["company"], row["annual_decline"]) for row in rows))
    chart = None
    if len(set(measures.values())) == 1:
        name = next(iter(measures.values()))
        series, bands = {}, {}
        for company, decline in lines:
            mine = [row for row in rows if (row["company"], row["annual_decline"]) == (company, decline)]
            head = f"{company}, {decline:.4g} a year" if len(measures) > 1 else f"{decline:.1%} a year"
            series[head] = scaled([row["value"] for row in mine], name)
            if trials:
                bands[head] = tuple(scaled([row[end] for row in mine], name) for end in ("low", "high"))
        chart = Chart(
            "lines",
            title,
            axis_of(name),
            list(range(years + 1)),
            series,
            across="year",
            bands=bands,  # type: ignore[arg-type]
        )
    if answered(
        one, rows, title, chart, ["A what-if, not a forecast; years beyond the fifth are least certain."]
    ):
        return
    shown_years = [year for year in (0, 1, 2, 3, 5, 10, 20, 50) if year <= years]
    table = []
    for company, decline in lines:
        mine = [row for row in rows if (row["company"], row["annual_decline"]) == (company, decline)]
        flag = " †" if mine[0]["direction_undetermined"] else ""
        values = [row["value"] for row in mine]
        cells = [
            shown(values[y], mine[0]["measure"]).removesuffix(" bp")
            + ("*" if mine[y]["beyond_model"] else "")
            for y in shown_years
        ]
        table.append(
            [company + flag, f"{decline * 100:.4g}%", sparkline([values[y] for y in _spread(years)]), *cells]
        )
        if trials:
            for end in ("low", "high"):
                band = [shown(mine[y][end], mine[0]["measure"]).removesuffix(" bp") for y in shown_years]
                table.append(
                    ["", "p10" if end == "low" else "p90", sparkline([row[end] for row in mine]), *band]
                )
    heading(title)
    print_table(["company", "decline", "", *(f"year {y}" for y in shown_years)], table, text_columns=3)
    for name in dict.fromkeys(measures.values()):
        note(f"{axis_of(name)}: {', '.join(c for c, m in measures.items() if m == name)}.")
    note(
        "A what-if, not a forecast: years beyond the fifth are least certain; the lag rules the first years."
    )
    if any(row["direction_undetermined"] for row in rows):
        note("† direction not determined by cost alone: it turns on market_elasticity around 1.")
    if any(one.subject(name, path=True).is_lab for name in measures):
        note("Labs' figures are secondary (OpenAI) or theoretical (DeepSeek: serving cost alone).")
    if any(row["beyond_model"] for row in rows):
        note("* supply_index outside 0.1 to 10: beyond what the model can say.")
    if trials:
        note(f"p10 and p90: 10th and 90th percentile of {rows[0]['draws']:,} draws; no probabilities.")
    next_step("--trials 2000 adds bands, --ai-share-growth 20% lets AI's weight grow, -o FILE.png draws it")


def _spread(years: int) -> list[int]:
    """Return at most eight years, evenly spread."""
    return sorted({round(i * years / 7) for i in range(8)})


def _mine(key: str, measure: str) -> bool:
    return key == measure or (
        key.removeprefix(f"{measure}_") in ("low", "median", "high") and key.startswith(measure)
    )


def _short(key: str, measure: str) -> str:
    return "value" if key == measure else key.removeprefix(f"{measure}_")
