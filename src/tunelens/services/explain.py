"""Why a bundle says what it says: of one recording, or of a labelled table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import Clip, decode, write_wav
from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.files import check_writable
from tunelens.base.language import say, word
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.explain import (
    Attribution,
    Example,
    HeardTag,
    Importance,
    attribute,
    importances,
    listenable,
    nearest_examples,
    own_weights,
    tags_where_it_mattered,
)
from tunelens.explain.occlusion import N_BANDS, N_SEGMENTS
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.models.bundles import Bundle, find_bundle
from tunelens.models.prediction import Prediction
from tunelens.services.plot import name_of
from tunelens.services.vectors import TABLE, require_nets

if TYPE_CHECKING:
    from tunelens.data import Tracks

LONGEST_S = 30.0
N_TAGS, N_EXAMPLES = 5, 5


@dataclass(frozen=True, eq=False)
class Explanation(Shown):
    """Why a bundle says what it says of one recording.

    Parameters
    ----------
    path : Path
        The recording.
    start_s, end_s : float
        The excerpt that was explained.
    target : str
        The class, tag or number that was explained.
    prediction : Prediction
        What the bundle says of the excerpt.
    attribution : Attribution
        What each stretch of time and each band added.
    tags : tuple of HeardTag
        What else sounded where it mattered.
    examples : tuple of Example
        The most similar training examples, where the bundle keeps them.
    picture, sound : Path or None
        What was written.
    """

    path: Path
    start_s: float
    end_s: float
    target: str
    prediction: Prediction
    attribution: Attribution
    tags: tuple[HeardTag, ...] = ()
    examples: tuple[Example, ...] = ()
    picture: Path | None = None
    sound: Path | None = None

    def _card(self) -> Card:
        told = self.prediction.card(f"{name_of(self.path)} · {self.target}")
        return replace(
            told,
            tables=(*told.tables, *(table for table in self._tables() if table.rows)),
            shares=("probability", "there", "in the whole clip"),
            picture=_content(self.picture),
            sound=_content(self.sound),
        )

    def _tables(self) -> tuple[Table, ...]:
        parts = self.attribution
        when, bands = _rows(parts.edges_s + self.start_s, parts.segments), _rows(parts.edges_hz, parts.bands)
        tags = tuple((one.tag, one.there, one.elsewhere) for one in self.tags)
        return (
            Table(say("What each stretch added"), (word("from (s)"), word("to (s)"), word("added")), when),
            Table(say("What each band added"), (word("from (Hz)"), word("to (Hz)"), "added"), bands),
            Table(
                say("What sounded where it mattered"),
                (word("tag"), word("there"), word("in the whole clip")),
                tags,
            ),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "start_s": self.start_s,
            "end_s": self.end_s,
            "target": self.target,
            "prediction": self.prediction.to_dict(),
            "attribution": self.attribution.to_dict(),
            "tags": [asdict(tag) for tag in self.tags],
            "examples": [asdict(example) for example in self.examples],
            "picture": None if self.picture is None else str(self.picture),
            "sound": None if self.sound is None else str(self.sound),
        }


def _rows(edges: NDArray[Any], added: NDArray[Any]) -> tuple[tuple[float, ...], ...]:
    return tuple(zip(edges[:-1].tolist(), edges[1:].tolist(), added.tolist(), strict=True))


def _content(path: Path | None) -> bytes:
    return path.read_bytes() if path is not None and path.is_file() else b""


def explain(
    bundle: str | Path | Bundle,
    path: str | Path,
    *,
    target: str | None = None,
    start_s: float | None = None,
    end_s: float | None = None,
    n_segments: int = N_SEGMENTS,
    n_bands: int = N_BANDS,
    out: str | Path | None = None,
    force: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Explain what a bundle says of a recording.

    Parameters
    ----------
    bundle : str, Path or Bundle
        Name or folder of a bundle that hears sound.
    path : str or Path
        Audio file.
    target : str, optional
        Class or tag; the likeliest if left out.
    start_s, end_s : float, optional
        The excerpt, seconds; the middle 30 s if left out.
    n_segments, n_bands : int
        Into how many parts time and frequency are cut.
    out : str or Path, optional
        Folder for a picture and a sound of what mattered; nothing is written if left out.
    force : bool
        Overwrite.

    Raises
    ------
    ParameterError
        The bundle reads tables, the excerpt is none, or a file exists.
    UnknownNameError
        The bundle has no such class.
    AudioError, NotFoundError, BundleError, MissingDependencyError
        The file cannot be heard, or the bundle not be used.
    """
    settings = settings or Settings.from_env()
    loaded = bundle if isinstance(bundle, Bundle) else Bundle.load(find_bundle(bundle, settings))
    if loaded.input.name == TABLE:
        raise ParameterError(
            f"{loaded.name} reads tables, and {str(path)!r} is explained as sound",
            hint="give the labelled table that it was trained on, or another one with the same columns",
        )
    files = _places(path, out, force)
    require_nets(loaded.input, settings)
    clip = _excerpt(Path(path), start_s, end_s, settings)
    told = _Told(loaded, settings)
    prediction = told.prediction(clip)
    wanted = _target(loaded, prediction, target)
    attribution = attribute(
        clip,
        lambda part: told.worth(part, wanted),
        n_segments=n_segments,
        n_bands=n_bands,
        progress=progress,
    )
    found = Explanation(
        path=Path(path),
        start_s=clip.start_s,
        end_s=clip.start_s + clip.duration_s,
        target=wanted,
        prediction=prediction,
        attribution=attribution,
        tags=_tags(clip, attribution, settings),
        examples=_examples(loaded, told.numbers(clip)),
        picture=files[0] if files else None,
        sound=files[1] if files else None,
    )
    if files:
        _write(found, clip, force)
    return found


