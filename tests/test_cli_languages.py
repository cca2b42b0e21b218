"""Every command in both languages: its texts, its figures, its errors, and the command it ends with."""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click
import command_line
import pytest
from pseudo_terminal import on_a_terminal

import xlplugin
from xlplugin.batch.readers.entry_names import EntryNames
from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.cli import _COMMANDS, cli, main
from xlplugin.cli.language import text
from xlplugin.cli.usage import TEMPLATES
from xlplugin.cli.wording import scenario_words, year_words
from xlplugin.data.shipped import shipped
from xlplugin.functions import FUNCTIONS
from xlplugin.functions.reference import reference_text
from xlplugin.live.scripts import SCRIPTS
from xlplugin.model.domains import joint_faults
from xlplugin.model.errors import Fault, InputError
from xlplugin.model.labels import LANGUAGES, label, labelled
from xlplugin.model.messages import joined, message, plain
from xlplugin.model.translations import said

pytestmark = pytest.mark.slow

PACKAGE = Path(xlplugin.__file__).parent
ODD = "M\u00fcller & S\u00f6hne's AG"
OWN = ["--companies", "own table.csv"]

#: Calls of every command; those that need files of others stand behind them.
CALLS = [
    ["template", "new book.xlsx", "--company", "CRM"],
    ["audit", "new book.xlsx"],
    ["update", "new book.xlsx", "--set", "xlp_in_cost_reduction[CRM,half]=40%", "-o", "updated.xlsx"],
    ["recalc", "new book.xlsx", "-o", "calculated.xlsx"],
    ["companies"],
    ["companies", "own table.csv"],
    ["companies", ODD, *OWN],
    ["companies", "--new", "my form.csv"],
    ["assumptions"],
    ["assumptions", ODD, *OWN],
    ["scenarios"],
    ["run", "--company", "CRM", "--company", "SAP", "--scenario", "half"],
    ["run", "--company", "CRM", "-o", "out put.csv"],
    ["verify", "out put.csv", "--sample", "3"],
    ["verify", "out put.csv", "--all"],
    ["diff", "out put.csv", "out put.csv"],
    ["compare", "--peers"],
    ["compare", "--company", ODD, *OWN, "--scenario", "deepseek_sceptic"],
    ["bridge", ODD, *OWN, "--measure", "operating_margin"],
    ["tornado", ODD, *OWN, "--set", "pass_through=50%"],
    ["sensitivity", ODD, *OWN],
    ["sensitivity", "MSFT", "--rows", "cost_reduction", "--columns", "pass_through"],
    ["breakeven"],
    ["breakeven", ODD, *OWN, "--target", "1bp"],
    ["breakeven", "CRM", "--jevons"],
    ["article"],
    ["path", "NVDA", ODD, *OWN, "--trials", "50"],
    ["simulate", ODD, *OWN, "--trials", "200"],
    ["sobol", "CRM", "--samples", "16"],
    ["note", ODD, *OWN, "-o", "my note.html"],
    ["functions"],
    ["doctor"],
]  # fmt: skip
#: Commands that write into the user's programs, do not end, or write beside the files above.
LEFT_OUT = {"install", "uninstall", "serve", "demo"}

#: Wrong use of commands, and errors of files and entries.
WRONG = [
    "compare --foo", "bridge", "companis", "simulate CRM --trials x", "simulate CRM --trials 1",
    "simulate CRM --sampling foo", "simulate CRM --correlate a=1", "install nowhere", "run a b",
    "run missing.csv", "run --set cost_reduction=30", "run --set cost_reduction=-200%", "run --set foo=1",
    "run --scenario nope", "run --company Salesfroce", "run --json -o x.csv", "run --resume",
    "compare -o x.doc", "compare -o nowhere/x.csv",
    "tornado CRM --measure margin", "breakeven CRM --target much",
    "breakeven OpenAI --target 10bp", "breakeven CRM --target 1bp --jevons", "path CRM --years 51",
    "path CRM --decline 100%", "sobol CRM --samples 100", "sensitivity CRM --rows cost_reduction",
    "companies wrong.csv", "companies empty.csv", "run wrong.csv", "run scenarios.csv",
    "audit scenarios.csv", "template x.txt", "template own",
    "bridge OpenAI --scenario deepseek_headline", "compare -o x.csv --size 4:3", "assumptions --new x.txt",
]  # fmt: skip

