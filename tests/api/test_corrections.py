"""A person says what songs are, and sees what is learned from it, over HTTP."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def tidy(client):
    """The library of these tests is everybody's: nothing that was told stays."""
    yield
    for one in client.get("/api/v1/corrections", params={"limit": 500}).json()["result"]["items"]:
        assert client.delete(f"/api/v1/corrections/{one['id']}").status_code == 200
    assert find(client, "has:label") == []
    assert client.get("/api/v1/corrections/vocabularies").json()["result"]["vocabularies"] == []


def tell(client, track, label, **more):
    body = {"track": track, "vocabulary": "my mood", "label": label, **more}
    answer = client.post("/api/v1/corrections", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def find(client, query):
    return [
        one["id"] for one in client.get("/api/v1/tracks", params={"query": query}).json()["result"]["items"]
    ]


def test_one_click_is_kept_found_and_taken_back(client):
    said = tell(client, 1, "夜", instead_of="day")
    assert [(one["label"], one["holds"]) for one in said["corrections"]] == [("夜", True), ("day", False)]
    assert find(client, "label:夜") == [1]
    (listed,) = client.get("/api/v1/corrections/vocabularies").json()["result"]["vocabularies"]
    assert (listed["name"], listed["labels"]) == ("my mood", {"夜": 1})
    assert client.get("/api/v1/corrections", params={"track": 1}).json()["result"]["total"] == 2
    gone = client.delete("/api/v1/corrections", params={"vocabulary": "my mood"}).json()["result"]["gone"]
    assert [one["label"] for one in gone] == ["day"]
    assert find(client, "label:夜") == [1]


def test_three_examples_make_a_label_of_ones_own(client):
    assert client.post("/api/v1/corrections/learn", json={"vocabulary": "my mood"}).status_code == 404
    assert client.get("/api/v1/corrections/suggestions", params={"vocabulary": "my mood"}).status_code == 404
    for track in (1, 2):
        tell(client, track, "loud")
    learned = client.post("/api/v1/corrections/learn", json={"vocabulary": "my mood"}).json()["result"]
    assert (learned["reach"], learned["labels"][0]["learned"]) == ("none", False)
    assert "3 are needed" in learned["notes"][0]
    tell(client, 3, "loud")
    tell(client, 4, "loud", holds=False)
    learned = client.post("/api/v1/corrections/learn", json={"vocabulary": "my mood", "n_ask": 3}).json()[
        "result"
    ]
    assert learned["labels"] == [{"label": "loud", "holds": 3, "denied": 1, "known": False, "learned": True}]
    assert learned["left_out"]["verdict"] == "too few to tell"
    assert (learned["n_told"], learned["n_tracks"], len(learned["ask"])) == (4, 12, 3)
    assert {one["id"] for one in learned["ask"]}.isdisjoint({1, 2, 3, 4})
    found = set(find(client, "label:loud"))
    assert {1, 2, 3} <= found
    assert 4 not in found
    assert found - {1, 2, 3} == {one["id"] for one in learned["changes"]}
    again = client.get("/api/v1/corrections/suggestions", params={"vocabulary": "my mood", "n": 3})
    assert [one["id"] for one in again.json()["result"]["ask"]] == [one["id"] for one in learned["ask"]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"track": 9999, "vocabulary": "genre", "label": "jazz"}, 404),
        ({"track": 1, "vocabulary": "genre", "label": "\x00"}, 400),
        ({"track": 1, "vocabulary": "-", "label": "jazz"}, 400),
        ({"track": 1, "vocabulary": "genre", "label": "jazz", "instead_of": "Jazz"}, 400),
        ({"track": 1, "vocabulary": "genre", "label": "x" * 101}, 422),
        ({"track": 1, "vocabulary": "genre", "label": "jazz", "more": 1}, 422),
    ],
)
def test_what_is_no_correction_is_refused(client, body, status):
    assert client.post("/api/v1/corrections", json=body).status_code == status
    assert client.get("/api/v1/corrections").json()["result"]["total"] == 0


def test_nothing_can_be_taken_back_twice(client):
    assert client.delete("/api/v1/corrections/12345").status_code == 404
    assert client.delete("/api/v1/corrections").status_code == 404
