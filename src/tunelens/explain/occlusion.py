"""Which seconds and which bands drove an answer: take them away, and keep nothing but them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError
from tunelens.base.progress import Progress, Silent
from tunelens.explain.background import coloured_noise
from tunelens.explain.sieve import Sieve

Float = NDArray[np.float64]
Listener = Callable[[Clip], float]
"""What a model says of a clip: the probability of the answer that is to be explained."""

N_SEGMENTS, N_BANDS = 10, 12


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each stretch of time and each band of frequency added to an answer.

    Parameters
    ----------
    p : float
        What the model says of the whole clip.
    p_nothing : float
        What it says when everything is taken away: of noise of the same colour.
    edges_s : ndarray, shape (n_segments + 1,)
        Borders of the segments, seconds from the begin of the clip.
    segments : ndarray, shape (n_segments,)
        What each segment added.
    edges_hz : ndarray, shape (n_bands + 1,)
        Borders of the bands, Hz.
    bands : ndarray, shape (n_bands,)
        What each band added.
    """

    p: float
    p_nothing: float
    edges_s: Float
    segments: Float
    edges_hz: Float
    bands: Float

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {name: v.tolist() if isinstance(v, np.ndarray) else v for name, v in values.items()}


def attribute(
    clip: Clip,
    listener: Listener,
    *,
    n_segments: int = N_SEGMENTS,
    n_bands: int = N_BANDS,
    progress: Progress | None = None,
) -> Attribution:
    """Explain what `listener` says of `clip`.

    A part is worth the mean of what is lost without it and of what it brings alone: the last and the first
    term of its Shapley value. The one overlooks parts that others can stand in for, the other parts that
    need company. What is taken away gives place to `coloured_noise`.

    Parameters
    ----------
    clip : Clip
        Made mono.
    listener : callable
        Called ``2 (n_segments + n_bands) + 2`` times, with clips of the same length and rate.
    n_segments, n_bands : int
        Parts in time, of equal length, and in frequency, see `Sieve.even`.
    progress : Progress, optional
        Told of every call.

    Raises
    ------
    ParameterError
        There are fewer than two parts in time or in frequency.
    EmptyAudioError
        The clip holds no samples.

    References
    ----------
    Shapley: A Value for n-Person Games. 1953. Zeiler, Fergus: Visualizing and Understanding Convolutional
    Networks. ECCV 2014 (occlusion).

    Examples
    --------
    >>> t = np.arange(44100) / 22050
    >>> clip = Clip(0.1 * np.sin(2 * np.pi * 500 * t) * (t > 1), 22050)
    >>> found = attribute(clip, lambda clip: float(np.square(clip.y).mean() / 0.0025), n_segments=4)
    >>> (found.segments.round(1) + 0).tolist()
    [0.0, 0.0, 0.5, 0.5]
    >>> loudest = found.bands.argmax()
    >>> bool(found.edges_hz[loudest] < 500 < found.edges_hz[loudest + 1])
    True
    """
    if min(n_segments, n_bands) < 2:
        raise ParameterError(f"{n_segments} segments and {n_bands} bands; at least 2 of each are needed")
    sound = clip.mono().require_samples()
    sieve = Sieve.even(sound, n_segments, n_bands)
    noise = Sieve(coloured_noise(sound), sieve.edges_s, sieve.edges_hz)
    progress = progress or Silent()
    progress.start(2 * (n_segments + n_bands) + 2, "listening")

    def hear(segments: Float, bands: Float) -> float:
        rest = noise.clip.y - noise.keep(segments, bands).y
        answer = float(listener(sound.with_y(sieve.keep(segments, bands).y + rest)))
        progress.advance("")
        return answer

    try:
        return _attribution(sieve, hear)
    finally:
        progress.finish()


def _attribution(sieve: Sieve, hear: Callable[[Float, Float], float]) -> Attribution:
    all_segments, all_bands = np.ones(len(sieve.edges_s) - 1), np.ones(len(sieve.edges_hz) - 1)
    p, p_nothing = hear(all_segments, all_bands), hear(0 * all_segments, all_bands)

    def worth(n: int, heard: Callable[[Float], float]) -> Float:
        only = np.eye(n)
        return np.array([((p - heard(1 - part)) + (heard(part) - p_nothing)) / 2 for part in only])

    segments = worth(len(all_segments), lambda kept: hear(kept, all_bands))
    bands = worth(len(all_bands), lambda kept: hear(all_segments, kept))
    return Attribution(p, p_nothing, sieve.edges_s, segments, sieve.edges_hz, bands)
