"""Libraries of made-up music: prints without files, and files that were heard."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.music import SR, performance
from tests.sounds import encode, write

from tunelens.audio import Clip, resample
from tunelens.features.landmarks import Peaks
from tunelens.library.prints.store import Printed
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

OPTIONS = HearOptions(models=(), bundles=())


@dataclass(frozen=True)
class Shelf:
    """A library, its folder, and the numbers of its tracks by file name."""

    library: Library
    folder: Path
    ids: dict[str, int]


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """Three works; of the first a FLAC, an MP3, an Opus that lacks the first second, and another take."""
    folder = tmp_path_factory.mktemp("shelf")
    y = performance(1, 24.0)
    write(folder / "one.flac", y, SR)
    write(folder / "一.mp3", 0.4 * y, SR)
    encode(folder / "one.opus", resample(Clip(y[SR:], SR), 48_000).y, 48_000)
    write(folder / "take.flac", performance(1, 24.0, bpm=113.0, take=1), SR)
    write(folder / "two.flac", performance(2, 24.0), SR)
    write(folder / "three.flac", performance(3, 40.0, bpm=90.0), SR)
    with Library.open(folder / "music.db") as library:
        analyze_many([folder], library, jobs=1, engine="inline", options=OPTIONS)
        yield Shelf(library, folder, {track.path.name: track.id for track in library.tracks()})


def made_up(number: int, seconds: float = 60.0) -> Printed:
    """Peaks as dense as those of music, of no music."""
    rng = np.random.default_rng(number)
    n = round(19 * seconds)
    frames = np.sort(rng.integers(0, round(seconds * 43), n)).astype(np.int32)
    bins = (10 + 409 * rng.beta(1, 3, n)).astype(np.int16)
    return Printed(number, number, Peaks(frames, bins))
