"""What every registered decoder promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.sounds import sine, write

from tunelens.audio import DECODERS
from tunelens.base.errors import AudioError, NotFoundError

SR = 8000


@pytest.fixture
def flac(tmp_path: Path, rng: np.random.Generator) -> tuple[Path, np.ndarray]:
    y = (0.1 * rng.standard_normal((2, 5 * SR))).astype(np.float32)
    return write(tmp_path / "a.flac", y, SR), y


def test_there_are_decoders() -> None:
    assert {"soundfile", "pyav"} <= set(DECODERS)


@pytest.mark.parametrize("name", list(DECODERS))
def test_facts_blocks_and_the_end(name: str, flac: tuple[Path, np.ndarray]) -> None:
    path, y = flac
    reader = DECODERS[name].open(path)
    facts = reader.facts
    assert (facts.sr, facts.n_channels) == (SR, 2)
    assert facts.duration_s == pytest.approx(5.0)
    blocks = []
    while (block := reader.read(777)).shape[1]:
        assert block.dtype == np.float32
        assert 1 <= block.shape[1] <= 777
        blocks.append(np.array(block))
    assert reader.read(777).shape == (2, 0)
    reader.close()
    np.testing.assert_allclose(np.concatenate(blocks, axis=1), y, atol=2**-15)


@pytest.mark.parametrize("name", list(DECODERS))
@pytest.mark.parametrize("sample", [0, 1, 4096, 30_001, 5 * SR - 1, 5 * SR, 9 * SR])
def test_seek(name: str, sample: int, flac: tuple[Path, np.ndarray]) -> None:
    path, y = flac
    reader = DECODERS[name].open(path)
    reader.seek(sample)
    got = reader.read(500)
    reader.close()
    np.testing.assert_allclose(got[:, :500], y[:, sample : sample + got.shape[1]], atol=2**-15)
    assert bool(got.shape[1]) == (sample < 5 * SR)


@pytest.mark.parametrize("name", list(DECODERS))
def test_foreign_errors_stay_inside(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        DECODERS[name].open(tmp_path / "none.wav")
    (tmp_path / "text.wav").write_text("no sound at all")
    with pytest.raises(AudioError):
        DECODERS[name].open(tmp_path / "text.wav")


@pytest.mark.parametrize("name", list(DECODERS))
def test_it_describes_itself(name: str) -> None:
    assert any(letter.isdigit() for letter in DECODERS[name].describe())


@pytest.mark.parametrize("name", list(DECODERS))
def test_closing_lets_go_of_the_file(name: str, tmp_path: Path) -> None:
    import psutil

    path = write(tmp_path / "a.wav", sine(440.0, SR, 1.0), SR)
    before = psutil.Process().num_fds()
    for _ in range(5):
        reader = DECODERS[name].open(path)
        reader.read(100)
        reader.close()
        reader.close()
    assert psutil.Process().num_fds() == before
