"""An index of places for libraries in which looking at every track takes too long.

A navigable small-world graph (Malkov, Yashunin 2018) of usearch over places of 8 bits a coordinate. It only
names candidates: how alike they are is computed from the matrix, so that an answer never depends on rounding.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.base.settings import Settings
from tunelens.library.neighbours.kept import Places, Say, save_array, silent
from tunelens.library.neighbours.measures import Float32, Ids
from tunelens.library.neighbours.parts import dimension
from tunelens.library.neighbours.shelf import Kept, Shelf

NAME = "index"
INDEX_VERSION = 1
CONNECTIVITY, EXPANSION_ADD, EXPANSION_SEARCH = 24, 64, 512
TRACKS_A_STEP = 800
"""A large graph is searched farther: by 512 steps of a million tracks one in twenty neighbours is missed."""
MOST_GONE = 0.2
"""Beyond this share of removed tracks the graph is built anew: what was removed takes room and steps."""
_AT_ONCE = 50_000


@dataclass(frozen=True, eq=False)
class Index:
    """A graph of places.

    Parameters
    ----------
    graph : usearch.index.Index
        Keys are the numbers of tracks.
    ids, revisions : ndarray of int64, shape (n,)
        The tracks in it, ascending, and their revisions when they were put in.
    n_gone : int
        Tracks that were taken out again since it was built.
    """

    graph: Any
    ids: Ids
    revisions: Ids
    n_gone: int = 0

    @classmethod
    def of(cls, path: Path, places: Places, settings: Settings | None = None, say: Say | None = None) -> Self:
        """Return an index of `places`, kept beside those of the library file `path`.

        What is kept is mapped; tracks that came, changed or went since are put in or taken out. An index that
        is damaged, or of other places, is built anew. `say` is told before anything that takes long.

        Raises
        ------
        MissingDependencyError
            usearch is not installed.
        """
        shelf = Shelf.of(path, settings)
        kept = cls._of_lineage(shelf.load(NAME), places)
        known = None if kept is None else cls._opened(kept, view=True)
        if known is not None and known.covers(places):
            return known
        base = known and kept and cls._opened(kept, view=False)  # a mapped graph cannot change
        new = base.followed(places) if base else None
        if new is None:
            (say or silent)(f"building the index of {len(places.ids):,} tracks, once")
            new = cls.built(places)
        with suppress(DataError):  # no room, or no right to write: it works from memory
            new._keep(shelf, places)
        return new

    @classmethod
    def built(cls, places: Places) -> Self:
        """Build an index of `places`."""
        graph = _graphs()(**_shape())
        _add(graph, places.ids, places.matrix)
        return cls(graph, np.array(places.ids), np.array(places.revisions))

    @staticmethod
    def _of_lineage(kept: Kept | None, places: Places) -> Kept | None:
        wanted = {"index": INDEX_VERSION, "lineage": places.lineage, "usearch": _version()}
        return kept if kept and wanted.items() <= kept.facts.items() else None

    @classmethod
    def _opened(cls, kept: Kept, *, view: bool) -> Self | None:
        try:
            graph = _graphs().restore(str(kept.paths["graph"]), view=view)
            ids, revisions = (np.load(kept.paths[what], mmap_mode="r") for what in ("ids", "revisions"))
            found = cls(graph, ids, revisions, int(kept.facts["gone"]))
        except (OSError, RuntimeError, ValueError, LookupError, TypeError):
            return None
        good = graph is not None and graph.ndim == dimension() and len(graph) == len(ids) == len(revisions)
        return found if good else None

    def covers(self, places: Places) -> bool:
        """Does it hold these tracks as they are, and no others?"""
        return np.array_equal(self.ids, places.ids) and np.array_equal(self.revisions, places.revisions)

    def followed(self, places: Places) -> Self | None:
        """Return it after what changed was changed in it too; None when building anew is better."""
        stays = _pairs_in(self.ids, self.revisions, places)
        comes = ~_pairs_in(places.ids, places.revisions, self)
        n_gone = self.n_gone + int((~stays).sum())
        if n_gone > MOST_GONE * len(places.ids):
            return None
        if not stays.all():
            self.graph.remove(self.ids[~stays].astype(np.uint64))
        _add(self.graph, places.ids[comes], places.matrix[comes])
        now = replace(self, ids=np.array(places.ids), revisions=np.array(places.revisions), n_gone=n_gone)
        return now if len(self.graph) == len(now.ids) else None

    def candidates(self, vector: Float32, n: int) -> Ids:
        """Return about `n` tracks that are near `vector`; nearly all of the nearest are among them."""
        self.graph.expansion_search = max(EXPANSION_SEARCH, len(self.ids) // TRACKS_A_STEP, 2 * n)
        found = self.graph.search(vector, min(n, len(self.ids)), threads=1).keys
        return np.asarray(found, np.int64)

    def _keep(self, shelf: Shelf, places: Places) -> None:
        facts = {"index": INDEX_VERSION, "lineage": places.lineage, "gone": self.n_gone}
        files = {
            "graph": lambda path: self.graph.save(str(path)),
            "ids": save_array(self.ids),
            "revisions": save_array(self.revisions),
        }
        shelf.keep(NAME, facts | {"usearch": _version()}, files)


def _graphs() -> Any:
    return require("usearch.index").Index


def _version() -> str:
    return require("usearch").__version__


def _shape() -> dict[str, Any]:
    return {
        "ndim": dimension(),
        "metric": "ip",
        "dtype": "i8",
        "connectivity": CONNECTIVITY,
        "expansion_add": EXPANSION_ADD,
        "expansion_search": EXPANSION_SEARCH,
    }


def _add(graph: Any, ids: Ids, matrix: Float32) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        graph.add(ids[part].astype(np.uint64), np.ascontiguousarray(matrix[part]))


def _pairs_in(ids: Ids, revisions: Ids, others: Any) -> NDArray[np.bool_]:
    """Tell which tracks are among the others with the same revision."""
    if not len(others.ids):
        return np.zeros(len(ids), bool)
    rows = np.minimum(np.searchsorted(others.ids, ids), len(others.ids) - 1)
    return (others.ids[rows] == ids) & (others.revisions[rows] == revisions)
