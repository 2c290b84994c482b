"""Look through a dataset for what would make a model look better than it is."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.decoders import open_file
from tunelens.base.errors import AudioError, MissingDependencyError, ParameterError, TunelensError
from tunelens.base.files import atomic_path
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.data.tracks import Tracks
from tunelens.evaluation.audit import SAME, AuditReport, Duplicate, Fault, Leak
from tunelens.evaluation.audit.columns import column_faults
from tunelens.evaluation.audit.duplicates import (
    Same,
    Stretch,
    close_rows,
    cluster_names,
    clusters,
    on_both_sides,
    same_files,
    same_rows,
    same_sound,
)
from tunelens.evaluation.audit.formats import format_leaks, properties
from tunelens.evaluation.audit.names import one_spelling
from tunelens.evaluation.audit.sound import SOUND_VERSION, SoundFacts, hear_sound
from tunelens.evaluation.audit.wrong_labels import suspects
from tunelens.features.fingerprint import Fingerprint
from tunelens.models.inputs import parse_input
from tunelens.services.engines import ENGINES, n_workers
from tunelens.services.vectors import Excerpt, require_nets, vectors

INPUTS_TO_TRY = ("embedding", "descriptors")
NO_INPUT = "none"
SHORTEST_S = 3.0
"""Below this the pretrained nets hear padding."""

_WARNED = {"silent": "silent", "clipped": "clipped", "header promises": "cut off"}
_MOST_CACHED_BYTES = 1 << 28


class Work(NamedTuple):
    """How to run over files."""

    settings: Settings
    jobs: int
    engine: str
    progress: Progress


class Sound(NamedTuple):
    """What became of one row: bytes, facts and fingerprint, or why there are none."""

    content: str | None
    facts: SoundFacts | None
    print: Fingerprint | None
    error: TunelensError | None = None


def audit(
    tracks: Tracks,
    *,
    input: str | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    engine: str = "local",
    seed: int = 0,
    progress: Progress | None = None,
) -> AuditReport:
    """Look through a dataset: copies, leaks, wrong labels, labels told by the format, broken files.

    Parameters
    ----------
    tracks : Tracks
        The dataset; leaks are looked for in its own ``split``.
    input : str, optional
        What wrong labels and likeness are judged by, as `parse_input` takes it; ``none`` leaves these two
        out. ``embedding`` if left out, or ``descriptors`` where the nets are not here; a table's own columns.
    settings, jobs, engine : optional
        As for `analyze_many`.
    seed : int
        Of folds, trees and intervals.
    progress : Progress, optional
        Told of every file.

    Returns
    -------
    AuditReport
        Files that cannot be read are among its faults.

    Raises
    ------
    ParameterError
        `input` does not fit the dataset.
    MissingDependencyError
        A net that was asked for is not here; no file has been touched.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> X = np.random.default_rng(0).normal(size=(40, 2))
    >>> X[39] = X[0]
    >>> tracks = Tracks("toy", Labels("single", ["a", "b"] * 20), tuple(map(str, range(40))), X=X,
    ...     feature_names=("u", "v"), split=("train",) * 30 + ("test",) * 10)
    >>> audit(tracks).why
    "1 cluster on two sides of the split, for example 'same as 0' with 2 rows in test and train"
    """
    if not len(tracks):
        return AuditReport(tracks.name, 0, notes=("the dataset is empty",))
    settings, progress = settings or Settings.from_env(), progress or Silent()
    if tracks.paths is None:
        return _audit_table(tracks, input, seed)
    name, notes = _judge(input, settings)
    work = Work(settings, n_workers(jobs, settings), engine, progress)
    sounds = heard(tracks, work)
    tracks, more = _with_tagged_artists(tracks, sounds)
    same = copies(tracks, sounds)
    report = _audit_sounds(tracks, sounds, same, seed)
    if name:
        report = _judged(report, tracks, _vectors(tracks, name, work), same, seed)
    return replace(report, input=name, notes=(*notes, *more))


def _audit_sounds(tracks: Tracks, sounds: Sequence[Sound], same: list[Same], seed: int) -> AuditReport:
    good = np.array([row for row, sound in enumerate(sounds) if sound.facts is not None], np.intp)
    facts = [facts for sound in sounds if (facts := sound.facts) is not None]
    groups = _group_numbers(tracks, same)[good]
    told = format_leaks(properties(facts), tracks.labels.take(good), groups, seed) if facts else []
    return replace(
        _common(tracks, same), format_leaks=tuple(told), faults=tuple(_sound_faults(tracks, sounds))
    )


def _judged(
    report: AuditReport, tracks: Tracks, X: NDArray[np.float64], same: list[Same], seed: int
) -> AuditReport:
    """Add what the vectors say: likeness and wrong labels."""
    close = tuple(_duplicate(tracks, pair) for pair in close_rows(X, same))
    odd = suspects(X, tracks.labels, _group_numbers(tracks, same), tracks.ids, seed)
    return replace(report, duplicates=(*report.duplicates, *close), wrong_labels=tuple(odd))


def _audit_table(tracks: Tracks, input: str | None, seed: int) -> AuditReport:
    assert tracks.X is not None
    if input not in (None, "table", NO_INPUT):
        raise ParameterError(f"{tracks.name} is a table, which --input {input} cannot be made from")
    same = same_rows(tracks.X)
    groups = _group_numbers(tracks, same)
    odd = () if input == NO_INPUT else suspects(tracks.X, tracks.labels, groups, tracks.ids, seed)
    return replace(
        _common(tracks, same),
        wrong_labels=tuple(odd),
        faults=tuple(column_faults(tracks.X, tracks.feature_names, tracks.labels, groups, seed)),
        input="" if input == NO_INPUT else "table",
    )


def _judge(input: str | None, settings: Settings) -> tuple[str, tuple[str, ...]]:
    """What to judge labels by, and what a person should know of that choice."""
    if input is not None:
        if input == NO_INPUT:
            return "", ("wrong labels and likeness were not looked for",)
        wanted = parse_input(input)
        if wanted.kind != "vector":
            raise ParameterError(f"input {input!r} is a sequence; a vector is needed, say embedding")
        require_nets(wanted, settings)
        return input, ()
    for name in INPUTS_TO_TRY:
        try:
            require_nets(parse_input(name), settings)
        except MissingDependencyError as error:
            notes = (f"judged by descriptors, which know less than the nets: {error.message}",)
        else:
            return name, () if name == INPUTS_TO_TRY[0] else notes
    raise AssertionError("descriptors need no net")


def _common(tracks: Tracks, same: list[Same]) -> AuditReport:
    sure = [pair for pair in same if pair.kind in SAME]
    families = cluster_names(tracks.ids, sure)
    return AuditReport(
        name=tracks.name,
        n_rows=len(tracks),
        duplicates=tuple(_duplicate(tracks, pair) for pair in same),
        leaks=tuple(_leaks(tracks, families)),
        class_counts=tracks.labels.counts(),
        clusters=families,
        ids=tracks.ids,
        has_split=tracks.split is not None,
    )


def _duplicate(tracks: Tracks, pair: Same) -> Duplicate:
    split, labels = tracks.split, tracks.labels.values
    across = split is not None and "" != split[pair.a] != split[pair.b] != ""
    differ = labels[pair.a] != labels[pair.b]
    a, b = tracks.ids[pair.a], tracks.ids[pair.b]
    return Duplicate(a, b, pair.kind, pair.offset_s, pair.score, across, differ)  # type: ignore[arg-type]


def _leaks(tracks: Tracks, families: tuple[str, ...]) -> list[Leak]:
    if tracks.split is None:
        return []
    artists = {"artist": tuple(map(one_spelling, tracks.groups.get("artist", ())))}
    known = {**tracks.groups, **(artists if "artist" in tracks.groups else {}), "cluster": families}
    return [
        Leak(
            kind,
            group,
            tuple(sorted({tracks.split[row] for row in rows})),
            tuple(tracks.ids[row] for row in rows),
        )
        for kind, values in known.items()
        for group, rows in on_both_sides(values, tracks.split)
    ]


def _group_numbers(tracks: Tracks, same: list[Same]) -> NDArray[np.intp]:
    """Rows of one artist, or of one recording, get one number: they must not judge each other."""
    links = list(same)
    names = [one_spelling(name) for name in tracks.groups.get("artist", ())]
    first: dict[str, int] = {}
    for row, name in enumerate(names):
        if name and first.setdefault(name, row) != row:
            links.append(Same(first[name], row, "artist", None, 1.0))
    return np.array(clusters(len(tracks), links), np.intp)


def _with_tagged_artists(tracks: Tracks, sounds: Sequence[Sound]) -> tuple[Tracks, tuple[str, ...]]:
    """Take artists from the tags of the files where the dataset names none."""
    if "artist" in tracks.groups:
        return tracks, ()
    tagged = tuple((sound.facts and sound.facts.artist) or "" for sound in sounds)
    n_known = sum(map(bool, tagged))
    if not n_known:
        return tracks, ("artists are unknown; whether one is on both sides cannot be told",)
    note = f"artists are those of the files' own tags: {n_known} of {len(tracks)} files name one"
    return replace(tracks, groups={**tracks.groups, "artist": tagged}), (note,)


def copies(tracks: Tracks, sounds: Sequence[Sound]) -> list[Same]:
    """Return the rows that are one recording, by their bytes and by fingerprint."""
    known = same_files(
        [
            Stretch(sound.content, excerpt.start_s or 0.0, excerpt.end_s)
            for sound, excerpt in zip(sounds, _excerpts(tracks), strict=True)
        ]
    )
    return [*known, *same_sound([sound.print for sound in sounds], known)]


def _sound_faults(tracks: Tracks, sounds: Sequence[Sound]) -> list[Fault]:
    faults = []
    for item, sound in zip(tracks.ids, sounds, strict=True):
        if sound.facts is None:
            faults.append(Fault(item, "unreadable", sound.error.message if sound.error else ""))
            continue
        for warning in sound.facts.warnings:
            faults += [
                Fault(item, kind, warning) for mark, kind in _WARNED.items() if warning.startswith(mark)
            ]
        if sound.facts.duration_s < SHORTEST_S:
            faults.append(
                Fault(item, "short", f"{sound.facts.duration_s:.2f} s; {SHORTEST_S:g} s is the least")
            )
    return faults


def _excerpts(tracks: Tracks) -> list[Excerpt]:
    assert tracks.paths is not None
    none = (None,) * len(tracks)
    starts, ends = tracks.start_s or none, tracks.end_s or none
    return [Excerpt(*row) for row in zip(tracks.paths, starts, ends, strict=True)]


def _vectors(tracks: Tracks, name: str, work: Work) -> NDArray[np.float64]:
    """Return what the rows are judged by; rows that could not be heard are NaN."""
    if not name:
        return np.empty((len(tracks), 0))
    heard = parse_input(name)
    found = vectors(
        _excerpts(tracks),
        heard,
        jobs=work.jobs,
        engine=work.engine,
        settings=work.settings,
        progress=work.progress,
    )
    blank = np.full(len(heard.names), np.nan)
    return np.array([blank if isinstance(one, TunelensError) else one for one in found], np.float64)


def heard(tracks: Tracks, work: Work) -> list[Sound]:
    """Hear every row once; what was heard before comes from the cache, which knows a file by its bytes."""
    items = _excerpts(tracks)
    wanted = list(dict.fromkeys(items))
    found: dict[Excerpt, Sound] = {}
    work.progress.start(len(wanted), "files")
    try:
        results = ENGINES[work.engine].map(
            partial(inspect, settings=work.settings),
            wanted,
            jobs=min(work.jobs, len(wanted)),
            timeout_s=work.settings.file_timeout_s,
        )
        with closing(results) as outcomes:
            for outcome in outcomes:
                found[outcome.item] = outcome.result or Sound(None, None, None, outcome.error)
                work.progress.advance(str(outcome.item.path), ok=outcome.error is None)
    finally:
        work.progress.finish()
    return [found[item] for item in items]


def inspect(item: Excerpt, settings: Settings) -> Sound:
    """Return what an audit needs of one row. Worker processes run this function."""
    content = _content(item.path)
    key = json.dumps([content, item.start_s, item.end_s, settings.max_duration_s, SOUND_VERSION])
    digest = hashlib.sha256(key.encode()).hexdigest()
    place = settings.cache_dir / "audit" / digest[:2] / f"{digest}.npz"
    known = _cached(place)
    if known is None:
        known = hear_sound(item.path, item.start_s, item.end_s, settings.max_duration_s)
        _store(place, *known)
    return Sound(content, *known)


def _content(path: Path) -> str:
    try:
        with os.fdopen(open_file(path), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error


def _cached(place: Path) -> tuple[SoundFacts, Fingerprint] | None:
    """Return what the cache has; what is damaged there is heard anew."""
    try:
        if place.stat().st_size > _MOST_CACHED_BYTES:
            return None
        with np.load(place, allow_pickle=False) as file:
            arrays: dict[str, Any] = dict(file)
        facts = SoundFacts.from_dict(json.loads(str(arrays["facts"])))
        hashes, frames = arrays["hashes"].astype(np.uint32), arrays["frames"].astype(np.int32)
    except Exception:  # noqa: BLE001 - whatever is wrong with a cached file, it is only a cache
        return None
    return facts, Fingerprint(hashes, frames)


def _store(place: Path, facts: SoundFacts, found: Fingerprint) -> None:
    with atomic_path(place) as temporary:
        np.savez(temporary, facts=json.dumps(facts.to_dict()), hashes=found.hashes, frames=found.frames)
