"""Whether the blocks of a filled template still fit each other: a row put in or taken out shifts them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from xlplugin.batch.readers.template_blocks import Blocks
from xlplugin.model.errors import CellError, Fault, InputError
from xlplugin.model.inputs import EXPOSURES, FINANCIALS, LEVERS, REDUCTIONS, REFERENCES
from xlplugin.model.messages import message, plain
from xlplugin.workbook.builder.build import FREE_COMPANIES

__all__ = ["check_layout"]

#: Blocks of one row for each company ...
BY_COMPANY = (
    "xlp_in_fiscal_year",
    "xlp_in_your_reduction",
    "xlp_in_cost_reduction",
    "xlp_applies",
    *(f"xlp_in_{name}" for name in REFERENCES),
    *(f"xlp_in_own_{name}" for name in (*EXPOSURES, *LEVERS)),
    *(f"xlp_{level}_{name}" for level in ("low", "base", "high") for name in (*EXPOSURES, *LEVERS)),
)

#: ... and of one column for each scenario.
BY_SCENARIO = (
    "xlp_in_scenario_cost_reduction",
    "xlp_in_cost_reduction",
    "xlp_applies",
    *(f"xlp_in_{name}" for name in LEVERS if name != REDUCTIONS[0]),
)

#: Companies that the analyst could add in a template without a case of their own (edition 0.1.0).
_FREE_BEFORE = 2

_FIX = "undo that, or move the entries to a new template (xlplugin template OUT.xlsx)"


def check_layout(blocks: Blocks, path: Path) -> None:
    """Raise InputError where a block has other rows or columns than the names that it belongs to."""
    faults = [
        Fault(f"{path}, {name}", said, None, "", _FIX, CellError.WRONG_TYPE) for name, said in _moved(blocks)
    ]
    if faults:
        raise InputError(faults)


def _moved(blocks: Blocks) -> Iterator[tuple[str, str]]:
    companies = [value for _, value in blocks.column("xlp_companies")]
    free = FREE_COMPANIES if "xlp_in_your_reduction" in blocks else _FREE_BEFORE
    written = companies[: len(companies) - free]
    for name in BY_COMPANY:
        if name not in blocks:
            continue
        height = len(blocks.rows(name))
        if height != len(companies):
            counts = {"height": height, "companies": len(companies)}
            said = message(
                "{height} {height:row|rows} for {companies} {companies:company|companies}: "
                "a row was put in or taken out", **counts,
            )  # fmt: skip
            yield name, said
        elif not name.endswith(REDUCTIONS) or name == "xlp_in_cost_reduction":
            yield from _labelled(blocks, name, written)
    _, _, _, left, right = blocks.place("xlp_scenarios")
    for name in BY_SCENARIO:
        if name in blocks and blocks.place(name)[3:] != (left, right):
            yield name, "its columns are not those of the scenarios: a column was put in, taken out or moved"
    beside: tuple[tuple[list[str], int | None], ...] = (
        ([f"xlp_in_company_{name}" for name in ("fiscal_year", *FINANCIALS)], free),
        (["xlp_figures_key", *(f"xlp_figures_{name}" for name in FINANCIALS)], None),
    )
    for names, expected in beside:
        rows = blocks.place(names[0])[:3]
        for name in filter(blocks.__contains__, names):  # an earlier version lacks some
            if blocks.place(name)[:3] != rows or expected not in (None, rows[2] - rows[1] + 1):
                yield name, "its rows are not those beside it: a row was put in, taken out or moved"


def _labelled(blocks: Blocks, name: str, companies: list[object]) -> Iterator[tuple[str, str]]:
    """Whether the rows of a block stand beside the names of their companies."""
    for label, company in zip(blocks.labels(name), companies, strict=False):
        if str(label or "").casefold() != str(company or "").casefold():
            found = {"company": company, "what": label or plain("no name")}
            yield name, message("the row of {company} stands beside {what}: rows were moved", **found)
            return
