"""Models of hits, trends and claims: what was put into data is found, and what was not is not."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.signal import lfilter

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.charts.hits.apart import told_apart
from tunelens.charts.hits.baselines import ARTIST, BASE, LAST_YEAR, Past
from tunelens.charts.hits.claims import (
    FEATURES,
    HOLDS,
    N_PARTS,
    NOT,
    UNKNOWN,
    Courses,
    claims_table,
    parse_claim,
    weigh,
)
from tunelens.charts.hits.model import design, hit_model
from tunelens.charts.hits.split import split_in_time
from tunelens.charts.hits.targets import read_target
from tunelens.charts.hits.trends import FALLS, RISES, repetition, theil_sen, trends
from tunelens.explore.collection import Collection


def chart(
    n: int = 420, *, effect: float = 0.0, seed: int = 0, years: tuple[int, ...] = (2018, 2019, 2020),
    songs_each: int = 3, of_artist: float = 0.0,
) -> Collection:  # fmt: skip
    """Songs whose chance of a hit follows from their first feature, and from who sings."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 4))
    artist = rng.permutation(np.arange(n) // songs_each)
    talent = rng.normal(size=n)[artist]
    chance = 1 / (1 + np.exp(1 - effect * X[:, 0] - of_artist * talent))
    hit = rng.random(n) < chance
    popularity = 50 + 10 * effect * X[:, 0] + 10 * rng.normal(size=n)
    return Collection(
        "热歌", tuple(f"s{i}" for i in range(n)), X, ("tempo_bpm", "energy", "valence", "loudness"),
        artists=tuple(f"artist {a}" for a in artist), years=rng.choice(np.array(years, float), n),
        facts={
            "target": tuple(str(int(h)) for h in hit), "popularity": tuple(f"{p:.3f}" for p in popularity),
        },
    )  # fmt: skip


# -- what is foretold ---------------------------------------------------------------------------------------


def test_the_best_are_the_best_of_their_year() -> None:
    songs = replace(
        chart(6), years=np.repeat([2000.0, 2001.0], 3),
        facts={"popularity": ("1", "2", "3", "70", "80", "90"), "peak_rank": ("1", "5", "9", "2", "8", "")},
    )  # fmt: skip
    assert read_target(songs, "popularity:top34").values.tolist() == [0, 0, 1, 0, 0, 1]
    assert read_target(songs, "peak_rank:top34").values[:5].tolist() == [1, 0, 0, 1, 0]
    assert not read_target(songs, "peak_rank:top34").known[5]
    assert read_target(songs, "popularity").kind == "continuous"


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("fame", UnknownNameError),
        ("word", DataError),
        ("popularity:top0", ParameterError),
        ("one", DataError),
    ],
)
def test_what_cannot_be_foretold_is_an_error(text: str, error: type[Exception]) -> None:
    songs = chart(20)
    facts = {**songs.facts, "word": ("夜曲",) * 20, "one": ("1",) * 20}
    with pytest.raises(error):
        read_target(replace(songs, facts=facts), text)


# -- the past and the latest year ---------------------------------------------------------------------------


def test_the_latest_year_is_judged_and_a_small_one_takes_the_year_before() -> None:
    labels = np.tile(["no", "yes"], 100)
    years = np.repeat([2017.0, 2018, 2019, 2020], [80, 60, 50, 10])
    found = split_in_time(years, labels, np.arange(200))
    (fold,) = found.folds
    assert found.years == (2017, 2018, 2019)
    assert years[fold.train].max() < years[fold.test].min()
    assert len(fold.train) + len(fold.test) == 200


@pytest.mark.parametrize("years", [np.full(120, 2019.0), np.full(120, np.nan)])
def test_without_years_artists_are_held_out_and_it_is_said(years: np.ndarray) -> None:
    groups = np.arange(120) // 3
    found = split_in_time(years, np.tile(["no", "yes"], 60), groups)
    assert found.kind == "groups"
    assert "no split in time" in found.why
    for fold in found.folds:
        assert not set(groups[fold.train]) & set(groups[fold.test])
    assert sorted(np.concatenate([fold.test for fold in found.folds])) == list(range(120))


