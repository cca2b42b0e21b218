"""Which version of xlplugin this is."""

__version__ = "0.2.0"

#: The date of this version.
__released__ = "2026-11-26"
