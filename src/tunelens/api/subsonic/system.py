"""What a player asks first: is there a server, what can it do, who am I."""

from __future__ import annotations

from typing import Any

from tunelens.api.subsonic.ask import Ask
from tunelens.api.subsonic.shapes import Shapes

FOLDER = {"id": 1, "name": "Music"}
EXTENSIONS = ("apiKeyAuthentication", "formPost", "sonicSimilarity")
_MAY = ("scrobblingEnabled", "downloadRole", "playlistRole", "streamRole", "settingsRole")
_MAY_NOT = (
    "adminRole", "uploadRole", "coverArtRole", "commentRole", "podcastRole", "jukeboxRole", "shareRole",
    "videoConversionRole",
)  # fmt: skip


def ping(_ask: Ask, _shapes: Shapes) -> dict[str, Any]:
    """Say that all is well."""
    return {}


def license(_ask: Ask, _shapes: Shapes) -> dict[str, Any]:
    """Say that nobody needs one."""
    return {"license": {"valid": True}}


def extensions(_ask: Ask, _shapes: Shapes | None = None) -> dict[str, Any]:
    """Return which extensions of OpenSubsonic are spoken."""
    return {"openSubsonicExtensions": [{"name": name, "versions": [1]} for name in EXTENSIONS]}


def token_info(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return whose key was shown."""
    return {"tokenInfo": {"username": shapes.listener or "owner"}}


def user(ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return who asks, and what they may do."""
    roles = {**dict.fromkeys(_MAY, True), **dict.fromkeys(_MAY_NOT, False)}
    return {"user": {"username": ask.text("username") or shapes.listener or "owner", **roles, "folder": [1]}}


def music_folders(_ask: Ask, _shapes: Shapes) -> dict[str, Any]:
    """Return the one folder that a library is."""
    return {"musicFolders": {"musicFolder": [FOLDER]}}


def scan_status(_ask: Ask, shapes: Shapes) -> dict[str, Any]:
    """Return how many tracks there are."""
    return {"scanStatus": {"scanning": False, "count": shapes.library.count()}}
