"""Photograph the web page for the docs, over the library of `tunelens demo` or another one.

``python docs/make_screens.py [LIBRARY [NAME...]]`` needs Chromium and playwright; without LIBRARY it makes
the demo, and without names it takes all pictures. It works on a copy: the library stays as it is.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
DESK, PHONE = (1280, 800), (390, 780)
PATIENCE_MS = 180_000
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@dataclass(frozen=True)
class Screen:
    """One picture: of which page, as whom, and what is done before it is taken."""

    name: str
    path: str
    wait_for: str
    language: str = "en"
    dark: bool = False
    size: tuple[int, int] = DESK
    act: Callable[[Any], None] | None = None


def play_from_the_middle(page: Any) -> None:
    """Let a track be heard, and hold it where the picture is taken."""
    page.locator("img.spectrogram").evaluate("one => one.decode()")
    box = page.locator(".axis").bounding_box()
    page.locator(".axis").click(position={"x": 0.45 * box["width"], "y": 30})
    page.locator(".player .main").click()


def choose_two(page: Any) -> None:
    """Choose the first tracks of the table, and play one."""
    page.locator(".vtable-body input").nth(1).check()
    page.locator(".vtable-body input").nth(2).check()
    page.locator(".vtable-body .play").nth(1).click()
    page.locator(".player .main").click()


def ask_why(page: Any) -> None:
    """Ask the first model why it says what it says."""
    page.locator(".said .button").first.click()
    page.locator(".why-picture").wait_for()
    page.locator(".why-picture").evaluate("one => one.decode()")


def look_at_the_library(page: Any) -> None:
    """Choose the library as what to learn from."""
    page.locator("#step-data + .segments label").nth(1).click()
    page.locator(".step select").first.select_option("heard:mood")
    page.locator(".seen-classes").wait_for()


def judge_a_model(page: Any) -> None:
    """Judge a model of moods, and wait for its figures."""
    look_at_the_library(page)
    page.locator(".start button").click()
    page.locator(".intervals").first.wait_for()


def listen_to_a_track(page: Any) -> None:
    """Let the first track play into the live view for some seconds."""
    sound = page.request.get(f"{page.url.removesuffix('/live')}/api/v1/tracks/1/audio")
    page.locator(".segments label").nth(1).click()
    page.locator("input[type=file]").set_input_files(
        {"name": "track 1", "mimeType": sound.headers["content-type"], "buffer": sound.body()}
    )
    page.locator(".live .button.main").click()
    page.locator(".timeline").wait_for()
    page.wait_for_timeout(15_000)


def make_the_map(page: Any) -> None:
    """Lay the songs out, colour them by mood and choose one."""
    page.locator(".empty .button").click()
    page.locator("dialog footer .button").click()
    page.locator(".atlas-box[data-painter]").wait_for()
    page.locator(".atlas-side select").select_option("mood")
    find = "() => document.querySelector('.atlas-box').atlas.points.titles.indexOf('1918')"
    x, y = page.evaluate(f"() => document.querySelector('.atlas-box').atlas.map.at(({find})())")
    page.locator(".atlas-box").click(position={"x": x, "y": y})
    page.locator(".player .main").click()


def travel(page: Any) -> None:
    """Make a journey from one mood to another."""
    page.locator(".page-head .button.main").click()
    page.locator("dialog .button.main").first.click()
    page.locator("dialog svg").last.wait_for()


def hear_both(page: Any) -> None:
    """Play two copies beside each other, and show of their paths the last folder alone."""
    for path in page.locator(".file-names .small").all():
        path.evaluate("one => { one.textContent = one.textContent.split('/').slice(-2).join('/') }")
    page.locator(".copy .button").first.click()
    page.locator(".together").wait_for()


SCREENS = (
    Screen("library", "/", ".facet", act=choose_two),
    Screen("library-zh", "/?q=mood:calm", ".facet", "zh", dark=True),
    Screen("track", "/tracks/1", ".part", size=(1280, 1000), act=play_from_the_middle),
    Screen("track-zh", "/tracks/4", ".part", "zh", dark=True, size=(1280, 1000), act=play_from_the_middle),
    Screen("track-phone", "/tracks/2", ".part", "zh", size=PHONE, act=play_from_the_middle),
    Screen("why", "/tracks/1", ".said", size=(1280, 900), act=ask_why),
    Screen("map", "/map", ".empty .button", act=make_the_map),
    Screen("playlist", "/playlists", ".page-head .button.main", act=travel),
    Screen("duplicates", "/duplicates", ".copy", act=hear_both),
    Screen("studio", "/studio", ".choice", size=(1280, 1000), act=look_at_the_library),
    Screen("studio-run", "/studio", ".choice", dark=True, size=(1280, 1000), act=judge_a_model),
    Screen("labels", "/labels", ".label-button"),
    Screen("hits-zh", "/hits", ".step", "zh", dark=True),
    Screen("live", "/live", ".card", size=(1280, 1000), act=listen_to_a_track),
)


@contextmanager
def library_to_show(given: Path | None) -> Iterator[Path]:
    """Give a copy of the library, or of a new demo, in which two songs are there twice."""
    from tunelens.services.demo import demo

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given is None:
            demo(folder / "demo")
            given = folder / "demo" / "library.db"
        path = folder / "library.db"
        with closing(sqlite3.connect(given)) as source, closing(sqlite3.connect(path)) as copy:
            source.backup(copy)
        add_copies(path, folder / "downloads")
        yield path


def add_copies(path: Path, folder: Path) -> None:
    """Let the first songs of a library be there again, as lossless files of another folder."""
    import soundfile

    from tunelens.audio.decode import decode
    from tunelens.library.search import search
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many
    from tunelens.services.hear import HearOptions

    folder.mkdir()
    with Library.open(path) as library:
        for track in search(library, "", limit=2).tracks:
            sound = decode(track.path)
            soundfile.write(folder / f"{track.path.stem} (copy).flac", sound.y.T, sound.sr)
        analyze_many([folder], library, options=HearOptions(models=()), engine="inline")


def take(browser: Any, url: str, screen: Screen) -> None:
    """Photograph one page."""
    width, height = screen.size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=LOCALES[screen.language],
        color_scheme="dark" if screen.dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(url + screen.path)
    page.locator(screen.wait_for).first.wait_for()
    if screen.act is not None:
        screen.act(page)
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURES / f"web-{screen.name}.png")
    context.close()


def main() -> None:
    """Photograph the pages that are named, or all."""
    sys.path.insert(0, str(ROOT))
    from tests.browser import launched
    from tests.serving import running

    from tunelens.api.options import ServeOptions
    from tunelens.library.search import search
    from tunelens.library.store import Library

    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    names = sys.argv[2:] or [screen.name for screen in SCREENS]
    with library_to_show(given) as path:
        with Library.open(path, create=False) as library:
            folders = {track.path.parent for track in search(library, "", limit=None).tracks}
        with running(ServeOptions(library=path, roots=tuple(folders))) as url, launched() as browser:
            for screen in (one for one in SCREENS if one.name in names):
                take(browser, url, screen)
                sys.stdout.write(f"web-{screen.name}.png\n")


if __name__ == "__main__":
    main()
