"""Names of artists as one spelling, so that one artist is one group."""

from __future__ import annotations

import re
import unicodedata

_GUEST = re.compile(r"[\s(\[]+(?:feat|ft|featuring)\b\.?\s.*$")
_NOT_A_WORD = re.compile(r"[^\w]+")


def one_spelling(name: str) -> str:
    """Return a name without case, accents, width of characters, guests, article and punctuation.

    "" stays "": an unknown artist is nobody else's. A name of punctuation only is kept as it is.

    Examples
    --------
    >>> [one_spelling(name) for name in ("Beyoncé feat. JAY-Z", "The Beatles", "周杰倫 (ft. 費玉清)")]
    ['beyonce', 'beatles', '周杰倫']
    """
    text = " ".join(_plain_letters(unicodedata.normalize("NFKC", name)).casefold().split())
    text = _GUEST.sub("", text).replace("&", " and ")
    words = _NOT_A_WORD.sub(" ", text).split()
    if len(words) > 1 and words[0] == "the" != words[1]:
        words = words[1:]
    return " ".join(words) or text


def _plain_letters(text: str) -> str:
    """Take accents off Latin letters only: が without its mark would be another sound, か."""
    kept: list[str] = []
    for letter in unicodedata.normalize("NFD", text):
        on_latin = bool(kept) and "LATIN" in unicodedata.name(kept[-1], "")
        if not (unicodedata.combining(letter) and on_latin):
            kept.append(letter)
    return unicodedata.normalize("NFC", "".join(kept))
