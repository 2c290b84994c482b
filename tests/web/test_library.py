"""The library page in a real browser: it finds, sorts, plays, chooses, and says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit

FIND = "[aria-label='Find tracks']"
ROWS = ".vtable-body [role=row]"


def titles(page: Any) -> list[str]:
    return list(page.locator(f"{ROWS} .track-names a").all_inner_texts())


def wait_for_total(page: Any, n: int) -> None:
    page.locator(".library-head [role=status]").get_by_text(f"{n} tracks", exact=True).wait_for()


def test_it_shows_all_tracks_and_finds_while_one_types(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        wait_for_total(page, 12)
        assert "夜曲" in titles(page)
        page.fill(FIND, "周杰伦 tempo:>1")
        wait_for_total(page, 2)
        assert set(titles(page)) == {"夜曲", "Nocturne (copy)"}
        assert "q=" in page.url
        page.reload()
        wait_for_total(page, 2)
        page.get_by_role("link", name="Library").click()
        wait_for_total(page, 12)
        assert page.input_value(FIND) == ""


def test_a_mistake_in_a_query_is_pointed_at_and_the_table_stays(browser: Any, served: Served) -> None:
    with visit(browser, served.url, refused=(400,)) as opened:
        page = opened.page
        wait_for_total(page, 12)
        page.fill(FIND, "blue gnre:pop")
        page.locator(".search-problem").wait_for()
        assert page.locator(".search-problem mark").inner_text() == "g"
        assert "did you mean genre" in page.locator(".search-problem").inner_text()
        assert len(titles(page)) > 0
        page.fill(FIND, "")
        page.locator(".search-problem").wait_for(state="detached")


def test_columns_sort_up_down_and_not_at_all(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        wait_for_total(page, 12)
        head = page.get_by_role("columnheader", name="Year")
        first = page.locator(f"{ROWS}[aria-rowindex='2'] .track-names")
        head.get_by_role("button").click()
        page.locator("[role=columnheader][aria-sort=ascending]").wait_for()
        first.get_by_text("Blue in Two").wait_for()
        head.get_by_role("button").click()
        first.get_by_text("Miss").wait_for()
        head.get_by_role("button").click()
        first.get_by_text("folk").wait_for()
        assert page.locator("[role=columnheader][aria-sort=descending]").count() == 0


def test_counts_narrow_the_query_and_are_taken_back(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.locator(".facet", has_text="The Trio").click()
        wait_for_total(page, 2)
        assert page.input_value(FIND) == 'artist:="The Trio"'
        page.locator(".facet[aria-pressed=true]").first.click()
        wait_for_total(page, 12)


def test_the_keyboard_moves_plays_chooses_and_opens(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        wait_for_total(page, 12)
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Find tracks"
        page.focus("[role=grid]")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Shift+ArrowDown")
        assert page.locator(f"{ROWS}[aria-selected=true]").count() == 2
        page.keyboard.press("Escape")
        assert page.locator(f"{ROWS}[aria-selected=true]").count() == 0
        page.keyboard.press("Space")
        page.locator(".player").wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url("**/tracks/*")
        page.locator(".track-head h1").wait_for()


def test_what_is_chosen_goes_into_a_playlist_and_finds_what_is_like_it(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        wait_for_total(page, 12)
        page.locator(f"{ROWS} input").first.check()
        page.get_by_role("button", name="What is like them").click()
        page.locator(".near-list li").first.wait_for()
        page.get_by_role("tab", name="To hear next").click()
        page.locator(".near-list li, .error-box").first.wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="To a playlist").click()
        page.get_by_label("New playlist").fill("晚上 & <later>")
        page.get_by_role("button", name="Create").click()
        page.locator(".toast").get_by_text("晚上 & <later>").wait_for()


def test_tags_are_planned_written_and_taken_back(browser: Any, served: Served) -> None:
    pytest.importorskip("mutagen", reason="tags need the extra `tags`")
    file = served.music / "rock" / "one.ogg"
    before = file.read_bytes()
    with visit(browser, f"{served.url}/?q=title:=One") as opened:
        page = opened.page
        wait_for_total(page, 1)
        page.locator(f"{ROWS} input").first.check()
        page.get_by_role("button", name="Write tags").click()
        page.locator(".plan li").first.wait_for()
        page.get_by_role("button", name="Write into 1 files").click()
        page.get_by_role("button", name="Undo").wait_for()
        assert file.read_bytes() != before
        page.get_by_role("button", name="Undo").click()
        page.get_by_text("It is as it was").wait_for()
    assert file.read_bytes() == before


def test_columns_are_chosen_and_remembered(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.get_by_role("button", name="Columns").click()
        page.get_by_label("Loudness").check()
        page.keyboard.press("Escape")
        page.get_by_role("columnheader", name="Loudness").wait_for()
        page.reload()
        page.get_by_role("columnheader", name="Loudness").wait_for()


@pytest.mark.parametrize(("language", "dark"), [("en", False), ("zh", True)])
def test_everyone_can_use_it(browser: Any, served: Served, language: str, dark: bool) -> None:
    with visit(browser, served.url, language=language, dark=dark) as opened:
        page = opened.page
        page.locator(f"{ROWS} a").first.wait_for()
        page.locator(".facet").first.wait_for()
        assert page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-CN"}[language]
        check_axe(page)
        page.locator(f"{ROWS} input").first.check()
        page.locator(".play").first.click()
        page.locator(".player").wait_for()
        check_axe(page)


@pytest.mark.parametrize("size", [(360, 740), (768, 1024), (3840, 2160)])
def test_it_fits_every_window(browser: Any, served: Served, size: tuple[int, int]) -> None:
    with visit(browser, served.url, size=size) as opened:
        page = opened.page
        page.locator(f"{ROWS} a").first.wait_for()
        check_no_sideways_scroll(page)
        page.locator(".play").first.click()
        page.locator(".player").wait_for()
        check_no_sideways_scroll(page)
        assert page.locator(f"{ROWS} .play").first.is_visible()


def test_tags_are_named_in_chinese_and_asked_for_by_their_own_names(browser: Any, own: Served) -> None:
    with visit(browser, own.url, language="zh") as opened:
        page = opened.page
        jazz = page.locator(".facet", has_text="爵士")
        n = int(jazz.locator(".tabular").inner_text())
        jazz.click()
        page.wait_for_url("**q=*jazz*")
        page.locator(".library-head [role=status]").get_by_text(f"{n} 首曲目", exact=True).wait_for()
        assert page.locator(".facet", has_text="Jazz").count() == 0
