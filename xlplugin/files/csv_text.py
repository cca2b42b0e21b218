"""Tables of CSV text, read whole: delimiter, encoding and decimal sign as they show."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from xlplugin.entries.meaning import decimal_sign
from xlplugin.files.limits import contents
from xlplugin.files.tables import Table, from_rows
from xlplugin.model.errors import InputError
from xlplugin.model.messages import message

__all__ = [
    "CLOSE_QUOTE",
    "NEVER_CLOSED",
    "SAMPLE_ROWS",
    "csv_problem",
    "decoded",
    "delimiter_of",
    "leading",
    "parse_csv",
    "read_csv",
]

NEVER_CLOSED, CLOSE_QUOTE = "a quote that is opened is never closed", 'write a quote within quoted text as ""'

#: What may stand before the header.
_LEAD = re.compile(
    r"\ufeff?(?:[ \t]*\r?\n|[ \t]*\r)*(?:\"?sep=([,;\t])\"?[ \t]*(?:\r\n|\n|\r))?(?:[ \t]*\r?\n|[ \t]*\r)*",
    re.I,
)

#: Data rows that show the decimal sign.
SAMPLE_ROWS = 1000


def read_csv(path: Path, decimal: str | None = None) -> Table:
    """Return the table of a CSV file; InputError where it is missing, unreadable or no table."""
    data = contents(path)
    if not data.strip():
        raise InputError.of_file(str(path), "empty", "give a table with a header row")
    return parse_csv(decoded(data, str(path)), str(path), decimal)


def parse_csv(text: str, source: str = "", decimal: str | None = None) -> Table:
    """Return the table of a CSV text; delimiter (comma, semicolon, tab) as its header shows."""
    lead, delimiter = leading(text)
    text = text[lead:]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [row for row in reader if any(row)]
    except csv.Error as error:
        raise InputError.of_file(source, *csv_problem(error, reader.line_num)) from error
    if decimal is None:
        decimal = decimal_sign([cell for row in rows[1 : SAMPLE_ROWS + 1] for cell in row], delimiter)
    return from_rows(rows, source, decimal)


def leading(text: str) -> tuple[int, str]:
    """Return where the header begins, and the delimiter: what ``sep=;`` before it says, else as it shows.

    Marks of byte order and blank lines stand before it as well.
    """
    lead = _LEAD.match(text)
    assert lead  # which may be of no length
    return lead.end(), lead[1] or delimiter_of(text[lead.end() :])


def delimiter_of(text: str) -> str:
    """Return what stands most often in the first line: comma, semicolon or tab."""
    return max(",;\t", key=text.split("\n", 1)[0].count)


def csv_problem(error: csv.Error, line: int) -> tuple[str, str]:
    """Return in words what is wrong with a CSV text at a line, and what to do."""
    if "unexpected end of data" in str(error):
        return NEVER_CLOSED, CLOSE_QUOTE
    if "field limit" in str(error):
        problem = message(
            "line {line}: a text of more than {most:,} characters",
            line=line,
            most=csv.field_size_limit(),
        )
        return problem, "shorten it, or close a quote that is left open"
    return message("line {line}: {error}", line=line, error=error), "save it as CSV again"


def decoded(data: bytes, source: str) -> str:
    """Return the text of a file in UTF-8 (with or without mark) or UTF-16 with its mark."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError.of_file(source, "not text in UTF-8 or UTF-16", "save it as CSV UTF-8") from None
    if "\0" in text:
        raise InputError.of_file(source, "not a text file", "give a CSV, Excel or Parquet file")
    return text
