"""Pictures of analyses by Matplotlib: PNG or SVG, in the product's colours."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xlplugin.analysis.export.plots import Plot
from xlplugin.model.errors import MissingExtraError

INK, SECONDARY, RULE, GREY = "#1F2933", "#5F6B7A", "#D9E0E7", "#9AA5B1"
ACCENT, GAIN, LOSS, CAUTION = "#0B5CAD", "#1B7F5C", "#C2410C", "#B7791F"

#: Colours of several lines; each has a style of its own too.
_LINES = (
    (ACCENT, "-"), (CAUTION, "--"), (GAIN, "-."), (LOSS, ":"),
    (SECONDARY, (0, (5, 1))), (INK, (0, (1, 1))),
)  # fmt: skip


def write_picture(plot: Plot, path: Path, form: str) -> None:
    """Draw a plot to ``path`` as ``png`` or ``svg``; MissingExtraError without Matplotlib."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtraError("matplotlib", "plot", "drawing a picture") from error
    from matplotlib import rc_context

    fonts = ["Carlito", "Calibri", "Arial", "DejaVu Sans"]
    looks: Any = {"font.family": "sans-serif", "font.sans-serif": fonts, "font.size": 10}
    settings = {**looks, "svg.hashsalt": "xlplugin"}  # the same plot gives the same file
    with rc_context(settings):
        tall = len(plot.labels) if plot.kind in ("bars", "swings", "heat") else 0
        figure = Figure(figsize=(8, max(4.2, 1.4 + 0.3 * tall)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        _DRAWN[plot.kind](axes, plot)
        axes.set_title(plot.title, loc="left", color=INK, fontsize=12, fontweight="bold", wrap=True)
        axes.tick_params(colors=SECONDARY, length=0)
        for side in ("top", "right", "left", "bottom"):
            axes.spines[side].set_color(RULE)
            axes.spines[side].set_visible(side == "bottom")
        figure.savefig(
            path, format=form, dpi=150, metadata={"Date": None} if form == "svg" else {"Software": None}
        )


def _bars(axes: Any, plot: Plot) -> None:
    values = next(iter(plot.series.values()))
    colors = [(GAIN if value >= 0 else LOSS) if plot.signed else ACCENT for value in values]
    drawn = axes.barh(range(len(values)), [v if v == v else 0 for v in values], color=colors, height=0.62)
    _lying(axes, plot)
    form = "{:+,.1f}" if plot.signed else "{:,.2f}"
    words = [form.format(value) if value == value else "#N/A" for value in values]
    axes.bar_label(drawn, words, padding=3, color=INK, fontsize=9)
    axes.margins(x=0.14)


def _swings(axes: Any, plot: Plot) -> None:
    for name, values in plot.series.items():
        widths = [0 if math.isnan(value) else value - plot.base for value in values]
        color, edge = (ACCENT, ACCENT) if name == "high" else ("white", ACCENT)
        words = f"at its {name}"
        axes.barh(
            range(len(values)), widths, left=plot.base, color=color, edgecolor=edge, height=0.62, label=words
        )
    axes.axvline(plot.base, color=INK, linewidth=1)
    _lying(axes, plot)
    axes.legend(frameon=False, loc="lower right", labelcolor=SECONDARY)


def _lying(axes: Any, plot: Plot) -> None:
    axes.set_yticks(range(len(plot.labels)), list(map(str, plot.labels)))
    axes.invert_yaxis()
    axes.set_xlabel(plot.axis, color=SECONDARY)
    axes.grid(axis="x", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.axvline(plot.base, color=GREY, linewidth=0.8)


def _steps(axes: Any, plot: Plot) -> None:
    starts, ends = plot.series["start"], plot.series["end"]
    last = len(ends) - 1
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        total = place in (0, last)
        if math.isnan(end):
            continue
        color = GREY if total else GAIN if end >= start else LOSS
        axes.bar(place, end - start, bottom=start, color=color, width=0.62)
        words = f"{end:,.1f}" if total else f"{end - start:+,.1f}"
        _note(axes, words, (place, max(start, end)), (0, 3), ha="center", fontsize=9, color=INK)
    inner = [value for value in (*starts[1:-1], *ends[1:-1]) if value == value]
    if inner and min(inner) > 0 and (max(inner) - min(inner)) < 0.5 * max(inner):
        room = (max(inner) - min(inner)) or abs(max(inner)) * 0.01
        axes.set_ylim(min(inner) - 0.6 * room, max(inner) + 0.3 * room)
        corner = {"xycoords": "axes fraction", "fontsize": 8, "color": SECONDARY}
        _note(axes, "axis does not start at 0", (0, 0), (2, 4), **corner)
    axes.set_xticks(range(len(ends)), list(map(str, plot.labels)), rotation=30, ha="right")
    axes.set_ylabel(plot.axis, color=SECONDARY)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.set_axisbelow(True)


def _lines(axes: Any, plot: Plot) -> None:
    for i, (name, values) in enumerate(plot.series.items()):
        color, style = _LINES[i % len(_LINES)]
        if name in plot.bands:
            low, high = plot.bands[name]
            axes.fill_between(plot.labels, low, high, color=color, alpha=0.15, linewidth=0)
        axes.plot(plot.labels, values, color=color, linestyle=style, linewidth=2)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xlabel(plot.across, color=SECONDARY)
    axes.set_ylabel(plot.axis, color=SECONDARY)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.margins(x=0.02)
    _name_ends(axes, plot)


def _name_ends(axes: Any, plot: Plot) -> None:
    """Write each line's name at its end, names that would lie on each other one above the other."""
    bottom, top = axes.get_ylim()
    apart = 0.045 * (top - bottom)
    names = [name for name, values in plot.series.items() if values[-1] == values[-1]]
    below = -math.inf
    for name in sorted(names, key=lambda name: plot.series[name][-1]):
        place = max(plot.series[name][-1], below + apart)
        below = place
        color, _ = _LINES[list(plot.series).index(name) % len(_LINES)]
        end = {"xycoords": axes.get_yaxis_transform(), "va": "center", "annotation_clip": False}
        _note(axes, name, (1.0, place), (4, 0), color=color, fontsize=9, **end)


def _note(axes: Any, words: str, at: tuple[float, float], away: tuple[int, int], **look: Any) -> None:
    """Write words so many points away from a place."""
    axes.annotate(words, at, xytext=away, textcoords="offset points", **look)


def _heat(axes: Any, plot: Plot) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    table = [list(row) for row in zip(*plot.series.values(), strict=True)]
    reach = max((abs(v) for row in table for v in row if v == v), default=1.0) or 1.0
    colors = LinearSegmentedColormap.from_list("xlplugin", [LOSS, "#FFFFFF", GAIN])
    axes.imshow(table, cmap=colors, vmin=-reach, vmax=reach, aspect="auto")
    for i, row in enumerate(table):
        for k, value in enumerate(row):
            axes.text(k, i, f"{value:+,.1f}", ha="center", va="center", fontsize=9, color=INK)
    axes.set_xticks(range(len(plot.series)), list(plot.series))
    axes.set_yticks(range(len(plot.labels)), list(map(str, plot.labels)))
    axes.set_xlabel(plot.across.partition("|")[2], color=SECONDARY)
    axes.set_ylabel(plot.across.partition("|")[0], color=SECONDARY)


_DRAWN: dict[str, Callable[[Any, Plot], None]] = {
    "bars": _bars,
    "swings": _swings,
    "steps": _steps,
    "lines": _lines,
    "heat": _heat,
}
