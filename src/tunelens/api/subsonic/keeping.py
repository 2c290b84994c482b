"""What a player keeps here: playlists, stars, ratings, plays."""

from __future__ import annotations

from typing import Any

from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.envelope import GENERIC, MISSING, PlayerError
from tunelens.api.subsonic.shapes import PLAYLIST, Shapes, absent, number_of, playlist_shape
from tunelens.library.playlists.store import Playlist
from tunelens.services import browse, playlists
from tunelens.services.feedback import note

SOURCE = "subsonic"
MOST_IDS = 10_000
LATEST_MS = 2**38 * 1000


def all_playlists(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return every playlist without its songs."""
    return {"playlists": {"playlist": [_playlist(shapes, one) for one in _kept(shapes)]}}


def playlist(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return a playlist with its songs; those that are not in the library are left out."""
    return _told(shapes, _named(shapes, ask.needed("id")))


def create_playlist(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Make a playlist, or give one other songs."""
    id, name = ask.text("playlistId"), ask.text("name")
    if not id and not name:
        raise PlayerError(MISSING, "Required parameter 'name' is missing.")
    before = _named(shapes, id) if id else None
    called = before.name if before else name
    description = before.description if before else None
    songs = _numbers(ask, "songId")
    playlists.create(shapes.library, called, songs, description=description, force=before is not None)
    return _told(shapes, playlists.show(shapes.library, called).playlist)


def update_playlist(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Take songs out of a playlist and put others at its end."""
    there = _named(shapes, ask.needed("playlistId"))
    if ask.text("name", there.name) != there.name:
        raise PlayerError(GENERIC, "A playlist keeps its name here: make another.")
    places = [str(number_of(one, "") + 1) for one in ask.all("songIndexToRemove")[:MOST_IDS]]
    if places:
        playlists.remove(shapes.library, there.name, places)
    if songs := _numbers(ask, "songIdToAdd"):
        playlists.add(shapes.library, there.name, songs)
    return {}


def delete_playlist(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Forget a playlist."""
    playlists.delete(shapes.library, _named(shapes, ask.needed("id")).name)
    return {}


def star(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Like songs; those that are liked stay liked since when they were."""
    for number in _songs_only(ask):
        if browse.opinions(shapes.library, shapes.listener).get(number, browse.Opinion()).liked_at is None:
            note(shapes.library, "like", number, listener=shapes.listener, source=SOURCE)
    return {}


def unstar(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Take likes back."""
    for number in _songs_only(ask):
        browse.forget(shapes.library, number, ["like"], shapes.listener)
    return {}


def starred(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return what is liked, for players of folders."""
    return {"starred": {"song": _liked(shapes)}}


def starred2(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return what is liked: songs alone, for albums and artists are not judged here."""
    return {"starred2": {"song": _liked(shapes)}}


def set_rating(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Rate a song with 1 to 5 stars; 0 takes the rating back."""
    number = number_of(ask.needed("id"))
    ask.needed("rating")
    stars = ask.number("rating", 0, low=-1, high=6)
    if not 0 <= stars <= 5:
        raise PlayerError(GENERIC, "'rating' is out of range; 0 to 5 is allowed.")
    browse.forget(shapes.library, number, ["rating"], shapes.listener)
    if stars:
        note(shapes.library, "rating", number, value=stars, listener=shapes.listener, source=SOURCE)
    return {}


def scrobble(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Note that songs were played; what only begins to play is not noted."""
    ask.needed("id")
    if not ask.flag("submission", True):
        return {}
    times = [number_of(one, "") for one in ask.all("time")[:MOST_IDS]]
    for i, number in enumerate(_numbers(ask, "id")):
        at = str(min(times[i], LATEST_MS) // 1000) if i < len(times) else ""
        note(shapes.library, "play", number, at=at, listener=shapes.listener, source=SOURCE)
    return {}


def _liked(shapes: Shapes) -> list[dict[str, Any]]:
    liked = {number: one.liked_at for number, one in shapes.opinions.items() if one.liked_at is not None}
    return shapes.songs(sorted(liked, key=lambda number: -liked[number]))


def _songs_only(ask: Ask) -> list[int]:
    if ask.text("albumId") or ask.text("artistId"):
        raise PlayerError(GENERIC, "Songs are liked here, not albums and artists.")
    ask.needed("id")
    return _numbers(ask, "id")


def _numbers(ask: Ask, name: str) -> list[int]:
    return [number_of(one) for one in ask.all(name)[:MOST_IDS]]


def _kept(shapes: Shapes) -> list[Playlist]:
    return playlists.list_playlists(shapes.library)


def _named(shapes: Shapes, id: str) -> Playlist:
    number = number_of(id, PLAYLIST)
    found = next((one for one in _kept(shapes) if one.id == number), None)
    if found is None:
        raise absent(id)
    return found


def _playlist(shapes: Shapes, one: Playlist) -> dict[str, Any]:
    shown = playlists.show(shapes.library, one.name)
    return playlist_shape(one, len(shown.items), shown.duration_s)


def _told(shapes: Shapes, one: Playlist) -> dict[str, Any]:
    shown = playlists.show(shapes.library, one.name)
    songs = [shapes.song(item.track) for item in shown.items if item.track is not None]
    return {"playlist": {**playlist_shape(one, len(songs), shown.duration_s), "entry": songs}}
