"""How large is the page of a map, how soon does it stand, and does it move smoothly with 100,000 songs?

Frames are those of a real headless browser that draws **by the processor** (SwiftShader): a graphics card is
many times faster, so these are the worst that a person will meet. The peers are what pages of points are
usually made of: one SVG circle per song, and a canvas on which an arc is drawn per song.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np

from bench.harness import Row, Skip, elapsed, timed
from tunelens.explore.collection import Collection
from tunelens.services.map import draw_map

SIZES = (1_000, 10_000, 100_000)
PEER_SIZE = 10_000
GENRES = ("rock", "pop", "jazz", "electronic", "classical", "hip hop", "folk", "metal", "ambient", "latin")
MOST_MB = 8.0
N_FRAMES = 90
READY = "() => Boolean(document.documentElement.dataset.ready)"
SOFTWARE = "drawn by the processor (SwiftShader), 1280 x 800"

N_WARM = 15
PAN = """async ([move, n, warm]) => {
  const step = new Function("k", move);
  const times = [];
  let last = performance.now();
  for (let k = 0; k < n + warm; k++) {
    step(k);
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.slice(warm);
}"""
CIRCLE = "6 * Math.cos(k / 10), 6 * Math.sin(k / 10)"
OUR_MOVE = f"window.tunelensMap.map.pan({CIRCLE})"
ALL = """() => {
  const { pace, songs } = window.tunelensMap.map;
  pace.learn = () => {};
  pace.share = songs.n;
}"""
DRAW = """() => {
  const { map } = window.tunelensMap;
  const begin = performance.now();
  for (let k = 0; k < 20; k++) map.draw();
  return (performance.now() - begin) / 20;
}"""
PICK = """(n) => {
  const { map } = window.tunelensMap;
  const radius = 8 / map.view.scale;
  const spots = Array.from({ length: n }, (_, k) => map.view.place((k * 37) % 900, (k * 53) % 700));
  const ours = () => spots.map(([x, y]) => map.grid.nearest(x, y, radius, () => true));
  const brute = () => spots.slice(0, 500).map(([x, y]) => {
    let [best, least] = [-1, radius * radius];
    for (let i = 0; i < map.songs.n; i++) {
      const d = (map.songs.x(i) - x) ** 2 + (map.songs.y(i) - y) ** 2;
      if (d <= least) [best, least] = [i, d];
    }
    return best;
  });
  const clock = (work, count) => {
    const begin = performance.now();
    work();
    return (1000 * (performance.now() - begin)) / count;
  };
  const truth = brute();
  ours();
  const same = ours().slice(0, 500).every((i, k) => i === truth[k]);
  return [clock(ours, n), clock(brute, 500), same];
}"""


def run() -> Iterator[Row | Skip]:
    """Measure pages of three sizes, then frames and picking in a browser."""
    with tempfile.TemporaryDirectory() as place:
        pages = {}
        for size in SIZES:
            pages[size] = Path(place) / f"{size}.html"
            yield from _made(size, pages[size])
        try:
            with browser() as running:
                for size in SIZES:
                    yield from _shown(running, pages[size], size)
                yield from _beside_peers(running, pages[PEER_SIZE], Path(place))
        except Skip as reason:
            yield reason


def made_up(n: int) -> Collection:
    """Return songs with ten numbers, a genre, a year, titles and paths of usual length."""
    rng = np.random.default_rng(0)
    group = rng.integers(0, len(GENRES), n)
    X = rng.normal(0, 2.2, (len(GENRES), 10))[group] + rng.normal(size=(n, 10))
    words = rng.integers(0, 10**6, (n, 2))
    return Collection(
        "made up", tuple(map(str, range(n))), X, tuple(f"number {i}" for i in range(10)),
        titles=tuple(f"Some song {a} of the sea" for a, _ in words),
        artists=tuple(f"Artist {b % 8000}" for _, b in words),
        paths=tuple(Path(f"/music/artist {b % 8000}/album {a % 9}/some song {a}.mp3") for a, b in words),
        years=rng.integers(1960, 2026, n).astype(float), facts={"genre": tuple(np.array(GENRES)[group])},
    )  # fmt: skip


def _made(size: int, page: Path) -> Iterator[Row]:
    songs = made_up(size)
    spent = timed(lambda: draw_map(songs, page, projection="pca", force=True))
    yield Row(
        name=f"making the page, {size:,} songs",
        ours=spent,
        note="processor time, PCA and neighbours included",
    )
    name, mb = f"size of the page, {size:,} songs", page.stat().st_size / 1e6
    yield Row.at_most(
        name,
        mb,
        MOST_MB,
        unit="MB",
        note=f"{1e6 * mb / size:.0f} bytes a song, all in one file; theirs is the limit",
    )


@contextmanager
def browser() -> Iterator[Any]:
    """Run the browser of the tests, or skip."""
    try:
        from playwright.sync_api import sync_playwright
        from tests.browser import ARGUMENTS, executable
    except ImportError as error:
        raise Skip(f"frames: {error.name} is not installed") from None
    path = executable()
    if path is None:
        raise Skip("frames: no browser is installed")
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield running
        running.close()


@contextmanager
def opened(running: Any, page: Path, ready: str = READY) -> Iterator[Any]:
    """Open a page and wait until it is drawn; its policy is left out, so that a bench may script it."""
    context = running.new_context(viewport={"width": 1280, "height": 800}, bypass_csp=True)
    try:
        shown = context.new_page()
        shown.goto(page.as_uri())
        shown.wait_for_function(ready, timeout=120_000)
        yield shown
    finally:
        context.close()


def _shown(running: Any, page: Path, size: int) -> Iterator[Row]:
    def load() -> None:
        with opened(running, page):
            pass

    yield Row(
        name=f"opening until drawn, {size:,} songs",
        ours=elapsed(load),
        note="by the clock, a fresh window and its end included",
    )
    load = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    with opened(running, page) as shown:
        yield Row(
            name=f"work of the script for a frame, {size:,} songs", ours=shown.evaluate(DRAW), unit="ms"
        )
        for where in ("whole", "zoomed in"):
            ours = float(np.percentile(frames(shown, OUR_MOVE), 95))
            drawn = shown.evaluate("() => window.tunelensMap.map.pace.share") / size
            note = f"{SOFTWARE}; {load}; {drawn:.0%} of the songs while it moves, all at rest"
            yield Row(name=f"p95 of frames, {where}, {size:,} songs", ours=ours, unit="ms", note=note)
            shown.evaluate("() => { window.tunelensMap.map.zoom(6) }")
        shown.evaluate(ALL)
        note = f"processor time of the whole browser, every song drawn, {SOFTWARE}"
        yield Row(name=f"a frame, {size:,} songs", ours=spent_ms(shown, OUR_MOVE), unit="ms", note=note)
        ours, brute, same = shown.evaluate(PICK, 2000)
        if not same:
            raise AssertionError("the grid finds other songs than brute force")
        name = f"finding the song under the pointer, {size:,} songs"
        yield Row.less(name, ours, brute, unit="us", note="theirs: every song looked at")


def frames(shown: Any, move: str) -> list[float]:
    """Return the milliseconds between frames by the clock."""
    return list(shown.evaluate(PAN, [move, N_FRAMES, N_WARM]))


def spent_ms(shown: Any, move: str) -> float:
    """Return the processor time that a frame takes, ms, of all processes of the browser together."""
    frames(shown, move)
    before = _spent()
    n = len(frames(shown, move)) + N_WARM
    return 1000 * (_spent() - before) / n


def _spent() -> float:
    import psutil

    total = 0.0
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _beside_peers(running: Any, page: Path, folder: Path) -> Iterator[Row]:
    with opened(running, page) as shown:
        shown.evaluate(ALL)
        ours = spent_ms(shown, OUR_MOVE)
    for name, body, move in (("an SVG circle", SVG, SVG_MOVE), ("an arc on a canvas", ARCS, ARCS_MOVE)):
        peer = folder / "peer.html"
        peer.write_text(PEER % (PEER_SIZE, body), encoding="utf-8")
        with opened(running, peer) as shown:
            theirs = spent_ms(shown, move)
        note = f"processor time of the whole browser, {SOFTWARE}"
        yield Row.less(
            f"a frame beside {name} per song, {PEER_SIZE:,} songs", ours, theirs, unit="ms", note=note
        )


PEER = """<!doctype html><body style="margin:0"><script>
const n = %d, W = 1280, H = 800;
let seed = 1;
const random = () => (seed = (seed * 16807) %% 2147483647) / 2147483647;
const spots = Array.from({ length: n }, () => [W * random(), H * random()]);
%s
document.documentElement.dataset.ready = "peer";
</script>"""
SVG = """
const circle = ([x, y]) => `<circle cx=${x} cy=${y} r=3 fill=#0072b2 fill-opacity=0.8 />`;
document.body.innerHTML = `<svg width=${W} height=${H}><g>${spots.map(circle).join("")}</g></svg>`;
window.group = document.querySelector("g");
"""
SVG_MOVE = f"window.group.setAttribute('transform', `translate(${{[{CIRCLE}]}})`)"
ARCS = """
document.body.innerHTML = `<canvas width=${W} height=${H}></canvas>`;
const context = document.querySelector("canvas").getContext("2d");
window.move = (dx, dy) => {
  context.clearRect(0, 0, W, H);
  context.fillStyle = "rgb(0 114 178 / 0.8)";
  for (const [x, y] of spots) { context.beginPath(); context.arc(x + dx, y + dy, 3, 0, 7); context.fill(); }
};
"""
ARCS_MOVE = f"window.move({CIRCLE})"
