"""Operations of the API: corrections.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any

from tunelens.client.caller import Caller, quoted


class CorrectionsCalls(Caller):
    """Operations: corrections."""

    def list_corrections(
        self,
        *,
        vocabulary: str | None = None,
        track: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> dict[str, Any]:
        """List corrections.

        List what people said of labels, the latest first.

        Parameters
        ----------
        vocabulary : str
            Only of this vocabulary.
        track : int
            Only of this track.
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer(
            "GET",
            "/corrections",
            params={"vocabulary": vocabulary, "track": track, "limit": limit, "offset": offset},
        )

    def correct_label(
        self,
        *,
        track: int,
        vocabulary: str,
        label: str,
        holds: bool | None = None,
        instead_of: str | None = None,
        listener: str | None = None,
    ) -> dict[str, Any]:
        """Say what a track is, or is not.

        Keep what a person says of a track; searches see it at once, `POST /corrections/learn` the rest.

        Parameters
        ----------
        track : int
            Number of the track.
        vocabulary : str
            What kind of label: `genre`, `mood`, or one of your own.
        label : str
            The label.
        holds : bool
            Is it so? `false`: it is not.
        instead_of : str
            A label that does not hold.
        listener : str
            Who says it; the owner of the library if left out.
        """
        return self._answer(
            "POST",
            "/corrections",
            body={
                "track": track,
                "vocabulary": vocabulary,
                "label": label,
                "holds": holds,
                "instead_of": instead_of,
                "listener": listener,
            },
        )

    def undo_correction(self, *, vocabulary: str | None = None) -> Any:
        """Take the last correction back.

        Take back what was said last, of one vocabulary where it is named.

        Parameters
        ----------
        vocabulary : str
            Only of this vocabulary.
        """
        return self._answer("DELETE", "/corrections", params={"vocabulary": vocabulary})

    def remove_correction(self, id: int) -> Any:
        """Take a correction back.

        Take one correction back; what was heard is a tag again.

        Parameters
        ----------
        id : int
            Number of the correction.
        """
        return self._answer("DELETE", f"/corrections/{quoted(id)}")

    def list_vocabularies(self) -> dict[str, Any]:
        """List vocabularies.

        List the vocabularies in which something was told or learned, with their labels.
        """
        return self._answer("GET", "/corrections/vocabularies")

    def learn_corrections(
        self, *, vocabulary: str, n_changes: int | None = None, n_ask: int | None = None
    ) -> dict[str, Any]:
        """Learn from corrections.

        Learn from what people said: what changes and how sure, what it is worth, what to ask next.

        Every track of the library is given the labels that follow, which `label:` finds.

        Parameters
        ----------
        vocabulary : str
            The vocabulary to learn.
        n_changes : int
            How many changes to tell.
        n_ask : int
            How many tracks to ask about.
        """
        return self._answer(
            "POST",
            "/corrections/learn",
            body={"vocabulary": vocabulary, "n_changes": n_changes, "n_ask": n_ask},
        )

    def suggest_corrections(self, *, vocabulary: str, n: int | None = None) -> dict[str, Any]:
        """Whom to ask about.

        Say which tracks would teach most if a person told what they are: unsure, and unlike each other.

        Parameters
        ----------
        vocabulary : str
            `genre`, `mood`, or one of your own.
        n : int
            How many tracks.
        """
        return self._answer("GET", "/corrections/suggestions", params={"vocabulary": vocabulary, "n": n})
