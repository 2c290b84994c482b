"""Names and titles by people who mean ill, or only live elsewhere: what reaches the terminal."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from mutagen.id3 import ID3, TALB, TIT2, TPE1

from tests.cli.conftest import Tunelens, pulse
from tunelens.audio.write import write_wav

TITLE = "\x1b[2J\x9b31m[red]loud[/red][/]\u202eesrever<script>alert(1)</script>" + "Z" + "\u0301" * 200
STRANGE = ["new\nline.wav", "\x1b]0;title\x07.wav", "[/red].wav".replace("/", "∕"), "--json.wav", "%s.wav"]
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def strange(home: Path) -> Path:
    folder = home / "strange"
    for number, name in enumerate(STRANGE):
        write_wav(pulse(100 + number, 440, 3), folder / name)
    tags = ID3()
    tags.add(TIT2(3, TITLE))
    tags.add(TPE1(3, "[link=file:///etc/passwd]who[/link]"))
    tags.add(TALB(3, "=cmd|' /C calc'!A0"))
    _tagged_mp3(folder / "tagged.mp3", tags)
    write_wav(pulse(97, 330, 3), folder / "x.wav")
    os.rename(folder / "x.wav", os.fsencode(folder) + b"/caf\xe9.wav")  # noqa: PTH104
    return folder


def _tagged_mp3(path: Path, tags: ID3) -> None:
    import soundfile

    clip = pulse(110, 220, 3)
    soundfile.write(path, clip.y, clip.sr, format="MP3")
    tags.save(path)


@pytest.fixture
def heard(tunelens: Tunelens, strange: Path) -> Path:
    ran = tunelens("analyze", strange, "--no-models", "--jobs", "1")
    assert ran.code == 0, ran.err
    return strange


def test_no_control_character_reaches_the_terminal(tunelens: Tunelens, heard: Path) -> None:
    said = [tunelens("list"), tunelens("probe", *sorted(heard.iterdir()))]
    said += [tunelens("show", name) for name in ("loud", "title", "line")]
    for ran in said:
        assert ran.code == 0, ran.err
        assert not CONTROL.search(ran.out + ran.err)
        assert "\u0301" * 5 not in ran.out
    assert any("[red]loud[/red][/]" in ran.out for ran in said), "what looks like markup is text"


def test_names_are_told_whole_and_found_again(tunelens: Tunelens, heard: Path) -> None:
    listed = tunelens("list").out
    assert "caf//dce9.wav" in listed
    assert r"new\nline.wav" in listed
    by_bytes = tunelens("show", os.fsencode(heard) + b"/caf\xe9.wav")
    assert (by_bytes.code, r"caf\xe9.wav" in by_bytes.out) == (0, True), by_bytes.err
    assert tunelens("show", f"{heard}/caf//dce9.wav").out == by_bytes.out


def test_a_long_path_is_shown_whole(tunelens: Tunelens, home: Path) -> None:
    path = home / ("long" * 40) / "song.wav"
    write_wav(pulse(100, 440, 3), path)
    tunelens("analyze", path, "--no-models", COLUMNS="60")
    shown = tunelens("show", "1", COLUMNS="60").out
    assert "".join(line[14:].strip() for line in shown.splitlines()[1:7]).startswith(str(path))


def test_a_folder_named_like_markup(tunelens: Tunelens, home: Path) -> None:
    ran = tunelens("doctor", TUNELENS_DATA_DIR=str(home / "[red]" / "[∕]" / "[/bold"))
    assert ran.code == 0, ran.err
    assert "[red]" in ran.out


def test_json_is_json_in_every_locale(tunelens: Tunelens, strange: Path) -> None:
    write_wav(pulse(97, 330, 3), strange / "🎵.wav")
    for encoding in ("utf-8", "ascii", "gbk"):
        ran = tunelens(
            "probe", "--json", *sorted(strange.iterdir()), PYTHONIOENCODING=encoding, PYTHONUTF8="0"
        )
        paths = [one["path"] for one in map(json.loads, ran.out.splitlines())]
        assert f"{strange}/🎵.wav" in paths
        assert f"{strange}/caf//dce9.wav" in paths
