"""`Frames`: every frame feature of a clip on one shared STFT, each computed when first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import DataError
from tunelens.features import cepstral, chroma, envelope, onset, spectral
from tunelens.features.grid import Float32, Grid
from tunelens.features.spectrum import Block, blocks

LOUDEST = 1e6
"""Largest allowed sample; beyond it a spectrum no longer fits in float32."""

Reducer = Callable[[Block, Grid], NDArray[Any]]
REDUCERS: dict[str, Reducer] = {
    "centroid_bandwidth": spectral.centroid_bandwidth,
    "rolloff": spectral.rolloff,
    "flatness": spectral.flatness,
    "contrast_extremes": spectral.contrast_extremes,
    "flux": spectral.flux,
    "mel": cepstral.mel,
    "pitch_peaks": chroma.pitch_peaks,
    "chroma_projection": chroma.chroma_projection,
}
"""What one pass over the spectra keeps: all other features follow from these."""


class Table(NamedTuple):
    """Features stacked over each other.

    Parameters
    ----------
    names : tuple of str
        Name of each row; rows of one feature are numbered, "mfcc_0" and so on.
    values : ndarray of float32, shape (d, t)
        One column per frame.
    """

    names: tuple[str, ...]
    values: Float32


class Frames:
    """Frame features of a clip.

    All spectral features come from one pass over one STFT, in blocks that stay in cache; nothing is
    computed before it is asked for. Frames are centred, with zeros outside the clip; frame ``i`` stands at
    ``i * hop_length`` samples. Matrices have shape (d, t), curves (t,), all float32.

    Parameters
    ----------
    clip : Clip
        Sound at any rate; the mean of its channels is used.
    n_fft, hop_length, n_mels, n_mfcc, fmin, fmax
        See `Grid`.

    Raises
    ------
    EmptyAudioError
        When the clip holds no samples.
    DataError
        When samples are not finite or beyond ±1e6 (full scale is ±1).
    ParameterError
        When a setting is outside its range.

    Examples
    --------
    >>> t = np.arange(22050) / 22050
    >>> frames = Frames(Clip(np.sin(2 * np.pi * 1000 * t).astype(np.float32), 22050))
    >>> frames.centroid.shape, round(float(frames.centroid[20]))
    ((44,), 1000)
    >>> frames.mfcc.shape
    (20, 44)
    """

    def __init__(
        self,
        clip: Clip,
        *,
        n_fft: int = 2048,
        hop_length: int = 512,
        n_mels: int = 128,
        n_mfcc: int = 20,
        fmin: float = 0.0,
        fmax: float | None = None,
    ) -> None:
        self.grid = Grid(clip.sr, n_fft, hop_length, n_mels, n_mfcc, fmin, fmax)
        self.clip = clip.require_samples().mono()
        _require_sane(self.clip)

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return self.grid.n_frames(self.clip.n_samples)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """Middle of each frame in the source, seconds, (t,)."""
        step_s = self.grid.hop_length / self.grid.sr
        return self.clip.start_s + np.arange(self.n_frames, dtype=np.float64) * step_s

    @cached_property
    def S(self) -> Float32:
        """Magnitude of the STFT, (n_fft/2 + 1, t)."""
        return np.concatenate([block.magnitude[:, : self.grid.n_bins] for block in self._blocks()]).T

    @property
    def power(self) -> Float32:
        """Square of `S`, (n_fft/2 + 1, t)."""
        return self.S**2

    def _blocks(self) -> Iterable[Block]:
        return blocks(self.clip.y, self.grid)

    @property
    def reducers(self) -> Mapping[str, Reducer]:
        """What one pass over the spectra keeps."""
        return REDUCERS

    @cached_property
    def _reduced(self) -> dict[str, NDArray[Any]]:
        reducers = self.reducers
        parts: dict[str, list[NDArray[Any]]] = {name: [] for name in reducers}
        for block in self._blocks():
            for name, reduce in reducers.items():
                parts[name].append(reduce(block, self.grid))
        return {name: np.concatenate(parts.pop(name)) for name in reducers}

    @cached_property
    def rms(self) -> Float32:
        """Root mean square of the samples, full scale 1, (t,)."""
        return envelope.rms(self.clip.y, self.grid)

    @cached_property
    def zcr(self) -> Float32:
        """Sign changes per sample, 0 to 1, (t,)."""
        return envelope.zcr(self.clip.y, self.grid)

    @property
    def centroid(self) -> Float32:
        """Mean frequency weighted by magnitude, Hz, (t,); 0 for silence."""
        return self._reduced["centroid_bandwidth"][:, 0]

    @property
    def bandwidth(self) -> Float32:
        """Standard deviation of frequency weighted by magnitude, Hz, (t,); 0 for silence."""
        return self._reduced["centroid_bandwidth"][:, 1]

    @property
    def rolloff(self) -> Float32:
        """Lowest bin frequency at or below which 85 % of the magnitude lies, Hz, (t,)."""
        return self._reduced["rolloff"]

    @property
    def flatness(self) -> Float32:
        """Geometric over arithmetic mean of the power, 0 (tone) to 1 (white noise, silence), (t,)."""
        return self._reduced["flatness"]

    @cached_property
    def contrast(self) -> Float32:
        """Peak over valley in seven octave bands, dB, (7, t)."""
        return spectral.contrast(self._reduced["contrast_extremes"], self.grid).T

    @property
    def flux(self) -> Float32:
        """Distance between consecutive magnitude spectra that each sum to 1, (t,)."""
        return self._reduced["flux"]

    @property
    def mel(self) -> Float32:
        """Power in mel bands, (n_mels, t)."""
        return self._reduced["mel"].T

    @cached_property
    def mel_db(self) -> Float32:
        """`mel` in dB, within 80 dB of the loudest, (n_mels, t)."""
        return spectral.decibels(self._reduced["mel"]).T

    @cached_property
    def mfcc(self) -> Float32:
        """Mel-frequency cepstral coefficients, (n_mfcc, t)."""
        return cepstral.mfcc(self.mel_db.T, self.grid).T

    @cached_property
    def mfcc_delta(self) -> Float32:
        """Slope of `mfcc` per frame, (n_mfcc, t)."""
        return cepstral.delta(self.mfcc.T).T

    @cached_property
    def mfcc_delta2(self) -> Float32:
        """Second derivative of `mfcc` per frame, (n_mfcc, t)."""
        return cepstral.delta(self.mfcc.T, order=2).T

    @cached_property
    def tuning(self) -> float:
        """Deviation from A = 440 Hz in semitones, -0.5 to 0.49."""
        return chroma.tuning(self._reduced["pitch_peaks"])

    @cached_property
    def chroma(self) -> Float32:
        """Energy of the pitch classes C, C#, ..., B at the clip's own tuning, 0 to 1, (12, t)."""
        return chroma.chroma(self._reduced["chroma_projection"], self.tuning, self.grid).T

    @cached_property
    def tonnetz(self) -> Float32:
        """Tonal centroid of `chroma`, (6, t)."""
        return chroma.tonnetz(self.chroma.T).T

    @cached_property
    def onset_env(self) -> Float32:
        """Mean rise of `mel_db` since the frame before, dB, (t,)."""
        return onset.onset_envelope(self.mel_db.T, self.grid)

    @cached_property
    def tempogram(self) -> Float32:
        """Local autocorrelation of `onset_env` over lags of 0 to 383 frames, (384, t)."""
        return onset.tempogram(self.onset_env).T

    def table(self, names: Iterable[str] | None = None) -> Table:
        """Return the features `names` (`registry.TABLE` by default) stacked over each other."""
        from tunelens.features.registry import FEATURES, TABLE

        columns: list[str] = []
        rows: list[Float32] = []
        for name in TABLE if names is None else names:
            values = np.atleast_2d(FEATURES[name].compute(self))
            rows.append(values)
            columns += [name] if len(values) == 1 else [f"{name}_{i}" for i in range(len(values))]
        return Table(tuple(columns), np.concatenate(rows).astype(np.float32, copy=False))


def _require_sane(clip: Clip) -> None:
    low, high = float(clip.y.min()), float(clip.y.max())
    if not (low >= -LOUDEST and high <= LOUDEST):
        raise DataError(
            f"{clip.source or 'the clip'} holds samples from {low:g} to {high:g}; ±{LOUDEST:g} is allowed",
            hint="scale the samples so that full scale is ±1, and replace NaN and infinite ones",
        )
