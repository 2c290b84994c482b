"""`tunelens feedback`: what listeners do and say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.face import AsJson, Face, LibraryFile, example, guarded, worst
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.base.errors import TunelensError
    from tunelens.library.feedback import Event
    from tunelens.library.feedback.reports import ImportReport
    from tunelens.services.feedback import Liked, Overview

app = typer.Typer(
    help="What listeners do and say: plays, skips, likes, ratings, comments.", no_args_is_help=True
)
Ref = Annotated[str, typer.Argument(metavar="TRACK", help="Number, path, or words of one title.")]
Refs = Annotated[list[str], typer.Argument(metavar="TRACK...", help="Number, path, or words of one title.")]
Listener = Annotated[str, typer.Option("--listener", help="Who. Default: the owner of the library.")]
At = Annotated[str, typer.Option("--at", help="When: 2026-05-01 20:15 (UTC), or seconds. Default: now.")]
LONGEST_SHOWN = 60


@app.command("play", epilog=example("tunelens feedback play 12", "tunelens feedback play 12 --times 3"))
@guarded
def play(
    tracks: Refs,
    times: Annotated[int | None, typer.Option("--times", min=1, help="How often. Default: once.")] = None,
    listener: Listener = "",
    at: At = "",
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Note that tracks were played."""
    return _note("play", tracks, listener, at, library, as_json, value=times)


@app.command("skip", epilog=example("tunelens feedback skip 12"))
@guarded
def skip(
    tracks: Refs, listener: Listener = "", at: At = "", library: LibraryFile = None, as_json: AsJson = False
) -> int:
    """Note that tracks were skipped."""
    return _note("skip", tracks, listener, at, library, as_json)


@app.command("like", epilog=example("tunelens feedback like 12 15", 'tunelens feedback like "晴天"'))
@guarded
def like(
    tracks: Refs, listener: Listener = "", at: At = "", library: LibraryFile = None, as_json: AsJson = False
) -> int:
    """Note that tracks are liked; of like, dislike and rate the last holds."""
    return _note("like", tracks, listener, at, library, as_json)


@app.command("dislike", epilog=example("tunelens feedback dislike 12"))
@guarded
def dislike(
    tracks: Refs, listener: Listener = "", at: At = "", library: LibraryFile = None, as_json: AsJson = False
) -> int:
    """Note that tracks are disliked."""
    return _note("dislike", tracks, listener, at, library, as_json)


