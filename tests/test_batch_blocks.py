"""Blocks of CSV lines: every reader of plain numbers gives what Python's float gives, or declines."""

from __future__ import annotations

import random
import struct

import pyarrow as pa
import pytest

from xlplugin.batch.readers import csv_blocks
from xlplugin.batch.readers.csv_blocks import Shape, plainly

pytestmark = pytest.mark.slow

NAMES = ("company", "cost_reduction", "note", "adoption", "eps")
SHAPE = Shape(NAMES, len(NAMES), ",", ".")


def numbers(count: int) -> list[str]:
    """Return numerals: any doubles, in every spelling, and blanks."""
    draw = random.Random(11)
    found = [
        "0.1",
        "1e-7",
        "-0.0",
        "5e-324",
        "1.7976931348623157e308",
        "9007199254740993",
        "+0.5",
        ".5",
        "1.",
    ]
    while len(found) < count:
        (value,) = struct.unpack("<d", draw.randbytes(8))
        if value == value and abs(value) != float("inf"):
            found += [repr(value), f"{value:.25e}", repr(draw.random()), ""]
    return found[:count]


@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["line feed", "Windows"])
@pytest.mark.parametrize("reader", ["Polars", "Arrow"])
def test_numbers_are_what_python_reads(reader: str, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = numbers(2000)
    lines = [f"CRM,{text},größer {i},{text},old" for i, text in enumerate(texts)]
    lines[5:5] = ["", ",,,,"]  # blank rows are no rows
    monkeypatch.setattr(csv_blocks, "has_polars", lambda: reader == "Polars")
    if reader == "Polars":
        monkeypatch.setattr(csv_blocks, "_by_arrow", None)  # nothing is left to it
    found = plainly((ending.join(lines) + ending).encode(), SHAPE)
    assert found is not None
    columns, count = found
    assert (list(columns), count) == (["company", "cost_reduction", "note", "adoption"], len(texts))
    wanted = [None if text == "" else struct.pack("<d", float(text)) for text in texts]
    for name in ("cost_reduction", "adoption"):
        assert columns[name].type == pa.float64()
        got = [None if v is None else struct.pack("<d", v) for v in columns[name].to_pylist()]
        assert [i for i, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b] == []
    assert columns["note"].type == pa.string()
    assert columns["note"].to_pylist() == [f"größer {i}" for i in range(len(texts))]
    assert set(columns["company"].to_pylist()) == {"CRM"}


DECLINED = {
    "percent": b"CRM,30%,x,1,\n",
    "decimal comma": b"CRM,0.3,x,1,\nCRM,0,3,x,1,\n",
    "too many cells": b"CRM,0.3,x,1,,7\n",
    "truth value": b"CRM,TRUE,x,1,\n",
    "grouped": b"CRM,1_000,x,1,\n",
    "hexadecimal": b"CRM,0x10,x,1,\n",
    "a lone carriage return": b"CRM,0.3,x\ry,1,\n",
    "no UTF-8": "CRM,0.3,Größe,1,\n".encode("latin-1"),
}


@pytest.mark.parametrize("case", DECLINED)
def test_polars_declines_what_is_no_plain_number(case: str) -> None:
    good = b"CRM,0.3,x,1,\n"
    assert csv_blocks._by_polars(good, SHAPE) is not None
    assert csv_blocks._by_polars(good + DECLINED[case] + good, SHAPE) is None
