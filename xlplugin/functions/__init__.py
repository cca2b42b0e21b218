"""Every spreadsheet function, declared once and bound to no host.

>>> from xlplugin.functions import call
>>> round(call("XLP_VALUE", "CRM", 0.3), 10)
0.2019614937

Hosts list :data:`FUNCTIONS` and answer through :func:`call`; how a function is declared stands in
:mod:`xlplugin.functions.registry`. Needs the standard library alone; NumPy, where it is, speeds up
large ranges.
"""

from xlplugin.functions.calls import call
from xlplugin.functions.reference import reference_text
from xlplugin.functions.registry import FUNCTIONS, Argument, Function

# What is imported here is registered, in this order.
from xlplugin.functions import values  # isort: skip
from xlplugin.functions import scenarios  # isort: skip
from xlplugin.functions import bridges  # isort: skip
from xlplugin.functions import grids  # isort: skip
from xlplugin.functions import own  # isort: skip
from xlplugin.functions import analysis  # isort: skip
from xlplugin.functions import ranges  # isort: skip
from xlplugin.functions import lists  # isort: skip

__all__ = ["FUNCTIONS", "Argument", "Function", "call", "reference_text"]

del analysis, bridges, grids, lists, own, ranges, scenarios, values
