"""What a policy makes of what is there and what was heard."""

from __future__ import annotations

import pytest
from tests.unit.library.filetags.conftest import plan_of, put_tags


@pytest.mark.parametrize(
    ("policy", "before", "said", "action", "after"),
    [
        ("fill", (), ("Jazz",), "write", ("Jazz",)),
        ("fill", ("Rock",), ("Jazz",), "keep", ("Rock",)),
        ("fill", ("Rock",), (), "left out", ("Rock",)),
        ("keep", (), ("Jazz",), "keep", ()),
        ("replace", ("Rock", "民谣"), ("Jazz",), "write", ("Jazz",)),
        ("replace", ("JAZZ",), ("Jazz",), "same", ("JAZZ",)),
        ("append", ("Rock",), ("Jazz", "rock"), "write", ("Rock", "Jazz")),
        ("append", ("Rock",), ("rock",), "same", ("Rock",)),
        ("append", (), ("Jazz",), "write", ("Jazz",)),
    ],
)
def test_genre(take, policy, before, said, action, after):
    path = take("song.flac")
    if before:
        put_tags(path, {"genre": before})
    (change,) = plan_of(path, {"genre": said}, policy).changes
    assert (change.action, change.before, change.after) == (action, before, after)


@pytest.mark.parametrize(
    ("name", "before", "said", "action", "after"),
    [
        ("id3v24.mp3", (), "127.6", "write", ("128",)),
        ("moov-first.m4a", (), "127.6", "write", ("128",)),
        ("song.flac", (), "127.6", "write", ("127.6",)),
        ("id3v24.mp3", ("0",), "120", "write", ("120",)),  # players write 0 for "not known"
        ("id3v24.mp3", ("128.00",), "128", "same", ("128.00",)),
        ("id3v24.mp3", ("100",), "128", "keep", ("100",)),
    ],
)
def test_tempo(take, name, before, said, action, after):
    path = take(name)
    if before:
        put_tags(path, {"bpm": before})
    (change,) = plan_of(path, {"bpm": (said,)}, "fill").changes
    assert (change.action, change.after) == (action, after)


@pytest.mark.parametrize(
    ("there", "action"), [("Bbm", "same"), ("A#m", "same"), ("bbm", "same"), ("Bb", "write")]
)
def test_spellings_of_one_key_are_one_key(take, there, action):
    path = take("song.flac")
    put_tags(path, {"key": (there,)})
    assert plan_of(path, {"key": ("A#m",)}).changes[0].action == action
