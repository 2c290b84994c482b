"""Playlists in the page: kept, put in another order, taken out and brought in; journeys through the moods."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest

from tests.api.conftest import SONGS
from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, running, visit
from tests.web.test_map import ask
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings


@pytest.fixture
def listed(served: Served) -> Iterator[tuple[str, list[int]]]:
    """A playlist of four tracks with a name that must be encoded."""
    name = "晚上 50% & more"
    found = ask(f"{served.url}/api/v1/tracks?sort=title&limit=4")["items"]
    ids = [one["id"] for one in found]
    ask(f"{served.url}/api/v1/playlists", {"name": name, "tracks": ids, "force": True})
    yield name, ids


def places(served: Served, name: str) -> list[int]:
    return [one["track_id"] for one in ask(f"{served.url}/api/v1/playlists/{quote(name)}")["items"]]


def wait_for_track(page: Any, number: int, place: int = 0) -> None:
    """Wait until a track stands at a place of the list."""
    page.locator("li.item").nth(place).locator(f"a[href='/tracks/{number}']").wait_for()


def test_a_playlist_is_played_put_in_order_and_exported(
    served: Served, browser: Any, listed: tuple[str, list[int]]
) -> None:
    name, (a, b, c, d) = listed
    with visit(browser, f"{served.url}/playlists") as opened:
        page = opened.page
        page.get_by_role("link", name=name).click()
        items = page.locator("li.item")
        items.nth(3).wait_for()
        page.get_by_role("button", name="Play", exact=True).click()
        page.locator(".player").wait_for()
        items.nth(1).get_by_role("button", name="Move up").click()
        wait_for_track(page, b)
        assert places(served, name) == [b, a, c, d]
        items.nth(2).get_by_role("button", name="Move down").click()
        wait_for_track(page, c, place=3)
        assert places(served, name) == [b, a, d, c]
        items.nth(3).drag_to(items.nth(0))
        wait_for_track(page, c)
        assert places(served, name) == [c, b, a, d]
        items.nth(0).get_by_role("button", name="Take out").click()
        page.wait_for_function("() => document.querySelectorAll('li.item').length === 3")
        assert places(served, name) == [b, a, d]
        with page.expect_download() as told:
            page.get_by_role("link", name="XSPF").click()
        assert told.value.suggested_filename == f"{name}.xspf"
        assert Path(told.value.path()).read_text("utf-8").count("<track>") == 3


def test_a_smart_playlist_follows_its_query_and_a_list_goes(served: Served, browser: Any) -> None:
    with visit(browser, f"{served.url}/playlists") as opened:
        page = opened.page
        page.get_by_role("button", name="New playlist").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Name").fill("quick")
        dialog.get_by_role("textbox", name="Query").fill("tempo:>100")
        dialog.get_by_role("button", name="Create").click()
        page.get_by_role("heading", name="quick").wait_for()
        page.locator("li.item").first.wait_for()
        wanted = ask(f"{served.url}/api/v1/tracks?query=tempo:%3E100")["total"]
        assert page.locator("li.item").count() == wanted > 0
        assert page.get_by_role("button", name="Move up").count() == 0, "its order is that of the query"
        page.get_by_role("button", name="Delete").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        page.wait_for_url("**/playlists")
        assert "quick" not in [one["name"] for one in ask(f"{served.url}/api/v1/playlists")["items"]]


def test_a_file_of_another_program_comes_in_and_what_is_unknown_is_told(
    served: Served, browser: Any, tmp_path: Path
) -> None:
    known = served.music / SONGS[2][0]
    file = tmp_path / "老歌单.m3u8"
    file.write_text(f"#EXTM3U\n{known}\n/nowhere/Gone & Lost.mp3\n", "utf-8")
    with visit(browser, f"{served.url}/playlists") as opened:
        opened.page.set_input_files("input[type=file]", file)
        opened.page.get_by_role("heading", name="老歌单").wait_for()
        opened.page.get_by_text("not in the library", exact=True).wait_for()
        assert opened.page.locator("li.item").count() == 2


@pytest.fixture(scope="module")
def felt(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same library, in which models told of every song how it feels: all over the plane."""
    home = tmp_path_factory.mktemp("felt")
    library = Path(shutil.copy(served.library, home / "music.db"))
    rng = np.random.default_rng(1)
    with closing(sqlite3.connect(library)) as raw, raw:
        for (number,) in raw.execute("SELECT id FROM tracks").fetchall():
            raw.execute("UPDATE tracks SET valence = ?, arousal = ? WHERE id = ?", (*rng.random(2), number))
    settings = Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)
    with running(ServeOptions(library=library, settings=settings)) as url:
        yield Served(url, library, served.music, nets=False)


