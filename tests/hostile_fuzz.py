"""Damaged files and senseless calls with fixed seeds, run in processes of their own with limits.

    python tests/hostile_fuzz.py files|calls START STOP FOLDER

``tried(kind, start, stop, folder) -> list[Outcome]`` runs such a batch; a process that dies is an outcome
of its own (``died``). Nothing of what is tried may end in a traceback, in another exit code than 0, 1 or 2,
or beyond the limits of time and memory.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import json
import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

#: Bytes that such a process may ask for: far more than it takes, less than the machine has.
ADDRESSES = 4 << 30
#: Seconds and bytes that one file or call may take.
SECONDS, MEMORY = 10.0, 500 << 20

HEADER = "company,cost_reduction,adoption,note"
ROWS = [f"{name},{i}%,0.{i},text {i}" for i, name in enumerate(("CRM", "MSFT", "NVDA", "META", "NOW"), 1)]
STUDY = (
    'companies = ["Salesforce"]\nlines = ["eps"]\n[levers]\ncost_reduction = { from = 0, to = 0.9, count = 10 }\n'
    "adoption = [0.5, 1]\n[own.Salesforce]\nai_revenue_share = 0.02\n"
)
ODD_TEXTS = [
    "", " ", "30%", "0,3", "1.234", "1,586.5", "=1+1", "\u200b=1", "#N/A", "#DIV/0!", "NaN", "inf", "1e999", "TRUE",
    "half", "Salesforce", "crm", "gross_margin", "\ud800", "\0", "\x1b[31m", "\u202e", "x" * 40_000, "٣", "(500)",
    "500-", "2025-01-31", "low", "-", "+", "%", "1e-320", "9" * 400, "Salesforce, Inc.", "*", "article", "FY2025",
]  # fmt: skip


class Outcome(NamedTuple):
    """One thing that was tried: exit code (None: a call), seconds, largest memory of its process, what was wrong."""

    name: str
    code: int | None
    seconds: float
    memory: int
    wrong: str
    refused: bool


def damaged(seed: int) -> tuple[str, bytes]:
    """Return a file of some kind with something wrong in it: bytes changed, cut, doubled, parts mangled."""
    chance = random.Random(seed)
    ending = ("csv", "xlsx", "ods", "parquet", "toml", "csv.json")[seed % 6]
    data = _WHOLE[ending]()
    if ending in ("xlsx", "ods") and chance.random() < 0.7:
        return ending, _mangled_part(data, chance)
    return ending, _mangled(data, chance)


def _mangled(data: bytes, chance: random.Random) -> bytes:
    text = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 40))):
        place, length = chance.randrange(len(text) + 1), chance.choice((1, 1, 4, 64))
        act = chance.randrange(6)
        if act == 0:
            text[place : place + length] = chance.randbytes(length)
        elif act == 1:
            del text[place : place + length * 8]
        elif act == 2:
            text[place:place] = text[max(0, place - 64) : place] * chance.choice((1, 3, 200))
        elif act == 3:
            text = text[:place]
        elif act == 4:
            text[place:place] = chance.choice(_WORDS)
        elif place < len(text):
            text[place] ^= 1 << chance.randrange(8)
        if not text:
            break
    return bytes(text)


_WORDS = [
    b'"', b"\n", b"\r", b";", b",", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"{", b"[", b"'", b"=", b"</c>", b"<c>", b"&",
    b'r="XFD1048576"', b't="e"', b't="s"', b"1e999", b"99999999999999999999", b"\xed\xa0\x80", b"-", b"nan", b"<!--",
    b"null", b"true", b'"rows": -1', b"\x1b[2J", "＝1+1".encode(), b"sep=;\n", b"[[", b"a.b.c = 1\n",
]  # fmt: skip


def _mangled_part(data: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as package,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written,
    ):
        names = package.namelist()
        chosen = chance.choice(names)
        for name in names:
            content = package.read(name)
            if name == chosen:
                if chance.random() < 0.1:
                    continue
                content = _mangled(content, chance)
            written.writestr(name, content)
    return out.getvalue()


def _csv() -> bytes:
    return "\n".join([HEADER, *ROWS, ""]).encode()


def _table() -> list[list[Any]]:
    return [
        HEADER.split(","),
        *([name, i / 10, 0.5, f"text {i}"] for i, name in enumerate(("CRM", "MSFT"), 1)),
    ]


def _xlsx() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in _table():
        book.active.append(row)
    book.active["E2"] = "=B2*2"
    book.save(out)
    return out.getvalue()


def _ods() -> bytes:
    out, space = io.BytesIO(), "urn:oasis:names:tc:opendocument:xmlns:"
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in _table()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}office:1.0" '
        f'xmlns:table="{space}table:1.0" xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{cells}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}manifest:1.0"/>')
    return out.getvalue()


def _parquet() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    header, *rows = _table()
    out = io.BytesIO()
    pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(header)}), out)
    return out.getvalue()


def _manifest() -> bytes:
    study = {
        "source": {"scenarios": ["half"], "set": []}, "companies": ["Salesforce"], "fiscal_year": None,
        "lines": ["eps"], "inputs": "used", "errors": "stop", "own": {}, "decimal": None, "sheet": None,
        "companies_file": None, "assumptions_file": None,
    }  # fmt: skip
    counts = {"rows": 1, "results": 1, "faulty": 0, "bytes": 20}
    return json.dumps({"xlplugin": "0", "data_sha256": "0", "study": study, "inputs": [], **counts}).encode()


_CACHE: dict[str, bytes] = {}


def _once(ending: str, make: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: _CACHE.setdefault(ending, b"") or _CACHE.__setitem__(ending, make()) or _CACHE[ending]


_WHOLE = {
    ending: _once(ending, make)
    for ending, make in {
        "csv": _csv, "xlsx": _xlsx, "ods": _ods, "parquet": _parquet, "toml": STUDY.encode, "csv.json": _manifest,
    }.items()
}  # fmt: skip


def commands(seed: int, folder: Path) -> list[str]:
    """Write the damaged file of a seed; return the command that reads it."""
    ending, data = damaged(seed)
    path = folder / f"{seed}.{ending}"
    path.write_bytes(data)
    if ending == "csv.json":
        (folder / f"{seed}.csv").write_text("company,eps\nSalesforce,7\n")
        return ["verify", str(folder / f"{seed}.csv")]
    if ending == "toml" or seed % 4:
        return [
            "run",
            str(path),
            *(["-o", "-"] if seed % 3 else ["--lines", "eps"]),
            *["--errors", "keep"][: seed % 2 * 2],
        ]
    return [
        ("companies", "assumptions", "scenarios")[seed % 3],
        f"--{('companies', 'assumptions', 'scenarios')[seed % 3]}",
        str(path),
    ]


def cell(chance: random.Random) -> Any:
    """Return a cell of any type."""
    return chance.choice(
        (
            lambda: None,
            lambda: chance.choice(ODD_TEXTS),
            lambda: chance.choice((True, False)),
            lambda: chance.uniform(-2, 2),
            lambda: chance.choice(
                (0.0, -0.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), 2**70, 10**400, 30)
            ),
            lambda: datetime.datetime(2025, 1, 31),
            lambda: "".join(chr(chance.randrange(1, 0x3000)) for _ in range(chance.randrange(12))),
            lambda: [[cell(chance) for _ in range(chance.randrange(1, 4))]] * chance.randrange(1, 4),
        )
    )()  # type: ignore[no-untyped-call]


def options(chance: random.Random) -> list[str]:
    """Return a command with an option's value that means nothing, or something."""
    value = chance.choice([text for text in ODD_TEXTS if len(text) < 1000])
    lever = chance.choice(("cost_reduction", "adoption", "pass_through", "scenario", value))
    return chance.choice(
        (
            ["run", "--set", f"{lever}={value}", "--company", "CRM"],
            ["run", "--set", "cost_reduction=0.3", "--company", value],
            ["run", "--scenario", value, "--lines", "eps"],
            ["run", "--scenario", "half", "--lines", value],
            ["run", "--scenario", "half", "--fiscal-year", value],
            ["companies", value], ["assumptions", "--company", value], ["run", value],
            ["verify", value], ["diff", value, value], [value], ["breakeven", value], ["bridge", value],
        )
    )  # fmt: skip


