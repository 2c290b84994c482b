"""Text that shows in every picture: an installed font that has its glyphs, else readable Latin letters.

No font is bundled. What counts is the characters a font really has, not its name; the names below only
say which of several fitting fonts is tried first.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from tunelens.base.language import say
from tunelens.base.text import valid

if TYPE_CHECKING:
    from matplotlib.font_manager import FontEntry

BASE_FAMILY = "DejaVu Sans"
_MOST_FAMILIES = 4
_LONGEST = 200
_PREFERRED = (
    "Noto Sans CJK",
    "Source Han Sans",
    "PingFang",
    "Hiragino Sans",
    "Microsoft YaHei",
    "WenQuanYi",
    "SimHei",
    "Malgun Gothic",
    "Yu Gothic",
    "Noto Sans",
)
_USELESS = ("last resort", "emoji", "lastresort", "unifont upper", "adobe blank")


@dataclass(frozen=True)
class Face:
    """One installed font face.

    Parameters
    ----------
    path : str
        File of the font.
    index : int
        Which face of a collection.
    family : str
        Its name.
    is_plain : bool
        Upright and of normal weight.
    """

    path: str
    index: int
    family: str
    is_plain: bool = True


_ours: dict[str, Face] = {}
"""Names that this module added to matplotlib's list in this process."""


@dataclass(frozen=True)
class Legible:
    """Text and the font families, in order, that together have all of its glyphs."""

    text: str
    families: tuple[str, ...]


def legible(text: str, faces: Sequence[Face] | None = None) -> Legible:
    """Return `text` so that every character of it can be drawn.

    Parameters
    ----------
    text : str
        Any text; control characters and line breaks become spaces.
    faces : sequence of Face, optional
        Fonts to choose from; by default those installed.

    Returns
    -------
    Legible
        Characters that no font has are spelled in Latin letters (anyascii).

    Examples
    --------
    >>> legible("Café").text
    'Café'
    >>> legible("夜曲 Nocturne", faces=[]).text
    'YeQu Nocturne'
    """
    text = tidy(text)
    families = [BASE_FAMILY]
    missing = _lacking(text, _base_face())
    for face in _helpers(missing, faces):
        families.append(_registered(face))
        missing = _lacking("".join(missing), face)
    return Legible(_spell(text, missing), tuple(families))


def said(text: str) -> Legible:
    """Return the words of a picture in the language of now; in English where no font can write that.

    Examples
    --------
    >>> said("Tempo (BPM)").text
    'Tempo (BPM)'
    """
    words = say(text)
    shown = legible(words)
    return shown if shown.text == tidy(words) else legible(text)


def font_for(text: str, faces: Sequence[Face] | None = None) -> str:
    """Return the name of a font that has every character of `text`; "" when there is none.

    Examples
    --------
    >>> font_for("Café"), font_for("夜曲", faces=[])
    ('DejaVu Sans', '')
    """
    missing = _lacking(text, _base_face())
    if not missing:
        return BASE_FAMILY
    found = _helpers(missing, faces)
    return found[0].family if found and covered(found[0], missing) == missing else ""


def tidy(text: str) -> str:
    """Return `text` on one line of bounded length, without control or formatting characters."""
    kept = (_tidied(c) for c in unicodedata.normalize("NFC", valid(text[:_LONGEST])))
    return " ".join("".join(kept).split())


def _tidied(char: str) -> str:
    if "\ufe00" <= char <= "\ufe0f":
        return ""
    return {"Cf": "", "Cc": " ", "Zl": " ", "Zp": " "}.get(unicodedata.category(char), char)


def _spell(text: str, missing: Iterable[str]) -> str:
    """Replace each run of `missing` characters by Latin letters."""
    from anyascii import anyascii

    lost = frozenset(missing)
    runs = ((is_lost, "".join(run)) for is_lost, run in groupby(text, lost.__contains__))
    return "".join((anyascii(run) or "?") if is_lost else run for is_lost, run in runs)


