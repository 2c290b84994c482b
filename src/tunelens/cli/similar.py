"""`tunelens similar`: the tracks that are most like others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, Where, example, guarded

if TYPE_CHECKING:
    from rich.table import Table

    from tunelens.services.similar import Neighbour, Similar

NAME = "similar"
EPILOG = example(
    "tunelens similar song.mp3 -n 10",
    'tunelens similar 17 --tempo 6 --key --other-artist --where "year:>=2000"',
    "tunelens similar 17 42 --combine nearest --weight rhythm=1 --weight timbre=0",
)


@guarded
def run(
    seeds: Annotated[
        list[str],
        typer.Argument(
            metavar="TRACK|FILE...",
            help="Number, path, part of the title, or first digits of the hash; or any audio file.",
        ),
    ],
    n: Annotated[int, typer.Option("--limit", "-n", help="How many neighbours, at most.")] = 20,
    where: Where = "",
    tempo: Annotated[
        float | None,
        typer.Option(
            "--tempo", help="Tempo at most this many percent off a seed's, or half or double of it."
        ),
    ] = None,
    key: Annotated[bool, typer.Option("--key", help="Only keys that mix with a seed's, as DJs do.")] = False,
    genre: Annotated[bool, typer.Option("--genre", help="Only what shares a likely genre.")] = False,
    years: Annotated[
        int | None, typer.Option("--years", help="At most this many years older or younger.")
    ] = None,
    other_artist: Annotated[
        bool, typer.Option("--other-artist", help="Nothing by the artists of the seeds.")
    ] = False,
    other_album: Annotated[
        bool, typer.Option("--other-album", help="Nothing from the albums of the seeds.")
    ] = False,
    copies: Annotated[
        bool, typer.Option("--copies", help="Every file of a recording, not the best of each.")
    ] = False,
    weight: Annotated[
        list[str] | None,
        typer.Option(
            "--weight",
            metavar="PART=NUMBER",
            help="How much a part counts: embedding, timbre, rhythm, harmony, energy.",
        ),
    ] = None,
    combine: Annotated[
        str, typer.Option("--combine", help="Several seeds: look around their mean, or the nearest of them.")
    ] = "mean",
    exact: Annotated[bool, typer.Option("--exact", help="Compare every track, without an index.")] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find the tracks of the library that are most like others, and say why.

    A file that the library does not know is heard first and not kept.
    """
    from tunelens.library.neighbours.choice import Choice
    from tunelens.library.neighbours.parts import Weights
    from tunelens.library.store import Library
    from tunelens.services.similar import similar

    face = Face(as_json, quiet)
    choice = Choice(
        where=where,
        tempo=None if tempo is None else tempo / 100,
        key=key,
        genre=genre,
        years=years,
        other_artist=other_artist,
        other_album=other_album,
    )
    weights = Weights.parse(weight or [])
    with Library.open(library, create=False) as catalogue:
        found = similar(
            seeds,
            catalogue,
            n=n,
            weights=weights,
            choice=choice,
            combine=combine,
            copies=copies,
            exact=exact,
            say=face.say,
        )
    _tell(face, found)
    return 0


def _tell(face: Face, found: Similar) -> None:
    if face.as_json:
        for one in found.neighbours:
            face.result(str(one.track.path), one.to_dict(), lambda _: None)
    elif found.neighbours:
        face.out.print(_table(found, face.out.width))
    for note in found.notes:
        face.say(note)
    way = "every one compared" if found.exact else "by the index"
    face.say(f"{len(found.neighbours)} neighbours among {found.n_compared:,} tracks, {way}")


def _table(found: Similar, width: int) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from tunelens.cli.plain import printable

    several = len(found.seeds) > 1
    table = Table(box=None, pad_edge=False)
    table.add_column("like", justify="right")
    table.add_column("id", justify="right", min_width=3)
    table.add_column("title", no_wrap=True, overflow="ellipsis", max_width=int(0.35 * width))
    table.add_column("BPM", justify="right")
    table.add_column("key", justify="right", no_wrap=True)
    if several:
        table.add_column("seed", no_wrap=True, overflow="ellipsis", max_width=int(0.2 * width))
    table.add_column("why", overflow="fold")
    for one in found.neighbours:
        cells = [f"{one.similarity:.2f}", str(one.track.id), one.track.name, *_sound(one)]
        cells += [*([one.seed] if several else []), "; ".join(one.reasons.words())]
        table.add_row(*(escape(printable(cell)) for cell in cells))
    return table


def _sound(one: Neighbour) -> list[str]:
    track = one.track
    key = f"{track.tonic} {track.mode[:3]}" if track.tonic and track.mode else "-"
    return ["-" if track.tempo_bpm is None else f"{track.tempo_bpm:.0f}", key]
