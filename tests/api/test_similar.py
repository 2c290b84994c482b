"""What sounds alike: one recording is planted twice."""

from __future__ import annotations

import pytest

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, result


def near(client: TestClient, number: int, **params: object) -> dict:
    return result(client.get(f"{API}/tracks/{number}/similar", params=params))


def test_the_copy_is_the_most_alike_and_told_only_if_asked(client: TestClient) -> None:
    ids = numbers(client)
    one, copy = ids["夜曲.flac"], ids["night, again.flac"]
    first = near(client, one, copies=True, n=3)["neighbours"][0]
    assert first["track"]["id"] == copy and first["similarity"] > 0.999
    assert copy not in {other["track"]["id"] for other in near(client, one)["neighbours"]}


def test_the_most_alike_come_first_and_not_the_seed(client: TestClient) -> None:
    number = numbers(client)["one.ogg"]
    found = near(client, number, n=500)
    likeness = [one["similarity"] for one in found["neighbours"]]
    assert likeness == sorted(likeness, reverse=True) and len(likeness) == found["n_compared"] - 2
    assert number not in {one["track"]["id"] for one in found["neighbours"]}
    assert [len(near(client, number, n=n)["neighbours"]) for n in (1, 4)] == [1, 4]


def test_choices_hold(client: TestClient) -> None:
    number = numbers(client)["one.ogg"]
    others = near(client, number, other_artist=True)["neighbours"]
    assert others and all(one["track"]["artist"] != "Loud" for one in others)
    years = [one["track"]["year"] for one in near(client, number, years=5)["neighbours"]]
    assert sorted(years) == [1991, 1994]
    jazz = near(client, number, where="genre:jazz")["neighbours"]
    assert {one["track"]["genre"] for one in jazz} == {"Jazz"}


def test_weights_count(client: TestClient) -> None:
    number = numbers(client)["slow.wav"]
    weights = [f"{part}=0" for part in ("embedding", "timbre", "harmony", "energy")]
    alone = near(client, number, weight=[*weights, "rhythm=1"])["neighbours"]
    assert [set(one["reasons"]["parts"]) for one in alone] != []
    assert [one["similarity"] for one in alone] != [
        one["similarity"] for one in near(client, number)["neighbours"]
    ]


def test_several_seeds(client: TestClient) -> None:
    ids = numbers(client)
    seeds = [ids["one.ogg"], ids["green.flac"]]
    for combine in ("mean", "nearest"):
        found = result(client.post(f"{API}/similar", json={"tracks": seeds, "combine": combine, "n": 5}))
        assert [seed["id"] for seed in found["seeds"]] == seeds
        assert len(found["neighbours"]) == 5 and not set(seeds) & {
            one["track"]["id"] for one in found["neighbours"]
        }


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"n": 0}, 422, "parameter"),
        ({"tempo": "nan"}, 422, "parameter"),
        ({"tempo": 51}, 422, "parameter"),
        ({"weight": "timbre=-1"}, 400, "parameter"),
        ({"weight": "taste=1"}, 404, "unknown_name"),
        ({"combine": "best"}, 422, "parameter"),
        ({"where": "("}, 400, "query"),
        ({"unheard": 1}, 422, "parameter"),
    ],
)
def test_what_is_not_allowed(client: TestClient, params: dict, status: int, code: str) -> None:
    error(client.get(f"{API}/tracks/1/similar", params=params), status, code)


def test_a_seed_that_is_a_path_is_refused(client: TestClient, api_music) -> None:
    error(client.post(f"{API}/similar", json={"tracks": [str(api_music / "slow.wav")]}), 422, "parameter")
