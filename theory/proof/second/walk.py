"""The walk down a proof tree: each rule of the prover, tested again by other means.

A node of the evidence is a dictionary with its ``rule`` and, by rule, these keys; ``node`` and ``nodes``
hold the nodes of what is left to show.

=============  ===========================================================================================
``all``        nodes: {goal, strict, node} for every conjunct of a relation
``integers``   variable, low, nodes: one for each value of an integer variable, the last for all others
``identity``   (none) both sides of an equation are the same function
``range``      (none) intervals show the sign
``zero``       (none) an exact zero
``product``    coefficient, parts: {factor, power, sign, node}
``power``      base, exponent, strict, node: of the base
``waves``      waves: {new variable: sine or cosine}, to, node
``divide``     factor, rest, sign, nodes: of the factor, of the rest
``sum``        parts: {goal, strict, node}, which add up to the goal
``smt``        smtlib: the negation of the goal
``faces``      faces: {variable: low or high}, slopes: {variable: slope}
``rewrite``    to, node
``split``      variable, at, nodes: of both halves
``slide``      variable, direction, slope, strict, face, nodes: of the slope, of the face
``ends``       variable, bend, strict, faces, nodes: of the bend, of both faces
``minimum``    variable, kind, place, factor, value, slope_node, nodes: of the value, of the gaps
``substitute`` variable, new, domain, by, to, node
``shift``      variable, new, from, to, node: symmetric about from, new what it is beyond
``period``     variable, period, node: on one period
``diagonal``   variables, slope, mixed, face, nodes: of minus the mixed derivative, where both are equal
``mean``       variables, new, share, to, nodes: of the goal in the mean, of the share and its rest
``taylor``     variable, side, order, to: a polynomial below, node: of the polynomial
``square``     large, small, to, nodes: of the sign of large, of the squares
``logarithm``  large, small, to, nodes: of the logs, of the signs of large and small
``interior``   node: of the goal inside its box
``endpoint``   variable, end: low or high, nodes: at that end, of the rest
``forget``     defined: {goal, strict, node}, node: of the goal without hypotheses
``void``       fact, node: that it fails on the whole box
``narrow``     variable, domain, fact, nodes: that it fails outside, of the goal inside
``solve``      variable, fact, factor, end, sign, how, new, to, nodes: of the factor's sign, of the goal
``cases``      on, to, nodes: where an expression is >= 0, and where it is <= 0
``resolve``    on, to, nodes: of the sign, of the goal with its case settled
=============  ===========================================================================================

A step is passed, rejected, or beyond the second opinion; what was only sampled, the judge notes.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from .agreement import POINTS, Judge
from .clock import time_is_up
from .defined import is_defined
from .holes import hole
from .reading import NAME, RESERVED, Box, Rejected, Undecided, inside, points_of
from .rules.calculus import CALCULUS_RULES
from .rules.hypotheses import HYPOTHESIS_RULES
from .rules.leaves import LEAF_RULES
from .rules.pairs import PAIR_RULES
from .rules.series import SERIES_RULES
from .second_opinion import Term
from .slopes import NoDerivative, derivative
from .terms import at_values, variables

__all__ = ["Walk"]


class Walk:
    """One proof tree, checked from the goal down."""

    def __init__(
        self, judge: Judge, facts: Sequence[tuple[Term, str]], fixed: Mapping[str, str]
    ) -> None:
        self.judge = judge
        self.facts = [(at_values(fact, fixed), kind) for fact, kind in facts]
        self.fixed = fixed

    def assuming(self, facts: Sequence[tuple[Term, str]]) -> "Walk":
        """The same walk under other hypotheses."""
        return Walk(self.judge, facts, self.fixed)

    def check(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """The goal, by the rule that the node names."""
        if time_is_up():
            raise Undecided("the time is up")
        if not variables(goal) <= set(box):
            raise Rejected("a goal has a variable without a domain")
        rule = node["rule"]
        if rule not in _RULES:
            raise Rejected(f"unknown rule {rule!r}")
        # A hypothesis about a variable that is gone is lost: a new one may come to have its name. And
        # what holds only under hypotheses says nothing of the way to an end of the box.
        known = [fact for fact in self.facts if variables(fact[0]) <= set(box)]
        walk = self.assuming(() if rule in _WHOLE_BOX else known)
        _RULES[rule](walk, goal, strict, box, node)

    def derivative(self, of: Term, by: str, is_: Term, box: Box, order: int = 1) -> None:
        """``is_`` is the derivative of ``of``."""
        try:
            slope = derivative(of, by, order)
        except NoDerivative as error:
            raise Undecided(f"no rule gives the derivative of {error}") from None
        reals = {**box, by: replace(box[by], integer=False)}
        self.judge.require_same(slope, is_, reals, f"the derivative in {by}")

    def smooth(self, of: Term, by: str, is_: Term, box: Box, order: int = 1) -> None:
        """`derivative`, of what has a value everywhere between the ends: a slope says nothing of jumps.

        ``sqrt(x**2)/x`` has the slope 0, and jumps where it has no value.
        """
        self.derivative(of, by, is_, box, order)
        inner = {**box, by: box[by].opened()}
        if not is_defined(of, inner):
            points = list(points_of(inner, self.judge.rng, POINTS))
            where = hole(
                [of], points, lambda point: all(inside(point[n], p) for n, p in inner.items())
            )
            if where is not None:
                raise Undecided(f"a slope says nothing of a jump, as there may be at {where}")
            self.judge.note(f"that {ast.unparse(of)[:60]} has a value everywhere")

    def require_new(self, name: str, box: Box) -> None:
        """A name that no variable has."""
        if name in box or name in self.fixed or not NAME.fullmatch(name) or name in RESERVED:
            raise Rejected(f"{name!r} is no name for a new variable")


_RULES: Mapping[str, Callable[..., None]] = {
    **LEAF_RULES, **CALCULUS_RULES, **HYPOTHESIS_RULES, **PAIR_RULES, **SERIES_RULES,
}  # fmt: skip

_WHOLE_BOX = frozenset(
    {"slide", "shift", "period", "diagonal", "mean", "minimum", "ends", "interior", "logarithm"}
)
"""Rules that compare different points of the box."""
