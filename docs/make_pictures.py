"""Make the pictures of README and docs anew, from the demo tracks.

That of the page needs Chromium, that of a journey the research data of the benches.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tunelens.services.demo import demo
from tunelens.services.playlists import Keep
from tunelens.services.plot import plot

PICTURES = Path(__file__).with_name("pictures")
KINDS = ("spectrogram", "chroma", "tempogram", "ssm")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEADLESS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--virtual-time-budget=10000",
)


def photograph(page: Path, out: Path, size: str = "1200,1350") -> None:
    """Take a picture of the top of `page`, as a person sees it once its script has run."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.stderr.write(f"no browser found, {out.name} is left as it was\n")
        return
    with tempfile.TemporaryDirectory() as profile:
        options = (f"--window-size={size}", f"--user-data-dir={profile}", f"--screenshot={out}")
        subprocess.run(
            [browser, *HEADLESS, *options, page.as_uri()],
            check=True,
            capture_output=True,
            timeout=120,
        )


def travel(out: Path) -> None:
    """Draw a journey through the clips of the bench of playlists, which needs the research data."""
    sys.path.insert(0, str(PICTURES.parents[1]))
    from bench.harness import Skip
    from bench.playlists import library_of_clips

    from tunelens.library.store import Library
    from tunelens.services.journeys import journey

    try:
        with Library.open(library_of_clips()) as library:
            journey(library, "sad", "happy", steps=12, plot=out, keep=Keep(force=True))
    except Skip as reason:
        sys.stderr.write(f"{reason}; {out.name} is left as it was\n")


def map_out(out: Path) -> None:
    """Take a picture of a map of songs with moods, which needs the research data."""
    sys.path.insert(0, str(PICTURES.parents[1]))
    from bench.harness import Skip, data_dir

    from tunelens.services.collections import collect
    from tunelens.services.map import draw_map

    try:
        songs = collect(data_dir() / "hits" / "moods.csv")
    except Skip as reason:
        sys.stderr.write(f"{reason}; {out.name} is left as it was\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "map.html"
        draw_map(songs, page, projection="tsne", colour="mood", title="686 songs and their moods")
        photograph(page, out, "1280,800")


def main() -> None:
    """Hear the demo tracks and draw."""
    PICTURES.mkdir(exist_ok=True)
    done = demo(Path("demo"))
    song = next(credit for credit in done.credits if credit.title == "Funky Robot")
    for kind in KINDS:
        plot(song.path, kind, PICTURES / f"{kind}.png", force=True)
    photograph(done.report, PICTURES / "report.png")
    travel(PICTURES / "journey.png")
    map_out(PICTURES / "map.png")


if __name__ == "__main__":
    main()
