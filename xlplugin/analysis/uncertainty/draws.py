"""Draws of uncertain inputs: the same for the same seed and version, in whatever pieces they are made.

Draws come in chunks of 65,536 numbered from 0. With PCG64 (the default) every input has a stream of
its own in every chunk, seeded by (seed, chunk, input), so that any chunk can be made anywhere and an
input more or less leaves the others' draws as they are. Sobol' points are one scrambled sequence, of
which a chunk is a stretch.

Rank correlation is a Gaussian copula: a rank (Spearman) correlation r becomes the correlation
2 sin(pi r / 6) of standard normal variates, which are turned into each input's own distribution.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xlplugin.analysis.uncertainty.distributions import KINDS, Distribution, fitted
from xlplugin.data.dataset import Assumption, Dataset
from xlplugin.data.subjects import Subject, measure_plan, subject
from xlplugin.model.errors import CellError, Fault, InputError, MissingExtraError, suggestion
from xlplugin.model.inputs import EXPOSURES, INPUTS, JOINT_LIMITS, LEVERS, REDUCTIONS, ROUNDING
from xlplugin.model.lines import LINES
from xlplugin.model.plan import MODEL_INPUTS, Plan
from xlplugin.model.years import LARGEST_REDUCTION

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CHUNK", "SAMPLINGS", "Drawn", "Draws", "draw", "uncertainty"]

Array = NDArray[np.float64]

#: Draws of a chunk. Another number would be other draws.
CHUNK = 65_536

#: Values that are turned into an input's own distribution together.
PIECE = 8_192

#: Ways of sampling, the default first.
SAMPLINGS = ("pcg64", "sobol")

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
    """What is drawn for a subject: distributions by input, how they hang together, and the seed."""

    subject: Subject
    distributions: Mapping[str, Distribution]
    seed: int = 1
    sampling: str = "pcg64"
    factor: Array | None = None
    correlated: tuple[str, ...] = ()

    def variates(self, chunk: int) -> dict[str, Array]:
        """Return the native variates of a whole chunk, uniform or standard normal by input."""
        if self.sampling == "sobol":
            return self._of_points(
                next_points(sobol_engine(len(self.distributions), self.seed, chunk * CHUNK), CHUNK)
            )
        found = {}
        for name, one in self.distributions.items():
            if name not in self.correlated:
                stream = self._stream(chunk, name)
                found[name] = (
                    stream.random(CHUNK) if one.native == "uniform" else stream.standard_normal(CHUNK)
                )
        if self.correlated:
            normals = np.array([self._stream(chunk, name).standard_normal(CHUNK) for name in self.correlated])
            found.update(self._correlated(normals))
        return found

    def sequence(self, chunks: int) -> Iterator[dict[str, Array]]:
        """Yield the variates of Sobol' chunks 0 .. in order, without going back to the start."""
        engine = sobol_engine(len(self.distributions), self.seed)
        for _ in range(chunks):
            yield self._of_points(next_points(engine, CHUNK))

    def _of_points(self, points: Array) -> dict[str, Array]:
        special = _scipy("special", "Sobol' draws")
        columns = dict(zip(self.distributions, points.T, strict=True))
        found = {
            name: columns[name] if one.native == "uniform" else special.ndtri(columns[name])
            for name, one in self.distributions.items()
            if name not in self.correlated
        }
        if self.correlated:
            found.update(
                self._correlated(special.ndtri(np.array([columns[name] for name in self.correlated])))
            )
        return found

    def _correlated(self, normals: Array) -> dict[str, Array]:
        special = _scipy("special", "rank correlation")
        found = {}
        # row by row, in a fixed order: a matrix product may add in another order on another machine
        for i, name in enumerate(self.correlated):
            mixed = np.zeros(normals.shape[1])
            for k in range(i + 1):
                mixed += self.factor[i, k] * normals[k]  # type: ignore[index]
            found[name] = special.ndtr(mixed) if self.distributions[name].native == "uniform" else mixed
        return found

    def _stream(self, chunk: int, name: str) -> np.random.Generator:
        key = (chunk, MODEL_INPUTS.index(name))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))

    def chunk(self, chunk: int, start: int = 0, stop: int = CHUNK, variates: Any = None) -> Drawn:
        """Return the draws ``start`` .. ``stop`` of a chunk, those outside the domain left out."""
        variates = self.variates(chunk) if variates is None else variates
        values = {name: _turned(one, variates[name][start:stop]) for name, one in self.distributions.items()}
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
        outside: dict[str, int] = {}
        for part in parts:
            for why, count in part.outside.items():
                outside[why] = outside.get(why, 0) + count
        return Drawn(values, sum(part.count for part in parts), outside, sum(part.capped for part in parts))

    def inside(
        self, values: Mapping[str, Array], count: int
    ) -> tuple[NDArray[np.bool_] | None, dict[str, int]]:
        """Return which draws are inside the domain (None: all), and how many are outside by reason."""
        keep: NDArray[np.bool_] | None = None
        outside = {}
        for name, one in self.distributions.items():
            item, (low, high) = INPUTS[name], one.support
            if item.contains(low) and item.contains(high):
                continue
            above = values[name] > item.lower if item.above_lower else values[name] >= item.lower
            below = values[name] < item.upper if item.below_upper else values[name] <= item.upper
            good = above & below
            if not good.all():
                outside[name] = count - int(good.sum())
                keep = good if keep is None else keep & good
        for limit in JOINT_LIMITS:
            drawn = [name for name in limit.names if name in values]
            rest = sum(self.subject.inputs[name] for name in limit.names if name not in values)
            if not drawn or rest + sum(self.distributions[name].support[1] for name in drawn) <= 1 + ROUNDING:
                continue
            total = np.full(count, rest)
            for name in drawn:
                total = total + values[name]
            good = total <= 1 + ROUNDING
            if keep is not None:  # a draw outside by itself is not counted twice
                good |= ~keep
            if not good.all():
                outside[JOINT] = outside.get(JOINT, 0) + count - int(good.sum())
                keep = good if keep is None else keep & good
        return keep, outside

    def fill(self, drawn: Drawn) -> dict[str, float | Array]:
        """Return every model input of drawn rows: floats where they are the same in all."""
        filled = self.subject.fill(drawn.values)
        return {name: v if isinstance(v, np.ndarray) and v.ndim else float(v) for name, v in filled.items()}


