"""At the edges of the domain: what belongs to it gives a figure, what does not one clear error."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import oracle
import pytest
import random_inputs

from xlplugin.model.errors import InputError
from xlplugin.model.evaluation import evaluate
from xlplugin.model.lines import BARS, LINES, MARGIN_BARS

EVERYTHING = [*LINES, *BARS, *MARGIN_BARS]
_INF = math.inf
BOUNDS: dict[str, tuple[float, float, str]] = {
    # the lowest and the highest value that is allowed, and which of the two bounds is open
    **{name: (0.0, 1.0, "") for name in (*oracle.EXPOSURES, *oracle.LEVERS) if name.endswith("_share")},
    **dict.fromkeys(("credibility", "adoption", "pass_through", "competition"), (0.0, 1.0, "")),
    **dict.fromkeys(("reinvestment", "supply_pass_through", "marginal_tax_rate"), (0.0, 1.0, "")),
    "income_tax_rate": (-10.0, 10.0, ""),
    **{name: (0.0, 2.0, "") for name in oracle.LEVERS if name.endswith("_elasticity")},
    **dict.fromkeys(("seat_erosion", "labour_substitution", "usage_return"), (0.0, 2.0, "")),
    "cost_reduction": (-1.0, 1.0, "upper"),
    "training_cost_reduction": (-1.0, 1.0, "upper"),
    "repricing_lag_years": (0.0, _INF, ""),
    "revenue": (0.0, _INF, "lower"),
    **dict.fromkeys(("diluted_shares", "reference_share_price"), (0.0, _INF, "lower")),
    **dict.fromkeys((*oracle.MONEY[1:5], "stock_based_compensation"), (0.0, _INF, "")),
    **dict.fromkeys((*oracle.MONEY[5:8], *oracle.REFERENCES[:2]), (-_INF, _INF, "")),
}


def inside_and_outside(bounds: tuple[float, float, str]) -> tuple[list[float], list[float]]:
    low, high, opened = bounds
    inside, outside = [], [_INF, -_INF]
    if not math.isinf(low):
        outside += [math.nextafter(low, -_INF), low - 30] + ([low] if opened == "lower" else [])
        inside.append(math.nextafter(low, 9) if opened == "lower" else low)
    else:
        inside += [-1e9, 0.0]
    if not math.isinf(high):
        outside += [math.nextafter(high, _INF), high + 30] + ([high] if opened == "upper" else [])
        inside.append(math.nextafter(high, -9) if opened == "upper" else high)
    else:
        inside.append(1e9)
    return inside, outside


OUTSIDE = [(name, value) for name, bounds in BOUNDS.items() for value in inside_and_outside(bounds)[1]]
INSIDE = [(name, value) for name, bounds in BOUNDS.items() for value in inside_and_outside(bounds)[0]]


def plain_row(**changed: object) -> dict[str, object]:
    """A row in which each input may go to its bounds without touching another's."""
    row: dict[str, object] = dict.fromkeys((*oracle.EXPOSURES, *oracle.LEVERS), 0.0)
    row.update(dict.fromkeys(oracle.FINANCIALS, 0.5), **dict.fromkeys(oracle.REFERENCES, 0.5))
    return {**row, **changed}


def test_bounds_are_those_of_every_input() -> None:
    assert set(BOUNDS) == set(random_inputs.rows(1, seed=1)[0])


@pytest.mark.parametrize(("name", "value"), INSIDE)
def test_bounds_belong_to_the_domain(name: str, value: float) -> None:
    one = evaluate(plain_row(**{name: value}))
    several = evaluate(plain_row(**{name: np.array([value] * 3)}))
    assert one.keys() == several.keys()
    assert math.isfinite(one["unit_cost_index"])


