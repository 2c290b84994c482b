"""The curve of a training."""

from __future__ import annotations

from pathlib import Path

import pytest

from tunelens.base.errors import ParameterError
from tunelens.plots.learning import LiveCurve, LossCurveDisplay

ROUNDS = [
    {"epoch": i + 1, "train_loss": 1 / (i + 1), "valid_loss": abs(3 - i) / 5 + 0.2, "lr": 0.1, "seconds": 1.0}
    for i in range(8)
]


def test_both_losses_and_the_round_that_was_kept() -> None:
    shown = LossCurveDisplay(history=ROUNDS, title="爵士").plot()
    learned, held, kept = shown.ax_.get_lines()
    assert list(learned.get_ydata()) == [one["train_loss"] for one in ROUNDS]
    assert list(held.get_ydata()) == [one["valid_loss"] for one in ROUNDS]
    assert kept.get_xdata()[0] == 4
    assert shown.ax_.get_title(loc="left") == "爵士"
    shown.figure_.canvas.draw()


def test_nothing_held_out_and_no_round_at_all() -> None:
    bare = [{**one, "valid_loss": None} for one in ROUNDS]
    assert len(LossCurveDisplay(history=bare).plot().ax_.get_lines()) == 1
    LossCurveDisplay(history=[]).plot().figure_.canvas.draw()


def test_the_live_picture_is_there_from_the_first_round(tmp_path: Path) -> None:
    live = LiveCurve(tmp_path / "loss.png", every_s=3600)
    live(ROUNDS[:1])
    first = live.path.read_bytes()
    assert first.startswith(b"\x89PNG")
    live(ROUNDS)
    assert live.path.read_bytes() == first
    LiveCurve(live.path, every_s=0)(ROUNDS)
    assert live.path.read_bytes() != first
    with pytest.raises(ParameterError, match=r"\.bmp"):
        LiveCurve(tmp_path / "loss.bmp")
