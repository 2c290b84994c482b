"""Reader `gtzan`: the folders of the GTZAN genre collection, as .au or as .wav."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tunelens.audio.find import Unfound, find_audio
from tunelens.audio.info import probe
from tunelens.base.errors import AudioError, DataError, ParameterError
from tunelens.data.readers.audio_index import file_id, keep_file
from tunelens.data.readers.harvest import Harvest, Row, plain
from tunelens.data.readers.split_lists import has_split_lists, read_split_lists
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

GENRES = ("blues", "classical", "country", "disco", "hiphop", "jazz", "metal", "pop", "reggae", "rock")
NAME = re.compile(rf"(?P<track>(?P<genre>{'|'.join(GENRES)})\.\d{{5}})(?P<part>\.\d+)?\.(?:au|wav)")
SOURCE = "GTZAN genre collection (Tzanetakis and Cook, IEEE TSAP 2002); rights in the recordings are unclear"
UNREADABLE = "jazz.00054"
"""Its .wav in a widely copied edition holds no sound; the .au of the original is whole."""
NO_ARTISTS = (
    "artists are not told by GTZAN, and it holds repeats and distortions (Sturm 2013): without the "
    "fault-filtered lists (train_filtered.txt, ...; --read split_lists=FOLDER) results are too good"
)


class Gtzan:
    """``genres/jazz/jazz.00054.au``."""

    name = "gtzan"
    summary = "the GTZAN folders (.au or .wav), with the fault-filtered lists if there"

    def recognises(self, path: Path) -> bool:
        """Has it, or its first genre folder, a file named as in GTZAN?"""
        return _root(path) is not None

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read the collection; files of other names are left out."""
        path = Path(source).expanduser()
        if options.label not in {None, "genre"}:
            raise ParameterError(f"label is {options.label!r}; GTZAN has genre")
        root = _root(path)
        if root is None:
            raise DataError(f"{str(path)!r} holds no folder such as blues with blues.00000.au or .wav")
        harvest = Harvest("gtzan", options, SOURCE)
        splits = splits_beside(root, harvest)
        seen: set[str] = set()
        for found in find_audio([root / genre for genre in GENRES if (root / genre).is_dir()]):
            if isinstance(found, Unfound):
                harvest.note(f"folder {found.path.name!r}: {found.error.message}")
            else:
                _add(harvest, root, found, splits, seen)
        tell_splits(harvest, splits)
        return harvest.tracks(kind="single", label="genre")


def _root(path: Path) -> Path | None:
    """Return the folder that holds the genre folders: `path`, or one below it."""
    for folder in (path, path / "genres", path / "genres_original", path / "Data" / "genres_original"):
        for genre in GENRES:
            below = folder / genre
            if os.path.isdir(below) and any(NAME.fullmatch(name) for name in os.listdir(below)):  # noqa: PTH112, PTH208
                return folder
    return None


def _add(harvest: Harvest, root: Path, path: Path, splits: dict[str, str], seen: set[str]) -> None:
    name = plain(file_id(path, root))
    match = NAME.fullmatch(path.name)
    if match is None or match["genre"] != path.parent.name or match["part"]:
        return harvest.drop(name, "not named as in GTZAN")
    if match["track"] in seen:
        return harvest.drop(name, "the same track with another suffix")
    if match["track"] == UNREADABLE and not _is_readable(path, harvest):
        return harvest.drop(name, "unreadable sound")
    seen.add(match["track"])
    keep_file(harvest, Row(name, name, match["genre"], path=path, split=splits.get(match["track"], "")))


def _is_readable(path: Path, harvest: Harvest) -> bool:
    try:
        probe(path)
    except AudioError as error:
        harvest.note(f"{path.name} cannot be heard, as is known of the .wav edition: {error.message}")
        return False
    return True


def splits_beside(root: Path, harvest: Harvest) -> dict[str, str]:
    """Return the split of each track by its id: of the lists that were named, or that lie with the data."""
    if harvest.options.split_lists is not None:
        return read_split_lists(harvest.options.split_lists, harvest)
    near = next((folder for folder in (root, root.parent) if has_split_lists(folder)), None)
    return read_split_lists(near, harvest) if near else {}


def tell_splits(harvest: Harvest, splits: dict[str, str]) -> None:
    """Note how many tracks are in no list, or that there are none."""
    if not splits:
        return harvest.note(NO_ARTISTS)
    outside = sum(not row.split for row in harvest.rows)
    if outside:
        harvest.note(f"{outside} rows are in no list: faulty ones; they stay, in no split")


GTZAN = Gtzan()
