"""How LibreOffice knows our functions. Standard library alone, since this also runs inside LibreOffice."""

from __future__ import annotations

#: The service that the add-in offers; Calc puts it before every function name in a file.
SERVICE = "org.xlplugin.Functions"


def method(name: str) -> str:
    """Return the UNO method for a function or argument: ``XLP_VALUE`` -> ``xlpValue``."""
    first, *rest = name.lower().split("_")
    return first + "".join(part.capitalize() for part in rest)


def qualified(name: str) -> str:
    """Return ``name`` as files for Calc must hold it: ``ORG.XLPLUGIN.FUNCTIONS.XLPVALUE``.

    Calc shows and accepts ``XLP_VALUE`` when a formula is typed, but reads a bare name in a file as
    ``#NAME?``.
    """
    return f"{SERVICE}.{method(name)}".upper()
