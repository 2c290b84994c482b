"""Playlists in the library: kept, changed, found again, read from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tunelens.base.errors import NotFoundError, ParameterError, TunelensError
from tunelens.library.playlists.store import Item, Playlists, Smart
from tunelens.library.store import Library
from tunelens.services import playlists as service


@pytest.fixture
def songs(library: Library, make) -> list[int]:
    """Five songs of two artists."""
    names = [("a.wav", "Blue", "Ann"), ("b.wav", "蓝", "Ann"), ("c.wav", "Red", "Ben"), ("d.wav", "x", "Ben")]
    given = [*names, ("e.wav", "Green", "Ann")]
    return [
        library.put(make(name, hz=200 + 20 * i, title=title, artist=artist, year=2000 + i))
        for i, (name, title, artist) in enumerate(given)
    ]


def titles(library: Library, name: str) -> list[str | None]:
    return [item.entry.title for item in Playlists(library).items(name)]


def test_a_list_is_made_changed_and_deleted(library: Library, songs: list[int]) -> None:
    service.create(library, "夜晚", ["Blue", str(songs[2])], description="for later")
    service.add(library, "夜晚", ["蓝"], at=1)
    service.add(library, "夜晚", ["Blue"])
    assert titles(library, "夜晚") == ["蓝", "Blue", "Red", "Blue"]
    shown = service.remove(library, "夜晚", ["2..3"])
    assert [item.entry.title for item in shown.items] == ["蓝", "Blue"]
    assert (shown.playlist.description, shown.playlist.n_items) == ("for later", 2)
    service.delete(library, "夜晚")
    assert service.list_playlists(library) == []


def test_a_name_is_taken_once_and_typing_errors_are_met(library: Library, songs: list[int]) -> None:
    service.create(library, "evening")
    with pytest.raises(ParameterError, match="'evening' already"):
        service.create(library, "evening")
    service.create(library, "evening", ["Blue"], force=True)
    assert titles(library, "evening") == ["Blue"]
    with pytest.raises(NotFoundError, match="no playlist 'evning'") as caught:
        service.show(library, "evning")
    assert caught.value.hint == "did you mean evening?"
    for name in ("", " \n", "x" * 201):
        with pytest.raises(ParameterError, match="1 to 200 characters"):
            service.create(library, name)


@pytest.mark.parametrize("place", ["0", "3", "1..9", "x", "-1", "1.5"])
def test_places_that_are_none_change_nothing(library: Library, songs: list[int], place: str) -> None:
    service.create(library, "two", ["Blue", "Red"])
    with pytest.raises(ParameterError, match="place"):
        service.remove(library, "two", [place])
    with pytest.raises(ParameterError, match="place 9"):
        service.add(library, "two", ["Blue"], at=9)
    assert titles(library, "two") == ["Blue", "Red"]


def test_a_smart_list_finds_what_comes_later(library: Library, songs: list[int], make) -> None:
    service.smart(library, "Ann", Smart("artist:Ann", limit=10))
    assert titles(library, "Ann") == ["Blue", "蓝", "Green"]
    library.put(make("z.wav", hz=777, title="New", artist="Ann"))
    assert titles(library, "Ann") == ["Blue", "蓝", "Green", "New"]
    with pytest.raises(ParameterError, match="saved query"):
        service.add(library, "Ann", ["Red"])
    with pytest.raises(ParameterError):
        service.smart(library, "bad", Smart("tempo:"))
    with pytest.raises(TunelensError, match="'loudest'"):
        service.smart(library, "bad", Smart("artist:Ann", sort="loudest"))
    assert [one.name for one in service.list_playlists(library)] == ["Ann"]
    service.smart(library, "Ann", Smart("artist:Ann", sort="-year", limit=2), force=True)
    assert titles(library, "Ann") == ["Green", "蓝"]


def test_an_item_outlives_its_track_and_finds_it_again(library: Library, make) -> None:
    analysis = make("gone.wav", hz=512, title="Gone", artist="Ann")
    number = library.put(analysis)
    service.create(library, "keep", [str(number)])
    library.remove(number)
    (item,) = Playlists(library).items("keep")
    assert (item.track, item.entry.title, item.entry.duration_s) == (None, "Gone", 1.0)
    again = library.put(analysis)
    (item,) = Playlists(library).items("keep")
    assert item.track is not None and item.track.id == again


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf", ".jspf"])
def test_export_and_import_meet_the_same_tracks(
    library: Library, songs: list[int], tmp_path: Path, suffix: str
) -> None:
    service.create(library, "all", where="")
    out = tmp_path / "lists" / f"all{suffix}"
    service.export(library, "all", out)
    made = service.import_file(library, out, name="again")
    assert [item.track and item.track.id for item in made.items] == songs
    assert made.absent == ()


def test_import_keeps_what_the_library_does_not_know(
    library: Library, songs: list[int], tmp_path: Path
) -> None:
    file = tmp_path / "mine.m3u"
    lines = [
        "#EXTINF:5,Björk - Jóga",
        r"D:\Music\joga.mp3",
        "http://radio.example/x",
        "#EXTINF:1,Ben - Red",
        "?",
    ]
    file.write_bytes("\r\n".join(lines).encode("latin-1"))
    made = service.import_file(library, file)
    assert made.playlist.name == "mine"
    assert [item.track and item.track.id for item in made.items] == [None, None, songs[2]]
    assert [entry.location for entry in made.absent] == [r"D:\Music\joga.mp3", "http://radio.example/x"]
    assert made.items[0].entry.title == "Jóga"
    service.export(library, "mine", tmp_path / "again.xspf")
    again = service.import_file(library, tmp_path / "again.xspf", name="again")
    assert [item.entry for item in again.items] == [item.entry for item in made.items]


def test_import_knows_a_moved_file_by_its_content_and_an_escaped_one(
    library: Library, songs: list[int], tmp_path: Path
) -> None:
    service.create(library, "one", [str(songs[3])])
    service.export(library, "one", tmp_path / "one.xspf")
    text = (tmp_path / "one.xspf").read_text("utf-8")
    assert text.count("d.wav") == 1
    (tmp_path / "one.xspf").write_text(text.replace("d.wav", "elsewhere.wav"), "utf-8")
    made = service.import_file(library, tmp_path / "one.xspf", name="two")
    assert [item.track and item.track.id for item in made.items] == [songs[3]]
    path = library.track(songs[0]).path
    (tmp_path / "escaped.m3u8").write_text(f"{path.parent}/%61.wav\n", "utf-8")
    made = service.import_file(library, tmp_path / "escaped.m3u8")
    assert [item.track and item.track.id for item in made.items] == [songs[0]]


def test_a_playlist_may_be_long(library: Library, songs: list[int]) -> None:
    item = Item.of(library.track(songs[0]))
    kept = Playlists(library)
    kept.create("long", [item] * 2000)
    assert kept.get("long").n_items == 2000
    assert len(kept.items("long")) == 2000
