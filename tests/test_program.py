"""The lines as a program over blocks: the same figures as the oracle, whatever blocks and threads."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import oracle
import pytest
import random_inputs
from hypothesis import given
from hypothesis import strategies as st

from xlplugin.model.arithmetic import exponential, maximum, minimum, power, ratio, where
from xlplugin.model.array_faults import any_outside
from xlplugin.model.inputs import INPUTS
from xlplugin.model.kernel.program import Program, program
from xlplugin.model.plan import FUNCTIONS, MODEL_INPUTS, PARAMETERS

ROWS = random_inputs.rows(600, seed=41)
NAN = math.nan


def filled(rows: list[random_inputs.Row]) -> dict[str, np.ndarray]:
    """Return columns for a program, which knows no defaults."""
    columns = {name: np.array(column) for name, column in random_inputs.columns(rows).items()}
    for name, stand_in in (
        ("marginal_tax_rate", columns["income_tax_rate"]),
        ("one_off_net_income", np.zeros(len(rows))),
        ("training_cost_reduction", columns["cost_reduction"]),
    ):
        columns[name] = np.where(np.isnan(columns[name]), stand_in, columns[name])
    return {name: columns[name] for name in MODEL_INPUTS}


def run(code: Program, inputs: Mapping[str, Any], rows: int, **options: Any) -> dict[str, np.ndarray]:
    """Run into new arrays that hold rubbish before."""
    out = {name: np.full(rows, -777.0) for name in code.outputs}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        code.run(inputs, rows, out, **options)
    return out


def of(*functions: Any, varying: str = "a b") -> Program:
    """Return the program of some functions of inputs, all of them outputs."""
    named = {function.__name__: function for function in functions}
    parameters = {name: f.__code__.co_varnames[: f.__code__.co_argcount] for name, f in named.items()}
    return Program(tuple(named), named, parameters, frozenset(varying.split()))


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays hold the same bits, NaN in the same places."""
    missing = np.isnan(a)
    return bool(np.array_equal(missing, np.isnan(b)) and a[~missing].tobytes() == b[~missing].tobytes())


# --- Figures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("complete", [frozenset(), frozenset(oracle.LEVERS + oracle.EXPOSURES)])
def test_every_line_and_bar_agrees_with_the_oracle(complete):
    found = run(
        program(tuple(FUNCTIONS), frozenset(MODEL_INPUTS)), filled(ROWS), len(ROWS), complete=complete
    )
    wrong = []
    for i, row in enumerate(ROWS):
        wrong += oracle.disagreements({name: found[name][i] for name in FUNCTIONS}, row, 1e-10)
    assert wrong == []


@pytest.mark.parametrize("seed", range(6))
def test_scalars_and_arrays_may_be_mixed(seed):
    (row,) = random_inputs.rows(1, seed=seed)
    company = {name: column[0] for name, column in filled([row]).items()}
    draw = np.random.default_rng(seed)
    varying = frozenset(draw.choice(list(MODEL_INPUTS), size=8, replace=False))
    inputs = {name: np.full(5, value) if name in varying else float(value) for name, value in company.items()}
    found = run(program(tuple(FUNCTIONS), varying), inputs, 5, complete=varying & set(oracle.LEVERS))
    expected = oracle.evaluate(row)
    for i in (0, 4):
        figures = {name: found[name][i] for name in FUNCTIONS}
        assert oracle.disagreements(figures, row, 1e-12, expected) == []


def test_operators_agree_with_plain_floats():
    def smaller(a, b):
        return minimum(a, b)

    def larger(a, b):
        return maximum(a, 0.5 - b)

    def quotient(a, b):
        return ratio(a, b)

    def raised(a, b):
        return power(maximum(0.25, a), -b)

    def grown(a):
        return -exponential(2 * a) / 3

    def chosen(a, b):
        return where(a > b, a * 10, where(a == 0, b, 1))

    values = [0.0, -1.5, 0.5, 2.0, NAN]
    pairs = [(a, b) for a in values for b in values]
    code = of(smaller, larger, quotient, raised, grown, chosen)
    found = run(code, {"a": np.array([a for a, _ in pairs]), "b": np.array([b for _, b in pairs])}, 25)
    for i, (a, b) in enumerate(pairs):
        gone = math.isnan(a) or math.isnan(b)
        expected = {
            "smaller": NAN if gone else min(a, b),
            "larger": NAN if gone else max(a, 0.5 - b),
            "quotient": 0.0 if b == 0 else a / b,
            "raised": NAN if gone else max(0.25, a) ** -b,
            "grown": -math.exp(2 * a) / 3,
            "chosen": a * 10 if a > b else (b if a == 0 else 1.0),
        }
        for name, value in expected.items():
            assert found[name][i] == pytest.approx(value, rel=1e-14, abs=0, nan_ok=True), (name, a, b)


