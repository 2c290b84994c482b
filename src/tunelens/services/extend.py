"""Add a class to a bundle from a few recordings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tunelens.audio import Unfound, find_audio
from tunelens.base.errors import DataError, TunelensError
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.models.bundles import Bundle, find_bundle
from tunelens.models.bundles import extend as extend_bundle
from tunelens.models.bundles.files import check_place
from tunelens.models.bundles.find import bundles_dir
from tunelens.services.vectors import Excerpt, vectors


def extend(
    bundle: str | Path | Bundle,
    name: str,
    paths: Iterable[str | Path],
    out: str | Path | None = None,
    *,
    prior: float | None = None,
    jobs: int | None = None,
    force: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> tuple[Bundle, list[tuple[Path, TunelensError]]]:
    """Write a bundle that knows one class more, learned from a few recordings.

    Parameters
    ----------
    bundle : str, Path or Bundle
        Name or folder of a bundle that hears sound; it stays as it is.
    name : str
        The class.
    paths : iterable of str or Path
        Files and folders; 5 to 20 recordings are a good number, 3 the least.
    out : path-like, optional
        Folder of the new bundle; ``bundles/NAME-CLASS`` in the data folder if left out.
    prior : float, optional
        How often the class is met, 0 to 1; as often as the mean of the others if left out.

    Returns
    -------
    (Bundle, list of (Path, TunelensError))
        The new bundle, and the recordings that could not be heard.

    Raises
    ------
    ParameterError
        The name is taken, `out` exists, or a class cannot be added to such a bundle.
    DataError
        Fewer than 3 recordings could be heard.
    """
    settings = settings or Settings.from_env()
    loaded = bundle if isinstance(bundle, Bundle) else Bundle.load(find_bundle(bundle, settings))
    folder = Path(out) if out is not None else bundles_dir(settings) / f"{loaded.folder.name}-{name}"
    check_place(folder, force=force)
    found = list(find_audio(paths))
    failures = [(one.path, one.error) for one in found if isinstance(one, Unfound)]
    files = [one for one in found if not isinstance(one, Unfound)]
    heard = vectors(
        [Excerpt(one) for one in files], loaded.input, jobs=jobs, settings=settings, progress=progress
    )
    for path, one in zip(files, heard, strict=True):
        if isinstance(one, TunelensError):
            failures.append((path, one))
    good = [one for one in heard if not isinstance(one, TunelensError)]
    if not good:
        raise DataError(
            f"none of the {len(found)} examples of {name!r} could be heard",
            hint=f"the first: {failures[0][1].message}" if failures else "name files or folders of sound",
        )
    return extend_bundle(loaded, name, np.stack(good), folder, prior=prior, force=force), failures
