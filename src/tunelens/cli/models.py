"""`tunelens models`: the pretrained nets."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.face import AsJson, Face, example, guarded
from tunelens.cli.plain import printable

app = typer.Typer(help="The pretrained nets: list them, fetch them, read about them.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `models list` prints.")]


@app.command("list", epilog=example("tunelens models list"))
@guarded
def list_(as_json: AsJson = False) -> int:
    """List the nets that are known, and which are here."""
    from tunelens.services.models import list_models

    models = list_models()
    face = Face(as_json)
    if as_json:
        for model in models:
            face.result(model.name, model.to_dict(), lambda _: None)
        return 0
    table = Table("name", "here", "tags", "licence", "source")
    for model in models:
        here = "[green]yes[/]" if model.available else "no"
        words = (escape(printable(text)) for text in (model.licence, model.source))
        table.add_row(escape(model.name), here, str(model.n_tags or ""), *words)
    face.out.print(table)
    return 0


@app.command("pull", epilog=example("tunelens models pull", "tunelens models pull MSD_musicnn"))
@guarded
def pull(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="Default: the nets that `analyze` uses.")
    ] = None,
    as_json: AsJson = False,
) -> int:
    """Fetch the weights, check their sha256 and rebuild the nets in the cache."""
    from tunelens.models import DEFAULT_BACKBONES
    from tunelens.services import models as service

    face = Face(as_json)
    for name in names or DEFAULT_BACKBONES:
        path = service.pull(name)
        face.result(
            name,
            {"path": str(path)},
            lambda out, name=name, path=path: out.print(printable(f"{name}: {path}"), markup=False),  # type: ignore[misc]
        )
    return 0


@app.command("info", epilog=example("tunelens models info MSD_musicnn"))
@guarded
def info(name: Name, as_json: AsJson = False) -> int:
    """Tell what a net hears, where it comes from and what it must not be used for."""
    from tunelens.services import models as service

    facts = service.info(name).to_dict()
    Face(as_json).result(name, facts, lambda out: _draw(out, facts))
    return 0


def _draw(out: Console, facts: dict[str, Any]) -> None:
    table = Table(show_header=False)
    for key, value in facts.items():
        table.add_row(key, escape("\n".join(printable(line) for line in _lines(value))))
    out.print(table)


def _lines(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {', '.join(map(str, several))}" for name, several in value.items()]
    return [", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)]
