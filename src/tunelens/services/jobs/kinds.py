"""What a server can be asked to do at length; each kind is one function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from tunelens.base.registry import Registry
from tunelens.services.jobs.context import Context


class Work(Protocol):
    """A module-level function that does one kind of job."""

    def __call__(self, request: Mapping[str, Any], context: Context) -> Mapping[str, Any]:
        """Do the job.

        Parameters
        ----------
        request : Mapping
            What was asked, as JSON has it; whoever submitted it has checked it.
        context : Context
            The library, and where progress and files go.

        Returns
        -------
        Mapping
            The result, as JSON has it.
        """


KINDS: Registry[Work] = Registry(
    "kind of job",
    {
        "analyze": "tunelens.services.jobs.works.analyze:run",
        "backup": "tunelens.services.jobs.works.backup:run",
        "identify": "tunelens.services.jobs.works.identify:run",
        "map": "tunelens.services.jobs.works.map:run",
        "tags": "tunelens.services.jobs.works.tags:run",
        "predict": "tunelens.services.jobs.works.predict:run",
        "explain": "tunelens.services.jobs.works.explain:run",
        "train": "tunelens.services.jobs.works.train:run",
        "evaluate": "tunelens.services.jobs.works.evaluate:run",
        "compare": "tunelens.services.jobs.works.compare:run",
        "hits": "tunelens.services.jobs.works.hits:run",
    },
    group="tunelens.jobs",
)
