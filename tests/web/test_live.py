"""The live view in a real browser: a file that plays, a microphone, and what the server says of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import make_song
from tests.browser import ARGUMENTS, executable
from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit

HEARD_MS = 40_000


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds at 120 beats a minute."""
    return make_song(tmp_path_factory.mktemp("live") / "song.wav", 3, 120, seconds=12.0)


def fact(page: Any, name: str) -> str:
    return str(page.locator(".live-fact", has_text=name).locator("strong").inner_text())


def test_a_file_is_heard_while_it_plays(browser: Any, own: Served, song: Path) -> None:
    with visit(browser, f"{own.url}/live") as opened:
        page = opened.page
        page.get_by_text("A file").click()
        page.locator("input[type=file]").set_input_files(song)
        page.get_by_role("button", name="Listen").click()
        page.locator(".live-facts").wait_for(timeout=HEARD_MS)
        page.locator(".timeline rect").first.wait_for(timeout=HEARD_MS)
        assert float(fact(page, "Level").replace("−", "-")) < 0
        assert float(fact(page, "Delay")) < 1.5
        assert page.get_by_role("meter", name="Peak level").get_attribute("aria-valuetext").endswith("dB")
        check_axe(page)
        page.get_by_role("button", name="Stop").click()
        page.get_by_role("button", name="Listen").wait_for()


def test_a_file_that_is_no_sound_is_told(browser: Any, own: Served, tmp_path: Path) -> None:
    text = tmp_path / "词.txt"
    text.write_text("la la la", encoding="utf-8")
    with visit(browser, f"{own.url}/live") as opened:
        page = opened.page
        page.get_by_text("A file").click()
        page.locator("input[type=file]").set_input_files(text)
        page.get_by_role("button", name="Listen").click()
        page.get_by_role("alert").get_by_text("The browser cannot play this file.").wait_for()


@pytest.mark.slow
def test_a_microphone_is_heard(own: Served, song: Path, browser: Any) -> None:
    """Chromium plays a file into a microphone that is not there."""
    fake = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    arguments = [*ARGUMENTS, *fake, f"--use-file-for-fake-audio-capture={song}"]
    running = browser.browser_type.launch(executable_path=executable(), args=arguments)
    try:
        with visit(running, f"{own.url}/live") as opened:
            page = opened.page
            page.context.grant_permissions(["microphone"])
            page.get_by_role("button", name="Listen").click()
            page.locator(".timeline rect").first.wait_for(timeout=HEARD_MS)
            assert float(fact(page, "Delay")) < 1.5
            level = page.locator(".live-fact", has_text="Level").locator("strong")
            level.filter(has_text=re.compile(r"^[−-]\d")).wait_for()
    finally:
        running.close()


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_live_can_be_used_by_all(browser: Any, own: Served, language: str, dark: bool) -> None:
    with visit(browser, f"{own.url}/live", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".card").first.wait_for()
        check_no_sideways_scroll(opened.page)
        check_axe(opened.page)
