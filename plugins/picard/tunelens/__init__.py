"""MusicBrainz Picard plugin: genre, mood, tempo and key of files, as Tunelens hears them.

*Hear with Tunelens* in the menu of files, tracks, albums and clusters sets what is empty, as changes that
Picard shows before it saves. What Tunelens is not sure of is not set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from picard.plugin3.api import BaseAction, File, Metadata, PluginApi
from picard.util.thread import run_task

TAGS = {"genre": "genre", "mood": "mood", "bpm": "bpm", "key": "key"}
"""What Picard calls each field of Tunelens."""
NEEDS_TUNELENS = "Tunelens is not installed for the Python that runs Picard: pip install tunelens"


class Hear(BaseAction):
    """Hears the selected files in the background."""

    TITLE = "Hear with Tunelens"

    def callback(self, objs: list) -> None:
        """Start hearing; Picard calls back when it is done."""
        files = {file.filename: file for one in objs for file in one.iterfiles()}
        run_task(partial(hear, list(files)), partial(self.heard, files))

    def heard(
        self, files: Mapping[str, File], result: list | None = None, error: Exception | None = None
    ) -> None:
        """Set what was heard; this runs in Picard's own thread."""
        if error is not None:
            self.api.logger.error("%s", NEEDS_TUNELENS if isinstance(error, ModuleNotFoundError) else error)
            return
        for file, advice in zip(files.values(), result or (), strict=True):
            if advice.error is not None:
                self.api.logger.warning("%s", advice.error)
            elif fill(file.metadata, advice.values):
                file.update()


def hear(paths: Iterable[str]) -> list:
    """Return the advice of Tunelens on each file, in order."""
    from tunelens.services.advice import advise
    from tunelens.services.tag_proposals import TagOptions

    return list(advise(paths, options=TagOptions(fields=tuple(TAGS))))


def fill(metadata: Metadata, values: Mapping[str, tuple[str, ...]]) -> bool:
    """Set the tags that are empty; was there one?"""
    empty = {TAGS[name]: list(told) for name, told in values.items() if not metadata.getall(TAGS[name])}
    for tag, told in empty.items():
        metadata[tag] = told
    return bool(empty)


def enable(api: PluginApi) -> None:
    """Add the action to the menus of everything that holds files."""
    for register in (
        api.register_file_action,
        api.register_track_action,
        api.register_album_action,
        api.register_cluster_action,
    ):
        register(Hear)
