"""Drives LibreOffice over UNO: one JSON operation a line on standard input, one JSON answer a line back.

Runs in the Python that has LibreOffice's ``uno`` module, not in the tests' environment; see ``engines.py``.
Areas are [sheet, top, left, bottom, right] from 0. An error value is {"error": "#N/A"}.
"""

import csv
import json
import sys
import time
from contextlib import suppress
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException, Locale

ERRORS = {
    502: "Err:502",
    503: "#NUM!",
    519: "#VALUE!",
    524: "#REF!",
    525: "#NAME?",
    532: "#DIV/0!",
    32767: "#N/A",
}
FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".pdf": "calc_pdf_Export",
    ".ods": "calc8",
    ".xls": "MS Excel 97",
    ".csv": "Text - txt - csv (StarCalc)",
}
FORMULA_GIVES_ERROR = 4  # com.sun.star.sheet.FormulaResult; an error typed in is a formula here too
LOGICAL = 1024  # com.sun.star.util.NumberFormat
FEW = 8
KEPT = 6  # workbooks that stay open after they were closed
MANY = 1_500  # cells that take as long to put back as the file takes to open


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
    deadline = time.monotonic() + 90
    while True:
        try:
            context = resolver.resolve(address)
            return context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
        except NoConnectException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def properties(**values):
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


def kind(value):
    """How a value is written."""
    if isinstance(value, bool):
        return "bool"
    return "formula" if isinstance(value, str) and value.startswith("=") else "constant"


def rectangles(cells):
    """Group {(row, column): value} into full rectangles, so that one call writes many cells."""
    runs = []
    for row, column in sorted(cells):
        if runs and runs[-1][0] == row and runs[-1][2] == column - 1:
            runs[-1][2] = column
        else:
            runs.append([row, column, column])
    grown = {}
    for row, left, right in runs:
        above = grown.pop((row - 1, left, right), row)
        grown[row, left, right] = above
    return [(top, left, bottom, right) for (bottom, left, right), top in grown.items()]