def test_nothing_of_the_latest_year_is_learned_from() -> None:
    songs = chart(effect=1.5)
    years, rng = songs.years, np.random.default_rng(9)
    assert years is not None
    late = years == 2020
    poisoned = np.where(late, rng.permutation(songs.facts["target"]), songs.facts["target"])
    X = songs.X.copy()
    other = np.flatnonzero(late)[40:]  # the first forty are asked; the rest of their year is rubbish
    X[other] *= 1000
    clean = hit_model(songs, models=("logistic",), n_draws=50)
    dirty = hit_model(
        replace(songs, X=X, facts={**songs.facts, "target": tuple(poisoned.tolist())}),
        models=("logistic",), n_draws=50,
    )  # fmt: skip
    one, two = clean.models[0].answers, dirty.models[0].answers
    assert one.rows.tolist() == two.rows.tolist() == np.flatnonzero(late).tolist()
    assert np.array_equal(one.proba[:40], two.proba[:40])
    assert clean.models[0].figures["roc_auc"].value > dirty.models[0].figures["roc_auc"].value + 0.1


# -- models and baselines -----------------------------------------------------------------------------------


def test_baselines_are_what_was_known_before() -> None:
    past = Past(np.array([1.0, 0, 0, 1]), np.array([0, 0, 1, 2]), np.array([2018.0, 2018, 2019, 2019]))
    said = past.answers(np.array([0, 5]))
    assert said[BASE].tolist() == [0.5, 0.5]
    assert said[LAST_YEAR].tolist() == [0.5, 0.5]
    assert said[ARTIST].tolist() == [(1 + 4 * 0.5) / 6, 0.5]


def test_what_sound_tells_is_found_and_as_sure_as_it_says() -> None:
    found = hit_model(chart(900, effect=2.0), n_draws=100)
    assert found.predicts
    assert found.split.kind == "time"
    assert found.gains[BASE].low > 0
    best = next(one for one in found.models if one.name == found.best)
    assert best.figures["roc_auc"].low > 0.6
    assert found.importances[0].feature == "tempo_bpm"
    assert found.calibration[1] < 0.1
    assert "better than chance" in found.verdict


def test_what_sound_does_not_tell_is_said_plainly() -> None:
    found = hit_model(chart(600), n_draws=100)
    assert not found.predicts
    assert found.verdict.startswith("Sound says hardly more than the base rate")
    assert found.gains[BASE].low <= 0


@pytest.mark.slow
def test_a_model_of_nothing_is_seldom_believed() -> None:
    believed = sum(
        hit_model(chart(300, seed=k), models=("logistic",), n_draws=100).predicts for k in range(60)
    )
    assert believed <= stats.binom.ppf(0.999, 60, 0.025)


def test_who_sings_may_say_more() -> None:
    found = hit_model(chart(900, of_artist=4.0, songs_each=9), models=("logistic",), n_draws=100)
    assert found.gains[ARTIST].high < 0
    assert "Who sings says more" in found.verdict


def test_popularity_is_foretold_as_a_number() -> None:
    found = hit_model(chart(600, effect=1.0), "popularity", n_draws=100)
    assert (found.kind, found.predicts) == ("continuous", True)
    r2 = next(one for one in found.models if one.name == found.best).figures["r2"]
    assert r2.low < 0.5 < r2.high  # half of the variance was put in
    assert found.rate_train == pytest.approx(50, abs=3)


def test_what_the_last_year_alone_tells_is_no_merit_of_sound() -> None:
    songs = chart(600, songs_each=1)
    assert songs.years is not None
    late, rng = songs.years >= 2019, np.random.default_rng(4)
    X = songs.X.copy()
    X[:, 0] += 3.0 * late  # louder since 2019, and less popular since: no song for the other
    popularity = 50 - 20 * late + 0.5 * songs.X[:, 0] + 10 * rng.normal(size=len(songs))
    drifted = replace(songs, X=X, facts={"popularity": tuple(f"{p:.3f}" for p in popularity)})
    found = hit_model(drifted, "popularity", models=("ridge",), n_draws=100)
    assert found.gains[BASE].low > 0  # the mean of the past is easy to beat
    assert not found.predicts
    assert "mean of the last year" in found.verdict


