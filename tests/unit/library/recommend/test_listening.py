from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.recommend.listening import Listening, read_listening, read_names


def written(folder: Path, text: str, name: str = "plays.tsv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        "userID\tartistID\tweight\nann\t夜曲\t3\nbob\t夜曲\t1\nann\tb\t2\n",
        "播放次数,用户,歌手\n3,ann,夜曲\n1,bob,夜曲\n2,ann,b\n",
        "listener;item;count\nann;夜曲;3\nbob;夜曲;1\nann;b;2,0\n",
    ],
)
def test_a_table_is_read_whatever_its_columns_are_called(tmp_path: Path, text: str) -> None:
    found = read_listening(written(tmp_path, text))
    assert found.listeners == ("ann", "bob") and found.items == ("夜曲", "b")
    assert found.matrix().toarray().tolist() == [[3, 2], [1, 0]]
    assert found.at is None


def test_rows_of_single_plays_are_summed_and_times_are_read(tmp_path: Path) -> None:
    text = "user,track,timestamp\nann,a,1700000000\nann,a,2023-11-14 22:13:21\nbob,a,1700000005\n"
    found = read_listening(written(tmp_path, text, "plays.csv"))
    assert found.matrix().toarray().tolist() == [[2], [1]]
    assert found.at is not None and found.at.tolist() == [1700000000, 1700000001, 1700000005]


def test_times_that_are_not_known_of_all_rows_count_for_none(tmp_path: Path) -> None:
    found = read_listening(written(tmp_path, "user,track,timestamp\nann,a,1700000000\nann,b,\n", "plays.csv"))
    assert found.at is None


def test_rows_that_say_nothing_are_left_out_with_the_reason(tmp_path: Path) -> None:
    text = "user,item,count\nann,a,3\nann,b,0\nann,c,-2\nann,d,nan\n,e,1\nann,f\nann,g,1e300\n"
    found = read_listening(written(tmp_path, text, "plays.csv"))
    assert found.items == ("a",)
    assert found.dropped == {"no count above 0": 4, "no listener or item": 1, "wrong number of cells": 1}


def test_what_is_no_such_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        read_listening(tmp_path / "none.tsv")
    with pytest.raises(DataError, match="no listener"):
        read_listening(written(tmp_path, "a,b,c\n1,2,3\n", "plays.csv"))
    with pytest.raises(DataError, match="no row can be used"):
        read_listening(written(tmp_path, "user,item,count\n", "plays.csv"))
    (tmp_path / "noise.csv").write_bytes(np.random.default_rng(0).bytes(5000))
    with pytest.raises(DataError) as told:
        read_listening(tmp_path / "noise.csv")
    assert len(told.value.message) < 600


def test_a_part_of_it_keeps_its_numbers() -> None:
    found = Listening.of([("a", "x", 1, 5), ("b", "y", 2, 6)])
    half = found.only(np.array([False, True]))
    assert half.matrix().toarray().tolist() == [[0, 0], [0, 2]] and half.items == found.items
    assert half.at is not None and half.at.tolist() == [6]


def test_numbers_of_artists_get_their_names_and_two_of_one_name_are_one(tmp_path: Path) -> None:
    plays = read_listening(written(tmp_path, "user\tartistID\tweight\na\t1\t3\na\t2\t1\nb\t3\t1\nb\t9\t1\n"))
    names = read_names(
        written(tmp_path, 'url\tid\tname\nx\t1\t夜\nx\t2\t夜\ny\t3\tsay "hi"\nz\t4\t\n', "n.tsv")
    )
    assert names == {"1": "夜", "2": "夜", "3": 'say "hi"'}
    found = plays.renamed(names)
    assert found.items == ("夜", 'say "hi"') and found.matrix().toarray().tolist() == [[4, 0], [0, 1]]
    assert found.dropped == {"no name of the item": 1}


def test_what_is_no_table_of_names_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        read_names(tmp_path / "none.tsv")
    with pytest.raises(DataError, match="one column"):
        read_names(written(tmp_path, "id\n1\n"))


def test_the_artists_of_last_fm_have_names(data_dir: Path) -> None:
    feedback = data_dir / "feedback"
    plays = read_listening(feedback / "lastfm_user_artists.tsv")
    found = plays.renamed(read_names(feedback / "lastfm_artists.tsv"))
    assert {"Radiohead", "椎名林檎"} <= set(found.items)
    assert sum((found.dropped or {}).values()) < 100
