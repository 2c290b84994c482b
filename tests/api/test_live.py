"""Sound over a WebSocket: events come back, and whoever misbehaves is told and shut out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import uvicorn
from starlette.websockets import WebSocketDisconnect
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect as call

from tests.api.conftest import TestClient
from tunelens.api import server
from tunelens.api.house import open_house
from tunelens.api.options import ServeOptions
from tunelens.api.routes import live
from tunelens.base.settings import Settings
from tunelens.services.live import Live, LiveOptions
from tunelens.services.live.places import Places

PLACE = "ws://127.0.0.1:8765/api/v1/live"
HELLO = {"sr": 8000, "format": "f32le", "channels": 1, "nets": False}
TONE = (0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 8000)).astype("<f4")


@pytest.fixture(autouse=True)
def _plenty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PLACES", Places(2))


def closing(socket: Any) -> tuple[dict[str, Any], int, str]:
    """Return what the server says before it closes, the code and the reason."""
    told = socket.receive_json()
    with pytest.raises(WebSocketDisconnect) as ended:
        socket.receive_json()
    return told, ended.value.code, ended.value.reason


def test_events_over_the_socket_are_those_of_the_library(client: TestClient) -> None:
    expected = [one.to_dict() for one in Live(8000, 1, LiveOptions(models=())).feed(TONE)]
    data = TONE.tobytes()
    with client.websocket_connect(PLACE) as socket:
        socket.send_json(HELLO)
        for begin in range(0, len(data), 1001):
            socket.send_bytes(data[begin : begin + 1001])
        answers = [socket.receive_json() for _ in expected]
    assert all(one["ok"] and one["path"] == "live" for one in answers)
    found = [one["result"] for one in answers]
    for one in (*found, *expected):
        assert one.pop("latency")["behind_s"] >= 0
    assert found == expected
    assert (found[-1]["key"]["tonic"], found[-1]["at_s"]) == ("A", 2.0)


@pytest.mark.parametrize(
    "hello",
    [
        "no json",
        "[]",
        "[" * 1000,
        '{"sr": 48000, "secret": 1}',
        '{"sr": 48000, "format": "mp3"}',
        '{"sr": 48000, "format": ["f32le"]}',
        '{"sr": 1e99}',
        '{"sr": 48000.5}',
        '{"sr": true}',
        '{"sr": 48000, "channels": 9}',
        '{"sr": 48000, "nets": "yes"}',
        '{"format": "f32le"}',
        '{"sr": ' + "9" * 2000 + "}",
    ],
    ids=lambda text: text[:30],
)
def test_a_bad_first_frame_closes_with_a_code_and_a_reason(client: TestClient, hello: str) -> None:
    with client.websocket_connect(PLACE) as socket:
        socket.send_text(hello)
        told, code, reason = closing(socket)
    assert (told["ok"], told["error"]["code"], code) == (False, "parameter", 1007)
    assert reason and len(reason.encode()) <= 123


def test_bytes_first_and_text_later_close_it(client: TestClient) -> None:
    with client.websocket_connect(PLACE) as socket:
        socket.send_bytes(b"RIFF")
        assert closing(socket)[1] == 1007
    with client.websocket_connect(PLACE) as socket:
        socket.send_json(HELLO)
        socket.send_text("{}")
        assert closing(socket)[1] == 1003


def test_a_frame_of_nothing_closes_it(client: TestClient) -> None:
    with client.websocket_connect(PLACE) as socket:
        socket.send_json(HELLO)
        socket.send_bytes(b"")
        assert closing(socket)[1] == 1007


def test_a_frame_that_is_too_large_closes_it(client: TestClient) -> None:
    with client.websocket_connect(PLACE) as socket:
        socket.send_json(HELLO)
        socket.send_bytes(b"\0" * (live.FRAME_BYTES + 1))
        assert closing(socket)[1] == 1009


def test_who_says_nothing_is_closed(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "SILENT_S", 0.05)
    with client.websocket_connect(PLACE) as socket:
        told, code, _ = closing(socket)
    assert (code, "nothing came" in told["error"]["message"]) == (1008, True)


def test_streams_are_so_many_and_places_come_back(client: TestClient) -> None:
    connect = client.websocket_connect
    with connect(PLACE), connect(PLACE), connect(PLACE) as third:
        assert closing(third)[1] == 1013
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        if live.PLACES.take():
            return
        time.sleep(0.01)
    pytest.fail("a place was not given back")


def test_without_nets_the_stream_is_told_what_to_do(client: TestClient) -> None:
    with client.websocket_connect(PLACE) as socket:
        socket.send_json({**HELLO, "nets": True})
        told, code, _ = closing(socket)
    assert (told["error"]["code"], code) == ("missing_dependency", 1011)
    assert "models pull" in told["error"]["hint"]


def test_who_sends_faster_than_sound_is_held_back(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "AHEAD_S", 0.5)
    start = time.monotonic()
    with client.websocket_connect(PLACE) as socket:
        socket.send_json(HELLO)
        for _ in range(3):
            socket.send_bytes(TONE[:4000].tobytes())
        for _ in range(3):
            socket.receive_json()
        took_s = time.monotonic() - start
    assert 0.4 <= took_s < 5, "1.5 s of sound, of which 0.5 s may be ahead, and one frame beyond"


@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_page_of_another_site_may_not_listen(client: TestClient, origin: str) -> None:
    connect = client.websocket_connect
    with pytest.raises(WebSocketDisconnect), connect(PLACE, headers={"origin": origin}) as socket:
        socket.receive_json()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """A real server over an empty library, on a real socket."""
    settings = Settings(data_dir=tmp_path / "data", cache_dir=tmp_path / "cache", offline=True)
    options = ServeOptions(library=tmp_path / "empty.db", port=0, page=False, settings=settings)
    with server.listen(options) as listener, open_house(options) as house:
        running = uvicorn.Server(server.config(options, house))
        running.install_signal_handlers = lambda: None  # type: ignore[method-assign]
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
        thread.start()
        yield server.address(options.host, listener).replace("http", "ws") + "/api/v1/live"
        running.should_exit = True
        thread.join(20)


def test_a_real_socket_is_heard_and_a_frame_beyond_all_bounds_ends_it(served: str) -> None:
    with call(served) as socket:
        socket.send(json.dumps(HELLO))
        for begin in range(0, TONE.size, 800):
            socket.send(TONE[begin : begin + 800].tobytes())
        answers = [json.loads(socket.recv(60))["result"] for _ in range(4)]
        assert (answers[-1]["at_s"], answers[-1]["key"]["tonic"]) == (2.0, "A")
        socket.send(b"\0" * (server.MOST_FRAME_BYTES + 1))
        with pytest.raises(ConnectionClosed) as ended:
            socket.recv(60)
    assert ended.value.rcvd is not None and ended.value.rcvd.code == 1009
