"""The library itself: counted, checked, backed up."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from tests.api.conftest import SECONDS, SONGS, TestClient
from tests.api.own import API, result
from tunelens.library.store import Library


def test_what_is_in_it(client: TestClient, api_music: Path) -> None:
    found = result(client.get(f"{API}/library"))
    assert found["whole"]["n_tracks"] == found["with_prints"] == len(SONGS)
    assert abs(found["whole"]["hours"] * 3600 - SECONDS * len(SONGS)) < 1
    sizes = [
        path.stat().st_size for path in api_music.rglob("*") if path.is_file() and path.name != "letter.mp3"
    ]
    assert found["whole"]["music_bytes"] == sum(sizes)
    assert found["years"]["1991"] == 2 and sum(found["failures"].values()) == 1


def test_what_could_not_be_heard(client: TestClient, api_music: Path) -> None:
    found = result(client.get(f"{API}/failures"))
    (failure,) = found["items"]
    assert failure["path"] == str(api_music / "letter.mp3") and failure["error"]["code"] == "decode"
    assert found["total"] == 1 and result(client.get(f"{API}/failures?offset=1"))["items"] == []


def test_it_is_sound(client: TestClient) -> None:
    assert result(client.get(f"{API}/library/check"))["ok"] is True


def test_a_backup_can_be_fetched_and_is_a_library(client: TestClient, tmp_path: Path) -> None:
    job = result(client.post(f"{API}/jobs/backup"), 202)
    for _ in range(200):
        job = result(client.get(f"{API}/jobs/{job['id']}"))
        if job["state"] not in {"queued", "running"}:
            break
        time.sleep(0.05)
    assert job["state"] == "done", job
    name = next(file["name"] for file in job["files"] if file["name"].endswith(".db"))
    data = client.get(f"{API}/jobs/{job['id']}/files/{name}").content
    assert hashlib.sha256(data).hexdigest() == job["result"]["sha256"]
    (tmp_path / "copy.db").write_bytes(data)
    with Library.open(tmp_path / "copy.db", create=False) as library:
        assert library.count() == len(SONGS)
