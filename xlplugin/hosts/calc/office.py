"""Installing the add-in into LibreOffice and removing it, for one user or one profile."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from xlplugin.hosts import HostError
from xlplugin.hosts.calc import addin
from xlplugin.model.messages import joined, message, plain

#: The add-in's file name, by which a profile keeps it.
FILE_NAME = "xlplugin.oxt"
OLDEST_PYTHON = (3, 11)
LIMIT_SECONDS = 180

PLACES = (
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/opt/libreoffice*/program",
    "/Applications/LibreOffice.app/Contents/MacOS",
    r"C:\Program Files\LibreOffice\program",
    r"C:\Program Files (x86)\LibreOffice\program",
)


@dataclass(frozen=True)
class Office:
    """A LibreOffice that can run the add-in: its programs, and the Python that it uses."""

    soffice: Path
    unopkg: Path
    python: Path
    python_version: tuple[int, int]


def find() -> Office:
    """Return the LibreOffice of this computer, or raise :class:`HostError` with what is missing."""
    program = _program_folder()
    python = _python(program)
    if python is None:
        raise HostError(
            "LibreOffice is installed, but cannot run Python. Install its Python support"
            " (Debian and Ubuntu: apt install python3-uno; Fedora: dnf install libreoffice-pyuno)."
        )
    path, version = python
    if version < OLDEST_PYTHON:
        raise HostError(
            message(
                "LibreOffice's own Python is {version}.{version2}; the functions need 3.11 or newer. "
                "Install a newer LibreOffice. The template workbook works without the add-in.",
                version=version[0],
                version2=version[1],
            )
        )
    return Office(_executable(program, "soffice"), _executable(program, "unopkg"), path, version)


def default_profile() -> Path:
    """Return the folder of the present user's LibreOffice profile, whether it exists or not."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", "~")).expanduser() / "LibreOffice" / "4"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/LibreOffice/4").expanduser()
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "libreoffice" / "4"


def installed_version(profile: str | Path | None = None) -> str | None:
    """Return the version of the add-in in a profile, None where it is not installed."""
    cache = _profile(profile) / "user" / "uno_packages" / "cache"
    index = cache / "uno_packages.pmap"  # removed ones leave their files behind, but not their entry here
    if not index.is_file() or addin.IDENTIFIER.encode() not in index.read_bytes():
        return None
    for description in cache.glob(f"uno_packages/*/{FILE_NAME}/description.xml"):
        stated = re.search(r'<version value="([^"]+)"', description.read_text(encoding="utf-8"))
        if stated and description.parts[-3].rstrip("_").encode() in index.read_bytes():
            return stated[1]
    return "unknown"


def install(profile: str | Path | None = None) -> str:
    """Install the add-in for the present user, or into a profile's folder; return what was done."""
    office, place = find(), _profile(profile)
    before = installed_version(place)
    with tempfile.TemporaryDirectory() as folder:
        file = addin.build(Path(folder) / FILE_NAME)
        said = change(office, place, "add", str(file))
    version = installed_version(place)
    if version is None:
        raise HostError(
            message("LibreOffice did not take the add-in. It said: {what}", what=said or plain("nothing"))
        )
    done = "Installed the xlplugin functions {version} for LibreOffice Calc (profile {place})."
    if before is not None:
        done = (
            "Replaced version {before} by the xlplugin functions {version} for LibreOffice Calc"
            " (profile {place})."
        )
    told = (
        message(done, before=before, version=version, place=place),
        plain("Start Calc and type =XLP_VERSION(), or look under Insert > Function, category Add-in."),
        plain("To remove them: xlplugin uninstall calc"),
    )
    return joined(told, "\n")


def uninstall(profile: str | Path | None = None) -> str:
    """Remove the add-in where :func:`install` put it; return what was done."""
    place = _profile(profile)
    version = installed_version(place)
    if version is None:
        return message(
            "The xlplugin functions are not installed in LibreOffice (profile {place}); nothing to do.",
            place=place,
        )
    said = change(find(), place, "remove", addin.IDENTIFIER)
    if installed_version(place) is not None:
        raise HostError(
            message("LibreOffice did not remove the add-in. It said: {what}", what=said or plain("nothing"))
        )
    return message(
        "Removed the xlplugin functions {version} from LibreOffice Calc (profile {place}).",
        version=version,
        place=place,
    )


def change(office: Office, profile: Path, verb: str, what: str) -> str:
    """Let LibreOffice ``add`` an extension's file or ``remove`` an identifier; return what it said."""
    if (profile / ".lock").exists():
        raise HostError(
            message(
                "LibreOffice is running with the profile {profile}. Close it (its quick starter too) "
                "and try again. If it is not running, it crashed: delete {lock} first.",
                profile=profile,
                lock=profile / ".lock",
            )
        )
    url = profile.absolute().as_uri()
    if getattr(os, "geteuid", lambda: 1)() == 0:  # unopkg refuses root, the office itself does not
        script = Path(__file__).with_name("extension.py")
        command = [office.python, script, office.soffice, url, verb, what, FILE_NAME]
    else:
        force = ["--force"] if verb == "add" else []
        command = [office.unopkg, verb, *force, f"-env:UserInstallation={url}", what]
    try:
        done = subprocess.run(
            list(map(str, command)), capture_output=True, text=True, timeout=LIMIT_SECONDS, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise HostError(
            message(
                "LibreOffice did not answer within {seconds} seconds; try again.",
                seconds=LIMIT_SECONDS,
            )
        ) from error
    lines = (done.stderr + done.stdout).splitlines()
    return "\n".join(line for line in lines if "javaldx" not in line).strip()


def _environment() -> dict[str, str]:
    """Return the environment without what would lead LibreOffice's Python to another one's library.

    On Linux it looks for its home by the first Python on PATH, which must be the system's and not one of
    pyenv, conda or a virtual environment.
    """
    places = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    kept = {key: text for key, text in os.environ.items() if key not in places}
    if sys.platform not in ("win32", "darwin"):
        kept["PATH"] = os.pathsep.join(["/usr/bin", kept.get("PATH", "")])
    return kept


def _profile(profile: str | Path | None) -> Path:
    return default_profile() if profile is None else Path(profile).expanduser().absolute()


def _program_folder() -> Path:
    started = shutil.which("soffice") or shutil.which("libreoffice")
    folders = [Path(started).resolve().parent] if started else []
    for place in PLACES:
        root = Path(place)
        folders += sorted(Path(root.anchor).glob(str(root.relative_to(root.anchor)))) if root.anchor else []
    for folder in folders:
        if _executable(folder, "soffice").is_file() and _executable(folder, "unopkg").is_file():
            return folder
    raise HostError(
        "LibreOffice is not installed, or not found. Install LibreOffice Calc, or put the folder of its"
        " program soffice on PATH."
    )


def _executable(folder: Path, name: str) -> Path:
    return folder / f"{name}.com" if sys.platform == "win32" else folder / name


def _python(program: Path) -> tuple[Path, tuple[int, int]] | None:
    """Return the Python that LibreOffice uses, with its version: its own, else the system's."""
    own = [program / "python", program / "python.exe", program.parent / "Resources" / "python"]
    system = [] if sys.platform in ("win32", "darwin") else [Path("/usr/bin/python3")]
    for path in own + system:
        if not path.is_file():
            continue
        answer = subprocess.run(
            [str(path), "-c", "import uno, sys; print(*sys.version_info[:2])"],
            capture_output=True,
            text=True,
            env=_environment(),
        )
        if answer.returncode == 0:
            major, minor = answer.stdout.split()
            return path, (int(major), int(minor))
    return None
