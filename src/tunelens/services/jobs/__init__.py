"""Long work that a server does for its callers: kept as files, so that it survives whatever happens to it."""

from tunelens.services.jobs.context import Cancelled, Context
from tunelens.services.jobs.job import STATES, Job
from tunelens.services.jobs.kinds import KINDS, Work
from tunelens.services.jobs.runner import Jobs, Limits
from tunelens.services.jobs.uploads import Upload, UploadLimits, Uploads

__all__ = [
    "KINDS",
    "STATES",
    "Cancelled",
    "Context",
    "Job",
    "Jobs",
    "Limits",
    "Upload",
    "UploadLimits",
    "Uploads",
    "Work",
]
