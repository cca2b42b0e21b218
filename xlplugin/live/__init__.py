"""Scripts on the open workbook, bound to no host: each gives the plan of a new sheet from plain values.

The order of the imports below is the order in which hosts show the scripts.
"""

from __future__ import annotations

from xlplugin.live.open_book import OpenBook
from xlplugin.live.plans import Plan
from xlplugin.live.scripts import SCRIPTS, Script, plan_of

# What is imported here is registered, in this order.
from xlplugin.live import scenario_runs  # isort: skip
from xlplugin.live import questions  # isort: skip
from xlplugin.live import comparison  # isort: skip
from xlplugin.live import simulation  # isort: skip
from xlplugin.live import sell_off  # isort: skip
from xlplugin.live import copies  # isort: skip
from xlplugin.live import findings  # isort: skip
from xlplugin.live import versions  # isort: skip

__all__ = ["SCRIPTS", "OpenBook", "Plan", "Script", "plan_of"]

del comparison, copies, findings, questions, scenario_runs, sell_off, simulation, versions
