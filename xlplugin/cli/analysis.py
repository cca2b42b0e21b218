"""Commands that put questions to the model: compare, bridge, tornado, sensitivity, breakeven, path."""

from __future__ import annotations

from typing import Any

import click

from xlplugin.cli.marks import bar, sparkline, swing
from xlplugin.cli.questions import Asked, answered, asked, heading, note_trust
from xlplugin.cli.terminal import next_step, note, print_table
from xlplugin.errors import CellError, Fault, InputError
from xlplugin.formats import shown
from xlplugin.inputs import INPUTS
from xlplugin.lines import UNITS

__all__ = ["breakeven", "bridge", "compare", "path", "sensitivity", "tornado"]

_SECOND = {"companies": "of which R&D", "undetermined": "range", "labs": "of which R&D"}
_NO_FORECAST = "A what-if from assumptions, most of them judgement: no forecast, no advice."


def entry(value: float, name: str) -> str:
    """Return an input as people type it."""
    if value != value:
        return "#N/A"
    unit = INPUTS[name].unit
    return f"{value * 100:.4g}%" if unit == "share" else f"{value:,.4g}"


@click.command()
@click.option(
    "--company", "names", multiple=True, help="A company or ticker (repeat for more); default: all."
)
@click.option("--measure", default="operating_margin_change", show_default=True, help="A line of the model.")
@asked
def compare(names: tuple[str, ...], measure: str, **options: Any) -> None:
    """Compare companies: who gains, who loses, and the main causes."""
    from xlplugin.analysis.charts import Chart, axis_of, scaled
    from xlplugin.analysis.comparison import compare_rows

    one = Asked(options)
    rows = compare_rows(measure=measure, companies=list(names) or None, **one.shared)
    charted = [row for row in rows if row["measure"] == measure and row["group"] != "labs"]
    values = scaled([row["value"] for row in charted], measure)
    title = f"Change by company, {_case(one)}"
    chart = Chart("bars", title, axis_of(measure), [row["company"] for row in charted], {measure: values})
    if answered(one, rows, title, chart, [_NO_FORECAST]):
        return
    heads = {
        "companies": "Ranked",
        "undetermined": "Direction not determined by cost alone, unranked",
        "labs": "Labs, unranked",
    }
    for group, head in heads.items():
        found = [row for row in rows if row["group"] == group]
        if not found:
            continue
        table = []
        for row in found:
            second, causes = _causes(row)
            table.append([row["company"], causes, shown(row["value"], row["measure"]) + _money(row), second])
        heading(head)
        print_table(["company", "main causes", "change", _SECOND[group]], table, text_columns=2)
    note("Causes are bars of the bridge in causal order, in the unit of the change.")
    if any(row["group"] == "undetermined" for row in rows):
        note("range: over the assumed range of market_elasticity, on which the sign turns around 1.")
    if any(row["group"] == "labs" for row in rows):
        note("Labs' figures are secondary (OpenAI) or theoretical (DeepSeek: serving cost alone).")
    note(_NO_FORECAST)
    next_step("xlplugin bridge COMPANY shows every cause; xlplugin tornado COMPANY which assumption matters")


def _money(row: dict[str, Any]) -> str:
    return " m" if row["measure"] == "operating_income_change" else ""


def _causes(row: dict[str, Any]) -> tuple[str, str]:
    if row["market_low"] == row["market_low"]:
        ends = (
            shown(row[name], row["measure"]).removesuffix(" bp") for name in ("market_low", "market_high")
        )
        second = " to ".join(ends)
    elif row["from_development"] == row["from_development"]:
        second = f"{row['from_development']:+,.1f} m"
    else:
        second = "-"
    return second, row["causes"] or row["words"].partition("#N/A, ")[2] or "-"


def _case(one: Asked) -> str:
    words = [one.scenario or "base assumptions", *(f"{name} {value}" for name, value in one.levers.items())]
    return ", ".join(words)


