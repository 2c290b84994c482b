"""Loudness against signals with a known answer (EBU Tech 3341, 3342) and against pyloudnorm on music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from tests.sounds import sine

from tunelens.audio import Clip, LoudnessMeter, decode, integrated_lufs, loudness, loudness_range_lu
from tunelens.base.errors import ParameterError

SR = 48_000


def level(db: float, duration_s: float, sr: int = SR, freq_hz: float = 1000.0) -> np.ndarray:
    return sine(freq_hz, sr, duration_s, 10 ** (db / 20))


def powers(y: np.ndarray, sr: int = SR) -> np.ndarray:
    meter = LoudnessMeter(sr, 1 if y.ndim == 1 else y.shape[0])
    meter.add(y)
    return meter.powers


@pytest.mark.parametrize("sr", [16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("db", [-23.0, -33.0])
def test_stereo_sine_reads_its_level(db: float, sr: int) -> None:
    """EBU Tech 3341, cases 1 and 2: a 1 kHz stereo sine of -23 dBFS reads -23.0 ± 0.1 LUFS."""
    y = np.stack([level(db, 5.0, sr)] * 2)
    assert loudness(Clip(y, sr)) == pytest.approx(db, abs=0.05)


def test_gating_of_quiet_parts() -> None:
    """EBU Tech 3341, case 3: 10 s at -36, 60 s at -23, 10 s at -36 dBFS reads -23.0 ± 0.1 LUFS."""
    y = np.concatenate([level(-36.0, 10.0), level(-23.0, 60.0), level(-36.0, 10.0)])
    assert integrated_lufs(powers(np.stack([y, y]))) == pytest.approx(-23.0, abs=0.1)


def test_absolute_gate() -> None:
    """EBU Tech 3341, case 4: parts at -72 dBFS around case 3 change nothing."""
    parts = [level(db, s) for db, s in ((-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10))]
    y = np.concatenate(parts)
    assert integrated_lufs(powers(np.stack([y, y]))) == pytest.approx(-23.0, abs=0.1)


def test_surround_weights() -> None:
    """EBU Tech 3341, case 6: L, R at -28, C at -24, Ls, Rs at -30 dBFS read -23.0 ± 0.1 LUFS."""
    left, centre, side = (level(db, 20.0) for db in (-28.0, -24.0, -30.0))
    five = np.stack([left, left, centre, side, side])
    assert integrated_lufs(powers(five)) == pytest.approx(-23.0, abs=0.1)
    six = np.insert(five, 3, level(0.0, 20.0), axis=0)
    assert integrated_lufs(powers(six)) == pytest.approx(integrated_lufs(powers(five)), abs=1e-3)


@pytest.mark.parametrize(("levels", "expected"), [((-20, -30), 10.0), ((-20, -15), 5.0), ((-40, -20), 20.0)])
def test_loudness_range_of_two_levels(levels: tuple[float, float], expected: float) -> None:
    """EBU Tech 3342, cases 1 to 3: 20 s at each of two levels, ± 1 LU."""
    y = np.concatenate([level(db, 20.0) for db in levels])
    assert loudness_range_lu(powers(np.stack([y, y]))) == pytest.approx(expected, abs=1.0)


def test_loudness_range_leaves_out_what_is_20_lu_below_the_mean() -> None:
    """EBU Tech 3342, case 4: 20 s each at -50, -35, -20, -35, -50 dBFS have 15 LU, ± 1 LU."""
    y = np.concatenate([level(db, 20.0) for db in (-50.0, -35.0, -20.0, -35.0, -50.0)])
    assert loudness_range_lu(powers(np.stack([y, y]))) == pytest.approx(15.0, abs=1.0)


@pytest.mark.parametrize("freq_hz", [40.0, 60.0, 120.0, 500.0, 2000.0, 8000.0, 15000.0])
def test_weighting_over_frequency(freq_hz: float) -> None:
    """pyloudnorm filters in time what we weight in frequency."""
    y = level(-20.0, 5.0, SR, freq_hz)
    meter = pyloudnorm.Meter(SR, filter_class="DeMan")
    assert loudness(Clip(y, SR)) == pytest.approx(
        meter.integrated_loudness(y[:, None].astype(np.float64)), abs=0.1
    )


@pytest.mark.parametrize("name", ["country", "jazz", "metal", "pop"])
def test_real_songs_against_pyloudnorm(data_dir: Path, name: str) -> None:
    clip = decode(data_dir / "songs" / f"{name}_music.mp3")
    y = clip.y.T.astype(np.float64)
    meter = pyloudnorm.Meter(clip.sr, filter_class="DeMan")
    ours = powers(clip.y, clip.sr)
    assert integrated_lufs(ours) == pytest.approx(meter.integrated_loudness(y), abs=0.05)
    # EBU 3342 leaves the overlap of the 3 s blocks open; pyloudnorm takes another than 100 ms steps.
    assert loudness_range_lu(ours) == pytest.approx(meter.loudness_range(y), abs=0.3)


def test_silence_and_short_sound() -> None:
    assert loudness(Clip(np.zeros(SR, np.float32), SR)) == -np.inf
    assert loudness_range_lu(powers(np.zeros(10 * SR, np.float32))) == 0.0
    assert loudness(Clip(level(-3.0, 0.05), SR)) == pytest.approx(
        loudness(Clip(level(-3.0, 1.0), SR)), abs=0.5
    )
    assert loudness(Clip(np.empty(0, np.float32), SR)) == -np.inf


@pytest.mark.parametrize("sr", [8000, 11_025, 44_100])
@pytest.mark.parametrize("n_channels", [1, 2, 3, 6])
def test_blocks_and_memory_order_change_nothing(rng: np.random.Generator, sr: int, n_channels: int) -> None:
    y = rng.standard_normal((n_channels, sr * 3)).astype(np.float32)
    whole = powers(y, sr)
    meter = LoudnessMeter(sr, n_channels)
    for begin in range(0, y.shape[1], 777):
        meter.add(np.asfortranarray(y[:, begin : begin + 777]))
    np.testing.assert_allclose(meter.powers, whole, rtol=1e-4)
    np.testing.assert_allclose(powers(np.asfortranarray(y), sr), whole, rtol=1e-4)


def test_channels_must_match() -> None:
    with pytest.raises(ParameterError, match="made for 2"):
        LoudnessMeter(SR, 2).add(np.zeros(10, np.float32))
