"""Which files hold a recording too: a copy, an excerpt and a mix are planted, and where they begin."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.music import SR, performance

from tunelens.base.errors import NotFoundError
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.matches import matches


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("matches")
    song, other = performance(21, 40.0), performance(22, 40.0, bpm=97, transpose=3, timbre="reed")
    planted = {
        "song.flac": song,
        "copy.ogg": 0.5 * song,
        "excerpt.flac": song[10 * SR : 25 * SR],
        "mix.flac": np.concatenate([other, song]),
        "other.flac": performance(23, 40.0, bpm=83, transpose=-4, timbre="flute"),
    }
    for name, y in planted.items():
        with (
            (folder / name).open("wb") as raw,
            soundfile.SoundFile(raw, "w", SR, 1, format=Path(name).suffix[1:].upper()) as file,
        ):
            for begin in range(0, y.size, 4096):
                file.write(y[begin : begin + 4096])
    with Library.open(folder / "music.db") as library:
        analyze_many([folder], library, options=HearOptions(models=()), engine="inline")
        yield library


def told(library: Library, name: str) -> dict[str, tuple[str, float]]:
    found = matches(library, library.track(name).id)
    return {one.track.path.name: (one.relation, one.offset_s) for one in found.matches}


def test_copies_excerpts_and_mixes_of_a_song(library: Library) -> None:
    found = told(library, "song.flac")
    assert {name: relation for name, (relation, _) in found.items()} == {
        "copy.ogg": "copy",
        "excerpt.flac": "part",
        "mix.flac": "whole",
    }
    assert found["copy.ogg"][1] == pytest.approx(0, abs=0.1)
    assert found["excerpt.flac"][1] == pytest.approx(10, abs=0.1)
    assert found["mix.flac"][1] == pytest.approx(-40, abs=0.1)


def test_the_same_from_the_other_side(library: Library) -> None:
    assert told(library, "excerpt.flac")["song.flac"][0] == "whole"
    assert told(library, "excerpt.flac")["song.flac"][1] == pytest.approx(-10, abs=0.1)
    assert told(library, "mix.flac")["song.flac"] == ("part", pytest.approx(40, abs=0.1))
    assert told(library, "other.flac") == {}


def test_a_track_that_is_not_there(library: Library) -> None:
    with pytest.raises(NotFoundError):
        matches(library, 10**6)
