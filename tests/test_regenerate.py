"""``python docs/regenerate.py`` writes whatever is generated, and says what it leaves out."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import machine
import pytest

pytestmark = pytest.mark.slow


@pytest.fixture
def regenerate(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, at work on a copy of what it writes."""
    spec = importlib.util.spec_from_file_location("regenerate", project / "docs" / "regenerate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("docs", "workbooks"):
        shutil.copytree(project / name, tmp_path / name)
        monkeypatch.setattr(module, name.upper(), tmp_path / name)
    monkeypatch.setattr(module, "PROJECT", tmp_path)
    return module


def test_without_libreoffice_all_but_the_pictures_is_written(
    regenerate: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(regenerate, "office", lambda: None)
    commands = tmp_path / "docs" / "commands.md"
    right = commands.read_text(encoding="utf-8")
    commands.write_text("old", encoding="utf-8")
    before = (tmp_path / "docs" / "pictures" / "overview.png").read_bytes()
    regenerate.main()
    said = capsys.readouterr().out
    assert "docs/commands.md: changed\n" in said
    assert "docs/functions.md: as it was\n" in said
    assert "left out: docs/pictures, for want of LibreOffice" in said
    assert commands.read_text(encoding="utf-8") == right
    assert (tmp_path / "docs" / "pictures" / "overview.png").read_bytes() == before


def test_the_pictures_show_the_readmes_sheets(regenerate: ModuleType, tmp_path: Path, project: Path) -> None:
    machine.require("LibreOffice", regenerate.office())
    machine.require("pdftoppm", shutil.which("pdftoppm"))
    from PIL import Image

    regenerate.draw_pictures(project / "workbooks" / "xlplugin-en.xlsx", tmp_path)
    readme = (project / "README.md").read_text(encoding="utf-8")
    for picture in regenerate.PICTURES:
        name = f"{picture.sheet.lower()}.png"
        assert f"(docs/pictures/{name})" in readme
        with Image.open(tmp_path / name) as image:
            margins = 2 * regenerate.MARGIN
            assert image.size == (picture.width + margins, picture.height + margins)
            assert len(set(image.convert("L").tobytes())) > 20  # something is drawn
