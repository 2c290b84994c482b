from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Tunelens


@pytest.fixture
def heard(tunelens: Tunelens, music: Path) -> Path:
    tunelens("analyze", music, "--no-models", "-l", "l.db")
    return music


def test_a_person_likes_a_song_and_hears_what_is_next_and_why(
    tunelens: Tunelens, heard: Path, home: Path
) -> None:
    tunelens("feedback", "like", "两只老虎", "-l", "l.db")
    found = tunelens("recommend", "-l", "l.db", "--save", "明天", "--out", "next.m3u8")
    assert found.code == 0, found.err
    assert "because 两只老虎 🐯.wav was liked" in found.out and "by content alone" in found.err
    assert "fast.wav" in (home / "next.m3u8").read_text(encoding="utf-8")
    assert "明天" in tunelens("playlist", "list", "-l", "l.db").out
    [first, _] = tunelens("recommend", heard / "fast.wav", "-l", "l.db", "--json").objects
    assert first["ok"] and first["result"]["way"] == "content"
    assert first["result"]["reasons"][0]["text"].startswith("sounds like fast.wav")


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["1", "-l", "l.db"], 3, "the library is empty"),
        (["1", "-l", "none.db"], 3, "none.db"),
        (["1", "-l", "l.db", "--diversity", "7"], 2, "diversity is 7"),
        (["--evaluate", "letter.mp3"], 3, "letter.mp3"),
        (["--evaluate", "l.db"], 3, "no feedback"),
    ],
)
def test_mistakes_are_told(tunelens: Tunelens, home: Path, words: list[str], code: int, told: str) -> None:
    from tunelens import Library

    Library.open(home / "l.db").close()
    (home / "letter.mp3").write_text("Dear listener, this is not music.")
    found = tunelens("recommend", *words)
    assert (found.code, told in found.err) == (code, True), found.err


def test_a_table_of_plays_is_judged_beside_popularity_and_chance(tunelens: Tunelens, home: Path) -> None:
    rows = [
        f"听众{who},歌{(7 * who + step * (1 + who % 2)) % 40 + 40 * (who % 2)},{1 + step}"
        for who in range(60)
        for step in range(12)
    ]
    (home / "plays.csv").write_text("\n".join(["听众,歌曲,播放次数", *rows]), encoding="utf-8")
    [found] = tunelens("recommend", "--evaluate", "plays.csv", "--json").objects
    last, share = found["result"]["judgements"]
    assert "no times are known" in last["how"] and share["protocol"] == "time"
    assert [one["name"] for one in last["figures"]] == ["random", "popularity", "collaborative"]
    shown = tunelens("recommend", "--evaluate", "plays.csv")
    assert shown.code == 0 and "NDCG@10" in shown.out and "60 listeners" in shown.out
