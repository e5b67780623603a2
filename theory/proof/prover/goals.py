"""What is proved, and what an attempt may spend: goals, the search that works on them, small helpers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import sympy

from ...foundation.validation import InputError
from ...foundation.working_time import work_clock
from ...language.expression import write
from ...numbers.boxes import Box
from ...numbers.domain import Domain, Piece, ordered
from ...numbers.ranges import Range, Undefined, point_value
from ..instruments.forms import forms
from ..instruments.sampling import numeric, sample_box
from ..instruments.smt import Fact

__all__ = [
    "Goal",
    "Node",
    "Search",
    "Tactic",
    "closed_at",
    "exponential",
    "fresh",
    "lies_between",
    "opened",
    "opened_at",
    "plausible",
    "rewrite",
    "signed",
    "tidy",
    "trim",
    "usable",
    "without",
]

NESTED = 60
"""Goals within goals, at most: some steps cost no depth, and may follow each other without end."""
SUSPECTS = 6
"""How many points where a goal looks false are looked at with rigorous arithmetic."""

Node = dict[str, Any]


class Goal(NamedTuple):
    """``expr >= 0``, or ``expr > 0`` when strict, at every point of the box where ``given`` holds."""

    expr: sympy.Expr
    strict: bool
    box: Box
    given: tuple[Fact, ...] = ()


Tactic = Callable[[Goal, "Search", int], Node | None]
"""A proof of a goal or None, in at most that many more nested steps."""


@dataclass
class Search:
    """What one proof attempt may spend, what it may try, and where it leaves its engine names.

    ``known``: expressions that are > 0 (with True) or >= 0 (with False) on the whole domain; ``chained``:
    a chain of derivatives is being followed, within which there is no other.
    """

    deadline: float
    constant: Tactic
    leaves: Sequence[Tactic]
    reductions: Sequence[Tactic]
    depth: int = 4
    boxes: int = 400
    engines: set[str] = field(default_factory=set)
    known: frozenset[tuple[sympy.Expr, bool]] = frozenset()
    failed: set[Any] = field(default_factory=set)
    active: set[Any] = field(default_factory=set)
    chained: bool = False

    @property
    def over(self) -> bool:
        """The time is up."""
        return work_clock() > self.deadline

    def prove(self, goal: Goal, depth: int | None = None) -> Node | None:
        """A proof tree of the goal, or None if none was found within the limits."""
        depth = self.depth if depth is None else depth
        goal = trim(goal)
        key = (goal.expr, goal.strict, tuple(sorted(goal.box.items(), key=str)), goal.given)
        if self.over or key in self.active or (key, depth) in self.failed or not plausible(goal):
            return None
        if len(self.active) >= NESTED:
            return None
        self.active.add(key)
        try:
            node = self._attempt(goal, depth)
        finally:
            self.active.discard(key)
        if node is None and not self.over:
            self.failed.add((key, depth))
        return node

    def briefly(self, goal: Goal, depth: int, share: float = 0.3) -> Node | None:
        """`prove`, in a share of the time that is left: for a step that may lead nowhere."""
        end, now = self.deadline, work_clock()
        self.deadline = now + share * max(end - now, 0.0)
        try:
            return self.prove(goal, depth)
        finally:
            self.deadline = end

    def _attempt(self, goal: Goal, depth: int) -> Node | None:
        if not goal.box:
            return self.constant(goal, self, depth)
        for tactic in self.leaves:
            if node := tactic(goal, self, depth):
                return node
        if depth > 0:
            for tactic in self.reductions:
                if self.over:
                    return None
                if node := tactic(goal, self, depth - 1):
                    return node
        return None


def trim(goal: Goal) -> Goal:
    """Drop variables that the goal no longer mentions."""
    used = set(goal.expr.free_symbols).union(*(fact.free_symbols for fact, _ in goal.given))
    box = {symbol: piece for symbol, piece in goal.box.items() if symbol in used}
    return goal._replace(box=box)


def signed(interval: Range, strict: bool) -> bool:
    """Whether a range shows the sign that a goal asks for."""
    return interval.positive if strict else interval.nonnegative


def plausible(goal: Goal) -> bool:
    """Whether the goal survives a few hundred sampled points; saves the effort on false goals."""
    if any(kind == "==" for _, kind in goal.given):
        return True
    symbols = tuple(goal.box)
    where = {symbol: Domain((piece,)) for symbol, piece in goal.box.items()}
    points = sample_box(where, 300, np.random.default_rng(0)).values()
    values = np.atleast_1d(numeric(goal.expr, symbols)(*points))
    for fact, _ in goal.given:
        values = np.where(numeric(fact, symbols)(*points) > 0, values, np.nan)
    values = np.where(np.isfinite(values), values, np.inf)
    lowest = np.argsort(values, kind="stable")[:SUSPECTS]
    suspects = [i for i in lowest if values[i] < 0 or (goal.strict and values[i] == 0)]
    return not any(_fails(goal, symbols, [float(p[i]) for p in points]) for i in suspects)


def _fails(goal: Goal, symbols: Sequence[sympy.Symbol], place: Sequence[float]) -> bool:
    """Whether a goal certainly fails at a point; floats alone may only look so."""
    point: Any = {symbol: sympy.Rational(x) for symbol, x in zip(symbols, place, strict=True)}
    try:
        highest = point_value(goal.expr, point).high
    except (Undefined, NotImplementedError):
        return False
    return highest < 0 or (goal.strict and highest == 0)


def rewrite(form: sympy.Expr, node: Node) -> Node:
    """The proof of a goal by that of an equal form."""
    return {"rule": "rewrite", "to": write(form), "node": node}


def exponential(expr: sympy.Expr) -> sympy.Expr:
    """Hyperbolic functions through the exponential."""
    return expr.rewrite(sympy.exp) if expr.has(sympy.sinh, sympy.cosh, sympy.tanh) else expr


def fresh(name: str, goal: Goal, search: Search) -> str:
    """A name that no variable of the goal has, nor of what is known of the domain."""
    used = {s.name for s in (*goal.box, *goal.expr.free_symbols)}
    facts = (*goal.given, *search.known)
    used |= {s.name for fact, _ in facts for s in fact.free_symbols}
    while name in used:
        name += "_"
    return name


def lies_between(piece: Piece, value: Any) -> bool:
    """Whether a number certainly lies strictly between the ends of an interval."""
    try:
        return ordered(piece.low, value) > 0 and ordered(value, piece.high) > 0
    except InputError:
        return False


def without(box: Box, symbol: sympy.Symbol) -> dict[sympy.Symbol, Piece]:
    """The box of the other variables."""
    return {other: piece for other, piece in box.items() if other != symbol}


def opened(piece: Piece) -> Piece:
    """The interior."""
    return Piece(piece.low, piece.high, True, True)


def closed_at(piece: Piece, end: Any) -> Piece:
    """The interval with one of its ends."""
    low_open, high_open = piece.low_open and end != piece.low, piece.high_open and end != piece.high
    return Piece(piece.low, piece.high, low_open, high_open)


def opened_at(piece: Piece, end: Any) -> Piece:
    """The interval without one of its ends."""
    low_open, high_open = piece.low_open or end == piece.low, piece.high_open or end == piece.high
    return Piece(piece.low, piece.high, low_open, high_open)


def usable(expr: sympy.Basic) -> bool:
    """Whether a derivative or value came out in functions that the engines know."""
    return not expr.has(
        sympy.Derivative,
        sympy.Heaviside,
        sympy.DiracDelta,
        sympy.Piecewise,
        sympy.AccumBounds,
        sympy.nan,
    )


@lru_cache(maxsize=4096)
def tidy(expr: sympy.Expr) -> sympy.Expr:
    """The shortest of a few equal forms."""
    return min(forms(expr), key=lambda e: e.count_ops())
