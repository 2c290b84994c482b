"""What may be written, which tracks are meant, and what the batches tell."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from tests.songs import make_songs

from tunelens.base.errors import NotFoundError, ParameterError, UnknownNameError
from tunelens.library.store import Library
from tunelens.models.prediction import Prediction
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.tag import history, tag, undo
from tunelens.services.tag_proposals import TagOptions, energy_level, propose

SURE = {"genre": 0.0, "mood": 0.0, "bpm": 0.0, "key": 0.0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_songs(tmp_path_factory.mktemp("music"))


def heard(folder: Path, names: tuple[str, ...], to: Path) -> Library:
    music = to / "音乐"
    music.mkdir()
    for name in names:
        shutil.copyfile(folder / name, music / name)
    library = Library.open(to / "l.db")
    analyze_many([music], library, jobs=1, engine="inline", options=HearOptions(models=()))
    return library


@pytest.fixture
def library(tmp_path: Path, folder: Path):
    with heard(folder, ("id3v23.mp3", "song.flac", "moov-first.m4a"), tmp_path) as library:
        yield library


@pytest.fixture(scope="module")
def track(tmp_path_factory: pytest.TempPathFactory, folder: Path):
    with heard(folder, ("song.flac",), tmp_path_factory.mktemp("one")) as library:
        heard_track = library.track("song.flac")
    return replace(
        heard_track,
        tempo_bpm=127.96,
        tempo_confidence=0.8,
        tonic="C#",
        mode="minor",
        key_confidence=0.72,
        energy=0.55,
        loudness_lufs=-12.0,
    )


def said(**answers: Prediction) -> dict[str, Prediction]:
    return answers


HAPPY = Prediction("single", label="happy", labels=("happy",), probabilities={"happy": 0.75, "sad": 0.25})
JAZZ = Prediction("multi", labels=("Jazz", "民谣"), probabilities={"Jazz": 0.9, "民谣": 0.72, "Rock": 0.1})


def proposed(track, predictions, **options):
    return {one.field: one for one in propose(track, predictions, TagOptions(**options))}


def test_what_is_sure_enough_is_proposed_as_tags_say_it(track):
    found = proposed(track, said(genre=JAZZ, mood=HAPPY))
    assert {name: one.values for name, one in found.items()} == {
        "genre": ("Jazz", "民谣"),
        "mood": ("happy",),
        "bpm": ("128",),
        "key": ("C#m",),
        "energy": ("6",),
    }
    assert [found[name].confidence for name in ("genre", "mood", "bpm", "key", "energy")] == [
        0.72,
        0.75,
        0.8,
        0.72,
        None,
    ]


def test_tags_that_are_not_sure_enough_are_left_out_of_several(track):
    assert proposed(track, said(genre=JAZZ), min_confidence={"genre": 0.8})["genre"].values == ("Jazz",)


@pytest.mark.parametrize(
    ("field", "least", "words"),
    [
        ("genre", 0.95, "Jazz is 90% sure, 95% is asked for"),
        ("mood", 0.76, "happy is 75% sure, 76% is asked for"),
        ("bpm", 0.81, "128 is 80% sure, 81% is asked for"),
        ("key", 0.73, "C#m is 72% sure, 73% is asked for"),
    ],
)
def test_what_is_not_sure_enough_is_left_out_with_the_reason(track, field, least, words):
    one = proposed(track, said(genre=JAZZ, mood=HAPPY), min_confidence={field: least})[field]
    assert (one.values, one.why) == ((), words)


def test_exactly_as_sure_as_asked_is_sure_enough(track):
    found = proposed(track, said(mood=HAPPY), min_confidence={"mood": 0.75, "bpm": 0.8})
    assert found["mood"].values
    assert found["bpm"].values


@pytest.mark.parametrize(
    "answer",
    [
        Prediction("single", known=False, why="not sure enough: happy 51%", probabilities={"happy": 0.51}),
        Prediction("single", label="Unknown", labels=("Unknown",), probabilities={"Unknown": 0.99}),
        Prediction("multi", labels=(), probabilities={"Jazz": 0.3}),
    ],
)
def test_unknown_is_never_written(track, answer):
    for least in (0.0, 0.7):
        one = proposed(track, said(genre=answer), min_confidence={"genre": least})["genre"]
        assert one.values == ()
        assert one.why


def test_a_bundle_that_was_not_asked_is_named(track):
    assert "'my-moods' was not asked" in proposed(track, {}, sources={"mood": "my-moods"})["mood"].why


def test_another_bundle_may_say_the_genre(track):
    assert proposed(track, {"mine": HAPPY}, sources={"genre": "mine"})["genre"].values == ("happy",)


def test_what_is_no_music_gets_nothing(track):
    noise = Prediction("single", label="not music", labels=("not music",), probabilities={"not music": 0.99})
    assert all(not one.values for one in propose(track, said(music=noise, mood=HAPPY), TagOptions()))


def test_silence_has_neither_tempo_nor_key_nor_energy(track):
    silent = replace(track, tempo_bpm=None, tonic=None, mode=None, loudness_lufs=None, energy=0.0)
    assert all(not one.values for one in propose(silent, {}, TagOptions()))


def test_keys_on_the_wheel_of_djs(track):
    assert proposed(track, {}, key_notation="camelot")["key"].values == ("12A",)


@pytest.mark.parametrize(("energy", "level"), [(0.0, 1), (0.099, 1), (0.1, 2), (0.95, 10), (1.0, 10)])
def test_energy_has_ten_levels(energy, level):
    assert energy_level(energy) == level


@pytest.mark.parametrize(
    "options",
    [
        {"fields": ("title",)},
        {"policy": {"genre": "clobber"}},
        {"policy": {"title": "fill"}},
        {"key_notation": "open key"},
    ],
)
def test_unknown_names_are_told(options):
    with pytest.raises(UnknownNameError):
        TagOptions(**options)


@pytest.mark.parametrize("options", [{"min_confidence": {"bpm": 1.2}}, {"sources": {"bpm": "genre"}}])
def test_values_that_are_not_allowed_are_told(options):
    with pytest.raises(ParameterError):
        TagOptions(**options)


def test_a_batch_is_written_listed_and_undone(library):
    options = TagOptions(min_confidence=SURE)
    before = {one.path: one.path.read_bytes() for one in library.tracks()}
    planned = list(tag(library, options=options))
    assert {one.state for one in planned} == {"planned"}
    assert {path: path.read_bytes() for path in before} == before
    assert {one.state for one in tag(library, options=options, write=True)} == {"written"}
    assert all(path.read_bytes() != old for path, old in before.items())
    assert {one.state for one in tag(library, options=options, write=True)} == {"unchanged"}
    (batch,) = history(library)
    assert (batch.count("written"), len(batch.entries)) == (3, 3)
    assert {one.state for one in undo(library)} == {"undone"}
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(NotFoundError, match="nothing"):
        list(undo(library))


def test_one_bad_file_does_not_stop_the_rest(library):
    bad, *good = library.tracks()
    bad.path.unlink()
    told = {one.path: one for one in tag(library, options=TagOptions(min_confidence=SURE), write=True)}
    assert told[bad.path].state == "failed"
    assert isinstance(told[bad.path].error, NotFoundError)
    assert {told[one.path].state for one in good} == {"written"}


def test_tracks_are_chosen_by_name_folder_and_filter(library):
    music = library.tracks()[0].path.parent

    def chosen(*refs, where=""):
        return sorted(one.path.name for one in tag(library, refs, where))

    assert chosen("song.flac", str(music / "song.flac")) == ["song.flac"]
    assert chosen(str(music)) == ["id3v23.mp3", "moov-first.m4a", "song.flac"]
    assert chosen(str(music), where="path:song.flac") == ["song.flac"]
    (lost,) = tag(library, ["no such song"])
    assert isinstance(lost.error, NotFoundError)
    (lost,) = tag(library, [str(music.parent / "elsewhere")])
    assert lost.state == "failed"
