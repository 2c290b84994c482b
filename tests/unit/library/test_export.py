"""Exports as their readers see them: Excel's rules, JSON, pyarrow, Spotify's names and ranges."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import replace

import pytest

from tunelens.base.errors import DataError, MissingDependencyError, ParameterError, UnknownNameError
from tunelens.library.export import COLUMNS, TAG_COLUMNS, export
from tunelens.library.spotify import spotify_features

# Name -> (type, lowest, highest) as Spotify's public reference gave them.
SPOTIFY = {
    "danceability": (float, 0, 1),
    "energy": (float, 0, 1),
    "key": (int, -1, 11),
    "loudness": (float, -60, 0),
    "mode": (int, 0, 1),
    "tempo": (float, 0, 300),
    "duration_ms": (int, 0, 10**9),
    "speechiness": (float, 0, 1),
    "acousticness": (float, 0, 1),
    "instrumentalness": (float, 0, 1),
    "liveness": (float, 0, 1),
    "valence": (float, 0, 1),
    "time_signature": (int, 3, 7),
}


@pytest.fixture
def shelf(library, make):
    tags = {"jazz": 0.7, "Hip-Hop": 0.3, "sad": 0.4}
    library.put(make("a.wav", title="=1+1", artist="周杰伦", tempo=96.0, key="A# minor", tags=tags))
    library.put(make("b.wav", title='"quoted", \n line', tempo=None))
    return library


def test_csv_is_what_excel_reads(shelf, tmp_path):
    out = tmp_path / "music.csv"
    assert export(shelf, out, format="csv") == 2
    assert out.read_bytes().startswith(b"\xef\xbb\xbf"), "Excel needs the mark to see UTF-8"
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*COLUMNS, *TAG_COLUMNS]
    assert rows[0]["artist"] == "周杰伦"
    assert rows[0]["title"] == "'=1+1", "a formula must not run"
    assert rows[0]["genre_tags"] == "jazz; Hip-Hop"
    assert float(rows[0]["loudness_lufs"]) < 0, "negative numbers stay numbers"
    assert rows[0]["key"] == "A# minor"
    assert rows[1]["title"] == '"quoted", \n line'
    assert rows[1]["tempo_bpm"] == ""


@pytest.mark.parametrize("title", ["=1", "+1", "-1", "@x", "\tx", "＝1"])
def test_no_cell_begins_like_a_formula(library, make, tmp_path, title):
    library.put(make("a.wav", title=f"{title} SUM", artist=title))
    export(library, tmp_path / "x.csv", format="csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = next(csv.DictReader(file))
    assert all(cells[name][:1] not in "=+-@\t＝" for name in ("title", "artist") if cells[name])


def test_json_holds_rows_with_their_tags(shelf, tmp_path):
    export(shelf, tmp_path / "x.json", format="json", where="genre:jazz")
    rows = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert [row["title"] for row in rows] == ["=1+1"]
    assert rows[0]["tags"][0] == {
        "model": "MSD_musicnn", "tag": "jazz", "group": "genre", "probability": 0.7, "likely": True,
    }  # fmt: skip


def test_parquet_has_types(shelf, tmp_path):
    from pyarrow import parquet

    export(shelf, tmp_path / "x.parquet", format="parquet")
    table = parquet.read_table(tmp_path / "x.parquet")
    assert table.column_names == [*COLUMNS, *TAG_COLUMNS]
    rows = table.to_pylist()
    assert rows[0]["genre_tags"] == ["jazz", "Hip-Hop"]
    assert rows[0]["title"] == "=1+1"
    assert (rows[0]["tempo_bpm"], rows[1]["tempo_bpm"]) == (96.0, None)
    assert str(table.schema.field("year").type) == "int64"


def test_parquet_without_pyarrow_names_the_extra(shelf, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError) as caught:
        export(shelf, tmp_path / "x.parquet", format="parquet")
    assert "tunelens[parquet]" in caught.value.hint
    assert list(tmp_path.glob("*.parquet")) == []


def test_spotify_has_all_names_in_range_or_null_with_a_reason(shelf, tmp_path):
    export(shelf, tmp_path / "x.json", format="spotify")
    for features in json.loads((tmp_path / "x.json").read_text("utf-8")):
        for name, (kind, low, high) in SPOTIFY.items():
            value = features[name]
            if value is None:
                assert features["not_estimated"][name]
            else:
                assert isinstance(value, kind), name
                assert low <= value <= high, name
        assert {"id", "uri", "type", "track_href", "analysis_url"} <= set(features)
        nulls = {name for name, value in features.items() if value is None}
        assert nulls <= set(features["not_estimated"])
    first, second = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert (first["key"], first["mode"], first["tempo"], first["duration_ms"]) == (10, 0, 96.0, 1000)
    assert second["not_estimated"]["tempo"]


@pytest.mark.parametrize(("lufs", "expected"), [(1.5, 0.0), (-14.0, -14.0), (-75.0, -60.0), (None, None)])
def test_spotify_loudness_stays_in_its_range(shelf, lufs, expected):
    features = spotify_features(replace(shelf.track("a.wav"), loudness_lufs=lufs))
    assert features["loudness"] == expected
    assert ("loudness" in features["not_estimated"]) == (lufs is None)


@pytest.mark.parametrize("format", ["csv", "json", "parquet", "spotify"])
def test_no_tracks_is_a_valid_empty_file(library, tmp_path, format):
    assert export(library, tmp_path / "x", format=format) == 0
    assert (tmp_path / "x").stat().st_size > 0


def test_exports_overwrite_only_when_told_and_never_leave_half_a_file(shelf, tmp_path, monkeypatch):
    out = tmp_path / "x.csv"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(ParameterError, match="exists"):
        export(shelf, out, format="csv")
    with pytest.raises(ParameterError, match="character 1"):
        export(shelf, out, format="csv", where="nope:1", force=True)
    monkeypatch.setattr("tunelens.library.export.cell", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(shelf, out, format="csv", force=True)
    assert out.read_text("utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_wrong_formats_and_places_are_named(shelf, tmp_path):
    with pytest.raises(UnknownNameError, match="export format 'xlsx'"):
        export(shelf, tmp_path / "x", format="xlsx")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(DataError, match="cannot be written"):
        export(shelf, tmp_path / "file" / "x.csv", format="csv")
