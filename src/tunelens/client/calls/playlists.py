"""Operations of the API: playlists.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike, quoted


class PlaylistsCalls(Caller):
    """Operations: playlists."""

    def list_playlists(self, *, limit: int | None = None, offset: int | None = None) -> dict[str, Any]:
        """List the playlists.

        List the playlists by name; of a query nobody knows yet how many tracks it finds.

        Parameters
        ----------
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer("GET", "/playlists", params={"limit": limit, "offset": offset})

    def create_playlist(
        self,
        *,
        name: str,
        tracks: Sequence[int] | None = None,
        where: str | None = None,
        smart: Mapping[str, Any] | None = None,
        description: str | None = None,
        force: bool | None = None,
    ) -> dict[str, Any]:
        """Keep a playlist.

        Keep tracks, or a query, under a name.

        Parameters
        ----------
        name : str
        tracks : Sequence[int]
        where : str
            Also what this filter finds now.
        smart : Mapping[str, Any]
            A query instead of tracks.
        description : str
        force : bool
            Replace a playlist of this name.
        """
        return self._answer(
            "POST",
            "/playlists",
            body={
                "name": name,
                "tracks": tracks,
                "where": where,
                "smart": smart,
                "description": description,
                "force": force,
            },
        )

    def import_playlist(
        self,
        *,
        file: PathLike,
        name: str | None = None,
        folder: str | None = None,
        encoding: str | None = None,
        force: bool | None = None,
    ) -> dict[str, Any]:
        """Read a playlist file.

        Read an M3U, M3U8, XSPF or JSPF file; entries that are not in the library are kept and told.

        Parameters
        ----------
        file : PathLike
        name : str
            Else its title, or the file's name.
        folder : str
            Where its relative entries begin; in the roots.
        encoding : str
            Of an M3U; else found out.
        force : bool
            Replace a playlist of this name.
        """
        return self._answer(
            "POST",
            "/playlists/import",
            form={"name": name, "folder": folder, "encoding": encoding, "force": force},
            files={"file": file},
        )

    def make_playlist(
        self,
        *,
        kind: Literal["mix"] | Literal["smooth"] | Literal["journey"],
        tracks: Sequence[int] | None = None,
        n: int | None = None,
        duration_s: float | None = None,
        per_artist: int | None = None,
        where: str | None = None,
        weight: Sequence[str] | None = None,
        save: str | None = None,
        force: bool | None = None,
        name: str | None = None,
        first: int | None = None,
        start: int | str | None = None,
        end: int | str | None = None,
        steps: int | None = None,
    ) -> dict[str, Any]:
        """Make a mix, a smooth order or a journey.

        Make a list of what was heard; without `save` nothing is kept.

        Parameters
        ----------
        kind : Literal['mix'] | Literal['smooth'] | Literal['journey']
        tracks : Sequence[int]
            What to begin with.
        n : int
            So many tracks.
        duration_s : float
            Instead so long, seconds.
        per_artist : int
            At most so many of one artist.
        where : str
        weight : Sequence[str]
        save : str
        force : bool
        name : str
        first : int
            Begin with this track.
        start : int | str
            A mood (`calm`, `快乐`), `VALENCE,AROUSAL`, or a track's number.
        end : int | str
            The same.
        steps : int
        """
        return self._answer(
            "POST",
            "/playlists/make",
            body={
                "kind": kind,
                "tracks": tracks,
                "n": n,
                "duration_s": duration_s,
                "per_artist": per_artist,
                "where": where,
                "weight": weight,
                "save": save,
                "force": force,
                "name": name,
                "first": first,
                "start": start,
                "end": end,
                "steps": steps,
            },
        )

    def export_playlist(
        self,
        name: str,
        out: PathLike,
        *,
        format: Literal["m3u8", "xspf", "jspf"] | None = None,
        force: bool = False,
    ) -> Path:
        """Get a playlist as a file.

        Give a playlist as M3U8, XSPF or JSPF, with whole paths.

        Parameters
        ----------
        name : str
            Name of the playlist.
        format : Literal['m3u8', 'xspf', 'jspf']
            Which kind of file.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch(f"/playlists/{quoted(name)}/export", out, params={"format": format}, force=force)

    def add_to_playlist(
        self,
        name: str,
        *,
        tracks: Sequence[int] | None = None,
        where: str | None = None,
        at: int | None = None,
    ) -> dict[str, Any]:
        """Put tracks into a playlist.

        Put tracks before a place, or at the end.

        Parameters
        ----------
        name : str
            Name of the playlist.
        tracks : Sequence[int]
        where : str
            Also what this filter finds now.
        at : int
            Before this place; else at the end.
        """
        return self._answer(
            "POST", f"/playlists/{quoted(name)}/items", body={"tracks": tracks, "where": where, "at": at}
        )

    def remove_from_playlist(self, name: str, *, places: str) -> Any:
        """Take places out of a playlist.

        Take places out; the tracks stay in the library.

        Parameters
        ----------
        name : str
            Name of the playlist.
        places : str
            Say `1,3..5`, from 1.
        """
        return self._answer("DELETE", f"/playlists/{quoted(name)}/items", params={"places": places})

    def show_playlist(self, name: str) -> dict[str, Any]:
        """Show a playlist.

        Show what a playlist holds; a query is asked now.

        Parameters
        ----------
        name : str
            Name of the playlist.
        """
        return self._answer("GET", f"/playlists/{quoted(name)}")

    def delete_playlist(self, name: str) -> Any:
        """Delete a playlist.

        Forget a playlist; the tracks stay in the library.

        Parameters
        ----------
        name : str
            Name of the playlist.
        """
        return self._answer("DELETE", f"/playlists/{quoted(name)}")
