"""`Provider`: a server of charts, as a small TOML describes it. No secret stands in the file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, urlsplit

from tunelens.base.errors import DataError, NotFoundError, ParameterError, UnknownNameError
from tunelens.charts.columns import FIELDS
from tunelens.charts.paths import steps_of
from tunelens.charts.web.limits import WebLimits

MOST_BYTES = 1 << 20
PREFIX = "TUNELENS_CHART_"
"""Only variables of the environment that begin so are taken: a stranger's file must not send others away."""
JSON_TYPES = ("application/json", "text/json", "text/plain", "application/vnd.api+json", "text/javascript")
Kind = Literal["none", "page", "offset", "cursor", "link"]
_PLACE = re.compile(r"\{(\w{1,64})\}")
_VARIABLE = re.compile(r"\$\{(\w{1,100})\}", re.ASCII)
_SECRET_NAME = re.compile(
    r"(?:^|[-_.])o?auth(?:$|[-_.])|authori[sz]ation|authenticat|cookie|token|secret|passw|passphrase|session"
    r"|signature|credential|apikey|(?:^|[-_])(?:api|access|app|client|private)[-_]?key$|^key$|^sign?$",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\s*(?:Bearer|Basic|Token|Digest|ApiKey|OAuth)?\s*", re.I)
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}", re.ASCII)
_OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


@dataclass(frozen=True)
class Paging:
    """How the next page is asked for.

    Parameters
    ----------
    kind : {"none", "page", "offset", "cursor", "link"}
        ``page`` counts pages, ``offset`` songs; ``cursor`` sends back what the answer holds at `next`;
        ``link`` asks the address that it holds there.
    parameter : str
        Name in the query.
    first, step : int
        Where counting begins, and by how much it goes on.
    next : str
        Path to the cursor or the link.
    more : str
        Path to a value that says whether there is more; "" where none does.
    max_pages : int
        Not more are asked.
    """

    kind: Kind = "none"
    parameter: str = ""
    first: int = 0
    step: int = 1
    next: str = ""
    more: str = ""
    max_pages: int = 100

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ParameterError(f"paging.kind is {self.kind!r}; {', '.join(get_args(Kind))} are known")
        if self.kind in {"page", "offset", "cursor"} and not self.parameter:
            raise ParameterError(f"paging.parameter is missing; {self.kind!r} needs it")
        if self.kind in {"cursor", "link"} and not self.next:
            raise ParameterError(f"paging.next is missing; {self.kind!r} needs a path")
        if not 1 <= self.max_pages <= 10_000 or self.step < 1 or self.first < 0:
            raise ParameterError("paging: max_pages is from 1 to 10000, step from 1, first from 0")
        for path in (self.next, self.more):
            steps_of(path)


@dataclass(frozen=True)
class Provider:
    """A server of charts.

    Parameters
    ----------
    name : str
        What the chart is called.
    url : str
        ``http`` or ``https``; ``{name}`` in the path is a place for a value.
    method : {"GET", "POST"}
        How it is asked.
    values : Mapping of str to str
        What goes into the places unless a person says otherwise.
    query, headers : Mapping of str to str
        Sent along; ``{name}`` is a place, ``${TUNELENS_CHART_NAME}`` a variable of the environment.
    body : Mapping
        Sent as JSON with a ``POST``; texts in it as in the query.
    songs : str
        Path to the list of songs; "" takes the longest list of the answer.
    fields : Mapping of str to str
        ``field -> path`` in a song, for those whose name does not say it.
    paging : Paging
        How to go on.
    limits : WebLimits
        Bounds.
    max_age_s : float
        So long answers on disk are good.
    content_types : tuple of str
        What answers may be.
    """

    name: str
    url: str
    method: str = "GET"
    values: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    songs: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    paging: Paging = field(default_factory=Paging)
    limits: WebLimits = field(default_factory=WebLimits)
    max_age_s: float = 86_400.0
    content_types: tuple[str, ...] = JSON_TYPES

    def __post_init__(self) -> None:
        _check_url(self.url)
        if self.method not in {"GET", "POST"} or (self.body and self.method == "GET"):
            raise ParameterError(
                f"method is {self.method!r}; GET and, where there is a body, POST are allowed"
            )
        for name, text in self.headers.items():
            _check_header(name, text)
        for where, texts in (("query", self.query), ("headers", self.headers), ("body", self.body)):
            for name, text in texts.items():
                _check_secret(where, name, text)
        for name, path in self.fields.items():
            if name not in FIELDS:
                raise UnknownNameError.among("field of a chart", name, FIELDS)
            steps_of(path)
        steps_of(self.songs)
        if not 0 <= self.max_age_s <= 366 * 86_400:
            raise ParameterError(f"max_age_s is {self.max_age_s!r}; seconds from 0 to a year are allowed")

    @property
    def places(self) -> tuple[str, ...]:
        """Names of the places that values fill."""
        texts = [self.url, *self.query.values(), *self.headers.values(), *_texts(self.body)]
        return tuple(dict.fromkeys(name for text in texts for name in _PLACE.findall(_without(text))))


