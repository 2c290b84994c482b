"""`Bundle`: a trained model with everything needed to use and to trust it, as one folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError, DataError, NotFoundError, TunelensError
from tunelens.models.bundles import estimators
from tunelens.models.bundles.answers import answers
from tunelens.models.bundles.card import write_card
from tunelens.models.bundles.extension import Extended, extended_trust, read_added
from tunelens.models.bundles.files import (
    ADDED,
    AGAIN,
    CARD,
    MANIFEST,
    REFERENCE,
    TRUST,
    atomic_folder,
    check_place,
    pack_arrays,
    read_arrays,
    read_files,
)
from tunelens.models.bundles.manifest import InputSpec, Manifest
from tunelens.models.inputs import Input
from tunelens.models.prediction import Prediction

if TYPE_CHECKING:
    from tunelens.models.recipe import Fitted
    from tunelens.models.trust import Trust

Float = NDArray[np.float64]
AGREEMENT = 1e-5
"""How far an answer of a bundle may be from that of the model that was saved; for numbers, relative."""


@dataclass(frozen=True, eq=False)
class Facts:
    """What a bundle tells of its training; see `Manifest`.

    Parameters
    ----------
    name, input
        Of the model; what it hears.
    label, recipe, data, data_id, n_train, protocol, metrics, licence, sources, notes
        As in `Manifest`.
    """

    name: str
    input: Input
    label: str = "label"
    recipe: str = ""
    data: str = ""
    data_id: str = ""
    n_train: int = 0
    protocol: str = ""
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    licence: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Bundle:
    """A model that was loaded from its folder.

    Parameters
    ----------
    folder : Path
        Where it lies.
    manifest : Manifest
        What it says about itself.
    input : Input
        What it hears.
    model : Answering
        The model.
    trust : Trust or None
        How far to believe it.
    reference : Mapping of str to ndarray
        Training vectors ``X`` with ``ids`` and ``labels``; empty where they were not kept.
    """

    folder: Path
    manifest: Manifest
    input: Input
    model: estimators.Answering
    trust: Trust | None
    reference: Mapping[str, NDArray[Any]]
    card_text: str = ""

    @staticmethod
    def save(
        folder: str | Path,
        fitted: Fitted,
        facts: Facts,
        trust: Trust | None = None,
        *,
        reference: Mapping[str, NDArray[Any]] | None = None,
        sample: NDArray[Any] | None = None,
        force: bool = False,
    ) -> Bundle:
        """Write a bundle, whole or not at all, and return it as it was loaded again.

        Parameters
        ----------
        folder : path-like
            Where to; its name need not be that of the model.
        fitted : Fitted
            The trained model.
        facts : Facts
            What to tell of its training.
        trust : Trust, optional
            How far to believe it.
        reference : Mapping of str to ndarray, optional
            Training vectors to keep, ``X``, ``ids`` and ``labels``.
        sample : ndarray, optional
            Rows on which the bundle must answer as `fitted` does; those of `reference` if left out.
        force : bool
            Overwrite a bundle that is there.

        Raises
        ------
        ParameterError
            Something is there already.
        BundleError
            The model cannot be saved without pickle, or does not come back as it was.
        DataError
            The place cannot be written.
        """
        folder = Path(folder)
        check_place(folder, force=force)
        rows = sample if sample is not None else (reference or {}).get("X")
        with atomic_folder(folder, force=force) as temporary:
            _write(temporary, fitted, facts, trust, reference)
            written = Bundle.load(temporary)
            if rows is not None:
                _check_agreement(written, fitted, rows[:64])
        return Bundle(
            folder,
            written.manifest,
            written.input,
            written.model,
            written.trust,
            written.reference,
            written.card_text,
        )

    @staticmethod
    def load(folder: str | Path) -> Bundle:
        """Load a bundle; everything in it is checked first.

        Raises
        ------
        NotFoundError
            There is no such folder.
        BundleError
            It is of another version, was altered, or does not fit this machine; the hint says what to do.
        """
        folder = Path(folder)
        if not folder.is_dir():
            raise NotFoundError(f"{str(folder)!r} is no folder, so no bundle", hint="tunelens models list")
        manifest = Manifest.read(folder)
        files = read_files(folder, manifest.files)
        heard = manifest.input.resolve()
        estimators.check_libraries(manifest.libraries)
        model, trust = load_answering(files, manifest)
        return Bundle(
            folder,
            manifest,
            heard,
            model,
            trust,
            read_arrays(files[REFERENCE], REFERENCE) if REFERENCE in files else {},
            files.get(CARD, b"").decode("utf-8", "replace"),
        )

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.manifest.name

    @property
    def version(self) -> str:
        """Changes whenever its answers may."""
        return hashlib.sha256(self.manifest.to_json().encode()).hexdigest()[:12]

    @property
    def classes(self) -> tuple[str, ...]:
        """Columns of the probabilities."""
        return self.manifest.classes

    def card(self) -> str:
        """Return what a person should know of the model, as Markdown."""
        return self.card_text

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return what the model says: probabilities before calibration (n, n_classes), or numbers (n,).

        Raises
        ------
        DataError
            The rows are not as wide as the input.
        """
        X = np.asarray(X)
        rank = 2 if self.manifest.input.kind == "vector" else 3
        if X.ndim != rank or X.shape[-1] != self.manifest.input.width:
            raise DataError(
                f"X has shape {X.shape}; {self.name} takes rows of {self.manifest.input.width} numbers of "
                f"the input {self.input.name!r}"
            )
        if not len(X):
            return np.zeros((0, len(self.classes)) if self.classes else 0)
        return self.model.proba(X)

    def predict(self, X: NDArray[Any]) -> list[Prediction]:
        """Return what may be said of each row.

        Parameters
        ----------
        X : ndarray, shape (n, d) or (n, t, d)
            Numbers of the input.
        """
        said = self.predict_proba(X)
        return answers(said, np.asarray(X), self.manifest.task, self.classes, self.trust)


