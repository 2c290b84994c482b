"""Copies in the page: grouped, told why, heard beside the best, decided about; nothing is deleted."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit
from tests.web.test_map import ask

SOUNDS = """() => { window.made = []; const make = window.Audio;
  window.Audio = function (...a) { const one = new make(...a); window.made.push(one); return one; }; }"""


@pytest.fixture
def page(served: Served, browser: Any) -> Iterator[Any]:
    with visit(browser, f"{served.url}/duplicates") as opened:
        opened.page.locator(".group").first.wait_for()
        yield opened.page


def test_groups_show_the_best_and_why(page: Any, served: Served) -> None:
    told = ask(f"{served.url}/api/v1/duplicates")
    assert told["total"] == 1 == page.locator(".group").count(), "one song was written twice"
    (group,) = told["items"]
    card = page.locator(".group")
    assert (
        card.locator(".file").first.get_by_role("link").get_attribute("href")
        == f"/tracks/{group['keep']['id']}"
    )
    assert card.locator(".file").first.get_by_text("best").is_visible()
    said = "the same bytes" if group["copies"][0]["identical"] else group["copies"][0]["why"]
    assert said in card.locator(".copy").inner_text()


def test_both_are_heard_at_one_place_and_one_of_them_is_silent(served: Served, browser: Any) -> None:
    with visit(browser, f"{served.url}/duplicates") as opened:
        page = opened.page
        page.locator(".group").first.wait_for()
        page.evaluate(SOUNDS)
        page.get_by_role("button", name="Hear both").first.click()
        page.wait_for_function(
            "() => window.made.length === 2 && window.made.every((one) => one.currentTime > 0.3)"
        )
        at = page.evaluate("() => window.made.map((one) => one.currentTime)")
        assert abs(at[0] - at[1]) < 0.25
        assert page.evaluate("() => window.made.map((one) => one.muted)") == [False, True]
        page.get_by_role("button", name="You hear the best").click()
        assert page.evaluate("() => window.made.map((one) => one.muted)") == [True, False]
        page.get_by_role("button", name="Pause").first.click()
        assert page.evaluate("() => window.made.every((one) => one.paused)")


def test_a_decision_is_kept_and_the_script_asks_about_the_spare_ones_alone(
    page: Any, served: Served, tmp_path: Path
) -> None:
    (group,) = ask(f"{served.url}/api/v1/duplicates")["items"]
    files = [Path(group["keep"]["path"]), Path(group["copies"][0]["path"])]
    page.get_by_role("button", name="Spare", exact=True).click()
    button = page.get_by_role("link", name="Script for 1 spare copies")
    button.wait_for()
    with page.expect_download() as told:
        button.click()
    script = Path(told.value.path()).read_text("utf-8")
    assert str(files[1]) in script and script.count("rm -i") == 1
    subprocess.run(["sh", "-n", told.value.path()], check=True)
    page.reload()
    spare = page.get_by_role("button", name="Spare", exact=True)
    page.get_by_role("link", name="Script for 1 spare copies").wait_for()
    assert spare.get_attribute("aria-pressed") == "true", "it is known after the page was left"
    page.get_by_role("button", name="Not a copy").click()
    page.get_by_role("link", name="Script for 0 spare copies").wait_for()
    kept = ask(f"{served.url}/api/v1/copies")["items"]
    assert kept == [{"keep": group["keep"]["id"], "copy": group["copies"][0]["id"], "decision": "other"}]
    page.get_by_role("button", name="Not a copy").click()
    page.wait_for_function("() => !document.querySelector('.copy.other')")
    assert ask(f"{served.url}/api/v1/copies")["items"] == []
    assert all(one.is_file() for one in files), "nothing is deleted"


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_it_is_accessible_and_fits(served: Served, browser: Any, language: str, dark: bool) -> None:
    with visit(browser, f"{served.url}/duplicates", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".group").first.wait_for()
        check_axe(opened.page)
        check_no_sideways_scroll(opened.page)
        assert opened.page.locator("h1").inner_text() == {"en": "Duplicates", "zh": "重复文件"}[language]
