"""A host is one record: what the template, the doctor and the command line know of it comes from there."""

from __future__ import annotations

import json
import subprocess
import sys

import click
import pytest

from xlplugin.cli import hosts, templates
from xlplugin.hosts.calc import office
from xlplugin.hosts.editions import EDITIONS
from xlplugin.hosts.excel import addin
from xlplugin.hosts.records import HOSTS
from xlplugin.workbook.builder.texts import keys

pytestmark = pytest.mark.slow

FURTHER = """
import json, sys
from xlplugin.hosts.finding import Finding
from xlplugin.hosts.records import HOSTS, Host
HOSTS["abacus"] = Host(
    "abacus",
    findings=lambda workbook: [Finding("abacus", "beads", "missing", "none", "buy some")],
    written=lambda name: f"ABACUS.{name}",
    install=lambda: "beads are on their wires",
    uninstall=lambda: "beads are off their wires",
)
from xlplugin.cli import main
main(sys.argv[1:])
"""


def with_a_further_host(*arguments: str) -> str:
    command = [sys.executable, "-c", FURTHER, *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def choices(command: click.Command, name: str) -> list[str]:
    (kind,) = (parameter.type for parameter in command.params if parameter.name == name)
    assert isinstance(kind, click.Choice)
    return list(kind.choices)


def test_choices_are_the_records() -> None:
    assert choices(templates.template, "host") == [name for name, host in HOSTS.items() if host.written]
    assert choices(templates.template, "host") == list(EDITIONS)
    for command, act in ((hosts.install, "install"), (hosts.uninstall, "uninstall")):
        assert choices(command, "host") == [name for name, host in HOSTS.items() if getattr(host, act)]


def test_what_can_be_installed_can_be_removed() -> None:
    assert [bool(host.install) for host in HOSTS.values()] == [
        bool(host.uninstall) for host in HOSTS.values()
    ]


@pytest.mark.parametrize(("name", "module"), [("excel", addin), ("calc", office)])
@pytest.mark.parametrize("act", ["install", "uninstall"])
def test_installing_is_the_host_s_own(
    name: str, module: object, act: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, act, lambda: f"{act} of {name}")
    getattr(hosts, act).callback(name)
    assert capsys.readouterr().out == f"{act} of {name}\n"


@pytest.mark.parametrize("name", EDITIONS)
def test_the_setup_sheet_has_texts_for_every_edition(name: str) -> None:
    assert len(keys(f"setup.{name}.")) >= 5


def test_a_further_host_is_one_record() -> None:
    assert "abacus" in with_a_further_host("template", "--help")
    assert with_a_further_host("install", "abacus") == "beads are on their wires\n"
    assert with_a_further_host("uninstall", "abacus") == "beads are off their wires\n"
    (finding,) = (
        one for one in json.loads(with_a_further_host("doctor", "--json")) if one["host"] == "abacus"
    )
    assert finding == {
        "host": "abacus",
        "check": "beads",
        "state": "missing",
        "found": "none",
        "command": "buy some",
    }


def test_asking_for_the_choices_loads_no_host() -> None:
    script = """
import sys
from xlplugin.cli import hosts, templates
print({"openpyxl", "xlwings", "numpy", "xlplugin.functions", "xlplugin.hosts.editions"} & set(sys.modules))
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.strip()) == (0, "set()"), ran.stderr
