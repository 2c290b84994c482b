"""Long work over HTTP: asked for, watched, fetched, cancelled; uploads that come before it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import make_song
from tunelens.services.jobs import KINDS


def upload(client, path: Path, name: str | None = None, **params: str):
    with path.open("rb") as file:
        return client.post("/api/v1/uploads", files={"file": (name or path.name, file)}, params=params)


def ended(client, id: str) -> dict[str, Any]:
    for _ in range(600):
        job = client.get(f"/api/v1/jobs/{id}").json()["result"]
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_song(tmp_path_factory.mktemp("sent") / "新歌.flac", 21, 111, "新歌", "新人", seconds=6.0)


@pytest.fixture
def kind():
    """A kind of job that counts, writes a file, and ends when it is told."""

    def run(request, context):
        (context.folder / "日记.txt").write_text("first\n", encoding="utf-8")
        context.progress.start(request["n"], "steps")
        for number in range(request["n"]):
            time.sleep(request.get("each_s", 0.0))
            context.progress.advance(f"step {number}")
        context.progress.finish()
        return {"n": request["n"], "bad": float("nan")}

    KINDS.register("counting", run)
    yield "counting"
    KINDS.unregister("counting")


def events(text: str) -> list[tuple[str, str, dict[str, Any]]]:
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in lines:
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
    return found


def test_a_folder_is_heard_and_what_is_known_is_not_heard_again(client, api_music) -> None:
    answer = client.post("/api/v1/jobs/analyze", json={"paths": ["jazz", "rock/one.ogg"], "models": []})
    assert answer.status_code == 202, answer.text
    job = ended(client, answer.json()["result"]["id"])
    assert job["state"] == "done", job
    assert (job["result"]["n_files"], job["result"]["n_skipped"]) == (4, 4)


def test_an_upload_is_heard_for_its_own_sake(client, song) -> None:
    sent = upload(client, song)
    assert sent.status_code == 201, sent.text
    about = sent.json()["result"]
    assert about["name"] == "新歌.flac"
    assert about["size_bytes"] == song.stat().st_size
    assert about["duration_s"] == pytest.approx(6.0, abs=0.01)
    asked = client.post("/api/v1/jobs/analyze", json={"uploads": [about["id"]], "models": []})
    (heard,) = ended(client, asked.json()["result"]["id"])["result"]["heard"]
    assert heard["ok"]
    assert heard["result"]["info"]["title"] == "新歌"
    assert client.get("/api/v1/tracks", params={"query": "新歌"}).json()["result"]["total"] == 0
    assert client.delete(f"/api/v1/uploads/{about['id']}").status_code == 204
    assert client.get(f"/api/v1/uploads/{about['id']}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"paths": []},
        {"paths": ["../.."]},
        {"paths": ["/etc/passwd"]},
        {"uploads": ["0" * 32]},
        {"paths": ["jazz"], "models": ["no such net"]},
        {"paths": ["jazz"], "surprise": 1},
    ],
)
def test_what_cannot_be_heard_is_told_at_once(client, body) -> None:
    answer = client.post("/api/v1/jobs/analyze", json=body)
    assert answer.status_code in (400, 404, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_job_is_watched_to_its_end_and_its_file_fetched(client, kind) -> None:
    job = client.app.state.house.jobs.submit(kind, {"n": 12, "each_s": 0.05})
    seen = events(client.get(f"/api/v1/jobs/{job.id}/events").text)
    assert [name for _, name, _ in seen][-1] == "done"
    assert seen[-1][2]["result"] == {"n": 12, "bad": None}
    done = [one["progress"]["done"] for _, _, one in seen if one["progress"]]
    assert done == sorted(done) and done[-1] == 12
    numbers = [int(number) for number, _, _ in seen]
    assert numbers == sorted(set(numbers))
    again = client.get(f"/api/v1/jobs/{job.id}/events", headers={"Last-Event-ID": str(numbers[-1])})
    assert again.status_code == 204
    late = events(client.get(f"/api/v1/jobs/{job.id}/events", headers={"Last-Event-ID": "1"}).text)
    assert [name for _, name, _ in late] == ["done"]
    (file,) = client.get(f"/api/v1/jobs/{job.id}").json()["result"]["files"]
    fetched = client.get(f"/api/v1/jobs/{job.id}/files/{file['name']}")
    assert fetched.text == "first\n"
    assert "sandbox" in fetched.headers["content-security-policy"]
    for name in ("../job.json", "..%2Fjob.json", "/etc/passwd", "", "日记"):
        assert client.get(f"/api/v1/jobs/{job.id}/files/{name}").status_code == 404


def test_a_running_job_is_cancelled_and_then_forgotten(client, kind) -> None:
    job = client.app.state.house.jobs.submit(kind, {"n": 10_000, "each_s": 0.01})
    assert client.delete(f"/api/v1/jobs/{job.id}").status_code == 200
    assert ended(client, job.id)["state"] == "cancelled"
    assert client.delete(f"/api/v1/jobs/{job.id}").status_code == 200
    assert client.get(f"/api/v1/jobs/{job.id}").status_code == 404


def test_jobs_are_listed_by_state_and_kind(client, kind) -> None:
    job = client.app.state.house.jobs.submit(kind, {"n": 1})
    ended(client, job.id)
    found = client.get("/api/v1/jobs", params={"kind": kind, "state": "done"}).json()["result"]
    assert job.id in [one["id"] for one in found["items"]]
    assert client.get("/api/v1/jobs", params={"kind": "none"}).json()["result"]["total"] == 0
