"""Which methods of the registry reach the balanced Bayes rule: all of them, on one stream of finite worlds.

A method is followed until a world shows that its optimum is not the balanced rule, or until the worlds end.
What was found is held against the registry's verdict (`Method.balanced`) and, where a statement gives the
optimum, against that rule. Checked by: verdicts that are wrong on purpose, and worlds worked out by hand.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...methods.predicting import rule_of
from ...methods.registry import METHODS, RULES, method_of
from ...methods.training import Recipe
from ...theory.foundation.validation import as_seed, as_whole
from ..sweep import Progress
from .finite import FiniteWorld, draw_world
from .optimum import Optimum, Unreachable, population_optimum

__all__ = [
    "EVERY",
    "Found",
    "Reached",
    "consistency_rows",
    "disagreements",
    "reached",
    "verdict_of",
    "worlds_of",
]

SETTINGS = (
    "la@tau=0.5", "vs@gamma=0.0", "drs@exponent=0.5", "tla-adrw@nu=0.5", "adrw@nu=1.0", "gca@q=0.0",
    "gla@q=0.2", "lade@alpha=1.0", "lade@alpha=1.0,form=official", "ce+la@tau=0.5", "la+la", "seesaw@q=0.0",
    "equalization@gamma=0.0", "influence-balanced@detach_factor=true", "balpoe@tau=0.5",
)  # fmt: skip
EVERY = (*sorted(METHODS), *(f"ce+{rule}" for rule in sorted(RULES)), *SETTINGS)
"""All that a recipe can name, rules after cross-entropy, and settings on both sides of a condition."""

_WIDE = Recipe(batch_size=2**40)  # weights are divided by a batch's sum, here the population's
_COUNTS = (1000, 100, 10)  # on which a verdict of a rule with settings is read off
_DECIDED = 1e-6  # least distance of the two largest logits
_FOUND = 1e-4  # relative gradient of an optimum, at most
_NEAR = 1e-3  # by this share scores of a predicted rule may fall short of the best


class Reached(NamedTuple):
    """What one method's optimum is in one world.

    ``rule`` is ``"balanced"``, ``"plain"``, ``"neither"``, or ``"undecided"`` where two classes have one
    logit or no optimum was found; ``excess`` the balanced error above the least, exact; ``as_stated``
    whether a statement's rule predicts the same (None if none gives one); ``optimum`` its logits.
    """

    world: FiniteWorld
    rule: str
    excess: Fraction
    as_stated: bool | None
    optimum: Optimum


class Found(NamedTuple):
    """A method, its verdict with the statements behind it, and its worlds; or why it has none.

    >>> la, = consistency_rows(["la"], worlds=2)
    >>> la.verdict, [seen.rule for seen in la.seen], la.counterexample
    (True, ['balanced', 'balanced'], None)
    """

    method: str
    verdict: bool | None
    statements: tuple[str, ...]
    seen: tuple[Reached, ...]
    why: str = ""

    @property
    def counterexample(self) -> Reached | None:
        """The first world whose balanced rule the method misses."""
        return next((own for own in self.seen if own.rule != "balanced"), None)

    @property
    def wrong(self) -> str:
        """How the worlds contradict the verdict or a statement; empty if they do not."""
        if any(own.as_stated is False for own in self.seen):
            return "a statement's rule is another one"
        if self.verdict and self.counterexample:
            return "has a counterexample"
        if self.verdict is False and self.seen and not self.counterexample:
            return "no counterexample was found"
        return ""


def consistency_rows(
    methods: Sequence[str] = EVERY,
    *,
    worlds: int = 100,
    shared: int = 12,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Found]:
    """A row a method: its optimum in the first ``shared`` worlds, and in more until one is missed.

    Parameters
    ----------
    methods
        Names as in `Recipe.methods`.
    worlds
        How many a method is tried on, at most.
    shared
        On how many it is tried though one was missed.
    seed
        Of the worlds, which all methods share.
    progress
        Called after every method with how many are done, and of how many.

    >>> la, half = consistency_rows(["la", "la@tau=0.5"], worlds=2)
    >>> la.counterexample is None, half.counterexample.excess > 0, half.wrong
    (True, True, '')
    """
    stream, found = list(worlds_of(as_whole("worlds", worlds, 1), seed)), []
    for number, method in enumerate(methods, start=1):
        found.append(_followed(method, stream, as_whole("shared", shared, 0)))
        if progress is not None:
            progress(number, len(methods))
    return found


def worlds_of(worlds: int, seed: int = 0) -> Iterable[FiniteWorld]:
    """The stream of worlds of a seed."""
    return map(draw_world, np.random.SeedSequence(as_seed(seed)).spawn(worlds))


def reached(method: str, world: FiniteWorld) -> Reached:
    """Which rule a method's optimum is in a world.

    >>> reached("ce", FiniteWorld(((90, 5), (10, 5)))).rule
    'plain'
    """
    optimum = population_optimum(method, world)
    predicted = optimum.predicted
    rule = "neither"
    if optimum.margin < _DECIDED or optimum.gradient > _FOUND:
        rule = "undecided"
    elif np.array_equal(predicted, world.balanced_bayes):
        rule = "balanced"
    elif np.array_equal(predicted, world.bayes):
        rule = "plain"
    return Reached(
        world, rule, world.excess(predicted), _as_stated(method, world, predicted), optimum
    )


@cache
def verdict_of(method: str) -> tuple[bool | None, tuple[str, ...]]:
    """Whether the optimum is the balanced rule, for every population, and the statements that say so.

    Of the registry; with settings, read off the optimum that a statement gives.

    >>> verdict_of("la")[0], verdict_of("la@tau=0.5")[0], verdict_of("lade")[0]
    (True, False, None)
    """
    row = method_of(method)
    if row.balanced is not None:
        return row.balanced, (RULES[row.rule] if row.second else row).statements
    rule = rule_of(method, _COUNTS, _WIDE)
    if rule.recall_weights is None:
        return None, ()
    return bool(np.ptp(rule.recall_weights) < 1e-6), rule.statements


def disagreements(found: Iterable[Found]) -> dict[str, str]:
    """Methods whose worlds contradict their verdict or a statement, and how.

    >>> la, = consistency_rows(["la"], worlds=1)
    >>> disagreements([la]), disagreements([la._replace(verdict=False)])
    ({}, {'la': 'no counterexample was found'})
    """
    return {row.method: row.wrong for row in found if row.wrong}


def _followed(method: str, stream: Sequence[FiniteWorld], shared: int) -> Found:
    verdict, statements = verdict_of(method)
    seen: list[Reached] = []
    try:
        for number, world in enumerate(stream):
            if number >= shared and any(own.rule != "balanced" for own in seen):
                break
            seen.append(reached(method, world))
    except Unreachable as error:
        return Found(method, verdict, statements, (), str(error).partition(": ")[2])
    return Found(method, verdict, statements, tuple(seen))


def _as_stated(method: str, world: FiniteWorld, predicted: NDArray[np.intp]) -> bool | None:
    weights = rule_of(method, world.class_counts, _WIDE).recall_weights
    if weights is None:
        return None
    scores = np.array(weights) * world.scores
    chosen = np.take_along_axis(scores, predicted[:, None], axis=1)[:, 0]
    return bool(np.all(chosen >= (1 - _NEAR) * scores.max(axis=1)))
