"""Nobody ever sees half a file, and nothing is overwritten unasked."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from tunelens.base.errors import ParameterError
from tunelens.base.files import atomic_path, check_writable


def test_the_old_content_stays_until_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    with atomic_path(target) as temporary:
        temporary.write_text("new")
        assert target.read_text() == "old"
        assert temporary.parent == tmp_path and temporary.suffix == ".json"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_the_old_content_and_no_litter(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    with pytest.raises(error), atomic_path(target) as temporary:
        temporary.write_text("half")
        raise error
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name == "nt", reason="an open file cannot be replaced there")
def test_a_reader_of_the_old_file_reads_on(tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    target.write_text("old")
    with target.open() as reader:
        with atomic_path(target) as temporary:
            temporary.write_text("new")
        assert reader.read() == "old"
    assert target.read_text() == "new"


def test_folders_are_made(tmp_path: Path) -> None:
    target = tmp_path / "a" / "两只老虎" / "out.csv"
    with atomic_path(target) as temporary:
        temporary.write_text("x")
    assert target.read_text() == "x"


def test_the_mode_is_the_usual_one(tmp_path: Path) -> None:
    usual, atomic = tmp_path / "usual", tmp_path / "atomic"
    before = os.umask(0o027)
    try:
        usual.touch()
        with atomic_path(atomic):
            pass
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(before)
    assert stat.S_IMODE(atomic.stat().st_mode) == stat.S_IMODE(usual.stat().st_mode) == 0o640


def test_a_new_name_may_be_written(tmp_path: Path) -> None:
    assert check_writable(tmp_path / "new.csv") == tmp_path / "new.csv"


def test_overwriting_asks_for_force(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.touch()
    with pytest.raises(ParameterError, match=r"out\.csv' exists") as caught:
        check_writable(target)
    assert "--force" in (caught.value.hint or "")
    assert check_writable(target, force=True) == target


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_is_never_a_file(tmp_path: Path, force: bool) -> None:
    with pytest.raises(ParameterError, match="is a folder"):
        check_writable(tmp_path, force=force)
