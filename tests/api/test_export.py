"""The library as a file: what is in it, and under which name."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.conftest import SONGS, TestClient
from tests.api.own import API, error, own_client
from tunelens.api.attachment import attachment
from tunelens.library.export import export
from tunelens.library.store import Library

TITLES = sorted(title for _, _, _, title, *_ in SONGS if title)


def test_csv(client: TestClient) -> None:
    got = client.get(f"{API}/export")
    assert got.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))
    assert sorted(row["title"] for row in rows if row["title"]) == TITLES and len(rows) == len(SONGS)
    assert got.content.startswith(b"\xef\xbb\xbf")


def test_json_and_features(client: TestClient) -> None:
    whole, features = (
        client.get(f"{API}/export", params={"format": kind}).json() for kind in ("json", "spotify")
    )
    assert sorted(one["title"] for one in whole if one["title"]) == TITLES
    assert [one["tempo"] for one in features] == pytest.approx([one["tempo_bpm"] for one in whole], abs=0.01)


def test_parquet(client: TestClient) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(io.BytesIO(client.get(f"{API}/export?format=parquet").content))
    assert sorted(filter(None, table["title"].to_pylist())) == TITLES


@pytest.mark.parametrize("format", ["csv", "json", "spotify"])
def test_a_stream_is_the_file(client: TestClient, api_library: Path, tmp_path: Path, format: str) -> None:
    with Library.open(api_library) as library:
        export(library, tmp_path / "out", format=format, where="genre:jazz")
    got = client.get(f"{API}/export", params={"format": format, "where": "genre:jazz"})
    assert got.content == (tmp_path / "out").read_bytes()


def test_nothing_is_a_file_too(client: TestClient) -> None:
    assert client.get(f"{API}/export?format=json&where=zzz").json() == []
    assert len(client.get(f"{API}/export?where=zzz").text.splitlines()) == 1


def test_errors_come_before_the_file(client: TestClient) -> None:
    error(client.get(f"{API}/export", params={"where": "playlist:gone"}), 400, "query")
    error(client.get(f"{API}/export", params={"format": "xlsx"}), 422, "parameter")


def test_the_name_of_the_file(tmp_path: Path, api_music: Path) -> None:
    with own_client(tmp_path, api_music, ["folk.wav"]) as client:
        said = client.get(f"{API}/export?format=spotify").headers["content-disposition"]
    assert f"filename*=UTF-8''{quote('我的音乐')}-features.json" in said
    assert json.loads(json.dumps(said)).isascii()


def names(header: str) -> tuple[str, str]:
    """Return the name for old clients and the one for others, as RFC 6266 reads them."""
    said = re.fullmatch(r"attachment; filename=\"([^\"]*)\"; filename\*=UTF-8''([\w.%~-]+)", header, re.ASCII)
    assert said, header
    return said[1], unquote(said[2], errors="strict")


@given(st.text(max_size=300))
def test_any_name_is_a_header_and_a_file_name(name: str) -> None:
    plain, whole = names(attachment(name)["content-disposition"])
    for read in (plain, whole):
        assert (
            read and not set(read) & set('/\\<>:"|?*\0\r\n') and read not in {".", ".."} and len(read) < 200
        )


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=50))
def test_letters_of_every_script_stay(name: str) -> None:
    plain, whole = names(attachment(f"{name}.csv")["content-disposition"])
    assert whole == f"{name}.csv" and plain.isascii()