@click.command()
@click.argument("company")
@click.option(
    "--measure",
    default="operating_income",
    show_default=True,
    help="operating_income, operating_margin, gross_margin, net_margin or eps.",
)
@asked
def bridge(company: str, measure: str, **options: Any) -> None:
    """Bridge a result from its base to the scenario: the causes, which sum exactly."""
    from xlplugin.analysis.bridges import BRIDGED, bridge_rows, bridged
    from xlplugin.analysis.charts import Chart, axis_of, scaled

    one = Asked(options)
    subject = one.subject(company)
    rows = bridge_rows(subject, measure)
    name = bridged(measure)
    change = BRIDGED[name][2]
    title = f"{subject.company} {subject.case.fiscal_year}: bridge of {name.replace('_', ' ')}, {_case(one)}"
    series = {end: scaled([row[end] for row in rows], name) for end in ("start", "end")}
    chart = Chart("steps", title, axis_of(name), [row["label"] for row in rows], series)
    if answered(one, rows, title, chart, ["Single bars depend on the causal order; their sum does not."]):
        return
    most = max((abs(row["value"]) for row in rows[1:-1] if row["value"] == row["value"]), default=0.0)
    table = []
    for i, row in enumerate(rows):
        total = i in (0, len(rows) - 1)
        figure = shown(row["value"], name) if total else shown(row["value"], change, change=True)
        table.append([row["label"], figure, "" if total else bar(abs(row["value"]), most)])
    heading(title)
    print_table(["step", "value", ""], [[a, c, b] for a, b, c in table], text_columns=2)
    moved = rows[-1]["value"] - rows[0]["value"]
    note(
        f"Change in all: {shown(moved, change)}. Single bars depend on the causal order; their sum does not."
    )
    if subject.inputs["reinvestment"] == 1:
        note("Development saves nothing here: reinvestment is 100%.")
    note_trust(subject, change)
    next_step(f"xlplugin tornado {company} shows which assumption matters most")


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@asked
def tornado(company: str, measure: str | None, **options: Any) -> None:
    """Each assumption alone at its low and its high, sorted by what it moves."""
    from xlplugin.analysis.charts import Chart, axis_of, scaled
    from xlplugin.analysis.tornados import swings

    one = Asked(options)
    subject = one.subject(company)
    found = swings(subject, measure)
    name = found.measure
    first = {"company": subject.company, "fiscal_year": subject.case.fiscal_year, "measure": name}
    rows = [{**first, **row, "at_base": found.value, "fixed": False} for row in found.bars]
    rows += [{**first, "input": key, "base": value, "fixed": True} for key, value in found.fixed.items()]
    moving = [row for row in found.bars if row["swing"] > 0]
    title = (
        f"{subject.company} {subject.case.fiscal_year}: {name.replace('_', ' ')} by assumption, {_case(one)}"
    )
    series = {end: scaled([row[f"at_{end}"] for row in moving], name) for end in ("low", "high")}
    base = scaled([found.value], name)[0]
    chart = Chart("swings", title, axis_of(name), [row["input"] for row in moving], series, base=base)
    if answered(one, rows, title, chart, [_NO_FORECAST]):
        return
    reach = [row[end] for row in moving for end in ("at_low", "at_high") if row[end] == row[end]] + [
        found.value
    ]
    table = [
        [
            row["input"],
            swing(row["at_low"], row["at_high"], found.value, min(reach), max(reach), 20),
            entry(row["low"], row["input"]),
            entry(row["high"], row["input"]),
            shown(row["at_low"], name).removesuffix(" bp"),
            shown(row["at_high"], name).removesuffix(" bp"),
        ]
        for row in moving
    ]
    headers = ["assumption", "", "low", "high", "at low", "at high"]
    heading(f"{title}: {shown(found.value, name)} at base")
    print_table(headers, table, text_columns=2)
    still = [row["input"] for row in found.bars if not row["swing"] > 0]
    if still:
        note(f"No effect here: {', '.join(still)}.")
    if found.fixed:
        listed = ", ".join(f"{key} {entry(value, key)}" for key, value in found.fixed.items())
        note(f"Fixed by scenario or entry, so without a bar: {listed}.")
    note_trust(subject, name)
    next_step(f"xlplugin sobol {company} counts effects of assumptions together; simulate draws them all")


