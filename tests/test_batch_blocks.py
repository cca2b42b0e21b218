"""Blocks of CSV rows: cut where rows end, and read by PyArrow as Python reads them, or declined."""

from __future__ import annotations

import csv
import io
import random
import struct
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest

from xlplugin.batch.readers.csv_arrow import Shape, plainly
from xlplugin.batch.readers.csv_blocks import Block, blocks, utf8
from xlplugin.batch.readers.csv_files import CsvSource
from xlplugin.data.shipped import shipped
from xlplugin.model.errors import InputError

pytestmark = pytest.mark.slow

NAMES = ("company", "cost_reduction", "note", "adoption", "eps")
SHAPE = Shape(NAMES, len(NAMES), ",", ".")


def numbers(count: int) -> list[str]:
    """Return numerals: any doubles, in every spelling, and blanks."""
    draw = random.Random(11)
    spelt = [
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
    while len(spelt) < count:
        (value,) = struct.unpack("<d", draw.randbytes(8))
        if value == value and abs(value) != float("inf"):
            spelt += [repr(value), f"{value:.25e}", repr(draw.random()), ""]
    return spelt[:count]


@pytest.mark.parametrize("quote", ["", '"'], ids=["bare", "quoted"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["line feed", "Windows"])
def test_numbers_are_what_python_reads(ending: str, quote: str) -> None:
    texts = [text for text in numbers(2000) if text[:1] != "+"]
    lines = [f"CRM,{text},{quote}größer {i}{quote},{text},old" for i, text in enumerate(texts)]
    lines[5:5] = ["", ",,,,"]  # blank rows are no rows
    columns, count = plainly(Block((ending.join(lines) + ending).encode(), quoted=bool(quote)), SHAPE) or (
        {},
        0,
    )
    assert (list(columns), count) == (["company", "cost_reduction", "note", "adoption"], len(texts))
    wanted = [None if text == "" else struct.pack("<d", float(text)) for text in texts]
    for name in ("cost_reduction", "adoption"):
        assert columns[name].type == pa.float64()
        got = [None if v is None else struct.pack("<d", v) for v in columns[name].to_pylist()]
        assert [i for i, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b] == []
    assert columns["note"].type == pa.string()
    assert columns["note"].to_pylist() == [f"größer {i}" for i in range(len(texts))]
    assert set(columns["company"].to_pylist()) == {"CRM"}


NO_NUMBERS = {
    "percent": b"CRM,30%,x,1,\n",
    "truth value": b"CRM,TRUE,x,1,\n",
    "grouped": b"CRM,1_000,x,1,\n",
    "hexadecimal": b"CRM,0x10,x,1,\n",
}


@pytest.mark.parametrize("case", NO_NUMBERS)
def test_what_is_no_plain_number_makes_a_column_of_texts(case: str) -> None:
    good = b"CRM,0.3,x,1,\n"
    columns, count = plainly(Block(good + NO_NUMBERS[case] + good), SHAPE) or ({}, 0)
    assert count == 3
    assert columns["cost_reduction"].to_pylist() == ["0.3", NO_NUMBERS[case].split(b",")[1].decode(), "0.3"]


DECLINED = {
    "decimal comma": b"CRM,0.3,x,1,\nCRM,0,3,x,1,\n",
    "too many cells": b"CRM,0.3,x,1,,7\n",
    "too few cells": b"CRM,0.3\n",
    "no UTF-8": "CRM,0.3,Größe,1,\n".encode("latin-1"),
}


@pytest.mark.parametrize("case", DECLINED)
def test_rows_that_do_not_fit_are_declined(case: str) -> None:
    good = b"CRM,0.3,x,1,\n"
    assert plainly(Block(good), SHAPE) is not None
    assert plainly(Block(good + DECLINED[case] + good), SHAPE) is None


#: Cells as they may stand in a file, quotes in any place that a lenient reader takes.
CELLS = [
    "x",
    "",
    '"a"',
    '"a, b"',
    '"two\nlines"',
    '"three\r\nlines"',
    '""',
    '"say ""so"""',
    '5" disk',
    'a "b" c',
    '"""q"""',
]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("chunk", [1, 7, 64, 1000])
def test_blocks_hold_whole_rows(chunk: int, delimiter: str) -> None:
    draw = random.Random(chunk)
    header = delimiter.join(["name", "remark", "more"])
    rows = [delimiter.join(draw.choice(CELLS).replace(",", delimiter) for _ in range(3)) for _ in range(300)]
    whole = ("\n".join([header, *rows]) + "\n").encode()
    cut = list(blocks(iter([header.encode() + b"\n", *pieces(whole[len(header) + 1 :], chunk)]), "in.csv"))
    assert b"".join(block.text for block in cut) == whole

    def read(text: bytes) -> list[list[str]]:
        return list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter, strict=True))

    assert [row for block in cut for row in read(block.text)] == read(whole)
    for block in cut:
        assert block.quoted or b'"' not in block.text
        assert not (block.regular and (b' "b"' in block.text or b'5"' in block.text))


