"""Songs that are followed from start to end, and claims about them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import lfilter
from tests.sounds import write

from tunelens.base.errors import DataError
from tunelens.charts.hits.claims import FEATURES, HOLDS, N_PARTS, NOT
from tunelens.explore.collection import Collection
from tunelens.services.claims import claims_report, course_of, follow
from tunelens.services.findings import save_findings

SR = 22050


def song(path: Path, seed: int, *, bright_s: float = 6.0, length_s: float = 24.0) -> Path:
    """White noise for the first seconds, darker and half as loud after."""
    rng = np.random.default_rng(seed)
    y = rng.normal(0, 0.1, int(length_s * SR))
    cut = int(bright_s * SR)
    y[cut:] = lfilter([1.0], [1.0, -0.9], y[cut:] * 0.15)
    return write(path, y.astype(np.float32)[None], SR)


def test_a_course_is_bright_where_the_song_is(tmp_path: Path) -> None:
    found = course_of(song(tmp_path / "a.wav", 0))
    centroid, rms = (found.parts[FEATURES.index(name)] for name in ("centroid", "rms"))
    assert found.parts.shape == (len(FEATURES), N_PARTS)
    # white noise: half of the Nyquist rate; a fourth of 20 parts is bright
    assert centroid[:4] == pytest.approx(np.full(4, SR / 4), rel=0.1)
    assert centroid[6:].max() < 0.6 * centroid[:4].min()
    assert rms[:4] == pytest.approx(np.full(4, -20.0), abs=0.5)  # 0.1 of full scale
    assert np.isnan(found.hook).all()  # too short to have one beside the rest


@pytest.mark.parametrize("length_s", [3.0, 0.0])
def test_what_has_no_parts_is_an_error(tmp_path: Path, length_s: float) -> None:
    y = np.zeros((1, int((length_s or 12.0) * SR)), np.float32)
    if length_s:
        y += np.random.default_rng(0).normal(0, 0.1, y.shape).astype(np.float32)
    with pytest.raises(DataError, match="10 s are needed" if length_s else "is silent"):
        course_of(write(tmp_path / "a.wav", y, SR))


def test_claims_about_real_sound_and_files_that_fail(tmp_path: Path) -> None:
    paths = [song(tmp_path / f"夜曲{i}.wav", i, length_s=16, bright_s=4) for i in range(9)]
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"no sound")
    every = (*paths, broken, None)
    ids = tuple(map(str, range(len(every))))
    songs = Collection("热歌", ids, np.zeros((len(every), 0)), (), paths=every)
    followed = follow(songs, engine="inline")
    assert [path.name for path, _ in followed.failed] == ["broken.wav"]
    assert followed.courses.ids == ids[:9]
    claims = ["centroid is highest at the start", "rms is lowest at the start", "rms is higher in hot songs"]
    found = claims_report(followed, claims=claims)
    assert [one.verdict for one in found.tested] == [HOLDS, NOT]
    assert found.tested[0].share == 1.0
    assert "1 claims" in found.notes[0]
    page = save_findings(found, tmp_path / "r.html", lang="zh").read_text(encoding="utf-8")
    assert "频谱质心（Hz）在开头最高" in page
    json.dumps(found.to_dict(), allow_nan=False)


def test_songs_without_files_are_an_error() -> None:
    songs = Collection("hot", ("1",), np.zeros((1, 0)), ())
    with pytest.raises(DataError, match="has a file"):
        follow(songs)
