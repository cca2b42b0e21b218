"""What a check looks at: cells with a deviation each, a tolerance, and where the worst of them is.

A :class:`Check` is one line of the summary on Checks, its :class:`Detail` rows are laid below. A
deviation of 0 is a pass; a check of yes or no gives 1 where it fails. What is not available is no
fault of its own: the check of errors asks whether it should be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from xlplugin.workbook.builder.blocks import Block, letter, quoted
from xlplugin.workbook.builder.texts import literal

#: Column of the first deviation of a detail row.
ITEMS = 9

#: In the text of a place, stands for the position of the worst deviation, from 1.
AT = "{at}"

#: Differences that are rounding of the arithmetic and no fault.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Detail:
    """A row of deviations: ``items`` are Excel texts without ``=``, or ``area`` holds them already.

    ``place`` is Excel text that gives the address of the worst one, with :data:`AT` for its position.
    ``parts`` are rows of steps above it; an item names the cell of one over it by :func:`part`.
    """

    label: str
    items: Sequence[str]
    place: str
    tolerance: float = ROUNDING
    area: Block | None = None
    parts: Sequence[Sequence[str]] = ()


@dataclass
class Check:
    """One check: its key in texts.csv, its details, whether it only informs.

    ``row`` is where it stands in the summary, ``top`` and ``bottom`` the rows of its details.
    """

    key: str
    details: list[Detail] = field(default_factory=list)
    informs: bool = False
    row: int = 0
    top: int = 0
    bottom: int = 0


def part(number: int) -> str:
    """The cell of a step, by the number of its row among the parts, above the item that asks."""
    return f"{{part_{number}}}"


def across(block: Block) -> str:
    """The place of a position along the first row of ``block``."""
    first = block.cell()
    column = f"INDEX(xlp_check_letters,1,COLUMN({first})+{AT}-1)"
    return f"{_sheet(block)}&{column}&ROW({first})"


def down(block: Block) -> str:
    """The place of a position down the first column of ``block``."""
    return f'{_sheet(block)}&"{letter(block.left)}"&(ROW({block.cell()})+{AT}-1)'


def listed(block: Block) -> str:
    """The place that stands as text in the cell of ``block`` (one row) at the position."""
    return f"INDEX({block.absolute},1,{AT})"


def guarded(result: str, deviation: str) -> str:
    """The deviation, 0 where ``result`` is not available, 1 where it is and the deviation is an error."""
    return f"IF(ISERROR({result}),0,IFERROR({deviation},1))"


def apart(shown: str, right: str) -> str:
    """By how much a figure is not the right one, in parts of that where it is large."""
    return f"ABS({shown}-{right})/MAX(1,ABS({right}))"


def total(area: str) -> str:
    """The sum of the numbers of an area; what is not available or said in words counts nothing."""
    return f'SUMIFS({area},{area},">-1E+300")'


def rows_of(block: Block) -> list[Block]:
    """The rows of a block, or for a single column the column itself."""
    return [block] if block.width == 1 else [block.row(i) for i in range(block.height)]


def _sheet(block: Block) -> str:
    return literal(f"{quoted(block.title)}!")
