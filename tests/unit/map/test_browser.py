"""The page of a map in a real browser: it draws, moves, finds, selects, plays, and asks for nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.path import Path as Polygon
from tests.browser import open_page
from tests.unit.map.face import MAP, Face, opened
from tests.unit.map.songs import HOSTILE, hostile, sounding, two_groups

from tunelens.explore.collection import Collection
from tunelens.library.fulltext import fold
from tunelens.services.map import draw_map

NO_WEBGL = """
const get = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind === "webgl2" ? null : get.call(this, kind, ...more);
};
"""
COUNT_DRAWN = """() => {
  const { painter } = window.tunelensMap.map;
  const draw = painter.draw.bind(painter);
  window.drawn = [];
  painter.draw = (view, how) => {
    window.drawn.push(how.n);
    draw(view, how);
  };
}"""
PAN_SLOWLY = """async () => {
  for (let k = 0; k < 12; k++) {
    window.tunelensMap.map.pan(3, 0);
    const begin = performance.now();
    while (performance.now() - begin < 60);
    await new Promise(requestAnimationFrame);
  }
}"""
SMUGGLE = """() => {
  const script = document.createElement("script");
  script.textContent = "window.hacked = 2";
  document.body.append(script);
}"""
TOO_WIDE = """() => Array.from(document.querySelectorAll("body *"))
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !one.closest(".unseen, svg"))
  .map((one) => one.id || one.className || one.tagName)"""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Collection]:
    songs = two_groups()
    return draw_map(songs, tmp_path_factory.mktemp("map") / "map.html", projection="pca").path, songs


@pytest.fixture
def face(browser: Any, drawn: tuple[Path, Collection]) -> Iterator[Face]:
    with opened(browser, drawn[0]) as one:
        yield one


@pytest.mark.parametrize(("script", "kind"), [("", "webgl2"), (NO_WEBGL, "2d")])
def test_every_song_is_drawn_in_the_colour_of_its_group(
    browser: Any, drawn: tuple[Path, Collection], script: str, kind: str
) -> None:
    path, songs = drawn
    with opened(browser, path, script=script, color_scheme="light") as face:
        assert face.js("() => document.documentElement.dataset.ready") == kind
        assert face.opened.requests == [path.as_uri()], "one file, nothing more"
        assert face.legend() == {"jazz": 24, "pop": 24, "unknown": 12}
        expected = {"jazz": (0x00, 0x72, 0xB2), "pop": (0xE6, 0x9F, 0x00), "": (0xB9, 0xBF, 0xCA)}
        picture, box = face.pixels(), face.page.locator("#map").bounding_box()
        seen = 0
        for row in (i for i, name in enumerate(songs.facts["genre"]) if i % 4 == 0 for _ in [name]):
            x, y = face.at(face.row(songs.ids[row]))
            pixel = picture[round(y - box["y"]), round(x - box["x"])]
            seen += bool(np.abs(pixel - expected[songs.facts["genre"][row]]).max() < 60)
        assert seen >= 12, "but for those that others or names cover"


def test_moving_zooming_and_going_back(face: Face) -> None:
    x, y, zoom = face.where()
    face.drag([(400, 300), (450, 320), (500, 340)])
    moved = face.where()
    assert moved[0] < x and moved[1] > y and moved[2] == pytest.approx(zoom)
    spot = face.js(f"() => {MAP}.view.place(300, 200)")
    box = face.page.locator("#map").bounding_box()
    face.page.mouse.move(box["x"] + 300, box["y"] + 200)
    face.page.mouse.wheel(0, -300)
    face.until(f"{MAP}.view.zoom > 1.2")
    assert face.js(f"() => {MAP}.view.place(300, 200)") == pytest.approx(spot, abs=1e-3), (
        "what the pointer is at stays there"
    )
    face.page.click("#fit")
    assert face.where() == pytest.approx((x, y, zoom))


def test_nothing_is_drawn_while_nothing_changes(face: Face) -> None:
    face.settle()
    n = face.js(f"() => {{ window.n = 0; {MAP}.on('drawn', () => window.n++); return window.n; }}")
    face.page.wait_for_timeout(250)
    assert face.js("() => window.n") == n == 0
    face.page.keyboard.press("Tab")
    face.page.click("#zoom-in")
    face.settle()
    assert face.js("() => window.n") >= 1


def test_keys_do_what_they_say(face: Face) -> None:
    face.page.focus("#map")
    x, y, zoom = face.where()
    for key, changed in (
        ("ArrowRight", (1, 0)),
        ("ArrowUp", (0, 1)),
        ("ArrowLeft", (-1, 0)),
        ("ArrowDown", (0, -1)),
    ):
        before = face.where()
        face.page.keyboard.press(key)
        after = face.where()
        assert np.sign(np.round(np.subtract(after, before)[:2], 9)).tolist() == list(changed), key
    face.page.keyboard.press("+")
    assert face.where()[2] == pytest.approx(1.4 * zoom)
    face.page.keyboard.press("-")
    assert face.where()[2] == pytest.approx(zoom)
    face.page.keyboard.press("+")
    face.page.keyboard.press("0")
    assert face.where() == pytest.approx((x, y, zoom))
    face.page.keyboard.press("Enter")
    assert face.page.locator("#song").is_visible()
    face.page.keyboard.press("Escape")
    assert face.page.locator("#song").is_hidden()
    face.page.keyboard.press("/")
    assert face.js("() => document.activeElement.id") == "query"


def test_a_pointer_finds_the_song_that_is_nearest(face: Face, drawn: tuple[Path, Collection]) -> None:
    """The oracle is brute force over every song."""
    points = np.array(face.js(f"() => Array.from({{length: {MAP}.songs.n}}, (_, i) => {MAP}.at(i))"))
    radius = face.js(f"() => Math.max({MAP}.size / 2 + 3, 8)")
    rng = np.random.default_rng(0)
    spots = points[rng.integers(0, len(points), 300)] + rng.normal(0, 9, (300, 2))
    found = face.js(f"(spots) => spots.map(([x, y]) => {MAP}.under(x, y))", spots.tolist())
    away = np.linalg.norm(points[None] - spots[:, None], axis=2)
    expected = np.where(away.min(axis=1) < radius, away.argmin(axis=1), -1)
    assert found == expected.tolist() and 20 < (expected >= 0).sum() < 290
    row = face.row("s1")
    face.page.mouse.move(*face.at(row))
    face.until(f"{MAP}.hovered === {row}")


def test_a_click_shows_the_song_its_facts_and_its_neighbours_and_one_goes_there(
    face: Face, drawn: tuple[Path, Collection]
) -> None:
    songs = drawn[1]
    row = face.row("s1")
    face.page.mouse.click(*face.at(row))
    assert face.page.inner_text("#song-title") == "周杰倫的夜曲"
    assert face.page.inner_text("#song-artist") == "Artist 1"
    assert face.texts("#song-facts dd") == ["pop"]
    numbers = dict(zip(face.texts("#song-numbers th"), face.texts("#song-numbers td.n"), strict=True))
    assert numbers["Year"] == "1991" and float(numbers["Tempo (BPM)"]) == pytest.approx(
        songs.X[1, 0], abs=0.1
    )
    assert face.page.inner_text("#audio-note") == "No sound is known for this song."
    near = face.js(f"() => {MAP}.kin.map((i) => {MAP}.songs.titles[i])")
    assert len(near) == 10 and face.texts("#song-kin .name") == near
    face.page.locator("#song-kin button").first.click()
    face.until("document.getElementById('song-title').textContent === " + repr(near[0]))
    face.until(f"{MAP}.flight === null && Math.abs({MAP}.view.x - {MAP}.songs.x({MAP}.chosen)) < 1e-4")
    face.page.click("#song-close")
    assert face.page.locator("#song").is_hidden() and face.js(f"() => {MAP}.chosen") == -1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("beyonce rocks", ["Beyoncé ROCKS"]),
        ("ＳＩＧＵＲ ros", ["Sigur Rós"]),
        ("周杰伦", ["周杰倫的夜曲"]),
        ("夜曲", ["周杰倫的夜曲"]),
        ("artist 3 sOnG 012", ["Song 012"]),
        ("nobody", []),
    ],
)
def test_search_finds_titles_and_artists_in_any_writing(face: Face, typed: str, found: list[str]) -> None:
    face.page.fill("#query", typed)
    face.until("!document.getElementById('results').hidden")
    assert face.texts("#results .name") == found
    assert face.page.inner_text("#results h2") == f"{len(found)} songs found"
    assert face.js(f"() => {MAP}.songs.titles.filter((_, i) => {MAP}.marks[4 * i + 1] === 3)") == found
    face.page.press("#query", "Escape")
    assert face.page.locator("#results").is_hidden() and face.looks(0)[1] == 2


def test_the_page_folds_text_as_the_library_does(browser: Any, tmp_path: Path) -> None:
    texts = [
        "Ｗｉｄｅ Ünïcödé",
        "周杰倫 髮 發 乾隆",
        "ｶﾀｶﾅ カガ",
        "Straße ÆØ Łódź ıİ",
        "한국어 ไทย",
        "e\u0301 ﬁ",
        "愛愛愛",
    ]
    n = len(texts)
    songs = Collection(
        "x", tuple(map(str, range(n))), np.arange(2.0 * n).reshape(n, 2) ** 2, ("a", "b"), titles=tuple(texts)
    )
    path = draw_map(songs, tmp_path / "m.html", projection="pca").path
    with opened(browser, path) as face:
        face.page.fill("#query", "x")
        rows = [face.row(str(i)) for i in range(n)]
        face.until("!document.getElementById('results').hidden")
        folded = face.js("() => window.tunelensMap.search.texts")
    assert [folded[row].replace(" ", "") for row in rows] == [fold(text).replace(" ", "") for text in texts]


def lasso(face: Face, shape: np.ndarray) -> list[str]:
    box = face.page.locator("#map").bounding_box()
    spots = [(box["x"] + x, box["y"] + y) for x, y in shape.tolist()]
    face.page.keyboard.down("Shift")
    face.drag(spots)
    face.page.keyboard.up("Shift")
    return face.js("() => window.tunelensMap.selection.rows.map((i) => window.tunelensMap.map.songs.ids[i])")


def test_the_lasso_catches_exactly_the_songs_inside(face: Face) -> None:
    """The oracle is matplotlib's test of points in a polygon."""
    points = np.array(face.js(f"() => Array.from({{length: {MAP}.songs.n}}, (_, i) => {MAP}.at(i))"))
    ids = face.js(f"() => {MAP}.songs.ids")
    middle, spread = points.mean(axis=0), points.std(axis=0)
    star = np.array([(np.cos(a), np.sin(a)) for a in np.arange(5) * 4 * np.pi / 5 + 0.3])
    for shape in (
        middle + 1.1 * spread * np.array([(-1, -1), (1, -1), (0.6, 1), (-1, 0.2)]),
        middle + spread * 1.6 * star,
    ):
        shape = np.round(shape)
        inside = Polygon(np.vstack([shape, shape[:1]]), closed=True).contains_points(points)
        if len(shape) == 5:  # a star's middle is inside twice, so by the even-odd rule outside
            inside = np.array([even_odd(shape, point) for point in points])
        caught = lasso(face, shape)
        assert sorted(caught) == sorted(np.array(ids)[inside].tolist()) and 0 < len(caught) < len(ids)
        assert face.page.inner_text("#selection h2") == f"{len(caught)} songs selected"
        assert len(face.texts("#selection .song")) == len(caught)
    face.page.get_by_role("button", name="Clear").click()
    assert face.page.locator("#selection").is_hidden()