def test_a_journey_is_a_curve_through_its_steps_and_is_kept(felt: Served, browser: Any) -> None:
    """The oracle of the drawing is the answer of the server: every step lies where it is told to."""
    with visit(browser, f"{felt.url}/playlists", size=(1280, 1100)) as opened:
        page = opened.page
        page.get_by_role("button", name="Make one of what was heard").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("From").select_option(label="sad")
        dialog.get_by_label("Steps").fill("5")
        with page.expect_response("**/playlists/make") as told:
            dialog.get_by_role("button", name="Make", exact=True).click()
        steps = told.value.json()["result"]["steps"]
        circles = dialog.locator(".plane-step circle")
        circles.nth(4).wait_for()
        ground = dialog.locator(".plane-ground")
        x0, y0, side = (float(ground.get_attribute(name)) for name in ("x", "y", "width"))
        for at, step in enumerate(steps):
            spot = [float(circles.nth(at).get_attribute(name)) for name in ("cx", "cy")]
            assert spot == pytest.approx([x0 + step["valence"] * side, y0 + (1 - step["arousal"]) * side])
        assert dialog.locator(".plane-way").get_attribute("d").count("C") == 4
        dialog.get_by_role("button", name="Step 2").focus()
        page.keyboard.press("Enter")
        page.locator(".player").wait_for()
        check_axe(page)
        dialog.get_by_label("Name").fill("sad to happy")
        dialog.get_by_role("button", name="Keep it").click()
        page.get_by_role("heading", name="sad to happy").wait_for()
        assert places(felt, "sad to happy") == [step["id"] for step in steps]


def test_a_mix_is_made_near_a_song_that_is_chosen_by_name(served: Served, browser: Any) -> None:
    with visit(browser, f"{served.url}/playlists") as opened:
        page = opened.page
        page.get_by_role("button", name="Make one of what was heard").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("tab", name="Mix").click()
        dialog.get_by_label("Near these songs").fill("夜曲")
        dialog.get_by_role("list", name="Songs that fit").get_by_role("button").first.click()
        chosen = dialog.get_by_role("list", name="Chosen songs").locator("li")
        chosen.first.wait_for()
        dialog.get_by_label("Only of").fill("tempo:>50")
        dialog.get_by_label("How many").fill("3")
        with page.expect_response("**/playlists/make") as told:
            dialog.get_by_role("button", name="Make", exact=True).click()
        assert len(told.value.request.post_data_json["tracks"]) == 1
        made = json.loads(told.value.body())["result"]["tracks"]
        dialog.locator(".steps li").nth(len(made) - 1).wait_for()
        assert dialog.locator(".steps li").count() == len(made) == 3


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", True)])
def test_they_are_accessible_and_fit(
    served: Served, browser: Any, listed: tuple[str, list[int]], language: str, dark: bool
) -> None:
    for path in ("/playlists", f"/playlists/{quote(listed[0])}"):
        with visit(browser, served.url + path, language=language, dark=dark, size=(360, 740)) as opened:
            opened.page.locator(".list, li.item").first.wait_for()
            check_axe(opened.page)
            check_no_sideways_scroll(opened.page)
