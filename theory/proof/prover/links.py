"""The links of a chain of divided derivatives, planned by floats: what to divide by, and what has a sign.

Nothing here proves anything: `chains` proves each link by the prover's other tactics.
Checked by: the chains that are made of them, each step of which the second engine tests.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import sympy
from numpy.typing import NDArray

from ...language.expression import Phi
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ..instruments.rates import hidden
from ..instruments.sampling import numeric
from .goals import usable

__all__ = ["CURVED", "Chain", "Link", "places_of", "signs_at"]

LENGTH = 9
"""Derivatives in a chain, at most."""
LONGEST = 150
"""Operations in an expression whose derivative is looked at."""
NOISE = 1e-12
"""Values this little, beside the sizes of their terms, have no sign."""
SPECIAL = (sympy.log, Phi, sympy.erf, sympy.erfc, sympy.atan, sympy.asinh, sympy.atanh)
"""Functions whose derivatives are simpler than they are."""
CURVED = (*SPECIAL, sympy.exp, sympy.sinh, sympy.cosh, sympy.tanh)


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
        self.places = places_of(piece)
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
        return signs_at(expr, self.symbol, places)

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


def places_of(piece: Piece) -> NDArray[np.float64]:
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


def signs_at(expr: Any, symbol: sympy.Symbol, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Signs at places, 0 where there is no value, or none that the sizes of its terms do not hide."""
    value = numeric(expr, (symbol,))(places)
    terms = sympy.Add.make_args(expr) if expr.is_Add else sympy.Add.make_args(sympy.expand(expr))
    sizes = sum(np.abs(numeric(term, (symbol,))(places)) for term in terms)
    clear = np.isfinite(value) & np.isfinite(sizes) & (np.abs(value) > NOISE * sizes)
    return np.where(clear, np.sign(value), 0.0)
