"""`duplicates`, `identify` and `covers` as a person uses them."""

import json

import pytest
from typer.testing import CliRunner

from tests.music import SR, performance
from tests.sounds import write
from tunelens.cli.app import app

runner = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    y = performance(1, 20.0)
    write(folder / "歌.flac", y, SR)
    write(folder / "song.mp3", y, SR)
    write(folder / "other.flac", performance(2, 20.0, bpm=99.0), SR)
    run("analyze", folder, "--no-models", "--library", folder / "l.db", "-q", "-j", 1)
    return folder


def run(*args, code=0):
    done = runner.invoke(app, [str(arg) for arg in args])
    assert done.exit_code == code, done.output
    return done


def test_duplicates_are_told_and_written(folder, tmp_path):
    done = run("duplicates", "--library", folder / "l.db", "--out", tmp_path / "review.sh")
    assert "keep" in done.stdout and "歌.flac" in done.stdout
    assert "the kept file is lossless" in " ".join(done.stdout.split())
    assert "rm -i -- " in (tmp_path / "review.sh").read_text(encoding="utf-8")
    run("duplicates", "--library", folder / "l.db", "--out", tmp_path / "review.sh", code=2)
    told = json.loads(run("duplicates", "--library", folder / "l.db", "--json").stdout)["result"]
    assert [len(group["copies"]) for group in told["groups"]] == [1]
    assert (folder / "song.mp3").exists()


def test_a_clip_is_identified_and_a_stranger_is_not(folder, tmp_path):
    clip = write(tmp_path / "clip.wav", performance(2, 20.0, bpm=99.0)[4 * SR : 11 * SR], SR)
    stranger = write(tmp_path / "stranger.wav", performance(5, 8.0, bpm=91.0, timbre="reed"), SR)
    done = run("identify", clip, stranger, "--library", folder / "l.db")
    assert "other.flac" in done.stdout and "from 0:04 of 0:20" in done.stdout
    assert "stranger.wav: not in the library" in done.stdout
    first, second = map(
        json.loads, run("identify", clip, stranger, "-l", folder / "l.db", "--json").stdout.splitlines()
    )
    assert len(first["result"]["sightings"]) == 1 and second["result"]["sightings"] == []
    table = run("identify", "--against", folder / "l.db", clip).stdout
    assert "known" in table and "from second" in table


def test_covers_are_candidates(folder):
    done = run("covers", "歌", "--library", folder / "l.db")
    assert "same recording" in done.stdout
    told = json.loads(run("covers", "歌", "--library", folder / "l.db", "--json").stdout)
    assert told["result"]["candidates"][0]["kind"] == "same recording"


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("identify", "missing.wav", "--library", "{l}"), 3),
        (("identify", "{l}", "--library", "{l}"), 3),
        (("identify", "x.wav", "--speed", "50", "--library", "{l}"), 2),
        (("identify", "x.wav", "--library", "nowhere.db"), 3),
        (("duplicates", "--where", "tempo:fast", "--library", "{l}"), 2),
        (("covers", "no such song", "--library", "{l}"), 3),
    ],
)
def test_mistakes_have_their_codes(folder, args, code):
    run(*(arg.format(l=folder / "l.db") for arg in args), code=code)
