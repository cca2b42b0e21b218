"""What a template's file says of its making: version, language, host, and which sheets were added."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

from xlplugin.model.labels import LANGUAGES
from xlplugin.workbook.builder.texts import keys, language_of, text
from xlplugin.workbook.existing.parts import Parts, tag

__all__ = ["Origin", "origin"]


@dataclass(frozen=True, slots=True)
class Origin:
    """The version that wrote a template and the mark of its data, its language, its host ("" none).

    ``added`` are the sheets that are not the template's.
    """

    version: str
    data: str
    language: str
    host: str
    added: tuple[str, ...]


def origin(parts: Parts) -> Origin:
    """Return where a template comes from; its language by its sheets where its properties are lost."""
    held = _properties(parts)
    titles = {language: {text(name, language) for name in keys("sheet.")} for language in LANGUAGES}
    language = held.get("xlplugin language", "")
    if language not in titles:
        language = language_of(parts.titles)
    own = set().union(*titles.values(), {"xlwings.conf"})
    added = tuple(title for title in parts.titles if title not in own)
    version, data, host = (held.get(f"xlplugin {name}", "") for name in ("version", "inputs sha256", "host"))
    return Origin(version, data, language, host, added)


def _properties(parts: Parts) -> dict[str, str]:
    found = {}
    for part in parts.of_kind("/custom-properties"):
        for one in ElementTree.fromstring(parts.read(part)):
            if tag(one.tag) == "property":
                found[one.get("name", "")] = "".join(one.itertext())
    return found
