"""Source `http`: charts of servers that a small TOML describes."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urljoin, urlsplit

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.extras import require
from tunelens.charts.chart import Chart, parse_json
from tunelens.charts.flat import longest_list
from tunelens.charts.paths import at_path, list_at
from tunelens.charts.provider import Provider, filled, has_secret, load_provider
from tunelens.charts.registry import ChartOptions
from tunelens.charts.rows import MOST_ENTRIES, chart_of
from tunelens.charts.sources.document import rows_of

if TYPE_CHECKING:
    from tunelens.charts.web.cache import Answers
    from tunelens.charts.web.fetcher import Fetcher, Question

MOST_BYTES = 1 << 30
"""All pages of one chart together."""
_NO = frozenset({"", "false", "0", "no", "none", "null"})


class HttpSource:
    """A server that answers with JSON, described by a file."""

    name = "http"
    summary = "a server that answers with JSON, described by a small TOML file"

    def recognises(self, path: Path) -> bool:
        """Has it the name of TOML?"""
        return path.suffix.lower() == ".toml"

    def read(self, path: Path, options: ChartOptions) -> Chart:
        """Ask the server for all pages; those that came lately are taken from disk.

        Raises
        ------
        ParameterError
            The description is wrong, or a value or a variable of the environment is missing.
        DataError
            The server does not answer, or not with a chart. Pages that came before are kept: asked again, the
            reading goes on there.
        MissingDependencyError
            httpx is not installed.
        """
        require("httpx")
        return read_provider(load_provider(path), options)


def read_provider(provider: Provider, options: ChartOptions) -> Chart:
    """Return the chart of a provider; raises as `HttpSource.read` does."""
    from tunelens.charts.web.cache import Answers
    from tunelens.charts.web.fetcher import Fetcher, told

    unknown = set(options.values) - set(provider.places)
    if unknown:
        places = ", ".join(provider.places) or "none"
        raise ParameterError(f"{min(unknown)!r} is no place of {provider.name!r}", hint=f"places: {places}")
    max_age_s = provider.max_age_s if options.max_age_s is None else options.max_age_s
    answers = Answers(options.settings.cache_dir / "charts", max_age_s)
    with Fetcher(provider.limits, allow_private=options.allow_private) as fetcher:
        pages = _Pages(provider, options, fetcher, answers)
        songs = pages.all()
    if provider.url.startswith("http:") and any(map(has_secret, provider.headers.values())):
        pages.notes.append("secrets went to the server unencrypted: its address is http, not https")
    given = {**provider.fields, **options.fields}
    oldest = datetime.fromtimestamp(pages.oldest, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return chart_of(
        rows_of(songs, given), name=provider.name, source=told(provider.url), given=given, notes=pages.notes,
        fetched_at=oldest,
    )  # fmt: skip


@dataclass(frozen=True)
class _Ask:
    """What of a question changes from page to page."""

    extra: Mapping[str, str]
    url: str = ""


class _Pages:
    """Goes from page to page."""

    def __init__(self, provider: Provider, options: ChartOptions, fetcher: Fetcher, answers: Answers) -> None:
        self.provider = provider
        self.notes: list[str] = []
        self.oldest = time.time()
        self._values = {**provider.values, **options.values}
        self._progress = options.progress
        self._fetcher = fetcher
        self._answers = answers
        self._bytes = 0
        self._from_disk = 0

    def all(self) -> list[Any]:
        """Return the songs of all pages."""
        songs: list[Any] = []
        self._progress.start(
            self.provider.paging.max_pages if self.provider.paging.kind != "none" else 1, "pages"
        )
        try:
            for number, page in enumerate(self._walk(), 1):
                songs += page
                self._progress.advance(f"page {number}")
                if len(songs) > MOST_ENTRIES:
                    raise DataError(f"{self.provider.name!r} has more than {MOST_ENTRIES} songs")
        finally:
            self._progress.finish()
        if self._from_disk:
            self.notes.append(f"{self._from_disk} pages are taken from disk; --fresh asks the server anew")
        return songs

    def _walk(self) -> Iterator[list[Any]]:
        """Yield the songs of page after page, until one is empty, repeats, or says that it is the last."""
        paging = self.provider.paging
        ask, before = _first(self.provider), None
        for number in range(paging.max_pages):
            document = self._document(self._question(ask))
            songs = self._songs(document, number)
            if songs and songs == before:
                self.notes.append(f"page {number + 1} repeats the one before it; the rest is not asked for")
                return
            yield songs
            following = None if not songs else self._following(ask, document, number + 1)
            if following is None:
                return
            ask, before = following, songs
        self.notes.append(f"there are more than {paging.max_pages} pages; the rest is not asked for")

    def _songs(self, document: Any, number: int) -> list[Any]:
        if self.provider.songs:
            songs = list_at(document, self.provider.songs)
        else:
            songs = longest_list(document) or []
        if not songs and number == 0:
            place = repr(self.provider.songs) if self.provider.songs else "any place"
            keys = ", ".join(map(str, list(document)[:20])) if isinstance(document, dict) else "a list"
            raise DataError(
                f"{self.provider.name!r}: the answer has no songs at {place}; it holds: {keys}"[:1000],
                hint="correct list in [songs]",
            )
        return songs

    def _following(self, ask: _Ask, document: Any, number: int) -> _Ask | None:
        paging = self.provider.paging
        if paging.kind == "none" or (paging.more and not _yes(at_path(document, paging.more))):
            return None
        if paging.kind in {"page", "offset"}:
            return _Ask({paging.parameter: str(paging.first + number * paging.step)})
        found = at_path(document, paging.next)
        token = str(found) if isinstance(found, (str, int)) and _yes(found) else ""
        if not token:
            return None
        if paging.kind == "link":
            return _Ask({}, self._link(token))
        return None if ask.extra.get(paging.parameter) == token else _Ask({paging.parameter: token})

    def _link(self, token: str) -> str:
        home = filled(self.provider.url, self._values, {}, in_path=True)
        try:
            link = urljoin(home, token)
            is_home = urlsplit(link)[:2] == urlsplit(home)[:2]
        except ValueError as error:
            raise DataError(f"{self.provider.name!r}: the next page is said to be at no address") from error
        if not is_home:
            raise DataError(f"{self.provider.name!r}: the next page is said to be on another server")
        return link

    def _question(self, ask: _Ask) -> Question:
        from tunelens.charts.web.fetcher import Question

        env, provider = os.environ, self.provider
        url = ask.url or filled(provider.url, self._values, {}, in_path=True)
        query = {name: filled(text, self._values, env) for name, text in provider.query.items()}
        if not ask.url and (query or ask.extra):
            url += ("&" if "?" in url else "?") + urlencode({**query, **ask.extra})
        headers = {name: filled(text, self._values, env) for name, text in provider.headers.items()}
        secret = {name for name, text in provider.headers.items() if has_secret(text)}
        content = (
            json.dumps(_filled(provider.body, self._values), default=str).encode()
            if provider.method == "POST"
            else b""
        )
        plain = {"Accept": "application/json", **({"Content-Type": "application/json"} if content else {})}
        return Question(
            url, provider.method, {**plain, **{n: v for n, v in headers.items() if n not in secret}},
            {n: v for n, v in headers.items() if n in secret}, content, provider.content_types,
        )  # fmt: skip

    def _document(self, question: Question) -> Any:
        from tunelens.charts.web.fetcher import told

        kept = self._answers.get(question)
        if kept is not None:
            body, at = kept
            self._from_disk += 1
            self.oldest = min(self.oldest, at)
        else:
            sink = BytesIO()
            self._fetcher.fetch(question, sink)
            body = sink.getvalue()
        self._bytes += len(body)
        if self._bytes > MOST_BYTES:
            raise DataError(f"{self.provider.name!r}: all pages have more than {MOST_BYTES} bytes")
        document = parse_json(body, f"the answer of {told(question.url)}")
        if kept is None:
            self._keep(question, body)
        return document

    def _keep(self, question: Question, body: bytes) -> None:
        try:
            self._answers.put(question, body)
        except (DataError, OSError) as error:  # a disk that is full does not cost the chart
            note = f"answers cannot be kept: {error}"
            self.notes += [] if note in self.notes else [note]


def _first(provider: Provider) -> _Ask:
    paging = provider.paging
    counted = paging.kind in {"page", "offset"}
    return _Ask({paging.parameter: str(paging.first)} if counted else {})


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return filled(value, values, os.environ)
    if isinstance(value, dict):
        return {name: _filled(member, values) for name, member in value.items()}
    return [_filled(member, values) for member in value] if isinstance(value, list) else value


def _yes(value: Any) -> bool:
    return str(value).strip().lower() not in _NO


HTTP = HttpSource()
