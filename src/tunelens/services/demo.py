"""`demo`: fetch a handful of free tracks, hear them, and report whether they came out as intended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.models import DEFAULT_BACKBONES
from tunelens.services import models
from tunelens.services.analyze import ScanReport, analyze_many
from tunelens.services.demo_moods import (
    Agreement,
    Claim,
    Heard,
    agreements,
    claims,
    moods_note,
    prompts_note,
)
from tunelens.services.demo_music import Credit, fetch_music
from tunelens.services.hear import HearOptions
from tunelens.services.report import report


@dataclass(frozen=True)
class Demo:
    """What the demo made and found.

    Parameters
    ----------
    report, library : Path
        The page and the library file.
    credits : tuple of Credit
        Title, author, licence and origin of each track.
    tracks : tuple of Track
        What was heard.
    claims : tuple of Claim
        Whether the intended moods and styles come out; empty without nets where a claim needs tags.
    agreements : tuple of Agreement
        Whether tempo and key come out as prompted.
    scan : ScanReport
        What happened to each file.
    """

    report: Path
    library: Path
    credits: tuple[Credit, ...]
    tracks: tuple[Track, ...]
    claims: tuple[Claim, ...]
    agreements: tuple[Agreement, ...]
    scan: ScanReport

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of the demo."""
        return {
            "report": str(self.report),
            "library": str(self.library),
            "credits": [asdict(credit) | {"path": str(credit.path)} for credit in self.credits],
            "claims": [asdict(claim) for claim in self.claims],
            "agreements": [asdict(agreement) for agreement in self.agreements],
            "summary": self.scan.summary(),
        }


def demo(
    out: Path,
    *,
    with_models: bool = True,
    jobs: int | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Demo:
    """Fetch the demo tracks (and nets), hear them into `out` and write the report there.

    Parameters
    ----------
    out : Path
        Folder for ``music/``, ``library.db`` and ``report.html``; a second run hears only what is new.
    with_models : bool
        Also hear with the default nets.
    jobs : int, optional
        Worker processes.
    settings : Settings, optional
        Where packages and nets lie.
    progress : Progress, optional
        Told of every track.
    say : callable of str
        Told what is being fetched.

    Raises
    ------
    MissingDependencyError
        Something cannot be fetched; the hint says how to point at a local copy.
    """
    settings = settings or Settings.from_env()
    out = out.absolute()
    say("fetching the demo tracks")
    credits = fetch_music(out / "music", settings)
    names = DEFAULT_BACKBONES if with_models else ()
    for name in names:
        say(f"fetching the net {name}")
        models.pull(name, settings)
    with Library.open(out / "library.db") as library:
        options = HearOptions(models=names, settings=settings)
        scan = analyze_many([out / "music"], library, jobs=jobs, options=options, progress=progress)
        return _finish(out, library, credits, scan, progress)


def _finish(
    out: Path, library: Library, credits: tuple[Credit, ...], scan: ScanReport, progress: Progress | None
) -> Demo:
    heard = _heard(library, credits)
    found = claims(heard)
    agreed = agreements(heard)
    page = report(
        library,
        out / "report.html",
        title="Tunelens demo",
        force=True,
        credits={credit.path: credit.labels() for credit in credits},
        notes=(moods_note(found), prompts_note(agreed)),
        progress=progress,
    )
    return Demo(page, library.path, credits, tuple(library.tracks()), found, agreed, scan)


def _heard(library: Library, credits: tuple[Credit, ...]) -> Heard:
    known = library.known([credit.path for credit in credits])
    return [(credit, library.get(credit.path)) for credit in credits if credit.path in known]
