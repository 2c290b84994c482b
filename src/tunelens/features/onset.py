"""Where notes begin and how regularly: onset envelope and tempogram."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Grid
from tunelens.features.spectrum import hann

TEMPOGRAM_LENGTH = 384


def onset_envelope(mel_db: Float32, grid: Grid) -> Float32:
    """Return the mean rise over the mel bands since the frame before, dB, shape (t,).

    Rises are shifted by half a frame length, so that they stand where the ear hears them (Böck & Widmer 2013
    without the maximum filter; librosa's default).
    """
    rise = np.maximum(np.diff(mel_db, axis=0), 0).mean(axis=1)
    late = 1 + grid.n_fft // (2 * grid.hop_length)
    return np.pad(rise, (late, 0))[: len(mel_db)].astype(np.float32)


def tempogram(onset_env: Float32, length: int = TEMPOGRAM_LENGTH) -> Float32:
    """Return the local autocorrelation of `onset_env` over lags of 0 to `length` - 1 frames, (t, length).

    Hann-windowed, each frame divided by its largest value (Grosche, Müller & Kurth 2010).
    """
    from scipy import fft

    half = length // 2
    ramped = np.pad(onset_env, half, mode="linear_ramp", end_values=0).astype(np.float32)
    frames = sliding_window_view(ramped, length)[: len(onset_env)]
    n_fft = fft.next_fast_len(2 * length - 1, real=True)
    window = hann(length).astype(np.float32)
    out = np.empty((len(onset_env), length), np.float32)
    for start in range(0, len(out), 256):
        spectrum = fft.rfft(frames[start : start + 256] * window, n_fft, axis=1)
        power = spectrum.real**2 + spectrum.imag**2
        out[start : start + 256] = fft.irfft(power, n_fft, axis=1)[:, :length]
    # lag 0 holds the energy, which no other lag can exceed
    energy = out[:, :1].copy()
    energy[energy < np.finfo(np.float32).tiny] = 1.0
    return np.divide(out, energy, out=out)
