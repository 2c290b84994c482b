"""The bytes: sound and covers."""

from __future__ import annotations

from fastapi.responses import Response

from tunelens.api.attachment import attachment
from tunelens.api.routes.audio import hear_track
from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.envelope import ABSENT, PlayerError
from tunelens.api.subsonic.shapes import ALBUM, ARTIST, Shapes, number_of
from tunelens.services.browse import cover_of
from tunelens.services.playing import checked_file


def stream(ask: Ask, _shapes: Shapes) -> Response:
    """Give the sound of a song as its file has it, whole or a range of it; nothing is recoded."""
    return hear_track(ask.house, number_of(ask.needed("id")))


def download(ask: Ask, shapes: Shapes) -> Response:
    """Give the file under its name."""
    found = stream(ask, shapes)
    found.headers.update(attachment(shapes.library.track(number_of(ask.needed("id"))).path.name))
    return found


def cover_art(ask: Ask, shapes: Shapes) -> Response:
    """Give the picture that a song carries, or the first that a song of an album or artist carries."""
    id = ask.needed("id")
    if id.startswith(ALBUM):
        numbers = list(shapes.album(id).tracks)
    elif id.startswith(ARTIST):
        numbers = [number for one in shapes.artist(id).albums for number in one.tracks[:1]]
    else:
        numbers = [number_of(id)]
    house = ask.house
    found = cover_of(shapes.library, numbers, lambda one: checked_file(one, house.roots, house.sounds))
    if found is None:
        raise PlayerError(ABSENT, "There is no picture.")
    return Response(found.data, media_type=found.media_type, headers={"cache-control": "max-age=86400"})
