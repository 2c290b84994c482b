"""Songs by artist and title, where a source has no files: which file on this computer is it?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from unicodedata import normalize

from tunelens.audio.info import probe
from tunelens.base.errors import TunelensError

_GUESTS = re.compile(r"\s*[(\[](?:feat|ft|with|prod)\b[^)\]]*[)\]]|\s+(?:feat|ft)\.\s.*")
_EDITION = re.compile(r"\s*[(\[][^)\]]*remaster[^)\]]*[)\]]|\s+-\s+[^-]*remaster[^-]*$")
_TRACK_NUMBER = re.compile(r"^\d{1,3}[\s.\-_]+")
_LONGEST = 300


def song_key(artist: str, title: str) -> str:
    """Return what two spellings of one song have in common.

    Guests, remasters, case, accents of width, and punctuation do not count.

    Examples
    --------
    >>> song_key("Post Malone", "Sunflower (feat. Swae Lee)") == song_key("post malone", "Sunflower")
    True
    >>> song_key("周杰伦", "晴天") == song_key("周杰伦", "稻香")
    False
    """
    return f"{_letters(artist)}/{_letters(title)}"


def _letters(text: str) -> str:
    plain = normalize("NFKC", text[:_LONGEST]).casefold()
    plain = _EDITION.sub("", _GUESTS.sub("", plain))
    return "".join(char for char in plain if char.isalnum())


class SongFiles:
    """Finds the files of songs: by names such as ``Artist - Title.mp3``, then by their tags."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._by_name = {key: path for path in files if (key := _key_of_name(path))}
        self._by_tags: dict[str, Path] | None = None

    def find(self, artist: str, title: str) -> Path | None:
        """Return the file of a song, or None."""
        key = song_key(artist, title)
        found = self._by_name.get(key)
        return found if found is not None else self._tagged().get(key)

    def _tagged(self) -> dict[str, Path]:
        # files are opened only when a name was not enough
        if self._by_tags is None:
            self._by_tags = {key: path for path in self._files if (key := _key_of_tags(path))}
        return self._by_tags


def _key_of_name(path: Path) -> str | None:
    artist, dash, title = _TRACK_NUMBER.sub("", path.stem).partition(" - ")
    return song_key(artist, title) if dash and artist and title else None


def _key_of_tags(path: Path) -> str | None:
    try:
        info = probe(path)
    except TunelensError:
        return None
    return song_key(info.artist, info.title) if info.artist and info.title else None