class Book:
    """One open workbook.

    It can be put back to what the file holds, which is quicker than opening the file again.
    """

    def __init__(self, document, content):
        self.document = document
        self.content = content
        self.folder = None
        self.sheets = {name: document.Sheets.getByName(name) for name in document.Sheets.ElementNames}
        self.logical = {}  # format -> whether it is a logical one
        self.formats = {}  # cell -> its format before a bool was typed in
        self.before = {}  # cell -> what it held before the first write, and its format
        self.spoilt = False  # more was written than is put back
        self.unprotected = set()
        self.stale = False  # whether cells were put back and nothing was calculated since

    def names(self):
        """Name and content, such as "$Model.$B$3:$C$9", of every workbook-wide defined name."""
        ranges = self.document.NamedRanges
        return {name: ranges.getByName(name).Content for name in ranges.ElementNames}

    def write(self, cells):
        for sheet in {cell[0] for cell in cells}:
            if self.sheets[sheet].isProtected():  # a test may type over what a person may not
                self.sheets[sheet].unprotect("")
                self.unprotected.add(sheet)
        kinds = {}
        for (sheet, row, column), value in {tuple(cell[:3]): cell[3] for cell in cells}.items():
            kinds.setdefault((sheet, kind(value)), {})[row, column] = value
        for (sheet, _), values in kinds.items():
            self.remember(sheet, values)
        for (sheet, name), values in kinds.items():
            if name == "bool":
                self.write_bools(sheet, values)
                continue
            for row, column in values:
                if (sheet, row, column) in self.formats:
                    cell = self.sheets[sheet].getCellByPosition(column, row)
                    cell.NumberFormat = self.formats.pop((sheet, row, column))
            for top, left, bottom, right in rectangles(values):
                target = self.sheets[sheet].getCellRangeByPosition(left, top, right, bottom)
                columns = range(left, right + 1)
                rows = [tuple(values[row, column] for column in columns) for row in range(top, bottom + 1)]
                if name == "formula":
                    target.setFormulaArray(rows)
                else:
                    target.setDataArray([tuple("" if v is None else v for v in row) for row in rows])
                self.forget_logical(target, bottom - top + 1, right - left + 1)

    def remember(self, sheet, cells):
        """Keep what these cells hold, and how they show it, as long as they are not too many."""
        new = [cell for cell in cells if (sheet, *cell) not in self.before]
        if self.spoilt or len(self.before) + len(new) > MANY:
            self.spoilt = True
            return
        for top, left, bottom, right in rectangles(new):
            target = self.sheets[sheet].getCellRangeByPosition(left, top, right, bottom)
            held = zip(target.getFormulaArray(), target.getDataArray(), strict=True)
            for row, (formulas, values) in enumerate(held):
                for column, (formula, value) in enumerate(zip(formulas, values, strict=True)):
                    was = formula if formula.startswith("=") else None if value == "" else value
                    form = target.getCellByPosition(column, row).NumberFormat
                    self.before[sheet, top + row, left + column] = was, form

    def restore(self):
        """Put back what every cell held, and the protection of the sheets."""
        self.stale = self.stale or bool(self.before)
        self.write([(*cell, was) for cell, (was, _) in self.before.items()])
        for (sheet, row, column), (_, form) in self.before.items():
            cell = self.sheets[sheet].getCellByPosition(column, row)
            if cell.NumberFormat != form:
                cell.NumberFormat = form
        for sheet in self.unprotected:
            self.sheets[sheet].protect("")
        for kept in (self.before, self.formats, self.unprotected):
            kept.clear()

    def calculate(self):
        self.document.calculateAll()
        self.stale = False

    def write_bools(self, sheet, values):
        """As typed by hand: the number 1 or 0 under a logical format, which alone makes it a bool here."""
        logical = self.document.NumberFormats.getStandardFormat(LOGICAL, Locale("en", "US", ""))
        for (row, column), value in values.items():
            cell = self.sheets[sheet].getCellByPosition(column, row)
            self.formats.setdefault((sheet, row, column), cell.NumberFormat)
            cell.setValue(float(value))
            cell.NumberFormat = logical

    def forget_logical(self, target, height=1, width=1):
        """What is typed over a bool of the file keeps its format here, which would make ISLOGICAL true."""
        key = target.NumberFormat
        if key is None:  # several formats
            for row in range(height):
                for column in range(width):
                    self.forget_logical(target.getCellByPosition(column, row))
            return
        if key not in self.logical:
            self.logical[key] = bool(self.document.NumberFormats.getByKey(key).Type & LOGICAL)
        if self.logical[key]:
            target.setPropertyToDefault("NumberFormat")

    def read(self, areas):
        """Rows of every area; each sheet is asked once, for the rectangle around its areas."""
        boxes = {}
        for sheet, top, left, bottom, right in areas:
            box = boxes.get(sheet, (top, left, bottom, right))
            boxes[sheet] = (min(box[0], top), min(box[1], left), max(box[2], bottom), max(box[3], right))
        values = {sheet: self.values(sheet, box) for sheet, box in boxes.items()}
        return [
            [
                row[left - boxes[sheet][1] : right - boxes[sheet][1] + 1]
                for row in values[sheet][top - boxes[sheet][0] : bottom - boxes[sheet][0] + 1]
            ]
            for sheet, top, left, bottom, right in areas
        ]

    def values(self, sheet, box):
        top, left, bottom, right = box
        data = self.sheets[sheet].getCellRangeByPosition(left, top, right, bottom).getDataArray()
        rows = [[None if value == "" else value for value in row] for row in data]
        wrong = [(r, c) for r, row in enumerate(data) for c, value in enumerate(row) if value is None]
        texts = self.error_texts(sheet, [(top + r, left + c) for r, c in wrong])
        for (r, c), text in zip(wrong, texts, strict=True):
            rows[r][c] = {"error": text}
        return rows

    def error_texts(self, sheet, cells):
        """The error of each of these cells: few are asked one by one, many are read off the shown texts."""
        if len(cells) > FEW:
            texts = self.texts(sheet)
            return [texts[row][column] for row, column in cells]
        codes = [self.sheets[sheet].getCellByPosition(column, row).getError() for row, column in cells]
        return [ERRORS.get(code, f"Err:{code}") for code in codes]

    def texts(self, sheet):
        """What a reader sees in the cells of a sheet, through a CSV file: one call for all of them."""
        target = self.folder / "texts.csv"
        number = list(self.sheets).index(sheet) + 1
        options = f"44,34,76,1,,0,false,true,true,false,false,{number}"  # , " UTF-8, as shown, this sheet
        self.document.storeToURL(
            target.as_uri(), properties(FilterName=FILTERS[".csv"], FilterOptions=options, Overwrite=True)
        )
        written = max(self.folder.glob("texts*.csv"), key=lambda file: file.stat().st_mtime_ns)
        with written.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.reader(lines))
        written.unlink()
        return rows

    def shown(self, area):
        sheet, top, left, bottom, right = area
        rows = self.texts(sheet)
        rows += [[]] * (bottom + 1 - len(rows))
        return [(row + [""] * (right + 1 - len(row)))[left : right + 1] for row in rows[top : bottom + 1]]

    def errors(self):
        """(sheet, row, column, error) of every error in the workbook."""
        found = []
        for name, sheet in self.sheets.items():
            areas = sheet.queryFormulaCells(FORMULA_GIVES_ERROR).RangeAddresses
            cells = [
                (row, column)
                for at in areas
                for row in range(at.StartRow, at.EndRow + 1)
                for column in range(at.StartColumn, at.EndColumn + 1)
            ]
            texts = self.error_texts(name, cells)
            found += [(name, *cell, text) for cell, text in zip(cells, texts, strict=True)]
        return found


