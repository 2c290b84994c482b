"""Neighbours as a person asks for them: seeds, choices, copies, reasons."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile
from tests.unit.library.conftest import SR, tone

from tunelens.base.errors import AudioError, DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.library.neighbours.choice import Choice, all_admitted
from tunelens.library.neighbours.harmony import compatible
from tunelens.library.neighbours.parts import PARTS, Weights
from tunelens.library.neighbours.reasons import closeness, key_link, tempo_link
from tunelens.library.neighbours.space import Space
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.similar import similar

ALL = 10_000


def ids(found) -> list[int]:
    return [one.track.id for one in found.neighbours]


def test_neighbours_are_the_nearest_without_the_seed(library):
    found = similar(5, library, n=9)
    space = Space.load(library)
    likeness = space.similarities(space.matrix[4])
    assert ids(found) == (np.argsort(-likeness)[1:10] + 1).tolist()
    assert [one.similarity for one in found.neighbours] == pytest.approx(
        np.sort(likeness)[::-1][1:10], abs=1e-6
    )
    assert found.exact and found.n_compared == 40 and [seed.id for seed in found.seeds] == [5]
    assert len(similar(5, library, n=ALL).neighbours) == 39


def test_a_seed_is_named_as_in_get(library, songs):
    by_number = ids(similar(5, library))
    assert ids(similar("5", library)) == by_number
    assert ids(similar(songs[4].path, library)) == by_number
    assert ids(similar(songs[4].content_sha256[:12], library)) == by_number


def test_a_file_that_the_library_does_not_know_is_heard(library, tmp_path):
    path = tone(tmp_path / "新しい 歌.wav", hz=440, seconds=4)
    found = similar(path, library, n=5)
    assert found.seeds[0].id == 0 and found.seeds[0].path == path
    assert len(found.neighbours) == 5 and library.count() == 40
    assert "without nets" in found.notes[0] and "新しい 歌.wav" in found.notes[0]


def test_what_is_no_seed_is_refused(library, tmp_path):
    letter = tmp_path / "letter.mp3"
    letter.write_text("Dear listener")
    with pytest.raises(AudioError):
        similar(letter, library)
    for ref in ("no such song", "", tmp_path / "gone.wav"):
        with pytest.raises(NotFoundError):
            similar(ref, library)
    with pytest.raises(NotFoundError):
        similar(tmp_path, library)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"n": 0}, ParameterError),
        ({"n": ALL + 1}, ParameterError),
        ({"combine": "median"}, UnknownNameError),
        ({"seeds": []}, ParameterError),
    ],
)
def test_what_is_not_allowed_is_refused(library, given, error):
    with pytest.raises(error):
        similar(**({"seeds": 5, "library": library} | given))


@pytest.mark.parametrize(
    "given", [{"where": "gnre:rock"}, {"tempo": -0.1}, {"tempo": 0.6}, {"tempo": np.nan}, {"years": -1}]
)
def test_choices_that_mean_nothing_are_refused(given):
    with pytest.raises(ParameterError):
        Choice(**given)


def chosen(library, seeds, **given):
    return similar(seeds, library, n=ALL, choice=Choice(**given))


def test_a_filter_holds_for_every_neighbour(library):
    found = ids(chosen(library, 5, where="year:1990..1999 genre:jazz"))
    assert set(found) == {track.id for track in library.tracks("year:1990..1999 genre:jazz")} - {5} != set()


def test_tempo_counts_in_half_and_double(empty, studio):
    for number, tempo in enumerate((60.0, 120.0, 30.0, 63.0, 66.0, 126.9, 90.0, 240.0)):
        empty.put(studio.song(number, tempo=tempo))
    assert set(ids(chosen(empty, 1, tempo=0.06))) == {2, 3, 4, 6}
    assert set(ids(chosen(empty, 1, tempo=0.0))) == {2, 3}


def test_keys_mix(empty, studio):
    names = ["A minor", "C major", "E minor", "D minor", "A major", "A# minor", "F major", "A minor"]
    for number, key in enumerate(names):
        empty.put(studio.song(number, key=key))
    expected = {i for i, key in enumerate(names, 1) if compatible("A minor", key)} - {1}
    assert set(ids(chosen(empty, 1, key=True))) == expected == {2, 3, 4, 8}


def test_genre_is_shared_by_tag_or_by_file(empty, studio):
    empty.put(studio.song(0))
    empty.put(studio.song(4))
    empty.put(studio.song(1))
    empty.put(studio.song(2, genre="Rock"))
    assert set(ids(chosen(empty, 1, genre=True))) == {2, 4}


def test_years_artists_and_albums(library, songs):
    seed = library.track(5)
    assert {abs(library.track(i).year - seed.year) for i in ids(chosen(library, 5, years=2))} == {1, 2}
    assert ids(chosen(library, 5, years=0)) == []
    others = chosen(library, 5, other_artist=True).neighbours
    assert seed.artist not in {one.track.artist for one in others} and len(others) == 34
    albums = chosen(library, 5, other_album=True).neighbours
    assert not any((one.track.album, one.track.artist) == (seed.album, seed.artist) for one in albums)
    assert any(one.track.album == seed.album for one in albums), "another artist's album of that name"


def test_names_of_artists_are_compared_as_search_compares_words(empty, studio):
    """Without case, accents and forms of writing; who has no name is nobody else."""
    for number, artist in enumerate(("周杰伦", "周杰倫", "Björk", "BJÖRK", "Bjork", None, None)):
        empty.put(studio.song(number, artist=artist))
    assert set(ids(chosen(empty, 1, other_artist=True))) == {3, 4, 5, 6, 7}
    assert set(ids(chosen(empty, 3, other_artist=True))) == {1, 2, 6, 7}
    assert set(ids(chosen(empty, 6, other_artist=True))) == {1, 2, 3, 4, 5, 7}


def test_an_album_of_many_artists_is_one_album(empty, studio):
    for number, artist in enumerate(("A", "B", "C")):
        by = "Various" if number < 2 else None
        empty.put(studio.song(number, artist=artist, album="Hits", album_artist=by))
    assert ids(chosen(empty, 1, other_album=True)) == [3]


def test_what_no_seed_has_cannot_be_shared(empty, studio):
    empty.put(studio.song(0, tempo=None, year=None, bare=True))
    empty.put(studio.song(1))
    for given in ({"tempo": 0.1}, {"years": 3}, {"genre": True}):
        with pytest.raises(ParameterError, match="no seed"):
            chosen(empty, 1, **given)


def test_several_seeds_by_their_mean_or_the_nearest(library):
    mean = similar([1, 2], library, n=10)
    nearest = similar([1, 2], library, n=10, combine="nearest")
    space = Space.load(library)
    middle = space.matrix[0] + space.matrix[1]
    around = space.similarities(middle / np.linalg.norm(middle))
    best = np.maximum(space.similarities(space.matrix[0]), space.similarities(space.matrix[1]))
    assert ids(mean) == [row + 1 for row in np.argsort(-around).tolist() if row > 1][:10]
    assert ids(nearest) == [row + 1 for row in np.argsort(-best).tolist() if row > 1][:10]
    for one in nearest.neighbours:
        assert one.seed == library.track(1 if one.track.id % 4 == 1 else 2).name


def test_seeds_that_are_opposite_are_looked_around_each(library):
    from tunelens.library.neighbours.seeds import Seed, queries_of

    place = np.eye(2, 128, dtype=np.float32)[0]
    track = library.track(1)
    assert len(queries_of([Seed(track, place), Seed(track, -place)], "mean")) == 2


def test_a_file_that_is_there_twice_is_told_once(empty, studio):
    songs = [studio.song(number) for number in range(6)]
    for song in songs:
        empty.put(song)
    for number in (0, 4):
        empty.put(replace(songs[number], path=songs[number].path.with_name(f"copy of {number}.wav")))
    assert len(ids(similar(1, empty))) == 5 and 7 not in ids(similar(1, empty)), "nor a copy of the seed"
    assert {7, 8} <= set(ids(similar(1, empty, copies=True)))


def melody(seed: int, seconds: float = 10.0) -> np.ndarray:
    """Random notes over noise: something that landmarks can be found in."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(0.25 * SR)) / SR
    notes = [
        np.sin(2 * np.pi * 220 * 2 ** (rng.integers(0, 36) / 12) * t) * np.exp(-6 * t)
        for _ in range(int(4 * seconds))
    ]
    y = np.concatenate(notes)
    return (0.4 * y + 0.01 * rng.normal(size=y.size)).astype(np.float32)