def call(seed: int) -> Callable[[], tuple[int | None, str, bool]]:
    """Return what calls a function with random cells, reads a random entry or runs random options."""
    from xlplugin.entries.meaning import number
    from xlplugin.functions import FUNCTIONS
    from xlplugin.functions import call as called
    from xlplugin.model.errors import CellError, InputError

    chance = random.Random(seed)
    if seed % 20 == 0:
        return lambda: command(options(chance))
    if seed % 4 == 1:
        entry = cell(chance)

        def read() -> tuple[int | None, str, bool]:
            try:
                found = number(entry, "adoption")
            except InputError:
                return None, "", True
            wrong = (
                ""
                if found is None or (isinstance(found, float) and found == found)
                else f"an entry gave {found!r}"
            )
            return None, wrong, False

        return read
    names = [name for name in FUNCTIONS if not name.startswith(("XLP_SIMULATE", "XLP_SOBOL"))]
    name = chance.choice(names)
    most = len(FUNCTIONS[name].arguments)
    cells = [cell(chance) for _ in range(chance.randrange(FUNCTIONS[name].required, most + 1))]

    def ask() -> tuple[int | None, str, bool]:
        answer = called(name, *cells)
        listed = [one for row in answer for one in row] if isinstance(answer, list) else [answer]
        wrong = [one for one in listed if isinstance(one, float) and one - one != 0]
        kinds = {type(one) for one in listed} - {float, int, str, bool, type(None), CellError}
        said = f"{name} answered {wrong[:1]} {kinds}" if wrong or kinds else ""
        return None, said, isinstance(answer, CellError)

    return ask


