"""`Display`: what every picture is, and how it is drawn, titled and saved."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from tunelens.base.errors import ParameterError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.language import current_language, say
from tunelens.plots.fonts import legible, said, tidy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".html")
DPI = 150
INK, QUIET, BLUE, ORANGE = "#1f2430", "#6b7280", "#0072b2", "#d55e00"
_BOX = (0.12, 0.15, 0.78, 0.72)
_TITLE_WIDTH = 62

_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }}
body {{ font: 1rem system-ui, sans-serif; color: #1f2430; }}
figure {{ margin: 0; }}
svg {{ width: 100%; height: auto; }}
</style>
</head>
<body>
<figure role="img" aria-label="{title}">
{svg}
</figure>
</body>
</html>
"""


@dataclass(eq=False, kw_only=True)
class Display:
    """Base of all pictures: data to draw, and after `plot` the figure that shows it.

    Parameters
    ----------
    title : str
        What is shown, as a rule the name of the recording.

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        Set by `plot`.
    ax_ : matplotlib.axes.Axes
        Set by `plot`.
    """

    title: str = ""
    figure_: Figure = field(init=False, repr=False)
    ax_: Axes = field(init=False, repr=False)

    what: ClassVar[str] = ""
    size: ClassVar[tuple[float, float]] = (10.0, 3.6)
    box: ClassVar[tuple[float, float, float, float]] = _BOX

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw into `ax`, or into a figure of its own.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw.

        Returns
        -------
        Display
            Itself, with `figure_` and `ax_`.
        """
        self.ax_ = new_axes(self.size, self.box) if ax is None else ax
        figure = self.ax_.get_figure(root=True)
        if figure is None:
            raise ParameterError("ax belongs to no figure; make it by figure.add_subplot()")
        self.figure_ = figure
        self._draw(self.ax_)
        finish(self.ax_, self.title, self.what, self._title_height())
        return self

    def _title_height(self) -> float:
        """Return where the title stands, as a share of the height of the axes: above all that is drawn."""
        return 1.0

    def _draw(self, ax: Axes) -> None:
        raise NotImplementedError

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the picture; `plot` is called first if it was not.

        Parameters
        ----------
        path : str or Path
            The suffix says how: ``.png``, ``.svg`` or ``.html`` (one page that needs nothing else).
        force : bool
            Overwrite what exists.

        Returns
        -------
        Path
            `path`.

        Raises
        ------
        ParameterError
            When the suffix is another, or the file exists and `force` is not set.
        """
        path = check_suffix(Path(path))
        check_writable(path, force=force)
        if not hasattr(self, "figure_"):
            self.plot()
        with atomic_path(path) as temporary:
            if path.suffix.lower() == ".html":
                temporary.write_text(self._page(), encoding="utf-8")
            else:
                self._save_figure(temporary, path.suffix.lower().removeprefix("."))
        return path

    def _repr_png_(self) -> bytes:
        """Show the picture in a notebook."""
        if not hasattr(self, "figure_"):
            self.plot()
        held = io.BytesIO()
        self._save_figure(held, "png")
        return held.getvalue()

    def _save_figure(self, target: Path | io.BytesIO, kind: str) -> None:
        metadata: dict[str, Any] = {"Title": legible(self.title).text, "Creator": "Tunelens"}
        if kind == "svg":
            metadata["Date"] = None
        self.figure_.savefig(target, format=kind, dpi=DPI, metadata=metadata)

    def _page(self) -> str:
        held = io.BytesIO()
        self._save_figure(held, "svg")
        title = escape(" · ".join(part for part in (tidy(self.title), say(self.what)) if part))
        return _PAGE.format(language=current_language(), title=title, svg=inline(held.getvalue().decode()))


def check_suffix(path: Path) -> Path:
    """Return `path` if a picture can be written by that name, else raise `ParameterError`."""
    if path.suffix.lower() not in SUFFIXES:
        raise ParameterError(
            f"{path.name!r} ends in {path.suffix!r}; {', '.join(SUFFIXES)} are allowed",
            hint="the suffix of the output says what is written",
        )
    return path


def inline(svg: str) -> str:
    """Return the ``<svg>`` element of a file by matplotlib, without its prolog and metadata."""
    return re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], count=1, flags=re.S)


def new_axes(size: tuple[float, float], box: tuple[float, float, float, float]) -> Axes:
    """Return axes in a figure of their own that no global state of matplotlib knows.

    The box is the same for every plot over time, so that pictures of one recording line up.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    return figure.add_axes(box)


def finish(ax: Axes, title: str, what: str, height: float = 1.0) -> None:
    """Give `ax` its title on the left, what it shows on the right, and a quiet frame."""
    for shown, side, color in ((legible(shorten(title)), "left", INK), (said(what), "right", QUIET)):
        drawn = ax.set_title(shown.text, loc=side, fontsize=11, color=color, pad=9, y=height)  # type: ignore[arg-type]
        drawn.set_parse_math(False)
        drawn.set_fontfamily(list(shown.families))
    ax.spines[["top", "right"]].set_visible(False)
    ax.spines[["left", "bottom"]].set_color(QUIET)
    ax.tick_params(colors=QUIET, labelcolor=INK, labelsize=9, which="both")


def shorten(text: str, width: int = _TITLE_WIDTH) -> str:
    """Return `text`, cut with an ellipsis where it would be wider than `width` Latin letters."""
    from unicodedata import east_asian_width

    used = 0
    for i, char in enumerate(text):
        used += 2 if east_asian_width(char) in "WF" else 1
        if used > width:
            return text[:i].rstrip() + "…"
    return text
