"""`Table`."""

from __future__ import annotations

import json

import pytest

from tunelens.base.errors import UnknownNameError
from tunelens.base.table import Table

SONGS = Table("歌曲", ("title", "tempo"), (("夜曲", 92.0), ("Sunny", None)), "two songs")


def test_json_keeps_everything() -> None:
    assert Table.from_dict(json.loads(json.dumps(SONGS.to_dict()))) == SONGS


def test_a_notebook_gets_a_data_frame() -> None:
    pytest.importorskip("pandas")
    frame = SONGS.to_frame()
    assert list(frame.columns) == ["title", "tempo"] and frame["tempo"].isna().tolist() == [False, True]


def test_an_unknown_column_names_its_neighbours() -> None:
    with pytest.raises(UnknownNameError, match="temp") as caught:
        SONGS.column("temp")
    assert "tempo" in str(caught.value.hint)
