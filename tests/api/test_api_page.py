"""docs/api.md tells the truth: its commands run against a real server, and no operation is left out."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from tests.api.asked import ASKED, NOT_ASKED
from tests.api.conftest import TestClient
from tests.api.own import API
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "api.md").read_text("utf-8")
SNIPPETS = re.findall(r"```sh\n(.*?)```", PAGE, re.S)
ADDRESS = "127.0.0.1:8765"
AFTER_OTHERS = {"show_playlist"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, api_music: Path) -> Iterator[str]:
    """The address of a real server over songs that may be written."""
    home = tmp_path_factory.mktemp("served")
    music = Path(shutil.copytree(api_music, home / "music"))
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)
    with Library.open(home / "music.db") as library:
        analyze_many([music], library, options=HearOptions(models=(), settings=settings), engine="inline")
    options = ServeOptions(library=home / "music.db", roots=(music,), port=0, settings=settings)
    server = uvicorn.Server(uvicorn.Config(create_app(options), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.02)
        assert thread.is_alive()
    yield f"127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_commands_of_the_page_run(served: str, tmp_path: Path) -> None:
    assert len(SNIPPETS) >= 6
    script = 'curl() { command curl --fail-with-body "$@" || exit 1; echo; }\n' + "\n".join(SNIPPETS)
    ran = subprocess.run(
        ["bash", "-eu", "-c", script.replace(ADDRESS, served)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-1000:] + ran.stderr
    assert len(re.findall(r'"ok":true', ran.stdout)) >= 20
    assert (tmp_path / "first.bin").read_bytes() == (tmp_path / "song.bin").read_bytes()[:1024]
    assert (tmp_path / "excerpt.wav").read_bytes()[:4] == b"RIFF"
    assert len((tmp_path / "list.m3u8").read_text("utf-8").splitlines()) > 6


def operations(client: TestClient) -> dict[str, dict]:
    paths = client.get(f"{API}/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}": one for path, ways in paths.items() for method, one in ways.items()}


def test_no_operation_is_undocumented(client: TestClient) -> None:
    pages = "\n".join(page.read_text("utf-8") for page in DOCS.glob("*.md"))
    paths = {name.split()[1].removeprefix(API) for name in operations(client)}
    assert not [path for path in paths if not re.search(re.escape(path) + r"(?![/\w{])", pages)]


def test_the_page_names_nothing_that_is_not_there(client: TestClient) -> None:
    paths = {name.split()[1].removeprefix(API) for name in operations(client)}
    table = PAGE.split("## All operations")[1]
    assert not set(re.findall(r"(?<=[ `])(/[a-z][\w/{}.]*)(?=`)", table)) - paths


def test_every_operation_says_what_it_is(client: TestClient) -> None:
    for name, one in operations(client).items():
        assert one["summary"] and one["tags"] and len(one["description"]) > 20, name
        for given in one.get("parameters", ()):
            assert given.get("description") or given["schema"].get("description"), (name, given["name"])


@pytest.mark.parametrize(
    "name", sorted({name for name, (method, *_) in ASKED.items() if method == "GET"} - {"show_playlist"})
)
def test_examples_are_what_is_answered(client: TestClient, name: str) -> None:
    """The fields of each example are those that the server gives now."""
    shown = example_of(client, name)
    assert shown is not None, "run python docs/make_examples.py"
    method, path, body = ASKED[name]
    got = client.request(method, API + path, json=body).json()
    assert set(got) == set(shown) and set(shown["result"]) <= set(got["result"])


def example_of(client: TestClient, name: str) -> dict | None:
    one = next(one for one in operations(client).values() if one["operationId"] == name)
    answers = [answer for status, answer in one["responses"].items() if status.startswith("2")]
    return answers[0].get("content", {}).get("application/json", {}).get("example")


def test_every_operation_that_answers_json_has_an_example(client: TestClient) -> None:
    without = {
        one["operationId"]
        for one in operations(client).values()
        for status, answer in one["responses"].items()
        if status.startswith("2")
        and "example" not in answer.get("content", {}).get("application/json", {"example": 0})
    }
    assert without <= NOT_ASKED, "add a question to tests/api/asked.py and run python docs/make_examples.py"
