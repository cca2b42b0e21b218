"""The model: inputs and their domains, lines, evaluation on floats, arrays and cell references.

Knows no dataset, no file and no spreadsheet; floats need the standard library alone.
"""
