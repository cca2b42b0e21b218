"""The add-in's file: everything in the .oxt is generated from the function registry."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from xlplugin.functions import FUNCTIONS, Argument, Function
from xlplugin.functions.meanings import meaning_of
from xlplugin.functions.registry import LIMIT
from xlplugin.hosts.calc.names import SERVICE, method
from xlplugin.model.labels import LANGUAGES
from xlplugin.model.version import __version__

#: The extension's name in LibreOffice's extension manager.
IDENTIFIER = "org.xlplugin.calc"

#: Parts of the package that need more than the standard library, or another host.
LEFT_OUT = ("batch", "workbook", "cli", "api.py", "__main__.py")
#: ... but for labels of presets in other languages, by which they may be named.
TAKEN = ("workbook/builder/data_texts.csv",)
CALC_PARTS = ("__init__.py", "calc/__init__.py", "calc/cells.py", "calc/names.py")


def build(path: str | Path) -> Path:
    """Write the add-in to ``path`` and return it. The same functions give the same bytes."""
    path = Path(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text, zipfile.ZIP_DEFLATED)
    return path


def parts() -> Iterator[tuple[str, str]]:
    """Yield name and text of every file in the add-in."""
    yield "META-INF/manifest.xml", _file("manifest.xml")
    yield "description.xml", _description()
    yield "functions.idl", interface()
    yield "CalcAddIns.xcu", wizard()
    package = Path(__file__).resolve().parents[2]
    yield "component.py", _file("component.py")
    for file in sorted(package.rglob("*")):
        inner = file.relative_to(package)
        if _wanted(inner) and file.is_file():
            yield f"pythonpath/xlplugin/{inner.as_posix()}", file.read_text(encoding="utf-8")


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _wanted(inner: Path) -> bool:
    if inner.parts[0] == "hosts":
        return inner.relative_to("hosts").as_posix() in CALC_PARTS
    if inner.as_posix() in TAKEN:
        return True
    return inner.parts[0] not in LEFT_OUT and inner.suffix in (".py", ".csv")


def _description() -> str:
    names = "\n".join(
        f"  <name lang={quoteattr(language)}>{escape(text)}</name>"
        for language, text in meaning_of("calc:extension").items()
    )
    return _file("description.xml").format(identifier=IDENTIFIER, version=__version__, names=names)


def interface() -> str:
    """Return the UNO interface.

    Every argument is ``any``: a value or a range, and optional to Calc. What can spill must say so:
    UNO cannot put a table made in Python into an ``any`` (Calc shows one cell of 1 x 1 as a value).
    """
    *modules, _ = SERVICE.split(".")
    opening = " ".join(f"module {module} {{" for module in modules)
    methods = "".join(f"  {_signature(function)};\n" for function in FUNCTIONS.values())
    return (
        f"{opening}\n interface XFunctions : com::sun::star::uno::XInterface {{\n{methods} }};\n"
        f"{' '.join('};' for _ in modules)}\n"
    )


def _signature(function: Function) -> str:
    result = "sequence< sequence<any> >" if function.spills else "any"
    arguments = ", ".join(f"[in] any {method(argument.name)}" for argument in function.arguments)
    return f"{result} {method(function.name)}({arguments})"


def wizard() -> str:
    """Return the texts of the function wizard (``CalcAddIns.xcu``), in every language."""
    nodes = "".join(_function_node(function) for function in FUNCTIONS.values())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' oor:package="org.openoffice.Office" oor:name="CalcAddIns">\n'
        f'<node oor:name="AddInInfo"><node oor:name={quoteattr(SERVICE)} oor:op="replace">'
        f'<node oor:name="AddInFunctions">\n{nodes}</node></node></node>\n</oor:component-data>\n'
    )


def _function_node(function: Function) -> str:
    arguments = "".join(
        f'  <node oor:name={quoteattr(method(argument.name))} oor:op="replace">'
        f"{_texts('DisplayName', _alike(argument.name))}"
        f"{_texts('Description', _meaning(argument))}</node>\n"
        for argument in function.arguments
    )
    return (
        f' <node oor:name={quoteattr(method(function.name))} oor:op="replace">\n'
        f"  {_texts('DisplayName', _alike(function.name))}"
        f"{_texts('CompatibilityName', _alike(function.name))}"
        f"{_texts('Description', function.meaning)}"
        '<prop oor:name="Category"><value>Add-In</value></prop>\n'
        f'  <node oor:name="Parameters">\n{arguments}  </node>\n </node>\n'
    )


def _meaning(argument: Argument) -> Mapping[str, str]:
    """Return the text about an argument by language, with what an empty cell counts as where there is room.

    A single empty cell cannot be told from a typed 0 in Calc alone, so the wizard says it there.
    """
    if not argument.optional or argument.shape != "value":
        return argument.meaning
    hints = meaning_of("calc:empty_cell")
    longer = {language: f"{text} {hints[language]}" for language, text in argument.meaning.items()}
    return {**argument.meaning, **{key: text for key, text in longer.items() if len(text) <= LIMIT}}


def _alike(name: str) -> Mapping[str, str]:
    return dict.fromkeys(LANGUAGES, name)


def _texts(name: str, texts: Mapping[str, str]) -> str:
    """Return a text in every language; LibreOffice falls back on American English."""
    values = "".join(
        f'<value xml:lang="{"en-US" if language == "en" else language}">{escape(text)}</value>'
        for language, text in texts.items()
    )
    return f'<prop oor:name="{name}">{values}</prop>'