def _turned(one: Distribution, variates: Array) -> Array:
    values = np.empty(len(variates))
    for start in range(0, len(values), PIECE):  # pieces stay in cache
        values[start : start + PIECE] = one.of(variates[start : start + PIECE])
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


def sobol_engine(dimensions: int, seed: int, start: int = 0) -> Any:
    """Return a scrambled Sobol' sequence that stands at point ``start``."""
    qmc = _scipy("stats.qmc", "Sobol' draws")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # how the seed is called has changed, what it does has not
        engine = qmc.Sobol(dimensions, scramble=True, bits=32, seed=np.random.default_rng(seed))
    if start:
        engine.fast_forward(start)
    return engine


def next_points(engine: Any, count: int) -> Array:
    """Return the next points of a sequence, in the middle of their cells of 32 bits: never 0 or 1."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # any stretch of the sequence is asked for, not powers of 2
        return engine.random(count) + 2.0**-33  # type: ignore[no-any-return]


def uncertainty(
    one: Subject,
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
    uncertain = one.uncertain(wanted)
    special = dict(distribution) if isinstance(distribution, Mapping) else {}
    names = list(inputs) if inputs is not None else [*uncertain, *(n for n in special if n not in uncertain)]
    chosen: dict[str, Distribution] = {}
    for name in sorted(dict.fromkeys(names), key=_place):
        made = _distribution(one, name, special.get(name, "pert" if special else distribution), reading)
        if made is not None:
            chosen[name] = made
    if sampling not in SAMPLINGS:
        fix = suggestion(str(sampling), SAMPLINGS)
        raise InputError(Fault(None, "sampling", sampling, "", fix, CellError.WRONG_TYPE))
    names, factor = _factor(correlation, chosen)
    return Draws(one, chosen, _seed(seed), sampling, factor, tuple(names))


def _place(name: str) -> int:
    if name not in (*EXPOSURES, *LEVERS):
        fix = suggestion(str(name), (*EXPOSURES, *LEVERS))
        raise InputError(Fault(None, "inputs", name, "", fix, CellError.WRONG_TYPE))
    return MODEL_INPUTS.index(name)


def _distribution(one: Subject, name: str, wanted: Any, reading: str) -> Distribution | None:
    if isinstance(wanted, (tuple, list)) and len(wanted) == 3:
        low, base, high = map(float, wanted)
        return fitted(Assumption(one.company, name, low, base, high, "judgement"), "pert", reading)
    if not isinstance(wanted, str):
        if not hasattr(wanted, "support"):
            fix = f"give a kind ({', '.join(KINDS)}), (low, base, high) or a distribution"
            raise InputError(Fault(None, name, wanted, "", fix, CellError.WRONG_TYPE))
        return wanted  # type: ignore[no-any-return]
    found = one.assumption(name)
    if found is None:
        fix = "it has no low, base and high: give (low, base, high) or a distribution"
        raise InputError(Fault(one.company, name, None, "", fix, CellError.NOT_AVAILABLE))
    if name in one.case.own and found.low <= one.case.own[name] <= found.high:
        found = Assumption(found.company, name, found.low, one.case.own[name], found.high, found.basis)
    return fitted(found, wanted, reading)


def _seed(seed: Any) -> int:
    if (
        isinstance(seed, bool)
        or not isinstance(seed, (int, float))
        or seed != seed
        or seed < 0
        or int(seed) != seed
    ):
        raise InputError(Fault(None, "seed", seed, "a whole number from 0 up", "choose another"))
    return int(seed)


def _factor(correlation: Any, chosen: Mapping[str, Distribution]) -> tuple[list[str], Array | None]:
    """Return the correlated inputs and the lower triangle that mixes their variates."""
    pairs = _pairs(correlation)
    names = [name for name in chosen if any(name in pair for pair in pairs)]
    faults = []
    for (a, b), value in pairs.items():
        for name in (a, b):
            if name not in chosen:
                faults.append(
                    Fault(
                        None, "correlation", name, ", ".join(chosen), "it is not drawn", CellError.WRONG_TYPE
                    )
                )
        if not -1 < value < 1:
            faults.append(
                Fault(None, "correlation", value, "above -1 to below 1", f"change that of {a} and {b}")
            )
    if faults:
        raise InputError(faults)
    if not names:
        return [], None
    matrix = np.eye(len(names))
    for (a, b), value in pairs.items():
        i, k = names.index(a), names.index(b)
        matrix[i, k] = matrix[k, i] = 2 * math.sin(math.pi * value / 6)
    smallest = float(np.linalg.eigvalsh(matrix).min())
    if smallest <= 1e-10:
        fix = "it is not positive definite, so no inputs can hang together like that: weaken a pair"
        raise InputError(Fault(None, "correlation", f"smallest eigenvalue {smallest:.3g}", "above 0", fix))
    lower: Array = np.linalg.cholesky(matrix).astype(np.float64)
    return names, lower


def _pairs(correlation: Any) -> dict[tuple[str, str], float]:
    if correlation is None:
        return {}
    found: dict[tuple[str, str], float] = {}
    if hasattr(correlation, "columns"):
        names = [str(name) for name in correlation.columns]
        if [str(name) for name in correlation.index] != names or not np.allclose(correlation, correlation.T):
            fix = "give a square, symmetric table with the same names down and across"
            raise InputError(Fault(None, "correlation", "table", "", fix, CellError.WRONG_TYPE))
        entries = {(a, b): correlation.loc[a, b] for i, a in enumerate(names) for b in names[i + 1 :]}
    else:
        entries = dict(correlation)
    for (a, b), value in entries.items():
        if a == b or (a, b) in found or (b, a) in found:
            fix = "give each pair of two different inputs once"
            raise InputError(Fault(None, "correlation", f"{a}, {b}", "", fix, CellError.WRONG_TYPE))
        found[a, b] = float(value)
    return found


def _scipy(module: str, purpose: str) -> Any:
    from importlib import import_module

    try:
        return import_module(f"scipy.{module}")
    except ImportError as error:
        raise MissingExtraError("scipy", "analysis", purpose) from error


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

    one = subject(company, scenario, levers, fiscal_year=fiscal_year, dataset=dataset)
    wanted = measure_plan(*(measures or LINES))
    drawn = uncertainty(
        one, wanted, inputs, distribution, reading, seed=seed, sampling=sampling, correlation=correlation
    ).rows(0, trials)
    frame = pd.DataFrame(drawn.values)
    frame.attrs |= {"outside": drawn.outside, "capped": drawn.capped}
    return frame
