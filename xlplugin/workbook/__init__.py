"""The template workbook: built sheet by sheet, with cached values, read back and audited."""
