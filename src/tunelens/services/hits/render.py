"""The report as one HTML page that needs nothing else, and how large it may be."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunelens.base.errors import TunelensError
from tunelens.base.feature_words import column_name
from tunelens.base.language import current_language, say
from tunelens.base.version import __version__
from tunelens.services.hits.page import Finding, Section
from tunelens.services.hits.words import is_numeric, said, shown

if TYPE_CHECKING:
    from tunelens.plots.display import Display

_log = logging.getLogger(__name__)
MOST_SOUND_BYTES = 4_000_000
MOST_PICTURE_BYTES = 8_000_000
SNIPPET_S = 8.0
_MOST_SVG_BYTES = 120_000
_DPI = 120
_TEMPLATE = "hits.html.j2"


@dataclass
class Budget:
    """What a page may still hold of one kind.

    Parameters
    ----------
    most : int
        Bytes.
    spent : int
        Bytes.
    refused : int
        Things that there was no room for.
    """

    most: int
    spent: int = 0
    refused: int = 0

    def take(self, address: str) -> str:
        """Return `address` if there is room for it, else ""."""
        if self.spent + len(address) > self.most:
            self.refused += 1
            return ""
        self.spent += len(address)
        return address


@dataclass(frozen=True)
class Front:
    """What stands above the sections."""

    title: str
    subtitle: str
    tiles: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass
class Media:
    """Pictures and sounds of a page as data addresses, within what it may hold."""

    pictures: dict[str, str] = field(default_factory=dict)
    sounds: dict[Path, str] = field(default_factory=dict)
    for_pictures: Budget = field(default_factory=lambda: Budget(MOST_PICTURE_BYTES))
    for_sounds: Budget = field(default_factory=lambda: Budget(MOST_SOUND_BYTES))

    def told(self) -> str:
        """Return what the page holds, in the language of now."""
        mb = (self.for_pictures.spent + self.for_sounds.spent) / 1e6
        text = say(
            "This page holds {pictures} pictures and {sounds} sounds, {mb} MB; nothing is loaded from "
            "elsewhere.",
            pictures=sum(map(bool, self.pictures.values())), sounds=sum(map(bool, self.sounds.values())),
            mb=f"{mb:.1f}",
        )  # fmt: skip
        refused = self.for_pictures.refused + self.for_sounds.refused
        return text + (" " + say("{n} more did not find room.", n=refused) if refused else "")


def media_of(sections: Sequence[Section]) -> Media:
    """Draw and cut everything that the sections show."""
    media = Media()
    for section in sections:
        for figure in section.figures:
            media.pictures[figure.key] = media.for_pictures.take(_drawn(figure.display))
        for path in _paths(section):
            if path not in media.sounds:
                media.sounds[path] = media.for_sounds.take(sound(path))
    return media


def _paths(section: Section) -> Iterable[Path]:
    players = (player for listing in section.listings for player in listing.players)
    return (player.path for player in players if player.path is not None)


def page(front: Front, sections: Sequence[Section], media: Media) -> str:
    """Return the HTML, in the language of now."""
    from tunelens.services.report import _environment

    environment = _environment()
    environment.filters.update(said=said, column=column_name, shown=shown, is_numeric=is_numeric)
    return environment.get_template(_TEMPLATE).render(
        title=front.title, subtitle=front.subtitle, tiles=front.tiles, findings=front.findings,
        sections=sections, pictures=media.pictures, sounds=media.sounds, language=current_language(),
        say=say, version=__version__,
        colophon=say("Made by Tunelens {version}.", version=__version__) + " " + media.told(),
    )  # fmt: skip


def _drawn(display: Display) -> str:
    try:
        return picture(display)
    except Exception:  # noqa: BLE001 - a picture that fails must not cost the report of hours
        _log.exception("a picture of the report could not be drawn")
        return ""


def picture(display: Display) -> str:
    """Return the data address of a picture: SVG while it is small, else PNG."""
    figure = display.plot().figure_
    svg = _saved(figure, "svg")
    if len(svg) <= _MOST_SVG_BYTES:
        return _address(svg, "image/svg+xml")
    return _address(_saved(figure, "png", dpi=_DPI), "image/png")


def _saved(figure: object, kind: str, **options: int) -> bytes:
    held = io.BytesIO()
    metadata: Mapping[str, object] = {"Creator": "Tunelens"} | ({"Date": None} if kind == "svg" else {})
    tight: dict[str, Any] = {"bbox_inches": "tight", "pad_inches": 0.12}
    figure.savefig(held, format=kind, metadata=metadata, **tight, **options)  # type: ignore[attr-defined]
    return held.getvalue()


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def sound(path: Path) -> str:
    """Return the data address of a few seconds from the middle of a file; "" where there is no sound."""
    from tunelens.audio import probe
    from tunelens.services.report_media import snippet

    try:
        duration_s = probe(path).duration_s
        return snippet(path, duration_s or 0.0, seconds=SNIPPET_S)
    except (TunelensError, OSError):
        return ""
