"""What a person does with a map that is opened in a real browser."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.browser import Opened, open_page

MAP = "window.tunelensMap.map"
SPOT = """(i) => {
  const { map } = window.tunelensMap;
  const box = map.box.getBoundingClientRect();
  const [x, y] = map.at(i);
  return [box.left + x, box.top + y];
}"""


class Face:
    """What a person does with an opened map, and what a test reads from it."""

    def __init__(self, opened: Opened) -> None:
        self.opened, self.page = opened, opened.page
        self.until("document.documentElement.dataset.ready", 60)

    def js(self, text: str, value: Any = None) -> Any:
        return self.page.evaluate(text, value)

    def until(self, condition: str, seconds: float = 20) -> None:
        """Wait until something is so; the page's own policy forbids that a string is evaluated within it."""
        end = time.monotonic() + seconds
        while not self.js(f"() => Boolean({condition})"):
            assert time.monotonic() < end, f"not so after {seconds:g} s: {condition}"
            self.page.wait_for_timeout(20)

    def settle(self) -> None:
        """Wait until what is to be drawn is drawn."""
        self.js("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def row(self, identifier: str) -> int:
        return int(self.js(f"(id) => {MAP}.songs.ids.indexOf(id)", identifier))

    def at(self, row: int) -> tuple[float, float]:
        """Return where a song is, in pixels of the window."""
        x, y = self.js(SPOT, row)
        return float(x), float(y)

    def where(self) -> tuple[float, float, float]:
        return tuple(self.js(f"() => [{MAP}.view.x, {MAP}.view.y, {MAP}.view.zoom]"))

    def pixels(self) -> np.ndarray:
        self.settle()
        return np.asarray(
            Image.open(io.BytesIO(self.page.locator("#map").screenshot())).convert("RGB")
        ).astype(int)

    def looks(self, row: int) -> list[int]:
        return self.js(f"(i) => Array.from({MAP}.marks.subarray(4 * i, 4 * i + 2))", row)

    def colour_by(self, name: str) -> None:
        at = self.js(f"(name) => {MAP}.columns.findIndex((one) => one.name === name)", name)
        self.page.select_option("#colour", str(at))

    def legend(self) -> dict[str, int]:
        rows = self.page.locator("#legend button")
        return {row.locator(".name").inner_text(): int(row.locator(".n").inner_text()) for row in rows.all()}

    def texts(self, selector: str) -> list[str]:
        return self.page.locator(selector).all_inner_texts()

    def drag(self, spots: list[tuple[float, float]]) -> None:
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot)
        self.page.mouse.up()


@contextmanager
def opened(browser: Any, path: Path, **options: Any) -> Iterator[Face]:
    with open_page(browser, path, **options) as page:
        face = Face(page)
        yield face
        assert not page.errors, page.errors
        others = [
            url for url in page.requests if url != path.as_uri() and not url.startswith(("data:", "blob:"))
        ]
        assert not [url for url in others if not url.startswith("file:")], "nothing is asked of a network"
