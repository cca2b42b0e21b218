"""The note: the figures of the oracle, in both languages and three formats, and what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import command_line
import oracle
import pytest
from click.testing import CliRunner
from test_analysis_tables import expected, filled

import xlplugin
from xlplugin.cli import cli
from xlplugin.model.errors import InputError, MissingExtraError
from xlplugin.model.labels import LANGUAGES, label
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS

pytestmark = pytest.mark.slow

FORMS = (".html", ".pdf", ".docx")


class Reader(HTMLParser):
    """The texts of a page outside its style, its addresses, and tags that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.addresses: list[str] = []
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "path", "use", "br"):
            self.open.append(tag)
        for name, value in attributes:
            if name in ("href", "src", "xlink:href"):
                self.addresses.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open and data.strip():
            self.words.append(data.strip())


def read(path: Path) -> str:
    """The words of a note, one blank between them."""
    if path.suffix == ".html":
        reader = Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        words = " ".join(reader.words)
    elif path.suffix == ".pdf":
        from pypdf import PdfReader

        words = " ".join(page.extract_text() for page in PdfReader(path).pages)
    else:
        from docx import Document
        from docx.oxml.ns import qn

        body = Document(str(path)).element.body
        words = " ".join(
            "".join(one.text or "" for one in line.iter(qn("w:t"))) for line in body.iter(qn("w:p"))
        )
    return " ".join(words.split())


def written(
    tmp_path: Path, companies: list[str] | None = None, form: str = ".html", **settings: object
) -> str:
    return read(xlplugin.note(tmp_path / f"note{form}", companies, force=True, **settings))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """The note on the preset half in a format and a language, written once."""
    folder = tmp_path_factory.mktemp("half")
    return cache(
        lambda form, language: xlplugin.note(folder / f"{language}{form}", scenario="half", language=language)
    )


def bp(value: float, language: str = "en") -> str:
    words = f"{value * 1e4:+,.1f}".replace("-", "−")
    return words if language == "en" else words.translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_format_holds_the_same_words_and_the_oracle_s_figures(
    form: str, language: str, half: Callable[[str, str], Path]
) -> None:
    words = read(half(form, language))
    for company in ("Salesforce", "ServiceNow", "Microsoft", "Meta Platforms", "NVIDIA"):
        change = expected(company, "operating_margin_change", cost_reduction=0.5)
        assert bp(change, language) in words, company
    low = expected("NVIDIA", "operating_margin_change", cost_reduction=0.5, market_elasticity=0.6)
    assert bp(low, language) in words
    bars = oracle.evaluate(filled("Salesforce", cost_reduction=0.5))
    assert f"{bp(bars['bridge_operating_margin_unit_cost'], language)} " in words
    for section in {
        "en": (
            "What it comes from",
            "what would have to be true",
            "What to bear in mind",
            "Sources",
            "no forecast",
        ),
        "de": ("Woher es kommt", "Was wahr sein müsste", "Was zu beachten ist", "Quellen", "keine Prognose"),
    }[language]:
        assert section in words
    assert ("0.952" if language == "en" else "0,952") in words  # NVIDIA's market elasticity of that day
    bare = words.partition("xlplugin note")[0]
    assert not re.search(r"[a-z]+_[a-z]+", bare), re.findall(r"\S*[a-z]+_[a-z]+\S*", bare)
    assert not {name for name in (*FUNCTIONS, *MODEL_INPUTS) if "_" in name} & set(bare.split())
    assert "{" not in words and "nan" not in words.split()


def test_the_german_note_holds_no_english(tmp_path: Path) -> None:
    words = written(tmp_path, None, language="de", scenario="deepseek_sceptic")
    bare = words.partition("Quellen")[0]
    assert not re.search(r"\b(of|the|by|from|and|to|with|is|at|cost|company|revenue)\b", bare), bare
    assert not re.search(r"\d%|\d\.\d(?!\d\d)|\bbp\b", re.sub(r"\d\d\.\d\d\.\d{4}|xlplugin \S+", "", bare))
    assert "verwässert" not in words or "ß" in words or "ü" in words
    assert "14,45 % weniger" in words and "96,35 %" in words


def test_figures_are_those_of_compare_bridge_and_ranges(tmp_path: Path) -> None:
    words = written(tmp_path, ["CRM"], scenario="half")
    (row,) = xlplugin.compare(scenario="half", companies=["CRM"]).to_dict("records")
    around = xlplugin.ranges("half", "CRM").iloc[0]
    assert (row["p10"], row["p90"]) == pytest.approx((around["p10"], around["p90"]), rel=1e-12)
    assert f"{bp(around['p10'])} to {bp(around['p90'])}" in words
    steps = xlplugin.bridge("CRM", "operating_margin", scenario="half")
    for step in steps.to_dict("records")[1:-1]:
        if step["value"]:
            assert f"{bp(step['value'])} bp" in words, step["label"]
    before, after = steps["value"].iloc[0], steps["value"].iloc[-1]
    assert f"Operating margin from {before:.1%} to {after:.1%} ({bp(after - before)} bp)" in words


