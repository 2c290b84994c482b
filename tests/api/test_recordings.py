"""Which files are one recording, and which songs sound in an excerpt: planted, so that it is known."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, result
from tests.music import SR, performance


def test_the_planted_copy_is_the_only_duplicate(client: TestClient) -> None:
    ids = numbers(client)
    found = result(client.get(f"{API}/duplicates"))
    (group,) = found["items"]
    pair = {group["keep"]["id"], *(copy["id"] for copy in group["copies"])}
    assert pair == {ids["夜曲.flac"], ids["night, again.flac"]}
    assert found["total"] == 1 and found["n_tracks"] == len(ids) and found["n_without"] == 0
    assert found["spare_bytes"] == sum(copy["size_bytes"] for copy in group["copies"]) > 0
    assert all(copy["why"] and copy["share"] > 0.9 for copy in group["copies"])


def test_duplicates_are_paged_and_filtered(client: TestClient) -> None:
    assert result(client.get(f"{API}/duplicates", params={"offset": 1}))["items"] == []
    assert result(client.get(f"{API}/duplicates", params={"where": "genre:jazz"}))["total"] == 0
    error(client.get(f"{API}/duplicates", params={"where": "("}), 400, "query")


def test_matches_of_a_track(client: TestClient) -> None:
    ids = numbers(client)
    (match,) = result(client.get(f"{API}/tracks/{ids['夜曲.flac']}/matches"))["matches"]
    assert match["track"]["id"] == ids["night, again.flac"]
    assert match["relation"] == "copy" and abs(match["offset_s"]) < 0.1 and not match["identical"]
    assert result(client.get(f"{API}/tracks/{ids['slow.wav']}/matches"))["matches"] == []


@pytest.mark.parametrize("start_s", [1.0, 3.0])
def test_an_excerpt_is_found_where_it_was_cut(client: TestClient, start_s: float) -> None:
    """Sent as a file, with noise, 5 s from a known place."""
    song = performance(5, 9.0, bpm=128)
    cut = song[round(start_s * SR) : round((start_s + 5) * SR)]
    noise = 0.1 * np.std(cut) * np.random.default_rng(0).standard_normal(cut.size)
    held = io.BytesIO()
    soundfile.write(held, cut + noise, SR, format="WAV")
    upload = result(client.post(f"{API}/uploads", files={"file": ("片段.wav", held.getvalue())}), 201)["id"]
    found = result(client.post(f"{API}/identify", json={"upload": upload}))
    best = found["sightings"][0]
    assert best["track"]["id"] == numbers(client)["one.ogg"] and best["confidence"] > 0.9
    assert best["position_s"] - best["start_s"] == pytest.approx(start_s, abs=0.15)
    assert found["duration_s"] == pytest.approx(5, abs=0.05)


def test_an_excerpt_of_a_track_or_a_path(client: TestClient) -> None:
    number = numbers(client)["three.ogg"]
    asked = {"start_s": 2.0, "duration_s": 5.0}
    found = [
        result(client.post(f"{API}/identify", json=sound | asked))
        for sound in ({"track": number}, {"path": "rock/three.ogg"})
    ]
    assert found[0] == found[1]
    best = found[0]["sightings"][0]
    assert best["track"]["id"] == number and found[0]["duration_s"] == pytest.approx(5, abs=0.01)
    assert best["start_s"] >= 2 and best["position_s"] == pytest.approx(best["start_s"], abs=0.1)


def test_noise_is_nobodys_song(client: TestClient) -> None:
    held = io.BytesIO()
    soundfile.write(held, 0.1 * np.random.default_rng(3).standard_normal(8 * SR), SR, format="WAV")
    upload = result(client.post(f"{API}/uploads", files={"file": ("noise.wav", held.getvalue())}), 201)["id"]
    assert result(client.post(f"{API}/identify", json={"upload": upload}))["sightings"] == []


def test_what_cannot_be_identified(client: TestClient) -> None:
    url = f"{API}/identify"
    error(client.post(url, json={}), 400, "parameter")
    error(client.post(url, json={"track": 1, "path": "folk.wav"}), 400, "parameter")
    error(client.post(url, json={"path": "../../etc/passwd"}), 404, "not_found")
    error(client.post(url, json={"path": "letter.mp3"}), 422, "decode")
    error(client.post(url, json={"track": 1, "duration_s": 61}), 422, "parameter")
    error(client.post(url, json={"track": 1, "start_s": 500}), 422, "empty_audio")
