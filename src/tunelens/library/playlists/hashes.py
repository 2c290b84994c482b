"""Names of content: ``ni:`` URIs (RFC 6920) for the SHA-256 of a file, as identifiers in XSPF and JSPF."""

from __future__ import annotations

import base64
import binascii
import re

_NI = re.compile(r"ni:///sha-256;([A-Za-z0-9_-]{43})=?(?:\?.*)?")


def hash_uri(sha256: str) -> str:
    """Return the URI that names content by its SHA-256.

    Examples
    --------
    >>> hash_uri("7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069")
    'ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk'
    """
    return f"ni:///sha-256;{base64.urlsafe_b64encode(bytes.fromhex(sha256)).decode().rstrip('=')}"


def hash_of(uri: str) -> str | None:
    """Return the SHA-256 that a URI of `hash_uri` names, hex; None for any other URI."""
    found = _NI.fullmatch(uri)
    try:
        return base64.urlsafe_b64decode(f"{found[1]}=").hex() if found else None
    except binascii.Error:
        return None
