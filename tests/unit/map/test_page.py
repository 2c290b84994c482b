"""The file of a map: what is in it, how large it is, and that nothing which a title smuggles in can run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.map.songs import HOSTILE, hostile, sounding, two_groups

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.explore.collection import Collection
from tunelens.services.map import MOST_SONGS, draw_map, spread
from tunelens.services.map_columns import MOST_COLUMNS, Groups, Numbers, columns_of, groups_of, numbers_of
from tunelens.services.map_page import placed, quantised, urls

TYPES = {"u16": "<u2", "u32": "<u4", "f32": "<f4"}


class Read(HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: dict[str, str] = {}
        self._in: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._in = dict(attrs).get("id") or tag
            self.scripts[self._in] = ""

    def handle_data(self, data: str) -> None:
        if self._in is not None:
            self.scripts[self._in] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style"}:
            self._in = None


class Map(Read):
    """A page unpacked again, without a browser."""

    def __init__(self, path: Path) -> None:
        super().__init__(path.read_text(encoding="utf-8"))
        self.about = json.loads(self.scripts["about"])
        self.block = zlib.decompress(base64.b64decode(self.scripts["songs"]))

    def column(self, name: str) -> Any:
        kind, offset, length = self.about["sections"][name]
        if kind == "text":
            return json.loads(self.block[offset : offset + length])
        return np.frombuffer(self.block, TYPES[kind], length, offset)


def draw(songs: Collection, folder: Path, **options: Any) -> Map:
    out = folder / "map.html"
    draw_map(songs, out, force=True, **{"projection": "pca", **options})
    return Map(out)


def test_every_song_is_in_the_page_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    songs = two_groups()
    found = draw(songs, tmp_path)
    rows = [songs.ids.index(one) for one in found.column("ids")]
    assert sorted(rows) == list(range(len(songs)))
    assert found.column("titles") == [songs.titles[row] for row in rows]
    columns = {column["name"]: column for column in found.about["columns"]}
    assert list(columns) == ["genre", "year", "tempo_bpm", "energy", "noise"]
    labels, codes = found.column(columns["genre"]["labels"]), found.column(columns["genre"]["section"])
    assert [labels[code - 1] if code else "" for code in codes] == [songs.facts["genre"][row] for row in rows]
    tempo = columns["tempo_bpm"]
    values = found.column(tempo["section"]).astype(float) - 1
    back = tempo["floor"] + values / 65534 * (tempo["ceiling"] - tempo["floor"])
    np.testing.assert_allclose(back, songs.X[rows, 0], atol=0.002)
    assert (found.column(columns["energy"]["section"]) == 0).tolist() == [row == 3 for row in rows]


def test_places_keep_their_shape_and_neighbours_are_those_of_all_features(tmp_path: Path) -> None:
    songs = two_groups()
    found = draw(songs, tmp_path)
    rows = np.array([songs.ids.index(one) for one in found.column("ids")])
    X = np.where(np.isnan(songs.X), np.nanmedian(songs.X, axis=0), songs.X)
    Z = ((X - X.mean(axis=0)) / X.std(axis=0))[rows]
    away = np.linalg.norm(Z[:, None] - Z[None], axis=2)
    np.fill_diagonal(away, np.inf)
    near = found.column("near").reshape(len(songs), -1)
    assert near.shape[1] == found.about["neighbours"] == 10
    found_away = np.take_along_axis(away, near.astype(int), axis=1)
    np.testing.assert_allclose(found_away, np.sort(away, axis=1)[:, :10])
    points = found.column("places").reshape(-1, 2) / 65535
    components = np.linalg.svd(Z - Z.mean(axis=0), full_matrices=False)[2][:2]
    flat = Z @ components.T
    spans = [np.linalg.norm(one[:, None] - one[None], axis=2) for one in (points, flat)]
    np.testing.assert_allclose(spans[0] / spans[0].max(), spans[1] / spans[1].max(), atol=1e-4)


def test_the_policy_allows_this_script_and_this_style_and_no_connection(tmp_path: Path) -> None:
    found = draw(two_groups(), tmp_path)
    policy = next(a["content"] for tag, a in found.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None and policy.startswith("default-src 'none'")
    for name in ("script", "style"):
        text = found.scripts[name].encode()
        assert f"{name}-src 'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" in policy
    assert "unsafe" not in policy and "http" not in policy and "connect-src" not in policy


def test_nothing_refers_to_a_network(tmp_path: Path) -> None:
    found = draw(two_groups(), tmp_path)
    own = " ".join(found.scripts[name] for name in ("script", "style")).replace(
        "http://www.w3.org/2000/svg", ""
    )
    assert not re.search(r"https?://|//cdn|@import|fetch\(|XMLHttpRequest|WebSocket|eval\(|innerHTML", own)
    for tag, attributes in found.tags:
        for name in ("src", "href", "action"):
            assert (attributes.get(name) or "data:").startswith("data:"), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag


def check_harmless(found: Map, usual: list[str]) -> None:
    executed = [a for tag, a in found.tags if tag == "script" and a.get("type") is None]
    assert executed == [{}], "one script runs, ours"
    assert shape(found) == usual
    for name in ("titles", "artists", "ids"):
        for text in found.column(name):
            assert len(text) <= 200
            assert not re.search(
                "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text
            )


def test_hostile_texts_stay_texts(tmp_path: Path, usual: list[str]) -> None:
    found = draw(hostile(), tmp_path)
    check_harmless(found, usual)
    assert "</script><script>window.hacked = 1</script>" in found.column("titles"), "shown as it is written"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text() | st.sampled_from(HOSTILE), min_size=4, max_size=8))
def test_no_text_breaks_the_page(tmp_path: Path, usual: list[str], texts: list[str]) -> None:
    found = draw(hostile((*texts, "a", "b")), tmp_path)
    assert found.about["n"] == len(texts) + 2
    check_harmless(found, usual)


def shape(found: Map) -> list[str]:
    """Return the elements in their order, but for paragraphs, of which there is one for each note."""
    return [tag for tag, _ in found.tags if tag != "p"]


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The elements of a page of songs that mean no harm."""
    return shape(draw(two_groups(10), tmp_path_factory.mktemp("usual")))


