"""Operations of the API: duplicates.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike


class DuplicatesCalls(Caller):
    """Operations: duplicates."""

    def find_duplicates(
        self, *, where: str | None = None, limit: int | None = None, offset: int | None = None
    ) -> dict[str, Any]:
        """Find files of one recording.

        Group the files of one recording and say which is the best; excerpts and mixes are told apart.

        What is paged are the groups, those that take the most room first; the parts are given with the
        first page. Nothing is deleted.

        Parameters
        ----------
        where : str
            A filter, say `genre:jazz tempo:90..110`; see docs/search.md.
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer("GET", "/duplicates", params={"where": where, "limit": limit, "offset": offset})

    def list_decisions(self, *, where: str | None = None) -> dict[str, Any]:
        """List decisions about copies.

        List what was decided of the copies that are found now.

        Parameters
        ----------
        where : str
            A filter, say `genre:jazz tempo:90..110`; see docs/search.md.
        """
        return self._answer("GET", "/copies", params={"where": where})

    def decide_copy(self, *, keep: int, copy: int, decision: Literal["spare", "other"]) -> dict[str, Any]:
        """Decide about a copy.

        Keep a decision about two files; it holds for their contents, wherever they are moved.

        Parameters
        ----------
        keep : int
        copy : int
            The file that seems to be a copy.
        decision : Literal['spare', 'other']
            `spare`: a copy that may go; `other`: no copy at all; null: nobody decided.
        """
        return self._answer("POST", "/copies", body={"keep": keep, "copy": copy, "decision": decision})

    def get_spare_script(self, out: PathLike, *, where: str | None = None, force: bool = False) -> Path:
        """Get a script for the spare copies.

        Get a shell script that asks, file by file, whether to delete each copy that was called spare.

        Parameters
        ----------
        where : str
            A filter, say `genre:jazz tempo:90..110`; see docs/search.md.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch("/copies/script", out, params={"where": where}, force=force)
