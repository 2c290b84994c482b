"""Frames beside signals with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from tunelens.audio.clip import Clip
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError, UnknownNameError
from tunelens.features import TABLE, Frames, Grid
from tunelens.features.spectrum import block_length

SR = 22050


def tone(hz: float, seconds: float = 2.0, sr: int = SR, level: float = 0.5) -> Clip:
    t = np.arange(int(seconds * sr)) / sr
    return Clip((level * np.sin(2 * np.pi * hz * t)).astype(np.float32), sr)


@pytest.mark.parametrize("hz", [100.0, 1000.0, 5000.0, 10000.0])
def test_a_tone_is_where_it_is(hz: float) -> None:
    frames = Frames(tone(hz))
    inner = slice(4, -4)
    assert frames.centroid[inner] == pytest.approx(hz, rel=0.02)
    assert frames.rolloff[inner] == pytest.approx(hz, abs=3 * frames.grid.bin_hz)
    assert frames.zcr[inner] == pytest.approx(2 * hz / SR, abs=1e-3)
    assert frames.rms[inner] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
    assert frames.flatness[inner].max() < 0.01


@pytest.mark.parametrize("hz", [1001.3, 9876.5])
def test_bandwidth_of_a_pure_tone_is_exact_in_float32(hz: float) -> None:
    frames = Frames(tone(hz))
    S = frames.S.astype(np.float64)
    freqs = frames.grid.freqs_hz[:, None]
    centroid = (S * freqs).sum(axis=0) / S.sum(axis=0)
    truth = np.sqrt((S * (freqs - centroid) ** 2).sum(axis=0) / S.sum(axis=0))
    np.testing.assert_allclose(frames.bandwidth, truth, rtol=1e-4)


@pytest.mark.parametrize(("note", "row"), [(261.63, 0), (329.63, 4), (440.0, 9), (466.16, 10)])
def test_chroma_finds_the_pitch_class(note: float, row: int) -> None:
    assert (Frames(tone(note)).chroma[:, 4:-4].argmax(axis=0) == row).all()


@pytest.mark.parametrize("cents", [-40, -20, 0, 15, 45])
def test_tuning_of_a_detuned_chord(cents: int) -> None:
    factor = 2 ** (cents / 1200)
    y = sum(tone(hz * factor).y for hz in (440.0, 554.37, 659.26, 880.0))
    assert Frames(Clip(np.asarray(y), SR)).tuning == pytest.approx(cents / 100, abs=0.06)


def test_a_click_train_shows_its_period_in_the_tempogram() -> None:
    y = np.zeros(SR * 12, np.float32)
    y[:: 512 * 20] = 1.0
    frames = Frames(Clip(y, SR))
    middle = frames.tempogram[:, 250]
    assert 2 + int(middle[2:30].argmax()) == 20


def test_white_noise_is_flat_and_a_tone_is_not(rng: np.random.Generator) -> None:
    noise = Frames(Clip(rng.standard_normal(SR).astype(np.float32), SR))
    # E[exp(mean log)] / mean of an exponential distribution is exp(-gamma)
    assert noise.flatness[4:-4].mean() == pytest.approx(np.exp(-np.euler_gamma), abs=0.02)


def test_flux_is_small_within_a_tone_and_large_where_it_changes() -> None:
    y = np.concatenate([tone(440, 1.0).y, tone(1760, 1.0).y])
    flux = Frames(Clip(y, SR)).flux
    change = SR // 512
    assert flux[5 : change - 5].max() < 0.01
    assert flux[change - 3 : change + 4].max() > 0.1


def test_blocks_leave_no_seam(rng: np.random.Generator) -> None:
    length = block_length(Grid(SR))
    y = rng.standard_normal(512 * (2 * length + 9)).astype(np.float32)
    whole = Frames(Clip(y, SR))
    start = length - 20
    part = Frames(Clip(y[start * 512 :], SR))
    for name in ("flux", "centroid", "contrast", "mel"):
        a, b = np.atleast_2d(getattr(whole, name)), np.atleast_2d(getattr(part, name))
        np.testing.assert_allclose(a[:, start + 5 : start + 40], b[:, 5:40], rtol=1e-4, err_msg=name)


def test_what_one_pass_gives_follows_from_the_whole_spectrogram(rng: np.random.Generator) -> None:
    frames = Frames(Clip(rng.standard_normal(SR * 4).astype(np.float32), SR))
    S = frames.S
    shares = S / S.sum(axis=0)
    np.testing.assert_allclose(frames.flux[1:], np.linalg.norm(np.diff(shares, axis=1), axis=0), rtol=1e-4)
    freqs = frames.grid.freqs_hz
    np.testing.assert_allclose(frames.centroid, freqs @ S / S.sum(axis=0), rtol=1e-5)
    np.testing.assert_allclose(frames.power, S**2)


def test_table_stacks_what_it_names() -> None:
    frames = Frames(tone(440))
    table = frames.table(["centroid", "mfcc"])
    assert table.names == ("centroid", *(f"mfcc_{i}" for i in range(20)))
    np.testing.assert_array_equal(table.values, np.concatenate([frames.centroid[None], frames.mfcc]))
    names, values = frames.table()
    assert len(names) == len(values) == 93
    assert len(set(names)) == 93
    assert {name.rsplit("_", 1)[0] if name[-1].isdigit() else name for name in names} == set(TABLE)
    with pytest.raises(UnknownNameError, match="centriod"):
        frames.table(["centriod"])


def test_times_stand_in_the_source() -> None:
    clip = Clip(np.zeros(SR, np.float32), SR, start_s=10.0)
    assert Frames(clip).times_s[[0, 1]] == pytest.approx([10.0, 10.0 + 512 / SR])


@pytest.mark.parametrize("n_fft", [64, 66, 1000, 65536])
def test_unusual_frame_lengths(n_fft: int) -> None:
    frames = Frames(
        tone(5000.0, 8.0),
        n_fft=n_fft,
        hop_length=64 if n_fft < 100 else max(50, n_fft // 20),
        n_mels=10,
        n_mfcc=5,
    )
    table = frames.table()
    assert np.isfinite(table.values).all()
    assert np.median(frames.centroid) == pytest.approx(5000, rel=0.05)
    assert np.median(frames.rms) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e7])
def test_insane_samples_are_refused(bad: float) -> None:
    y = np.zeros(4096, np.float32)
    y[7] = bad
    with pytest.raises(DataError, match="samples"):
        Frames(Clip(y, SR, source="a.wav"))


def test_no_samples_are_refused() -> None:
    with pytest.raises(EmptyAudioError):
        Frames(Clip(np.zeros(0, np.float32), SR))


@pytest.mark.parametrize(
    "settings",
    [
        {"n_fft": 0},
        {"n_fft": 1023},
        {"n_fft": 1 << 20},
        {"hop_length": 0},
        {"hop_length": 4096},
        {"n_mels": 0},
        {"n_mfcc": 129},
        {"fmin": -1.0},
        {"fmin": 5000.0, "fmax": 4000.0},
        {"fmax": 12000.0},
        {"fmax": float("nan")},
    ],
)
def test_settings_outside_their_range_are_refused(settings: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=next(iter(settings))):
        Frames(tone(440), **settings)  # type: ignore[arg-type]