def test_the_same_seed_gives_the_same_page(tmp_path: Path) -> None:
    songs = two_groups()
    first = draw_map(songs, tmp_path / "a.html", projection="tsne", seed=3)
    again = draw_map(songs, tmp_path / "b.html", projection="tsne", seed=3)
    assert first.path.read_bytes() == again.path.read_bytes()
    assert first.trust is not None and first.trust > 0.7


def test_a_page_of_many_songs_is_small(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    n = 20_001
    titles = tuple(f"Some title of usual length {i}" for i in rng.integers(0, 10**6, n))
    songs = Collection(
        "many", tuple(map(str, range(n))), rng.normal(size=(n, 6)), tuple("abcdef"), titles=titles
    )
    done = draw_map(songs, tmp_path / "m.html", projection="pca")
    assert done.neighbours == "map", "of so many, neighbours are told by the map, and that is said"
    assert done.n_bytes < 60 * n, "less than 60 bytes a song"


def test_numbers_keep_their_precision_where_outliers_stretch_the_scale() -> None:
    values = np.append(np.linspace(0, 1, 1000), 1e9)
    column = numbers_of("x", values)
    assert column is not None and quantised(column).dtype == np.float32
    plain = numbers_of("x", np.append(np.linspace(0, 1, 1000), np.nan))
    assert plain is not None and quantised(plain).dtype == np.uint16 and quantised(plain)[-1] == 0
    assert numbers_of("x", np.array([np.nan, np.inf])) is None


def test_groups_count_and_order_what_is_commonest() -> None:
    column = groups_of("genre", ["pop", "jazz", "pop", "", "jazz", "pop", "rock\x00"])
    assert (
        column is not None
        and column.labels == ("pop", "jazz", "rock")
        and column.codes.tolist() == [1, 2, 1, 0, 2, 1, 3]
    )
    assert groups_of("uri", [f"track:{i}" for i in range(100)]) is None, "names every song apart"


def test_facts_that_are_numbers_are_numbers() -> None:
    songs = two_groups(40)
    told = {"popularity": tuple(str(i) if i else "" for i in range(40)), "code": ("1", "2") * 20}
    found = {
        one.name: one
        for one in columns_of(Collection("x", songs.ids, songs.X, songs.features, facts=told)).columns
    }
    assert isinstance(found["popularity"], Numbers) and np.isnan(found["popularity"].values[0])
    assert isinstance(found["code"], Groups), "few different numbers are codes"


def test_a_page_holds_so_many_numbers_and_says_what_it_leaves_out(tmp_path: Path) -> None:
    n = MOST_COLUMNS + 5
    songs = Collection(
        "wide",
        tuple(map(str, range(30))),
        np.random.default_rng(0).normal(size=(30, n)),
        tuple(f"f{i}" for i in range(n)),
    )
    done = draw_map(songs, tmp_path / "w.html", projection="pca")
    assert len(done.colours) == MOST_COLUMNS and any(f"of {n} numbers" in note for note in done.notes)


def test_groups_of_the_callers_own_come_first(tmp_path: Path) -> None:
    songs = two_groups()
    done = draw_map(songs, tmp_path / "a.html", projection="pca", groups={"mine": ["a", "b"] * 30})
    assert done.colours[0] == "mine" and done.colour == "genre"
    with pytest.raises(DataError, match="mine has 2 entries"):
        draw_map(songs, tmp_path / "b.html", projection="pca", groups={"mine": ["a", "b"]})


@pytest.mark.slow
def test_clusters_are_found_when_they_are_asked_for(tmp_path: Path) -> None:
    songs = two_groups()
    found = draw(songs, tmp_path, colour="cluster")
    assert found.about["colour"] == "cluster" and found.about["columns"][0]["name"] == "cluster"


def test_places_are_told_relative_to_the_page_or_as_file_urls(tmp_path: Path) -> None:
    inside, outside = tmp_path / "a b#?%夜.mp3", Path("/else/where/c d.mp3")
    assert urls([inside, outside, None], tmp_path) == (
        "a%20b%23%3F%25%E5%A4%9C.mp3",
        "file:///else/where/c%20d.mp3",
        "",
    )
    assert urls([Path("/m/caf\udce9.mp3")], Path("/m")) == ("caf%E9.mp3",), (
        "bytes that are no UTF-8 stay as they are"
    )
    assert urls([tmp_path / "a:b.mp3"], tmp_path) == ("a%3Ab.mp3",), "no scheme"


def test_a_map_of_points_in_one_place_or_on_a_line_is_drawn() -> None:
    inside, box = placed(np.zeros((4, 2)))
    assert (inside == 0.5).all() and box == [0.5] * 4
    inside, box = placed(np.column_stack([np.arange(5.0), np.zeros(5)]))
    assert box == [0, 0.5, 1, 0.5] and inside[:, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_snippets_are_of_songs_far_apart_and_a_file_that_fails_is_told(tmp_path: Path) -> None:
    songs = sounding(tmp_path)
    bad = songs.paths[5]
    assert bad is not None
    bad.write_bytes(b"no sound")
    done = draw_map(songs, tmp_path / "map.html", projection="pca", snippets=6)
    assert done.n_snippets == 5 and [path for path, _ in done.failures] == [bad]
    found = Map(done.path)
    held = {name for name in found.scripts if name.startswith("snippet-")}
    assert held == {f"snippet-{found.column('ids').index(one)}" for one in "abcde"}
    assert all(found.scripts[name].startswith("data:audio/mpeg;base64,") for name in held)
    assert set(spread(songs.X, 2).tolist()) == {0, 5}


def test_chinese_pages_speak_chinese(tmp_path: Path) -> None:
    out = tmp_path / "地图.html"
    draw_map(two_groups(), out, projection="pca", language="zh")
    text = out.read_text(encoding="utf-8")
    assert '<html lang="zh">' in text and "搜索歌名或歌手" in text and "主成分" in text
    assert json.loads(Map(out).scripts["about"])["words"]["unknown"] == "未知"


@pytest.mark.parametrize(
    ("wrong", "error", "told"),
    [
        ({"out": "m.pdf"}, ParameterError, ".html, .htm, .png, .svg"),
        ({"snippets": -1}, ParameterError, "0 to 500"),
        ({"colour": "genra"}, UnknownNameError, "genre"),
        ({"projection": "umpa"}, UnknownNameError, "umap"),
        ({"language": "fr"}, UnknownNameError, "zh"),
    ],
)
def test_what_cannot_be_drawn_is_refused(
    tmp_path: Path, wrong: dict[str, Any], error: type[Exception], told: str
) -> None:
    asked = {"projection": "pca", **wrong}
    with pytest.raises(error) as caught:
        draw_map(two_groups(), tmp_path / asked.pop("out", "m.html"), **asked)
    assert told in f"{caught.value.message} {caught.value.hint}"
    assert not list(tmp_path.iterdir())


def test_too_few_songs_too_many_songs_and_files_that_exist(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least 4"):
        draw_map(two_groups(10).take([0, 1, 2]), tmp_path / "m.html", projection="pca")
    n = MOST_SONGS + 1
    with pytest.raises(ParameterError, match="300,000"):
        draw_map(Collection("x", tuple(map(str, range(n))), np.zeros((n, 1)), ("a",)), tmp_path / "m.html")
    (tmp_path / "m.html").write_text("mine")
    with pytest.raises(ParameterError, match="exists"):
        draw_map(two_groups(), tmp_path / "m.html", projection="pca")
    assert (tmp_path / "m.html").read_text() == "mine"