#: Words that no German text has; what is left when names and commands are taken out of a line.
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|for|with|not|by|to|from|what|which|that|its|shows?|base|low|high|company"
    r"|companies|year|rows?|wrote|values?|change|no|or|lower|range|draws?|allowed|known|choose|give|enter"
    r"|write|file|did|you|mean|must|such|as|at|on|it|this|measure|target|input|none|blank|need|needs)\b",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"\(\w+\)|wohl \S+|'[^']*'|\"[^\"]*\"|`[^`]*`|https?://\S+|--\S+( [\w.,%=*\[\]]+)?|\S*[_/=]\S*|xlplugin .*|-o \S+|\(see .*"
    r"|\bpip install \S+|\S+\.(csv|xlsx|txt|html)\b|Price[- ]Earnings|(On|Off)-Premise"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("spoken")
    row = "Müller & Söhne's AG,FY2025,EUR,1000,400,150,200,80,120,50"
    head = (
        "company,fiscal_year,currency,revenue,cost_of_revenue,research_and_development,sales_and_marketing,"
        "general_and_administrative,net_income,diluted_shares"
    )
    (place / "own table.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    (place / "wrong.csv").write_text("company,revenu\nAcme,-5\n", encoding="utf-8")
    (place / "empty.csv").write_text("", encoding="utf-8")
    (place / "scenarios.csv").write_text("scenario,cost_reduction\na,30\nb,abc\n", encoding="utf-8")
    (place / "own").mkdir()
    return place


def spoken(
    arguments: list[str], folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> tuple[int, str, str]:
    monkeypatch.chdir(folder)
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    stdout, stderr = capfd.readouterr()
    return int(ended.value.code or 0), stdout, stderr


def english_in(text: str) -> list[str]:
    """Return the lines that hold English words."""
    lines = (line for line in text.splitlines() if "xlplugin " not in line[:16])
    return [line for line in lines if ENGLISH.search(NAMES.sub(" ", line.replace("Müller & Söhne's", "")))]


def test_every_command_is_called() -> None:
    assert {call[0] for call in CALLS} | LEFT_OUT == set(_COMMANDS)
    for name in _COMMANDS:
        assert "--lang" in [option for one in cli.get_command(None, name).params for option in one.opts]  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize("name", ["", *_COMMANDS])
def test_the_help_is_german(
    name: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    called = [name] if name else []
    code, stdout, stderr = spoken(["--lang", "de", *called, "--help"], folder, capfd, monkeypatch)
    assert (code, stderr) == (0, "")
    assert stdout.startswith(f"{' '.join(['Aufruf: xlplugin', *called])} [OPTIONEN]")
    prose = re.sub(rf"^  ({'|'.join(_COMMANDS)}) ", "", stdout, flags=re.MULTILINE)
    assert english_in(prose) == [] and not re.search(r"Usage|Options|Commands|required|\bexit\b", prose)
    assert stdout == spoken([*called, "-h", "--lang=de"], folder, capfd, monkeypatch)[1]
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert stdout == spoken([*called, "--help"], folder, capfd, monkeypatch)[1]
    english = spoken([*called, "--help", "--lang", "en"], folder, capfd, monkeypatch)[1]
    options, choices, endings = r"(?<!\w)--?[a-z][\w-]*", r"\[[a-z0-9.,]+\|[^\]]+\]", r"(?<![\w/])\.[a-z]+"
    for kept in (options, choices, endings):
        assert set(re.findall(kept, stdout)) == set(re.findall(kept, english))
    assert max(map(len, stdout.splitlines())) <= 100


def test_every_text_of_the_help_is_translated_and_shown() -> None:
    """What the commands declare, against help.csv: neither lacks a text of the other."""
    texts = {"Usage:", "Options", "Commands", "default", "required", "Show this message and exit."}
    places = {"[OPTIONS]", "COMMAND", "ARGS"}
    for command in (cli, *(cli.get_command(None, name) for name in _COMMANDS)):  # type: ignore[arg-type]
        assert command is not None
        texts |= {" ".join(part.split()) for part in cleandoc(command.help or "").split("\n\n")}
        for parameter in command.params:
            texts |= {" ".join(words.split()) for words in [getattr(parameter, "help", None)] if words}
            words = parameter.make_metavar(click.Context(command))
            if not isinstance(parameter, click.Option) or not parameter.is_flag:
                places |= set(re.findall(r"INTEGER RANGE|V,V|[A-Z]{3,}", words))
    alike = {"NAME", "TEXT", "HOST", "PORT"}
    rows = {row["en"]: row["de"] for row in rows_of("cli", "help.csv")}
    assert set(rows) == texts | (places - alike) and all(rows.values())
    assert [text for text in texts if rows[text] == text and " " in text.replace(" or ", "")] == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("bridge", "xlplugin bridge: Es fehlt das Argument 'UNTERNEHMEN' (siehe xlplugin bridge --help)"),
        ("audit", "xlplugin audit: Es fehlt das Argument 'DATEI.xlsx' (siehe xlplugin audit --help)"),
        ("companies a b", "Unerwartetes zusätzliches Argument (b)"),
        ("compare --peers=1", "Die Option '--peers' nimmt keinen Wert"),
        ("compare --lang de --set", "Die Option '--set' braucht einen Wert"),
        ("note CRM", "Es fehlt die Option '-o' / '--output'"),
    ],
)
def test_wrong_use_goes_by_the_words_of_the_help(
    arguments: str,
    said: str,
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XLPLUGIN_LANG", "de")
    code, stdout, stderr = spoken(arguments.split(), folder, capfd, monkeypatch)
    assert (code, stdout) == (2, "") and said in stderr


def test_every_call_in_both_languages_and_what_it_says_to_type_next(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, since a call may read what another wrote; German files are written over the English ones."""
    taken = {tuple(call) for call in CALLS}  # which are typed anyway
    for language, head in (("en", "Next: "), ("de", "Weiter: ")):
        for call in CALLS:
            again = ["--force"] if language == "de" and {"-o", "--new", "template"} & set(call) else []
            code, stdout, stderr = spoken([*call, *again, "--lang", language], folder, capfd, monkeypatch)
            assert code == 0, (call, stderr)
            if language == "de":
                german = stdout if call[0] != "functions" else ""  # which names arguments in sentences
                assert english_in(german + stderr) == [], call
                figures = german.partition(head)[0]
                assert not re.search(r"\d\.\d{1,2} ?%|\bbp\b|-\d+,\d", figures), call
            (last,) = [line for line in (stdout + stderr).splitlines() if line.startswith(head)]
            if head in stdout:
                assert stdout.strip().splitlines()[-1] == last, call
            step = shlex.split(last.removeprefix(head))
            assert step.pop(0) == "xlplugin"
            if language == "de":
                assert step[-2:] == ["--lang", "de"]
            typed = tuple(step[:-2] if language == "de" else step)
            if typed in taken:  # the same step as in the other language
                continue
            taken.add(typed)
            code, _, stderr = spoken(step, folder, capfd, monkeypatch)
            assert code == int(call[0] == "update"), (call, last, stderr)  # diff finds what was typed


@pytest.mark.skipif(os.name == "nt", reason="a POSIX shell")
def test_a_shell_takes_the_next_step_as_it_is_printed(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, stdout, _ = spoken(["compare", "--company", ODD, *OWN], folder, capfd, monkeypatch)
    step = stdout.strip().splitlines()[-1].removeprefix("Next: xlplugin ")
    done = subprocess.run(
        f"{sys.executable} -m xlplugin {step}", shell=True, cwd=folder, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0 and ODD in done.stdout, done.stderr


@pytest.mark.parametrize("arguments", WRONG)
def test_errors_are_german_in_one_line(
    arguments: str, folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, stdout, stderr = spoken([*arguments.split(), "--lang", "de"], folder, capfd, monkeypatch)
    assert (code, stdout) == (2, "")
    assert english_in(stderr.replace("xlplugin ", "")) == []
    assert not re.search(r"(^|: |, )[a-z]+(_[a-z]+)* ist ", stderr, re.MULTILINE), "a machine name alone"


def test_what_chooses_the_language(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def german(*arguments: str, **environment: str) -> bool:
        with monkeypatch.context() as patch:
            for name in ("LC_ALL", "LC_MESSAGES", "LANG", "XLPLUGIN_LANG"):
                patch.delenv(name, raising=False)
            for name, value in environment.items():
                patch.setenv(name, value)
            return "Weiter:" in spoken([*arguments, "scenarios"], folder, capfd, patch)[1]

    assert not german() and not german(LANG="C.UTF-8") and not german(LANG="fr_FR.UTF-8")
    assert german(LANG="de_AT.UTF-8") and german(LC_ALL="de", LANG="en_US.UTF-8")
    assert german(XLPLUGIN_LANG="DE", LANG="en_US.UTF-8") and not german(XLPLUGIN_LANG="en", LANG="de_DE")
    assert german("--lang", "de", XLPLUGIN_LANG="en")
    monkeypatch.setenv("XLPLUGIN_LANG", "fr")
    code, _, stderr = spoken(["scenarios"], folder, capfd, monkeypatch)
    assert code == 2 and stderr == (
        "XLPLUGIN_LANG is 'fr' (allowed: en or de); set it to one of these, or unset it\n"
    )


@pytest.mark.parametrize("call", [["compare"], ["simulate", "CRM", "--trials", "100"], ["bridge", "CRM"]])
def test_programs_read_the_same_in_every_language(
    call: list[str], folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = [
        json.loads(spoken([*call, "--json", "--lang", lang], folder, capfd, monkeypatch)[1])
        for lang in LANGUAGES
    ]
    kept = [[{k: v for k, v in row.items() if k != "label"} for row in rows] for rows in read]
    assert kept[0] == kept[1]
    written = []
    for lang in LANGUAGES:
        place = folder / f"{call[0]}-{lang}.csv"
        spoken([*call, "-o", str(place), "--force", "--lang", lang], folder, capfd, monkeypatch)
        with place.open(encoding="utf-8", newline="") as file:
            written.append([{k: v for k, v in row.items() if k != "label"} for row in csv.DictReader(file)])
    assert written[0] == written[1]


def rows_of(*path: str) -> list[dict[str, str]]:
    with PACKAGE.joinpath(*path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_text_of_the_command_line_is_translated_and_used() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "cli").glob("*.py"))
    rows = rows_of("cli", "texts.csv")
    assert len({row["key"] for row in rows}) == len(rows)
    for row in rows:
        places = [set(re.findall(r"\{(\w+)", row[language])) for language in LANGUAGES]
        assert row["de"] and places[0] == places[1], row["key"]
        named = [row["key"], row["key"].rpartition(".")[0] + ".{", row["key"].partition(".")[0] + ".{"]
        assert any(name in source for name in named), row["key"]


def texts_in_code() -> Iterator[tuple[str, str]]:
    """Yield every template of a message, and every sentence that a fault is made of, with its place."""
    made = {"Fault": (1, 3, 4), "wrong": (0, 2, 3), "missing": (0, 2, 3), "outside": (0, 2, 3)}
    made |= {"of_file": (1, 2), "file_fault": (1, 2), "UsageError": (0,), "HostError": (0,), "message": (0,)}
    made |= {"plain": (0,), "MissingExtraError": (2,), "required": (3,)}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = node.func if isinstance(node, ast.Call) else None
            name = getattr(function, "attr", getattr(function, "id", ""))
            if not isinstance(node, ast.Call) or name not in made:
                continue
            arguments = [node.args[i] for i in made[name] if i < len(node.args)]
            arguments += [one.value for one in node.keywords if one.arg in ("fix", "allowed", "row")]
            for argument in arguments:
                assert not (isinstance(argument, ast.JoinedStr) and name == "message"), path
                for part in (
                    (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
                ):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield part.value, f"{path.relative_to(PACKAGE)}:{node.lineno}"


def test_the_reference_of_functions_is_german_from_its_first_line() -> None:
    page = reference_text("de")
    assert page.startswith("# Funktionen\n\nJede Funktion beginnt mit `XLP_`")
    introduction = page.split("## ")[0]
    assert not re.search(r"\b(the|with|where|which|Names|Numbers|Ranges|Errors)\b", introduction)
    assert "`#NV`" in introduction and "#N/A" not in introduction


@pytest.mark.parametrize(
    ("name", "words"), [("half", "Hälfte"), ("your_case", "Ihr Fall"), ("of my own", "of my own")]
)
def test_scenarios_have_their_german_names(name: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlplugin.cli.wording.chosen", lambda: "de")
    assert scenario_words(name) == words
    monkeypatch.setattr("xlplugin.cli.wording.chosen", lambda: "en")
    assert scenario_words(name) == name


def test_every_message_is_translated() -> None:
    table = {row["en"]: row["de"] for row in rows_of("model", "messages.csv")}
    for english, german in table.items():
        places = [sorted(set(re.findall(r"(?<!\{)\{(\w+)", text))) for text in (english, german)]
        assert german and places[0] == places[1], english
    assert set(TEMPLATES) <= set(table)
    alike = re.compile(r"^(xlplugin|pip|[\w.\-]+,) |^\{\w+\}")  # commands, lists of names, places alone
    missing = [
        (where, text)
        for text, where in texts_in_code()
        if " " in re.sub(r"\{[^}]*\}", "", text).strip(" .,:;()")
        and not {text, text.replace("{", "{{").replace("}", "}}")} & set(table)
        and not alike.match(text)
    ]
    assert missing == []


def test_messages_are_said_with_what_they_hold() -> None:
    reasons = joined([message("row {row}", row=3), plain("no such file")])
    told = message("line {line}: {error}", line=12, error=reasons)
    assert told == "line 12: row 3, no such file"
    assert said(told, "de") == "Zeile 12: Zeile 3, keine solche Datei"
    assert said(message("at most {most:,}", most=1_234_567), "de") == "höchstens 1.234.567"


@pytest.mark.skipif(os.name == "nt", reason="POSIX terminals")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [80, 100, 160])
def test_tables_fit_the_terminal_and_lose_nothing(width: int, language: str) -> None:
    arguments = ["simulate", "CRM", "--trials", "100", "--lang", language]
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")} | {"TERM": "xterm"}
    command = [sys.executable, "-m", "xlplugin", *arguments]
    shown = on_a_terminal(command, width=width, stderr=subprocess.DEVNULL, env=environment)
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in shown.splitlines()]
    assert max(map(len, lines)) <= min(width, 100) and "…" not in shown
    piped = command_line.xlplugin(*arguments).stdout
    assert set(piped.replace("─", "").split()) == set(" ".join(lines).replace("─", "").split())


def test_the_usual_questions(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(*arguments: str) -> str:
        code, stdout, stderr = spoken(list(arguments), folder, capfd, monkeypatch)
        assert code == 0, stderr
        return stdout

    text = printed("breakeven", "Salesforce")
    assert text.startswith("Where the gain is gone") and "operating margin change back at its base" in text
    for row in json.loads(printed("breakeven", "NOW", "--json")):
        if row["kind"] == "crossing":  # put back, nothing is gained
            shared = {"levers": {row["lever"]: row["value"]}}
            again = xlplugin.compare(companies="NOW", **shared).iloc[0]
            assert again["value"] == pytest.approx(0, abs=1e-12)
    rows = [printed(*call).splitlines() for call in (["simulate", "CRM", "--trials", "100"], ["compare"])]
    assert any(line.startswith(" op. margin change") for line in rows[0][:6])
    assert "AI cost 30% lower" in rows[1][0]
    doubted = " ".join(printed("compare", "--scenario", "deepseek_sceptic").split())
    assert "AI cost 96.35% lower as claimed, 14.45% effective" in doubted  # 0.9635 x 0.3 x 0.5
    assert not re.search(r"[-+]0\.0+\b(?!\d)", printed("sensitivity", "Salesforce"))


LABEL = "Rückgang der KI-Betriebskosten"


@pytest.mark.parametrize(
    ("fault", "german"),
    [
        (InputError.wrong("entry", "Acme", "known: Your company 1"), "Eingabe ist 'Acme'; "),
        (InputError.wrong("slot", "Acme", "known: Your company 1"), "Platz ist 'Acme'; "),
        (InputError.wrong("company", "Acme", "choose one"), "Unternehmen ist 'Acme'; eines wählen"),
        (InputError.outside("cost_reduction", 30, "", row=3), f"Zeile 3: {LABEL} (cost_reduction) ist 30; "),
        (InputError.outside("cost_reduction", 30, "", row="Inputs!D9"), f"Inputs!D9: {LABEL} ist 30; "),
        (InputError.outside("cost_reduction", 30, "", row="'My s'!AB19"), f"'My s'!AB19: {LABEL} ist 30; "),
        (InputError.missing("scenario", plain("blank"), "choose one"), "Szenario: leer; eines wählen"),
        (InputError.wrong("--set", "x", "give it once"), "--set ist 'x'; einmal angeben"),
        (InputError.wrong("nobody_knows", "x", ""), "nobody_knows ist 'x'; "),
    ],
)
def test_faults_go_by_german_names_with_what_is_typed_behind(fault: InputError, german: str) -> None:
    assert said(fault, "de").startswith(german)
    assert str(fault) == said(fault, "en")


def test_faults_of_shares_name_each_by_its_label() -> None:
    (fault,) = joint_faults({"inference_cost_share": 0.7, "ai_supply_cost_share": 0.6}, "a.csv")
    running, sold = (
        f"{label(name, 'de')} ({name})" for name in ("inference_cost_share", "ai_supply_cost_share")
    )
    assert said(fault, "de") == (
        f"a.csv: {running} + {sold} ist 1,3 (zulässig: höchstens 1); dies sind Anteile desselben Ganzen "
        "(Umsatzkosten), einen davon senken: Anteil KI-Betrieb an Umsatzkosten 0,7, "
        "KI-Infrastruktur, Kostenanteil 0,6"
    )
    assert str(fault).startswith("a.csv: inference_cost_share + ai_supply_cost_share is 1.3 (allowed: ")


def test_every_name_that_a_fault_may_have_is_german() -> None:
    """Names that code gives faults, and those of tables and of arguments of functions and scripts."""
    words = {row["en"]: row["de"] for row in rows_of("model", "messages.csv")}
    declared = [argument.name for one in FUNCTIONS.values() for argument in one.arguments]
    declared += [argument.name for one in SCRIPTS.values() for argument in one.arguments]
    columns = {row["column"]: row["de"] for row in rows_of("data", "columns.csv")}
    for name in (*declared, *columns, *names_of_faults()):
        assert labelled(name) or words.get(name) or name.startswith(("--", "xlp_")) or name in TYPED, name
    for name, german in columns.items():
        assert labelled(name) or words[name] in (german, f"{german} ({name})"), name


#: Keys of a study that stand in its file as they are.
TYPED = {"combine"}


def names_of_faults() -> Iterator[str]:
    """Yield the names that code gives the faults that it makes, as far as it spells them out."""
    places = {"Fault": 1, "wrong": 0, "missing": 0, "outside": 0, "refuse_unknown": 0}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            function = node.func if isinstance(node, ast.Call) else None
            place = places.get(getattr(function, "attr", getattr(function, "id", "")))
            if isinstance(node, ast.Call) and place is not None and len(node.args) > place:
                name = node.args[place]
                if isinstance(name, ast.Constant) and isinstance(name.value, str):
                    yield name.value


@pytest.mark.parametrize(
    ("key", "places", "words"),
    [
        ("audit.found", {"file": "a.xlsx", "count": 1}, ("a.xlsx: 1 finding", "a.xlsx: 1 Befund")),
        ("audit.found", {"file": "a.xlsx", "count": 2}, ("a.xlsx: 2 findings", "a.xlsx: 2 Befunde")),
        ("wrote_rows", {"count": 1, "output": "o"}, ("Wrote 1 row to o.", "1 Zeile nach o geschrieben.")),
        (
            "run.wrote",
            {"count": 1_200, "rows": 1, "target": "o.csv"},
            (
                "Wrote 1,200 results of 1 row to o.csv.",
                "1.200 Ergebnisse aus 1 Zeile nach o.csv geschrieben.",
            ),
        ),
        (
            "recalc.same",
            {"out": "o", "formulas": 2},
            (
                "Wrote o: all 2 formulas show what they give.",
                "o geschrieben: Alle 2 Formeln zeigen, was sie ergeben.",
            ),
        ),
    ],
)
def test_words_go_with_their_count(
    key: str, places: dict[str, object], words: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for language, told in zip(LANGUAGES, words, strict=True):
        monkeypatch.setattr("xlplugin.cli.language.chosen", lambda language=language: language)
        assert text(key, **places) == told


@pytest.mark.parametrize(
    ("count", "english", "german"),
    [
        (1, "and 1 more fault (11 in all)", "und 1 weiterer Fehler (11 insgesamt)"),
        (2, "and 2 more faults (12 in all)", "und 2 weitere Fehler (12 insgesamt)"),
    ],
)
def test_the_last_line_of_many_faults_counts_those_left(count: int, english: str, german: str) -> None:
    told = InputError(Fault(i, "years", -1, "", "") for i in range(10 + count))
    assert str(told).splitlines()[-1] == english
    assert said(told, "de").splitlines()[-1] == german


#: Nouns that a number stands before; a text with one of them has a word for 1 as well.
COUNTED = re.compile(
    r"\{\w+(:,)?\} (more |weitere )?(results|rows|entries|findings|faults|formulas|draws|cells|arguments|assumptions"
    r"|Ergebnisse|Zeilen|Eingaben|Befunde|Fehler|Formeln|Ziehungen|Zellen|Argumente|Annahmen)\b"
)
#: Texts whose number is never 1: limits, and counts of the shipped data or of draws in thousands.
NEVER_ONE = (
    "{most",
    "margins.no_forecast",
    "path.band",
    "range.words",
    "verify.equal",
    "simulate.",
    "{names:,}",
    "{columns}",
    "Option {name}",
)


def test_every_text_that_counts_has_words_for_one() -> None:
    tables = {"cli/texts.csv": "key", "live/texts.csv": "key", "model/messages.csv": "en"}
    for table, key in tables.items():
        for row in rows_of(*table.split("/")):
            for language in LANGUAGES:
                counts = COUNTED.search(row[language])
                assert not counts or any(part in f"{row[key]} {counts[0]}" for part in NEVER_ONE), row[key]


def test_entries_and_slots_go_by_the_words_of_a_german_workbook(
    folder: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(*arguments: str) -> tuple[int, str]:
        code, stdout, stderr = spoken([*arguments, "--lang", "de"], folder, capfd, monkeypatch)
        return code, stdout + stderr

    assert told("template", "deutsch.xlsx", "--company", "CRM", "--force")[0] == 0
    slot = "Eigenes Unternehmen 1"

    def updated(*settings: str) -> tuple[int, str]:
        given = [part for setting in settings for part in ("--set", setting)]
        return told("update", "deutsch.xlsx", *given, "-o", "neu.xlsx", "--force")

    code, words = updated(
        f"xlp_in_company_revenue[{slot[:-1]}9]=1",
        "xlp_in_sensitivity_measure=Umsatzrendite",
        "xlp_in_nothing_like_it=1",
    )
    assert code == 2 and not (folder / "neu.xlsx").exists()
    place, measure, name = words.splitlines()
    assert re.search(rf"Platz ist '{slot[:-1]}9'; gemeint ist wohl {slot[:-1]}[123]$", place)
    assert re.match(r"Sensitivität!\w+: Sensitivität: Kennzahl ist 'Umsatzrendite'; ", measure)
    assert "bekannt: xlp_in_your_reduction_all, " in name
    code, words = updated("xlp_in_as_of=ja", f"xlp_in_company_revenue[{slot}]=1000")
    assert code == 0, words
    code, words = told("diff", "deutsch.xlsx", "neu.xlsx")
    named = [" ".join(line.split()) for line in words.splitlines() if "leer" in line or "nein" in line]
    assert any(line.startswith("Aus Sicht des Artikels nein ja") for line in named)
    assert any(line.startswith(f"Umsatz {slot} leer 1") for line in named)
    assert code == 1 and not re.search(r"\bxlp_|Your ", words.partition("Weiter: ")[0])
    german = {row["en"] for row in rows_of("model", "messages.csv")}
    names = EntryNames(Blocks(folder / "neu.xlsx"), shipped(), lambda *_: None)
    items = {name: names.input_of(name) for name in names.names}
    assert [
        name for name, item in items.items() if name not in german and not (item and labelled(item))
    ] == []


def test_a_company_of_a_template_without_a_year_is_said_in_german(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlplugin.cli.wording.chosen", lambda: "de")
    assert year_words("added") == "ergänzt" and year_words("FY2026") == "FY2026" and year_words(None) == ""
