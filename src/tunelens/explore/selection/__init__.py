"""Which features tell songs apart: two clips of every song must find each other."""

from tunelens.explore.selection.genetic import Generation, Genetic, evolve
from tunelens.explore.selection.methods import LITERATURE, METHODS, Selection, SelectOptions, select
from tunelens.explore.selection.objective import Objective, lost_clips, lost_twins
from tunelens.explore.selection.twins import Standard, Twins

__all__ = [
    "LITERATURE",
    "METHODS",
    "Generation",
    "Genetic",
    "Objective",
    "SelectOptions",
    "Selection",
    "Standard",
    "Twins",
    "evolve",
    "lost_clips",
    "lost_twins",
    "select",
]
