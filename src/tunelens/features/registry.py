"""`FEATURES`: what varies in time, by name. Listing it imports nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tunelens.base.registry import Registry
from tunelens.features.grid import Float32

if TYPE_CHECKING:
    from tunelens.features.frames import Frames


@dataclass(frozen=True)
class Feature:
    """One feature of each frame.

    Parameters
    ----------
    name : str
        Its key in `FEATURES`.
    dims : int
        Rows at the default settings.
    unit : str
        Unit of its values; "1" for none.
    limits : tuple of two floats
        Least and greatest possible value.
    gain : {"invariant", "linear", "square", "level"}
        What a gain of g does to the values: nothing, times g, times g squared, or a change of level in dB.
    compute : callable
        ``Frames -> float32`` of shape (d, t) or (t,).
    definition : str
        One sentence.
    source : str
        Paper, or "librosa" where librosa's definition is followed.
    """

    name: str
    dims: int
    unit: str
    limits: tuple[float, float]
    gain: str
    compute: Callable[[Frames], Float32]
    definition: str
    source: str


_CATALOGUE = "tunelens.features.catalogue"
_NAMES = (
    "rms", "zcr", "centroid", "bandwidth", "rolloff", "flatness", "contrast", "flux", "mel", "mel_db", "mfcc",
    "mfcc_delta", "mfcc_delta2", "chroma", "tonnetz", "onset_env", "tempogram",
)  # fmt: skip

FEATURES: Registry[Feature] = Registry(
    "feature", {name: f"{_CATALOGUE}:{name.upper()}" for name in _NAMES}, group="tunelens.features"
)

TABLE = (
    "rms", "zcr", "centroid", "bandwidth", "rolloff", "flatness", "contrast", "flux", "mfcc", "mfcc_delta",
    "mfcc_delta2", "chroma", "tonnetz", "onset_env",
)  # fmt: skip
"""The features that are pooled per track."""