@click.command()
@click.argument("company")
@click.option("--measure", help="A line or bridge bar; default: change of operating margin.")
@click.option("--rows", metavar="INPUT[=V,V...]", help="The input down a two-way grid, and its values.")
@click.option("--columns", metavar="INPUT[=V,V...]", help="The input across a two-way grid, and its values.")
@asked
def sensitivity(
    company: str, measure: str | None, rows: str | None, columns: str | None, **options: Any
) -> None:
    """Exact derivatives and elasticities; with --rows and --columns a two-way grid."""
    if (rows is None) != (columns is None):
        raise click.UsageError("--rows and --columns go together", click.get_current_context())
    one = Asked(options)
    if rows is not None and columns is not None:
        _grid(one, company, measure, rows, columns)
        return
    from xlplugin.analysis.charts import Chart
    from xlplugin.analysis.derivatives import differentiate

    found = _records(differentiate(company, measure, **one.shared))
    found.sort(key=lambda row: -abs(row["derivative"] * _step(row["input"])))
    name = found[0]["measure"]
    title = (
        f"{found[0]['company']} {found[0]['fiscal_year']}: slopes of {name.replace('_', ' ')}, {_case(one)}"
    )
    known = [row for row in found if row["elasticity"] == row["elasticity"] and row["elasticity"]]
    series = {"elasticity": [row["elasticity"] for row in known]}
    chart = Chart(
        "bars",
        title,
        "elasticity (per cent of the measure per per cent)",
        [r["input"] for r in known],
        series,
    )
    if answered(one, found, title, chart, ["At a kink the slope is the one towards larger values."]):
        return
    steps = [row["derivative"] * _step(row["input"]) for row in found]
    most = max(map(abs, steps), default=0.0)
    table = [
        [
            row["input"],
            bar(abs(step), most),
            entry(row["base"], row["input"]),
            shown(step, name, change=True),
            f"{row['elasticity']:+.3f}" if row["elasticity"] == row["elasticity"] else "-",
        ]
        for row, step in zip(found, steps, strict=True)
        if step
    ]
    heading(title)
    print_table(["input", "", "base", "per +1 point or +0.01", "elasticity"], table, text_columns=2)
    note("Exact slopes; at a kink the one towards larger values. Inputs without effect are left out.")
    next_step(f"xlplugin sensitivity {company} --rows cost_reduction --columns pass_through shows a grid")


def _step(name: str) -> float:
    return 0.01 if INPUTS[name].unit in ("share", "elasticity", "years") else 1.0


def _axis(typed: str, one: Asked, company: str) -> tuple[str, list[Any]]:
    from xlplugin.analysis.grids import default_values
    from xlplugin.entries import pieces

    name, equals, values = typed.partition("=")
    name = name.strip()
    if equals and name in INPUTS:
        return name, [piece.strip() for piece in pieces(values, name)]
    return name, default_values(one.subject(company), name)


def _grid(one: Asked, company: str, measure: str | None, rows: str, columns: str) -> None:
    from xlplugin.analysis.charts import Chart, axis_of, scaled, unit_of
    from xlplugin.analysis.grids import grid_values
    from xlplugin.analysis.subjects import usual_measure

    subject = one.subject(company)
    name = measure or usual_measure(subject)
    axes = [_axis(typed, one, company) for typed in (rows, columns)]
    down, across, table = grid_values(subject, name, axes[0], axes[1])
    first, second = axes[0][0], axes[1][0]
    title = f"{subject.company} {subject.case.fiscal_year}: {name.replace('_', ' ')} by {first} and {second}"
    records = [
        {"company": subject.company, "measure": name, first: a, second: b, "value": value}
        for a, line in zip(down, table, strict=True)
        for b, value in zip(across, line, strict=True)
    ]
    series = {entry(b, second): scaled([line[k] for line in table], name) for k, b in enumerate(across)}
    labels = [entry(a, first) for a in down]
    chart = Chart("heat", title, axis_of(name), labels, series, across=f"{first}|{second}")
    if answered(one, records, title, chart):
        return
    cells = [
        [label, *(shown(value, name).removesuffix(" bp") for value in line)]
        for label, line in zip(labels, table, strict=True)
    ]
    corner = f"{first} \\ {second}" if len(first + second) < 32 else "down \\ across"
    heading(f"{title}, {unit_of(name)[0]}")
    print_table([corner, *(entry(b, second) for b in across)], cells)
    note_trust(subject, name)
    next_step("-o FILE.xlsx or FILE.png keeps it; name values as --rows cost_reduction=10%,50%,90%")


