"""Playlists over HTTP: kept, changed, made, out as files and in again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, result

NAME = "晚/上 100% ü"
URL = f"{API}/playlists/{quote(NAME, safe='')}"


@pytest.fixture
def evening(client: TestClient) -> Iterator[list[int]]:
    """A playlist of three tracks; nothing is left of any playlist afterwards."""
    ids = list(numbers(client).values())[:3]
    result(client.post(f"{API}/playlists", json={"name": NAME, "tracks": ids, "description": "for 夜"}), 201)
    yield ids
    for one in result(client.get(f"{API}/playlists", params={"limit": 500}))["items"]:
        result(client.delete(f"{API}/playlists/{quote(one['name'], safe='')}"))


def held(client: TestClient, url: str = URL) -> list[int]:
    shown = result(client.get(url))
    assert [item["place"] for item in shown["items"]] == list(range(1, shown["n_items"] + 1))
    return [item["track_id"] for item in shown["items"]]


def test_a_playlist_is_kept_and_changed(client: TestClient, evening: list[int]) -> None:
    assert held(client) == evening
    added = result(client.post(f"{URL}/items", json={"tracks": [evening[2]], "at": 1}))
    assert [item["track_id"] for item in added["items"]] == [evening[2], *evening]
    result(client.delete(f"{URL}/items", params={"places": "2,4"}))
    assert held(client) == [evening[2], evening[1]]
    (listed,) = result(client.get(f"{API}/playlists"))["items"]
    assert (listed["name"], listed["n_items"], listed["description"]) == (NAME, 2, "for 夜")


def test_a_filter_fills_a_list_once_and_a_query_always(client: TestClient, evening: list[int]) -> None:
    once = result(client.post(f"{API}/playlists", json={"name": "once", "where": "genre:jazz"}), 201)
    smart = {"name": "always", "smart": {"where": "genre:jazz", "sort": "-year", "limit": 2}}
    always = result(client.post(f"{API}/playlists", json=smart), 201)
    assert once["n_items"] == 3 and once["smart"] is None
    assert always["items"][0]["title"].startswith("Red") and always["n_items"] == 2
    error(client.post(f"{API}/playlists/always/items", json={"tracks": evening}), 400, "parameter")


def test_names(client: TestClient, evening: list[int]) -> None:
    same = {"name": NAME, "tracks": evening[:1]}
    error(client.post(f"{API}/playlists", json=same), 400, "parameter")
    result(client.post(f"{API}/playlists", json=same | {"force": True}), 201)
    assert held(client) == evening[:1]
    for url in (f"{API}/playlists/nothing", f"{API}/playlists/nothing/export"):
        error(client.get(url), 404, "not_found")
    error(client.post(f"{API}/playlists", json={"name": ""}), 422, "parameter")
    error(client.post(f"{API}/playlists", json={"name": "a", "tracks": [10**9]}), 404, "not_found")
    error(client.post(f"{API}/playlists", json={"name": "a", "tracks": ["/etc/passwd"]}), 422, "parameter")
    error(client.delete(f"{URL}/items", params={"places": "9"}), 400, "parameter")
    error(client.delete(f"{URL}/items", params={"places": "x"}), 400, "parameter")


def read_m3u8(data: bytes) -> list[str]:
    return [line for line in data.decode("utf-8").splitlines() if line and not line.startswith("#")]


def read_xspf(data: bytes) -> list[str]:
    space = {"x": "http://xspf.org/ns/0/"}
    return [one.text or "" for one in ElementTree.fromstring(data).iterfind(".//x:track/x:title", space)]


@pytest.mark.parametrize("format", ["m3u8", "xspf", "jspf"])
def test_out_as_a_file_and_in_again(client: TestClient, evening: list[int], format: str) -> None:
    file = client.get(f"{URL}/export", params={"format": format})
    assert file.status_code == 200
    assert f"filename*=UTF-8''{quote('晚_上 100% ü')}.{format}" in file.headers["content-disposition"]
    shown = result(client.get(URL))["items"]
    if format == "m3u8":
        assert read_m3u8(file.content) == [item["path"] for item in shown]
    elif format == "xspf":
        assert read_xspf(file.content) == [item["title"] for item in shown if item["title"]]
    else:
        assert len(json.loads(file.content)["playlist"]["track"]) == len(evening)
    sent = {"file": (f"list.{format}", file.content)}
    again = result(client.post(f"{API}/playlists/import", files=sent, data={"name": "again"}), 201)
    assert [item["track_id"] for item in again["items"]] == evening and again["n_absent"] == 0


def test_relative_entries_begin_where_is_said(client: TestClient, evening: list[int], api_music) -> None:
    sent = {"file": ("a.m3u8", b"#EXTM3U\njazz/blue.flac\n../gone.mp3\n")}
    told = result(client.post(f"{API}/playlists/import", files=sent, data={"folder": str(api_music)}), 201)
    assert [item["track_id"] for item in told["items"]] == [numbers(client)["blue.flac"], None]
    assert told["n_absent"] == 1
    again = {"file": ("b.m3u8", b"#EXTM3U\n")}
    error(client.post(f"{API}/playlists/import", files=again, data={"folder": "/etc"}), 404, "not_found")


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("a.txt", b"x", 400, "parameter"),
        ("../../a.xspf", b"<nothing", 422, "data"),
        ("a.jspf", b"[]", 422, "data"),
        ("", b"", 422, "parameter"),
    ],
)
def test_files_that_are_no_playlists(
    client: TestClient, name: str, data: bytes, status: int, code: str
) -> None:
    error(client.post(f"{API}/playlists/import", files={"file": (name, data)}), status, code)


def make(client: TestClient, **asked: object) -> dict:
    return result(client.post(f"{API}/playlists/make", json=asked))


def test_a_mix(client: TestClient, evening: list[int]) -> None:
    ids = numbers(client)
    made = make(client, kind="mix", tracks=[ids["夜曲.flac"]], n=6, per_artist=2, save="mixed")
    chosen = [track["id"] for track in made["tracks"]]
    assert chosen[0] == ids["夜曲.flac"] and len(set(chosen)) == 6 and len(made["transitions"]) == 5
    assert ids["night, again.flac"] not in chosen, "no song twice"
    assert held(client, f"{API}/playlists/mixed") == chosen
    error(
        client.post(f"{API}/playlists/make", json={"kind": "mix", "where": "year:>0", "save": "mixed"}),
        400,
        "parameter",
    )


def test_a_smooth_order_costs_no_more(client: TestClient, evening: list[int]) -> None:
    first = numbers(client)["one.ogg"]
    made = make(client, kind="smooth", where="year:>0", first=first)
    assert made["tracks"][0]["id"] == first and len(made["tracks"]) == 10
    assert made["cost"] <= made["cost_before"]
    assert {track["id"] for track in make(client, kind="smooth", name=NAME)["tracks"]} == set(evening)


def test_what_cannot_be_made(client: TestClient) -> None:
    url = f"{API}/playlists/make"
    error(client.post(url, json={"kind": "mix"}), 400, "parameter")
    error(client.post(url, json={"kind": "smooth"}), 400, "parameter")
    error(client.post(url, json={"kind": "journey", "start": "/etc/passwd", "end": "calm"}), 400, "parameter")
    error(client.post(url, json={"kind": "journey", "start": "calm", "end": "2,3"}), 400, "parameter")
    error(client.post(url, json={"kind": "party"}), 422, "parameter")
    error(client.post(url, json={"kind": "mix", "tracks": [1], "weight": ["taste=1"]}), 404, "unknown_name")
