"""Where live sound comes from: a microphone, a file, a pipe, radio."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tunelens.audio.clip import Samples
from tunelens.audio.source import Source as File
from tunelens.base.errors import EmptyAudioError, ParameterError
from tunelens.services.live.pcm import PcmFormat, PcmReader

BLOCK_S = 0.1
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Lost:
    """Sound that did not arrive, seconds."""

    seconds: float


@dataclass(frozen=True)
class Source:
    """Sound as it comes.

    Parameters
    ----------
    name : str
        What a person calls it.
    sr, n_channels : int
        Of its samples.
    blocks : iterator of ndarray of float32, shape (n_channels, n), or Lost
        The sound, piece by piece; waits where there is none yet.
    close : callable
        Lets go of it.
    at_once : bool
        All of it is there: a recording.
    """

    name: str
    sr: int
    n_channels: int
    blocks: Iterator[Samples | Lost]
    close: Callable[[], None]
    at_once: bool = False


def open_source(
    name: str | None,
    *,
    pcm: PcmFormat | None = None,
    pipe: BinaryIO | None = None,
    device: str | None = None,
    allow_private: bool = False,
) -> Source:
    """Open what `name` says.

    Parameters
    ----------
    name : str or None
        A file, an address of http or https, ``-`` for the samples in `pipe`; None for the microphone.
    pcm : PcmFormat, optional
        What is in the pipe.
    pipe : BinaryIO, optional
        Where ``-`` reads.
    device : str, optional
        Which microphone: its number, or part of its name.
    allow_private : bool
        May addresses of this computer and of its network be asked?

    Raises
    ------
    MissingDependencyError
        Something must be installed first: for a microphone, for radio.
    NotFoundError, AudioError, DataError
        It cannot be heard.
    ParameterError
        It is none of these.
    """
    if name is None:
        from tunelens.services.live.microphone import open_microphone

        return open_microphone(device)
    if name == "-":
        if pcm is None or pipe is None:
            raise ParameterError("samples have no header: their rate is needed", hint="--sr 44100")
        return _piped(pipe, pcm)
    scheme = _SCHEME.match(name)
    if scheme is None:
        return _recorded(Path(name))
    if scheme[0].lower() not in ("http://", "https://"):
        raise ParameterError(
            f"{scheme[0]} is not read; http:// and https:// are",
            hint="another program may read it: ffmpeg -i ADDRESS -f s16le -ac 1 -ar 44100 - | "
            "tunelens listen - --sr 44100",
        )
    from tunelens.services.live.radio import open_radio

    return open_radio(name, allow_private=allow_private)


def _recorded(path: Path) -> Source:
    file = File(path)

    def close() -> None:
        file.__exit__(None, None, None)

    return Source(str(path), file.facts.sr, file.facts.n_channels, file.blocks(BLOCK_S), close, at_once=True)


def _piped(pipe: BinaryIO, pcm: PcmFormat) -> Source:
    return Source("-", pcm.sr, pcm.channels, _from_pipe(pipe, pcm), lambda: None)


def _from_pipe(pipe: BinaryIO, pcm: PcmFormat) -> Iterator[Samples | Lost]:
    reader, heard = PcmReader(pcm), False
    size = max(1, round(BLOCK_S * pcm.bytes_per_s))
    read = getattr(pipe, "read1", pipe.read)  # what is there, and not only when all of it is there
    while data := read(size):
        y = reader.read(data)
        heard = heard or y.shape[1] > 0
        if y.shape[1]:
            yield y
    if not heard:
        raise EmptyAudioError("no samples came through the pipe")
