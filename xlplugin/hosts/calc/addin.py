"""The add-in's file: everything in the .oxt is generated from the function registry."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import xlplugin
from xlplugin.functions import FUNCTIONS
from xlplugin.hosts.calc.names import SERVICE, method

__all__ = ["IDENTIFIER", "build"]

#: The extension's name in LibreOffice's extension manager.
IDENTIFIER = "org.xlplugin.calc"

#: Parts of the package that need more than the standard library, or another host.
LEFT_OUT = ("batch", "workbook", "cli", "api.py", "__main__.py")
CALC_PARTS = ("__init__.py", "calc/__init__.py", "calc/cells.py", "calc/names.py")

#: Single empty cells cannot be told from a typed 0 in Calc alone, so the wizard says it there.
EMPTY_CELL = {
    "en-US": " (In Calc a single empty cell counts as 0.)",
    "de": " (In Calc zählt eine einzelne leere Zelle als 0.)",
}
WIZARD_LIMIT = 255

MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
 <manifest:file-entry manifest:full-path="functions.idl"
  manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
 <manifest:file-entry manifest:full-path="component.py"
  manifest:media-type="application/vnd.sun.star.uno-component;type=Python"/>
 <manifest:file-entry manifest:full-path="CalcAddIns.xcu"
  manifest:media-type="application/vnd.sun.star.configuration-data"/>
</manifest:manifest>
"""

DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:d="http://openoffice.org/extensions/description/2006">
 <identifier value="{identifier}"/>
 <version value="{version}"/>
 <display-name>
  <name lang="en">xlplugin: cheaper AI models and company margins</name>
  <name lang="de">xlplugin: günstigere KI-Modelle und Unternehmensmargen</name>
 </display-name>
 <dependencies>
  <OpenOffice.org-minimal-version value="4.0" d:name="LibreOffice 7.4"/>
 </dependencies>
</description>
"""


def build(path: str | Path, functions: Mapping[str, Any] | None = None) -> Path:
    """Write the add-in to ``path`` and return it. The same functions give the same bytes."""
    functions = FUNCTIONS if functions is None else functions
    path = Path(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts(functions):
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return path


def parts(functions: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and text of every file in the add-in."""
    yield "META-INF/manifest.xml", MANIFEST
    yield "description.xml", DESCRIPTION.format(identifier=IDENTIFIER, version=xlplugin.__version__)
    yield "functions.idl", interface(functions)
    yield "CalcAddIns.xcu", wizard(functions)
    package = Path(xlplugin.__file__).parent
    yield "component.py", (package / "hosts/calc/component.py").read_text(encoding="utf-8")
    for file in sorted(package.rglob("*")):
        inner = file.relative_to(package)
        if _wanted(inner) and file.is_file():
            yield f"pythonpath/xlplugin/{inner.as_posix()}", file.read_text(encoding="utf-8")


def _wanted(inner: Path) -> bool:
    if inner.parts[0] == "hosts":
        return inner.relative_to("hosts").as_posix() in CALC_PARTS
    return inner.parts[0] not in LEFT_OUT and inner.suffix in (".py", ".csv")


def interface(functions: Mapping[str, Any]) -> str:
    """Return the UNO interface.

    Every argument is ``any``: a value or a range, and optional to Calc. What can spill must say so:
    UNO cannot put a table made in Python into an ``any`` (Calc shows one cell of 1 x 1 as a value).
    """
    *modules, _ = SERVICE.split(".")
    opening = " ".join(f"module {module} {{" for module in modules)
    methods = "".join(f"  {_signature(function)};\n" for function in functions.values())
    return (
        f"{opening}\n interface XFunctions : com::sun::star::uno::XInterface {{\n{methods} }};\n"
        f"{' '.join('};' for _ in modules)}\n"
    )


def _signature(function: Any) -> str:
    result = "sequence< sequence<any> >" if function.spills else "any"
    arguments = ", ".join(f"[in] any {method(argument.name)}" for argument in function.arguments)
    return f"{result} {method(function.name)}({arguments})"


def wizard(functions: Mapping[str, Any]) -> str:
    """Return the texts of the function wizard (``CalcAddIns.xcu``), English and German."""
    nodes = "".join(_function_node(function) for function in functions.values())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' oor:package="org.openoffice.Office" oor:name="CalcAddIns">\n'
        f'<node oor:name="AddInInfo"><node oor:name={quoteattr(SERVICE)} oor:op="replace">'
        f'<node oor:name="AddInFunctions">\n{nodes}</node></node></node>\n</oor:component-data>\n'
    )


def _function_node(function: Any) -> str:
    arguments = "".join(
        f'  <node oor:name={quoteattr(method(argument.name))} oor:op="replace">'
        f"{_texts('DisplayName', argument.name, argument.name)}"
        f"{_texts('Description', *_meanings(argument))}</node>\n"
        for argument in function.arguments
    )
    return (
        f' <node oor:name={quoteattr(method(function.name))} oor:op="replace">\n'
        f"  {_texts('DisplayName', function.name, function.name)}"
        f"{_texts('CompatibilityName', function.name, function.name)}"
        f"{_texts('Description', function.meaning_en, function.meaning_de)}"
        '<prop oor:name="Category"><value>Add-In</value></prop>\n'
        f'  <node oor:name="Parameters">\n{arguments}  </node>\n </node>\n'
    )


def _meanings(argument: Any) -> tuple[str, str]:
    """Return both texts of an argument, with what an empty cell counts as where there is room."""
    texts = {"en-US": argument.meaning_en, "de": argument.meaning_de}
    if argument.optional and argument.shape == "value":
        for language, text in texts.items():
            if len(text) + len(EMPTY_CELL[language]) <= WIZARD_LIMIT:
                texts[language] = text + EMPTY_CELL[language]
    return texts["en-US"], texts["de"]


def _texts(name: str, english: str, german: str) -> str:
    return (
        f'<prop oor:name="{name}"><value xml:lang="en-US">{escape(english)}</value>'
        f'<value xml:lang="de">{escape(german)}</value></prop>'
    )
