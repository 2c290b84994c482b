"""The page of a map: one file with everything in it, and a policy that lets it load nothing."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes

import numpy as np
from numpy.typing import NDArray

from tunelens.base.language import current_language, say
from tunelens.base.version import __version__
from tunelens.explore.collection import Collection
from tunelens.plots.map import palette
from tunelens.services.map_columns import Column, Columns, Groups, Numbers, clean
from tunelens.services.map_words import page_words

_FOLDER = Path(__file__).parent / "templates" / "map"
SCRIPTS = (
    "data", "words", "palette", "columns", "view", "picking", "pace", "gl", "flat", "overlay", "gestures",
    "lasso", "map", "selection", "search", "legend", "player", "panel", "hash", "keys", "start",
)  # fmt: skip
_MODULE = re.compile(r"^(import [^\n]*;\n|export (?=async |function |class |const ))", re.MULTILINE)
_STEPS = 65534
_COARSE = 0.01
"""Where the colours' share of the whole range is less than this, 65,534 steps are too coarse."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Page:
    """What a page shows.

    Parameters
    ----------
    songs : Collection
    points : ndarray of float64, shape (n, 2)
        Where they lie.
    columns : Columns
        What they can be coloured by.
    colour : str
        Name of the column that comes first.
    near : ndarray of int, shape (n, k)
        Nearest songs; k is 0 where the map alone tells.
    axes : tuple of str
        What lies across and upwards; empty where axes mean nothing.
    reading : tuple of str
        How to read the map.
    urls : tuple of str
        Where the sound is, as the page says it; "" where there is none.
    snippets : mapping of int to str
        Of rows, data addresses of a few seconds of sound.
    """

    title: str
    songs: Collection
    points: Floats
    columns: Columns
    colour: str
    near: NDArray[np.intp]
    axes: tuple[str, ...]
    reading: tuple[str, ...]
    urls: tuple[str, ...]
    snippets: Mapping[int, str] = field(default_factory=dict)


def render(page: Page, seed: int = 0) -> Iterator[str]:
    """Return the parts of the HTML, in the language of now.

    Songs stand in an order drawn by lot, since of two points in one place the later is on top.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    order = np.random.default_rng(seed).permutation(len(page.songs))
    pack = _packed(page, order)
    style, script = _style(), _script()
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    row_of = np.argsort(order)
    # what is marked as safe is a file of ours, base64, or JSON without a "<"
    return environment.get_template("map.html.j2").generate(
        say=say, lang=current_language(), title=clean(page.title), version=__version__,
        policy=_policy(style, script),
        style=Markup(style), script=Markup(script), about=Markup(_about(page, pack)), songs=Markup(pack.text),
        lead=_lead(page), aria=_aria(page), axes=page.axes, reading=page.reading,
        foot=say("Made by Tunelens {version}. Nothing is loaded from elsewhere.", version=__version__),
        snippets=[(int(row_of[row]), sound) for row, sound in page.snippets.items()],
    )  # fmt: skip


def _lead(page: Page) -> str:
    return say("{n} songs", n=f"{len(page.songs):,}")


def _aria(page: Page) -> str:
    return say(
        "Map of {n} songs. Arrow keys move, plus and minus zoom, Enter chooses the song in the middle.",
        n=f"{len(page.songs):,}",
    )


def _style() -> str:
    return (_FOLDER / "map.css").read_text(encoding="utf-8")


def _script() -> str:
    """Return all modules as one script in a scope of its own: a page from a disk may not load modules."""
    parts = [_MODULE.sub("", (_FOLDER / f"{name}.js").read_text(encoding="utf-8")) for name in SCRIPTS]
    return "\n".join(['(() => {\n"use strict";', *parts, "})();\n"])


def _policy(style: str, script: str) -> str:
    """Allow this one script, this one style and sound; no connection, no form, no frame, no eval."""
    allowed = {
        name: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for name, text in (("style", style), ("script", script))
    }
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'sha256-{allowed['script']}'",
            f"style-src 'sha256-{allowed['style']}'",
            "img-src data:",
            "media-src 'self' file: data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


@dataclass(frozen=True)
class _Pack:
    """Columns as one block: where each lies, and the block, compressed and in base64."""

    sections: dict[str, tuple[str, int, int]]
    columns: list[dict[str, Any]]
    text: str


class _Block:
    """A block of columns that grows; each begins at a multiple of 8 bytes."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0
        self.sections: dict[str, tuple[str, int, int]] = {}

    def numbers(self, name: str, values: NDArray[Any]) -> None:
        kinds = {"u2": "u16", "u4": "u32", "f4": "f32"}
        data = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        self._put(name, kinds[data.dtype.str[1:]], data.tobytes(), data.size)

    def texts(self, name: str, values: Sequence[str]) -> None:
        data = json.dumps(list(values), ensure_ascii=False, separators=(",", ":")).encode(
            "utf-8", "backslashreplace"
        )
        self._put(name, "text", data, len(data))

    def _put(self, name: str, kind: str, data: bytes, length: int) -> None:
        self.sections[name] = (kind, self.length, length)
        padded = data + bytes(-len(data) % 8)
        self.parts.append(padded)
        self.length += len(padded)

    def packed(self) -> str:
        return base64.b64encode(zlib.compress(b"".join(self.parts), 6)).decode("ascii")


