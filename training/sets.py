"""The sets that the default model learns from, as `Tracks`; none of their sound enters the project."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.base.errors import NotFoundError
from tunelens.data.labels import Kind, Labels
from tunelens.data.read import read_dataset
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

ROOT = Path(__file__).resolve().parent.parent
FAMILIES = (
    *("Blues", "Country", "Electronic", "Folk", "International", "Jazz", "Latin", "Pop/Rock", "R&B"),
    *("Rap", "Reggae", "Stage & Screen", "Vocal"),
)
"""AllMusic families with 40 clips or more in the whole set of 900, so about 30 or more in the 664 here."""
CLASSICAL = "Classical"
GENRES = tuple(sorted((*FAMILIES, CLASSICAL)))
FAMILY_OF = {"classical": CLASSICAL, "electronic": "Electronic", "pop": "Pop/Rock", "rock": "Pop/Rock"}
"""What the four genres of Emotify are among `GENRES`."""
QUADRANTS = {"Q1": "happy", "Q2": "tense", "Q3": "sad", "Q4": "calm"}
AXES: Mapping[str, Mapping[str, str]] = {
    "valence": {"Q1": "positive", "Q2": "negative", "Q3": "negative", "Q4": "positive"},
    "arousal": {"Q1": "high", "Q2": "high", "Q3": "low", "Q4": "low"},
}
GTZAN_FAMILY = {
    **{"blues": "Blues", "classical": CLASSICAL, "country": "Country", "hiphop": "Rap", "jazz": "Jazz"},
    **{"metal": "Pop/Rock", "pop": "Pop/Rock", "reggae": "Reggae", "rock": "Pop/Rock"},
}
"""Genres of GTZAN that have one family; disco has none."""
MUSIC, NOT_MUSIC = "music", "not music"
SPOKEN = ("198-209-0000.ogg", "3436-172162-0000.ogg")
SPOKEN_S = ((0.0, 5.0), (4.0, 9.0), (8.0, 13.0))
"""Excerpts of speech that are heard beside the whole."""
ANIMALS = ("456440__inspectorj__bird-whistling-robin-single-13.ogg", "glacier-bay-humpback.ogg")


def data_dir() -> Path:
    """Return the folder of research data: `TUNELENS_DATA`, or ``../shared/data``.

    Raises
    ------
    NotFoundError
        It is absent.
    """
    folder = Path(os.environ.get("TUNELENS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "mer4q.csv").is_file():
        raise NotFoundError(f"research data is absent: {str(folder)!r}", hint="set TUNELENS_DATA")
    return folder


def plain_artist(name: str) -> str:
    """Return what the spellings of one artist share.

    Examples
    --------
    >>> plain_artist("The Beatles"), plain_artist("BEATLES feat. Billy Preston"), plain_artist("Björk")
    ('beatles', 'beatles', 'bjork')
    """
    bare = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)).lower()
    first = re.split(r"\bfeat\b|\bft\b|\bwith\b|\band\b|[&/,;]", bare)[0]
    return re.sub(r"^the |[\W_]", "", first) or re.sub(r"[\W_]", "", bare)


def clips_of(folder: Path, name: str, label: str, kind: Kind = "single") -> Tracks:
    """Return one of the two sets with a column as its label, in groups of plain artists."""
    options = ReadOptions(label=label, kind=kind, group=("artist",), audio=folder)
    tracks = read_dataset(folder / f"{name}.csv", reader="manifest", options=options)
    artists = tuple(plain_artist(artist or "") for artist in tracks.groups["artist"])
    return replace(tracks, groups={"artist": artists}, split=None)


def relabelled(tracks: Tracks, name: str, names: Mapping[str, str]) -> Tracks:
    """Return the set with other names of its single labels."""
    return replace(tracks, labels=Labels("single", [names[value] for value in tracks.labels.values], name))


def genres_of(mer4q: Tracks, emotify: Tracks) -> Tracks:
    """Return both sets as one with tags of `GENRES`; a genre of Emotify counts as its family and no other."""
    kept = [frozenset(value) & frozenset(GENRES) for value in mer4q.labels.values]
    families = [frozenset([FAMILY_OF[value]]) for value in emotify.labels.values]
    return joined("mer4q+emotify", (mer4q, emotify), Labels("multi", [*kept, *families], "genre"))


def joined(name: str, parts: tuple[Tracks, ...], labels: Labels) -> Tracks:
    """Return sets of files one after the other; artists of different sets are different groups."""
    return Tracks(
        name=name,
        ids=tuple(f"{part.name}/{one}" for part in parts for one in part.ids),
        labels=labels,
        paths=tuple(path for part in parts for path in part.paths or ()),
        groups={"artist": tuple(f"{part.name}/{a}" for part in parts for a in part.groups["artist"])},
    )


def not_music(folder: Path) -> Tracks:
    """Return environmental sounds, speech and animals; the group is the kind, for speech the reader."""
    noise = sorted((folder / "noise").glob("*.ogg"))
    kinds = [re.sub(r"_\d+$", "", path.stem) for path in noise]
    parts = [(name, part) for name in SPOKEN for part in (None, *SPOKEN_S)]
    clips = [folder / "clips" / name for name in (*(name for name, _ in parts), *ANIMALS)]
    kinds += [f"reader {name.split('-')[0]}" for name, _ in parts] + ["robin", "whale"]
    found = _sounds([*noise, *clips], NOT_MUSIC, kinds)
    excerpts = [*[None] * len(noise), *(part for _, part in parts), *[None] * len(ANIMALS)]
    return replace(
        found,
        start_s=tuple(None if one is None else one[0] for one in excerpts),
        end_s=tuple(None if one is None else one[1] for one in excerpts),
    )


def other_music(folder: Path) -> Tracks:
    """Return music of other sources and formats that nothing learns from."""
    clips = [
        path
        for path in sorted((folder / "clips").glob("*.ogg"))
        if path.name not in (*SPOKEN, *ANIMALS) and path.stat().st_size > 1000
    ]
    paths = [*sorted((folder / "rhythm").glob("*.opus")), *clips, *sorted((folder / "songs").glob("*.mp3"))]
    return _sounds(paths, MUSIC, [path.stem for path in paths])


def _sounds(paths: list[Path], label: str, kinds: Iterable[str]) -> Tracks:
    return Tracks(
        name=label,
        ids=tuple(f"{i} {path.name}" for i, path in enumerate(paths)),
        labels=Labels("single", [label] * len(paths), "kind"),
        paths=tuple(paths),
        groups={"artist": tuple(kinds)},
    )


def noises(seconds: float = 5.0, sr: int = 22050, seed: int = 0) -> list[Clip]:
    """Return silence, white, pink and brown noise and clicks at three levels each."""
    rng = np.random.default_rng(seed)
    n = int(seconds * sr)
    white = rng.normal(size=n)
    spectrum, f = np.fft.rfft(white), np.maximum(np.fft.rfftfreq(n, 1 / sr), 20.0)
    pink, brown = (np.fft.irfft(spectrum / f**power, n) for power in (0.5, 1.0))
    clicks = (rng.random(n) < 4 / sr).astype(float)
    shapes = [y / np.abs(y).max() for y in (white, pink, brown, clicks)]
    sounds = [np.zeros(n)] + [y * level for y in shapes for level in (0.03, 0.2, 0.8)]
    return [Clip(y.astype(np.float32), sr) for y in sounds]
