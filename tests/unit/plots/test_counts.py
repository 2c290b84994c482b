"""Bars of counts: the most common on top, every name readable, nothing cut off."""

from __future__ import annotations

import pytest

from tunelens.plots.counts import MOST_BARS, CountsDisplay


def test_bars_are_as_long_as_the_counts_and_sorted() -> None:
    shown = CountsDisplay(names=["a", "b", "c"], counts=[2, 9, 0]).plot()
    assert [bar.get_width() for bar in shown.ax_.patches] == [9, 2, 0]
    assert [text.get_text() for text in shown.ax_.get_yticklabels()] == ["b", "a", "c"]
    assert shown.ax_.yaxis_inverted(), "the first bar stands on top"


def test_of_many_names_the_rarest_are_left_out() -> None:
    shown = CountsDisplay(names=[f"n{i}" for i in range(60)], counts=list(range(60))).plot()
    assert len(shown.ax_.patches) == MOST_BARS
    assert shown.ax_.patches[-1].get_width() == 60 - MOST_BARS


def test_names_in_any_script_and_formulas_are_text() -> None:
    shown = CountsDisplay(names=["民谣", "$r&b$"], counts=[1, 1]).plot()
    assert not any(text.get_parse_math() for text in shown.ax_.get_yticklabels())
    shown.figure_.canvas.draw()


def test_names_and_counts_differ_in_length() -> None:
    with pytest.raises(ValueError, match="zip"):
        CountsDisplay(names=["a"], counts=[1, 2]).plot()
