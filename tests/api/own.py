"""A little library of one's own: for tests that change files, or take them away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.api.conftest import ADDRESS, TestClient
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

API = "/api/v1"


@contextmanager
def own_client(folder: Path, music: Path, names: list[str], **options: Any) -> Iterator[TestClient]:
    """Copy some songs, hear them, and serve them; their folder is the root unless told otherwise."""
    here = folder / "songs"
    here.mkdir()
    for name in names:
        shutil.copy(music / name, here / Path(name).name)
    settings = Settings(data_dir=folder / "data", cache_dir=folder / "cache", offline=True, jobs=1)
    path = folder / "我的音乐.db"
    with Library.open(path) as library:
        analyze_many([here], library, options=HearOptions(models=(), settings=settings), engine="inline")
    asked = {"roots": (here,), **options}
    with TestClient(
        create_app(ServeOptions(library=path, settings=settings, **asked)), base_url=ADDRESS
    ) as it:
        yield it


def result(answer: Any, status: int = 200) -> Any:
    """Return what was answered; it must be of the status, in the envelope of the command line."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["ok"] is True and isinstance(body["path"], str)
    return body["result"]


def error(answer: Any, status: int, code: str) -> dict[str, Any]:
    """Return the error of the command line; it must be a problem as RFC 9457 has it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["ok"], body["status"], body["error"]["code"]) == (False, status, code)
    assert body["type"] == f"urn:tunelens:{code}" and body["detail"] == body["error"]["message"]
    found: dict[str, Any] = body["error"]
    return found


def numbers(client: TestClient) -> dict[str, int]:
    """Return the number of each track by the name of its file."""
    items = result(client.get(f"{API}/tracks", params={"limit": 500}))["items"]
    return {Path(item["path"]).name: item["id"] for item in items}
