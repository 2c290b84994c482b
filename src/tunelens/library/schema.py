"""The tables of a library. `SCHEMA_VERSION` grows with every change to them.

A track is one file. What lists and filters need are columns of ``tracks``; the whole analysis is a JSON
document beside it, its long arrays are float32 blobs in ``vectors``. What people did (``events``), their
``playlists`` and the ``journal`` of tags that were written outlive the track they speak of.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    event,
    literal_column,
    or_,
)

SCHEMA_VERSION = 2
METADATA = MetaData()


def _of_track() -> Column:
    return Column("track_id", ForeignKey("tracks.id", ondelete="CASCADE"), primary_key=True, nullable=False)


def _about_track() -> Column:
    return Column("track_id", ForeignKey("tracks.id", ondelete="SET NULL"))


meta = Table("meta", METADATA, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

# One narrow index that covers what filters compare: a look through it reads a tenth of the table.
_FILTERED = (
    "tempo_bpm", "year", "energy", "danceability", "valence", "arousal", "loudness_lufs", "duration_s",
    "tonic", "mode", "bit_rate", "added_at",
)  # fmt: skip

tracks = Table(
    "tracks",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("path", Text, nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("analyzed_at", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("title", Text),
    Column("artist", Text),
    Column("album", Text),
    Column("year", Integer),
    Column("genre", Text),
    Column("container", Text),
    Column("codec", Text),
    Column("sr", Integer),
    Column("n_channels", Integer),
    Column("bit_rate", Integer),
    Column("duration_s", Float),
    Column("tempo_bpm", Float),
    Column("tempo_confidence", Float),
    Column("tonic", Text),
    Column("mode", Text),
    Column("key_confidence", Float),
    Column("loudness_lufs", Float),
    Column("loudness_range_lu", Float),
    Column("danceability", Float),
    Column("energy", Float),
    Column("dynamic_complexity_db", Float),
    Column("album_artist", Text),
    Column("recording_mbid", Text),
    Column("added_at", Text),
    Column("valence", Float),
    Column("arousal", Float),
    Column("revision", Integer, nullable=False, server_default="0"),
    Index("tracks_by_sha256", "sha256"),
    Index("tracks_by_size", "size_bytes"),
    Index("tracks_by_revision", "revision"),
    Index("tracks_in_numbers", *_FILTERED),
    sqlite_autoincrement=True,
)

analyses = Table("analyses", METADATA, _of_track(), Column("document", Text, nullable=False))

tags = Table(
    "tags",
    METADATA,
    _of_track(),
    Column("model", Text, primary_key=True),
    Column("tag", Text, primary_key=True),
    Column("group", Text, nullable=False),
    Column("word", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("rank", Integer, nullable=False),
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
    Column("kind", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("layout", Text, nullable=False),
    Column("n_rows", Integer, nullable=False),
    Column("dim", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("vectors_by_kind", "kind"),
)

layouts = Table(
    "layouts", METADATA, Column("id", Text, primary_key=True), Column("names", Text, nullable=False)
)

failures = Table(
    "failures",
    METADATA,
    Column("path", Text, primary_key=True),
    Column("size_bytes", BigInteger),
    Column("mtime_ns", BigInteger),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("hint", Text),
    Column("failed_at", Text, nullable=False),
    Column("program", Text, nullable=False),
)

prints = Table(
    "prints",
    METADATA,
    _of_track(),
    Column("kind", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

events = Table(
    "events",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Float),
    Column("text", Text),
    Column("listener", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False),
    Column("key", Text, nullable=False),
    _about_track(),
    Column("title", Text),
    Column("artist", Text),
    Column("album", Text),
    Index("events_by_key", "source", "key", unique=True),
    Index("events_by_track", "track_id", "kind"),
)

playlists = Table(
    "playlists",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("query", Text),
    Column("description", Text),
    Column("created_at", Text, nullable=False),
    Column("updated_at", Text, nullable=False),
)

playlist_items = Table(
    "playlist_items",
    METADATA,
    Column("playlist_id", ForeignKey("playlists.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _about_track(),
    Column("path", Text),
    Column("title", Text),
    Column("artist", Text),
    Column("duration_s", Float),
    Index("playlist_items_by_track", "track_id"),
)

journal = Table(
    "journal",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("batch", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("before_sha256", Text, nullable=False),
    Column("after_sha256", Text, nullable=False),
    Column("before_mtime_ns", BigInteger, nullable=False),
    Column("changes", Text, nullable=False),
    Column("patch", LargeBinary, nullable=False),
    Index("journal_by_batch", "batch"),
)

WORDS = ("title", "artist", "album", "albumartist", "genre", "path", "tags", "lyrics")

texts = Table(
    "texts",
    MetaData(),  # a virtual table: `VIRTUAL` makes it
    Column("rowid", Integer, primary_key=True),
    *(Column(name, Text) for name in WORDS),
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
