"""Mixes, smooth orders and journeys of a library of real files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from tunelens.base.errors import DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.library.neighbours.space import Space
from tunelens.library.playlists.mix import Wanted
from tunelens.library.playlists.places import Places
from tunelens.library.playlists.plane import Feeling, feeling
from tunelens.library.playlists.transitions import NEUTRAL, TransitionWeights, costs
from tunelens.library.schema import tracks as table
from tunelens.library.store import Library
from tunelens.services import playlists as lists
from tunelens.services.journeys import journey
from tunelens.services.mixes import mix, smooth, weights_of
from tunelens.services.playlists import Keep

KEYS = ("C major", "A minor", "F# major", "E minor")


def put(library: Library, make, **values: object) -> int:
    """Put a song of which some columns are set, as bundles and other music would set them."""
    name = f"{values.pop('name')}.wav"
    columns = {key: values.pop(key) for key in ("valence", "arousal", "tempo_confidence") if key in values}
    number = library.put(make(name, hz=150 + 7 * library.count(), **values))
    if columns:
        with library.database.write() as connection:
            connection.execute(update(table).where(table.c.id == number).values(columns))
    return number


@pytest.fixture
def songs(library: Library, make) -> list[int]:
    """Twelve songs of four artists, of many tempi, keys and moods."""
    return [
        put(
            library, make, name=f"s{i:02d}", title=f"Song {i}", artist=f"Artist {i % 4}", genre="jazz",
            tempo=60.0 + 11 * i, key=KEYS[i % 4], energy=0.08 * i, duration_s=100.0 + 13 * i,
            valence=i / 11, arousal=(i * 5 % 12) / 11, tempo_confidence=1.0,
        )
        for i in range(12)
    ]  # fmt: skip


def cost_between(library: Library, **values: tuple) -> dict[str, float]:
    """Return what goes from the first to the second of two tracks that differ in `values`."""
    a, b = library.tracks()[:2]
    sure = {"tempo_confidence": 1.0, "key_confidence": 1.0}
    pair = [
        replace(one, **sure, **{key: both[i] for key, both in values.items()}) for i, one in enumerate((a, b))
    ]
    return {name: float(part[0, 1]) for name, part in costs(pair, Space.load(library)).parts.items()}


@pytest.mark.parametrize(
    ("tempi", "low", "high"),
    [
        ((120, 120), 0, 0),
        ((120, 60), 0.05, 0.15),
        ((120, 122), 0.05, 0.15),
        ((120, 170), 0.9, 1),
        ((None, 9), 0.5, 0.5),
    ],
)
def test_tempo_counts_double_and_half_as_near(library, songs, tempi, low, high) -> None:
    assert low <= cost_between(library, tempo_bpm=tempi)["tempo"] <= high


def test_keys_that_djs_mix_cost_little(library: Library, songs: list[int]) -> None:
    def key(tonic: str, mode: str) -> float:
        return cost_between(library, tonic=("A", tonic), mode=("minor", mode))["key"]

    assert key("A", "minor") == 0
    assert key("C", "major") == key("E", "minor") == pytest.approx(0.1)
    assert key("D#", "minor") == 1
    assert key(None, None) == NEUTRAL


def test_energy_sound_and_artist_cost(library: Library, songs: list[int]) -> None:
    parts = cost_between(library, energy=(0.2, 0.9), artist=("Ann", "ANN"))
    assert (parts["energy"], parts["artist"]) == (1.0, 1.0)
    assert cost_between(library, artist=(None, None))["artist"] == 0
    assert cost_between(library, energy=(None, 0.3))["energy"] == NEUTRAL
    assert 0 <= parts["similarity"] <= 1


def test_tracks_of_which_nothing_is_known_cost_neither_much_nor_little(
    library: Library, songs: list[int]
) -> None:
    names = ("tempo_bpm", "tonic", "mode", "energy", "artist")
    parts = cost_between(library, **dict.fromkeys(names, (None, None)))
    assert (parts["tempo"], parts["key"], parts["energy"], parts["artist"]) == (NEUTRAL, NEUTRAL, NEUTRAL, 0)


def test_weights_are_checked() -> None:
    assert weights_of(["tempo=3"]).tempo == 3
    with pytest.raises(UnknownNameError, match="'tempi'"):
        weights_of(["tempi=3"])
    for wrong in ("tempo=x", "tempo", "tempo=-1", "tempo=nan"):
        with pytest.raises(ParameterError):
            weights_of([wrong])
    with pytest.raises(ParameterError):
        TransitionWeights(0, 0, 0, 0, 0)


def test_smooth_costs_less_and_loses_nothing(library: Library, songs: list[int]) -> None:
    made = smooth(library, where="", first="Song 4", keep=Keep("smooth"))
    assert sorted(track.id for track in made.tracks) == songs
    assert made.tracks[0].title == "Song 4"
    assert made.cost < made.cost_before
    assert made.cost == pytest.approx(np.mean([step.cost for step in made.transitions]))
    kept = lists.show(library, "smooth")
    assert [item.track and item.track.id for item in kept.items] == [track.id for track in made.tracks]
    assert smooth(library, "smooth").cost <= made.cost + 0.02


def test_smooth_needs_one_source_with_tracks(library: Library, songs: list[int]) -> None:
    for name, where in ((None, None), ("a", "b")):
        with pytest.raises(ParameterError, match="not both"):
            smooth(library, name, where=where)
    lists.create(library, "empty")
    with pytest.raises(ParameterError, match="no track"):
        smooth(library, "empty")
    with pytest.raises(ParameterError, match="not among"):
        smooth(library, where='artist:"Artist 1"', first="Song 0")
    with pytest.raises(NotFoundError):
        smooth(library, "nothing")


def test_a_mix_begins_with_its_seed_and_varies_artists(library: Library, songs: list[int]) -> None:
    made = mix(library, ["Song 3"], Wanted(n=8, per_artist=2))
    artists = [track.artist for track in made.tracks]
    assert made.tracks[0].title == "Song 3"
    assert len(made.tracks) == 8
    assert {artists.count(one) for one in artists} == {2}
    assert [t.id for t in mix(library, ["Song 3"], Wanted(n=8)).tracks] == [t.id for t in made.tracks]


def test_a_mix_takes_what_lies_nearest_to_any_seed(library: Library, songs: list[int]) -> None:
    space = Space.load(library)
    seeds = [songs[0], songs[11]]
    made = mix(library, [str(seed) for seed in seeds], Wanted(n=4, per_artist=12))
    for seed in seeds:
        alike = space.similarities(space.matrix[space.row_of(seed)])
        near = [int(space.ids[row]) for row in np.argsort(-alike) if space.ids[row] not in seeds]
        assert {track.id for track in made.tracks} & set(near[:2])


def test_a_mix_has_each_song_once(library: Library, songs: list[int], make) -> None:
    put(library, make, name="copy", title="SONG 5 (feat. Nobody)", artist="artist 1", duration_s=50.0)
    again = make("s00.wav", hz=150, title="other", artist="New")
    library.put(replace(again, path=again.path.with_name("twin.wav")))
    made = mix(library, ["Song 0", "Song 5"], Wanted(n=40, per_artist=40))
    names = [track.title for track in made.tracks]
    assert len(names) == len(set(names)) <= 12
    assert "SONG 5 (feat. Nobody)" not in names


def test_a_mix_lasts_as_long_as_is_wanted(library: Library, songs: list[int], tmp_path: Path) -> None:
    made = mix(
        library,
        (),
        Wanted(duration_s=900, where="genre:jazz", per_artist=9),
        keep=Keep(out=tmp_path / "m.xspf"),
    )
    assert abs(made.duration_s - 900) <= 2
    assert (tmp_path / "m.xspf").read_text("utf-8").count("<track>") == len(made.tracks)
    with pytest.raises(ParameterError, match="longer than the mix"):
        mix(library, ["Song 9"], Wanted(duration_s=60))


def test_a_mix_of_nothing_is_refused(library: Library, songs: list[int]) -> None:
    with pytest.raises(ParameterError, match="begin with"):
        mix(library)
    with pytest.raises(NotFoundError, match="no track matches"):
        mix(library, (), Wanted(where="genre:polka"))
    for wrong in ({"n": 0}, {"duration_s": 0.0}, {"duration_s": float("nan")}, {"per_artist": 0}):
        with pytest.raises(ParameterError):
            Wanted(**wrong)


def test_nothing_is_overwritten_and_nothing_done_in_vain(
    library: Library, songs: list[int], tmp_path: Path
) -> None:
    lists.create(library, "mine", ["Song 1"])
    (tmp_path / "there.m3u8").write_text("precious")
    for keep in (Keep("mine"), Keep(out=tmp_path / "there.m3u8"), Keep(out=tmp_path / "a.pls")):
        with pytest.raises(ParameterError):
            mix(library, ["Song 1"], keep=keep)
        with pytest.raises(ParameterError):
            journey(library, "sad", "happy", keep=keep)
    assert (tmp_path / "there.m3u8").read_text() == "precious"
    assert len(lists.show(library, "mine").items) == 1


def test_a_journey_says_how_far_it_is_off(library: Library, songs: list[int], tmp_path: Path) -> None:
    made = journey(library, "0.1,0.1", "快乐", steps=5, plot=tmp_path / "j.svg", keep=Keep("trip"))
    for step in made.steps:
        assert step.deviation == pytest.approx(
            np.hypot(step.feeling.valence - step.wanted.valence, step.feeling.arousal - step.wanted.arousal)
        )
    assert made.largest_deviation == max(step.deviation for step in made.steps)
    assert made.step_length == pytest.approx(0.7 * 2**0.5 / 4)
    assert (made.n_placed, made.n_guessed, made.n_unplaced) == (12, 0, 0)
    assert "<svg" in (tmp_path / "j.svg").read_text("utf-8")
    assert len(lists.show(library, "trip").items) == 5
    assert made.to_dict()["steps"][0]["wanted"] == [0.1, 0.1]


def test_a_journey_between_songs_holds_both(library: Library, songs: list[int]) -> None:
    made = journey(library, "Song 0", "Song 11", steps=4)
    assert (made.steps[0].track.id, made.steps[-1].track.id) == (songs[0], songs[11])
    assert made.steps[0].deviation == made.steps[-1].deviation == 0
    assert made.title == "From Artist 0 - Song 0 to Artist 3 - Song 11"
    with pytest.raises(ParameterError, match="the song it begins with"):
        journey(library, "Song 0", str(songs[0]))


def test_a_journey_holds_no_song_twice(library: Library, songs: list[int], make) -> None:
    for i in (2, 5):
        twin = make(f"s{i:02d}.wav", hz=150 + 7 * i, title="twin", artist="Twin")
        number = library.put(replace(twin, path=twin.path.with_name(f"twin{i}.wav")))
        with library.database.write() as connection:
            connection.execute(
                update(table).where(table.c.id == number).values(valence=i / 11, arousal=(i * 5 % 12) / 11)
            )
    made = journey(library, "0,0", "1,1", steps=12)
    assert len({step.track.sha256 for step in made.steps}) == 12


def test_tracks_that_nobody_placed_are_guessed_or_left_out(library: Library, make) -> None:
    put(library, make, name="tagged", energy=0.7, tags={"happy": 0.3, "sad": 0.1})
    put(library, make, name="untagged", energy=0.7)
    places = Places.load(library)
    assert list(places.feelings([0])) == [Feeling(pytest.approx(0.75, abs=0.01), 0.7, guessed=True)]
    assert (len(places.ids), places.n_unplaced) == (1, 1)
    assert feeling(0.1, 0.2, 0.9, 0.5, 0.5) == Feeling(0.1, 0.2)
    assert feeling(None, 0.2, 0.9, 0.01, 0.0) is feeling(None, None, None, 0.5, 0.5) is None
    with pytest.raises(DataError, match="1 tracks have valence"):
        journey(library, "sad", "happy", steps=2)
    with pytest.raises(DataError, match="nothing says how"):
        journey(library, "untagged", "happy")
    with pytest.raises(NotFoundError):
        journey(library, "furious", "happy")
