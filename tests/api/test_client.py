"""The Python client against a real server: every operation is there, errors are ours, files come whole."""

from __future__ import annotations

import importlib.util
import inspect
import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import uvicorn

from tests.api.conftest import SONGS, make_song
from tunelens.api.app import create_app
from tunelens.api.keys import Keys
from tunelens.api.options import ServeOptions
from tunelens.base import errors
from tunelens.base.settings import Settings
from tunelens.client import Client

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "correct horse battery staple"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_client", ROOT / "docs" / "make_client.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["make_client"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def address(
    api_library: Path, api_music: Path, api_settings: Settings, tmp_path_factory: Any
) -> Iterator[str]:
    library = tmp_path_factory.mktemp("served") / "music.db"
    shutil.copy(api_library, library)
    options = ServeOptions(
        library=library, roots=(api_music,), settings=api_settings, keys=Keys.of_token(TOKEN), page=False
    )
    server = uvicorn.Server(uvicorn.Config(create_app(options), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        threading.Event().wait(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture
def server(address: str) -> Iterator[Client]:
    with Client(address, TOKEN) as client:
        yield client


def test_the_client_is_up_to_date(maker: ModuleType) -> None:
    kept = {path.name: path.read_text("utf-8") for path in maker.FOLDER.glob("*.py")}
    assert kept == maker.render(), "run make client"


def test_every_operation_is_a_method_that_tells_what_it_does(maker: ModuleType) -> None:
    found = list(maker.operations(create_app().openapi()))
    assert len(found) > 60
    for one in found:
        method = getattr(Client, one.name)
        assert inspect.getdoc(method), one.name
        needed = [given.python for given in one.given if given.required]
        assert set(needed) <= set(inspect.signature(method).parameters), one.name


def test_tracks_are_found_and_shown(server: Client) -> None:
    page = server.find_tracks(query="夜曲")
    assert page["total"] == 1
    shown = server.show_track(page["items"][0]["id"])
    assert shown["info"]["artist"] == "周杰伦"


def test_pages_are_walked_through(server: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("tunelens.client.caller.PAGE", 5)
    assert len({one["id"] for one in server.every(server.find_tracks)}) == len(SONGS)
    assert list(server.every(server.find_tracks, query="year:>3000")) == []


def test_a_file_is_sent_looked_for_and_forgotten(server: Client, api_music: Path) -> None:
    sent = server.send_file(file=api_music / "夜曲.flac")
    assert sent["name"] == "夜曲.flac"
    found = server.identify_sound(upload=sent["id"])
    assert {one["track"]["title"] for one in found["sightings"]} <= {"夜曲", "Nocturne (copy)"}
    assert found["sightings"]
    server.forget_upload(sent["id"])
    with pytest.raises(errors.NotFoundError):
        server.show_upload(sent["id"])


def test_the_sound_of_a_track_is_written_whole(server: Client, api_music: Path, tmp_path: Path) -> None:
    number = server.find_tracks(query="夜曲")["items"][0]["id"]
    out = server.hear_track(number, tmp_path / "夜.flac")
    assert out.read_bytes() == (api_music / "夜曲.flac").read_bytes()
    with pytest.raises(errors.ParameterError, match="exists"):
        server.hear_track(number, out)
    with pytest.raises(errors.NotFoundError):
        server.hear_track(99_999, tmp_path / "none.flac")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["夜.flac"]


def test_a_job_is_waited_for(server: Client, api_music: Path, tmp_path: Path) -> None:
    new = make_song(api_music / "client" / "new.flac", 21, 97, "Brand new")
    seen: list[str] = []
    try:
        job = server.analyze_files(paths=[str(new)], models=[])
        done = server.wait(job, progress=lambda told: seen.append(told["state"]))
    finally:
        shutil.rmtree(new.parent)
    assert done["state"] == "done" and seen[-1] == "done"
    assert server.find_tracks(query='"Brand new"')["total"] == 1
    assert server.wait(done["id"])["id"] == done["id"], "one that has ended is returned at once"


def test_playlists_live_and_die(server: Client) -> None:
    ids = [one["id"] for one in server.find_tracks(query="jazz")["items"]]
    server.create_playlist(name="蓝/调?", tracks=ids)
    assert [one["track_id"] for one in server.show_playlist("蓝/调?")["items"]] == ids
    server.delete_playlist("蓝/调?")
    with pytest.raises(errors.NotFoundError):
        server.show_playlist("蓝/调?")


def test_errors_are_the_ones_of_this_package(server: Client) -> None:
    with pytest.raises(errors.QueryError) as wrong:
        server.find_tracks(query="tempo:(")
    assert wrong.value.query == "tempo:(" and wrong.value.position > 0
    with pytest.raises(errors.ParameterError, match="limit"):
        server.find_tracks(limit=100_000)
    with pytest.raises(errors.ParameterError, match="no file"):
        server.send_file(file="nowhere.mp3")


def test_who_shows_no_token_is_told_so(address: str) -> None:
    with Client(address) as stranger:
        stranger.check_health()
        with pytest.raises(errors.AccessError, match="token"):
            stranger.find_tracks()


@pytest.mark.parametrize("bad", ["", "music.example.org", "ftp://x", "http://"])
def test_an_address_that_is_none_is_refused(bad: str) -> None:
    with pytest.raises(errors.ParameterError, match="address"):
        Client(bad)


class Strange(BaseHTTPRequestHandler):
    """A server of something else."""

    def do_GET(self) -> None:
        self.send_response(502)
        self.end_headers()
        self.wfile.write(b"<html>Bad gateway")

    def log_message(self, *_: Any) -> None:
        pass


def test_what_is_no_server_of_ours_is_told(tmp_path: Path) -> None:
    other = HTTPServer(("127.0.0.1", 0), Strange)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    try:
        with Client(f"http://127.0.0.1:{other.server_port}") as client:
            with pytest.raises(errors.WorkerError, match="answers 502"):
                client.show_library()
            with pytest.raises(errors.WorkerError, match="answers 502"):
                client.export_library(tmp_path / "x.csv", format="csv")
    finally:
        other.shutdown()
        other.server_close()
    with Client(f"http://127.0.0.1:{other.server_port}") as client, pytest.raises(errors.WorkerError):
        client.wait("0" * 32)


def test_a_client_needs_the_ground_floor_alone() -> None:
    script = "import json, sys, tunelens.client; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout)
    rooms = {name.split(".")[1] for name in loaded if name.startswith("tunelens.")}
    assert rooms == {"base", "client"}
    assert not {"numpy", "sqlalchemy", "fastapi", "onnxruntime"} & set(loaded)
