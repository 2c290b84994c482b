"""Recommend tracks of a library: by sound, by what other listeners play, or by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.language import word
from tunelens.base.table import Table
from tunelens.library.prints import fold
from tunelens.library.recommend.artists import numbered
from tunelens.library.recommend.blend import standard
from tunelens.library.recommend.given import Given, Ground, Rows
from tunelens.library.recommend.listening import Listening, read_listening, read_names
from tunelens.library.recommend.opinions import COLLABORATIVE, WAYS, Opinions
from tunelens.library.recommend.reasons import Explainer, Reason
from tunelens.library.recommend.variety import Variety, best, choose, shortlist
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.services.playlists import track_of

__all__ = [
    "Pick",
    "RecommendOptions",
    "Recommendation",
    "Variety",
    "read_listening",
    "read_names",
    "recommend",
]
MOST_PICKS = 1000
MOST_DAYS = 36_500
MOST_FOLDED = 50
MOST_RANKED = 20_000
Float = NDArray[np.floating]


@dataclass(frozen=True)
class RecommendOptions:
    """How to recommend.

    Parameters
    ----------
    n : int
        How many tracks, 1 to `MOST_PICKS`.
    way : {"hybrid", "content", "collaborative"}
        Hybrid goes on by content, and says so, where there is no crowd to learn from.
    where : str
        Filter: what may be recommended. Where nothing else tells a taste, the middle of what it finds is one.
    like : str
        Filter: what it finds is the taste.
    listener : str
        Whose feedback counts; "" is the owner of the library.
    known : bool
        May tracks be recommended that the taste is made of?
    recent_days : float
        What was played within so many days is left out.
    share : float or None
        Of the collaborative opinion, 0 to 1; None lets validation choose.
    variety : Variety
        Diversity, novelty and spacing of artists.
    seed : int
        Of what is learned.

    Raises
    ------
    ParameterError, UnknownNameError
        A value is not allowed.
    """

    n: int = 20
    way: str = "hybrid"
    where: str = ""
    like: str = ""
    listener: str = ""
    known: bool = False
    recent_days: float = 7.0
    share: float | None = None
    variety: Variety = field(default_factory=Variety)
    seed: int = 0

    def __post_init__(self) -> None:
        if self.way not in WAYS:
            raise UnknownNameError.among("way", self.way, WAYS)
        if not 1 <= self.n <= MOST_PICKS:
            raise ParameterError(f"{self.n} tracks are asked for; 1 to {MOST_PICKS} are allowed")
        if not 0 <= self.recent_days <= MOST_DAYS:
            raise ParameterError(f"recent is {self.recent_days:g} days; 0 to {MOST_DAYS} are allowed")
        if self.share is not None and not 0 <= self.share <= 1:
            raise ParameterError(f"the share is {self.share:g}; 0 to 1 is allowed")


@dataclass(frozen=True)
class Pick:
    """One recommended track.

    Parameters
    ----------
    track : Track
    score : float
        Deviations above the average track, after novelty.
    sound, crowd : float or None
        The two opinions, in deviations above the average track; None where there is none.
    reasons : tuple of Reason
        The weightiest first.
    """

    track: Track
    score: float
    sound: float | None
    crowd: float | None
    reasons: tuple[Reason, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the pick as a JSON object."""
        opinions = {"sound": self.sound, "crowd": self.crowd}
        return {
            "track": self.track.to_dict(),
            "score": round(self.score, 4),
            **{name: None if one is None else round(one, 4) for name, one in opinions.items()},
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


@dataclass(frozen=True)
class Recommendation(Shown):
    """What to hear next.

    Parameters
    ----------
    picks : tuple of Pick
        In the order to hear them.
    way : str
        How they were found: hybrid, content or collaborative.
    share : float
        Of the collaborative opinion, 0 to 1.
    notes : tuple of str
        What a person should know.
    """

    picks: tuple[Pick, ...]
    way: str
    share: float
    notes: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """How they were found, for a person."""
        return (
            f"{self.way}, {self.share:.0%} by other listeners" if self.way == "hybrid" else f"by {self.way}"
        )

    def _card(self) -> Card:
        rows = tuple(
            (one.track.id, one.track.name, one.score, "; ".join(why.text for why in one.reasons))
            for one in self.picks
        )
        return Card(
            self.told,
            tables=(Table("", (word("id"), word("title"), word("score"), word("why")), rows),),
            notes=self.notes,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "way": self.way,
            "share": self.share,
            "picks": [pick.to_dict() for pick in self.picks],
            "notes": list(self.notes),
        }


def recommend(
    library: Library,
    refs: Sequence[str | int | Path] = (),
    *,
    options: RecommendOptions | None = None,
    listeners: Listening | None = None,
) -> Recommendation:
    """Recommend tracks of a library.

    The taste is that of the tracks `refs`, else of what ``options.like`` finds, else of the feedback of the
    listener, else of what ``options.where`` finds.

    Parameters
    ----------
    library : Library
    refs : sequence of str, int or Path
        Tracks, as `Library.get` takes them.
    options : RecommendOptions, optional
    listeners : Listening, optional
        Listeners of artists to learn from; without them the listeners of the library itself.

    Returns
    -------
    Recommendation

    Raises
    ------
    NotFoundError
        No such track or listener.
    DataError
        The library is empty, nothing may be recommended, or nothing can be learned from the listeners.
    ParameterError
        Nothing tells a taste, or a filter cannot be read.
    MissingDependencyError
        The way is collaborative, and ``implicit`` is not installed.
    """
    asked = options or RecommendOptions()
    ground = Ground.of(library, asked.listener, asked.recent_days)
    seeds = [track_of(library, ref if isinstance(ref, int) else str(ref)).id for ref in refs]
    given = Given.of(ground, seeds, asked.like, asked.where)
    opinions = Opinions.of(
        ground, given, way=asked.way, share=asked.share, table=listeners, seed=asked.seed
    )  # fmt: skip
    scores = _scores(ground, given, opinions, asked)
    rows = _chosen(ground, given, scores, asked)
    by_crowd = opinions.by_crowd()
    picks = tuple(
        Pick(track, float(scores[row]), *_said(opinions, by_crowd, row), reasons)
        for row, track, reasons in Explainer(ground, given, opinions).explain(rows)
    )
    few = (f"{len(picks)} tracks are all that may be recommended",) if len(picks) < asked.n else ()
    return Recommendation(picks, opinions.way, opinions.share, (*opinions.notes, *few))


def _said(opinions: Opinions, by_crowd: Float, row: int) -> tuple[float, float | None]:
    return float(opinions.sound[row]), float(by_crowd[row]) if opinions.warm[row] else None


def _scores(ground: Ground, given: Given, opinions: Opinions, asked: RecommendOptions) -> Float:
    """Return the score of every track; -inf for what must not be recommended."""
    may = _admitted(ground, given, opinions, asked)
    if not may.any():
        raise DataError(
            "nothing is left to recommend",
            hint="--known recommends what was liked and played too; analyze tells what tracks sound like",
        )
    scores = opinions.mixed() - asked.variety.novelty * standard(np.log1p(_known(ground, opinions)))
    return np.where(may, scores, -np.inf)


def _admitted(ground: Ground, given: Given, opinions: Opinions, asked: RecommendOptions) -> NDArray[np.bool_]:
    may = np.zeros(len(ground.space), bool)
    may[ground.found(asked.where)] = True
    may[ground.rows(ground.listener.taste.disliked)] = False
    may[ground.rows(ground.listener.recent)] = False
    if not asked.known:
        may[given.liked.rows] = False
        if given.kind == "liked":
            may[ground.rows(ground.listener.taste.liked)] = False
    sounds = ground.space.matrix.any(axis=1)
    return may & (opinions.warm if opinions.way == COLLABORATIVE else opinions.warm | sounds)


def _known(ground: Ground, opinions: Opinions) -> Float:
    """Return how well known each track is: to the crowd, else by all feedback of the library."""
    if opinions.crowd is not None:
        return opinions.crowd.crowd.known()
    found = np.zeros(len(ground.space))
    weights = np.asarray(ground.interactions.confidence.maximum(0).sum(axis=0)).ravel()
    there = np.isin(ground.interactions.ids, ground.space.ids)
    found[ground.space.rows_of(ground.interactions.ids)] = weights[there]
    return found


def _chosen(ground: Ground, given: Given, scores: Float, asked: RecommendOptions) -> Rows:
    """Return the rows of the list: one file of each recording, and none of what was given."""
    rows = best(scores, MOST_RANKED)
    artists = numbered(ground.artists(rows))
    some = shortlist(artists, asked.n, asked.variety.artist_gap)
    rows, artists = rows[some], artists[some]
    before = given.liked.rows[: 0 if asked.known else MOST_FOLDED]
    some = _once(ground, before, rows)
    rows, artists = rows[some], artists[some]
    return rows[choose(scores[rows], ground.space.matrix[rows], artists, asked.n, asked.variety)]


def _once(ground: Ground, before: Rows, rows: Rows) -> Rows:
    """Return the places in `rows` of tracks that are no copies of what is given or comes before."""
    ids, given = ground.space.ids[rows].tolist(), ground.space.ids[before].tolist()
    file = fold(ground.library, [*given, *ids])
    seen = {file.get(id, id) for id in given}
    kept = []
    for place, id in enumerate(ids):
        if file.get(id, id) not in seen:
            seen.add(file.get(id, id))
            kept.append(place)
    return np.array(kept, np.intp)
