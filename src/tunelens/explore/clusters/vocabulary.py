"""What people call features and tags: the words that names of clusters are made of."""

from __future__ import annotations

from tunelens.base.language import say, word

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


def meaning(kind: str, name: str, value: str = "") -> str:
    """Return what a trait is about; what there is no word for begins with a question mark."""
    if kind == "fact":
        return f"is {value.casefold()}"
    return _MEANINGS.get(name.lower(), f"?{name}")


def say_feature(name: str, high: bool) -> str:
    """Return what songs with much, or little, of a feature are called.

    Examples
    --------
    >>> say_feature("tempo_bpm", high=False), say_feature("mfcc_3", high=True)
    ('slow', 'high mfcc_3')
    """
    about = meaning("feature", name)
    if about in _WORDS:
        return say(_WORDS[about][0 if high else 1])
    return say("high {feature}", feature=name) if high else say("low {feature}", feature=name)


def say_fact(_name: str, value: str) -> str:
    """Return what songs of which a fact is true are called: the value, in the language of now."""
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
