"""Pictures of contrasts, shares, trends and models: they draw what they are given, in 中文 too."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from tunelens.base.language import language
from tunelens.plots.effects import MOST_LINES, EffectsDisplay, Point
from tunelens.plots.hits import FiguresDisplay
from tunelens.plots.shares import SharesDisplay, wilson
from tunelens.plots.trends import Course, TrendsDisplay


def test_points_stand_where_delta_is_and_hollow_where_nothing_was_shown(tmp_path: Path) -> None:
    points = [Point("tempo_bpm", 0.4, 0.3, 0.5, True), Point("$\\evil{", -0.1, -0.3, 0.1, False)]
    with language("zh"):
        shown = EffectsDisplay(points=points, a="热歌", b="其他", title="热歌").plot()
    dots = [line for line in shown.ax_.lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == [0.4, -0.1]
    assert [dot.get_markerfacecolor() == "white" for dot in dots] == [False, True]
    assert shown.save(tmp_path / "a.png").stat().st_size > 5000
    many = EffectsDisplay(points=points * 100).plot()
    assert len(many.ax_.get_yticklabels()) == MOST_LINES


def test_nothing_to_draw_is_an_empty_picture(tmp_path: Path) -> None:
    assert EffectsDisplay(points=[]).save(tmp_path / "a.png").is_file()
    assert TrendsDisplay(courses=[]).save(tmp_path / "b.png").is_file()


def test_bars_are_as_long_as_shares_and_pale_where_nothing_was_shown() -> None:
    shown = SharesDisplay(names=["流行", "rock"], shares=[[0.2, 0.7], [0.4, 0.6]], labels=["a", "b"],
                          counts=[100, 50], marked=[True, False]).plot()  # fmt: skip
    assert sorted(bar.get_width() for bar in shown.ax_.patches) == [0.2, 0.4, 0.6, 0.7]
    assert shown.ax_.get_yticklabels()[0].get_text() == "rock"  # the commonest
    assert {bar.get_width(): bar.get_alpha() for bar in shown.ax_.patches}[0.7] == 0.4


def test_intervals_of_shares_are_those_of_wilson() -> None:
    # Wilson 1927, as Newcombe 1998 (table I) has it: 81 of 263, 0.2553 to 0.3662
    assert wilson(81 / 263, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(15 / 148, 148) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert wilson(0.0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


def test_trends_have_a_panel_each_and_a_line_where_one_was_shown() -> None:
    years, errors = [2000.0, 2001.0, 2002.0], [0.1, 0.1, 0.1]
    rising = Course("energy", years, [1.0, 2.0, 3.0], errors, 1.0, "rises", True)
    flat = Course("valence", years, [1.0, 1.2, 1.0], errors, 0.0, "no trend shown", False)
    panels = TrendsDisplay(courses=[rising, flat]).plot().ax_.child_axes
    assert [len(panel.lines) for panel in panels] == [2, 1]


def test_figures_without_a_value_leave_their_line_empty() -> None:
    shown = FiguresDisplay(names=["logistic", "基准率"], values=[0.6, math.nan], lows=[0.5, math.nan],
                           highs=[0.7, math.nan], n_models=1, chance=0.5, figure="AUC").plot()  # fmt: skip
    assert len(shown.ax_.get_yticklabels()) == 2
