"""Are transitions smoother, journeys more even, mixes nearer and lengths truer than without all the work?

On clips of the 4-genre set, heard with the nets once and kept in the cache. The feelings by which journeys
are judged are those of the listeners of that set; no bundle was trained on them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.harness import Row, Skip, data_dir, fetch_nets, timed

Floats = NDArray[np.float64]
EVERY = 2
"""Of the clips, so that the first run is done in minutes."""
N_LISTS, N_TRACKS = 20, 30
STEPS, FELT_STEPS = 10, 30
MOODS = ("happy", "calm", "sad", "tense")
FELT = (
    ("calm", "tense", "calmness", -1),
    ("calm", "tense", "tension", 1),
    ("sad", "happy", "joyful_activation", 1),
    ("happy", "sad", "sadness", 1),
)
"""Journeys along which listeners should feel something more and more (1), or less and less (-1)."""


def run() -> Iterator[Row | Skip]:
    from tunelens.library.store import Library

    rows = _rows(data_dir())
    with Library.open(library_of_clips()) as library:
        yield from _transitions(library)
        yield from _journeys(library, rows)
        yield from _mixes(library, rows)
    yield from _lengths()


def _rows(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "emotify.csv").open(encoding="utf-8", newline="") as file:
        rows = {str(folder / row["path"]): row for row in csv.DictReader(file)}
    return {path: row for path, row in list(rows.items())[::EVERY] if Path(path).is_file()}


def library_of_clips() -> Path:
    """Return a library of the clips, with their artists; heard at the first run, read at the next."""
    from sqlalchemy import update

    from tunelens.base.settings import Settings
    from tunelens.library.schema import tracks
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many

    rows = _rows(data_dir())
    fetch_nets()
    path = Settings.from_env().cache_dir / "bench" / "playlists.db"
    with Library.open(path) as library:
        analyze_many(list(rows), library, jobs=1)
        with library.database.write() as connection:
            for name, row in rows.items():
                named = {"artist": row["artist"], "title": row["title"]}
                connection.execute(update(tracks).where(tracks.c.path == name).values(named))
    return path


def _transitions(library) -> Iterator[Row]:
    from tunelens.library.neighbours import harmony
    from tunelens.library.neighbours.space import Space
    from tunelens.library.playlists.order import shortest_path
    from tunelens.library.playlists.transitions import costs

    tracks, space, rng = library.tracks(), Space.load(library), np.random.default_rng(0)
    means: dict[str, list[tuple[float, float, float]]] = {"ordered": [], "random": [], "by tempo": []}
    exact = []
    for _ in range(N_LISTS):
        some = [tracks[i] for i in rng.choice(len(tracks), N_TRACKS, replace=False)]
        among = costs(some, space)
        orders = {
            "ordered": shortest_path(among.total).tolist(),
            "random": rng.permutation(N_TRACKS).tolist(),
            "by tempo": sorted(range(N_TRACKS), key=lambda i: some[i].tempo_bpm or 0.0),
        }
        for name, order in orders.items():
            keys = [(some[a].key, some[b].key) for a, b in pairwise(order)]
            mixed = np.mean([harmony.compatible(a, b) for a, b in keys if a and b])
            tempo = np.mean([among.parts["tempo"][a, b] for a, b in pairwise(order)])
            means[name].append((float(among.along(order).mean()), float(mixed), float(tempo)))
        exact.append(_beside_the_best(among.total[:8, :8]))
    ours, random, by_tempo = (
        np.mean(means[name], axis=0).tolist() for name in ("ordered", "random", "by tempo")
    )
    note = f"{N_LISTS} lists of {N_TRACKS}"
    yield Row.less("cost of a transition, random", ours[0], random[0], unit="0-1", floor=1.3, note=note)
    yield Row.less("cost of a transition, by tempo", ours[0], by_tempo[0], unit="0-1", floor=1.1, note=note)
    yield Row.more("keys that mix, random", ours[1], random[1], floor=1.5, note=note)
    yield Row.more("keys that mix, by tempo", ours[1], by_tempo[1], floor=1.5, note=note)
    yield Row.less("cost of tempo alone, random", ours[2], random[2], unit="0-1", floor=1.0, note=note)
    yield Row.at_most(
        "cost beside the best of all orders", max(exact), 1.02, unit="x", note="8 tracks, worst of 20 lists"
    )
    places = rng.random((500, 3))
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    yield Row.at_most("order 500 tracks", timed(lambda: shortest_path(apart)), 5.0)


def _beside_the_best(total: Floats) -> float:
    from tunelens.library.playlists.order import shortest_path

    every = np.array(list(permutations(range(len(total)))))
    best = total[every[:, :-1], every[:, 1:]].sum(axis=1).min()
    order = shortest_path(total)
    return float(total[order[:-1], order[1:]].sum() / best)


def _journeys(library, rows: dict[str, dict[str, str]]) -> Iterator[Row]:
    from tunelens.library.playlists.places import Places
    from tunelens.services.journeys import journey

    rng = np.random.default_rng(1)
    points = Places.load(library).points
    means, largest, by_chance, largest_by_chance, uneven, uneven_by_chance = ([] for _ in range(6))
    for start, end in permutations(MOODS, 2):
        made = journey(library, start, end, steps=STEPS)
        line = np.array([(one.wanted.valence, one.wanted.arousal) for one in made.steps])
        path = np.array([(one.feeling.valence, one.feeling.arousal) for one in made.steps])
        means.append(made.mean_deviation)
        largest.append(made.largest_deviation)
        uneven.append(_uneven(path, line))
        for _ in range(20):
            drawn = points[rng.choice(len(points), STEPS, replace=False)]
            off = np.linalg.norm(drawn - line, axis=1)
            by_chance.append(off.mean())
            largest_by_chance.append(off.max())
            uneven_by_chance.append(_uneven(drawn, line))
    note = f"12 journeys of {STEPS} steps among {len(points)} clips; theirs are clips drawn at random"
    pairs = (
        ("off the line, mean", means, by_chance),
        ("off the line, worst step", largest, largest_by_chance),
        ("step unlike an equal one, mean", uneven, uneven_by_chance),
    )
    for name, ours, theirs in pairs:
        yield Row.less(name, float(np.mean(ours)), float(np.mean(theirs)), unit="0-1", floor=3.0, note=note)
    for start, end, feeling, sign in FELT:
        made = journey(library, start, end, steps=FELT_STEPS)
        felt = [float(rows[str(step.track.path)][feeling]) for step in made.steps]
        more = "more" if sign > 0 else "less"
        yield Row(
            name=f"{start} to {end}: listeners feel {more} {feeling.replace('_', ' ')}",
            ours=sign * _rank_correlation(felt),
            theirs=0.0,
            unit="rho",
            note=f"rank correlation over {FELT_STEPS} steps; theirs by chance",
        )


def _uneven(path: Floats, line: Floats) -> float:
    """Return how far each step, as a vector, is from what it should be, on average."""
    return float(np.linalg.norm(np.diff(path, axis=0) - np.diff(line, axis=0), axis=1).mean())


def _rank_correlation(values: Sequence[float]) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(range(len(values)), values).statistic)


def _mixes(library, rows: dict[str, dict[str, str]]) -> Iterator[Row]:
    from tunelens.library.playlists.mix import Wanted
    from tunelens.services.mixes import mix

    tracks = library.tracks()
    genres = {track.id: rows[str(track.path)]["genre"] for track in tracks}
    same, artists = [], []
    for seed in tracks[::8]:
        made = mix(library, [str(seed.id)], Wanted(n=11)).tracks[1:]
        same.append(np.mean([genres[track.id] == genres[seed.id] for track in made]))
        artists.append(len({track.artist for track in made}) / len(made))
    shares = np.unique(list(genres.values()), return_counts=True)[1] / len(genres)
    note = f"mixes of 10 from {len(same)} seeds; theirs by chance"
    yield Row.more(
        "same genre as the seed", float(np.mean(same)), float((shares**2).sum()), floor=2.0, note=note
    )
    yield Row.at_least("artists per track of a mix", float(np.mean(artists)), 0.5)


def _lengths() -> Iterator[Row]:
    from tunelens.library.playlists.duration import fill

    rng = np.random.default_rng(2)
    off = []
    for target in rng.uniform(600, 7200, 50).tolist():
        lengths = rng.normal(225, 60, 200).clip(60).tolist()
        off.append(abs(sum(lengths[i] for i in fill(lengths, target)) - target))
    yield Row.at_most(
        "off a wanted length, worst",
        max(off),
        2.0,
        note="50 lengths of 10 min to 2 h among 200 made-up songs",
    )
    yield Row.at_most("find 45:00 among 200 songs", timed(lambda: fill(lengths, 2700.0)), 1.0)
