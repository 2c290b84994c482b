"""Augmentation: changed copies of what is learned from, so that a model learns what does not matter."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError
from tunelens.base.registry import Registry
from tunelens.data import augment_effects as effects

Array = NDArray[Any]


class Augmentation(Protocol):
    """A change of sound that leaves its label as it is. Its parameters are the fields of a dataclass."""

    @property
    def name(self) -> str:
        """Its key in `AUGMENTATIONS`."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy of the same rate, finite and not clipped; how much is drawn from `rng`."""


AUGMENTATIONS: Registry[Augmentation] = Registry(
    "augmentation",
    {
        name: f"tunelens.data.augment:{name.upper()}"
        for name in ("gain", "noise", "pitch", "stretch", "eq", "crop", "lowpass")
    },
    group="tunelens.augmentations",
)
"""Every augmentation by name, with its default parameters."""


class _Bounded:
    """Checks every parameter of a dataclass against `LIMITS`."""

    LIMITS: ClassVar[dict[str, tuple[float, float]]] = {}

    def __post_init__(self) -> None:
        for key, (low, high) in self.LIMITS.items():
            value = getattr(self, key)
            if not low <= value <= high:
                raise ParameterError(f"{key} is {value:g}; {low:g} to {high:g} is allowed")


@dataclass(frozen=True)
class Gain(_Bounded):
    """Louder or softer by up to `db` decibels."""

    name: ClassVar[str] = "gain"
    summary: ClassVar[str] = "louder or softer by up to db decibels"
    LIMITS: ClassVar = {"db": (0, 60)}
    db: float = 6.0

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        return effects.gained(clip.require_samples(), rng.uniform(-self.db, self.db))


@dataclass(frozen=True)
class Noise(_Bounded):
    """White noise, from `snr_db` to 20 dB more below the power of the sound."""

    name: ClassVar[str] = "noise"
    summary: ClassVar[str] = "white noise, snr_db to snr_db + 20 decibels below the sound"
    LIMITS: ClassVar = {"snr_db": (-20, 100)}
    snr_db: float = 20.0

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        return effects.noised(clip.require_samples(), self.snr_db + rng.uniform(0, 20), rng)


@dataclass(frozen=True)
class Pitch(_Bounded):
    """Higher or lower by up to `semitones`, at the same speed."""

    name: ClassVar[str] = "pitch"
    summary: ClassVar[str] = "higher or lower by up to that many semitones, at the same speed"
    LIMITS: ClassVar = {"semitones": (0, 12)}
    semitones: float = 2.0

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        return effects.shifted(clip.require_samples(), rng.uniform(-self.semitones, self.semitones))


@dataclass(frozen=True)
class Stretch(_Bounded):
    """Faster or slower by up to a factor of `rate`, at the same pitch."""

    name: ClassVar[str] = "stretch"
    summary: ClassVar[str] = "faster or slower by up to a factor of rate, at the same pitch"
    LIMITS: ClassVar = {"rate": (1, 2)}
    rate: float = 1.2

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        return effects.stretched(clip.require_samples(), self.rate ** rng.uniform(-1, 1))


@dataclass(frozen=True)
class Eq(_Bounded):
    """Three bands from 60 Hz to 10 kHz, each raised or lowered by up to `db` decibels."""

    name: ClassVar[str] = "eq"
    summary: ClassVar[str] = "three bands raised or lowered by up to db decibels"
    LIMITS: ClassVar = {"db": (0, 24)}
    db: float = 6.0

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        centres = np.exp(rng.uniform(np.log(60), np.log(10_000), 3))
        gains = rng.uniform(-self.db, self.db, 3)
        bands = [(float(hz), float(db), 1.0) for hz, db in zip(centres, gains, strict=True)]
        return effects.equalised(clip.require_samples(), bands)


@dataclass(frozen=True)
class Crop(_Bounded):
    """A part of the clip, at least `share` of it, from anywhere."""

    name: ClassVar[str] = "crop"
    summary: ClassVar[str] = "a part of the clip, at least that share of it, from anywhere"
    LIMITS: ClassVar = {"share": (0.05, 1)}
    share: float = 0.7

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        n = clip.require_samples().n_samples
        length = max(1, int(np.ceil(n * rng.uniform(self.share, 1))))
        return effects.cropped(clip, int(rng.integers(0, n - length + 1)), length)


@dataclass(frozen=True)
class Lowpass(_Bounded):
    """Nothing above a frequency between `hz` and 16 kHz: recordings differ in bandwidth, classes must not."""

    name: ClassVar[str] = "lowpass"
    summary: ClassVar[str] = "nothing above a frequency drawn between hz and 16 kHz"
    LIMITS: ClassVar = {"hz": (100, 16_000)}
    hz: float = 4000.0

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a changed copy."""
        hz = float(np.exp(rng.uniform(np.log(self.hz), np.log(16_000))))
        return effects.lowpassed(clip.require_samples(), hz)


GAIN, NOISE, PITCH, STRETCH, EQ, CROP, LOWPASS = Gain(), Noise(), Pitch(), Stretch(), Eq(), Crop(), Lowpass()


@dataclass(frozen=True)
class Chain:
    """Augmentations one after the other.

    Parameters
    ----------
    steps : tuple of Augmentation
    """

    steps: tuple[Augmentation, ...]

    def apply(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Return a copy of `clip` changed by every step in turn."""
        for step in self.steps:
            clip = step.apply(clip, rng)
        return clip

    @property
    def key(self) -> str:
        """Every step with every parameter, as `parse_augmentations` reads it; for caches."""
        return "+".join(_spelled(step) for step in self.steps)


