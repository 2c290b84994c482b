"""What listeners said, and what they should hear next."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, own_client, result

WHO = "测试 listener"


def note(client: TestClient, kind: str, track: int, **more: object) -> dict:
    said = {"kind": kind, "track": track, "listener": WHO, **more}
    return result(client.post(f"{API}/feedback", json=said), 201)


def test_feedback_is_kept_summed_and_taken_back(client: TestClient) -> None:
    ids = numbers(client)
    blue, one = ids["blue.flac"], ids["one.ogg"]
    note(client, "rating", blue, value=5)
    note(client, "comment", blue, text="雨天 <b>", at="2020-01-01 10:00")
    note(client, "dislike", one)
    liked = result(client.get(f"{API}/feedback", params={"listener": WHO}))["liked"]
    assert [item["id"] for item in liked] == [blue, one] and liked[0]["value"] > 0 > liked[1]["value"]
    told = result(client.get(f"{API}/feedback", params={"track": blue, "listener": WHO}))["events"]
    assert {event["kind"]: event["text"] for event in told} == {"rating": None, "comment": "雨天 <b>"}
    assert min(event["at"] for event in told) == 1577872800
    events = told + result(client.get(f"{API}/feedback", params={"track": one, "listener": WHO}))["events"]
    gone = result(client.delete(f"{API}/feedback", params={"event": [event["id"] for event in events]}))
    assert gone == {"removed": 3}
    assert result(client.get(f"{API}/feedback", params={"listener": WHO}))["liked"] == []


def test_the_same_again_is_no_news(client: TestClient) -> None:
    number = numbers(client)["two.ogg"]
    new = [note(client, "play", number, at="2021-01-01 10:00")["new"] for _ in range(2)]
    assert new == [True, False]
    result(client.delete(f"{API}/feedback"))
    error(client.delete(f"{API}/feedback", params={"event": 10**9}), 404, "not_found")


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"kind": "love"}, 422),
        ({"kind": "rating", "value": 6}, 400),
        ({"kind": "rating"}, 400),
        ({"kind": "comment"}, 400),
        ({"kind": "play", "at": "2999-01-01"}, 400),
        ({"kind": "play", "at": "soon"}, 400),
        ({"kind": "like", "value": "NaN"}, 422),
        ({"kind": "like", "who": "me"}, 422),
    ],
)
def test_what_nobody_can_say(client: TestClient, said: dict, status: int) -> None:
    error(client.post(f"{API}/feedback", json={"track": 1, **said}), status, "parameter")
    error(client.post(f"{API}/feedback", json={"kind": "like", "track": 10**6}), 404, "not_found")


def test_recommended_is_what_is_alike_and_not_what_is_known(client: TestClient) -> None:
    ids = numbers(client)
    given = ids["夜曲.flac"]
    found = result(client.post(f"{API}/recommend", json={"tracks": [given], "n": 5}))
    picked = [pick["track"]["id"] for pick in found["picks"]]
    assert len(set(picked)) == 5 and not {given, ids["night, again.flac"]} & set(picked)
    assert all(pick["reasons"] for pick in found["picks"]) and found["way"] in {"hybrid", "content"}


def test_choices_of_recommendations_hold(client: TestClient) -> None:
    number = numbers(client)["hit.mp3"]
    found = result(client.post(f"{API}/recommend", json={"tracks": [number], "where": "genre:rock"}))
    assert {pick["track"]["genre"] for pick in found["picks"]} == {"Rock"}
    note(client, "dislike", numbers(client)["two.ogg"])
    asked = {"tracks": [number], "where": "genre:rock", "listener": WHO}
    picks = result(client.post(f"{API}/recommend", json=asked))["picks"]
    result(client.delete(f"{API}/feedback"))
    assert {pick["track"]["title"] for pick in picks} == {"One", "Three"}


def test_recommendations_can_be_kept(client: TestClient) -> None:
    asked = {"tracks": [numbers(client)["hit.mp3"]], "n": 3, "save": "for me"}
    picks = result(client.post(f"{API}/recommend", json=asked))["picks"]
    kept = result(client.get(f"{API}/playlists/for me"))
    error(client.post(f"{API}/recommend", json=asked), 400, "parameter")
    result(client.delete(f"{API}/playlists/for me"))
    assert [item["track_id"] for item in kept["items"]] == [pick["track"]["id"] for pick in picks]


def test_what_cannot_be_recommended(client: TestClient) -> None:
    url = f"{API}/recommend"
    error(client.post(url, json={"listener": "nobody"}), 404, "not_found")
    error(client.post(url, json={"tracks": [1], "diversity": 2}), 422, "parameter")
    error(client.post(url, json={"tracks": ["slow.wav"]}), 422, "parameter")


def test_nothing_is_recommended_where_nothing_is_liked(tmp_path: Path, api_music: Path) -> None:
    with own_client(tmp_path, api_music, ["slow.wav"]) as client:
        error(client.post(f"{API}/recommend", json={}), 400, "parameter")
