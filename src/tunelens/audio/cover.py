"""The picture that a music file carries."""

from __future__ import annotations

import os
from dataclasses import dataclass

from tunelens.base.errors import DecodeError

MOST_BYTES = 20_000_000
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"GIF8": "image/gif"}


@dataclass(frozen=True)
class Cover:
    """A picture, as it stands in the file.

    Parameters
    ----------
    data : bytes
    media_type : str
        ``image/jpeg``, ``image/png``, ``image/gif`` or ``image/webp``: told by the bytes, not by the file.
    """

    data: bytes
    media_type: str


def cover(path: str | os.PathLike[str]) -> Cover | None:
    """Return the first picture that a music file carries; None where it has none that a browser shows.

    Raises
    ------
    DecodeError
        The file cannot be read.
    """
    import av

    try:
        with av.open(os.fspath(path)) as container:
            for stream in container.streams.video:
                if stream.disposition & stream.disposition.__class__.attached_pic:
                    found = _picture(bytes(next(container.demux(stream))))
                    if found is not None:
                        return found
    except (av.FFmpegError, OSError, StopIteration) as error:
        raise DecodeError(f"{os.fspath(path)!r} cannot be read: {error}") from error
    return None


def _picture(data: bytes) -> Cover | None:
    if not 0 < len(data) <= MOST_BYTES:
        return None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Cover(data, "image/webp")
    return next((Cover(data, kind) for mark, kind in _KINDS.items() if data.startswith(mark)), None)
