"""URIs that name a recording wherever its file lies, as XSPF and JSPF hold them.

``https://musicbrainz.org/recording/...`` as ListenBrainz writes it, and ``ni:`` URIs (RFC 6920) for the
SHA-256 of a file.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import TypedDict

from tunelens.library.playlists.entry import Entry

_HASH = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})=?(?:\?.*)?")
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_RECORDING = re.compile(rf"https?://(?:www\.)?musicbrainz\.org/recording/({_UUID})/?", re.IGNORECASE)


class Identity(TypedDict):
    """What the URIs of one entry name."""

    sha256: str | None
    mbid: str | None


def identifiers(entry: Entry) -> Iterator[str]:
    """Yield the URIs of an entry.

    Examples
    --------
    >>> known = Entry(sha256="7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069")
    >>> list(identifiers(known))
    ['ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk']
    """
    if entry.mbid:
        yield f"https://musicbrainz.org/recording/{entry.mbid}"
    if entry.sha256:
        digest = base64.urlsafe_b64encode(bytes.fromhex(entry.sha256)).decode()
        yield f"ni:///sha-256;{digest.rstrip('=')}"


def identity(uris: Iterable[str]) -> Identity:
    """Return what the first URI of each kind names; others are left aside."""
    texts = [uri.strip() for uri in uris]
    recordings = (found[1].lower() for uri in texts if (found := _RECORDING.fullmatch(uri)))
    hashes = (_sha256(found[1]) for uri in texts if (found := _HASH.fullmatch(uri)))
    return {"sha256": next(filter(None, hashes), None), "mbid": next(recordings, None)}


def _sha256(digest: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(f"{digest}=").hex()
    except binascii.Error:
        return None
