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
from typing import Any, NamedTuple

import numpy as np
import sympy
from numpy.typing import NDArray

from ...foundation.working_time import work_clock
from ...language.expression import Phi, write
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ..instruments.rates import hidden
from ..instruments.sampling import numeric
from .continuity import continuous, smooth
from .goals import Goal, Node, Search, exponential, fresh, lies_between, opened, rewrite, usable
from .reductions import by_logarithms, face_at, two_sides
from .splitting import bisect, halves, short

__all__ = ["chain"]

LENGTH = 9
"""Derivatives in a chain, at most."""
LEAST_BOXES = 400
"""Of searches that try chains: shorter ones close what is easy."""
LONGEST = 150
"""Operations in an expression whose derivative is looked at."""
CHOICES = 2
"""Divisions that a chain may begin with."""
SHARE = 0.5
"""Of the time that is left."""
MIDDLE = 600
"""Boxes for the part of an interval where a function is clear of zero."""
NOISE = 1e-12
"""Values this little, beside the sizes of their terms, have no sign."""
SPECIAL = (sympy.log, Phi, sympy.erf, sympy.erfc, sympy.atan, sympy.asinh, sympy.atanh)
"""Functions whose derivatives are simpler than they are."""
CURVED = (*SPECIAL, sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh)
WAVES = (sympy.sin, sympy.cos, sympy.tan, sympy.Abs, sympy.sign, sympy.Max, sympy.Min)
"""What no derivative makes simpler, or what has none."""
TOUCHED = tuple(sympy.Rational(n, d) for n, d in ((0, 1), (1, 2), (1, 1), (-1, 1), (2, 1)))
"""Where goals may vanish inside their interval."""

WORDS = ("rule", "kind", "end", "how", "side")
"""Entries of a node that hold a word, which may be the name of a variable as well."""
BY_NAME = ("faces", "slopes", "waves")
"""Entries of a node by variable; faces are words."""


class Link(NamedTuple):
    """``whole = factor * rest``; the derivative of ``rest`` is the whole of the next link."""

    whole: sympy.Expr
    factor: sympy.Expr
    sign: int
    rest: sympy.Expr


