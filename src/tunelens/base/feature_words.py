"""What features are called in pictures and reports: nouns with units, in the language of now."""

from __future__ import annotations

import re

from tunelens.base.language import say, word

_NOUNS: dict[str, str] = {
    "tempo_bpm": word("tempo (BPM)"),
    "tempo": word("tempo (BPM)"),
    "bpm": word("tempo (BPM)"),
    "tempo_confidence": word("clearness of the beat"),
    "key_confidence": word("clearness of the key"),
    "loudness_lufs": word("loudness (LUFS)"),
    "loudness": word("loudness (dB)"),
    "loudness_range_lu": word("loudness range (LU)"),
    "danceability": word("danceability"),
    "energy": word("energy"),
    "dynamic_complexity_db": word("dynamic complexity (dB)"),
    "valence": word("valence (positive mood)"),
    "arousal": word("arousal"),
    "duration_s": word("duration (s)"),
    "speechiness": word("speechiness"),
    "acousticness": word("acousticness"),
    "instrumentalness": word("instrumentalness"),
    "liveness": word("liveness"),
    "chorus_hit": word("start of the chorus (s)"),
    "sections": word("number of sections"),
    "centroid": word("spectral centroid (Hz)"),
    "bandwidth": word("spectral bandwidth (Hz)"),
    "rolloff": word("spectral rolloff (Hz)"),
    "flatness": word("spectral flatness"),
    "flux": word("spectral flux"),
    "zcr": word("zero-crossing rate"),
    "rms": word("RMS level"),
    "onset_env": word("onset strength"),
    "key": word("key"),
    "mode": word("mode (major or minor)"),
    "time_signature": word("time signature"),
    "explicit": word("explicit lyrics"),
    "genre": word("genre"),
    "mood": word("mood"),
    "track_pop": word("popularity of the song"),
    "artist_pop": word("popularity of the artist"),
    "popularity": word("popularity"),
    "target": word("hit or flop"),
    "in_chart": word("in the chart or in the reference"),
    "use_count": word("times used"),
    "increase": word("increase"),
    "rank": word("rank"),
    "peak_rank": word("peak rank"),
    "weeks_on_chart": word("weeks on the chart"),
    "year": word("year"),
    "country": word("country or region"),
    "platform": word("platform"),
}
_POOLED = {
    "mean": word("{feature}, mean"),
    "std": word("{feature}, deviation"),
    "p5": word("{feature}, 5th percentile"),
    "p50": word("{feature}, median"),
    "p95": word("{feature}, 95th percentile"),
    "skew": word("{feature}, skewness"),
    "kurt": word("{feature}, kurtosis"),
}
_POOLED_NAME = re.compile(r"(.+)\.(\w+)")


def feature_name(name: str) -> str:
    """Return what a feature or fact is called; a name that is not known stays as it is.

    Examples
    --------
    >>> feature_name("tempo_bpm"), feature_name("centroid.mean"), feature_name("amp10mean")
    ('tempo (BPM)', 'spectral centroid (Hz), mean', 'amp10mean')
    """
    if name.lower() in _NOUNS:
        return say(_NOUNS[name.lower()])
    pooled = _POOLED_NAME.fullmatch(name)
    if pooled and pooled[2] in _POOLED:
        return say(_POOLED[pooled[2]], feature=feature_name(pooled[1]))
    return name


def column_name(name: str) -> str:
    """Return the head of a column in the language of now: a feature's name, or the word that it is."""
    called = feature_name(name)
    return say(name) if called == name else called
