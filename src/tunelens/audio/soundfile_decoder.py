"""Decoding by libsndfile: wav, aiff, au, flac, mp3, Ogg Vorbis and other studio formats."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import Any

from tunelens.audio.clip import Samples
from tunelens.audio.decoders import StreamFacts, check_facts, open_file
from tunelens.base.errors import DecodeError

# libsndfile mends a length that the file cannot hold, and says so in its log.
_MENDED = re.compile(r"(?:data|SSND|Data Size)\s*: (\d+) \(should be (\d+)\)")
# An mp3 frame may borrow bits from the frames before it: after a jump the first ones come out wrong.
_MP3_PREROLL = 10 * 1152
_BITS = {"S8": 8, "U8": 8, "16": 16, "24": 24, "32": 32, "FLOAT": 32, "DOUBLE": 64}
_CODECS = {"MPEG_LAYER_I": "mp1", "MPEG_LAYER_II": "mp2", "MPEG_LAYER_III": "mp3"}


class SoundfileReader:
    """A file opened by libsndfile."""

    def __init__(self, path: Path) -> None:
        self.notes: list[str] = []
        self._path = path
        self._descriptor = -1
        self._descriptor = open_file(path)
        try:
            self._file = _open(path, self._descriptor)
            self.facts = check_facts(path, _facts(self._file, os.fstat(self._descriptor).st_size))
            self.tags = self._file.copy_metadata()
        except BaseException:
            self.close()
            raise

    def seek(self, sample: int) -> None:
        """Go to `sample`, or to the end when the file is shorter."""
        import soundfile

        preroll = min(sample, _MP3_PREROLL) if self.facts.codec == "mp3" else 0
        try:
            self._file.seek(min(sample - preroll, self._file.frames))
        except soundfile.LibsndfileError as error:
            raise DecodeError(f"{str(self._path)!r}: cannot seek: {error}") from error
        while preroll > 0 and (got := self.read(preroll).shape[1]):
            preroll -= got

    def read(self, n: int) -> Samples:
        """Return up to `n` samples, shape (n_channels, k), channels interleaved in memory."""
        import soundfile

        try:
            return self._file.read(n, dtype="float32", always_2d=True).T
        except soundfile.LibsndfileError as error:
            raise DecodeError(f"{str(self._path)!r}: broken sound data: {error}") from error

    def close(self) -> None:
        """Close the file."""
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1

    def __del__(self) -> None:
        self.close()


def _open(path: Path, descriptor: int) -> Any:
    import soundfile

    class ForwardFile(soundfile.SoundFile):
        """Reads without the seek that soundfile does after every block: in mp3 it breaks frames in two."""

        def seekable(self) -> bool:
            return False

    try:
        # A descriptor takes any file name, and leaves the choice of format to the content.
        return ForwardFile(descriptor, closefd=False)
    except soundfile.LibsndfileError as error:
        raise DecodeError(
            f"{str(path)!r} is not audio that libsndfile understands: {error.error_string}"
        ) from error


def _facts(file: Any, size_bytes: int) -> StreamFacts:
    frames = _promised_frames(file.extra_info, file.frames)
    duration_s = frames / file.samplerate if frames and file.samplerate else None
    return StreamFacts(
        container=file.format.lower().removesuffix("ex") if file.format == "WAVEX" else file.format.lower(),
        codec=_CODECS.get(file.subtype, file.subtype.lower()),
        sr=file.samplerate,
        n_channels=file.channels,
        duration_s=duration_s,
        bit_depth=_BITS.get(file.subtype.removeprefix("PCM_").removeprefix("ALAC_")),
        bit_rate=round(8 * size_bytes / duration_s) if duration_s else None,
    )


def _promised_frames(log: str, frames: int) -> int:
    mended = _MENDED.search(log)
    if mended is None or int(mended[2]) == 0:
        return frames
    return round(frames * int(mended[1]) / int(mended[2]))


class SoundfileDecoder:
    """The decoder ``soundfile``."""

    name = "soundfile"

    def open(self, path: Path) -> SoundfileReader:
        """Open `path` by libsndfile."""
        return SoundfileReader(path)

    def describe(self) -> str:
        """Return the versions in use."""
        import soundfile

        return f"soundfile {soundfile.__version__} with libsndfile {soundfile.__libsndfile_version__}"


DECODER = SoundfileDecoder()
