"""Learning from what people said of a library: planted songs of which a bundle takes some for others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.unit.library.conftest import builder, heard, tagging  # noqa: F401 - a fixture

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.data.read import read_dataset
from tunelens.data.registry import ReadOptions
from tunelens.library.corrections.heads import Heads
from tunelens.library.corrections.store import Corrections
from tunelens.library.neighbours.measures import NETS
from tunelens.library.store import Library
from tunelens.models.prediction import Prediction
from tunelens.services.corrections import correct, label_new, learn, suggest, take_back

N, N_ARTISTS = 48, 24
CLASSES = ("calm", "wild")


def song(build, number, kind, said, rng):
    """An analysis whose embedding lies where its kind does, and of which the bundle `mood` said `said`."""
    made = build(f"{number}.wav", hz=200 + number, title=f"Song {number}", artist=f"Artist {number // 2}")
    nets = []
    for name, version in NETS.items():
        model, layer = name.split("/")
        vector = np.sin(np.arange(200) * (0.3 if kind else 0.7)) + rng.normal(0, 0.4, 200)
        nets.append(
            replace(
                tagging({"rock": 0.5}, model), version=version, embeddings={layer: vector.astype(np.float32)}
            )
        )
    other = {one: 0.3 for one in CLASSES if one != said}
    mood = Prediction("single", label=said, labels=(said,), probabilities={said: 0.7, **other})
    versions = made.versions | {one.model: f"{one.version}@3" for one in nets}
    return replace(made, taggings=tuple(nets), predictions={"mood": mood}, versions=versions)


@pytest.fixture(scope="module")
def planted(tmp_path_factory, heard):  # noqa: F811
    """The file of a library in which the bundle takes most of the wild songs for calm ones."""
    folder, rng = tmp_path_factory.mktemp("planted"), np.random.default_rng(0)
    build = builder(folder / "songs", heard)
    with Library.open(folder / "music.db") as library:
        for i in range(N):
            kind = i % 2
            library.put(song(build, i, kind, CLASSES[kind if i % 8 == 1 else 0], rng))
    return folder / "music.db"


@pytest.fixture
def library(planted, tmp_path):
    path = tmp_path / "music.db"
    path.write_bytes(planted.read_bytes())
    with Library.open(path) as library:
        yield library


def truth(number):
    return CLASSES[(number + 1) % 2]


def test_a_dozen_corrections_mend_the_songs_of_other_artists(library):
    numbers = [*range(1, 17)]
    for number in numbers:
        correct(library, number, "Mood", holds=[truth(number)])
    found = learn(library, "mood")
    assert (found.task, found.base, found.reach) == ("single", "mood", "far")
    assert (found.n_told, found.n_tracks) == (16, N)
    assert (found.left_out.n, found.left_out.n_artists) == (16, 8)
    assert found.left_out.verdict == "too few to tell"
    assert found.left_out.right_after > found.left_out.right_before
    assert {one.id for one in found.changes}.isdisjoint(numbers)
    rest = range(17, N + 1)
    wild = {track.id for track in library.tracks("label:wild")}
    right = np.mean([(number in wild) == (truth(number) == "wild") for number in rest])
    assert right > 0.9
    assert all(one.before == ("calm",) and one.after == ("wild",) and one.sure > 0.5 for one in found.changes)
    assert [one.sure for one in found.changes] == sorted((one.sure for one in found.changes), reverse=True)


def test_with_enough_artists_it_is_told_how_much_better_it_is(library):
    for number in range(1, 33):
        correct(library, number, "mood", holds=[truth(number)])
    worth = learn(library, "mood").left_out
    assert (worth.n, worth.n_artists, worth.verdict) == (32, 16, "better")
    assert worth.right_after == worth.right_before + worth.mended - worth.broken
    assert 0 < worth.low < worth.right_after / worth.n <= worth.high <= 1
    assert worth.p < 0.01


def test_right_answers_that_are_told_again_change_nothing(library):
    for number in (1, 3, 5, 7, 9, 11):
        correct(library, number, "mood", holds=["calm"])
    found = learn(library, "mood")
    assert (found.reach, found.n_changed, found.left_out.mended, found.left_out.broken) == ("near", 0, 0, 0)


def test_songs_are_asked_about_that_are_unsure_and_not_told_and_unlike_each_other(library):
    asked = suggest(library, "mood", 6)
    assert len({one.id for one in asked}) == 6
    assert {truth(one.id) for one in asked} == set(
        CLASSES
    )  # of both kinds, though the model calls most of them calm
    for one in asked:
        correct(library, one.id, "mood", holds=[truth(one.id)])
    assert {one.id for one in suggest(library, "mood", 6)}.isdisjoint({one.id for one in asked})


def test_a_label_of_ones_own_is_known_from_five_songs_and_trains_a_bundle(library):
    for number in (2, 6, 10, 14, 18):
        correct(library, number, "gym", holds=["健身音乐"])
    found = learn(library, "gym")
    assert (found.task, found.base) == ("multi", "")
    assert [(one.label, one.holds, one.known, one.learned) for one in found.labels] == [
        ("健身音乐", 5, False, True)
    ]
    order = [one.id for one in found.changes]
    assert order and all(truth(number) == "wild" for number in order)
    correct(library, 1, "gym", denies=["健身音乐"])
    tracks = read_dataset(f"library:{library.path}?", options=ReadOptions(label="told:gym"))
    assert tracks.labels.counts() == {"not 健身音乐": 1, "健身音乐": 5}
    with pytest.raises(NotFoundError, match="nothing was told"):
        learn(library, "no such")


def test_new_songs_get_the_labels_that_were_learned(library, heard, tmp_path):  # noqa: F811
    for number in range(1, 17):
        correct(library, number, "mood", holds=[truth(number)])
    learn(library, "mood")
    rng = np.random.default_rng(5)
    build = builder(tmp_path / "new", heard)
    new = [library.put(song(build, 100 + i, i % 2, "calm", rng)) for i in range(4)]
    assert library.count(f"id:{new[1]} has:label") == 0
    assert label_new(library, new) == 4
    assert [track.id for track in library.tracks("label:wild id:49..")] == [new[1], new[3]]
    assert library.count("id:..48 label:wild") > 16  # those of before stay


def test_what_was_learned_is_undone_with_the_last_word(library):
    for number in (2, 4, 6):
        correct(library, number, "mood", holds=["wild"], denies=["calm"])
    learn(library, "mood")
    assert library.count("has:label") == N
    while Corrections(library).count():
        take_back(library, vocabulary="mood")
    assert (library.count("has:label"), Heads(library).names()) == (0, [])
    with pytest.raises(NotFoundError):
        take_back(library)


def test_nothing_both_holds_and_does_not(library):
    with pytest.raises(ParameterError, match="both"):
        correct(library, 1, "mood", holds=["Wild"], denies=["wild"])
    with pytest.raises(NotFoundError):
        correct(library, Path("/no/such.mp3"), "mood", holds=["wild"])
