"""The table of tracks: found, paged, ordered, counted, shown."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.api.conftest import SECONDS, SONGS, TestClient
from tests.api.own import API, error, numbers, result
from tunelens.library.store import Library

TITLES = {title for _, _, _, title, *_ in SONGS if title}


def find(client: TestClient, **params: object) -> dict:
    return result(client.get(f"{API}/tracks", params=params))


def test_pages_hold_every_track_once(client: TestClient) -> None:
    pages = [find(client, limit=5, offset=offset)["items"] for offset in (0, 5, 10, 15)]
    assert [len(page) for page in pages] == [5, 5, 2, 0]
    ids = [item["id"] for page in pages for item in page]
    assert len(set(ids)) == len(SONGS) == find(client)["total"]


def test_what_files_say_comes_back_as_it_is(client: TestClient) -> None:
    items = find(client, limit=500)["items"]
    assert {item["title"] for item in items if item["title"]} == TITLES
    red = next(item for item in items if (item["title"] or "").startswith("Red"))
    assert red["title"] == "Red <script>alert(1)</script>" and red["artist"] == 'Quote "Q" & Sons'
    assert all(item["duration_s"] == pytest.approx(SECONDS, abs=0.1) for item in items)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("夜曲", {"夜曲"}),
        ("artist:周杰伦", {"夜曲", "Nocturne (copy)"}),
        ("year:1990..1999", {"One", "Two", "Three"}),
        ("genre:jazz -green", {"Blue in Two", "Red <script>alert(1)</script>"}),
        ("zzz", set()),
    ],
)
def test_queries_find_what_the_files_say(client: TestClient, query: str, wanted: set[str]) -> None:
    found = find(client, query=query)
    assert {item["title"] for item in found["items"]} == wanted
    assert found["total"] == len(wanted)


def test_what_matched_is_told(client: TestClient) -> None:
    (one,) = find(client, query="artist:star title:hit")["items"]
    assert {(match["field"], match["text"]) for match in one["matched"]} == {
        ("artist", "Star"),
        ("title", "Hit"),
    }


def test_orders(client: TestClient) -> None:
    years = [item["year"] for item in find(client, sort="-year", query="year:>0")["items"]]
    assert years == sorted(years, reverse=True) and len(years) == 10
    shuffled = [
        [item["id"] for item in find(client, sort="random", seed=seed)["items"]] for seed in (1, 1, 2)
    ]
    assert shuffled[0] == shuffled[1] != shuffled[2]


def test_facets_count_what_the_files_say(client: TestClient) -> None:
    counted = result(client.get(f"{API}/facets", params={"names": "genre,decade,artist"}))
    assert counted["total"] == len(SONGS)
    said = {
        name: {one["value"]: one["n_tracks"] for one in facet["counts"]}
        for name, facet in counted["facets"].items()
    }
    genres = Counter(genre.lower() for *_, genre, _ in SONGS if genre)
    assert said["genre"] == genres
    assert said["decade"] == {"1950s": 2, "1960s": 1, "1990s": 3, "2000s": 2, "2020s": 2}
    assert said["artist"]["The Trio"] == 2


def test_the_term_of_a_facet_finds_what_it_counts(client: TestClient) -> None:
    facets = result(client.get(f"{API}/facets", params={"names": "genre,year,key,tempo,artist"}))["facets"]
    for facet in facets.values():
        for one in facet["counts"]:
            assert find(client, query=one["term"])["total"] == one["n_tracks"], one


def test_facets_follow_what_changes(client: TestClient) -> None:
    """They are kept between requests, and must not outlive a change."""
    ask = {"names": "genre", "query": "liked:yes"}
    before = result(client.get(f"{API}/facets", params=ask))
    number = numbers(client)["hit.mp3"]
    result(client.post(f"{API}/feedback", json={"kind": "like", "track": number, "listener": ""}), 201)
    try:
        after = result(client.get(f"{API}/facets", params=ask))
    finally:
        result(client.delete(f"{API}/feedback"))
    assert (before["total"], after["total"]) == (0, 1)


def test_a_track_is_shown_whole(client: TestClient, api_library: Path) -> None:
    number = numbers(client)["blue.flac"]
    shown = result(client.get(f"{API}/tracks/{number}"))
    assert shown.pop("id") == number
    with Library.open(api_library) as library:
        assert shown == library.get(number).to_dict()
    assert (
        shown["info"]["title"] == "Blue in Two" and shown["size_bytes"] == Path(shown["path"]).stat().st_size
    )


@pytest.mark.parametrize("number", [10**6, 2**62])
def test_a_track_that_is_not_there(client: TestClient, number: int) -> None:
    for tail in ("", "/similar", "/audio", "/matches"):
        error(client.get(f"{API}/tracks/{number}{tail}"), 404, "not_found")


def test_a_query_that_cannot_be_read_tells_where(client: TestClient) -> None:
    for path in ("tracks", "facets"):
        told = error(client.get(f"{API}/{path}", params={"query": "tempo:fast"}), 400, "query")
        assert told["query"] == "tempo:fast" and 0 <= told["position"] <= len("tempo:fast")


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"limit": 0}, 422, "parameter"),
        ({"limit": 501}, 422, "parameter"),
        ({"offset": -1}, 422, "parameter"),
        ({"query": "x" * 2001}, 422, "parameter"),
        ({"sort": "beauty"}, 404, "unknown_name"),
        ({"sort": "year,year"}, 400, "parameter"),
    ],
)
def test_what_is_not_allowed(client: TestClient, params: dict, status: int, code: str) -> None:
    error(client.get(f"{API}/tracks", params=params), status, code)


def test_facets_that_are_none(client: TestClient) -> None:
    assert (
        "genre" in error(client.get(f"{API}/facets", params={"names": "gnre"}), 404, "unknown_name")["hint"]
    )