def _places(path: str | Path, out: str | Path | None, force: bool) -> tuple[Path, Path] | None:
    if out is None:
        return None
    stem = Path(out) / Path(path).stem
    picture, sound = Path(f"{stem}.explanation.png"), Path(f"{stem}.explanation.wav")
    return check_writable(picture, force=force), check_writable(sound, force=force)


def _excerpt(path: Path, start_s: float | None, end_s: float | None, settings: Settings) -> Clip:
    if start_s is None and end_s is None:
        clip = decode(path, mono=True, duration_s=settings.max_duration_s)
        spare = max(0.0, clip.duration_s - LONGEST_S)
        if not spare:
            return clip
        begin, n = round(spare / 2 * clip.sr), round(LONGEST_S * clip.sr)
        return Clip(clip.y[begin : begin + n], clip.sr, begin / clip.sr, clip.source)
    begin_s = start_s or 0.0
    if end_s is not None and not begin_s < end_s:
        raise ParameterError(f"the excerpt ends at {end_s:g} s and begins at {begin_s:g} s")
    length_s = LONGEST_S if end_s is None else end_s - begin_s
    return decode(path, mono=True, offset_s=begin_s, duration_s=length_s)


@dataclass(frozen=True)
class _Told:
    bundle: Bundle
    settings: Settings

    def numbers(self, clip: Clip) -> NDArray[Any]:
        return self.bundle.input.of_clip(clip, self.settings)

    def prediction(self, clip: Clip) -> Prediction:
        return self.bundle.predict(self.numbers(clip)[None])[0]

    def worth(self, clip: Clip, target: str) -> float:
        """Return the probability of `target`, calibrated where the bundle knows how, or the number."""
        said = self.bundle.predict_proba(self.numbers(clip)[None])
        if self.bundle.manifest.task == "continuous":
            return float(said[0])
        fair = said if self.bundle.trust is None else self.bundle.trust.calibrate(said)
        return float(fair[0, self.bundle.classes.index(target)])


def _target(bundle: Bundle, prediction: Prediction, target: str | None) -> str:
    if bundle.manifest.task == "continuous":
        return bundle.manifest.label
    if target is not None and target not in bundle.classes:
        raise UnknownNameError.among(f"class of {bundle.name}", target, bundle.classes)
    return target or prediction.best or bundle.classes[0]


