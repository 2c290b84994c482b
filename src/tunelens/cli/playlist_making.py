"""Verbs of `tunelens playlist` that make lists: smart, mix, smooth, journey."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.base.errors import ParameterError
from tunelens.cli.face import AsJson, Face, Force, LibraryFile, example, guarded
from tunelens.cli.plain import printable
from tunelens.cli.playlist_tables import draw_journey, draw_made, draw_shown, length

if TYPE_CHECKING:
    from tunelens.library.playlists.transitions import TransitionWeights
    from tunelens.services.mixes import Made

Save = Annotated[str | None, typer.Option("--save", "-s", metavar="NAME", help="Keep it as this playlist.")]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Also write it as this .m3u8, .xspf or .jspf file.")
]
Absolute = Annotated[bool, typer.Option("--absolute", help="Whole paths in the file.")]
Only = Annotated[str, typer.Option("--where", "-w", help='Only tracks of this filter, say "genre:jazz".')]
Weight = Annotated[
    list[str] | None,
    typer.Option(
        "--weight", metavar="PART=NUMBER", help="How much tempo, key, energy, similarity or artist counts; 1."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the verbs to `tunelens playlist`."""
    for name, verb, epilog in (
        ("smart", smart, 'tunelens playlist smart calm-jazz "genre:jazz energy:<0.4" --sort -year -n 50'),
        ("mix", mix, "tunelens playlist mix song.mp3 --duration 1h --save evening"),
        ("smooth", smooth, "tunelens playlist smooth evening --save evening --force"),
        ("journey", journey, "tunelens playlist journey --from sad --to happy --steps 12 --plot journey.png"),
    ):
        app.command(name, epilog=example(epilog))(verb)


@guarded
def smart(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the playlist.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help='A filter, say "genre:jazz energy:<0.4".')],
    sort: Annotated[str | None, typer.Option("--sort", help="In what order, say year or -tempo.")] = None,
    limit: Annotated[int | None, typer.Option("--limit", "-n", min=1, help="At most this many.")] = None,
    description: Annotated[
        str | None, typer.Option("--description", help="What the playlist is about.")
    ] = None,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Keep a query as a playlist: it holds what the query finds whenever it is shown or exported."""
    from tunelens.library.playlists.store import Smart
    from tunelens.library.store import Library
    from tunelens.services import playlists as service

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        made = service.smart(catalogue, name, Smart(query, sort, limit), description=description, force=force)
    face.result(made.playlist.name, made.to_dict(), lambda out: draw_shown(out, made))
    face.say(f"{printable(made.playlist.name)}: {len(made.items)} tracks now, {length(made.duration_s)}")
    return 0


@guarded
def mix(
    seeds: Annotated[
        list[str] | None,
        typer.Argument(metavar="TRACK...", help="What to begin with: number, path or part of the title."),
    ] = None,
    n: Annotated[int, typer.Option("--number", "-n", min=1, help="So many tracks.")] = 25,
    duration: Annotated[
        str | None, typer.Option("--duration", "-d", help="Instead so long: 45:00, 1h, 1h30m or 90m.")
    ] = None,
    per_artist: Annotated[
        int, typer.Option("--per-artist", min=1, help="At most so many tracks of one artist.")
    ] = 2,
    where: Only = "",
    weight: Weight = None,
    save: Save = None,
    out: Out = None,
    absolute: Absolute = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Make a mix near some tracks, or of a filter: varied artists, no song twice, smooth transitions."""
    from tunelens.library.playlists.mix import Wanted
    from tunelens.library.store import Library
    from tunelens.services.mixes import mix as make
    from tunelens.services.playlists import Keep

    wanted = Wanted(n, None if duration is None else seconds_of(duration), where, per_artist)
    keep = Keep(save, out, absolute, force)
    with Library.open(library, create=False) as catalogue:
        made = make(catalogue, seeds or (), wanted, weights=_weights(weight), keep=keep)
    _tell(Face(as_json), made, save or "mix")
    return 0


