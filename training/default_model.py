"""Train the models that are shipped, and tell how good they are: ``make default-model``.

Prints every table of docs/default-model.md and writes the bundles to ``src/tunelens/models/default``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import sets
from training.judging import N_FOLDS, SEEDS, Judged, columns_of, draws, judge, narrowed
from training.kernel import KernelRecipe
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.tracks import Tracks
from tunelens.evaluation.metrics import per_class
from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs import parse_input
from tunelens.models.material import Material
from tunelens.models.recipe import Fitted, Recipe
from tunelens.models.trust import Trust
from tunelens.services.vectors import Excerpt, material, vectors

OUT = sets.ROOT / "src" / "tunelens" / "models" / "default"
INPUT, MUSIC_INPUT = "embedding+measures", "embedding"
THIRD_INPUT, THIRD = "embedding+texture+measures", KernelRecipe(n_third=128)
OURS, MUSIC_RECIPE = KernelRecipe(), KernelRecipe(n_measures=0, components=40, balanced=True)
COPIES, CHANGES = 5, "gain+eq+lowpass+pitch"
EXCERPT_S = (10.0, 15.0)
MSD, BOTH = slice(0, 200), slice(0, 400)
MOST_BYTES = 2_000_000
LICENCE = "ISC, as Tunelens; see the limits on the data that they were learned from"
MER4Q = (
    "4-quadrant set of emotion (Panda, Malheiro, Paiva, IEEE TAFFC 2018): 30 s samples with moods and "
    "genres of AllMusic; for research; no sound of it is in the weights"
)
EMOTIFY = (
    "Emotify (Aljanaki, Wiering, Veltkamp 2016): Magnatune songs; for research; no sound is in the weights"
)
NETS = "musicnn nets, weights ISC (Pons, Serra 2019), trained on the Million Song Dataset and MagnaTagATune"
NOISES = (
    "ESC-10 (Piczak 2015, CC BY), two readers and two animals of librosa's examples (CC BY, public domain)"
)
PROTOCOL = (
    f"{N_FOLDS} folds without an artist on both sides, {len(SEEDS)} draws of the folds; "
    "intervals resample artists"
)


@dataclass(frozen=True, eq=False)
class Job:
    """One bundle to be.

    Parameters
    ----------
    name, label : str
        Of the bundle; what it predicts.
    tracks : Tracks
        What it learns from.
    rows : Material
        The same, heard.
    judged : Judged
        What was said of rows that were not learned from.
    metrics : tuple of str
        What its card tells.
    recipe : KernelRecipe
    input : str
    sources, notes : tuple of str
    """

    name: str
    label: str
    tracks: Tracks
    rows: Material
    judged: Judged
    metrics: tuple[str, ...]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    recipe: KernelRecipe = OURS
    input: str = INPUT


def main() -> None:
    """Judge, train, write, tell."""
    folder, settings = sets.data_dir(), Settings.from_env()
    emotify = sets.clips_of(folder, "emotify", "genre")
    quadrants = sets.clips_of(folder, "mer4q", "quadrant")
    tags = sets.clips_of(folder, "mer4q", "genres", "multi")
    print(f"{len(emotify)} clips of Emotify, {len(quadrants)} of mer4q. {PROTOCOL}.\n")
    jobs = [
        four_genres(emotify, settings),
        *moods(quadrants, settings),
        families(tags, emotify, settings),
        music(folder, (emotify, quadrants), settings),
    ]
    written = [write(job) for job in jobs]
    elsewhere(folder, settings)
    weigh(written)


def heard(tracks: Tracks, input: str, settings: Settings) -> Material:
    """Return a set as numbers; a file that cannot be heard ends everything."""
    read = material(tracks, input, group="artist", settings=settings)
    if read.failures:
        raise read.failures[0][1]
    return read.material


def row(what: str, judged: Judged, metrics: Iterable[str]) -> str:
    """Return a line of a table: every figure with its interval."""
    found = [judged.interval(metric) for metric in metrics]
    cells = [f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})" for one in found]
    return f"| {what} | {' | '.join(cells)} |"


def table(
    title: str,
    lines: Sequence[tuple[str, Judged]],
    metrics: Sequence[str],
    reference: Judged | None = None,
    third: Judged | None = None,
) -> None:
    """Print figures of several models on the same folds, and what the first is ahead of a reference.

    `third` is the model that hears with a third net: what it is ahead of the first is printed too.
    """
    print(f"### {title}\n\n| model | {' | '.join(metrics)} |\n| --- {'| --- ' * len(metrics)}|")
    for what, judged in lines:
        print(row(what, judged, metrics), flush=True)
    if reference is not None:
        beyond("ours", lines[0][1], reference, metrics, "the better reference")
    if third is not None:
        beyond("a third net", third, lines[0][1], metrics, "ours")
    print()


def beyond(what: str, judged: Judged, other: Judged, metrics: Sequence[str], than: str) -> None:
    """Print what one model is ahead of another on the same folds."""
    ahead = [judged.beyond(other, metric) for metric in metrics]
    cells = [f"{one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})" for one in ahead]
    print(f"| **{what} beyond {than}** | {' | '.join(cells)} |")


def four_genres(tracks: Tracks, settings: Settings) -> Job:
    """Judge classical, electronic, pop and rock on Emotify."""
    rows, folds = heard(tracks, INPUT, settings), draws(tracks)
    ours = judge(rows, folds, OURS)
    plain = judge(heard(tracks, "mfcc", settings), folds, Recipe("svm"))
    msd = judge(columns_of(rows, MSD), folds, Recipe("svm"))
    lines = [("ours", ours), ("MFCC statistics, SVM", plain), ("MSD penultimate, SVM", msd)]
    lines += ablation(tracks, rows, folds, settings)
    table("Four genres (Emotify)", lines, ("accuracy", "f1_macro"), msd)
    by_class(ours)
    note = "Pop and rock of this set overlap: most of its pop is filed under rock by its own label."
    return Job("genre4", "genre", tracks, rows, ours, ("accuracy", "f1_macro"), (EMOTIFY, NETS), (note,))


def moods(tracks: Tracks, settings: Settings) -> list[Job]:
    """Judge the quadrant of mood and its two axes on mer4q."""
    rows, folds = heard(tracks, INPUT, settings), draws(tracks)
    mfcc = heard(tracks, "mfcc", settings)
    quadrant = sets.relabelled(tracks, "mood", sets.QUADRANTS)
    lines, jobs = ablation(quadrant, _with(rows, quadrant), folds, settings), []
    for name in ("mood", "valence", "arousal"):
        named = quadrant if name == "mood" else sets.relabelled(tracks, name, sets.AXES[name])
        mine = _with(rows, named)
        ours = judge(mine, folds, OURS)
        both = judge(columns_of(mine, BOTH), folds, Recipe("logistic"))
        plain = judge(_with(mfcc, named), folds, Recipe("svm"))
        refs = [("ours", ours), ("MFCC statistics, SVM", plain), ("both penultimates, logistic", both)]
        told = ("accuracy", "f1_macro")
        table(f"{name.capitalize()} (mer4q)", refs + (lines if name == "mood" else []), told, both)
        by_class(ours)
        jobs.append(Job(name, name, named, mine, ours, told, (MER4Q, NETS), MOOD_NOTES[name]))
    return jobs


EDITORS = "Moods are those that AllMusic's editors gave to the song, not to the 30 s that were heard."
MOOD_NOTES = {
    "mood": (
        "Quadrants of the plane of valence and arousal: happy (both high), tense (arousal alone high), "
        "sad (both low), calm (valence alone high).",
        EDITORS,
    ),
    "valence": (
        "How likely the clip lies on the pleasant half of the plane, quadrants happy and calm; "
        "not how pleasant it is.",
        EDITORS,
    ),
    "arousal": (
        "How likely the clip lies on the energetic half of the plane, quadrants happy and tense; "
        "not how energetic it is.",
        EDITORS,
    ),
}


def families(tags: Tracks, emotify: Tracks, settings: Settings) -> Job:
    """Judge the families of genres on mer4q; both sets are learned from."""
    tracks = sets.genres_of(tags, emotify)
    rows, folds = heard(tracks, INPUT, settings), draws(tracks)
    ours, n = judge(rows, folds, OURS), len(tags)
    here, families_at = np.arange(n), [sets.GENRES.index(name) for name in sets.FAMILIES]
    alone = _part(rows, n, families_at)
    apart = narrowed(folds, n)
    mfcc = _part(heard(tracks, "mfcc", settings), n, families_at)
    third = judge(heard(tracks, THIRD_INPUT, settings), folds, THIRD).among(here, families_at)
    lines = [
        ("ours", ours.among(here, families_at)),
        ("ours with a third net, MSD_vgg", third),
        ("ours, learned from mer4q alone", judge(alone, apart, OURS)),
        ("MFCC statistics, logistic", judge(mfcc, apart, Recipe("logistic"))),
        ("both penultimates, logistic", judge(columns_of(alone, BOTH), apart, Recipe("logistic"))),
    ]
    table("13 families of genres (mer4q)", lines, ("mAP", "roc_auc"), lines[-1][1], third)
    table("14 families of genres (both sets)", [("ours", ours)], ("mAP", "roc_auc"))
    by_class(ours)
    notes = (
        "Tags are those of AllMusic's albums; Pop/Rock is a catch-all, and International, Folk and "
        "Stage & Screen say little of sound.",
        "Classical was learned from Emotify mainly; a genre of Emotify counts as its family and no other.",
    )
    return Job(
        "genre", "genre", tracks, rows, ours, ("mAP", "roc_auc", "f1_macro"), (MER4Q, EMOTIFY, NETS), notes
    )


def ablation(
    tracks: Tracks, rows: Material, folds: list[Any], settings: Settings
) -> list[tuple[str, Judged]]:
    """Judge what the parts of the recipe bring."""
    described = _with(heard(tracks, "embedding+descriptors", settings), tracks)
    tagged = _with(heard(tracks, "tags+measures", settings), tracks)
    third = _with(heard(tracks, THIRD_INPUT, settings), tracks)
    return [
        ("ours without measures", judge(columns_of(rows, BOTH), folds, replace(OURS, n_measures=0))),
        ("ours with all descriptors", judge(described, folds, replace(OURS, n_measures=890))),
        ("ours on tags instead of penultimates", judge(tagged, folds, OURS)),
        ("ours with a third net, MSD_vgg", judge(third, folds, THIRD)),
        ("logistic on penultimates and measures", judge(rows, folds, Recipe("logistic"))),
    ]


def music(folder: Path, known: Sequence[Tracks], settings: Settings) -> Job:
    """Judge music against anything else; kinds of noise are held out whole."""
    tracks, X = _music_rows(folder, known, settings)
    labels = tracks.labels
    rows = Material(X, labels.y(), tracks.group_ids("artist"), "single", labels.classes)
    judged = judge(rows, draws(tracks), MUSIC_RECIPE)
    table("Music or not", [("ours", judged)], ("accuracy", "balanced_accuracy"))
    said = judged.first
    kinds = np.array(
        [
            name if label == sets.NOT_MUSIC else label
            for name, label in zip(tracks.groups["artist"], labels.values, strict=True)
        ]
    )
    right = said.pred == said.y_true
    print("| kind, held out whole | excerpts | told rightly |\n| --- | --- | --- |")
    for kind in sorted(set(kinds)):
        print(f"| {kind} | {(kinds == kind).sum()} | {right[kinds[said.rows] == kind].mean():.2f} |")
    print()
    notes = (
        "Kinds of noise that it has never heard may be told wrongly; speech was learned from two readers.",
        f"Sounds that are not music were heard in {COPIES} copies each, changed by {CHANGES}.",
    )
    metrics = ("accuracy", "balanced_accuracy")
    return Job(
        "music",
        "kind",
        tracks,
        rows,
        judged,
        metrics,
        (MER4Q, EMOTIFY, NOISES, NETS),
        notes,
        MUSIC_RECIPE,
        MUSIC_INPUT,
    )


def _music_rows(folder: Path, known: Sequence[Tracks], settings: Settings) -> tuple[Tracks, NDArray[Any]]:
    """Return whole clips and short excerpts of music, and noise with changed copies, with their numbers."""
    noise, hear = sets.not_music(folder), parse_input(MUSIC_INPUT)
    clips = sets.joined("music", tuple(known), Labels("single", [sets.MUSIC] * sum(map(len, known)), "kind"))
    clips, some = clips.take(range(0, len(clips), 2)), clips.take(range(1, len(clips), 4))
    wanted = [Excerpt(path) for path in clips.paths or ()]
    wanted += [Excerpt(path, *EXCERPT_S) for path in some.paths or ()]
    places = list(zip(noise.paths or (), noise.start_s or (), noise.end_s or (), strict=True))
    wanted += [Excerpt(*place, copy) for place in places for copy in range(COPIES + 1)]
    found = vectors(wanted, hear, augment=CHANGES, settings=settings)
    synthetic = [hear.of_clip(clip, settings) for clip in sets.noises()]
    copies = [i for i in range(len(noise)) for _ in range(COPIES + 1)]
    kinds = [*clips.groups["artist"], *some.groups["artist"], *(noise.groups["artist"][i] for i in copies)]
    kinds += ["synthetic"] * len(synthetic)
    n_music = len(clips) + len(some)
    names = [sets.MUSIC] * n_music + [sets.NOT_MUSIC] * (len(kinds) - n_music)
    ids = tuple(f"{i}" for i in range(len(kinds)))
    tracks = Tracks(
        name="music and noise",
        ids=ids,
        labels=Labels("single", names, "kind"),
        paths=tuple(Path(one) for one in ids),
        groups={"artist": tuple(kinds)},
    )
    return tracks, np.array([*_all(found), *synthetic])


def _all(found: Iterable[Any]) -> list[NDArray[Any]]:
    for one in found:
        if isinstance(one, Exception):
            raise one
    return list(found)


def _with(rows: Material, named: Tracks) -> Material:
    return replace(rows, y=named.labels.y(), classes=named.labels.classes, task=named.labels.task)


def _part(rows: Material, n: int, columns: Sequence[int]) -> Material:
    taken = rows.take(np.arange(n))
    return replace(taken, y=taken.y[:, columns], classes=tuple(rows.classes[k] for k in columns))


def by_class(judged: Judged) -> None:
    """Print what is known of each class, of the first draw."""
    first = judged.first
    print("| class | clips | precision | recall | average precision | ROC-AUC |\n" + "| --- " * 6 + "|")
    for one in per_class(first.y_true, first.proba, first.classes):
        figures = (one.precision, one.recall, one.average_precision, one.roc_auc)
        print(f"| {one.name} | {one.support} | {' | '.join(f'{x:.2f}' for x in figures)} |")
    print()


def write(job: Job) -> Bundle:
    """Fit to all rows and write the bundle."""
    first = job.judged.first
    trust = Trust.fit(
        first.proba, first.y_true, first.classes, first.task, groups=first.groups, X=job.rows.X[first.rows]
    )
    fitted: Fitted = job.recipe.fit(job.rows)
    facts = Facts(
        name=job.name,
        input=parse_input(job.input),
        label=job.label,
        recipe=job.recipe.key,
        data=job.tracks.name,
        data_id=job.tracks.data_id,
        n_train=len(job.rows),
        protocol=PROTOCOL,
        metrics={metric: job.judged.interval(metric).to_dict() for metric in job.metrics},
        licence=LICENCE,
        sources=job.sources,
        notes=job.notes,
    )
    return Bundle.save(OUT / job.name, fitted, facts, trust, sample=job.rows.X[:64], force=True)


def elsewhere(folder: Path, settings: Settings) -> None:
    """Print what the written bundles say of music from other sources."""
    tracks = sets.other_music(folder)
    genre, kind = Bundle.load(OUT / "genre"), Bundle.load(OUT / "music")
    said = genre.predict_proba(heard(tracks, INPUT, settings).X)
    music = [one.label for one in kind.predict(heard(tracks, MUSIC_INPUT, settings).X)]
    wanted = [sets.GTZAN_FAMILY.get(path.stem.rsplit("_", 1)[0]) for path in tracks.paths or ()]
    known = [i for i, one in enumerate(wanted) if one in sets.GENRES]
    order = np.argsort(-said, axis=1)
    first = np.mean([genre.classes[order[i, 0]] == wanted[i] for i in known])
    third = np.mean([wanted[i] in [genre.classes[k] for k in order[i, :3]] for i in known])
    print("### Elsewhere\n")
    called = np.mean([one == sets.MUSIC for one in music])
    what = f"{len(known)} clips (GTZAN and whole songs) whose name tells a family"
    print(f"- {what}: likeliest {first:.0%}, among three {third:.0%}")
    print(f"- {len(tracks)} pieces of music of other sources: called music {called:.0%}")
    for i, path in enumerate(tracks.paths or ()):
        if path.suffix != ".opus":
            likely = ", ".join(f"{genre.classes[k]} {said[i, k]:.2f}" for k in order[i, :3])
            print(f"- `{path.name[:40]}`: {likely}; {music[i]}")
    print()


def weigh(bundles: Sequence[Bundle]) -> None:
    """Print sizes and what was measured of trust; too heavy is an error."""
    print(
        "| bundle | KB | coverage asked, measured | classes in a set | calibration error | answered, right |"
    )
    print("| --- " * 6 + "|")
    total = 0
    for bundle in bundles:
        size = sum(path.stat().st_size for path in bundle.folder.iterdir())
        total += size
        r = bundle.trust.report if bundle.trust else None
        if r is None:
            continue
        right = "" if r.accuracy_answered is None else f", {r.accuracy_answered:.2f}"
        cells = (
            f"{size // 1000}",
            f"{r.coverage_asked:.2f}, {r.coverage_measured:.2f}",
            f"{r.set_size:.2f}",
            f"{r.ece_after or 0:.3f}",
            f"{r.answered or 0:.2f}{right}",
        )
        print(f"| {bundle.name} | {' | '.join(cells)} |")
    print(f"\nAll together {total / 1e6:.2f} MB.")
    if total > MOST_BYTES:
        sys.exit(f"the bundles weigh {total} bytes; {MOST_BYTES} are allowed")


if __name__ == "__main__":
    main()
