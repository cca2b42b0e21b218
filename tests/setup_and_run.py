#!/usr/bin/env python3
"""Set up what the tests need and run them: ``python3 tests/setup_and_run.py [--quick] [pytest arguments]``.

Needs Python >= 3.11 and nothing else. The Python packages go into ``.venv-tests``, the npm packages into
``.cache/npm``, both in the checkout; Debian packages are installed where this runs as root and they are
missing. Elsewhere a missing part is named and its tests skip by name. A second run reuses what is there.
The package is installed from the checkout as a user would, so the tests see what a user gets. The exit code
is pytest's.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import machine

PROJECT = Path(__file__).resolve().parent.parent
ENVIRONMENT = PROJECT / ".venv-tests"
NPM = PROJECT / ".cache" / "npm"
CONSTRAINTS = PROJECT / "tests" / "constraints.txt"
PACKAGE_JSON = PROJECT / "tests" / "package.json"
EXTRAS = "analysis,dask,docs,note,plot,server,test"


class SetUpError(Exception):
    """A step without which no test can run; the text is for the reader."""


def without_addresses(text: str) -> str:
    """The same text with every network or file address blanked out."""
    return re.sub(r"\b(https?|file)://[^\s'\",)]+", "(address)", text)


def last_lines(text: str, count: int = 12) -> str:
    kept = [line for line in without_addresses(text).splitlines() if line.strip()]
    return "\n".join("    " + line for line in kept[-count:])


@contextmanager
def step(name: str) -> Iterator[None]:
    """Say what is being done, and afterwards how long it took."""
    print(f"{name} ... ", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{time.monotonic() - start:.1f} s", flush=True)


def call(
    command: Iterable[object], env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run quietly, what it prints kept as text."""
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=env,
        cwd=cwd,
    )


def must(what: str, command: Iterable[object]) -> None:
    done = call(command)
    if done.returncode:
        raise SetUpError(f"{what} failed (exit {done.returncode}):\n{last_lines(done.stdout)}")


# ---------------------------------------------------------------- what the machine has


def debian(package: str) -> Callable[[], bool]:
    """Whether a Debian package is installed; on other systems nothing is asked for."""

    def installed() -> bool:
        if not shutil.which("dpkg-query"):
            return True
        return call(["dpkg-query", "-W", "-f", "${db:Status-Status}", package]).stdout.strip() == "installed"

    return installed


def has_writer() -> bool:
    """Elsewhere than on Linux LibreOffice comes whole."""
    parts = Path("/usr").glob("lib*/libreoffice/program/libswlo.so")
    return machine.soffice() is not None and (sys.platform != "linux" or any(parts))


def has_uno() -> bool:
    office = machine.soffice()
    return office is not None and machine.python_with_uno(office) is not None


# what it is, whether it is there, the Debian package that brings it
PARTS: tuple[tuple[str, Callable[[], object], str | None], ...] = (
    ("Python's venv", lambda: importlib.util.find_spec("ensurepip"), "python3-venv"),
    ("LibreOffice Calc", machine.soffice, "libreoffice-calc-nogui"),
    ("LibreOffice Writer", has_writer, "libreoffice-writer-nogui"),
    ("LibreOffice's Python (uno)", has_uno, "python3-uno"),
    ("LibreOffice's German texts", debian("libreoffice-l10n-de"), "libreoffice-l10n-de"),
    ("the font Carlito", debian("fonts-crosextra-carlito"), "fonts-crosextra-carlito"),
    ("poppler's pdftoppm", lambda: machine.program("pdftoppm"), "poppler-utils"),
    ("Gnumeric's ssconvert", lambda: machine.program("ssconvert"), "gnumeric"),
    ("Chromium", machine.chromium, "chromium"),
    ("Node with npm", lambda: machine.program("node") and machine.program("npm"), "npm"),
)