class Driver:
    """The operations; each method's name is what a line's "do" says."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.books = {}
        self.closed = {}  # content -> a book that is put back to it
        self.count = 0

    def hello(self):
        return "ready"

    def open(self, path, content):
        book = self.closed.pop(content, None) or self.loaded(path, content)
        book.folder = Path(path).parent
        self.count += 1
        self.books[self.count] = book
        return {"handle": self.count, "sheets": list(book.sheets)}

    def loaded(self, path, content):
        document = self.desktop.loadComponentFromURL(
            Path(path).as_uri(), "_blank", 0, properties(Hidden=True)
        )
        if document is None or not hasattr(document, "Sheets"):
            raise ValueError(f"{path} does not open as a spreadsheet")
        document.enableAutomaticCalculation(False)
        return Book(document, content)

    def up_to_date(self, handle):
        """A workbook with its values as after opening, or as calculated since."""
        if self.books[handle].stale:
            self.books[handle].calculate()
        return self.books[handle]

    def names(self, handle):
        return self.books[handle].names()

    def set(self, handle, cells):
        self.books[handle].write(cells)

    def calculate(self, handle):
        self.books[handle].calculate()

    def get(self, handle, areas):
        return self.up_to_date(handle).read(areas)

    def shown(self, handle, area):
        return self.up_to_date(handle).shown(area)

    def errors(self, handle):
        return self.up_to_date(handle).errors()

    def save_as(self, handle, path):
        ending = Path(path).suffix.lower()
        if ending not in FILTERS:
            raise ValueError(f"{ending!r} is no known ending; known: {', '.join(FILTERS)}")
        self.up_to_date(handle).document.storeToURL(
            Path(path).as_uri(), properties(FilterName=FILTERS[ending], Overwrite=True)
        )

    def close(self, handle):
        book = self.books.pop(handle)
        if book.spoilt or book.content in self.closed:
            book.document.close(True)
            return
        book.restore()
        self.closed[book.content] = book
        if len(self.closed) > KEPT:
            self.closed.pop(next(iter(self.closed))).document.close(True)

    def terminate(self):
        for book in (*self.books.values(), *self.closed.values()):
            book.document.close(True)
        self.books.clear()
        self.closed.clear()
        with suppress(DisposedException):
            self.desktop.terminate()


def main(pipe):
    sys.stdin.reconfigure(encoding="utf-8")
    sys.stdout.reconfigure(encoding="utf-8")
    driver = Driver(connect(pipe))
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": getattr(driver, request.pop("do"))(**request)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    with suppress(DisposedException):
        driver.terminate()  # the tests ended without a word


if __name__ == "__main__":
    main(sys.argv[1])
