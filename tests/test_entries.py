"""What entries mean: the table of cases in Python, and what one entry alone cannot show."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from entry_cases import CASES, HOSTS, NA, NEVER, NUM, VALUE, Case, at_host
from hypothesis import given, settings
from hypothesis import strategies as st

from xlplugin.entries import meaning as entries
from xlplugin.model import domains
from xlplugin.model.errors import CellError, InputError
from xlplugin.model.inputs import INPUTS


def meaning(value, name, **options):
    """Return what ``number`` says: its number, None, or the kind of error and the message."""
    try:
        return entries.number(value, name, **options), ""
    except InputError as error:
        (fault,) = error.faults
        return fault.error, str(error)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_entry_means(case: Case) -> None:
    found, message = meaning(case.value, case.name, row=7, decimal=case.decimal)
    assert found == case.expected and type(found) is type(case.expected)
    assert math.copysign(1, found) == (-1 if found < 0 else 1) if isinstance(found, float) else True
    for words in case.says:
        assert words in message
    if isinstance(found, CellError):
        assert message.startswith(f"row 7: {case.name} is ")
        assert len(message) < 400


@pytest.mark.parametrize("host", HOSTS)
def test_entry_means_the_same_as_it_arrives_from_a_host(host: str) -> None:
    for case, value, expected in at_host(host):
        if value is not NEVER:
            assert meaning(value, case.name, decimal=case.decimal)[0] == expected, case.id


def test_cases_are_many_and_told_apart() -> None:
    assert len(CASES) >= 120
    assert len({case.id for case in CASES}) == len(CASES)


NUMPY = [
    (np.float64(0.3), 0.3),
    (np.float32(0.5), 0.5),
    (np.longdouble(0.5), 0.5),
    (np.int64(0), 0.0),
    (np.uint8(30), NUM),
    (np.float32("nan"), None),
    (np.float64("inf"), NUM),
    (np.longdouble("1e400"), NUM),
    (np.True_, VALUE),
    (np.str_("30%"), 0.3),
    (np.bytes_(b"30%"), VALUE),
    (np.complex128(0.3), VALUE),
    (np.array(0.3), 0.3),
    (np.array([0.3]), 0.3),
    (np.array([[0.3]]), 0.3),
    (np.array(["0,3"], object), 0.3),
    (np.array([None]), None),
    (np.array([True]), VALUE),
    (np.array([0.1, 0.2]), VALUE),
    (np.array([]), VALUE),
    (np.ma.masked, None),
    (np.datetime64("2025-01-01", "ns"), VALUE),
    (np.timedelta64(1, "D"), VALUE),
    (np.datetime64("NaT"), None),
    (np.array(["NaT"], "datetime64[s]"), None),
    (pd.NA, None),
    (pd.NaT, None),
    (pd.Timestamp("2025-01-01"), VALUE),
    (pd.Timedelta(days=1), VALUE),
    (pd.Period("2025"), VALUE),
    (pd.Series([0.3]), 0.3),
    (pd.Series([0.1, 0.2]), VALUE),
    (pd.DataFrame({"a": [0.1]}), VALUE),
]


@pytest.mark.parametrize(("value", "expected"), NUMPY, ids=lambda value: repr(value)[:40])
def test_numbers_of_numpy_and_pandas(value, expected) -> None:
    found, _ = meaning(value, "cost_reduction")
    assert found == expected and type(found) is type(expected)


def test_column_of_entries() -> None:
    column = [0.1, "20%", None, 30, np.float32(0.5), True, "", -0.0, math.nan, 0]
    found, faults = entries.numbers(column, "cost_reduction", first_row=5)
    np.testing.assert_array_equal(
        found, [0.1, 0.2, math.nan, math.nan, 0.5, math.nan, math.nan, 0, math.nan, 0]
    )
    assert [(fault.row, fault.error) for fault in faults] == [(8, NUM), (10, VALUE)]
    assert not np.signbit(found[7])


def test_column_with_decimal_commas() -> None:
    assert entries.numbers(["1,234", "1.234,5"], "revenue", decimal=",") == ([1.234, 1234.5], [])


#: By input: the smallest and largest values inside, and the nearest ones outside (rest: no limit).
EDGES = {
    "revenue": (5e-324, 0.0),
    "diluted_shares": (5e-324, 0.0),
    "cost_of_revenue": (0.0, -5e-324),
    "adoption": (1.0, 1.0000000000000002),
    "inference_cost_share": (0.0, -5e-324),
    "income_tax_rate": (-10.0, -10.000000000000002),
    "marginal_tax_rate": (1.0, 1.0000000000000002),
    "reference_share_price": (5e-324, 0.0),
    "cost_reduction": (0.9999999999999999, 1.0),
    "training_cost_reduction": (-1.0, -1.0000000000000002),
    "seat_erosion": (2.0, 2.0000000000000004),
    "annual_decline": (0.9999999999999999, 1.0),
    "revenue_growth": (-0.9999999999999999, -1.0),
    "years": (50.0, 50.00000000000001),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges_of_the_domain(name: str) -> None:
    inside, outside = EDGES[name]
    assert domains.check(inside, name) is None
    fault = domains.check(outside, name, row="Salesforce")
    assert fault is not None and fault.error is NUM
    assert str(fault).startswith(f"Salesforce: {name} is ")


def test_blank_is_no_fault_and_infinity_always_is() -> None:
    for name in [*INPUTS, "target"]:
        assert domains.check(math.nan, name) is None
        assert domains.check(math.inf, name) is not None
        assert domains.check(-math.inf, name) is not None


def test_shares_of_one_whole() -> None:
    shares = {"inference_cost_share": 0.7, "ai_supply_cost_share": 0.5, "ai_revenue_share": 0.9}
    (fault,) = domains.joint_faults(shares, row=3)
    message = str(fault)
    assert fault.value == pytest.approx(1.2) and fault.error is NUM
    for words in ("row 3: inference_cost_share + ai_supply_cost_share is 1.2", "cost of revenue", "0.7"):
        assert words in message
    whole = {"ai_revenue_share": 0.5, "ai_supply_revenue_share": 0.3, "seat_revenue_share": 0.3}
    (fault,) = domains.joint_faults(whole)
    assert "ai_revenue_share + ai_supply_revenue_share + seat_revenue_share is 1.1" in str(fault)
    assert len(domains.joint_faults(shares | whole)) == 2


def test_shares_that_just_fit() -> None:
    assert domains.joint_faults({"inference_cost_share": 0.5, "ai_supply_cost_share": 0.5 + 9e-13}) == []
    assert domains.joint_faults({"inference_cost_share": 0.5, "ai_supply_cost_share": 0.5 + 2e-12}) != []
    assert domains.joint_faults({"ai_revenue_share": 1.0, "seat_revenue_share": math.nan}) == []
    assert domains.joint_faults({"ai_revenue_share": 1.0, "seat_revenue_share": None}) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Salesforce\u00a0", "Salesforce"),
        ("\ufeffMeta", "Meta"),
        ("", None),
        (" ", None),
        (None, None),
        (math.nan, None),
        (pd.NA, None),
        (2025, "2025"),
        (2025.0, "2025"),
        (np.int64(2025), "2025"),
        (0.5, "0.5"),
        ("nan", "nan"),
        ("30%", "30%"),
    ],
)
def test_names(value, expected) -> None:
    assert entries.text(value) == expected


@pytest.mark.parametrize(
    ("value", "error"),
    [(True, VALUE), (pd.Timestamp("2025-05-01"), VALUE), (["a"], VALUE), ("#N/A", NA), (NUM, NA)],
)
def test_what_is_no_name(value, error) -> None:
    with pytest.raises(InputError) as caught:
        entries.text(value, "scenario", row=2)
    assert caught.value.faults[0].error is error
    assert str(caught.value).startswith("row 2: scenario is ")


def test_names_match_without_regard_to_case_and_blanks() -> None:
    same = ["Meta Platforms", " META  PLATFORMS ", "meta\u00a0platforms", "\uff2deta Platforms\u200b"]
    assert {entries.key(name) for name in same} == {"meta platforms"}
    assert entries.key("Straße") == entries.key("STRASSE")
    assert entries.key("Meta") != entries.key("Mera")


@pytest.mark.parametrize(
    ("texts", "delimiter", "sign"),
    [
        (["Salesforce", "0,3", "41525"], ";", ","),
        (["12,5 %"], ";", ","),
        (["1.234,5"], ";", ","),
        (["-0,3"], ";", ","),
        (["1,234"], ";", None),
        (["1,234", "0,3"], ";", ","),
        (["0.3"], ";", "."),
        (["0.3", "0,3"], ";", None),
        (["1.234", "0,3"], ";", ","),
        (["1,234.5", "0,3"], ";", None),
        (["a note, 1,5"], ";", None),
        (["0,3"], ",", None),
        (["0,3"], "\t", None),
        ([], ";", None),
        (["36.800", "9.986"], ";", None),
        (["36.800", "0.3"], ",", "."),
        (["36.800", "0,3"], ";", ","),
        (["36.800", "30%"], ",", None),
    ],
)
def test_decimal_sign_that_a_file_shows(texts, delimiter, sign) -> None:
    assert entries.decimal_sign(texts, delimiter) == sign


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0.3", ["0.3"]),
        ("30%", ["30%"]),
        ("", [""]),
        ("0.1,0.2", ["0.1", "0.2"]),
        ("30%,50%", ["30%", "50%"]),
        ("30%, 50 %", ["30%", "50 %"]),
        ("0%,1%", ["0%", "1%"]),
        ("0.0,1.0", ["0.0", "1.0"]),
        ("0,0.1", ["0", "0.1"]),
        (".1,2", [".1", "2"]),
        ("0,-1", ["0", "-1"]),
        ("0, 1", ["0", "1"]),
        ("0;1", ["0", "1"]),
        ("0,1;0,3", ["0,1", "0,3"]),
        ("1e-3,2", ["1e-3", "2"]),
        ("30%,5", ["30%", "5"]),
    ],
)
def test_pieces_of_a_list(typed, expected) -> None:
    assert entries.pieces(typed, "adoption") == expected


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("0,1", "reads as 0.1 or as 0 and 1: type 0.1, or 0.0,1.0"),
        ("0,5", "reads as 0.5 or as 0 and 5"),
        ("1,2", "reads as 1.2 or as 1 and 2"),
        ("-0,1", "reads as -0.1 or as -0 and 1"),
        ("\u22120,1", "reads as -0.1 or as -0 and 1"),
        ("0,5%", "reads as 0.5% or as 0 and 5%: type 0.5%, or 0.0,5.0%"),
        ("1,234", "reads as 1.234 or as 1 and 234"),
        ("0,1,2", "0.0,1.0,2.0 for separate values"),
        ("0,1,0,2", "0.0,1.0,0.0,2.0 for separate values"),
        ("0.1,0,2", "0,2 reads as 0.2 or as 0 and 2: type 0.2, or 0.1,0.0,2.0"),
        ("0,1e-1", "reads as 0.1e-1 or as 0 and 1e-1: type 0.1e-1, or 0.0,1.0e-1"),
        ("0.1,", "a value is empty"),
        ("0.1,,0.2", "a value is empty"),
        (";", "a value is empty"),
    ],
)
def test_pieces_that_read_as_a_decimal_comma(typed, words) -> None:
    with pytest.raises(InputError, match="adoption is ") as caught:
        entries.pieces(typed, "adoption")
    assert words in str(caught.value)
    assert caught.value.faults[0].error is VALUE


def test_what_a_refused_list_is_told_to_type_is_accepted() -> None:
    assert entries.pieces("0.0,5.0%", "adoption") == ["0.0", "5.0%"]
    assert entries.pieces("0,1", "adoption", decimal=",") == ["0,1"]
    assert entries.pieces("0,1;0,2", "adoption", decimal=",") == ["0,1", "0,2"]


def test_standard_library_alone() -> None:
    code = "import sys, xlplugin.entries.meaning; print({'numpy', 'pandas', 'openpyxl'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(), st.text("0123456789.,+-eE% \u00a0'", max_size=12)), st.sampled_from(".,"))
def test_no_text_breaks_the_reading(typed, decimal) -> None:
    found, message = meaning(typed, "cost_reduction", decimal=decimal)
    assert isinstance(found, CellError) == bool(message)
    assert not isinstance(found, float) or -1 <= found < 1


@settings(max_examples=300, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_what_a_program_writes_is_read_back(value) -> None:
    assert entries.number(repr(value), "target") == value
    assert entries.number(f"{value:.17g}".replace(".", ","), "target", decimal=",") == value


@settings(max_examples=200, deadline=None)
@given(st.integers(100_000, 10**15))
def test_grouped_amounts_are_read_back(hundredths) -> None:
    whole, rest = divmod(hundredths, 100)
    english = f"{whole:,}.{rest:02}"
    german = english.translate(str.maketrans(".,", ",."))
    assert entries.number(english, "revenue") == float(f"{whole}.{rest:02}")
    assert entries.number(german, "revenue", decimal=",") == float(f"{whole}.{rest:02}")
    assert meaning(german, "revenue")[0] is VALUE
    assert meaning(english, "revenue", decimal=",")[0] is VALUE