@pytest.mark.parametrize(("name", "value"), OUTSIDE)
def test_outside_is_an_error_that_says_where(name: str, value: float) -> None:
    line = "base_gross_margin" if name in ("net_income", "adoption") else "eps"  # also where no line needs it
    with pytest.raises(InputError) as single:
        evaluate(plain_row(**{name: value}), [line])
    good = 0.5 if BOUNDS[name][2] == "lower" else 0.0
    with pytest.raises(InputError) as among_rows:
        evaluate(plain_row(**{name: np.array([good, value, good])}), [line])
    for error, row in ((single.value, None), (among_rows.value, 2)):
        (fault,) = [fault for fault in error.faults if fault.input == name]
        assert (fault.row, fault.value) == (row, value)
        assert fault.allowed and fault.fix
        assert name in str(error)
        assert fault.allowed in str(error)
        assert fault.fix in str(error)
    assert "row 2" in str(among_rows.value)


TIMESPAN, DATE = np.timedelta64(0, "D"), datetime.date(2026, 1, 31)


OTHER_TYPES = ["0.3", "30%", "", "text", True, False, 1j, b"0", object(), TIMESPAN, DATE]


@pytest.mark.parametrize("name", BOUNDS)
def test_other_types_are_an_error(name: str) -> None:
    for value in OTHER_TYPES:
        with pytest.raises(InputError, match=name):
            evaluate(plain_row(**{name: value}))
        with pytest.raises(InputError, match=name) as among_rows:
            evaluate(plain_row(**{name: np.array([0.5, value, 0.5], object)}))
        assert [fault.row for fault in among_rows.value.faults] == [2]


@pytest.mark.parametrize("name", BOUNDS)
def test_an_array_of_truth_values_is_an_error(name: str) -> None:
    with pytest.raises(InputError, match=name):
        evaluate(plain_row(**{name: np.array([True, False])}))


def test_thirty_is_answered_with_thirty_per_cent() -> None:
    with pytest.raises(InputError, match=r"cost_reduction is 30 .*enter 30% or 0\.3"):
        evaluate(plain_row(cost_reduction=30))


@pytest.mark.parametrize("rate", [-0.3, 1.5, 10.0])
def test_an_effective_rate_beyond_1_asks_for_a_marginal_one(rate: float) -> None:
    row = plain_row(income_tax_rate=rate)
    assert evaluate(row, ["eps"]) == evaluate({**row, "income_tax_rate": 0.2}, ["eps"])
    for blank in (None, math.nan):
        for given, place in ((blank, None), ([0.5, blank], 2)):
            with pytest.raises(InputError, match="enter a marginal_tax_rate, such as 21%") as caught:
                evaluate({**row, "marginal_tax_rate": given}, ["eps"])
            (fault,) = caught.value.faults
            assert (fault.row, fault.input, fault.value) == (place, "income_tax_rate", rate)
            assert "0 to 1 while marginal_tax_rate is blank" in str(fault)
        several = {**row, "income_tax_rate": [0.5, rate], "marginal_tax_rate": blank}
        with pytest.raises(InputError, match="row 2: income_tax_rate"):
            evaluate(several, ["eps"])
    margin = evaluate({**row, "marginal_tax_rate": None}, ["operating_margin"])  # which no tax touches
    assert margin == evaluate(row, ["operating_margin"])


def test_a_rate_in_per_cent_is_offered_as_one() -> None:
    with pytest.raises(InputError, match=r"enter 21% or 0\.21"):
        evaluate(plain_row(income_tax_rate=21))
    with pytest.raises(InputError, match=r"or 5% if that is meant"):
        evaluate(plain_row(income_tax_rate=5, marginal_tax_rate=None))


REQUIRED = [
    name
    for name in (*oracle.EXPOSURES[:-1], *oracle.LEVERS)
    if name != "training_cost_reduction"
]  # fmt: skip


@pytest.mark.parametrize("name", REQUIRED)
@pytest.mark.parametrize("form", ["left out", "None", "nan", "nan in one row", "None in one row"])
def test_a_missing_lever_or_exposure_is_an_error(name: str, form: str) -> None:
    row = plain_row()
    if form == "left out":
        del row[name]
    else:
        blank = None if "None" in form else math.nan
        row[name] = [0.5, blank] if "row" in form else blank
    with pytest.raises(InputError, match=name) as caught:
        evaluate(row, ["eps"])
    assert [fault.row for fault in caught.value.faults] == [2 if "row" in form else None]


