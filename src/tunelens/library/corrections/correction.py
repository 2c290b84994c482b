"""`Correction`: a person said that a label holds for a track, or that it does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tunelens.base.errors import ParameterError
from tunelens.library.fulltext import tag_word
from tunelens.library.identity import escape
from tunelens.library.track import GROUPS

YOURS = "yours:"
"""Begins the ``model`` of tags that people gave, or that were learned from them."""
LONGEST_LABEL = 100
LONGEST_VOCABULARY = 60
LONGEST_LISTENER = 200


@dataclass(frozen=True)
class Correction:
    """One label of one track, told by a person.

    Parameters
    ----------
    vocabulary : str
        What kind of label: ``genre``, ``mood``, or a person's own, ``gym`` say.
    label : str
        The label.
    holds : bool
        Is it so? False: it is not.
    at : int
        When, seconds since 1970, UTC.
    listener : str
        Who said it; "" is the owner of the library.
    track_id : int or None
        The track; None while it is not in the library.
    path, sha256 : str
        Its file, as `path_to_text` writes it, and its content, by which it is known again.
    title, artist : str or None
        What it was called.
    id : int or None
        Number in the library; None before it is kept.

    Examples
    --------
    >>> Correction("genre", "Jazz", True, 0, path="/a.mp3", sha256="").word
    'jazz'
    """

    vocabulary: str
    label: str
    holds: bool
    at: int
    listener: str = ""
    track_id: int | None = None
    path: str = ""
    sha256: str = ""
    title: str | None = None
    artist: str | None = None
    id: int | None = None

    @property
    def word(self) -> str:
        """The label as queries compare it."""
        return tag_word(self.label)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return dict(vars(self))


def checked_label(text: str) -> str:
    """Return a label as it is kept: one line.

    Raises
    ------
    ParameterError
        It has no letter or digit, or is too long.

    Examples
    --------
    >>> checked_label("  gym   music ")
    'gym music'
    """
    return _checked(text, "a label", LONGEST_LABEL)


def checked_vocabulary(text: str) -> str:
    """Return the name of a vocabulary as it is kept: lower case, one line; errors as `checked_label`."""
    return _checked(text, "a vocabulary", LONGEST_VOCABULARY).casefold()


def checked_listener(text: str) -> str:
    """Return the name of a listener as it is kept; "" is the owner of the library."""
    return escape(" ".join(text.replace("\0", " ").split()))[:LONGEST_LISTENER]


def _checked(text: str, what: str, longest: int) -> str:
    plain = escape(" ".join(text.replace("\0", " ").split()))
    if not tag_word(plain) or len(plain) > longest:
        shown = plain[:40] + ("..." if len(plain) > 40 else "")
        raise ParameterError(f"{what} is {shown!r}; a letter or a digit, and at most {longest} characters")
    return plain


def model_of(vocabulary: str) -> str:
    """Return the ``model`` of its tags, ``yours:genre`` say."""
    return YOURS + vocabulary


def group_of(vocabulary: str) -> str:
    """Return the sort of its tags: ``genre:`` and the like find labels of the vocabulary of that name."""
    return vocabulary if vocabulary in GROUPS else GROUPS[-1]
