"""Which features tell songs apart: two clips of every song must find each other."""

from tunelens.explore.selection.comparison import (
    SelectionComparison,
    Tried,
    compare_selections,
)
from tunelens.explore.selection.genetic import Generation, Genetic, evolve
from tunelens.explore.selection.held_out import Range, random_splits, stability
from tunelens.explore.selection.kept import KeptSelection
from tunelens.explore.selection.methods import LITERATURE, METHODS, Selection, SelectOptions, select
from tunelens.explore.selection.objective import Objective, lost_clips, lost_twins
from tunelens.explore.selection.twins import Standard, Twins

__all__ = [
    "LITERATURE",
    "METHODS",
    "Generation",
    "Genetic",
    "KeptSelection",
    "Objective",
    "Range",
    "SelectOptions",
    "Selection",
    "SelectionComparison",
    "Standard",
    "Tried",
    "Twins",
    "compare_selections",
    "evolve",
    "lost_clips",
    "lost_twins",
    "random_splits",
    "select",
    "stability",
]
