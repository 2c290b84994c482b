"""Every picture of how a model was judged: it draws, is saved in each format, and shows 中文."""

from __future__ import annotations

import inspect
from pathlib import Path

import numpy as np
import pytest

from tunelens.plots.display import Display
from tunelens.plots.judging import EVALUATION_PLOTS

NAMES = ("爵士", "摇滚 <b>$x$", "古典 · very long name of a genre indeed")
STEPS = np.array([0.0, 0.4, 1.0])
GIVEN = {
    "confusion": {"counts": np.array([[8, 2, 0], [1, 9, 3], [0, 0, 0]]), "classes": NAMES},
    "reliability": {
        "confidence": np.array([0.2, np.nan, 0.9]), "share": np.array([0.1, np.nan, 0.8]),
        "count": np.array([5, 0, 20]), "ece": 0.1,
    },
    "class_curves": {"kind": "roc", "lines": [(name, STEPS, np.sqrt(STEPS)) for name in NAMES]},
    "learning": {"n_train": [20, 80], "values": [0.5, 0.7], "low": [0.4, 0.6], "high": [0.6, 0.8],
                 "metric": "accuracy"},
    "comparison": {"names": NAMES, "values": [0.7, 0.6, 0.5], "low": [0.6, np.nan, 0.4],
                   "high": [0.8, np.nan, 0.6], "metric": "accuracy", "references": [("瞎猜", 0.3)]},
}  # fmt: skip
SHOWS_NAMES = ("confusion", "class_curves", "comparison")


@pytest.fixture(params=sorted(EVALUATION_PLOTS))
def shown(request: pytest.FixtureRequest) -> Display:
    display = EVALUATION_PLOTS[request.param](**GIVEN[request.param])
    return display.plot()


def test_it_draws_and_is_saved_in_every_format(shown: Display, tmp_path: Path) -> None:
    assert shown.ax_.has_data()
    starts = {"png": b"\x89PNG", "svg": b"<?xml", "html": b"<!"}
    for suffix, start in starts.items():
        path = tmp_path / f"图 {suffix}.{suffix}"
        shown.save(path)
        assert path.read_bytes()[: len(start)].lower() == start.lower()
    assert "<b>$x$" not in (tmp_path / "图 html.html").read_text("utf-8")


def test_names_in_chinese_have_fonts_that_hold_them(shown: Display, recwarn: pytest.WarningsRecorder) -> None:
    shown.figure_.canvas.draw()
    assert not [one for one in recwarn if "Glyph" in str(one.message)]
    texts = " ".join(
        text.get_text() for text in shown.figure_.findobj(match=lambda one: hasattr(one, "get_text"))
    )
    assert "None" not in texts
    if type(shown) in [EVALUATION_PLOTS[name] for name in SHOWS_NAMES]:
        assert "爵士" in texts


def test_labels_stay_inside_the_picture(shown: Display) -> None:
    shown.figure_.canvas.draw()
    width, height = shown.figure_.canvas.get_width_height()
    for axis in (shown.ax_.xaxis, shown.ax_.yaxis):
        low, high = axis.get_view_interval()
        inside = [
            tick
            for tick in axis.get_ticklabels()
            if low <= tick.get_position()[axis is shown.ax_.yaxis] <= high
        ]
        for label in (axis.label, *inside):
            box = label.get_window_extent()
            assert not label.get_text() or (box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1)
            assert box.y1 <= height + 1


def test_each_is_documented_and_given_here() -> None:
    assert set(EVALUATION_PLOTS) == set(GIVEN)
    for name in EVALUATION_PLOTS:
        assert "Examples" in (inspect.getdoc(EVALUATION_PLOTS[name]) or "")
