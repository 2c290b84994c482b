"""Does the statistics of hits claim what is not there, find what is, and what does it say of real charts?

False discoveries and intervals: songs are made up whose artists differ and whose features tell nothing; the
peer is what people do first, Mann and Whitney's test song by song, corrected alike. Real charts: verdicts and
figures on the tables of the research data, each model beside the base rate of the past.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.harness import Row, Skip, data_dir, elapsed
from tunelens.charts.hits.baselines import ARTIST, BASE
from tunelens.charts.hits.model import HitModel, hit_model
from tunelens.charts.hits.trends import trends
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import Contrast, contrast
from tunelens.explore.corrections import corrected
from tunelens.explore.differences import difference
from tunelens.explore.joining import together
from tunelens.explore.sides import Sides
from tunelens.services.collections import collect

N_NULL, N_FEATURES = 300, 20
N_COVERED = 600
LARGE = 20_000
TIKTOK = "+".join(f"TikTok_songs_{year}.csv" for year in (2019, 2020, 2021))
SPOTIFY = "+".join(f"spotify_top_charts_{year}.csv" for year in (19, 20, 21))
MODELS = (
    ("hit_or_flop_2010s.csv", "target"),
    ("top_hits_2000_2019.csv", "popularity:top25"),
    ("top_hits_2000_2019.csv", "popularity"),
    ("tiktok_trending.csv", "popularity:top25"),
    (TIKTOK, "track_pop:top25"),
    (SPOTIFY, "peak_rank:top10"),
)


def run() -> Iterator[Row | Skip]:
    """Measure honesty on made-up songs, then tell of real charts."""
    yield from _discoveries()
    yield from _coverage()
    yield from _speed()
    try:
        folder = data_dir() / "hits"
    except Skip as reason:
        yield reason
        return
    yield from _contrasts(folder)
    yield from _trends(folder)
    for source, target in MODELS:
        yield from _model(hit_model(_songs(folder, source), target))
    yield from _model(hit_model(_charted(folder), "target"))


# -- made-up songs -----------------------------------------------------------------------------------


def made_up(rng: np.random.Generator, name: str, artists: int, each: int = 4) -> Collection:
    """Return songs of artists who differ as much as their songs do, and nothing else."""
    own = np.repeat(rng.normal(size=(artists, N_FEATURES)), each, axis=0)
    X = own + rng.normal(size=own.shape)
    ids = tuple(f"{name}{i}" for i in range(len(X)))
    names = tuple(f"{name} {i // each}" for i in range(len(X)))
    return Collection(name, ids, X, tuple(f"f{i}" for i in range(N_FEATURES)), artists=names)


def _discoveries() -> Iterator[Row]:
    from scipy.stats import mannwhitneyu

    rng, ours, naive = np.random.default_rng(0), 0, 0
    for seed in range(N_NULL):
        a, b = made_up(rng, "a", 30), made_up(rng, "b", 40)
        ours += bool(contrast(a, b, n_boot=100, seed=seed).shown)
        ps = mannwhitneyu(a.X, b.X).pvalue
        naive += min(corrected(ps.tolist())) < 0.05
    note = f"{N_NULL} contrasts of {N_FEATURES} features, BH at 0.05; stated is 0.05"
    yield Row.less(
        "contrasts of nothing that claim something", ours / N_NULL, naive / N_NULL, unit="share", note=note
    )
    limit = 0.05 + 3 * math.sqrt(0.05 * 0.95 / N_NULL)
    note = "the limit adds three standard errors of the simulation"
    yield Row.at_most("the same, beside what is stated", ours / N_NULL, limit, unit="share", note=note)


def _coverage() -> Iterator[Row]:
    from scipy.stats import norm

    rng, held, shift = np.random.default_rng(1), 0, 0.6
    truth = 2 * norm.cdf(shift / math.sqrt(2)) - 1
    for seed in range(N_COVERED):
        own = np.repeat(rng.normal(0, math.sqrt(0.5), 80), 6)
        is_a = np.arange(480) < 240
        values = own + rng.normal(0, math.sqrt(0.5), 480) + shift * is_a
        one = difference(values, Sides(is_a, np.repeat(np.arange(80), 6)), n_draws=300, seed=seed)
        held += one.low <= truth <= one.high
    yield Row.at_least("95 % intervals that hold the truth", held / N_COVERED, 0.92, unit="share",
                       note="40 artists a side, 6 songs each")  # fmt: skip


def _speed() -> Iterator[Row]:
    from scipy.stats import mannwhitneyu

    rng = np.random.default_rng(2)
    a, b = (made_up(rng, name, LARGE // 8) for name in "ab")
    draws = 200
    ours = elapsed(lambda: contrast(a, b, n_boot=draws))

    def loop() -> None:  # a twentieth of the draws: the rest takes as long each
        for _ in range(draws // 20):
            rows = [rng.integers(len(one), size=len(one)) for one in (a, b)]
            mannwhitneyu(a.X[rows[0]], b.X[rows[1]])

    theirs = elapsed(loop)
    yield Row.less(f"contrast of {LARGE:,} songs, {N_FEATURES} features, {draws} draws", ours, 20 * theirs,
                   note="beside a loop over scipy's test, which knows no artists")  # fmt: skip


# -- real charts -------------------------------------------------------------------------------------


def _songs(folder: Path, source: str) -> Collection:
    found = collect("+".join(str(folder / name) for name in source.split("+")))
    return replace(found, name=source.partition("+")[0].removesuffix(".csv"))


def _contrasts(folder: Path) -> Iterator[Row]:
    songs = _songs(folder, "hit_or_flop_2010s.csv")
    hit = np.array(songs.facts["target"]) == "1"
    yield from _effects(
        contrast(replace(songs.take(hit), name="hits"), replace(songs.take(~hit), name="flops"))
    )
    tiktok, spotify = _songs(folder, TIKTOK), _songs(folder, SPOTIFY)
    yield from _effects(contrast(replace(tiktok, name="TikTok"), replace(spotify, name="Spotify")))


def _effects(found: Contrast) -> Iterator[Row]:
    for one in found.effects:
        told = one.difference
        note = f"{told.low:+.2f} to {told.high:+.2f}, q {one.q:.2g}: {one.verdict}"
        yield Row(name=f"{found.a} and {found.b}: {one.feature}", ours=told.delta, unit="delta", note=note)


def _trends(folder: Path) -> Iterator[Row]:
    found = trends(_songs(folder, "top_hits_2000_2019.csv"))
    for one in found.features:
        note = f"{10 * one.low:+.3g} to {10 * one.high:+.3g}, q {one.q:.2g}: {one.verdict}"
        yield Row(name=f"{found.songs}: {one.feature}", ours=10 * one.slope, unit="a decade", note=note)


def _charted(folder: Path) -> Collection:
    """Songs of both charts: which of them were on TikTok? Learned from 2019 and 2020, judged on 2021."""
    tiktok, spotify = _songs(folder, TIKTOK), _songs(folder, SPOTIFY)
    both = together(tiktok, spotify)
    here = ("1",) * len(tiktok) + ("0",) * len(spotify)
    source = ("TikTok",) * len(tiktok) + ("Spotify",) * len(spotify)
    return replace(both, name="TikTok or Spotify", facts={**both.facts, "target": here, "source": source})


def _model(found: HitModel) -> Iterator[Row]:
    name, when = f"{found.songs}: {found.target}", "later" if found.split.kind == "time" else "other artists"
    best = next(one for one in found.models if one.name == found.best)
    figure = best.figures["roc_auc" if found.kind == "single" else "spearman"]
    unit = "AUC" if found.kind == "single" else "rank correlation"
    note = f"{found.best}, {figure.low:.2f} to {figure.high:.2f}, {found.n_test} {when}"
    yield Row(name=f"{name}: order", ours=figure.value, unit=unit, note=note)
    for baseline in (BASE, ARTIST):
        if baseline in found.gains:
            gain = found.gains[baseline]
            note = f"{gain.low:+.4f} to {gain.high:+.4f}"
            note += f"; foretells: {'yes' if found.predicts else 'no'}" if baseline == BASE else ""
            yield Row(name=f"{name}: error below the {baseline}", ours=gain.value, unit="error", note=note)
