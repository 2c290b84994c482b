"""Operations of the API: tags.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller


class TagsCalls(Caller):
    """Operations: tags."""

    def plan_tags(
        self,
        *,
        tracks: Sequence[int] | None = None,
        where: str | None = None,
        fields: Sequence[Literal["genre", "mood", "bpm", "key", "energy"]] | None = None,
        policy: Mapping[str, Any] | None = None,
        min_confidence: Mapping[str, Any] | None = None,
        sources: Mapping[str, Any] | None = None,
        key_notation: Literal["standard", "camelot"] | None = None,
        keep_mtime: bool | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> dict[str, Any]:
        """See what would be written into files.

        Say for each file what would be written into its tags, beside what it has; nothing is touched.

        Parameters
        ----------
        tracks : Sequence[int]
            Numbers of tracks; all if left out.
        where : str
            A filter that they must match too.
        fields : Sequence[Literal['genre', 'mood', 'bpm', 'key', 'energy']]
            Which fields; all if left out.
        policy : Mapping[str, Any]
            By field; `fill` (where it is empty) if left out.
        min_confidence : Mapping[str, Any]
            By field; 0.7 if left out.
        sources : Mapping[str, Any]
            Which bundle says it.
        key_notation : Literal['standard', 'camelot']
            `C#m`, or `12A`.
        keep_mtime : bool
            Leave the time of change of the files as it is.
        limit : int
        offset : int
        """
        return self._answer(
            "POST",
            "/tags/plan",
            body={
                "tracks": tracks,
                "where": where,
                "fields": fields,
                "policy": policy,
                "min_confidence": min_confidence,
                "sources": sources,
                "key_notation": key_notation,
                "keep_mtime": keep_mtime,
                "limit": limit,
                "offset": offset,
            },
        )

    def write_tags(
        self,
        *,
        write: Literal[True],
        tracks: Sequence[int] | None = None,
        where: str | None = None,
        fields: Sequence[Literal["genre", "mood", "bpm", "key", "energy"]] | None = None,
        policy: Mapping[str, Any] | None = None,
        min_confidence: Mapping[str, Any] | None = None,
        sources: Mapping[str, Any] | None = None,
        key_notation: Literal["standard", "camelot"] | None = None,
        keep_mtime: bool | None = None,
    ) -> dict[str, Any]:
        """Write tags into files.

        Write what is sure enough into at most 200 files; the batch takes it back, byte for byte.

        Parameters
        ----------
        write : Literal[True]
            Only with `true` is anything written.
        tracks : Sequence[int]
            Numbers of tracks; all if left out.
        where : str
            A filter that they must match too.
        fields : Sequence[Literal['genre', 'mood', 'bpm', 'key', 'energy']]
            Which fields; all if left out.
        policy : Mapping[str, Any]
            By field; `fill` (where it is empty) if left out.
        min_confidence : Mapping[str, Any]
            By field; 0.7 if left out.
        sources : Mapping[str, Any]
            Which bundle says it.
        key_notation : Literal['standard', 'camelot']
            `C#m`, or `12A`.
        keep_mtime : bool
            Leave the time of change of the files as it is.
        """
        return self._answer(
            "POST",
            "/tags/write",
            body={
                "write": write,
                "tracks": tracks,
                "where": where,
                "fields": fields,
                "policy": policy,
                "min_confidence": min_confidence,
                "sources": sources,
                "key_notation": key_notation,
                "keep_mtime": keep_mtime,
            },
        )

    def undo_tags(self, *, batch: int | None = None) -> dict[str, Any]:
        """Take written tags back.

        Restore the files of a batch as they were before, byte for byte.

        Parameters
        ----------
        batch : int
            Which batch; the last that stands if left out.
        """
        return self._answer("POST", "/tags/undo", body={"batch": batch})

    def list_batches(
        self, *, batch: int | None = None, limit: int | None = None, offset: int | None = None
    ) -> dict[str, Any]:
        """List what was written.

        List the batches, the latest first, or the files of one.

        Parameters
        ----------
        batch : int
            One batch, with its files.
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer("GET", "/tags/history", params={"batch": batch, "limit": limit, "offset": offset})

    def write_many_tags(
        self,
        *,
        action: Literal["write"] | Literal["undo"],
        tracks: Sequence[int] | None = None,
        where: str | None = None,
        fields: Sequence[Literal["genre", "mood", "bpm", "key", "energy"]] | None = None,
        policy: Mapping[str, Any] | None = None,
        min_confidence: Mapping[str, Any] | None = None,
        sources: Mapping[str, Any] | None = None,
        key_notation: Literal["standard", "camelot"] | None = None,
        keep_mtime: bool | None = None,
        write: Literal[True] | None = None,
        batch: int | None = None,
    ) -> dict[str, Any]:
        """Write or take back the tags of many files.

        Write tags into any number of files, or take a batch back; the result counts and tells failures.

        Parameters
        ----------
        action : Literal['write'] | Literal['undo']
        tracks : Sequence[int]
            Numbers of tracks; all if left out.
        where : str
            A filter that they must match too.
        fields : Sequence[Literal['genre', 'mood', 'bpm', 'key', 'energy']]
            Which fields; all if left out.
        policy : Mapping[str, Any]
            By field; `fill` (where it is empty) if left out.
        min_confidence : Mapping[str, Any]
            By field; 0.7 if left out.
        sources : Mapping[str, Any]
            Which bundle says it.
        key_notation : Literal['standard', 'camelot']
            `C#m`, or `12A`.
        keep_mtime : bool
            Leave the time of change of the files as it is.
        write : Literal[True]
            Only with `true` is anything written.
        batch : int
            Which batch; the last that stands if left out.
        """
        return self._answer(
            "POST",
            "/jobs/tags",
            body={
                "action": action,
                "tracks": tracks,
                "where": where,
                "fields": fields,
                "policy": policy,
                "min_confidence": min_confidence,
                "sources": sources,
                "key_notation": key_notation,
                "keep_mtime": keep_mtime,
                "write": write,
                "batch": batch,
            },
        )
