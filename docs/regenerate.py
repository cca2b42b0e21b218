"""Write anew whatever the project generates: ``python docs/regenerate.py``.

References (docs/commands.md, docs/functions.md, the tables of docs/model.md), the ready-made workbooks
(workbooks/) and the README's pictures (docs/pictures/), which LibreOffice, pdftoppm (Poppler) and Pillow
make of the English workbook. Says of each file whether it changed, and what was left out for want of what.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from xlplugin.cli.reference import reference_text as commands_text
from xlplugin.functions.reference import reference_text as functions_text
from xlplugin.model.nomenclature import renewed
from xlplugin.workbook.ready_made import shipped_name, write_shipped

PROJECT = Path(__file__).resolve().parent.parent
DOCS, WORKBOOKS = PROJECT / "docs", PROJECT / "workbooks"

#: Where the installers put LibreOffice without putting it on the PATH.
OFFICE = (
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.com",
)

#: Each sheet is one page of the PDF, however long.
ONE_PAGE_A_SHEET = {"SinglePageSheets": {"type": "boolean", "value": "true"}}

MARGIN = 14  # pixels of white around a picture


class Picture(NamedTuple):
    """The top left part of a sheet: its size in pixels, and how many of them make an inch."""

    sheet: str
    width: int
    height: int
    resolution: int


PICTURES = (
    Picture("Overview", 1226, 756, 96),
    Picture("Dashboard", 1240, 616, 96),
    Picture("Sensitivity", 1264, 856, 96),
)


def pages() -> dict[Path, str]:
    """Return the generated pages by their place."""
    model = DOCS / "model.md"
    return {
        DOCS / "commands.md": commands_text(),
        DOCS / "functions.md": functions_text(),
        model: renewed(model.read_text(encoding="utf-8")),
    }


def missing() -> list[str]:
    """Return what the pictures need and this machine lacks."""
    parts = {
        "LibreOffice": office() is not None,
        "pdftoppm (Poppler)": shutil.which("pdftoppm") is not None,
        "Pillow": importlib.util.find_spec("PIL") is not None,
    }
    return [name for name, present in parts.items() if not present]


def office() -> str | None:
    """Return LibreOffice's program, None where there is none."""
    return shutil.which("soffice") or next((place for place in OFFICE if Path(place).exists()), None)


def draw_pictures(workbook: Path, folder: Path) -> None:
    """Write the pictures of a workbook's sheets into ``folder``."""
    from openpyxl import load_workbook
    from PIL import Image, ImageOps

    sheets = load_workbook(workbook, read_only=True).sheetnames
    with tempfile.TemporaryDirectory() as scratch:
        own = f"-env:UserInstallation={Path(scratch, 'profile').as_uri()}"  # beside an office that is open
        form = f"pdf:calc_pdf_Export:{json.dumps(ONE_PAGE_A_SHEET)}"
        called = [str(office()), "--headless", own, "--convert-to", form, "--outdir", scratch, str(workbook)]
        subprocess.run(called, check=True, capture_output=True, timeout=300)
        document = Path(scratch, workbook.with_suffix(".pdf").name)
        for picture in PICTURES:
            page, drawn = str(sheets.index(picture.sheet) + 1), Path(scratch, picture.sheet.lower())
            part = ["-x", "0", "-y", "0", "-W", str(picture.width), "-H", str(picture.height)]
            size = ["-r", str(picture.resolution), "-f", page, "-l", page, *part]
            subprocess.run(["pdftoppm", "-png", "-singlefile", *size, document, drawn], check=True)
            with Image.open(drawn.with_suffix(".png")) as image:
                framed = ImageOps.expand(image.convert("RGB"), MARGIN, "white")
            target = folder / f"{picture.sheet.lower()}.png"
            framed.quantize(256, dither=Image.Dither.NONE).save(target, optimize=True)


def regenerated() -> Iterator[Path]:
    """Write everything anew and yield each file that was written."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
        yield path
    yield from write_shipped(WORKBOOKS)
    if lacking := missing():
        print(f"left out: docs/pictures, for want of {', '.join(lacking)}")
        return
    draw_pictures(WORKBOOKS / shipped_name("en"), DOCS / "pictures")
    yield from (DOCS / "pictures" / f"{picture.sheet.lower()}.png" for picture in PICTURES)


def main() -> None:
    """Write everything anew and say what changed."""
    places = [path for folder in (DOCS, WORKBOOKS) for path in folder.rglob("*") if path.is_file()]
    before = {path: path.read_bytes() for path in places}
    for path in regenerated():
        word = "as it was" if before.get(path) == path.read_bytes() else "changed"
        print(f"{path.relative_to(PROJECT)}: {word}")


if __name__ == "__main__":
    main()
