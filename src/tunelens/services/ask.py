"""Ask bundles about what was heard in a recording anyway, without another look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import Descriptors
from tunelens.models.bundles import DEFAULT_BUNDLES, SHIPPED, Bundle, find_bundle
from tunelens.models.bundles.files import MANIFEST
from tunelens.models.prediction import Prediction
from tunelens.models.tagging import Tagging
from tunelens.services.vectors import TABLE

MUSIC, NOT_MUSIC = "music", "not music"


def asked_bundles(
    names: tuple[str, ...] | None, models: Iterable[str], settings: Settings
) -> dict[str, Bundle]:
    """Return the bundles of these names; None stands for the shipped ones that hear with these nets.

    Raises
    ------
    NotFoundError, UnknownNameError, BundleError
        One that was named cannot be had.
    ParameterError
        One that was named hears with other nets, or not what `analyze` hears.
    """
    nets = set(models)
    if names is None:
        shipped = {name: _loaded(SHIPPED / name) for name in DEFAULT_BUNDLES if (SHIPPED / name).is_dir()}
        return {name: one for name, one in shipped.items() if nets >= set(one.input.nets)}
    found = {Path(name).name: _loaded(find_bundle(name, settings)) for name in names}
    for name, one in found.items():
        if not nets >= set(one.input.nets) or one.manifest.input.kind != "vector" or one.input.name == TABLE:
            raise ParameterError(
                f"the bundle {name!r} hears {one.input.name!r}, which analyze does not hear with the nets "
                f"{', '.join(sorted(nets)) or 'none'}",
                hint=f"tunelens predict {name} asks it about files",
            )
    return found


def _loaded(folder: Path) -> Bundle:
    return _load(folder, (folder / MANIFEST).stat().st_mtime_ns)


@lru_cache(maxsize=32)
def _load(folder: Path, changed_ns: int) -> Bundle:
    """Load a bundle once, and again when it was written anew."""
    del changed_ns
    return Bundle.load(folder)


def ask(
    bundles: Mapping[str, Bundle], descriptors: Descriptors, taggings: Iterable[Tagging]
) -> dict[str, Prediction]:
    """Return what each bundle says, by its name; what is no music has neither genre nor mood."""
    heard = {tagging.model: tagging for tagging in taggings}
    said = {}
    for name, bundle in bundles.items():
        numbers = bundle.input.of_heard(descriptors, heard)
        if numbers is not None:
            said[name] = bundle.predict(numbers[None])[0]
    if not is_noise(said):
        return said
    return {name: one if name == MUSIC else unsaid(one) for name, one in said.items()}


def is_noise(said: Mapping[str, Prediction]) -> bool:
    """Is it sure that this is no music?"""
    return MUSIC in said and said[MUSIC].label == NOT_MUSIC


def unsaid(said: Prediction) -> Prediction:
    """Return what may be said where there is no music."""
    return replace(said, label=None, labels=(), known=False, why="it does not sound like music")


def warnings_of(said: Mapping[str, Prediction]) -> tuple[str, ...]:
    """Return what a person should be warned of."""
    return ("does not sound like music",) if is_noise(said) else ()
