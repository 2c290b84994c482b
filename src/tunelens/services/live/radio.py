"""Radio: sound that a server sends without end, over connections to checked addresses alone.

FFmpeg decodes what comes, and connects to nothing itself: an address inside the stream leads nowhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from tunelens.audio.clip import Samples
from tunelens.audio.pyav_decoder import PyavReader
from tunelens.base.errors import DataError, EmptyAudioError
from tunelens.base.extras import require
from tunelens.charts.download import AUDIO_TYPES
from tunelens.charts.web.limits import WebLimits
from tunelens.services.live.sources import BLOCK_S, Lost, Source

if TYPE_CHECKING:
    from tunelens.charts.web.fetcher import Fetcher

LIMITS = WebLimits(answer_s=30.0, silence_s=20.0, retries=0, total_s=120.0)
LISTS = ("audio/x-mpegurl", "audio/mpegurl", "application/x-mpegurl", "application/vnd.apple.mpegurl",
         "audio/x-scpls", "application/pls+xml")  # fmt: skip
MOST_LIST_BYTES, MOST_LISTS = 1 << 16, 3
_ADDRESS = re.compile(r"^\s*(?:File\d+\s*=\s*)?(https?://\S+)", re.MULTILINE | re.IGNORECASE)


def open_radio(url: str, *, allow_private: bool = False) -> Source:
    """Open what is at `url`: sound, or a list (m3u, pls) whose first address is taken.

    Raises
    ------
    MissingDependencyError
        httpx is not installed.
    DataError
        The address may not be asked, does not answer, or has no sound.
    DecodeError, EmptyAudioError
        What comes cannot be heard.
    """
    require("httpx")
    from tunelens.charts.web.fetcher import Fetcher, told

    with ExitStack() as opened:
        fetcher = opened.enter_context(Fetcher(LIMITS, allow_private=allow_private))
        body = _body(fetcher, url, opened)
        reader = PyavReader(Path(told(url).partition("://")[2]), body)
        opened.callback(reader.close)
        facts = reader.facts
        return Source(told(url), facts.sr, facts.n_channels, _blocks(reader), opened.pop_all().close)
    raise AssertionError("unreachable")


def _body(fetcher: Fetcher, url: str, opened: ExitStack) -> BinaryIO:
    """Return the sound at `url`, or at the address that a list there names."""
    from tunelens.charts.web.fetcher import Question, told

    headers = {"Accept-Encoding": "identity", "Icy-MetaData": "0"}
    for _ in range(MOST_LISTS):
        question = Question(url, headers=headers, content_types=(*AUDIO_TYPES, *LISTS))
        with ExitStack() as asked:
            answer, pieces = asked.enter_context(fetcher.opened(question))
            if answer.content_type not in LISTS:
                opened.push(asked.pop_all())
                return cast("BinaryIO", io.BufferedReader(_Pieces(pieces), 1 << 14))
            url = _listed(told(url), pieces)
    raise DataError(f"{told(url)}: lists lead to lists; {MOST_LISTS} in a row are read")


def _listed(where: str, pieces: Iterable[bytes]) -> str:
    """Return the first address of a list."""
    text = b""
    for piece in pieces:
        text += piece
        if len(text) > MOST_LIST_BYTES:
            break
    said = text[:MOST_LIST_BYTES].decode("utf-8", "replace")
    found = _ADDRESS.search(said)
    if "#EXT-X-" in said or found is None:
        raise DataError(
            f"{where} is a list of pieces (HLS) or of no addresses",
            hint="another program may read it: ffmpeg -i ADDRESS -f s16le -ac 1 -ar 44100 - | "
            "tunelens listen - --sr 44100",
        )
    return found[1]


class _Pieces(io.RawIOBase):
    """Pieces of bytes as something to read from."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces, self._rest = iter(pieces), b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        n = min(len(buffer), len(self._rest))
        buffer[:n], self._rest = self._rest[:n], self._rest[n:]
        return n


def _blocks(reader: PyavReader) -> Iterator[Samples | Lost]:
    n, heard = max(1, round(BLOCK_S * reader.facts.sr)), False
    while (y := reader.read(n)).shape[1]:
        heard = True
        yield y
    if not heard:
        raise EmptyAudioError("no sound came from there")
