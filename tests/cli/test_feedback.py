"""`tunelens feedback` as a person uses it."""

from __future__ import annotations

import pytest


@pytest.fixture
def library(tunelens, music, home):
    path = home / "库.db"
    tunelens("analyze", music, "--no-models", "--library", path)
    return path


def test_feedback_from_note_to_undo(tunelens, library, home):
    said = tunelens("feedback", "like", "两只老虎", "-l", library)
    assert (said.code, said.out.strip()) == (0, "like: 两只老虎 🐯.wav")
    assert (
        tunelens("feedback", "rate", "fast", "1", "--json", "-l", library).objects[0]["result"]["value"] == 1
    )
    some = tunelens("feedback", "play", "slow", "absent", "-l", library)
    assert some.code == 1 and "no track 'absent'" in some.err
    log = home / "历史.csv"
    log.write_text("歌名,喜欢\n两只老虎 🐯,是\nNobody,是\n", encoding="utf-8")
    read = tunelens("feedback", "import", log, "--json", "-l", library).objects[0]["result"]
    assert (read["found"], read["new"], read["matched"], read["unmatched"]) == (2, 2, 1, 1)
    assert "0 new, 0 changed, 2 known" in tunelens("feedback", "import", log, "-l", library).out
    shown = tunelens("feedback", "show", "--json", "-l", library).objects[0]["result"]
    assert shown["liked"][0]["track"] == "两只老虎 🐯.wav"
    assert shown["liked"][-1]["value"] < 0 and shown["waiting"] == 1
    text = tunelens("feedback", "show", "-l", library)
    assert "95 %" in text.out and "1 wait for their track" in text.err
    assert tunelens("feedback", "undo", "-l", library).out == "1 removed\n"
    assert tunelens("feedback", "undo", "--source", "csv", "-l", library).out == "2 removed\n"


MISTAKES = [
    ("rate fast 9", 2, "0 to 5"),
    ("play fast --at yesterday", 2, "the time is 'yesterday'"),
    ("undo", 3, "no feedback noted by hand"),
    ("undo 77", 3, "no feedback of these numbers"),
    ("import absent.csv", 3, "does not exist"),
    ("import music", 3, "no file"),
    ("import music/letter.mp3", 3, "the format cannot be told"),
    ("show absent", 3, "no track"),
]


def test_mistakes_are_told(tunelens, library):
    for words, code, said in MISTAKES:
        done = tunelens("feedback", *words.split(), "-l", library)
        assert (done.code, said in done.err) == (code, True), done
        assert "Traceback" not in done.err


def test_feedback_needs_a_library(tunelens, home):
    done = tunelens("feedback", "like", "1", "-l", home / "none.db")
    assert done.code == 3 and "there is no library" in done.err


def test_a_like_waits_for_a_song_that_is_analysed_later(tunelens, library, music, home):
    likes = home / "likes.csv"
    likes.write_text("title,liked\nlater,yes\n", encoding="utf-8")
    assert "1 wait for theirs" in tunelens("feedback", "import", likes, "-l", library).out
    (music / "slow.wav").rename(home / "music" / "later.wav")
    (music / "fast.wav").unlink()
    tunelens("analyze", music, "--no-models", "--force", "--library", library)
    shown = tunelens("feedback", "show", "later", "--json", "-l", library).objects[0]["result"]
    assert (shown["waiting"], [event["kind"] for event in shown["events"]]) == (0, ["like"])
