"""The tables of a library. `SCHEMA_VERSION` grows with every change to them.

A track is one file. What lists and filters need are columns of ``tracks``; the whole analysis is a JSON
document beside it, its long arrays are float32 blobs in ``vectors``. What people did (``events``) and said of
labels (``corrections``), their ``playlists`` and the ``journal`` of tags that were written outlive the track
they speak of; which cluster it was in (``memberships``) does not. ``heads`` were learned from corrections.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    Column,
    ForeignKey,
    Index,
    MetaData,
    Table,
    event,
    literal_column,
    or_,
)

from tunelens.library.cells import Bytes, Large, Real, Whole, Words

SCHEMA_VERSION = 4
METADATA = MetaData()


def _of_track() -> Column:
    return Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True, nullable=False)


def _about_track() -> Column:
    return Column("track_id", ForeignKey("tracks.id", ondelete="SET NULL"))


meta = Table("meta", METADATA, Column("key", Words, primary_key=True), Column("value", Words, nullable=False))

# One narrow index that covers what filters compare: a look through it reads a tenth of the table.
_FILTERED = (
    "tempo_bpm", "year", "energy", "danceability", "valence", "arousal", "loudness_lufs", "duration_s",
    "tonic", "mode", "bit_rate", "added_at",
)  # fmt: skip

tracks = Table(
    "tracks",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("path", Words, nullable=False, unique=True),
    Column("size_bytes", Large, nullable=False),
    Column("mtime_ns", Large, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("analyzed_at", Words, nullable=False),
    Column("versions", Words, nullable=False),
    Column("title", Words),
    Column("artist", Words),
    Column("album", Words),
    Column("year", Whole),
    Column("genre", Words),
    Column("container", Words),
    Column("codec", Words),
    Column("sr", Whole),
    Column("n_channels", Whole),
    Column("bit_rate", Whole),
    Column("duration_s", Real),
    Column("tempo_bpm", Real),
    Column("tempo_confidence", Real),
    Column("tonic", Words),
    Column("mode", Words),
    Column("key_confidence", Real),
    Column("loudness_lufs", Real),
    Column("loudness_range_lu", Real),
    Column("danceability", Real),
    Column("energy", Real),
    Column("dynamic_complexity_db", Real),
    Column("album_artist", Words),
    Column("recording_mbid", Words),
    Column("added_at", Words),
    Column("valence", Real),
    Column("arousal", Real),
    Column("revision", Whole, nullable=False, server_default="0"),
    Index("tracks_by_sha256", "sha256"),
    Index("tracks_by_size", "size_bytes"),
    Index("tracks_by_revision", "revision"),
    Index("tracks_in_numbers", *_FILTERED),
    sqlite_autoincrement=True,
)

analyses = Table("analyses", METADATA, _of_track(), Column("document", Words, nullable=False))

tags = Table(
    "tags",
    METADATA,
    _of_track(),
    Column("model", Words, primary_key=True),
    Column("tag", Words, primary_key=True),
    Column("group", Words, nullable=False),
    Column("word", Words, nullable=False),
    Column("probability", Real, nullable=False),
    Column("rank", Whole, nullable=False),
    sqlite_with_rowid=False,
)

LIKELY, TOP = 0.25, 3
LIKELY_TAG = or_(
    tags.c.probability >= literal_column(str(LIKELY)), tags.c["rank"] <= literal_column(str(TOP))
)
"""Which rows of ``tags`` count; with its numbers written out, as SQLite wants the condition of an index."""

Index(
    "tags_likely",  # covers what searches and counts ask of tags
    *(tags.c[name] for name in ("word", "group", "track_id", "probability", "rank")),
    sqlite_where=LIKELY_TAG,
)

vectors = Table(
    "vectors",
    METADATA,
    _of_track(),
    Column("kind", Words, primary_key=True),
    Column("version", Words, nullable=False),
    Column("layout", Words, nullable=False),
    Column("n_rows", Whole, nullable=False),
    Column("dim", Whole, nullable=False),
    Column("data", Bytes, nullable=False),
    Index("vectors_by_kind", "kind"),
)

layouts = Table(
    "layouts", METADATA, Column("id", Words, primary_key=True), Column("names", Words, nullable=False)
)

failures = Table(
    "failures",
    METADATA,
    Column("path", Words, primary_key=True),
    Column("size_bytes", Large),
    Column("mtime_ns", Large),
    Column("code", Words, nullable=False),
    Column("message", Words, nullable=False),
    Column("hint", Words),
    Column("failed_at", Words, nullable=False),
    Column("program", Words, nullable=False),
)

prints = Table(
    "prints",
    METADATA,
    _of_track(),
    Column("kind", Words, primary_key=True),
    Column("version", Words, nullable=False),
    Column("data", Bytes, nullable=False),
)

events = Table(
    "events",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("at", Large, nullable=False),
    Column("kind", Words, nullable=False),
    Column("value", Real),
    Column("text", Words),
    Column("listener", Words, nullable=False, server_default=""),
    Column("source", Words, nullable=False),
    Column("key", Words, nullable=False),
    _about_track(),
    Column("title", Words),
    Column("artist", Words),
    Column("album", Words),
    Index("events_by_key", "source", "key", unique=True),
    Index("events_by_track", "track_id", "kind"),
)

playlists = Table(
    "playlists",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("kind", Words, nullable=False),
    Column("query", Words),
    Column("description", Words),
    Column("created_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)

playlist_items = Table(
    "playlist_items",
    METADATA,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Whole, primary_key=True),
    _about_track(),
    Column("path", Words),
    Column("title", Words),
    Column("artist", Words),
    Column("duration_s", Real),
    Index("playlist_items_by_track", "track_id"),
)

clusterings = Table(
    "clusterings",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("name", Words, nullable=False, unique=True),
    Column("method", Words, nullable=False),
    Column("document", Words, nullable=False),
    Column("model", Bytes, nullable=False),
    Column("created_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)

memberships = Table(
    "memberships",
    METADATA,
    Column("clustering_id", ForeignKey("clusterings.id", ondelete="CASCADE"), primary_key=True),
    _of_track(),
    Column("number", Whole, nullable=False),
    Column("distance", Real),
    Column("came_later", Whole, nullable=False, server_default="0"),
    Index("memberships_by_number", "clustering_id", "number"),
    Index("memberships_by_track", "track_id"),
    sqlite_with_rowid=False,
)

corrections = Table(
    "corrections",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("at", Large, nullable=False),
    Column("listener", Words, nullable=False, server_default=""),
    Column("vocabulary", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("word", Words, nullable=False),
    Column("holds", Whole, nullable=False),
    _about_track(),
    Column("path", Words, nullable=False),
    Column("sha256", Words, nullable=False),
    Column("title", Words),
    Column("artist", Words),
    Index("corrections_once", "listener", "vocabulary", "word", "track_id", unique=True),
    Index("corrections_by_track", "track_id"),
)

heads = Table(
    "heads",
    METADATA,
    Column("vocabulary", Words, primary_key=True),
    Column("document", Words, nullable=False),
    Column("model", Bytes, nullable=False),
    Column("created_at", Words, nullable=False),
    Column("updated_at", Words, nullable=False),
)

journal = Table(
    "journal",
    METADATA,
    Column("id", Whole, primary_key=True),
    Column("batch", Whole, nullable=False),
    Column("path", Words, nullable=False),
    Column("at", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("before_sha256", Words, nullable=False),
    Column("after_sha256", Words, nullable=False),
    Column("before_mtime_ns", Large, nullable=False),
    Column("changes", Words, nullable=False),
    Column("patch", Bytes, nullable=False),
    Index("journal_by_batch", "batch"),
)

WORDS = ("title", "artist", "album", "albumartist", "genre", "path", "tags", "lyrics")

texts = Table(
    "texts",
    MetaData(),  # a virtual table: `VIRTUAL` makes it
    Column("rowid", Whole, primary_key=True),
    *(Column(name, Words) for name in WORDS),
)

VIRTUAL = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5({', '.join(WORDS)}, "
    "tokenize = 'unicode61 remove_diacritics 2')",
    "CREATE TRIGGER IF NOT EXISTS track_goes AFTER DELETE ON tracks BEGIN "
    "DELETE FROM texts WHERE rowid = old.id; "
    "UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'; END",
)
"""What SQLAlchemy has no words for: full text, and what happens when a track goes."""

for _statement in VIRTUAL:
    event.listen(METADATA, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