def even_odd(shape: np.ndarray, point: np.ndarray) -> bool:
    """Count how many edges a ray to the right crosses, by exact signs of areas."""
    crossed = 0
    for a, b in zip(shape, np.roll(shape, -1, axis=0), strict=True):
        if (a[1] > point[1]) != (b[1] > point[1]):
            low, high = (a, b) if a[1] < b[1] else (b, a)
            crossed += float(np.cross(np.append(high - low, 0), np.append(point - low, 0))[2]) > 0
    return crossed % 2 == 1


def test_a_selection_goes_out_as_playlist_and_table(browser: Any, tmp_path: Path) -> None:
    songs = sounding(tmp_path)
    path = draw_map(songs, tmp_path / "map.html", projection="pca").path
    with opened(browser, path) as face:
        lasso(face, np.array([(2, 2), (780, 2), (780, 690), (2, 690)]))
        with face.page.expect_download() as told:
            face.page.get_by_role("button", name="M3U8").click()
        lines = Path(told.value.path()).read_text("utf-8").splitlines()
        assert lines[0] == "#EXTM3U" and sorted(lines[2::2]) == sorted(map(str, songs.paths))
        with face.page.expect_download() as told:
            face.page.get_by_role("button", name="CSV").click()
        rows = list(csv.DictReader(io.StringIO(Path(told.value.path()).read_text("utf-8-sig"))))
        assert {row["id"]: row["path"] for row in rows} == {
            i: str(p) for i, p in zip(songs.ids, songs.paths, strict=True)
        }
        assert {row["id"]: float(row["x"]) for row in rows} == pytest.approx(
            dict(zip(songs.ids, songs.X[:, 0], strict=True)), abs=0.01
        )


