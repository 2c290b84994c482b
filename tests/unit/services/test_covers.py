import pytest
from tests.music import SR, performance
from tests.sounds import write

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.library.schema import prints
from tunelens.library.store import Library
from tunelens.services import covers as module
from tunelens.services.analyze import analyze_many
from tunelens.services.covers import covers
from tunelens.services.hear import HearOptions


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """A work, a copy of its recording, another performance of it, and two other works."""
    folder = tmp_path_factory.mktemp("works")
    write(folder / "original.flac", performance(1, 40.0), SR)
    write(folder / "copy.mp3", performance(1, 40.0), SR)
    write(folder / "翻唱.flac", performance(1, 40.0, bpm=95.0, transpose=3, timbre="reed", take=1), SR)
    write(folder / "two.flac", performance(2, 40.0), SR)
    write(folder / "three.flac", performance(3, 40.0), SR)
    with Library.open(folder / "music.db") as library:
        analyze_many([folder], library, jobs=1, engine="inline", options=HearOptions(models=(), bundles=()))
        yield library


def _told(found):
    return {one.track.path.name: one.to_dict()["kind"] for one in found.candidates}


def test_another_performance_is_a_candidate_and_a_copy_is_not(library):
    found = covers(library, "original")
    assert _told(found) == {"copy.mp3": "same recording", "翻唱.flac": "candidate"}
    assert found.n_compared == 4
    (version,) = [one for one in found.candidates if not one.same_recording]
    assert version.transposition == 3 and version.common_s > 25


def test_a_file_outside_is_heard(library, tmp_path):
    path = write(
        tmp_path / "mine.wav", performance(2, 40.0, bpm=125.0, transpose=-2, timbre="flute", take=2), SR
    )
    assert _told(covers(library, path)) == {"two.flac": "candidate"}
    assert _told(covers(library, path, "-path:two")) == {}


def test_many_recordings_are_sifted_first(library, monkeypatch):
    monkeypatch.setattr(module, "EXACT", 2)
    assert set(_told(covers(library, "original"))) == {"copy.mp3", "翻唱.flac"}


def test_mistakes_are_told(library):
    with pytest.raises(NotFoundError):
        covers(library, "nothing like it")
    with pytest.raises(ParameterError, match="0 candidates"):
        covers(library, "original", n=0)


def test_a_track_without_prints_says_what_to_do(library, tmp_path):
    with Library.open(tmp_path / "bare.db") as bare:
        number = bare.put(library.get("two.flac"))
        with bare.database.write() as connection:
            connection.execute(prints.delete())
        with pytest.raises(DataError, match="no print of track"):
            covers(bare, number)
