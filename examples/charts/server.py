"""A server of a chart for trying things out: the songs of a folder, in pages, on this computer alone.

python examples/charts/server.py music/ --port 8123
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SUFFIXES = {".mp3", ".flac", ".ogg", ".opus", ".m4a", ".wav"}
PAGE = 10


class Handler(SimpleHTTPRequestHandler):
    """``/hot/REGION?page=N`` lists songs; everything else is a file of the folder."""

    def do_GET(self) -> None:
        """Answer."""
        parts = urlsplit(self.path)
        if not parts.path.startswith("/hot/"):
            return super().do_GET()
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        self._send({"code": 0, "data": {"list": self._songs()[(page - 1) * PAGE : page * PAGE]}})

    def _songs(self) -> list[dict[str, object]]:
        folder = Path(self.directory)
        paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
        host = self.headers["Host"]
        return [
            {
                "id": f"song-{rank}",
                "title": path.stem,
                "artists": [{"name": path.parent.name}],
                "uses": f"{1 + rank / 10:.1f}万",
                "rank": rank,
                "play": {"url": f"http://{host}/{quote(path.relative_to(folder).as_posix())}"},
            }
            for rank, path in enumerate(paths, 1)
        ]

    def _send(self, document: object) -> None:
        body = json.dumps(document, ensure_ascii=False).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing of every request."""


def serve(folder: Path, port: int) -> ThreadingHTTPServer:
    """Return a server that is bound; call `serve_forever`."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=8123)
    given = parser.parse_args()
    serve(given.folder, given.port).serve_forever()
