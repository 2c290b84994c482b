"""Do recommendations serve listeners better than popularity and chance do, and what do they cost?

Plays are those of 1,893 listeners of Last.fm and 17,632 artists, of which some are held back. Beside the
factors stands what the same library has for items alone (neighbours by BM25). Likes are the share of those
asked who liked each clip of Emotify, foretold for artists never met. For content and the hybrid the listeners
of Last.fm are asked for those artists alone of whom the 4-quadrant set has a clip, a single one as a rule.
"""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import diags

from bench.harness import Row, Skip, data_dir, fetch_nets, timed

if TYPE_CHECKING:
    from tunelens import Library
    from tunelens.library.recommend.listening import Listening

TIMES_POPULARITY = 2.5
FIT_S, FIND_S = 3.0, 0.5
N_TRACKS, DIM, N_LIKED = 100_000, 128, 50
FEWEST = 3


def run() -> Iterator[Row | Skip]:
    yield from _plays(data_dir() / "feedback" / "lastfm_user_artists.tsv")
    yield _cost()
    fetch_nets()
    yield from _likes(data_dir())
    yield from _both(data_dir())


def _plays(path: Path) -> Iterator[Row]:
    from tunelens.library.recommend.collaborative import FactorOptions, Factors, confidence_of
    from tunelens.library.recommend.heldout import hold_out
    from tunelens.library.recommend.judge import judge
    from tunelens.library.recommend.listening import read_listening

    listening = read_listening(path)
    for protocol in ("last", "time"):
        found = judge(listening, protocol)
        by_name = {one.name: one for one in found.figures}
        ours, bar, chance = (by_name[name] for name in ("collaborative", "popularity", "random"))
        assert ours.better is not None
        above = f"higher by {ours.better.low:.3f} to {ours.better.high:.3f}"
        note = f"{found.how}; {above}; random {chance.ndcg.value:.4f}"
        yield Row.more(
            f"{protocol}: NDCG@10 / popularity",
            ours.ndcg.value,
            bar.ndcg.value,
            floor=TIMES_POPULARITY,
            note=note,
        )
        new = f"novelty {ours.novelty.value:.1f} and {bar.novelty.value:.1f} bits"
        note = f"coverage {ours.coverage:.1%} and {bar.coverage:.1%}, {new}"
        yield Row.more(
            f"{protocol}: recall@10 / popularity",
            ours.recall.value,
            bar.recall.value,
            floor=TIMES_POPULARITY,
            note=note,
        )
        yield _peer(hold_out(listening, protocol), ours.ndcg.value, protocol)
    confidence = confidence_of(listening.matrix())
    seconds = timed(lambda: Factors.fit(confidence, FactorOptions()))
    yield Row.at_most(
        "learn from 92,846 rows of 1,893 listeners", seconds, FIT_S, note="processor seconds, all threads"
    )


