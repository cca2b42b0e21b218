"""Excel for Windows over COM: functions that xlwings imports, a macro workbook, VBA of our own."""
