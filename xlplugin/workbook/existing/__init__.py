"""An analyst's workbook file: read as it is, a few cells changed inside, every other byte as it was."""
