"""Judge recommenders on a table of listeners, on the feedback of a library, or on a table of likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.neighbours.space import Space
from tunelens.library.recommend.heldout import LAST, TIME
from tunelens.library.recommend.history import listening_of
from tunelens.library.recommend.judge import Judgement, judge
from tunelens.library.recommend.likes import LikeJudgement, judge_likes, read_likes, reads_likes
from tunelens.library.recommend.listening import Listening, read_listening
from tunelens.library.store import Library

SQLITE = b"SQLite format 3\0"
PROTOCOLS = (LAST, TIME)


@dataclass(frozen=True)
class RecommenderEvaluation:
    """How recommenders did on one source.

    Parameters
    ----------
    source : str
    judgements : tuple of Judgement
        One for each protocol; empty for a table of likes.
    likes : LikeJudgement or None
        Of a table of likes.
    notes : tuple of str
        What a person should know.
    """

    source: str
    judgements: tuple[Judgement, ...] = ()
    likes: LikeJudgement | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the evaluation as a JSON object."""
        return {
            "source": self.source,
            "judgements": [one.to_dict() for one in self.judgements],
            "likes": self.likes and self.likes.to_dict(),
            "notes": list(self.notes),
        }


def evaluate_recommenders(
    source: str | Path,
    *,
    library: str | Path | None = None,
    protocols: Sequence[str] = PROTOCOLS,
    seed: int = 0,
) -> RecommenderEvaluation:
    """Judge recommenders.

    Parameters
    ----------
    source : str or Path
        A table of listener, item, count and perhaps time: popularity and collaborative are judged. A library:
        content and hybrid too, on its own feedback. A table with columns path and liked (a share of
        listeners): content, with artists on one side.
    library : str or Path, optional
        Where the clips of a table of likes were analyzed.
    protocols : sequence of {"last", "time"}
    seed : int
        Of what is drawn.

    Raises
    ------
    NotFoundError
        The source does not exist.
    DataError
        It cannot be read, or holds too little to judge anything.
    MissingDependencyError
        ``implicit`` is not installed.
    """
    path = Path(source)
    if not path.is_file():
        raise NotFoundError(f"there is no file {str(source)!r}", hint="a table or a library is needed")
    if _is_library(path):
        return _on_library(path, protocols, seed)
    if reads_likes(path):
        return _on_likes(path, library, seed)
    listening = read_listening(path)
    dropped = tuple(f"{n} rows are left out: {reason}" for reason, n in (listening.dropped or {}).items())
    judgements, notes = _judged(listening, None, protocols, seed)
    return RecommenderEvaluation(str(source), judgements, notes=(*dropped, *notes))


def _judged(
    listening: Listening, matrix: NDArray[np.float32] | None, protocols: Sequence[str], seed: int
) -> tuple[tuple[Judgement, ...], tuple[str, ...]]:
    """Return judgements, and the protocols that cannot be followed; an error where that is all of them."""
    found, failed = [], {}
    for protocol in protocols:
        try:
            found.append(judge(listening, protocol, matrix=matrix, seed=seed))
        except DataError as error:
            failed[protocol] = error
    if not found:
        raise next(iter(failed.values()))
    return tuple(found), tuple(
        f"{protocol} cannot be judged: {error.message}" for protocol, error in failed.items()
    )


def _is_library(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _on_library(path: Path, protocols: Sequence[str], seed: int) -> RecommenderEvaluation:
    with Library.open(path, create=False) as library:
        listening, space = listening_of(library), Space.load(library)
        if not len(listening.who):
            raise DataError(
                f"the library {str(path)!r} has no feedback", hint="tunelens feedback keeps what listeners do"
            )
        places = np.zeros((len(listening.items), space.matrix.shape[1]), np.float32)
        ids = np.array([int(item) for item in listening.items], np.int64)
        places[np.isin(ids, space.ids)] = space.matrix[space.rows_of(ids)]
    judgements, notes = _judged(listening, places, protocols, seed)
    return RecommenderEvaluation(str(path), judgements, notes=notes)


def _on_likes(path: Path, where: str | Path | None, seed: int) -> RecommenderEvaluation:
    clips = read_likes(path)
    with Library.open(where, create=False) as library:
        known = library.known({clip.path.resolve() for clip in clips})
        heard = [clip for clip in clips if clip.path.resolve() in known]
        if not heard:
            raise DataError(
                f"no clip of {str(path)!r} is in the library {str(library.path)!r}",
                hint=f"tunelens analyze {path.parent} hears them first",
            )
        space = Space.load(library)
        rows = [space.row_of(known[clip.path.resolve()].id) for clip in heard]
        judged = judge_likes(heard, np.asarray(space.matrix[rows]), seed=seed)
    absent = len(clips) - len(heard)
    notes = (f"{absent} of {len(clips)} clips are not in the library",) if absent else ()
    return RecommenderEvaluation(str(path), likes=judged, notes=notes)
