"""Operations of the API: uploads.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike, quoted


class UploadsCalls(Caller):
    """Operations: uploads."""

    def send_file(self, *, file: PathLike, kind: Literal["sound", "table"] | None = None) -> dict[str, Any]:
        """Send a file.

        Take a file and keep it for a day; other requests name it ``"upload": id``.

        It is never stored under the name that it comes with. A sound that cannot be decoded, lasts too long
        or takes too long to decode is refused.

        Parameters
        ----------
        file : PathLike
        kind : Literal['sound', 'table']
            A sound is decoded once, to see that it can be.
        """
        return self._answer("POST", "/uploads", params={"kind": kind}, files={"file": file})

    def list_uploads(self, *, limit: int | None = None, offset: int | None = None) -> dict[str, Any]:
        """List uploads.

        List what is kept, the newest first.

        Parameters
        ----------
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer("GET", "/uploads", params={"limit": limit, "offset": offset})

    def show_upload(self, id: str) -> dict[str, Any]:
        """Show an upload.

        Show what is known of an upload.

        Parameters
        ----------
        id : str
            What `POST /uploads` has given.
        """
        return self._answer("GET", f"/uploads/{quoted(id)}")

    def forget_upload(self, id: str) -> Any:
        """Forget an upload.

        Forget an upload before its day is over.

        Parameters
        ----------
        id : str
            What `POST /uploads` has given.
        """
        return self._answer("DELETE", f"/uploads/{quoted(id)}")
