"""What a map says: the words of its page, and names of columns as people read them."""

from __future__ import annotations

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word

WORDS = {
    "unknown": word("unknown"),
    "others": word("{n} others"),
    "groups": word("Groups"),
    "numbers": word("Numbers"),
    "legend_help": word("Click hides or shows, double click shows it alone"),
    "n_selected": word("{n} songs selected"),
    "n_with_file": word("{n} of them have a file; M3U8 lists those"),
    "n_found": word("{n} songs found"),
    "and_more": word("and {n} more"),
    "clear": word("Clear"),
    "snippet_only": word("A few seconds that this page holds."),
    "no_sound": word("No sound is known for this song."),
    "file_failed": word("This file cannot be opened from here: {path}"),
    "file_failed_snippet": word("The file cannot be opened from here; these seconds are in the page. {path}"),
    "near_by_features": word("By all numbers that the map was made of, not by distance on the map."),
    "near_by_map": word("By distance on this map: there are too many songs to hold more."),
    "old_browser": word("This browser is too old for the map: it needs one of 2023 or later."),
}  # fmt: skip

_LABELS = {
    "cluster": word("Cluster"),
    "file_genre": word("Genre in the file"),
    "album": word("Album"),
    "songs": word("All songs"),
}


def page_words() -> dict[str, str]:
    """Return the words of the page's script, in the language of now, with places for values."""
    return {key: say(text) for key, text in WORDS.items()}


def label_of(name: str) -> str:
    """Return what a column is called, as a heading, in the language of now.

    Examples
    --------
    >>> label_of("tempo_bpm"), label_of("playlist_name"), label_of("播放量")
    ('Tempo (BPM)', 'Playlist name', '播放量')
    """
    head, _, rest = name.partition(":")
    if rest and head in _LABELS:
        return f"{label_of(head)} · {rest}"
    known = say(_LABELS[name]) if name in _LABELS else feature_name(name)
    shown = known.replace("_", " ").strip() or name
    return shown[:1].upper() + shown[1:]
