"""What people call features and tags: the words that names of clusters are made of."""

from __future__ import annotations

import re

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.models.registry import BACKBONES

_WORDS: dict[str, tuple[str, str]] = {
    "tempo": (word("fast"), word("slow")),
    "energy": (word("energetic"), word("calm")),
    "danceability": (word("danceable"), word("hard to dance to")),
    "valence": (word("cheerful"), word("gloomy")),
    "arousal": (word("exciting"), word("relaxed")),
    "loudness": (word("loud"), word("quiet")),
    "loudness range": (word("dynamic"), word("of even loudness")),
    "duration": (word("long"), word("short")),
    "brightness": (word("bright"), word("dark")),
    "noisiness": (word("noisy"), word("tonal")),
    "acousticness": (word("acoustic"), word("not acoustic")),
    "speechiness": (word("with speech"), word("without speech")),
    "instrumentalness": (word("instrumental"), word("sung")),
    "liveness": (word("live"), word("from the studio")),
    "popularity": (word("popular"), word("little known")),
    "year": (word("recent"), word("old")),
    "mode": (word("major"), word("minor")),
    "rhythm": (word("busy"), word("sparse")),
}
"""By meaning: what songs with more of it are called, and those with less."""

_MEANINGS = {
    "tempo": "tempo", "tempo_bpm": "tempo", "bpm": "tempo",
    "energy": "energy", "rms": "energy",
    "danceability": "danceability", "valence": "valence", "arousal": "arousal",
    "loudness": "loudness", "loudness_lufs": "loudness", "loudness_db": "loudness",
    "loudness_range_lu": "loudness range", "dynamic_complexity_db": "loudness range",
    "duration": "duration", "duration_s": "duration", "duration_ms": "duration", "length": "duration",
    "centroid": "brightness", "spectral_centroid": "brightness", "rolloff": "brightness",
    "bandwidth": "brightness", "brightness": "brightness",
    "flatness": "noisiness", "zcr": "noisiness",
    "acousticness": "acousticness", "speechiness": "speechiness", "instrumentalness": "instrumentalness",
    "liveness": "liveness", "popularity": "popularity", "track_pop": "popularity", "artist_pop": "popularity",
    "year": "year", "mode": "mode", "onset_rate": "rhythm", "onsets_per_s": "rhythm",
}  # fmt: skip
"""Names of features, as tables and Tunelens write them, and what they mean."""


_SAYING = re.compile(
    r".*(genre|mood|style|country|region|language|platform|quadrant|曲风|风格|流派|情绪|心情|国家|地区|语言|平台).*"
)
"""Facts whose values name songs as they stand; an album or a key does not say what songs are like."""


def tag_of(name: str) -> str | None:
    """Return the tag whose probability a feature is, as ``MSD_musicnn.rock``; None of another feature."""
    model, _, tag = name.partition(".")
    return tag if model in BACKBONES and tag and not tag.isdecimal() else None


def meaning(kind: str, name: str, value: str, high: bool) -> str | None:
    """Return what a trait is about, the same for traits that say the same; None where it names nothing."""
    if kind == "fact":
        return f"is {value.casefold()}" if _SAYING.fullmatch(name.casefold()) else None
    if tag := tag_of(name):
        return f"is {tag.casefold()}" if high else None
    return _MEANINGS.get(name.lower(), f"?{name}")


def say_feature(name: str, high: bool) -> str:
    """Return what songs with much, or little, of a feature are called.

    Examples
    --------
    >>> say_feature("tempo_bpm", high=False), say_feature("mfcc_3", high=True)
    ('slow', 'high mfcc_3')
    """
    about = _MEANINGS.get(name.lower(), "")
    if about in _WORDS:
        return say(_WORDS[about][0 if high else 1])
    tag = tag_of(name)
    if tag is not None and high:
        return say_value(tag)
    called = feature_name(name) if tag is None else say_value(tag)
    return say("high {feature}", feature=called) if high else say("low {feature}", feature=called)


def say_fact(name: str, value: str) -> str:
    """Return what songs are called of which a fact is true: its value, and where needed what it is of.

    Examples
    --------
    >>> say_fact("genre", "Rock"), say_fact("album", "Parade")
    ('rock', 'album: Parade')
    """
    if _SAYING.fullmatch(name.casefold()):
        return say_value(value)
    return say("{name}: {value}", name=feature_name(name), value=value)


def say_value(value: str) -> str:
    """Return a tag or genre in the language of now, as it stands where it has no other name."""
    return say(value.casefold()) if value.casefold() in _TAGS else value


_TAGS = frozenset({
    word("rock"), word("pop"), word("electronic"), word("jazz"), word("classical"), word("hip-hop"),
    word("metal"), word("folk"), word("blues"), word("country"), word("ambient"), word("dance"), word("sad"),
    word("happy"), word("soul"), word("punk"), word("indie"), word("reggae"), word("r&b"), word("latin"),
    word("disco"), word("house"), word("techno"), word("rap"), word("chillout"), word("experimental"),
    word("alternative"), word("hard rock"), word("acoustic"), word("instrumental"), word("female vocalists"),
    word("male vocalists"), word("mellow"), word("beautiful"), word("chill"), word("party"), word("sexy"),
    word("catchy"), word("funk"), word("easy listening"), word("oldies"),
})  # fmt: skip
"""Tags and genres that have a name in other languages."""
