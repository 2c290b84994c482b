"""`tunelens convert`: a folder of anything to plain WAV."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Quiet, example, guarded, worst
from tunelens.cli.plain import printable

NAME = "convert"
EPILOG = example(
    "tunelens convert music --out wav",
    "tunelens convert music --out clips --begin 30 --end 45",
)


@guarded
def run(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files and folders.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the WAV files.")],
    sr: Annotated[int, typer.Option("--sr", min=1000, max=384_000, help="Sample rate, Hz.")] = 16_000,
    begin: Annotated[float, typer.Option("--begin", min=0, help="Start at this second.")] = 0.0,
    end: Annotated[float | None, typer.Option("--end", min=0, help="Stop at this second.")] = None,
    keep_channels: Annotated[bool, typer.Option("--keep-channels", help="Do not mix to mono.")] = False,
    lufs: Annotated[
        float | None, typer.Option("--lufs", help="Normalise to this loudness (BS.1770), say -23.")
    ] = None,
    trim_silence: Annotated[bool, typer.Option("--trim-silence", help="Cut silence from both ends.")] = False,
    denoise: Annotated[bool, typer.Option("--denoise", help="Spectral-gate noise reduction.")] = False,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Convert files and whole folders to mono 16 kHz 16-bit WAV; names and folders are kept."""
    from tunelens.services.convert import convert

    face = Face(as_json, quiet)
    report = convert(
        paths,
        out,
        sr=sr,
        begin_s=begin,
        end_s=end,
        mono=not keep_channels,
        lufs=lufs,
        trim_silence=trim_silence,
        denoise=denoise,
        force=force,
        progress=Bar(face.err),
    )
    for source, target in report.done:
        face.result(
            str(source),
            {"out": str(target)},
            lambda console, target=target: console.print(printable(str(target)), markup=False),  # type: ignore[misc]
        )
    for source, warning in report.warnings:
        face.say(printable(f"{source}: {warning}"))
    for source, error in report.failed:
        face.failure(str(source), error)
    face.say(f"{len(report.done)} converted, {len(report.failed)} failed")
    return worst([error for _, error in report.failed], len(report.done) + len(report.failed))
