"""Checks: every check with its result, its largest deviation and a link to the cell; details below."""

from __future__ import annotations

from collections.abc import Sequence

from xlplugin.workbook.builder.blocks import letter
from xlplugin.workbook.builder.draft import Draft
from xlplugin.workbook.builder.look import GAIN, LOSS, SECONDARY
from xlplugin.workbook.builder.sheet import FIRST_ROW, Sheet
from xlplugin.workbook.builder.styles import differential
from xlplugin.workbook.builder.texts import joined
from xlplugin.workbook.sheets.checks.details import AT, ITEMS, Check, Detail, part
from xlplugin.workbook.sheets.checks.of_entries import entry_checks, flag_checks
from xlplugin.workbook.sheets.checks.of_model import base_checks, missing_details, sum_checks
from xlplugin.workbook.sheets.checks.of_overview import overview_check
from xlplugin.workbook.sheets.checks.of_sheets import error_details, sheet_checks
from xlplugin.workbook.sheets.checks.worked_case import worked_case

NAME, WHAT, RESULT, FAULTS, LARGEST, TOLERANCE, WHERE = range(2, 9)

#: By how much reported figures are rounded: money in millions, earnings per share.
_HALF_UNIT, _HALF_CENT = 0.5, 0.005


def checks(build: Draft) -> None:
    """Build the sheet."""
    sheet = build.sheet("checks")
    sheet.frame(WHERE)
    sheet.widths(B=41, C=58, D=14, E=9, F=12, G=12, H=24)
    sheet.width_of(ITEMS, 1, 9)
    _Sheet(build, sheet).lay()


def _down(column: int, top: int, bottom: int) -> str:
    return f"${letter(column)}${top}:${letter(column)}${bottom}"


