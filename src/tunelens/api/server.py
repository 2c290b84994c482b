"""The process: takes the port, serves until it is told to end, and leaves nothing half done."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from tunelens.api.app import create_app
from tunelens.api.house import House, open_house
from tunelens.api.limits import MOST_HEADER_BYTES, Protocol
from tunelens.api.options import ServeOptions
from tunelens.base.errors import DataError, ParameterError

GRACE_S = 5
IDLE_S = 15
MOST_CONNECTIONS = 4096
MOST_FILES = 65_536
MOST_FRAME_BYTES, MOST_FRAMES_WAITING = 1 << 19, 4
"""Of live sound: what is larger or more waits at the sender, or ends it."""


def serve(options: ServeOptions, ready: Callable[[str], None]) -> int | None:
    """Serve until Ctrl-C or SIGTERM; running jobs are put back in the queue then.

    Parameters
    ----------
    options : ServeOptions
        How.
    ready : callable
        Given the address as soon as callers are answered.

    Returns
    -------
    int or None
        The signal that ended it.

    Raises
    ------
    ParameterError
        The port is taken, or the host is not of this machine.
    TunelensError
        The library cannot be opened, or another server works on it.
    """
    _allow_many_files()
    listener = listen(options)
    with listener, open_house(options) as house:
        server = _Server(config(options, house), house, lambda: ready(address(options.host, listener)))
        server.run(sockets=[listener])
        return server.ended_by


def listen(options: ServeOptions) -> socket.socket:
    """Take the port; raises as `serve`."""
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle on, and every answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((options.host, options.port))
        listener.listen(2048)
    except (OSError, UnicodeError) as error:
        listener.close()
        raise _untaken(options, error) from error
    return listener


def _untaken(options: ServeOptions, error: OSError | UnicodeError) -> ParameterError | DataError:
    number = getattr(error, "errno", None)
    if number == errno.EADDRINUSE:
        return ParameterError(
            f"port {options.port} of {options.host} is taken by another program",
            hint="--port 0 takes a free one; or end the other program",
        )
    if number == errno.EACCES:
        return ParameterError(f"port {options.port} may not be taken", hint="ports from 1024 may")
    why = getattr(error, "strerror", None) or error
    return ParameterError(
        f"this machine cannot listen on {options.host!r}: {why}", hint="try --host 127.0.0.1"
    )


def address(host: str, listener: socket.socket) -> str:
    """Return where a browser finds the server."""
    port = listener.getsockname()[1]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config(options: ServeOptions, house: House) -> uvicorn.Config:
    """Return how the server speaks HTTP, and to what."""
    return uvicorn.Config(
        create_app(options, house),
        http=Protocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=GRACE_S,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
        limit_concurrency=MOST_CONNECTIONS,
        ws_max_size=MOST_FRAME_BYTES,
        ws_max_queue=MOST_FRAMES_WAITING,
    )


class _Server(uvicorn.Server):
    """A server that says when it is ready, and dies of no signal: what is to be put away is put away."""

    def __init__(self, config: uvicorn.Config, house: House, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._house, self._ready = house, ready
        self.ended_by: int | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the jobs first: who watches one is told, and hangs up."""
        self._house.jobs.ask_to_end()
        await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take Ctrl-C and SIGTERM as the wish to end; a second one wishes it at once."""
        wished = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._end) for number in wished}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, number: int, _frame: object) -> None:
        self.force_exit = self.should_exit
        self.should_exit = True
        self.ended_by = number


def _allow_many_files() -> None:
    """Let the process have as many connections as the system allows, not as few as it suggests."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        allowed = MOST_FILES if most == resource.RLIM_INFINITY else min(most, MOST_FILES)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
