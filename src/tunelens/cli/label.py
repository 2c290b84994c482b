"""`tunelens label`: say what tracks are, and see it learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, example, guarded, worst
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import Console

    from tunelens.base.errors import TunelensError
    from tunelens.library.corrections.correction import Correction
    from tunelens.library.corrections.store import Vocabulary
    from tunelens.services.corrections import Learned
    from tunelens.services.learning import LeftOut, Question

app = typer.Typer(
    help="Say what tracks are, learn from it, and hear what to tell next.", no_args_is_help=True
)
Kind = Annotated[
    str, typer.Option("--kind", "-k", help="What kind of label: genre, mood, or one of your own.")
]
GENRE = "genre"


@app.command(
    "set",
    epilog=example(
        "tunelens label set 12 Jazz --not Pop/Rock", 'tunelens label set 3 8 15 "gym music" --kind gym'
    ),
)
@guarded
def set_(
    words: Annotated[
        list[str], typer.Argument(metavar="TRACK... LABEL", help="Tracks, and the label that holds for them.")
    ],
    denies: Annotated[
        list[str] | None, typer.Option("--not", help="A label that does not hold; may come again.")
    ] = None,
    kind: Kind = GENRE,
    listener: Annotated[str, typer.Option("--listener", help="Who. Default: the owner.")] = "",
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Say which label holds for tracks, and which do not: searches see it at once.

    Without a label that holds, give "" in its place.
    """
    from tunelens.base.errors import ParameterError, TunelensError
    from tunelens.library.store import Library
    from tunelens.services.corrections import correct

    *refs, label = words
    if not refs:
        raise ParameterError("a track and a label are needed", hint="tunelens label set 12 Jazz")
    face = Face(as_json)
    errors: list[TunelensError] = []
    with Library.open(library, create=False) as catalogue:
        for ref in refs:
            try:
                noted = correct(
                    catalogue,
                    ref,
                    kind,
                    holds=[label] if label else [],
                    denies=denies or (),
                    listener=listener,
                )
            except TunelensError as error:
                errors.append(error)
                face.failure(ref, error)
                continue
            line = f"{noted.track.name}: {_said(noted.corrections)}"
            face.result(str(noted.track.path), noted.to_dict(), _printer(line))
    return worst(errors, len(refs))


def _printer(line: str) -> Callable[[Console], None]:
    return lambda out: out.print(printable(line), markup=False)


def _said(corrections: Iterable[Correction]) -> str:
    return ", ".join(one.label if one.holds else f"not {one.label}" for one in corrections)