def test_other_files_of_a_recording_are_folded(empty, tmp_path):
    """Other codec, other content, one recording: the best file of it is told, and none of the seed's."""
    for number in range(3):
        soundfile.write(tmp_path / f"{number}.ogg", melody(number), SR)
        soundfile.write(tmp_path / f"{number}.flac", melody(number), SR)
    options = HearOptions(models=())
    analyze_many([tmp_path], empty, jobs=1, engine="inline", options=options)
    found = similar(tmp_path / "0.ogg", empty)
    assert sorted(one.track.path.name for one in found.neighbours) == ["1.flac", "2.flac"]
    assert len(similar(tmp_path / "0.ogg", empty, copies=True).neighbours) == 5
    soundfile.write(tmp_path / "outside.wav", 0.5 * melody(0), SR)
    found = similar(tmp_path / "outside.wav", empty)
    assert sorted(one.track.path.name for one in found.neighbours) == ["1.flac", "2.flac"]


def test_reasons_can_be_checked(library):
    one = similar(5, library, n=1).neighbours[0]
    seed, other = library.track(5), one.track
    assert one.reasons.tags == ("rock",)
    assert one.reasons.tempo == tempo_link(seed.tempo_bpm, other.tempo_bpm)
    assert one.reasons.key == "same key" and one.reasons.energy
    assert set(one.reasons.parts) == set(PARTS) and "embedding" in one.reasons.alike
    body = json.loads(json.dumps(similar(5, library, n=1).to_dict(), allow_nan=False))
    assert body["neighbours"][0]["reasons"]["alike"] == list(one.reasons.alike)


