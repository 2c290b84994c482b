"""Paths out of the folders, in every place that takes one: one refusal, and not a byte of what lies there."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

SECRET = "the secret of the neighbour"


@pytest.fixture(scope="module")
def secret(api_music: Path) -> Path:
    """A file beside the root, and links in the root that lead to it."""
    folder = api_music.parent / "private"
    folder.mkdir()
    (folder / "secret.wav").write_text(SECRET, encoding="utf-8")
    links = {"out": folder, "secret.wav": folder / "secret.wav"}
    for name, target in links.items():
        (api_music / name).symlink_to(target)
    yield folder / "secret.wav"
    for name in links:
        (api_music / name).unlink()


def ways(secret: Path) -> list[str]:
    plain = [
        str(secret), "../private/secret.wav", "jazz/../../private/secret.wav", "out/secret.wav", "secret.wav",
        f"//{secret}", f"{secret.parent.parent}/音乐/../private/secret.wav", f"file://{secret}",
        "..\\private\\secret.wav", "C:\\private\\secret.wav", "\\\\?\\C:\\private\\secret.wav", "/etc/passwd",
        "/proc/self/environ", "/dev/zero", "．．/private/secret.wav", "jazz\0/../../private/secret.wav",
        "x" * 4000,
    ]  # fmt: skip
    return [*plain, *map(quote, plain), *(quote(one, safe="") for one in plain)]


def test_no_way_leads_out(client, secret: Path) -> None:
    asked = {
        "/api/v1/jobs/analyze": lambda path: {"paths": [path]},
        "/api/v1/predict": lambda path: {"path": path},
        "/api/v1/identify": lambda path: {"path": path},
    }
    for path in ways(secret):
        answers = [client.get("/api/v1/roots", params={"path": path})]
        answers += [client.post(place, json=body(path)) for place, body in asked.items()]
        for answer in answers:
            assert answer.status_code in (404, 422), (path, answer.url, answer.text)
            assert "not in the folders of this server" in answer.text, (path, answer.text)
            assert SECRET not in answer.text


@pytest.mark.parametrize(
    "start", ["/", "/assets/", "/api/v1/jobs/", "/api/v1/uploads/", "/api/v1/tracks/", "/rest/"]
)
def test_no_address_leads_out(client, secret: Path, start: str) -> None:
    for path in ways(secret):
        address = (start + path.replace("\0", "%00").replace("?", "%3f")).encode("utf-8")
        answer = client.get("http://127.0.0.1:8765" + quote(address, safe="/%.\\:"))
        assert answer.status_code < 500, (path, answer.text)
        assert SECRET not in answer.text
        assert "root:" not in answer.text


def test_a_folder_is_heard_without_what_its_links_lead_to(client, secret: Path) -> None:
    from tests.api.test_jobs import ended

    asked = client.post("/api/v1/jobs/analyze", json={"paths": ["."], "models": []})
    job = ended(client, asked.json()["result"]["id"])
    failed = {one["path"].rpartition("/")[2]: one["error"]["code"] for one in job["result"]["failed"]}
    assert failed.pop("secret.wav") == "not_found"
    assert failed == {"letter.mp3": "decode"}
    assert (
        client.app.state.house.library.failures([secret, secret.parent.parent / "音乐" / "secret.wav"]) == {}
    )
