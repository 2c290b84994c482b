"""Titles in every script: the font is chosen by its glyphs, and what no font has becomes Latin letters."""

from __future__ import annotations

import io
import logging

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tunelens.plots import fonts
from tunelens.plots.display import finish, shorten
from tunelens.plots.fonts import Face, font_for, legible, tidy

CHINESE = "两只老虎"


def latin_faces() -> list[Face]:
    return [face for face in fonts._known_faces() if face.family.startswith(("DejaVu", "STIX"))]


def draw(title: str) -> tuple[bytes, Figure]:
    """Draw a title for real: a missing glyph is a warning, and a warning is an error in these tests."""
    figure = Figure(figsize=(8, 2))
    FigureCanvasAgg(figure)
    finish(figure.add_subplot(), title, "Waveform")
    held = io.BytesIO()
    figure.savefig(held, format="png")
    return held.getvalue(), figure


def test_an_installed_font_with_the_glyphs_is_used() -> None:
    name = font_for(CHINESE)
    if not name:
        pytest.skip("no installed font has Chinese characters")
    found = legible(f"{CHINESE} Nocturne")
    assert found.text == f"{CHINESE} Nocturne"
    assert len(found.families) == 2
    assert name in found.families[1]


def test_without_such_a_font_the_title_is_spelled_in_latin() -> None:
    found = legible(f"{CHINESE} – Café", faces=latin_faces())
    assert found.text == "LiangZhiLaoHu – Café"
    assert found.families == (fonts.BASE_FAMILY,)
    assert font_for(CHINESE, faces=latin_faces()) == ""


def test_the_name_of_a_font_does_not_count() -> None:
    base = fonts._base_face()
    liar = Face(base.path, base.index, "Noto Sans CJK SC")
    assert legible(CHINESE, faces=[liar]).text == "LiangZhiLaoHu"


def test_a_font_that_cannot_be_read_is_passed_over(tmp_path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    assert legible(CHINESE, faces=[Face(str(broken), 0, "Broken")]).text == "LiangZhiLaoHu"


@pytest.mark.parametrize(
    "title",
    [
        CHINESE,
        "ひらがな カタカナ",
        "한국어",
        "Дом",
        "🎵 emoji",
        "A$AP $x_{$ \\frac",
        "tab\tand\nline",
        "\U0010ffff",
        "e\u0301",
    ],
)
@pytest.mark.parametrize("only_latin", [False, True])
def test_every_title_is_drawn_without_a_warning_or_a_log(
    title: str, only_latin: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if only_latin:
        faces = latin_faces()
        monkeypatch.setattr(fonts, "_known_faces", lambda: faces)
        monkeypatch.setattr(fonts, "_new_faces", list)
    with caplog.at_level(logging.WARNING):
        picture, figure = draw(title)
    assert picture.startswith(b"\x89PNG")
    assert not caplog.records
    assert figure.axes[0].get_title(loc="left")


def test_chinese_glyphs_are_really_drawn() -> None:
    if not font_for("夜曲"):
        pytest.skip("no installed font has Chinese characters")
    assert draw("夜曲")[0] != draw("两只")[0]


def test_asking_twice_gives_the_same_answer() -> None:
    assert legible(f"{CHINESE} 夜曲") == legible(f"{CHINESE} 夜曲")
    legible(CHINESE)
    assert not font_for(CHINESE).startswith("tunelens")


def test_a_newly_installed_font_is_found_although_the_list_is_older(monkeypatch: pytest.MonkeyPatch) -> None:
    if not font_for(CHINESE):
        pytest.skip("no installed font has Chinese characters")
    full = fonts._known_faces()
    has_it = [f for f in full if fonts.covered(f, frozenset(CHINESE)) == frozenset(CHINESE)]
    few = latin_faces()
    monkeypatch.setattr(fonts, "_known_faces", lambda: few)
    monkeypatch.setattr(fonts, "_new_faces", lambda: has_it)
    assert legible(CHINESE).text == CHINESE


def test_tidy_keeps_one_line_and_shows_odd_bytes() -> None:
    assert tidy("a\u202eb\x00c\r\nd \udcff") == "ab c d \\xff"
    assert len(tidy("x" * 5000)) <= 200


def test_wide_letters_count_twice() -> None:
    assert shorten("abcdef", 4) == "abcd…"
    assert shorten("两只老虎", 4) == "两只…"
    assert shorten("abcd", 4) == "abcd"
