"""`tunelens cluster`: songs that belong together, found, named, kept and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from tunelens.cli.bar import Bar
from tunelens.cli.cluster_tables import draw_found, draw_runs, draw_shown, draw_table
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Force, Jobs, LibraryFile, Quiet, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.services.clustering import Updated

app = typer.Typer(
    help="Clusters of songs: how many there are, if any, what sets them apart, who belongs to each.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the run.")]


@app.command(
    "run",
    epilog=example(
        "tunelens cluster run --name moods",
        "tunelens cluster run genre:pop --method kmeans --k 6 --seed 1",
        "tunelens cluster run chart.csv --features tempo_bpm,energy,valence --out clusters.html --lang zh",
    ),
)
@guarded
def run(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[QUERY|SOURCE]",
            help="A query of the library, a folder, or a table with features. Default: the whole library.",
        ),
    ] = None,
    method: Annotated[
        str, typer.Option("--method", "-m", help="kmeans, bisecting, minibatch or hdbscan.")
    ] = "kmeans",
    k: Annotated[str, typer.Option("--k", "-k", help="Number of clusters, or auto.")] = "auto",
    features: Annotated[
        str,
        typer.Option(
            "--features",
            help="descriptors, waveform, tags, pooled, embedding, or names of features, with commas.",
        ),
    ] = "descriptors",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of all that is drawn.")] = 0,
    name: Annotated[
        str | None, typer.Option("--name", help="Keep the run in the library by this name.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Also write .html, .csv, .json, .png or .svg.")
    ] = None,
    lang: Annotated[str, typer.Option("--lang", help="Of what --out writes: en or zh.")] = "en",
    library: LibraryFile = None,
    force: Force = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find clusters, name them by what sets them apart, and say plainly when there are none."""
    from tunelens.base.language import language
    from tunelens.services import clustering as service
    from tunelens.services.clustering_report import check_clusters, save_clusters

    face = Face(as_json, quiet)
    if out is not None:
        check_clusters(out, force=force, lang=lang)
    options = service.ClusterOptions(method, _number(k), features, seed)
    with language(lang):
        found = service.run_clusters(
            source, options=options, name=name, library=library, force=force, jobs=jobs,
            progress=Bar(face.err),
        )  # fmt: skip
    for path, error in found.failed:
        face.failure(str(path), error)
    face.result(name or found.source, found.to_dict(), lambda console: draw_found(console, found))
    for note in found.found.notes:
        face.say(f"mind: {printable(note)}")
    if name is not None:
        face.say(f"kept as {printable(name)}: tunelens search cluster:{printable(name)}/1 finds the first")
    if out is not None:
        face.say(f"written: {printable(str(save_clusters(found, out, force=force, lang=lang)))}")
    return SOME_FAILED if found.failed else 0


def _number(text: str) -> int | None:
    from tunelens.base.errors import ParameterError

    if text.strip().lower() == "auto":
        return None
    if not text.strip().isdecimal():
        raise ParameterError(f"--k is {text!r}; auto, or a whole number from 2, is allowed")
    return int(text)


@app.command("list", epilog=example("tunelens cluster list"))
@guarded
def list_(library: LibraryFile = None, as_json: AsJson = False) -> int:
    """List the runs that the library keeps, the latest first."""
    from tunelens.library.store import Library
    from tunelens.services.clustering import list_runs

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = list_runs(catalogue)
    if as_json:
        for one in found:
            face.result(one.name, one.to_dict(), lambda _: None)
        return 0
    draw_runs(face.out, found)
    face.say(f"{len(found)} runs")
    return 0


@app.command("show", epilog=example("tunelens cluster show moods", "tunelens cluster show moods --cluster 2"))
@guarded
def show(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Name of the run. Default: the latest.")
    ] = None,
    cluster: Annotated[
        int | None, typer.Option("--cluster", "-c", min=0, help="This cluster alone; 0 is what is in none.")
    ] = None,
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Show the clusters of a run, or the songs of one of them."""
    from tunelens.library.store import Library
    from tunelens.services.clustering import show_run

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = show_run(catalogue, name, cluster)
    face.result(found.run.name, found.to_dict(), lambda out: draw_shown(out, found, cluster))
    for note in found.notes:
        face.say(f"mind: {printable(note)}")
    return 0


@app.command("compare", epilog=example("tunelens cluster compare moods pop"))
@guarded
def compare(
    first: Name,
    second: Annotated[str, typer.Argument(metavar="OTHER", help="Name of the other run.")],
    library: LibraryFile = None,
    as_json: AsJson = False,
) -> int:
    """Say how alike two runs are: the adjusted Rand index, and which cluster is which."""
    from tunelens.library.store import Library
    from tunelens.services.clustering import compare_runs

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        found = compare_runs(catalogue, first, second)

    def draw(out: Console) -> None:
        draw_table(out, found.table)
        out.print(
            f"adjusted Rand index {found.agreement:.3f} on {found.n} tracks (1 is the same, 0 is chance)"
        )

    face.result(f"{first} / {second}", found.to_dict(), draw)
    return 0


@app.command(
    "update", epilog=example("tunelens cluster update moods", "tunelens cluster update moods --refit")
)
@guarded
def update(
    name: Name,
    refit: Annotated[
        bool, typer.Option("--refit", help="Cluster all songs anew; clusters that go on keep their numbers.")
    ] = False,
    library: LibraryFile = None,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Place the songs that came since the run, without moving the others."""
    from tunelens.services.clustering import update_run

    face = Face(as_json, quiet)
    done = update_run(library, name, refit=refit, jobs=jobs, progress=Bar(face.err))
    face.result(name, done.to_dict(), lambda out: _draw_updated(out, done))
    for note in done.notes:
        face.say(f"mind: {printable(note)}")
    return 0


def _draw_updated(out: Console, done: Updated) -> None:
    new = ", ".join(f"{n} in {number or 'none'}" for number, n in done.placed.items())
    out.print(
        printable(f"{done.name}: {sum(done.placed.values())} new{f' ({new})' if new else ''}"), markup=False
    )
    if done.refitted:
        alike = (
            ""
            if done.agreement is None
            else f"; adjusted Rand index with the run before {done.agreement:.3f}"
        )
        out.print(f"clustered anew: {done.n_moved} moved{alike}")


@app.command("delete", epilog=example("tunelens cluster delete moods"))
@guarded
def delete(name: Name, library: LibraryFile = None, as_json: AsJson = False) -> int:
    """Delete a run; the songs stay in the library."""
    from tunelens.library.store import Library
    from tunelens.services.clustering import delete_run

    face = Face(as_json)
    with Library.open(library, create=False) as catalogue:
        gone = delete_run(catalogue, name)
    face.result(gone.name, {"deleted": True, "name": gone.name}, lambda _: None)
    face.say(f"deleted {printable(gone.name)}")
    return 0
