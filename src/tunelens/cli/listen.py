"""`tunelens listen`: what a microphone, a file, a pipe or radio is, while it sounds."""

from __future__ import annotations

import sys
from functools import partial
from typing import Annotated

import typer

from tunelens.cli.face import AsJson, Face, Quiet, example, guarded
from tunelens.cli.fetching import fetch_missing

NAME = "listen"
EPILOG = example(
    "tunelens listen",
    "tunelens listen https://radio.example/stream.mp3 --for 60 --json",
    "tunelens listen song.mp3 --fast",
    "ffmpeg -i any -f s16le -ac 2 -ar 44100 - | tunelens listen - --sr 44100 --channels 2",
)


@guarded
def run(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|ADDRESS|-]", help="A file, an address, - for samples; the microphone if left out."
        ),
    ] = None,
    sr: Annotated[int | None, typer.Option("--sr", help="Of -: sample rate, Hz.")] = None,
    format: Annotated[str, typer.Option("--format", help="Of -: s16le or f32le.")] = "s16le",
    channels: Annotated[int, typer.Option("--channels", help="Of -: channels, 1 to 8.")] = 1,
    device: Annotated[
        str | None, typer.Option("--device", help="Which microphone: its number, or part of its name.")
    ] = None,
    every: Annotated[float, typer.Option("--every", help="Seconds between events, 0.25 to 5.")] = 0.5,
    seconds: Annotated[float | None, typer.Option("--for", help="Stop after so many seconds.")] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Hear a file as fast as it goes, not as fast as it plays.")
    ] = False,
    bundle: Annotated[
        list[str] | None,
        typer.Option("--bundle", "-b", help="Ask this bundle instead of those that are shipped; repeatable."),
    ] = None,
    no_models: Annotated[
        bool, typer.Option("--no-models", help="Tempo, key and level alone: no net hears.")
    ] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Ask servers of this computer and of its network too.")
    ] = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Tell what sounds, every half second: music or not, genre, tags, tempo, key, loudness, how sure each.

    A new song or part is told when it begins. Ends with the sound, after --for, or by Ctrl-C.
    """
    from tunelens.cli.listening import Screen
    from tunelens.models.registry import DEFAULT_BACKBONES
    from tunelens.services.live import LiveOptions, PcmFormat
    from tunelens.services.live.play import play
    from tunelens.services.live.sources import open_source

    face = Face(as_json, quiet)
    models = () if no_models else DEFAULT_BACKBONES
    bundles = tuple(bundle) if bundle else None
    options = LiveOptions(every, models, bundles)
    fetch_missing(face, models)
    pcm = None if sr is None else PcmFormat(sr, format, channels)
    sound = open_source(source, pcm=pcm, pipe=sys.stdin.buffer, device=device, allow_private=allow_private)
    heard = 0
    with Screen(face, sound.name) as screen:
        for event in play(sound, options, fast=fast, for_s=seconds):
            face.result(sound.name, event.to_dict(), partial(screen.draw, event))
            heard += 1
    if not heard:
        face.say(f"less than {every:g} s came, so there is nothing to tell")
    return 0
