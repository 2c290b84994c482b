"""Labels in a real browser: one click corrects, the model learns, a key undoes."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest

from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, visit


def told(server: Served, vocabulary: str) -> list[dict[str, Any]]:
    path = f"{server.url}/api/v1/corrections?vocabulary={urllib.request.quote(vocabulary)}"
    with urllib.request.urlopen(path) as answer:
        return list(json.load(answer)["result"]["items"])


def label(page: Any, title: str, text: str) -> None:
    """Find a track by its title and say what it is."""
    page.get_by_label("Find a track").fill(f'title:"{title}"')
    page.get_by_role("button", name=f"Label it: {title}").click()
    page.locator(".ask-title", has_text=title).wait_for()
    page.get_by_label("Another label").fill(text)
    page.get_by_role("button", name="It is this").click()
    page.get_by_text(f"Kept: {text}").first.wait_for()


def begin(page: Any, vocabulary: str) -> None:
    page.get_by_label("A vocabulary of your own").fill(vocabulary)
    page.get_by_role("button", name="Begin").click()
    page.get_by_text("Nothing is known in this vocabulary yet").wait_for()


@pytest.mark.slow
def test_a_vocabulary_of_ones_own_is_learned(browser: Any, own: Served) -> None:
    songs = {"One": "loud", "Two": "loud", "Three": "loud", "Green": "quiet", "Hit": "quiet", "Miss": "quiet"}
    with visit(browser, f"{own.url}/labels", refused=(404,)) as opened:
        page = opened.page
        begin(page, "volume")
        for title, text in songs.items():
            label(page, title, text)
        page.get_by_text("from 6 that were told").wait_for()
        assert {(one["title"], one["label"]) for one in told(own, "volume") if one["holds"]} == set(
            songs.items()
        )
        page.locator(".changes li").first.wait_for()
        assert page.get_by_role("heading", name="Tracks that changed").is_visible()
        check_axe(page)


def test_a_known_label_may_be_typed_in_chinese(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/labels", language="zh", refused=(404,)) as opened:
        page = opened.page
        page.get_by_label("自定义标签体系").fill("zh")
        page.get_by_role("button", name="开始使用").click()
        for title, text in {"One": "jazz", "Two": "爵士"}.items():
            page.get_by_label("查找曲目").fill(f'title:"{title}"')
            page.get_by_role("button", name=f"添加标签: {title}").click()
            page.locator(".ask-title", has_text=title).wait_for()
            page.get_by_label("其他标签").fill(text)
            page.get_by_role("button", name="就是它").click()
            page.get_by_text(f"已给出的标签（{1 if title == 'One' else 2}）").wait_for()
        assert {one["label"] for one in told(own, "zh")} == {"jazz"}


def test_keys_answer_and_undo(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/labels", refused=(404,)) as opened:
        page = opened.page
        begin(page, "keys")
        label(page, "One", "first")
        page.get_by_label("Find a track").fill('title:"Two"')
        page.get_by_role("button", name="Label it: Two").click()
        page.locator(".label-button", has_text="first").wait_for()
        page.locator(".ask-title", has_text="Two").wait_for()
        page.keyboard.press("1")
        page.get_by_text("from 2 that were told").wait_for()
        assert [one["title"] for one in told(own, "keys")] == ["Two", "One"]
        page.keyboard.press("u")
        page.get_by_text("from 1 that were told").wait_for()
        assert [one["title"] for one in told(own, "keys")] == ["One"]


def test_the_model_says_what_it_holds_a_track_to_be(browser: Any, own: Served) -> None:
    if not own.nets:
        pytest.skip("the nets are not here, so no bundle was asked")
    with visit(browser, f"{own.url}/labels") as opened:
        page = opened.page
        page.get_by_text("The model says").wait_for()
        first = page.locator(".label-button").first.inner_text().split()[-1]
        assert first in page.get_by_text("The model says").inner_text()
        title = page.locator(".ask-title").inner_text()
        page.keyboard.press("s")
        page.locator(".ask-title").filter(has_not_text=title).wait_for()


@pytest.mark.parametrize(("language", "dark"), [("zh", True), ("en", False)])
def test_labels_can_be_given_by_all(browser: Any, own: Served, language: str, dark: bool) -> None:
    with visit(browser, f"{own.url}/labels", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".card").first.wait_for()
        opened.page.wait_for_load_state("networkidle")
        check_no_sideways_scroll(opened.page)
        check_axe(opened.page)
