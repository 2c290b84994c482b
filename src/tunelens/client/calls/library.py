"""Operations of the API: library.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any

from tunelens.client.caller import Caller


class LibraryCalls(Caller):
    """Operations: library."""

    def show_library(self) -> dict[str, Any]:
        """Count what is in the library.

        Count hours, codecs, years, what tracks were heard with, failures.
        """
        return self._answer("GET", "/library")

    def list_failures(self, *, limit: int | None = None, offset: int | None = None) -> dict[str, Any]:
        """List what could not be heard.

        List the files that could not be heard, by path, and why.

        Parameters
        ----------
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer("GET", "/failures", params={"limit": limit, "offset": offset})

    def check_library(self) -> dict[str, Any]:
        """See whether the library is sound.

        Look at the library file, without what reads every index and every track; nothing is changed.
        """
        return self._answer("GET", "/library/check")

    def back_up_library(self) -> dict[str, Any]:
        """Back the library up.

        Copy the library to one file, also while others write, and prove the copy; the job's files have it.
        """
        return self._answer("POST", "/jobs/backup")
