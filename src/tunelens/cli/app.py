"""The `tunelens` command."""

from __future__ import annotations

from typing import Annotated

import typer

from tunelens.cli import (
    analyze,
    audit,
    chart,
    cluster,
    compare,
    contrast,
    convert,
    covers,
    demo,
    doctor,
    duplicates,
    evaluate,
    explain,
    export,
    feedback,
    hits,
    hook,
    identify,
    label,
    library,
    listen,
    listing,
    map,
    models,
    moving,
    playlist,
    plot,
    predict,
    probe,
    recommend,
    report,
    search,
    select_features,
    serve,
    show,
    similar,
    structure,
    tag,
    train,
)

app = typer.Typer(
    name="tunelens",
    help="Point it at music and it tells you what it is, how sure it is and why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for module in (
    analyze,
    show,
    similar,
    recommend,
    identify,
    duplicates,
    covers,
    listing,
    search,
    export,
    report,
    map,
    serve,
    plot,
    structure,
    hook,
    audit,
    train,
    evaluate,
    compare,
    predict,
    hits,
    explain,
    select_features,
    contrast,
    tag,
    probe,
    listen,
    convert,
    demo,
    doctor,
):
    app.command(module.NAME, cls=getattr(module, "Command", None), epilog=module.EPILOG)(module.run)
app.add_typer(library.app, name="library")
app.add_typer(models.app, name="models")
app.add_typer(feedback.app, name="feedback")
app.add_typer(label.app, name="label")
app.add_typer(moving.app, name="import")
app.add_typer(playlist.app, name="playlist")
app.add_typer(cluster.app, name="cluster")
app.add_typer(chart.app, name="chart")


def _version(wanted: bool) -> None:
    if wanted:
        from tunelens.base.version import __version__

        typer.echo(f"tunelens {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Point it at music and it tells you what it is, how sure it is and why."""