def test_a_scalar_condition_picks_its_branch():
    def picked(k, a):
        return where(k == 0, 1, a / k)

    code = of(picked, varying="a")
    a = np.array([1.0, 2.0])
    assert run(code, {"a": a, "k": 0.0}, 2)["picked"].tolist() == [1, 1]
    assert run(code, {"a": a, "k": 4.0}, 2)["picked"].tolist() == [0.25, 0.5]
    assert np.isnan(run(code, {"a": a, "k": NAN}, 2)["picked"]).all()


def test_lines_that_are_inputs_scalars_or_other_lines():
    def given_(a):
        return a

    def first(a, k):
        return a + k

    def again(a, k):
        return k + a

    def constant(k):
        return k * 2

    def number():
        return 7

    code = of(given_, first, again, constant, number, varying="a")
    found = run(code, {"a": np.array([1.0, NAN, 3.0]), "k": 2.0}, 3, block=2)
    assert found["given_"][[0, 2]].tolist() == [1, 3] and np.isnan(found["given_"][1])
    assert found["first"][[0, 2]].tolist() == [3, 5] and same(found["first"], found["again"])
    assert found["constant"].tolist() == [4, 4, 4] and found["number"].tolist() == [7, 7, 7]


# --- Terms multiplied by zero ----------------------------------------------------------------------


def weighted(weight, a, b):
    return b + weight * power(a, b)


def test_a_term_times_zero_drops_out_only_where_it_is_sure_to_be_a_number():
    code = of(weighted)
    a, b = np.array([0.5, NAN]), np.array([1.0, 2.0])
    inputs = {"weight": 0.0, "a": a, "b": b}
    assert np.isnan(run(code, inputs, 2)["weighted"][1])
    assert np.isnan(run(code, inputs, 2, complete=frozenset("b"))["weighted"][1])
    a[1] = 3.0
    assert run(code, inputs, 2, complete=frozenset("ab"))["weighted"].tolist() == [1, 2]
    for weight in (1.0, 2.0, NAN, math.inf):  # what was kept for weight 0 is not used for another
        found = run(code, inputs | {"weight": weight}, 2, complete=frozenset("ab"))["weighted"]
        expected = b + weight * np.array([0.5, 9.0])
        assert found == pytest.approx(expected, rel=1e-14, nan_ok=True)


def test_a_missing_scalar_is_not_lost_in_a_term_times_zero():
    def product(weight, scalar, a):
        return weight * (scalar * a)

    code = of(product, varying="a")
    inputs = {"weight": 0.0, "scalar": 3.0, "a": np.ones(2)}
    assert run(code, inputs, 2, complete=frozenset("a"))["product"].tolist() == [0, 0]
    assert np.isnan(run(code, inputs | {"scalar": NAN}, 2, complete=frozenset("a"))["product"]).all()


# --- Blocks, threads, memory -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many() -> tuple[Program, dict[str, np.ndarray], int, dict[str, np.ndarray]]:
    """The whole model on many rows: program, inputs, number of rows, results."""
    inputs = {name: np.tile(column, 35)[:20_011] for name, column in filled(ROWS).items()}
    code = program(tuple(FUNCTIONS), frozenset(MODEL_INPUTS))
    return code, inputs, 20_011, run(code, inputs, 20_011, threads=1, block=20_011)


@pytest.mark.parametrize(
    ("block", "threads"), [(20_011, 2), (1, 1), (97, 3), (1_000, 2), (4_096, 2), (20_010, 2)]
)
def test_results_do_not_depend_on_blocks_or_threads(many, block, threads):
    code, inputs, rows, expected = many
    if block == 1:
        rows = 300
    found = run(
        code, {name: column[:rows] for name, column in inputs.items()}, rows, threads=threads, block=block
    )
    assert [name for name in found if not same(found[name], expected[name][:rows])] == []


@pytest.mark.parametrize("shift", [1, 3, 7])
def test_results_do_not_depend_on_where_memory_starts(many, shift):
    code, inputs, rows, expected = many
    found = run(code, {name: column[shift:] for name, column in inputs.items()}, rows - shift, block=5_000)
    assert [name for name in found if not same(found[name], expected[name][shift:])] == []


