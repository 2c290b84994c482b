"""The demo's music: which package files carry it, who made it, and what its makers asked for."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tunelens.base.packages import Package, extract, fetch, read_member
from tunelens.base.settings import Settings

GENERATED = Package(
    name="immich-memories-music",
    version="0.1.0",
    filename="immich_memories_music-0.1.0-py3-none-any.whl",
    sha256="1b702f617250ed8ffe3dc2bba4d2105f842b6d5da08e8ff9a10110f54b7bd06a",
    size_bytes=15_999_776,
    licence="MIT",
)
PLAYED = Package(
    name="arcade",
    version="3.3.3",
    filename="arcade-3.3.3-py3-none-any.whl",
    sha256="25f4e0e5b8bcbe7a7d087c0a23b19e9f423b0c70ec00945c8712c9a3e541ebd2",
    size_bytes=42_669_158,
    licence="CC0 or similar terms, by the package's documentation",
)
_PROMPTS = "immich_memories_music-0.1.0.dist-info/licenses/LICENSE-MUSIC"
_PROMPT = re.compile(r"(\w+\.opus)\s+(\d+) bpm\s+([A-G][b#]?) (major|minor)\s+seed \d+\s+\[(\w+)\]")
_SONGS = {"1918.mp3": "1918", "funkyrobot.mp3": "Funky Robot"}


@dataclass(frozen=True)
class Credit:
    """Where one demo track comes from, and what its maker asked for where that is known.

    `mood`, `style`, `bpm` and `key` are the words of the prompt, not measurements of the sound.
    """

    path: Path
    title: str
    author: str
    licence: str
    origin: str
    mood: str | None = None
    style: str | None = None
    bpm: float | None = None
    key: str | None = None

    def labels(self) -> dict[str, str]:
        """Return what a reader of the report must know, label and text."""
        told = {"Title": self.title, "Author": self.author, "Licence": self.licence, "Origin": self.origin}
        if self.mood and self.key and self.bpm:
            told["Asked for"] = f"{self.mood}, {self.style}, {self.bpm:.0f} BPM, {self.key}"
        return told


def fetch_music(into: Path, settings: Settings) -> tuple[Credit, ...]:
    """Put the demo tracks under `into` and tell where each comes from.

    Raises
    ------
    MissingDependencyError
        A package is neither cached nor to be had; the hint says how to point at a local copy.
    """
    return (*generated(fetch(GENERATED, settings), into), *played(fetch(PLAYED, settings), into))


def generated(package: Path, into: Path) -> list[Credit]:
    """Place the generated tracks under `into`."""
    with zipfile.ZipFile(package) as archive:
        members = [name for name in archive.namelist() if name.endswith(".opus")]
    prompts = {found[0]: found for found in _PROMPT.findall(read_member(package, _PROMPTS).decode("utf-8"))}
    return [_generated_credit(path, prompts) for path in _place(package, members, into / "generated")]


def _generated_credit(path: Path, prompts: dict[str, tuple[str, ...]]) -> Credit:
    _, bpm, tonic, mode, style = prompts[path.name]
    return Credit(
        path,
        title=path.stem.replace("_", " "),
        author="Immich Memories contributors, generated with ACE-Step 1.5",
        licence=GENERATED.licence,
        origin=f"{GENERATED.name} {GENERATED.version} (PyPI)",
        mood=path.name.split("_")[0],
        style=style,
        bpm=float(bpm),
        key=f"{tonic} {mode}",
    )


def played(package: Path, into: Path) -> list[Credit]:
    """Place the two whole songs under `into`."""
    members = [f"arcade/resources/assets/music/{name}" for name in _SONGS]
    return [
        Credit(
            path,
            title=_SONGS[path.name],
            author="Anttis instrumentals",
            licence=PLAYED.licence,
            origin=f"{PLAYED.name} {PLAYED.version} (PyPI)",
        )
        for path in _place(package, members, into / "played")
    ]


def _place(package: Path, members: list[str], into: Path) -> list[Path]:
    paths = {member: into / PurePosixPath(member).name for member in members}
    extract(package, [member for member, path in paths.items() if not path.exists()], into)
    return sorted(paths.values())
