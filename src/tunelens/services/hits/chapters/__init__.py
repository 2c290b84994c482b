"""The chapters of the report, a file each: what a stage found, told in the language of now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from tunelens.base.language import say
from tunelens.base.table import Table
from tunelens.services.hits.chapters.chart import chart_chapter
from tunelens.services.hits.chapters.clusters import clusters_chapter
from tunelens.services.hits.chapters.differences import differences_chapter
from tunelens.services.hits.chapters.findings import findings_of, front_of
from tunelens.services.hits.chapters.methods import methods_chapter, repeat_chapter
from tunelens.services.hits.chapters.selection import selection_chapter
from tunelens.services.hits.chapters.shares import shares_chapter
from tunelens.services.hits.chapters.structure import structure_chapter
from tunelens.services.hits.chapters.success import success_chapters
from tunelens.services.hits.chapters.undone import undone_chapter
from tunelens.services.hits.failures import Failure
from tunelens.services.hits.options import Options
from tunelens.services.hits.page import Section
from tunelens.services.hits.render import Front
from tunelens.services.hits.results import Results
from tunelens.services.hits.stage import Outcome

CLUSTERS = "clusters"


@dataclass(frozen=True)
class MapPage:
    """The interactive map, which stands beside the report.

    Parameters
    ----------
    source : Path
        Where it was drawn.
    """

    source: Path

    def target(self, report: Path) -> Path:
        """Return where it goes beside a report."""
        return report.with_name(f"{report.stem}.map.html")


@dataclass(frozen=True)
class Told:
    """Everything that the report shows.

    Parameters
    ----------
    front : Front
        Title and findings.
    sections : tuple of Section
    tables : Mapping of str to Table
        Those that stand in no section by themselves: members of clusters.
    map : MapPage or None
    """

    front: Front
    sections: tuple[Section, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)
    map: MapPage | None = None

    def beside(self, path: Path) -> Told:
        """Return the same with a link to the map, which goes beside `path`."""
        if self.map is None:
            return self
        link = (say("Open the interactive map"), quote(self.map.target(path).name))
        sections = tuple(
            replace(one, links=(*one.links, link)) if one.key == CLUSTERS else one for one in self.sections
        )
        return replace(self, sections=sections)


def tell_all(
    options: Options, outcomes: Mapping[str, Outcome], failures: Sequence[Failure], work: Path
) -> Told:
    """Return the report of what the stages found, in the language of now."""
    results = Results(options, outcomes)
    sections = [
        chart_chapter(results), clusters_chapter(results), shares_chapter(results),
        differences_chapter(results), *success_chapters(results), structure_chapter(results),
        selection_chapter(results), undone_chapter(failures), methods_chapter(results),
        repeat_chapter(results, work),
    ]  # fmt: skip
    there = tuple(one for one in sections if one is not None)
    lists = {
        listing.sheet.key: listing.sheet.table
        for one in there for listing in one.listings if listing.sheet is not None
    }  # fmt: skip
    grouped = results.grouped
    found = grouped.map if grouped else None
    page = MapPage(found) if found is not None and found.is_file() else None
    return Told(front_of(results, findings_of(results)), there, lists, page)