@pytest.mark.parametrize("name", REQUIRED)
def test_only_what_the_lines_need_is_required(name: str) -> None:
    row = plain_row()
    del row[name]
    expected = oracle.evaluate(plain_row())
    available = ["base_gross_margin", "base_operating_income", "base_eps"]
    assert evaluate(row, available) == {line: expected[line] for line in available}
    rows = evaluate({**row, "revenue": [0.5, 0.5]}, available)
    for line in available:
        assert list(rows[line]) == [expected[line]] * 2


def test_defaults_of_blanks() -> None:
    for form in (None, math.nan, [math.nan, math.nan], [None, None]):
        row = plain_row(cost_reduction=0.4, training_cost_share=0.5, credibility=1.0, adoption=1.0)
        row.update(income_tax_rate=0.25, training_cost_reduction=0.4, marginal_tax_rate=0.25)
        full = oracle.evaluate({**row, "one_off_net_income": 0.0})
        row.update(training_cost_reduction=form, marginal_tax_rate=form, one_off_net_income=form)
        for name, value in evaluate(row, EVERYTHING).items():
            assert np.ravel(value)[-1] == pytest.approx(full[name], rel=1e-12, abs=1e-12), (name, form)
    # row by row where only some are blank
    row.update(training_cost_reduction=[math.nan, 0.0], marginal_tax_rate=[math.nan, 1.0])
    result = evaluate(row, ["effective_training_reduction", "scenario_net_income", "base_net_income"])
    assert list(result["effective_training_reduction"]) == [0.4, 0.0]
    assert result["scenario_net_income"][1] == result["base_net_income"][1]


@pytest.mark.parametrize(("typed", "meant"), [("cost_reducton", "cost_reduction"), ("Revenue", "revenue")])
def test_unknown_inputs_are_refused_with_a_suggestion(typed: str, meant: str) -> None:
    for value in (0.1, np.array([0.1, 0.2])):
        with pytest.raises(InputError, match=f"{typed}.*did you mean {meant}"):
            evaluate(plain_row(**{typed: value}))


def test_lines_come_in_the_order_asked_for() -> None:
    assert list(evaluate(plain_row(), ["eps", "gross_margin", "eps"])) == ["eps", "gross_margin"]
    assert list(evaluate(plain_row(), "gross_margin")) == ["gross_margin"]
    assert list(evaluate(plain_row())) == list(LINES)
    assert evaluate(plain_row(), []) == {}


def test_unknown_lines_are_refused_with_a_suggestion() -> None:
    with pytest.raises(InputError, match=r"gros_margin.*did you mean gross_margin"):
        evaluate(plain_row(), ["gros_margin"])
    for odd in (3, ["eps"], None):
        with pytest.raises(InputError, match="lines"):
            evaluate(plain_row(), ["eps", odd])
    with pytest.raises(InputError, match="bridge_operating_income_price_cut"):
        evaluate(plain_row(), ["bridge_operating_income_price_cuts"])


@pytest.mark.parametrize(
    "names",
    [
        ("inference_cost_share", "ai_supply_cost_share"),
        ("ai_revenue_share", "ai_supply_revenue_share", "seat_revenue_share"),
    ],
)
def test_joint_limits(names: tuple[str, ...]) -> None:
    for order in (names, names[::-1]):
        just, over = 0.5 + 0.9e-12, 0.5 + 1.1e-12
        within = {**dict.fromkeys(names, 0.0), order[0]: 0.5, order[1]: just}
        beyond = {**within, order[1]: over}
        assert evaluate(plain_row(**within))
        assert evaluate(plain_row(**{**within, order[1]: [0.1, just]}))
        for bad, row in ((beyond, None), ({**beyond, order[1]: [0.1, over]}, 2)):
            with pytest.raises(InputError) as caught:
                evaluate(plain_row(**bad))
            assert {fault.row for fault in caught.value.faults} == {row}
            assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize("blank", [math.nan, [math.nan, math.nan]])
