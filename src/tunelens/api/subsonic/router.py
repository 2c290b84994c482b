"""The endpoints under ``/rest``, with and without ``.view``, by GET and by POST of a form."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from tunelens.api.house import house_of
from tunelens.api.subsonic import browsing, keeping, media, sonic, system
from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.envelope import (
    CLIENT_OLD,
    GENERIC,
    SERVER_OLD,
    PlayerError,
    answer,
    player_error,
    refuse,
)
from tunelens.api.subsonic.shapes import Shapes
from tunelens.base.errors import TunelensError

PREFIX = "/rest"
MOST_FORM_BYTES = 2**20
MOST_FIELDS = 20_000
LOG = logging.getLogger(__name__)
Endpoint = Callable[[Ask, Shapes], dict[str, Any] | Response]

ENDPOINTS: Mapping[str, Endpoint] = {
    "ping": system.ping,
    "getLicense": system.license,
    "tokenInfo": system.token_info,
    "getUser": system.user,
    "getMusicFolders": system.music_folders,
    "getScanStatus": system.scan_status,
    "getIndexes": browsing.indexes,
    "getMusicDirectory": browsing.directory,
    "getArtists": browsing.artists,
    "getArtist": browsing.artist,
    "getAlbum": browsing.album,
    "getSong": browsing.song,
    "getGenres": browsing.genres,
    "getAlbumList": browsing.albums1,
    "getAlbumList2": browsing.albums2,
    "getRandomSongs": browsing.random_songs,
    "getSongsByGenre": browsing.songs_by_genre,
    "search2": browsing.search2,
    "search3": browsing.search3,
    "getSimilarSongs": sonic.similar_songs,
    "getSimilarSongs2": sonic.similar_songs2,
    "getSonicSimilarTracks": sonic.similar_tracks,
    "findSonicPath": sonic.find_path,
    "getPlaylists": keeping.all_playlists,
    "getPlaylist": keeping.playlist,
    "createPlaylist": keeping.create_playlist,
    "updatePlaylist": keeping.update_playlist,
    "deletePlaylist": keeping.delete_playlist,
    "star": keeping.star,
    "unstar": keeping.unstar,
    "getStarred": keeping.starred,
    "getStarred2": keeping.starred2,
    "setRating": keeping.set_rating,
    "scrobble": keeping.scrobble,
    "stream": media.stream,
    "download": media.download,
    "getCoverArt": media.cover_art,
}
OPEN = "getOpenSubsonicExtensions"
"""What a player asks before it knows how to say who it is."""

ROUTER = APIRouter(include_in_schema=False)


def enrol(app: FastAPI) -> None:
    """Answer players under ``/rest``."""
    app.include_router(ROUTER, prefix=PREFIX)


@ROUTER.api_route("/{name}", methods=["GET", "POST", "HEAD"])
async def serve_player(request: Request, name: str) -> Response:
    """Answer one request of a player."""
    try:
        given = await _given(request)
    except PlayerError as error:
        return refuse(error, request.query_params.get("f", "xml"))
    ask = Ask(house_of(request), request, given)
    return await run_in_threadpool(_answered, ask, name.removesuffix(".view"))


def _answered(ask: Ask, name: str) -> Response:
    try:
        return _asked(ask, name)
    except PlayerError as error:
        return refuse(error, ask.form)
    except TunelensError as error:
        return refuse(player_error(error), ask.form)
    except Exception as error:
        LOG.exception("unforeseen", exc_info=error)
        return refuse(PlayerError(GENERIC, f"{type(error).__name__} was not foreseen here"), ask.form)


def _asked(ask: Ask, name: str) -> Response:
    if name == OPEN:
        return answer(system.extensions(ask), ask.form)
    listener = ask.listener()
    _check_version(ask.text("v"))
    if name not in ENDPOINTS:
        raise PlayerError(GENERIC, f"There is no {name[:60]!r} here.")
    found = ENDPOINTS[name](ask, Shapes(ask.house.library, listener))
    return found if isinstance(found, Response) else answer(found, ask.form)


def _check_version(version: str) -> None:
    """Refuse players of another major version of the protocol; one that tells none is borne."""
    major = version.partition(".")[0]
    if major.isdecimal() and int(major[:9]) != 1:
        newer = int(major[:9]) > 1
        raise PlayerError(
            SERVER_OLD if newer else CLIENT_OLD,
            f"Incompatible Subsonic REST protocol version. {'Server' if newer else 'Client'} must upgrade.",
        )


async def _given(request: Request) -> Mapping[str, list[str]]:
    """Return the parameters of the address, and those of a form over them."""
    given = _parsed(request.url.query)
    if request.method == "POST":
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST_FORM_BYTES:
                raise PlayerError(GENERIC, f"The form is larger than {MOST_FORM_BYTES} bytes.")
        given |= _parsed(body.decode("utf-8", "replace"))
    return given


def _parsed(text: str) -> dict[str, list[str]]:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise PlayerError(GENERIC, f"There are more than {MOST_FIELDS} parameters.") from None