def load_provider(path: Path) -> Provider:
    """Read the description of a provider.

    Raises
    ------
    NotFoundError
        There is no such file.
    DataError
        It is no TOML.
    ParameterError, UnknownNameError
        A key is unknown, a value is not allowed, or a credential stands in the file.
    """
    if not os.path.isfile(path):  # noqa: PTH113 - never raises
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if path.stat().st_size > MOST_BYTES:
        raise DataError(f"{str(path)!r} has more than {MOST_BYTES} bytes")
    try:
        document = tomllib.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{str(path)!r} is no TOML: {str(error)[:200]}") from error
    try:
        return provider_of(document)
    except (ParameterError, UnknownNameError) as error:
        raise type(error)(f"{str(path)!r}: {error.message}", hint=error.hint) from error


def provider_of(document: Mapping[str, Any]) -> Provider:
    """Build a provider from a document; see docs/charts.md for its keys.

    Examples
    --------
    >>> provider_of({"name": "hot", "url": "https://example.org/{day}", "values": {"day": "today"}}).places
    ('day',)
    >>> provider_of({"name": "hot", "url": "https://example.org", "headers": {"Cookie": "sid=1"}})
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: headers.Cookie holds a credential
    """
    flat = {key: value for key, value in document.items() if key not in _TABLES}
    parts = {key: _table(document, key) for key in _TABLES}
    given: dict[str, Any] = {**flat, **{key: _plain(key, parts[key]) for key in _TEXTS if parts[key]}}
    if parts["songs"]:
        given["songs"] = str(_known("songs", parts["songs"], {"list"}).get("list", ""))
    if parts["paging"]:
        given["paging"] = _made(Paging, "paging", parts["paging"])
    limits = {**parts["limits"]}
    ages = {key: limits.pop(key) for key in ("max_age_s",) if key in limits}
    if limits:
        given["limits"] = _made(WebLimits, "limits", limits)
    if "content_types" in given:
        given["content_types"] = _types(given["content_types"])
    return _made(Provider, "", {**given, **ages, **({"body": parts["body"]} if parts["body"] else {})})


_TEXTS = ("values", "query", "headers", "fields")
_KINDS: dict[str, type] = {"str": str, "int": int}
_TABLES = frozenset({*_TEXTS, "songs", "paging", "limits", "body"})


