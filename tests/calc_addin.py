"""A LibreOffice of its own with the add-in in it: cells with our functions, through real formulas."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xlplugin.errors import CellError

DRIVER = Path(__file__).parent / "fixtures" / "calc_addin_driver.py"
ERRORS = {32767: CellError.NOT_AVAILABLE, 503: CellError.OUTSIDE_DOMAIN, 519: CellError.WRONG_TYPE}
#: What Calc shows for a function that it does not know.
NO_NAME = 525

_LANGUAGE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Linguistic/General"><prop oor:name="UILocale" oor:op="fuse">\
<value>{short}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooLocale" oor:op="fuse">\
<value>{short}</value></prop></item>
<item oor:path="/org.openoffice.Setup/L10N"><prop oor:name="ooSetupSystemLocale" oor:op="fuse">\
<value>{locale}</value></prop></item>
</oor:items>
"""


@dataclass(frozen=True)
class CalcAddin:
    """A profile, and the Python that drives soffice with it."""

    profile: Path
    python: Path

    def speak(self, locale: str) -> None:
        """Make a language such as de-DE that of the user interface and of formulas."""
        text = _LANGUAGE.format(short=locale if locale == "en-US" else locale[:2], locale=locale)
        settings = self.profile / "user" / "registrymodifications.xcu"
        settings.parent.mkdir(parents=True, exist_ok=True)
        if settings.is_file():  # what is there stays, such as the installed extensions' entries
            items = text.partition("<item")[1] + text.partition("<item")[2].partition("</oor:items>")[0]
            text = settings.read_text("utf-8").replace("</oor:items>", items + "</oor:items>")
        settings.write_text(text, "utf-8")

    def run(self, *tasks: dict[str, Any]) -> list[dict[str, Any]]:
        """Carry out tasks (see the driver) in one office; error values come back as CellError or a number."""
        ran = subprocess.run(
            [self.python, DRIVER],
            input=json.dumps({"profile": str(self.profile), "tasks": tasks}),
            capture_output=True,
            text=True,
            timeout=180,
        )
        if ran.returncode:
            raise RuntimeError(f"LibreOffice's driver failed: {ran.stderr}")
        answers = json.loads(ran.stdout)
        for answer in answers:
            for rows in answer["cells"].values():
                for row in rows:
                    row[:] = [_value(cell) for cell in row]
        return answers

    def formulas(self, *formulas: str) -> list[Any]:
        """Return the value of each formula, given with ``=`` and semicolons, in one cell."""
        cells = [[f"A{row}", formula] for row, formula in enumerate(formulas, start=1)]
        place = f"A1:A{len(cells)}"
        return [row[0] for row in self.run({"write": cells, "read": [place]})[0]["cells"][place]]


def _value(cell: Any) -> Any:
    return ERRORS.get(cell["error"], cell["error"]) if isinstance(cell, dict) else cell
