"""The parts of which likeness is made, and how much each counts.

A track has one place in every part, a vector of length 1, that depends on this track alone: what joins the
library later moves nothing. The numbers in ``parts.npz`` were fitted once to music that is not shipped
(``python -m training.neighbours`` makes them anew, docs/neighbours.md tells how).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.features.descriptors import DESCRIPTORS_VERSION
from tunelens.library.neighbours import measures
from tunelens.library.neighbours.measures import Float32, Measures

INPUTS: dict[str, tuple[str, ...]] = {
    "embedding": tuple(measures.NETS),
    "timbre": measures.TIMBRE,
    "rhythm": ("tempo", "danceability", *measures.RHYTHM),
    "harmony": ("fifths_x", "fifths_y", "mode", *measures.DEGREES, *measures.HARMONY),
    "energy": ("loudness", "range", "energy", "dynamics", *measures.ENERGY),
}
PARTS = tuple(INPUTS)
FILE = Path(__file__).with_name("parts.npz")
METHOD = 1
"""Raised whenever `Part.place` would put a track elsewhere."""

_FARTHEST = 4.0
_LEAST_KNOWN = 0.5
_MOST = 1e6


@dataclass(frozen=True)
class Weights:
    """How much each part counts; only the ratios matter.

    Parameters
    ----------
    embedding : float
        What pretrained nets hear: style, instruments, voices, mood.
    timbre : float
        Colour of the sound: cepstrum, spectral contrast, brightness, noise.
    rhythm : float
        Tempo, danceability, how notes begin.
    harmony : float
        Key on the circle of fifths, mode, which degrees sound and how they change.
    energy : float
        Loudness, its range, intensity.

    Raises
    ------
    ParameterError
        A weight is negative or not finite, or all are 0.
    """

    embedding: float = 1.0
    timbre: float = 0.1
    rhythm: float = 0.1
    harmony: float = 0.1
    energy: float = 0.1

    def __post_init__(self) -> None:
        for name, weight in zip(PARTS, astuple(self), strict=True):
            if not (isfinite(weight) and 0 <= weight <= _MOST):
                raise ParameterError(f"the weight of {name} is {weight:g}; 0 to {_MOST:g} is allowed")
        if not any(astuple(self)):
            raise ParameterError("every weight is 0", hint="give at least one part a weight above 0")

    @classmethod
    def parse(cls, items: Iterable[str]) -> Self:
        """Read ``part=number`` items; parts that are not named keep their usual weight.

        Raises
        ------
        ParameterError, UnknownNameError
            An item is no weight, or names no part.

        Examples
        --------
        >>> Weights.parse(["rhythm=2", "harmony=0"]).rhythm
        2.0
        """
        given: dict[str, float] = {}
        for item in items:
            name, _, number = item.partition("=")
            if name not in PARTS:
                raise UnknownNameError.among("part", name, PARTS)
            try:
                given[name] = float(number)
            except ValueError:
                raise ParameterError(f"the weight {item!r} is no number", hint=f"write {name}=0.5") from None
        return cls(**given)

    def to_dict(self) -> dict[str, float]:
        """Return the weights by part."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class Part:
    """One part: standardise, turn, bring to length 1.

    Parameters
    ----------
    name : str
        One of `PARTS`.
    mean, scale : ndarray of float32, shape (k,)
        Of its inputs.
    basis : ndarray of float32, shape (k, d)
        Principal directions, scaled so that a usual track has length 1.
    lift : float
        A constant that is put beside the d coordinates, so that near the middle distance counts and not
        direction alone; 0 for none.
    likeness : ndarray of float32, shape (101,)
        Percentiles of the cosine of pairs of different tracks.
    """

    name: str
    mean: Float32
    scale: Float32
    basis: Float32
    lift: float
    likeness: Float32

    @property
    def dim(self) -> int:
        """Coordinates of a place."""
        return self.basis.shape[1] + (self.lift > 0)

    def place(self, table: Measures) -> Float32:
        """Return where tracks lie, shape (n, dim), rows of length 1; 0 where too little is known.

        Sums are in float64, so that a row comes out the same alone and in a batch.
        """
        X = table.take(INPUTS[self.name]).astype(np.float64)
        known = np.isfinite(X)
        Z = np.where(known, (np.where(known, X, 0) - self.mean) / self.scale, 0)
        Y = np.clip(Z, -_FARTHEST, _FARTHEST) @ self.basis
        if self.lift:
            Y = np.concatenate([Y, np.full((len(Y), 1), self.lift, Y.dtype)], axis=1)
        Y[known.mean(axis=1) < _LEAST_KNOWN] = 0
        length = np.linalg.norm(Y, axis=1, keepdims=True)
        return (Y / np.where(length > 0, length, 1)).astype(np.float32)


@lru_cache(maxsize=1)
def all_parts() -> tuple[Part, ...]:
    """Return the parts, in the order of `PARTS`."""
    with np.load(FILE, allow_pickle=False) as held:
        return tuple(
            Part(
                name,
                mean=held[f"{name}.mean"],
                scale=held[f"{name}.scale"],
                basis=held[f"{name}.basis"],
                lift=float(held[f"{name}.lift"]),
                likeness=held[f"{name}.likeness"],
            )
            for name in PARTS
        )


@lru_cache(maxsize=1)
def space_version() -> str:
    """Return a text that changes whenever a track would get another place."""
    what = (METHOD, Weights(), INPUTS, measures.NETS, DESCRIPTORS_VERSION)
    return hashlib.sha256(repr(what).encode() + FILE.read_bytes()).hexdigest()[:16]


def spans() -> dict[str, slice]:
    """Return which coordinates of a place belong to which part."""
    ends = np.cumsum([part.dim for part in all_parts()]).tolist()
    return {part.name: slice(end - part.dim, end) for part, end in zip(all_parts(), ends, strict=True)}


def dimension() -> int:
    """Return how many coordinates a place has."""
    return sum(part.dim for part in all_parts())


def places(table: Measures, weights: Weights) -> Float32:
    """Return the places of tracks, shape (n, dimension()).

    Rows have length 1, so that the dot product of two is the weighted mean of the cosines of their parts; a
    part that one of them lacks counts as neither alike nor unlike. A row of which nothing is known is 0.
    """
    blocks = [part.place(table) for part in all_parts()]
    return weighted(np.concatenate(blocks, axis=1), weights)


def weighted(X: Float32, weights: Weights, before: Weights | None = None) -> Float32:
    """Return rows with other weights, of length 1.

    Parameters
    ----------
    X : ndarray of float32, shape (n, dimension())
        Places, or parts of length 1 beside each other.
    weights : Weights
    before : Weights, optional
        What the rows were weighted with; a part that had the weight 0 cannot come back.
    """
    Y = X * _column_scale(weights, before)
    length = np.sqrt(np.einsum("nd,nd->n", Y, Y))[:, None]
    return (Y / np.where(length > 0, length, 1)).astype(np.float32)


def _column_scale(weights: Weights, before: Weights | None) -> NDArray[np.float32]:
    new = np.array(astuple(weights), np.float32)
    old = np.array(astuple(before), np.float32) if before else np.ones_like(new)
    ratio = np.sqrt(np.divide(new, old, out=np.zeros_like(new), where=old > 0))
    return np.repeat(ratio, [part.dim for part in all_parts()])
