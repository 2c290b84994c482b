"""What neighbours are looked for: tracks of the library, and files that were heard just now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import DataError
from tunelens.features.landmarks import Peaks
from tunelens.library.analysis import Analysis
from tunelens.library.neighbours.measures import Float32
from tunelens.library.neighbours.space import Space
from tunelens.library.prints.printer import LANDMARKS
from tunelens.library.query import LIKELY, TOP
from tunelens.library.rows import tag_rows, track_row
from tunelens.library.track import TagScore, Track

COMBINE = ("mean", "nearest")
OUTSIDE = 0
"""The number of a file that is not in the library, whose tracks count from 1."""


@dataclass(frozen=True, eq=False)
class Seed:
    """A track that others are compared with.

    Parameters
    ----------
    track : Track
        What is known of it; its number is `OUTSIDE` for a file that is not in the library.
    place : ndarray of float32, shape (d,)
        Where it lies.
    peaks : Peaks or None
        What a file is known again by that is not in the library.
    """

    track: Track
    place: Float32
    peaks: Peaks | None = None

    @classmethod
    def of_track(cls, track: Track, space: Space) -> Seed:
        """Return a track of the library as a seed.

        Raises
        ------
        DataError
            Nothing is known of it that has a weight.
        """
        return cls(track, _known(np.array(space.matrix[space.row_of(track.id)]), track))

    @classmethod
    def of_analysis(cls, analysis: Analysis, space: Space) -> Seed:
        """Return a file that was heard as a seed.

        Raises
        ------
        DataError
            Nothing was heard in it that has a weight.
        """
        track = track_of(analysis)
        marks = [Peaks.unpack(one.data) for one in analysis.prints if one.kind == LANDMARKS]
        return cls(track, _known(space.vector_of(analysis), track), marks[0] if marks else None)


def _known(place: Float32, track: Track) -> Float32:
    if not place.any():
        raise DataError(
            f"nothing is known of {track.name!r} that has a weight",
            hint="tunelens analyze --force hears it again; --weight gives other parts a weight",
        )
    return place


def track_of(analysis: Analysis) -> Track:
    """Return what a list would show of a file that is not in the library."""
    row = {name: value for name, value in track_row(analysis).items() if name != "versions"}
    scores = [
        TagScore(
            tag["model"],
            tag["tag"],
            tag["group"],
            tag["probability"],
            tag["probability"] >= LIKELY or tag["rank"] <= TOP,
        )
        for tag in tag_rows(analysis.taggings, analysis.predictions)
    ]
    ranked = tuple(sorted(scores, key=lambda score: -score.probability))
    return Track(id=OUTSIDE, path=analysis.path, analyzed_at="", **row, tags=ranked)


def queries_of(seeds: Sequence[Seed], combine: str) -> Float32:
    """Return the places to look around, shape (k, d): the nearest of the seeds counts, or the mean of all.

    Seeds that are opposite to each other have no middle; each is looked around then.
    """
    places = np.stack([seed.place for seed in seeds])
    middle = places.mean(axis=0)
    length = float(np.linalg.norm(middle))
    if combine == "nearest" or length < 1e-6:
        return places
    return (middle / length)[None].astype(np.float32)


def nearest_seed(place: Float32, seeds: Sequence[Seed]) -> Seed:
    """Return the seed that a place is most like."""
    return max(seeds, key=lambda seed: float(seed.place @ place))
