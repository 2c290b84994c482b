"""Pictures without axes: whoever lays one under a waveform trusts that its edges are those of the sound."""

from __future__ import annotations

import io

import matplotlib.image
import numpy as np
import pytest
from tests.sounds import sine

from tunelens.audio.clip import Clip
from tunelens.audio.write import write_wav
from tunelens.base.errors import ParameterError
from tunelens.plots.spectral import MelDisplay
from tunelens.services.pictures import picture

SR = 22050


def brightest_row(pixels: np.ndarray) -> int:
    return int(pixels[..., :3].astype(float).sum(axis=(1, 2)).argmax())


@pytest.mark.parametrize("hz", [200.0, 1000.0, 6000.0])
def test_low_tones_lie_below_and_high_ones_above(hz: float) -> None:
    shown = MelDisplay.from_clip(Clip(sine(hz, SR, 2.0), SR))
    n_rows = len(shown.values)
    row = n_rows - 1 - brightest_row(shown.pixels())
    assert shown.row_edges[row] * 0.9 < hz < shown.row_edges[row + 1] * 1.1


def test_a_sound_that_begins_late_begins_late_in_the_picture(tmp_path) -> None:
    y = np.concatenate([np.zeros(2 * SR, np.float32), sine(440, SR, 2.0)])
    write_wav(Clip(y, SR), tmp_path / "late.wav")
    drawn = picture(tmp_path / "late.wav", "mel", bare=True)
    light = matplotlib.image.imread(io.BytesIO(drawn))[..., :3].max(axis=(0, 2))
    starts = int(np.argmax(light > 0.5)) / len(light)
    assert starts == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize(("kind", "format"), [("waveform", "png"), ("mel", "svg")])
def test_what_is_more_than_colours_cannot_be_bare(tmp_path, kind: str, format: str) -> None:
    write_wav(Clip(sine(440, SR, 1.0), SR), tmp_path / "a.wav")
    with pytest.raises(ParameterError, match="bare"):
        picture(tmp_path / "a.wav", kind, format, bare=True)
