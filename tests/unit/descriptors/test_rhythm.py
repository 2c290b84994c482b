from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.features import Frames, Tempo, describe_clip
from tunelens.features.rhythm import accents, estimate_tempo, novelty, pulses, track_beats

FPS = 22050 / 512


@pytest.mark.parametrize("bpm", [60, 72, 85.5, 100, 120, 133, 150, 174, 200])
def test_tempo_of_clicks(clicks, bpm):
    tempo = describe_clip(clicks(bpm)).tempo
    assert tempo.bpm == pytest.approx(bpm, rel=0.01)
    assert tempo.confidence > 0.7
    assert tempo.half_bpm == pytest.approx(tempo.bpm / 2)
    assert tempo.double_bpm == pytest.approx(tempo.bpm * 2)


@pytest.mark.parametrize("bpm", [70, 120, 180])
def test_beats_stand_on_the_clicks(clicks, bpm):
    beats = describe_clip(clicks(bpm, first_s=0.25)).beats_s.astype(float)
    away = np.mod(beats - 0.25 + 30 / bpm, 60 / bpm) - 30 / bpm
    assert len(beats) >= round(20 * bpm / 60) - 2
    assert np.abs(away).max() < 0.03
    assert abs(away.mean()) < 0.015
    assert (np.diff(beats) > 0).all()


def test_beats_follow_a_slow_drift():
    period = np.linspace(0.52, 0.46, 60)
    onsets = 0.3 + np.concatenate([[0], np.cumsum(period)])
    t = np.arange(int(22050 * (onsets[-1] + 1))) / 22050
    y = np.zeros(len(t), np.float32)
    for onset in onsets:
        i = int(onset * 22050)
        n = min(2000, len(t) - i)
        y[i : i + n] += np.sin(2 * np.pi * 900 * t[:n]) * np.exp(-60 * t[:n])
    beats = describe_clip(Clip(y, 22050)).beats_s
    nearest = np.abs(onsets[:, None] - beats).min(axis=1)
    assert np.mean(nearest < 0.04) > 0.9


def test_beats_start_where_the_clip_starts(clicks):
    whole = clicks(120)
    later = Clip(whole.y, whole.sr, start_s=100.0)
    shifted = describe_clip(later).beats_s - describe_clip(whole).beats_s
    assert shifted == pytest.approx(np.full(len(shifted), 100.0), abs=1e-3)


def test_alternatives_are_other_tempi_in_order(clicks):
    tempo = describe_clip(clicks(100)).tempo
    strengths = [strength for _, strength in tempo.alternatives]
    assert strengths == sorted(strengths, reverse=True)
    assert all(0 <= strength <= 1 for strength in strengths)
    assert any(
        bpm == pytest.approx(50, rel=0.03) or bpm == pytest.approx(200, rel=0.03)
        for bpm, _ in tempo.alternatives
    )


@pytest.mark.parametrize(
    ("y", "reason"),
    [
        (np.zeros(22050 * 10), "no pulse"),
        (np.zeros(22050), "shorter than 4 s"),
        (np.full(22050 * 10, 0.3), "no pulse"),
    ],
)
def test_no_tempo_without_a_pulse(y, reason):
    descriptors = describe_clip(Clip(y.astype(np.float32), 22050))
    assert descriptors.tempo == Tempo(None, 0.0, reason=reason)
    assert descriptors.tempo.half_bpm is None
    assert descriptors.beats_s.shape == (0,)


def test_noise_is_less_sure_than_clicks(rng, clicks):
    noise = Clip(rng.normal(0, 0.1, 22050 * 20).astype(np.float32), 22050)
    assert describe_clip(noise).tempo.confidence < 0.45 < describe_clip(clicks(110)).tempo.confidence


def test_accents_of_nothing_are_zero():
    assert not accents(np.zeros(100, np.float32), FPS).any()
    assert not accents(np.zeros(3, np.float32), FPS).any()


def test_novelty_ignores_gain(rng):
    mel = rng.random((40, 200)).astype(np.float32)
    assert novelty(mel * 1e-4) == pytest.approx(novelty(mel), rel=1e-3, abs=1e-5)


def test_pulses_of_an_impulse_train_are_salient_at_its_tempo():
    train = np.zeros(1000)
    train[::20] = 1
    measured = pulses(accents(train.astype(np.float32), 40.0), 40.0)
    at_tempo = np.argmin(np.abs(measured.bpm - 120))
    assert measured.salience[at_tempo] > 0.7
    assert measured.salience.max() <= 1.05


def test_beats_beat_an_exhaustive_search():
    """The blocked solution is the best path: no other spacing of the same accents scores more."""
    rng = np.random.default_rng(3)
    curve = rng.random(60)
    from tunelens.features import rhythm

    period = 12.0
    score, _ = rhythm._solve(curve, period)
    best = np.zeros(60)
    for t in range(60):
        options = [0.0]
        for lag in range(6, 25):
            if t - lag >= 0:
                options.append(best[t - lag] - rhythm._TIGHTNESS * np.log(lag / period) ** 2)
        best[t] = curve[t] + max(options)
    assert score == pytest.approx(best)


def test_tempo_of_annotated_excerpts_beats_chance(data_dir):
    """A handful of real excerpts whose beat nobody doubts; the bench measures all."""
    from tunelens.audio import decode

    known = {"disco_3": 126.42, "pop_2": 126.2, "country_1": 128.9, "blues_2": 157.57, "reggae_0": 122.25}
    for name, bpm in known.items():
        frames = Frames(decode(data_dir / "rhythm" / f"{name}.opus", sr=22050, mono=True))
        curve = accents(novelty(frames.mel), FPS)
        tempo = estimate_tempo(curve, FPS)
        assert tempo.bpm == pytest.approx(bpm, rel=0.04), name
        assert len(track_beats(curve, FPS, tempo.bpm)) == pytest.approx(15 * bpm / 60, abs=3)
