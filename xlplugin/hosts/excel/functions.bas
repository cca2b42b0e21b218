Attribute VB_Name = "$module"
Option Explicit
' The functions of xlplugin for this workbook, with real error values, and its scripts
' (Alt+F8, or the xlplugin tab; arguments stand on the sheet Live). Made by: xlplugin template
' Needs the VBA of xlwings in the same workbook, or a reference to the xlwings add-in.

${wrappers}${scripts}Private Function AnswerOf(ByVal wanted As String, ByVal arguments As Variant) As Variant
    Dim caller As Object
    On Error GoTo failed
    If TypeName(Application.Caller) = "Range" Then Set caller = Application.Caller
    AnswerOf = WithErrors(XLPy.CallUDF("$udf_module", wanted, arguments, ThisWorkbook, caller))
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

Public Sub DescribeFunctions()
    ' Run this once and save: the function wizard then explains every argument
${descriptions}End Sub
