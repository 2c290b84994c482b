"""Walk from artists to albums to songs; lists of albums and songs; search."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.envelope import ABSENT, GENERIC, PlayerError
from tunelens.api.subsonic.shapes import ALBUM, ARTIST, Shapes, number_of
from tunelens.library.store import Library
from tunelens.services import browse
from tunelens.services.browse import Album, Artist
from tunelens.services.search import search

IGNORED = "The El La Los Las Le Les"
MOST_SONGS = 500
MOST_WORDS = 50


def artists(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return all artists by the first letter of their names."""
    index = [
        {"name": letter, "artist": [shapes.artist_shape(one) for one in some]}
        for letter, some in _by_letter(shapes)
    ]
    return {"artists": {"ignoredArticles": IGNORED, "index": index}}


def indexes(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the same for players of folders."""
    index = [
        {"name": letter, "artist": [{"id": f"{ARTIST}{one.id}", "name": one.name} for one in some]}
        for letter, some in _by_letter(shapes)
    ]
    modified = shapes.library.revision()
    return {"indexes": {"lastModified": modified, "ignoredArticles": IGNORED, "index": index}}


def artist(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return an artist with the albums."""
    found = shapes.artist(ask.needed("id"))
    return {"artist": {**shapes.artist_shape(found), "album": list(map(shapes.album_shape, found.albums))}}


def album(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return an album with its songs."""
    found = shapes.album(ask.needed("id"))
    return {"album": {**shapes.album_shape(found), "song": shapes.songs(found.tracks)}}


def directory(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return what an artist or an album holds, for players of folders."""
    id = ask.needed("id")
    if id.startswith(ARTIST):
        found = shapes.artist(id)
        return {"directory": {"id": id, "name": found.name, "child": list(map(shapes.folder, found.albums))}}
    one = shapes.album(id)
    parent = f"{ARTIST}{one.artist_id}"
    return {"directory": {"id": id, "parent": parent, "name": one.title, "child": shapes.songs(one.tracks)}}


def song(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return one song."""
    return {"song": shapes.song(shapes.library.track(number_of(ask.needed("id"))))}


def genres(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the genres that files tell and nets hear."""
    told = [
        {"songCount": one.n_tracks, "albumCount": one.n_albums, "value": one.name}
        for one in browse.genres(shapes.library)
    ]
    return {"genres": {"genre": told}}


def albums2(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return a list of albums, by tags."""
    return {"albumList2": {"album": list(map(shapes.album_shape, _albums(ask, shapes)))}}


def albums1(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the same as folders."""
    return {"albumList": {"album": list(map(shapes.folder, _albums(ask, shapes)))}}


def random_songs(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return songs at random."""
    query = " ".join([*_genre(ask, shapes.library), *_years(ask)])
    seed = random.SystemRandom().randrange(2**31)
    n = ask.number("size", 10, high=MOST_SONGS)
    found = search(shapes.library, query, sort="random", seed=seed, limit=n, why=False)
    return {"randomSongs": {"song": [shapes.song(hit.track) for hit in found.hits]}}


def songs_by_genre(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the songs of a genre, by path."""
    ask.needed("genre")
    n, offset = ask.number("count", 10, high=MOST_SONGS), ask.number("offset", 0, high=2**31)
    query = " ".join(_genre(ask, shapes.library))
    found = search(shapes.library, query, sort="path", limit=n, offset=offset, why=False)
    return {"songsByGenre": {"song": [shapes.song(hit.track) for hit in found.hits]}}


def search3(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return artists, albums and songs in which all words are; an empty query finds everything."""
    found_artists, found_albums, songs = _found(ask, shapes)
    return {
        "searchResult3": {
            "artist": list(map(shapes.artist_shape, found_artists)),
            "album": list(map(shapes.album_shape, found_albums)),
            "song": songs,
        }
    }


def search2(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return the same for players of folders."""
    found_artists, found_albums, songs = _found(ask, shapes)
    told = [{"id": f"{ARTIST}{one.id}", "name": one.name} for one in found_artists]
    return {"searchResult2": {"artist": told, "album": list(map(shapes.folder, found_albums)), "song": songs}}


def _found(ask: Ask, shapes: Shapes) -> tuple[Sequence[Artist], Sequence[Album], list[dict[str, Any]]]:
    words = "".join(map(_plain, ask.text("query"))).split()[:MOST_WORDS]
    n, offset = ask.number("songCount", 20, high=MOST_SONGS), ask.number("songOffset", 0, high=2**31)
    query = " ".join(_quoted(word) for word in words)
    sort = "" if words else "path"
    found = search(shapes.library, query, sort=sort, limit=n, offset=offset, why=False)
    return (
        _page(ask, "artist", shapes.shelves.artists_named(words)),
        _page(ask, "album", shapes.shelves.albums_named(words)),
        [shapes.song(hit.track) for hit in found.hits],
    )


def _plain(char: str) -> str:
    """Return a character as words have it: players send quotes and asterisks of query languages too."""
    return char if char.isprintable() and char not in '"*' else " "


def _page(ask: Ask, kind: str, found: Sequence[Any]) -> Sequence[Any]:
    offset = ask.number(f"{kind}Offset", 0, high=2**31)
    return found[offset : offset + ask.number(f"{kind}Count", 20, high=MOST_SONGS)]


def _by_letter(shapes: Shapes) -> Iterable[tuple[str, Iterable[Artist]]]:
    keyed = sorted(((_letter(one.name), i, one) for i, one in enumerate(shapes.shelves.artists.values())))
    for letter, some in groupby(keyed, key=lambda triple: triple[0]):
        yield letter, [one for _, _, one in some]


def _letter(name: str) -> str:
    first = name[:1].upper()
    return first if first.isalpha() else "#"


def _albums(ask: Ask, shapes: Shapes) -> Sequence[Album]:
    kind = ask.needed("type")
    if kind not in _ORDERS:
        raise PlayerError(GENERIC, f"'type' is {kind[:40]!r}; {', '.join(_ORDERS)} are allowed.")
    n, offset = ask.number("size", 10, high=MOST_SONGS), ask.number("offset", 0, high=2**31)
    return _ORDERS[kind](ask, shapes, list(shapes.shelves.albums.values()))[offset : offset + n]


def _at_random(_ask: Ask, _shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    return random.SystemRandom().sample(albums, len(albums))


def _newest(_ask: Ask, _shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    return sorted(albums, key=lambda one: one.added_at, reverse=True)


def _frequent(_ask: Ask, shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    return _ranked(albums, lambda number: shapes.plays.get(number, (0, 0))[0], sum)


def _recent(_ask: Ask, shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    return _ranked(albums, lambda number: shapes.plays.get(number, (0, 0))[1], max)


def _highest(_ask: Ask, shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    rated = {number: one.rating or 0.0 for number, one in shapes.opinions.items()}
    return _ranked(albums, lambda number: rated.get(number, 0.0), max)


def _starred(_ask: Ask, shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    liked = {number: one.liked_at or 0 for number, one in shapes.opinions.items() if one.liked_at is not None}
    return _ranked(albums, lambda number: liked.get(number, 0), max)


def _ranked(albums: list[Album], of_track: Any, over: Any) -> Sequence[Album]:
    """Return the albums of which there is something, the most first."""
    worth = {album.id: over(map(of_track, album.tracks)) for album in albums}
    return sorted((one for one in albums if worth[one.id] > 0), key=lambda one: -worth[one.id])


def _by_artist(_ask: Ask, shapes: Shapes, _albums: list[Album]) -> Sequence[Album]:
    return [album for artist in shapes.shelves.artists.values() for album in artist.albums]


def _by_year(ask: Ask, _shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    """Return the albums of some years, backwards where the first is the later."""
    for name in ("fromYear", "toYear"):
        ask.needed(name)
    begin, end = ask.year("fromYear") or 0, ask.year("toYear") or 0
    low, high = sorted((begin, end))
    there = [one for one in albums if one.year is not None and low <= one.year <= high]
    return sorted(there, key=lambda one: one.year or 0, reverse=begin > end)


def _by_genre(ask: Ask, shapes: Shapes, albums: list[Album]) -> Sequence[Album]:
    ask.needed("genre")
    here = set(browse.numbers(shapes.library, " ".join(_genre(ask, shapes.library))))
    return [one for one in albums if not here.isdisjoint(one.tracks)]


_ORDERS = {
    "random": _at_random,
    "newest": _newest,
    "highest": _highest,
    "frequent": _frequent,
    "recent": _recent,
    "alphabeticalByName": lambda _ask, _shapes, albums: albums,
    "alphabeticalByArtist": _by_artist,
    "starred": _starred,
    "byYear": _by_year,
    "byGenre": _by_genre,
}


def _genre(ask: Ask, library: Library) -> list[str]:
    """Return the term that finds the genre that is asked for; none where none is."""
    wanted = ask.text("genre")
    if not wanted:
        return []
    known = next((one.term for one in browse.genres(library) if one.name == wanted), None)
    return [known or f"genre:{_quoted(wanted)}"]


def _years(ask: Ask) -> list[str]:
    begin, end = ask.year("fromYear"), ask.year("toYear")
    return [*([f"year:>={begin}"] if begin else []), *([f"year:<={end}"] if end else [])]


def _quoted(word: str) -> str:
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def similar_ids(ask: Ask, shapes: Shapes) -> list[int]:
    """Return the songs that an id stands for: itself, those of an album, or some of an artist."""
    id = ask.needed("id")
    if id.startswith(ALBUM):
        return list(shapes.album(id).tracks)
    if id.startswith(ARTIST):
        return [number for one in shapes.artist(id).albums for number in one.tracks]
    number = number_of(id)
    if not shapes.library.tracks_by_id([number]):
        raise PlayerError(ABSENT, f"There is no song {id!r}.")
    return [number]