def test_the_sell_off_is_that_of_implied(tmp_path: Path) -> None:
    words = written(tmp_path, ["NVIDIA", "Salesforce", "SAP"])
    nearest = xlplugin.implied("NVIDIA").query("rank == 1")["value"].iloc[0]
    assert f"by {nearest:.3f}%" in words and "−16.97%" in words
    assert "no fall of AI cost alone" in words and "+3.96%" in words  # Salesforce
    assert "no figures of that moment" in words and "on general assumptions" in words  # SAP


def test_companies_that_need_care(tmp_path: Path) -> None:
    sap = written(tmp_path, ["SAP"])
    assert "EUR m" in sap and "USD" not in sap
    assert "Not ranked, since on general assumptions: SAP." in sap
    nvidia = written(tmp_path, ["NVDA"])
    assert "cost alone does not determine the direction: NVIDIA" in nvidia
    assert "over the assumed market elasticity" in nvidia
    labs = written(tmp_path, ["OpenAI", "DeepSeek"], scenario="deepseek_headline")
    assert "No result: OpenAI and DeepSeek" in labs and "#N/A" in labs
    assert "No move of that day is on file" in labs
    mixed = written(tmp_path, ["SAP", "CRM"], measure="operating_income_change")
    assert "EUR and USD" in mixed and "never converted" in mixed
    then = written(tmp_path, ["CRM"], fiscal_year="article")
    assert "Salesforce FY2025" in then and "another fiscal year" in then
    own = written(tmp_path, ["CRM"], levers={"pass_through": "60%"})
    assert f"Own entries: {label('pass_through')} 60%." in own and "--set pass_through=60%" in own
    peers = written(tmp_path, ["peers"])
    assert "Without room here" in peers or "Workday:" in peers


def test_a_page_stands_alone_and_is_well_formed(tmp_path: Path) -> None:
    path = xlplugin.note(tmp_path / "note.html", ["CRM", "NVDA"], language="de")
    text = path.read_text(encoding="utf-8")
    reader = Reader()
    reader.feed(text)
    assert reader.open == [] and len(reader.ids) == len(set(reader.ids))
    outside = [address for address in reader.addresses if not address.startswith("#")]
    assert outside and all(address.startswith("https://www.sec.gov/") for address in outside)
    assert "<script" not in text and "@import" not in text and "url(http" not in text
    used = set(re.findall(r"url\(#([^)]+)\)", text)) | {a[1:] for a in reader.addresses if a.startswith("#")}
    assert used <= set(reader.ids)
    assert 'lang="de"' in text and "prefers-color-scheme:dark" in text and "@media print" in text


SHOTS = """
const { chromium } = require('playwright-core');
(async () => {
  const [file, program] = process.argv.slice(1);
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox', '--disable-gpu'] });
  const found = [];
  for (const [width, colorScheme] of [[380, 'light'], [380, 'dark'], [1400, 'light'], [1400, 'dark']]) {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const asked = [];
    page.on('request', one => asked.push(one.url()));
    await page.goto('file://' + file);
    found.push(await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth, paper: getComputedStyle(document.body).backgroundColor,
      drawn: [...document.querySelectorAll('figure svg')].filter(one => one.getBoundingClientRect().width).length,
      beyond: [...document.querySelectorAll('main *')].filter(one => one.getBoundingClientRect().right > innerWidth + 1).length,
      smallest: Math.min(...[...document.querySelectorAll('figure svg text')]
        .map(one => one.getBoundingClientRect().height).filter(Boolean)),
    })));
    found[found.length - 1].asked = asked.length;
  }
  const page = await browser.newPage();
  await page.goto('file://' + file);
  await page.pdf({ path: file + '.pdf', preferCSSPageSize: true });
  console.log(JSON.stringify(found));
  await browser.close();
})();
"""


