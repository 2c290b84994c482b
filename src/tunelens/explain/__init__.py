"""Why a model said what it said: importances, occlusion in time and frequency, nearest examples."""

from tunelens.explain.background import coloured_noise
from tunelens.explain.importance import Importance, importances, own_weights
from tunelens.explain.listenable import listenable
from tunelens.explain.neighbours import Example, nearest_examples
from tunelens.explain.occlusion import Attribution, attribute
from tunelens.explain.sieve import Sieve
from tunelens.explain.tags import HeardTag, tags_where_it_mattered

__all__ = [
    "Attribution",
    "Example",
    "HeardTag",
    "Importance",
    "Sieve",
    "attribute",
    "coloured_noise",
    "importances",
    "listenable",
    "nearest_examples",
    "own_weights",
    "tags_where_it_mattered",
]
