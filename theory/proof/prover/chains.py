"""Goals in one variable, by chains of divided derivatives that floats have planned.

``f = g_0 * f_0`` with g_0 of one sign, ``f_0' = g_1 * f_1`` and so on: divided by what multiplies a function,
or by one of its exponentials, a sum has a derivative with one function less. Where the signs of all f_k are
known from floats, so is which of them slides to which end of which part of the interval, and what is left
in the middle, clear of zero, falls to ranges. Nothing is tried that floats contradict, so the chain may be
long: inequalities that are equal at both ends of an interval, and rise and fall between, need one.
Source: the proof of Rolle's theorem for Chebyshev systems (G. Polya and G. Szego, Problems and Theorems in
Analysis II, part V, 87-90); A. G. Khovanskii, Fewnomials (1991).
Checked by: a chain is made of steps that other tactics take as well; the second engine tests each.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import sympy

from ...foundation.working_time import work_clock
from ...language.expression import Phi, write
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from .continuity import continuous, smooth
from .extremes import face_at
from .goals import Goal, Node, Search, exponential, fresh, lies_between, opened, rewrite
from .links import CURVED, Chain, places_of, signs_at
from .logarithms import by_logarithms, two_sides
from .splitting import bisect, halves, short

__all__ = ["chain"]

LEAST_BOXES = 400
"""Of searches that try chains: shorter ones close what is easy."""
CHOICES = 2
"""Divisions that a chain may begin with."""
SHARE = 0.5
"""Of the time that is left."""
MIDDLE = 600
"""Boxes for the part of an interval where a function is clear of zero."""
WAVES = (sympy.sin, sympy.cos, sympy.tan, sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
"""What no derivative makes simpler, or what has none."""
TOUCHED = tuple(sympy.Rational(n, d) for n, d in ((0, 1), (1, 2), (1, 1), (-1, 1), (2, 1)))
"""Where goals may vanish inside their interval."""

WORDS = ("rule", "kind", "end", "how", "side")
"""Entries of a node that hold a word, which may be the name of a variable as well."""
BY_NAME = ("faces", "slopes", "waves")
"""Entries of a node by variable; faces are words."""


def chain(goal: Goal, search: Search, depth: int) -> Node | None:
    """A goal in one variable, by a chain of divided derivatives."""
    if goal.given or len(goal.box) != 1 or search.boxes < LEAST_BOXES:
        return None
    if not goal.expr.has(*CURVED) or goal.expr.has(*WAVES) or search.chained:
        return None
    if any(not power.exp.is_Rational for power in goal.expr.atoms(sympy.Pow)):
        return by_logarithms(goal, two_sides(goal.expr), search, depth + 1, 0.9)
    if any(part.base.is_Add and not part.exp.is_Integer for part in goal.expr.atoms(sympy.Pow)):
        return None  # derivatives of roots grow
    [(symbol, piece)] = goal.box.items()
    key = ("chain", goal.expr, goal.strict, piece)
    if key in search.failed:
        return None
    plain = _plain(goal.expr)
    with _within(search):
        node = _from_cuts(plain, symbol, piece, goal.strict, search)
    if node is None:
        if not search.over:
            search.failed.add(key)
        return None
    if plain == goal.expr:
        return node
    return rewrite(plain, node) if identical(goal.expr, plain, goal.box) else None


@contextlib.contextmanager
def _within(search: Search) -> Iterator[None]:
    """A share of the time, no chain within a chain, and no memory of what failed for want of one."""
    end, failed, now = search.deadline, search.failed, work_clock()
    search.deadline = now + SHARE * max(end - now, 0.0)
    search.chained, search.failed = True, set(failed)
    try:
        yield
    finally:
        search.deadline, search.chained, search.failed = end, False, failed


def _plain(expr: Any) -> sympy.Expr:
    """Without hyperbolic functions, and with Phi(u) for what depends on Phi(-u)."""
    expr = exponential(expr)
    for part in sorted(expr.atoms(Phi), key=str):
        mirror: Any = Phi(-part.args[0])
        if expr.has(mirror) and part.args[0].could_extract_minus_sign():
            expr = expr.xreplace({part: 1 - mirror})
    return expr


def _from_cuts(
    expr: Any, symbol: sympy.Symbol, piece: Piece, strict: bool, search: Search
) -> Node | None:
    """The two sides of a place where the goal vanishes; else the goal as it stands."""
    cuts = (
        []
        if strict
        else [c for c in TOUCHED if lies_between(piece, c) and _vanishes(expr, symbol, c)]
    )
    if not cuts and not (piece.low.is_finite or piece.high.is_finite):
        cuts = [sympy.S.Zero]
    if not cuts and not piece.low.is_finite:
        return _mirrored(expr, symbol, piece, strict, search)
    if not cuts:
        return _along(expr, symbol, piece, strict, search)
    cut = cuts[0]
    left, right = halves(piece, cut)
    last = _from_cuts(expr, symbol, right, strict, search)
    first = last and (
        _reflected(expr, symbol, left, right, last, search)
        or _from_cuts(expr, symbol, left, strict, search)
    )
    if first is None:
        return None
    nodes = [first, last]
    return {"rule": "split", "variable": symbol.name, "at": write(cut), "nodes": nodes}


def _along(
    expr: Any, symbol: sympy.Symbol, piece: Piece, strict: bool, search: Search
) -> Node | None:
    for choice in range(CHOICES):
        links = Chain(expr, symbol, piece, choice)
        if node := _Plan(links, search).prove(0, piece, 1, strict):
            return node
    return None


def _mirrored(
    expr: Any, symbol: sympy.Symbol, piece: Piece, strict: bool, search: Search
) -> Node | None:
    """The goal in minus the variable, where that goes to infinity."""
    where = Piece(-piece.high, sympy.oo, piece.high_open, True)
    goal = Goal(expr, strict, {symbol: piece})
    new = sympy.Symbol(fresh(f"{symbol.name}_m", goal, search), real=True)
    turned = expr.xreplace({symbol: -new})
    plain = _plain(turned)
    node = _along(plain, new, where, strict, search)
    if node is None or not identical(turned, plain, {new: where}):
        return None
    return {
        "rule": "substitute",
        "variable": symbol.name,
        "new": new.name,
        "domain": str(where),
        "by": write(-new),
        "to": write(plain),
        "node": node,
    }


def _reflected(
    expr: Any, symbol: sympy.Symbol, left: Piece, right: Piece, node: Node, search: Search
) -> Node | None:
    """The left half of what is the same on both sides of a cut, from the proof of the right one."""
    cut = right.low
    if left.high_open != right.low_open or (left.low, left.low_open) != (
        2 * cut - right.high, right.high_open,
    ):  # fmt: skip
        return None
    goal = Goal(expr, False, {symbol: left})
    new = sympy.Symbol(fresh(f"{symbol.name}_m", goal, search), real=True)
    mirrored = expr.xreplace({symbol: 2 * cut - symbol})
    if not identical(expr, mirrored, {symbol: right}):
        return None
    return {
        "rule": "substitute",
        "variable": symbol.name,
        "new": new.name,
        "domain": str(right),
        "by": write(2 * cut - new),
        "to": write(expr.xreplace({symbol: new})),
        "node": _renamed(node, symbol.name, new.name),
    }


def _renamed(part: Any, old: str, new: str) -> Any:
    """A proof with another name for its variable: in expressions and keys by name, not in words."""
    if isinstance(part, dict):
        return {key: _renamed_entry(key, value, old, new) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(each, old, new) for each in part]
    return re.sub(rf"\b{old}\b", new, part) if isinstance(part, str) else part


def _renamed_entry(key: str, value: Any, old: str, new: str) -> Any:
    if key in WORDS:
        return value
    if key in BY_NAME and isinstance(value, dict):
        return {
            _renamed(name, old, new): text if key == "faces" else _renamed(text, old, new)
            for name, text in value.items()
        }
    return _renamed(value, old, new)


def _vanishes(expr: Any, symbol: sympy.Symbol, place: Any) -> bool:
    return not signs_at(expr, symbol, np.array([float(place)]))[0]


class _Plan:
    """The proof of a chain, from the goal down."""

    def __init__(self, links: Chain, search: Search) -> None:
        self.chain = links
        self.search = search

    def prove(self, index: int, piece: Piece, sign: int, strict: bool) -> Node | None:
        """That the whole of a link has a sign on a part of the interval."""
        link = self.chain.link(index)
        if link is None or self.search.over:
            return None
        box = {self.chain.symbol: piece}
        if link.factor == 1:
            return self._rest(index, piece, sign, strict)
        if not identical(link.whole, link.factor * link.rest, box):
            return None
        positive = self.search.prove(Goal(link.sign * link.factor, True, box), 1)
        node = positive and self._rest(index, piece, sign * link.sign, strict)
        return node and {
            "rule": "divide",
            "factor": write(sign * link.factor),
            "sign": sign * link.sign,
            "rest": write(link.rest),
            "nodes": [positive, node],
        }

    def _rest(self, index: int, piece: Piece, sign: int, strict: bool) -> Node | None:
        """That a divided expression has a sign: by its range, or by the signs of its derivative."""
        link = self.chain.links[index]
        expr = sign * link.rest
        places = places_of(piece)
        signs = self.chain.signs(expr, places)
        if np.any(signs < 0) or (expr.free_symbols and not np.any(signs)):
            return None
        goal = Goal(expr, strict, {self.chain.symbol: piece})
        if leaf := self.search.prove(goal, 0):
            return leaf
        after = self.chain.link(index + 1)
        if after is None:
            return None
        slopes = self.chain.signs(sign * after.whole, places)
        seen = slopes != 0
        places, slopes = places[seen], slopes[seen]
        if not len(places):
            return None
        changes = np.flatnonzero(slopes[1:] != slopes[:-1])
        if not len(changes):
            return self._slide(index, piece, sign, int(slopes[0]), strict)
        return self._parts(index, piece, sign, strict, (places, slopes, changes))

    def _parts(
        self, index: int, piece: Piece, sign: int, strict: bool, seen: tuple[Any, Any, Any]
    ) -> Node | None:
        """Slides near the ends, where the derivative keeps its sign, and ranges in the middle."""
        places, slopes, changes = seen
        low = short(places[0], places[changes[0]], piece)
        high = short(places[-1], places[changes[-1] + 1], piece)
        if low is None or high is None or not low < high:
            return None
        expr = sign * self.chain.links[index].rest
        middle = Goal(expr, strict, {self.chain.symbol: Piece(low, high, False, False)})
        inner = bisect(middle, self.search, 0, [MIDDLE])
        first = inner and self._slide(
            index, Piece(piece.low, low, piece.low_open, False), sign, int(slopes[0]), strict
        )
        last = first and self._slide(
            index, Piece(high, piece.high, False, piece.high_open), sign, int(slopes[-1]), strict
        )
        if last is None:
            return None
        name = self.chain.symbol.name
        beyond = {"rule": "split", "variable": name, "at": write(high), "nodes": [inner, last]}
        return {"rule": "split", "variable": name, "at": write(low), "nodes": [first, beyond]}

    def _slide(
        self, index: int, piece: Piece, sign: int, direction: int, strict: bool
    ) -> Node | None:
        """A divided expression from its value at one end on."""
        symbol = self.chain.symbol
        expr = sign * self.chain.links[index].rest
        box = {symbol: piece}
        end, end_open = (
            (piece.low, piece.low_open) if direction > 0 else (piece.high, piece.high_open)
        )
        face = face_at(Goal(expr, strict, box), symbol, end, self.search)
        if face is None or face.free_symbols:
            return None
        below, strict_slope = self.search.prove(Goal(face, strict, {}), 0), False
        if below is None and strict and end_open:
            below, strict_slope = self.search.prove(Goal(face, False, {}), 0), True
        inside = {symbol: opened(piece)}
        if below is None or not continuous(expr, box, self.search):
            return None
        if strict_slope and not smooth(expr, inside, self.search):
            return None
        node = self.prove(index + 1, opened(piece), sign * direction, strict_slope)
        return node and {
            "rule": "slide",
            "variable": symbol.name,
            "direction": direction,
            "slope": write(sign * direction * self.chain.links[index + 1].whole),
            "strict": strict_slope,
            "face": write(face),
            "nodes": [node, below],
        }
