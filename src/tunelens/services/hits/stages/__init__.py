"""The stages of the whole way, a file each: a frozen input goes in, a frozen result comes out."""

from __future__ import annotations

from tunelens.services.hits.stage import Stage
from tunelens.services.hits.stages.acquire import ACQUIRE
from tunelens.services.hits.stages.classify import CLASSIFY
from tunelens.services.hits.stages.cluster import CLUSTER
from tunelens.services.hits.stages.compare import COMPARE
from tunelens.services.hits.stages.describe import DESCRIBE
from tunelens.services.hits.stages.prepare import PREPARE
from tunelens.services.hits.stages.select import SELECT
from tunelens.services.hits.stages.structure import STRUCTURE

WAY: tuple[Stage, ...] = (ACQUIRE, PREPARE, DESCRIBE, SELECT, CLUSTER, CLASSIFY, STRUCTURE, COMPARE)
