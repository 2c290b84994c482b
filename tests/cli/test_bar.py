"""The progress bar as a terminal gets it."""

from __future__ import annotations

import io
import re
import time

from rich.console import Console

from tunelens.cli.bar import Bar


def drawn(terminal: bool, quiet: bool = False) -> str:
    text = io.StringIO()
    bar = Bar(Console(file=text, force_terminal=terminal, width=120, quiet=quiet))
    bar.start(4, "tracks")
    for ok in (True, False, True):
        time.sleep(0.02)
        bar.advance("a.wav", ok=ok)
    bar.finish()
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.getvalue())


def test_done_rate_time_left_and_failures_are_shown() -> None:
    last = drawn(terminal=True).strip().splitlines()[-1]
    assert "tracks" in last
    assert "3/4" in last
    assert re.search(r"[1-9]\d*/min", last)
    assert re.search(r"left 0:00:0\d", last)
    assert "1 failed" in last


def test_files_pipes_and_quiet_get_no_bar() -> None:
    assert drawn(terminal=False) == ""
    assert drawn(terminal=True, quiet=True) == ""
