"""A workbook that comes back: computed anew, entries typed into it, and every other byte of it as it was."""

from __future__ import annotations

import itertools
import math
import os
import re
import subprocess
import zipfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import openpyxl
import oracle
import pytest
import workbook_edits
from openpyxl.utils import range_boundaries
from workbook_edits import EDITS, parts_of

import xlplugin
from xlplugin.batch.checks.differences import diff
from xlplugin.batch.checks.entries import changed_entries
from xlplugin.batch.renewal import renewal
from xlplugin.data.shipped import shipped
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

COMPANIES, SCENARIOS = ["Salesforce", "NVIDIA"], ["half", "price_war"]
#: What ENTRIES mean for each company and scenario.
TYPED = {
    ("Salesforce", "half"): {"cost_reduction": 0.4, "adoption": 0.7},
    ("NVIDIA", "half"): {"adoption": 0.7},
}
ENTRIES = {"xlp_in_cost_reduction[Salesforce,half]": "40%", "xlp_in_adoption[half]": 0.7}


@pytest.fixture(scope="module")
def light(template_of: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template with the formulas of the sheets that answer alone."""
    whole = template_of(companies=COMPANIES, scenarios=SCENARIOS)
    return workbook_edits.lighter(whole, tmp_path_factory.mktemp("light") / "light.xlsx")


@pytest.fixture(scope="module")
def entered(light: Path, tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """What a light template holds when ENTRIES are typed into it."""
    out = tmp_path_factory.mktemp("entered") / "out.xlsx"
    xlplugin.update(light, out, ENTRIES)
    entries = renewal(out, shipped()).entries
    assert {entry.value for entry in entries} >= {0.4, 0.7}
    return entries


def inputs_of(company: str, scenario: str, typed: dict[str, float]) -> dict[str, Any]:
    """The inputs that count, by the tests' own reading of the plain CSVs."""
    latest = oracle.latest(oracle.companies(oracle.DATA), company)
    row = next(one for one in oracle.scenarios(oracle.DATA) if one["scenario"] == scenario)
    return oracle.fill(latest, oracle.assumptions(oracle.DATA), row, entry=typed).inputs


def outputs(path: Path, line: str) -> dict[tuple[str, str], Any]:
    companies, (scenarios,) = companies_of(path), block(path, "xlp_scenarios")
    return {
        (company, scenario): cell
        for company, row in zip(companies, block(path, f"xlp_out_{line}"), strict=True)
        for scenario, cell in zip(scenarios, row, strict=True)
        if company and scenario
    }


def companies_of(path: Path) -> list[Any]:
    return [company for (company,) in block(path, "xlp_companies")]


def block(path: Path, name: str) -> list[list[Any]]:
    """What the cells of a name show, row by row."""
    ((title, area),) = opened(path).defined_names[name].destinations
    left, top, right, bottom = range_boundaries(area)
    rows, blank = rows_of(path, title), [None] * right
    return [
        [*(rows[row] if row < len(rows) else ()), *blank][left - 1 : right] for row in range(top - 1, bottom)
    ]


@lru_cache(4)
def rows_of(path: Path, title: str) -> list[tuple[Any, ...]]:
    sheet = opened(path)[title]
    sheet.reset_dimensions()
    return list(sheet.iter_rows(values_only=True))


@lru_cache(2)
def opened(path: Path) -> openpyxl.Workbook:
    """A file's values, as openpyxl reads it, which does not know the strict form of the format."""
    parts = {name: workbook_edits.loose(data) for name, data in parts_of(path).items()}
    ordinary = workbook_edits.write(path.with_name(f"read-{path.name}"), parts, method=zipfile.ZIP_STORED)
    return openpyxl.load_workbook(ordinary, data_only=True, read_only=True, keep_links=False)


def changed_parts(before: Path, after: Path) -> set[str]:
    old, new = parts_of(before), parts_of(after)
    assert list(old) == list(new)
    return {name for name in old if old[name] != new[name]}


def bare(data: bytes) -> str:
    """A sheet without the values of its formulas and what kind they are."""
    text = data.decode()
    text = re.sub(r"""(<(?:x:)?c\b[^>]*?)\st\s*=\s*(?:"[^"]*"|'[^']*')""", r"\1", text)
    text = re.sub(r"<((?:x:)?)v\b[^>]*>[^<]*</\1v>|<(?:x:)?v/>", "", text)
    return re.sub(r"<((?:x:)?c\b[^>]*)></(?:x:)?c>", r"<\1/>", text)


def unvalued(parts: dict[str, bytes]) -> None:
    """Let every formula of the sheets that answer show 7, as a program leaves it that does not compute."""
    for title in workbook_edits.ANSWERING:
        name = workbook_edits.sheet(parts, title)
        cell = re.compile(rb'<c r="(\w+)" s="(\d+)"[^>]*>(<f>[^<]*</f>)<v[^>]*>[^<]*</v></c>')
        parts[name] = cell.sub(rb'<c r="\1" s="\2">\3<v>7</v></c>', parts[name])


#: Edits that leave one another alone, in one file: what an analyst puts in, and what Excel itself makes of it.
TOGETHER = {
    "put in": ("shapes", "sparklines", "threaded_comments", "custom_xml", "web_extension", "slicers", "pivot",
               "printer", "picture"),
    "saved by Excel": ("macros", "conditional_formats", "shared_texts", "extra_attributes", "chain_of_calculation",
                       "absolute_targets"),
}  # fmt: skip
#: Files of other programs: each with edits in the way of its own.
FILES = TOGETHER | {edit: (edit,) for edit in EDITS if edit not in itertools.chain(*TOGETHER.values())}


def file_of(light: Path, folder: Path, kind: str, *more: Callable[[dict[str, bytes]], None]) -> Path:
    parts = parts_of(light)
    for change in (*more, *(EDITS[edit] for edit in FILES[kind])):
        change(parts)
    ending = ".xlsm" if "macros" in FILES[kind] else ".xlsx"
    return workbook_edits.write(folder / f"book{ending}", parts)


def agrees(path: Path, typed: dict[tuple[str, str], dict[str, float]]) -> None:
    """The outputs are what the tests' own model says."""
    for line in ("operating_margin", "gross_margin", "operating_income", "eps", "operating_margin_change"):
        shown = outputs(path, line)
        assert {(company, scenario) for company in COMPANIES for scenario in SCENARIOS} <= set(shown)
        for company in COMPANIES:
            for scenario in SCENARIOS:
                inputs = inputs_of(company, scenario, typed.get((company, scenario), {}))
                value = shown[company, scenario]
                assert not oracle.disagreements({line: value}, inputs), (company, scenario, line, value)


@pytest.mark.parametrize("kind", FILES)
def test_a_file_of_any_program_is_computed_anew(light: Path, tmp_path: Path, kind: str) -> None:
    book = file_of(light, tmp_path, kind, unvalued)
    held = book.read_bytes()
    out = tmp_path / f"out{book.suffix}"
    xlplugin.recalc(book, out)
    assert book.read_bytes() == held
    changed = changed_parts(book, out)
    assert changed and all(name.startswith("xl/worksheets/") for name in changed)
    old, new = parts_of(book), parts_of(out)
    for name in changed:
        assert bare(old[name]) == bare(new[name])
    agrees(out, {})


@pytest.mark.parametrize("kind", [kind for kind in FILES if kind != "strict"])
def test_entries_go_into_a_file_of_any_program(
    light: Path, entered: list[object], tmp_path: Path, kind: str
) -> None:
    book = file_of(light, tmp_path, kind)
    out = tmp_path / f"out{book.suffix}"
    done = xlplugin.update(book, out, ENTRIES)
    assert not done.rewritten.blank
    changed = changed_parts(book, out)
    assert changed and all(name.startswith("xl/worksheets/") for name in changed)
    agrees(out, TYPED)
    assert renewal(out, shipped()).entries == entered  # what a new template would get
    rows = xlplugin.run(out, lines=["operating_margin"]).set_index(["company", "scenario"])[
        "operating_margin"
    ]
    for pair, value in outputs(out, "operating_margin").items():
        if pair in rows.index and value != "#N/A":
            assert math.isclose(rows[pair], value, rel_tol=1e-12)


# --- files that other programs have saved ---

EXCELJS = """
const book = new (require("exceljs").Workbook)();
book.xlsx.readFile(process.argv[1]).then(() => book.xlsx.writeFile(process.argv[2]));
"""
SHEETJS = """
const sheets = require("xlsx");
const book = sheets.readFile(process.argv[1], {cellStyles: true, cellNF: true});
sheets.writeFile(book, process.argv[2], {cellStyles: true, bookSST: true});
"""


@pytest.fixture(scope="module")
def calculated(light: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A light template that says of its values that a program has computed them, as Excel leaves it."""
    return edited(light, tmp_path_factory.mktemp("calculated") / "book.xlsx", unmarked)


def unmarked(parts: dict[str, bytes]) -> None:
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b' fullCalcOnLoad="1"', b"")


def saved_by(program: str, book: Path, out: Path, request: pytest.FixtureRequest) -> Path:
    if program == "libreoffice":
        with request.getfixturevalue("calc").open(book) as held:
            held.calculate()
            return held.save_as(out)
    if program == "openpyxl":
        openpyxl.load_workbook(book).save(out)
        return out
    node, packages = (request.getfixturevalue(name) for name in ("node", "node_modules"))
    script = {"exceljs": EXCELJS, "sheetjs": SHEETJS}[program]
    environment = {**os.environ, "NODE_PATH": str(packages)}
    ran = subprocess.run([node, "-e", script, book, out], env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return out


@pytest.mark.parametrize("program", ["libreoffice", "exceljs", "sheetjs", "openpyxl"])
def test_files_that_another_program_has_saved(
    calculated: Path, entered: list[object], tmp_path: Path, program: str, request: pytest.FixtureRequest
) -> None:
    """Computed, changed and brought into a new template, each part but the sheets as that program wrote it."""
    book = saved_by(program, calculated, tmp_path / "book.xlsx", request)
    again, out, new = (tmp_path / f"{name}.xlsx" for name in ("again", "out", "new"))
    xlplugin.recalc(book, again)
    agrees(again, {})
    done = xlplugin.update(again, out, ENTRIES)
    assert not done.rewritten.blank, done.rewritten.unable
    agrees(out, TYPED)
    for before, after in ((book, again), (again, out)):
        assert all(name.startswith("xl/worksheets/") for name in changed_parts(before, after))
    assert {*renewal(out, shipped()).entries} == {*entered}  # LibreOffice sorts names
    xlplugin.renew_template(out, new)
    agrees(new, TYPED)


# --- what is refused ---


def told(call: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        call()
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


def edited(book: Path, out: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    parts = parts_of(book)
    change(parts)
    return workbook_edits.write(out, parts)


def signed(parts: dict[str, bytes]) -> None:
    parts["_xmlsignatures/sig1.xml"] = b"<Signature/>"


WRONG = [
    ("xlp_in_cost_reduction[Salesforc,half]", 0.4, "Salesforce"),
    ("xlp_in_cost_reduction[Salesforce,halve]", 0.4, "half"),
    ("xlp_in_cost_reduction[Salesforce]", 0.4, "xlp_in_cost_reduction[Salesforce,"),
    ("xlp_in_cost_reducton[Salesforce,half]", 0.4, "did you mean xlp_in_cost_reduction?"),
    ("xlp_out_eps[Salesforce,half]", 0.4, "it is computed"),
    ("xlp_in_as_of[half]", "article", "it is one cell"),
    ("xlp_in_as_of", "2024", "yes"),
    ("xlp_in_cost_reduction[Salesforce,half]", "40", "enter 40% or 0.4"),
    ("xlp_in_cost_reduction[Salesforce,half]", "abc", "enter a number"),
    ("xlp_in_cost_reduction[Salesforce,half]", True, "TRUE"),
    ("xlp_in_adoption[half]", 1.5, "0 to 1"),
    ("xlp_in_weight[half]", 2, "0 to 1"),
    ("xlp_in_fiscal_year[Salesforce]", "FY1999", "FY2026"),
    ("xlp_companies[Salesforce]", "Acme", "free slots"),
    ("xlp_in_reference_label[Salesforce]", "x" * 61, "60"),
]


def test_wrong_entries_are_refused_with_where_and_how(light: Path, tmp_path: Path) -> None:
    """All at once: each is told, in their order."""
    with pytest.raises(InputError) as caught:
        xlplugin.update(light, tmp_path / "out.xlsx", [(name, value) for name, value, _ in WRONG])
    for (name, value, said), fault in zip(WRONG, caught.value.faults, strict=True):
        assert said in str(fault) and len(str(fault).splitlines()) == 1, (name, value)
    assert list(tmp_path.iterdir()) == []


#: Entries that are well by themselves, and wrong beside the others.
UNFIT = [
    ("xlp_in_own_ai_revenue_share[Salesforce]", 0.9, "at most 1"),
    ("xlp_companies[Your company 1]", "nvidia", "named already"),
    ("xlp_companies[Your company 1]", "*", "every name"),
]


@pytest.mark.parametrize(("name", "value", "said"), [*UNFIT, WRONG[0]])
def test_a_wrong_entry_is_refused_with_where_and_how(
    light: Path, tmp_path: Path, name: str, value: object, said: str
) -> None:
    out = tmp_path / "out.xlsx"
    assert said in told(lambda: xlplugin.update(light, out, {name: value}))
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_changed_gets_one_line_and_stays(light: Path, tmp_path: Path) -> None:
    book, out, readonly = (tmp_path / f"{name}.xlsx" for name in ("book", "out", "readonly"))
    book.write_bytes(light.read_bytes())
    readonly.write_bytes(b"an analyst's own")
    readonly.chmod(0o444)
    owner = tmp_path / "~$book.xlsx"
    before = book.read_bytes()
    for call in (
        lambda *given: xlplugin.recalc(*given, force=True),
        lambda a, b: xlplugin.update(a, b, ENTRIES),
    ):
        owner.write_bytes(b"")
        assert "is open in a spreadsheet program" in told(lambda call=call: call(book, out))
        owner.unlink()
        assert "is an input" in told(lambda call=call: call(book, book))
        assert "another kind of file" in told(lambda call=call: call(book, tmp_path / "out.xlsm"))
        assert "no such folder" in told(lambda call=call: call(book, tmp_path / "nowhere" / "out.xlsx"))
    assert "is read-only" in told(lambda: xlplugin.recalc(book, readonly, force=True))
    assert "exists" in told(lambda: xlplugin.update(book, readonly, ENTRIES))
    for name, content, said in (
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is a file .xls"),
        ("a.ods", before, "is a file .ods"),
        ("a.xlsb", before, "is a file .xlsb"),
        ("cut.xlsx", before[:5000], "not readable"),
        (
            "locked.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
        ),
    ):
        (tmp_path / name).write_bytes(content)
        assert said in told(lambda name=name: xlplugin.recalc(tmp_path / name, out))
    sealed = edited(book, tmp_path / "signed.xlsx", signed)
    assert "is signed" in told(lambda: xlplugin.recalc(sealed, out))
    strict = edited(book, tmp_path / "strict.xlsx", EDITS["strict"])
    assert "Strict" in told(lambda: xlplugin.update(strict, out, ENTRIES))
    assert book.read_bytes() == before
    assert not out.exists() and readonly.read_bytes() == b"an analyst's own"
    assert not list(tmp_path.glob(".*part"))


def test_an_entry_is_cleared_typed_over_a_formula_or_put_where_no_cell_was(
    light: Path, tmp_path: Path
) -> None:
    book, linked, out = (tmp_path / f"{name}.xlsx" for name in ("book", "linked", "out"))
    names = ["xlp_in_cost_reduction[Salesforce,half]", "xlp_companies[Eigenes Unternehmen 1]"]
    xlplugin.update(light, book, {names[0]: 0.4, names[1]: " Acme & Söhne <1>"})
    assert "Acme & Söhne <1>" in companies_of(book)
    done = xlplugin.update(book, out, {names[0]: "", names[1]: None})
    assert [(one.before, one.after) for one in done.typed] == [(0.4, None), ("Acme & Söhne <1>", None)]
    agrees(out, {})

    def link(parts: dict[str, bytes]) -> None:
        """Let the entry be a formula, as an analyst links it."""
        name, cell = workbook_edits.sheet(parts, "Inputs"), done.typed[0].address.partition("!")[2]
        pattern = re.compile(rf'<c r="{cell}" (s="\d+")[^>]*>.*?</c>'.encode())
        parts[name], count = pattern.subn(
            rf'<c r="{cell}" \1><f>0.2*2</f><v>0.4</v></c>'.encode(), parts[name]
        )
        assert count == 1
        EDITS["chain_of_calculation"](parts)

    typed = xlplugin.update(edited(book, linked, link), tmp_path / "typed.xlsx", {names[0]: "50%"}).typed[0]
    assert typed.formula == "0.2*2"
    old, new = (parts_of(path)["xl/calcChain.xml"].decode() for path in (linked, tmp_path / "typed.xlsx"))
    chains = [re.findall(r'<c r="(\w+)"(?: i="(\d+)")?/>', text) for text in (old, new)]
    sheets = [with_sheets(chain) for chain in chains]
    gone = set(sheets[0]) - set(sheets[1])
    assert [cell for cell, _ in gone] == [typed.address.partition("!")[2]] and len(sheets[1]) == len(
        sheets[0]
    ) - 1


def with_sheets(chain: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The cells of a chain of calculation, each with the number of its sheet."""
    found, sheet = [], ""
    for cell, number in chain:
        sheet = number or sheet
        found.append((cell, sheet))
    return found


def test_what_cannot_be_computed_is_named_and_left_to_excel(light: Path, tmp_path: Path) -> None:
    """A link to another file and what leans on it: refused by recalc, without a value after update."""
    book = edited(light, tmp_path / "book.xlsx", workbook_edits.external_link)
    out = tmp_path / "out.xlsx"
    text = told(lambda: xlplugin.recalc(book, out))
    assert "Ann's view & more!A1 (another file)" in text and "B1" not in text
    done = xlplugin.update(book, out, ENTRIES)
    assert set(done.rewritten.blank) == {"Ann's view & more!A1", "Ann's view & more!B1"}
    own = parts_of(out)["xl/worksheets/own.xml"].decode()
    assert re.findall(r"<f>[^<]*</f>(?:<v>[^<]*</v>)?", own) == [
        "<f>[1]Sheet1!A1</f>", "<f>A1*2</f>", "<f>1+1</f><v>2</v>",
    ]  # fmt: skip
    assert b'fullCalcOnLoad="1"' in parts_of(out)["xl/workbook.xml"]
    agrees(out, TYPED)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("IFERROR(AGGREGATE(9,6,A2:A3),0)", "AGGREGATE"),
        ("IFERROR(_xldudf_XLP_VALUE(&quot;CRM&quot;,0.3),7)", "XLP_VALUE"),
        ("XLP_VALUE(&quot;CRM&quot;,0.3)", "XLP_VALUE"),
        ("IFERROR(Table1[x],0)", "how it is written"),
        ("SUMPRODUCT(ISNUMBER(A2:A3)*1)", "one cell of a range"),
        ("B1", "a circle"),
        ("moving+1", "the name moving"),
    ],
)
def test_formulas_that_would_be_computed_wrongly_are_named(tmp_path: Path, formula: str, reason: str) -> None:
    """Each is one that IronCalc does not know, or answers in another way than Excel."""
    book = small_book(tmp_path / "book.xlsx", f'<c r="A1"><f>{formula}</f></c><c r="B1"><f>A1</f></c>')
    assert f"({reason})" in told(lambda: xlplugin.recalc(book, tmp_path / "out.xlsx"))


