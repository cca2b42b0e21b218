"""The template workbook: built sheet by sheet, with cached values, read back and audited.

How a sheet is written and which names exist: :mod:`xlplugin.workbook.builder.build`.
"""
