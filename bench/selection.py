"""Do features that were chosen tell other songs apart too, and how fast is a choice counted?

Two clips of every song of the research data; a clip is lost when another clip is as near as its twin. Half of
the songs are held out, by artist, ten times. Beside the methods of `select_features` stand the 42 without the
eight means, which tell of offsets and nothing else, and a choice made on one set and counted on the other.

Speed: the peer is the loop that people write, scaler and nearest neighbours of scikit-learn for every subset.
"""

from __future__ import annotations

import tempfile
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import Row, Skip, data_dir, elapsed, interleaved
from tunelens.base.settings import Settings
from tunelens.explore.selection import (
    Objective,
    SelectionComparison,
    Standard,
    Tried,
    Twins,
    compare_selections,
    lost_clips,
    lost_twins,
    select,
    stability,
)
from tunelens.explore.selection.comparison import BASELINE, CALLED
from tunelens.explore.selection.methods import random_subsets
from tunelens.services.twins import Paired, twins_of

SETS = ("mer4q", "emotify")
N_SUBSETS = 10
N_LARGE = 5_000
BY = "artist"


def run() -> Iterator[Row | Skip]:
    """Measure speed, then whether choices hold."""
    made = made_up(664)
    yield from _speed("664 songs, made up", made)
    yield from _speed(f"{N_LARGE:,} songs, made up", made_up(N_LARGE))
    yield from _memory(made_up(N_LARGE))
    try:
        folder = data_dir()
    except Skip as reason:
        yield reason
        return
    yield from _again(folder, SETS[-1])
    found = {name: twins_of(str(folder / f"{name}.csv")).twins for name in SETS}
    for name in SETS:
        yield from _held(name, found[name])
    yield from _across(found)


def made_up(n: int, d: int = 42, seed: int = 0) -> Twins:
    """Return songs of `d` features; a clip is its song and as much that is its own."""
    rng = np.random.default_rng(seed)
    song = rng.normal(size=(n, d))
    a, b = (song + rng.normal(size=(n, d)) for _ in "ab")
    return Twins(a, b, tuple(f"f{i}" for i in range(d)), tuple(map(str, range(n))))


# -- speed --------------------------------------------------------------------------------------------


def naive(clips: NDArray[np.float64], mask: NDArray[np.bool_]) -> int:
    """Count lost twins as one does with scikit-learn; ties are decided by the order of rows."""
    from sklearn.neighbors import NearestNeighbors
    from sklearn.preprocessing import StandardScaler

    Z = StandardScaler().fit_transform(clips[:, mask])
    nearest = NearestNeighbors(n_neighbors=1).fit(Z).kneighbors(return_distance=False)[:, 0]
    return int((nearest != np.roll(np.arange(len(Z)), len(Z) // 2)).sum())


def _speed(name: str, twins: Twins) -> Iterator[Row]:
    clips = np.concatenate([twins.a, twins.b])
    n = N_SUBSETS if len(twins) < N_LARGE else 2
    masks = random_subsets(len(twins.names), n, np.random.default_rng(1))
    Z = Objective.of(twins).Z
    ours = [int(lost_clips(Z[:, mask]).sum()) for mask in masks]
    if ours != [naive(clips, mask) for mask in masks]:
        raise AssertionError(f"{name}: the two do not count the same")
    pair = interleaved(
        lambda: [lost_clips(Z[:, mask]) for mask in masks],
        lambda: [naive(clips, mask) for mask in masks],
        repeats=3,
    )
    note = f"{n} subsets, the same counts; theirs: a loop over scikit-learn"
    yield pair.row(f"counting lost twins, {name}", floor=1.0, note=note)


def _memory(twins: Twins) -> Iterator[Row]:
    Z = Objective.of(twins).Z
    tracemalloc.start()
    lost_clips(Z)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    whole = (2 * len(twins)) ** 2 * 8 / 1e6
    note = "theirs: the matrix of all distances, which is never made"
    yield Row.less(f"memory of it, {len(twins):,} songs", peak, whole, unit="MB", floor=4.0, note=note)


# -- real songs ---------------------------------------------------------------------------------------


def _again(folder: Path, name: str) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as cache:
        settings = Settings(cache_dir=Path(cache))
        found: list[Paired] = []

        def hear() -> None:
            found.append(twins_of(str(folder / f"{name}.csv"), settings=settings))

        first, again = elapsed(hear), elapsed(hear)
    what = f"two clips of each of {len(found[0].twins)} songs, {name}, again"
    yield Row.less(what, again, first, floor=1.0, note="theirs: the first time; seconds by the clock")


def _held(name: str, twins: Twins) -> Iterator[Row]:
    compared = compare_selections(twins)
    everything = compared.of(BASELINE, BY)
    for one in compared.tried:
        if one.by == BY:
            yield _row(f"{name}: {CALLED[one.method]}", compared, one, everything)
    yield from _without_means(name, twins, compared)
    for method in ("greedy", "ga"):
        value = stability(compared.of(method, BY).masks)
        yield Row(name=f"{name}: stability, {CALLED[method]}", ours=value, unit="", note="1: same each time")


def _row(name: str, compared: SelectionComparison, one: Tried, everything: Tried) -> Row:
    held = one.held().percent()
    note = (
        f"{one.size:.0f} features; {100 * one.chosen_on.mean():.1f}% where chosen; held out "
        f"{held[1]:.1f} to {held[2]:.1f}"
    )
    if one.method != BASELINE:
        note += f"; {_beside(one, everything)} beside all: {compared.verdict(one)}"
    return Row.less(name, held[0], 100 * everything.held_out.mean(), unit="% lost", note=note)


def _without_means(name: str, twins: Twins, compared: SelectionComparison) -> Iterator[Row]:
    kept = twins.only([one for one in twins.names if not one.endswith("mean")])
    one = compare_selections(kept, (BASELINE,)).of(BASELINE, BY)
    whole = 100 * compared.of(BASELINE, BY).held_out.mean()
    held = 100 * one.held_out.mean()
    note = f"{len(kept.names)} features, none chosen; {_beside(one, compared.of(BASELINE, BY))} beside all"
    yield Row.less(f"{name}: all but the means", held, whole, unit="% lost", note=note)
    for method in ("greedy", "ga"):
        tried = compared.of(method, BY)
        yield Row.less(
            f"{name}: {CALLED[method]}, beside all but the means", 100 * tried.held_out.mean(), held,
            unit="% lost", note=_beside(tried, one),
        )  # fmt: skip


def _beside(one: Tried, other: Tried) -> str:
    value, low, high = one.beside(other).percent()
    return f"{value:+.1f} points ({low:+.1f} to {high:+.1f})"


def _across(found: dict[str, Twins]) -> Iterator[Row]:
    for here, there in (SETS, SETS[::-1]):
        chosen = select(found[here], "ga")
        on = found[there]
        standard = Standard.of(found[here].only(chosen.names))
        lost = lost_twins(on.only(chosen.names), standard=standard) / (2 * len(on))
        whole = lost_twins(on, standard=Standard.of(found[here])) / (2 * len(on))
        yield Row.less(
            f"chosen on {here}, counted on {there}", 100 * lost, 100 * whole, unit="% lost",
            note=f"genetic algorithm, {len(chosen.names)} features; theirs: all 42",
        )  # fmt: skip
