"""Fetching package files, on real zip files and a real pip that finds nothing."""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tunelens.base.errors import BundleError, MissingDependencyError, ParameterError
from tunelens.base.packages import Package, extract, fetch, read_member
from tunelens.base.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    return Settings(cache_dir=tmp_path / "cache", packages=shelf)


def made(folder: Path, members: dict[str, bytes]) -> Package:
    path = folder / "tunes-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    data = path.read_bytes()
    return Package("tunes", "1.0", path.name, hashlib.sha256(data).hexdigest(), len(data), "MIT")


def test_local_copy_is_used_and_members_come_out(settings: Settings, tmp_path: Path) -> None:
    package = made(settings.packages, {"a/b/one.txt": b"eins", "two.txt": b"zwei"})
    path = fetch(package, settings)
    files = extract(path, ["two.txt", "a/b/one.txt"], tmp_path / "out")
    assert [file.name for file in files] == ["two.txt", "one.txt"]
    assert [file.read_bytes() for file in files] == [b"zwei", b"eins"]


def test_cache_is_used_offline(settings: Settings) -> None:
    cache = settings.cache_dir / "packages"
    cache.mkdir(parents=True)
    package = made(cache, {"one.txt": b"eins"})
    assert fetch(package, replace(settings, offline=True, packages=None)).parent == cache


def test_offline_says_what_to_fetch_and_where_to_put_it(settings: Settings) -> None:
    package = Package("tunes", "1.0", "tunes-1.0-py3-none-any.whl", "0" * 64, 1, "MIT")
    with pytest.raises(MissingDependencyError, match=r"tunes-1\.0") as caught:
        fetch(package, replace(settings, offline=True))
    assert "pip download" in caught.value.hint
    assert "tunes==1.0" in caught.value.hint
    assert "TUNELENS_PACKAGES" in caught.value.hint


@pytest.mark.parametrize("change", [b"x", b""], ids=["longer", "same size"])
def test_other_bytes_are_refused(settings: Settings, change: bytes) -> None:
    package = made(settings.packages, {"one.txt": b"eins"})
    path = settings.packages / package.filename
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data) + change)
    with pytest.raises(BundleError, match=r"has \d+ bytes" if change else "has sha256"):
        fetch(package, settings)


def test_an_index_that_has_nothing_gives_a_clear_error(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    package = Package("tunes", "1.0", "tunes-1.0-py3-none-any.whl", "0" * 64, 1, "MIT")
    with pytest.raises(MissingDependencyError, match="No matching distribution"):
        fetch(package, settings)
    assert not (settings.cache_dir / "packages").exists()


def test_a_package_from_an_index_is_cached(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    index.mkdir()
    metadata = b"Metadata-Version: 2.1\nName: tunes\nVersion: 1.0\n"
    wheel = b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    package = made(index, {"tunes-1.0.dist-info/METADATA": metadata, "tunes-1.0.dist-info/WHEEL": wheel})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    path = fetch(package, settings)
    assert path == settings.cache_dir / "packages" / package.filename
    assert [other.name for other in path.parent.iterdir()] == [package.filename]
    monkeypatch.delenv("PIP_FIND_LINKS")
    assert fetch(package, settings) == path


@pytest.mark.parametrize("member", ["..", "a/..", "", "a\\b", "c:d"])
def test_names_that_would_escape_are_refused(tmp_path: Path, member: str) -> None:
    made(tmp_path, {"one.txt": b"eins"})
    with pytest.raises(ParameterError):
        extract(tmp_path / "tunes-1.0-py3-none-any.whl", [member], tmp_path / "out")


def test_a_member_stays_in_its_folder_whatever_it_is_called(tmp_path: Path) -> None:
    made(tmp_path, {"../../evil.txt": b"eins"})
    (file,) = extract(tmp_path / "tunes-1.0-py3-none-any.whl", ["../../evil.txt"], tmp_path / "out")
    assert file == tmp_path / "out" / "evil.txt"


def test_same_name_twice_is_refused(tmp_path: Path) -> None:
    made(tmp_path, {"a/one.txt": b"1", "b/one.txt": b"2"})
    with pytest.raises(ParameterError, match="same file name"):
        extract(tmp_path / "tunes-1.0-py3-none-any.whl", ["a/one.txt", "b/one.txt"], tmp_path)


def test_bombs_absent_members_and_no_zip(tmp_path: Path) -> None:
    made(tmp_path, {"zeros": bytes(1 << 20)})
    path = tmp_path / "tunes-1.0-py3-none-any.whl"
    with pytest.raises(BundleError, match="larger"):
        read_member(path, "zeros", max_bytes=1000)
    with pytest.raises(BundleError, match="holds no"):
        read_member(path, "ones")
    path.write_bytes(b"not a zip")
    with pytest.raises(BundleError, match="cannot be read"):
        read_member(path, "zeros")
