"""Decoding by PyAV (FFmpeg): opus, m4a, alac, wma, and the sound of mp4, mkv, webm and other videos."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from tunelens.audio.clip import Samples
from tunelens.audio.decoders import StreamFacts, check_facts, open_file
from tunelens.base.errors import DecodeError, EmptyAudioError

# Demuxers that read one file. Playlists (hls, concat, dash) are absent on purpose: they open other files.
_FORMATS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,"
    "ogg,rm,tak,tta,truehd,voc,w64,wav,wv"
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
# Of a stream only so much is looked at before it is heard: bytes, and microseconds of its sound.
_IMPATIENT = {"probesize": "131072", "analyzeduration": "1000000"}
_SCALES = {"u8": 2.0**-7, "s16": 2.0**-15, "s32": 2.0**-31, "flt": 1.0, "dbl": 1.0}
_LOSSLESS = {"flac", "alac", "ape", "tta", "wavpack", "tak", "truehd"}
# Raw streams have no header: FFmpeg guesses their length from the bit rate, which promises nothing.
_GUESSED = {"aac", "ac3", "amr", "dts", "eac3", "mp3", "truehd"}
_PREROLL_S = 1.0
_MOST_BAD_PACKETS = 200


class PyavReader:
    """The first sound track of a file opened by FFmpeg.

    Parameters
    ----------
    path : Path
        The file, or how messages are to call what comes from `handle`.
    handle : BinaryIO, optional
        What is read instead, from front to back: a stream that has no end, say. It is closed at the end.
    """

    def __init__(self, path: Path, handle: BinaryIO | None = None) -> None:
        self.notes: list[str] = []
        self._path = path
        self._container, self._handle = _open(path) if handle is None else _open_handle(path, handle)
        try:
            self._stream = _sound_track(path, self._container)
            self.facts = check_facts(path, _facts(path, self._container, self._stream))
        except BaseException:
            self.close()
            raise
        self.tags = {_valid(key).lower(): _valid(value) for key, value in self._metadata()}
        self._restart(0)

    def _metadata(self) -> list[tuple[str, str]]:
        return [*self._stream.metadata.items(), *self._container.metadata.items()]

    def _restart(self, skip: int) -> None:
        self._frames = self._decoded()
        self._left: Samples = np.empty((self.facts.n_channels, 0), np.float32)
        self._skip = skip
        self._bad = 0

    def seek(self, sample: int) -> None:
        """Go to `sample`: FFmpeg jumps a second before it, the rest is decoded and left out.

        Exact where time stamps count samples (m4a, mp4, opus), else to their grain (1 ms in mkv, webm, wma).
        """
        self._restart(sample)
        first = next(self._frames, None)
        if first is None:
            return
        if first.pts is None or sample <= 2 * _PREROLL_S * self.facts.sr:
            self._frames = _chain(first, self._frames)
            return
        target = first.pts + int((sample / self.facts.sr - _PREROLL_S) / first.time_base)
        with _Mapped(self._path, "cannot seek"):
            self._container.seek(target, stream=self._stream, backward=True)
        self._restart(sample)
        self._land(sample, first)

    def _land(self, sample: int, first: Any) -> None:
        """Look where the jump led to, from the time stamp of the frame there."""
        frame = next(self._frames, None)
        if frame is None:
            return
        self._frames = _chain(frame, self._frames)
        if frame.pts is None:
            raise DecodeError(f"{str(self._path)!r}: cannot seek: its sound has no time stamps")
        since_first_s = float((frame.pts - first.pts) * first.time_base)
        self._skip = max(0, sample - round(since_first_s * self.facts.sr))

    def read(self, n: int) -> Samples:
        """Return up to `n` samples, shape (n_channels, k); k is 0 at the end only."""
        parts, have = [self._left], self._left.shape[1]
        while have < n:
            frame = next(self._frames, None)
            if frame is None:
                break
            part = self._samples(frame)
            parts.append(part)
            have += part.shape[1]
        y = np.concatenate(parts, axis=1)
        self._left = y[:, n:]
        return y[:, :n]

    def _samples(self, frame: Any) -> Samples:
        part = _to_float(frame)
        skipped = min(self._skip, part.shape[1])
        self._skip -= skipped
        return part[:, skipped:]

    def _decoded(self) -> Iterator[Any]:
        """Frames of the track; damaged packets are left out and counted."""
        heard = False
        for packet in self._packets():
            for frame in self._frames_of(packet):
                if (frame.sample_rate, frame.layout.nb_channels) != (self.facts.sr, self.facts.n_channels):
                    self.notes.append(f"the sound changes to {frame.sample_rate} Hz; the rest is left out")
                    return
                heard = True
                yield frame
        if self._bad and not heard:
            raise DecodeError(f"{str(self._path)!r}: not one of its {self._bad} packets could be decoded")
        if self._bad:
            self.notes.append(f"{self._bad} damaged packets are left out")

    def _packets(self) -> Iterator[Any]:
        import av

        try:
            yield from self._container.demux(self._stream)
        except (av.FFmpegError, OSError) as error:
            self.notes.append(f"the file breaks off: {_words(error)}")

    def _frames_of(self, packet: Any) -> list[Any]:
        import av

        try:
            return packet.decode()
        except av.EOFError:
            return []
        except (av.FFmpegError, ValueError) as error:
            self._bad += 1
            if self._bad > _MOST_BAD_PACKETS:
                raise DecodeError(f"{str(self._path)!r}: broken sound data: {_words(error)}") from error
            return []

    def close(self) -> None:
        """Close the file."""
        self._container.close()
        self._handle.close()


def sound_packets(path: Path) -> Iterator[Any]:
    """Yield the packets of the first sound track as they lie in the file, undecoded.

    Raises
    ------
    AudioError
        FFmpeg does not understand the file, or it breaks off.
    """
    container, handle = _open(path)
    with handle, container, _Mapped(path, "its packets cannot be read"):
        yield from container.demux(_sound_track(path, container))


def _chain(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


class _Mapped:
    """Turn FFmpeg's exceptions into `DecodeError`."""

    def __init__(self, path: Path, what: str) -> None:
        self._what = f"{str(path)!r}: {what}"

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        import av

        if isinstance(error, av.FFmpegError | OSError | ValueError):
            raise DecodeError(f"{self._what}: {_words(error)}") from error


