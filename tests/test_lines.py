"""A walk over every line and bar: its name, unit, labels, docstring, parameters, body and formula."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap

import oracle
import pytest
import random_inputs

from xlplugin.model.formula import formula
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import LANGUAGES, label, meaning
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS, UNITS
from xlplugin.model.plan import PARAMETERS

EVERYTHING = {**LINES, **BARS, **MARGIN_BARS}
WRITTEN = {**LINES, **BARS, "revenue_base_effect": MARGIN_BARS["bridge_operating_margin_revenue_base_effect"]}
VOCABULARY = {"minimum", "maximum", "power", "ratio", "where"}


def body(function: object) -> list[ast.stmt]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body  # type: ignore[arg-type]
    assert isinstance(definition, ast.FunctionDef)
    return definition.body


def test_names_are_those_of_the_model() -> None:
    row = random_inputs.rows(1, seed=1)[0]
    assert sorted(EVERYTHING) == sorted(oracle.evaluate(row))
    assert len(EVERYTHING) == len(LINES) + len(BARS) + len(MARGIN_BARS)
    assert not set(EVERYTHING) & set(INPUTS)
    assert {*row, "annual_decline", "revenue_growth", "ai_share_growth", "years"} == set(INPUTS)


def test_bars_stand_in_causal_order() -> None:
    assert list(BARS) == [f"bridge_operating_income_{bar}" for bar in oracle.BARS]
    assert list(MARGIN_BARS) == [
        f"bridge_operating_margin_{bar}" for bar in (*oracle.BARS, "revenue_base_effect")
    ]


@pytest.mark.parametrize("name", EVERYTHING)
def test_name_unit_labels_and_docstring(name: str) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
    if name in LINES or name in BARS:
        assert EVERYTHING[name].__name__ == name.removeprefix("bridge_operating_income_")
    assert UNITS[name] in {"money", "money per share", "share", "margin", "index", "ratio"}
    doc = inspect.getdoc(EVERYTHING[name])
    assert doc is not None and re.match(r"[A-Za-z].*\.", doc, re.DOTALL)
    for language in LANGUAGES:
        assert label(name, language)
        assert meaning(name, language).endswith(".")


@pytest.mark.parametrize("name", EVERYTHING)
def test_units_fit_the_scales_of_comparison(name: str) -> None:
    # a figure in money is compared on the scale of money, and so on
    inputs = {"revenue": 123.0, "net_income": 50.0, "diluted_shares": 2.0, "reference_share_price": 25.0}
    scales = {"money": 123.0, "money per share": 25.0}
    assert oracle.scale(name, inputs) == scales.get(UNITS[name], 1.0)


@pytest.mark.parametrize("name", EVERYTHING)
def test_parameters_are_inputs_or_earlier_lines(name: str) -> None:
    order = list(EVERYTHING)
    for parameter in PARAMETERS[name]:
        assert parameter in INPUTS or parameter in order[: order.index(name)], parameter
    assert len(PARAMETERS[name]) == len(inspect.signature(EVERYTHING[name]).parameters)


@pytest.mark.parametrize("name", WRITTEN)
def test_body_is_one_return_in_plain_arithmetic(name: str) -> None:
    docstring, only = body(WRITTEN[name])
    assert isinstance(docstring, ast.Expr)
    assert isinstance(only, ast.Return)
    parameters = set(inspect.signature(WRITTEN[name]).parameters)
    called = set()
    for node in ast.walk(only.value):  # type: ignore[arg-type]
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name) and node.func.id in VOCABULARY and not node.keywords
            called.add(node.func.id)
        elif isinstance(node, ast.Constant):
            assert type(node.value) in (int, float)
        elif isinstance(node, ast.Name):
            assert node.id in parameters | VOCABULARY | {"NOT_AVAILABLE"}
        else:
            assert isinstance(node, ALLOWED), ast.dump(node)
    used = {node.id for node in ast.walk(only) if isinstance(node, ast.Name)}
    assert used - called - {"NOT_AVAILABLE"} == parameters


ALLOWED = (ast.BinOp, ast.UnaryOp, ast.Compare, ast.Load,
           ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.Eq, ast.Gt)  # fmt: skip


# --- Formulas ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVERYTHING)
def test_formula_uses_its_references_and_nothing_else(name: str) -> None:
    references = {parameter: f"D{i}" for i, parameter in enumerate(PARAMETERS[name], 12)}
    text = formula(name, references)
    assert text.startswith("=") and "**" not in text
    assert set(re.findall(r"D\d+", text)) == set(references.values())
    assert set(re.findall(r"[A-Z]+(?=\()", text)) <= {"MIN", "MAX", "IF", "NA", "EXP"}
    # spreadsheets read -x^2 as (-x)^2 and 2^3^2 as (2^3)^2: powers must not depend on it
    assert not re.search(r"[(,=]-[A-Z]*\d+\^", text)
    assert not re.search(r"\^[A-Z\d.]+\^", text)


@pytest.mark.parametrize("name", EVERYTHING)
def test_formula_computes_what_the_oracle_computes(name: str) -> None:
    compared = 0
    for row in random_inputs.rows(60, seed=31, blanks=False):
        known = {**row, **oracle.evaluate(row)}
        positive = min(row["reference_eps"], known["base_eps"]) > 0
        if not positive or min(known["base_ai_revenue"], known["base_inference_cost"]) == 0:
            continue  # IF() is read here with both branches computed
        references = {parameter: f"known[{parameter!r}]" for parameter in PARAMETERS[name]}
        expression = formula(name, references).removeprefix("=").replace("^", "**")
        expression = re.sub(r"(?<![=<>])=(?!=)", "==", expression)
        value = eval(expression, {"MIN": min, "MAX": max, "IF": _if, "NA": float}, {"known": known})
        assert oracle.agree(name, value, known[name], row), (name, row)
        compared += 1
    assert compared > 10


def _if(condition: bool, yes: float, no: float) -> float:
    return yes if condition else no