@pytest.mark.parametrize("seats", [0.9, [0.05, 0.9]])
def test_joint_limits_hold_beside_a_blank_that_no_line_needs(blank: object, seats: object) -> None:
    row = {"revenue": 2.0, "cost_of_revenue": 1.0, "ai_revenue_share": blank}
    with pytest.raises(InputError, match=r"ai_supply_revenue_share \+ seat_revenue_share is 1\.8"):
        evaluate({**row, "ai_supply_revenue_share": 0.9, "seat_revenue_share": seats}, ["base_gross_margin"])


def test_every_fault_is_counted_and_ten_are_shown() -> None:
    values = np.zeros(100_000)
    values[::4] = 2.0
    with pytest.raises(InputError) as caught:
        evaluate(plain_row(adoption=values))
    assert [fault.row for fault in caught.value.faults] == list(range(1, 100_001, 4))
    assert len(str(caught.value).splitlines()) == 11
    assert "25000 in all" in str(caught.value)


def test_a_scenario_that_leaves_no_revenue_is_an_error() -> None:
    # all revenue by seat, lost to the last digit: only rounding gets there
    row = plain_row(seat_revenue_share=1.0, seat_erosion=2.0, credibility=1.0, adoption=1.0)
    reduction = math.nextafter(1, 0)
    for line in ("gross_margin", "scenario_revenue", "eps", "bridge_operating_margin_unit_cost"):
        with pytest.raises(InputError, match="scenario_revenue is 0") as single:
            evaluate({**row, "cost_reduction": reduction}, [line])
        with pytest.raises(InputError, match="row 2: scenario_revenue is 0") as among_rows:
            evaluate({**row, "cost_reduction": [0.1, reduction, 0.2]}, [line])
        assert [fault.row for fault in single.value.faults + among_rows.value.faults] == [None, 2]
    change = evaluate({**row, "cost_reduction": reduction}, ["seat_revenue_change"])
    assert change == {"seat_revenue_change": -row["revenue"]}


@pytest.mark.parametrize("bad", [math.nan, math.inf, -0.1])
@pytest.mark.parametrize("row", [0, 65_535, 65_536, 299_999])
def test_one_bad_row_of_many_is_found(bad: float, row: int) -> None:
    values = np.full(300_000, 0.5)
    values[row] = bad
    with pytest.raises(InputError) as caught:
        evaluate(plain_row(adoption=values), ["eps"])
    assert [(fault.row, fault.input) for fault in caught.value.faults] == [(row + 1, "adoption")]


def test_faults_of_several_inputs_come_together() -> None:
    with pytest.raises(InputError) as caught:
        evaluate(plain_row(adoption=2.0, credibility=-1.0, revenue=0.0))
    assert {fault.input for fault in caught.value.faults} == {"adoption", "credibility", "revenue"}


def test_shapes_that_do_not_broadcast_are_refused() -> None:
    with pytest.raises(InputError, match="broadcast"):
        evaluate(plain_row(adoption=[0.1, 0.2], credibility=[0.1, 0.2, 0.3]))
    with pytest.raises(InputError, match="adoption"):
        evaluate(plain_row(adoption=[[0.1, 0.2], [0.3]]))


@pytest.mark.parametrize("value", [np.array([1j]), np.array([0.5 + 0j, 0.5]), np.array([1, 2], "m8[D]")])
def test_arrays_of_other_types_are_an_error(value: np.ndarray) -> None:
    with pytest.raises(InputError, match="credibility"):
        evaluate(plain_row(credibility=value))


@pytest.mark.parametrize("value", [Decimal("0.25"), Fraction(1, 4)])
def test_exact_numbers_are_numbers(value: object) -> None:
    for given in (value, [value, 0.25]):
        result = evaluate(plain_row(cost_reduction=given, credibility=1, adoption=1), ["unit_cost_index"])
        assert np.all(result["unit_cost_index"] == 0.75)


@pytest.mark.parametrize("value", [10**400, -(10**400)], ids=["positive", "negative"])
def test_integers_beyond_floats_are_outside(value: int) -> None:
    with pytest.raises(InputError, match="net_income"):
        evaluate(plain_row(net_income=value))
    with pytest.raises(InputError, match="net_income"):
        evaluate(plain_row(net_income=[1, value]))
