from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio import Clip, Window, decode, listen
from tunelens.base.errors import ParameterError
from tunelens.features import Frames, Summary, describe
from tunelens.features import summary as module
from tunelens.features.frames import Table

SR = 22050


def window(y: np.ndarray, start: int = 0, is_last: bool = True) -> Window:
    clip = Clip(y.astype(np.float32), SR, start_s=start / SR)
    powers = (y[: len(y) // 2205 * 2205].reshape(-1, 2205).astype(float) ** 2).mean(axis=1)
    return Window(clip, powers, float(np.abs(y).max(initial=0)), is_last)


def cut(y: np.ndarray, at: int) -> list[Summary]:
    return [Summary.of(window(y[:at], is_last=False)), Summary.of(window(y[at:], at))]


def test_a_frame_is_counted_once(clicks):
    y = clicks(120).y
    joined, whole = Summary.concat(cut(y, 64_000)), Summary.of(window(y))
    assert joined.novelty.shape == whole.novelty.shape
    assert joined.table.values.shape == whole.table.values.shape
    assert joined.duration_s == pytest.approx(whole.duration_s)
    assert joined.row("rms")[130:] == pytest.approx(whole.row("rms")[130:], rel=1e-4)


def test_a_song_cut_in_two_is_the_same_song(data_dir):
    y = decode(data_dir / "songs" / "pop_music.mp3", sr=SR, mono=True, duration_s=40).y
    joined, whole = describe(Summary.concat(cut(y, 64_000 * 6))), describe(Summary.of(window(y)))
    assert joined.tempo.bpm == pytest.approx(whole.tempo.bpm, rel=0.005)
    assert joined.tempo.confidence == pytest.approx(whole.tempo.confidence, abs=0.05)
    assert (joined.key.tonic, joined.key.mode) == (whole.key.tonic, whole.key.mode)
    assert joined.loudness_lufs == pytest.approx(whole.loudness_lufs, abs=0.05)
    assert joined.danceability.exponent == pytest.approx(whole.danceability.exponent, abs=0.01)
    assert joined.energy == pytest.approx(whole.energy, abs=0.01)
    assert joined.dynamic_complexity_db == pytest.approx(whole.dynamic_complexity_db, abs=0.05)
    nearest = np.abs(joined.beats_s[:, None] - whole.beats_s).min(axis=1)
    assert np.mean(nearest < 0.03) > 0.95
    ours, theirs = joined.pooled.to_dict(), whole.pooled.to_dict()
    for name in ("centroid.mean", "mfcc_1.mean", "mfcc_3.std", "chroma_0.mean", "contrast_2.p50", "rms.p95"):
        assert ours[name] == pytest.approx(theirs[name], rel=0.06, abs=0.02), name
    for name, value in whole.waveform.items():
        if name.startswith("amp") and name.endswith(("std", "kurt")):
            assert joined.waveform[name] == pytest.approx(value, rel=0.01), name


def test_windows_of_listen_describe_like_one(data_dir):
    path = data_dir / "songs" / "jazz_music.mp3"
    one = describe(Summary.concat(Summary.of(w) for w in listen(path, duration_s=30)))
    many = describe(Summary.concat(Summary.of(w) for w in listen(path, duration_s=30, window_s=10)))
    assert many.duration_s == pytest.approx(one.duration_s, abs=0.01)
    assert many.tempo.bpm == pytest.approx(one.tempo.bpm, rel=0.01)
    assert many.loudness_lufs == pytest.approx(one.loudness_lufs, abs=1e-6)
    assert many.peak == one.peak


def test_joining_does_not_depend_on_the_order_of_joining(rng):
    y = 0.1 * rng.normal(size=3 * 64_000)
    a, b, c = (Summary.of(window(y[i : i + 64_000], i, i == 128_000)) for i in (0, 64_000, 128_000))
    left, right = describe((a + b) + c), describe(a + (b + c))
    assert left.pooled.values == pytest.approx(right.pooled.values, rel=1e-5, abs=1e-5)
    assert left.waveform == pytest.approx(right.waveform, rel=1e-6, abs=1e-9)


def test_three_hours_fit_in_the_memory_of_a_song(monkeypatch):
    """36 windows of 300 s: the table is thinned, the rest is small."""
    part = Summary.of(window(0.1 * np.random.default_rng(0).normal(size=64_000), is_last=False))
    repeat = 103
    long = Summary.concat(grown(part, repeat) for _ in range(36))
    assert long.duration_s > 3 * 3600 * 0.98
    assert n_bytes(long) < 60e6
    assert long.table.values.shape[1] <= module.MOST_COLUMNS
    assert describe(long).duration_s == long.duration_s


def grown(part: Summary, times: int) -> Summary:
    """What a window `times` as long would give."""
    from dataclasses import replace

    return replace(
        part,
        duration_s=part.duration_s * times,
        table=Table(part.table.names, np.tile(part.table.values, times)),
        novelty=np.tile(part.novelty, times),
        levels=np.tile(part.levels, times),
        loudness_powers=np.tile(part.loudness_powers, times),
    )


def n_bytes(summary: Summary) -> int:
    arrays = (
        summary.table.values,
        summary.novelty,
        summary.levels,
        summary.loudness_powers,
        summary.tones.histogram,
    )
    return sum(array.nbytes for array in arrays)


def test_thinning_keeps_every_second_frame(monkeypatch, rng):
    monkeypatch.setattr(module, "MOST_COLUMNS", 100)
    y = 0.1 * rng.normal(size=150_000)
    summary = Summary.of(window(y))
    assert summary.stride == 4
    assert summary.row("rms") == pytest.approx(Frames(Clip(y.astype(np.float32), SR)).rms[::4], rel=1e-5)


def test_nothing_to_join_is_an_error():
    with pytest.raises(ParameterError, match="at least one"):
        Summary.concat([])


def test_frame_rates_must_agree(rng):
    y = rng.normal(size=30_000).astype(np.float32)
    other = Summary.of(Window(Clip(y, 16_000), np.zeros(3), 1.0, True))
    with pytest.raises(ParameterError, match="frame rates"):
        Summary.of(window(y)) + other
