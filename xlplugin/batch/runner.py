"""Runs: every scenario row for every company, filled by precedence and evaluated.

``computed`` is the one function behind frames, files and clusters. It takes a block of rows and gives
a :class:`Result`: scenario rows first, companies within a row, whatever the size of the block.
"""

from __future__ import annotations

from functools import partial

from xlplugin.batch.groups import groups_of
from xlplugin.batch.outcomes import outcome_of
from xlplugin.batch.result import Assembly, Result
from xlplugin.batch.rows import Rows
from xlplugin.batch.selection import Selection
from xlplugin.model.errors import InputError


def computed(rows: Rows, selection: Selection) -> Result:
    """Return the result of a block of rows for every company, or for each row's own.

    A pair without a cost_reduction, or without figures, has no result: NaN in every line; so has a
    faulty one, and ``faults`` says why. Faults of the table as a whole raise InputError.
    """
    if rows.faults:
        raise InputError(rows.faults)
    groups = groups_of(rows, selection)
    assembly = Assembly(rows, selection, groups)
    for group in groups:
        assembly.put(group, outcome_of(group, rows, selection, partial(assembly.room, group)))
    return assembly.finished()
