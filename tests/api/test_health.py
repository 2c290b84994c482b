"""Is the server well, and what can it do?"""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.api.conftest import SONGS


def test_a_server_over_a_library_is_well(client: TestClient) -> None:
    answer = client.get("/api/v1/health")
    assert answer.status_code == 200
    assert answer.json()["result"]["tracks"] == len(SONGS)