@guarded
def smooth(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="Name of the playlist.")] = None,
    where: Annotated[
        str | None, typer.Option("--where", "-w", help="A filter instead of a playlist.")
    ] = None,
    first: Annotated[str | None, typer.Option("--first", metavar="TRACK", help="Begin with it.")] = None,
    weight: Weight = None,
    save: Save = None,
    out: Out = None,
    absolute: Absolute = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Order tracks for smooth transitions in tempo, key, energy and sound. Without --save nothing changes."""
    from tunelens.library.store import Library
    from tunelens.services.mixes import smooth as order
    from tunelens.services.playlists import Keep

    keep = Keep(save, out, absolute, force)
    with Library.open(library, create=False) as catalogue:
        made = order(catalogue, name, where=where, first=first, weights=_weights(weight), keep=keep)
    _tell(Face(as_json), made, save or name or "smooth")
    return 0


@guarded
def journey(
    start: Annotated[
        str,
        typer.Option(
            "--from", metavar="MOOD", help='A mood ("calm", "快乐"), "VALENCE,AROUSAL", or a track.'
        ),
    ],
    end: Annotated[str, typer.Option("--to", metavar="MOOD", help="The same.")],
    steps: Annotated[int, typer.Option("--steps", "-n", help="So many tracks, 2 to 100.")] = 12,
    where: Only = "",
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw it as this .png, .svg or .html file.")
    ] = None,
    save: Save = None,
    out: Out = None,
    absolute: Absolute = False,
    library: LibraryFile = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Lead in equal steps from one mood to another: happy, calm, sad, tense, neutral, or any point."""
    from tunelens.library.store import Library
    from tunelens.services.journeys import journey as travel
    from tunelens.services.playlists import Keep

    face = Face(as_json)
    keep = Keep(save, out, absolute, force)
    with Library.open(library, create=False) as catalogue:
        made = travel(catalogue, start, end, steps=steps, where=where, plot=plot, keep=keep)
    face.result(save or made.title, made.to_dict(), lambda console: draw_journey(console, made))
    face.say(
        f"a step is {made.step_length:.2f}; tracks are off their place by {made.mean_deviation:.2f} "
        f"on average, {made.largest_deviation:.2f} at most"
    )
    if made.largest_deviation > made.step_length > 0:
        face.say("some tracks are more than a step away: the library has little music between these moods")
    if made.n_guessed:
        face.say(f"{made.n_guessed} tracks are placed by energy and mood tags (marked ?), which says less")
    if made.artists_too_soon:
        face.say(f"{made.artists_too_soon} times an artist comes again too soon: nobody else lies there")
    return 0


def _tell(face: Face, made: Made, name: str) -> None:
    face.result(name, made.to_dict(), lambda out: draw_made(out, made))
    face.say(f"mean cost of a transition {made.cost:.3f}, before ordering {made.cost_before:.3f}")
    total = length(made.duration_s)
    if made.wanted_s is None:
        face.say(f"{len(made.tracks)} tracks, {total}")
    else:
        off = made.duration_s - made.wanted_s
        told = f"{off:+.1f} s" if abs(off) < 60 else f"{'-' if off < 0 else '+'}{length(abs(off))}"
        face.say(f"{len(made.tracks)} tracks, {total}: {told} beside the {length(made.wanted_s)} asked")


def _weights(given: list[str] | None) -> TransitionWeights:
    from tunelens.services.mixes import weights_of

    return weights_of(given or ())


def seconds_of(text: str) -> float:
    """Return a length as people write it, in seconds.

    Raises
    ------
    ParameterError
        It is none.

    Examples
    --------
    >>> seconds_of("45:00"), seconds_of("1h"), seconds_of("1h30m"), seconds_of("90")
    (2700.0, 3600.0, 5400.0, 90.0)
    """
    clock = re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,4}):([0-5]\d)", text)
    words = re.fullmatch(r"(?:(\d{1,3})h)?(?:(\d{1,4})m)?(?:(\d{1,6})s?)?", text)
    match = clock or (words if text else None)
    if match is None:
        raise ParameterError(f"the length is {text!r}; write 45:00, 1:30:00, 1h, 90m or 600")
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    return 3600 * hours + 60 * minutes + seconds
