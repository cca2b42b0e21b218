"""The functions in plain Python: the table of calls, entries, shapes, and what every host relies on."""

from __future__ import annotations

import datetime
import inspect
import itertools
import json
import math
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from entry_calls import entry_calls
from function_calls import CALLS, CRM, NA, NUM, VALUE, Call, differences, line
from hypothesis import given
from hypothesis import strategies as st

from xlplugin.functions import FUNCTIONS, call
from xlplugin.functions.reference import reference_text, signature
from xlplugin.functions.registry import Range, Value, function
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS


@pytest.mark.parametrize("one", CALLS, ids=lambda one: one.id)
def test_call(one: Call) -> None:
    assert differences(call(one.name, *one.cells), one.expected) == []


def test_calls_are_many_told_apart_and_of_every_function() -> None:
    assert len(CALLS) >= 150
    assert len({one.id for one in CALLS}) == len(CALLS)
    assert sum(1 for _ in entry_calls("python")) >= 100
    assert {one.name for one in CALLS} | {"XLP_VERSION"} >= {
        name for name, one in FUNCTIONS.items() if one.category != "analysis"
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("host", "blocked"),
    [("python", ()), ("alone", ("numpy", "pandas", "scipy", "SALib", "xlwings", "openpyxl"))],
    ids=["free", "alone"],
)
def test_calls_in_a_fresh_python(host: str, blocked: tuple[str, ...]) -> None:
    """With the standard library alone, as in a browser or LibreOffice, the answers are the same."""
    script = f"""
import sys
sys.modules.update(dict.fromkeys({blocked!r}))
sys.path.insert(0, {str(Path(__file__).parent)!r})
from function_calls import CALLS, differences
from xlplugin.functions import call
wrong = {{}}
for one in CALLS:
    if found := differences(call(one.name, *one.cells), one.at({host!r})):
        wrong[one.id] = found
print(len(CALLS), wrong)
"""
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == f"{len(CALLS)} {{}}", run.stderr


def test_importing_loads_nothing_heavy() -> None:
    script = "import sys, json, xlplugin.functions; print(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "pandas", "openpyxl", "xlwings"} & set(json.loads(run.stdout))


@pytest.mark.parametrize("one", entry_calls("python"), ids=lambda one: one.id)
def test_entries_mean_the_same_in_a_cell(one: Call) -> None:
    assert differences(call(one.name, *one.cells), one.expected) == []


def test_true_is_not_one() -> None:
    assert [
        call("XLP_VALUE", CRM, 0.1, "base_eps", [["adoption", cell]]) for cell in (1.0, True, 1, True)
    ] == [
        pytest.approx(line(CRM, 0.1, "base_eps")),
        VALUE,
        pytest.approx(line(CRM, 0.1, "base_eps")),
        VALUE,
    ]


def test_answers_are_not_shared() -> None:
    first = call("XLP_VALUE", CRM, [[0.1, 0.2]])
    first[0][0] = first[0][1] = None
    assert call("XLP_VALUE", CRM, [[0.1, 0.2]]) == [
        [pytest.approx(line(CRM, 0.1)), pytest.approx(line(CRM, 0.2))]
    ]


def test_scenarios_feed_scenario() -> None:
    assert call("XLP_SCENARIO", None, call("XLP_SCENARIOS")) == call("XLP_SCENARIO")


def test_measures_can_all_be_asked_for() -> None:
    names = [row[0] for row in call("XLP_MEASURES")[1:]]
    assert names == [*LINES, *BARS, *MARGIN_BARS]
    reference = [
        ["reference_eps", 5.0], ["reference_operating_income", 9000.0], ["reference_share_price", 250.0],
    ]  # fmt: skip
    answers = call("XLP_VALUE", CRM, 0.3, [names], reference)
    assert all(isinstance(cell, float) for cell in answers[0])


def test_bridge_sums_exactly() -> None:
    for company, measure in itertools.product(
        ["CRM", "MSFT", "NVDA"], ["operating_income", "operating_margin"]
    ):
        (_, _, base), *bars, (_, _, result) = call("XLP_BRIDGE", company, 0.6, measure, "jevons")[1:]
        assert math.fsum([base, *(amount for _, _, amount in bars)]) == pytest.approx(result, rel=1e-12)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_too_many_and_too_few_cells(name: str) -> None:
    required = FUNCTIONS[name].required
    assert call(name, *[None] * 40) == call(name)
    assert call(name, *["CRM"] * 40) is VALUE
    assert (call(name) is NA) == (required > 0)


