"""`Results`: what the stages found, by name, for those who tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from tunelens.services.hits.options import Options
from tunelens.services.hits.stage import Outcome
from tunelens.services.hits.stages.acquire import Acquired
from tunelens.services.hits.stages.classify import Classified
from tunelens.services.hits.stages.cluster import Grouped
from tunelens.services.hits.stages.compare import Compared
from tunelens.services.hits.stages.describe import Described, called
from tunelens.services.hits.stages.prepare import Cut
from tunelens.services.hits.stages.select import Selected
from tunelens.services.hits.stages.structure import Structured

R = TypeVar("R")


@dataclass(frozen=True)
class Results:
    """What was asked, what became of each stage, and what each found; None where it found nothing."""

    options: Options
    outcomes: Mapping[str, Outcome]

    def _of(self, kind: type[R]) -> R | None:
        found = (one.result for one in self.outcomes.values())
        return next((result for result in found if isinstance(result, kind)), None)

    @property
    def acquired(self) -> Acquired:
        """The chart: without it there is no report."""
        found = self._of(Acquired)
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """What the chart is called."""
        return called(self.acquired.charts, self.options.title)

    @property
    def cut(self) -> Cut | None:
        """Excerpts."""
        return self._of(Cut)

    @property
    def described(self) -> Described | None:
        """Songs with their numbers."""
        return self._of(Described)

    @property
    def selected(self) -> Selected | None:
        """Features that tell songs apart."""
        return self._of(Selected)

    @property
    def grouped(self) -> Grouped | None:
        """Clusters."""
        return self._of(Grouped)

    @property
    def classified(self) -> Classified | None:
        """Shares of genres and moods."""
        return self._of(Classified)

    @property
    def structured(self) -> Structured | None:
        """Hooks and parts."""
        return self._of(Structured)

    @property
    def compared(self) -> Compared | None:
        """Effects, models, trends, claims."""
        return self._of(Compared)