def test_a_click_in_the_legend_hides_a_group_and_a_double_click_shows_it_alone(
    face: Face, drawn: tuple[Path, Collection]
) -> None:
    songs = drawn[1]
    jazz, pop = face.row("s0"), face.row("s1")
    entry = face.page.locator("#legend button", has_text="jazz")
    entry.click()
    assert entry.get_attribute("aria-pressed") == "false"
    assert (face.looks(jazz)[1], face.looks(pop)[1]) == (0, 2)
    assert face.js(f"([x, y]) => {MAP}.under(x, y)", face.js(f"(i) => {MAP}.at(i)", jazz)) != jazz, (
        "what is hidden is not found"
    )
    face.page.click("#show-all")
    face.page.locator("#legend button", has_text="pop").dblclick()
    shown = face.js(f"() => {MAP}.songs.ids.filter((_, i) => {MAP}.isShown(i))")
    assert sorted(shown) == sorted(
        i for i, g in zip(songs.ids, songs.facts["genre"], strict=True) if g == "pop"
    )


@pytest.mark.parametrize("name", ["genre", "year", "tempo_bpm", "energy", "noise"])
def test_songs_are_coloured_by_everything_that_is_known(
    face: Face, drawn: tuple[Path, Collection], name: str
) -> None:
    songs = drawn[1]
    face.colour_by(name)
    assert sum(face.legend().values()) == len(songs), "every song is in one class of the legend"
    rows = [face.row(one) for one in songs.ids]
    colours = np.array(
        [face.js(f"(i) => Array.from({MAP}.colours.subarray(4 * i, 4 * i + 3))", row) for row in rows]
    )
    values = {"year": songs.years, **dict(zip(songs.features, songs.X.T, strict=True))}.get(name)
    if values is None:
        return
    assert (np.isnan(values) == (colours == (0xB9, 0xBF, 0xCA)).all(axis=1)).all(), (
        "what is unknown is grey, nothing else"
    )
    known = ~np.isnan(values)
    lightness = (colours @ [0.2126, 0.7152, 0.0722])[known][np.argsort(values[known], kind="stable")]
    assert (np.diff(lightness) > -1.5).all(), "higher is lighter"
    assert face.legend().get("unknown", 0) == int((~known).sum())


