"""Settings in a real browser: habits last, facts are true, music is added, a backup is made."""

from __future__ import annotations

import json
import sqlite3
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import make_song
from tests.serving import running
from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit
from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings

JOB_MS = 60_000


def tracks(server: Served) -> int:
    with urllib.request.urlopen(f"{server.url}/api/v1/library") as answer:
        return int(json.load(answer)["result"]["whole"]["n_tracks"])


def test_language_and_theme_are_remembered(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/settings") as opened:
        page = opened.page
        page.get_by_label("Language").select_option("zh")
        page.get_by_role("heading", name="设置").wait_for()
        page.get_by_label("外观").select_option("dark")
        page.reload()
        page.get_by_role("heading", name="设置").wait_for()
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_facts_and_cards_are_those_of_the_server(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/settings") as opened:
        page = opened.page
        row = page.locator(".setting-facts > div", has=page.get_by_text("Tracks", exact=True))
        assert row.locator("dd").inner_text() == str(tracks(own))
        page.get_by_role("button", name="Card of genre", exact=True).click()
        page.get_by_role("dialog").get_by_text("Figures").or_(page.locator(".model-card")).first.wait_for()
        assert "genre" in page.locator(".model-card").inner_text()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")


def test_music_is_added_from_this_computer(browser: Any, own: Served, tmp_path: Path) -> None:
    song = make_song(tmp_path / "新歌.wav", 20, 111, seconds=4.0)
    before = tracks(own)
    with visit(browser, f"{own.url}/settings") as opened:
        page = opened.page
        page.get_by_text("From this computer").click()
        page.locator("input[type=file]").set_input_files(song)
        page.get_by_text("新歌.wav").wait_for()
        page.get_by_role("button", name="Hear it and add it").click()
        page.get_by_text("1 tracks were added or heard anew.").wait_for(timeout=JOB_MS)
        assert tracks(own) == before + 1
        page.locator(".run", has_text="Hear music").first.wait_for()


def test_a_new_library_leads_to_adding_music_and_tells_what_failed(
    browser: Any, built_page: Path, tmp_path: Path
) -> None:
    music = tmp_path / "music"
    make_song(music / "first.wav", 21, 100, seconds=3.0)
    (music / "<b>broken.mp3").write_bytes(b"no sound at all")
    settings = replace(Settings.from_env(), data_dir=tmp_path / "data", offline=True, jobs=1)
    options = ServeOptions(library=tmp_path / "new.db", roots=(music,), settings=settings)
    with running(options) as url, visit(browser, url) as opened:
        page = opened.page
        page.get_by_role("heading", name="The library is empty").wait_for()
        page.get_by_role("link", name="Add music").click()
        page.get_by_role("button", name="Browse…").click()
        page.locator(".entry", has_text="music").click()
        page.get_by_role("button", name="Choose this folder").click()
        page.get_by_role("button", name="Hear it and add it").click()
        page.get_by_text("1 files could not be heard").click(timeout=JOB_MS)
        assert "<b>broken.mp3" in page.locator("li.failed").inner_text()
        page.get_by_role("link", name="To the library").click()
        page.get_by_text("1 tracks", exact=True).wait_for()


def test_the_library_is_backed_up_and_checked(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/settings") as opened:
        page = opened.page
        page.get_by_role("button", name="Back the library up").click()
        link = page.locator(".downloads a").first
        link.wait_for(timeout=JOB_MS)
        with page.expect_download() as download:
            link.click()
        with closing(sqlite3.connect(download.value.path())) as copy:
            assert copy.execute("select count(*) from tracks").fetchone()[0] == tracks(own)
        page.get_by_role("button", name="Is it sound?").click()
        page.get_by_text("The library is sound.").wait_for()


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_settings_can_be_used_by_all(browser: Any, own: Served, language: str, dark: bool) -> None:
    with visit(browser, f"{own.url}/settings", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".model-list li").first.wait_for()
        check_no_sideways_scroll(opened.page)
        check_axe(opened.page)
