"""Samplers of standard variates: the same for the same seed, in whatever pieces they are made.

Draws come in chunks of 65,536 numbered from 0. With PCG64 (the default) every input has a stream of
its own in every chunk, seeded by (seed, chunk, input), so that any chunk can be made anywhere and an
input more or less leaves the others' draws as they are. Sobol' points are one scrambled sequence, of
which a chunk is a stretch.

Rank correlation is a Gaussian copula: a rank (Spearman) correlation r becomes the correlation
2 sin(pi r / 6) of standard normal variates, which are turned into each input's own distribution.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xlplugin.model.errors import CellError, Fault, InputError, refuse_unknown
from xlplugin.model.messages import Typed, message
from xlplugin.model.plan import MODEL_INPUTS

Array = NDArray[np.float64]

#: Draws of a chunk. Another number would be other draws.
CHUNK = 65_536


@dataclass(frozen=True)
class Copula:
    """Inputs whose ranks hang together, and the lower triangle that mixes their normal variates."""

    names: tuple[str, ...] = ()
    factor: Array | None = None

    def mixed(self, normals: Sequence[Array], natives: Mapping[str, str]) -> dict[str, Array]:
        """Return the native variates of independent normal ones, one array for each of ``names``."""
        from scipy.special import ndtr

        found = {}
        # row by row, in a fixed order: a matrix product may add in another order on another machine
        for i, name in enumerate(self.names):
            variate = np.zeros(len(normals[0]))
            for k in range(i + 1):
                variate += self.factor[i, k] * normals[k]  # type: ignore[index]
            found[name] = ndtr(variate) if natives[name] == "uniform" else variate
        return found


@dataclass(frozen=True)
class Sampler(ABC):
    """Draws of inputs, of which ``natives`` says whether they want uniform or standard normal variates."""

    natives: Mapping[str, str]
    seed: int
    copula: Copula
    name: ClassVar[str]

    @abstractmethod
    def chunk(self, number: int) -> dict[str, Array]:
        """Return the native variates of a whole chunk by input."""

    @abstractmethod
    def made_ahead(self, count: int) -> Iterator[dict[str, Array] | None]:
        """Yield chunks 0 .. in order where that is quicker; None where any thread may make its own."""


class Streams(Sampler):
    """PCG64, a stream for each chunk and input."""

    name = "pcg64"

    def chunk(self, number: int) -> dict[str, Array]:
        found = {}
        for name, native in self.natives.items():
            if name not in self.copula.names:
                stream = self._stream(number, name)
                found[name] = stream.random(CHUNK) if native == "uniform" else stream.standard_normal(CHUNK)
        normals = [self._stream(number, name).standard_normal(CHUNK) for name in self.copula.names]
        return found | self.copula.mixed(normals, self.natives)

    def made_ahead(self, count: int) -> Iterator[dict[str, Array] | None]:
        yield from [None] * count

    def _stream(self, number: int, name: str) -> np.random.Generator:
        key = (number, MODEL_INPUTS.index(name))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))


class Sobol(Sampler):
    """One scrambled Sobol' sequence, each input a dimension."""

    name = "sobol"

    def chunk(self, number: int) -> dict[str, Array]:
        engine = self._engine()
        if number:
            engine.fast_forward(number * CHUNK)
        return self._variates(engine)

    def made_ahead(self, count: int) -> Iterator[dict[str, Array] | None]:
        engine = self._engine()
        for _ in range(count):
            yield self._variates(engine)

    def _engine(self) -> Any:
        from scipy.stats.qmc import Sobol as Sequence

        return Sequence(len(self.natives), scramble=True, bits=32, rng=np.random.default_rng(self.seed))

    def _variates(self, engine: Any) -> dict[str, Array]:
        from scipy.special import ndtri

        points = engine.random(CHUNK) + 2.0**-33  # in the middle of cells of 32 bits: never 0 or 1
        columns = dict(zip(self.natives, points.T, strict=True))
        found = {
            name: columns[name] if native == "uniform" else ndtri(columns[name])
            for name, native in self.natives.items()
            if name not in self.copula.names
        }
        return found | self.copula.mixed([ndtri(columns[name]) for name in self.copula.names], self.natives)


#: Ways of sampling, the default first.
SAMPLERS: dict[str, type[Sampler]] = {kind.name: kind for kind in (Streams, Sobol)}


def sampler(name: str, natives: Mapping[str, str], seed: int, copula: Copula) -> Sampler:
    """Return the named sampler. Raises InputError for another name."""
    refuse_unknown("sampling", name, SAMPLERS)
    return SAMPLERS[name](natives, seed, copula)


def copula(correlation: Any, drawn: Mapping[str, Any]) -> Copula:
    """Return the :class:`Copula` of rank correlations: (input, input) -> number, or a square frame.

    Raises InputError for an input that is not ``drawn``, a correlation outside -1 .. 1, and a matrix
    that is not positive definite.
    """
    pairs = _pairs(correlation)
    names = [name for name in drawn if any(name in pair for pair in pairs)]
    faults = []
    for (a, b), value in pairs.items():
        for name in {a, b} - set(drawn):
            allowed = ", ".join(drawn)
            faults.append(Fault(None, "correlation", name, allowed, "it is not drawn", CellError.WRONG_TYPE))
        if not -1 < value < 1:
            fix = message("change that of {a} and {b}", a=Typed(a), b=Typed(b))
            faults.append(Fault(None, "correlation", value, "above -1 to below 1", fix))
    if faults:
        raise InputError(faults)
    if not names:
        return Copula()
    matrix = np.eye(len(names))
    for (a, b), value in pairs.items():
        i, k = names.index(a), names.index(b)
        matrix[i, k] = matrix[k, i] = 2 * math.sin(math.pi * value / 6)
    smallest = float(np.linalg.eigvalsh(matrix).min())
    if smallest <= 1e-10:
        weaken = "it is not positive definite, so no inputs can hang together like that: weaken a pair"
        raise InputError.outside(
            "correlation", message("smallest eigenvalue {smallest:.3g}", smallest=smallest), weaken, "above 0"
        )
    return Copula(tuple(names), np.linalg.cholesky(matrix).astype(np.float64))


def _pairs(correlation: Any) -> dict[tuple[str, str], float]:
    if correlation is None:
        return {}
    if hasattr(correlation, "columns"):
        names = [str(name) for name in correlation.columns]
        if [str(name) for name in correlation.index] != names or not np.allclose(correlation, correlation.T):
            fix = "give a square, symmetric table with the same names down and across"
            raise InputError.wrong("correlation", "table", fix)
        given = {(a, b): correlation.loc[a, b] for i, a in enumerate(names) for b in names[i + 1 :]}
    else:
        given = dict(correlation)
    pairs: dict[tuple[str, str], float] = {}
    for (a, b), value in given.items():
        if a == b or (a, b) in pairs or (b, a) in pairs:
            raise InputError.wrong("correlation", f"{a}, {b}", "give each pair of two different inputs once")
        pairs[a, b] = float(value)
    return pairs
