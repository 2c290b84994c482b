"""Collections put together, and songs that stand in them more than once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tunelens.base.errors import DataError
from tunelens.data.readers.song_names import song_key
from tunelens.explore.collection import Collection


def folded(songs: Collection, contents: Sequence[str] = ()) -> Collection:
    """Return each song once: the first of those with one artist and title, or with one content.

    A year or a fact that the first lacks is taken from the next that has it. Songs without a title or an
    artist are told by their content alone.

    Parameters
    ----------
    songs : Collection
    contents : sequence of str
        What tells the content of each, say a hash; "" where unknown, () where nothing is known.

    Examples
    --------
    >>> two = Collection("toy", ("1", "2"), np.ones((2, 1)), ("tempo",), titles=("Sunny", "SUNNY"),
    ...                  artists=("Bobby Hebb", "Bobby Hebb"), facts={"mood": ("", "happy")})
    >>> once = folded(two)
    >>> once.ids, once.facts["mood"], once.notes
    (('1',), ('happy',), ('1 song stood more than once and is counted once',))
    """
    members = _members(songs, contents or ("",) * len(songs))
    if len(members) == len(songs):
        return songs
    n = len(songs) - len(members)
    what = "1 song stood" if n == 1 else f"{n} rows were of songs that stood"
    once = songs.take([rows[0] for rows in members])
    assert songs.years is not None
    known = np.isfinite(songs.years)
    years = [songs.years[next((i for i in rows if known[i]), rows[0])] for rows in members]
    facts = {name: tuple(_first(values, rows) for rows in members) for name, values in songs.facts.items()}
    note = f"{what} more than once and {'is' if n == 1 else 'are'} counted once"
    return replace(once, years=np.array(years, np.float64), facts=facts, notes=(*songs.notes, note))


def _members(songs: Collection, contents: Sequence[str]) -> list[list[int]]:
    """Return the rows of each song, in the order of their first."""
    seen: dict[str, int] = {}
    found: list[list[int]] = []
    for row, (title, artist, content) in enumerate(zip(songs.titles, songs.artists, contents, strict=True)):
        keys = [f"={content}"] if content else []
        keys += [_key(artist, title)] if artist and title else []
        place = next((seen[key] for key in keys if key in seen), len(found))
        if place == len(found):
            found.append([])
        found[place].append(row)
        for key in keys:
            seen.setdefault(key, place)
    return found


def _key(artist: str, title: str) -> str:
    key = song_key(artist, title)
    # "÷" and "×" are two songs, though neither has a letter
    return f"{artist}/{title}" if key.startswith("/") or key.endswith("/") else key


def _first(values: Sequence[str], rows: Sequence[int]) -> str:
    return next((values[row] for row in rows if values[row]), "")


def together(first: Collection, second: Collection) -> Collection:
    """Return the songs of both with the features that both have; ids that clash are prefixed with 1 or 2.

    Raises
    ------
    DataError
        They share no feature.

    Examples
    --------
    >>> a = Collection("a", ("1",), np.array([[120.0, 0.3]]), ("tempo", "energy"))
    >>> b = Collection("b", ("1",), np.array([[0.5, 90.0]]), ("energy", "tempo"))
    >>> both = together(a, b)
    >>> both.ids, both.features, both.X.tolist()
    (('1/1', '2/1'), ('tempo', 'energy'), [[120.0, 0.3], [90.0, 0.5]])
    """
    names = shared(first, second)
    a, b = first.only(names), second.only(names)
    clash = bool(set(a.ids) & set(b.ids))
    assert a.years is not None
    assert b.years is not None
    facts = dict.fromkeys((*a.facts, *b.facts))
    return Collection(
        f"{a.name} + {b.name}",
        tuple(f"{k}/{one}" if clash else one for k, part in ((1, a), (2, b)) for one in part.ids),
        np.concatenate([a.X, b.X]),
        names,
        titles=(*a.titles, *b.titles),
        artists=(*a.artists, *b.artists),
        paths=(*a.paths, *b.paths),
        years=np.concatenate([a.years, b.years]),
        facts={name: (*_fact(a, name), *_fact(b, name)) for name in facts},
        notes=tuple(dict.fromkeys((*a.notes, *b.notes))),
    )


def shared(first: Collection, second: Collection) -> tuple[str, ...]:
    """Return the features that both have, in the order of the first.

    Raises
    ------
    DataError
        There is none.
    """
    names = tuple(name for name in first.features if name in second.features)
    if names:
        return names
    raise DataError(
        f"{first.name} and {second.name} share no feature",
        hint=f"the first has {', '.join(first.features[:8])}; the second {', '.join(second.features[:8])}",
    )


def _fact(songs: Collection, name: str) -> tuple[str, ...]:
    return songs.facts.get(name, ("",) * len(songs))
