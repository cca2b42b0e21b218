"""The ribbon tab of the macro workbook: a button for each live script, as parts of the file.

Two editions of the same tab: Excel 2007 reads the first, later ones the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import quoteattr

from xlplugin.hosts.excel.vba import MODULE, macro_name
from xlplugin.live import SCRIPTS
from xlplugin.live.texts import text

_RELATIONS = "_rels/.rels"

#: Part -> its namespace, the type of its relationship.
_EDITIONS = {
    "customUI/customUI.xml": (
        "http://schemas.microsoft.com/office/2006/01/customui",
        "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility",
    ),
    "customUI/customUI14.xml": (
        "http://schemas.microsoft.com/office/2009/07/customui",
        "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility",
    ),
}

#: Pictures of Office for the buttons.
_PICTURES = {
    "run_scenarios": "TableInsert",
    "bridge": "ChartTypeColumnInsertGallery",
    "tornado": "ChartTypeBarInsertGallery",
    "compare": "SortDialog",
    "simulate": "CalculateNow",
    "article": "GroupInsertLinks",
    "freeze": "PasteValues",
    "audit": "ErrorChecking",
    "refresh": "RefreshAll",
}


def with_ribbon(parts: Mapping[str, bytes], language: str) -> dict[str, bytes]:
    """Return the parts of a workbook with the tab, and both relationships to it."""
    more = "".join(
        f'<Relationship Id="rIdRibbon{i}" Type="{kind}" Target="{part}"/>'
        for i, (part, (_, kind)) in enumerate(_EDITIONS.items(), 1)
    )
    relations = parts[_RELATIONS].decode().replace("</Relationships>", f"{more}</Relationships>")
    tabs = {part: tab(namespace, language).encode() for part, (namespace, _) in _EDITIONS.items()}
    return {**parts, _RELATIONS: relations.encode(), **tabs}


def tab(namespace: str, language: str) -> str:
    """Return the tab as XML."""
    buttons = "".join(
        f'<button id="xlp_{name}" label={quoteattr(declared.title[language])} '
        f"screentip={quoteattr(declared.title[language])} supertip={quoteattr(declared.help[language])} "
        f'imageMso="{_PICTURES[name]}" size="large" onAction="{MODULE}.{macro_name(name)}Button"/>'
        for name, declared in SCRIPTS.items()
    )
    group = f'<group id="xlpScripts" label={quoteattr(text("ribbon.group", language))}>{buttons}</group>'
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<customUI xmlns="{namespace}"><ribbon><tabs><tab id="xlpTab" label="xlplugin">'
        f"{group}</tab></tabs></ribbon></customUI>"
    )