def test_the_address_keeps_view_colour_and_song(
    browser: Any, drawn: tuple[Path, Collection], face: Face
) -> None:
    face.colour_by("energy")
    face.page.click("#zoom-in")
    face.page.mouse.click(*face.at(face.row("s1")))
    face.until("location.hash.includes('s=s1')")
    kept, where = face.js("() => location.hash"), face.where()
    with opened(browser, drawn[0], hash=kept) as again:
        assert again.where() == pytest.approx(where, abs=2e-3)
        assert again.js(f"() => {MAP}.column.name") == "energy"
        assert again.page.inner_text("#song-title") == "周杰倫的夜曲"
    with opened(browser, drawn[0], hash="#c=%00&v=a,b,c&s=</script>&v=1") as wrong:
        assert wrong.js(f"() => {MAP}.column.name") == "genre", "an address of rubbish is no harm"


def test_a_local_file_really_plays_and_a_missing_one_is_told(browser: Any, tmp_path: Path) -> None:
    songs = sounding(tmp_path)
    path = draw_map(songs, tmp_path / "map.html", projection="pca").path
    gone = songs.paths[4]
    assert gone is not None
    gone.unlink()
    with opened(browser, path) as face:
        for identifier, name in (
            ("a", "a%20b%231%3F.wav"),
            ("b", "100%25.wav"),
            ("c", "%E5%A4%9C%E6%9B%B2.wav"),
        ):
            face.page.mouse.click(*face.at(face.row(identifier)))
            face.until("document.getElementById('audio').currentTime > 0.05")
            assert face.page.get_attribute("#audio", "src") == f"my%20m%C3%BCsic%20%26%20more/{name}"
        face.page.mouse.click(*face.at(face.row("e")))
        face.until("document.getElementById('audio-note').textContent.includes('cannot be opened')")
        assert str(gone) in face.page.inner_text("#audio-note")
        face.opened.errors.clear()  # the browser logs the missing file


