"""`Run`: a clustering as the library keeps it, with all that places songs which come later."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.language import current_language
from tunelens.explore.clusters.methods import NOISE, nearest

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
NO_CLUSTER = 0
"""Number of the songs that belong to no cluster."""


@dataclass(frozen=True)
class Told:
    """What a run says of one of its clusters.

    Parameters
    ----------
    number : int
        From 1; it stays the same as long as the cluster goes on.
    names : Mapping of str to str
        By language.
    traits : tuple of dict
        What sets it apart, as `Trait.to_dict` gives it.
    exemplars : tuple of int
        Numbers of tracks.
    silhouette : float or None
        When the run was made.
    """

    number: int
    names: Mapping[str, str]
    traits: tuple[dict[str, Any], ...]
    exemplars: tuple[int, ...]
    silhouette: float | None

    @property
    def name(self) -> str:
        """The name in the language of now."""
        return self.names.get(current_language()) or next(iter(self.names.values()), str(self.number))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "names": dict(self.names), "exemplars": list(self.exemplars)}


@dataclass(frozen=True, eq=False)
class Model:
    """What places a song: the cluster of the nearest anchor, unless that is farther than its radius.

    Parameters
    ----------
    anchors : ndarray of float64, shape (m, p)
        Standardised features.
    numbers : ndarray of int, shape (m,)
        Numbers of clusters.
    radii : ndarray of float64, shape (m,)
    """

    anchors: Floats
    numbers: Ints
    radii: Floats

    def place(self, Z: Floats) -> tuple[Ints, Floats]:
        """Return the number of the cluster of each song, 0 for none, and how far the nearest anchor is."""
        numbers, distances = nearest(Z, self.anchors, self.numbers, self.radii)
        return np.where(numbers == NOISE, NO_CLUSTER, numbers), distances

    def to_bytes(self) -> bytes:
        """Return the arrays as a compressed ``.npz``."""
        held = io.BytesIO()
        np.savez_compressed(held, **vars(self))
        return held.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Read what `to_bytes` returned; nothing is unpickled.

        Raises
        ------
        DataError
            The bytes are damaged.
        """
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as held:
                anchors, numbers, radii = (held[name] for name in ("anchors", "numbers", "radii"))
        except (OSError, EOFError, ValueError, LookupError, zipfile.BadZipFile) as error:
            raise _damaged(error) from error
        if anchors.ndim != 2 or not len(anchors) == len(numbers) == len(radii):
            raise _damaged("arrays of other lengths")
        return cls(anchors.astype(np.float64), numbers.astype(np.intp), radii.astype(np.float64))


@dataclass(frozen=True, eq=False)
class Run:
    """A clustering of tracks.

    Parameters
    ----------
    name : str
    method : str
        One of `CLUSTERERS`.
    seed : int
    source : str
        Which tracks: ``library``, or ``library:QUERY``.
    features : str
        Which numbers: ``descriptors``, ``waveform``, names with commas, ...
    numbers : Mapping
        What songs are prepared with, see `Prepared.numbers`.
    clusters : tuple of Told
    model : Model
    facts : Mapping
        More of how it was made, see `facts_of`: silhouette, choice of K, notes, versions.
    """

    name: str
    method: str
    seed: int
    source: str
    features: str
    numbers: Mapping[str, Any]
    clusters: tuple[Told, ...]
    model: Model
    facts: Mapping[str, Any]

    def cluster(self, number: int) -> Told | None:
        """Return a cluster by its number; None where there is none such."""
        return next((one for one in self.clusters if one.number == number), None)

    def document(self) -> str:
        """Return everything but the arrays, as JSON."""
        left_out = {"model", "name", "method"}
        plain = {key: value for key, value in vars(self).items() if key not in left_out}
        clusters = [one.to_dict() for one in self.clusters]
        return json.dumps({**plain, "clusters": clusters}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def read(cls, name: str, method: str, document: str, model: bytes) -> Self:
        """Build from what a row of the library holds.

        Raises
        ------
        DataError
            It is damaged.
        """
        try:
            held = json.loads(document)
            clusters = tuple(_told(one) for one in held.pop("clusters"))
            return cls(name, method, clusters=clusters, model=Model.from_bytes(model), **held)
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            if isinstance(error, DataError):
                raise
            raise _damaged(error) from error


def _told(held: Mapping[str, Any]) -> Told:
    return Told(
        int(held["number"]),
        {str(code): str(name) for code, name in held["names"].items()},
        tuple(dict(one) for one in held["traits"]),
        tuple(int(one) for one in held["exemplars"]),
        held["silhouette"],
    )


def _damaged(error: object) -> DataError:
    return DataError(f"a clustering of the library is damaged: {error}", hint="delete it, and run it again")
