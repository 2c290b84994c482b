"""What a player shows of a track: waveform, tags over time, beats, parts, pictures."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from tunelens.api.answers import Answer, answer
from tunelens.api.house import House, TheHouse
from tunelens.api.language import Language
from tunelens.api.parameters import TrackNumber
from tunelens.library.identity import path_to_text
from tunelens.library.track import Track
from tunelens.plots import PLOTS
from tunelens.services import pictures, track_sound

ROUTER = APIRouter(tags=["sound"])
Seconds = Annotated[float, Query(ge=0, le=86_400, allow_inf_nan=False, description="Seconds.")]
PICTURES = {"png": "image/png", "svg": "image/svg+xml"}


def _file_of(house: House, number: int) -> tuple[Track, FilePath]:
    track = house.library.track(number)
    return track, house.roots.of_track(track.path)


@ROUTER.get("/tracks/{number}/waveform", summary="Show the waveform")
def show_waveform(
    house: TheHouse,
    number: TrackNumber,
    points: Annotated[int, Query(ge=1, le=track_sound.MOST_POINTS, description="Columns, at most.")] = 1000,
) -> Answer:
    """Give the smallest and the largest sample, and the level, of each column; full scale is 1."""
    track, path = _file_of(house, number)
    found = track_sound.waveform(path, points, sha256=track.sha256, settings=house.settings)
    return Answer(**answer({"id": number, **found.to_dict()}, path_to_text(path)))


@ROUTER.get("/tracks/{number}/timeline", summary="Show tags over time")
def show_timeline(
    house: TheHouse,
    number: TrackNumber,
    tags: Annotated[int, Query(ge=1, le=50, description="Of each net, at most.")] = track_sound.N_TAGS,
) -> Answer:
    """Give what each net heard every few seconds; `POST /jobs/predict` with `timeline` asks a bundle so."""
    analysis = house.library.get(number)
    found = track_sound.timeline(analysis, tags)
    return Answer(**answer({"id": number, **found}, path_to_text(analysis.path)))


@ROUTER.get("/tracks/{number}/beats", summary="Show beats, tempo and key")
def show_beats(house: TheHouse, number: TrackNumber) -> Answer:
    """Give the time of every beat, tempo and key, and how sure each is."""
    analysis = house.library.get(number)
    return Answer(**answer({"id": number, **track_sound.beats(analysis)}, path_to_text(analysis.path)))


@ROUTER.get("/tracks/{number}/structure", summary="Show the parts")
def show_parts(
    house: TheHouse,
    number: TrackNumber,
    of: Annotated[
        Literal["both", "chroma", "mfcc"], Query(description="Compare by harmony, timbre, or both.")
    ] = "both",
) -> Answer:
    """Cut a track into parts; those that are alike have one letter."""
    track, path = _file_of(house, number)
    found = track_sound.parts(path, of, sha256=track.sha256, settings=house.settings)
    return Answer(**answer({"id": number, **found}, path_to_text(path)))


@ROUTER.get("/plots", summary="List pictures")
def list_plots() -> Answer:
    """List what can be drawn of a sound."""
    named = [{"name": name, "shows": PLOTS[name].what} for name in PLOTS]
    return Answer(
        **answer({"plots": named, "formats": list(pictures.FORMATS), "themes": list(pictures.THEMES)})
    )


@ROUTER.get(
    "/tracks/{number}/plots/{name}.{format}",
    summary="Draw a track",
    response_class=Response,
    responses={200: {"content": {kind: {} for kind in PICTURES.values()}}},
)
def draw_track(
    house: TheHouse,
    number: TrackNumber,
    name: Annotated[
        str, Path(min_length=1, max_length=50, pattern=r"^\w+$", description="See `GET /plots`.")
    ],
    format: Annotated[Literal["png", "svg"], Path(description="As what.")],
    *,
    language: Annotated[Language, Query(alias="lang", description="Of titles and axes.")] = "en",
    theme: Annotated[Literal["light", "dark"], Query(description="Of the page around it.")] = "light",
    start_s: Seconds = 0.0,
    end_s: Annotated[
        float | None,
        Query(ge=0, le=90_000, allow_inf_nan=False, description="At most 900 s after the start."),
    ] = None,
    bare: Annotated[bool, Query(description="The colours alone, without axes and words; as PNG.")] = False,
) -> Response:
    """Draw a track, or an excerpt of it, as PNG or SVG; titles are in the language that is asked for."""
    track, path = _file_of(house, number)
    drawn = pictures.picture(
        path, name, format, language=language, theme=theme, start_s=start_s, end_s=end_s, bare=bare,
        sha256=track.sha256, settings=house.settings,
    )  # fmt: skip
    headers = {"content-security-policy": "default-src 'none'; style-src 'unsafe-inline'"}
    return Response(drawn, media_type=PICTURES[format], headers=headers)
