"""The tracks that are most like others, and why."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement

from tunelens.base.card import Card, Shown
from tunelens.base.errors import NotFoundError, ParameterError, UnknownNameError
from tunelens.base.language import say, word
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.features.landmarks import Peaks
from tunelens.library.analysis import Analysis
from tunelens.library.neighbours.choice import Choice, admitted, all_admitted, contents_of
from tunelens.library.neighbours.kept import Say
from tunelens.library.neighbours.measures import Ids
from tunelens.library.neighbours.parts import Weights, spans
from tunelens.library.neighbours.reasons import Reasons
from tunelens.library.neighbours.search import Ranking, Search
from tunelens.library.neighbours.seeds import COMBINE, OUTSIDE, Seed, nearest_seed, queries_of
from tunelens.library.neighbours.space import Space
from tunelens.library.prints import Prints, fold
from tunelens.library.prints.same import same
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.services.engines import ENGINES, n_workers
from tunelens.services.hear import HearOptions, hear

MOST, MOST_SEEDS = 10_000, 1000
MOST_FOLDED = 400
"""Copies are looked for among so many of the nearest; farther down equal content alone is folded."""
MOST_COMPARED = 50
"""A file outside the library is compared with so many of the nearest: a copy of it is among the first."""


@dataclass(frozen=True)
class Neighbour:
    """A track that is like a seed.

    Parameters
    ----------
    track : Track
        The track.
    similarity : float
        -1 to 1; see `Space`.
    seed : str
        Name of the seed that it is most like.
    reasons : Reasons
        What it has in common with that seed.
    """

    track: Track
    similarity: float
    seed: str
    reasons: Reasons

    def to_dict(self) -> dict[str, Any]:
        """Return the neighbour as a JSON object."""
        return {
            "similarity": round(self.similarity, 6),
            "seed": self.seed,
            "reasons": self.reasons.to_dict(),
            "track": self.track.to_dict(),
        }


@dataclass(frozen=True)
class Similar(Shown):
    """What `similar` found.

    Parameters
    ----------
    seeds : tuple of Track
        What was looked around; the number of a file outside the library is 0.
    neighbours : tuple of Neighbour
        The most alike first.
    n_compared : int
        Tracks in the library.
    exact : bool
        Was every track compared, without an index?
    notes : tuple of str
        What a person should know of the answer.
    """

    seeds: tuple[Track, ...]
    neighbours: tuple[Neighbour, ...]
    n_compared: int
    exact: bool
    notes: tuple[str, ...] = ()

    def _card(self) -> Card:
        rows = tuple(
            (one.track.id, one.track.name, one.similarity, "; ".join(one.reasons.words()))
            for one in self.neighbours
        )
        table = Table("", (word("id"), word("title"), word("similarity"), word("why")), rows)
        title = ", ".join(seed.name for seed in self.seeds)
        lead = say("{n} neighbours among {total} tracks", n=len(rows), total=f"{self.n_compared:,}")
        return Card(title, lead, tables=(table,), shares=("similarity",), notes=self.notes)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "seeds": [seed.to_dict() for seed in self.seeds],
            "neighbours": [one.to_dict() for one in self.neighbours],
            "n_compared": self.n_compared,
            "exact": self.exact,
            "notes": list(self.notes),
        }


def similar(
    seeds: Iterable[str | int | Path] | str | int | Path,
    library: Library,
    *,
    n: int = 20,
    weights: Weights | None = None,
    choice: Choice | None = None,
    combine: str = "mean",
    copies: bool = False,
    exact: bool = False,
    settings: Settings | None = None,
    say: Say | None = None,
) -> Similar:
    """Return the tracks of a library that are most like the seeds.

    Parameters
    ----------
    seeds : str, int or Path, or several
        Tracks as `Library.get` takes them, or audio files, which are heard where the library does not know
        them.
    library : Library
        Where to look.
    n : int
        How many neighbours, at most; 1 to 10,000.
    weights : Weights, optional
        How much each part counts.
    choice : Choice, optional
        What a neighbour must be.
    combine : {"mean", "nearest"}
        Of several seeds, look around their middle, or around each.
    copies : bool
        Tell every file of a recording, and copies of the seeds too; otherwise the best file of each.
    exact : bool
        Compare every track, even in a library for which there is an index.
    settings : Settings, optional
        Where nets and indexes lie, and how long a file may take.
    say : callable, optional
        Told in words before anything that takes long.

    Raises
    ------
    NotFoundError, AudioError
        A seed is no track and no file, or cannot be heard.
    ParameterError
        A number is outside what is allowed, the filter cannot be read, or a seed is more than one track.
    DataError
        Nothing is known of a seed that has a weight.
    """
    settings = settings or Settings.from_env()
    refs = [seeds] if isinstance(seeds, str | int | Path) else list(seeds)
    _check(refs, n, combine)
    search = Search.open(library, weights, exact=exact, settings=settings, say=say)
    found = _seeds(refs, library, search.space, settings)
    tracks = tuple(seed.track for seed in found)
    asked = _Asked(library, found, (choice or Choice()).condition(library, tracks), copies)
    ranking = search.admitted(queries_of(found, combine), n, asked.admit, asked.everything)
    return Similar(
        seeds=tracks,
        neighbours=tuple(_neighbours(ranking, found, library, search.space)),
        n_compared=len(search.space),
        exact=search.index is None,
        notes=tuple(note for note in (search.note, _half_heard(found, search.space)) if note),
    )


def _check(refs: Sequence[str | int | Path], n: int, combine: str) -> None:
    if not 1 <= n <= MOST:
        raise ParameterError(f"{n} neighbours were asked for; 1 to {MOST:,} are allowed")
    if not 1 <= len(refs) <= MOST_SEEDS:
        raise ParameterError(f"{len(refs)} seeds were given; 1 to {MOST_SEEDS:,} are allowed")
    if combine not in COMBINE:
        raise UnknownNameError.among("way to combine seeds", combine, COMBINE)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Which tracks may be told."""

    library: Library
    seeds: Sequence[Seed]
    chosen: ColumnElement[bool]
    copies: bool

    def everything(self) -> Ids:
        """Return every track that passes the filter."""
        return all_admitted(self.library, self.chosen)

    def admit(self, ids: Ids) -> Ids:
        """Return those of `ids`, the nearest first, that may be told."""
        passing = ids[np.isin(ids, admitted(self.library, ids, self.chosen))]
        others = passing[~np.isin(passing, self._own)]
        return others if self.copies else self._folded(self._of_other_content(others))

    @property
    def _own(self) -> list[int]:
        return [seed.track.id for seed in self.seeds if seed.track.id != OUTSIDE]

    def _of_other_content(self, ids: Ids) -> Ids:
        contents = contents_of(self.library, ids)
        seen = {seed.track.sha256 for seed in self.seeds}
        kept = []
        for number in ids.tolist():
            if contents[number] not in seen:
                seen.add(contents[number])
                kept.append(number)
        return np.array(kept, np.int64)

    def _folded(self, ids: Ids) -> Ids:
        near = ids[:MOST_FOLDED].tolist()
        best = fold(self.library, [*near, *self._own])
        ours = {best.get(number) for number in self._own} | self._copies_of_files(near[:MOST_COMPARED])
        kept = [number for number in near if best.get(number) == number and number not in ours]
        return np.concatenate([np.array(kept, np.int64), ids[MOST_FOLDED:]])

    def _copies_of_files(self, ids: Sequence[int]) -> set[int]:
        """Return those of `ids` that hold the recording of a file that is not in the library."""
        heard = [seed.peaks for seed in self.seeds if seed.peaks is not None]
        known = Prints(self.library).peaks(ids) if heard else {}
        return {number for number, theirs in known.items() if any(_is_copy(one, theirs) for one in heard)}


