"""`explain` on a real bundle that was trained on sounds with a planted cue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from tunelens.audio import Clip
from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs import parse_input
from tunelens.models.inputs.table import TableInput
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe
from tunelens.services.explain import explain, explain_table

SR, TONE_HZ, SECONDS = 22050, 3000.0, 3
T = np.arange(SECONDS * SR) / SR


def sound(rng: np.random.Generator, begin_s: float = 0.0, end_s: float = 0.0) -> np.ndarray:
    tone = 0.03 * np.sin(2 * np.pi * TONE_HZ * T) * ((begin_s <= T) & (end_s > T))
    return rng.normal(scale=0.03, size=T.size) + tone


@pytest.fixture(scope="module")
def bundle(tmp_path_factory) -> Bundle:
    rng, heard = np.random.default_rng(5), parse_input("timbre")
    y = np.array(["嘶声", "tone"] * 12)
    X = np.array([heard.of_clip(Clip(sound(rng, 0, 9 * (label == "tone")), SR)) for label in y])
    fitted = Recipe("logistic:C=0.1").fit(Material(X, y, np.arange(24), "single", ("tone", "嘶声")))
    reference = {"X": X, "ids": np.array([f"{i}.wav" for i in range(24)]), "labels": y}
    return Bundle.save(tmp_path_factory.mktemp("b") / "b", fitted, Facts("b", heard), reference=reference)


@pytest.fixture
def song(tmp_path: Path, rng) -> Path:
    path = tmp_path / "一首歌.wav"
    soundfile.write(path, sound(rng, 1.0, 2.0), SR)
    return path


def test_the_planted_cue_is_pointed_at_drawn_and_heard(bundle, song, tmp_path, home) -> None:
    found = explain(bundle, song, target="tone", n_segments=3, n_bands=8, out=tmp_path / "why")
    parts = found.attribution
    k = int(parts.bands.argmax())
    assert parts.edges_hz[k] <= TONE_HZ < parts.edges_hz[k + 1]
    assert int(parts.segments.argmax()) == 1
    assert found.picture is not None and found.picture.read_bytes().startswith(b"\x89PNG")
    y, sr = soundfile.read(found.sound)
    assert sr == SR and len(y) == T.size
    assert np.fft.rfftfreq(y.size, 1 / sr)[np.abs(np.fft.rfft(y)).argmax()] == pytest.approx(TONE_HZ, abs=5)
    assert found.examples[0].similarity <= 1 and len(found.examples) == 5
    with pytest.raises(ParameterError, match="exists"):
        explain(bundle, song, out=tmp_path / "why")


def test_an_excerpt_is_explained_where_it_lies(bundle, song, home) -> None:
    found = explain(bundle, song, start_s=1.0, end_s=2.5, n_segments=3, n_bands=4)
    assert (found.start_s, found.end_s) == (1.0, 2.5) and found.picture is None
    assert found.attribution.edges_s.tolist() == [0, 0.5, 1.0, 1.5]


def test_of_a_long_recording_the_middle_is_explained(bundle, tmp_path, rng, home) -> None:
    path = tmp_path / "long.wav"
    soundfile.write(path, np.tile(sound(rng), 12), SR)
    found = explain(bundle, path, n_segments=2, n_bands=2)
    assert (found.start_s, found.end_s) == pytest.approx((3.0, 33.0), abs=1e-3)


def test_what_cannot_be_explained_is_said(bundle, song, home) -> None:
    with pytest.raises(UnknownNameError, match="'polka'"):
        explain(bundle, song, target="polka")
    with pytest.raises(ParameterError, match="ends at 1 s"):
        explain(bundle, song, start_s=2, end_s=1)
    with pytest.raises(ParameterError, match="hears sound"):
        explain_table(bundle, table(np.random.default_rng(0)))


def table(rng: np.random.Generator, names: tuple[str, ...] = ("tempo", "energy", "速度")) -> Tracks:
    X = rng.normal(size=(120, 3))
    labels = Labels("single", np.where(X[:, 1] > 0, "wild", "calm").tolist())
    return Tracks("toy", labels, tuple(map(str, range(120))), X=X, feature_names=names)


def test_the_column_that_tells_the_class_leads_the_table(rng, tmp_path, home) -> None:
    tracks = table(rng)
    material = Material(tracks.X, tracks.labels.y(), np.arange(120), "single", ("calm", "wild"))
    facts = Facts("t", TableInput(tracks.feature_names))
    saved = Bundle.save(tmp_path / "t", Recipe("logistic").fit(material), facts)
    found = explain_table(saved, table(np.random.default_rng(1)))
    assert found[0].feature == "energy" and found[0].drop > 0.3 > found[1].drop + 0.2
    assert found[0].weight is not None and found[0].weight > (found[1].weight or 0)
    with pytest.raises(DataError, match="lacks the columns 速度"):
        explain_table(saved, table(rng, ("tempo", "energy", "x")))
    with pytest.raises(ParameterError, match="reads tables"):
        explain(saved, tmp_path / "song.wav")
