"""`DATASETS`: the readers of datasets, by name, and what may be asked of them. Listing imports nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.registry import Registry
from tunelens.data.labels import KINDS, Kind

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks


@dataclass(frozen=True)
class ReadOptions:
    """What a person may tell a reader; what is left out is guessed, and the guess is noted in the report.

    Parameters
    ----------
    label : str, optional
        Column, key or kind of tag that holds the label; ``"genre > subgenre"`` joins two columns of a table.
    kind : {"single", "multi", "hierarchical", "continuous"}, optional
        How labels are meant.
    separator : str
        Between the labels of one row.
    group : tuple of str
        Columns that rows of one origin share; for a folder of classes the names of the folders below.
    split : str, optional
        Column with train, valid and test; for MTG-Jamendo the folder, say ``split-0``.
    time : str, optional
        Column with years or dates.
    level : int, optional
        How many levels of a hierarchical label to keep.
    features : tuple of str
        Columns to learn from; all columns of numbers if empty.
    min_per_class : int
        Rows of rarer classes are left out.
    split_lists : Path, optional
        Folder with lists of files for each split, ``train*.txt``, ``valid*.txt``, ``test*.txt``.
    audio : Path, optional
        Folder that holds the sound, where the source does not say it or says it for another computer.

    Raises
    ------
    ParameterError
        A value is not allowed.
    """

    label: str | None = None
    kind: Kind | None = None
    separator: str = ";"
    group: tuple[str, ...] = ()
    split: str | None = None
    time: str | None = None
    level: int | None = None
    features: tuple[str, ...] = ()
    min_per_class: int = 1
    split_lists: Path | None = None
    audio: Path | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise ParameterError(f"kind is {self.kind!r}; {', '.join(KINDS)} are allowed")
        if not self.separator:
            raise ParameterError("separator is empty; at least one character is needed")
        for name in ("level", "min_per_class"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ParameterError(f"{name} is {value}; at least 1 is needed")


def options_from(texts: Iterable[str], **given: Any) -> ReadOptions:
    """Return the options that ``name=value`` says, as a person types them, and those `given`.

    Parameters
    ----------
    texts : iterable of str
        ``audio=/music``, ``level=1``, ``group=artist,album``.
    given : Any
        Fields of `ReadOptions` that are known already; None where they are not.

    Raises
    ------
    ParameterError
        A text is not of that form, or a value is not allowed.
    UnknownNameError
        There is no such option.

    Examples
    --------
    >>> options = options_from(["separator=,", "level=2", "group=artist,album"], label="genre", kind=None)
    >>> options.separator, options.level, options.group, options.label
    (',', 2, ('artist', 'album'), 'genre')
    """
    values = {name: value for name, value in given.items() if value is not None}
    known = [field.name for field in fields(ReadOptions)]
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise ParameterError(f"{text!r} is no option of a dataset", hint="write name=value")
        if name not in known:
            raise UnknownNameError.among("option of a dataset", name, known)
        values[name] = _value(name, value)
    return ReadOptions(**values)


def _value(name: str, text: str) -> Any:
    if name in {"group", "features"}:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if name in {"audio", "split_lists"}:
        return Path(text).expanduser()
    if name not in {"level", "min_per_class"}:
        return text
    if not text.strip().isdecimal():
        raise ParameterError(f"{name} is {text!r}; a whole number is needed")
    return int(text)


class Reader(Protocol):
    """What reads one format."""

    name: str
    summary: str
    """One line for lists."""

    def recognises(self, path: Path) -> bool:
        """Is `path`, which exists, of this format? Looks at names and beginnings, never at everything."""
        ...

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read `source`: a path, or what stands behind ``name:`` where the reader takes something else."""
        ...


_READERS = "tunelens.data.readers"

DATASETS: Registry[Reader] = Registry(
    "dataset reader",
    {
        "gtzan_table": f"{_READERS}.gtzan_table:GTZAN_TABLE",
        "gtzan": f"{_READERS}.gtzan:GTZAN",
        "fma": f"{_READERS}.fma:FMA",
        "jamendo": f"{_READERS}.jamendo:JAMENDO",
        "msd": f"{_READERS}.msd:MSD",
        "spotify_account": f"{_READERS}.spotify_account:SPOTIFY_ACCOUNT",
        "apple_music": f"{_READERS}.apple_music:APPLE_MUSIC",
        "manifest": f"{_READERS}.manifest:MANIFEST",
        "matrix": f"{_READERS}.matrix:MATRIX",
        "folder": f"{_READERS}.folder:FOLDER",
        "mirdata": f"{_READERS}.mirdata_loader:MIRDATA",
    },
    group="tunelens.datasets",
)
"""In this order formats are tried: the special before the general."""