def test_settings_that_ask_for_other_arithmetic_are_named(tmp_path: Path) -> None:
    for settings, reason in (
        ('<workbookPr date1904="1"/>', "dates counted from 1904"),
        ('<calcPr fullPrecision="0"/>', "precision as displayed"),
        ('<calcPr iterate="1"/>', "iteration"),
    ):
        book = small_book(tmp_path / "book.xlsx", '<c r="A1"><f>1+1</f></c>', settings)
        assert f"({reason})" in told(lambda book=book: xlplugin.recalc(book, tmp_path / "out.xlsx"))


def small_book(path: Path, cells: str, settings: str = "") -> Path:
    """A workbook of one row."""
    main, office = workbook_edits.MAIN, workbook_edits.OFFICE
    names = '<definedNames><definedName name="moving">S!A2+1</definedName></definedNames>'
    first, last = (settings, "") if "workbookPr" in settings else ("", settings)
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{first}<sheets><sheet name="S" sheetId="1" '
        f'r:id="r1"/></sheets>{names}{last}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{relations}"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData><row r="1">{cells}</row>'
        '<row r="2"><c r="A2"><v>1</v></c></row></sheetData></worksheet>',
    }  # fmt: skip
    return workbook_edits.write(path, {name: text.encode() for name, text in parts.items()})


