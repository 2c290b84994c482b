"""Danceability: how little the loudness wanders on the scale of beats and bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunelens.features.grid import Float32, Float64

BLOCK_S = 0.01
_SHORTEST_S, _LONGEST_S, _GROWTH = 0.31, 10.0, 1.1
_LEAST_SEGMENTS = 2
_LEAST_DANCEABLE, _MOST_DANCEABLE = 1.3, 0.5


@dataclass(frozen=True)
class Danceability:
    """Result of detrended fluctuation analysis.

    Parameters
    ----------
    value : float or None
        0 (wandering) to 1 (strict beat); None where it cannot be told.
    exponent : float or None
        Mean exponent of the fluctuation over time scales of 0.31 to 10 s: about 0.5 for white noise, 1.5
        for Brownian motion, lower for a strict beat.
    reason : str or None
        Why they are None.
    """

    value: float | None
    exponent: float | None
    reason: str | None = None


def levels(y: Float32, sr: int) -> Float32:
    """Return the standard deviation of `y` in consecutive blocks of 10 ms; a shorter last one is dropped."""
    width = max(1, round(BLOCK_S * sr))
    blocks = y[: len(y) // width * width].reshape(-1, width)
    mean = blocks @ np.full(width, 1 / width, np.float32)
    square = np.einsum("ij,ij->i", blocks, blocks) / np.float32(width)
    return np.sqrt(np.maximum(square - mean * mean, 0))


def fluctuation(walk: Float64, scale: int) -> float:
    """Return the root mean square of `walk` around a line fitted to each segment of `scale` values."""
    segments = walk[: len(walk) // scale * scale].reshape(-1, scale)
    x = np.arange(scale) - (scale - 1) / 2
    away = segments - segments.mean(axis=1, keepdims=True)
    slope = away @ x / (x @ x)
    residue = np.einsum("ij,ij->", away, away) - (slope @ slope) * (x @ x)
    return float(np.sqrt(max(residue, 0.0) / segments.size))


def exponents(series: Float64) -> Float64:
    """Return the local exponent of the fluctuation between consecutive time scales, (n_scales - 1,).

    Detrended fluctuation analysis (Peng et al. 1994) of `series` at time scales (in samples of 10 ms) from
    0.31 s growing by a tenth to 10 s; scales of which the series holds fewer than two are left out.
    """
    walk = np.cumsum(series - series.mean())
    steps = int(np.log(_LONGEST_S / _SHORTEST_S) / np.log(_GROWTH)) + 1
    scales = np.unique((_SHORTEST_S / BLOCK_S * _GROWTH ** np.arange(steps)).astype(int))
    scales = scales[scales * _LEAST_SEGMENTS <= len(walk)]
    measured = np.array([fluctuation(walk, int(scale)) for scale in scales])
    if len(scales) < 2 or not measured.min() > 0:
        return np.zeros(0)
    return np.diff(np.log(measured)) / np.diff(np.log((scales + 3) / 4))


def danceability(levels: Float32) -> Danceability:
    """Return the danceability of sound whose 10 ms levels are given.

    Streich & Herrera 2005, "Detrended fluctuation analysis of music signals: danceability estimation and
    further semantic characterization" (AES 118). A strict beat repeats: beyond the length of a beat its
    level wanders no further, so that the exponent is low. The mean exponent over all time scales is scaled
    linearly, ``value = clip((1.3 - exponent) / 0.8, 0, 1)``: nine songs in ten lie between 0.6 and 1.3.
    """
    if len(levels) == 0 or float(levels.max()) <= 0:
        return Danceability(None, None, reason="silence")
    local = exponents(levels.astype(np.float64))
    if not len(local):
        return Danceability(None, None, reason="too short or without any change of level")
    exponent = float(local.mean())
    value = np.clip((_LEAST_DANCEABLE - exponent) / (_LEAST_DANCEABLE - _MOST_DANCEABLE), 0, 1)
    return Danceability(float(value), exponent)