def test_outputs_may_be_columns_of_a_table(many):
    code, inputs, rows, expected = many
    table = np.zeros((rows, len(FUNCTIONS)))
    code.run(inputs, rows, {name: table[:, i] for i, name in enumerate(FUNCTIONS)}, block=3_000, threads=2)
    assert [name for i, name in enumerate(FUNCTIONS) if not same(table[:, i], expected[name])] == []


def test_inputs_stay_as_they_are(many):
    code, inputs, rows, _ = many
    before = {name: column.copy() for name, column in inputs.items()}
    run(code, inputs, rows)
    assert all(same(inputs[name], before[name]) for name in inputs)


def test_no_rows():
    assert run(of(weighted), {"weight": 1.0, "a": np.empty(0), "b": np.empty(0)}, 0)["weighted"].size == 0


def test_few_logarithms_and_few_buffers():
    code = program(tuple(FUNCTIONS), frozenset(oracle.LEVERS))
    inputs = {name: column[0] for name, column in filled(ROWS).items()}
    layout = code.prepared(inputs, frozenset()).layout
    operators = [step.operator for step in layout.steps]
    assert operators.count("logarithm") == 2  # of the unit cost and of the price
    assert operators.count("exponential") == 8
    assert layout.buffers <= 10 < len(FUNCTIONS)


# --- Checks --------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 3])
def test_checks_see_every_block_before_and_after(threads):
    def double(a):
        return a * 2

    seen: dict[str, list[tuple[int, int, float]]] = {"a": [], "double": []}
    lock = threading.Lock()

    def note(start, stop, slices):
        ((name, part),) = slices.items()
        with lock:
            seen[name].append((start, stop, float(part.sum())))

    a = np.arange(10.0)
    run(of(double, varying="a"), {"a": a}, 10, block=4, threads=threads, check=note, check_results=note)
    assert sorted(seen["a"]) == [(0, 4, 6.0), (4, 8, 22.0), (8, 10, 17.0)]
    assert sorted(seen["double"]) == [(0, 4, 12.0), (4, 8, 44.0), (8, 10, 34.0)]


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("which", ["check", "check_results"])
def test_of_several_errors_the_first_row_counts(threads, which):
    def double(a):
        return a * 2

    def refuse(start, stop, slices):
        if start >= 300:
            raise ValueError(start)

    with pytest.raises(ValueError, match=r"^300$"):
        run(of(double, varying="a"), {"a": np.ones(1000)}, 1000, block=10, threads=threads, **{which: refuse})


_numbers = st.floats(-3, 3) | st.sampled_from(
    [0.0, -0.0, 1.0, -1.0, 2.0, 5e-324, -5e-324, math.inf, -math.inf, NAN]
)
_edges = st.sampled_from([math.nextafter(edge, to) for edge in (0, 1, -1, 2) for to in (-9, 9)])


@given(st.sampled_from(list(INPUTS.values())), st.lists(_numbers | _edges, min_size=1, max_size=9))
def test_outside_finds_what_the_domain_does_not_contain(item, values):
    expected = not all(item.contains(value) for value in values)
    assert any_outside(np.array(values), item) is expected


def test_every_edge_of_every_domain():
    for item in INPUTS.values():
        for edge in (item.lower, item.upper):
            for value in (
                edge,
                math.nextafter(edge, -math.inf),
                math.nextafter(edge, math.inf),
                -value_of(edge),
            ):
                assert any_outside(np.array([value]), item) is not item.contains(value), (item.name, value)


def value_of(edge: float) -> float:
    """The edge, or zero where it is infinite."""
    return edge if math.isfinite(edge) else 0.0


# --- What a line may not do ----------------------------------------------------------------------


def test_a_line_may_not_branch_or_reckon_with_a_comparison():
    def branches(a):
        return 1 if a > 0 else 2

    def reckons(a):
        return (a > 0) * 3

    def forgets(a, b):
        return where(a, b, 1)

    with pytest.raises(TypeError, match="may not branch"):
        of(branches)
    for wrong in (reckons, forgets):
        with pytest.raises(TypeError, match="condition of where"):
            of(wrong)


def test_every_line_takes_inputs_or_lines_alone():
    assert {name for names in PARAMETERS.values() for name in names} <= {*FUNCTIONS, *MODEL_INPUTS}
