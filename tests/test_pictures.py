"""Pictures for a note: every command in both languages and several sizes, its texts measured one by one."""

from __future__ import annotations

import itertools
import re
import warnings
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import oracle
import pytest
from click.testing import CliRunner
from test_analysis_tables import assumption, expected, filled

from xlplugin.analysis.export import output
from xlplugin.analysis.export.pictures import SIZES, drawn, picture_size, write_picture
from xlplugin.analysis.export.plots import Plot
from xlplugin.cli import cli
from xlplugin.model.errors import InputError
from xlplugin.model.labels import LANGUAGES, label
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS

pytestmark = pytest.mark.slow

LONG = "Aktiengesellschaft für angewandte Rechenkapazitätsvermittlung und Beteiligungen (Holding) & Söhne"
UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"

COMMANDS = {
    "compare": ["compare", "--peers", "--scenario", "deepseek_sceptic"],
    "compare money": ["compare", "--peers", "--measure", "operating_income_change"],
    "compare labs": ["compare", "--company", "OpenAI", "--company", "DeepSeek"],
    "bridge": ["bridge", "MSFT", "--measure", "operating_margin", "--scenario", "price_war"],
    "bridge of eps": ["bridge", "SAP", "--measure", "eps", "--set", "seat_erosion=0.1"],
    "bridge of a loss": ["bridge", "OpenAI"],
    "tornado": ["tornado", "CRM"],
    "slopes": ["sensitivity", "NVDA"],
    "grid": ["sensitivity", "CRM", "--rows", "cost_reduction", "--columns", "pass_through"],
    "breakeven": ["breakeven", "NOW", "--target", "10bp", "--target=-5bp"],
    "break-evens": ["breakeven", "CRM", "NOW", "SAP", "NVDA", "--target", "10bp", "--target", "500bp"],
    "jevons": ["breakeven", "CRM", "--jevons"],
    "path": ["path", "CRM", "--decline", "30%", "--years", "6"],
    "path with bands": ["path", "CRM", "--trials", "30"],
    "paths": ["path", "--years", "20"],
    "path beyond the model": ["path", "NVDA", "--set", "market_elasticity=1.4"],
    "simulate": ["simulate", "CRM", "--trials", "600"],
    "simulate a fixed case": ["simulate", "CRM", "--trials", "50", "--measure", "base_operating_margin"],
    "sobol": ["sobol", "CRM", "--samples", "16"],
}
FORMS = {"en": ("16:9", "11x8cm"), "de": ("16:9", "4:3", "square", "11x8cm", "40x12cm", "12x30cm")}


def plot_of(monkeypatch: pytest.MonkeyPatch, arguments: list[str], language: str) -> Plot:
    """The plot that a command would draw, in a language."""
    kept: list[Plot] = []

    def keep(path: Path, rows: Any, title: str, plot: Plot, notes: Any = (), **_: Any) -> None:
        kept.append(plot)

    monkeypatch.setattr(output, "write_output", keep)
    result = CliRunner().invoke(cli, [*arguments, "--lang", language, "-o", "unused.png"])
    assert result.exit_code == 0, result.output or result.exception
    assert kept[0].language == language
    return kept[0]


def with_long_names(tmp_path: Path) -> Path:
    """Two companies with names as long as they come."""
    table = tmp_path / "own.csv"
    head = (
        "company,fiscal_year,currency,revenue,cost_of_revenue,research_and_development,sales_and_marketing,"
    )
    head += "general_and_administrative,other_operating_expense,income_tax_rate,net_income,diluted_shares"
    row = "FY2026,CHF,4000,1200,700,900,300,0,0.2,700,150"
    table.write_text(f"{head}\n{LONG},{row}\n{UNBROKEN},{row}\n", encoding="utf-8")
    return table