def _is_copy(a: Peaks, b: Peaks) -> bool:
    found = same(a, b)
    return found is not None and found[-1] == "copy"


def _seeds(
    refs: Sequence[str | int | Path], library: Library, space: Space, settings: Settings
) -> list[Seed]:
    tracks = [_in_library(ref, library) for ref in refs]
    files = [_absolute(ref) for ref, track in zip(refs, tracks, strict=True) if track is None]
    heard = _heard(files, space, settings)
    return [
        Seed.of_analysis(heard[_absolute(ref)], space) if track is None else Seed.of_track(track, space)
        for ref, track in zip(refs, tracks, strict=True)
    ]


def _in_library(ref: str | int | Path, library: Library) -> Track | None:
    """Return the track that `ref` names; None for a file that the library does not know."""
    is_file = not isinstance(ref, int) and bool(str(ref)) and os.path.isfile(ref)  # noqa: PTH113 - never raises
    try:
        return library.track(_absolute(ref) if is_file else ref)
    except NotFoundError:
        if is_file:
            return None
        raise


def _absolute(ref: str | int | Path) -> Path:
    return Path(os.path.abspath(str(ref)))  # noqa: PTH100 - Path.absolute keeps ".."


def _heard(files: Sequence[Path], space: Space, settings: Settings) -> dict[Path, Analysis]:
    """Hear files in worker processes, with the nets that the library was heard with."""
    if not files:
        return {}
    options = HearOptions(models=_nets(space, settings), settings=settings)
    work = ENGINES["local"].map(
        partial(hear, options=options),
        list(dict.fromkeys(files)),
        jobs=min(len(files), n_workers(None, settings)),
        timeout_s=settings.file_timeout_s,
    )
    with closing(work) as outcomes:
        found = {outcome.item: outcome for outcome in outcomes}
    failed = [outcome.error for outcome in map(found.__getitem__, files) if outcome.error is not None]
    if failed:
        raise failed[0]
    return {path: outcome.result for path, outcome in found.items()}


def _nets(space: Space, settings: Settings) -> tuple[str, ...]:
    if not space.has("embedding"):
        return ()
    return tuple(name for name in DEFAULT_BACKBONES if BACKBONES[name].available(settings))


def _half_heard(seeds: Sequence[Seed], space: Space) -> str:
    """Say which files were heard without the nets that the library was heard with."""
    span = spans()["embedding"]
    names = [seed.track.name for seed in seeds if seed.track.id == OUTSIDE and not seed.place[span].any()]
    if not names or not space.has("embedding"):
        return ""
    heard = f"heard without nets, so the other parts alone were compared: {', '.join(names)}"
    return f"{heard} (tunelens models pull fetches the nets)"


def _neighbours(ranking: Ranking, seeds: Sequence[Seed], library: Library, space: Space) -> list[Neighbour]:
    similarities = dict(zip(ranking.ids.tolist(), ranking.similarities.tolist(), strict=True))
    found = []
    for track in library.tracks_by_id(ranking.ids.tolist()):
        place = space.matrix[space.row_of(track.id)]
        seed = nearest_seed(place, seeds)
        reasons = Reasons.of(seed.track, track, (seed.place, place))
        found.append(Neighbour(track, similarities[track.id], seed.track.name, reasons))
    return found
