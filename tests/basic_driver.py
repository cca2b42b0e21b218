"""Loads a macro workbook in LibreOffice, lists its modules and runs a VBA module of ours beside them.

Runs in the Python that has LibreOffice's ``uno`` module: ``basic_driver.py PIPE WORKBOOK MODULE.bas``; the
answer is one line of JSON. Values are tried in VBA itself, since an error value does not pass UNO.
"""

import json
import sys
from contextlib import suppress
from pathlib import Path

import uno
from calc_driver import connect, properties
from com.sun.star.lang import DisposedException

#: Appended to the module: what becomes of a value, a row and a table, as text.
TRY = """
Public Function TryErrors(ByVal typed As String) As String
    Dim row(2) As Variant, table(1, 1) As Variant, answer As Variant
    row(0) = 1.5: row(1) = typed: row(2) = "text"
    table(0, 0) = "#NUM!": table(0, 1) = typed: table(1, 0) = "#N/A rest": table(1, 1) = 2
    TryErrors = Shown(WithErrors(typed))
    answer = WithErrors(row)
    TryErrors = TryErrors & "|" & Shown(answer(0)) & "|" & Shown(answer(1)) & "|" & Shown(answer(2))
    answer = WithErrors(table)
    TryErrors = TryErrors & "|" & Shown(answer(0, 0)) & "|" & Shown(answer(0, 1))
    TryErrors = TryErrors & "|" & Shown(answer(1, 0)) & "|" & Shown(answer(1, 1))
End Function

Private Function Shown(ByVal value As Variant) As String
    If IsError(value) Then
        Shown = "error " & CLng(value)
    Else
        Shown = CStr(value)
    End If
End Function
"""


def main(pipe, workbook, module):
    desktop = connect(pipe)
    document = desktop.loadComponentFromURL(Path(workbook).as_uri(), "_blank", 0, properties(Hidden=True))
    library = document.BasicLibraries.getByName("VBAProject")
    names = list(library.getElementNames())
    xlwings = library.getByName("xlwings") if "xlwings" in names else ""
    sheets = list(document.Sheets.getElementNames())
    document.close(True)
    answers = tried(pipe, Path(module).read_text(encoding="cp1252").replace("\r\n", "\n"))
    print(json.dumps({"modules": names, "xlwings": xlwings[:2000], "answers": answers, "sheets": sheets}))
    with suppress(DisposedException):
        desktop.terminate()


def tried(pipe, text):
    """Return what the module makes of errors; it runs in a library of the office, as VBA."""
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
    libraries = context.ServiceManager.createInstanceWithContext(
        "com.sun.star.script.ApplicationScriptLibraryContainer", context
    )
    libraries.createLibrary("Tried")
    libraries.loadLibrary("Tried")
    plain = "\n".join(line for line in text.split("\n") if not line.startswith("Attribute "))
    libraries.getByName("Tried").insertByName("Module", f"Option VBASupport 1\n{plain}{TRY}")
    provider = context.getValueByName(
        "/singletons/com.sun.star.script.provider.theMasterScriptProviderFactory"
    ).createScriptProvider("")
    script = provider.getScript(
        "vnd.sun.star.script:Tried.Module.TryErrors?language=Basic&location=application"
    )
    return {typed: script.invoke((typed,), (), ())[0] for typed in ("#N/A", "#VALUE!", "#NUM!", "CRM")}


if __name__ == "__main__":
    main(*sys.argv[1:])
