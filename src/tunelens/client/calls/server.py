"""Operations of the API: server.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any, Literal

from tunelens.client.caller import Caller


class ServerCalls(Caller):
    """Operations: server."""

    def check_health(self, *, live: bool | None = None) -> dict[str, Any]:
        """Is the server well?.

        Say whether the library can be read and jobs be done: 200, or 503 with what is wrong.

        With `live` the answer is 200 as long as there is one: what a supervisor asks before it restarts.

        Parameters
        ----------
        live : bool
            Only whether it answers, not whether it can work.
        """
        return self._answer("GET", "/health", params={"live": live})

    def begin_session(self, *, token: str) -> dict[str, Any]:
        """Show a token.

        Take a token and give a cookie for it, which scripts of a page cannot read.

        Parameters
        ----------
        token : str
        """
        return self._answer("POST", "/session", body={"token": token})

    def end_session(self) -> Any:
        """Leave.

        End the session of the cookie, if there is one.
        """
        return self._answer("DELETE", "/session")

    def tell_info(self) -> dict[str, Any]:
        """What may be asked here.

        Tell version, languages, limits, whether a token is needed, and who asks.
        """
        return self._answer("GET", "/info")

    def browse_roots(
        self, *, path: str | None = None, files: Literal["audio", "tables", "any"] | None = None
    ) -> dict[str, Any]:
        """Look into the folders.

        List what is in a folder that may be named: folders first, then files.

        Parameters
        ----------
        path : str
            A folder; the allowed ones if left out.
        files : Literal['audio', 'tables', 'any']
            Which files are listed beside folders.
        """
        return self._answer("GET", "/roots", params={"path": path, "files": files})
