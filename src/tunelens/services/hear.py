"""`hear`: everything about one file from one decode. Worker processes run this function."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tunelens.audio import Listening, listen
from tunelens.audio.decoders import open_file
from tunelens.base.errors import DataError, MissingDependencyError, ParameterError
from tunelens.base.settings import Settings
from tunelens.base.version import __version__
from tunelens.features.descriptors import DESCRIPTORS_VERSION, Descriptors, describe
from tunelens.features.landmarks import PeakFrames
from tunelens.features.summary import Summary
from tunelens.library.analysis import Analysis, Print, version_of
from tunelens.library.identity import FileStamp
from tunelens.library.prints import PRINTS_VERSION, Printer
from tunelens.models import BACKBONES, DEFAULT_BACKBONES, DEFAULT_PATCHES, Ear, Tagging
from tunelens.models.bundles import Bundle
from tunelens.services.ask import ask, asked_bundles, warnings_of


@dataclass(frozen=True)
class HearOptions:
    """What to hear; small and picklable, it travels to the workers.

    Parameters
    ----------
    models : tuple of str
        Names in `tunelens.models.BACKBONES`; () for descriptors alone.
    n_patches : int or None
        Evenly spaced patches of 3 s that each net hears per song; None for all.
    bundles : tuple of str, optional
        Names or folders of bundles to ask about what was heard; those that are shipped if left out, as far
        as the nets that they hear with are among `models`.
    settings : Settings
        Longest recording, time limit, where nets lie.

    Examples
    --------
    >>> HearOptions(models=()).versions().keys()
    dict_keys(['descriptors', 'prints'])
    """

    models: tuple[str, ...] = DEFAULT_BACKBONES
    n_patches: int | None = DEFAULT_PATCHES
    bundles: tuple[str, ...] | None = None
    settings: Settings = field(default_factory=Settings.from_env)

    def __post_init__(self) -> None:
        object.__setattr__(self, "models", tuple(dict.fromkeys(self.models)))  # each is heard once
        if self.n_patches is not None and self.n_patches < 1:
            raise ParameterError(f"n_patches is {self.n_patches}; at least 1 is needed, or None for all")

    def versions(self) -> dict[str, str]:
        """Return what a track heard with these options is heard with, see `Analysis.versions`.

        Raises
        ------
        UnknownNameError
            A model is not registered.
        """
        nets = {name: version_of(BACKBONES[name].version, self.n_patches) for name in self.models}
        asked = {f"bundle:{name}": one.version for name, one in self.asked().items()}
        return {"descriptors": str(DESCRIPTORS_VERSION), "prints": PRINTS_VERSION, **nets, **asked}

    def asked(self) -> dict[str, Bundle]:
        """Return the bundles that are asked, by name.

        Raises
        ------
        NotFoundError, UnknownNameError, BundleError
            One that was named cannot be had.
        ParameterError
            One that was named hears what is not heard here.
        """
        return asked_bundles(self.bundles, self.models, self.settings)

    def require_models(self) -> None:
        """Raise `MissingDependencyError` unless every net is here."""
        missing = [name for name in self.models if not BACKBONES[name].available(self.settings)]
        if missing:
            raise MissingDependencyError(
                f"the nets {', '.join(missing)} are not here yet",
                hint="tunelens models pull fetches them; --no-models gives descriptors alone",
            )


def hear(path: Path, options: HearOptions) -> Analysis:
    """Decode `path` once and return everything about it.

    Raises
    ------
    NotFoundError, AudioError
        It cannot be heard.
    DataError
        It was changed while it was heard.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100 - Path.absolute keeps ".."
    content = _read(path)
    heard = _listen(path, options)
    said = ask(options.asked(), heard.descriptors, heard.taggings)
    if _stamp(path) != content.stamp:
        raise DataError(f"{str(path)!r} was changed while it was heard", hint="run again when it is complete")
    return Analysis(
        path=path,
        stamp=content.stamp,
        content_sha256=content.sha256,
        duration_s=heard.listening.duration_s,
        info=heard.listening.info,
        descriptors=heard.descriptors,
        taggings=heard.taggings,
        predictions=said,
        prints=heard.prints,
        warnings=(*heard.listening.warnings, *warnings_of(said)),
        versions={"tunelens": __version__, **options.versions()},
    )


@dataclass(frozen=True)
class _Content:
    stamp: FileStamp
    sha256: str


def _read(path: Path) -> _Content:
    with os.fdopen(open_file(path), "rb") as file:
        status = os.fstat(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _Content(FileStamp(status.st_size, status.st_mtime_ns), digest)


def _stamp(path: Path) -> FileStamp | None:
    try:
        return FileStamp.of(path)
    except OSError:
        return None


@dataclass(frozen=True)
class _Heard:
    listening: Listening
    descriptors: Descriptors
    taggings: tuple[Tagging, ...]
    prints: tuple[Print, ...]


def _listen(path: Path, options: HearOptions) -> _Heard:
    listening = listen(path, max_duration_s=options.settings.max_duration_s)
    ears = [BACKBONES[name].listener(options.n_patches, options.settings) for name in options.models]
    printer = Printer()
    descriptors = describe(Summary.concat(_summaries(listening, ears, printer)))
    return _Heard(listening, descriptors, tuple(ear.finish() for ear in ears), printer.finish())


def _summaries(listening: Listening, ears: list[Ear], printer: Printer) -> Iterable[Summary]:
    for window in listening:
        for ear in ears:
            ear.add(window.clip)
        frames = PeakFrames(window.clip)
        printer.add(window, frames.peaks)
        yield Summary.of(window, frames)
