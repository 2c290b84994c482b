"""Why two tracks are neighbours, in words that a person can check by listening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from tunelens.base.language import say, word
from tunelens.library.neighbours.choice import OCTAVES
from tunelens.library.neighbours.harmony import KEYS, distance
from tunelens.library.neighbours.measures import Float32
from tunelens.library.neighbours.parts import all_parts
from tunelens.library.neighbours.space import likeness_of_parts
from tunelens.library.query import tag_word
from tunelens.library.track import GROUPS, Track

KeyLink = Literal["same key", "relative key", "a fifth apart"]
_SAID = (
    word("same key"), word("relative key"), word("a fifth apart"),
    word("embedding"), word("timbre"), word("rhythm"), word("harmony"), word("energy"),
)  # fmt: skip
"""What `Reasons.words` says of keys and parts."""
MOST_TAGS = 5
NEAR_TEMPO, NEAR_ENERGY = 0.04, 0.1
CLOSE = 0.8
"""A part is called alike when it is closer than in this share of pairs of different tracks."""


@dataclass(frozen=True)
class Reasons:
    """What two tracks have in common.

    Parameters
    ----------
    tags : tuple of str
        Likely tags that both have, most probable in both first.
    tempo : float or None
        The factor, 1, 2 or 0.5, that brings the seed's tempo to the neighbour's within 4 %.
    key : str or None
        How their keys stand, where they mix.
    energy : bool
        Is their energy less than 0.1 apart?
    parts : Mapping of str to float
        Of each part, the share of pairs of different tracks that are less alike, 0 to 1.
    """

    tags: tuple[str, ...] = ()
    tempo: float | None = None
    key: KeyLink | None = None
    energy: bool = False
    parts: Mapping[str, float] | None = None

    @classmethod
    def of(cls, seed: Track, other: Track, places: tuple[Float32, Float32]) -> Reasons:
        """Compare a seed with a neighbour; `places` are theirs."""
        return cls(
            tags=shared_tags(seed, other),
            tempo=tempo_link(seed.tempo_bpm, other.tempo_bpm),
            key=key_link(seed.key, other.key),
            energy=_near(seed.energy, other.energy),
            parts=closeness(*places),
        )

    @property
    def alike(self) -> tuple[str, ...]:
        """The parts that are close, the closest first."""
        parts = self.parts or {}
        return tuple(sorted((name for name in parts if parts[name] >= CLOSE), key=lambda name: -parts[name]))

    def words(self) -> list[str]:
        """Return the reasons as a person reads them, in the language of now.

        Examples
        --------
        >>> Reasons(tags=("jazz",), tempo=2.0).words()
        ['jazz', 'double tempo']
        """
        tempo = {1.0: say("same tempo"), 2.0: say("double tempo"), 0.5: say("half tempo")}
        alike = ", ".join(map(say, self.alike))
        said = [", ".join(self.tags), say("alike in {parts}", parts=alike) if alike else ""]
        said += [tempo[self.tempo] if self.tempo else "", say(self.key or "")]
        said += [say("same energy") if self.energy else ""]
        return [text for text in said if text]

    def to_dict(self) -> dict[str, Any]:
        """Return the reasons as a JSON object."""
        parts = {name: round(share, 3) for name, share in (self.parts or {}).items()}
        return {
            "tags": list(self.tags),
            "tempo": self.tempo,
            "key": self.key,
            "energy": self.energy,
            "parts": parts,
            "alike": list(self.alike),
        }


def shared_tags(a: Track, b: Track) -> tuple[str, ...]:
    """Return the likely tags that both have, whatever model gave them; at most 5."""
    ours, theirs = _likely(a), _likely(b)
    both = sorted(ours.keys() & theirs.keys(), key=lambda tag: (-min(ours[tag][0], theirs[tag][0]), tag))
    return tuple(theirs[tag][1] for tag in both[:MOST_TAGS])


def _likely(track: Track) -> dict[str, tuple[float, str]]:
    found: dict[str, tuple[float, str]] = {}
    for tag in track.tags:
        if tag.likely and tag.group in GROUPS[:-1]:
            word = tag_word(tag.tag)
            found[word] = max(found.get(word, (0.0, "")), (tag.probability, tag.tag))
    return found


def tempo_link(a: float | None, b: float | None) -> float | None:
    """Return 1, 2 or 0.5 where that factor brings `a` within 4 % of `b`, BPM.

    Examples
    --------
    >>> tempo_link(100, 102), tempo_link(70, 140), tempo_link(70, 100)
    (1.0, 2.0, None)
    """
    if not a or not b:
        return None
    factor = min(OCTAVES, key=lambda octave: abs(np.log(a * octave / b)))
    return factor if abs(a * factor / b - 1) <= NEAR_TEMPO else None


def key_link(a: str | None, b: str | None) -> KeyLink | None:
    """Return how two keys stand, where they mix.

    Examples
    --------
    >>> key_link("A minor", "C major"), key_link("A minor", "A major")
    ('relative key', None)
    """
    if a not in KEYS or b not in KEYS or distance(a, b) > 1:
        return None
    if distance(a, b) == 0:
        return "same key"
    return "a fifth apart" if a.split()[1] == b.split()[1] else "relative key"


def _near(a: float | None, b: float | None) -> bool:
    return a is not None and b is not None and abs(a - b) < NEAR_ENERGY


def closeness(a: Float32, b: Float32) -> dict[str, float]:
    """Return, for each part that both have, the share of pairs of different tracks that are less alike."""
    cosines = likeness_of_parts(a, b)
    return {
        part.name: float(np.interp(cosines[part.name], part.likeness, np.linspace(0, 1, len(part.likeness))))
        for part in all_parts()
        if part.name in cosines
    }
