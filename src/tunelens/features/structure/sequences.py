"""What is compared: a recording as a sequence of columns, of which any two can be held side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.features.frames import Frames
from tunelens.features.timeline import Floats, Sound, timeline

LIMIT = 2000
FINEST_S = 0.2
SMOOTH_S = 1.0
_FLAT = 1e-4

_ROWS: dict[str, Callable[[Frames], Floats]] = {
    "chroma": lambda frames: frames.chroma,
    "mfcc": lambda frames: frames.mfcc[1:13],
    "both": lambda frames: np.concatenate([frames.mfcc[1:13], frames.chroma]),
}
KINDS = tuple(_ROWS)
"""What sound can be compared by: harmony, timbre, or both."""


@dataclass(frozen=True, eq=False)
class Sequence:
    """A recording as columns.

    Parameters
    ----------
    values : ndarray of float32, shape (d, n)
        One column per stretch of time.
    edges_s : ndarray of float64, shape (n + 1,)
        Where the columns begin and end, seconds.
    kind : str
        What the rows are: one of `KINDS`, "embedding", "midi".

    Raises
    ------
    DataError
        Shapes do not fit, a value is not finite, or times do not rise.
    """

    values: Floats
    edges_s: Floats
    kind: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", np.asarray(self.values, np.float32))
        object.__setattr__(self, "edges_s", np.asarray(self.edges_s, np.float64))
        if self.values.ndim != 2 or not self.values.size or self.edges_s.shape != (self.n + 1,):
            raise DataError(
                f"values have shape {self.values.shape} and edges_s {self.edges_s.shape}; "
                "(d, n) and (n + 1,) are needed, d and n at least 1"
            )
        if not np.isfinite(self.values).all() or not (np.diff(self.edges_s) > 0).all():
            raise DataError("values must be finite and edges_s must rise")

    @property
    def n(self) -> int:
        """Columns."""
        return self.values.shape[1]

    @property
    def step_s(self) -> float:
        """Mean length of a column, seconds."""
        return float(self.edges_s[-1] - self.edges_s[0]) / self.n


def sequence(
    sound: Sound,
    kind: str = "both",
    *,
    smooth_s: float = SMOOTH_S,
    finest_s: float = FINEST_S,
    limit: int = LIMIT,
) -> Sequence:
    """Return the columns by which a recording is compared with itself.

    Each row is averaged over `smooth_s` around each column, and then standardised over the recording: less
    its mean, over its standard deviation. So no row counts more than another, and a gain changes nothing.

    Parameters
    ----------
    sound : Clip or iterable of Clip
        Any length: columns grow longer, and memory does not.
    kind : {"chroma", "mfcc", "both"}
        Pitch classes (harmony), MFCC 1 to 12 (timbre, not level), or all of them.
    smooth_s : float
        Length of the average, seconds; 0 for none.
    finest_s : float
        Least length of a column, seconds.
    limit : int
        Most columns, even.

    Raises
    ------
    UnknownNameError
        There is no such kind.
    EmptyAudioError
        `sound` holds no samples.

    Examples
    --------
    >>> from tunelens.audio.clip import Clip
    >>> noise = Clip(np.random.default_rng(0).normal(0, 0.1, 22050 * 8), 22050)
    >>> found = sequence(noise, "chroma")
    >>> found.values.shape[0], found.edges_s[[0, -1]].tolist()
    (12, [0.0, 8.0])
    """
    if kind not in _ROWS:
        raise UnknownNameError.among("kind of sequence", kind, KINDS)
    sounds = timeline(sound, _ROWS[kind], limit=limit, finest_s=finest_s)
    return sequence_of(sounds.values, sounds.edges_s, kind, smooth_s=smooth_s)


def sequence_of(values: Floats, edges_s: Floats, kind: str, *, smooth_s: float = 0.0) -> Sequence:
    """Return any columns over time smoothed and standardised as `sequence` does.

    Parameters
    ----------
    values : ndarray of float, shape (d, n)
        Say, what a net makes of each moment.
    edges_s : ndarray of float, shape (n + 1,)
        Where the columns begin and end, seconds.

    Examples
    --------
    >>> sequence_of(np.array([[1.0, 3.0]]), np.arange(3.0), "embedding").values.tolist()
    [[-1.0, 1.0]]
    """
    raw = smoothed(Sequence(values, edges_s, kind), smooth_s)
    rows = raw.values.astype(np.float64)
    centred = rows - rows.mean(axis=1, keepdims=True)
    spread = centred.std(axis=1, keepdims=True)
    # what is left of a constant row is rounding
    flat = spread <= _FLAT * np.maximum(np.abs(rows).max(axis=1, keepdims=True), 1.0)
    return Sequence(centred / np.where(flat, np.inf, spread), raw.edges_s, kind)


def smoothed(columns: Sequence, smooth_s: float = SMOOTH_S) -> Sequence:
    """Return columns averaged over `smooth_s` around each; over less where the whole is short.

    Examples
    --------
    >>> pulse = Sequence(np.array([[0, 0, 0, 0, 3, 0, 0, 0, 0] + 18 * [0]]), np.arange(28.0))
    >>> smoothed(pulse, 3.0).values[0, 2:7].tolist()
    [0.0, 1.0, 1.0, 1.0, 0.0]
    """
    from scipy.ndimage import uniform_filter1d

    size = max(1, min(round(smooth_s / columns.step_s), columns.n // 8))
    rows = uniform_filter1d(columns.values.astype(np.float64), size, axis=1, mode="nearest")
    return Sequence(rows, columns.edges_s, columns.kind)
