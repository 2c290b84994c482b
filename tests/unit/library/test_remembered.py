"""Answers are kept until something changes, and no longer."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from tunelens.library.remembered import MOST, remembered
from tunelens.library.store import Library
from tunelens.services import playlists


@pytest.fixture
def library(tmp_path: Path):
    with Library.open(tmp_path / "music.db") as library:
        yield library


def test_an_answer_is_kept_until_anything_is_committed(library: Library) -> None:
    asked = []
    for change in (
        lambda: None,
        lambda: playlists.create(library, "a"),
        lambda: playlists.delete(library, "a"),
    ):
        change()
        for _ in range(3):
            remembered(library, "question", lambda: asked.append(1))
    assert len(asked) == 3


def test_what_another_process_commits_counts(library: Library) -> None:
    before = library.changes()
    with Library.open(library.path) as other:
        playlists.create(other, "a")
    assert library.changes() != before


def test_threads_wait_for_one_answer(library: Library) -> None:
    asked, gate = [], threading.Event()

    def answer() -> int:
        asked.append(1)
        gate.wait(5)
        return 7

    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(remembered(library, "slow", answer))) for _ in range(5)
    ]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert (found, len(asked)) == ([7] * 5, 1)


def test_an_error_is_not_kept(library: Library) -> None:
    with pytest.raises(ZeroDivisionError):
        remembered(library, "question", lambda: 1 // 0)
    assert remembered(library, "question", lambda: 1) == 1


def test_old_answers_go(library: Library) -> None:
    for number in range(MOST + 1):
        remembered(library, number, lambda: 1)
    assert remembered(library, 0, lambda: 2) == 2
    assert remembered(library, MOST, lambda: 2) == 1
