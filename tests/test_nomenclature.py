"""docs/model.md shows the model as the code has it, and every name on it."""

from __future__ import annotations

import re

from xlplugin.model.inputs import INPUTS
from xlplugin.model.nomenclature import equation, renewed
from xlplugin.model.plan import FUNCTIONS


def test_the_page_is_what_the_code_says(project):
    page = (project / "docs" / "model.md").read_text(encoding="utf-8")
    assert renewed(page) == page, "run: python docs/regenerate.py"


def test_the_page_names_every_input_and_line(project):
    page = (project / "docs" / "model.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE))
    assert rows == {*INPUTS, *FUNCTIONS}


def test_an_equation_reads_as_the_model_states_it():
    assert equation("usage_index") == "unit_cost_index^(-rebound_elasticity)"
    assert equation("scenario_net_income") == (
        "base_net_income+operating_income_change*(1-marginal_tax_rate)"
    )
