"""Tags in files over HTTP: shown first, written with a journal, taken back byte for byte."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import TestClient
from tests.api.own import API, error, numbers, own_client, result

NAMES = ["夜曲.flac", "jazz/blue.flac", "mp3/hit.mp3"]


@pytest.fixture
def own(tmp_path: Path, api_music: Path) -> Iterator[tuple[TestClient, Path]]:
    """Files that may be written."""
    with own_client(tmp_path, api_music, NAMES) as client:
        yield client, tmp_path / "songs"


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def done(client: TestClient, job: dict) -> dict:
    for _ in range(200):
        now = result(client.get(f"{API}/jobs/{job['id']}"))
        if now["state"] not in {"queued", "running"}:
            return now
        time.sleep(0.05)
    raise AssertionError(now)


def test_a_plan_touches_nothing_and_what_is_written_is_taken_back(own: tuple[TestClient, Path]) -> None:
    from mutagen.flac import FLAC

    client, folder = own
    before, number = content(folder), numbers(client)["blue.flac"]
    asked = {"tracks": [number], "fields": ["bpm"], "min_confidence": {"bpm": 0}}
    plan = result(client.post(f"{API}/tags/plan", json=asked))
    (change,) = plan["items"][0]["changes"]
    assert (plan["total"], change["field"], change["action"], change["before"]) == (1, "bpm", "write", [])
    assert content(folder) == before
    report = result(client.post(f"{API}/tags/write", json=asked | {"write": True}))
    assert report["counts"] == {"written": 1}
    assert FLAC(folder / "blue.flac")["bpm"] == change["after"] and float(change["after"][0]) > 50
    assert FLAC(folder / "blue.flac")["title"] == ["Blue in Two"]
    (batch,) = result(client.get(f"{API}/tags/history"))["items"]
    assert (batch["batch"], batch["written"], batch["undone"]) == (report["batch"], 1, 0)
    (entry,) = result(client.get(f"{API}/tags/history", params={"batch": report["batch"]}))["items"]
    assert entry["changes"][0]["after"] == change["after"]
    undone = result(client.post(f"{API}/tags/undo", json={"batch": report["batch"]}))
    assert undone["counts"] == {"undone": 1} and content(folder) == before
    error(client.post(f"{API}/tags/undo", json={}), 404, "not_found")


def test_nothing_is_written_without_saying_so(own: tuple[TestClient, Path]) -> None:
    client, folder = own
    before = content(folder)
    for body in ({}, {"write": False}, {"write": "yes"}, {"write": True, "fields": ["title"]}):
        error(client.post(f"{API}/tags/write", json=body), 422, "parameter")
    assert content(folder) == before


def test_many_files_are_a_job(own: tuple[TestClient, Path]) -> None:
    client, folder = own
    before = content(folder)
    asked = {"action": "write", "write": True, "fields": ["bpm"], "min_confidence": {"bpm": 0}}
    job = done(client, result(client.post(f"{API}/jobs/tags", json=asked), 202))
    assert job["state"] == "done" and job["result"]["counts"] == {"written": 3}, job
    assert job["progress"]["done"] == 3 and all(
        content(folder)[name] != data for name, data in before.items()
    )
    undo = {"action": "undo", "batch": job["result"]["batch"]}
    job = done(client, result(client.post(f"{API}/jobs/tags", json=undo), 202))
    assert job["result"]["counts"] == {"undone": 3} and content(folder) == before


def test_a_file_that_cannot_be_written_is_told_and_stops_nothing(own: tuple[TestClient, Path]) -> None:
    client, folder = own
    (folder / "夜曲.flac").unlink()
    asked = {"fields": ["bpm"], "min_confidence": {"bpm": 0}}
    items = result(client.post(f"{API}/tags/plan", json=asked))["items"]
    assert sorted(item["state"] for item in items) == ["failed", "planned", "planned"]
    (failed,) = [item for item in items if item["state"] == "failed"]
    assert failed["error"]["code"] == "not_found" and failed["path"].endswith("夜曲.flac")
    report = result(client.post(f"{API}/tags/write", json=asked | {"write": True}))
    assert report["counts"] == {"failed": 1, "written": 2}


def test_files_outside_the_roots_are_not_touched(tmp_path: Path, api_music: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with own_client(tmp_path, api_music, NAMES[:1], roots=(inside,)) as client:
        before = content(tmp_path / "songs")
        asked = {"write": True, "fields": ["bpm"], "min_confidence": {"bpm": 0}}
        report = result(client.post(f"{API}/tags/write", json=asked))
        assert report["counts"] == {"failed": 1} and content(tmp_path / "songs") == before


def test_pages_of_a_plan(client: TestClient) -> None:
    pages = [result(client.post(f"{API}/tags/plan", json={"limit": 5, "offset": at})) for at in (0, 5, 10)]
    paths = [item["path"] for page in pages for item in page["items"]]
    assert len(set(paths)) == len(paths) == pages[0]["total"]
    unknown = result(client.post(f"{API}/tags/plan", json={"tracks": [10**6, 1]}))
    assert [item["state"] == "failed" for item in unknown["items"]] == [True, False]
    error(client.post(f"{API}/tags/plan", json={"where": "("}), 400, "query")
