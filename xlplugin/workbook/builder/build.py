"""What every sheet stands on: dataset, choice, language, styles, names, and the what-if blocks.

How a sheet is written
----------------------
A sheet is one module with one function that takes the :class:`draft.Draft` and returns nothing::

    def results(build: Draft) -> None:
        sheet = build.sheet("results")          # titled sheet.results of texts.csv
        sheet.frame(12)                         # title, question, view; the master check in column 12
        row = sheet.heading(4, build.text("results.heading.gross_margin"), right=12)
        sheet.fill(block, "=INDEX(xlp_out_gross_margin,$C{row},{column}$5)", "percent")

and one entry, in reading order, in :data:`xlplugin.workbook.sheets.contents.SHEETS`.

* Formulas refer to other sheets by defined name (``xlp_used_revenue``), whether that sheet is built
  earlier or later; a name that nobody defines fails the build. ``{column}`` and ``{row}`` stand for the own
  column and row of each cell (:meth:`Sheet.fill` and its kin). ``sheet.block(top, left, height,
  width, "xlp_...")`` returns a :class:`Block` and defines its name.
* Styles are words: ``sheet.put(5, 3, 0.3, "input percent")`` (see :mod:`styles`).
* A cell that the analyst fills is ``sheet.blank(block, "input percent")`` plus :func:`open_cells.accept`,
  which lays the validation and registers the block for Checks; ``open_cells.checked`` writes the formula
  that takes its value or ``#N/A``.
* More columns of the model come from ``build.what_if`` (see :mod:`what_ifs`): Workings lays them,
  the asking sheet reads them by name.

Names of blocks (rows are companies with free slots, columns scenarios with free slots)
----------------------------------------------------------------------------------------
``xlp_in_*``, ``xlp_out_*``, ``xlp_companies``, ``xlp_scenarios``: the contract with programs.
``xlp_used_<input>`` (companies x 1; x scenarios for ``cost_reduction``): what counts, checked, or
``#N/A``: financials, references, exposures and levers (a lever's: own value, else assumption).
``xlp_checked_<lever>`` (1 x scenarios): the scenario's entry, ``""`` where blank, ``#N/A`` where wrong;
of your case, the first, also what its blank cell takes: ``xlp_blank_<lever>`` (one cell, where there is one).
``xlp_low_``, ``xlp_base_``, ``xlp_high_<exposure or lever>`` (companies x 1): the assumption;
``xlp_basis_<exposure or lever>`` (companies x 1): its basis, in words.
``xlp_fallback_``, ``xlp_other_year_<exposure>`` (companies x 1): 1 where ``*``/another year's counts.
``xlp_applies`` (companies x scenarios): 1 where the scenario's own reductions count.
``xlp_company_status``, ``xlp_scenario_status``: 1, or ``#N/A`` where the slot is free or at fault.
``xlp_company_flag`` (companies x 1): what is wrong with the company, in words.
``xlp_company_names`` (companies x 1), ``xlp_scenario_names``, ``xlp_scenario_labels`` (1 x scenarios): what
people read, never blank (a free slot shows its number).
``xlp_rounding``: by how much shares may pass 1.
``xlp_fallback_count``, ``xlp_own_count``, ``xlp_other_year_count`` (companies x 1): flags added up.
``xlp_general_<exposure or lever>`` (one cell): the base of ``*``.
``xlp_figures_<financial>``, ``xlp_figures_operating_income``, ``xlp_figures_diluted_eps`` (one row for
each company and year; the row of the year that counts is ``INDEX(xlp_place, company)``).
``xlp_year_used``, ``xlp_period_end``, ``xlp_currency``, ``xlp_place`` (companies x 1); ``xlp_article_place``:
the row of figures of the article's moment, ``#N/A`` where there is none.
``xlp_range_p10``, ``_p50``, ``_p90``, ``_valid``, ``_invalid`` (companies x 1): percentiles of the change of
operating margin over fixed draws under the first scenario, and how many draws count and do not;
``xlp_range_base`` the change with every assumption at its base, as the draws' lines compute it.
``xlp_check_master``: the sentence of the master check (one cell of Checks).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from xlplugin.data.dataset import Dataset
from xlplugin.data.records import ANY_COMPANY, Assumption, Figures, Scenario
from xlplugin.model.formats import sign
from xlplugin.model.inputs import INPUTS
from xlplugin.model.labels import label, labelled, meaning
from xlplugin.model.lines import UNITS
from xlplugin.model.version import __version__
from xlplugin.workbook.builder.blocks import Block
from xlplugin.workbook.builder.cells import Text
from xlplugin.workbook.builder.styles import Styles
from xlplugin.workbook.builder.texts import literal, text, translated
from xlplugin.workbook.builder.what_ifs import WhatIf

if TYPE_CHECKING:
    from xlplugin.workbook.builder.host_calls import Call, Edition

__all__ = ["FREE_COMPANIES", "FREE_SCENARIOS", "Build", "OpenCells"]

#: Companies, and scenarios, that the analyst may add in the workbook itself.
FREE_COMPANIES, FREE_SCENARIOS = 3, 2


@dataclass(frozen=True, slots=True)
class OpenCells:
    """A block of cells that the analyst fills and what may stand in them, for Checks.

    ``input`` is the input whose domain holds, or ``year``, ``name``, ``weight``, ``choice``, ``text``,
    or ``axis``: values of whatever lever stands on an axis. A choice is one of ``taken``: a block of names,
    or words by their keys; it may be left blank where it is ``optional``.
    """

    name: str
    block: Block
    input: str
    taken: str | Sequence[str] = ""
    optional: bool = False


@dataclass
class Build:
    """What the sheets of one workbook share while they are laid."""

    dataset: Dataset
    companies: tuple[str, ...]
    scenarios: tuple[Scenario, ...]
    language: str = "en"
    fiscal_year: Any = None
    workbook: Workbook = field(default_factory=Workbook)
    names: dict[str, Block] = field(default_factory=dict)
    open_cells: list[OpenCells] = field(default_factory=list)
    what_ifs: dict[str, WhatIf] = field(default_factory=dict)
    #: The host whose cells call our functions; None where there are native formulas alone.
    edition: Edition | None = None
    #: Cells that a host answers, by sheet, row and column; Python answers them while the file is written.
    calls: dict[tuple[str, int, int], Call] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.dataset = _as_texts(self.dataset)
        self.companies = tuple(Text(name) for name in self.companies)
        self.scenarios = tuple(_as_text(scenario) for scenario in self.scenarios)
        scratch = self.workbook.worksheets[0]
        self.styles = Styles(scratch)  # styles need a sheet of the workbook to hang on
        self.workbook.remove(scratch)

    # --- sizes ---

    @property
    def rows(self) -> int:
        """Companies with their free slots: the height of every block of companies."""
        return len(self.companies) + FREE_COMPANIES

    @property
    def columns(self) -> int:
        """Scenarios with their free slots: the width of every block of scenarios."""
        return len(self.scenarios) + FREE_SCENARIOS

    @property
    def listed(self) -> int:
        """How many companies stand before the labs; labs come last, then the free slots."""
        return sum(not self.dataset.is_lab(name) for name in self.companies)

    @property
    def currency(self) -> str:
        """The cell of the currency that most companies before the labs report in: money is compared in it."""
        listed = self.companies[: self.listed] or self.companies
        used = [self.dataset.figures[name, self.dataset.year(name)].currency for name in listed]
        return f"INDEX(xlp_currency,{used.index(Counter(used).most_common(1)[0][0]) + 1})"

    def on_general(self, number: str) -> str:
        """Return the condition that a company stands on general assumptions: shown, never ranked."""
        return f"INDEX(xlp_results_general,{number})=1"

    def is_lab(self, number: str) -> str:
        """Return the condition that the company with ``number`` (Excel text) is a lab."""
        return f"AND({number}>{self.listed},{number}<={len(self.companies)})"

    # --- texts ---

    def text(self, key: str, **values: object) -> str:
        """Return a text of texts.csv in the workbook's language."""
        return text(key, self.language, **values)

    def quoted(self, key: str, **values: object) -> str:
        """Return a text of texts.csv as a formula writes it, in double quotes."""
        return literal(self.text(key, **values))

    def sign(self, name: str) -> str:
        """Return a sign of figures, such as ``decimal`` or ``percent``, as a formula writes it."""
        return literal(sign(name, self.language))

    def label(self, name: str) -> str:
        """Return the short name of an input, line, bar or word."""
        return label(name, self.language)

    def meaning(self, name: str) -> str:
        """Return the one-line explanation of an input, line or bar."""
        return meaning(name, self.language)

    def unit(self, name: str) -> str:
        """Return the unit of an input, line or bar as people read it."""
        return label(f"unit:{INPUTS[name].unit if name in INPUTS else UNITS[name]}", self.language)

    def scenario_label(self, scenario: Scenario) -> str:
        """Return a scenario's label; one of the analyst's own stays as it was written.

        One that two scenarios share has the key behind it.
        """
        label = self.translated(scenario.label) or scenario.name
        shared = [one for one in self.scenarios if one.label.casefold() == scenario.label.casefold()]
        return label if len(shared) == 1 or not scenario.label else Text(f"{label} ({scenario.name})")

    def confidence(self, figures: Figures) -> str:
        """Return how sure figures are; a word of the analyst's own stays as it was written."""
        word = f"confidence:{figures.confidence}"
        return self.label(word) if labelled(word) else figures.confidence

    def translated(self, words: str) -> str:
        """Return labels, notes and sources of the shipped data in the workbook's language."""
        return translated(words, self.language)

    @property
    def footer(self) -> str:
        """What stands at the foot of every printed page."""
        return self.text("print.footer", version=__version__).replace("&", "&&")

    # --- building ---

    def title(self, key: str) -> str:
        """Return the name that the sheet ``key`` has, built or not."""
        return self.text(f"sheet.{key}")

    def define(self, name: str, block: Block) -> None:
        """Define a name for a rectangle; each name once."""
        if name in self.names:
            raise ValueError(f"{name} is defined twice")
        self.names[name] = block
        self.workbook.defined_names[name] = DefinedName(name, attr_text=block.absolute)

    def open(
        self, name: str, block: Block, input: str, taken: str | Sequence[str] = "", optional: bool = False
    ) -> None:
        """Register cells that the analyst fills; see :class:`OpenCells`."""
        self.open_cells.append(OpenCells(name, block, input, taken, optional))

    def what_if(
        self,
        key: str,
        columns: Sequence[Mapping[str, str]],
        outputs: Sequence[str],
        **kind: Any,
    ) -> WhatIf:
        """Ask Workings for one more block of model columns; ``kind`` as :class:`what_ifs.WhatIf` has it."""
        made = self.what_ifs[key] = WhatIf(key, tuple(columns), tuple(outputs), **kind)
        return made

    # --- the dataset ---

    def assumption(self, company: str | None, parameter: str) -> Assumption | None:
        """Return the company's own assumption; None where ``*`` fills, and for a free slot."""
        if company is None:
            return None
        return self.dataset.assumptions.get((company, parameter))

    def general(self, parameter: str, company: str | None = None) -> Assumption:
        """Return what counts where a company has no assumption: its business model's, else that of ``*``."""
        holders = self.dataset.fallback_holders(company) if company else (ANY_COMPANY,)
        found = (self.dataset.assumptions.get((holder, parameter)) for holder in holders)
        return next(assumption for assumption in found if assumption)


def _as_text(record: Any) -> Any:
    """Return a record of the dataset whose texts are :class:`Text`."""
    held = {name: getattr(record, name) for name in record.__slots__}
    return replace(record, **{name: Text(value) for name, value in held.items() if isinstance(value, str)})


def _as_texts(dataset: Dataset) -> Dataset:
    """Return the dataset with every text marked as such, so that no cell takes one for a formula."""
    return replace(
        dataset,
        figures={(Text(name), Text(year)): _as_text(one) for (name, year), one in dataset.figures.items()},
        assumptions={key: _as_text(one) for key, one in dataset.assumptions.items()},
        scenarios={Text(name): _as_text(one) for name, one in dataset.scenarios.items()},
        _names={},
    )
