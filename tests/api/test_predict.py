"""Bundles are asked over HTTP, and explain themselves: one that hears without nets was trained here."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from tests.api.conftest import SECONDS
from tests.api.test_studio import finished


@pytest.fixture(scope="module")
def bundle(client):
    """A bundle that tells jazz from rock by tempo, key, loudness and the like."""
    dataset = {"query": "genre:jazz | genre:rock", "label": "genre", "kind": "single"}
    body = {
        "dataset": dataset,
        "name": "jazz or rock",
        "input": "measures",
        "protocol": "stratified",
        "allow_leaks": True,
    }
    job = finished(client, client.post("/api/v1/jobs/train", json={**body, "n_folds": 2, "clusters": False}))
    assert job["state"] == "done", job["error"]
    return "jazz or rock"


def number(client, query):
    return client.get("/api/v1/tracks", params={"query": query}).json()["result"]["items"][0]["id"]


def test_what_was_heard_is_asked_about_and_a_file_just_the_same(client, bundle, api_music):
    track = number(client, '"Blue in Two"')
    said = client.post("/api/v1/predict", json={"track": track, "bundle": bundle}).json()["result"]
    assert said["task"] == "single"
    assert set(said["probabilities"]) == {"Jazz", "Rock"}
    assert sum(said["probabilities"].values()) == pytest.approx(1, abs=1e-6)
    heard = client.post("/api/v1/predict", json={"path": "jazz/blue.flac", "bundle": bundle}).json()["result"]
    assert heard["probabilities"] == pytest.approx(said["probabilities"], abs=1e-3)


def test_many_sounds_and_windows_are_a_job_and_one_bad_file_is_told(client, bundle):
    track = number(client, '"Blue in Two"')
    body = {"bundle": bundle, "tracks": [track], "paths": ["letter.mp3"], "timeline": True, "window_s": 3}
    job = finished(client, client.post("/api/v1/jobs/predict", json=body))
    assert job["state"] == "done", job["error"]
    good, bad = job["result"]["answers"]
    assert (good["ok"], good["track"], bad["ok"], bad["error"]["code"]) == (True, track, False, "decode")
    windows = good["result"]["timeline"]
    assert [one["start_s"] for one in windows] == [0, 3, 6]
    assert windows[-1]["end_s"] == pytest.approx(SECONDS, abs=0.2)
    assert job["result"]["n_failed"] == 1


def test_an_explanation_has_a_picture_and_a_sound(client, bundle):
    track = number(client, '"Blue in Two"')
    body = {
        "track": track,
        "bundle": bundle,
        "start_s": 1,
        "end_s": 5,
        "n_segments": 3,
        "n_bands": 3,
        "language": "zh",
    }
    job = finished(client, client.post("/api/v1/jobs/explain", json=body))
    assert job["state"] == "done", job["error"]
    assert {one["name"] for one in job["files"]} == {"explanation.png", "explanation.wav"}
    assert len(job["result"]["attribution"]["segments"]) == 3
    files = f"/api/v1/jobs/{job['id']}/files"
    assert client.get(f"{files}/explanation.png").content.startswith(b"\x89PNG")
    y, sr = soundfile.read(io.BytesIO(client.get(f"{files}/explanation.wav").content))
    assert len(y) / sr == pytest.approx(4, abs=0.1)
    assert 0 < np.abs(y).max() <= 1


def test_nets_that_are_not_here_are_told_with_a_hint(client):
    answer = client.post("/api/v1/predict", json={"track": 1, "bundle": "genre"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (501, "missing_dependency")
    assert "models pull" in answer.json()["error"]["hint"]
    nets = client.get("/api/v1/models").json()["result"]["models"]
    assert not any(one["available"] for one in nets)


def test_a_bundle_is_named_and_never_a_path(client, api_music):
    assert client.get("/api/v1/bundles/genre").json()["result"]["manifest"]["classes"][0] == "Blues"
    for name in ("..", ".", str(api_music), "no such"):
        assert client.post("/api/v1/predict", json={"track": 1, "bundle": name}).status_code in (404, 422)
    assert client.get("/api/v1/bundles/no%20such").status_code == 404
