"""Operations of the API: sound.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike, quoted


class SoundCalls(Caller):
    """Operations: sound."""

    def show_waveform(self, number: int, *, points: int | None = None) -> dict[str, Any]:
        """Show the waveform.

        Give the smallest and the largest sample, and the level, of each column; full scale is 1.

        Parameters
        ----------
        number : int
            Number of the track.
        points : int
            Columns, at most.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}/waveform", params={"points": points})

    def show_timeline(self, number: int, *, tags: int | None = None) -> dict[str, Any]:
        """Show tags over time.

        Give what each net heard every few seconds; `POST /jobs/predict` with `timeline` asks a bundle so.

        Parameters
        ----------
        number : int
            Number of the track.
        tags : int
            Of each net, at most.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}/timeline", params={"tags": tags})

    def show_beats(self, number: int) -> dict[str, Any]:
        """Show beats, tempo and key.

        Give the time of every beat, tempo and key, and how sure each is.

        Parameters
        ----------
        number : int
            Number of the track.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}/beats")

    def show_parts(
        self, number: int, *, of: Literal["both", "chroma", "mfcc"] | None = None
    ) -> dict[str, Any]:
        """Show the parts.

        Cut a track into parts; those that are alike have one letter.

        Parameters
        ----------
        number : int
            Number of the track.
        of : Literal['both', 'chroma', 'mfcc']
            Compare by harmony, timbre, or both.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}/structure", params={"of": of})

    def list_plots(self) -> dict[str, Any]:
        """List pictures.

        List what can be drawn of a sound.
        """
        return self._answer("GET", "/plots")

    def draw_track(
        self,
        number: int,
        name: str,
        format: Literal["png", "svg"],
        out: PathLike,
        *,
        lang: Literal["en", "zh"] | None = None,
        theme: Literal["light", "dark"] | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        bare: bool | None = None,
        force: bool = False,
    ) -> Path:
        """Draw a track.

        Draw a track, or an excerpt of it, as PNG or SVG; titles are in the language that is asked for.

        Parameters
        ----------
        number : int
            Number of the track.
        name : str
            See `GET /plots`.
        format : Literal['png', 'svg']
            As what.
        lang : Literal['en', 'zh']
            Of titles and axes.
        theme : Literal['light', 'dark']
            Of the page around it.
        start_s : float
            Seconds.
        end_s : float
            At most 900 s after the start.
        bare : bool
            The colours alone, without axes and words; as PNG.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch(
            f"/tracks/{quoted(number)}/plots/{quoted(name)}.{quoted(format)}",
            out,
            params={"lang": lang, "theme": theme, "start_s": start_s, "end_s": end_s, "bare": bare},
            force=force,
        )
