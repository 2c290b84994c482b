"""The built-in features of `registry.FEATURES`, one object each."""

from __future__ import annotations

from math import inf, sqrt
from operator import attrgetter

from tunelens.features.registry import Feature


def _feature(
    name: str,
    dims: int,
    unit: str,
    limits: tuple[float, float],
    *,
    gain: str,
    definition: str,
    source: str = "librosa 0.11 default",
) -> Feature:
    return Feature(name, dims, unit, limits, gain, attrgetter(name), definition, source)


RMS = _feature(
    "rms",
    1,
    "full scale",
    (0, 1e6),
    gain="linear",
    definition="Root mean square of the samples of the frame.",
)
ZCR = _feature(
    "zcr", 1, "1/sample", (0, 1), gain="invariant", definition="Sign changes over samples of the frame."
)
CENTROID = _feature(
    "centroid",
    1,
    "Hz",
    (0, 1e6),
    gain="invariant",
    definition="Mean frequency weighted by magnitude; 0 for silence.",
)
BANDWIDTH = _feature(
    "bandwidth",
    1,
    "Hz",
    (0, 1e6),
    gain="invariant",
    definition="Standard deviation of frequency weighted by magnitude.",
)
ROLLOFF = _feature(
    "rolloff",
    1,
    "Hz",
    (0, 1e6),
    gain="invariant",
    definition="Lowest bin frequency below which 85 % of the magnitude lies.",
)
FLATNESS = _feature(
    "flatness",
    1,
    "1",
    (0, 1.001),
    gain="invariant",
    definition="Geometric over arithmetic mean of power, floor 1e-10; 1 for silence.",
)
CONTRAST = _feature(
    "contrast",
    7,
    "dB",
    (-inf, inf),
    gain="invariant",
    definition="10 log10 of strongest over weakest 2 % of magnitudes, 0-200 Hz and six octaves above.",
    source="Jiang et al. 2002, Music type classification by spectral contrast; as in librosa 0.11",
)
FLUX = _feature(
    "flux",
    1,
    "1",
    (0, sqrt(2) + 1e-3),
    gain="invariant",
    definition="Euclidean distance between consecutive magnitude spectra, each scaled to sum 1.",
    source="Tzanetakis & Cook 2002, Musical genre classification of audio signals (square root of theirs)",
)
MEL = _feature(
    "mel",
    128,
    "power",
    (0, inf),
    gain="square",
    definition="Power in triangular mel bands of equal area (Slaney).",
)
MEL_DB = _feature(
    "mel_db", 128, "dB", (-100, inf), gain="level", definition="10 log10 of mel, within 80 dB of the loudest."
)
MFCC = _feature(
    "mfcc", 20, "dB", (-inf, inf), gain="level", definition="Orthonormal cosine transform (type 2) of mel_db."
)
MFCC_DELTA = _feature(
    "mfcc_delta",
    20,
    "dB/frame",
    (-inf, inf),
    gain="invariant",
    definition="Slope of mfcc: Savitzky-Golay, 9 frames, degree 1.",
)
MFCC_DELTA2 = _feature(
    "mfcc_delta2",
    20,
    "dB/frame²",
    (-inf, inf),
    gain="invariant",
    definition="Second derivative of mfcc: 9 frames, degree 2.",
)
CHROMA = _feature(
    "chroma",
    12,
    "1",
    (0, 1),
    gain="invariant",
    definition="Power of each pitch class at the clip's own tuning, the strongest of each frame 1.",
    source="Ellis 2007, Chroma feature analysis and synthesis; as librosa 0.11 chroma_stft",
)
TONNETZ = _feature(
    "tonnetz",
    6,
    "1",
    (-1.001, 1.001),
    gain="invariant",
    definition="Centroid of chroma on the circles of fifths, minor thirds and major thirds.",
    source="Harte, Sandler & Gasser 2006, Detecting harmonic change; librosa's, on chroma_stft",
)
ONSET_ENV = _feature(
    "onset_env",
    1,
    "dB",
    (0, inf),
    gain="invariant",
    definition="Mean rise of mel_db since the frame before, half a frame late.",
)
TEMPOGRAM = _feature(
    "tempogram",
    384,
    "1",
    (-1, 1),
    gain="invariant",
    definition="Local autocorrelation of onset_env, lags of 0 to 383 frames, Hann window, largest value 1.",
    source="Grosche, Müller & Kurth 2010, Cyclic tempogram; as in librosa 0.11",
)