@app.command("rate", epilog=example("tunelens feedback rate 12 4.5"))
@guarded
def rate(
    track: Ref,
    stars: Annotated[float, typer.Argument(metavar="STARS", help="0 to 5.")],
    listener: Listener = "",
    at: At = "",
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Rate a track with 0 to 5 stars."""
    return _note("rating", [track], listener, at, library, as_json, value=stars)


@app.command("comment", epilog=example('tunelens feedback comment 12 "only in the rain"'))
@guarded
def comment(
    track: Ref,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What is said of it.")],
    listener: Listener = "",
    at: At = "",
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Keep a comment on a track; comments say nothing for or against it."""
    return _note("comment", [track], listener, at, library, as_json, text=text)


def _note(
    kind: str,
    refs: list[str],
    listener: str,
    at: str,
    library: Path | None,
    as_json: bool,
    value: float | None = None,
    text: str | None = None,
) -> int:
    from tunelens.base.errors import TunelensError
    from tunelens.library.store import Library
    from tunelens.services.feedback import note

    face = Face(as_json)
    errors: list[TunelensError] = []
    with Library.open(library, create=False) as catalogue:
        for ref in refs:
            try:
                noted = note(catalogue, kind, ref, value=value, text=text, listener=listener, at=at)
            except TunelensError as error:
                errors.append(error)
                face.failure(ref, error)
                continue
            line = f"{kind}: {noted.track.name}" + ("" if noted.new else " (known)")
            face.result(
                str(noted.track.path),
                noted.to_dict(),
                lambda out, line=line: out.print(printable(line), markup=False),  # type: ignore[misc]
            )
    return worst(errors, len(refs))


@app.command(
    "import",
    epilog=example(
        "tunelens feedback import listenbrainz_me.zip",
        "tunelens feedback import scrobbles.csv --format lastfm",
        "tunelens feedback import comments.csv --title 鼓楼 --artist 赵雷 --dry-run",
    ),
)
@guarded
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV, JSON, JSON lines or zip.")],
    format: Annotated[
        str,
        typer.Option(
            "--format", "-f", help="csv, listenbrainz, lastfm or spotify. Default: told from the file."
        ),
    ] = "",
    listener: Listener = "",
    kind: Annotated[
        str, typer.Option("--kind", help="What the rows of a table are, where no column says it: like, ...")
    ] = "",
    track: Annotated[
        str | None,
        typer.Option("--track", help="The track that all rows are about, where they name no song."),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="The same for a song that is not here yet.")] = "",
    artist: Annotated[str, typer.Option("--artist", help="Artist of all rows.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", "-n", help="Keep nothing, only tell.")] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Read plays, likes, ratings and comments from files; reading a file again adds nothing."""
    from tunelens.base.errors import TunelensError
    from tunelens.library.store import Library
    from tunelens.services.feedback import read_file

    face = Face(as_json)
    errors: list[TunelensError] = []
    with Library.open(library, create=False) as catalogue:
        for path in files:
            try:
                report = read_file(
                    catalogue, path, format=format, listener=listener, kind=kind, track=track,
                    title=title, artist=artist, dry_run=dry_run,
                )  # fmt: skip
            except TunelensError as error:
                errors.append(error)
                face.failure(str(path), error)
                continue
            face.result(str(path), report.to_dict(), lambda out, report=report: _draw_report(out, report))  # type: ignore[misc]
    return worst(errors, len(files))


def _draw_report(out: Console, report: ImportReport) -> None:
    kept = "would be kept" if report.dry_run else "new"
    out.print(
        f"{report.format}: {report.found} found, {report.new} {kept}, {report.changed} changed, "
        f"{report.known} known",
    )
    out.print(
        f"  {report.matched} belong to a track, {report.unmatched} wait for theirs, "
        f"{report.ambiguous} could be several"
    )
    for reason, n in report.dropped.items():
        first = next((fault.where for fault in report.examples if fault.reason == reason), "")
        out.print(f"  {n} dropped: {printable(reason)} (first: {printable(first)})", markup=False)


@app.command("show", epilog=example("tunelens feedback show", "tunelens feedback show 12"))
@guarded
def show(
    track: Annotated[
        str | None, typer.Argument(metavar="[TRACK]", help="One track. Default: the best liked of all.")
    ] = None,
    listener: Annotated[str | None, typer.Option("--listener", help="Of one listener alone.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most this many.")] = 20,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Show how well tracks are liked, with the number of events and an interval; or all about one track."""
    from tunelens.library.store import Library
    from tunelens.services.feedback import overview

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = overview(catalogue, track, listener=listener, limit=limit)
    face.result("", found.to_dict(), lambda out: _draw(out, found))
    events = ", ".join(f"{n} {kind}" for kind, n in found.counts.items()) or "no feedback yet"
    face.say(f"{events}; {found.waiting} wait for their track; {found.n_scored} tracks scored")
    return 0


def _draw(out: Console, found: Overview) -> None:
    if found.liked:
        table = Table("id", "title", "score", "95 %", "n", box=None, pad_edge=False)
        for one in found.liked:
            table.add_row(*(escape(printable(cell)) for cell in _cells(one)))
        out.print(table)
    if found.events:
        table = Table("event", "when", "what", "", "listener", "source", box=None, pad_edge=False)
        for event in found.events:
            table.add_row(*(escape(printable(cell)) for cell in _event_cells(event)))
        out.print(table)


def _cells(one: Liked) -> list[str]:
    score = one.score
    interval = f"{score.low:+.2f} to {score.high:+.2f}"
    return [str(one.track.id), one.track.name, f"{score.value:+.2f}", interval, str(score.n)]


def _event_cells(event: Event) -> list[str]:
    from datetime import UTC, datetime

    when = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%d %H:%M") if event.at else ""
    value = "" if event.value is None else f"{event.value:g}"
    text = (event.text or "")[:LONGEST_SHOWN]
    return [
        str(event.id),
        when,
        event.kind,
        " ".join(filter(None, (value, text))),
        event.listener,
        event.source,
    ]


@app.command(
    "undo",
    epilog=example(
        "tunelens feedback undo", "tunelens feedback undo 7 8", "tunelens feedback undo --source lastfm"
    ),
)
@guarded
def undo(
    ids: Annotated[
        list[int] | None,
        typer.Argument(
            metavar="[EVENT]...", help="Numbers that `feedback show TRACK` prints. Default: the last."
        ),
    ] = None,
    source: Annotated[str, typer.Option("--source", help="Everything of one source: lastfm, csv, ...")] = "",
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Forget feedback: the last that was noted by hand, some events, or all of one source."""
    from tunelens.library.store import Library
    from tunelens.services import feedback as service

    with Library.open(library, create=False) as catalogue:
        gone = service.undo(catalogue, ids or (), source=source)
    Face(as_json).result("", {"removed": gone}, lambda out: out.print(f"{gone} removed"))
    return 0
