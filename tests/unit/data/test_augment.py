"""Augmentations do what their numbers say, measured on signals whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.data import augment_effects as effects
from tunelens.data.augment import Chain, mixup, parse_augmentations, spec_augment

SR = 22_050


def sine(hz: float, seconds: float = 2.0, size: float = 0.2, sr: int = SR) -> Clip:
    t = np.arange(int(seconds * sr)) / sr
    return Clip((size * np.sin(2 * np.pi * hz * t)).astype(np.float32), sr)


def f0(clip: Clip) -> float:
    """Frequency of the greatest peak, by a parabola through its logarithms."""
    y = clip.y[clip.n_samples // 8 : -clip.n_samples // 8]
    size = np.log(np.abs(np.fft.rfft(y * np.hanning(len(y)), 1 << 18)) + 1e-12)
    k = int(size.argmax())
    a, b, c = size[k - 1 : k + 2]
    return (k + 0.5 * (a - c) / (a - 2 * b + c)) * clip.sr / (1 << 18)


def level(clip: Clip) -> float:
    y = clip.y[clip.n_samples // 4 : -clip.n_samples // 4].astype(float)
    return float(10 * np.log10(np.mean(y**2)))


@pytest.mark.parametrize("semitones", [-12, -2, -0.5, 1, 7, 12])
def test_pitch_moves_f0_and_keeps_length(semitones: float) -> None:
    changed = effects.shifted(sine(440), semitones)
    assert f0(changed) == pytest.approx(440 * 2 ** (semitones / 12), rel=1e-3)
    assert changed.n_samples == sine(440).n_samples
    assert level(changed) == pytest.approx(level(sine(440)), abs=0.5)


@pytest.mark.parametrize("rate", [0.5, 0.8, 1.25, 2.0])
def test_stretch_changes_length_and_keeps_f0(rate: float) -> None:
    changed = effects.stretched(sine(440), rate)
    assert changed.n_samples == round(2 * SR / rate)
    assert f0(changed) == pytest.approx(440, rel=1e-3)
    assert level(changed) == pytest.approx(level(sine(440)), abs=0.5)


def test_stretch_moves_events_in_time() -> None:
    """A tone that starts at 1 s starts at 0.8 s when played 1.25 times as fast."""
    y = sine(440).y * (np.arange(2 * SR) >= SR)
    changed = effects.stretched(Clip(y, SR), 1.25)
    start = np.flatnonzero(np.abs(changed.y) > 0.1)[0] / SR
    assert start == pytest.approx(0.8, abs=0.03)


def test_gain_is_exact_until_full_scale() -> None:
    clip = sine(440)
    np.testing.assert_allclose(effects.gained(clip, -6).y, clip.y * 10 ** (-0.3), rtol=1e-6)
    loud = effects.gained(clip, 60)
    assert np.abs(loud.y).max() == pytest.approx(1)
    np.testing.assert_allclose(loud.y / loud.y.max(), clip.y / clip.y.max(), atol=1e-5)


@pytest.mark.parametrize("snr_db", [0.0, 20.0, 40.0])
def test_noise_has_the_power_that_was_asked(snr_db: float) -> None:
    clip = sine(440)
    noise = effects.noised(clip, snr_db, np.random.default_rng(0)).y.astype(float) - clip.y
    measured = 10 * np.log10(np.mean(clip.y.astype(float) ** 2) / np.mean(noise**2))
    assert measured == pytest.approx(snr_db, abs=0.05)


def test_eq_answers_at_its_centre_and_not_far_off() -> None:
    for db in (-9.0, 9.0):
        near, far = (effects.equalised(sine(hz), [(1000, db, 1.0)]) for hz in (1000, 50))
        assert level(near) - level(sine(1000)) == pytest.approx(db, abs=0.05)
        assert level(far) - level(sine(50)) == pytest.approx(0, abs=0.2)


def test_lowpass_cuts_above_and_not_below() -> None:
    assert level(effects.lowpassed(sine(8000), 2000)) < level(sine(8000)) - 80
    assert level(effects.lowpassed(sine(500), 2000)) == pytest.approx(level(sine(500)), abs=0.01)
    assert level(effects.lowpassed(sine(2000), 2000)) == pytest.approx(level(sine(2000)) - 3.01, abs=0.05)
    clip = sine(8000)
    assert effects.lowpassed(clip, 10_500) is clip


def test_crop_takes_what_it_says() -> None:
    clip = Clip(np.arange(100, dtype=np.float32) / 100, 10, start_s=5.0)
    part = effects.cropped(clip, 20, 30)
    assert part.start_s == 7 and part.y.tolist() == clip.y[20:50].tolist()
    for seed in range(20):
        n = parse_augmentations("crop:share=0.5").apply(clip, np.random.default_rng(seed)).n_samples
        assert 50 <= n <= 100


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("reverb", UnknownNameError, "unknown augmentation 'reverb'"),
        ("pitch:cents=3", ParameterError, "no parameter 'cents'"),
        ("pitch:semitones=two", ParameterError, "'two'"),
        ("pitch:semitones=nan", ParameterError, "0 to 12"),
        ("stretch:rate=0", ParameterError, "1 to 2"),
    ],
)
def test_what_cannot_be_read_is_said(text: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        parse_augmentations(text)


def test_a_chain_applies_in_order() -> None:
    assert parse_augmentations("") == Chain(())
    rng, other = np.random.default_rng(0), np.random.default_rng(0)
    chain = parse_augmentations("crop:share=0.5+gain:db=3")
    steps = chain.steps
    expected = steps[1].apply(steps[0].apply(sine(440), rng), rng)
    np.testing.assert_array_equal(chain.apply(sine(440), other).y, expected.y)


def test_spec_augment_masks_no_more_than_allowed() -> None:
    S = np.random.default_rng(0).standard_normal((4, 100, 40)).astype(np.float32)
    out = spec_augment(S, np.random.default_rng(1), n_masks=1, time_share=0.1, band_share=0.2)
    assert out.shape == S.shape and out.dtype == S.dtype
    for before, after in zip(S, out, strict=True):
        changed = before != after
        assert changed.all(axis=1).sum() <= 10 and changed.all(axis=0).sum() <= 8
        rows, columns = changed.all(axis=1), changed.all(axis=0)
        np.testing.assert_array_equal(changed, rows[:, None] | columns[None, :])
    assert (out != S).any()


def test_mixup_mixes_labels_as_it_mixes_rows() -> None:
    """Rows are their own labels here, so both must come out alike, and shares sum to one."""
    Y = np.eye(6, dtype=np.float32)
    mixed, labels = mixup(Y, Y.astype(np.int8), np.random.default_rng(0), 0.4)
    np.testing.assert_allclose(mixed, labels, atol=1e-6)
    np.testing.assert_allclose(labels.sum(axis=1), 1, atol=1e-6)
    assert (np.diag(labels) >= 0.5).all() and (labels.max(axis=1) < 1).any()
    assert mixup(Y, Y, np.random.default_rng(0), 0.0)[0] is Y