class Chain:
    """The links of a goal on its interval, made as far as they are asked for.

    ``choice``: with which division it begins, the most promising being 0.
    """

    def __init__(
        self, expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, choice: int = 0
    ) -> None:
        self.symbol = symbol
        self.piece = piece
        self.choice = choice
        self.places = _places(piece)
        self.links: list[Link] = []
        self.stripped: dict[Any, tuple[sympy.Expr, int, sympy.Expr]] = {}
        self.next = expr

    def link(self, index: int) -> Link | None:
        """A link; None beyond the end of what is simple enough."""
        while len(self.links) <= index:
            if index >= LENGTH or self.next.count_ops() > LONGEST:
                return None
            made = limited(4.0, lambda: self._divided(self.next))
            if made is None:
                return None
            self.links.append(made)
            self.next = sympy.diff(made.rest, self.symbol)
            if not usable(self.next):
                return None
        return self.links[index]

    def signs(self, expr: Any, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """The signs at places, 0 where floats do not show one."""
        return _signs(expr, self.symbol, places)

    def sign(self, expr: Any) -> int:
        """The sign that an expression has at all places of the interval; 0 if it has none."""
        if _is_exponential(expr) and expr.as_base_exp()[0].is_positive:
            return 1
        if expr == self.symbol and (
            self.piece.low.is_nonnegative or self.piece.high.is_nonpositive
        ):
            return 1 if self.piece.low.is_nonnegative else -1
        signs = self.signs(expr, self.places)
        seen = signs[signs != 0]
        return int(seen[0]) if len(seen) and np.all(seen == seen[0]) else 0

    def _divided(self, whole: sympy.Expr) -> Link:
        """The division after which the next derivative is simplest."""
        factor, sign, rest = self.strip(whole)
        found = [(_size(sympy.diff(rest, self.symbol), self), Link(whole, factor, sign, rest))]
        for divisor in _divisors(rest, self.symbol):
            own = self.sign(divisor)
            if own:
                divided = _simple(rest / divisor)
                size = _size(sympy.diff(divided, self.symbol), self)
                found.append((size, Link(whole, factor * divisor, sign * own, divided)))
        found.sort(key=lambda sized: sized[0])
        return found[min(self.choice, len(found) - 1) if not self.links else 0][1]

    def strip(self, whole: sympy.Expr) -> tuple[sympy.Expr, int, sympy.Expr]:
        """An expression without its factors of one sign: they, their sign, and what is left."""
        if whole not in self.stripped:
            self.stripped[whole] = self._stripped(whole)
        return self.stripped[whole]

    def _stripped(self, whole: sympy.Expr) -> tuple[sympy.Expr, int, sympy.Expr]:
        factor, sign = sympy.S.One, 1
        rest: list[Any] = []
        for part in _factors(whole):
            own = self.sign(part) if part.free_symbols else int(sympy.sign(part))
            if own and not _is_sum_of_curves(part):
                factor, sign = factor * part, sign * own
            else:
                rest.append(part)
        if not rest:
            return sympy.S.One, 1, whole
        return factor, sign, sympy.Mul(*rest)


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
    return not _signs(expr, symbol, np.array([float(place)]))[0]


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
        places = _places(piece)
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


# ------------------------------------------------------------------------------------ how to divide


def _factors(expr: Any) -> Iterator[Any]:
    """Factors of an expression, powers of them one by one."""
    shown, names = hidden(expr)
    whole: Any = sympy.factor(sympy.together(sympy.powsimp(shown))).xreplace(names)
    yield from sympy.Mul.make_args(whole)


def _is_sum_of_curves(part: Any) -> bool:
    """Whether the sign of a factor is itself in question: floats alone must not divide by it."""
    base = part.as_base_exp()[0]
    return base.is_Add and base.has(*CURVED) and not part.as_base_exp()[1].is_negative


def _divisors(expr: Any, symbol: sympy.Symbol) -> Iterator[Any]:
    """What a sum may be divided by: what multiplies a function in it, its exponentials, its powers."""
    terms = sympy.Add.make_args(sympy.expand(expr))
    seen: set[Any] = set()
    for part in sorted(expr.atoms(*SPECIAL), key=str):
        if part.has(symbol):
            share = sympy.Add(*[term / part for term in terms if term.has(part)])
            factored: Any = sympy.factor(share)
            if not share.has(*SPECIAL) and not seen & {factored, -factored}:
                seen.add(factored)
                yield factored
    for term in terms:
        parts = sympy.Mul.make_args(sympy.powsimp(term))
        quick = sympy.Mul(*[p for p in parts if p.has(symbol) and _is_exponential(p)])
        powers = sympy.Mul(*[p for p in parts if p.has(symbol) and p.as_base_exp()[0] == symbol])
        for divisor in (quick, powers, quick * powers):
            if divisor != 1 and divisor not in seen:
                seen.add(divisor)
                yield divisor


def _is_exponential(part: Any) -> bool:
    return part.func is sympy.exp or (part.is_Pow and not part.exp.is_Rational)


def _simple(expr: Any) -> sympy.Expr:
    """Written out, each term with one exponential."""
    terms = sympy.Add.make_args(sympy.expand(expr))
    return sympy.Add(*[sympy.powsimp(sympy.cancel(term)) for term in terms])


def _size(slope: Any, links: Chain) -> tuple[int, ...]:
    """How far a derivative is from being a number: its functions, its exponentials, its length."""
    _, _, rest = links.strip(slope)
    functions = [f for f in rest.atoms(*SPECIAL) if f.has(links.symbol)]
    quick = [
        e for e in sympy.preorder_traversal(rest) if e.has(links.symbol) and _is_exponential(e)
    ]
    return len(functions) + len(set(quick)), len(functions), rest.count_ops()


# --------------------------------------------------------------------------------------------- floats


def _places(piece: Piece) -> NDArray[np.float64]:
    """Places of an interval, in order, close to its ends and far out too."""
    low, high = float(piece.low), float(piece.high)
    near = np.logspace(-3, 0, 40)
    if np.isfinite(low) and np.isfinite(high):
        shares = np.concatenate([near[:-1] / 2, 1 - near[:-1] / 2, np.linspace(0.02, 0.98, 97)])
        places = low + (high - low) * shares
    elif np.isfinite(low):
        places = low + np.concatenate([near, np.linspace(0.05, 8, 120), np.logspace(1, 2, 20)])
    elif np.isfinite(high):
        places = high - np.concatenate([near, np.linspace(0.05, 8, 120), np.logspace(1, 2, 20)])
    else:
        places = np.concatenate([-np.logspace(-3, 2, 80), np.logspace(-3, 2, 80)])
    return np.unique(places)


def _signs(expr: Any, symbol: sympy.Symbol, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signs at places, 0 where there is no value, or none that the sizes of its terms do not hide."""
    value = numeric(expr, (symbol,))(places)
    terms = sympy.Add.make_args(expr) if expr.is_Add else sympy.Add.make_args(sympy.expand(expr))
    sizes = sum(np.abs(numeric(term, (symbol,))(places)) for term in terms)
    clear = np.isfinite(value) & np.isfinite(sizes) & (np.abs(value) > NOISE * sizes)
    return np.where(clear, np.sign(value), 0.0)
