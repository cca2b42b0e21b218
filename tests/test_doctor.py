"""The doctor: what it finds on this system and on a pretended Windows, and that it changes nothing."""

from __future__ import annotations

import sys
import zipfile
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

import xlplugin
from xlplugin.data.shipped import shipped
from xlplugin.hosts import HostError, doctor
from xlplugin.hosts.calc import office
from xlplugin.hosts.excel import findings
from xlplugin.hosts.excel.macro_workbook import with_macros
from xlplugin.hosts.finding import STATES, Finding
from xlplugin.hosts.records import HOSTS
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.package import save


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("HOME", "USERPROFILE", "APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ("XLWINGS_LICENSE_KEY", "XLPLUGIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def found(findings: list[Finding]) -> dict[tuple[str, str], Finding]:
    return {(finding.host, finding.check): finding for finding in findings}


def plain(path: Path) -> Path:
    """Write a workbook without macros."""
    import openpyxl

    openpyxl.Workbook().save(path)
    return path


def test_every_finding_is_complete(home: Path) -> None:
    records = doctor.doctor()
    assert list(dict.fromkeys(one.host for one in records)) == ["python", *HOSTS]
    assert {one.state for one in records} <= set(STATES)
    assert all(one.command for one in records if one.state == "missing")
    assert all(one.found for one in records)


def test_it_changes_nothing(home: Path) -> None:
    (home / "kept").write_text("as it was", encoding="utf-8")
    doctor.doctor(home / "no such.xlsm")
    assert [path.name for path in home.rglob("*")] == ["kept"]


def test_key_and_token(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lacking = found(doctor.doctor())
    assert "XLWINGS_LICENSE_KEY" in lacking["server", "licence key"].command
    assert "XLPLUGIN_TOKEN" in lacking["server", "token"].command
    monkeypatch.setenv("XLWINGS_LICENSE_KEY", "a-secret-key")
    monkeypatch.setenv("XLPLUGIN_TOKEN", "a-secret-token")
    there = doctor.doctor()
    assert [found(there)["server", check].state for check in ("licence key", "token")] == ["ok", "ok"]
    assert not any("a-secret" in one.found + one.command for one in there)


def test_calc(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> office.Office:
        raise HostError("LibreOffice is not installed, or not found.")

    monkeypatch.setattr(office, "find", none)
    assert found(doctor.doctor())["calc", "LibreOffice"].state == "missing"
    there = office.Office(Path("soffice"), Path("unopkg"), Path("python"), (3, 11))
    monkeypatch.setattr(office, "find", lambda: there)
    for installed, state in ((None, "missing"), ("0.0.1", "missing"), (xlplugin.__version__, "ok")):
        monkeypatch.setattr(office, "installed_version", lambda installed=installed: installed)
        record = found(doctor.doctor())["calc", "add-in"]
        assert (record.state, record.command) == (state, "" if state == "ok" else "xlplugin install calc")


@pytest.fixture
def windows(home: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A Windows whose registry is the returned mapping; pywin32 is not there."""
    registry: dict[str, object] = {}

    def value(key: str, name: str) -> tuple[object, int]:
        if name not in registry:
            raise FileNotFoundError(name)
        return registry[name], 1

    winreg = SimpleNamespace(
        HKEY_CLASSES_ROOT=1,
        HKEY_CURRENT_USER=2,
        OpenKey=lambda root, key: nullcontext(key),
        QueryValueEx=value,
    )

    def no_office() -> office.Office:
        raise HostError("LibreOffice is not installed, or not found.")

    monkeypatch.setitem(sys.modules, "winreg", winreg)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(office, "find", no_office)
    return registry


def test_bare_windows(windows: dict[str, object]) -> None:
    records = found(doctor.doctor())
    missing = {check for (host, check), one in records.items() if host == "excel" and one.state == "missing"}
    assert missing == {"Excel", "pywin32", "add-in", "trust in VBA access"}
    assert records["excel", "add-in"].command == "xlplugin install excel"
    assert "Trust access" in records["excel", "trust in VBA access"].command


def test_windows_that_is_set_up(
    windows: dict[str, object], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows.update({"": "Excel.Application.16", "AccessVBOM": 1, "VBAWarnings": 2})
    addin = home / "Microsoft" / "Excel" / "XLSTART" / "xlwings.xlam"
    addin.parent.mkdir(parents=True)
    addin.touch()
    monkeypatch.setattr(findings, "find_spec", lambda name: object())
    excel = [one for one in doctor.doctor() if one.host == "excel"]
    assert {one.check: one.state for one in excel} == {"xlwings": "ok", "Excel": "ok", "add-in": "ok"}


def test_windows_traps(windows: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    windows.update({"": "Excel.Application.16", "AccessVBOM": 1, "VBAWarnings": 4})
    monkeypatch.setattr(sys, "executable", r"C:\Users\x\AppData\Local\Microsoft\WindowsApps\python.exe")
    monkeypatch.setattr(doctor.struct, "calcsize", lambda _: 4)
    records = found(doctor.doctor())
    assert records["excel", "macros"].state == "missing"
    assert records["python", "edition"].state == "missing"
    assert "python.org" in records["python", "edition"].command
    assert records["python", "bitness"].state == "note"


def test_workbook_against_the_installed_xlwings(home: Path) -> None:
    book = home / "book.xlsm"
    save(with_macros(Draft(shipped(), (), ())), book)
    plain(home / "plain.xlsx")
    installed = version("xlwings")
    assert found(doctor.doctor(book))["excel", str(book)].state == "ok"
    older = home / "older.xlsm"
    with zipfile.ZipFile(book) as source, zipfile.ZipFile(older, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(f">{installed}<".encode(), b">0.30.1<"))
    record = found(doctor.doctor(older))["excel", str(older)]
    assert (record.state, record.command) == ("missing", "xlplugin template NEW.xlsm --host excel")
    assert "write it anew" in record.found
    assert f"installed is {installed}" in record.found
    assert found(doctor.doctor(home / "plain.xlsx"))["excel", str(home / "plain.xlsx")].state == "note"
    damaged = home / "damaged.xlsm"
    damaged.write_bytes(book.read_bytes()[:3000])
    assert "cannot be read" in found(doctor.doctor(damaged))["excel", str(damaged)].found
    nowhere = home / "nowhere.xlsm"
    record = found(doctor.doctor(nowhere))["excel", str(nowhere)]
    assert record.command == f"xlplugin template {nowhere} --host excel"
