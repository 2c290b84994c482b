"""Copies of one recording become a group, so that no split tears them apart; nothing else is audited here.

`train`, `evaluate` and `compare` take their data through here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import TunelensError
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.data.splits import COPIES, Fold, Leak
from tunelens.evaluation.audit.duplicates import Same, cluster_names, same_rows
from tunelens.services.audit import Sound, Work, copies, heard
from tunelens.services.engines import n_workers
from tunelens.services.vectors import content_of

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks

NOT_LOOKED_FOR = (
    "Near copies were not looked for (--no-clusters): one recording may stand on both sides, and figures may "
    "flatter."
)


@dataclass(frozen=True, eq=False)
class Clustered:
    """A dataset of which it is known what is one recording.

    Parameters
    ----------
    tracks : Tracks
        With the group ``cluster``.
    pairs : tuple of Same
        Rows that are one, by number; not those that the dataset itself had put in one cluster.
    notes : tuple of str
        What was not looked for.
    """

    tracks: Tracks
    pairs: tuple[Same, ...] = ()
    notes: tuple[str, ...] = ()

    def told(self, leak: Leak, fold: Fold) -> str:
        """Name two rows of a leak on two sides of `fold`, and how they are one."""
        learned = {self.tracks.ids[row] for row in fold.train}
        if fold.valid is not None:
            learned |= {self.tracks.ids[row] for row in fold.valid}
        for pair in self.pairs if leak.kind == COPIES else ():
            a, b = self.tracks.ids[pair.a], self.tracks.ids[pair.b]
            if {a, b} <= set(leak.items) and (a in learned) != (b in learned):
                return f"{a} and {b}, {self._how(pair)}"
        first = next(item for item in leak.items if item in learned)
        other = next(item for item in leak.items if item not in learned)
        return f"{leak.kind} of {first} and {other}"

    def _how(self, pair: Same) -> str:
        if pair.kind == "exact":
            return "the same bytes" if self.tracks.is_audio else "the same numbers"
        what = "two stretches of one file" if pair.kind == "excerpt" else "one recording"
        return what if pair.offset_s is None else f"{what}, the second {pair.offset_s:.2f} s into the first"


def with_clusters(
    tracks: Tracks,
    *,
    settings: Settings | None = None,
    jobs: int | None = None,
    engine: str = "local",
    progress: Progress | None = None,
) -> Tracks:
    """Return the dataset with copies of one recording as the group ``cluster``; see `clustered`.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> from tunelens.data.tracks import Tracks
    >>> toy = Tracks("toy", Labels("single", list("aba")), tuple("123"), X=np.array([[1.0], [2.0], [1.0]]),
    ...              feature_names=("tempo",))
    >>> with_clusters(toy).groups["cluster"]
    ('same as 1', '', 'same as 1')
    """
    return clustered(tracks, settings=settings, jobs=jobs, engine=engine, progress=progress).tracks


def clustered(
    tracks: Tracks,
    *,
    near: bool = True,
    settings: Settings | None = None,
    jobs: int | None = None,
    engine: str = "local",
    progress: Progress | None = None,
) -> Clustered:
    """Find what is one recording: by bytes and by fingerprint, or for tables by their numbers.

    Fingerprints are computed by workers and kept in the cache by content, where `audit` finds them too.
    A cluster that the dataset names itself stays one. A file that cannot be read is in none.

    Parameters
    ----------
    tracks : Tracks
    near : bool
        False looks for the same bytes only, which takes moments, and in tables for nothing.
    settings, jobs, engine, progress : optional
        As for `audit`.
    """
    settings = settings or Settings.from_env()
    if tracks.paths is None:
        pairs = _same_rows(tracks.X) if near and tracks.X is not None else []
    elif near:
        work = Work(settings, n_workers(jobs, settings), engine, progress or Silent())
        pairs = copies(tracks, heard(tracks, work)) if len(tracks) else []
    else:
        pairs = copies(tracks, _unheard(tracks))
    names = cluster_names(tracks.ids, [*pairs, *_given(tracks)])
    grouped = replace(tracks, groups={**tracks.groups, COPIES: names})
    return Clustered(grouped, tuple(pairs), () if near else (NOT_LOOKED_FOR,))


def _same_rows(X: NDArray[np.float64]) -> list[Same]:
    """Rows of the same numbers; rows of which nothing is known are not the same."""
    known = np.atleast_1d(np.isfinite(X).any(axis=1))
    return [pair for pair in same_rows(X) if known[pair.a]]


def _unheard(tracks: Tracks) -> list[Sound]:
    assert tracks.paths is not None
    contents = {path: content_of(path) for path in set(tracks.paths)}
    found = (contents[path] for path in tracks.paths)
    return [Sound(None if isinstance(one, TunelensError) else one, None, None) for one in found]


def _given(tracks: Tracks) -> list[Same]:
    """Return what the dataset itself calls one cluster."""
    first: dict[str, int] = {}
    return [
        Same(first[name], row, "given", None, 1.0)
        for row, name in enumerate(tracks.groups.get(COPIES, ()))
        if name and first.setdefault(name, row) != row
    ]