def texts_lie_apart(plot: Plot, size: str) -> list[str]:
    """Return the texts of a picture after looking at each: within the frame, on no other."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a font or sign that is missing
        figure = drawn(plot, picture_size(size))
        figure.canvas.draw()
    width, height = figure.get_size_inches() * figure.dpi
    found = [
        text
        for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))
        if text.get_text().strip() and text.get_visible()
    ]
    boxes = [(text.get_text(), text.get_window_extent()) for text in found]
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, (words, size)
    for (words, box), (others, other) in itertools.combinations(boxes, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        upright = min(box.y1, other.y1) - max(box.y0, other.y0)
        # a line's box holds its ascenders and descenders: up to a sixth of it is air
        assert across <= 0.5 or upright <= min(box.height, other.height) / 6, (words, others, size)
    return [words for words, _ in boxes]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", COMMANDS)
def test_texts_lie_apart_within_the_frame(name: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, COMMANDS[name], language)
    machine = {one for one in (*FUNCTIONS, *MODEL_INPUTS) if "_" in one}
    for size in FORMS[language]:
        said = texts_lie_apart(plot, size)
        joined = " ".join(said)
        assert not re.search(r"[A-Za-z]+_[a-z]", joined), joined
        assert not machine & set(joined.split())
        start = {"en": "Source: xlplugin", "de": "Quelle: xlplugin"}[language]
        assert any(words.startswith(start) for words in said)
        assert said[0].rstrip("…").strip() and plot.title.startswith(said[0].rstrip("…").strip())
    if language == "de":
        bare = re.sub(r"xlplugin \S+;|\d\d\.\d\d\.\d{4}|Form (10-K|20-F)", "", joined)
        assert not re.search(r"\d\.\d(?!\d\d)|\d%| bp\b|\b(of|the|by|from|and|to|year)\b", bare), bare


@pytest.mark.parametrize("size", ["16:9", "square", "11x8cm"])
@pytest.mark.parametrize("arguments", [["compare"], ["bridge", UNBROKEN], ["tornado", LONG], ["path"],
                                       ["simulate", LONG, "--trials", "100"], ["breakeven", LONG, "CRM", "--target", "10bp"]])  # fmt: skip
def test_long_names_are_broken_or_cut(
    arguments: list[str], size: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plot = plot_of(monkeypatch, [*arguments, "--companies", str(with_long_names(tmp_path))], "de")
    said = " ".join(texts_lie_apart(plot, size))
    assert LONG[:10] in said or UNBROKEN[:10] in said


def test_a_comparison_sets_the_unranked_apart_with_their_range(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, ["compare", "--scenario", "half"], "en")
    said = texts_lie_apart(plot, "16:9")
    labels = [str(words) for words in plot.labels]
    ranked = [words for words, group in zip(labels, plot.groups, strict=True) if not group]
    assert [words.partition(",")[0] for words in ranked] == ["Meta Platforms", "ServiceNow", "Salesforce"]
    ends = [
        10_000 * expected("NVIDIA", "operating_margin_change", cost_reduction=0.5, market_elasticity=end)
        for end in (0.6, 1.4)
    ]
    place = labels.index("NVIDIA, FY2026")
    assert plot.ranges[place] == pytest.approx(ends)
    assert "Unranked, direction not determined by cost alone" in " ".join(said)
    assert any(words.startswith("+1.4 bp (−") for words in said)
    values = next(iter(plot.series.values()))
    place = labels.index("Salesforce, FY2026")
    assert values[place] == pytest.approx(
        1e4 * expected("Salesforce", "operating_margin_change", cost_reduction=0.5)
    )
    assert plot.ranges[place][0] < values[place] < plot.ranges[place][1]
    assert "running and developing AI models cost 50% less" in plot.subtitle


def test_the_scenario_stands_with_its_effective_reduction(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, kept = 0.9635, 0.3 * 0.5
    english = plot_of(monkeypatch, ["bridge", "CRM", "--scenario", "deepseek_sceptic"], "en").subtitle
    assert f"{claim * kept * 100:.4g}% less" in english and "claimed: 96.35%" in english
    assert "developing them the same" in english and "DeepSeek, doubted" in english
    german = plot_of(monkeypatch, ["bridge", "CRM", "--scenario", "deepseek_sceptic"], "de").subtitle
    assert "14,45 % weniger" in german and "DeepSeek, angezweifelt" in german
    dearer = plot_of(monkeypatch, ["bridge", "CRM", "--scenario", "cost_rise"], "en").subtitle
    assert "cost 20% more" in dearer
    own = plot_of(monkeypatch, ["bridge", "CRM", "--set", "pass_through=60%"], "en").subtitle
    assert f"Own entries: {label('pass_through')} 60%." in own


def test_draws_are_a_histogram_with_their_percentiles_and_the_headline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    arguments = [
        "simulate",
        "CRM",
        "--scenario",
        "half",
        "--trials",
        "20000",
        "--measure",
        "operating_margin_change",
    ]
    plot = plot_of(monkeypatch, arguments, "en")
    assert plot.kind == "histogram"
    headline = 1e4 * expected("Salesforce", "operating_margin_change", cost_reduction=0.5)
    assert list(plot.marks.values())[-1] == pytest.approx(headline)
    edges, shares = [float(edge) for edge in plot.labels], next(iter(plot.series.values()))
    assert sum(shares) == pytest.approx(99, abs=0.2)  # half a per cent at either end is left out
    below = {
        name[:3]: sum(s for e, s in zip(edges, shares, strict=True) if e < at)
        for name, at in plot.marks.items()
    }
    assert below["P10"] == pytest.approx(10, abs=4) and below["P90"] == pytest.approx(90, abs=4)
    assert [name.split()[0] for name in plot.marks] == ["P10", "P50", "P90", "Headline"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_draws_of_the_claim_itself_are_named(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_too = plot_of(monkeypatch, ["simulate", "CRM", "--trials", "50"], language).notes
    assert any(label("cost_reduction", language) in note for note in drawn_too)
    held = plot_of(monkeypatch, ["simulate", "CRM", "--trials", "50", "--scenario", "half"], language).notes
    assert not any(label("cost_reduction", language) in note for note in held)


def test_an_axis_that_does_not_begin_at_0_says_so_outside_the_plot(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, ["bridge", "CRM"], "en")
    figure = drawn(plot)
    (said,) = [text for text in figure.texts if "begins at" in text.get_text()]
    assert figure.axes[0].get_xlim()[0] > 0
    assert not figure.axes[0].get_window_extent().overlaps(said.get_window_extent())
    assert not figure.axes[0].texts
    whole = drawn(plot_of(monkeypatch, ["compare"], "en"))
    assert not [text for text in whole.texts if "begins at" in text.get_text()]


def test_a_bridge_leaves_out_bars_of_nothing_and_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, ["bridge", "CRM"], "en")
    lines = oracle.evaluate(filled("Salesforce"))
    bars = {name: lines[f"bridge_operating_income_{name}"] for name in oracle.BARS}
    shown = [label(name) for name, value in bars.items() if value]
    assert list(plot.labels)[1:-1] == shown
    assert all(label(name) in plot.notes[0] for name, value in bars.items() if not value)


def test_sizes(tmp_path: Path) -> None:
    assert picture_size("16:9")[0] / picture_size("16:9")[1] == pytest.approx(16 / 9)
    assert picture_size("25.4x12.7cm") == pytest.approx((10, 5)) == picture_size("25,4 × 12,7 cm")
    assert picture_size("8x4.5in") == (8.0, 4.5)
    for wrong in ("16x9", "big", "0x5in", "1x1cm", "400x300in", "-8x4in", "nanxnanin", ""):
        with pytest.raises(InputError, match="16:9, 4:3, square"):
            picture_size(wrong)
    target = tmp_path / "out.csv"
    result = CliRunner().invoke(cli, ["compare", "-o", str(target), "--size", "4:3"])
    assert isinstance(result.exception, InputError) and "pictures alone" in str(result.exception)
    assert not target.exists()


@pytest.mark.parametrize("size", [*SIZES, "16x9cm"])
def test_files_have_the_size_and_their_texts(size: str, tmp_path: Path) -> None:
    from PIL import Image
    from pypdf import PdfReader

    made: Mapping[str, Path] = {form: tmp_path / f"out.{form}" for form in ("png", "svg", "pdf")}
    for path in made.values():
        result = CliRunner().invoke(cli, ["bridge", "CRM", "--lang", "de", "-o", str(path), "--size", size])
        assert result.exit_code == 0, result.output
    width, height = picture_size(size)
    assert Image.open(made["png"]).size == pytest.approx((width * 200, height * 200), abs=1)
    page = PdfReader(made["pdf"]).pages[0]
    assert [float(side) for side in page.mediabox[2:]] == pytest.approx([width * 72, height * 72], abs=0.01)
    written = page.extract_text()
    root = ElementTree.parse(made["svg"]).getroot()
    said = [("".join(one.itertext())).strip() for one in root.iter("{http://www.w3.org/2000/svg}text")]
    for words in (
        "Salesforce FY2026: Überleitung, operatives Ergebnis",
        "Günstigere KI-Arbeit",
        "+33,4",
        "−7,1",
    ):
        assert any(words in one for one in said), words
        assert words in written


def test_the_same_plot_gives_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, ["tornado", "CRM"], "en")
    for form in ("png", "svg", "pdf"):
        for name in ("a", "b"):
            write_picture(plot, tmp_path / f"{name}.{form}", form)
        assert (tmp_path / f"a.{form}").read_bytes() == (tmp_path / f"b.{form}").read_bytes()


def test_a_tornado_is_that_of_the_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    plot = plot_of(monkeypatch, ["tornado", "CRM"], "en")
    place = list(plot.labels).index(label("pass_through"))
    for end in ("low", "high"):
        at = float(assumption("Salesforce", "pass_through")[end])
        right = 1e4 * expected("Salesforce", "operating_margin_change", pass_through=at)
        assert plot.series[end][place] == pytest.approx(right)
