"""Operations of the API: audio.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tunelens.client.caller import Caller, PathLike, quoted


class AudioCalls(Caller):
    """Operations: audio."""

    def hear_track(
        self,
        number: int,
        out: PathLike,
        *,
        as_: Literal["file", "wav"] | None = None,
        start_s: float | None = None,
        duration_s: float | None = None,
        force: bool = False,
    ) -> Path:
        """Hear a track.

        Give the bytes of the file, whole or a range of them, or the same as WAV of 16 bits.

        What a WAV cannot be told before it is decoded, its length, is the length that was heard; ranges of
        it are decoded from where they begin, so that a player can jump.

        Parameters
        ----------
        number : int
            Number of the track.
        as_ : Literal['file', 'wav']
            `wav` is decoded here, for what a browser cannot play.
        start_s : float
            Of a WAV: where it begins, seconds.
        duration_s : float
            Of a WAV: how long it is at most, seconds.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch(
            f"/tracks/{quoted(number)}/audio",
            out,
            params={"as": as_, "start_s": start_s, "duration_s": duration_s},
            force=force,
        )
