"""What results show of themselves: escaped, bounded, in the language of the reader, and sealed in a frame."""

from __future__ import annotations

import importlib
import pkgutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.browser import open_page

import tunelens.services
from tunelens.audio import Clip
from tunelens.base.card import MOST_ROWS, Card, Fact, Shown
from tunelens.base.language import language
from tunelens.base.table import Table
from tunelens.models.prediction import Prediction

HOSTILE = """<script>document.title='broken'</script><img src=x onerror="document.title='broken'">&</style>"""


class Read(HTMLParser):
    """The tags and texts of a page; a style is no text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self._styled = False
        self.feed(page)

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self.tags.append(tag)
        self._styled = tag == "style"

    def handle_endtag(self, _tag: str) -> None:
        self._styled = False

    def handle_data(self, data: str) -> None:
        if not self._styled:
            self.texts.append(data)


def whole(text: str) -> Card:
    table = Table(text, (text, "probability"), ((text, 0.5),), text)
    return Card(text, text, (Fact(text, text, 0.5),), (table,), ("probability",), (text,), picture=b"png")


@given(st.text())
def test_no_text_becomes_a_tag(text: str) -> None:
    plain, given_ = Read(whole("x").html()), Read(whole(text + "x").html())
    assert given_.tags == plain.tags
    whole(text).text().encode()


def test_hostile_text_is_shown_and_not_run(browser: Any, tmp_path: Path) -> None:
    card = whole(HOSTILE)
    seen = tmp_path / "card.html"
    page = "<script>parent.document.title = 'broken'</script>reached"
    html = f"<!doctype html><title>whole</title>{card.html()}{Card('', page=page).html()}"
    seen.write_text(html, encoding="utf-8")
    with open_page(browser, seen) as opened:
        opened.page.wait_for_timeout(200)
        assert opened.page.title() == "whole"
        assert opened.page.locator("h4").inner_text() == HOSTILE
        assert opened.page.frame_locator("iframe").locator("body").inner_text() == "reached"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_card_takes_the_colours_of_the_notebook(browser: Any, tmp_path: Path, scheme: str) -> None:
    ink = {"light": "rgb(20, 20, 20)", "dark": "rgb(230, 230, 230)"}[scheme]
    seen = tmp_path / "card.html"
    seen.write_text(f"<!doctype html><body style='color: {ink}'>{whole('夜曲').html()}", encoding="utf-8")
    with open_page(browser, seen) as opened:
        look = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
        for name in ("h4", "td", "th", "caption"):
            found = opened.page.locator(name).first.evaluate(look)
            assert found == [ink, "rgba(0, 0, 0, 0)"], name


def test_a_long_table_is_cut_and_says_so() -> None:
    rows = tuple((number, "夜曲") for number in range(MOST_ROWS + 7))
    card = Card("", tables=(Table("songs", ("id", "title"), rows),))
    assert Read(card.html()).tags.count("tr") == MOST_ROWS + 1
    assert "and 7 more rows" in card.html() and "and 7 more rows" in card.text()
    with language("zh"):
        assert "另有 7 行" in card.html()


def test_numbers_that_are_none_have_no_bar() -> None:
    table = Table("", ("label", "probability"), (("a", float("nan")), ("b", 0.25)))
    page = Card("", tables=(table,), shares=("probability",)).html()
    assert page.count("<meter") == 1 and "25 %" in page and "nan" not in page.lower()


def test_an_answer_says_how_sure_it_is_in_both_languages() -> None:
    odds = {"爵士": 0.81, "rock": 0.19}
    said = Prediction("single", "爵士", ("爵士",), probabilities=odds, set=tuple(odds), coverage=0.9)
    shown = Read(said._repr_html_())
    assert {"爵士 81 %", "81 %", "19 %", "爵士, rock", "cannot be ruled out (90 %)"} <= set(shown.texts)
    with language("zh"):
        assert "不能排除的（90 %）" in Read(said._repr_html_()).texts
        unknown = Prediction("single", known=False, why="silence")
        assert "未知：静音" in Read(unknown._repr_html_()).texts


def test_a_short_clip_plays_and_a_long_one_does_not(tmp_path: Path) -> None:
    import io
    from base64 import b64decode

    import soundfile

    y = np.sin(np.arange(8000) / 9).astype(np.float32)
    page = Clip(y, 8000, source="夜曲.wav")._repr_html_()
    data = b64decode(page.split("data:audio/flac;base64,")[1].split('"')[0])
    heard, sr = soundfile.read(io.BytesIO(data), dtype="float32")
    assert sr == 8000 and np.abs(heard - y).max() < 1e-4
    assert "<audio" not in Clip(np.zeros(61 * 8000, np.float32), 8000)._repr_html_()
    assert "<audio" not in Clip(np.zeros(0, np.float32), 8000)._repr_html_()


def test_every_result_that_shows_itself_says_what() -> None:
    for found in pkgutil.walk_packages(tunelens.services.__path__, "tunelens.services."):
        importlib.import_module(found.name)
    kinds = list(_below(Shown))
    assert {"Analysis", "Answer", "Similar", "Found", "Evaluation", "Comparison", "MapReport"} <= {
        kind.__name__ for kind in kinds
    }
    assert not [kind for kind in kinds if kind._card is Shown._card]


def _below(kind: type) -> Any:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def test_a_notebook_is_given_both_texts_and_no_dump() -> None:
    bundle = Prediction("single", "jazz", ("jazz",), probabilities={"jazz": 1.0})._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert bundle["text/plain"] == "jazz 100 %\nProbabilities\nlabel  probability\njazz  100 %"