def test_reasons_that_are_none_are_not_told(empty, studio):
    empty.put(studio.song(0, tempo=60.0, key="C major"))
    empty.put(studio.song(1, tempo=85.0, key="F# major", bare=True))
    why = similar(1, empty).neighbours[0].reasons
    assert (why.tags, why.tempo, why.key) == ((), None, None) and "embedding" not in why.parts


def test_closeness_is_a_share(library):
    space = Space.load(library)
    assert set(closeness(space.matrix[0], space.matrix[0]).values()) == {1.0}
    assert all(0 <= share <= 1 for share in closeness(space.matrix[0], space.matrix[1]).values())


def test_links_of_tempo_and_key():
    assert [tempo_link(60, bpm) for bpm in (60, 62, 63, 120, 31, 90)] == [1, 1, None, 2, 0.5, None]
    assert tempo_link(None, 60) is tempo_link(60, None) is None
    assert key_link("C major", "G major") == "a fifth apart" and key_link(None, "C major") is None


def test_weights_without_what_is_known_are_told(empty, studio):
    empty.put(studio.song(0, bare=True))
    only = Weights(embedding=1, timbre=0, rhythm=0, harmony=0, energy=0)
    with pytest.raises(DataError, match="nothing is known"):
        similar(1, empty, weights=only)


def test_a_library_of_one_has_no_neighbours(empty, studio):
    empty.put(studio.song(0))
    assert similar(1, empty).neighbours == ()


def test_a_thousand_seeds_may_be_asked_for_anything(studio, tmp_path):
    with Library.open(tmp_path / "many.db") as library:
        library.put(studio.song(0, tempo=60.0, key="C major"))
        track = replace(library.track(1), year=1999, album="a")
        far = [
            replace(track, tempo_bpm=250 + i / 7, year=3000 + i, artist=f"{i}", album=f"{i}")
            for i in range(1000)
        ]
        choice = Choice(tempo=0.0, key=True, years=1)
        assert not len(all_admitted(library, choice.condition(library, far)))
        assert len(all_admitted(library, Choice(tempo=0.0).condition(library, [*far, track]))) == 1
        others = Choice(other_artist=True, other_album=True)
        assert len(all_admitted(library, others.condition(library, far))) == 1
