"""What every route is given: the library, the jobs, the allowed folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection

from tunelens.api.options import ServeOptions
from tunelens.base.settings import Settings

if TYPE_CHECKING:
    from tunelens.library.store import Library


@dataclass(frozen=True)
class House:
    """What every route is given.

    Parameters
    ----------
    library : Library
        Shared by all threads; its engine keeps a connection for each.
    options : ServeOptions
        How the server was set up.
    """

    library: Library
    options: ServeOptions
    jobs: Any = None
    roots: Any = None

    @property
    def settings(self) -> Settings:
        """Return the settings that services take."""
        return self.options.settings


def house_of(connection: HTTPConnection) -> House:
    """Return the house of the app that a request or a socket came to."""
    found: House = connection.app.state.house
    return found


TheHouse = Annotated[House, Depends(house_of)]
