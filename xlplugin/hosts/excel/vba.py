"""VBA wrappers of our own: descriptions for the function wizard, and real error values.

What Python returns over COM cannot be an error value; here the texts ``#N/A``, ``#NUM!`` and ``#VALUE!``,
also inside tables, become one by CVErr. The module calls xlwings' ``XLPy``, so it belongs into a workbook
that holds xlwings' VBA (as the macro template does) or has a reference to its add-in.
"""

from __future__ import annotations

from pathlib import Path

from xlplugin.functions import FUNCTIONS, Function

__all__ = ["MODULE", "UDF_MODULE", "module_text", "write"]

#: The module that xlwings imports, as "UDF Modules" on the sheet ``xlwings.conf`` names it.
UDF_MODULE = "xlplugin.hosts.excel.udfs"

#: The name of the VBA module.
MODULE = "xlplugin_functions"

#: How long a line of a declaration gets.
LINE = 100

_HEAD = f"""\
Attribute VB_Name = "{MODULE}"
Option Explicit
' The functions of xlplugin for this workbook, with real error values. Made by: xlplugin template
' Needs the VBA of xlwings in the same workbook, or a reference to the xlwings add-in.

"""

_ANSWER = f"""\
Private Function AnswerOf(ByVal wanted As String, ByVal arguments As Variant) As Variant
    Dim caller As Object
    On Error GoTo failed
    If TypeName(Application.Caller) = "Range" Then Set caller = Application.Caller
    AnswerOf = WithErrors(XLPy.CallUDF("{UDF_MODULE}", wanted, arguments, ThisWorkbook, caller))
    Exit Function
failed:
    ' Python does not answer: the reason stands in the Immediate window (Ctrl+G)
    Debug.Print wanted & ": " & Err.Description
    AnswerOf = CVErr(xlErrNA)
End Function

Private Function WithErrors(ByVal answer As Variant) As Variant
    Dim i As Long, k As Long
    Select Case Dimensions(answer)
        Case 0
            answer = CellOf(answer)
        Case 1
            For i = LBound(answer) To UBound(answer)
                answer(i) = CellOf(answer(i))
            Next i
        Case Else
            For i = LBound(answer, 1) To UBound(answer, 1)
                For k = LBound(answer, 2) To UBound(answer, 2)
                    answer(i, k) = CellOf(answer(i, k))
                Next k
            Next i
    End Select
    WithErrors = answer
End Function

Private Function CellOf(ByVal value As Variant) As Variant
    CellOf = value
    If VarType(value) <> vbString Then Exit Function
    Select Case value
        Case "#N/A"
            CellOf = CVErr(xlErrNA)
        Case "#NUM!"
            CellOf = CVErr(xlErrNum)
        Case "#VALUE!"
            CellOf = CVErr(xlErrValue)
    End Select
End Function

Private Function Dimensions(ByRef value As Variant) As Long
    Dim bound As Long
    If Not IsArray(value) Then Exit Function
    On Error GoTo counted
    Do
        bound = UBound(value, Dimensions + 1)
        Dimensions = Dimensions + 1
    Loop
counted:
End Function

"""

_DESCRIBE_HEAD = """\
Public Sub DescribeFunctions()
    ' Run this once and save: the function wizard then explains every argument
"""


def module_text() -> str:
    """Return the VBA module as text, lines ending in LF."""
    wrappers = "".join(_wrapper(function) for function in FUNCTIONS.values())
    descriptions = "".join(_description(function) for function in FUNCTIONS.values())
    return f"{_HEAD}{wrappers}{_ANSWER}{_DESCRIBE_HEAD}{descriptions}End Sub\n"


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