def test_an_embedded_snippet_really_plays_where_the_file_is_gone(browser: Any, tmp_path: Path) -> None:
    songs = sounding(tmp_path)
    path = draw_map(songs, tmp_path / "map.html", projection="pca", snippets=6).path
    for one in songs.paths:
        assert one is not None
        one.unlink()
    with opened(browser, path) as face:
        face.page.mouse.click(*face.at(face.row("f")))
        face.until("document.getElementById('audio').src.startsWith('data:audio/mpeg')")
        face.until("document.getElementById('audio').currentTime > 0.05")
        assert "these seconds are in the page" in face.page.inner_text("#audio-note")
        face.page.focus("#map")
        face.page.keyboard.press(" ")
        assert face.js("() => document.getElementById('audio').paused")
        face.opened.errors.clear()


def test_hostile_titles_are_shown_and_do_nothing(browser: Any, tmp_path: Path) -> None:
    path = draw_map(hostile(), tmp_path / "map.html", projection="pca").path
    with opened(browser, path) as face:
        for i in range(len(HOSTILE)):
            face.js(f"(i) => {MAP}.choose(i, {{ go: true }})", i)
            face.settle()
        face.page.fill("#query", "</script>")
        face.until("!document.getElementById('results').hidden")
        lasso(face, np.array([(2, 2), (700, 2), (700, 600), (2, 600)]))
        shown = " ".join(face.texts("#results .name"))
        assert "</script><script>window.hacked = 1</script>" in shown
        assert face.js("() => window.hacked") is None
        face.js(SMUGGLE)
        assert face.js("() => window.hacked") is None, "the policy stops even a script that were smuggled in"
        face.opened.errors.clear()


