from __future__ import annotations

import numpy as np
import pytest

from tunelens.library.recommend.blend import blend, standard
from tunelens.library.recommend.content import MOST_ANCHORS, Anchors, fit


def circle(*degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1).astype(np.float32)


def ones(*rows: int) -> Anchors:
    return Anchors.of(np.array(rows, np.intp), np.ones(len(rows), np.float32))


def test_one_liked_track_orders_by_likeness() -> None:
    matrix = circle(0, 10, 50, 120, 180)
    assert np.argsort(-fit(matrix, ones(0))).tolist() == [0, 1, 2, 3, 4]


def test_two_tastes_stand_beside_each_other() -> None:
    matrix = circle(0, 100, 50, 5, 95)
    found = fit(matrix, ones(0, 1))
    assert min(found[3], found[4]) > found[2]  # the middle of both is liked by nobody


def test_what_is_near_to_a_disliked_track_sinks() -> None:
    matrix = circle(0, 40, -40, 60)
    found = fit(matrix, ones(0), ones(3))
    assert found[2] > found[1]
    assert fit(matrix, ones(0), Anchors.of(np.zeros(0, np.intp), np.zeros(0, np.float32))) == pytest.approx(
        fit(matrix, ones(0))
    )


def test_a_stronger_like_pulls_more() -> None:
    matrix = circle(0, 90, 45)
    even = Anchors.of(np.array([0, 1]), np.array([1.0, 1.0], np.float32))
    odd = Anchors.of(np.array([0, 1]), np.array([0.1, 1.0], np.float32))
    assert fit(matrix, even)[0] == pytest.approx(fit(matrix, even)[1])
    assert fit(matrix, odd)[1] > fit(matrix, odd)[0]


def test_many_rows_are_scored_as_few() -> None:
    matrix = np.random.default_rng(0).normal(size=(70_000, 3)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    assert fit(matrix, ones(5))[-1] == pytest.approx(fit(matrix[[5, -1]], ones(0))[1])


def test_the_heaviest_anchors_are_kept_and_ties_are_no_matter_of_order() -> None:
    many = 5 * MOST_ANCHORS
    weights = np.ones(many, np.float32)
    weights[-1] = 2
    found = Anchors.of(np.arange(many), weights)
    assert len(found.rows) == MOST_ANCHORS and found.rows[0] == many - 1
    assert 0.3 * many < np.median(found.rows) < 0.7 * many


def test_a_blend_lies_between_both_opinions() -> None:
    rng = np.random.default_rng(0)
    sound, crowd = rng.normal(size=500), rng.normal(size=500) * 100 + 7
    warm = np.arange(500) % 2 == 0
    assert blend(sound, crowd, warm, 0.0) == pytest.approx(standard(sound))
    assert blend(sound, crowd, warm, 1.0)[warm] == pytest.approx(standard(crowd[warm]))
    half = blend(sound, crowd, warm, 0.5)
    assert half[warm].std() == pytest.approx(1.0)
    assert np.corrcoef(half[warm], sound[warm])[0, 1] == pytest.approx(
        np.corrcoef(half[warm], crowd[warm])[0, 1], abs=0.02
    )


@pytest.mark.parametrize("together", [0.0, 0.4, 0.9])
@pytest.mark.parametrize("weight", [0.25, 0.75, 1.0])
def test_a_cold_track_gets_what_would_be_said_of_it_on_the_average(together: float, weight: float) -> None:
    """What the crowd would say of the cold tracks is known here, and hidden."""
    rng = np.random.default_rng(1)
    sound = rng.normal(size=20_000)
    crowd = together * sound + np.sqrt(1 - together**2) * rng.normal(size=20_000)
    warm = rng.random(20_000) < 0.5
    told = blend(sound, np.where(warm, crowd, 99.0), warm, weight)
    truth = blend(sound, crowd, np.ones(20_000, bool), weight)
    slope = np.polyfit(told[~warm], truth[~warm], 1)[0] if told[~warm].std() > 0.05 else 1.0
    assert slope == pytest.approx(1.0, abs=0.05)
    assert abs((told[~warm] - truth[~warm]).mean()) < 0.03
