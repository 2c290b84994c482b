"""Training, judging, comparing and reporting over HTTP, on tables and on the library itself."""

from __future__ import annotations

import csv
import io
import json
import time

import numpy as np
import pytest

DATASET = {"query": "has:genre", "label": "genre"}
DONE = ("done", "failed", "cancelled")


def finished(client, answer, seconds=60.0):
    """Wait for the job that was accepted."""
    assert answer.status_code == 202, answer.text
    id, until = answer.json()["path"], time.monotonic() + seconds
    while time.monotonic() < until:
        job = client.get(f"/api/v1/jobs/{id}").json()["result"]
        if job["state"] in DONE:
            return job
        time.sleep(0.05)
    raise AssertionError(f"{job['state']} after {seconds} s: {job['progress']}")


@pytest.fixture(scope="module")
def table(client):
    """An uploaded table of two kinds of songs, told apart by tempo alone."""
    rng = np.random.default_rng(0)
    rows = [
        (80 + 60 * (i % 2) + rng.normal(0, 3), rng.random(), f"a{i // 4}", "慢快"[i % 2]) for i in range(60)
    ]
    file = io.StringIO()
    csv.writer(file).writerows([("tempo", "energy", "artist", "label"), *rows])
    sent = client.post(
        "/api/v1/uploads?kind=table", files={"file": ("歌.csv", file.getvalue().encode(), "text/csv")}
    )
    assert sent.status_code in (200, 201), sent.text
    return sent.json()["result"]["id"]


def test_choices_name_what_the_registries_hold(client):
    found = client.get("/api/v1/studio").json()["result"]
    names = {
        kind: {one["name"] for one in found[kind]} for kind in ("models", "readers", "protocols", "metrics")
    }
    assert {"logistic", "svm"} <= names["models"]
    assert {"grouped", "random"} <= names["protocols"]
    assert names["readers"].isdisjoint({"library", "mirdata"})
    assert all(one["summary"] for one in found["models"])
    assert "genre" in found["library_labels"]


def test_a_model_is_trained_judged_and_asked(client, table):
    dataset = {"upload": table, "label": "label", "group": "artist"}
    body = {"dataset": dataset, "model": "logistic", "group": "artist"}
    job = finished(client, client.post("/api/v1/jobs/evaluate", json=body))
    assert job["state"] == "done", job["error"]
    assert job["result"]["honest"]["figures"]["accuracy"]["value"] > 0.9
    assert {one["name"] for one in job["files"]} == {"report.html", "report.md", "report.json"}
    page = client.get(f"/api/v1/jobs/{job['id']}/files/report.html")
    assert page.status_code == 200
    assert "Balanced accuracy" in page.text or "balanced_accuracy" in page.text
    kept = json.loads(client.get(f"/api/v1/jobs/{job['id']}/files/report.json").text)
    assert kept["n_rows"] == 60
    body = {"dataset": dataset, "name": "快慢", "group": "artist", "clusters": False}
    job = finished(client, client.post("/api/v1/jobs/train", json=body))
    assert job["state"] == "done", job["error"]
    assert (job["result"]["name"], job["files"][0]["name"]) == ("快慢", "card.md")
    listed = client.get("/api/v1/bundles").json()["result"]["bundles"]
    assert "快慢" in {one["name"] for one in listed}
    assert "accuracy" in client.get("/api/v1/bundles/快慢").json()["result"]["card"]
    again = finished(client, client.post("/api/v1/jobs/train", json=body))
    assert (again["state"], again["error"]["code"]) == ("failed", "parameter")
    asked = client.post("/api/v1/predict", json={"track": 1, "bundle": "快慢"})
    assert (asked.status_code, asked.json()["error"]["code"]) == (400, "parameter")


def test_models_are_compared_on_what_the_library_heard(client):
    dataset = {"query": "genre:jazz | genre:rock", "label": "genre", "kind": "single"}
    body = {"dataset": dataset, "models": ["logistic", "knn"], "input": "measures", "protocol": "stratified"}
    body |= {"n_folds": 2, "clusters": False}
    job = finished(client, client.post("/api/v1/jobs/compare", json=body))
    assert job["state"] == "done", job["error"]
    assert {row["model"] for row in job["result"]["rows"]} == {"logistic", "knn"}
    assert job["result"]["n_rows"] == 6


def test_a_chart_becomes_a_report(client):
    rows = [f"歌{i},歌手{i},{80 + i % 40},{0.3 + i % 7 / 10}" for i in range(30)]
    text = "\n".join(["歌名,歌手,tempo,energy", *rows]).encode()
    sent = client.post("/api/v1/uploads?kind=table", files={"file": ("热歌.csv", text, "text/csv")}).json()[
        "result"
    ]["id"]
    body = {"charts": [{"upload": sent}], "language": "zh", "skip": ["select", "cluster", "compare"]}
    job = finished(client, client.post("/api/v1/jobs/hits", json=body))
    assert job["state"] == "done", job["error"]
    assert job["result"]["findings"]
    assert "歌0" in client.get(f"/api/v1/jobs/{job['id']}/files/report.html").text


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("train", {"dataset": {"path": "../../etc/passwd"}, "name": "x"}, 404, "not_found"),
        ("train", {"dataset": {"path": "/etc/passwd"}, "name": "x"}, 404, "not_found"),
        ("train", {"dataset": DATASET, "name": "../x"}, 422, "parameter"),
        ("train", {"dataset": DATASET, "name": "x", "model": "nonsense"}, 404, "unknown_name"),
        ("train", {"dataset": {}, "name": "x"}, 400, "parameter"),
        ("train", {"dataset": {"query": "", "upload": "0" * 32}, "name": "x"}, 400, "parameter"),
        ("evaluate", {"dataset": {"upload": "0" * 32}}, 404, "not_found"),
        ("evaluate", {"dataset": {**DATASET, "reader": "mirdata"}}, 404, "unknown_name"),
        ("compare", {"dataset": DATASET, "models": ["svm:C"]}, 400, "parameter"),
        ("hits", {"charts": [{"path": "/etc/passwd"}]}, 404, "not_found"),
        ("hits", {"charts": [{"path": "jazz"}], "skip": ["everything"]}, 404, "unknown_name"),
        ("predict", {"tracks": [1], "bundle": "no such"}, 404, "unknown_name"),
        ("predict", {"bundle": "genre"}, 400, "parameter"),
        ("explain", {"track": 1, "start_s": 5, "end_s": 2}, 400, "parameter"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_a_job_is_made(client, kind, body, status, code):
    before = client.get("/api/v1/jobs").json()["result"]["total"]
    answer = client.post(f"/api/v1/jobs/{kind}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code), answer.text
    assert client.get("/api/v1/jobs").json()["result"]["total"] == before


def test_a_dataset_sees_no_sound_outside_the_folders(client, api_music, tmp_path_factory):
    secret = tmp_path_factory.mktemp("outside") / "secret.wav"
    secret.write_bytes((api_music / "folk.wav").read_bytes())
    rows = [
        f"{path},{'ab'[i % 2]}"
        for i, path in enumerate([secret, *sorted(api_music.glob("*/*.flac")), api_music / "folk.wav"])
    ]
    table = api_music / "labels.csv"
    table.write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    body = {"dataset": {"path": "labels.csv"}, "input": "measures", "n_folds": 2, "clusters": False}
    try:
        job = finished(client, client.post("/api/v1/jobs/evaluate", json=body))
    finally:
        table.unlink()
    assert job["state"] == "done", job["error"]
    assert (job["result"]["n_rows"], len(rows)) == (4, 5)
