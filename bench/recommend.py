"""Do recommendations serve listeners better than popularity and chance do, and what do they cost?

Plays are real: 1,893 listeners of Last.fm and 17,632 artists, of which some are held back. Beside the factors
stands what the same library has for items alone (neighbours by BM25). Likes are real too: the share of
listeners who liked each clip of Emotify, foretold for artists never met. No set here has both sounds and
listeners, so the hybrid is judged on real sounds and listeners that are made up: each likes what sounds like
one clip, and what a circle likes that no sound tells; a fifth of the clips nobody has met.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import Row, Skip, data_dir, fetch_nets, timed

TIMES_POPULARITY = 2.5
FIT_S, FIND_S = 3.0, 0.5
N_TRACKS, DIM, N_LIKED = 100_000, 128, 50
N_LISTENERS, N_LIKES, COLD = 400, 12, 0.2
N_CIRCLES, SOUND, CIRCLE = 8, 4.0, 3.0


def run() -> Iterator[Row | Skip]:
    yield from _plays(data_dir() / "feedback" / "lastfm_user_artists.tsv")
    yield _cost()
    fetch_nets()
    yield from _likes(data_dir())


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
    from tunelens import Library, analyze_many
    from tunelens.base.settings import Settings
    from tunelens.library.neighbours.space import Space
    from tunelens.library.recommend.likes import read_likes
    from tunelens.services.recommend_evaluation import evaluate_recommenders

    where = Settings.from_env().cache_dir / "bench" / "emotify.db"
    where.parent.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with Library.open(where) as library:
        analyze_many([folder / "emotify"], library)
        known = library.known({clip.path for clip in read_likes(folder / "emotify.csv")})
        clips = [clip for clip in read_likes(folder / "emotify.csv") if clip.path in known]
        space = Space.load(library)
        matrix = space.matrix[[space.row_of(known[clip.path].id) for clip in clips]]
    heard_s = time.perf_counter() - started
    judged = evaluate_recommenders(folder / "emotify.csv", library=where).likes
    assert judged is not None
    _, genre, sound = judged.figures
    reach = f"{sound.spearman.low:.2f} to {sound.spearman.high:.2f}, {judged.ceiling:.2f} could be reached"
    within = f"{sound.within.low:.2f} to {sound.within.high:.2f}, {judged.ceiling_within:.2f} could be"
    yield Row.more(
        "likes of artists never met, rank correlation / mean of genre",
        sound.spearman.value, genre.spearman.value, floor=1.0, unit="rho",
        note=f"{reach}; {len(clips)} clips read or heard in {heard_s:.0f} s",
    )  # fmt: skip
    yield Row(
        name="likes within genres, rank correlation", ours=sound.within.value, unit="rho",
        note=within,
    )  # fmt: skip
    yield from _hybrid(np.asarray(matrix))


def _hybrid(matrix: NDArray[np.float32]) -> Iterator[Row]:
    from tunelens.library.recommend.judge import judge
    from tunelens.library.recommend.listening import Listening

    listening = Listening.of(_made_up(matrix))
    found = judge(listening, "last", matrix=matrix[[int(item) for item in listening.items]])
    figures = {one.name: one for one in found.figures}
    ours = figures["hybrid"]
    for name, floor in (("collaborative", 0.95), ("content", 1.5)):
        note = f"made-up listeners; {found.n_cold} of {found.n_wanted} wanted are cold; {ours.chosen}"
        theirs = figures[name].ndcg.value
        yield Row.more(f"hybrid NDCG@10 / {name}", ours.ndcg.value, theirs, floor=floor, note=note)


def _made_up(matrix: NDArray[np.float32]) -> Iterator[tuple[str, str, float, int]]:
    """Yield plays of listeners who like what sounds like one clip, and what one of their circles likes.

    No sound tells the circle. Cold clips are met last, by one listener each.
    """
    rng = np.random.default_rng(0)
    circle = rng.integers(N_CIRCLES, size=len(matrix))
    anchors = rng.integers(len(matrix), size=N_LISTENERS)
    drawn = rng.permutation(len(matrix))
    cold, warm = np.split(drawn, [int(COLD * len(matrix))])
    pull = np.exp(
        SOUND * matrix @ matrix[anchors].T + CIRCLE * (circle[:, None] == np.arange(N_LISTENERS) % N_CIRCLES)
    )
    for listener in range(N_LISTENERS):
        odds = pull[warm, listener] / pull[warm, listener].sum()
        for at, item in enumerate(rng.choice(warm, N_LIKES, replace=False, p=odds)):
            yield f"{listener}", f"{item}", float(rng.integers(1, 20)), 1 + at
    for item in cold:
        yield f"{rng.choice(N_LISTENERS, p=pull[item] / pull[item].sum())}", f"{item}", 1.0, 100
