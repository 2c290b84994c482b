"""The progress that nobody watches accepts whatever a watched one does."""

from __future__ import annotations

import inspect

import pytest

from tunelens.base.progress import Progress, Silent

METHODS = ("start", "advance", "finish")


def test_these_are_all_methods() -> None:
    public = {name for name in vars(Progress) if not name.startswith("_")}
    assert public == set(METHODS)


@pytest.mark.parametrize("method", METHODS)
def test_silent_has_the_same_signature(method: str) -> None:
    assert inspect.signature(getattr(Silent, method)) == inspect.signature(getattr(Progress, method))


def test_silent_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    progress: Progress = Silent()
    progress.start(2, "files")
    progress.advance("a.mp3")
    progress.advance("b.mp3", ok=False)
    progress.finish()
    assert capfd.readouterr() == ("", "")
