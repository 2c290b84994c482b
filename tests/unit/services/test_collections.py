from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from tests.libraries import v1
from tests.sounds import write

from tunelens.base.errors import DataError, NotFoundError, QueryError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.features.waveform import WAVEFORM_NAMES
from tunelens.library.store import Library
from tunelens.services.collections import collect, gather


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = v1(tmp_path_factory.mktemp("library") / "music.db", copies=3)
    with Library.open(path):
        return path


def test_columns_are_those_of_the_tracks(library: Path) -> None:
    found = collect("library", library=library)
    with Library.open(library) as catalogue:
        for place, number in enumerate(found.ids):
            track, heard = catalogue.track(int(number)), catalogue.get(int(number)).descriptors
            row = dict(zip(found.features, found.X[place], strict=True))
            assert row["tempo_bpm"] == pytest.approx(track.tempo_bpm)
            assert row["energy"] == pytest.approx(heard.energy)
            assert row["duration_s"] == track.duration_s
            assert found.paths[place] == track.path
            assert found.facts["key"][place] == (track.key or "")


def test_every_set_has_the_numbers_that_analyses_have(library: Path) -> None:
    waveform, pooled, tags, embedding = (
        collect("library", features=name, library=library)
        for name in ("waveform", "pooled", "tags", "embedding")
    )
    with Library.open(library) as catalogue:
        heard = catalogue.get(int(waveform.ids[0]))
    tagging = heard.taggings[0]
    assert waveform.features == WAVEFORM_NAMES
    assert waveform.X[0].tolist() == list(heard.descriptors.waveform.values())
    assert np.allclose(pooled.X[0], heard.descriptors.pooled.values, equal_nan=True)
    assert np.allclose(embedding.X[0], tagging.embeddings["penultimate"])
    said = {f"{tagging.model}.{tag}": p for tag, p in zip(tagging.tags, tagging.mean.tolist(), strict=True)}
    for name, value in zip(tags.features, tags.X[0], strict=True):
        assert value == pytest.approx(said[name] if said[name] >= 0.01 else 0.0, abs=1e-6)


def test_names_choose_with_or_without_their_unit(library: Path) -> None:
    found = collect("library", features="tempo, energy,amp10mean", library=library)
    assert found.features == ("tempo_bpm", "energy", "amp10mean")
    with pytest.raises(UnknownNameError, match="unknown feature 'tempoo'"):
        collect("library", features=["tempoo"], library=library)


def test_one_content_is_one_song(library: Path) -> None:
    found = collect("library", library=library)
    assert len(found) == 3
    assert "6 rows" in found.notes[0]


def test_a_query_chooses(library: Path) -> None:
    assert len(collect("library:title:no-such-title OR genre:jazz", library=library)) < 3
    with pytest.raises(NotFoundError, match="finds no track"):
        collect("library:artist:nobody", library=library)
    with pytest.raises(QueryError):
        collect("library:tempo:fast", library=library)


def test_a_folder_is_heard_and_what_cannot_be_is_told(home: Path) -> None:
    t = np.arange(22050 * 2) / 22050
    folder = home / "热歌"
    folder.mkdir()
    for name, hz in (("夜曲", 220.0), ("b", 440.0)):
        write(folder / f"{name}.wav", np.sin(2 * np.pi * hz * t).astype(np.float32)[None] * 0.5, 22050)
    (folder / "broken.mp3").write_bytes(b"no sound" * 100)
    found = gather(folder, library=home / "music.db", settings=Settings.from_env(), jobs=1)
    assert found.songs.name == "热歌"
    assert sorted(found.songs.titles) == ["b", "夜曲"]
    assert [path.name for path, _ in found.failed] == ["broken.mp3"]
    assert any("1 file could not" in note for note in found.songs.notes)


def test_a_folder_of_rubbish_is_an_error(home: Path) -> None:
    (home / "x.mp3").write_bytes(b"no sound" * 100)
    with pytest.raises(DataError, match=r"x\.mp3"):
        collect(home, library=home / "music.db", jobs=1)


def test_words_of_nets_do_not_stand_beside_those_of_a_bundle(library: Path, tmp_path: Path) -> None:
    from sqlalchemy import insert

    from tunelens.library.schema import tags

    copy = shutil.copy(library, tmp_path / "music.db")
    by_nets = collect("library", library=copy)
    with Library.open(copy) as catalogue, catalogue.database.write() as connection:
        said = {
            "model": "genre",
            "tag": "Jazz",
            "group": "genre",
            "word": "jazz",
            "probability": 0.9,
            "rank": 1,
        }
        connection.execute(insert(tags).values(track_id=int(by_nets.ids[0]), **said))
    assert any(by_nets.facts["genre"][1:])
    assert collect("library", library=copy).facts["genre"] == ("Jazz", "", "")
