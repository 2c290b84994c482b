"""What verbs that take a dataset share: its options, and what a person is told when it was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.cli.face import Face
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks

Dataset = Annotated[
    str,
    typer.Argument(metavar="DATASET", help="Folder per class, table, or reader:path; see docs/datasets.md."),
]
Label = Annotated[str | None, typer.Option("--label", help="Column or key that holds the label.")]
LabelKind = Annotated[
    str | None, typer.Option("--kind", help="single, multi, hierarchical or continuous labels.")
]
Read = Annotated[
    list[str] | None,
    typer.Option(
        "--read", metavar="NAME=VALUE", help="More about the dataset, say audio=/music or separator=,"
    ),
]


def read(
    face: Face,
    dataset: str,
    *,
    label: str | None = None,
    kind: str | None = None,
    group: tuple[str, ...] = (),
    more: list[str] | None = None,
) -> Tracks:
    """Read `dataset` and say what was guessed and what was left out."""
    from tunelens.data.read import read_dataset
    from tunelens.data.registry import options_from

    options = options_from(more or (), label=label, kind=kind, group=group or None)
    tracks = read_dataset(dataset, options=options)
    for note in tracks.report.notes:
        face.say(printable(note))
    for reason, count in tracks.report.reasons().items():
        face.say(printable(f"left out {count} of {tracks.report.n_found}: {reason}"))
    return tracks