def test_the_two_collections_are_told_apart_without_words_about_hits_or_years() -> None:
    songs, others = chart(60), chart(60, seed=1)
    moved = replace(others, name="对照", X=others.X + 1.5, artists=tuple(f"b{a}" for a in others.artists))
    apart = told_apart(songs, moved, n_draws=50)
    alike = told_apart(songs, replace(moved, X=others.X), n_draws=50)
    assert (apart.predicts, alike.predicts) == (True, False)
    assert "tells the two collections apart better than chance" in apart.verdict
    assert "not shown" in alike.verdict
    assert apart.warnings == ()
    told = " ".join((apart.verdict, apart.method(), alike.verdict))
    assert not any(word in told for word in ("hits", "year", "future", "base rate"))


def test_what_may_mislead_is_told() -> None:
    songs = chart(300, years=(2019,))
    where = tuple("charts" if t == "1" else "rest" for t in songs.facts["target"])
    found = hit_model(
        replace(songs, facts={**songs.facts, "source": where}), models=("logistic",), n_draws=50
    )
    assert any("different sources (source)" in text for text in found.warnings)
    assert any("All songs are of 2019" in text for text in found.warnings)
    assert "Nothing is said of the future" in found.verdict
    assert ARTIST not in found.gains  # artists are held out: they have no record


def test_a_model_of_hits_is_json_and_tables() -> None:
    found = hit_model(chart(), models=("logistic",), n_draws=50)
    body = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert body["split"]["years"] == [2018, 2019, 2020]
    assert found.to_table().column("model")[1:] == (BASE, LAST_YEAR, ARTIST)
    assert len(found.importance_table()) == 4


def test_major_and_explicit_are_given_as_numbers() -> None:
    songs = replace(chart(3), facts={"mode": ("major", "minor", ""), "explicit": ("true", "false", "true")})
    X, names = design(songs)
    assert names[-2:] == ("mode", "explicit")
    assert X[:, -1].tolist() == [1, 0, 1]
    assert X[:2, -2].tolist() == [1, 0]
    assert math.isnan(X[2, -2])
    with pytest.raises(DataError, match="0 features"):
        design(replace(songs, X=np.zeros((3, 0)), features=(), facts={}))


# -- trends -------------------------------------------------------------------------------------------------


def over_years(slope: float, *, shock: float = 0.0, seed: int = 0, n_years: int = 20) -> Collection:
    rng, each = np.random.default_rng(seed), 30
    years = np.repeat(np.arange(2000.0, 2000 + n_years), each)
    level = slope * (years - 2000) + np.repeat(rng.normal(0, 1, n_years) * shock, each)
    X = np.column_stack([level + rng.normal(size=len(years)), rng.normal(size=len(years))])
    genre = tuple(np.where(rng.random(len(years)) < (years - 1995) / 40, "rap", "rock").tolist())
    return Collection("hits", tuple(map(str, range(len(years)))), X, ("tempo_bpm", "energy"), years=years,
                      facts={"genre": genre})  # fmt: skip


def test_a_slope_is_found_with_its_sign_and_size() -> None:
    found = trends(over_years(-0.1))
    (one,) = found.shown
    assert (one.feature, one.verdict) == ("tempo_bpm", FALLS)
    assert one.low < -0.1 < one.high
    assert one.slope == pytest.approx(-0.1, abs=0.02)
    rap = next(share for share in found.shares["genre"] if share.feature == "rap")
    assert (rap.verdict, rap.low < 1 / 40 < rap.high) == (RISES, True)


def test_years_that_only_differ_are_no_trend_though_songs_are_many() -> None:
    n, ours, naive = 60, 0, 0
    for seed in range(n):
        songs = over_years(0, shock=0.5, seed=seed)
        ours += bool(trends(songs, facts=()).shown)
        naive += stats.linregress(songs.years, songs.X[:, 0]).pvalue < 0.05
    assert ours <= stats.binom.ppf(0.999, n, 0.05)
    assert naive > 0.3 * n


