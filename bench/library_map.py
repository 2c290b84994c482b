"""The map of a whole library, as it is served: how long it takes to make, to send, and to move in a browser.

The library is made up, as `bench.search` makes it: TUNELENS_BENCH_TRACKS tracks, 100,000 by default. Frames
are those of a real headless browser that draws **by the processor** (SwiftShader), see `bench.map`.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from bench.harness import Row, Skip, timed
from bench.map import CIRCLE, SOFTWARE, browser, frames, spent_ms
from bench.search import N_TRACKS, fill

LIMIT_MS = 200.0
REPEATS = 9
ATLAS = "document.querySelector('.atlas-box').atlas"
MOVE = f"{ATLAS}.map.pan({CIRCLE})"
READY = f"() => Boolean(document.querySelector('.atlas-box[data-painter]') && {ATLAS}?.column.value)"
ALL = f"() => {{ const {{ pace, songs }} = {ATLAS}.map; pace.learn = () => {{}}; pace.share = songs.n; }}"
CALLS = f"""async () => {{
  const {{ gl }} = {ATLAS}.map.painter;
  const draw = gl.drawArrays.bind(gl);
  let calls = 0;
  gl.drawArrays = (...how) => {{ calls++; draw(...how); }};
  {ATLAS}.map.draw();
  gl.drawArrays = draw;
  return calls;
}}"""


def run() -> Iterator[Row | Skip]:
    """Make the library and its map, ask for it as the page does, and move it."""
    from tunelens.base.settings import Settings
    from tunelens.library.store import Library
    from tunelens.services.library_map import make_map

    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True, jobs=1)
        with Library.open(home / "music.db") as library:
            fill(library, N_TRACKS)
            for name, fresh in (("making the map by PCA", True), ("making it again, songs stay", False)):
                make = lambda fresh=fresh: make_map(  # noqa: E731 - named by its row
                    library, projection="pca", fresh=fresh, settings=settings
                )
                yield Row(name=name, ours=timed(make), note=f"processor time, {N_TRACKS:,} tracks")
        with _served(home / "music.db", settings) as url:
            yield from _sent(url)
            try:
                yield from _moved(url)
            except Skip as reason:
                yield reason


@contextmanager
def _served(library: Path, settings: Any) -> Iterator[str]:
    import uvicorn

    from tunelens.api.app import create_app
    from tunelens.api.options import ServeOptions

    app = create_app(ServeOptions(library=library, settings=settings))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    yield f"http://{host}:{port}"
    server.should_exit = True
    thread.join()


def _sent(url: str) -> Iterator[Row]:
    import httpx

    with httpx.Client(base_url=f"{url}/api/v1") as client:
        for path in (
            "/map",
            "/map/points",
            "/map/columns/energy",
            "/map/columns/genre",
            "/map/columns/title",
        ):
            spent = []
            for _ in range(REPEATS):
                begin = time.perf_counter()
                answer = client.get(path).raise_for_status()
                spent.append(1000 * (time.perf_counter() - begin))
            note = f"median of {REPEATS} by the clock, {len(answer.content) / 1e6:.2f} MB"
            yield Row.at_most(f"GET {path}", float(np.median(spent)), LIMIT_MS, unit="ms", note=note)


def _moved(url: str) -> Iterator[Row]:
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    with browser() as running:
        context = running.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
        page = context.new_page()
        begin = time.perf_counter()
        page.goto(f"{url}/map")
        page.wait_for_function(READY, timeout=120_000)
        yield Row(
            name="opening the page until coloured", ours=time.perf_counter() - begin, note="by the clock"
        )
        calls = page.evaluate(CALLS)
        yield Row.at_most("calls that draw a frame", calls, 1, unit="calls", note="all songs in one")
        between = frames(page, MOVE)
        drawn = page.evaluate(f"() => {ATLAS}.map.pace.share") / N_TRACKS
        note = f"median; {SOFTWARE}; {load}; {drawn:.0%} of the songs while it moves, all at rest"
        yield Row(
            name="frames a second, moving", ours=1000 / float(np.median(between)), unit="1/s", note=note
        )
        page.evaluate(ALL)
        note = f"processor time of the whole browser, every song drawn, {SOFTWARE}"
        yield Row(name="a frame, every song drawn", ours=spent_ms(page, MOVE), unit="ms", note=note)
        context.close()