def load_answering(
    files: Mapping[str, bytes], manifest: Manifest
) -> tuple[estimators.Answering, Trust | None]:
    """Return the model with its trust; classes that were added later come on top of both.

    Raises
    ------
    BundleError
        One of them is not right.
    """
    added = read_added(files[ADDED]) if ADDED in files else ()
    names = tuple(one.name for one in added)
    n_trained = len(manifest.classes) - len(names)
    if manifest.classes[n_trained:] != names or (added and n_trained < 1):
        raise BundleError(f"{ADDED} holds other classes than the manifest names", hint=AGAIN)
    trained, file = manifest.classes[:n_trained], manifest.model
    model = estimators.unpack(file, files[file], manifest.task, trained, manifest.input.width)
    trust = _trust(files, manifest, trained)
    if not added:
        return model, trust
    extended = Extended(model, manifest.task, trust, added)
    return extended, None if trust is None else extended_trust(trust, names)


def _trust(files: Mapping[str, bytes], manifest: Manifest, classes: tuple[str, ...]) -> Trust | None:
    """Return the trust among `files`, None where there is none; `BundleError` when it makes no sense."""
    if TRUST not in files:
        return None
    from tunelens.models.trust import Trust

    arrays = read_arrays(files[TRUST], TRUST)
    try:
        trust = Trust.from_arrays(arrays)
        if (trust.task, tuple(trust.classes)) == (manifest.task, classes):
            _try_out(trust, manifest)
    except (TunelensError, KeyError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise BundleError(f"{TRUST} makes no sense: {error!r}", hint=AGAIN) from None
    if (trust.task, tuple(trust.classes)) != (manifest.task, classes):
        raise BundleError(f"{TRUST} is of another task or of other classes than the manifest", hint=AGAIN)
    return trust


def _try_out(trust: Trust, manifest: Manifest) -> None:
    """Ask for one decision, so that arrays that do not fit each other or the input fail here."""
    k, d = len(trust.classes), manifest.input.width
    said = np.zeros(1) if trust.task == "continuous" else np.full((1, k), 1 / max(k, 1))
    X = np.zeros((1, d) if manifest.input.kind == "vector" else (1, 2, d))
    rows = {"single": 1, "multi": k, "continuous": 0}[trust.task]
    if trust.lines.shape != (rows, 2) or not np.isfinite(trust.lines).all():
        raise ValueError(f"the calibration has shape {trust.lines.shape}")
    with np.errstate(all="ignore"):
        decision = trust.decide(said, X)[0]
    if decision.novelty is not None and not np.isfinite(decision.novelty):
        raise ValueError("novelty cannot be told")


def _write(
    folder: Path,
    fitted: Fitted,
    facts: Facts,
    trust: Trust | None,
    reference: Mapping[str, NDArray[Any]] | None,
) -> None:
    name, data = estimators.pack(fitted.estimator)
    files = {name: data}
    if trust is not None:
        files[TRUST] = pack_arrays(trust.to_arrays())
    if reference:
        files[REFERENCE] = pack_arrays(reference)
    manifest = _manifest(fitted, facts, trust, estimators.libraries(name), {})
    files[CARD] = write_card(manifest).encode()
    digests = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    manifest = _manifest(fitted, facts, trust, estimators.libraries(name), digests)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")


def _manifest(
    fitted: Fitted, facts: Facts, trust: Trust | None, needed: dict[str, str], files: dict[str, str]
) -> Manifest:
    told = {name: value for name, value in vars(facts).items() if name != "input"}
    told["metrics"] = {name: _finite(one) for name, one in facts.metrics.items()}
    report = None if trust is None else trust.report
    return Manifest(
        task=fitted.task,
        classes=tuple(fitted.classes) if fitted.task != "continuous" else (),
        input=InputSpec.of(facts.input),
        trust={} if report is None else _finite(report.to_dict()),
        libraries=needed,
        files=files,
        **told,
    )


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values as JSON knows them: None for what is not finite."""
    return {
        name: None if isinstance(value, float) and not np.isfinite(value) else value
        for name, value in values.items()
    }


def _check_agreement(bundle: Bundle, fitted: Fitted, rows: NDArray[Any]) -> None:
    said = fitted.predict(rows) if fitted.task == "continuous" else fitted.predict_proba(rows)
    told = bundle.predict_proba(rows)
    gap = np.max(np.abs(np.asarray(said, np.float64) - told) / np.maximum(1, np.abs(told)), initial=0.0)
    if not gap <= AGREEMENT:
        raise BundleError(
            f"the bundle would answer otherwise than the trained model: {gap:.2g} apart, "
            f"{AGREEMENT:g} is allowed",
            hint="this is a fault of Tunelens; please report it with the model and its parameters",
        )