class _Sheet:
    def __init__(self, build: Draft, sheet: Sheet) -> None:
        self.sheet, self.build, self.text = sheet, build, build.text

    def lay(self) -> None:
        groups = self._groups()
        row = self._summary(groups)
        self.sheet.print_to(row - 1, WHERE)
        below = row
        self._constants(row + 1)
        row = self._worked_case(row + 4, groups)
        every = [check for group in groups.values() for check in group]
        self._details(row, every)
        for check in every:
            self._result(check)
        self._master(every)
        self.sheet.group(below, max(self.sheet.cells))

    def _groups(self) -> dict[str, list[Check]]:
        """Checks by heading, in the order of the sheet; the function's case is laid later."""
        build = self.build
        return {
            "sums": sum_checks(build),
            "base": base_checks(build),
            "entries": entry_checks(build),
            "blocks": [overview_check(build), *sheet_checks(build), Check("function")],
            "errors": [Check("errors", [*missing_details(build), *error_details(build)])],
            "flags": flag_checks(build),
        }

    # --- summary ---

    def _summary(self, groups: dict[str, list[Check]]) -> int:
        sheet, text = self.sheet, self.text
        row = FIRST_ROW + 2
        heads = ("check", "compares", "result", "faults", "largest", "tolerance", "where")
        for column, word in enumerate(heads, NAME):
            align = "right" if FAULTS <= column <= TOLERANCE else "left" if column < WHERE else "indent"
            sheet.put(row, column, text(f"column.{word}"), f"header wrap_{align}")
        sheet.heights[row] = 30
        row += 1
        for heading, group in groups.items():
            row = sheet.heading(row, text(f"checks.heading.{heading}"), WHERE)
            sheet.heights[row - 1] = 20
            for check in group:
                check.row = row
                sheet.put(row, NAME, text(f"check.{check.key}"), "body")
                what = text(f"check.{check.key}.what")
                sheet.put(row, WHAT, what, "note wrap_center")
                sheet.heights[row] = 26 if len(what) > 78 else 15.75
                row += 1
        return row

    def _result(self, check: Check) -> None:
        sheet, row = self.sheet, check.row
        passed, failed, info = (self.build.quoted(f"checks.{word}") for word in ("pass", "fail", "info"))

        def rows(column: int) -> str:
            return _down(column, check.top, check.bottom)

        faults = f"${letter(FAULTS)}{row}"
        result = info if check.informs else f"IF({faults}=0,{passed},{failed})"
        sheet.put(row, RESULT, f"={result}", "bold")
        sheet.put(row, FAULTS, f"=SUM({rows(FAULTS)})", "integer right")
        if not check.informs:
            sheet.put(row, LARGEST, f"=MAX({rows(LARGEST)})", "scientific right")
            sheet.put(row, TOLERANCE, f"={letter(TOLERANCE)}{check.top}", "secondary scientific right")
        first = f"MATCH({info if check.informs else failed},{rows(RESULT)},0)"
        place = f"INDEX({rows(WHERE)},{first})"
        sheet.put(row, WHERE, f'=IF({faults}=0,"",HYPERLINK("#"&{place},{place}))', "link indent")
        sheet.block(row, RESULT, 1, WHERE - RESULT + 1, f"xlp_check_{check.key}")
        self._colour(f"{letter(RESULT)}{row}")

    def _colour(self, place: str) -> None:
        for word, style in (
            ("pass", differential(GAIN)),
            ("fail", differential(LOSS, bold=True)),
            ("info", differential(SECONDARY)),
        ):
            words = self.build.quoted(f"checks.{word}")
            self.sheet.rule(place, f"{place}={words}", style)

    def _master(self, checks: list[Check]) -> None:
        sheet, build = self.sheet, self.build
        rows = [check.row for check in checks]
        area, names, places = (_down(column, min(rows), max(rows)) for column in (RESULT, NAME, WHERE))
        fail = build.quoted("checks.fail")
        count = f"=COUNTIF({area},{fail})"
        n = sheet.named(FIRST_ROW, WHERE, "xlp_check_failed", count, "technical right").near()
        many = joined("master.fail_many", build.language, n=f'TEXT({n},"0")')
        some = f"IF({n}=1,{build.quoted('master.fail_one')},{many})"
        master = f"=IF({n}=0,{build.quoted('master.pass')},{some})"
        place = sheet.named(FIRST_ROW, NAME, "xlp_check_master", master, "key").near()
        sheet.heights[FIRST_ROW] = 30
        sheet.rule(place, "xlp_check_failed=0", differential(GAIN))
        sheet.rule(place, "xlp_check_failed>0", differential(LOSS))
        first = f"MATCH({fail},{area},0)"
        told = {"check": f"INDEX({names},{first})", "place": f"INDEX({places},{first})"}
        said = joined("checks.first", build.language, **told)
        sheet.put(FIRST_ROW + 1, NAME, f'=IF({n}=0,"",{said})', "sentence")

    # --- what stands below ---

    def _constants(self, row: int) -> None:
        sheet, text = self.sheet, self.text
        for i, (name, value) in enumerate((("half_unit", _HALF_UNIT), ("half_cent", _HALF_CENT))):
            sheet.put(row + i, NAME, text(f"checks.{name}"), "secondary")
            sheet.named(row + i, RESULT, f"xlp_check_{name}", value, "technical right")

    def _worked_case(self, row: int, groups: dict[str, list[Check]]) -> int:
        row = self.sheet.heading(
            row, self.text("checks.heading.function"), WHERE, self.text("checks.note.function")
        )
        check = next(check for check in groups["blocks"] if check.key == "function")
        detail, row = worked_case(self.sheet, row)
        check.details.append(detail)
        return row + 2

    def _details(self, row: int, checks: list[Check]) -> None:
        sheet, text = self.sheet, self.text
        row = sheet.heading(row, text("checks.heading.details"), WHERE, text("checks.note.details"))
        widest = max(len(detail.items) for check in checks for detail in check.details)
        right = max(max(map(max, built.cells.values())) for built in self.build.sheets.values())
        sheet.across(row, ITEMS, (letter(column) for column in range(1, right + 1)), "technical right")
        sheet.block(row, ITEMS, 1, right, "xlp_check_letters")
        sheet.put(row, NAME, text("checks.letters"), "technical")
        row += 1
        for check in checks:
            check.top = row
            for detail in check.details:
                for steps in detail.parts:
                    self._steps(row, check, detail, steps)
                    row += 1
                self._detail(row, check, detail)
                row += 1
            check.bottom = row - 1
        entries = next(check for check in checks if check.key == "entries")
        sheet.block(entries.row, FAULTS, 1, 1, "xlp_check_entry_faults")
        sheet.width_of(ITEMS, widest, 9)

    def _steps(self, row: int, check: Check, detail: Detail, steps: Sequence[str]) -> None:
        """Lay steps that the deviations below them are worked out from."""
        self.sheet.across(row, NAME, [self.text(f"check.{check.key}"), detail.label], "technical")
        self.sheet.across(row, ITEMS, (f"=IFERROR({step},NA())" for step in steps), "technical any right")
        self.sheet.put(row, TOLERANCE, detail.tolerance, "technical right")
        self.sheet.grey_errors(self.sheet.block(row, ITEMS, 1, len(steps)))

    def _detail(self, row: int, check: Check, detail: Detail) -> None:
        sheet, build = self.sheet, self.build
        area = detail.area or sheet.block(row, ITEMS, 1, len(detail.items))
        own = area.area
        sheet.across(row, NAME, [build.text(f"check.{check.key}"), detail.label], "secondary")
        items = list(detail.items)
        for number in range(len(detail.parts)):
            above = row - len(detail.parts) + number
            items = [
                item.replace(part(number), f"{letter(column)}{above}")
                for column, item in enumerate(items, ITEMS)
            ]
        sheet.across(row, ITEMS, (f"={item}" for item in items), "technical scientific right")
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
