"""From a chart to a report: acquire, prepare, describe, select, cluster, classify, structure, compare."""

from tunelens.services.hits.report import HitsReport
from tunelens.services.hits.whole_way import hits

__all__ = ["HitsReport", "hits"]