def test_a_page_is_readable_on_telephone_desk_and_paper(
    half: Callable[[str, str], Path], tmp_path: Path, chromium: Path, node: Path, node_modules: Path
) -> None:
    from pypdf import PdfReader

    path = half(".html", "de")
    environment = {"NODE_PATH": str(node_modules), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [str(node), "-e", SHOTS, str(path), str(chromium)], capture_output=True, text=True, env=environment, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = json.loads(ran.stdout)
    for one, width in zip(found, (380, 380, 1400, 1400), strict=True):
        assert one["wide"] <= width and one["beyond"] == 0, one
        assert one["drawn"] == 2 and one["asked"] == 1
        assert one["smallest"] >= 7.5, one
    papers = [tuple(map(int, re.findall(r"\d+", one["paper"])[:3])) for one in found]
    assert papers[0] == papers[2] == (255, 255, 255) and max(papers[1]) < 64 and papers[1] == papers[3]
    assert len(PdfReader(f"{path}.pdf").pages) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_are_one_or_two_pages_with_their_fonts(
    language: str, half: Callable[[str, str], Path], tmp_path: Path
) -> None:
    from pypdf import PdfReader

    short = xlplugin.note(tmp_path / "note.pdf", ["CRM"], language=language, scenario="half")
    for path in (half(".pdf", language), short):
        reader = PdfReader(path)
        assert 1 <= len(reader.pages) <= 2
        assert reader.root_object["/Lang"] == language
        for page in reader.pages:
            assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
            for font in page["/Resources"]["/Font"].values():
                described = (
                    font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
                )
                assert "/FontFile2" in described  # embedded
        words = " ".join(page.extract_text() for page in reader.pages)
        assert "−" in words and "†" in words
        assert language != "de" or "ü" in words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_can_be_edited_and_opens_in_libreoffice(
    language: str, half: Callable[[str, str], Path], tmp_path: Path, soffice: Path
) -> None:
    from docx import Document
    from pypdf import PdfReader

    path = half(".docx", language)
    document = Document(str(path))
    assert [one.text for one in document.paragraphs if one.style.name == "Heading 2"]
    assert len(document.tables) == 1 and len(document.inline_shapes) == 2
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("word/document.xml").decode("utf-8")
    assert all(words for words in re.findall(r'<wp:docPr[^>]*descr="([^"]*)"', xml)) and "descr=" in xml
    core = document.core_properties
    assert (core.author, core.comments) == ("xlplugin", "")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    ran = subprocess.run(
        [str(soffice), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)],
        capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    made = tmp_path / path.with_suffix(".pdf").name
    if not made.exists() and "could not be loaded" in ran.stdout + ran.stderr:
        pytest.skip("LibreOffice Writer")
    assert made.exists(), ran.stderr
    reader = PdfReader(made)
    assert 1 <= len(reader.pages) <= 2
    words = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    assert bp(expected("Salesforce", "operating_margin_change", cost_reduction=0.5), language) in words


def test_the_command_writes_it_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [
        "note",
        "CRM",
        "NOW",
        "--scenario",
        "half",
        "--set",
        "pass_through=40%",
        "--lang",
        "en",
        "-o",
        "note.html",
    ]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output or result.exception
    assert "Wrote note.html." in result.output and result.output.splitlines()[-1].startswith("Next: ")
    words = read(Path("note.html"))
    again = words.partition("Command for this note: ")[2].partition(" xlplugin 0")[0].split()
    assert again[:2] == ["xlplugin", "note"]
    Path("note.html").rename("first.html")
    result = CliRunner().invoke(cli, again[1:])
    assert result.exit_code == 0, result.output or result.exception
    assert Path("note.html").read_bytes() == Path("first.html").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "note.txt"], ".html, .pdf, .docx"),
        (["Salesfroce", "-o", "note.html"], "did you mean Salesforce"),
        (["-o", "there.html"], "add --force to replace it"),
        (["-o", "nowhere/note.pdf"], "no such folder"),
        (["--scenario", "hlaf", "-o", "note.docx"], "half"),
        (["--measure", "margin", "-o", "note.html"], "margin"),
        (["--set", "pass_through=200%", "-o", "note.html"], "pass_through"),
        ([], "--output"),
    ],
)
def test_wrong_use_is_one_line_and_leaves_nothing(arguments: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "there.html").write_text("mine", encoding="utf-8")
    ran = command_line.xlplugin("note", *arguments, cwd=tmp_path)
    assert ran.returncode == 2 and ran.stdout == ""
    assert len(ran.stderr.strip().splitlines()) == 1 and said in ran.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["there.html"]
    assert (tmp_path / "there.html").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("form", "package", "extra"),
    [(".pdf", "fpdf", "note"), (".docx", "docx", "note"), (".html", "matplotlib", "plot")],
)
def test_a_missing_library_is_named_before_any_work(
    form: str, package: str, extra: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import importlib.util

    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == package else find(name, *rest)
    )
    with pytest.raises(MissingExtraError, match=rf"xlplugin\[{extra}\]"):
        xlplugin.note(tmp_path / f"note{form}")
    assert list(tmp_path.iterdir()) == []


def test_a_failure_half_way_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from xlplugin.analysis.notes import paper

    target = tmp_path / "note.pdf"
    target.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(paper, "_picture", fail)
    with pytest.raises(OSError, match=r"note\.pdf"):
        xlplugin.note(target, ["CRM"], force=True)
    assert target.read_bytes() == b"old" and [one.name for one in tmp_path.iterdir()] == ["note.pdf"]
    with pytest.raises(InputError, match="language"):
        xlplugin.note(target, ["CRM"], force=True, language="fr")