def _types(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ParameterError("content_types is no list of texts", hint='write ["application/json"]')
    return tuple(one.lower() for one in value)


def _table(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise ParameterError(f"{key} is no table", hint=f"write [{key}] above its keys")
    return value


def _plain(where: str, values: Mapping[str, Any]) -> dict[str, str]:
    for name, value in values.items():
        if isinstance(value, (dict, list)):
            raise ParameterError(f"{where}.{name} is no text or number")
    return {name: _as_text(value) for name, value in values.items()}


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(where: str, values: Mapping[str, Any], names: set[str]) -> Mapping[str, Any]:
    for name in values:
        if name not in names:
            raise UnknownNameError.among(f"key of [{where}]" if where else "key", name, names)
    return values


def _made(kind: type, where: str, values: Mapping[str, Any]) -> Any:
    known = _known(where, values, {item.name for item in fields(kind)})
    for item in (item for item in fields(kind) if item.name in known):
        value, wanted = known[item.name], _KINDS.get(str(item.type), object)
        if not isinstance(value, wanted) or isinstance(value, bool):
            raise ParameterError(
                f"{where + '.' if where else ''}{item.name} is {value!r}; {item.type} is needed"
            )
    if kind is Provider and not {"name", "url"} <= known.keys():
        raise ParameterError("name and url are needed")
    try:
        return kind(**known)
    except TypeError as error:
        raise ParameterError(f"a value is of the wrong kind: {str(error)[:200]}") from error


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ParameterError(f"url is {url[:200]!r}, which is no address: {error}") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ParameterError(f"url is {url[:200]!r}; an address of http or https is needed")
    if _PLACE.search(parts.netloc) or "$" in parts.netloc or "{" in parts.netloc:
        raise ParameterError("url: the name of the server must stand there as it is, without places")
    if "@" in parts.netloc:
        raise ParameterError("url holds a name or a password", hint="use a header and the environment")
    if _VARIABLE.search(url):
        raise ParameterError(
            "url takes no variables of the environment", hint="put them into [query] or [headers]"
        )
    for pair in filter(None, parts.query.split("&")):
        name, _, value = pair.partition("=")
        _check_secret("url", name, value)


def _check_header(name: str, text: str) -> None:
    if not _HEADER_NAME.fullmatch(name) or name.lower() in _OURS:
        raise ParameterError(f"headers.{name[:60]} is no header that can be set")
    if any(char < " " and char != "\t" for char in text):
        raise ParameterError(f"headers.{name} holds a control character")


def _check_secret(where: str, name: str, value: Any) -> None:
    """Refuse a literal under a name such as Authorization: a variable belongs there, a scheme at most."""
    if isinstance(value, dict):
        for key, member in value.items():
            _check_secret(f"{where}.{name}", key, member)
        return
    if isinstance(value, list):
        for member in value:
            _check_secret(where, name, member)
        return
    text = str(value)
    unknown = [one for one in _VARIABLE.findall(text) if not one.startswith(PREFIX)]
    if unknown:
        raise ParameterError(
            f"{where}.{name} takes {unknown[0]!r} of the environment; only names with {PREFIX} are taken",
            hint=f"call the variable {PREFIX}{unknown[0]}"[:200],
        )
    if _SECRET_NAME.search(name) and text and not _is_from_environment(text):
        raise ParameterError(
            f"{where}.{name} holds a credential",
            hint=f'write {name} = "${{{PREFIX}TOKEN}}" and set that variable of the environment',
        )


def _is_from_environment(text: str) -> bool:
    rest = _VARIABLE.sub("", text)
    return bool(_VARIABLE.search(text)) and bool(_SCHEME.fullmatch(rest))


def _without(text: str) -> str:
    return _VARIABLE.sub("", text)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for member in members for text in _texts(member)]


def filled(text: str, values: Mapping[str, str], env: Mapping[str, str], *, in_path: bool = False) -> str:
    """Return `text` with its places and variables filled; in a path values are written as one step of it.

    Raises
    ------
    ParameterError
        A place has no value, or a variable is not set.

    Examples
    --------
    >>> filled("https://example.org/{day}", {"day": "5/3"}, {}, in_path=True)
    'https://example.org/5%2F3'
    """

    def place(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise ParameterError(f"{found[1]!r} has no value", hint=f"--set {found[1]}=VALUE")
        return quote(values[found[1]], safe="") if in_path else values[found[1]]

    def variable(found: re.Match[str]) -> str:
        if not env.get(found[1]):
            raise ParameterError(f"{found[1]} is not set", hint=f"set the environment variable {found[1]}")
        if any(char < " " or char == "\x7f" for char in env[found[1]]):
            raise ParameterError(f"{found[1]} holds a control character", hint="is there a line break in it?")
        return env[found[1]]

    # parts between variables first: what a variable holds is never read as a place
    pieces, at = [], 0
    for found in _VARIABLE.finditer(text):
        pieces += [_PLACE.sub(place, text[at : found.start()]), variable(found)]
        at = found.end()
    return "".join([*pieces, _PLACE.sub(place, text[at:])])


def has_secret(text: str) -> bool:
    """Does `text` take a variable of the environment?"""
    return bool(_VARIABLE.search(text))
