"""`tunelens models`: the pretrained nets and the trained bundles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Jobs, Quiet, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.models.bundles import BundleRow, Check

app = typer.Typer(
    help="Pretrained nets and trained bundles: list, fetch, verify, read about them.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="A name that `models list` prints.")]
Bundle = Annotated[str, typer.Argument(metavar="NAME|PATH", help="Name or folder of a bundle.")]


@app.command("list", epilog=example("tunelens models list"))
@guarded
def list_(as_json: AsJson = False) -> int:
    """List the nets that are known, and which are here; then the bundles that are found by name."""
    from tunelens.services.models import list_bundles, list_models

    models, bundles = list_models(), list_bundles()
    face = Face(as_json)
    if as_json:
        for model in models:
            face.result(model.name, {"kind": "net", **model.to_dict()}, lambda _: None)
        for bundle in bundles:
            face.result(bundle.name, {"kind": "bundle", **bundle.to_dict()}, lambda _: None)
        return 0
    table = Table("net", "here", "tags", "licence", "source")
    for model in models:
        here = "[green]yes[/]" if model.available else "no"
        words = (escape(printable(text)) for text in (model.licence, model.source))
        table.add_row(escape(model.name), here, str(model.n_tags or ""), *words)
    face.out.print(table)
    if bundles:
        face.out.print(_bundles(bundles))
    return 0


def _bundles(rows: list[BundleRow]) -> Table:
    table = Table("bundle", "predicts", "classes", "input", "where")
    for row in rows:
        where = row.problem or ("shipped" if row.shipped else str(row.path))
        words = (row.name, row.label, str(row.n_classes or ""), row.input, where)
        table.add_row(*(escape(printable(word)) for word in words))
    return table


@app.command("verify", epilog=example("tunelens models verify my-genres", "tunelens models verify ./bundle"))
@guarded
def verify(name: Bundle, as_json: AsJson = False) -> int:
    """Check a bundle: that it was not altered, fits this Tunelens and can be loaded."""
    from tunelens.base.errors import BundleError
    from tunelens.services import models as service

    checks = service.verify(name)
    ok = all(check.ok for check in checks)
    facts = {"ok": ok, "checks": [check.to_dict() for check in checks]}
    Face(as_json).result(name, facts, lambda out: out.print(_checks(checks)))
    return 0 if ok else BundleError.exit_code


def _checks(checks: list[Check]) -> Table:
    table = Table("check", "", "found")
    for check in checks:
        text = check.detail + (f"\n{check.hint}" if check.hint else "")
        mark = "[green]ok[/]" if check.ok else "[red]no[/]"
        lines = (printable(line) for line in text.splitlines())
        table.add_row(check.name, mark, escape("\n".join(lines)))
    return table


@app.command("card", epilog=example("tunelens models card my-genres", "tunelens models card ./bundle --json"))
@guarded
def card(name: Bundle, as_json: AsJson = False) -> int:
    """Print the card of a bundle: its training data, how good it is, how far to believe it, its limits."""
    from tunelens.services import models as service

    found = service.card(name)
    lines = [printable(line) for line in found.text.splitlines()]
    Face(as_json).result(name, found.to_dict(), lambda out: out.print("\n".join(lines), markup=False))
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


@app.command("extend", epilog=example('tunelens models extend genre "my gym music" gym/*.mp3 -o my-genres'))
@guarded
def extend(
    bundle: Bundle,
    name: Annotated[str, typer.Argument(metavar="CLASS", help="The class that is added.")],
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Its examples: 5 to 20 files, or folders of them.")
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder of the new bundle. Default: BUNDLE-CLASS, found by name."),
    ] = None,
    prior: Annotated[
        float | None,
        typer.Option(
            "--prior", help="How often the class is met, 0 to 1. Default: as the others on average."
        ),
    ] = None,
    jobs: Jobs = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Add a class to a bundle from a few examples, without training anew."""
    from tunelens.services.extend import extend as extend_bundle

    face = Face(as_json, quiet)
    made, failures = extend_bundle(
        bundle, name, paths, out, prior=prior, jobs=jobs, force=force, progress=Bar(face.err)
    )
    told = {"bundle": str(made.folder), "classes": list(made.classes)}
    face.result(name, told, lambda out: out.print(printable(str(made.folder)), markup=False))
    for path, error in failures:
        face.failure(str(path), error)
    return 1 if failures else 0
