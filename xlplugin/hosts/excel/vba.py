"""VBA wrappers of our own: descriptions for the function wizard, and real error values.

What Python returns over COM cannot be an error value; here the texts ``#N/A``, ``#NUM!`` and ``#VALUE!``,
also inside tables, become one by CVErr. The module calls xlwings' ``XLPy``, so it belongs into a workbook
that holds xlwings' VBA (as the macro template does) or has a reference to its add-in.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from xlplugin.functions import FUNCTIONS, Function
from xlplugin.live import SCRIPTS

#: The module that xlwings imports, as "UDF Modules" on the sheet ``xlwings.conf`` names it.
UDF_MODULE = "xlplugin.hosts.excel.udfs"

#: The name of the VBA module.
MODULE = "xlplugin_functions"

#: How long a line of a declaration gets.
LINE = 100


def module_text() -> str:
    """Return the VBA module as text, lines ending in LF."""
    template = Template(Path(__file__).with_name("functions.bas").read_text(encoding="utf-8"))
    return template.substitute(
        module=MODULE,
        udf_module=UDF_MODULE,
        wrappers="".join(map(_wrapper, FUNCTIONS.values())),
        scripts="".join(map(_macros, SCRIPTS)),
        descriptions="".join(map(_description, FUNCTIONS.values())),
    )


def write(path: str | Path) -> Path:
    """Write the module as a .bas file, as Excel's VBA editor imports it, and return its path."""
    path = Path(path)
    path.write_bytes(module_text().replace("\n", "\r\n").encode("cp1252"))
    return path


def _wrapper(function: Function) -> str:
    names = [argument.name for argument in function.arguments]
    signature = [f"{'Optional ' if a.optional else ''}{a.name} As Variant" for a in function.arguments]
    opening = _continued(f"Public Function {function.name}(", signature, ") As Variant")
    return (
        f"{opening}"
        # Excel reads this line on import and shows it in the wizard; the editor hides it
        f"Attribute {function.name}.VB_Description = {_text(function.meaning['en'])}\n"
        f"    {function.name} = AnswerOf({_text(function.name)}, Array({', '.join(names)}))\n"
        "End Function\n\n"
    )


def macro_name(script: str) -> str:
    """Return the name of the macro that runs a live script: ``XlpRunScenarios``."""
    return "Xlp" + "".join(part.capitalize() for part in script.split("_"))


def _macros(script: str) -> str:
    """Return the macro of a live script, and the one that its button on the ribbon calls."""
    name = macro_name(script)
    return (
        f"Public Sub {name}()\n"
        f"    RunPython \"import xlplugin.hosts.excel.live as live; live.start('{script}')\"\n"
        "End Sub\n\n"
        f"Public Sub {name}Button(ByVal control As Object)\n"
        f"    {name}\n"
        "End Sub\n\n"
    )


def _description(function: Function) -> str:
    arguments = [
        f"Macro:={_text(function.name)}",
        f"Description:={_text(function.meaning['en'])}",
        'Category:="xlplugin"',
    ]
    if function.arguments:
        texts = ", _\n            ".join(_text(argument.meaning["en"]) for argument in function.arguments)
        arguments.append(f"ArgumentDescriptions:=Array( _\n            {texts})")
    return "    Application.MacroOptions " + ", _\n        ".join(arguments) + "\n"


def _continued(opening: str, parts: list[str], closing: str) -> str:
    """Return a declaration, over several lines where it is long."""
    line = f"{opening}{', '.join(parts)}{closing}"
    if len(line) <= LINE:
        return line + "\n"
    rows: list[str] = []
    for part in parts:
        if rows and len(rows[-1]) + len(part) < LINE - 20:
            rows[-1] += f", {part}"
        else:
            rows.append(part)
    body = ", _\n        ".join(rows)
    return f"{opening} _\n        {body}{closing}\n"


def _text(value: str) -> str:
    doubled = value.replace('"', '""')
    return f'"{doubled}"'
