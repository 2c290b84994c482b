"""What each field of a query means, as a condition on ``tracks``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, not_, or_, select

from tunelens.base.errors import UnknownNameError
from tunelens.library.fulltext import has_words, tag_word
from tunelens.library.identity import escape
from tunelens.library.query.clusters import in_cluster, in_clusters
from tunelens.library.query.grammar import Term
from tunelens.library.query.names import ALIASES, NUMBERS, PLAIN, TAGS, TEXTS
from tunelens.library.query.tagged import having_tag, likely, sort_of_tag
from tunelens.library.query.values import dates, key, numbers
from tunelens.library.query.words import having
from tunelens.library.schema import corrections, events, playlist_items, playlists, tags, texts, tracks

LITERAL_IN = ("title", "artist", "album", "path")
COLUMNS: dict[str, ColumnElement[Any]] = {
    "title": tracks.c.title,
    "artist": tracks.c.artist,
    "album": tracks.c.album,
    "albumartist": tracks.c.album_artist,
    "path": tracks.c.path,
    "codec": tracks.c.codec,
    "mode": tracks.c.mode,
    "tempo": tracks.c.tempo_bpm,
    "year": tracks.c.year,
    "duration": tracks.c.duration_s,
    "loudness": tracks.c.loudness_lufs,
    "energy": tracks.c.energy,
    "danceability": tracks.c.danceability,
    "valence": tracks.c.valence,
    "arousal": tracks.c.arousal,
    "bitrate": tracks.c.bit_rate / 1000.0,
    "id": tracks.c.id,
    "added": tracks.c.added_at,
}
_TIMES = func.sum(func.coalesce(events.c.value, 1))
_LISTED = select(playlist_items.c.track_id).where(playlist_items.c.track_id.is_not(None))
_YES = {"yes": "like", "true": "like", "1": "like", "no": "dislike", "false": "dislike", "0": "dislike"}


def meaning(term: Term) -> ColumnElement[bool]:
    """Return what a term means; NULL counts as no.

    Raises
    ------
    QueryError
        The value is not one of its field.
    """
    return _MEANINGS[term.field](term)


def _text(term: Term) -> ColumnElement[bool]:
    return tracks.c.id.in_(having(term)) if has_words(term.value) else _literal(term)


def _literal(term: Term) -> ColumnElement[bool]:
    """Find what is no word, the band ``!!!`` say: full text does not know it."""
    value = escape(term.value)
    if term.field == "lyrics":
        sung = select(texts.c.rowid).where(texts.c.lyrics.contains(value, autoescape=True))
        return tracks.c.id.in_(sung)
    columns = [COLUMNS[name] for name in ([term.field] if term.field else LITERAL_IN)]
    return or_(*(func.coalesce(one.contains(value, autoescape=True), 0) for one in columns))


def _plain(term: Term) -> ColumnElement[bool]:
    value, column = escape(term.value), COLUMNS[term.field]
    if term.exact:
        return func.lower(column) == func.lower(value)
    return column.icontains(value, autoescape=True)


def _number(term: Term) -> ColumnElement[bool]:
    return numbers(term).on(COLUMNS[term.field])


def _added(term: Term) -> ColumnElement[bool]:
    return dates(term).on(COLUMNS["added"])


def _key(term: Term) -> ColumnElement[bool]:
    tonics, mode = key(term)
    return and_(tracks.c.tonic.in_(tonics), tracks.c.mode == mode)


def _tag(term: Term) -> ColumnElement[bool]:
    return and_(tracks.c.id.in_(having_tag(term)), tracks.c.id.not_in(_denied(term)))


def _denied(term: Term) -> Select[Any]:
    """Return the tracks of which a person said that they are not so, whatever files and programs tell."""
    said = select(corrections.c.track_id).where(corrections.c.track_id.is_not(None))
    return said.where(corrections.c.holds == 0, corrections.c.word == escape(tag_word(term.value)))


def counted_plays() -> Subquery:
    """Return how often each track was played, by ``track_id``, as ``value``."""
    return _played().add_columns(_TIMES.label("value")).subquery()


def mean_ratings() -> Subquery:
    """Return the mean of the last ratings of each listener, by ``track_id``, as ``value``."""
    last = _last("rating")
    return (
        _latest(last).add_columns(func.avg(last.c.value).label("value")).group_by(last.c.track_id).subquery()
    )


def _played() -> Select[Any]:
    return _told("play").group_by(events.c.track_id)


def _plays(term: Term) -> ColumnElement[bool]:
    span = numbers(term)
    times, played = span.on(_TIMES), _played()
    if span.holds(0):
        return tracks.c.id.not_in(played.having(not_(times)))
    return tracks.c.id.in_(played.having(times))


def _rating(term: Term) -> ColumnElement[bool]:
    rated = mean_ratings()
    return tracks.c.id.in_(select(rated.c.track_id).where(numbers(term).on(rated.c.value)))


def _liked(term: Term) -> ColumnElement[bool]:
    wanted = _YES.get(term.value.lower())
    if wanted is None:
        raise term.error(f"liked is {term.value!r}; yes or no is needed,")
    last = _last("like", "dislike")
    return tracks.c.id.in_(_latest(last).where(last.c.kind == wanted))


def _told(*kinds: str) -> Select[Any]:
    return select(events.c.track_id).where(events.c.kind.in_(kinds), events.c.track_id.is_not(None))


def _last(*kinds: str) -> Subquery:
    """Return the events of these kinds, counted back for each listener of a track: minds change."""
    backwards = func.row_number().over(
        partition_by=(events.c.track_id, events.c.listener), order_by=(events.c.at.desc(), events.c.id.desc())
    )
    return _told(*kinds).add_columns(events.c.kind, events.c.value, backwards.label("nth")).subquery()


def _latest(last: Subquery) -> Select[Any]:
    return select(last.c.track_id).where(last.c.nth == 1)


def _playlist(term: Term) -> ColumnElement[bool]:
    named = select(playlists.c.id).where(playlists.c.name == escape(term.value))
    return tracks.c.id.in_(_LISTED.where(playlist_items.c.playlist_id.in_(named)))


def _has(term: Term) -> ColumnElement[bool]:
    name = ALIASES.get(term.value.lower(), term.value.lower())
    if name not in _PRESENT:
        hint = UnknownNameError.among("field", name, _PRESENT).hint
        raise term.error(f"{term.field} is {term.value!r}; a field that can be missing is needed,", hint)
    return _PRESENT[name]()


def _missing(term: Term) -> ColumnElement[bool]:
    return not_(func.coalesce(_has(term), 0))


def _is_set(name: str) -> Callable[[], ColumnElement[bool]]:
    return lambda: COLUMNS[name].is_not(None)


def _is_tagged(group: str) -> Callable[[], ColumnElement[bool]]:
    return lambda: exists().where(tags.c.track_id == tracks.c.id, sort_of_tag(group), likely())


def _is_told(*kinds: str) -> Callable[[], ColumnElement[bool]]:
    return lambda: tracks.c.id.in_(_told(*kinds))


_PRESENT: dict[str, Callable[[], ColumnElement[bool]]] = {
    **{name: _is_set(name) for name in COLUMNS if name not in {"path", "id", "added", "codec", "mode"}},
    **{name: _is_tagged(name) for name in TAGS},
    "genre": lambda: or_(tracks.c.genre.is_not(None), _is_tagged("genre")()),
    "key": lambda: tracks.c.tonic.is_not(None),
    "lyrics": lambda: tracks.c.id.in_(select(texts.c.rowid).where(texts.c.lyrics != "")),
    "plays": _is_told("play"),
    "rating": _is_told("rating"),
    "liked": _is_told("like", "dislike"),
    "playlist": lambda: tracks.c.id.in_(_LISTED),
    "cluster": in_clusters,
}

_MEANINGS: dict[str, Callable[[Term], ColumnElement[bool]]] = {
    **dict.fromkeys(("", *TEXTS), _text),
    **dict.fromkeys(PLAIN, _plain),
    **dict.fromkeys(TAGS, _tag),
    **dict.fromkeys(NUMBERS, _number),
    "added": _added,
    "key": _key,
    "plays": _plays,
    "rating": _rating,
    "liked": _liked,
    "playlist": _playlist,
    "cluster": in_cluster,
    "has": _has,
    "missing": _missing,
}
