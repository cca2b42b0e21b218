"""How the house looks, in plain words: colours, typeface and number formats of sheets, pictures and pages."""

from __future__ import annotations

from xlplugin.model.labels import LANGUAGES, label

INK, SECONDARY, RULE, BAND = "1F2933", "5F6B7A", "D9E0E7", "F5F7FA"
ACCENT, GAIN, LOSS, CAUTION = "0B5CAD", "1B7F5C", "C2410C", "B7791F"
GREY = "9AA5B1"
HEAT_LOSS, HEAT_GAIN = "F0A98A", "86C5AC"
INPUT_TEXT, INPUT_FILL = "1F4FBF", "FFF9DB"
FONT = "Calibri"

#: Word -> how a number is shown; all are safe in every locale.
FORMATS = {
    "general": "General",
    "percent": "0.0%",
    "percent3": "+0.000%;-0.000%;0.000%",
    "change_percent": "+0.0%;-0.0%;0.0%",
    "change_percent2": "+0.00%;-0.00%;0.00%",
    "percent0": "0%",
    "bp": "+#,##0.0;-#,##0.0;0.0",
    "money": "#,##0;(#,##0);0",
    "money1": "#,##0.0;(#,##0.0);0.0",
    "change_money": "+#,##0.0;-#,##0.0;0.0",
    "eps": "0.00;(0.00);0.00",
    "eps4": "+0.0000;-0.0000;0.0000",
    "index": "0.000",
    "index4": "0.0000",
    "elasticity": "0.00",
    "years": "0.0#",
    "share3": "0.0##%",
    "integer": "0",
    "text": "@",
    "any": "#,##0.0##",
    "scientific": "[=0]0;[<1]0.0E+00;#,##0.0",
}

for _language in LANGUAGES:  # basis points with their name in the reader's language
    _bp = label("unit:basis points", _language)
    FORMATS[f"bp_{_language}"] = f'+#,##0.0" {_bp}";-#,##0.0" {_bp}";0.0" {_bp}"'
