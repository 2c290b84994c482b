"""Why a track is recommended, in words that a person can check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tunelens.library.neighbours.reasons import Reasons
from tunelens.library.recommend.given import Given, Ground, Rows
from tunelens.library.recommend.opinions import Opinions
from tunelens.library.track import Track

Kind = Literal["liked", "seed", "filter", "listeners"]


@dataclass(frozen=True)
class Reason:
    """One reason.

    Parameters
    ----------
    kind : {"liked", "seed", "filter", "listeners"}
        By the sound of what was liked, of what was named, or of what a filter finds; by what other listeners
        play.
    name : str
        The track, artist or filter that it comes from.
    share : float
        0 to 1: how much of this opinion comes from it.
    track_id : int or None
        Its number, where it is a track of the library.
    common : Reasons or None
        What the two tracks have in common.
    """

    kind: Kind
    name: str
    share: float
    track_id: int | None = None
    common: Reasons | None = None

    @property
    def text(self) -> str:
        """The reason as a sentence.

        Examples
        --------
        >>> Reason("listeners", "周杰伦", 0.4).text
        'listeners of 周杰伦 play it too'
        """
        said = _SENTENCES[self.kind].format(self.name)
        words = in_words(self.common) if self.common else ""
        return f"{said}: {words}" if words else said

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as a JSON object."""
        return {
            "kind": self.kind,
            "text": self.text,
            "name": self.name,
            "share": round(self.share, 4),
            "track_id": self.track_id,
            "common": self.common and self.common.to_dict(),
        }


Source = tuple[int | None, str, float]
Known = Mapping[int, Track]
_SENTENCES = {
    "liked": "because {} was liked",
    "seed": "sounds like {}",
    "filter": "amid what matches {}",
    "listeners": "listeners of {} play it too",
}
_TEMPO = {1.0: "same tempo", 2.0: "double tempo", 0.5: "half tempo"}


def in_words(common: Reasons) -> str:
    """Return what two tracks have in common; "" for nothing.

    Examples
    --------
    >>> in_words(Reasons(tags=("jazz", "piano"), tempo=1.0, key="same key"))
    'both jazz, piano; same tempo; same key'
    """
    parts = [
        f"both {', '.join(common.tags)}" if common.tags else "",
        _TEMPO[common.tempo] if common.tempo else "",
        common.key or "",
        f"alike in {', '.join(common.alike)}" if common.alike else "",
    ]
    return "; ".join(part for part in parts if part)


class Explainer:
    """Tells why tracks of a list are in it."""

    def __init__(self, ground: Ground, given: Given, opinions: Opinions) -> None:
        self._ground, self._given, self._opinions = ground, given, opinions
        self._by_crowd = opinions.by_crowd()

    def explain(self, rows: Rows) -> Iterator[tuple[int, Track, tuple[Reason, ...]]]:
        """Yield each row of a list with its track and the reasons for it, the weightiest first."""
        anchors, sources = self._anchors(rows), [self._source(int(row)) for row in rows]
        ids = self._ground.space.ids
        needed = [int(ids[row]) for row in (*rows, *(anchor[0] for anchor in anchors if anchor))]
        needed += [source[0] for source in sources if source and source[0] is not None]
        known = {track.id: track for track in self._ground.library.tracks_by_id(dict.fromkeys(needed))}
        for row, anchor, source in zip(rows.tolist(), anchors, sources, strict=True):
            track = known.get(int(ids[row]))
            if track is not None:
                yield row, track, self._reasons(row, track, anchor, source, known)

    def _reasons(
        self, row: int, track: Track, anchor: tuple[int, float] | None, source: Source | None, known: Known
    ) -> tuple[Reason, ...]:
        sound = self._by_sound(row, track, anchor, known) if self._heeds_sound(row) else None
        crowd = None
        if source is not None:
            id, name, added = source
            played = None if id is None else known.get(id)
            crowd = Reason("listeners", played.name if played else name, added, id)
        share = self._opinions.share
        first = (1 - share) * self._opinions.sound[row] >= share * self._by_crowd[row]
        both = (sound, crowd) if first else (crowd, sound)
        return tuple(reason for reason in both if reason is not None)

    def _heeds_sound(self, row: int) -> bool:
        return self._opinions.share < 1 or not self._opinions.warm[row]

    def _by_sound(
        self, row: int, track: Track, anchor: tuple[int, float] | None, known: Known
    ) -> Reason | None:
        if anchor is None:
            return Reason("filter", self._given.name, 1.0)
        liked, share = anchor
        other = known.get(int(self._ground.space.ids[liked]))
        if other is None:
            return None
        places = self._ground.space.matrix[liked], self._ground.space.matrix[row]
        return Reason(self._given.kind, other.name, share, other.id, Reasons.of(other, track, places))

    def _anchors(self, rows: Rows) -> list[tuple[int, float] | None]:
        """Return for each row the liked row that pulls most, and its share of all pull."""
        liked = self._given.liked
        if not len(liked.rows):
            return [None] * len(rows)
        matrix = self._ground.space.matrix
        pull = liked.pull(matrix, matrix[rows])
        best = pull.argmax(axis=1)
        shares = pull.max(axis=1) / pull.sum(axis=1)
        return list(zip(liked.rows[best].tolist(), shares.tolist(), strict=True))

    def _source(self, row: int) -> Source | None:
        """Return the track or artist because of which the crowd speaks for a row; None where it does not."""
        opinion = self._opinions.crowd
        if opinion is None or self._opinions.share == 0 or self._by_crowd[row] <= 0:
            return None
        column, share = opinion.because(row)
        if opinion.crowd.artists:
            return None, opinion.crowd.artists[column], share
        return int(self._ground.interactions.ids[column]), "", share