def test_few_years_tell_no_trend_and_one_is_an_error() -> None:
    found = trends(over_years(3.0, n_years=3))
    assert not found.shown
    assert "3 years are too few" in found.summary()
    assert math.isnan(found.features[0].p)
    json.dumps(found.to_dict(), allow_nan=False)
    with pytest.raises(DataError, match="1 years"):
        trends(over_years(1.0, n_years=1))


def test_the_slope_is_that_of_scipy_where_years_stand_for_themselves() -> None:
    years, values = np.arange(12.0), np.array([1.0, -1.0] * 6) + np.arange(12) * 0.1
    slope, low, high, p = theil_sen(years, values)
    line = stats.theilslopes(values, years, 0.95)
    assert repetition(values - slope * years) == 1.0
    assert (slope, low, high) == pytest.approx((line.slope, line.low_slope, line.high_slope))
    assert p == stats.kendalltau(years, values).pvalue


def test_fashions_that_last_are_no_trend() -> None:
    rng, n, years, ours, naive = np.random.default_rng(4), 300, np.arange(20.0), 0, 0
    for _ in range(n):
        wave = lfilter([1.0], [1.0, -0.6], rng.normal(size=60))[40:]
        ours += theil_sen(years, wave)[3] < 0.05
        naive += stats.kendalltau(years, wave).pvalue < 0.05
    assert ours <= 0.12 * n
    assert naive > 0.2 * n


# -- claims -------------------------------------------------------------------------------------------------


def courses(
    n: int = 30, *, start: float = 0.0, hook: float = 0.0, level: float = 0.0, seed: int = 0
) -> Courses:
    """Songs whose centroid is `start` higher in their first quarter; each has a level of its own."""
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 5, (n, len(FEATURES), 1)) + rng.normal(size=(n, len(FEATURES), N_PARTS)) + level
    values[:, 0, : N_PARTS // 4] += start
    rest = rng.normal(size=(n, len(FEATURES)))
    return Courses("hot", tuple(map(str, range(n))), tuple(f"a{i // 2}" for i in range(n)), values,
                   rest + hook + rng.normal(0, 0.3, rest.shape), rest)  # fmt: skip


def said(text: str, *songs: Courses) -> str:
    (one,) = weigh(*songs, claims=[text], n_draws=300)
    return one.verdict


def test_claims_hold_do_not_hold_or_cannot_be_told() -> None:
    assert said("centroid is highest at the start", courses(start=2.0)) == HOLDS
    assert said("centroid is highest at the start", courses(start=-2.0)) == NOT
    assert said("centroid is highest at the start", courses()) == UNKNOWN
    assert said("centroid is lowest at the start", courses(start=-2.0)) == HOLDS
    assert said("centroid is highest at the end", courses(start=2.0)) == NOT
    assert said("rms is higher in the hook", courses(hook=0.5)) == HOLDS
    assert said("rms is lower in the hook", courses(hook=0.5)) == NOT
    hot = courses(40, level=6.0, seed=1)
    others = replace(courses(40, seed=2), artists=tuple(f"b{i}" for i in range(40)))
    assert said("centroid is higher in hot songs", hot, others) == HOLDS
    assert said("centroid is lower in hot songs", hot, others) == NOT


def test_highest_is_highest_of_all_quarters() -> None:
    songs = courses()
    songs.values[:, 0, :5] += 2.0
    songs.values[:, 0, 10:15] += 2.0  # as high: the start is no more the highest
    assert said("centroid is highest at the start", songs) == UNKNOWN


def test_claims_about_nothing_seldom_hold() -> None:
    n, text = 150, ["centroid is highest at the start", "rms is higher in the hook"]
    held = sum(
        any(t.verdict == HOLDS for t in weigh(courses(seed=k), claims=text, n_draws=200)) for k in range(n)
    )
    assert held <= stats.binom.ppf(0.999, n, 0.05)


def test_claims_that_cannot_be_read_say_what_can() -> None:
    with pytest.raises(ParameterError, match="no claim"):
        parse_claim("hits are good")
    with pytest.raises(UnknownNameError):
        parse_claim("beauty is highest at the start")
    assert parse_claim("Loudness is higher in the hook").feature == "rms"
    assert len(claims_table(weigh(courses(), n_draws=200))) == 7  # three need others to compare with
    with pytest.raises(DataError, match="7 songs"):
        weigh(courses(7))
