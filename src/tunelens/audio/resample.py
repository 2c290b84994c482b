"""Changing the sample rate, by soxr."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.audio.decoders import HIGHEST_SR, LOWEST_SR
from tunelens.base.errors import ParameterError

QUALITY = "HQ"


def check_rate(sr: int) -> int:
    """Return `sr`, or raise `ParameterError` when it is no usable sample rate."""
    if not LOWEST_SR <= sr <= HIGHEST_SR:
        raise ParameterError(f"sr is {sr}; {LOWEST_SR} to {HIGHEST_SR} Hz is allowed")
    return sr


def resample(clip: Clip, sr: int) -> Clip:
    """Return `clip` at another rate (soxr, quality HQ: pass band to 0.91 of the Nyquist frequency).

    Parameters
    ----------
    clip : Clip
        Any number of channels.
    sr : int
        New rate, Hz.

    Returns
    -------
    Clip
        With about ``n_samples * sr / clip.sr`` samples; `clip` itself when the rate is right already.

    Examples
    --------
    >>> resample(Clip(np.zeros(44100, np.float32), sr=44100), 16000).n_samples
    16000
    """
    check_rate(sr)
    if sr == clip.sr:
        return clip
    import soxr

    y = soxr.resample(clip.y.T, clip.sr, sr, quality=QUALITY)
    return replace(clip, y=np.ascontiguousarray(y.T), sr=sr)
