"""What people decide of copies: kept by content, undone, damage told; the script holds spare ones alone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.conftest import ADDRESS, TestClient, make_song
from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions
from tunelens.base.errors import DataError
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services import copy_decisions
from tunelens.services.analyze import analyze_many
from tunelens.services.duplicates import duplicates
from tunelens.services.hear import HearOptions

HOSTILE = "$(touch hacked) `touch hacked`; 'quote' 双.flac"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """One recording three times, one of them with a name that means harm."""
    home = tmp_path_factory.mktemp("copies")
    first = make_song(home / "music" / "a.flac", 3, 100)
    shutil.copy(first, first.with_name(HOSTILE))
    make_song(home / "music" / "b.ogg", 3, 100)
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)
    with Library.open(home / "music.db") as catalogue:
        options = HearOptions(models=(), settings=settings)
        analyze_many([home / "music"], catalogue, options=options, engine="inline")
        yield catalogue


def test_a_script_holds_what_was_called_spare_and_runs_no_name(library: Library, tmp_path: Path) -> None:
    found = duplicates(library)
    (group,) = found.groups
    assert copy_decisions.spare_script(library, found).count(b"rm -i") == 0
    for copy in group.copies:
        copy_decisions.decide(library, group.keep.id, copy.track.id, "spare")
    script = tmp_path / "spare.sh"
    script.write_bytes(copy_decisions.spare_script(library, found))
    assert script.read_bytes().count(b"rm -i") == len(group.copies) == 2
    done = subprocess.run(["sh", script], cwd=tmp_path, input=b"n\n" * 9, capture_output=True, check=False)
    assert not (tmp_path / "hacked").exists() and b"syntax" not in done.stderr
    assert all(track.path.exists() for track in library.tracks())
    copy_decisions.decide(library, group.keep.id, group.copies[0].track.id, "other")
    assert copy_decisions.spare_script(library, found).count(b"rm -i") == 1
    for copy in group.copies:
        copy_decisions.decide(library, group.keep.id, copy.track.id, None)
    assert copy_decisions.decisions(library, found) == []


def test_a_decision_outlives_a_file_that_is_moved(library: Library) -> None:
    (group,) = duplicates(library).groups
    copy = next(one.track for one in group.copies if one.track.path.suffix == ".ogg")
    copy_decisions.decide(library, group.keep.id, copy.id, "other")
    moved = copy.path.rename(copy.path.with_name("改名.ogg"))
    analyze_many([moved.parent], library, options=HearOptions(models=()), engine="inline")
    told = copy_decisions.decisions(library, duplicates(library))
    assert [one.decision for one in told] == ["other"]
    assert library.track(told[0].copy).path == moved


@pytest.mark.parametrize("text", ["", "[]", '{"format": 2}', '{"format": 1, "decided": [["a"]]}', "\x00\xff"])
def test_a_damaged_file_is_told_and_left_as_it_is(library: Library, text: str) -> None:
    path = library.path.with_name(f"{library.path.name}.copies.json")
    before = path.read_bytes() if path.exists() else b""
    path.write_bytes(text.encode("latin-1"))
    (group,) = duplicates(library).groups
    with pytest.raises(DataError, match=r"copies\.json"):
        copy_decisions.decide(library, group.keep.id, group.copies[0].track.id, "spare")
    assert path.read_bytes() == text.encode("latin-1")
    path.write_bytes(before or b'{"format": 1, "decided": []}')


def test_over_http_wrong_ones_are_refused(library: Library) -> None:
    with TestClient(create_app(ServeOptions(library=library.path)), base_url=ADDRESS) as client:
        ids = [track.id for track in library.tracks()]
        for body, status in (
            ({"keep": ids[0], "copy": ids[0], "decision": "spare"}, 400),
            ({"keep": ids[0], "copy": 10**6, "decision": "spare"}, 404),
            ({"keep": ids[0], "copy": ids[1], "decision": "delete"}, 422),
            ({"keep": ids[0], "copy": ids[1]}, 422),
        ):
            answer = client.post("/api/v1/copies", json=body)
            assert answer.status_code == status and answer.json()["error"]["message"]
        kept = client.post("/api/v1/copies", json={"keep": ids[0], "copy": ids[1], "decision": None})
        assert kept.json()["result"] == {"keep": ids[0], "copy": ids[1], "decision": None}
        script = client.get("/api/v1/copies/script")
        assert script.text.startswith("#!/bin/sh") and "attachment" in script.headers["content-disposition"]
