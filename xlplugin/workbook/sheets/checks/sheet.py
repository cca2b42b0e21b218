"""Checks: every check with its result, its largest deviation and a link to the cell; details below."""

from __future__ import annotations

from dataclasses import dataclass

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.build import Build
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import GAIN, LOSS, SECONDARY, differential
from xlplugin.workbook.builder.texts import joined
from xlplugin.workbook.builder.what_ifs import WhatIf
from xlplugin.workbook.sheets.checks.details import AT, ITEMS, Check, Detail
from xlplugin.workbook.sheets.checks.of_entries import entry_checks, flag_checks
from xlplugin.workbook.sheets.checks.of_model import base_checks, missing_details, restored, sum_checks
from xlplugin.workbook.sheets.checks.of_sheets import error_details, function_check, sheet_checks

__all__ = ["ask_for_checks", "checks"]

NAME, WHAT, RESULT, FAULTS, LARGEST, TOLERANCE, WHERE = range(2, 9)

#: By how much reported figures are rounded: money in millions, earnings per share.
_HALF_UNIT, _HALF_CENT = 0.5, 0.005


def ask_for_checks(build: Build) -> None:
    """Ask Workings for what Checks needs of it; builds no sheet."""
    restored(build)


@dataclass
class _Line:
    """A check on the sheet: its row in the summary, the rows of its details."""

    check: Check
    row: int = 0
    top: int = 0
    bottom: int = 0


def checks(build: Build) -> None:
    """Build the sheet."""
    sheet = build.sheet("checks")
    sheet.frame(freeze="A3")
    sheet.widths(B=36, C=58, D=14, E=9, F=12, G=12, H=24)
    sheet.width_of(ITEMS, 1, 9)
    sheet.master(WHERE)
    _Sheet(sheet).lay()


