"""A report on a chart in a real browser: from a file that is dropped to the page that is read."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest

from tests.web.conftest import Served, chart, check_axe, check_no_sideways_scroll, visit

JOB_MS = 90_000
LONG = ("Groups", "What tells them apart", "Genres and moods", "Structure", "Comparison")


def test_a_chart_becomes_a_report(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/hits", language="en") as opened:
        page = opened.page
        assert page.get_by_role("button", name="Make the report").is_disabled()
        page.locator("input[type=file]").set_input_files(
            {"name": "热歌榜.csv", "mimeType": "text/csv", "buffer": chart().encode()}
        )
        page.get_by_text("热歌榜.csv").wait_for()
        page.get_by_label("Language of the report").select_option("zh")
        page.get_by_text("More: length").click()
        for name in LONG:
            page.get_by_role("checkbox", name=name, exact=True).uncheck()
        page.get_by_role("button", name="Make the report").click()
        page.wait_for_url(re.compile("/hits/[0-9a-f]{32}"))
        page.frame_locator("iframe").get_by_text("热歌榜").first.wait_for(timeout=JOB_MS)
        job = page.url.rsplit("/", 1)[1]
        with urllib.request.urlopen(f"{own.url}/api/v1/jobs/{job}") as answer:
            result = json.load(answer)["result"]["result"]
        states = {one["stage"]: one["state"] for one in result["stages"]}
        assert page.locator(".stage.done").count() == sum(state == "done" for state in states.values())
        assert page.locator(".stage.skipped").count() == len(LONG)
        for finding in result["findings"]:
            assert page.locator(".findings", has_text=finding["text"]).count() == 1
        check_axe(page)
        page.get_by_role("link", name="← Hits").click()
        page.locator(".run", has_text="热歌榜").first.wait_for()


def test_a_chart_of_the_server_is_chosen(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/hits") as opened:
        page = opened.page
        page.locator(".segments").first.get_by_text("On the server").click()
        page.get_by_role("button", name="Chart: Browse…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="tables").click()
        dialog.get_by_role("button", name="热歌榜.csv").click()
        assert page.get_by_role("button", name="Make the report").is_enabled()


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_charts_can_be_told_by_all(browser: Any, own: Served, language: str, dark: bool) -> None:
    with visit(browser, f"{own.url}/hits", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".step").first.wait_for()
        check_no_sideways_scroll(opened.page)
        check_axe(opened.page)
