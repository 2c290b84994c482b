"""The track page in a real browser: everything in time on one axis, and what may be said of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit
from tunelens.library.search import search
from tunelens.library.store import Library


@pytest.fixture(scope="module")
def song(served: Served) -> int:
    """Number of the song that nets have heard, where they are here: 夜曲, of which there is a copy."""
    return number_of(served, "title:=夜曲")


def number_of(served: Served, query: str) -> int:
    with Library.open(served.library, create=False) as library:
        return search(library, query).tracks[0].id


def seconds(page: Any) -> float:
    return float(page.locator(".axis").get_attribute("aria-valuenow"))


def test_waveform_parts_and_spectrum_share_one_axis(browser: Any, served: Served, song: int) -> None:
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        page.locator(".track-head h1").get_by_text("夜曲").wait_for()
        page.locator("canvas.wave").first.wait_for()
        page.locator(".part").first.wait_for()
        image = page.locator("img.spectrogram")
        image.wait_for()
        assert image.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
        boxes = [page.locator(one).first.bounding_box() for one in (".axis", "canvas.wave", ".parts", "img")]
        boxes[3] = image.bounding_box()
        assert {round(box["x"]) for box in boxes} == {round(boxes[0]["x"])}
        assert {round(box["width"]) for box in boxes} == {round(boxes[0]["width"])}


def test_a_click_on_the_axis_plays_from_there_and_keys_go_on(browser: Any, served: Served, song: int) -> None:
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        axis = page.locator(".axis")
        box = axis.bounding_box()
        axis.click(position={"x": box["width"] / 2, "y": 20})
        page.locator(".player").wait_for()
        page.locator(".player").get_by_role("button", name="Pause").click()
        assert 4 <= seconds(page) <= 7
        axis.focus()
        page.keyboard.press("Home")
        assert seconds(page) == 0
        page.keyboard.press("ArrowRight")
        assert seconds(page) == 5


def test_it_is_liked_rated_and_unliked(browser: Any, served: Served, song: int) -> None:
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        like = page.get_by_role("button", name="Like", exact=True)
        like.click()
        page.locator("[aria-label=Like][aria-pressed=true]").wait_for()
        page.get_by_role("button", name="4 of 5 stars").click()
        page.locator("[aria-label='4 of 5 stars'][aria-pressed=true]").wait_for()
        page.reload()
        page.locator("[aria-label=Like][aria-pressed=true]").wait_for()
        like.click()
        page.locator("[aria-label=Like][aria-pressed=false]").wait_for()


def test_its_copy_is_found_by_the_fingerprint_and_neighbours_say_why(
    browser: Any, served: Served, song: int
) -> None:
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        page.get_by_role("list", name="The same recording").get_by_text("Nocturne (copy)").wait_for()
        near = page.get_by_role("list", name="Neighbours")
        near.locator("li").first.wait_for()
        assert near.locator(".near-why").first.inner_text() != ""


def test_what_nets_hear_stands_under_the_playhead(browser: Any, served: Served, song: int) -> None:
    if not served.nets:
        pytest.skip("no nets are installed here")
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        page.locator(".tag-lane").first.wait_for()
        page.get_by_role("heading", name="Genre").wait_for()
        page.locator(".said .meter").first.wait_for()
        page.locator(".said").get_by_text("confidence among").first.wait_for()


def test_a_label_is_corrected_with_one_click(browser: Any, served: Served, song: int) -> None:
    if not served.nets:
        pytest.skip("no nets are installed here")
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        page.get_by_role("button", name="Correct it").first.click()
        page.locator("dialog .chip").get_by_text("Jazz", exact=True).click()
        page.get_by_role("button", name="Undo").click()


@pytest.mark.slow
def test_why_is_answered_to_look_at_and_to_listen_to(browser: Any, served: Served, song: int) -> None:
    if not served.nets:
        pytest.skip("no nets are installed here")
    with visit(browser, f"{served.url}/tracks/{song}") as opened:
        page = opened.page
        page.get_by_role("button", name="Why?").first.click()
        page.locator(".why-picture").wait_for(timeout=90_000)
        assert page.locator(".why-picture").evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
        assert page.locator(".for-against").count() >= 10
        sound = page.locator("dialog audio").get_attribute("src")
        assert page.request.get(served.url + sound).body()[:4] == b"RIFF"
        check_axe(page)


def test_markup_in_a_title_stays_text(browser: Any, served: Served) -> None:
    number = number_of(served, "album:Blue title:Red")
    with visit(browser, f"{served.url}/tracks/{number}") as opened:
        opened.page.locator(".track-head h1").get_by_text("Red <script>alert(1)</script>").wait_for()


def test_a_track_that_is_not_there_is_told(browser: Any, served: Served) -> None:
    with visit(browser, f"{served.url}/tracks/99999", refused=(404,)) as opened:
        opened.page.locator(".error-box").wait_for()
        assert "99999" in opened.page.locator(".error-box").inner_text()


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_everyone_can_use_it(browser: Any, served: Served, song: int, language: str, dark: bool) -> None:
    with visit(browser, f"{served.url}/tracks/{song}", language=language, dark=dark) as opened:
        page = opened.page
        page.locator(".part").first.wait_for()
        page.locator(".near-list li").first.wait_for()
        check_axe(page)


@pytest.mark.parametrize("size", [(360, 740), (3840, 2160)])
def test_it_fits_every_window(browser: Any, served: Served, song: int, size: tuple[int, int]) -> None:
    with visit(browser, f"{served.url}/tracks/{song}", size=size) as opened:
        opened.page.locator(".part").first.wait_for()
        opened.page.locator(".near-list li").first.wait_for()
        check_no_sideways_scroll(opened.page)
