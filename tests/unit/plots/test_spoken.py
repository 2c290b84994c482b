"""Pictures speak the reader's language: axes, colours and what is shown."""

from __future__ import annotations

import re

import numpy as np
import pytest

from tunelens.audio import Clip
from tunelens.base.language import language
from tunelens.plots import PLOTS
from tunelens.plots.display import Display
from tunelens.plots.fonts import Face, legible, said

CHINESE = re.compile("[\u4e00-\u9fff]")
T = np.arange(22050) / 22050
CLIP = Clip(np.sin(2 * np.pi * 440 * T).astype(np.float32), 22050)


@pytest.fixture
def chinese() -> None:
    if legible("时间").text != "时间":
        pytest.skip("no font with Chinese is installed")


def words_of(shown: Display) -> list[str]:
    figure = shown.figure_
    axes = [ax for parent in figure.axes for ax in (parent, *parent.child_axes)]
    labels = [text for ax in axes for text in (ax.get_xlabel(), ax.get_ylabel())]
    return [text for text in (*labels, shown.ax_.get_title(loc="right")) if text]


@pytest.mark.parametrize("name", [name for name in PLOTS if name != "tags"])
def test_every_word_of_a_picture_is_chinese(
    name: str, chinese: None, recwarn: pytest.WarningsRecorder
) -> None:
    with language("zh"):
        shown = PLOTS[name].from_clip(CLIP, title="song").plot()
    shown.figure_.canvas.draw()
    assert len(words_of(shown)) >= 3
    assert not [text for text in words_of(shown) if not CHINESE.search(text)]
    assert not [one for one in recwarn if "Glyph" in str(one.message)]


def test_a_page_names_its_language(chinese: None, tmp_path) -> None:
    shown = PLOTS["zcr"].from_clip(CLIP, title="a")
    with language("zh"):
        text = shown.save(tmp_path / "a.html").read_text("utf-8")
    assert '<html lang="zh">' in text
    assert "过零率" in text


def test_words_are_english_where_no_font_can_write_them(monkeypatch: pytest.MonkeyPatch) -> None:
    no_fonts: list[Face] = []
    monkeypatch.setattr("tunelens.plots.fonts.legible", lambda text: legible(text, no_fonts))
    with language("zh"):
        assert said("Tempo (BPM)").text == "Tempo (BPM)"
