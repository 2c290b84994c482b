"""What surrounds the pages: navigation, language, theme, the player, the door; and how the page is served."""

from __future__ import annotations

import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.libraries import v2
from tests.serving import running
from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit
from tunelens.api.keys import Keys
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings

TOKEN = "correct horse battery staple"


def fetch(url: str) -> Any:
    return urllib.request.urlopen(url)


def test_every_path_but_those_of_the_api_is_the_page(served: Served) -> None:
    for path in ("/", "/tracks/1", "/no/such/page", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd"):
        with fetch(served.url + path) as answer:
            assert answer.headers["content-type"].startswith("text/html")
            assert b'<div id="app">' in answer.read()
    with pytest.raises(urllib.request.HTTPError) as refused:
        fetch(f"{served.url}/api/v1/no-such-thing")
    assert refused.value.headers["content-type"] == "application/problem+json"
    refused.value.close()


def test_the_policy_lets_nothing_inline_run_and_assets_are_kept(served: Served) -> None:
    with fetch(served.url) as answer:
        document = answer.read().decode()
        policy = answer.headers["content-security-policy"]
        assert "'unsafe" not in policy and "script-src 'self'" in policy
        assert answer.headers["cache-control"] == "no-cache"
    (script,) = [part.split('"')[0] for part in document.split('src="')[1:] if part.startswith("/assets")]
    with fetch(served.url + script) as answer:
        assert "immutable" in answer.headers["cache-control"]


def test_language_and_theme_are_one_click_and_remembered(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.get_by_role("heading", name="Library").wait_for()
        page.locator(".switches [lang=zh]").click()
        page.get_by_role("heading", name="曲库").wait_for()
        page.locator(".switches").get_by_role("button", name="深色").click()
        page.reload()
        page.get_by_role("heading", name="曲库").wait_for()
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dataset.theme]") == [
            "zh-CN",
            "dark",
        ]


def test_links_and_the_buttons_of_the_browser_change_the_page_without_loading_it(
    browser: Any, served: Served
) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.locator(".track-names a").first.click()
        page.locator(".track-head h1").wait_for()
        page.go_back()
        page.locator(".vtable").wait_for()
        documents = [one for one in opened.requests if one.rstrip("/") == served.url or "/tracks/" in one]
        assert len([one for one in documents if "/api/" not in one]) == 1


def test_the_player_goes_on_over_pages_and_obeys_the_space_bar(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.locator(".vtable-body .play").first.click()
        pause = page.locator(".player").get_by_role("button", name="Pause")
        pause.wait_for()
        page.locator(".track-names a").nth(3).click()
        page.locator(".track-head h1").wait_for()
        assert pause.is_visible()
        page.locator("main").focus()
        page.keyboard.press("Space")
        page.locator(".player").get_by_role("button", name="Play", exact=True).wait_for()
        page.get_by_role("button", name="Close the player").click()
        page.locator(".player").wait_for(state="detached")


def test_a_narrow_window_has_a_bar_with_a_menu(browser: Any, served: Served) -> None:
    with visit(browser, served.url, size=(360, 740)) as opened:
        page = opened.page
        page.get_by_role("button", name="More").click()
        page.locator(".switches").wait_for()
        page.get_by_role("link", name="Settings").click()
        page.wait_for_url("**/settings")
        check_no_sideways_scroll(page)


def test_nobody_comes_in_without_the_token(browser: Any, built_page: Path, tmp_path: Path) -> None:
    settings = replace(Settings.from_env(), data_dir=tmp_path, offline=True)
    options = ServeOptions(library=v2(tmp_path / "music.db"), keys=Keys.of_token(TOKEN), settings=settings)
    with running(options) as url, visit(browser, url, refused=(401, 403)) as opened:
        page = opened.page
        page.get_by_label("Token").fill("guess")
        page.get_by_role("button", name="Enter").click()
        page.locator(".hint.bad").wait_for()
        check_axe(page)
        page.get_by_label("Token").fill(TOKEN)
        page.get_by_role("button", name="Enter").click()
        page.locator(".vtable-body .track-names a").first.wait_for()
        page.reload()
        page.locator(".vtable-body .track-names a").first.wait_for()


def test_the_focus_is_not_lost_with_a_dialog_or_a_page(browser: Any, served: Served) -> None:
    with visit(browser, served.url) as opened:
        page = opened.page
        page.get_by_role("button", name="Columns").click()
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        page.locator("[aria-label=Columns]:focus").wait_for()
        page.locator(".track-names a").first.click()
        page.locator(".track-head h1").wait_for()
        page.locator("main:focus").wait_for()
        page.go_back()
        page.locator(".vtable").wait_for()
        page.reload()
        page.locator(".vtable").wait_for()
        page.keyboard.press("Tab")
        page.locator("a.skip:focus").wait_for()


def test_a_server_that_is_gone_is_told_in_the_language_of_the_page(browser: Any, served: Served) -> None:
    with visit(browser, served.url, language="zh") as opened:
        page = opened.page
        page.locator(".vtable").wait_for()
        page.context.set_offline(True)
        page.get_by_label("查找曲目").fill("jazz")
        page.get_by_text("服务器没有响应", exact=True).wait_for()
        page.get_by_role("link", name="热歌").click()
        page.get_by_role("alert").get_by_text("服务器没有响应，或页面已有新版本。").wait_for()
        opened.errors[:] = [said for said in opened.errors if "ERR_INTERNET_DISCONNECTED" not in said]


@pytest.mark.parametrize("path", ["/no/such/page", "/tracks/one", "/studio/1", "/%ff"])
def test_a_page_that_is_not_there_says_so(browser: Any, served: Served, path: str) -> None:
    with visit(browser, f"{served.url}{path}") as opened:
        opened.page.get_by_role("heading", name="Nothing here").wait_for()
        opened.page.get_by_role("link", name="To the library").click()
        opened.page.locator(".vtable").wait_for()
