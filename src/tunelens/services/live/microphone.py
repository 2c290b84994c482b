"""The microphone, through PortAudio."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Empty, Full, Queue
from typing import Any

from tunelens.audio.clip import Samples
from tunelens.base.errors import AudioError, MissingDependencyError
from tunelens.base.extras import require
from tunelens.services.live.sources import Lost, Source

WAITING_S, SILENT_S = 5.0, 10.0
_BLOCK_S = 0.05
_MOST_CHANNELS = 2


def open_microphone(device: str | None = None) -> Source:
    """Open a microphone at its own rate; what nobody takes within five seconds is lost, and told.

    Parameters
    ----------
    device : str, optional
        Its number, or part of its name; the system's choice if left out.

    Raises
    ------
    MissingDependencyError
        sounddevice or PortAudio is not installed.
    AudioError
        There is no such microphone, or it cannot be opened.
    """
    sounddevice = _library()
    waiting = _Waiting()
    try:
        facts = sounddevice.query_devices(_chosen(device), "input")
        sr, n_channels = (
            int(facts["default_samplerate"]),
            min(int(facts["max_input_channels"]), _MOST_CHANNELS),
        )
        stream = sounddevice.InputStream(
            device=_chosen(device),
            samplerate=sr,
            channels=n_channels,
            dtype="float32",
            blocksize=round(_BLOCK_S * sr),
            callback=lambda data, _n, _time, status: waiting.put(data.T.copy(), sr, bool(status)),
        )
        stream.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        raise AudioError(
            f"no microphone can be opened: {error}",
            hint="plug one in, or name one by --device; a file, an address or - works without",
        ) from error
    return Source(f"microphone ({facts['name']})", sr, n_channels, waiting.blocks(), stream.close)


def _library() -> Any:
    try:
        return require("sounddevice")
    except OSError as error:
        raise MissingDependencyError(
            "the microphone is heard through PortAudio, which is not installed",
            hint="Debian, Ubuntu: apt install libportaudio2; Fedora: dnf install portaudio; "
            "or feed samples through a pipe: arecord -f S16_LE -r 44100 | tunelens listen - --sr 44100",
        ) from error


def _chosen(device: str | None) -> int | str | None:
    return int(device) if device is not None and device.isdecimal() else device


class _Waiting:
    """Blocks between the thread of the sound card and the one that hears: so many, and no more."""

    def __init__(self) -> None:
        self._queue: Queue[Samples] = Queue(maxsize=round(WAITING_S / _BLOCK_S))
        self._lost_s = 0.0

    def put(self, y: Samples, sr: int, overflowed: bool) -> None:
        """Take a block, in the thread of the sound card: never wait there."""
        self._lost_s += _BLOCK_S * overflowed
        try:
            self._queue.put_nowait(y)
        except Full:
            self._lost_s += y.shape[1] / sr

    def blocks(self) -> Iterator[Samples | Lost]:
        """Yield blocks as they come, and what was lost before them."""
        while True:
            try:
                y = self._queue.get(timeout=SILENT_S)
            except Empty:
                raise AudioError(f"the microphone has sent nothing for {SILENT_S:g} s") from None
            lost_s, self._lost_s = self._lost_s, 0.0
            if lost_s:
                yield Lost(lost_s)
            yield y
