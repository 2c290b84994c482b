"""The map in the page: it draws all songs, is moved, asked, roped and heard, by pointer, finger and keys."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest
from PIL import Image

from tests.api.conftest import SONGS
from tests.browser import Opened
from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit

N_SONGS = len(SONGS)
ATLAS = "document.querySelector('.atlas-box').atlas"


def ask(url: str, body: dict[str, Any] | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"content-type": "application/json"})
    with urlopen(request) as answer:
        return json.load(answer)["result"]


@pytest.fixture(scope="module")
def mapped(served: Served, browser: Any) -> Served:
    """A server whose library has a map, made by a click in the page."""
    with visit(browser, f"{served.url}/map") as opened:
        page = opened.page
        page.get_by_role("button", name="Make the map").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="Make the map").click()
        page.locator(".atlas-box[data-painter]").wait_for(timeout=60_000)
    assert ask(f"{served.url}/api/v1/map")["n"] == N_SONGS
    return served


class Sheet:
    """What a person does with the map."""

    def __init__(self, opened: Opened) -> None:
        self.page = opened.page
        self.page.locator(".atlas-box[data-painter]").wait_for()
        self.page.wait_for_function(f"() => {ATLAS}.points.titles.some(Boolean) && {ATLAS}.column.value")

    def at(self, row: int) -> tuple[float, float]:
        box = self.page.locator(".atlas-box").bounding_box()
        x, y = self.page.evaluate(f"(i) => {ATLAS}.map.at(i)", row)
        return box["x"] + x, box["y"] + y

    def row(self, title: str) -> int:
        return int(self.page.evaluate(f"(title) => {ATLAS}.points.titles.indexOf(title)", title))

    def marks(self) -> list[int]:
        return list(
            self.page.evaluate(f"() => Array.from({ATLAS}.map.marks).filter((_, at) => at % 4 === 1)")
        )

    def settle(self) -> None:
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def pixels(self) -> np.ndarray:
        self.settle()
        picture = Image.open(io.BytesIO(self.page.locator(".atlas-box").screenshot())).convert("RGB")
        return np.asarray(picture).astype(int)


@pytest.fixture
def sheet(mapped: Served, browser: Any) -> Iterator[Sheet]:
    with visit(browser, f"{mapped.url}/map?colour=file_genre") as opened:
        yield Sheet(opened)


def test_every_song_is_drawn_by_the_graphics_card_in_its_colour(sheet: Sheet) -> None:
    assert sheet.page.get_attribute(".atlas-box", "data-painter") == "webgl2"
    names = "document.querySelector('.atlas-box canvas + canvas')"
    sheet.page.evaluate(f"() => {{ {names}.style.visibility = 'hidden'; }}")
    pixels = sheet.pixels()
    assert (pixels[5, 90] == 255).all(), "the ground is the card's colour"
    colours = sheet.page.evaluate(f"() => Array.from({ATLAS}.map.colours)")
    for row in range(N_SONGS):
        wanted = np.array(colours[4 * row : 4 * row + 3])
        x, y = sheet.page.evaluate(f"(i) => {ATLAS}.map.at(i)", row)
        spot = pixels[round(y) - 2 : round(y) + 3, round(x) - 2 : round(x) + 3].reshape(-1, 3)
        away = np.abs(spot - (0.88 * wanted + 0.12 * 255)).sum(axis=1)
        assert away.min() < 60, (row, spot.tolist(), wanted.tolist())


def test_the_legend_counts_as_the_library_does_and_hides_a_group(sheet: Sheet, mapped: Served) -> None:
    wanted = Counter(song[6] for song in SONGS if song[6])
    entries = sheet.page.locator(".legend li button")
    shown = {one.split("\n")[0]: int(one.split("\n")[1]) for one in entries.all_inner_texts()}
    assert {name: n for name, n in shown.items() if name != "unknown"} == wanted
    assert sum(shown.values()) == N_SONGS
    rock = sheet.page.locator(".legend li button", has_text="Rock")
    rock.click()
    assert rock.get_attribute("aria-pressed") == "false" and sheet.marks().count(0) == shown["Rock"]
    sheet.page.get_by_role("button", name="Show every group").click()
    assert sheet.marks().count(0) == 0
    sheet.page.get_by_label("Colour").select_option(label="Tempo (BPM)")
    sheet.page.locator(".scale-bar").wait_for()


def test_what_a_query_finds_stands_out_and_a_wrong_one_is_told(mapped: Served, browser: Any) -> None:
    with visit(browser, f"{mapped.url}/map", refused=(400,)) as opened:
        sheet = Sheet(opened)
        field = sheet.page.get_by_label("Find tracks")
        field.fill("genre:jazz")
        n = len(ask(f"{mapped.url}/api/v1/map/matches?query=genre:jazz")["ids"])
        sheet.page.get_by_text(f"{n} songs stand out").wait_for()
        assert 0 < n < N_SONGS and sheet.marks().count(3) == n and sheet.marks().count(1) == N_SONGS - n
        assert "query=genre%3Ajazz" in sheet.page.url
        field.fill("tempo:fast(")
        sheet.page.get_by_role("alert").wait_for()
        field.fill("")
        sheet.page.wait_for_function(f"() => {ATLAS}.map.focus === null")


def test_a_click_plays_a_song_and_tells_what_is_like_it(sheet: Sheet) -> None:
    row = sheet.row("Green")
    sheet.page.mouse.click(*sheet.at(row))
    panel = sheet.page.get_by_label("The chosen song")
    panel.get_by_role("link", name="Green").first.wait_for()
    assert "Jazz" in panel.inner_text() and "1959" in panel.inner_text()
    sheet.page.locator(".player").get_by_text("Green").wait_for()
    near = panel.get_by_role("list", name="What is like it").locator("li")
    near.first.wait_for()
    assert near.count() >= 5
    assert len(sheet.page.evaluate(f"() => {ATLAS}.map.kin")) == near.count()
    near.first.get_by_role("button", name="Show on the map").click()
    sheet.page.wait_for_function(f"(row) => {ATLAS}.chosen.value !== row", arg=row)


def test_keys_alone_choose_go_on_and_close(sheet: Sheet) -> None:
    sheet.page.focus(".atlas-box")
    sheet.page.keyboard.press("Enter")
    sheet.page.get_by_label("The chosen song").wait_for()
    first = sheet.page.evaluate(f"() => {ATLAS}.chosen.value")
    moved = []
    for key in ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown"):
        sheet.page.keyboard.press(key)
        moved.append(sheet.page.evaluate(f"() => {ATLAS}.chosen.value"))
    assert set(moved) - {first}, "arrows go to the nearest song that way"
    name = sheet.page.evaluate(f"() => {ATLAS}.points.name({ATLAS}.chosen.value)")
    sheet.page.locator("[role=status]", has_text=name).first.wait_for(state="attached")
    sheet.page.keyboard.press("Escape")
    sheet.page.get_by_label("The chosen song").wait_for(state="detached")
    sheet.page.keyboard.press("/")
    sheet.page.wait_for_function("() => document.activeElement.closest('.search')")


def test_the_lasso_makes_a_playlist_of_exactly_the_songs_inside(sheet: Sheet, mapped: Served) -> None:
    wanted = sorted(range(N_SONGS), key=lambda row: sheet.at(row)[0])[:5]
    left, right = (
        sheet.at(wanted[-1])[0],
        sheet.at(sorted(range(N_SONGS), key=lambda r: sheet.at(r)[0])[5])[0],
    )
    edge = (left + right) / 2
    box = sheet.page.locator(".atlas-box").bounding_box()
    top, bottom = box["y"] + 12, box["y"] + box["height"] - 12
    sheet.page.keyboard.down("Shift")
    sheet.page.mouse.move(box["x"] + 12, top)
    sheet.page.mouse.down()
    for spot in ((edge, top), (edge, bottom), (box["x"] + 12, bottom)):
        sheet.page.mouse.move(*spot)
    sheet.page.mouse.up()
    sheet.page.keyboard.up("Shift")
    sheet.page.locator(".roped").wait_for()
    assert sheet.page.locator(".roped h2").inner_text() == "5 songs selected"
    sheet.page.get_by_label("Selected songs").get_by_role("button", name="To a playlist").click()
    dialog = sheet.page.get_by_role("dialog")
    dialog.get_by_label("New playlist").fill("左边 of the map")
    dialog.get_by_role("button", name="Create").click()
    dialog.wait_for(state="detached")
    ids = sheet.page.evaluate(f"() => Array.from({ATLAS}.points.ids)")
    kept = ask(f"{mapped.url}/api/v1/playlists/%E5%B7%A6%E8%BE%B9%20of%20the%20map")
    assert sorted(one["track_id"] for one in kept["items"]) == sorted(ids[row] for row in wanted)


def test_a_song_that_is_pointed_at_is_heard_and_stops_when_it_is_left(sheet: Sheet) -> None:
    x, y = sheet.at(sheet.row("One"))
    sheet.page.mouse.move(x, y)
    sheet.page.locator(".player").get_by_text("One", exact=True).wait_for()
    sheet.page.mouse.move(x + 400 if x < 500 else x - 400, y + 3)
    sheet.page.get_by_role("button", name="Play", exact=True).first.wait_for()


def test_nothing_is_heard_by_pointing_where_things_shall_hold_still(mapped: Served, browser: Any) -> None:
    with visit(browser, f"{mapped.url}/") as opened:
        opened.page.emulate_media(reduced_motion="reduce")
        opened.page.goto(f"{mapped.url}/map")
        sheet = Sheet(opened)
        sheet.page.mouse.move(*sheet.at(0))
        sheet.page.wait_for_timeout(600)
        assert sheet.page.locator(".player").count() == 0


def test_fingers_pinch(mapped: Served, browser: Any) -> None:
    context = browser.new_context(viewport={"width": 400, "height": 800}, has_touch=True, is_mobile=True)
    try:
        opened = Opened(context.new_page())
        opened.page.goto(f"{mapped.url}/map")
        sheet = Sheet(opened)
        box = sheet.page.locator(".atlas-box").bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        zoom = sheet.page.evaluate(f"() => {ATLAS}.map.view.zoom")
        touch = context.new_cdp_session(sheet.page)
        for kind, gap in (("touchStart", 20), ("touchMove", 40), ("touchMove", 60)):
            points = [{"x": middle[0] + side * gap, "y": middle[1], "id": side + 2} for side in (-1, 1)]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert sheet.page.evaluate(f"() => {ATLAS}.map.view.zoom") == pytest.approx(3 * zoom, rel=0.05)
    finally:
        context.close()


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", True)])
def test_it_is_accessible_in_both_themes_and_languages(
    mapped: Served, browser: Any, language: str, dark: bool
) -> None:
    with visit(browser, f"{mapped.url}/map", language=language, dark=dark) as opened:
        sheet = Sheet(opened)
        sheet.page.mouse.click(*sheet.at(sheet.row("Green")))
        sheet.page.locator(".kin li").first.wait_for()
        sheet.page.locator("details summary").click()
        check_axe(sheet.page)
        assert sheet.page.locator("h1").inner_text() == {"en": "Map", "zh": "地图"}[language]
        ground = sheet.pixels()[5, 90].tolist()
        assert ground == ([0x16, 0x19, 0x1E] if dark else [255, 255, 255])


@pytest.mark.parametrize("size", [(360, 740), pytest.param((3840, 2160), marks=pytest.mark.slow)])
def test_it_fits_windows_of_any_size(mapped: Served, browser: Any, size: tuple[int, int]) -> None:
    with visit(browser, f"{mapped.url}/map", size=size) as opened:
        sheet = Sheet(opened)
        sheet.page.mouse.click(*sheet.at(sheet.row("Green")))
        sheet.page.locator(".kin li").first.wait_for()
        check_no_sideways_scroll(sheet.page)
        box = sheet.page.locator(".atlas-box").bounding_box()
        assert box["width"] >= 0.6 * min(size[0], 2000) and box["height"] >= 0.4 * size[1]
