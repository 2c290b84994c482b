"""`tunelens import` and `tunelens export --whole` as a person uses them."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def library(tunelens, music, home):
    path = home / "库.db"
    tunelens("analyze", music, "--no-models", "--library", path)
    return path


def test_in_and_out(tunelens, library, music, home):
    dry = tunelens("import", "folders", music, "--pattern", "{genre}", "--dry-run", "-l", library)
    assert "1 tracks new" in dry.out and "nothing was kept" in dry.err
    assert tunelens("list", "-w", "genre:中文", "--json", "-l", library).objects == []
    real = tunelens("import", "folders", music, "--pattern", "{genre}", "--json", "-l", library)
    assert real.objects[0]["result"]["genres_new"] == 1
    assert len(tunelens("list", "-w", "genre:中文", "--json", "-l", library).objects) == 1
    starred = home / "starred.json"
    song = {"id": "1", "title": "两只老虎 🐯", "userRating": 5}
    answer = {"subsonic-response": {"status": "ok", "starred2": {"song": [song]}}}
    starred.write_text(json.dumps(answer), encoding="utf-8")
    assert "1 are here" in tunelens("import", "subsonic", starred, "-l", library).out
    whole = tunelens("export", "--whole", "--out", home / "全部", "--json", "-l", library)
    assert whole.code == 0
    assert whole.objects[0]["result"]["rows"]["events.parquet"] == 1
    assert tunelens("export", "--whole", "--out", home / "全部", "-l", library).code == 2


MISTAKES = [
    ("import beets absent.db", 3, "does not exist"),
    ("import beets music/letter.mp3", 3, "no library of beets"),
    ("import subsonic music/letter.mp3", 3, "cannot be read"),
    ("import subsonic absent.json", 3, "does not exist"),
    ("import folders absent", 3, "no track of the library"),
    ("import folders music --pattern {gnre}", 2, "{genre}"),
    ("export --whole", 2, "--out FOLDER"),
    ("export --whole --out music", 2, "exists"),
    ("export --whole --out music --force", 2, "no export"),
]


def test_mistakes_are_told(tunelens, library):
    for words, code, said in MISTAKES:
        done = tunelens(*words.split(), "-l", library)
        assert (done.code, said in done.err) == (code, True), done
        assert "Traceback" not in done.err
