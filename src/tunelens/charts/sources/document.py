"""Source `json`: a list of songs somewhere in a JSON document, one object a line, or a saved chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError
from tunelens.charts.chart import FORMAT, MOST_BYTES, Chart, load_json, parse_json
from tunelens.charts.flat import flat, longest_list, text_of
from tunelens.charts.paths import at_path
from tunelens.charts.registry import ChartOptions
from tunelens.charts.rows import Row, chart_of

SUFFIXES = (".json", ".jsonl", ".ndjson")
NO_OBJECT = "no JSON object"


class DocumentSource:
    """The longest list of objects in the document; nested keys become columns with dots."""

    name = "json"
    summary = "a JSON document or JSON lines, or a chart that was saved"

    def recognises(self, path: Path) -> bool:
        """Has it the name of JSON, or does it begin as JSON does?"""
        if path.suffix.lower() in SUFFIXES:
            return True
        with path.open("rb") as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
        return path.suffix.lower() != ".toml" and head.startswith((b"{", b"[{", b"[ {", b"[\n"))

    def read(self, path: Path, options: ChartOptions) -> Chart:
        """Read a document.

        Raises
        ------
        DataError
            It is no JSON, or holds no list of objects.
        """
        document = _document(path)
        if isinstance(document, dict) and document.get("format") == FORMAT:
            return Chart.from_dict(document)
        songs = [document] if _is_one_line(path, document) else longest_list(document)
        if songs is None:
            raise DataError(f"{str(path)!r} holds no list of songs")
        return chart_of(
            rows_of(songs, options.fields), name=path.stem, source=str(path), given=options.fields
        )


def _is_one_line(path: Path, document: Any) -> bool:
    return path.suffix.lower() in SUFFIXES[1:] and isinstance(document, dict)


def _document(path: Path) -> Any:
    """Return what the file holds; of one object a line, whatever it is called, a list of them."""
    try:
        return load_json(path)
    except DataError:
        if path.stat().st_size > MOST_BYTES:
            raise
        lines = list(_lines(path))
        if not any(isinstance(one, dict) for one in lines):
            raise
        return lines


def _lines(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield parse_json(line, f"line {number}")
                except DataError:
                    yield None


def rows_of(songs: list[Any], given: Mapping[str, str]) -> Iterator[Row]:
    """Yield a row for every member of a list; what is no object has a fault.

    Parameters
    ----------
    songs : list
        What JSON holds.
    given : Mapping of str to str
        ``field -> path``; what is at a path becomes the column of that name.
    """
    paths = [path for path in given.values() if path]
    for place, song in enumerate(songs, 1):
        if isinstance(song, dict):
            told = {path: text_of(at_path(song, path)) for path in paths}
            yield Row(f"song {place}", {**flat(song), **told})
        else:
            yield Row(f"song {place}", {}, NO_OBJECT)


DOCUMENT = DocumentSource()
