"""A real headless browser: the fixture `browser` gives it if one is installed, `open_page` opens a file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",  # WebGL by the processor: no graphics card is needed
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--mute-audio",
)


def executable() -> str | None:
    """Return the browser to test in: ``$TUNELENS_BROWSER`` or the first that is installed."""
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("TUNELENS_BROWSER") or next((path for path in found if path), None)


@contextmanager
def launched() -> Iterator[Any]:
    """Run a browser; the test is skipped, saying so, where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = executable()
    if path is None:
        pytest.skip(f"no browser is installed ({', '.join(NAMES)})")
    with playwright.sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@dataclass
class Opened:
    """A page, and what it said and asked for since it was opened."""

    page: Any
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))


@contextmanager
def open_page(
    browser: Any,
    path: Path,
    *,
    size: tuple[int, int] = (1100, 700),
    hash: str = "",
    script: str = "",
    **context: Any,
) -> Iterator[Opened]:
    """Open a file in a context of its own; `script` runs before the page's own."""
    where = browser.new_context(viewport={"width": size[0], "height": size[1]}, **context)
    try:
        if script:
            where.add_init_script(script)
        opened = Opened(where.new_page())
        opened.watch()
        opened.page.goto(path.as_uri() + hash)
        yield opened
    finally:
        where.close()
