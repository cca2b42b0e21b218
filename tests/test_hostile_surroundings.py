"""A command that is ended, starved or spoken to in another encoding: one clear line, and nothing stays behind."""

from __future__ import annotations

import csv
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from batch_cases import leftovers
from command_line import xlplugin
from forked_commands import Commands
from pseudo_terminal import on_a_terminal

from xlplugin.files.safe_text import CUT, MOST_CHARACTERS
from xlplugin.files.targets import sweep, temporary_name

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name == "nt", reason="signals, terminals and limits as POSIX has them"),
]

#: More rows than any run of these tests gets to.
STUDY = "[levers]\ncost_reduction = { from = 0, to = 0.9, count = 10000 }\nadoption = { from = 0, to = 1, count = 9999 }\n"
HERE = sha256(platform.node().encode()).hexdigest()[:6]


# --- Ended and killed ----------------------------------------------------------------------------


@pytest.fixture
def writing(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a function that starts a long run into ``out.csv`` and returns it when it has begun to write."""
    (tmp_path / "study.toml").write_text(STUDY)
    (tmp_path / "out.csv").write_text("old and whole")
    started: list[subprocess.Popen[str]] = []

    def start(before: tuple[str, ...] = ()) -> subprocess.Popen[str]:
        command = [*before, sys.executable, "-m", "xlplugin", "run", "study.toml", "--company", "CRM"]
        process = subprocess.Popen(
            [*command, "-o", "out.csv", "--force"], cwd=tmp_path, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        started.append(process)
        until = time.monotonic() + 60
        while not any(path.stat().st_size > 100_000 for path in tmp_path.glob(".out.csv.*.part")):
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.01)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_whatever_ends_a_run_it_leaves_nothing_behind(
    name: str, writing: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = writing()
    process.send_signal(getattr(signal, name))
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "interrupted: nothing was left half-written\n")
    assert (tmp_path / "out.csv").read_text() == "old and whole"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "study.toml"]


def test_a_run_under_nohup_outlives_its_terminal(
    writing: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = writing(("nohup",))
    process.send_signal(signal.SIGHUP)
    (part,) = tmp_path.glob(".out.csv.*.part")
    much = part.stat().st_size + 5_000_000
    while part.stat().st_size < much:  # it goes on
        assert process.poll() is None
        time.sleep(0.01)


def test_what_a_killed_run_left_is_swept_by_the_next_of_the_same_target(
    writing: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    process = writing()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert len(leftovers(tmp_path)) == 1 and (tmp_path / "out.csv").read_text() == "old and whole"
    other = xlplugin("run", "--scenario", "half", "--lines", "eps", "-o", tmp_path / "other.csv")
    assert (other.returncode, len(leftovers(tmp_path))) == (0, 1)  # what is of another target is not its own
    again = xlplugin("run", "--scenario", "half", "--lines", "eps", "-o", tmp_path / "out.csv", "--force")
    assert again.returncode == 0, again.stderr
    assert leftovers(tmp_path) == []


#: Who wrote an unfinished file beside out.csv, how many hours ago, and whether the next run removes it.
UNFINISHED = {
    "a process of this computer that has ended": (f".out.csv.{HERE}-{{gone}}-0123456789ab.part", 0, True),
    "a process of this computer that lives": (f".out.csv.{HERE}-{{alive}}-0123456789ab.part", 0, False),
    "one that lives, the day before": (f".out.csv.{HERE}-{{alive}}-0123456789ab.part", 30, True),
    "another computer, today": (".out.csv.ffffff-{gone}-0123456789ab.part", 1, False),
    "another computer, the day before": (".out.csv.ffffff-{gone}-0123456789ab.part", 30, True),
    "an older version of the program, the day before": (".out.csv.0123456789ab.part", 30, True),
    "a run into another file": (f".out.csv.gz.{HERE}-{{gone}}-0123456789ab.part", 30, False),
    "somebody else's file": (".out.csv.mine.part", 300, False),
}  # fmt: skip


@pytest.mark.parametrize("case", UNFINISHED)
def test_only_what_nobody_writes_any_more_is_swept(case: str, tmp_path: Path) -> None:
    name, hours, swept = UNFINISHED[case]
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    path = tmp_path / name.format(gone=ended.pid, alive=os.getppid())
    path.write_text("half")
    os.utime(path, (time.time() - hours * 3600,) * 2)
    sweep(tmp_path / "out.csv")
    assert path.exists() is not swept


def test_the_name_of_an_unfinished_file_says_who_writes_it(tmp_path: Path) -> None:
    assert temporary_name(tmp_path / "out.csv").name.startswith(f".out.csv.{HERE}-{os.getpid()}-")


# --- Encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["gbk", "latin-1", "ascii", "utf-16"])
@pytest.mark.parametrize("arguments", ["companies", "run --scenario half --lines eps"])
def test_a_terminal_of_another_encoding_gets_a_mark_for_what_it_does_not_know(
    arguments: str, encoding: str, tmp_path: Path
) -> None:
    ran = xlplugin(*arguments.split(), cwd=tmp_path, encoding=encoding)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Salesforce" in ran.stdout
    if "run" in arguments:
        assert ("†" in ran.stdout) is (encoding == "utf-16")
        assert ("?" in ran.stdout) is (encoding != "utf-16")


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_a_path_with_an_umlaut_in_any_locale(locale: str, tmp_path: Path) -> None:
    folder = tmp_path / "Prüfung Ärger"
    folder.mkdir()
    (folder / "Fälle.csv").write_text("company,cost_reduction\nCRM,0.3\n")
    commands = Commands({**os.environ, "LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"})
    out = folder / "Größe.csv"
    done = commands.run("run", folder / "Fälle.csv", "-o", out, "--lines", "eps")
    assert (done.code, done.stderr) == (0, "")
    with out.open(encoding="utf-8") as file:
        assert [row["company"] for row in csv.DictReader(file)] == ["Salesforce"]
    assert commands.run("verify", out).code == 0
    missing = commands.run("run", folder / "Lücke.csv")
    commands.stop()
    assert (missing.code, missing.stderr.count("\n")) == (2, 1)
    assert missing.stderr.endswith("no such file; check the path\n")


# --- Full folders --------------------------------------------------------------------------------


@pytest.fixture(params=["a full disk", "a limit of bytes a file"])
def starved(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, list[str]]]:
    """Give a temporary folder that takes 64 KB, and what goes before a command for that."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    if request.param == "a limit of bytes a file":
        limit = "import os, resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536)); os.execv(sys.argv[1], sys.argv[1:])"
        yield folder, [sys.executable, "-c", limit]
        return
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a disk")
    yield folder, []
    subprocess.run(["umount", folder], check=True)


def test_a_full_temporary_folder_is_said_in_one_line(starved: tuple[Path, list[str]], tmp_path: Path) -> None:
    folder, before = starved
    (tmp_path / "study.toml").write_text("[levers]\ncost_reduction = { from = 0, to = 0.9, count = 3000 }\n")
    ran = subprocess.run(
        [*before, sys.executable, "-m", "xlplugin", "run", "study.toml", "--company", "CRM", "-o", "out.xlsx"],
        cwd=tmp_path, env={**os.environ, "TMPDIR": str(folder)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.count("\n") == 1, ran.stderr
    reason = "No space left on device" if not before else "File too large"
    assert ran.stderr == f"cannot read or write {folder}: {reason}\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["study.toml", "temporary"]
    assert list(folder.iterdir()) == []


# --- Texts ---------------------------------------------------------------------------------------


def test_a_text_that_no_cell_holds_is_cut_with_a_mark(tmp_path: Path) -> None:
    texts = {
        "as long as a cell": "n" * 32_767,
        "too long": "n" * 40_000,
        "of signs that count twice": "😀" * 20_000,
    }
    (tmp_path / "in.csv").write_text(
        "company,cost_reduction,note\n" + "".join(f"CRM,0.3,{text}\n" for text in texts.values())
    )
    ran = xlplugin("run", tmp_path / "in.csv", "--lines", "eps", "-o", tmp_path / "out.xlsx")
    assert ran.returncode == 0, ran.stderr
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Results"]
    _, header, *rows = sheet.iter_rows(values_only=True)  # heads for people, names for programs
    held = dict(zip(texts, (str(row[header.index("note")]) for row in rows), strict=True))
    assert held["as long as a cell"] == texts["as long as a cell"]
    for case in ("too long", "of signs that count twice"):
        assert len(held[case].encode("utf-16-le")) // 2 in (MOST_CHARACTERS, MOST_CHARACTERS - 1)
        assert held[case].endswith(CUT) and texts[case].startswith(held[case].removesuffix(CUT))


def test_csv_on_a_terminal_cannot_steer_it(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(
        "company,cost_reduction,note\nCRM,0.3,\x1b[31mred\x07\x1b]0;title\x07 \u202eturned\n"
    )
    command = ["run", "in.csv", "--lines", "eps", "-o", "-"]
    told = on_a_terminal(
        [sys.executable, "-m", "xlplugin", *command], cwd=tmp_path, stderr=subprocess.DEVNULL
    )
    assert "[31mred" in told and "turned" in told
    assert not set(told) & set("\x1b\x07\u202e")
    piped = xlplugin(*command, cwd=tmp_path).stdout
    assert "\x1b[31mred" in piped  # a file or program gets the bytes as they are
    assert len(piped.splitlines()) == len(told.splitlines())
