"""Columns of a table as arrays: numbers as floats, names and labels as codes into a short list.

A column may be a list, a NumPy array or an Arrow array; what is plain numbers is
taken as it is, anything else goes through :mod:`xlplugin.entries.meaning`, each different text once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.entries.error_values import CODES
from xlplugin.entries.meaning import is_amount, number, text
from xlplugin.model.domains import bounds, check
from xlplugin.model.errors import Fault, InputError

Array = NDArray[np.float64]

#: A fault and the position of its row in the column.
Wrong = tuple[int, Fault]


@cache
def has_arrow() -> bool:
    """Whether PyArrow is installed: everywhere but in a browser."""
    return find_spec("pyarrow") is not None


@dataclass(frozen=True, eq=False)
class Coded:
    """A column of few different values: ``values[codes[i]]``; without codes the first, everywhere."""

    values: tuple[Any, ...]
    codes: NDArray[np.int32] | None
    count: int

    @classmethod
    def of(cls, values: Sequence[Any]) -> Coded:
        """Return the column of a sequence of hashable values."""
        known: dict[Any, int] = {}
        codes = np.fromiter((known.setdefault(value, len(known)) for value in values), np.int32, len(values))
        return cls(tuple(known), codes, len(codes))

    def each(self) -> NDArray[np.int32]:
        """Return the code of each row."""
        return np.zeros(self.count, np.int32) if self.codes is None else self.codes

    def objects(self) -> NDArray[np.object_]:
        """Return the values themselves."""
        listed = np.empty(max(1, len(self.values)), dtype=object)
        listed[: len(self.values)] = self.values
        return listed[self.each()] if self.count else np.empty(0, dtype=object)

    def take(self, index: NDArray[np.intp]) -> Coded:
        """Return the rows of ``index``."""
        return Coded(self.values, None if self.codes is None else self.codes[index], len(index))


@dataclass(frozen=True, eq=False)
class Numbered:
    """Labels of rows that have none of their own: their numbers."""

    numbers: NDArray[np.intp]

    @property
    def count(self) -> int:
        return len(self.numbers)

    def objects(self) -> NDArray[np.object_]:
        """Return the numbers as texts."""
        return np.array([str(i) for i in self.numbers.tolist()], dtype=object)

    def take(self, index: NDArray[np.intp]) -> Numbered:
        """Return the rows of ``index``."""
        return Numbered(self.numbers[index])


def floats(
    values: Any, name: str, numbering: NDArray[np.intp], decimal: str | None = None
) -> tuple[Array, list[Wrong]]:
    """Return a column of entries for ``name`` as floats, NaN where blank or wrong, and what is wrong."""
    plain = _plain_numbers(values, decimal, is_amount(name))
    if plain is None:
        return _entries(values, name, numbering, decimal)
    return _within(plain, name, numbering)


def texts(values: Any, name: str, numbering: NDArray[np.intp]) -> tuple[Coded, list[Wrong]]:
    """Return a column of names or labels, None where blank or wrong, and what is wrong."""
    column = _coded(values)
    listed = as_list(values) if column is None else column.values
    names, faults = meant(listed, lambda value: text(value, name))
    if column is None:
        return Coded.of(names), by_row(np.arange(len(names)), faults, numbering)
    return Coded(tuple(names), column.codes, column.count), by_row(column.each(), faults, numbering)


def as_list(values: Any) -> list[Any]:
    """Return a column of any kind as a list of Python values."""
    if isinstance(values, (Coded, Numbered)):
        values = values.objects()
    if hasattr(values, "to_pylist"):  # Arrow
        return values.to_pylist()  # type: ignore[no-any-return]
    return values.tolist() if hasattr(values, "tolist") else list(values)


def taken(values: Any, index: NDArray[np.intp]) -> Any:
    """Return the rows of ``index`` of a column of any kind."""
    if isinstance(values, (Coded, Numbered, np.ndarray)):
        return values[index] if isinstance(values, np.ndarray) else values.take(index)
    if hasattr(values, "take") and hasattr(values, "type"):  # Arrow
        import pyarrow as pa

        return values.take(pa.array(index))
    listed = np.empty(len(values), dtype=object)
    listed[:] = list(values)
    return listed[index]


def _within(column: Array, name: str, numbering: NDArray[np.intp]) -> tuple[Array, list[Wrong]]:
    if not len(column):
        return column, []
    low, high = bounds(name)
    if low <= np.fmin.reduce(column) and np.fmax.reduce(column) <= high:
        return column, []
    with np.errstate(invalid="ignore"):
        outside = np.flatnonzero(~((column >= low) & (column <= high)) & ~np.isnan(column))
    if not len(outside):
        return column, []
    checked = [(i, check(float(column[i]), name, row=int(numbering[i]))) for i in outside.tolist()]
    column = column.copy()
    column[outside] = np.nan
    return column, [(i, fault) for i, fault in checked if fault]


def _plain_numbers(values: Any, decimal: str | None, amount: bool) -> Array | None:
    """Return a column as floats where it holds nothing but plain numbers and blanks."""
    if isinstance(values, np.ndarray):
        kind = values.dtype.kind
        if kind not in "fiu" or (kind == "i" and _holds_error_codes(values)):
            return None
        return np.ascontiguousarray(values, np.float64)
    if not (hasattr(values, "type") and hasattr(values, "null_count")):
        return None
    import pyarrow as pa

    kind = values.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        values = values.cast(kind)
    if pa.types.is_null(kind):
        return np.full(len(values), np.nan)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        if decimal == "," or (decimal is None and amount and _may_be_thousands(values)):
            return None
    elif not (pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)):
        return None
    try:
        found: Array = np.ascontiguousarray(values.cast(pa.float64()).to_numpy(zero_copy_only=False))
        return None if pa.types.is_integer(kind) and _holds_error_codes(found) else found
    except pa.ArrowInvalid:
        return None


def _may_be_thousands(texts: Any) -> bool:
    """Whether a text of an Arrow column is a number such as ``36.800``."""
    from pyarrow import compute

    thousands = r"^\s*[+-]?[1-9][0-9]{0,2}\.[0-9]{3}\s*$"
    return bool(compute.any(compute.match_substring_regex(texts, thousands)).as_py())


def _holds_error_codes(integers: NDArray[Any]) -> bool:
    """Whether a column of integers (blanks NaN) holds an error as Excel sends it over COM."""
    return bool(np.any((integers >= CODES[0]) & (integers <= CODES[-1])))


def _entries(
    values: Any, name: str, numbering: NDArray[np.intp], decimal: str | None
) -> tuple[Array, list[Wrong]]:
    column = _coded(values)
    few = column is not None and len(column.values) < max(64, column.count // 4)
    listed = column.values if column is not None and few else as_list(values)
    entries, faults = meant(listed, lambda value: number(value, name, decimal=decimal))
    known = np.array([np.nan if entry is None else entry for entry in entries] or [np.nan])
    codes = column.each() if column is not None and few else np.arange(len(listed))
    return known[codes], by_row(codes, faults, numbering)


def meant(
    values: Sequence[Any], read: Callable[[Any], Any]
) -> tuple[list[Any], dict[int, tuple[Fault, ...]]]:
    """Return what each value means, None where it is blank or wrong, and what is wrong by its place."""
    found: list[Any] = []
    faults: dict[int, tuple[Fault, ...]] = {}
    for place, value in enumerate(values):
        try:
            found.append(read(value))
        except InputError as error:
            faults[place] = error.faults
            found.append(None)
    return found, faults


def by_row(
    codes: NDArray[Any], faults: dict[int, tuple[Fault, ...]], numbering: NDArray[np.intp]
) -> list[Wrong]:
    """Return the faults of values (by code) once for each row that holds one."""
    wrong: list[Wrong] = []
    if not faults:
        return wrong
    for i in np.flatnonzero(np.isin(codes, list(faults))).tolist():
        wrong += [(i, replace(fault, row=int(numbering[i]))) for fault in faults[int(codes[i])]]
    return wrong


def _coded(values: Any) -> Coded | None:
    """Return a column of texts as codes; None where a value is no text or blank."""
    if hasattr(values, "type") and hasattr(values, "null_count"):
        return _coded_arrow(values)
    if isinstance(values, Coded):
        return values
    if all(value is None or type(value) is str for value in values):
        return Coded.of(list(values))
    return None


def _coded_arrow(values: Any) -> Coded | None:
    import pyarrow as pa

    if not pa.types.is_dictionary(values.type):
        if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
            return _coded(values.to_pylist())
        values = values.dictionary_encode()
    if hasattr(values, "combine_chunks"):
        values = values.combine_chunks()
    listed = values.dictionary.to_pylist()
    codes = values.indices
    if codes.null_count:
        codes = codes.fill_null(len(listed))
        listed.append(None)
    return Coded(
        tuple(listed), codes.to_numpy(zero_copy_only=False).astype(np.int32, copy=False), len(values)
    )