def _lacking(text: str, face: Face) -> frozenset[str]:
    wanted = {c for c in text if not c.isspace()}
    return frozenset(wanted - covered(face, frozenset(wanted)))


@lru_cache(maxsize=4096)
def covered(face: Face, chars: frozenset[str]) -> frozenset[str]:
    """Return those of `chars` for which `face` has a glyph; none when the font cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        font = FT2Font(face.path, face_index=face.index) if face.index else FT2Font(face.path)
    except (OSError, RuntimeError):
        return frozenset()
    return frozenset(c for c in chars if font.scalable and font.get_char_index(ord(c)))


def _helpers(missing: frozenset[str], faces: Sequence[Face] | None) -> list[Face]:
    """Choose few faces that together cover as much of `missing` as can be had."""
    chosen: list[Face] = []
    known = sorted(_known_faces() if faces is None else faces, key=_rank) if missing else []
    while missing and len(chosen) < _MOST_FAMILIES:
        best = _best(missing, known)
        if best is None and faces is None and not chosen:
            known = sorted(_new_faces(), key=_rank)
            best = _best(missing, known)
        if best is None:
            break
        chosen.append(best)
        missing -= covered(best, missing)
    return chosen


def _best(missing: frozenset[str], faces: Iterable[Face]) -> Face | None:
    """Return the first face that has all of `missing`, else the one that has most of it."""
    best, most = None, 0
    for face in faces:
        count = len(covered(face, missing))
        if count > most:
            best, most = face, count
        if count == len(missing):
            break
    return best


def _rank(face: Face) -> tuple[int, bool, bool]:
    places = [i for i, name in enumerate(_PREFERRED) if face.family.startswith(name)]
    return (min(places, default=len(_PREFERRED)), not face.is_plain, "Serif" in face.family)


@lru_cache(maxsize=1)
def _base_face() -> Face:
    from matplotlib.font_manager import FontProperties, findfont

    return Face(str(findfont(FontProperties(family=[BASE_FAMILY]))), 0, BASE_FAMILY)


def _known_faces() -> list[Face]:
    """Return the faces that matplotlib has in its list."""
    from matplotlib.font_manager import fontManager

    faces = [_ours.get(entry.name) or _face_of(entry) for entry in fontManager.ttflist]
    return [face for face in faces if not any(word in face.family.lower() for word in _USELESS)]


def _face_of(entry: FontEntry) -> Face:
    is_plain = entry.style == "normal" and entry.weight in (400, "normal")
    return Face(str(entry.fname), int(getattr(entry, "index", 0)), entry.name, is_plain)


def _new_faces() -> list[Face]:
    """Return the faces that were installed after matplotlib made its list, which it keeps for good."""
    from matplotlib.font_manager import findSystemFonts, fontManager
    from matplotlib.ft2font import FT2Font

    listed = {entry.fname for entry in fontManager.ttflist}
    faces = []
    for path in findSystemFonts():
        if path in listed:
            continue
        try:
            faces.append(Face(path, 0, str(FT2Font(path).family_name)))
        except (OSError, RuntimeError):
            continue
    return [face for face in faces if not any(word in face.family.lower() for word in _USELESS)]


def _registered(face: Face) -> str:
    """Return a name under which matplotlib finds `face` in this process.

    It is one of our own: by the font's name matplotlib would look for a normal weight, which many CJK fonts
    do not have, and complain; and a font installed after it made its list has no name there.
    """
    from matplotlib.font_manager import FontEntry, fontManager

    name = f"tunelens {face.family} {face.index} {face.path}"
    if name not in _ours:
        place: dict[str, Any] = {"index": face.index} if face.index else {}
        plain = FontEntry(
            fname=face.path,
            name=name,
            style="normal",
            variant="normal",
            weight=400,
            stretch="normal",
            size="scalable",
            **place,
        )
        fontManager.ttflist.append(plain)
        _ours[name] = face
    return name
