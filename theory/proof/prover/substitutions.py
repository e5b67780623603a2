"""Steps to simpler goals by a change of variable: roots, exponentials, shares, and what is far out.

Checked by: the second engine, which asks where the new variable goes and what the goal becomes there.
"""

import math
from collections.abc import Iterator
from typing import Any

import sympy

from ...language.expression import write
from ...numbers.domain import Piece, ordered
from ...numbers.normal_form import identical
from .goals import Goal, Node, Search, exponential, fresh, without

__all__ = ["substitute"]

_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.tanh)


def substitute(goal: Goal, search: Search, depth: int) -> Node | None:
    """x = t^q when x occurs only in fractional powers; x = log(t) when only in exponentials."""
    for symbol in goal.box:
        for new, by, piece in _changes_of_variable(goal, symbol, search):
            if any(symbol in fact.free_symbols for fact, _ in goal.given):
                continue
            expr: Any = sympy.powdenest(
                sympy.expand_power_exp(exponential(goal.expr).subs(symbol, by)), force=False
            )
            if by.has(sympy.exp) or (by.is_rational_function(new) and not by.is_polynomial(new)):
                expr = _in_one_fraction(expr)
            expr = sympy.powsimp(sympy.expand_log(expr), deep=True)
            if expr.has(symbol):
                continue
            child = Goal(expr, goal.strict, {**without(goal.box, symbol), new: piece}, goal.given)
            # it only simplifies, so it costs no depth; hyperbolic functions are simpler as they are
            share = 0.2 if goal.expr.has(*_HYPERBOLIC) else 1.0
            node = search.briefly(child, depth + 1, share)
            if node and identical(goal.expr.subs(symbol, by), expr, child.box):
                return {
                    "rule": "substitute",
                    "variable": symbol.name,
                    "new": new.name,
                    "domain": str(piece),
                    "by": write(by),
                    "to": write(expr),
                    "node": node,
                }
    return None


def _in_one_fraction(expr: sympy.Expr) -> sympy.Expr:
    """Arguments of functions, bases of powers, and the whole, each over one denominator."""
    inner: Any = expr.replace(
        lambda e: e.is_Function or (e.is_Pow and not e.exp.is_Integer),
        lambda e: e.func(*[sympy.factor(argument) for argument in e.args]),
    )
    merged: Any = sympy.powdenest(sympy.expand_power_base(inner))
    return merged


def _changes_of_variable(
    goal: Goal, symbol: sympy.Symbol, search: Search
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    piece = goal.box[symbol]
    expr = exponential(goal.expr)
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == symbol and p.exp.is_Rational]
    q = math.lcm(*[int(p.q) for p in powers])
    t = sympy.Symbol(fresh(f"{symbol.name}_t", goal, search), positive=True)
    yield from _odds(expr, symbol, piece, t)
    if q > 1 and ordered(sympy.Integer(0), piece.low) >= 0:
        inverse = all(power < 0 for power in powers) and piece.low_open
        found = _root_piece(piece, q, inverse=inverse)
        if found is not None:
            closed = not found.low_open and found.low == 0
            new = sympy.Symbol(t.name, nonnegative=True) if closed else t
            yield new, new ** (-q if inverse else q), found
    yield from _inverse(expr, symbol, piece, t)
    yield from _log_odds(expr, symbol, piece, t)
    rates = [sympy.diff(e.args[0], symbol) for e in expr.atoms(sympy.exp) if e.has(symbol)]
    if rates and all(rate.is_Rational for rate in rates):
        stripped = expr.replace(lambda e: isinstance(e, sympy.exp), lambda e: sympy.Dummy())
        ends = {-sympy.oo: sympy.Integer(0), sympy.Integer(0): sympy.Integer(1), sympy.oo: sympy.oo}
        if not stripped.has(symbol) and piece.low in ends and piece.high in ends:
            q = math.lcm(*[int(rate.q) for rate in rates])
            yield (
                t,
                q * sympy.log(t),
                Piece(ends[piece.low], ends[piece.high], piece.low_open, piece.high_open),
            )


def _odds(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """A share p = t**2/(1 + t**2): sqrt(p) and sqrt(1 - p) then have one root between them."""
    zero, one = sympy.Integer(0), sympy.Integer(1)
    halves = [p.base for p in expr.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q == 2]
    rational = [base for base in halves if base.has(symbol) and base.is_rational_function()]
    ends = [any(base.subs(symbol, end) == 0 for base in rational) for end in (zero, one)]
    if all(ends) and piece == Piece(zero, one, True, True):
        yield t, t**2 / (1 + t**2), Piece(zero, sympy.oo, True, True)


def _log_odds(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """A share p = 1/(1 + exp(t)) up to a half, where its log-odds stand beside exponentials: they are -t."""
    logs = {sympy.log(symbol), sympy.log(1 - symbol)}
    half = Piece(sympy.Integer(0), sympy.Rational(1, 2), True, True)
    if piece == half and expr.has(sympy.exp) and logs <= expr.atoms(sympy.log):
        yield t, 1 / (1 + sympy.exp(t)), Piece(sympy.Integer(0), sympy.oo, True, True)


def _inverse(
    expr: sympy.Expr, symbol: sympy.Symbol, piece: Piece, t: sympy.Symbol
) -> Iterator[tuple[sympy.Symbol, sympy.Expr, Piece]]:
    """x = 1/t far out, where functions are taken of what goes to 0."""
    several = [f for f in expr.atoms(*_FLAT) if f.has(symbol)]
    low = piece.low
    if piece.high != sympy.oo or not low.is_Rational or low <= 0 or not several:
        return
    rest = expr.xreplace({f: sympy.Dummy() for f in several})
    vanish = all(_vanishes_far_out(f.args[0], symbol) for f in several)
    if vanish and rest.is_rational_function():
        yield t, 1 / t, Piece(sympy.Integer(0), 1 / low, True, piece.low_open)


_FLAT = (sympy.sin, sympy.cos, sympy.tanh, sympy.atan)


def _vanishes_far_out(inner: Any, symbol: Any) -> bool:
    top, bottom = sympy.fraction(sympy.together(inner))
    if not (top.is_polynomial(symbol) and bottom.is_polynomial(symbol)):
        return False
    return bool(sympy.degree(top, symbol) < sympy.degree(bottom, symbol))


def _root_piece(piece: Piece, q: int, *, inverse: bool) -> Piece | None:
    """Where x^(1/q) lives, or x^(-1/q), if its ends are rational."""
    low, high = (_exact_root(end, q) for end in (piece.low, piece.high))
    if low is None or high is None:
        return None
    if not inverse:
        return Piece(low, high, piece.low_open, piece.high_open)
    zero, infinity = sympy.Integer(0), sympy.oo
    return Piece(
        zero if high == infinity else 1 / high,
        infinity if low == 0 else 1 / low,
        piece.high_open,
        piece.low_open,
    )


def _exact_root(value: Any, q: int) -> Any:
    if not value.is_finite:
        return value
    root = sympy.root(value, q)
    return root if root.is_Rational else None
