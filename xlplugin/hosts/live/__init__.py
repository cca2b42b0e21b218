"""Live scripts in hosts: the open workbook read through xlwings, and plans written into it.

Works on what xlwings hands out, whatever its engine, and imports none of it: each host brings its own.
"""