@pytest.mark.parametrize("size", [(360, 640), (768, 1024), (3840, 2160)])
def test_it_fits_windows_of_any_size(
    browser: Any, drawn: tuple[Path, Collection], size: tuple[int, int]
) -> None:
    with opened(browser, drawn[0], size=size) as face:
        face.page.mouse.click(*face.at(face.row("s1")))
        face.settle()
        assert face.js(TOO_WIDE) == [] and face.js("() => document.documentElement.scrollWidth") <= size[0]
        box = face.page.locator("#map").bounding_box()
        assert box["width"] >= min(size[0], 340) and box["height"] >= 0.3 * size[1]


def test_it_is_light_and_dark_as_the_system_is(browser: Any, drawn: tuple[Path, Collection]) -> None:
    with opened(browser, drawn[0], color_scheme="dark") as face:
        assert face.pixels()[2, 2].tolist() == [0x12, 0x14, 0x1B]
        face.page.emulate_media(color_scheme="light")
        face.settle()
        assert face.pixels()[2, 2].tolist() == [255, 255, 255]


def test_fingers_pinch_and_tap(browser: Any, drawn: tuple[Path, Collection]) -> None:
    with opened(browser, drawn[0], size=(400, 700), has_touch=True, is_mobile=True) as face:
        zoom = face.where()[2]
        touch = face.page.context.new_cdp_session(face.page)
        for kind, gap in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
            points = [{"x": 200 - gap, "y": 250, "id": 1}, {"x": 200 + gap, "y": 250, "id": 2}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert face.where()[2] == pytest.approx(3 * zoom, rel=0.05)
        face.page.click("#fit")
        face.page.touchscreen.tap(*face.at(face.row("s1")))
        face.until("!document.getElementById('song').hidden")


def test_a_chinese_page_speaks_chinese(browser: Any, tmp_path: Path) -> None:
    path = draw_map(two_groups(), tmp_path / "地图.html", projection="pca", language="zh").path
    with opened(browser, path) as face:
        assert face.page.get_attribute("#query", "placeholder") == "搜索歌名或歌手"
        assert face.page.title() == "两组歌" and face.legend()["未知"] == 12
        face.page.fill("#query", "夜曲")
        face.until("document.getElementById('results').textContent.includes('找到 1 首歌曲')")


def test_a_screen_reader_is_told_what_everything_is(face: Face) -> None:
    assert face.page.get_by_role("application", name="Map of 60 songs").count() == 1
    for element in face.page.locator("button:visible, select:visible, input:visible").all():
        name = element.evaluate(
            "(e) => e.getAttribute('aria-label') || e.textContent || e.labels?.[0]?.textContent"
        )
        assert name and name.strip(), element
    face.page.fill("#query", "song")
    face.until("document.getElementById('status').textContent === '57 songs found'")


def test_a_hundred_thousand_songs_are_drawn_found_and_moved(browser: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    n = 100_000
    X = rng.normal(size=(n, 3)) + 4 * rng.integers(0, 4, (n, 1))
    genre = tuple(np.array(["a", "b", "c"])[rng.integers(0, 3, n)])
    songs = Collection("many", tuple(map(str, range(n))), X, ("x", "y", "z"), facts={"genre": genre})
    done = draw_map(songs, tmp_path / "many.html", projection="pca")
    assert done.n_bytes < 8e6
    with opened(browser, done.path) as face:
        assert (
            face.js(f"() => {MAP}.songs.n") == n
            and face.js("() => document.querySelectorAll('*').length") < 400
        )
        background = (face.pixels() == 255).all(axis=2)
        assert 0.1 < (~background).mean() < 0.99
        row = face.row("77777")
        face.js(f"(i) => {MAP}.choose(i, {{ go: true }})", row)
        face.until(f"{MAP}.flight === null")
        assert face.js(f"([x, y]) => {MAP}.under(x, y)", face.js(f"(i) => {MAP}.at(i)", row)) == row
        looked = face.js(
            f"() => {{ let n = 0; {MAP}.grid.each([0.5, 0.5, 0.51, 0.51], () => n++); return n }}"
        )
        assert looked < 5000, "picking looks at some cells, not at every song"
        before = face.where()
        face.drag([(300, 300), (340, 300), (380, 320)])
        assert face.where() != before


def test_a_slow_machine_draws_some_songs_while_it_moves_and_all_at_rest(browser: Any, tmp_path: Path) -> None:
    n = 50_000
    X = np.random.default_rng(0).normal(size=(n, 2))
    songs = Collection("x", tuple(map(str, range(n))), X, ("x", "y"))
    path = draw_map(songs, tmp_path / "m.html", projection="pca").path
    with opened(browser, path) as face:
        face.js(COUNT_DRAWN)
        face.js(PAN_SLOWLY)
        moving = face.js("() => window.drawn")
        assert moving[0] == n and min(moving) == 20_000, "frames of 60 ms are not smooth"
        face.until(f"window.drawn[window.drawn.length - 1] === {n}")


def test_arrows_go_from_song_to_song_and_shift_moves_the_map(face: Face) -> None:
    """The oracle looks at every song; what lies aside of the way counts twice."""
    points = np.array(face.js(f"() => Array.from({{length: {MAP}.songs.n}}, (_, i) => {MAP}.at(i))"))
    face.js(f"() => {MAP}.choose(7)")
    face.page.focus("#map")
    at = 7
    for key, way in (
        ("ArrowRight", (1, 0)),
        ("ArrowDown", (0, 1)),
        ("ArrowLeft", (-1, 0)),
        ("ArrowUp", (0, -1)),
    ):
        along, aside = (points - points[at]) @ way, np.abs((points - points[at]) @ (way[1], -way[0]))
        away = np.where((along > 1e-9) & (aside <= along), along + 2 * aside, np.inf)
        face.page.keyboard.press(key)
        wanted = int(away.argmin()) if np.isfinite(away).any() else at
        assert face.js(f"() => {MAP}.chosen") == wanted, key
        at = wanted
    before = face.where()
    face.page.keyboard.press("Shift+ArrowRight")
    assert face.where()[0] > before[0] and face.js(f"() => {MAP}.chosen") == at
    face.page.keyboard.press("Escape")


def test_one_call_draws_all_songs_also_while_some_stand_out(face: Face) -> None:
    calls = face.js(f"""() => {{
      const {{ gl }} = {MAP}.painter;
      const draw = gl.drawArrays.bind(gl);
      let calls = 0;
      {MAP}.stress(Uint8Array.from({{length: {MAP}.songs.n}}, (_, i) => i % 2));
      gl.drawArrays = (...how) => {{ calls++; draw(...how); }};
      {MAP}.draw();
      gl.drawArrays = draw;
      return calls;
    }}""")
    assert calls == 1
    face.js(f"() => {MAP}.stress(null)")


def test_a_map_in_a_notebook_works_and_has_no_address_to_keep(browser: Any, tmp_path: Path) -> None:
    report = draw_map(two_groups(), tmp_path / "map.html", projection="pca", language="zh")
    cell = tmp_path / "cell.html"
    cell.write_text(f"<!doctype html><meta charset=utf-8>{report._repr_html_()}", encoding="utf-8")
    with open_page(browser, cell) as cell_page:
        frame = cell_page.page.frame_locator("iframe")
        frame.locator("html[data-ready]").wait_for(timeout=60_000)
        frame.locator("select").first.select_option(index=1)
        cell_page.page.wait_for_timeout(400)
        assert cell_page.errors == []
        assert [url for url in cell_page.requests if not url.startswith(("file:", "data:", "about:"))] == []
