"""Reading and writing the folder of a bundle; what is read may come from a stranger."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError, DataError, ParameterError

MANIFEST = "manifest.json"
MODELS = ("model.onnx", "model.skops")
CARD, TRUST, REFERENCE, ADDED = "card.md", "trust.npz", "reference.npz", "added.npz"
LARGEST = {
    MANIFEST: 1 << 22,
    CARD: 1 << 20,
    "model.onnx": 1 << 29,
    "model.skops": 1 << 29,
    TRUST: 1 << 27,
    REFERENCE: 1 << 29,
    ADDED: 1 << 27,
}
"""Every file that a bundle may hold, and how many bytes it may have; nothing else may lie in the folder."""
MOST_MEMBERS = 50_000
MOST_UNPACKED_BYTES = 1 << 30
MOST_RATIO = 200
SMALL_BYTES = 1 << 20
_UNREADABLE = (
    zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, NotImplementedError,
)  # fmt: skip
"""What zipfile and numpy raise on an archive that was altered."""
_PACKED_BY = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}

AGAIN = "fetch the bundle again, or train it again"


def read_bytes(folder: Path, name: str) -> bytes:
    """Return a file of a bundle.

    Raises
    ------
    BundleError
        It is no file that a bundle may hold, absent, a link, or too large.
    """
    path = folder / name
    if name not in LARGEST:
        raise BundleError(
            f"{str(folder)!r} names a file {name!r}; a bundle holds only {', '.join(LARGEST)}", hint=AGAIN
        )
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        reason = "a link" if path.is_symlink() else error.strerror or str(error)
        raise BundleError(f"{str(path)!r} cannot be read: {reason}", hint=AGAIN) from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BundleError(f"{str(path)!r} is no regular file", hint=AGAIN)
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(LARGEST[name] + 1)
    if len(data) > LARGEST[name]:
        raise BundleError(f"{str(path)!r} is larger than the {LARGEST[name]} bytes allowed", hint=AGAIN)
    return data


def read_files(folder: Path, listed: Mapping[str, str]) -> dict[str, bytes]:
    """Return the files that a manifest lists, each checked against its sha256.

    Raises
    ------
    BundleError
        One is missing, altered or may not be there, or the folder holds others.
    """
    beside = sorted({entry.name for entry in os.scandir(folder)} - {MANIFEST} - set(listed))
    if beside:
        raise BundleError(
            f"{str(folder)!r} holds {beside[0]!r}, which its manifest does not list", hint="move it elsewhere"
        )
    files = {}
    for name, sha256 in listed.items():
        files[name] = read_bytes(folder, name)
        found = hashlib.sha256(files[name]).hexdigest()
        if found != sha256:
            raise BundleError(
                f"{str(folder / name)!r} was altered: its sha256 is {found}, the manifest says {sha256}",
                hint=AGAIN,
            )
    return files


def check_zip(data: bytes, what: str, suffixes: tuple[str, ...]) -> None:
    """Raise `BundleError` unless `data` is a zip that unpacks to a bounded number of plain bytes.

    Every ``.npy`` in it must be as long as its header says, so that no reader makes room for more.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_sizes(members, what)
            for member in members:
                if not member.filename.endswith(suffixes):
                    raise BundleError(
                        f"{what} holds {member.filename!r}, which does not belong there", hint=AGAIN
                    )
                if member.filename.endswith(".npy"):
                    _check_array(archive, member, what)
    except _UNREADABLE as error:
        raise BundleError(f"{what} cannot be read: {error}", hint=AGAIN) from None


def _check_sizes(members: list[zipfile.ZipInfo], what: str) -> None:
    if len(members) > MOST_MEMBERS or len({member.filename for member in members}) < len(members):
        raise BundleError(f"{what} has too many members, or two of one name", hint=AGAIN)
    if {member.compress_type for member in members} - _PACKED_BY:
        raise BundleError(f"{what} is packed in a way that bundles are not", hint=AGAIN)
    unpacked = sum(member.file_size for member in members)
    swollen = any(
        one.file_size > SMALL_BYTES and one.file_size > MOST_RATIO * max(one.compress_size, 1)
        for one in members
    )
    if unpacked > MOST_UNPACKED_BYTES or swollen:
        raise BundleError(f"{what} unpacks to {unpacked} bytes, more than is allowed", hint=AGAIN)


def _check_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, what: str) -> None:
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        if version == (1, 0):
            shape, _, dtype = np.lib.format.read_array_header_1_0(file)
        elif version == (2, 0):
            shape, _, dtype = np.lib.format.read_array_header_2_0(file)
        else:
            raise BundleError(f"{what}: {member.filename!r} is an array of unknown format", hint=AGAIN)
        header = file.tell()
    if dtype.hasobject:
        raise BundleError(
            f"{what}: {member.filename!r} holds pickled objects, which are never read", hint=AGAIN
        )
    n = 1
    for side in shape:
        n *= side
    if header + n * dtype.itemsize != member.file_size:
        raise BundleError(f"{what}: {member.filename!r} is not as long as it says", hint=AGAIN)


def read_arrays(data: bytes, what: str) -> dict[str, NDArray[Any]]:
    """Return the arrays of an ``.npz``; objects are never unpickled."""
    check_zip(data, what, (".npy",))
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except (*_UNREADABLE, KeyError) as error:
        raise BundleError(f"{what} cannot be read: {error}", hint=AGAIN) from None


def pack_arrays(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return arrays as an ``.npz``, the same bytes for the same arrays."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **dict(arrays))
    return buffer.getvalue()


@contextmanager
def atomic_folder(folder: Path, *, force: bool) -> Iterator[Path]:
    """Give a temporary folder that becomes `folder` when the block ends without an error.

    Raises
    ------
    ParameterError
        Something is there already and `force` is off, or what is there is no bundle.
    DataError
        The place cannot be written.
    """
    check_place(folder, force=force)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:40]}-"))
    except OSError as error:
        raise DataError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from error
    try:
        yield temporary
        temporary.chmod(0o755)
        _put(temporary, folder)
    except OSError as error:
        raise DataError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def check_place(folder: Path, *, force: bool) -> None:
    """Raise `ParameterError` unless a bundle may be put at `folder`; only a bundle is ever overwritten.

    A place that cannot be written is a `DataError` now, and not after hours of training.
    """
    above = next(one for one in folder.absolute().parents if os.path.lexists(one))
    if not above.is_dir() or not os.access(above, os.W_OK | os.X_OK):
        raise DataError(
            f"{str(folder)!r} cannot be written: {str(above)!r} is no folder that you may write to",
            hint="name another folder",
        )
    if not os.path.lexists(folder) or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not _is_bundle(folder):
        raise ParameterError(f"{str(folder)!r} exists and is no bundle", hint="name another folder")
    if not force:
        raise ParameterError(f"{str(folder)!r} exists", hint="use --force, or name another folder")


def _is_bundle(folder: Path) -> bool:
    """Tell whether all that lies in the folder belongs to a bundle, so that nothing else can be lost."""
    if not folder.is_dir():
        return False
    names = {entry.name for entry in os.scandir(folder)}
    return MANIFEST in names and names <= set(LARGEST)


def _put(temporary: Path, folder: Path) -> None:
    """Rename, moving an older bundle out of the way first and back if that fails."""
    if not folder.exists():
        temporary.rename(folder)
        return
    old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name[:40]}-old-"))
    try:
        folder.rename(old / "bundle")
        try:
            temporary.rename(folder)
        except OSError:
            (old / "bundle").rename(folder)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)
