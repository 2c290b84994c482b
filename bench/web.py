"""The page over a library of made-up tracks, in a real browser: how soon it shows rows, and follows keys.

Seconds of the clock, from the start of loading to the frame with the first rows, whatever else the machine
does. Each visit is one of a new person, whose browser has kept nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.harness import Row, Skip
from bench.search import N_TRACKS, fill

VISITS = 7
FIRST_VIEW_S, KEYS_S = 1.0, 0.5
ROW = ".vtable-body .track-names a"
WATCH = f"""
addEventListener("DOMContentLoaded", () => new MutationObserver((_, watch) => {{
  if (!document.querySelector({ROW!r})) return;
  watch.disconnect();
  requestAnimationFrame(() => {{ window.firstRows = performance.now() }});
}}).observe(document, {{subtree: true, childList: true}}));
"""
TYPE = """
async text => {
  const field = document.querySelector("[aria-label='Find tracks']");
  const told = document.querySelector(".library-head [role=status]");
  const before = told.textContent, start = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", {bubbles: true}));
  while (told.textContent === before) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}
"""
QUERIES = ("genre:jazz", "genre:jazz tempo:90..110", "春风", "word9999", "")


def run() -> Iterator[Row]:
    """Serve the library once, and visit it."""
    from tests.browser import executable, launched
    from tests.serving import running

    from tunelens.api.options import ServeOptions
    from tunelens.base.errors import MissingDependencyError
    from tunelens.library.store import Library
    from tunelens.web import page

    if executable() is None:
        raise Skip("no browser is installed")
    try:
        page()
    except MissingDependencyError as error:
        raise Skip(error.message) from error
    with TemporaryDirectory() as folder:
        path = Path(folder) / "music.db"
        with Library.open(path) as library:
            fill(library, N_TRACKS)
        with running(ServeOptions(library=path)) as url, launched() as browser:
            yield from _visits(browser, url)


def _visits(browser: Any, url: str) -> Iterator[Row]:
    note = f"{N_TRACKS:,} tracks"
    cold, *warm = [_first_view(browser, url) for _ in range(VISITS)]
    yield Row(name="first view, the server just started", ours=cold, note=note)
    yield Row.at_most("first view", median(warm), FIRST_VIEW_S, note=f"{note}, median of {len(warm)}")
    opened = browser.new_page()
    opened.goto(url)
    opened.locator(ROW).first.wait_for()
    keys = [opened.evaluate(TYPE, text) / 1000 for text in QUERIES]
    yield Row.at_most("rows after the last key", median(keys), KEYS_S, note="0.12 s of it wait for another")
    yield Row(name="to the last row and back", ours=_to_the_end(opened), note="End, Home")


def _first_view(browser: Any, url: str) -> float:
    context = browser.new_context()
    opened = context.new_page()
    opened.add_init_script(WATCH)
    opened.goto(url)
    opened.locator(ROW).first.wait_for()
    seconds = float(opened.evaluate("window.firstRows ?? performance.now()")) / 1000
    context.close()
    return seconds


def _to_the_end(opened: Any) -> float:
    opened.focus("[role=grid]")
    start = time.perf_counter()
    for key, row in (("End", N_TRACKS + 1), ("Home", 2)):
        opened.keyboard.press(key)
        opened.locator(f"[aria-rowindex='{row}'] .track-names a").wait_for()
    return time.perf_counter() - start
