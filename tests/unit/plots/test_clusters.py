"""Pictures of clusters: what they show, in which colour and language."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.base.language import language
from tunelens.plots.clusters import (
    MOST_POINTS,
    ClustersDisplay,
    KCurvesDisplay,
    LoadingsDisplay,
    ScreeDisplay,
    SilhouettesDisplay,
)

NAMES = ("silhouette", "without clusters", "Calinski-Harabasz", "Davies-Bouldin", "stability")


def curves(k):
    values = {name: [0.1 * i + 0.01 * n for i in range(4)] for n, name in enumerate(NAMES)}
    return KCurvesDisplay(ks=[2, 3, 4, 5], curves=values, k=k, title="两只老虎")


def test_a_recommended_number_stands_out_and_none_does_not():
    with_k, without = ([len(panel.lines) for panel in curves(k).plot().ax_.child_axes] for k in (3, None))
    assert [a - b for a, b in zip(with_k, without, strict=True)] == [1, 1, 1, 1]
    assert without == [2, 1, 1, 1]  # chance beside the silhouettes


def test_noise_is_grey_and_not_in_the_legend():
    points = np.arange(8.0).reshape(4, 2)
    shown = ClustersDisplay(
        points=points, labels=np.array([1, 0, -1, 0]), names=("a", "b"), numbers=(4, 7)
    ).plot()
    red, green, blue, _ = shown.ax_.collections[0].get_facecolor()[0]
    assert max(red, green, blue) - min(red, green, blue) < 0.1
    assert [text.get_text() for text in shown.ax_.get_legend().get_texts()] == ["4 a", "7 b"]
    assert sum(len(one.get_offsets()) for one in shown.ax_.collections) == 4


def test_of_many_songs_some_are_drawn():
    n = MOST_POINTS + 5
    shown = ClustersDisplay(points=np.zeros((n, 2)), labels=np.zeros(n, int), names=("a",)).plot()
    assert len(shown.ax_.collections[0].get_offsets()) == MOST_POINTS


def test_silhouettes_have_a_bar_a_song_and_a_line_at_the_mean():
    values, labels = np.array([0.5, 0.1, -0.2, 0.4]), np.array([0, 0, 1, 1])
    shown = SilhouettesDisplay(values=values, labels=labels, names=("快速", "b")).plot()
    assert sorted(bar.get_width() for bar in shown.ax_.patches) == sorted(values)
    assert shown.ax_.lines[0].get_xdata()[0] == pytest.approx(0.2)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_picture_is_written_in_both_languages(tmp_path, lang):
    pictures = [
        curves(None),
        ScreeDisplay(explained=np.full(30, 1 / 30)),
        LoadingsDisplay(
            features=[f"f{i}" for i in range(30)], loadings=np.eye(30)[:, :3], names=("1", "2", "3")
        ),
        SilhouettesDisplay(values=np.empty(0), labels=np.empty(0, int), names=()),
        ClustersDisplay(points=np.zeros((1, 2)), labels=np.array([-1]), names=()),
    ]
    with language(lang):
        for i, one in enumerate(pictures):
            assert one.save(tmp_path / f"{i}.png").stat().st_size > 2000
