"""A real HTTP server on this computer that answers as it is told, and misbehaves as it is told."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import soundfile

Reply = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Answers by path; remembers what it was asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, Reply] = {}
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []
        self.bodies: list[bytes] = []
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def on(self, path: str, reply: Reply | Any, kind: str = "application/json") -> str:
        """Answer `path` so: a function, bytes, or what becomes JSON; return its address."""
        if not callable(reply):
            body = reply if isinstance(reply, bytes) else json.dumps(reply).encode()
            reply = plain(body, kind)
        self.replies[path] = reply
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no failure of a test."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.query = dict(parse_qsl(parts.query))
        self.server.asked.append((parts.path, self.query, {k.lower(): v for k, v in self.headers.items()}))
        self.server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.server.replies.get(parts.path, status(404))(self)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None: ...

    def head(self, code: int, **headers: str) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()


@contextmanager
def running() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def plain(body: bytes, kind: str = "application/json", **headers: str) -> Reply:
    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type=kind, Content_Length=str(len(body)), **headers)
        handler.wfile.write(body)

    return reply


def status(code: int, **headers: str) -> Reply:
    return lambda handler: handler.head(code, Content_Length="0", **headers)


def in_turn(*replies: Reply) -> Reply:
    """Answer each time with the next; the last for ever."""
    left = list(replies)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def redirect(to: str, code: int = 302) -> Reply:
    return status(code, Location=to)


def drip(pause_s: float) -> Reply:
    """Send a byte at a time, for ever."""

    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type="application/json", Content_Length="1000000")
        while not handler.server.stopped.wait(pause_s):
            handler.wfile.write(b" ")

    return reply


def drip_header(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while not handler.server.stopped.wait(0.05):
        handler.wfile.write(b"x")


def endless(kind: str) -> Reply:
    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type=kind, Connection="close")
        handler.close_connection = True
        while not handler.server.stopped.is_set():
            handler.wfile.write(b" " * 65536)

    return reply


def truncated(body: bytes, kind: str) -> Reply:
    def reply(handler: Handler) -> None:
        handler.head(200, Content_Type=kind, Content_Length=str(len(body)))
        handler.wfile.write(body[: len(body) // 2])
        handler.close_connection = True

    return reply


def reset(handler: Handler) -> None:
    """Cut the connection as a crash does: RST instead of FIN."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.wfile = io.BytesIO()
    handler.close_connection = True


def silent(handler: Handler) -> None:
    handler.server.stopped.wait(30)


def slowly(seconds: float, then: Reply) -> Reply:
    def reply(handler: Handler) -> None:
        time.sleep(seconds)
        then(handler)

    return reply


def tone(hz: float = 440.0, format: str = "WAV") -> bytes:
    """A fifth of a second of sound as the bytes of a file."""
    out = io.BytesIO()
    y = 0.3 * np.sin(2 * np.pi * hz * np.arange(4410) / 22050)
    soundfile.write(out, y, 22050, format=format)
    return out.getvalue()