def _peer(held, ours: float, protocol: str) -> Row:
    """Compare with neighbours of items by BM25, as implicit has them."""
    from implicit.nearest_neighbours import BM25Recommender

    from tunelens.library.recommend.judge import best_unmet, gains_of

    plays = held.train.matrix()
    model = BM25Recommender(K=200, num_threads=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own weights it says that it must convert them
        model.fit(plays.astype(np.float64), show_progress=False)
    likes = plays.astype(bool).astype(np.float64)
    lists = best_unmet(lambda rows: (likes[rows] @ model.similarity).toarray(), held)
    theirs = float(gains_of(lists, held).mean())
    return Row.more(
        f"{protocol}: NDCG@10 / neighbours of items", ours, theirs, floor=1.0, note="BM25, of implicit"
    )


def _cost() -> Row:
    from tunelens.library.recommend.content import Anchors, fit
    from tunelens.library.recommend.variety import Variety, best, choose, shortlist

    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(N_TRACKS, DIM)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    liked = Anchors.of(rng.integers(N_TRACKS, size=N_LIKED), np.ones(N_LIKED, np.float32))
    artists = rng.integers(N_TRACKS // 10, size=N_TRACKS)

    def find() -> None:
        scores = fit(matrix, liked)
        rows = best(scores, 20_000)
        rows = rows[shortlist(artists[rows], 20, 3)]
        choose(scores[rows], matrix[rows], artists[rows], 20, Variety())

    find()
    return Row.at_most(f"20 of {N_TRACKS:,} tracks by sound, {N_LIKED} liked", timed(find), FIND_S)


def _likes(folder: Path) -> Iterator[Row]:
    from tunelens.services.recommend_evaluation import evaluate_recommenders

    with _heard(folder, "emotify") as library:
        judged = evaluate_recommenders(folder / "emotify.csv", library=library.path).likes
    assert judged is not None
    _, genre, sound = judged.figures
    note = f"{sound.spearman.low:.2f} to {sound.spearman.high:.2f}, {judged.ceiling:.2f} could be reached"
    what = "likes of artists never met, rank correlation / mean of genre"
    yield Row.more(what, sound.spearman.value, genre.spearman.value, floor=1.0, unit="rho", note=note)
    note = f"{sound.within.low:.2f} to {sound.within.high:.2f}, {judged.ceiling_within:.2f} could be reached"
    yield Row(name="likes within genres, rank correlation", ours=sound.within.value, unit="rho", note=note)


def _heard(folder: Path, name: str) -> Library:
    """Return the library of a set, kept between two runs."""
    from tunelens import Library, analyze_many
    from tunelens.base.settings import Settings

    where = Settings.from_env().cache_dir / "bench" / f"{name}.db"
    where.parent.mkdir(parents=True, exist_ok=True)
    library = Library.open(where)
    analyze_many([folder / name], library)
    return library


def _both(folder: Path) -> Iterator[Row]:
    """Judge all ways on listeners of Last.fm, of the artists of whom there is a clip."""
    from tunelens.library.recommend.judge import judge

    listening, matrix = _artists_with_sound(folder)
    found = judge(listening, "last", matrix=matrix)
    of = {one.name: one.ndcg.value for one in found.figures}
    note = f"{found.n_listeners} listeners, {found.n_items} artists with a clip; {found.figures[-1].chosen}"
    yield Row.more("content NDCG@10 / random", of["content"], of["random"], floor=2.5, note=note)
    yield Row.more("hybrid NDCG@10 / content", of["hybrid"], of["content"], floor=2.5, note=note)
    yield Row.more("hybrid NDCG@10 / collaborative", of["hybrid"], of["collaborative"], floor=0.97, note=note)
    yield Row.more(
        "hybrid NDCG@10 / popularity", of["hybrid"], of["popularity"], note="few and famous artists"
    )
    yield _cold(listening, matrix)


def _artists_with_sound(folder: Path) -> tuple[Listening, NDArray[np.float32]]:
    from tunelens.library.matching import plain_name
    from tunelens.library.neighbours.space import Space
    from tunelens.library.recommend.listening import read_listening, read_names

    with (
        _heard(folder, "mer4q") as library,
        (folder / "mer4q.csv").open(encoding="utf-8", newline="") as file,
    ):
        space, artist_of = Space.load(library), {row["path"]: row["artist"] for row in csv.DictReader(file)}
        known = library.known(folder / path for path in artist_of)
        places: dict[str, NDArray[np.float32]] = {}
        for path, artist in artist_of.items():
            if (folder / path) in known:
                place = space.matrix[space.row_of(known[folder / path].id)]
                places[plain_name(artist)] = places.get(plain_name(artist), 0) + place
    table = read_listening(folder / "feedback" / "lastfm_user_artists.tsv")
    names = {
        id: plain_name(name) for id, name in read_names(folder / "feedback" / "lastfm_artists.tsv").items()
    }
    listening = table.renamed({id: name for id, name in names.items() if name in places})
    matrix = np.array([places[name] for name in listening.items])
    return listening, matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def _cold(listening: Listening, matrix: NDArray[np.float32]) -> Row:
    """Ask for artists whom nobody has met: all plays of a fifth of them are held back, five times."""
    from tunelens.evaluation.ranking import mean_interval, ndcg, top
    from tunelens.library.recommend.recommenders import at_random, by_content

    plays = listening.matrix()
    fold = np.random.default_rng(0).permutation(plays.shape[1]) % 5
    gains: dict[str, list[NDArray[np.float64]]] = {"content": [], "random": []}
    for one in range(5):
        cold = np.flatnonzero(fold == one)
        train = plays @ diags((fold != one).astype(np.float32))
        train.eliminate_zeros()
        wanted = plays[:, cold].toarray() > 0
        rows = np.flatnonzero((np.diff(train.indptr) >= FEWEST) & wanted.any(axis=1))
        for name, scorer in (
            ("content", by_content(train, matrix)),
            ("random", at_random(plays.shape[1], one)),
        ):
            lists = top(scorer(rows)[:, cold], 10)
            hits = np.take_along_axis(wanted[rows], lists, axis=1)
            gains[name].append(ndcg(hits, wanted[rows].sum(axis=1)))
    ours, theirs = (mean_interval(np.concatenate(found)) for found in gains.values())
    note = f"{ours.low:.3f} to {ours.high:.3f}; nothing but their sound is known"
    return Row.more(
        "artists nobody has met: NDCG@10 / random", ours.value, theirs.value, floor=2.0, note=note
    )
