"""Make the examples of the OpenAPI page anew: shortened answers of a server over a dozen made-up songs."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.api.asked import ASKED  # noqa: E402
from tests.api.conftest import SONGS, make_song  # noqa: E402
from tests.api.own import API, own_client  # noqa: E402

from tunelens.api.examples import FILE  # noqa: E402

MOST_ITEMS, MOST_KEYS, LONGEST = 2, 12, 120


def shortened(value: Any, folder: Path) -> Any:
    """Return an answer of which nobody needs to read more than a screen."""
    if isinstance(value, dict):
        deep = any(isinstance(one, dict) for one in value.values())
        kept = list(value.items())[: MOST_KEYS if deep else None]
        return {key: shortened(one, folder) for key, one in kept}
    if isinstance(value, list):
        return [shortened(one, folder) for one in value[:MOST_ITEMS]]
    if not isinstance(value, str):
        return value
    return value.replace(f"{folder}/songs", "/music").replace(str(folder), "/home/me")[:LONGEST]


def main() -> None:
    """Ask everything and write the file."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room)
        for name, work, bpm, *tags in SONGS:
            make_song(folder / "made" / name, work, bpm, *tags)
        with own_client(folder, folder / "made", [name for name, *_ in SONGS]) as client:
            found = {}
            for name, (method, path, body) in ASKED.items():
                answer = client.request(method, API + path, json=body)
                if answer.is_success and " " not in name:
                    found[name] = shortened(answer.json(), folder)
                elif not answer.is_success:
                    sys.stderr.write(f"{name}: {answer.status_code} {answer.text[:200]}\n")
    FILE.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
