"""Pictures of a file as bytes, for a page: in a language, light or dark, one at a time, kept by content."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunelens.audio import stream
from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.language import language as speaking
from tunelens.base.settings import Settings
from tunelens.plots import PLOTS
from tunelens.plots.display import INK, QUIET
from tunelens.plots.matrix import MatrixDisplay
from tunelens.services.kept_pieces import KeptPieces
from tunelens.services.plot import name_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS, THEMES = ("png", "svg"), ("light", "dark")
LONGEST_S = 900.0
DPI = 110
VERSION = 1
GROUND, LIGHT_INK, LIGHT_QUIET = "#15181e", "#e7e9ee", "#a3abb8"
_ONE_AT_A_TIME = threading.Lock()
"""matplotlib shares caches of fonts and paths between figures, which are not made for threads."""


def picture(
    path: Path,
    kind: str,
    format: str = "png",
    *,
    language: str = "en",
    theme: str = "light",
    start_s: float = 0.0,
    end_s: float | None = None,
    bare: bool = False,
    sha256: str = "",
    settings: Settings | None = None,
) -> bytes:
    """Draw a file, or an excerpt of it, of at most 15 minutes.

    Parameters
    ----------
    path : Path
        Any audio file.
    kind : str
        One of `PLOTS`.
    format : {"png", "svg"}
    language : str
        "en" or "zh".
    theme : {"light", "dark"}
    start_s, end_s : float
        The excerpt, seconds; from the beginning, and 15 minutes, unless told.
    bare : bool
        The colours alone, without axes and words, as PNG: for whoever has axes already.
    sha256 : str
        The content, by which the picture is kept; "" keeps none.

    Raises
    ------
    UnknownNameError
        There is no such kind, format or theme.
    ParameterError
        The excerpt is none, or too long; or the picture is more than colours, and cannot be bare.
    AudioError, NotFoundError, MissingDependencyError
        The file cannot be heard.
    """
    display: Any = PLOTS[kind]
    for what, name, known in (("format of a picture", format, FORMATS), ("theme", theme, THEMES)):
        if name not in known:
            raise UnknownNameError.among(what, name, known)
    if end_s is not None and not 0 < end_s - start_s <= LONGEST_S:
        raise ParameterError(f"an excerpt is longer than 0 s, and at most {LONGEST_S:g} s")
    kept = KeptPieces.of("pictures", settings or Settings.from_env())
    key = (VERSION, sha256, path.name, kind, format, language, theme, start_s, end_s, bare)
    held = kept.get(*key) if sha256 else None
    if held is not None:
        return held
    duration_s = LONGEST_S if end_s is None else end_s - start_s
    with speaking(language):
        sound = stream(path, offset_s=start_s, duration_s=duration_s)
        shown = display.from_clip(sound, title=name_of(path))
        with _ONE_AT_A_TIME:
            drawn = _bare(shown, kind, format) if bare else _drawn(shown, format, theme)
    return kept.put(drawn, *key) if sha256 else drawn


def _bare(shown: Any, kind: str, format: str) -> bytes:
    if not isinstance(shown, MatrixDisplay) or format != "png":
        raise ParameterError(
            f"{kind} cannot be bare as {format}", hint="mel, spectrogram or chroma as png can"
        )
    from matplotlib.image import imsave

    held = io.BytesIO()
    imsave(held, shown.pixels(), format=format)
    return held.getvalue()


def _drawn(shown: Any, format: str, theme: str) -> bytes:
    held = io.BytesIO()
    figure = shown.plot().figure_
    if theme == "dark":
        darken(figure)
    metadata = {"Creator": "Tunelens"} | ({"Date": None} if format == "svg" else {})
    figure.savefig(held, format=format, dpi=DPI, metadata=metadata)
    figure.clear()  # figures and axes refer to each other; the next collection is far away
    return held.getvalue()


def darken(figure: Figure) -> None:
    """Turn paper dark and ink light; what is drawn keeps its colours."""
    from matplotlib.colors import same_color
    from matplotlib.text import Text

    figure.set_facecolor(GROUND)
    for ax in figure.axes:
        ax.set_facecolor(GROUND)
        ax.tick_params(colors=LIGHT_QUIET, labelcolor=LIGHT_INK, which="both")
        for spine in ax.spines.values():
            spine.set_color(LIGHT_QUIET)
    for text in figure.findobj(Text):
        if isinstance(text, Text) and same_color(text.get_color(), INK):
            text.set_color(LIGHT_INK)
        elif isinstance(text, Text) and same_color(text.get_color(), QUIET):
            text.set_color(LIGHT_QUIET)
        elif isinstance(text, Text) and same_color(text.get_color(), "black"):
            text.set_color(LIGHT_INK)
