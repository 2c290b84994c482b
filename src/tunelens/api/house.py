"""What every route is given: the library, the jobs, the allowed folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.jobs import Jobs, UploadLimits, Uploads
from tunelens.services.roots import Roots
from tunelens.services.sound_check import SoundCheck, SoundLimits


@dataclass(frozen=True)
class House:
    """What every route is given.

    Parameters
    ----------
    library : Library
        Shared by all threads; its engine keeps a connection for each.
    options : ServeOptions
        How the server was set up.
    jobs : Jobs
        Long work, and what callers have sent.
    roots : Roots
        The folders whose files may be named; nothing outside is opened.
    sounds : SoundCheck
        What looks at strangers' files before this process does.
    """

    library: Library
    options: ServeOptions
    jobs: Jobs
    roots: Roots
    sounds: SoundCheck

    @property
    def settings(self) -> Settings:
        """Return the settings that services take."""
        return self.options.settings

    @property
    def uploads(self) -> Uploads:
        """Return what callers have sent."""
        return self.jobs.uploads


@contextmanager
def open_house(options: ServeOptions) -> Iterator[House]:
    """Open the library and begin to work on its jobs; running ones go back into the queue at the end.

    Raises
    ------
    TunelensError
        The library cannot be opened, a root is no folder, or another server works on the library.
    """
    with Library.open(options.library or options.settings.library) as library:
        folder = Jobs.beside(library.path)
        kept = Uploads(folder / "uploads").kept
        kept.mkdir(parents=True, exist_ok=True)
        roots = Roots([*options.roots, kept], whole_library=not options.roots)
        jobs = Jobs(
            folder,
            library,
            options.settings,
            roots=roots,
            uploads=UploadLimits(max_bytes=options.max_upload_bytes),
        )
        jobs.start()
        sounds = SoundCheck(SoundLimits(max_duration_s=options.max_duration_s))
        try:
            yield House(library=library, options=options, jobs=jobs, roots=roots, sounds=sounds)
        finally:
            jobs.stop()
            sounds.stop()


def house_of(connection: HTTPConnection) -> House:
    """Return the house of the app that a request or a socket came to."""
    found: House = connection.app.state.house
    return found


TheHouse = Annotated[House, Depends(house_of)]