CELLS = st.one_of(
    st.none(),
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(10**400), 10**400),
    st.booleans(),
    st.sampled_from(list(CellError)),
    st.datetimes(datetime.datetime(1900, 1, 1), datetime.datetime(2100, 1, 1)),
    st.text(max_size=8),
    st.sampled_from(
        ["CRM", "openai", "eps", "half", "30%", "adoption", "cost_reduction", "FY2025", "#N/A", "scenario"]
    ),
)
RANGES = st.tuples(st.integers(1, 3), st.integers(1, 3)).flatmap(
    lambda shape: st.lists(
        st.lists(CELLS, min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@given(st.sampled_from([n for n, f in FUNCTIONS.items() if f.category != "analysis"]), st.data())
def test_any_cells_are_answered(name: str, data: st.DataObject) -> None:
    """Whatever stands in the cells, the functions raise InputError alone, and call not even that."""
    count = len(FUNCTIONS[name].arguments)
    cells = data.draw(st.lists(st.one_of(CELLS, RANGES), min_size=count, max_size=count))
    answer = call(name, *cells)
    rows = answer if isinstance(answer, list) else [[answer]]
    assert len({len(row) for row in rows}) == 1
    for cell in itertools.chain(*rows):
        assert cell is None or type(cell) in (float, int, str, bool, CellError)
        assert not isinstance(cell, float) or math.isfinite(cell)
    frozen = [tuple(map(tuple, cell)) if isinstance(cell, list) else cell for cell in cells]
    try:
        FUNCTIONS[name].call(*frozen)
    except InputError as error:
        assert answer is error.faults[0].error


def test_declarations_suit_every_host() -> None:
    for name, one in FUNCTIONS.items():
        assert name.startswith("XLP_") and name == name.upper()
        assert list(inspect.signature(one.call).parameters) == [argument.name for argument in one.arguments]
        optional = [argument.optional for argument in one.arguments]
        assert optional == sorted(optional), "required arguments come first"
        assert all(argument.shape in ("value", "range") for argument in one.arguments)
        assert one.example.startswith(f"={name}(")


def of_no_shape(company): ...


def with_a_default(company: Value = "CRM"): ...  # type: ignore[assignment]


def without_a_text(no_such_argument: Range): ...


def sound(company: Range): ...


@pytest.mark.parametrize(
    ("name", "body", "category"),
    [
        ("XLP_VALUE", sound, "data"),
        ("XLP_TEST", sound, "data"),
        ("XLP_TEST", sound, "other"),
        ("XLP_TEST", of_no_shape, "data"),
        ("XLP_TEST", with_a_default, "data"),
        ("XLP_TEST", without_a_text, "data"),
    ],
    ids=["name taken", "no text", "category", "no shape", "default", "argument without a text"],
)
def test_faulty_declarations_are_refused(name: str, body: Callable[..., object], category: str) -> None:
    before = FUNCTIONS["XLP_VALUE"]
    with pytest.raises(TypeError, match=name):
        function(name, f"={name}()", category=category)(body)
    assert "XLP_TEST" not in FUNCTIONS and FUNCTIONS["XLP_VALUE"] is before


def test_a_text_too_long_for_excel_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlplugin.functions.registry.meaning_of", lambda name, function: {"en": "x" * 256})
    with pytest.raises(TypeError, match=r"XLP_TEST: a text about company is .* longer than 255"):
        function("XLP_TEST", "=XLP_TEST()")(sound)
    assert "XLP_TEST" not in FUNCTIONS


def test_a_fault_of_ours_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(company):
        return 1 / 0 if company else {}["no such key"]

    declared = replace(FUNCTIONS["XLP_VALUE"], call=broken, arguments=FUNCTIONS["XLP_VALUE"].arguments[:1])
    monkeypatch.setitem(FUNCTIONS, "XLP_BROKEN", declared)
    assert call("XLP_BROKEN", "CRM") is NUM
    assert call("XLP_BROKEN", "") is VALUE
    assert "XLP_BROKEN failed" in caplog.text


def test_what_is_no_number_becomes_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def odd():
        return [[math.inf, -math.inf, math.nan], [1.5, None, "text"]]

    monkeypatch.setitem(FUNCTIONS, "XLP_ODD", replace(FUNCTIONS["XLP_VERSION"], call=odd))
    assert call("XLP_ODD") == [[NUM, NUM, NA], [1.5, None, "text"]]


def test_reference_is_in_the_docs(project: Path) -> None:
    page = (project / "docs" / "functions.md").read_text(encoding="utf-8")
    assert page == reference_text(), "run: python docs/regenerate.py"


def test_reference_says_what_becomes_a_table() -> None:
    assert signature(FUNCTIONS["XLP_CHANGE"]) == (
        "XLP_CHANGE(company, cost_reduction, [measure], [unit], [levers], [fiscal_year])"
    )
    text = reference_text()
    singles = {
        "XLP_VALUE": (CRM, 0.3), "XLP_CHANGE": (CRM, 0.3), "XLP_COMPANY": (CRM, "revenue"), "XLP_VERSION": (),
    }  # fmt: skip
    for name, one in FUNCTIONS.items():
        if one.category != "analysis":
            assert (one.by_shape or not one.spills) == (name in singles)
        shape = "table from ranges" if one.by_shape else "table" if one.spills else "one value"
        assert f"Example: `{one.example}` ({shape})" in text
    assert not any(isinstance(call(name, *cells), list) for name, cells in singles.items())


def test_a_row_that_was_fine_is_still_refused_outside_the_domain() -> None:
    """The inputs of a company are looked at once; its reductions every time."""
    levers = [["adoption", 0.9375]]  # a row of its own: nothing else has been evaluated with it
    fine = call("XLP_VALUE", "CRM", 0.25, "gross_margin", levers)
    assert isinstance(fine, float)
    for wrong in (1.0, 30, -1.5):
        assert call("XLP_VALUE", "CRM", wrong, "gross_margin", levers) is CellError.OUTSIDE_DOMAIN
    assert call("XLP_VALUE", "CRM", None, "gross_margin", levers) is CellError.NOT_AVAILABLE
    table = call("XLP_VALUE", [["CRM"]], [[-1.0, 0.25, 1.0]], "gross_margin", levers)
    assert table[0][1:] == [fine, CellError.OUTSIDE_DOMAIN] and table[0][0] < fine


@pytest.mark.parametrize("cells", [[1, 2], [["CRM"], None], [None]])
def test_a_list_that_is_no_table_is_refused_in_the_cell(cells: list) -> None:
    assert call("XLP_VALUE", cells, 0.3) is CellError.WRONG_TYPE
