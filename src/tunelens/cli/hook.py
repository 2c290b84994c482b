"""`tunelens hook`: the part of a song that stands for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tunelens.base.errors import ParameterError
from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, Jobs, Quiet, example, guarded, worst
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.services.excerpts import HookReport

NAME = "hook"
EPILOG = example(
    "tunelens hook song.mp3 --out hook.wav", "tunelens hook music --out hooks --sr 16000 --jobs 4"
)


@guarded
def run(
    paths: Annotated[list[str], typer.Argument(metavar="FILE...", help="Audio files and folders.")],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Folder for WAV files and manifest, or NAME.wav for one song."),
    ] = Path("hooks"),
    duration: Annotated[float, typer.Option("--duration", min=1, max=3600, help="Length, seconds.")] = 15.0,
    sr: Annotated[int, typer.Option("--sr", min=1000, max=384_000, help="Sample rate, Hz.")] = 22_050,
    force: Force = False,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Find the 15 seconds of each song that are repeated most and stand for it, write them, and say why.

    The excerpt begins on a beat, is mono and has short fades. Where nothing is repeated, what is most like
    the rest is taken, and said so. What an earlier run wrote and is unchanged stays.
    """
    from tunelens.services.hook import hook, prepare

    face = Face(as_json, quiet)
    if out.suffix.lower() == ".wav":
        one = hook(_only(paths, out), out, duration_s=duration, sr=sr, force=force)
        face.result(str(one.source), one.to_dict(), lambda console: _draw(console, one))
        return 0
    found = prepare(paths, out, duration_s=duration, sr=sr, force=force, jobs=jobs, progress=Bar(face.err))
    for one in found.done:
        face.result(str(one.source), one.to_dict(), lambda console, one=one: _draw(console, one))  # type: ignore[misc]
    for source, error in found.failed:
        face.failure(str(source), error)
    n_kept = sum(one.kept for one in found.done)
    face.say(f"{len(found.done) - n_kept} cut, {n_kept} there already, {len(found.failed)} failed")
    return worst([error for _, error in found.failed], len(found.done) + len(found.failed))


def _only(paths: list[str], out: Path) -> str:
    if len(paths) == 1 and not Path(paths[0]).is_dir():
        return paths[0]
    raise ParameterError(f"--out {str(out)!r} names one file; several songs need a folder")


def _draw(console: Console, one: HookReport) -> None:
    from tunelens.cli.identify import clock

    where = f"{clock(one.hook.start_s)} to {clock(one.hook.end_s)}"
    console.print(f"{printable(str(one.source))}: {where} -> {printable(str(one.out))}", markup=False)
    for text in (*one.hook.reasons, *one.warnings):
        console.print(f"  {printable(text)}", markup=False)
