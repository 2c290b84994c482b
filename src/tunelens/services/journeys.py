"""Make journeys: playlists that lead from one mood to another in equal steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, ParameterError
from tunelens.base.files import check_writable
from tunelens.base.language import word
from tunelens.base.table import Table
from tunelens.library.playlists.journey import Way, line_between, travel
from tunelens.library.playlists.places import Places
from tunelens.library.playlists.plane import Feeling, point_of
from tunelens.library.playlists.songs import copies
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.plots.display import check_suffix
from tunelens.plots.journey import JourneyDisplay
from tunelens.services.mixes import track_dict
from tunelens.services.playlists import Keep, track_of

Floats = NDArray[np.float64]
MOST_DRAWN = 5000


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a journey.

    Parameters
    ----------
    track : Track
        What is heard.
    feeling : Feeling
        Where it lies.
    wanted : Feeling
        Where the step should lie.
    deviation : float
        Distance between the two, in a plane of side 1.
    """

    track: Track
    feeling: Feeling
    wanted: Feeling
    deviation: float

    def to_dict(self) -> dict[str, Any]:
        """Return the step as a JSON object."""
        return {
            **track_dict(self.track),
            **self.feeling.to_dict(),
            "wanted": [round(self.wanted.valence, 4), round(self.wanted.arousal, 4)],
            "deviation": round(self.deviation, 4),
        }


@dataclass(frozen=True, eq=False)
class Journey(Shown):
    """A journey, and how well it keeps to its line.

    Parameters
    ----------
    title : str
        From where to where.
    steps : tuple of Step
        In order.
    step_length : float
        What one step should be, in a plane of side 1.
    artists_too_soon : int
        Steps whose artist was heard in one of the two steps before.
    n_placed, n_guessed, n_unplaced : int
        Tracks whose place bundles said, or energy and tags, or nothing.
    """

    title: str
    steps: tuple[Step, ...]
    step_length: float
    artists_too_soon: int
    n_placed: int
    n_guessed: int
    n_unplaced: int

    def _card(self) -> Card:
        rows = tuple(
            (one.track.id, one.track.name, one.feeling.valence, one.feeling.arousal, one.deviation)
            for one in self.steps
        )
        columns = (word("id"), word("title"), word("valence"), word("arousal"), word("off the line by"))
        return Card(self.title, tables=(Table("", columns, rows),))

    @property
    def largest_deviation(self) -> float:
        """How far the farthest track lies from its place."""
        return max(step.deviation for step in self.steps)

    @property
    def mean_deviation(self) -> float:
        """The mean of all."""
        return float(np.mean([step.deviation for step in self.steps]))

    def to_dict(self) -> dict[str, Any]:
        """Return the journey as a JSON object."""
        counts = ("artists_too_soon", "n_placed", "n_guessed", "n_unplaced")
        return {
            "title": self.title,
            "steps": [step.to_dict() for step in self.steps],
            "step_length": round(self.step_length, 4),
            "largest_deviation": round(self.largest_deviation, 4),
            "mean_deviation": round(self.mean_deviation, 4),
            **{name: getattr(self, name) for name in counts},
        }


@dataclass(frozen=True)
class _End:
    """Where a journey begins or ends: a point, and the track that lies there if one was named."""

    name: str
    feeling: Feeling
    track: Track | None = None


def journey(
    library: Library,
    start: str | int,
    end: str | int,
    *,
    steps: int = 12,
    where: str = "",
    plot: Path | None = None,
    keep: Keep | None = None,
) -> Journey:
    """Make a journey from one mood to another in equal steps.

    Parameters
    ----------
    start, end : str or int
        A mood ("calm", "快乐"), valence and arousal ("0.2,0.8"), or a track, which is then part of it; a
        whole number is that of a track.
    steps : int
        Tracks, 2 to 100.
    where : str
        A filter for all other tracks.
    plot : Path, optional
        Where to draw it: ``.png``, ``.svg`` or ``.html``.
    keep : Keep
        Where the list is to stay.

    Raises
    ------
    ParameterError
        An end is neither a mood nor a point nor a track; both are the same; `steps` is out of range;
        something would be overwritten.
    DataError
        Too few tracks have a place in the plane.
    """
    keep = keep or Keep()
    keep.check(library)
    if plot is not None:
        check_writable(check_suffix(plot), force=keep.force)
    ends = _end(library, start), _end(library, end)
    line = line_between(ends[0].feeling, ends[1].feeling, steps)
    made, others = _travelled(library, ends, line, where)
    keep.keep(
        library, [step.track for step in made.steps], made.title, "a journey in equal steps by Tunelens"
    )
    if plot is not None:
        _picture(made, line, others).save(plot, force=keep.force)
    return made


def _end(library: Library, ref: str | int) -> _End:
    feeling = None if isinstance(ref, int) else point_of(ref)
    if feeling is not None:
        return _End(str(ref).strip(), feeling)
    track = track_of(library, ref)
    places = Places.load(library, f"id:{track.id}")
    if not len(places.ids):
        raise DataError(
            f"nothing says how {track.name!r} feels", hint="tunelens analyze --force hears it with all nets"
        )
    return _End(track.name, next(places.feelings([0])), track)


def _travelled(library: Library, ends: tuple[_End, _End], line: Floats, where: str) -> tuple[Journey, Floats]:
    """Return the journey, and where all tracks lie."""
    named = [one.track for one in ends if one.track]
    if copies(library, named) or (len(named) == 2 and named[0].id == named[1].id):
        raise ParameterError("the journey ends with the song it begins with", hint="name another for --to")
    places = Places.load(library, where, [track.id for track in named])
    first, last = (one.track.id if one.track else None for one in ends)
    while True:
        way = travel(
            places.points, places.artists, line, first=places.row_of(first), last=places.row_of(last)
        )
        tracks = library.tracks_by_id(places.ids[list(way.rows)].tolist())
        again = copies(library, dict.fromkeys([*named, *tracks]))
        if not again:
            break
        places = places.without(again)
    made = Journey(
        title=f"From {ends[0].name} to {ends[1].name}",
        steps=_steps(way, tracks, list(places.feelings(way.rows))),
        step_length=float(np.linalg.norm(line[1] - line[0])),
        artists_too_soon=way.artists_too_soon,
        n_placed=int(np.sum(~places.guessed)),
        n_guessed=int(np.sum(places.guessed)),
        n_unplaced=places.n_unplaced,
    )
    return made, places.points


def _steps(way: Way, tracks: Sequence[Track], feelings: Sequence[Feeling]) -> tuple[Step, ...]:
    wanted = [Feeling(valence, arousal) for valence, arousal in way.line.tolist()]
    return tuple(
        Step(track, here, there, deviation)
        for track, here, there, deviation in zip(
            tracks, feelings, wanted, way.deviations.tolist(), strict=True
        )
    )


def _picture(made: Journey, line: Floats, others: Floats) -> JourneyDisplay:
    points = np.array([[step.feeling.valence, step.feeling.arousal] for step in made.steps])
    names = [step.track.name for step in made.steps]
    thinned = others[:: max(1, -(-len(others) // MOST_DRAWN))]
    return JourneyDisplay(points=points, line=line, names=names, others=thinned, title=made.title)
