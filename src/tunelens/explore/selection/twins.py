"""`Twins`: two clips of every song, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, UnknownNameError

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Twins:
    """Two clips of every song; row i of `a` and row i of `b` are of song i.

    Parameters
    ----------
    a, b : ndarray of float64, shape (n, d)
        Numbers of the first and of the second clip; NaN where one is missing.
    names : tuple of str
        Of the d features.
    songs : tuple of str
        Of the n songs.
    artists : tuple of str
        "" where unknown; by default nowhere known.

    Raises
    ------
    DataError
        Shapes differ, names repeat, a number is infinite, or there is no feature.

    Examples
    --------
    >>> twins = Twins(np.eye(3), np.eye(3), ("u", "v", "w"), ("1", "2", "3"))
    >>> len(twins), twins.take([0, 2]).songs, twins.only(["w"]).a[:, 0]
    (3, ('1', '3'), array([0., 0., 1.]))
    """

    a: Floats
    b: Floats
    names: tuple[str, ...]
    songs: tuple[str, ...]
    artists: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "artists", self.artists or ("",) * len(self.songs))
        shape = (len(self.songs), len(self.names))
        for clips in (self.a, self.b):
            if clips.shape != shape:
                raise DataError(f"clips have shape {clips.shape}; {shape} is needed: songs, features")
            if np.isinf(clips).any():
                raise DataError("a feature is infinite", hint="leave the song or the feature out")
        if len(self.artists) != len(self.songs):
            raise DataError(f"there are {len(self.artists)} artists and {len(self.songs)} songs")
        if not self.names or len(set(self.names)) != len(self.names):
            raise DataError("features need names, each its own")

    def __len__(self) -> int:
        return len(self.songs)

    def take(self, rows: Sequence[int] | Rows) -> Self:
        """Return some of the songs, in the order asked for."""
        at = np.asarray(rows, np.intp)
        return replace(
            self,
            a=self.a[at],
            b=self.b[at],
            songs=tuple(self.songs[i] for i in at),
            artists=tuple(self.artists[i] for i in at),
        )

    def only(self, names: Sequence[str]) -> Self:
        """Return the songs with some of the features.

        Raises
        ------
        UnknownNameError
            There is no such feature.
        """
        at = np.flatnonzero(self.mask(names))
        chosen = tuple(self.names[i] for i in at)
        return replace(self, a=self.a[:, at], b=self.b[:, at], names=chosen)

    def mask(self, names: Sequence[str]) -> NDArray[np.bool_]:
        """Return which of the features are named, bool of shape (d,).

        Raises
        ------
        UnknownNameError
            There is no such feature.
        """
        for name in names:
            if name not in self.names:
                raise UnknownNameError.among("feature", name, self.names)
        return np.isin(self.names, list(names))

    def groups(self, by: str = "song") -> Rows:
        """Return a number per song, the same for songs that must stay on one side of a split.

        Parameters
        ----------
        by : {"song", "artist"}
            A song whose artist is unknown is a group of its own.
        """
        keys = [artist or f"\0{i}" for i, artist in enumerate(self.artists)]
        if by == "song":
            return np.arange(len(self))
        return np.unique(keys, return_inverse=True)[1].astype(np.intp)


@dataclass(frozen=True, eq=False)
class Standard:
    """Mean and deviation of every feature over the clips of some songs.

    Parameters
    ----------
    mean, scale : ndarray of float64, shape (d,)
        `scale` is infinite where a feature is constant or never known: it then says nothing, for every song.

    Examples
    --------
    >>> twins = Twins(np.array([[0.0, 5], [2, 5]]), np.array([[0.0, 5], [2, 5]]), ("u", "v"), ("1", "2"))
    >>> Standard.of(twins).apply(twins)[:2]
    array([[-1.,  0.],
           [ 1.,  0.]])
    """

    mean: Floats
    scale: Floats

    @classmethod
    def of(cls, twins: Twins) -> Self:
        """Measure the clips of `twins`: of training songs, never of those held out."""
        clips = np.concatenate([twins.a, twins.b])
        known = np.isfinite(clips)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, clips, 0).sum(axis=0) / count
        away = np.where(known, clips - mean, 0)
        deviation = np.sqrt((away**2).sum(axis=0) / count)
        # a constant's mean is rounded, so that its deviation need not be nothing
        flat = deviation <= 1e-12 * np.abs(mean)
        return cls(mean, np.where(flat, np.inf, deviation))

    def apply(self, twins: Twins) -> Floats:
        """Return all clips standardised, shape (2 n, d): first clips, then second; 0 where one is missing."""
        clips = np.concatenate([twins.a, twins.b])
        return np.nan_to_num((clips - self.mean) / self.scale, nan=0.0)
