"""One question for each operation, in order: what `docs/make_examples.py` asks, and the tests ask again.

A name with a blank is no operation: it is asked for the sake of those behind it.
"""

from __future__ import annotations

from typing import Any

Question = tuple[str, str, dict[str, Any] | None]

FOR_RUNNING = {"vocabulary": "跑步"}
NOT_ASKED = {"show_timeline", "predict_sound", "suggest_corrections", "export_library", "import_playlist"}
"""Operations that answer where nets or a learned vocabulary are, with a table, or to a form alone."""

ASKED: dict[str, Question] = {
    "tell_info": ("GET", "/info", None),
    "browse_roots": ("GET", "/roots", None),
    "list_uploads": ("GET", "/uploads", None),
    "list_jobs": ("GET", "/jobs?limit=1", None),
    "find_tracks": ("GET", "/tracks?query=blue&limit=1", None),
    "show_track": ("GET", "/tracks/2", None),
    "count_facets": ("GET", "/facets?query=year:1950..1999&names=genre,decade", None),
    "find_similar": ("GET", "/tracks/2/similar?n=1&other_artist=true", None),
    "find_similar_to_several": ("POST", "/similar", {"tracks": [2, 3], "combine": "nearest", "n": 1}),
    "find_duplicates": ("GET", "/duplicates?limit=1", None),
    "identify_sound": ("POST", "/identify", {"track": 10, "start_s": 2, "duration_s": 6}),
    "find_matches": ("GET", "/tracks/12/matches", None),
    "show_waveform": ("GET", "/tracks/2/waveform?points=4", None),
    "show_beats": ("GET", "/tracks/2/beats", None),
    "show_parts": ("GET", "/tracks/2/structure", None),
    "list_plots": ("GET", "/plots", None),
    "list_playlists": ("GET", "/playlists?limit=1", None),
    "create_playlist": ("POST", "/playlists", {"name": "晚上", "tracks": [2, 3], "force": True}),
    "show_playlist": ("GET", "/playlists/晚上", None),
    "add_to_playlist": ("POST", "/playlists/晚上/items", {"tracks": [5], "at": 1}),
    "remove_from_playlist": ("DELETE", "/playlists/晚上/items?places=1", None),
    "make_playlist": ("POST", "/playlists/make", {"kind": "mix", "tracks": [2], "n": 2}),
    "delete_playlist": ("DELETE", "/playlists/晚上", None),
    "show_feedback": ("GET", "/feedback", None),
    "recommend_tracks": ("POST", "/recommend", {"tracks": [2], "n": 1}),
    "show_library": ("GET", "/library", None),
    "check_library": ("GET", "/library/check", None),
    "list_failures": ("GET", "/failures", None),
    "plan_tags": ("POST", "/tags/plan", {"tracks": [2], "fields": ["bpm", "key"]}),
    "list_batches": ("GET", "/tags/history", None),
    "decide_copy": ("POST", "/copies", {"keep": 6, "copy": 12, "decision": "spare"}),
    "start_map": ("POST", "/jobs/map", {}),
    "first tell 1": ("POST", "/corrections", {"track": 1, "label": "适合", **FOR_RUNNING}),
    "first tell 2": ("POST", "/corrections", {"track": 2, "label": "不适合", **FOR_RUNNING}),
    "first tell 3": ("POST", "/corrections", {"track": 3, "label": "适合", **FOR_RUNNING}),
    "first tell 4": ("POST", "/corrections", {"track": 11, "label": "不适合", **FOR_RUNNING}),
    "learn_corrections": ("POST", "/corrections/learn", {**FOR_RUNNING, "n_changes": 1, "n_ask": 1}),
    "look_at_dataset": ("POST", "/studio/look", {"dataset": {"query": "", "label": "told:跑步"}}),
    "list_corrections": ("GET", "/corrections", None),
    "list_vocabularies": ("GET", "/corrections/vocabularies", None),
    "undo_correction": ("DELETE", "/corrections", None),
    "remove_correction": ("DELETE", "/corrections/1", None),
    "list_nets": ("GET", "/models", None),
    "list_bundles": ("GET", "/bundles", None),
    "show_bundle": ("GET", "/bundles/genre", None),
    "list_choices": ("GET", "/studio", None),
}
