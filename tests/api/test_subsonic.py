"""What players ask: every endpoint in both forms, who is let in, what the specification demands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.api.conftest import ADDRESS, SONGS, TestClient
from tunelens.api.app import create_app
from tunelens.api.keys import Keys
from tunelens.api.options import ServeOptions
from tunelens.api.subsonic.router import ENDPOINTS
from tunelens.base.settings import Settings

TOKEN = "correct horse battery staple"
NS = "{http://subsonic.org/restapi}"
WHO = {"u": "anna", "p": "x", "v": "1.16.1", "c": "test"}


def ask(client: TestClient, name: str, /, **params: Any) -> dict[str, Any]:
    answered = client.get(f"/rest/{name}.view", params={**WHO, "f": "json", **params})
    assert answered.status_code == 200
    body = answered.json()["subsonic-response"]
    assert (body["version"], body["type"], body["openSubsonic"]) == ("1.16.1", "tunelens", True)
    return body


def fine(client: TestClient, name: str, /, **params: Any) -> dict[str, Any]:
    body = ask(client, name, **params)
    assert body["status"] == "ok", body
    return body


def code(client: TestClient, name: str, /, **params: Any) -> int:
    body = ask(client, name, **params)
    assert body["status"] == "failed" and body["error"]["message"]
    return body["error"]["code"]


def songs(client: TestClient) -> dict[str, dict[str, Any]]:
    found = fine(client, "search3", query="", songCount=500)["searchResult3"]["song"]
    return {one["title"]: one for one in found}


@pytest.fixture(scope="module")
def locked(api_library, api_music, api_settings: Settings) -> Iterator[TestClient]:
    options = ServeOptions(
        library=api_library, roots=(api_music,), settings=api_settings, keys=Keys.of_token(TOKEN)
    )
    client = TestClient(create_app(options), base_url=ADDRESS)  # no lifespan: another server has the library
    from tunelens.api.house import House
    from tunelens.library.store import Library

    with Library.open(api_library) as library:
        client.app.state.house = House(library, options, None, None, None)
        yield client


def test_artists_lead_to_albums_and_albums_to_songs(client: TestClient) -> None:
    index = fine(client, "getArtists")["artists"]["index"]
    artists = {one["name"]: one for letter in index for one in letter["artist"]}
    assert {"周杰伦", "The Trio", 'Quote "Q" & Sons', "[unknown artist]"} <= set(artists)
    assert [letter["name"] for letter in index] == sorted(letter["name"] for letter in index)
    found = fine(client, "getArtist", id=artists["The Trio"]["id"])["artist"]
    assert found["albumCount"] == len(found["album"]) == 1
    album = fine(client, "getAlbum", id=found["album"][0]["id"])["album"]
    assert album["name"] == "Blue" and album["songCount"] == 2 and album["year"] == 1959
    assert {song["title"] for song in album["song"]} == {"Blue in Two", "Green"}
    for song in album["song"]:
        assert song["albumId"] == album["id"] and song["artistId"] == found["id"] and not song["isDir"]
        assert fine(client, "getSong", id=song["id"])["song"] == song


def test_every_song_is_in_exactly_one_album(client: TestClient) -> None:
    listed = fine(client, "getAlbumList2", type="alphabeticalByName", size=500)["albumList2"]["album"]
    found = [song["id"] for one in listed for song in fine(client, "getAlbum", id=one["id"])["album"]["song"]]
    assert sorted(found) == sorted(song["id"] for song in songs(client).values())
    assert len(found) == len(set(found)) == len(SONGS)


def test_folders_are_artists_and_albums_for_old_players(client: TestClient) -> None:
    index = fine(client, "getIndexes")["indexes"]["index"]
    one = next(artist for letter in index for artist in letter["artist"] if artist["name"] == "Star")
    (album,) = fine(client, "getMusicDirectory", id=one["id"])["directory"]["child"]
    assert album["isDir"] and album["title"] == "Hits"
    inside = fine(client, "getMusicDirectory", id=album["id"])["directory"]
    assert inside["parent"] == one["id"] and {song["title"] for song in inside["child"]} == {"Hit", "Miss"}


@pytest.mark.parametrize(
    ("kind", "more", "first"),
    [
        ("byYear", {"fromYear": 1950, "toYear": 1999}, ["Blue", "Blue", "Numbers"]),
        ("byYear", {"fromYear": 2021, "toYear": 2000}, ["Hits", "十一月的萧邦"]),
        ("byGenre", {"genre": "jazz"}, ["Blue", "Blue"]),
    ],
)
def test_albums_in_an_order(client: TestClient, kind: str, more: dict[str, Any], first: list[str]) -> None:
    found = fine(client, "getAlbumList2", type=kind, **more)["albumList2"]["album"]
    assert [one["name"] for one in found] == first


def test_albums_come_in_pages(client: TestClient) -> None:
    whole = fine(client, "getAlbumList2", type="alphabeticalByArtist", size=500)["albumList2"]["album"]
    pages = [
        fine(client, "getAlbumList2", type="alphabeticalByArtist", size=2, offset=at)["albumList2"]["album"]
        for at in range(0, len(whole), 2)
    ]
    assert [one for page in pages for one in page] == whole


def test_genres_count_songs_and_albums(client: TestClient) -> None:
    genres = {one["value"]: one for one in fine(client, "getGenres")["genres"]["genre"]}
    assert genres["jazz"] == {"songCount": 3, "albumCount": 2, "value": "jazz"}
    found = fine(client, "getSongsByGenre", genre="jazz", count=500)["songsByGenre"]["song"]
    assert {one["title"] for one in found} == {"Blue in Two", "Green", "Red <script>alert(1)</script>"}


def test_random_songs_keep_to_what_is_asked(client: TestClient) -> None:
    found = fine(client, "getRandomSongs", size=500, fromYear=1990, toYear=2010)["randomSongs"]["song"]
    assert {one["year"] for one in found} == {1991, 1994, 2005}
    assert len(fine(client, "getRandomSongs", size=3)["randomSongs"]["song"]) == 3


@pytest.mark.parametrize("words", ['周杰伦 "', "night:again", "(((", "genre:", "* OR *", "\u0000"])
def test_search_takes_words_and_no_query_language(client: TestClient, words: str) -> None:
    found = fine(client, "search3", query=words)["searchResult3"]
    if words.startswith("周"):
        assert [one["name"] for one in found["artist"]] == ["周杰伦"]
        assert [one["name"] for one in found["album"]] == ["十一月的萧邦"]
        assert {one["title"] for one in found["song"]} >= {"夜曲"}


def test_traditional_characters_find_simplified_names(client: TestClient) -> None:
    assert fine(client, "search3", query="周杰倫")["searchResult3"]["artist"][0]["name"] == "周杰伦"


def test_similar_songs_leave_out_copies_and_are_ordered(client: TestClient) -> None:
    seed = songs(client)["夜曲"]
    found = fine(client, "getSonicSimilarTracks", id=seed["id"], count=5)["sonicMatch"]
    worth = [one["similarity"] for one in found]
    assert worth == sorted(worth, reverse=True) and all(0 <= one <= 1 for one in worth) and len(found) == 5
    assert "Nocturne (copy)" not in {one["entry"]["title"] for one in found}
    alike = fine(client, "getSimilarSongs", id=seed["id"], count=5)["similarSongs"]["song"]
    assert [one["id"] for one in alike] == [one["entry"]["id"] for one in found]
    by_artist = fine(client, "getSimilarSongs2", id=seed["artistId"], count=3)["similarSongs2"]["song"]
    assert len(by_artist) == 3 and all(one["artist"] != "周杰伦" for one in by_artist)


def test_a_path_leads_from_one_song_to_another(client: TestClient) -> None:
    known = songs(client)
    ends = [known[name]["id"] for name in ("Blue in Two", "Three")]
    found = fine(client, "findSonicPath", startSongId=ends[0], endSongId=ends[1], count=6)["sonicMatch"]
    ids = [one["entry"]["id"] for one in found]
    assert [ids[0], ids[-1]] == ends and len(ids) == len(set(ids)) and 2 <= len(ids) <= 6
    nearer = [_nearer(client, one["entry"]["id"], ends) for one in found]
    assert nearer == sorted(nearer), "each step is nearer to the end, or farther from the start"
    assert found[0]["similarity"] == pytest.approx(1, abs=1e-5)
    short = fine(client, "findSonicPath", startSongId=ends[0], endSongId=ends[1], count=1)["sonicMatch"]
    assert [one["entry"]["id"] for one in short] == ends


def _nearer(client: TestClient, id: str, ends: list[str]) -> float:
    """Return how much more a song is like the end than like the start, told by another endpoint."""
    found = fine(client, "getSonicSimilarTracks", id=id, count=500)["sonicMatch"]
    like = {one["entry"]["id"]: one["similarity"] for one in found} | {id: 1.0}
    return like.get(ends[1], 0.0) - like.get(ends[0], 0.0)


def test_playlists_are_made_changed_and_forgotten(client: TestClient) -> None:
    known = songs(client)
    ids = [known[name]["id"] for name in ("One", "夜曲")]
    made = fine(client, "createPlaylist", name="夜里 & 车上", songId=ids)["playlist"]
    assert [one["id"] for one in made["entry"]] == ids and made["songCount"] == 2
    listed = fine(client, "getPlaylists")["playlists"]["playlist"]
    assert made["id"] in {one["id"] for one in listed}
    more = known["Two"]["id"]
    fine(client, "updatePlaylist", playlistId=made["id"], songIdToAdd=more, songIndexToRemove=0)
    again = fine(client, "getPlaylist", id=made["id"])["playlist"]
    assert [one["id"] for one in again["entry"]] == [ids[1], more]
    other = fine(client, "createPlaylist", playlistId=again["id"], songId=more)["playlist"]
    assert [one["id"] for one in other["entry"]] == [more]
    fine(client, "deletePlaylist", id=other["id"])
    assert code(client, "getPlaylist", id=other["id"]) == 70


def test_stars_ratings_and_plays_are_kept(client: TestClient) -> None:
    id = songs(client)["Miss"]["id"]
    fine(client, "star", id=id)
    first = fine(client, "getSong", id=id)["song"]["starred"]
    fine(client, "star", id=id)
    fine(client, "setRating", id=id, rating=4)
    fine(client, "scrobble", id=id, time=1_700_000_000_000)
    fine(client, "scrobble", id=id, time=1_700_000_000_000)  # a player that sends it twice
    fine(client, "scrobble", id=id, submission="false")
    song = fine(client, "getSong", id=id)["song"]
    assert song["starred"] == first and song["userRating"] == 4
    assert song["playCount"] == 1 and song["played"] == "2023-11-14T22:13:20Z"
    assert [one["id"] for one in fine(client, "getStarred2")["starred2"]["song"]] == [id]
    for kind in ("starred", "frequent", "recent", "highest"):
        listed = fine(client, "getAlbumList2", type=kind)["albumList2"]["album"]
        assert [one["name"] for one in listed] == ["Hits"], kind
    fine(client, "unstar", id=id)
    fine(client, "setRating", id=id, rating=0)
    song = fine(client, "getSong", id=id)["song"]
    assert "starred" not in song and "userRating" not in song


def test_sound_is_streamed_whole_and_in_ranges(client: TestClient, api_music) -> None:
    song = songs(client)["夜曲"]
    data = (api_music / "夜曲.flac").read_bytes()
    whole = client.get("/rest/stream", params={**WHO, "id": song["id"]})
    assert whole.content == data and whole.headers["content-type"] == "audio/flac"
    part = client.get("/rest/stream.view", params={**WHO, "id": song["id"]}, headers={"range": "bytes=4-9"})
    assert part.status_code == 206 and part.content == data[4:10]
    kept = client.get("/rest/download", params={**WHO, "id": song["id"]})
    assert kept.content == data and "%E5%A4%9C%E6%9B%B2.flac" in kept.headers["content-disposition"]


def test_the_picture_of_a_file_is_given(client: TestClient, tmp_path, api_settings: Settings) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
    path = tmp_path / "covered.mp3"
    _write_covered(path, picture)
    from tunelens.audio.cover import cover

    found = cover(path)
    assert found is not None and (found.data, found.media_type) == (picture, "image/png")
    assert code(client, "getCoverArt", id=songs(client)["One"]["id"]) == 70


def test_the_picture_of_a_file_outside_the_roots_is_not_given(client: TestClient, tmp_path) -> None:
    from tunelens.services.browse import cover_of
    from tunelens.services.playing import checked_file

    picture = b"\x89PNG\r\n\x1a\n" + bytes(100)
    house = client.app.state.house
    (number,) = [int(songs(client)["Hit"]["id"].removeprefix("tr-"))]
    track = house.library.track(number)
    _write_covered(tmp_path / "outside.mp3", picture)
    outside = replace(track, path=tmp_path / "outside.mp3")
    found = cover_of(house.library, [number], lambda _: checked_file(outside, house.roots, house.sounds))
    assert found is None
    assert cover_of(house.library, [number], lambda _: outside.path).data == picture


def _write_covered(path, picture: bytes) -> None:
    import numpy as np
    import soundfile
    from mutagen.id3 import APIC, ID3

    soundfile.write(path, np.zeros(22050), 22050, format="MP3")
    tags = ID3()
    tags.add(APIC(encoding=3, mime="image/png", type=3, desc="", data=picture))
    tags.save(path)


def test_xml_says_what_json_says(client: TestClient) -> None:
    album = fine(client, "getAlbumList2", type="byGenre", genre="pop")["albumList2"]["album"][0]
    told = fine(client, "getAlbum", id=album["id"])
    answered = client.get("/rest/getAlbum", params={**WHO, "id": album["id"]})
    assert answered.headers["content-type"].startswith("application/xml")
    root = fromstring(answered.content)
    assert root.tag == f"{NS}subsonic-response"
    assert _of_xml(root) == _texts(told)


def _of_xml(element: Element) -> Any:
    """Return an element as the JSON of the specification has it, every scalar as text."""
    found: dict[str, Any] = dict(element.attrib)
    if element.text:
        if not element.attrib:
            return element.text
        found["value"] = element.text
    for child in element:
        name = child.tag.removeprefix(NS)
        found.setdefault(name, []).append(_of_xml(child))
    return found


def _texts(value: Any) -> Any:
    if isinstance(value, dict):
        named = {name: one for name, one in value.items() if one != []}
        return {name: [_texts(one)] if isinstance(one, dict) else _texts(one) for name, one in named.items()}
    if isinstance(value, list):
        return [_texts(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_texts_that_xml_forbids_are_replaced() -> None:
    from tunelens.api.subsonic.envelope import answer

    body = answer({"song": {"title": "a\x00b\ud800\ufffe<&\"'>"}}, "xml").body
    assert fromstring(bytes(body))[0].get("title") == "a\ufffdb\ufffd\ufffd<&\"'>"


@pytest.mark.parametrize(
    ("name", "params", "expected"),
    [
        ("getSong", {}, 10),
        ("getSong", {"id": "tr-999999"}, 70),
        ("getSong", {"id": "tr-١"}, 70),
        ("getSong", {"id": "17"}, 70),
        ("getSong", {"id": "tr-" + "9" * 30}, 70),
        ("getAlbum", {"id": "al-nothing"}, 70),
        ("getArtist", {"id": "../../etc/passwd"}, 70),
        ("getAlbumList2", {"type": "nonsense"}, 0),
        ("getAlbumList2", {"type": "random", "size": "many"}, 0),
        ("getAlbumList2", {"type": "byYear", "fromYear": 1990}, 10),
        ("getSonicSimilarTracks", {"id": "tr-999999"}, 70),
        ("findSonicPath", {"startSongId": "tr-1"}, 10),
        ("stream", {"id": "tr-999999"}, 70),
        ("star", {"albumId": "al-1"}, 0),
        ("createPlaylist", {}, 10),
        ("nothing", {}, 0),
        ("ping", {"v": "2.0.0"}, 30),
        ("ping", {"v": "0.9"}, 20),
    ],
)
def test_errors_have_the_numbers_of_the_specification(
    client: TestClient, name: str, params: dict[str, Any], expected: int
) -> None:
    assert code(client, name, **params) == expected


@pytest.mark.parametrize("name", sorted(ENDPOINTS))
def test_every_endpoint_bears_nonsense(client: TestClient, name: str) -> None:
    nonsense = {
        "id": "\ud7ff<>&",
        "size": "-5",
        "count": "1e9",
        "query": '"" ((',
        "type": "x",
        "rating": "NaN",
    }
    for form in ("json", "xml"):
        answered = client.post(f"/rest/{name}", data={**WHO, **nonsense, "f": form})
        assert answered.status_code == 200
        body = answered.json() if form == "json" else fromstring(answered.content)
        assert "was not foreseen" not in str(body if form == "json" else answered.text)


def test_a_form_is_as_good_as_an_address(client: TestClient) -> None:
    body = client.post("/rest/search3.view", data={**WHO, "f": "json", "query": "夜曲"}).json()
    assert body["subsonic-response"]["searchResult3"]["song"][0]["title"] == "夜曲"


def test_pages_of_other_sites_may_not_ask_without_a_token(client: TestClient) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answered = client.get("/rest/star", params={**WHO, "f": "json", "id": "tr-1"}, headers=headers)
        assert answered.json()["subsonic-response"]["error"]["code"] == 50
    assert (
        client.get("/rest/ping", params={**WHO, "f": "json"}, headers={"sec-fetch-site": "none"}).json()[
            "subsonic-response"
        ]["status"]
        == "ok"
    )


def _salted(token: str, salt: str) -> dict[str, str]:
    return {"u": "anna", "s": salt, "t": hashlib.md5(f"{token}{salt}".encode()).hexdigest()}


@pytest.mark.parametrize(
    "who",
    [
        {"apiKey": TOKEN},
        {"u": "anna", "p": TOKEN},
        {"u": "anna", "p": f"enc:{TOKEN.encode().hex()}"},
        _salted(TOKEN, "c19b2d"),
    ],
)
def test_who_knows_the_token_is_let_in(locked: TestClient, who: dict[str, str]) -> None:
    body = locked.get("/rest/ping", params={**who, "v": "1.16.1", "c": "test", "f": "json"}).json()
    assert body["subsonic-response"]["status"] == "ok"


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ({}, 10),
        ({"u": "anna"}, 10),
        ({"u": "anna", "p": "wrong"}, 40),
        ({"u": "anna", "p": "enc:zz"}, 40),
        (_salted("wrong", "abc"), 40),
        ({"u": "anna", "t": "é"}, 10),
        ({"u": "anna", "p": TOKEN, **_salted(TOKEN, "abc")}, 43),
        ({"apiKey": "wrong"}, 44),
        ({"apiKey": TOKEN, "u": "anna"}, 43),
    ],
)
def test_who_does_not_is_not(locked: TestClient, who: dict[str, str], expected: int) -> None:
    for name in ("ping", "stream", "getArtists"):
        body = locked.get(f"/rest/{name}", params={**who, "f": "json", "id": "tr-1"}).json()
        assert body["subsonic-response"]["error"]["code"] == expected


def test_extensions_are_told_before_anybody_says_who_they_are(locked: TestClient) -> None:
    body = locked.get("/rest/getOpenSubsonicExtensions", params={"f": "json"}).json()["subsonic-response"]
    told = {one["name"]: one["versions"] for one in body["openSubsonicExtensions"]}
    assert told == {"apiKeyAuthentication": [1], "formPost": [1], "sonicSimilarity": [1]}
