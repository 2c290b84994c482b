"""How a server is set up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

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
    token : str or None
        What callers must show.
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
    token: str | None = None
    allow_origins: tuple[str, ...] = ()
    page: bool = True
    max_upload_bytes: int = 256 * 2**20
    max_duration_s: float = 4 * 3600.0
    settings: Settings = field(default_factory=Settings.from_env)
