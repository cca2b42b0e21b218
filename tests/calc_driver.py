"""Drives LibreOffice over UNO: one JSON operation a line on standard input, one JSON answer a line back.

Runs in the Python that has LibreOffice's ``uno`` module, not in the tests' environment; see ``engines.py``.
Areas are [sheet, top, left, bottom, right] from 0. An error value is {"error": "#N/A"}.
"""

import json
import sys
import time
from contextlib import suppress
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.lang import DisposedException

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
    ".csv": "Text - txt - csv (StarCalc)",
}
FORMULA_GIVES_ERROR = 4
ANY_CONSTANT = 1 | 2 | 4  # value, date, text
LOGICAL = 1024  # com.sun.star.util.NumberFormat


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


def error_text(cell):
    code = cell.getError()
    return ERRORS.get(code, f"Err:{code}") if code else None


class Driver:
    """The operations; each method's name is what a line's "do" says."""

    def __init__(self, desktop):
        self.desktop = desktop
        self.books = {}
        self.logical = {}
        self.count = 0

    def hello(self):
        return "ready"

    def open(self, path):
        self.logical.clear()
        book = self.desktop.loadComponentFromURL(Path(path).as_uri(), "_blank", 0, properties(Hidden=True))
        if book is None or not hasattr(book, "Sheets"):
            raise ValueError(f"{path} does not open as a spreadsheet")
        self.count += 1
        self.books[self.count] = book
        names = {}
        for name in book.NamedRanges.ElementNames:
            cells = book.NamedRanges.getByName(name).getReferredCells()
            if cells is not None:
                at = cells.RangeAddress
                sheet = book.Sheets.getByIndex(at.Sheet).Name
                names[name] = [sheet, at.StartRow, at.StartColumn, at.EndRow, at.EndColumn]
        return {"handle": self.count, "sheets": list(book.Sheets.ElementNames), "names": names}

    def range(self, handle, area):
        sheet, top, left, bottom, right = area
        return self.books[handle].Sheets.getByName(sheet).getCellRangeByPosition(left, top, right, bottom)

    def set(self, handle, cells):
        book = self.books[handle]
        book.lockControllers()
        book.enableAutomaticCalculation(False)
        sheets = {}
        for name, row, column, value in cells:
            if name not in sheets:
                sheets[name] = book.Sheets.getByName(name)
            cell = sheets[name].getCellByPosition(column, row)
            if value is None:
                cell.setFormula("")
            elif isinstance(value, bool):
                cell.setFormula("=TRUE()" if value else "=FALSE()")
            elif isinstance(value, str) and not value.startswith("="):
                cell.setString(value)
            else:
                cell.setFormula(value) if isinstance(value, str) else cell.setValue(value)
                self.forget_logical(book, cell)
        book.unlockControllers()

    def forget_logical(self, book, cell):
        """What is typed over a bool keeps the bool's format here, which would make ISLOGICAL true of it."""
        key = cell.NumberFormat
        if key not in self.logical:
            self.logical[key] = bool(book.NumberFormats.getByKey(key).Type & LOGICAL)
        if self.logical[key]:
            cell.setPropertyToDefault("NumberFormat")

    def calculate(self, handle):
        self.books[handle].calculateAll()

    def get(self, handle, areas):
        return [self.values(self.range(handle, area)) for area in areas]

    def values(self, cells):
        rows = [[None if value == "" else value for value in row] for row in cells.getDataArray()]
        top, left = cells.RangeAddress.StartRow, cells.RangeAddress.StartColumn
        for row, column, text in self.error_cells(cells):
            rows[row - top][column - left] = {"error": text}
        return rows

    def shown(self, handle, area):
        cells = self.range(handle, area)
        height, width = area[3] - area[1] + 1, area[4] - area[2] + 1
        return [[cells.getCellByPosition(c, r).String for c in range(width)] for r in range(height)]

    @staticmethod
    def error_cells(cells):
        """(row, column, error) of every error below ``cells``, a range or a whole sheet."""
        found = []
        for part in (cells.queryFormulaCells(FORMULA_GIVES_ERROR), cells.queryContentCells(ANY_CONSTANT)):
            for at in part.RangeAddresses:
                for row in range(at.StartRow, at.EndRow + 1):
                    for column in range(at.StartColumn, at.EndColumn + 1):
                        text = error_text(cells.Spreadsheet.getCellByPosition(column, row))
                        if text:
                            found.append((row, column, text))
        return found

    def errors(self, handle):
        sheets = self.books[handle].Sheets
        return [
            (name, *one) for name in sheets.ElementNames for one in self.error_cells(sheets.getByName(name))
        ]

    def save_as(self, handle, path):
        ending = Path(path).suffix.lower()
        if ending not in FILTERS:
            raise ValueError(f"{ending!r} is no known ending; known: {', '.join(FILTERS)}")
        self.books[handle].storeToURL(
            Path(path).as_uri(), properties(FilterName=FILTERS[ending], Overwrite=True)
        )

    def close(self, handle):
        self.books.pop(handle).close(True)

    def terminate(self):
        for book in self.books.values():
            book.close(True)
        self.books.clear()
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


if __name__ == "__main__":
    main(sys.argv[1])
