"""`tunelens label` as a person uses it."""

from __future__ import annotations

import pytest


@pytest.fixture
def library(tunelens, music, home):
    path = home / "库.db"
    tunelens("analyze", music, "--no-models", "--library", path)
    return path


def test_labels_from_the_first_word_to_the_last(tunelens, library):
    said = tunelens(
        "label", "set", "两只老虎", "fast", "健身 音乐", "--not", "quiet", "--kind", "gym", "-l", library
    )
    assert (said.code, said.out.splitlines()[0]) == (0, "两只老虎 🐯.wav: 健身 音乐, not quiet")
    found = tunelens("search", "label:健身", "--json", "-l", library).objects
    assert len(found) == 2
    learned = tunelens("label", "learn", "--kind", "gym", "-l", library)
    assert learned.code == 0
    assert "has 2 examples and is not learned yet: 3 are needed" in learned.err
    assert tunelens("label", "set", "slow", "健身 音乐", "--kind", "gym", "-l", library).code == 0
    result = tunelens("label", "learn", "--kind", "gym", "--json", "-l", library).objects[0]["result"]
    assert [(row["label"], row["holds"], row["learned"]) for row in result["labels"]] == [
        ("健身 音乐", 3, True), ("quiet", 0, False),
    ]  # fmt: skip
    assert "too few to tell" in tunelens("label", "learn", "--kind", "gym", "-l", library).out
    assert tunelens("label", "suggest", "--kind", "gym", "-l", library).code == 0
    told = tunelens("label", "list", "--kind", "gym", "--json", "-l", library).objects[0]["result"]
    assert [one["label"] for one in told["corrections"]].count("quiet") == 2
    shown = tunelens("label", "list", "-l", library)
    assert "not quiet" in shown.out and "5 of 5 shown" in shown.err
    assert tunelens("label", "remove", "-l", library).out == "1 removed\n"
    assert tunelens("label", "remove", "--all", "--kind", "gym", "-l", library).out == "4 removed\n"
    assert tunelens("search", "has:label", "--json", "-l", library).objects == []


MISTAKES = [
    ("set jazz", 2, "a track and a label are needed"),
    ("set absent jazz", 3, "no track 'absent'"),
    ("set fast - --kind gym", 2, "a label is '-'"),
    ("set fast jazz --not Jazz", 2, "cannot both hold and not hold"),
    ("learn --kind gym", 3, "nothing was told in the vocabulary 'gym'"),
    ("suggest", 3, "nothing is known in the vocabulary 'genre'"),
    ("remove", 3, "no such corrections"),
    ("remove 77", 3, "no such corrections"),
    ("remove --all", 2, "--all needs a --kind"),
    ("list --track absent", 3, "no track"),
]


def test_mistakes_are_told(tunelens, library):
    for words, code, said in MISTAKES:
        done = tunelens("label", *words.split(), "-l", library)
        assert (done.code, said in done.err) == (code, True), done
        assert "Traceback" not in done.err
    some = tunelens("label", "set", "fast", "absent", "jazz", "-l", library)
    assert some.code == 1 and "no track 'absent'" in some.err
