"""The UNO component of the Calc add-in. Runs inside LibreOffice, on LibreOffice's own Python.

``XLPLUGIN_PYTHONPATH`` may name a folder of further packages (NumPy for the same Python version);
nothing needs it.
"""

import os
import sys

import unohelper

if os.environ.get("XLPLUGIN_PYTHONPATH"):
    sys.path.append(os.environ["XLPLUGIN_PYTHONPATH"])

from org.xlplugin import XFunctions

from xlplugin.functions import FUNCTIONS, call
from xlplugin.hosts.calc.cells import from_calc, to_calc
from xlplugin.hosts.calc.names import SERVICE, method


def _given(cells):
    """Return the arguments up to the last that is given, as the functions take them."""
    number = len(cells)
    while number and cells[number - 1] is None:
        number -= 1
    return [cell if cell.__class__ is float else from_calc(cell) for cell in cells[:number]]


def _bound(name, spills):
    def scalar(self, *cells):
        return to_calc(call(name, *_given(cells)))

    def table(self, *cells):
        result = call(name, *_given(cells))
        if result.__class__ is float:
            return ((result,),)
        result = to_calc(result)
        return result if result.__class__ is tuple else ((result,),)

    return table if spills else scalar


class Functions(unohelper.Base, XFunctions):
    """The functions as UNO methods, one for each in the registry."""

    def __init__(self, context):
        self.context = context


for _name, _function in FUNCTIONS.items():
    setattr(Functions, method(_name), _bound(_name, _function.spills))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, (SERVICE, "com.sun.star.sheet.AddIn"))
