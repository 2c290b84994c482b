"""Folding: cut into pieces or whole, short or long, the columns are the same and few."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.base.errors import EmptyAudioError
from tunelens.features import Frames
from tunelens.features.timeline import Fold, step_for, timeline


@pytest.mark.parametrize("n", [1, 7, 8, 9, 16, 17, 63, 1000])
@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_fold_gives_the_means_of_equal_stretches(rng, n: int, chunk: int) -> None:
    frames = rng.standard_normal((2, n))
    fold = Fold(limit=8)
    for start in range(0, n, chunk):
        fold.add(frames[:, start : start + chunk])
    edges = fold.edges()
    expected = np.stack([frames[:, a:b].mean(axis=1) for a, b in pairwise(edges)], axis=1)
    np.testing.assert_allclose(fold.columns(), expected, rtol=1e-9, atol=1e-12)
    assert fold.columns().shape[1] <= 9
    assert edges[-1] == n


def test_fold_keeps_extremes(rng) -> None:
    y = rng.standard_normal((1, 12345))
    low, high = Fold(limit=20, merge=np.min), Fold(limit=20, merge=np.max)
    for part in np.array_split(y, 17, axis=1):
        low.add(part)
        high.add(part)
    assert low.columns().min() == y.min()
    assert high.columns().max() == y.max()


@pytest.mark.parametrize(
    ("name", "margin"),
    [("rms", 4), ("centroid", 4), ("rolloff", 4), ("mel", 4), ("mfcc", 4), ("tempogram", 200)],
)
def test_pieces_give_what_the_whole_gives(rng, name: str, margin: int) -> None:
    """Longer than one piece, in blocks of an odd length: the joints do not show."""
    sr, hop = 22050, 512
    y = rng.standard_normal(sr * 45).astype(np.float32) * (0.3 + 0.2 * np.sin(np.arange(sr * 45) / 5000))
    blocks = (Clip(part.astype(np.float32), sr) for part in np.array_split(y, 9))
    shown = timeline(blocks, lambda f: np.atleast_2d(getattr(f, name)), limit=20000, margin=margin)
    whole = np.atleast_2d(getattr(Frames(Clip(y, sr)), name))[:, : len(y) // hop]
    assert shown.values.shape == whole.shape
    inner = slice(None) if name != "tempogram" else slice(margin, -margin)
    np.testing.assert_allclose(
        shown.values[:, inner], whole[:, inner], rtol=2e-3, atol=2e-3 * np.abs(whole).max()
    )


def test_edges_are_the_time_of_the_source() -> None:
    shown = timeline(Clip(np.ones(44100), 22050, start_s=10.0), lambda f: f.rms[None])
    assert shown.edges_s[0] == 10.0
    assert shown.edges_s[-1] == 12.0
    assert (np.diff(shown.edges_s) > 0).all()


@pytest.mark.parametrize("sr", [100, 8000, 11025, 22050, 44100, 48000, 96000, 192000])
def test_frames_last_about_as_long_at_any_rate(sr: int) -> None:
    assert 0.06 <= step_for(sr).n_fft / sr <= 0.14 or sr == 100


def test_a_long_recording_stays_small() -> None:
    sr = 8000
    minutes = (Clip(np.full(sr * 60, 0.1, np.float32), sr) for _ in range(60))
    shown = timeline(minutes, lambda f: f.rms[None], limit=500)
    assert shown.values.shape[1] <= 501
    assert shown.edges_s[-1] == 3600.0


def test_no_samples_is_an_error_that_names_the_file() -> None:
    with pytest.raises(EmptyAudioError, match=r"a\.wav"):
        timeline(Clip(np.zeros(0, np.float32), 22050, source="a.wav"), lambda f: f.rms[None])
    with pytest.raises(EmptyAudioError):
        timeline(iter([]), lambda f: f.rms[None])
