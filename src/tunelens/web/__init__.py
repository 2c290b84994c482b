"""The page: built from ``web/`` when the package is, and served by `tunelens.api`."""

from __future__ import annotations

from pathlib import Path

from tunelens.base.errors import MissingDependencyError

FOLDER = Path(__file__).with_name("page")


def page() -> Path:
    """Return the folder of the built page, which has an ``index.html``.

    Raises
    ------
    MissingDependencyError
        This installation was made without the page.

    Examples
    --------
    >>> page().name  # doctest: +SKIP
    'page'
    """
    if not (FOLDER / "index.html").is_file():
        raise MissingDependencyError(
            "the web page is not built in this installation",
            hint="in a checkout: npm ci && npm run build in web/, or install again without TUNELENS_NO_PAGE",
        )
    return FOLDER
