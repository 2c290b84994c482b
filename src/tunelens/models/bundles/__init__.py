"""Bundles: a trained model as a folder that can be shipped, checked and trusted. Nothing in it is pickled."""

from tunelens.models.bundles.bundle import Bundle, Facts
from tunelens.models.bundles.extension import extend
from tunelens.models.bundles.find import DEFAULT_BUNDLES, SHIPPED, BundleRow, bundles, find_bundle
from tunelens.models.bundles.manifest import FORMAT, Manifest
from tunelens.models.bundles.verify import Check, verify

__all__ = [
    "DEFAULT_BUNDLES",
    "FORMAT",
    "SHIPPED",
    "Bundle",
    "BundleRow",
    "Check",
    "Facts",
    "Manifest",
    "bundles",
    "extend",
    "find_bundle",
    "verify",
]
