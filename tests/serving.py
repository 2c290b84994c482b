"""A real server in this process, for tests, benches and pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tunelens.api.app import create_app
from tunelens.api.options import ServeOptions


@contextmanager
def running(options: ServeOptions) -> Iterator[str]:
    """Serve on a free port, in a thread."""
    server = uvicorn.Server(uvicorn.Config(create_app(options), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.02)
    (host, port) = server.servers[0].sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()
