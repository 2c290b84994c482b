"""Operations of the API: identify.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any

from tunelens.client.caller import Caller, quoted


class IdentifyCalls(Caller):
    """Operations: identify."""

    def identify_sound(
        self,
        *,
        track: int | None = None,
        path: str | None = None,
        upload: str | None = None,
        speed: float | None = None,
        least: float | None = None,
        start_s: float | None = None,
        duration_s: float | None = None,
    ) -> dict[str, Any]:
        """Say which songs sound in an excerpt.

        Say which songs of the library sound in up to a minute of sound, where, and from where in the song.

        Parameters
        ----------
        track : int
            Number of a track.
        path : str
            A file inside the folders of this server.
        upload : str
            What `POST /uploads` has given.
        speed : float
            Changes of speed up to so many percent.
        least : float
            Confidence from which a song counts as found.
        start_s : float
            Where the excerpt begins, seconds.
        duration_s : float
            How much is heard, seconds.
        """
        return self._answer(
            "POST",
            "/identify",
            body={
                "track": track,
                "path": path,
                "upload": upload,
                "speed": speed,
                "least": least,
                "start_s": start_s,
                "duration_s": duration_s,
            },
        )

    def identify_long_sound(
        self,
        *,
        track: int | None = None,
        path: str | None = None,
        upload: str | None = None,
        speed: float | None = None,
        least: float | None = None,
    ) -> dict[str, Any]:
        """Say which songs sound in a long file.

        Say which songs of the library sound in a whole file, say a mix of hours.

        Parameters
        ----------
        track : int
            Number of a track.
        path : str
            A file inside the folders of this server.
        upload : str
            What `POST /uploads` has given.
        speed : float
            Changes of speed up to so many percent.
        least : float
            Confidence from which a song counts as found.
        """
        return self._answer(
            "POST",
            "/jobs/identify",
            body={"track": track, "path": path, "upload": upload, "speed": speed, "least": least},
        )

    def find_matches(self, number: int) -> dict[str, Any]:
        """Find files of the same recording.

        Find the files that hold the recording of a track too: copies, excerpts of it, mixes that it is in.

        Parameters
        ----------
        number : int
            Number of the track.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}/matches")
