"""What kind of thing a tag says: genre, mood, instrument, voice or era."""

from __future__ import annotations

from collections.abc import Iterable

GROUPS = ("genre", "mood", "instrument", "voice", "era", "other")

_WORDS: dict[str, tuple[str, ...]] = {
    "genre": (
        *("alternative", "alternative rock", "ambient", "blues", "classic", "classic rock", "classical"),
        *("country", "dance", "easy listening", "electro", "electronic", "electronica", "experimental"),
        *("folk", "funk", "hard rock", "heavy metal", "hip-hop", "house", "indian", "indie", "indie pop"),
        *("indie rock", "jazz", "metal", "new age", "opera", "pop", "progressive rock", "punk", "rnb"),
        *("rock", "soul", "techno"),
    ),
    "mood": (
        *("beautiful", "catchy", "chill", "chillout", "fast", "happy", "loud", "mellow", "party", "quiet"),
        *("sad", "sexy", "slow", "soft", "weird"),
    ),
    "instrument": (
        *("acoustic", "beat", "beats", "cello", "drums", "flute", "guitar", "harp", "harpsichord"),
        *("piano", "sitar", "solo", "strings", "synth", "violin"),
    ),
    "voice": (
        *("choir", "choral", "female", "female vocal", "female vocalist", "female vocalists"),
        *("female voice", "instrumental", "male", "male vocal", "male vocalists", "male voice", "man"),
        *("no vocal", "no vocals", "no voice", "singing", "vocal", "vocals", "voice", "woman"),
    ),
    "era": ("60s", "70s", "80s", "90s", "00s", "oldies"),
}
_GROUP_OF = {word: group for group, words in _WORDS.items() for word in words}


def group_of(tag: str) -> str:
    """Return the group of `tag`; "other" for a word that is not in the table.

    Tempo and loudness words (fast, slow, loud, quiet) count as mood, words on how a piece is scored (solo,
    acoustic, beat) as instrument, the absence of a voice as voice.

    Examples
    --------
    >>> group_of("Hip-Hop"), group_of("no vocals"), group_of("80s"), group_of("kazoo")
    ('genre', 'voice', 'era', 'other')
    """
    return _GROUP_OF.get(tag.lower(), "other")


def words() -> Iterable[tuple[str, str]]:
    """Walk over (group, tag) of the table."""
    return ((group, word) for group, listed in _WORDS.items() for word in listed)
