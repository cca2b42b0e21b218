"""Commands about hosts: the reference, the doctor, and clear words where a host is not to be had."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from xlplugin.cli import main

pytestmark = pytest.mark.slow


def run(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    stdout, stderr = capfd.readouterr()
    return int(ended.value.code or 0), stdout, stderr


def test_functions_prints_the_reference_that_the_docs_carry(project, capfd) -> None:
    code, stdout, _ = run(capfd, "functions")
    assert code == 0
    assert stdout.strip() == (project / "docs" / "functions.md").read_text(encoding="utf-8").strip()


def test_functions_as_records(capfd) -> None:
    code, stdout, _ = run(capfd, "functions", "--json")
    records = json.loads(stdout)
    assert code == 0
    assert {"XLP_VALUE", "XLP_CHANGE", "XLP_SCENARIO", "XLP_VERSION"} <= {one["name"] for one in records}
    assert all(one["meaning"] and one["example"] for one in records)


def test_doctor_names_every_host_and_what_mends_it(capfd) -> None:
    code, stdout, _ = run(capfd, "doctor", "--json")
    records = json.loads(stdout)
    assert code == 0
    assert {one["host"] for one in records} == {"python", "excel", "server", "lite", "calc"}
    assert all(one["command"] for one in records if one["state"] == "missing")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has what is refused here")
@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_excel_s_com_functions_exist_on_windows_alone(command: str, capfd) -> None:
    code, stdout, stderr = run(capfd, command, "excel")
    assert (code, stdout) == (2, "")
    assert "Windows" in stderr
    assert len(stderr.splitlines()) == 1


def test_serve_asks_for_a_token_and_refuses_the_shipped_one(capfd, monkeypatch) -> None:
    monkeypatch.delenv("XLPLUGIN_TOKEN", raising=False)
    code, _, stderr = run(capfd, "serve", "--port", "0")
    assert code == 2
    assert "XLPLUGIN_TOKEN" in stderr
    code, _, stderr = run(capfd, "serve", "--port", "0", "--token", "test-token")
    assert code == 2
    assert "Traceback" not in stderr


def test_the_help_lists_every_command() -> None:
    from xlplugin.cli import _COMMANDS

    done = subprocess.run(
        [sys.executable, "-m", "xlplugin", "--help"], capture_output=True, text=True, check=False
    )
    for command in _COMMANDS:
        assert f"\n  {command} " in done.stdout