@click.command()
@click.argument("companies", nargs=-1, metavar="[COMPANY]...")
@click.option("--measure", help="A line; default: change of operating margin.")
@click.option(
    "--target", "targets", multiple=True, metavar="VALUE", help="10bp, 20%, 0.001 or millions (repeat)."
)
@click.option(
    "--lever", default="cost_reduction", show_default=True, help="The lever or exposure that is sought."
)
@click.option("--jevons", is_flag=True, help="Seek the rebound at which the saving is gone.")
@asked
def breakeven(
    companies: tuple[str, ...],
    measure: str | None,
    targets: tuple[str, ...],
    lever: str,
    jevons: bool,
    **options: Any,
) -> None:
    """Find every value of a lever at which a measure reaches a target."""
    from xlplugin.analysis import breakevens
    from xlplugin.analysis.charts import Chart, axis_of, scaled
    from xlplugin.analysis.subjects import subjects, usual_measure

    one = Asked(options)
    if jevons == bool(targets):
        raise click.UsageError("give --target VALUE, or --jevons", click.get_current_context())
    if jevons:
        found = breakevens.jevons(list(companies) or None, **one.shared)
    else:
        import pandas as pd

        names = subjects(list(companies) or None, one.dataset)
        found = pd.concat(
            [
                breakevens.breakeven(name, chosen, [_target(t, chosen) for t in targets], lever, **one.shared)
                for name in names
                for chosen in [measure or usual_measure(one.subject(name))]
            ]
        )
    rows = _records(found)
    sought = rows[0]["lever"]
    title = f"Break-even of {sought}, {_case(one)}"
    chart = None
    if len(set(found["company"])) == 1 and not jevons:
        subject = one.subject(rows[0]["company"])
        curve = breakevens.curve(subject, rows[0]["measure"], sought)
        step = max(1, len(curve.points) // 200)
        series = {subject.company: scaled(curve.values[::step].tolist(), rows[0]["measure"])}
        for target in found["target"].unique():
            series[f"target {shown(target, rows[0]['measure'])}"] = scaled(
                [target] * len(curve.points[::step]), rows[0]["measure"]
            )
        chart = Chart(
            "lines", title, axis_of(rows[0]["measure"]), curve.points[::step].tolist(), series, across=sought
        )
    if answered(one, rows, title, chart):
        return
    table = [
        [
            row["company"],
            row["measure"],
            shown(row["target"], row["measure"]),
            entry(row["base"], sought),
            _root(row, sought),
            " .. ".join(shown(row[f"reachable_{end}"], row["measure"]) for end in ("low", "high")),
        ]
        for row in rows
    ]
    heading(title)
    print_table(["company", "measure", "target", "now", "break-even", "reachable"], table, text_columns=2)
    note(
        "All roots of the domain, the one nearest to today's value first; none = the target is out of reach."
    )
    if jevons:
        note("inference_cost: the bill is back at its base; gross_profit: billed use and prices count too.")
    next_step("--lever NAME seeks another lever or exposure; -o FILE.png draws the curve of one company")


def _root(row: dict[str, Any], lever: str) -> str:
    if row["kind"] == "none":
        return "none"
    words = entry(row["value"], lever)
    if row["kind"] == "stretch":
        return f"{words} .. {entry(row['until'], lever)}"
    return f"{words} (touches)" if row["kind"] == "touching" else words


def _target(typed: str, measure: str) -> float:
    from xlplugin.entries import number

    if typed.strip().lower().endswith("bp") and UNITS.get(measure) not in ("margin", "share", "ratio"):
        fix = f"{measure} is in money: write an amount, or choose another --measure"
        raise InputError(Fault(None, "--target", typed, "", fix, CellError.WRONG_TYPE))
    words = typed.strip().lower()
    factor = 10_000 if words.endswith("bp") else 1
    found = number(words.removesuffix("bp").strip(), "target")
    if found is None:
        raise InputError(
            Fault(None, "--target", typed, "", "write it as 10bp, 20% or 0.001", CellError.WRONG_TYPE)
        )
    return found / factor


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
    from xlplugin.analysis.charts import Chart, axis_of, scaled
    from xlplugin.analysis.paths import path as path_of
    from xlplugin.analysis.subjects import subjects, usual_measure

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
            for row in _records(found)
        ]
    rows = [{key: value for key, value in row.items() if not _mine(key, row["measure"])} for row in rows]
    title = f"Path over {years} years, {_case(one)}"
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
            [company + flag, f"{decline:.4g}", sparkline([values[y] for y in _spread(years)]), *cells]
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


def _records(frame: Any) -> list[dict[str, Any]]:
    return frame.to_dict("records")  # type: ignore[no-any-return]


def _spread(years: int) -> list[int]:
    """Return at most eight years, evenly spread."""
    return sorted({round(i * years / 7) for i in range(8)})


def _mine(key: str, measure: str) -> bool:
    return key == measure or (
        key.removeprefix(f"{measure}_") in ("low", "median", "high") and key.startswith(measure)
    )


def _short(key: str, measure: str) -> str:
    return "value" if key == measure else key.removeprefix(f"{measure}_")
