"""Operations of the API: models.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller, quoted


class ModelsCalls(Caller):
    """Operations: models."""

    def list_nets(self) -> dict[str, Any]:
        """List nets.

        List the pretrained nets, and which of them are here.
        """
        return self._answer("GET", "/models")

    def list_bundles(self) -> dict[str, Any]:
        """List bundles.

        List the trained models that can be asked, your own first.
        """
        return self._answer("GET", "/bundles")

    def show_bundle(self, name: str) -> dict[str, Any]:
        """Show a bundle.

        Show the card of a bundle and its manifest: what it predicts, from what, and how well.

        Parameters
        ----------
        name : str
            Name of a bundle.
        """
        return self._answer("GET", f"/bundles/{quoted(name)}")

    def predict_sound(
        self,
        *,
        track: int | None = None,
        path: str | None = None,
        upload: str | None = None,
        bundle: str | None = None,
    ) -> dict[str, Any]:
        """Ask a bundle about a sound.

        Ask a bundle about one sound and wait for the answer, which may be "unknown".

        Of a track that was heard with the nets of the bundle, what was heard is used and nothing is
        decoded.

        Parameters
        ----------
        track : int
            Number of a track.
        path : str
            A file inside the folders of this server.
        upload : str
            What `POST /uploads` has given.
        bundle : str
            Name of a bundle, see `GET /bundles`.
        """
        return self._answer(
            "POST", "/predict", body={"track": track, "path": path, "upload": upload, "bundle": bundle}
        )

    def predict_sounds(
        self,
        *,
        bundle: str | None = None,
        tracks: Sequence[int] | None = None,
        paths: Sequence[str] | None = None,
        uploads: Sequence[str] | None = None,
        timeline: bool | None = None,
        window_s: float | None = None,
    ) -> dict[str, Any]:
        """Ask a bundle about many sounds.

        Ask a bundle about many sounds, or about each window of them: a timeline for the player.

        Parameters
        ----------
        bundle : str
            Name of a bundle, see `GET /bundles`.
        tracks : Sequence[int]
            Numbers of tracks.
        paths : Sequence[str]
            Files inside the roots.
        uploads : Sequence[str]
            What `POST /uploads` has given.
        timeline : bool
            Say it of each window, not of the whole.
        window_s : float
            Length of a window, seconds.
        """
        return self._answer(
            "POST",
            "/jobs/predict",
            body={
                "bundle": bundle,
                "tracks": tracks,
                "paths": paths,
                "uploads": uploads,
                "timeline": timeline,
                "window_s": window_s,
            },
        )

    def explain_sound(
        self,
        *,
        track: int | None = None,
        path: str | None = None,
        upload: str | None = None,
        bundle: str | None = None,
        target: str | None = None,
        start_s: float | None = None,
        end_s: float | None = None,
        n_segments: int | None = None,
        n_bands: int | None = None,
        language: Literal["en", "zh"] | None = None,
    ) -> dict[str, Any]:
        """Explain what a bundle says.

        Find out which stretches and which bands make a bundle say what it says.

        The job has files: `explanation.png`, and `explanation.wav` in which only what mattered is heard.

        Parameters
        ----------
        track : int
            Number of a track.
        path : str
            A file inside the folders of this server.
        upload : str
            What `POST /uploads` has given.
        bundle : str
            Name of a bundle that hears sound.
        target : str
            Class; the likeliest.
        start_s : float
            Excerpt, seconds.
        end_s : float
            At most 60 s later.
        n_segments : int
            Parts of time.
        n_bands : int
            Parts of frequency.
        language : Literal['en', 'zh']
            Of the picture.
        """
        return self._answer(
            "POST",
            "/jobs/explain",
            body={
                "track": track,
                "path": path,
                "upload": upload,
                "bundle": bundle,
                "target": target,
                "start_s": start_s,
                "end_s": end_s,
                "n_segments": n_segments,
                "n_bands": n_bands,
                "language": language,
            },
        )