def _words(error: BaseException) -> str:
    return getattr(error, "strerror", None) or str(error)


def _open(path: Path) -> tuple[Any, BinaryIO]:
    """Open a container, and the file that must stay open as long."""
    import av

    handle = os.fdopen(open_file(path), "rb")
    name = "file:" + str(path.absolute())
    try:
        with _Mapped(path, "not audio that FFmpeg understands"):
            # FFmpeg takes names in UTF-8 only; an open file has no name to get wrong, but is slower.
            source = name if _is_utf8(name) else handle
            return av.open(source, options=_OPTIONS, **_tag_errors(av.__version__)), handle
    except DecodeError:
        handle.close()
        raise


def _open_handle(path: Path, handle: BinaryIO) -> tuple[Any, BinaryIO]:
    import av

    try:
        with _Mapped(path, "not audio that FFmpeg understands"):
            options = {**_OPTIONS, **_IMPATIENT}
            return av.open(handle, options=options, **_tag_errors(av.__version__)), handle
    except BaseException:
        handle.close()
        raise


def _tag_errors(version: str) -> dict[str, str]:
    """PyAV 19 keeps bytes that are not UTF-8 as lone surrogates; older ones must be asked to."""
    return {} if int(version.partition(".")[0]) >= 19 else {"metadata_errors": "surrogateescape"}


def _valid(text: str) -> str:
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _sound_track(path: Path, container: Any) -> Any:
    if not container.streams.audio:
        raise EmptyAudioError(f"{str(path)!r} has no sound track")
    stream = container.streams.audio[0]
    if stream.codec_context is None:
        raise DecodeError(f"{str(path)!r}: no decoder for its sound track")
    return stream


def _facts(path: Path, container: Any, stream: Any) -> StreamFacts:
    codec = stream.codec_context
    return StreamFacts(
        container=_container_name(container.format.name, path),
        codec=codec.name.removeprefix("lib"),
        sr=int(codec.sample_rate or 0),
        n_channels=int(codec.channels or 0),
        duration_s=_promised_s(container, stream),
        bit_depth=_bit_depth(codec),
        bit_rate=stream.bit_rate or codec.bit_rate or container.bit_rate or None,
        has_video=any(not _is_cover(video) for video in container.streams.video),
    )


def _bit_depth(codec: Any) -> int | None:
    """Bits of lossless sound; None for 24 bits, which FFmpeg keeps in 32 and PyAV does not tell apart."""
    if codec.format is None:
        return None
    is_pcm = codec.name.startswith("pcm_")
    return codec.format.bits if is_pcm or (codec.name in _LOSSLESS and codec.format.bits < 32) else None


def _is_cover(video: Any) -> bool:
    import av

    return bool(video.disposition & av.stream.Disposition.attached_pic)


def _container_name(names: str, path: Path) -> str:
    """FFmpeg names a family ("mov,mp4,m4a,..."): take the member that the suffix names, else the first."""
    family = names.split(",")
    suffix = path.suffix.lower().removeprefix(".")
    return suffix if suffix in family else family[0]


def _promised_s(container: Any, stream: Any) -> float | None:
    if container.format.name in _GUESSED:
        return None
    if stream.duration:
        return float(stream.duration * stream.time_base)
    # A video may go on after its sound: then the length of the whole promises nothing about the sound.
    alone = len(container.streams) == 1
    return container.duration / 1e6 if container.duration and alone else None


def _to_float(frame: Any) -> Samples:
    """Samples of a frame as float32, shape (n_channels, n), full scale at ±1."""
    kind = frame.format.name.removesuffix("p")
    if kind not in _SCALES:
        raise DecodeError(f"sample format {frame.format.name!r} is not supported")
    y = frame.to_ndarray()
    if not frame.format.is_planar:
        y = y.reshape(-1, frame.layout.nb_channels).T
    if kind == "flt":
        return y
    y = y.astype(np.float32)
    if kind == "u8":
        y -= 128.0
    y *= np.float32(_SCALES[kind])
    return y


class PyavDecoder:
    """The decoder ``pyav``."""

    name = "pyav"

    def open(self, path: Path) -> PyavReader:
        """Open `path` by FFmpeg."""
        return PyavReader(path)

    def describe(self) -> str:
        """Return the versions in use."""
        import av

        return (
            f"PyAV {av.__version__} with libavcodec {'.'.join(map(str, av.library_versions['libavcodec']))}"
        )


DECODER = PyavDecoder()
