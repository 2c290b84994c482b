"""Pretrained nets and trained bundles as a person sees them: list, pull, read about them, verify them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import BundleError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES
from tunelens.models.bundles import BundleRow, Check, Manifest, find_bundle
from tunelens.models.bundles import bundles as _bundles
from tunelens.models.bundles import verify as _verify
from tunelens.models.bundles.files import CARD, read_files
from tunelens.models.taxonomy import GROUPS, group_of


@dataclass(frozen=True)
class ModelRow:
    """One line of the list of nets."""

    name: str
    available: bool
    n_tags: int
    licence: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class ModelInfo:
    """What a person should know of a net; `tags` by group."""

    name: str
    version: str
    available: bool
    licence: str
    source: str
    sr: int
    patch_s: float
    tags: dict[str, list[str]]

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as a JSON object."""
        return asdict(self)


def list_models(settings: Settings | None = None) -> list[ModelRow]:
    """Return a row per registered net, in the order of the registry."""
    settings = settings or Settings.from_env()
    nets = [BACKBONES[name] for name in BACKBONES]
    return [
        ModelRow(net.name, net.available(settings), len(net.tags), net.licence, net.source) for net in nets
    ]


def list_bundles(settings: Settings | None = None) -> list[BundleRow]:
    """Return a row per bundle that is found by name, a person's own first."""
    return _bundles(settings)


def named(name: str, settings: Settings | None = None) -> Path:
    """Return the folder of the bundle of this name, which is no path; `UnknownNameError` if there is none."""
    known = {row.name: row.path for row in reversed(_bundles(settings))}
    if name not in known:
        raise UnknownNameError.among("bundle", name, known)
    return known[name]


def verify(name_or_path: str | Path, settings: Settings | None = None) -> list[Check]:
    """Check the bundle of this name, or in this folder; see `tunelens.models.bundles.verify`.

    Raises
    ------
    NotFoundError, UnknownNameError
        There is none.
    """
    return _verify(find_bundle(name_or_path, settings))


@dataclass(frozen=True)
class Card:
    """What a person should know of a bundle: its manifest, and its card as Markdown."""

    manifest: Manifest
    text: str

    def to_dict(self) -> dict[str, Any]:
        """Return both as a JSON object."""
        return {"card": self.text, "manifest": self.manifest.to_dict()}


def card(name_or_path: str | Path, settings: Settings | None = None) -> Card:
    """Return the card of a bundle, whose files are checked but not loaded.

    Raises
    ------
    NotFoundError, UnknownNameError
        There is no such bundle.
    BundleError
        It was altered, or has no card.
    """
    folder = find_bundle(name_or_path, settings)
    manifest = Manifest.read(folder)
    text = read_files(folder, manifest.files).get(CARD)
    if text is None:
        raise BundleError(f"{str(folder)!r} has no card", hint="train it again, or ask who made it for one")
    return Card(manifest, text.decode("utf-8", "replace"))


def pull(name: str, settings: Settings | None = None) -> Path:
    """Fetch the net `name` where needed and return its folder.

    Raises
    ------
    UnknownNameError
        No such net.
    MissingDependencyError
        Something cannot be had; the hint says how to get it.
    """
    return BACKBONES[name].pull(settings or Settings.from_env())


def info(name: str, settings: Settings | None = None) -> ModelInfo:
    """Return the facts about the net `name`; `UnknownNameError` when there is none."""
    net = BACKBONES[name]
    by_group = {group: [tag for tag in net.tags if group_of(tag) == group] for group in GROUPS}
    return ModelInfo(
        name=net.name,
        version=net.version,
        available=net.available(settings or Settings.from_env()),
        licence=net.licence,
        source=net.source,
        sr=net.sr,
        patch_s=net.patch_s,
        tags={group: tags for group, tags in by_group.items() if tags},
    )
