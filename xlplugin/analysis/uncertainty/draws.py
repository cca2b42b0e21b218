"""Draws of uncertain inputs: the same for the same seed and version, in whatever pieces they are made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.distributions import Distribution
from xlplugin.analysis.uncertainty.fitting import KINDS, fitted
from xlplugin.analysis.uncertainty.samplers import CHUNK, Sampler, copula, sampler
from xlplugin.analysis.uncertainty.whole import whole
from xlplugin.data.dataset import Dataset
from xlplugin.data.records import Assumption
from xlplugin.data.subjects import Subject, measure_plan, subject
from xlplugin.model.errors import InputError, suggestion
from xlplugin.model.inputs import EXPOSURES, INPUTS, JOINT_LIMITS, LEVERS, REDUCTIONS, ROUNDING
from xlplugin.model.lines import LINES
from xlplugin.model.messages import message
from xlplugin.model.plan import MODEL_INPUTS, Plan

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

#: Values that are turned into an input's own distribution together.
PIECE = 8_192

#: The largest reduction of a draw: beyond it a revenue of almost nothing is all rounding.
LARGEST_REDUCTION = 0.9999

#: The largest seed: as large as any float is.
LARGEST_SEED = 10**308

#: Words for draws that leave the domain together.
JOINT = "shares of one whole above 1"


@dataclass
class Drawn:
    """Draws of one stretch: input -> values; only those inside the domain.

    ``outside`` counts the draws left out by reason (an input's name, or shares of one whole);
    ``capped`` those whose reduction was cut to an effective 99.99%.
    """

    values: dict[str, Array]
    count: int
    outside: dict[str, int] = field(default_factory=dict)
    capped: int = 0


@dataclass(frozen=True)
class Draws:
    """What is drawn for a subject: distributions by input, and the sampler that draws their variates."""

    subject: Subject
    distributions: Mapping[str, Distribution]
    sampler: Sampler

    def chunk(self, chunk: int, start: int = 0, stop: int = CHUNK, variates: Any = None) -> Drawn:
        """Return the draws ``start`` .. ``stop`` of a chunk, those outside the domain left out."""
        variates = self.sampler.chunk(chunk) if variates is None else variates
        values = {
            name: _turned(distribution, variates[name][start:stop])
            for name, distribution in self.distributions.items()
        }
        capped = _cap(values)
        keep, outside = self.inside(values, stop - start)
        if keep is not None:
            values = {name: np.ascontiguousarray(column[keep]) for name, column in values.items()}
        count = stop - start if keep is None else int(keep.sum())
        return Drawn(values, count, outside, capped)

    def rows(self, start: int, stop: int) -> Drawn:
        """Return the draws numbered ``start`` .. ``stop``, from as many chunks as they touch."""
        parts = []
        for chunk in range(start // CHUNK, -(-stop // CHUNK)):
            first = chunk * CHUNK
            parts.append(self.chunk(chunk, max(start - first, 0), min(stop - first, CHUNK)))
        values = {name: np.concatenate([part.values[name] for part in parts]) for name in self.distributions}
        outside = sum((Counter(part.outside) for part in parts), Counter[str]())
        return Drawn(values, sum(part.count for part in parts), outside, sum(part.capped for part in parts))

    def inside(
        self, values: Mapping[str, Array], count: int
    ) -> tuple[NDArray[np.bool_] | None, dict[str, int]]:
        """Return which draws are inside the domain (None: all), and how many are outside by reason."""
        keep: NDArray[np.bool_] | None = None
        outside: dict[str, int] = {}
        for reason, good in (*self._own_domains(values), *self._wholes(values, count)):
            if reason == JOINT and keep is not None:  # a draw outside by itself is not counted twice
                good = good | ~keep
            if not good.all():
                outside[reason] = outside.get(reason, 0) + count - int(good.sum())
                keep = good if keep is None else keep & good
        return keep, outside

    def _own_domains(self, values: Mapping[str, Array]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield which draws of an input are inside its domain, where its distribution may leave that."""
        for name, distribution in self.distributions.items():
            item, (low, high) = INPUTS[name], distribution.support
            if not (item.contains(low) and item.contains(high)):
                above = values[name] > item.lower if item.above_lower else values[name] >= item.lower
                below = values[name] < item.upper if item.below_upper else values[name] <= item.upper
                yield name, above & below

    def _wholes(self, values: Mapping[str, Array], count: int) -> Iterator[tuple[str, NDArray[np.bool_]]]:
        """Yield which draws leave shares of one whole within it, where they may pass it."""
        for limit in JOINT_LIMITS:
            drawn = [name for name in limit.names if name in values]
            rest = sum(self.subject.inputs[name] for name in limit.names if name not in values)
            if drawn and rest + sum(self.distributions[name].support[1] for name in drawn) > 1 + ROUNDING:
                yield JOINT, sum((values[name] for name in drawn), np.full(count, rest)) <= 1 + ROUNDING

    def fill(self, drawn: Drawn) -> dict[str, float | Array]:
        """Return every model input of drawn rows: floats where they are the same in all."""
        filled = self.subject.fill(drawn.values)
        return {name: v if isinstance(v, np.ndarray) and v.ndim else float(v) for name, v in filled.items()}


def _turned(distribution: Distribution, variates: Array) -> Array:
    values = np.empty(len(variates))
    for start in range(0, len(values), PIECE):  # pieces stay in cache
        values[start : start + PIECE] = distribution.of(variates[start : start + PIECE])
    return values


def _cap(values: dict[str, Array]) -> int:
    """Keep reductions at 99.99%, so that unit cost never reaches 0; return how many were cut."""
    capped = 0
    for name in REDUCTIONS:
        if name in values and values[name].max(initial=0.0) > LARGEST_REDUCTION:
            over = (values[name] > LARGEST_REDUCTION) & (values[name] < 1)  # from 1 up it is outside
            capped += int(over.sum())
            values[name] = np.where(over, LARGEST_REDUCTION, values[name])
    return capped


def uncertainty(
    subject: Subject,
    wanted: Plan,
    inputs: Sequence[str] | None = None,
    distribution: str | Mapping[str, Any] = "pert",
    reading: str = "bounds",
    *,
    seed: int = 1,
    sampling: str = "pcg64",
    correlation: Any = None,
) -> Draws:
    """Return the :class:`Draws` of a subject for a plan of lines.

    ``inputs`` None means every assumption that moves the lines and that nothing fixes. ``distribution``
    is a kind for all, or a mapping input -> kind, (low, base, high) or a distribution of its own; the
    others are PERT. ``correlation``: a mapping (input, input) -> rank correlation, or a square frame.
    Raises InputError for unknown names and where the matrix is not positive definite.
    """
    uncertain = subject.uncertain(wanted)
    special = dict(distribution) if isinstance(distribution, Mapping) else {}
    names = list(inputs) if inputs is not None else [*uncertain, *(n for n in special if n not in uncertain)]
    chosen: dict[str, Distribution] = {}
    for name in sorted(dict.fromkeys(names), key=_place):
        made = _distribution(subject, name, special.get(name, "pert" if special else distribution), reading)
        if made is not None:
            chosen[name] = made
    natives = {name: distribution.native for name, distribution in chosen.items()}
    return Draws(
        subject,
        chosen,
        sampler(
            sampling,
            natives,
            whole("seed", seed, 0, LARGEST_SEED, "a whole number from 0 up", "choose another"),
            copula(correlation, natives),
        ),
    )


def _place(name: str) -> int:
    if name not in (*EXPOSURES, *LEVERS):
        raise InputError.wrong("inputs", name, suggestion(str(name), (*EXPOSURES, *LEVERS)))
    return MODEL_INPUTS.index(name)


def _distribution(subject: Subject, name: str, wanted: Any, reading: str) -> Distribution | None:
    if isinstance(wanted, (tuple, list)) and len(wanted) == 3:
        low, base, high = map(float, wanted)
        return fitted(Assumption(subject.company, name, low, base, high, "judgement"), "pert", reading)
    if not isinstance(wanted, str):
        if not hasattr(wanted, "support"):
            kinds = ", ".join(KINDS)
            fix = message("give a kind ({names}), (low, base, high) or a distribution", names=kinds)
            raise InputError.wrong(name, wanted, fix)
        return wanted  # type: ignore[no-any-return]
    found = subject.assumption(name)
    if found is None:
        give = "it has no low, base and high: give (low, base, high) or a distribution"
        raise InputError.missing(name, None, give, row=subject.company)
    if name in subject.case.own and found.low <= subject.case.own[name] <= found.high:
        found = Assumption(found.company, name, found.low, subject.case.own[name], found.high, found.basis)
    return fitted(found, wanted, reading)


def draw(
    company: str,
    trials: int = 1_000,
    *,
    measures: Sequence[str] | None = None,
    inputs: Sequence[str] | None = None,
    distribution: str | Mapping[str, Any] = "pert",
    reading: str = "bounds",
    seed: int = 1,
    sampling: str = "pcg64",
    correlation: Any = None,
    scenario: str | None = None,
    levers: Mapping[str, Any] | None = None,
    fiscal_year: Any = None,
    dataset: Dataset | None = None,
) -> pd.DataFrame:
    """Return the draws themselves, one row each, with every varying input; fractions.

    Arguments as in :func:`xlplugin.analysis.uncertainty.simulation.simulate`. ``attrs`` of the frame hold
    ``outside`` (draws left out, by reason) and ``capped``.
    """
    import pandas as pd

    about = subject(company, scenario, levers, fiscal_year=fiscal_year, dataset=dataset)
    wanted = measure_plan(*(measures or LINES))
    drawn = uncertainty(
        about, wanted, inputs, distribution, reading, seed=seed, sampling=sampling, correlation=correlation
    ).rows(0, trials)
    frame = pd.DataFrame(drawn.values)
    frame.attrs |= {"outside": drawn.outside, "capped": drawn.capped}
    return frame
