"""beets plugin `tunelens`: genre, mood, tempo, key and energy as Tunelens hears them.

``beet tunelens [QUERY]`` hears the items of a library; ``auto: yes`` hears what is imported. A field that
has a value stays, unless ``force`` is set. What Tunelens is not sure of is not written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from optparse import Values
from pathlib import Path
from typing import Any, ClassVar

import mediafile
from beets import ui
from beets.dbcore import types
from beets.importer import ImportSession, ImportTask
from beets.library import Item
from beets.library import Library as BeetsLibrary
from beets.plugins import BeetsPlugin

from tunelens import Library
from tunelens.base.errors import TunelensError
from tunelens.services.advice import Advice, advise
from tunelens.services.hear import HearOptions
from tunelens.services.tag_proposals import TagOptions

FIELDS = ("genre", "mood", "bpm", "key", "energy")
NAMES = {"genre": "genres", "mood": "mood", "bpm": "bpm", "key": "initial_key", "energy": "energy"}
"""What beets calls each field."""


class TunelensPlugin(BeetsPlugin):
    """Hears music and fills in what its tags do not say."""

    item_types: ClassVar[dict[str, types.Type]] = {
        "mood": types.SEMICOLON_SPACE_DSV,
        "energy": types.INTEGER,
    }

    def __init__(self) -> None:
        super().__init__("tunelens")
        self.config.add(
            {
                "auto": False,
                "force": False,
                "fields": list(FIELDS),
                "min_confidence": 0.7,
                "models": True,
                "jobs": 1,
                "library": "",
            }
        )
        self.add_media_field("mood", _mood())
        if self.config["auto"].get(bool):
            self.import_stages = [self.imported]

    def commands(self) -> list[ui.Subcommand]:
        """Return the command of this plugin."""
        command = ui.Subcommand("tunelens", help="hear items: genre, mood, bpm, key, energy")
        command.parser.add_option("-f", "--force", action="store_true", help="overwrite what is there")
        command.parser.add_option("-p", "--pretend", action="store_true", help="show, change nothing")
        command.func = self.run
        return [command]

    def run(self, lib: BeetsLibrary, opts: Values, args: list[str]) -> None:
        """Hear the items that a query finds, keeping what was heard in the library of Tunelens."""
        force = bool(opts.force) or self.config["force"].get(bool)
        with self._library() as library:
            for item, advice in self._advised(list(lib.items(args)), library):
                self._apply(item, advice, force, write=ui.should_write(), pretend=bool(opts.pretend))

    def imported(self, _session: ImportSession, task: ImportTask) -> None:
        """Hear what is imported; its files may move yet, so nothing is kept of where they are."""
        force = self.config["force"].get(bool)
        for item, advice in self._advised(task.imported_items(), None):
            self._apply(item, advice, force)

    @contextmanager
    def _library(self) -> Iterator[Library]:
        path = self.config["library"].get(str)
        with Library.open(Path(self.config["library"].as_filename()) if path else None) as library:
            yield library

    def _advised(self, items: Sequence[Item], library: Library | None) -> Iterator[tuple[Item, Advice]]:
        fields = tuple(self.config["fields"].as_str_seq())
        least = self.config["min_confidence"].as_number()
        hear = HearOptions() if self.config["models"].get(bool) else HearOptions(models=())
        try:
            told = advise(
                [item.filepath for item in items],
                library,
                options=TagOptions(fields=fields, min_confidence=dict.fromkeys(fields, least)),
                hear=hear,
                jobs=self.config["jobs"].get(int),
            )
            yield from zip(items, told, strict=True)
        except TunelensError as error:
            raise ui.UserError(f"tunelens: {error.message}. {error.hint or ''}") from error

    def _apply(
        self, item: Item, advice: Advice, force: bool, *, write: bool = False, pretend: bool = False
    ) -> None:
        if advice.error is not None:
            self._log.warning("{}: {}", item, advice.error.message)
            return
        changes = dict(_changes(item, advice, force))
        for name, value in changes.items():
            self._log.info("{}: {} = {}", item, name, value)
        if changes and not pretend:
            item.update(changes)
            item.store()
            if write:
                item.try_write()


def _changes(item: Item, advice: Advice, force: bool) -> Iterable[tuple[str, Any]]:
    for name, values in advice.values.items():
        called = NAMES[name]
        if force or not item.get(called):
            yield called, _value(name, values)


def _value(name: str, values: tuple[str, ...]) -> Any:
    """Return values as beets holds the field."""
    if name in {"genre", "mood"}:
        return list(values)
    if name == "bpm":
        return round(float(values[0]))
    return int(values[0]) if name == "energy" else values[0]


def _mood() -> mediafile.ListMediaField:
    return mediafile.ListMediaField(
        mediafile.MP3ListStorageStyle("TMOO"),
        mediafile.MP4ListStorageStyle("----:com.apple.iTunes:MOOD"),
        mediafile.ListStorageStyle("MOOD"),
        mediafile.ASFStorageStyle("WM/Mood"),
    )
