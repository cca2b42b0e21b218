"""The model's lines as a straight-line program over blocks of arrays.

:mod:`~xlplugin.kernel.program` runs it; :mod:`~xlplugin.kernel.graph` traces the lines,
:mod:`~xlplugin.kernel.layout` gives every result a register, :mod:`~xlplugin.kernel.operations` are the
NumPy calls, :mod:`~xlplugin.kernel.blocks` the threads.
"""
