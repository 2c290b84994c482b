"""Valence and arousal: where a track, or a mood, lies in the plane of feelings (Russell 1980).

Valence says how pleasant, arousal how energetic, both 0 to 1. Of a track they are what the bundles of these
names say: how likely a person would put it on the upper half. Where no bundle was asked, the energy
stands for arousal, and the tags of happy are weighed against those of sad music for valence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tunelens.base.errors import ParameterError

HIGH, LOW = 0.8, 0.2
MOODS = {
    "happy": (HIGH, HIGH),
    "calm": (HIGH, LOW),
    "sad": (LOW, LOW),
    "tense": (LOW, HIGH),
    "neutral": (0.5, 0.5),
}
"""Middles of the four quadrants, as the bundle ``mood`` calls them, and of the plane."""
OTHER_NAMES = {
    "relaxed": "calm", "peaceful": "calm", "平静": "calm", "放松": "calm",
    "joyful": "happy", "excited": "happy", "快乐": "happy", "开心": "happy",
    "depressed": "sad", "melancholic": "sad", "悲伤": "sad", "难过": "sad",
    "angry": "tense", "anxious": "tense", "紧张": "tense", "愤怒": "tense", "焦虑": "tense",
}  # fmt: skip
BRIGHT_TAGS, DARK_TAGS = frozenset({"happy", "party"}), frozenset({"sad"})
LEAST_SAID = 0.02
_NUMBERS = re.compile(r"\s*(\d*\.?\d+)\s*[,;]\s*(\d*\.?\d+)\s*")


@dataclass(frozen=True)
class Feeling:
    """A point of the plane.

    Parameters
    ----------
    valence, arousal : float
        0 to 1.
    guessed : bool
        From energy and tags, because no bundle said it.
    """

    valence: float
    arousal: float
    guessed: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the point as JSON knows it."""
        return {
            "valence": round(self.valence, 4),
            "arousal": round(self.arousal, 4),
            "guessed": self.guessed,
        }


def feeling(
    valence: float | None, arousal: float | None, energy: float | None, bright: float, dark: float
) -> Feeling | None:
    """Return where a track lies; None where nothing says it.

    Parameters
    ----------
    valence, arousal, energy : float or None
        As `Track` has them.
    bright, dark : float
        Probability of the loudest of `BRIGHT_TAGS`, and of `DARK_TAGS`.

    Examples
    --------
    >>> feeling(0.3, 0.9, 0.5, 0.0, 0.0)
    Feeling(valence=0.3, arousal=0.9, guessed=False)
    >>> feeling(None, None, 0.5, 0.3, 0.1)
    Feeling(valence=0.75, arousal=0.5, guessed=True)
    """
    if valence is not None and arousal is not None:
        return Feeling(valence, arousal)
    if energy is None or bright + dark < LEAST_SAID:
        return None
    return Feeling(round(bright / (bright + dark), 6), energy, guessed=True)


def point_of(text: str) -> Feeling | None:
    """Return the point that a word for a mood or two numbers name; None for other text.

    Raises
    ------
    ParameterError
        The numbers are not 0 to 1.

    Examples
    --------
    >>> point_of("calm"), point_of("0.3, 0.9"), point_of("my song")
    (Feeling(valence=0.8, arousal=0.2, guessed=False), Feeling(valence=0.3, arousal=0.9, guessed=False), None)
    """
    word = text.strip().casefold()
    word = OTHER_NAMES.get(word, word)
    if word in MOODS:
        return Feeling(*MOODS[word])
    found = _NUMBERS.fullmatch(text)
    if found is None:
        return None
    valence, arousal = float(found[1]), float(found[2])
    if valence > 1 or arousal > 1:
        raise ParameterError(f"valence and arousal are {text!r}; 0 to 1 are allowed, say 0.2,0.8")
    return Feeling(valence, arousal)
