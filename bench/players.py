"""How long players of music wait in a large library: what OpenSubsonic asks, answered in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

from bench.harness import Row
from bench.search import N_TRACKS, fill, timed

LIMIT_S, FIRST_S = 1.0, 10.0
ASKED = {
    "getArtists": {},
    "getAlbumList2, newest": {"type": "newest", "size": "500"},
    "getAlbumList2, by genre": {"type": "byGenre", "genre": "jazz", "size": "500"},
    "search3, a word": {"query": "word3"},
    "search3, 500 of everything": {"query": "", "songCount": "500", "songOffset": "50000"},
    "getRandomSongs, 100": {"size": "100"},
}


def run() -> Iterator[Row]:
    """Make the library once and ask as a player does."""
    from tunelens.library.store import Library
    from tunelens.services import browse

    with TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        fill(library, N_TRACKS)
        note = f"{N_TRACKS:,} tracks, once for each revision"
        seconds, found = timed(lambda: browse.shelves(library), repeats=1)
        yield Row.at_most(
            "artists and albums", seconds, FIRST_S, note=f"{note}; {len(found.albums):,} albums"
        )
        seconds, genres = timed(lambda: browse.genres(library), repeats=1)
        yield Row.at_most("genres", seconds, FIRST_S, note=f"{note}; {len(genres)} genres")
        for name, params in ASKED.items():
            seconds, size = timed(lambda name=name, params=params: _asked(library, name, params))
            yield Row.at_most(name, seconds, LIMIT_S, note=f"{size / 1000:,.0f} kB")


def _asked(library: Any, name: str, params: dict[str, str]) -> int:
    """Answer one endpoint, without the network, and return the size of the answer."""
    from tunelens.api.subsonic.ask import Ask
    from tunelens.api.subsonic.envelope import answer
    from tunelens.api.subsonic.router import ENDPOINTS
    from tunelens.api.subsonic.shapes import Shapes

    house: Any = SimpleNamespace(library=library)
    ask = Ask(house, request=SimpleNamespace(), given={key: [value] for key, value in params.items()})  # type: ignore[arg-type]
    return len(answer(ENDPOINTS[name.partition(",")[0]](ask, Shapes(library, "")), "json").body)
