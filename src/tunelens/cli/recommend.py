"""`tunelens recommend`: what to hear next, and how well that is told."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from tunelens.cli.face import AsJson, Face, Force, LibraryFile, Quiet, Where, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.evaluation.intervals import Interval
    from tunelens.library.recommend.judge import Judgement
    from tunelens.library.recommend.likes import LikeJudgement
    from tunelens.library.recommend.listening import Listening
    from tunelens.services.playlists import Keep
    from tunelens.services.recommend import Recommendation, RecommendOptions
    from tunelens.services.recommend_evaluation import RecommenderEvaluation

NAME = "recommend"
EPILOG = example(
    'tunelens recommend "Blue in Green" -n 10',
    'tunelens recommend --listener ann --where "genre:jazz" --diversity 0.5 --save "for ann"',
    'tunelens recommend --like "mood:calm" --listeners plays.tsv',
    "tunelens recommend --evaluate plays.tsv",
)


@guarded
def run(
    tracks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TRACK...]", help="What is liked; without it the feedback of the listener tells."
        ),
    ] = None,
    n: Annotated[int, typer.Option("--limit", "-n", help="How many tracks.")] = 20,
    like: Annotated[str, typer.Option("--like", help="Filter: what it finds is liked.")] = "",
    where: Where = "",
    listener: Annotated[str, typer.Option("--listener", help="Whose feedback; default: yours.")] = "",
    way: Annotated[str, typer.Option("--way", help="hybrid, content or collaborative.")] = "hybrid",
    listeners: Annotated[
        Path | None, typer.Option("--listeners", help="Learn from a table of listener, artist, plays.")
    ] = None,
    artists: Annotated[
        Path | None, typer.Option("--artists", help="Table of id and name, where --listeners has ids.")
    ] = None,
    share: Annotated[
        float | None, typer.Option("--share", help="Of the other listeners' opinion, 0 to 1; default: tuned.")
    ] = None,
    diversity: Annotated[
        float, typer.Option("--diversity", help="0 to 1: how much likeness to the list counts against.")
    ] = 0.3,
    novelty: Annotated[
        float, typer.Option("--novelty", help="0 to 1: how much being known to many counts against.")
    ] = 0.0,
    artist_gap: Annotated[
        int, typer.Option("--artist-gap", help="Tracks of others between two of one artist.")
    ] = 3,
    recent_days: Annotated[
        float, typer.Option("--recent-days", help="Leave out what was played in so many days.")
    ] = 7.0,
    known: Annotated[
        bool, typer.Option("--known", help="Also what was liked, played or named itself.")
    ] = False,
    save: Annotated[
        str | None, typer.Option("--save", "-s", metavar="NAME", help="Keep it as this playlist.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write it as this .m3u8, .xspf or .jspf file.")
    ] = None,
    force: Force = False,
    evaluate: Annotated[
        Path | None,
        typer.Option("--evaluate", help="Judge on a table of plays or likes, or a library, instead."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of what is drawn and learned.")] = 0,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Recommend tracks of the library, by their sound and by what other listeners play, and say why.

    --evaluate judges it beside popularity and chance on plays that were held back.
    """
    from tunelens.services.playlists import Keep
    from tunelens.services.recommend import RecommendOptions, Variety

    face = Face(as_json, quiet)
    if evaluate is not None:
        return _evaluate(face, evaluate, library, seed)
    asked = RecommendOptions(
        n, way, where, like, listener, known, recent_days, share,
        Variety(diversity, novelty, artist_gap), seed,
    )  # fmt: skip
    table = None if listeners is None else _table(listeners, artists)
    return _recommend(face, tracks or [], asked, table, library, Keep(save, out, force=force))


def _table(listeners: Path, artists: Path | None) -> Listening:
    from tunelens.services.recommend import read_listening, read_names

    found = read_listening(listeners)
    return found if artists is None else found.renamed(read_names(artists))


def _recommend(
    face: Face,
    tracks: list[str],
    asked: RecommendOptions,
    table: Listening | None,
    where: Path | None,
    keep: Keep,
) -> int:
    from tunelens.library.store import Library
    from tunelens.services.recommend import recommend

    with Library.open(where, create=False) as catalogue:
        keep.check(catalogue)
        found = recommend(catalogue, tracks, options=asked, listeners=table)
        keep.keep(catalogue, [pick.track for pick in found.picks], "recommended", found.told)
    if face.as_json:
        for pick in found.picks:
            face.result(str(pick.track.path), {"way": found.way, **pick.to_dict()}, lambda _: None)
        return 0
    face.out.print(_picks(found, face.out.width))
    for note in found.notes:
        face.say(printable(note))
    face.say(f"{len(found.picks)} tracks, {found.told}")
    return 0


def _picks(found: Recommendation, width: int) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("score", justify="right")
    table.add_column("id", justify="right", min_width=3)
    table.add_column("title", no_wrap=True, overflow="ellipsis", max_width=int(0.35 * width))
    table.add_column("why", overflow="fold")
    for pick in found.picks:
        why = "\n".join(reason.text for reason in pick.reasons)
        cells = (f"{pick.score:.2f}", str(pick.track.id), pick.track.name)
        table.add_row(*(escape(printable(cell)) for cell in cells), _lines(why))
    return table


def _lines(text: str) -> str:
    return "\n".join(escape(printable(line)) for line in text.split("\n"))


def _evaluate(face: Face, source: Path, where: Path | None, seed: int) -> int:
    from tunelens.services.recommend_evaluation import evaluate_recommenders

    found = evaluate_recommenders(source, library=where, seed=seed)
    face.result(str(source), found.to_dict(), lambda out: _judged(out, found))
    for note in found.notes:
        face.say(printable(note))
    return 0


def _judged(out: Console, found: RecommenderEvaluation) -> None:
    for judgement in found.judgements:
        asked = f"{judgement.n_listeners:,} listeners, {judgement.n_items:,} items"
        wanted = f"{judgement.n_wanted:,} to be found, {judgement.n_cold:,} of them cold"
        out.print(f"{judgement.protocol}: {escape(judgement.how)}; {asked}, {wanted}")
        out.print(_figures(judgement))
    if found.likes is not None:
        out.print(
            f"{found.likes.n_clips} clips by {found.likes.n_artists} artists in {found.likes.n_folds} folds; "
            f"a correlation of {_number(found.likes.ceiling)} could be reached, "
            f"{_number(found.likes.ceiling_within)} within genres"
        )
        out.print(_likes(found.likes))


def _figures(judgement: Judgement) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("", "NDCG@10", "recall@10", "coverage", "novelty, bits", "NDCG above popularity", "chosen"):
        table.add_column(name, no_wrap=True)
    for one in judgement.figures:
        better = "" if one.better is None else _interval(one.better)
        shown = (one.name, _interval(one.ndcg), _interval(one.recall), f"{one.coverage:.1%}")
        table.add_row(*shown, _interval(one.novelty, 2), better, one.chosen)
    return table


def _likes(judged: LikeJudgement) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("", "Spearman", "within genres", "NDCG@10"):
        table.add_column(name, no_wrap=True)
    for one in judged.figures:
        table.add_row(one.name, _interval(one.spearman), _interval(one.within), _number(one.ndcg))
    return table


def _interval(found: Interval, digits: int = 3) -> str:
    if isnan(found.value):
        return "-"
    value = f"{found.value:.{digits}f}"
    low, high = (f"{end:.{digits}f}" for end in (found.low, found.high))
    return value if isnan(found.low) else f"{value} ({low} to {high})"


def _number(value: float) -> str:
    return "-" if isnan(value) else f"{value:.3f}"