class _Sheet:
    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.build, self.text = sheet, sheet.build, sheet.build.text
        asked: WhatIf = next(one for one in self.build.what_ifs if one.key == "base")
        self.restored = asked

    def lay(self) -> None:
        groups = self._groups()
        lines = {heading: [_Line(one) for one in found] for heading, found in groups.items()}
        row = self._summary(lines)
        self.sheet.ws.print_area = f"A1:{letter(WHERE)}{row - 1}"
        self._constants(row + 1)
        row = self._worked_case(row + 4, lines)
        self._details(row, [one for found in lines.values() for one in found])
        for found in lines.values():
            for line in found:
                self._result(line)
        self._master(lines)

    def _groups(self) -> dict[str, list[Check]]:
        """Checks by heading, in the order of the sheet; the function's case is laid later."""
        build = self.build
        half_unit, half_cent = "xlp_check_half_unit", "xlp_check_half_cent"
        return {
            "sums": sum_checks(build),
            "base": base_checks(build, self.restored, half_unit, half_cent),
            "entries": entry_checks(build),
            "blocks": [*sheet_checks(build), Check("function")],
            "errors": [
                Check("errors", [*missing_details(build, "xlp_check_entry_faults"), *error_details(build)])
            ],
            "flags": flag_checks(build),
        }

    # --- summary ---

    def _summary(self, lines: dict[str, list[_Line]]) -> int:
        sheet, text = self.sheet, self.text
        row = FIRST_ROW + 2
        heads = ("check", "compares", "result", "faults", "largest", "tolerance", "where")
        for column, word in enumerate(heads, NAME):
            align = "right" if FAULTS <= column <= TOLERANCE else "left" if column < WHERE else "indent"
            align = f"wrap_{align}"
            sheet.put(row, column, text(f"column.{word}"), f"header {align}")
        sheet.heights[row] = 30
        row += 1
        for heading, found in lines.items():
            sheet.across(row, NAME, [text(f"checks.heading.{heading}"), *[None] * (WHERE - NAME)], "heading")
            sheet.heights[row] = 20
            row += 1
            for line in found:
                line.row = row
                sheet.put(row, NAME, text(f"check.{line.check.key}"), "body")
                what = text(f"check.{line.check.key}.what")
                sheet.put(row, WHAT, what, "note wrap_center")
                sheet.heights[row] = 26 if len(what) > 78 else 15.75
                row += 1
        return row

    def _result(self, line: _Line) -> None:
        sheet, row, build = self.sheet, line.row, self.build

        def rows(column: int) -> str:
            return f"${letter(column)}${line.top}:${letter(column)}${line.bottom}"

        faults = f"${letter(FAULTS)}{row}"
        word = "info" if line.check.informs else "fail"
        failed = f"MATCH({build.quoted(f'checks.{word}')},{rows(RESULT)},0)"
        result = (
            build.quoted("checks.info")
            if line.check.informs
            else (f"IF({faults}=0,{build.quoted('checks.pass')},{build.quoted('checks.fail')})")
        )
        sheet.put(row, RESULT, f"={result}", "bold")
        sheet.put(row, FAULTS, f"=SUM({rows(FAULTS)})", "integer right")
        if not line.check.informs:
            sheet.put(row, LARGEST, f"=MAX({rows(LARGEST)})", "scientific right")
            sheet.put(row, TOLERANCE, f"={letter(TOLERANCE)}{line.top}", "secondary scientific right")
        place = f"INDEX({rows(WHERE)},{failed})"
        sheet.put(row, WHERE, f'=IF({faults}=0,"",HYPERLINK("#"&{place},{place}))', "link indent")
        sheet.block(row, RESULT, 1, WHERE - RESULT + 1, f"xlp_check_{line.check.key}")
        self._colour(f"{letter(RESULT)}{row}")

    def _colour(self, place: str) -> None:
        for word, style in (
            ("pass", differential(GAIN)),
            ("fail", differential(LOSS, bold=True)),
            ("info", differential(SECONDARY)),
        ):
            words = self.build.quoted(f"checks.{word}")
            self.sheet.rule(place, f"{place}={words}", style)

    def _master(self, lines: dict[str, list[_Line]]) -> None:
        sheet, build = self.sheet, self.build
        rows = [one.row for found in lines.values() for one in found]
        area = f"${letter(RESULT)}${min(rows)}:${letter(RESULT)}${max(rows)}"
        sheet.put(FIRST_ROW, WHERE, f"=COUNTIF({area},{build.quoted('checks.fail')})", "technical right")
        count = sheet.block(FIRST_ROW, WHERE, 1, 1, "xlp_check_failed")
        n = count.near()
        many = joined("master.fail_many", build.language, n=f'TEXT({n},"0")')
        formula = (
            f"=IF({n}=0,{build.quoted('master.pass')},IF({n}=1,{build.quoted('master.fail_one')},{many}))"
        )
        sheet.put(FIRST_ROW, NAME, formula, "key")
        sheet.heights[FIRST_ROW] = 30
        sheet.block(FIRST_ROW, NAME, 1, 1, "xlp_check_master")
        place = f"{letter(NAME)}{FIRST_ROW}"
        sheet.rule(place, "xlp_check_failed=0", differential(GAIN))
        sheet.rule(place, "xlp_check_failed>0", differential(LOSS))
        failed = f"MATCH({build.quoted('checks.fail')},{area},0)"
        names = f"${letter(NAME)}${min(rows)}:${letter(NAME)}${max(rows)}"
        places = f"${letter(WHERE)}${min(rows)}:${letter(WHERE)}${max(rows)}"
        said = joined(
            "checks.first",
            build.language,
            check=f"INDEX({names},{failed})",
            place=f"INDEX({places},{failed})",
        )
        sheet.put(FIRST_ROW + 1, NAME, f'=IF({n}=0,"",{said})', "sentence")

    # --- what stands below ---

    def _constants(self, row: int) -> None:
        sheet, text = self.sheet, self.text
        for i, (name, value) in enumerate((("half_unit", _HALF_UNIT), ("half_cent", _HALF_CENT))):
            sheet.put(row + i, NAME, text(f"checks.{name}"), "secondary")
            sheet.put(row + i, RESULT, value, "technical right")
            sheet.block(row + i, RESULT, 1, 1, f"xlp_check_{name}")

    def _worked_case(self, row: int, lines: dict[str, list[_Line]]) -> int:
        row = self.sheet.heading(
            row, self.text("checks.heading.function"), WHERE, self.text("checks.note.function")
        )
        line = next(one for one in lines["blocks"] if one.check.key == "function")
        line.check, row = function_check(self.sheet, row)
        return row + 2

    def _details(self, row: int, lines: list[_Line]) -> None:
        sheet, text = self.sheet, self.text
        row = sheet.heading(row, text("checks.heading.details"), WHERE, text("checks.note.details"))
        widest = max(len(one.items) for line in lines for one in line.check.details)
        right = max(max(map(max, one.cells.values())) for one in self.build.sheets.values())
        sheet.across(row, ITEMS, (letter(column) for column in range(1, right + 1)), "technical right")
        sheet.block(row, ITEMS, 1, right, "xlp_check_letters")
        sheet.put(row, NAME, text("checks.letters"), "technical")
        row += 1
        for line in lines:
            line.top = row
            for detail in line.check.details:
                self._detail(row, line.check, detail)
                row += 1
            line.bottom = row - 1
        entries = next(line for line in lines if line.check.key == "entries")
        sheet.block(entries.row, FAULTS, 1, 1, "xlp_check_entry_faults")
        sheet.width_of(ITEMS, widest, 9)

    def _detail(self, row: int, check: Check, detail: Detail) -> None:
        sheet, build = self.sheet, self.build
        area = detail.area or sheet.block(row, ITEMS, 1, len(detail.items))
        own = area.area
        sheet.across(row, NAME, [build.text(f"check.{check.key}"), detail.label], "secondary")
        sheet.across(row, ITEMS, (f"={item}" for item in detail.items), "technical scientific right")
        faults, tolerance = f"${letter(FAULTS)}{row}", f"${letter(TOLERANCE)}{row}"
        sheet.put(row, TOLERANCE, detail.tolerance, "secondary scientific right")
        sheet.put(row, LARGEST, f"=MAX({own})", "scientific right")
        sheet.put(row, FAULTS, f"=SUMPRODUCT(({own}>{tolerance})*1)", "integer right")
        words = ("none", "info") if check.informs else ("pass", "fail")
        failed = f"IF({faults}=0,{','.join(build.quoted(f'checks.{word}') for word in words)})"
        sheet.put(row, RESULT, f"={failed}", "secondary")
        single = area.height == area.width == 1  # MATCH in one cell finds nothing in some engines
        at = "1" if single else f"MATCH(${letter(LARGEST)}{row},{own},0)"
        sheet.put(row, WHERE, f'=IF({faults}=0,"",{detail.place.replace(AT, at)})', "secondary indent")
