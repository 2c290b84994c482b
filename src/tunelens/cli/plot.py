"""`tunelens plot`: a picture of sound."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunelens.base.errors import ParameterError
from tunelens.cli.face import AsJson, Face, Force, example, guarded
from tunelens.cli.plain import printable

NAME = "plot"
EPILOG = example(
    "tunelens plot spectrogram song.mp3", "tunelens plot chroma song.mp3 --begin 30 --end 45 -o chroma.svg"
)


@guarded
def run(
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="waveform, spectrogram, mel, chroma, mfcc, pitch, zcr, centroid, rolloff, tempogram, ssm, "
            "novelty, structure.",
        ),
    ],
    path: Annotated[str, typer.Argument(metavar="FILE", help="Audio or video file.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="PNG, SVG or HTML file. Default: NAME.KIND.png here.")
    ] = None,
    begin: Annotated[float, typer.Option("--begin", min=0, help="Start at this second.")] = 0.0,
    end: Annotated[float | None, typer.Option("--end", min=0, help="Stop at this second.")] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title. Default: what the file says.")] = None,
    force: Force = False,
    as_json: AsJson = False,
) -> int:
    """Draw a file, or an excerpt of it, as PNG, SVG or a page of HTML."""
    from tunelens.services.plot import plot

    if end is not None and end <= begin:
        raise ParameterError(f"--end is {end:g} and --begin {begin:g}; the end must come after the begin")
    target = out or Path(f"{Path(path).stem}.{kind}.png")
    length = None if end is None else end - begin
    drawn = plot(path, kind, target, offset_s=begin, duration_s=length, title=title, force=force)
    Face(as_json).result(
        path, {"out": str(drawn)}, lambda console: console.print(printable(str(drawn)), markup=False)
    )
    return 0