def _tags(clip: Clip, attribution: Attribution, settings: Settings) -> tuple[HeardTag, ...]:
    net = BACKBONES[DEFAULT_BACKBONES[0]]
    if not net.available(settings):
        return ()
    ear = net.listener(None, settings)
    ear.add(clip)
    return tuple(tags_where_it_mattered(ear.finish(), attribution, N_TAGS))


def _examples(bundle: Bundle, numbers: NDArray[Any]) -> tuple[Example, ...]:
    kept = bundle.reference
    if "X" not in kept or numbers.ndim != 1 or not np.isfinite(numbers).all():
        return ()
    ids, labels = ([str(one) for one in kept[name]] for name in ("ids", "labels"))
    return tuple(nearest_examples(numbers, kept["X"], ids, labels, N_EXAMPLES))


def _write(found: Explanation, clip: Clip, force: bool) -> None:
    from tunelens.plots.explanation import ExplanationDisplay

    assert found.picture is not None and found.sound is not None
    parts = found.attribution
    answer = f"{found.target}: {parts.p:.2f}; of noise of the same colour: {parts.p_nothing:.2f}"
    shown = ExplanationDisplay.from_clip(
        clip,
        answer=answer,
        edges_s=parts.edges_s + clip.start_s,
        segments=parts.segments,
        edges_hz=parts.edges_hz,
        bands=parts.bands,
        title=name_of(found.path),
    )
    shown.save(found.picture, force=force)
    write_wav(listenable(clip, parts), found.sound, force=force)


def explain_table(
    bundle: str | Path | Bundle, tracks: Tracks, *, repeats: int = 10, seed: int = 0
) -> list[Importance]:
    """Return which columns a bundle leans on, by the rows of a labelled table.

    Rows that the bundle was not trained on tell most.

    Parameters
    ----------
    bundle : str, Path or Bundle
        Trained on a table.
    tracks : Tracks
        A table with the columns of the bundle, and labels.
    repeats, seed : int
        Shuffles per column.

    Returns
    -------
    list of Importance
        Most important first: how far accuracy falls when a column is shuffled; of tags, the mean accuracy
        over tags; of numbers, the share of the variance that is explained.

    Raises
    ------
    ParameterError
        The bundle hears sound.
    DataError
        Columns are missing.
    """
    loaded = bundle if isinstance(bundle, Bundle) else Bundle.load(find_bundle(bundle))
    if loaded.input.name != TABLE:
        raise ParameterError(f"{loaded.name} hears sound; a bundle trained on a table is needed")
    columns = loaded.manifest.input.names
    X = _columns(tracks, columns)
    y = tracks.labels.y(loaded.classes or None)
    weights = own_weights(getattr(getattr(loaded.model, "fitted", None), "estimator", None))
    if weights is not None and len(weights) != len(columns):
        weights = None
    return importances(
        lambda rows: _score(loaded, rows, y), X, columns, weights=weights, repeats=repeats, seed=seed
    )


def _columns(tracks: Tracks, columns: Sequence[str]) -> NDArray[np.float64]:
    missing = [name for name in columns if name not in tracks.feature_names]
    if tracks.X is None or missing:
        raise DataError(f"{tracks.name} lacks the columns {', '.join(missing[:10]) or 'of numbers'}")
    return tracks.X[:, [tracks.feature_names.index(name) for name in columns]]


def _score(bundle: Bundle, rows: NDArray[Any], y: NDArray[Any]) -> float:
    said = bundle.predict_proba(rows)
    if bundle.manifest.task == "continuous":
        return 1 - float(np.square(y - said).sum() / max(np.square(y - y.mean()).sum(), 1e-12))
    if bundle.manifest.task == "multi":
        return float(((said >= 0.5) == (y > 0)).mean())
    return float((np.array(bundle.classes)[said.argmax(axis=1)] == y).mean())
