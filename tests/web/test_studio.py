"""The training studio in a real browser: data are looked at, models judged, compared, trained and asked."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any

import pytest

from tests.web.conftest import Served, check_axe, check_no_sideways_scroll, labelled_songs, visit
from tunelens.data.balance import BALANCERS
from tunelens.data.splits import PROTOCOLS
from tunelens.evaluation.metrics import METRICS
from tunelens.models.catalogue import MODELS
from tunelens.models.inputs import INPUTS

JOB_MS = 60_000


def asked(server: Served, path: str) -> Any:
    with urllib.request.urlopen(f"{server.url}/api/v1{path}") as answer:
        return json.load(answer)["result"]


def send_table(page: Any) -> None:
    page.get_by_text("Upload", exact=True).click()
    table = {"name": "歌.csv", "mimeType": "text/csv", "buffer": labelled_songs().encode()}
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_text("40 rows, label in 2 classes").wait_for()


def started(page: Any) -> str:
    page.get_by_role("button", name="Start").click()
    page.wait_for_url(re.compile("/studio/[0-9a-f]{32}"))
    page.get_by_text("Done", exact=True).wait_for(timeout=JOB_MS)
    return str(page.url.rsplit("/", 1)[1].partition("?")[0])


def test_the_honest_way_is_chosen_and_the_random_one_marked(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio") as opened:
        page = opened.page
        send_table(page)
        honest = page.locator(".choice", has_text="Whole artists or albums")
        assert honest.locator("input").is_checked()
        assert honest.locator(".badge").inner_text() == "honest"
        for name in ("Random rows", "Random rows, classes shared"):
            choice = page.locator(".choice-name").filter(has_text=re.compile(f"^{name} inflated$"))
            assert choice.count() == 1
        assert page.get_by_text("Kept together: artist: 10").is_visible()


def test_a_model_is_judged_and_its_report_read(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio") as opened:
        page = opened.page
        send_table(page)
        job = started(page)
        found = asked(own, f"/jobs/{job}")["result"]
        accuracy = found["honest"]["figures"]["accuracy"]
        assert f"Accuracy {accuracy['value']:.3f} ({accuracy['low']:.3f} – {accuracy['high']:.3f})" in (
            page.locator(".lead").inner_text()
        )
        page.get_by_role("tab", name="Confusion").click()
        cells = page.locator(".heat tbody td").all_inner_texts()
        assert sum(int(one) for one in cells if one != "·") == 40
        page.get_by_role("tab", name="Classes").click()
        page.get_by_role("button", name="Recall").click()
        assert page.locator("th[aria-sort]").inner_text().startswith("Recall")
        page.get_by_role("tab", name="Calibration").click()
        assert page.get_by_role("img", name=re.compile("Calibration error")).is_visible()
        page.get_by_role("tab", name="Full report").click()
        frame = page.locator("iframe")
        assert frame.get_attribute("sandbox") == "allow-scripts"
        page.frame_locator("iframe").get_by_text("Figures").first.wait_for()
        with page.expect_download() as download:
            page.get_by_role("link", name="report.json").click()
        with download.value.path().open(encoding="utf-8") as file:
            assert json.load(file)["n_rows"] == 40
        check_axe(page)


@pytest.mark.slow
def test_models_are_compared_and_the_best_is_trained(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio") as opened:
        page = opened.page
        page.get_by_text("Compare", exact=True).click()
        send_table(page)
        page.get_by_role("checkbox", name=re.compile("^knn")).check()
        job = started(page)
        rows = asked(own, f"/jobs/{job}")["result"]["rows"]
        assert sorted(row["model"] for row in rows) == ["knn", "logistic"]
        table = page.get_by_role("region", name="Differences to the best")
        assert table.locator("tbody th").first.inner_text() == rows[0]["model"]
        page.get_by_role("button", name=f"Train it: {rows[0]['model']}").click()
        page.get_by_text("is trained and kept").wait_for(timeout=JOB_MS)
        made = asked(own, f"/jobs/{page.url.rsplit('/', 1)[1]}")["result"]["name"]
        assert made in [one["name"] for one in asked(own, "/bundles")["bundles"]]


@pytest.mark.slow
def test_a_model_of_the_library_is_trained_and_asked_at_once(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio") as opened:
        page = opened.page
        page.get_by_text("Train", exact=True).click()
        page.get_by_text("Library", exact=True).last.click()
        page.get_by_label("What to predict").select_option("genre")
        page.get_by_text("10 rows, genre in 3 classes").wait_for()
        page.get_by_text("More: parameters").click()
        page.get_by_label("What the model is given").select_option("measures")
        page.get_by_label("Folds").fill("2")
        page.get_by_label("Name of the model").fill("mine")
        started(page)
        page.get_by_label("Find a track").fill("Blue in Two")
        page.locator(".ask-tracks li:only-child", has_text="Blue in Two").get_by_role(
            "button", name="Ask"
        ).click()
        page.locator(".said .meter").first.wait_for(timeout=JOB_MS)
        shown = dict.fromkeys(one.split("\n")[0] for one in page.locator(".said .meter").all_inner_texts())
        assert set(shown) == {"Jazz", "Pop", "Rock"}


def test_a_table_of_the_server_is_found_by_keyboard(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio") as opened:
        page = opened.page
        page.get_by_role("button", name=re.compile("Browse")).focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="tables").focus()
        page.keyboard.press("Enter")
        page.get_by_role("button", name="songs.csv").focus()
        page.keyboard.press("Enter")
        page.get_by_text("40 rows, label in 2 classes").wait_for()


def test_what_cannot_be_learned_is_told(browser: Any, own: Served) -> None:
    with visit(browser, f"{own.url}/studio", refused=(400, 422)) as opened:
        page = opened.page
        page.get_by_text("Upload", exact=True).click()
        table = {"name": "x.csv", "mimeType": "text/csv", "buffer": b"just,words\n"}
        page.locator("input[type=file]").set_input_files(table)
        page.get_by_role("alert").wait_for()
        assert page.get_by_role("button", name="Start").is_disabled() is False


@pytest.mark.parametrize(("language", "dark"), [("en", True), ("zh", False)])
def test_the_studio_can_be_used_by_all(browser: Any, own: Served, language: str, dark: bool) -> None:
    with visit(browser, f"{own.url}/studio", language=language, dark=dark, size=(360, 740)) as opened:
        opened.page.locator(".choice").first.wait_for()
        check_no_sideways_scroll(opened.page)
        check_axe(opened.page)


def test_what_registries_say_is_said_in_chinese_too() -> None:
    from tests.web.test_words import words

    models = [MODELS[name].summary for name in MODELS]
    others = [registry[name].summary for registry in (PROTOCOLS, BALANCERS, INPUTS) for name in registry]
    figures = [METRICS[name].summary for name in METRICS]
    assert [text for text in (*models, *others, *figures) if text not in words()] == []
