"""The parts of a stream's hearing, each beside what it must equal."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import resample_poly
from tests.music import SR, performance
from tests.sounds import sine

from tunelens.audio import Clip, loudness
from tunelens.base.errors import ParameterError
from tunelens.features.descriptors import describe_clip
from tunelens.models.logmel import LogMel
from tunelens.services.live.change import Impression, Novelty, cosine_distance, texture, turning_point
from tunelens.services.live.intake import Intake
from tunelens.services.live.measures import Rolling
from tunelens.services.live.pace import Pace
from tunelens.services.live.pcm import PcmFormat, PcmReader
from tunelens.services.live.places import Places
from tunelens.services.live.ring import Ring
from tunelens.services.live.smoothing import Mean, TwoStates
from tunelens.services.live.tail import Tail

SPEC = LogMel(sr=16000, n_fft=512, hop_length=256, n_mels=96, n_frames=187)


@pytest.mark.parametrize("size", [1, 100, 256, 300, 5000])
def test_a_spectrogram_in_pieces_is_that_of_the_whole(rng: np.random.Generator, size: int) -> None:
    y = rng.standard_normal(16000).astype(np.float32)
    tail = Tail(SPEC.hop_length, SPEC.n_fft // 2, SPEC)
    pieces = np.concatenate([tail.add(y[begin : begin + size]) for begin in range(0, y.size, size)])
    whole = SPEC(y)
    assert len(whole) - 2 <= len(pieces) <= len(whole)
    np.testing.assert_allclose(pieces, whole[: len(pieces)], atol=1e-5)


def test_beats_neither_drift_nor_lose_a_sample(rng: np.random.Generator) -> None:
    y = (0.1 * rng.standard_normal(11025 * 21)).astype(np.float32)  # 5512.5 samples a beat
    beats = list(Intake(11025, 1, 0.5).add(y))
    assert [beat.end_s for beat in beats] == pytest.approx([0.5 * (k + 1) for k in range(42)], abs=1e-4)
    assert sum(beat.powers.size for beat in beats) == len(y) // 1102, "100 ms are 1102 samples at this rate"
    assert sum(beat.y.size for beat in beats) == pytest.approx(2 * len(y), abs=3000), (
        "but the resampler's delay"
    )


@pytest.mark.parametrize(("sr", "channels"), [(8000, 1), (22050, 2), (44100, 6), (48000, 8), (192000, 2)])
def test_every_rate_and_number_of_channels_is_heard_alike(sr: int, channels: int) -> None:
    y = np.tile(sine(440, sr, 4.0), (channels, 1))
    rolling = Rolling(0.5)
    for beat in Intake(sr, channels, 0.5).add(y):
        rolling.add(beat)
    found = rolling.measure(4.0)
    assert found.descriptors.key.tonic == "A"
    assert found.descriptors.peak == pytest.approx(0.5, abs=0.01)
    assert found.momentary_lufs == pytest.approx(loudness(Clip(y, sr)), abs=0.3)


def test_a_window_measures_what_the_whole_does() -> None:
    clip = Clip(performance(3, 20.0, bpm=112), SR)
    rolling = Rolling(0.5)
    for beat in Intake(SR, 1, 0.5).add(clip.y):
        rolling.add(beat)
    ours, theirs = rolling.measure(20.0).descriptors, describe_clip(clip)
    assert ours.tempo.bpm == pytest.approx(theirs.tempo.bpm, rel=0.005)
    assert (ours.key.tonic, ours.key.mode) == (theirs.key.tonic, theirs.key.mode)
    assert ours.loudness_lufs == pytest.approx(theirs.loudness_lufs, abs=0.05)
    assert ours.energy == pytest.approx(theirs.energy, abs=0.02)
    assert ours.danceability.value == pytest.approx(theirs.danceability.value, abs=1e-3)


def test_what_is_no_sound_is_mended_and_counted() -> None:
    y = sine(440, 8000, 0.5)
    y[[10, 20, 30]] = np.nan, np.inf, 1e30
    (beat,) = Intake(8000, 1, 0.5).add(y)
    assert beat.mended == 3
    assert np.isfinite(beat.y).all() and beat.peak <= 0.5


def test_clipping_is_told() -> None:
    (beat,) = Intake(8000, 1, 0.5).add(np.clip(3 * sine(440, 8000, 0.5), -1, 1))
    assert 0.2 < beat.clipped < 0.6  # |3 * 0.5 sin| >= 1 for 54 % of a period
    assert beat.peak == 1.0


def test_a_stream_keeps_its_channels() -> None:
    with pytest.raises(ParameterError, match="2 channels"):
        list(Intake(8000, 1, 0.5).add(np.zeros((2, 10), np.float32)))


@pytest.mark.parametrize(("kind", "dtype", "scale"), [("s16le", "<i2", 32768), ("f32le", "<f4", 1)])
def test_bytes_become_samples_wherever_they_are_cut(
    rng: np.random.Generator, kind: str, dtype: str, scale: int
) -> None:
    y = rng.uniform(-0.9, 0.9, (3, 50))
    data = (y.T * scale).astype(dtype).tobytes()
    reader = PcmReader(PcmFormat(8000, kind, 3))
    found = np.concatenate([reader.read(data[k : k + 1]) for k in range(len(data))], axis=1)
    np.testing.assert_allclose(found, y, atol=1 / 32768)


def test_a_ring_keeps_the_end() -> None:
    ring = Ring(4)
    for k in range(100):
        ring.add(np.array([k, k + 0.5]))
    assert ring.last(3).tolist() == [98.5, 99, 99.5]
    assert (len(ring), ring.last(99).size) == (4, 4)


def test_two_states_are_slower_to_turn_the_less_they_are_told() -> None:
    def beats_until_half(p: float) -> int:
        states = TwoStates()
        for _ in range(50):
            states.add(0.02)
        return next(k for k in range(1, 50) if states.add(p) > 0.5)

    assert [beats_until_half(p) for p in (0.99, 0.9, 0.7)] == [1, 2, 3]


def test_two_states_are_the_forward_algorithm_of_hmmlearn() -> None:
    """Beside another program: filtering is what its posterior says of the last of the beats so far."""
    hmm = pytest.importorskip("hmmlearn.hmm", reason="hmmlearn is not installed")
    said = np.array([0.9, 0.8, 0.3, 0.6, 0.1, 0.2, 0.9])
    states = TwoStates(stay=0.9)
    ours = [states.add(p) for p in said]
    model = hmm.CategoricalHMM(2)
    model.startprob_, model.transmat_ = np.array([0.5, 0.5]), np.array([[0.9, 0.1], [0.1, 0.9]])
    # symbol k is what beat k was; as many others, never seen, make both rows sum to one
    model.emissionprob_ = np.array([[*said, *(1 - said)], [*(1 - said), *said]]) / said.size
    for n in range(1, said.size + 1):
        theirs = model.predict_proba(np.arange(n)[:, None])[-1, 0]
        assert ours[n - 1] == pytest.approx(theirs, abs=1e-9)


def test_a_mean_is_the_mean_until_it_is_full_and_then_fades() -> None:
    mean = Mean(full_s=3.0)
    for value, seconds in ((0.0, 1.0), (3.0, 2.0)):
        mean.add([{"scores": np.array([value], np.float32)}], seconds)
    assert mean.outputs[0]["scores"].item() == pytest.approx(2.0)
    mean.add([{"scores": np.array([5.0], np.float32)}], 1.0)
    assert (mean.outputs[0]["scores"].item(), mean.seconds) == (pytest.approx(3.0), 3.0)


def test_novelty_is_high_where_all_changes_and_low_where_nothing_does(rng: np.random.Generator) -> None:
    def impression(place: int) -> Impression:
        embedding = np.eye(8)[place] + 0.05 * rng.standard_normal(8)
        return Impression(
            embedding.astype(np.float32), (place + 0.05 * rng.standard_normal(20)).astype(np.float32)
        )

    novelty = Novelty(0.5)
    before = [novelty.add(impression(1)) for _ in range(20)]
    after = [novelty.add(impression(3)) for _ in range(2)]
    assert max(before) < 0.1
    assert after[0] > 0.5, "noticed with the first beat that is wholly new"


def test_a_turn_is_found_to_the_column(rng: np.random.Generator) -> None:
    columns = rng.normal(0, 0.1, (125, 96)) + (np.arange(125) >= 70)[:, None]
    assert turning_point(columns.astype(np.float32), 15) == 70
    assert turning_point(columns[:10].astype(np.float32), 15) == 0


def test_distances_and_textures() -> None:
    x = np.array([3.0, 4.0], np.float32)
    assert cosine_distance(x, 2 * x) == pytest.approx(0.0, abs=1e-6)
    assert cosine_distance(x, np.zeros(2, np.float32)) == 1.0
    assert texture(np.array([[1.0, 2.0], [3.0, 2.0]], np.float32)).tolist() == [2.0, 2.0, 1.0, 0.0]


def test_pace_counts_from_the_first_sound() -> None:
    now = [100.0]
    pace = Pace(lambda: now[0])
    assert pace.ahead(1.0) == 1.0
    now[0] = 103.0
    assert pace.ahead(2.0) == -1.0


def test_places_come_back() -> None:
    places = Places(1)
    assert [places.take(), places.take()] == [True, False]
    places.leave()
    assert places.take()


def test_resampling_on_the_way_changes_little() -> None:
    y = sine(1000, 48000, 2.0)
    beats = list(Intake(48000, 1, 0.5).add(y))
    ours = np.concatenate([beat.y for beat in beats])
    theirs = resample_poly(y, 147, 320)[: ours.size]
    inner = slice(2000, ours.size - 2000)
    np.testing.assert_allclose(
        ours[inner], theirs[inner], atol=5e-3
    )  # of it 2.5e-3 for the turn of the phase by the high-pass
