"""A real server under attack: a smaller run of what ``python -m bench serve`` measures."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import pytest
from bench import serve
from bench.harness import Row

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="sends signals")


def hold(rows: Iterable[Row]) -> None:
    found = list(rows)
    assert found
    assert not [(row.name, row.ours, row.note) for row in found if not row.ok]


@pytest.mark.parametrize(
    "part",
    [serve.full_disk, partial(serve.hostile, n=100)],
    ids=("full disk", "hostile callers"),
)
def test_a_server_bears_what_is_done_to_it(home: Path, part: Callable[[Path], Iterable[Row]]) -> None:
    hold(part(home))


@pytest.mark.slow
def test_nothing_that_was_acknowledged_is_lost_by_kills(home: Path) -> None:
    hold(serve.kills(home, rounds=3))
