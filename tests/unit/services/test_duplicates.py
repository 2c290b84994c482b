"""Copies are grouped and the best is kept; excerpts and other takes are no copies; nothing is deleted."""

import shlex
import subprocess

import pytest
from tests.music import SR, performance
from tests.sounds import encode, write

from tunelens.audio import Clip, resample
from tunelens.base.errors import ParameterError
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.duplicates import duplicates, write_script
from tunelens.services.hear import HearOptions

ODD = "-rf; echo $(touch owned) 'quoted'\nnew line 曲.ogg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copies")
    y = performance(1, 40.0)
    write(folder / "a.flac", y, SR)
    write(folder / "a.mp3", 0.25 * y, SR)
    encode(folder / "a.opus", resample(Clip(y[2 * SR :], SR), 48_000).y, 48_000)
    write(folder / ODD, resample(Clip(y, SR), 32_000).y, 32_000)
    (folder / "same bytes.flac").write_bytes((folder / "a.flac").read_bytes())
    write(folder / "excerpt.wav", y[10 * SR : 20 * SR], SR)
    write(folder / "take.flac", performance(1, 40.0, bpm=113.0, take=1), SR)
    write(folder / "other.flac", performance(2, 40.0), SR)
    return folder


@pytest.fixture(scope="module")
def library(folder):
    with Library.open(folder / "music.db") as library:
        analyze_many([folder], library, jobs=1, engine="inline", options=HearOptions(models=(), bundles=()))
        yield library


def test_copies_are_grouped_with_offset_gain_and_reason(library):
    found = duplicates(library)
    (group,) = found.groups
    assert group.keep.path.name == "a.flac"
    copies = {copy.track.path.name: copy for copy in group.copies}
    assert set(copies) == {"a.mp3", "a.opus", ODD, "same bytes.flac"}
    assert copies["a.mp3"].offset_s == pytest.approx(0.0, abs=0.06)
    assert copies["a.mp3"].gain_db == pytest.approx(-12.04, abs=0.3)
    assert copies["a.opus"].offset_s == pytest.approx(2.0, abs=0.06)
    assert copies["a.opus"].why == "the kept file is lossless" and not copies["a.opus"].identical
    assert copies["same bytes.flac"].identical and copies["same bytes.flac"].share == 1.0
    assert found.spare_bytes == sum(copy.track.size_bytes for copy in group.copies)


def test_a_lossless_copy_that_lacks_a_part_is_not_called_equal(library, folder, tmp_path):
    write(tmp_path / "cut.flac", performance(1, 40.0)[: 37 * SR], SR)
    (tmp_path / "whole.mp3").write_bytes((folder / "a.mp3").read_bytes())
    with Library.open(tmp_path / "music.db") as other:
        analyze_many([tmp_path], other, jobs=1, engine="inline", options=HearOptions(models=(), bundles=()))
        (group,) = duplicates(other).groups
    assert group.keep.path.name == "whole.mp3"
    assert group.copies[0].why == "the kept file is whole, and this one lacks a part"


def test_an_excerpt_is_a_part_and_no_copy(library):
    (part,) = [one for one in duplicates(library).parts if one.part.path.name == "excerpt.wav"]
    assert part.whole.path.name == "a.flac"
    assert part.offset_s == pytest.approx(10.0, abs=0.06)


def test_a_filter_limits_what_is_compared(library):
    found = duplicates(library, 'path:"a.mp3"')
    assert (found.groups, found.n_tracks) == ((), 1)


def test_the_script_asks_and_no_name_is_a_command(library, tmp_path, monkeypatch):
    script = tmp_path / "review.sh"
    write_script(duplicates(library), script)
    monkeypatch.chdir(tmp_path)
    subprocess.run(["/bin/sh", "-n", str(script)], check=True)
    before = sorted(library.path.parent.iterdir())
    done = subprocess.run(
        ["/bin/sh", str(script)], input="n\n" * 9, capture_output=True, text=True, check=False
    )
    assert done.stderr.count("remove") == 4  # rm -i has asked for each copy, by its whole name
    assert sorted(library.path.parent.iterdir()) == before
    assert not (tmp_path / "owned").exists()
    assert shlex.quote(str(library.path.parent / ODD)) in script.read_text(encoding="utf-8")


def test_the_script_leaves_the_file_alone_that_a_kept_link_names(library, tmp_path):
    found = duplicates(library)
    (group,) = found.groups
    spare = group.copies[0].track.path
    content = spare.read_bytes()
    keep_content = group.keep.path.read_bytes()
    group.keep.path.unlink()
    try:
        group.keep.path.symlink_to(spare)
        write_script(found, tmp_path / "review.sh")
        text = (tmp_path / "review.sh").read_text(encoding="utf-8")
        assert "same file by another name" in text
        assert f"rm -i -- {shlex.quote(str(spare))}" not in text
    finally:
        group.keep.path.unlink()
        group.keep.path.write_bytes(keep_content)
    assert spare.read_bytes() == content


def test_only_a_shell_script_is_written_and_none_overwritten(library, tmp_path):
    found = duplicates(library)
    with pytest.raises(ParameterError, match=r"end in \.sh"):
        write_script(found, tmp_path / "list.txt")
    write_script(found, tmp_path / "a.sh")
    with pytest.raises(ParameterError, match="exists"):
        write_script(found, tmp_path / "a.sh")
    write_script(found, tmp_path / "a.sh", force=True)
