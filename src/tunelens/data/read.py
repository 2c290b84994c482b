"""`read_dataset`: any source of labelled music or numbers as `Tracks`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tunelens.base.errors import DataError, NotFoundError, UnknownNameError
from tunelens.data.readers.table import looks_like_table
from tunelens.data.registry import DATASETS, ReadOptions
from tunelens.data.tracks import Tracks


def read_dataset(
    source: str | Path, *, reader: str | None = None, options: ReadOptions | None = None
) -> Tracks:
    """Read a dataset; what was found, left out and guessed is in the ``report`` of the result.

    Parameters
    ----------
    source : str or Path
        A file or folder, or ``reader:source``: ``gtzan:/data/gtzan``, ``library:genre:jazz``.
    reader : str, optional
        A name of `DATASETS`; told from the content if left out.
    options : ReadOptions, optional
        Which column is the label, what rows have in common, and so on.

    Returns
    -------
    Tracks
        Rows with labels; ``report.n_found`` rows were seen, and each that is not here is in
        ``report.dropped`` with a reason.

    Raises
    ------
    NotFoundError
        There is no such file or folder.
    UnknownNameError
        There is no such reader or column.
    DataError
        No reader knows the format, the label cannot be told, or not one row can be used.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "songs.csv"
    >>> rows = "128,0.9,0.8,dance\\n70,0.2,0.1,calm\\n90,0.3,,calm\\n"
    >>> _ = path.write_text("tempo,danceability,energy,label\\n" + rows, "utf-8")
    >>> tracks = read_dataset(path)
    >>> tracks.X.shape, tracks.labels.counts(), tracks.report.n_found
    ((3, 3), {'calm': 2, 'dance': 1}, 3)
    """
    name, where = _named(source) if reader is None else (reader, source)
    chosen = options or ReadOptions()
    try:
        return DATASETS[name or _recognised(Path(where).expanduser())].read(where, chosen)
    except OSError as error:
        place = error.filename or where
        raise DataError(f"{str(place)!r} cannot be read: {error.strerror or error}") from error
    except MemoryError as error:
        raise DataError(f"{str(where)!r} does not fit into memory", hint="read a part of it") from error


def _named(source: str | Path) -> tuple[str | None, str | Path]:
    text = str(source)
    name, colon, rest = text.partition(":")
    if isinstance(source, Path) or not colon or os.path.lexists(text):
        return None, source
    if name in DATASETS:
        return name, rest
    if re.fullmatch(r"\w{2,}", name):
        raise UnknownNameError.among("dataset reader", name, DATASETS)
    return None, source


def _recognised(path: Path) -> str:
    if not os.path.exists(path):  # noqa: PTH110 - never raises
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    readers = [name for name in DATASETS if name != "mirdata"]
    for name in readers:
        if DATASETS[name].recognises(path):
            return name
    if looks_like_table(path):
        raise DataError(
            f"{str(path)!r} is a table in which no column holds files and none holds numbers",
            hint="is it empty, or cut off? a column of paths, or columns of numbers, and a label are needed",
        )
    raise DataError(
        f"{str(path)!r} is no dataset that is known here; tried {', '.join(readers)}",
        hint="a folder per class, a table with a column of paths, or a table of numbers is needed",
    )
