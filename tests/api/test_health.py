"""Is the server well, and what can it do?"""

from __future__ import annotations

import socket
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import SONGS
from tunelens.api.limits import MOST_BODY_BYTES
from tunelens.api.options import ServeOptions
from tunelens.api.server import listen


def test_a_server_over_a_library_is_well(client: TestClient) -> None:
    answer = client.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["result"]["tracks"] == len(SONGS)


@pytest.mark.parametrize(
    ("method", "path", "sent", "words"),
    [
        ("PUT", "/api/v1/tracks", {}, "GET"),
        ("GET", "/api/v1/nothing", {}, "openapi.json"),
        ("POST", "/api/v1/similar", {"content": b"["}, "Content-Type"),
        ("POST", "/api/v1/similar", {"content": b"[" * 100_000}, "Content-Type"),
        (
            "POST",
            "/api/v1/similar",
            {"content": b"{}", "headers": {"content-type": "text/plain"}},
            "Content-Type",
        ),
        ("GET", "/api/v1/tracks?limit=0", {}, "openapi.json"),
        ("POST", "/api/v1/similar", {"content": b"x" * (MOST_BODY_BYTES + 1)}, "send less"),
    ],
)
def test_every_refusal_says_what_to_do(
    client: TestClient, method: str, path: str, sent: dict[str, Any], words: str
) -> None:
    told = client.request(method, path, **{"headers": {"content-type": "application/json"}} | sent).json()
    assert words in told["error"]["hint"] and told["ok"] is False


@pytest.mark.parametrize(
    "path", ["/api/v1/health", "/api/v1/tracks?limit=2", "/api/v1/nothing", "/metrics", "/"]
)
def test_head_is_answered_as_get_is_and_sends_nothing(client: TestClient, path: str) -> None:
    looked, got = client.head(path), client.get(path)
    assert looked.content == b"" and looked.status_code == got.status_code
    kept = ("content-type", "etag")
    assert [looked.headers.get(name) for name in kept] == [got.headers.get(name) for name in kept]


def test_head_of_what_never_ends_ends(client: TestClient) -> None:
    job = client.post("/api/v1/jobs/backup").json()["path"]
    looked = client.head(f"/api/v1/jobs/{job}/events")
    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers["content-type"].startswith("text/event-stream")


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """Asyncio switches Nagle's algorithm off for what is named as TCP alone; each answer lasted 44 ms."""
    with listen(ServeOptions(port=0)) as listener:
        assert listener.proto == socket.IPPROTO_TCP
