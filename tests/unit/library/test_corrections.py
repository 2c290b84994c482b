"""What people say of labels is kept, found by searches, outlives its track, and can be taken back."""

from __future__ import annotations

from contextlib import closing

import pytest
from tests.unit.library.conftest import tone

from tunelens.base.errors import ParameterError
from tunelens.library.corrections.heads import Heads
from tunelens.library.corrections.store import Corrections
from tunelens.library.exchange.whole import TABLES
from tunelens.library.facets import facets
from tunelens.library.schema import corrections, heads
from tunelens.library.upkeep.checks import examine
from tunelens.library.upkeep.rescue import rescue


@pytest.fixture
def said(library):
    return Corrections(library)


def _put(library, make, name="a.wav", **more):
    more.setdefault("tags", {"rock": 0.9, "jazz": 0.1, "sad": 0.4})
    return library.put(make(name, **more))


def _find(library, query):
    return [track.id for track in library.tracks(query)]


def test_jazz_and_not_rock_is_found_so_at_once_and_can_be_taken_back(library, make, said):
    number, other = _put(library, make), _put(library, make, "b.wav")
    revision = library.revision()
    assert _find(library, "genre:rock") == [number, other]
    kept = said.put(library.track(number), "Genre", {"Jazz": True, "rock": False})
    assert library.revision() > revision
    assert (_find(library, "genre:rock"), _find(library, "rock")) == ([other], [other])
    assert _find(library, "genre:jazz label:jazz has:label") == [number]
    assert _find(library, "genre:jazz") == [number, other]  # among the three likeliest
    counted = {one.value: one.n_tracks for one in facets(library, "", ["genre"])[0].counts}
    assert (counted["rock"], counted["jazz"]) == (1, 2)
    assert [one.value for one in facets(library, "", ["label"])[0].counts] == ["jazz"]
    assert library.track(number).likely_tags("genre") == ("Jazz", "jazz")
    assert library.get(number).tagging("MSD_musicnn").mean.max() == pytest.approx(0.9)  # heard as ever
    assert len(said.remove([one.id for one in kept])) == 2
    assert _find(library, "genre:rock") == [number, other]
    assert _find(library, "has:label") == []


def test_the_last_word_of_a_person_stands_and_of_all_people_the_latest(library, make, said):
    track = library.track(_put(library, make))
    said.put(track, "genre", {"jazz": True})
    said.put(track, "genre", {"Jazz": False})
    assert [(one.label, one.holds) for one in said.all()] == [("Jazz", False)]
    said.put(track, "genre", {"JAZZ": True}, listener="小明")
    assert said.count() == 2
    assert said.told("genre") == {track.id: {"JAZZ": True}}
    (found,) = said.vocabularies()
    assert (found.name, dict(found.labels), found.n_tracks, found.learned_at) == (
        "genre",
        {"JAZZ": 1},
        1,
        None,
    )


def test_corrections_outlive_their_track_and_know_it_again_by_file_or_content(library, make, said):
    for how in ("path", "content"):
        number = _put(library, make, f"{how}.wav")
        said.put(library.track(number), "我的", {"健身音乐": True})
        path = library.track(number).path
        library.remove(number)
        assert said.all()[0].track_id is None
        if how == "content":
            path.rename(path.with_name("moved.wav"))
        again = _put(library, make, "moved.wav" if how == "content" else f"{how}.wav")
        assert said.all()[0].track_id == again
        assert _find(library, "label:健身音乐") == [again]
        library.remove(again)
        said.forget("我的")


def test_hearing_again_keeps_what_was_told_and_learned_and_other_content_what_was_told(library, make, said):
    a, b = _put(library, make), _put(library, make, "b.wav")
    said.put(library.track(a), "genre", {"jazz": True, "rock": False})
    Heads(library).put(
        "genre", {"n": 1}, b"model", {a: [("rock", 0.9)], b: [("rock", 0.9)], 99: [("rock", 1.0)]}
    )
    assert _find(library, "label:rock") == [b]  # what a person told stands above what was learned
    _put(library, make), _put(library, make, "b.wav")
    assert (_find(library, "label:rock"), _find(library, "label:jazz")) == ([b], [a])
    assert _find(library, "genre:rock") == [b]
    tone(library.track(b).path, 330)
    _put(library, make, "b.wav", hz=330)
    assert _find(library, "label:rock") == []


def test_a_head_is_kept_whole_and_forgotten(library, make, said):
    number = _put(library, make)
    kept = Heads(library)
    assert kept.get("gym") is None
    assert kept.put("Gym", {"labels": ["健身"]}, b"\0model", {number: [("健身", 0.8)]}) == 1
    assert kept.put("gym", {"labels": ["健身"]}, b"\0model", {number: [("健身", 0.7)]}) == 0  # same words
    found = kept.get("gym")
    assert (found.document, found.model) == ({"labels": ["健身"]}, b"\0model")
    assert _find(library, "tag:健身 label:健身") == [number]
    assert [one.name for one in said.vocabularies()] == ["gym"]
    assert said.forget("gym") == 0
    assert (kept.names(), _find(library, "has:label")) == ([], [])


@pytest.mark.parametrize("label", ["", " \n", "\0", "-", "x" * 101])
def test_what_is_no_label_is_refused(library, make, said, label):
    track = library.track(_put(library, make))
    with pytest.raises(ParameterError, match="label"):
        said.put(track, "genre", {label: True})
    with pytest.raises(ParameterError, match="vocabulary"):
        said.put(track, label[:61], {"jazz": True}) if len(label) != 1 else said.put(track, "-", {"a": True})
    assert said.count() == 0
    with pytest.raises(ParameterError, match="0 labels"):
        said.put(track, "genre", {})


def test_upkeep_rescue_and_export_know_the_tables(library, make, said, tmp_path):
    number = _put(library, make)
    said.put(library.track(number), "genre", {"jazz": True, "rock": False})
    other = _put(library, make, "b.wav")
    Heads(library).put("genre", {}, b"m", {other: [("bossa nova", 0.8)]})
    assert _find(library, "bossa") == [other]
    assert all(check.ok is not False for check in examine(library))
    new = rescue(library.path, tmp_path / "new.db")
    assert (new.others["corrections"], new.others["heads"]) == (2, 1)
    assert {corrections, heads} <= set(TABLES)
    with closing(type(library).open(tmp_path / "new.db")) as saved:
        assert [one.label for one in Corrections(saved).all()] == [one.label for one in said.all()]
        assert _find(saved, "label:jazz") == [number]