def command(arguments: list[str]) -> tuple[int | None, str, bool]:
    """Run a command in this process; return its exit code, what was wrong, and whether it was refused."""
    from xlplugin.cli import main

    out, said = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(said):
        try:
            main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else -1
    text = said.getvalue()
    faults = len(text.strip().splitlines())
    wrong = ""
    if code not in (0, 1, 2) or "met what it does not know" in text or "Traceback" in text:
        wrong = f"exit code {code}: {text[-300:]}"
    elif code == 2 and not 1 <= faults <= 11:
        wrong = f"{faults} lines"
    elif any((ord(sign) < 32 and sign != "\n") or 0x202A <= ord(sign) <= 0x202E for sign in text):
        wrong = "signs that steer a terminal"
    return code, wrong, code == 2


def work(kind: str, start: int, stop: int, folder: Path) -> Iterator[Outcome]:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    command(["run", "--scenario", "half"])  # imports are no part of what is measured
    for seed in range(start, stop):
        act = partial(command, commands(seed, folder)) if kind == "files" else call(seed)
        before = time.perf_counter()
        try:
            code, wrong, refused = act()
        except Exception as error:
            code, wrong, refused = None, f"{type(error).__name__}: {error}"[:300], False
        seconds = time.perf_counter() - before
        status = Path("/proc/self/status").read_text()
        memory = int(status.split("VmHWM:")[1].split()[0]) << 10
        yield Outcome(f"{kind} {seed}", code, seconds, memory, wrong, refused)


def tried(kind: str, start: int, stop: int, folder: Path) -> list[Outcome]:
    """Run a batch in a process of its own; a seed at which it dies is an outcome, and the others go on."""
    outcomes: list[Outcome] = []
    while start < stop:
        ran = subprocess.run(
            [sys.executable, __file__, kind, str(start), str(stop), str(folder)],
            capture_output=True, text=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        lines = [line for line in ran.stdout.splitlines() if line.startswith("[")]
        outcomes += [Outcome(*json.loads(line)) for line in lines]
        start += len(lines)
        if start < stop:
            died = f"died with {ran.returncode}: {ran.stderr[-300:]}"
            outcomes.append(Outcome(f"{kind} {start}", ran.returncode, 0.0, 0, died, False))
            start += 1
    return outcomes


if __name__ == "__main__":
    for outcome in work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])):
        print(json.dumps(outcome), flush=True)
