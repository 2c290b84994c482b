"""`tunelens audit` as a person meets it."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Tunelens
from tunelens.audio import Clip
from tunelens.audio.write import write_wav


def test_a_leaking_split_ends_with_one_and_says_why(tunelens: Tunelens, home: Path) -> None:
    from tests.unit.audit.music import SR, song

    for name in ("甲", "b", "c"):
        write_wav(Clip(song(ord(name)), SR), home / f"{name}.wav")
    shutil.copy(home / "甲.wav", home / "d.wav")
    table = home / "songs.csv"
    rows = ["甲.wav,x,train", "b.wav,y,train", "c.wav,x,test", "d.wav,y,test"]
    table.write_text("\n".join(["path,label,split", *rows]) + "\n", "utf-8")
    told = tunelens("audit", table, "--input", "none", "--json")
    (result,) = [line["result"] for line in told.objects]
    assert told.code == 1
    assert result["refuses"] and [pair["b"] for pair in result["duplicates"]] == ["d.wav"]
    text = tunelens("audit", table, "--input", "none")
    assert text.code == 1
    assert "the split leaks" in text.out and "甲.wav" in text.out and "labels differ" in text.out
    table.write_text("\n".join(["path,label", *(row.rsplit(",", 1)[0] for row in rows)]) + "\n", "utf-8")
    assert tunelens("audit", table, "--input", "none").code == 0


def test_a_table_of_numbers(tunelens: Tunelens, home: Path) -> None:
    rows = [f"{90 + i},{i % 7},1,{'calm' if i % 2 else 'dance'}" for i in range(30)]
    (home / "t.csv").write_text("\n".join(["tempo,energy,version,label", *rows]) + "\n", "utf-8")
    told = tunelens("audit", home / "t.csv")
    assert told.code == 0, told.err
    assert "constant" in told.out and "version" in told.out