# --- into a new template, and two templates side by side ---


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole template with entries of every kind."""
    folder = tmp_path_factory.mktemp("filled")
    book = xlplugin.write_template(
        folder / "book.xlsx", companies=COMPANIES, scenarios=SCENARIOS, language="de"
    )
    figures = {
        "revenue": 1000, "cost_of_revenue": 400, "research_and_development": 100, "sales_and_marketing": 150,
        "general_and_administrative": 50, "other_operating_expense": 0, "income_tax_rate": "25%", "net_income": 200,
        "diluted_shares": 100,
    }  # fmt: skip
    entries = ENTRIES | {
        "xlp_companies[Eigenes Unternehmen 1]": "Acme", "xlp_in_company_fiscal_year[Acme]": "FY2026",
        **{f"xlp_in_company_{name}[Acme]": value for name, value in figures.items()},
        "xlp_scenarios[Eigenes Szenario 2]": "mine", "xlp_in_scenario_cost_reduction[mine]": 0.25,
        "xlp_in_pass_through[price_war]": "", "xlp_in_your_reduction[NVDA]": 0.1, "xlp_in_adoption[Ihr Fall]": 0.5,
        "xlp_in_own_ai_revenue_share[Salesforce]": "2%", "xlp_in_reference_eps[Salesforce]": 12.5,
        "xlp_in_reference_label[Salesforce]": "consensus", "xlp_in_weight[half]": 1, "xlp_in_as_of": "article",
        "xlp_in_dashboard_company": "Acme", "xlp_in_path_decline_case": "Ten-fold a year: 90% a year",
    }  # fmt: skip
    xlplugin.update(book, folder / "filled.xlsx", entries)
    return folder / "filled.xlsx"


def test_all_that_was_entered_goes_into_a_new_template(filled: Path, tmp_path: Path) -> None:
    """Into one of the same language, and from there into one of another."""
    new, english = tmp_path / "new.xlsx", tmp_path / "english.xlsx"
    brought = xlplugin.renew_template(filled, new)
    assert (brought.language, brought.unfit, brought.notes) == ("de", [], [])
    xlplugin.renew_template(new, english, language="en")
    same = xlplugin.run(filled, lines=["eps"]), xlplugin.run(english, lines=["eps"])
    assert same[0].equals(same[1])
    assert changed_entries(filled, english) == []
    assert companies_of(english)[2] == "Acme" == block(english, "xlp_in_dashboard_company")[0][0]


def test_a_new_template_says_what_did_not_fit(filled: Path, tmp_path: Path) -> None:
    def spoil(parts: dict[str, bytes]) -> None:
        EDITS["own formulas"](parts)
        name = workbook_edits.sheet(parts, "Eingaben")
        cell = re.compile(rb"(<c r=\"\w+\" s=\"\d+\")><v>0.7</v></c>")
        parts[name], count = cell.subn(rb'\1 t="inlineStr"><is><t>70 of 100</t></is></c>', parts[name])
        assert count == 1

    book = edited(filled, tmp_path / "book.xlsx", spoil)
    brought = xlplugin.renew_template(book, tmp_path / "new.xlsx")
    assert len(brought.unfit) == 1 and "70 of 100" in brought.unfit[0] and "Eingaben!" in brought.unfit[0]
    assert any("Ann's view & more" in note for note in brought.notes)
    assert "itself" in told(lambda: xlplugin.renew_template(book, book, force=True))
    assert "host is 'word'" in told(
        lambda: xlplugin.renew_template(book, tmp_path / "word.xlsx", host="word")
    )


def test_two_templates_differ_in_entries_and_in_what_they_show(light: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    xlplugin.update(light, out, ENTRIES)
    changes = changed_entries(light, out)
    assert {(one.input, one.row, one.column, one.before, one.after) for one in changes} == {
        ("cost_reduction", "Salesforce", "half", None, 0.4), ("adoption", "", "half", 1, 0.7),
    }  # fmt: skip
    assert len(changes) == 2
    frame = diff(light, out).set_index(["company", "scenario"])
    for company in COMPANIES:
        before = inputs_of(company, "half", {})
        after = inputs_of(company, "half", TYPED[company, "half"])
        change = (
            oracle.evaluate(after)["operating_margin"] - oracle.evaluate(before)["operating_margin"]
        ) * 10_000
        assert math.isclose(
            frame.loc[(company, "half"), "operating_margin_bp"], change, rel_tol=1e-6, abs_tol=1e-9
        )
    assert {scenario for _, scenario in frame.index} == {"half"}


def test_a_template_that_waits_for_its_host_can_be_run(tmp_path: Path) -> None:
    """Calls of functions and all that leans on them stay blank after an update; entries are read all the same."""
    book, out = tmp_path / "book.xlsx", tmp_path / "out.xlsx"
    whole = tmp_path / "whole.xlsx"
    xlplugin.write_template(whole, companies=COMPANIES[:1], scenarios=SCENARIOS[:1], host="server")
    workbook_edits.lighter(whole, book, "Functions")
    assert "(XLP_VALUE)" in told(lambda: xlplugin.recalc(book, out))
    done = xlplugin.update(book, out, ENTRIES)
    assert any(cell.startswith("Functions!") for cell in done.rewritten.blank)
    rows = xlplugin.run(out, lines=["eps"]).set_index("scenario")["eps"]
    assert not oracle.disagreements(
        {"eps": rows["half"]}, inputs_of("Salesforce", "half", TYPED["Salesforce", "half"])
    )