def pieces(text: bytes, size: int) -> list[bytes]:
    return [text[i : i + size] for i in range(0, len(text), size)]


def test_line_ends_of_old(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b"company,cost_reduction\r" + b"CRM,0.3\r" * 100)
    source = CsvSource(tmp_path / "in.csv", shipped(), chunk=64)
    assert sum(len(source.parsed(piece)) for piece in source.pieces(0)) == 100


def test_a_quote_left_open_is_found_in_one_pass(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(b'company,note\nCRM,"open\n' + b"CRM,x\n" * 1_000_000)
    start = time.process_time()
    with pytest.raises(InputError, match="a quote that is opened is never closed"):
        source = CsvSource(tmp_path / "in.csv", shipped(), chunk=1 << 16)
        for piece in source.pieces(0):
            source.parsed(piece)
    assert time.process_time() - start < 10


LONG = {
    "a line": (b"x", "longer than 16 MB"),
    "an open quote": (b'"' + b"x" * 99 + b"\n", "a quote that is opened is never closed"),
    "NUL": (b"\0", "not a text file"),
}


@pytest.mark.parametrize("case", LONG)
def test_a_row_without_end_is_refused_before_it_is_read(case: str) -> None:
    content, says = LONG[case]
    taken = 0

    def chunks():  # type: ignore[no-untyped-def]
        nonlocal taken
        yield b"company,note\nCRM,"
        yield content
        for _ in range(200):
            taken += 1
            yield (content.replace(b'"', b"") * (1 << 20))[: 1 << 20]

    with pytest.raises(InputError, match=says):
        list(blocks(utf8(chunks(), "in.csv"), "in.csv"))
    assert taken <= 17


def test_a_part_reads_its_own_bytes(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    path.write_text(
        "company,cost_reduction,note\n" + "".join(f'CRM,0.3,"n,{i:07}"\n' for i in range(100_000))
    )
    source = CsvSource(path, shipped())
    assert source.index() == 100_000
    with path.open("r+b") as file:  # the first half of the file is no longer what it was
        file.write(b"\n" * (path.stat().st_size // 2))
    rows = [source.rows(source.parsed(piece), 1) for piece in source.pieces(0, 70_000, 70_500)]
    assert [note for part in rows for note in part.carried["note"].to_pylist()] == [
        f"n,{i:07}" for i in range(70_000, 70_500)
    ]


def test_memory_does_not_grow_with_a_row_that_never_ends(tmp_path: Path) -> None:
    path = tmp_path / "in.csv"
    with path.open("wb") as file:
        file.write(b'company,note\nCRM,"')
        for _ in range(200):
            file.write(b"x" * (1 << 20))
        file.write(b'"\n')
    code = f"""
import resource
from xlplugin.batch.job import job
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
try:
    job({str(path)!r}).frame()
except ValueError as error:
    print(error)
print(peak() - before < 150_000)
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines() == [
        f'{path}: line 2: a quote that is opened is never closed; write a quote within quoted text as ""',
        "True",
    ]
