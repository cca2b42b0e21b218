"""The summary of a workbook of results: what was run, changes of margins by company, two charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, Side

from xlplugin.analysis.export.sheets import put
from xlplugin.batch.result import Result
from xlplugin.data.shipped import shipped
from xlplugin.model.formats import in_language, shown
from xlplugin.model.labels import label as name_of
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.charts import Chart, Series
from xlplugin.workbook.builder.look import ACCENT, CAUTION, GAIN, GREY, RULE, SECONDARY
from xlplugin.workbook.builder.styles import font
from xlplugin.workbook.builder.texts import text, translated

#: Margins whose change the summary shows, and companies and scenarios that fit on it.
CHANGES = ("operating_margin_change", "gross_margin_change")
MOST_COMPANIES, MOST_SCENARIOS, MOST_SERIES = 12, 20, 4
_COLOURS = (ACCENT, GREY, GAIN, CAUTION)

#: What is said of companies below the tables, in order; none of these is the best.
NOTES = ("undetermined", "general", "losses", "labs")


class Summary:
    """Counts and extremes by company, and the first scenarios in full, gathered block by block."""

    def __init__(self, language: str = "en") -> None:
        self.language = language
        self.results = 0
        #: Companies by what is said of them in a note.
        self.told: dict[str, set[str]] = {name: set() for name in NOTES}
        self.ranges: dict[tuple[str, str], list[float]] = {}
        self.first: dict[tuple[str, str, str], float] = {}
        self.scenarios: dict[str, None] = {}
        self.companies: dict[str, None] = {}
        #: What the sheet's cells hold, by row and column, and its charts, once it is written.
        self.cells: dict[tuple[int, int], Any] = {}
        self.charts: list[Chart] = []

    @staticmethod
    def part(result: Result) -> dict[str, Any]:
        """Return what the summary takes of a block; called in workers."""
        names = result.columns["company"]
        companies = [name for name in names.values if name]
        part: dict[str, Any] = {"count": result.count, "companies": companies, "ranges": {}}
        codes = names.each()
        head = min(result.count, MOST_COMPANIES * MOST_SCENARIOS)
        labels = result.columns["scenario"].take(np.arange(head)).objects().tolist()
        part["labels"] = list(zip(names.objects()[:head].tolist(), labels, strict=True))
        part["values"] = {n: result.columns[n][:head].tolist() for n in CHANGES if n in result.columns}
        base = result.columns.get("base_operating_income", np.zeros(result.count))
        rows = {
            "undetermined": result.columns["direction_undetermined"],
            "general": result.columns["general_assumptions"],
            "losses": base < 0,
        }
        part["told"] = {name: {names.values[i] for i in np.unique(codes[of])} for name, of in rows.items()}
        part["told"]["labs"] = set(result.labs)
        for name in part["values"]:
            for code, company in enumerate(names.values):
                mine = result.columns[name][codes == code]
                mine = mine[~np.isnan(mine)]
                if len(mine):
                    found = [float(mine.min()), float(mine.sum()), float(mine.max()), float(len(mine))]
                    part["ranges"][name, company] = found
        return part

    def add(self, part: Mapping[str, Any]) -> None:
        """Gather what a block gives."""
        self.results += part["count"]
        for name, companies in part["told"].items():
            self.told[name] |= companies
        self.companies |= dict.fromkeys(part["companies"])
        for key, (low, total, high, count) in part["ranges"].items():
            known = self.ranges.setdefault(key, [low, 0.0, high, 0.0])
            self.ranges[key] = [min(known[0], low), known[1] + total, max(known[2], high), known[3] + count]
        for i, (company, label) in enumerate(part["labels"]):
            if label in self.scenarios or len(self.scenarios) < MOST_SCENARIOS:
                self.scenarios[label] = None
                for name, values in part["values"].items():
                    self.first.setdefault((name, str(label), str(company)), values[i])

    def write(self, sheet: Any, manifest: Mapping[str, Any]) -> None:
        """Write the sheet."""
        sheet.sheet_view.showGridLines = False
        for letter, width in {"A": 3, "B": 24, **dict.fromkeys("CDEFGHIJKLMNO", 15)}.items():
            sheet.column_dimensions[letter].width = width
        self._row = 0
        self._append(sheet, [None, self._say("title")], font(size=16, bold=True))
        self._append(sheet, [None, self._sentence(manifest)], font(color=SECONDARY))
        sheet.freeze_panes = "A3"
        apart = self.told["losses"] | self.told["labs"]
        companies = [name for name in self.companies if name not in apart][:MOST_COMPANIES]
        for name in CHANGES:
            if any(key[0] == name for key in self.ranges):
                top = self._matrix(sheet, name, companies)
                if top is not None:
                    self.charts.append(self._chart(sheet.title, name, companies, top))
        for words in self._notes():
            self._append(sheet, [None, words], font(color=SECONDARY))
        below = self._row + 3 + len(self.charts)
        for place, chart in enumerate(self.charts):
            sheet.add_chart(chart.frame(907, 321), f"B{below + place * 18}")

    def _in_full(self) -> bool:
        return len(self.scenarios) < MOST_SCENARIOS and self.results <= len(self.scenarios) * max(
            1, len(self.companies)
        )

    def _matrix(self, sheet: Any, name: str, companies: Sequence[str]) -> int | None:
        """Write scenarios x companies in basis points, or lowest, mean and highest of many; return its top."""  # noqa: E501
        self._append(sheet, [])
        title = self._say("table", measure=name_of(name, self.language))
        self._append(sheet, [None, title], font(size=11, bold=True), rule=len(companies) + 2)
        self._append(sheet, [None, self._say("scenario" if self._in_full() else "of_all"), *companies],
                     font(bold=True), right=True)  # fmt: skip
        top = self._row
        if self._in_full():
            rows = [
                (scenario, [self.first.get((name, scenario, one)) for one in companies])
                for scenario in self.scenarios
            ]
        else:
            found = [self.ranges.get((name, one), [np.nan] * 4) for one in companies]
            rows = [
                (self._say("lowest"), [one[0] for one in found]),
                (self._say("mean"), [one[1] / one[3] for one in found]),
                (self._say("highest"), [one[2] for one in found]),
            ]
        for row, values in rows:
            cells = [None if v is None or v != v else round(v * 10_000, 9) for v in values]
            self._append(sheet, [None, self._named(row), *cells], font(), number="+#,##0.0;-#,##0.0;0.0")
        self._rows = len(rows)
        return top if companies and rows else None

    def _chart(self, title: str, name: str, companies: Sequence[str], top: int) -> Chart:
        series, last = min(self._rows, MOST_SERIES), 2 + len(companies)
        what = "all" if not self._in_full() else "first" if self._rows > series else "each"
        heading = self._say(f"chart.{what}", measure=name_of(name, self.language))
        return Chart(
            "column",
            heading,
            Block(title, top, 3, top, last),
            tuple(
                Series(Block(title, row, 3, row, last), Block(title, row, 2, row, 2), colour)
                for row, colour in zip(range(top + 1, top + series + 1), _COLOURS, strict=False)
            ),
            x_title=self._say("company"),
            y_title=self._say("points"),
            alt=self._say("alt", title=heading),
            legend=series > 1,
            number="+0;-0;0",
        )

    def looked_up(self, block: Block) -> list[Any]:
        """Return what the cells of a block of the summary hold, row by row."""
        return [
            self.cells.get((row, column))
            for row in range(block.top, block.bottom + 1)
            for column in range(block.left, block.right + 1)
        ]

    def _sentence(self, manifest: Mapping[str, Any]) -> str:
        name = CHANGES[0] if any(key[0] == CHANGES[0] for key in self.ranges) else CHANGES[1]
        kept = {
            k[1]: v
            for k, v in self.ranges.items()
            if k[0] == name and not any(k[1] in companies for companies in self.told.values())
        }
        counts = {key: in_language(f"{manifest[key]:,}", self.language) for key in ("results", "rows")}
        if not kept:
            return self._say("sentence", **counts)
        best = max(kept, key=lambda one: kept[one][2])
        change = shown(kept[best][2], name, language=self.language)
        measure = name_of(name.removesuffix("_change"), self.language)
        return self._say("sentence.best", **counts, measure=measure, company=best, change=change)

    def _notes(self) -> list[str]:
        told = self.told | {"losses": self.told["losses"] - self.told["labs"]}
        notes = [self._say(name, companies=", ".join(sorted(told[name]))) for name in NOTES if told[name]]
        return ["", *notes, self._say("reading")]

    def _say(self, key: str, **places: object) -> str:
        return text(f"summary.{key}", self.language, **places)

    def _named(self, scenario: str) -> str:
        """Return a preset's short name; a label of the user's own stays."""
        preset = shipped().scenarios.get(str(scenario))
        return translated(preset.label, self.language) if preset else scenario

    def _append(
        self,
        sheet: Any,
        values: Sequence[Any],
        style: Font | None = None,
        *,
        number: str = "",
        rule: int = 0,
        right: bool = False,
    ) -> None:
        self._row += 1
        cells = []
        for i, value in enumerate([*values, *[None] * (rule - len(values))]):
            cell = WriteOnlyCell(sheet)
            put(cell, value)
            self.cells[self._row, i + 1] = cell.value
            if style is not None:
                cell.font = style
            if number and i > 1:
                cell.number_format = number
            if right and i > 1:
                cell.alignment = Alignment(horizontal="right")
            if rule and i:
                cell.border = Border(bottom=Side(style="thin", color=RULE))
            cells.append(cell)
        sheet.append(cells)