def missing_parts() -> list[tuple[str, str | None]]:
    return [(name, package) for name, found, package in PARTS if not found()]


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def install_debian_packages(packages: list[str]) -> None:
    """Ask apt-get for these, once more after a failure; what stays missing is reported later."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for attempt in ("", " (second try)"):
        with step(f"Debian packages {' '.join(packages)}{attempt}"):
            call(["apt-get", "update", "-qq"], env=quiet)
            done = call(
                [
                    "apt-get",
                    "install",
                    "-y",
                    "-qq",
                    "-o",
                    "DPkg::Lock::Timeout=300",
                    "--no-install-recommends",
                    *packages,
                ],
                env=quiet,
            )
        if done.returncode == 0:
            return
        print(last_lines(done.stdout, 4))


def prepare_machine() -> None:
    packages = [package for _, package in missing_parts() if package]
    if packages and is_root() and shutil.which("apt-get"):
        install_debian_packages(packages)


def report_missing() -> None:
    missing = missing_parts()
    if missing:
        print(f"Missing on this machine, so their tests skip: {', '.join(name for name, _ in missing)}")
        if shutil.which("apt-get"):
            packages = " ".join(package for _, package in missing if package)
            print(f"To have them: sudo apt-get install --no-install-recommends {packages}", flush=True)


# ---------------------------------------------------------------- Python packages


def environment_python() -> Path:
    return ENVIRONMENT / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def digest(*parts: bytes | Path) -> str:
    """One hash of these bytes, files and folders (paths inside the checkout and contents)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, bytes):
            total.update(part + b"\0")
            continue
        inside = sorted(part.rglob("*")) if part.is_dir() else [part]
        for file in inside:
            if file.is_file() and "__pycache__" not in file.parts:
                total.update(str(file.relative_to(part.parent)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def fresh(stamp: Path, value: str) -> bool:
    """Whether the stamp says that this very state is in place."""
    return stamp.is_file() and stamp.read_text("utf-8") == value


def pip(*arguments: object) -> list[object]:
    return [
        environment_python(),
        "-m",
        "pip",
        "install",
        "-q",
        "--disable-pip-version-check",
        "--no-input",
        "--no-compile",  # each module is compiled when it is first imported, most never are
        *arguments,
    ]


def package_state() -> str:
    shipped = (PROJECT / name for name in ("pyproject.toml", "README.md", "LICENSE", "xlplugin"))
    return digest(*(part for part in shipped if part.exists()))


def install_python_packages() -> None:
    """Everything that pyproject.toml asks for, at the versions of tests/constraints.txt, and xlplugin itself.

    xlplugin is built from the checkout anew whenever its files have changed.
    """
    packages, package = ENVIRONMENT / "packages.stamp", ENVIRONMENT / "xlplugin.stamp"
    wanted = digest(PROJECT / "pyproject.toml", CONSTRAINTS, sys.version.encode(), sys.base_prefix.encode())
    state = package_state()
    if not (environment_python().exists() and fresh(packages, wanted)):
        with step(f"Python packages into {ENVIRONMENT.name} (some minutes the first time)"):
            venv.create(ENVIRONMENT, clear=True, with_pip=True)
            must("installing the Python packages", pip("-c", CONSTRAINTS, f"{PROJECT}[{EXTRAS}]"))
            packages.write_text(wanted, "utf-8")
            package.write_text(state, "utf-8")
    elif not fresh(package, state):
        with step("xlplugin from the checkout"):
            must(
                "installing xlplugin", pip("--no-deps", "--force-reinstall", "--no-build-isolation", PROJECT)
            )
            package.write_text(state, "utf-8")


# ---------------------------------------------------------------- npm packages


def install_npm_packages() -> None:
    """The packages of tests/package.json; without them their tests skip."""
    npm = machine.program("npm")
    stamp, wanted = NPM / "packages.stamp", digest(PACKAGE_JSON)
    if npm is None or fresh(stamp, wanted):
        return
    NPM.mkdir(parents=True, exist_ok=True)
    shutil.copy(PACKAGE_JSON, NPM / "package.json")
    with step("npm packages into .cache/npm"):
        done = call(
            [
                npm,
                "install",
                "--prefix",
                NPM,
                "--ignore-scripts",
                "--no-package-lock",
                "--no-audit",
                "--no-fund",
                "--omit-lockfile-registry-resolved",
                "--loglevel=error",
            ],
            cwd=NPM,
        )
    if done.returncode:
        print(last_lines(done.stdout, 4))
    else:
        stamp.write_text(wanted, "utf-8")


# ---------------------------------------------------------------- running


def run_pytest(quick: bool, arguments: list[str]) -> int:
    environment = dict(os.environ)
    machine.clean(environment)
    environment["XLPLUGIN_ENVIRONMENT"] = str(ENVIRONMENT)
    options = ["-p", "no:cacheprovider"]
    if quick:
        options += ["-m", "not slow or quick"]
    if not any(argument.startswith(("-n", "--numprocesses", "--pdb")) for argument in arguments):
        options += ["-n", "2", "--dist", "worksteal"]  # neighbours share the fixtures of their file
    # -P keeps the checkout off sys.path: the tests import the installed package
    command = [str(environment_python()), "-P", "-m", "pytest", *options, *arguments]
    if os.name == "nt":
        return subprocess.run(command, cwd=PROJECT, env=environment).returncode
    os.chdir(PROJECT)
    return os.execve(command[0], command, environment)  # whoever ends this process ends pytest


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description="Set up what the tests need and run them.",
        allow_abbrev=False,
        epilog="All other arguments go to pytest.",
    )
    parser.add_argument("--quick", action="store_true", help="leave out the tests marked slow")
    parser.add_argument("--set-up-only", action="store_true", help="install, run no test")
    chosen, arguments = parser.parse_known_args(argv)
    try:
        prepare_machine()
        install_python_packages()
        install_npm_packages()
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    report_missing()
    return 0 if chosen.set_up_only else run_pytest(chosen.quick, arguments)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - a fresh machine may have an older one
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]} ({sys.executable})")
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
