"""Names of files from titles in any script, valid on Linux, macOS and Windows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container
from unicodedata import category, combining, normalize

LONGEST_BYTES = 200
"""Of a name with its suffix; Linux allows 255, and what copies or packs files adds some."""
_LONGEST_ID = 40
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\u2044\u2215\u29f8\ufe68\uff0f\uff3c]')
_RESERVED = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\s*\..*)?", re.IGNORECASE
)
_LEADING = " .-=+@~'_"
_DROPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def safe_stem(text: str, most_bytes: int = LONGEST_BYTES) -> str:
    """Return `text` as the stem of a file name; "" where nothing of it can be kept.

    Control and formatting characters (those that turn the order of text among them) go; what a file system
    forbids becomes ``_``; it begins with no dot, dash, or sign that a shell or a spreadsheet would act on,
    ends with no dot or space, is no name of a device of Windows, and has at most `most_bytes` bytes of
    UTF-8, cut between characters.

    Examples
    --------
    >>> safe_stem("../etc/passwd"), safe_stem("CON"), safe_stem("夜曲 / Nocturne?")
    ('etc_passwd', 'CON_', '夜曲 _ Nocturne_')
    """
    kept = "".join(" " if char.isspace() else char for char in text[:1000] if _is_kept(char))
    kept = normalize("NFC", kept)  # after the above: what stood between a letter and its accent is gone
    kept = " ".join(_FORBIDDEN.sub("_", kept).split()).lstrip(_LEADING)
    kept = _cut(kept, most_bytes - 1).rstrip(" .")
    return re.sub(r"^[^.]*", lambda base: f"{base[0].rstrip()}_", kept) if _RESERVED.fullmatch(kept) else kept


def _is_kept(char: str) -> bool:
    return char.isspace() or category(char) not in _DROPPED


def _cut(text: str, most_bytes: int) -> str:
    """Return the beginning of `text` that fits, without half a character or an accent of one."""
    encoded = text.encode("utf-8")
    if len(encoded) <= most_bytes:
        return text
    cut = encoded[:most_bytes].decode("utf-8", "ignore")
    while cut and combining(text[len(cut)]):
        cut = cut[:-1]
    return cut


def song_stem(creator: str, title: str, music_id: str) -> str:
    """Return ``creator - title [id]`` as a stem; the id keeps songs of one name apart.

    Examples
    --------
    >>> song_stem("周杰伦", "夜曲", "7"), song_stem("", "", "spotify:track:1")
    ('周杰伦 - 夜曲 [7]', '[spotify_track_1]')
    """
    mark = f"[{_id_of(music_id)}]"
    name = " - ".join(part for part in (safe_stem(creator, 80), safe_stem(title)) if part)
    room = LONGEST_BYTES - len(mark.encode()) - 16  # for a number and a suffix
    return f"{_cut(name, room).rstrip(' .')} {mark}".strip()


def _id_of(music_id: str) -> str:
    """Return an id as part of a name; one that would lose something is told by its hash."""
    plain = safe_stem(music_id, _LONGEST_ID + 1).replace("[", "(").replace("]", ")")
    if len(music_id.encode("utf-8", "replace")) <= _LONGEST_ID and plain:
        return plain
    return hashlib.sha256(music_id.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def folded(name: str) -> str:
    """Return what file systems that do not tell cases and forms apart take `name` for.

    Examples
    --------
    >>> folded("É.MP3") == folded("é.mp3")
    True
    """
    return normalize("NFC", normalize("NFC", name).casefold())


def unused(stem: str, suffix: str, taken: Container[str]) -> str:
    """Return ``stem + suffix``, numbered where a name that is `folded` the same is `taken`.

    Examples
    --------
    >>> unused("Song", ".mp3", {"song.mp3", "song (2).mp3"})
    'Song (3).mp3'
    """
    name, number = f"{stem}{suffix}", 1
    while folded(name) in taken:
        number += 1
        name = f"{stem} ({number}){suffix}"
    return name
