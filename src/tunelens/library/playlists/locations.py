r"""Where an entry points: paths of this and of other systems, ``file:`` URLs, streams.

A location is one of three texts: an absolute path as `path_to_text` writes it, an absolute path of Windows
(``C:\Music\a.mp3``, ``\\server\share\a.mp3``), or a URL. What it is shows in its first characters, so all of
this is arithmetic on text: no file is touched.
"""

from __future__ import annotations

import ntpath
import posixpath
import re
from urllib.parse import quote, unquote, unquote_to_bytes, urljoin

from tunelens.library.identity import escape, text_to_path

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_FILE_URL = re.compile(r"file:(?://(?P<host>[^/]*))?(?P<path>.*)", re.IGNORECASE | re.DOTALL)
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\[^\\]")
_DRIVE = re.compile(r"/([A-Za-z]:)(?=/|$)")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\\\\]")


def is_windows(location: str) -> bool:
    """Is it an absolute path of Windows?"""
    return bool(_WINDOWS.match(location))


def is_url(location: str) -> bool:
    """Is it a URL, and so no file here?"""
    return bool(_URL.match(location)) and not is_windows(location)


def from_path(text: str, folder: str) -> str:
    r"""Return the location of a path as people and players write it, relative to `folder`.

    Examples
    --------
    >>> from_path(r"..\Music\a.mp3", "/home/me/lists")
    '/home/me/Music/a.mp3'
    >>> from_path("http://radio.example/stream", "/home/me"), from_path("file:///m/a%20b.mp3", "/")
    ('http://radio.example/stream', '/m/a b.mp3')
    """
    if text[:5].lower() == "file:":
        return from_uri(text, base_of(folder))
    if "://" in text and is_url(text):
        return to_uri(text)
    if is_windows(text) or is_windows(folder):
        return ntpath.normpath(ntpath.join(folder, text))
    tidy = text if text.startswith("/") else text.replace("\\", "/")
    return _posix(posixpath.join(restored(folder), tidy))


def from_uri(uri: str, base: str) -> str:
    """Return the location of a URI that may be relative to the URI `base`.

    What cannot be a path, because there is a NUL in it, stays a URI.

    Examples
    --------
    >>> from_uri("../a%20b/c%23d.mp3", "file:///home/me/lists/")
    '/home/me/a b/c#d.mp3'
    >>> from_uri("file:///C:/Music/a.mp3", "file:///"), from_uri("spotify:track:1", "file:///")
    ('C:\\\\Music\\\\a.mp3', 'spotify:track:1')
    """
    if is_windows(uri):
        return ntpath.normpath(uri)
    full = joined(base, uri)
    found = _FILE_URL.match(full)
    path = unquote_to_bytes(found["path"]).decode("utf-8", "surrogateescape") if found else ""
    if found is None or "\0" in path:
        return to_uri(full)
    if _DRIVE.match(found["path"]):  # as written: the colon of another name is %3A
        return ntpath.normpath(path[1:])
    return _of_file(unquote(found["host"] or ""), path)


def joined(base: str, uri: str) -> str:
    """Return a reference of a stranger as seen from `base`, or from the root where `base` leads nowhere."""
    if _URL.match(uri):
        return uri
    step = uri.replace("\\", "/")
    if ":" in step.partition("/")[0]:
        step = f"./{step}"
    try:
        full = urljoin(base, step)
    except ValueError:
        return base
    return full if _URL.match(full) else f"file:///{step}"


def _of_file(host: str, path: str) -> str:
    if host and host.lower() != "localhost":
        return ntpath.normpath(f"\\\\{host}{path}")
    return _posix(posixpath.join("/", path.lstrip("/")))


def base_of(folder: str) -> str:
    """Return the URI against which relative ones in a playlist file in `folder` are read."""
    return to_uri(folder).rstrip("/") + "/"


def to_uri(location: str) -> str:
    r"""Return the URI of a location: RFC 3986, bytes of the name percent-encoded.

    Examples
    --------
    >>> to_uri("/m/100% 爱.mp3"), to_uri("C:\\a b.mp3")
    ('file:///m/100%25%20%E7%88%B1.mp3', 'file:///C:/a%20b.mp3')
    """
    if is_url(location):
        return quote(location, safe="%/:=&?~#+!$,;'@()*[]")
    if is_windows(location):
        path = _quoted(location.replace("\\", "/"), safe="/:")
        return f"file:{path}" if path.startswith("//") else f"file:///{path}"
    return f"file://{_quoted(restored(location))}"


def relative_uri(location: str, folder: str | None) -> str:
    """Return the URI of a location as seen from `folder`; the whole one where there is no way from there."""
    step = None if folder is None else relative(location, folder)
    return to_uri(location) if step is None else _quoted(step)


def relative(location: str, folder: str) -> str | None:
    """Return the way from `folder` to the file, with slashes; None for URLs and other drives."""
    if is_url(location) or is_windows(location) != is_windows(folder):
        return None
    if not is_windows(location):
        return posixpath.relpath(restored(location), restored(folder))
    try:
        return ntpath.relpath(location, folder).replace("\\", "/")
    except ValueError:
        return None


def as_line(location: str, folder: str | None) -> str:
    r"""Return a location as a line of M3U8, relative to `folder` unless that is None.

    A name that a line cannot hold (line breaks, backslashes, bytes that are not UTF-8, blanks at its end)
    is a whole ``file:`` URL.

    Examples
    --------
    >>> as_line("/m/#1 爱.mp3", "/m"), as_line("/m/a\nb.mp3", "/m")
    ('./#1 爱.mp3', 'file:///m/a%0Ab.mp3')
    """
    step = None if folder is None else relative(location, folder)
    if is_url(location) or not _fits_line(location):
        return to_uri(location)
    if step is None:
        return location
    is_plain = step == step.lstrip() and not step.startswith(("#", "\ufeff")) and ":" not in step
    return step if is_plain else f"./{step}"


def _fits_line(location: str) -> bool:
    return is_windows(location) or not (_UNSAFE.search(restored(location)) or location != location.rstrip())


def restored(location: str) -> str:
    """Return the path that a location of this system stands for, odd bytes as Python has them."""
    return str(text_to_path(location))


def _posix(path: str) -> str:
    normal = posixpath.normpath(path)
    return escape(normal[1:] if normal.startswith("//") else normal)


def _quoted(text: str, safe: str = "/") -> str:
    return quote(text.encode("utf-8", "surrogateescape"), safe=safe)