def _spelled(step: Any) -> str:
    values = ",".join(f"{one.name}={float(getattr(step, one.name))!r}" for one in fields(step))
    return f"{step.name}:{values}" if values else step.name


def parse_augmentations(text: str) -> Chain:
    """Return the chain that `text` names.

    Parameters
    ----------
    text : str
        Names joined by ``+``, each with its parameters: ``pitch:semitones=2+noise:snr_db=20``.

    Raises
    ------
    UnknownNameError
        There is no such augmentation.
    ParameterError
        A parameter is none of it, is no number, or is out of bounds.

    Examples
    --------
    >>> parse_augmentations("pitch:semitones=1 + noise").key
    'pitch:semitones=1.0+noise:snr_db=20.0'
    """
    return Chain(tuple(_step(part.strip()) for part in text.split("+") if part.strip()))


def _step(text: str) -> Augmentation:
    name, _, given = text.partition(":")
    entry: Any = AUGMENTATIONS[name.strip()]
    known = [one.name for one in fields(entry)]
    values: dict[str, float] = {}
    for pair in filter(str.strip, given.split(",")):
        key, _, value = (part.strip() for part in pair.partition("="))
        if key not in known:
            raise ParameterError(f"{name} has no parameter {key!r}", hint=f"it has {', '.join(known)}")
        values[key] = _number(name, key, value)
    return replace(entry, **values)


def _number(name: str, key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ParameterError(f"{key} of {name} is {value!r}; a number is needed") from None


def spec_augment(
    S: Array,
    rng: np.random.Generator,
    *,
    n_masks: int = 2,
    time_share: float = 0.1,
    band_share: float = 0.15,
) -> Array:
    """Return sequences with stretches of time and bands of features masked (Park et al. 2019).

    Parameters
    ----------
    S : ndarray, shape (t, d) or (n, t, d)
        Frames, as nets take them. `S` itself is not changed.
    rng : numpy.random.Generator
    n_masks : int
        Masks in time and masks in features, for each sequence.
    time_share, band_share : float
        Widest mask, as a share of frames and of features, 0 to 1.

    Returns
    -------
    ndarray
        Of the shape and type of `S`; what is masked is the mean of its sequence.
    """
    if S.ndim not in (2, 3):
        raise ParameterError(f"S has shape {S.shape}; (t, d) or (n, t, d) is needed")
    if not (0 <= time_share <= 1 and 0 <= band_share <= 1) or n_masks < 0:
        raise ParameterError("time_share and band_share are 0 to 1, n_masks 0 or more")
    out = S.copy()
    for one in out if S.ndim == 3 else out[None]:
        fill = one.mean() if one.size else 0
        for _ in range(n_masks):
            one[_mask(rng, one.shape[0], time_share)] = fill
            one[:, _mask(rng, one.shape[1], band_share)] = fill
    return out


def _mask(rng: np.random.Generator, n: int, share: float) -> slice:
    width = int(rng.integers(0, int(n * share) + 1))
    start = int(rng.integers(0, n - width + 1))
    return slice(start, start + width)


def mixup(X: Array, Y: Array, rng: np.random.Generator, alpha: float = 0.2) -> tuple[Array, Array]:
    """Return examples mixed pairwise with their labels (Zhang et al. 2018).

    Parameters
    ----------
    X : ndarray, shape (n, ...)
    Y : ndarray, shape (n, k) or (n,)
        One-hot, indicator or numbers.
    rng : numpy.random.Generator
    alpha : float
        Strength: shares are drawn from Beta(alpha, alpha); 0 changes nothing.

    Returns
    -------
    tuple of two ndarray
        Both float; of each row the larger share is its own.
    """
    if not (alpha >= 0 and np.isfinite(alpha)):
        raise ParameterError(f"alpha is {alpha}; 0 or more is needed")
    if len(X) != len(Y):
        raise ParameterError(f"X has {len(X)} rows, Y has {len(Y)}")
    if alpha == 0 or len(X) < 2:
        return X, Y
    share = rng.beta(alpha, alpha, len(X))
    share, partner = np.maximum(share, 1 - share), rng.permutation(len(X))
    return _mixed(X, share, partner), _mixed(Y, share, partner)


def _mixed(values: Array, share: NDArray[np.float64], partner: NDArray[np.intp]) -> Array:
    dtype = values.dtype if values.dtype.kind == "f" else np.dtype(np.float32)
    weight = share.reshape(-1, *(1,) * (values.ndim - 1)).astype(dtype)
    mixed: Array = weight * values + (1 - weight) * values[partner]
    return mixed.astype(dtype)