def _packed(page: Page, order: NDArray[np.intp]) -> _Pack:
    block, songs = _Block(), page.songs
    block.numbers("places", np.round(placed(page.points)[0][order] * 65535).astype(np.uint16))
    for name, texts in (("ids", songs.ids), ("titles", songs.titles), ("artists", songs.artists)):
        block.texts(name, [clean(texts[row]) for row in order])
    block.texts("urls", [page.urls[row] for row in order])
    if page.near.shape[1]:
        kind = np.uint16 if len(songs) <= 65536 else np.uint32
        block.numbers("near", np.argsort(order)[page.near[order]].astype(kind))
    columns = [_column(block, f"c{at}", column, order) for at, column in enumerate(page.columns.columns)]
    return _Pack(block.sections, columns, block.packed())


def placed(points: Floats) -> tuple[Floats, list[float]]:
    """Return points within 0 to 1, both axes to one scale, and the box that holds them.

    Examples
    --------
    >>> placed(np.array([[0.0, 0.0], [4.0, 2.0]]))[1]
    [0.0, 0.25, 1.0, 0.75]
    """
    low, high = points.min(axis=0), points.max(axis=0)
    width = float((high - low).max()) or 1.0
    inside = 0.5 + (points - (low + high) / 2) / width
    box = [*inside.min(axis=0), *inside.max(axis=0)]
    return np.clip(inside, 0, 1), [round(float(edge), 6) for edge in box]


def _column(block: _Block, section: str, column: Column, order: NDArray[np.intp]) -> dict[str, Any]:
    about: dict[str, Any] = {"name": clean(column.name), "label": clean(column.label), "section": section}
    if isinstance(column, Groups):
        block.numbers(section, column.codes[order])
        block.texts(f"{section}l", column.labels)
        return about | {"kind": "group", "labels": f"{section}l", "shown": column.shown}
    block.numbers(section, quantised(column)[order])
    scale = {name: getattr(column, name) for name in ("low", "high", "floor", "ceiling", "digits")}
    return about | {"kind": "number", **scale}


def quantised(column: Numbers) -> NDArray[np.uint16] | NDArray[np.float32]:
    """Return numbers in 65,534 steps from the smallest to the largest, 0 where unknown.

    Where outliers make such steps coarse, 32 bits are kept.
    """
    values, width = column.values, column.ceiling - column.floor
    if column.high - column.low < _COARSE * width:
        return values.astype(np.float32)
    share = (values - column.floor) / (width or 1.0)
    return np.where(np.isnan(values), 0, 1 + np.round(_STEPS * np.nan_to_num(share))).astype(np.uint16)


def _about(page: Page, pack: _Pack) -> str:
    """Return what the script must know as JSON in which nothing can end the element that holds it."""
    about = {
        "lang": current_language(),
        "n": len(page.songs),
        "box": placed(page.points)[1],
        "sections": pack.sections,
        "columns": pack.columns,
        "colour": clean(page.colour),
        "neighbours": page.near.shape[1],
        "palette": palette(),
        "words": page_words(),
        "han": han_pairs((*page.songs.titles, *page.songs.artists)),
    }
    text = json.dumps(about, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def han_pairs(texts: Sequence[str]) -> str:
    """Return traditional characters, each before its simplified one, that a search of `texts` needs.

    Examples
    --------
    >>> han_pairs(["Sunny"]), "倫伦" in han_pairs(["周杰伦"])
    ('', True)
    """
    used = {
        char for text in texts if not text.isascii() for char in clean(text) if "\u3400" <= char <= "\u9fff"
    }
    if not used:
        return ""
    simple = _simplified()
    wanted = {simple.get(char, char) for char in used}
    return "".join(char + to for char, to in simple.items() if to in wanted)


@cache
def _simplified() -> dict[str, str]:
    """Return every Han character that a search takes for another one."""
    from tunelens.library.fulltext import fold

    folded = {char: fold(char) for char in map(chr, range(0x3400, 0xA000))}
    return {char: to for char, to in folded.items() if to != char and len(to) == 1}


def urls(paths: Sequence[Path | None], folder: Path) -> tuple[str, ...]:
    """Return where files are: relative to the page if they lie under its folder, else as ``file:`` URLs."""
    base = folder.absolute()
    return tuple(_url(path, base) if path is not None else "" for path in paths)


def _url(path: Path, base: Path) -> str:
    path = path.absolute()
    if path.is_relative_to(base):
        import os

        return quote_from_bytes(os.fsencode(path.relative_to(base).as_posix()))
    return path.as_uri()
