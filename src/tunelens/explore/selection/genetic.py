"""A genetic algorithm over subsets of features; DEAP keeps the population, and every draw is our own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from tunelens.base.errors import ParameterError
from tunelens.base.extras import require
from tunelens.base.progress import Progress, Silent
from tunelens.explore.selection.objective import Mask, Objective


@dataclass(frozen=True)
class Genetic:
    """How subsets evolve.

    Parameters
    ----------
    population : int
        Subsets that live at a time, from 4.
    generations : int
        At most, from 1.
    crossover : float
        Probability that two parents mix, from 0 to 1; of each feature it is then drawn whose it becomes.
    mutation : float
        Probability that a child is changed, from 0 to 1; one feature in d then goes in or out, on average.
    tournament : int
        So many are drawn at random and the best of them becomes a parent, from 2.
    elite : int
        The best so many live on unchanged, from 1: the best is never lost.
    patience : int
        Stop when so many generations in a row found nothing better; 0 never stops early.

    Raises
    ------
    ParameterError
        A value is outside what is allowed.
    """

    population: int = 60
    generations: int = 60
    crossover: float = 0.7
    mutation: float = 0.7
    tournament: int = 3
    elite: int = 2
    patience: int = 20

    def __post_init__(self) -> None:
        least = {"population": 4, "generations": 1, "tournament": 2, "elite": 1, "patience": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise ParameterError(f"{name} is {getattr(self, name)}; at least {low} is needed")
        for name in ("crossover", "mutation"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"{name} is {getattr(self, name)}; 0 to 1 is allowed")
        if self.elite >= self.population:
            raise ParameterError(
                f"elite is {self.elite}; less than the population of {self.population} is allowed"
            )


@dataclass(frozen=True)
class Generation:
    """One step of a search.

    Parameters
    ----------
    number : int
        From 0, the subsets that were drawn at random.
    best, mean : float
        Clips that lose their twin: with the best subset so far, and on average over the population.
    size : int
        Features of the best subset.
    """

    number: int
    best: float
    mean: float
    size: int


def evolve(
    objective: Objective, options: Genetic | None = None, *, seed: int = 0, progress: Progress | None = None
) -> tuple[Mask, tuple[Generation, ...]]:
    """Search the subset of features with which the fewest clips lose their twin; of equals, the smallest.

    Operators are registered in DEAP's toolbox (Fortin et al. 2012, "DEAP: Evolutionary algorithms made
    easy") and draw from a generator of their own: the global state of `random` and of numpy is neither read
    nor changed. Parents are chosen by tournament, mixed uniformly and mutated bit by bit; the elite lives on.

    Parameters
    ----------
    objective : Objective
    options : Genetic, optional
    seed : int
        The same seed finds the same subset.
    progress : Progress, optional
        Told of every generation.

    Returns
    -------
    ndarray of bool, shape (d,)
        The best subset that was met.
    tuple of Generation
        How it went; shorter than asked for where `patience` ran out.

    Raises
    ------
    MissingDependencyError
        DEAP is not installed.

    Examples
    --------
    >>> song, other = np.arange(6.0)[:, None], np.array([[3.0], [0], [5], [1], [4], [2]])
    >>> Z = np.vstack([np.hstack([song, song]), np.hstack([song, other])])
    >>> mask, history = evolve(Objective(Z), Genetic(population=8, generations=5), seed=1)
    >>> mask.tolist(), history[-1].best
    ([True, False], 0.0)
    """
    options, progress = options or Genetic(), progress or Silent()
    evolution = _Evolution(objective, options, np.random.default_rng(seed))
    progress.start(options.generations, "generations")
    try:
        return evolution.run(progress)
    finally:
        progress.finish()


class _Evolution:
    """A population, and how it becomes the next."""

    def __init__(self, objective: Objective, options: Genetic, rng: np.random.Generator) -> None:
        self.options, self.rng = options, rng
        self.d = objective.Z.shape[1]
        base, tools = require("deap.base"), require("deap.tools")
        self.new = _individuals(base)
        self.toolbox = base.Toolbox()
        self.toolbox.register("evaluate", _cost, objective)
        self.toolbox.register("select", self._tournament)
        self.toolbox.register("mate", self._mix)
        self.toolbox.register("mutate", self._flip)
        self.best = tools.HallOfFame(options.elite)

    def run(self, progress: Progress) -> tuple[Mask, tuple[Generation, ...]]:
        people = [self.new(self._drawn()) for _ in range(self.options.population)]
        history = [self._judged(people, 0)]
        since = 0
        for number in range(1, self.options.generations + 1):
            people = self._next(people)
            history.append(self._judged(people, number))
            now, before = history[-1], history[-2]
            since = 0 if (now.best, now.size) < (before.best, before.size) else since + 1
            progress.advance(f"generation {number}: {now.best:g} lost, {now.size} features")
            if self.options.patience and since >= self.options.patience:
                break
        return np.array(self.best[0], np.bool_), tuple(history)

    def _drawn(self) -> list[bool]:
        """Return a random subset; of every size there are some."""
        return (self.rng.random((self.d,)) < self.rng.uniform(0.1, 0.9)).tolist()

    def _judged(self, people: list[Any], number: int) -> Generation:
        for one in people:
            if not one.fitness.valid:
                one.fitness.values = self.toolbox.evaluate(one)
        self.best.update(people)
        lost, size = self.best[0].fitness.values
        mean = float(np.mean([one.fitness.values[0] for one in people]))
        return Generation(number, lost, mean, int(size))

    def _next(self, people: list[Any]) -> list[Any]:
        children = [self.toolbox.clone(one) for one in self.toolbox.select(people, len(people))]
        for one, other in zip(children[::2], children[1::2], strict=False):
            if self.rng.random() < self.options.crossover:
                self.toolbox.mate(one, other)
        for child in children:
            if self.rng.random() < self.options.mutation:
                self.toolbox.mutate(child)
        elite = [self.toolbox.clone(one) for one in self.best]
        return [*elite, *children[: len(people) - len(elite)]]

    def _tournament(self, people: list[Any], n: int) -> list[Any]:
        drawn = self.rng.integers(len(people), size=(n, self.options.tournament))
        return [max((people[i] for i in row), key=lambda one: one.fitness) for row in drawn]

    def _mix(self, one: Any, other: Any) -> None:
        for i in np.flatnonzero(self.rng.random(self.d) < 0.5):
            one[i], other[i] = other[i], one[i]
        del one.fitness.values, other.fitness.values

    def _flip(self, one: Any) -> None:
        for i in np.flatnonzero(self.rng.random(self.d) < 1 / self.d):
            one[i] = not one[i]
        del one.fitness.values


def _cost(objective: Objective, individual: list[bool]) -> tuple[int, int]:
    mask = np.array(individual, np.bool_)
    return objective.lost(mask), int(mask.sum())


def _individuals(base: Any) -> Callable[[list[bool]], Any]:
    """Return the class of lists with a fitness; `deap.creator` would make it a global."""

    class Fitness(base.Fitness):
        weights = (-1.0, -1.0)

    class Individual(list):
        def __init__(self, features: list[bool]) -> None:
            super().__init__(features)
            self.fitness = Fitness()

    return Individual