@app.command("list", epilog=example("tunelens label list", "tunelens label list --kind gym"))
@guarded
def list_(
    kind: Annotated[str | None, typer.Option("--kind", "-k", help="Only of this kind.")] = None,
    track: Annotated[str | None, typer.Option("--track", help="Only of this track.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="At most this many.")] = 50,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """List what was said, the latest first, with the numbers by which it is taken back."""
    from tunelens.library.corrections.store import Corrections
    from tunelens.library.store import Library

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        number = None if track is None else catalogue.track(track).id
        kept = Corrections(catalogue)
        found = kept.all(vocabulary=kind, track_id=number, limit=limit)
        total, kinds = kept.count(vocabulary=kind, track_id=number), kept.vocabularies()
    told = {"corrections": [one.to_dict() for one in found], "vocabularies": [one.to_dict() for one in kinds]}
    face.result("", told, lambda out: _draw_list(out, found, kinds))
    face.say(f"{len(found)} of {total} shown")
    return 0


def _draw_list(out: Console, found: Sequence[Correction], kinds: Sequence[Vocabulary]) -> None:
    rows = [
        (one.name, ", ".join(f"{label} {n}" for label, n in one.labels.items()), one.learned_at or "-")
        for one in kinds
    ]
    _table(out, ("kind", "labels", "learned"), rows)
    lines = [
        (one.id, one.vocabulary, _said([one]), " - ".join(filter(None, (one.artist, one.title))) or one.path)
        for one in found
    ]
    _table(out, ("nr", "kind", "said", "track"), lines)


def _table(out: Console, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if not rows:
        return
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(escape(printable(str(cell))) for cell in row))
    out.print(table)


@app.command("learn", epilog=example("tunelens label learn", "tunelens label learn --kind gym --changes 100"))
@guarded
def learn(
    kind: Kind = GENRE,
    changes: Annotated[int, typer.Option("--changes", min=0, max=500, help="How many to show.")] = 15,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Learn from what was said: what changes and how sure, what it is worth, what to tell next."""
    from tunelens.library.store import Library
    from tunelens.services.corrections import learn as learn_from

    face = Face(as_json, quiet)
    with Library.open(library, create=False) as catalogue:
        found = learn_from(catalogue, kind, n_changes=changes)
    face.result("", found.to_dict(), lambda out: _draw_learned(out, found))
    for note in found.notes:
        face.say(f"mind: {printable(note)}")
    return 0


def _draw_learned(out: Console, found: Learned) -> None:
    base = f"from what the bundle {found.base!r} says" if found.base else "from your examples alone"
    out.print(
        printable(f"{found.vocabulary}: {found.n_told} tracks told, {base}; reach {found.reach}"),
        markup=False,
    )
    out.print(f"artists left out: {_worth(found.left_out)}", markup=False)
    out.print(f"{found.n_changed} of {found.n_tracks} tracks have another label now", markup=False)
    rows = [
        (f"{one.sure:.0%}", one.id, one.track, _labels(one.before), _labels(one.after))
        for one in found.changes
    ]
    _table(out, ("sure", "id", "track", "was", "is"), rows)
    _draw_questions(out, found.ask)


def _labels(labels: Sequence[str]) -> str:
    return ", ".join(labels) or "-"


def _worth(one: LeftOut) -> str:
    right = f"{one.right_after} of {one.n} right, {one.right_before} before"
    if one.low is None or one.high is None:
        return f"{right}; {one.verdict} ({one.n_artists} artists)"
    return f"{right}; {one.low:.0%} to {one.high:.0%} (95 %); {one.verdict} (p = {one.p:.2g})"


def _draw_questions(out: Console, ask: Sequence[Question]) -> None:
    rows = [(one.id, one.track, f"{one.label} {one.probability:.0%}", one.alternative or "-") for one in ask]
    _table(out, ("id", "tell me of", "is it", "or"), rows)


@app.command("suggest", epilog=example("tunelens label suggest", "tunelens label suggest --kind gym -n 5"))
@guarded
def suggest(
    kind: Kind = GENRE,
    n: Annotated[int, typer.Option("--limit", "-n", min=1, max=100, help="How many.")] = 10,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Name the tracks that would teach most if you told what they are."""
    from tunelens.library.store import Library
    from tunelens.services.corrections import suggest as ask

    with Library.open(library, create=False) as catalogue:
        found = ask(catalogue, kind, n)
    told = {"ask": [vars(one) for one in found]}
    Face(as_json).result("", told, lambda out: _draw_questions(out, found))
    return 0


@app.command(
    "remove",
    epilog=example(
        "tunelens label remove", "tunelens label remove 7 8", "tunelens label remove --all --kind gym"
    ),
)
@guarded
def remove(
    ids: Annotated[
        list[int] | None,
        typer.Argument(metavar="[NR]...", help="Numbers that `label list` prints. Default: the last."),
    ] = None,
    kind: Annotated[str, typer.Option("--kind", "-k", help="The last of this kind.")] = "",
    everything: Annotated[
        bool, typer.Option("--all", help="All that was said and learned of --kind.")
    ] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Take back what was said; what was heard is a tag again."""
    from tunelens.base.errors import ParameterError
    from tunelens.library.corrections.store import Corrections
    from tunelens.library.store import Library
    from tunelens.services.corrections import take_back

    if everything and (ids or not kind):
        raise ParameterError(
            "--all needs a --kind and no numbers", hint="tunelens label remove --all --kind gym"
        )
    with Library.open(library, create=False) as catalogue:
        if everything:
            n = Corrections(catalogue).forget(kind)
        else:
            n = len(take_back(catalogue, ids or (), vocabulary=kind))
    Face(as_json).result("", {"removed": n}, _printer(f"{n} removed"))
    return 0
