"""How a server is set up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from tunelens.api.keys import Keys
from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings

LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class ServeOptions:
    """How a server is set up.

    Parameters
    ----------
    host : str
        Address to listen on; anything but loopback needs a token.
    port : int
        Port; 0 takes a free one.
    library : Path or None
        Library file; None is the one in the data folder.
    roots : tuple of Path
        Folders whose files may be named by path. Nothing outside is read.
    keys : Keys
        Who may call; empty where nobody needs to say.
    allow_origins : tuple of str
        Other sites whose pages may call.
    page : bool
        Serve the page too.
    max_upload_bytes : int
        Largest file that is taken from a caller.
    max_duration_s : float
        Longest sound that is taken from a caller, seconds.
    settings : Settings
        Data folder, cache, limits.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    library: Path | None = None
    roots: tuple[Path, ...] = ()
    keys: Keys = field(default_factory=Keys)
    allow_origins: tuple[str, ...] = ()
    page: bool = True
    max_upload_bytes: int = 256 * 2**20
    max_duration_s: float = 4 * 3600.0
    settings: Settings = field(default_factory=Settings.from_env)

    def __post_init__(self) -> None:
        if not self.is_loopback and not self.keys:
            raise ParameterError(
                f"{self.host!r} can be reached from other machines; a token is needed",
                hint="--token TEXT, --users FILE, or --host 127.0.0.1",
            )
        for one in self.allow_origins:
            if not re.fullmatch(r"https?://[A-Za-z0-9.\-\[\]:]+", one):
                raise ParameterError(
                    f"{one!r} is no origin", hint="give scheme and host, say https://music.example.org"
                )

    @property
    def is_loopback(self) -> bool:
        """Is the server reached from this machine alone?"""
        return self.host in LOOPBACK
