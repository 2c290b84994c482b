"""A clustering as a file: a page, a picture, or its members as CSV or JSON."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tunelens.base.errors import ParameterError
from tunelens.base.feature_words import feature_name
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.language import current_language, language, say
from tunelens.base.table import Cell, Table
from tunelens.base.version import __version__
from tunelens.explore.clusters import Clustering, silhouettes
from tunelens.explore.clusters.tables import members_table
from tunelens.explore.projection import project
from tunelens.plots.clusters import (
    ClustersDisplay,
    KCurvesDisplay,
    LoadingsDisplay,
    ScreeDisplay,
    SilhouettesDisplay,
)
from tunelens.plots.display import Display
from tunelens.services.clustering import ClusterReport
from tunelens.services.notes import note
from tunelens.services.table_text import csv_text, json_text

PICTURES = (".png", ".svg")
SUFFIXES = (".html", ".csv", ".json", *PICTURES)
MOST_MEMBERS = 2_000
WHOLE = 1000
FEWEST = 4
"""Songs of which a map is made."""
_TEMPLATE = "clusters.html.j2"


def check_clusters(path: Path, *, force: bool = False, lang: str = "en") -> Path:
    """Return `path` if clusters can be written there, before they are looked for."""
    if path.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(SUFFIXES)} are allowed")
    with language(lang):
        return check_writable(path, force=force)


def save_clusters(report: ClusterReport, path: Path, *, force: bool = False, lang: str = "en") -> Path:
    """Write a clustering; the suffix says how.

    Parameters
    ----------
    report : ClusterReport
    path : Path
        ``.html``: one page with pictures and tables. ``.csv``: every song with its cluster. ``.json``: all
        that is known. ``.png``, ``.svg``: the map of the first two principal components.
    force : bool
        Overwrite what exists.
    lang : str
        ``en`` or ``zh``.

    Raises
    ------
    ParameterError
        The suffix is another, or the file exists.
    UnknownNameError
        There is no such language.
    DataError
        The place cannot be written.
    """
    check_clusters(path, force=force, lang=lang)
    suffix = path.suffix.lower()
    with language(lang):
        if suffix in PICTURES:
            return displays(report)["map"].save(path, force=force)
        with atomic_path(path) as temporary:
            text = {".html": _page, ".csv": _csv, ".json": _json}[suffix](report)
            encoding = "utf-8-sig" if suffix == ".csv" else "utf-8"
            temporary.write_text(text, encoding=encoding, errors="replace", newline="")
    return path


def _json(report: ClusterReport) -> str:
    return json_text(report.to_dict())


def _csv(report: ClusterReport) -> str:
    return csv_text(members_table(report.found))


def displays(report: ClusterReport) -> dict[str, Display]:
    """Return pictures by name: ``map``, ``choice``, ``silhouettes``, ``scree``, ``loadings``."""
    found, title = report.found, report.saved or report.found.collection.name
    flat = project(found.prepared, "pca", found.seed) if len(found.prepared) >= FEWEST else None
    pictures: dict[str, Display] = {}
    numbers = [one.number for one in found.clusters]
    if flat is not None and flat.explained is not None:
        axes = tuple(f"PC{i + 1} ({share:.0%})" for i, share in enumerate(flat.explained[:2]))
        pictures["map"] = ClustersDisplay(points=flat.points, labels=found.labels, names=found.names,
                                          numbers=numbers, axes=(axes[0], axes[-1]), title=title)  # fmt: skip
    if found.choice is not None and len(found.choice.table):
        table = found.choice.table
        curves = {name: [float(cell or 0) for cell in table.column(name)] for name in table.columns}
        ks = [int(k or 0) for k in table.column("k")]
        pictures["choice"] = KCurvesDisplay(ks=ks, curves=curves, k=found.choice.k, title=title)
    rows, values = silhouettes(found.prepared.Z, found.labels, found.seed)
    if len(values):
        names = [f"{number} {name}" for number, name in zip(numbers, found.names, strict=True)]
        pictures["silhouettes"] = SilhouettesDisplay(
            values=values, labels=found.labels[rows], names=names, title=title
        )
    if flat is not None and flat.explained is not None and flat.loadings is not None:
        pictures["scree"] = ScreeDisplay(explained=flat.explained, title=title)
        columns = flat.loadings.columns[1:]
        matrix = np.array([row[1:] for row in flat.loadings.rows], np.float64)
        features = found.prepared.features
        pictures["loadings"] = LoadingsDisplay(features=features, loadings=matrix, names=columns, title=title)
    return pictures


def _page(report: ClusterReport) -> str:
    from tunelens.services.evaluation_report import picture
    from tunelens.services.report import _environment

    found, tables = report.found, list(report.tables())
    members = tables.pop()
    if len(members) > MOST_MEMBERS:
        cut = say("The first {n} of {total} songs; as CSV or JSON there are all.",
                  n=MOST_MEMBERS, total=len(members))  # fmt: skip
        members = Table(members.name, members.columns, members.rows[:MOST_MEMBERS], cut)
    pictures = [(say(shown.what), picture(shown)) for shown in displays(report).values()]
    return _environment().get_template(_TEMPLATE).render(
        lang=current_language(), title=report.saved or found.collection.name, lead=lead(report),
        notes=list(map(note, found.notes)), tables=[*tables, members], pictures=pictures,
        methods=methods(report), say=say, shown=shown_cell, version=__version__,
    )  # fmt: skip


def lead(report: ClusterReport) -> str:
    """Return in a sentence what was found."""
    found = report.found
    if found.k == 0:
        return say("No clusters among {n} songs.", n=len(found.labels))
    if found.clear is False:
        return say("No clear clusters among {n} songs; they are divided into {k} parts all the same.",
                   n=len(found.labels), k=found.k)  # fmt: skip
    return say("{n} songs in {k} clusters.", n=len(found.labels), k=found.k)


def methods(report: ClusterReport) -> list[str]:
    """Return how the clusters were found, line by line."""
    found = report.found
    lines = [
        say("Features: {names}; standardised, gaps filled with the median.", names=_features(found)),
        say("Method: {method}, {k} clusters, seed {seed}.", method=found.method, k=found.k, seed=found.seed),
    ]
    if found.choice is not None:
        lines.append(say("How many: figures of k-means on {n} songs, beside songs made up without clusters.",
                         n=found.choice.n))  # fmt: skip
    if found.silhouette is not None:
        lines.append(say("Mean silhouette: {value}.", value=f"{found.silhouette:.2f}"))
    return lines


def _features(found: Clustering) -> str:
    return ", ".join(feature_name(name) for name in found.prepared.features)


def shown_cell(value: Cell) -> str:
    """Return a cell as a reader wants it.

    Examples
    --------
    >>> shown_cell(0.123456), shown_cell(1e-12), shown_cell(None), shown_cell(3)
    ('0.123', '1e-12', '', '3')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3g}" if abs(value) < WHOLE else f"{value:.0f}"
    return str(value)
