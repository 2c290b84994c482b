"""A cue is planted in one of two classes; the explanation of a trained model must point at it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from tunelens.audio.clip import Clip
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError
from tunelens.explain import (
    Attribution,
    Sieve,
    attribute,
    coloured_noise,
    importances,
    listenable,
    nearest_examples,
    own_weights,
    tags_where_it_mattered,
)
from tunelens.features.frames import Frames
from tunelens.models.tagging import Tagging

SR, TONE_HZ = 16000, 2000.0
N = 4 * SR


def noise(rng: np.random.Generator) -> np.ndarray:
    return rng.normal(scale=0.05, size=N)


def tone(begin_s: float = 0.0, end_s: float = 4.0) -> np.ndarray:
    t = np.arange(N) / SR
    return 0.02 * np.sin(2 * np.pi * TONE_HZ * t) * ((t >= begin_s) & (t < end_s))


def heard(clip: Clip) -> np.ndarray:
    """Mean level of 32 mel bands, compressed."""
    mel = Frames(clip).mel
    return (mel.reshape(32, -1, mel.shape[1]).mean(axis=(1, 2))) ** 0.25


@pytest.fixture(scope="module")
def model() -> object:
    rng = np.random.default_rng(3)
    y = np.arange(80) % 2
    X = [heard(Clip(noise(rng) + (tone() if label else 0), SR)) for label in y]
    return make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)


def listener(model) -> Callable[[Clip], float]:
    return lambda clip: float(model.predict_proba(heard(clip)[None])[0, 1])


@pytest.fixture
def clip(rng) -> Clip:
    return Clip(noise(rng) + 2 * tone(1.0, 2.0), SR)


def test_the_band_of_a_planted_tone_is_found(model, clip) -> None:
    found = attribute(clip, listener(model), n_segments=4)
    assert found.p > 0.6
    k = int(found.bands.argmax())
    assert found.edges_hz[k] <= TONE_HZ < found.edges_hz[k + 1]
    assert found.bands[k] > 2 * np.delete(found.bands, k).max()


def test_the_second_of_a_planted_tone_is_found(model, clip) -> None:
    found = attribute(clip, listener(model), n_segments=4)
    assert int(found.segments.argmax()) == 1


def test_a_model_with_shuffled_weights_explains_differently(model, clip, rng) -> None:
    from copy import deepcopy

    shuffled = deepcopy(model)
    shuffled[-1].coef_ = rng.permutation(shuffled[-1].coef_.ravel())[None]
    true, other = (attribute(clip, listener(one), n_segments=4) for one in (model, shuffled))
    assert np.corrcoef(true.bands, other.bands)[0, 1] < 0.5
    assert int(other.bands.argmax()) != int(true.bands.argmax())


def test_what_is_heard_of_the_explanation_is_the_tone(model, clip) -> None:
    part = listenable(clip, attribute(clip, listener(model), n_segments=4))
    assert part.n_samples == clip.n_samples and part.sr == clip.sr
    spectrum = np.abs(np.fft.rfft(part.y))
    assert np.fft.rfftfreq(N, 1 / SR)[spectrum.argmax()] == pytest.approx(TONE_HZ, abs=5)
    inside, outside = part.y[SR : 2 * SR], np.delete(part.y, np.s_[SR : 2 * SR])
    assert np.square(inside).mean() > 2 * np.square(outside).mean()


def test_a_listener_that_always_says_the_same_is_owed_nothing(clip) -> None:
    found = attribute(clip, lambda _: 0.4)
    assert not found.segments.any() and not found.bands.any()
    assert np.allclose(listenable(clip, found).y, clip.y, atol=1e-4)


def test_worth_of_an_additive_listener_is_exact(rng) -> None:
    """For a game in which parts simply add up, the Shapley value of a part is what it brings."""
    clip = Clip(noise(rng), SR)
    weights = np.array([0.1, 0.0, 0.5, 0.4])

    def listener(sound: Clip) -> float:
        return float(weights @ np.square(sound.y.reshape(4, -1)).sum(axis=1))

    found = attribute(clip, listener, n_segments=4)
    energy, usual = (np.square(y.reshape(4, -1)).sum(axis=1) for y in (clip.y, coloured_noise(clip).y))
    assert found.segments == pytest.approx(weights * (energy - usual), abs=0.2)
    assert found.segments.sum() == pytest.approx(found.p - found.p_nothing, abs=0.2)
    assert found.p > 30


def test_a_sieve_that_keeps_all_gives_the_sound_back(rng) -> None:
    clip = Clip(noise(rng), SR)
    sieve = Sieve.even(clip, 3, 5)
    assert np.array_equal(sieve.keep(np.ones(3), np.ones(5)).y, clip.y)
    assert np.allclose(sieve.keep(np.ones(3), np.full(5, 1 - 1e-12)).y, clip.y, atol=1e-5)


def test_parts_of_a_sieve_add_up_to_the_sound(rng) -> None:
    clip = Clip(noise(rng), SR)
    sieve = Sieve.even(clip, 3, 5)
    for n, keep in ((3, lambda e: sieve.keep(e, np.ones(5))), (5, lambda e: sieve.keep(np.ones(3), e))):
        assert np.allclose(sum(keep(part).y for part in np.eye(n)), clip.y, atol=1e-5)


def test_a_sound_shorter_than_the_window_is_sieved_too() -> None:
    clip = Clip(np.ones(50), SR)
    assert Sieve.even(clip, 2, 3).keep(np.array([0, 1]), np.array([1, 1, 0])).n_samples == 50


def test_what_cannot_be_explained_is_said(clip) -> None:
    with pytest.raises(ParameterError, match="1 segments"):
        attribute(clip, lambda _: 0.0, n_segments=1)
    with pytest.raises(EmptyAudioError):
        attribute(Clip(np.zeros(0), SR), lambda _: 0.0)


def test_progress_hears_of_every_call(clip) -> None:
    class Tally:
        total = done = 0
        finished = False

        def start(self, total: int, _what: str) -> None:
            self.total = total

        def advance(self, _item: str) -> None:
            self.done += 1

        def finish(self) -> None:
            self.finished = True

    tally = Tally()
    attribute(clip, lambda _: 0.0, n_segments=3, n_bands=4, progress=tally)  # type: ignore[arg-type]
    assert tally.total == tally.done == 16 and tally.finished


def test_the_column_that_tells_the_class_is_the_important_one(rng) -> None:
    X = rng.normal(size=(300, 5))
    y = (X[:, 3] + 0.1 * rng.normal(size=300) > 0).astype(int)
    forest = RandomForestClassifier(50, random_state=0).fit(X[:200], y[:200])
    found = importances(
        lambda rows: forest.score(rows, y[200:]), X[200:], list("abcde"), weights=own_weights(forest)
    )
    assert found[0].feature == "d" and found[0].low > 0.2
    assert all(abs(one.drop) < 0.1 for one in found[1:])
    assert found[0].weight == max(one.weight or 0 for one in found)


def test_columns_that_say_nothing_of_themselves() -> None:
    assert own_weights(object()) is None
    with pytest.raises(DataError, match="2 names"):
        importances(lambda _: 0.0, np.zeros((3, 3)), ("a", "b"))


def test_the_nearest_example_is_the_row_itself(rng) -> None:
    X = rng.normal(size=(20, 6)) * [1, 10, 100, 1, 1, 1] + 5
    found = nearest_examples(X[7], X, [str(i) for i in range(20)], ["民谣"] * 20, n=3)
    assert found[0].id == "7" and found[0].similarity == pytest.approx(1) and len(found) == 3
    assert found[0].similarity > found[1].similarity >= found[2].similarity


def test_tags_of_a_clip_in_which_nothing_mattered() -> None:
    heard = Tagging("net", "1", ("guitar",), np.ones((2, 1)), np.array([0.0, 3.0]), 3.0)
    edges = np.array([0.0, 3, 6])
    nothing = Attribution(0, 0, edges, np.array([0.0, -1]), edges, np.zeros(2))
    assert tags_where_it_mattered(heard, nothing) == []
