"""Make playlists of what was heard: mixes near some seeds, and orders with smooth transitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.neighbours import harmony
from tunelens.library.neighbours.space import Space
from tunelens.library.playlists.mix import Wanted
from tunelens.library.playlists.mix import mix as mixed
from tunelens.library.playlists.order import MOST_TRACKS, shortest_path
from tunelens.library.playlists.store import Playlists
from tunelens.library.playlists.transitions import Costs, TransitionWeights, costs
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.services.playlists import Keep, track_of


@dataclass(frozen=True)
class Transition:
    """What happens between two tracks.

    Parameters
    ----------
    cost : float
        0 (smooth) to 1.
    parts : dict of str to float
        What tempo, key, energy, sound and artist cost alone, 0 to 1.
    tempo : tuple of float or None
        BPM before and after.
    keys : tuple of str or None
        Keys before and after, as DJs write them.
    """

    cost: float
    parts: dict[str, float]
    tempo: tuple[float | None, float | None]
    keys: tuple[str | None, str | None]

    def to_dict(self) -> dict[str, Any]:
        """Return the transition as a JSON object."""
        parts = {name: round(value, 4) for name, value in self.parts.items()}
        return {
            "cost": round(self.cost, 4),
            "parts": parts,
            "tempo_bpm": list(self.tempo),
            "keys": list(self.keys),
        }


@dataclass(frozen=True)
class Made:
    """A list of tracks in order, with the transitions between them.

    Parameters
    ----------
    tracks : tuple of Track
        In order.
    transitions : tuple of Transition
        One less than the tracks.
    cost, cost_before : float
        Mean cost of a transition now, and in the order the tracks came in; 0 to 1.
    wanted_s : float or None
        The length that was asked for, seconds.
    """

    tracks: tuple[Track, ...]
    transitions: tuple[Transition, ...]
    cost: float
    cost_before: float
    wanted_s: float | None = None

    @property
    def duration_s(self) -> float:
        """Length of all tracks, seconds."""
        return sum(track.duration_s for track in self.tracks)

    def to_dict(self) -> dict[str, Any]:
        """Return the list as a JSON object."""
        return {
            "tracks": [track_dict(track) for track in self.tracks],
            "transitions": [one.to_dict() for one in self.transitions],
            "cost": round(self.cost, 4),
            "cost_before": round(self.cost_before, 4),
            "duration_s": round(self.duration_s, 3),
            "wanted_s": self.wanted_s,
        }


def track_dict(track: Track) -> dict[str, Any]:
    """Return what tells a track of a list, as a JSON object."""
    facts = track.to_dict()
    names = (
        "id",
        "path",
        "title",
        "artist",
        "duration_s",
        "tempo_bpm",
        "key",
        "energy",
        "valence",
        "arousal",
    )
    return {name: facts[name] for name in names}


def mix(
    library: Library,
    seeds: Sequence[str | int] = (),
    wanted: Wanted | None = None,
    *,
    weights: TransitionWeights | None = None,
    keep: Keep | None = None,
) -> Made:
    """Make a mix near some tracks, ordered so that it flows; it begins with the first seed.

    Parameters
    ----------
    seeds : sequence of str or int
        Tracks, as `Library.get` takes them; without any, the filter alone says what may be in it.
    wanted : Wanted
        How many tracks or how long, of what, and how many of one artist.
    weights : TransitionWeights
        How much each part of a transition counts.
    keep : Keep
        Where the mix is to stay.

    Raises
    ------
    ParameterError
        Neither seeds nor a filter; the seeds last longer than the mix may; `keep` would overwrite something.
    NotFoundError
        A seed is not in the library, or nothing matches.
    """
    wanted, keep = wanted or Wanted(), keep or Keep()
    if not seeds and not wanted.where:
        raise ParameterError("a mix needs a track to begin with, or a filter", hint="--where genre:jazz")
    keep.check(library)
    space = Space.load(library)
    begin = list({track.id: track for track in (track_of(library, ref) for ref in seeds)}.values())
    made = _ordered(space, mixed(library, space, begin, wanted), weights, fixed=bool(begin))
    made = Made(made.tracks, made.transitions, made.cost, made.cost_before, wanted.duration_s)
    keep.keep(library, made.tracks, _title(begin, wanted), "a mix by Tunelens")
    return made


def _title(seeds: Sequence[Track], wanted: Wanted) -> str:
    return f"Mix: {seeds[0].name if seeds else wanted.where}"


def smooth(
    library: Library,
    name: str | None = None,
    *,
    where: str | None = None,
    first: str | int | None = None,
    weights: TransitionWeights | None = None,
    keep: Keep | None = None,
) -> Made:
    """Put the tracks of a playlist, or of a filter, in an order of smooth transitions.

    Parameters
    ----------
    name : str, optional
        A playlist; its entries that are not in the library are left out.
    where : str, optional
        A filter instead.
    first : str or int, optional
        The track to begin with.
    weights, keep
        As in `mix`.

    Raises
    ------
    ParameterError
        Both or neither of `name` and `where`; `first` is not among the tracks; more than 2000 tracks.
    NotFoundError
        There is no such playlist.
    """
    keep = keep or Keep()
    keep.check(library)
    tracks = _chosen(library, name, where)
    if first is not None:
        begin = track_of(library, first)
        if begin.id not in {track.id for track in tracks}:
            raise ParameterError(f"{begin.name!r} is not among the {len(tracks)} tracks")
        tracks.sort(key=lambda track: track.id != begin.id)
    made = _ordered(Space.load(library), tracks, weights, fixed=first is not None)
    keep.keep(library, made.tracks, f"{name or where}, smooth", "ordered for smooth transitions by Tunelens")
    return made


def _chosen(library: Library, name: str | None, where: str | None) -> list[Track]:
    if (name is None) == (where is None):
        raise ParameterError("give the name of a playlist, or --where, and not both")
    if where is not None:
        tracks = library.tracks(where, limit=MOST_TRACKS + 1)
    else:
        items = Playlists(library).items(name or "")
        tracks = list({item.track.id: item.track for item in items if item.track is not None}.values())
    if not tracks:
        raise ParameterError(f"no track of the library is in {name or where!r}")
    return tracks


def _ordered(
    space: Space, tracks: Sequence[Track], weights: TransitionWeights | None, *, fixed: bool
) -> Made:
    if len(tracks) > MOST_TRACKS:
        raise ParameterError(f"{len(tracks)} tracks are too many to be ordered; at most {MOST_TRACKS} are")
    among = costs(tracks, space, weights)
    order = shortest_path(among.total, first=0 if fixed else None).tolist()
    return Made(
        tracks=tuple(tracks[row] for row in order),
        transitions=tuple(_transition(tracks, among, a, b) for a, b in pairwise(order)),
        cost=_mean(among, order),
        cost_before=_mean(among, range(len(tracks))),
    )


def _mean(among: Costs, order: Sequence[int]) -> float:
    return float(among.along(order).mean()) if len(order) > 1 else 0.0


def _transition(tracks: Sequence[Track], among: Costs, a: int, b: int) -> Transition:
    both = tracks[a], tracks[b]
    keys = tuple(harmony.camelot(track.key) if track.key else None for track in both)
    parts = {name: float(part[a, b]) for name, part in among.parts.items()}
    return Transition(
        float(among.total[a, b]), parts, (both[0].tempo_bpm, both[1].tempo_bpm), (keys[0], keys[1])
    )


def weights_of(given: Iterable[str]) -> TransitionWeights:
    """Return the weights that texts like ``tempo=2`` name; the others are 1.

    Raises
    ------
    UnknownNameError
        There is no such part.
    ParameterError
        It is no number, or not an allowed one.

    Examples
    --------
    >>> weights_of(["tempo=2", "key=0"])
    TransitionWeights(tempo=2.0, key=0.0, energy=1.0, similarity=1.0, artist=1.0)
    """
    known = [one.name for one in fields(TransitionWeights)]
    values = {}
    for text in given:
        name, _, number = text.partition("=")
        if name not in known:
            raise UnknownNameError.among("part of a transition", name, known)
        try:
            values[name] = float(number)
        except ValueError:
            raise ParameterError(f"the weight is {text!r}; write {name}=2") from None
    return TransitionWeights(**values)
