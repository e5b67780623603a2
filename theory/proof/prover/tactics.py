"""How an inequality over a box is proved: a tree of small steps, each of which can be checked alone.

A goal is ``expr >= 0`` (or ``> 0``) for every point of a box. A tactic either closes it or reduces it
to simpler goals: by evaluating its range, factoring, sliding a variable to the end that makes it
smallest, minimising over a variable, substituting, splitting the box, or asking z3. Sharp inequalities,
which touch zero, fall to the sliding and minimising tactics; the rest to ranges and splitting.
Hypotheses are used up first, and Max, Min and Abs are settled by cases (`hypotheses`); concave
goals, roots and single functions have steps of their own (`shapes`), so have sums of exponentials
(`descent`, `exponents`), goals that are sums of two (`parts`), goals in one variable that rise and fall
(`chains`), goals that are symmetric about a place (`symmetry`) or least on a diagonal (`pairs`).
What `proved` means here: every leaf is rigorous interval arithmetic, a decided polynomial problem or
an exact number. SymPy proposes forms, slopes and places; that two expressions are equal is decided by a
normal form (`normal_form`), a limit by composing germs for all parameters of the box at once
(`tending`), and steps by slopes ask for continuity first (`continuity`). Trusted besides those: SymPy's
rules of differentiation. `recheck` tests every step again.
"""

from typing import Any

from .chains import chain
from .descent import descend
from .exponents import exponents, period, waves
from .extremes import minimum, slide
from .goals import Goal, Node, Search
from .hypotheses import forget, kinks, narrow, solve
from .leaves import nothing, number, polynomial, power, product, range_, void
from .logarithms import exponent, logarithm
from .orders import ordered_variables
from .pairs import diagonal, mean
from .parts import below, complements, lines, tangents
from .series import taylor
from .shapes import ends, interior, isolate, square
from .splitting import clear, endpoint, split
from .squares import squares
from .substitutions import substitute
from .symmetry import shift

__all__ = ["Goal", "Node", "Search", "new_search"]

_LEAVES = (void, range_, clear, nothing, power, product, squares, ordered_variables, polynomial)
_REDUCTIONS = (
    forget,
    lines,
    waves,
    period,
    narrow,
    solve,
    kinks,
    endpoint,
    chain,
    complements,
    mean,
    diagonal,
    descend,
    exponents,
    exponent,
    substitute,
    shift,
    tangents,
    square,
    isolate,
    slide,
    minimum,
    ends,
    taylor,
    below,
    logarithm,
    interior,
    split,
)


def _constant(goal: Goal, search: Search, depth: int) -> Node | None:
    return void(goal, search, depth) or number(goal, search, depth)


def new_search(
    deadline: float, depth: int, boxes: int, known: frozenset[tuple[Any, bool]] = frozenset()
) -> Search:
    """A search with all tactics, cheap before dear."""
    return Search(deadline, _constant, _LEAVES, _REDUCTIONS, depth, boxes, known=known)
