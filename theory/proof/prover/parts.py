"""A goal as a sum of two that are not negative: what it has too much, and a polynomial or rational rest.

``1/sqrt(Y) >= 3/(2*M) - Y/(2*M**3)`` is the tangent of a convex function where Y = M**2; summed over several
roots that are equal where all variables are, it leaves a rational goal. A goal that vanishes on a curve
``x = c`` and has the slope ``(x - c)*(S(x) - T)`` with T a polynomial is not below the integral of
``(x - c)*(s(x) - T)`` for a parabola s below S: so the fourth-order terms of Pinsker's inequality are found.
A divergence of two laws on two classes is ``A(p, q) + A(1 - p, 1 - q)``, and A, with the linear part with
which it touches zero at p = q, is often not negative itself: one class at a time. Where variables have a
given sum, a sum of one function of each is compared with its tangents at equal values.
Sources: tangent-line trick (folklore); F. Topsoe, IEEE Trans. Inf. Theory 46 (2000) 1602-1609.
"""

from collections.abc import Iterator
from typing import Any

import sympy

from ...language.expression import write
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ..instruments.smt import is_polynomial
from .extremes import roots, stationary_points
from .goals import Goal, Node, Search, fresh, lies_between, plausible, trim

__all__ = ["below", "complements", "lines", "tangents"]


def _sum(goal: Goal, excess: Any, rest: Any, above: Node, beneath: Node) -> Node | None:
    """The goal as the sum of two expressions, from proofs of both."""
    if not identical(goal.expr, excess + rest, goal.box):
        return None
    several = ((excess, above), (rest, beneath))
    parts = [{"goal": write(part), "strict": False, "node": node} for part, node in several]
    return {"rule": "sum", "parts": parts}


# ------------------------------------------------------------------------------------------ tangents


def tangents(goal: Goal, search: Search, depth: int) -> Node | None:
    """Two or more roots of quadratic forms, each replaced by its tangent at one linear form."""
    if goal.given or len(goal.box) < 2 or goal.strict:
        return None
    found = limited(2.0, lambda: _touching(goal))
    if found is None:
        return None
    excess, rest = found
    if not plausible(trim(goal._replace(expr=rest))):
        return None
    beneath = search.prove(goal._replace(expr=rest), depth)
    above = beneath and search.prove(goal._replace(expr=excess), 1)
    return _sum(goal, excess, rest, above, beneath) if above and beneath else None


def _touching(goal: Goal) -> tuple[Any, Any] | None:
    """What the roots have more than their tangents, as squares; and the goal with tangents for roots."""
    half = sympy.Rational(1, 2)
    variables = sorted(goal.box, key=str)
    if any(piece.low != 0 for piece in goal.box.values()):
        return None
    found = [p for p in goal.expr.atoms(sympy.Pow) if abs(p.exp) == half and p.free_symbols]
    forms = {power.base for power in found}
    ones: Any = dict.fromkeys(variables, 1)
    sizes = {sympy.sqrt(form.subs(ones)) for form in forms}
    if len(forms) < 2 or len(sizes) != 1 or not all(_is_quadratic(f, variables) for f in forms):
        return None
    middle = sizes.pop() * sympy.Add(*variables) / len(variables)
    if not middle.is_polynomial(*variables) or not is_polynomial(middle):
        return None
    excess, rest = [], goal.expr
    for power in sorted(found, key=str):
        share: Any = sympy.diff(goal.expr.xreplace({power: _ROOT}), _ROOT)
        if share.has(_ROOT):
            return None
        root = sympy.sqrt(power.base)
        if power.exp < 0:
            own = share * (root - middle) ** 2 * (root + 2 * middle) / (2 * middle**3 * root)
            tangent = sympy.Rational(3, 2) / middle - power.base / (2 * middle**3)
        else:
            own = -share * (root - middle) ** 2 / (2 * middle)
            tangent = (power.base + middle**2) / (2 * middle)
        excess.append(own)
        rest = rest.xreplace({power: tangent})
    return sympy.Add(*excess), rest


_ROOT = sympy.Dummy("root", positive=True)


def _is_quadratic(form: Any, variables: list[Any]) -> bool:
    """A quadratic form with no negative coefficient."""
    if not is_polynomial(form):
        return False
    terms = sympy.Poly(form, *variables).terms()
    return all(sum(powers) == 2 and coefficient > 0 for powers, coefficient in terms)


# --------------------------------------------------------------------------------------------- below


def below(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial below a goal that vanishes on a curve, by a parabola below a part of its slope."""
    if goal.given or goal.strict or len(goal.box) != 2 or not goal.expr.has(sympy.log):
        return None
    for symbol in goal.box:
        for rest in limited(3.0, lambda s=symbol: list(_polynomials(goal, s))) or ():
            under = goal._replace(expr=rest)
            over = goal._replace(expr=goal.expr - rest)
            if not (plausible(trim(under)) and plausible(trim(over))):
                continue
            beneath = search.prove(under, min(depth, 1))
            above = beneath and search.prove(over, depth)
            if above and beneath and (node := _sum(goal, over.expr, rest, above, beneath)):
                return node
    return None


def _polynomials(goal: Goal, symbol: sympy.Symbol) -> Iterator[Any]:
    piece = goal.box[symbol]
    slope = sympy.diff(goal.expr, symbol)
    if not slope.is_rational_function(*goal.box):
        return
    for place in stationary_points(slope, symbol, goal.box):
        factor = sympy.cancel(slope / (symbol - place))
        terms = sympy.Add.make_args(sympy.apart(factor, symbol))
        curved = sympy.Add(*[term for term in terms if not is_polynomial(sympy.expand(term))])
        flat = sympy.expand(sympy.Add(*terms) - curved)
        if curved.free_symbols != {symbol} or not is_polynomial(flat):
            continue
        for level in roots(sympy.diff(curved, symbol), symbol):
            if not (level.is_Rational and lies_between(piece, level)):
                continue
            bend = sympy.diff(curved, symbol, 2).subs(symbol, level) / 2
            parabola = curved.subs(symbol, level) + bend * (symbol - level) ** 2
            integrand = sympy.expand((symbol - place) * (parabola + flat))
            whole = sympy.integrate(integrand, symbol)
            polynomial = sympy.factor(whole - whole.subs(symbol, place))
            if is_polynomial(polynomial):
                yield polynomial


# --------------------------------------------------------------------------------------------- lines


def lines(goal: Goal, search: Search, depth: int) -> Node | None:
    """One function of each variable, above its tangent where all are equal; the tangents have a given sum."""
    sums = [fact for fact, kind in goal.given if kind == "=="]
    if goal.strict or len(goal.box) < 2 or not sums:
        return None
    for fact in sums:
        parts = limited(2.0, lambda f=fact: _above_lines(goal, f))
        if parts is None or not all(plausible(trim(_alone(goal, part))) for part in parts):
            continue
        rest = sympy.expand(goal.expr - sympy.Add(*parts))
        nodes = [search.prove(goal._replace(expr=part), depth) for part in (rest, *parts)]
        if all(nodes) and identical(goal.expr, rest + sympy.Add(*parts), goal.box):
            told = zip((rest, *parts), nodes, strict=True)
            return {
                "rule": "sum",
                "parts": [{"goal": write(p), "strict": False, "node": node} for p, node in told],
            }
    return None


def _alone(goal: Goal, part: Any) -> Goal:
    return Goal(part, False, goal.box)


def _above_lines(goal: Goal, fact: Any) -> list[Any] | None:
    """What the function of each variable has more than its tangent, if it is one function of all."""
    symbols = sorted(goal.box, key=str)
    whole = sympy.expand(fact)
    if not whole.is_polynomial(*symbols):
        return None
    shares = {sympy.diff(whole, symbol) for symbol in symbols}
    constant = whole.subs(dict.fromkeys(symbols, 0))
    if len(shares) != 1 or not constant.is_Rational or not (share := shares.pop()).is_Rational:
        return None
    if share == 0:
        return None
    level = -constant / (share * len(symbols))
    terms = [t for t in sympy.Add.make_args(sympy.expand(goal.expr)) if t.free_symbols]
    if any(len(term.free_symbols) > 1 for term in terms):
        return None
    own = {s: sympy.Add(*[term for term in terms if term.has(s)]) for s in symbols}
    first = symbols[0]
    if any(own[s].xreplace({s: first}) != own[first] for s in symbols):
        return None
    value, slope = (e.subs(first, level) for e in (own[first], sympy.diff(own[first], first)))
    if not (value.is_finite and slope.is_finite):
        return None
    return [own[s] - value - slope * (s - level) for s in symbols]


# --------------------------------------------------------------------------------------- complements


_UNIT = Piece(sympy.Integer(0), sympy.Integer(1), True, True)


def complements(goal: Goal, search: Search, depth: int) -> Node | None:
    """A sum over two classes of shares: the term of one class, and that of the other as its mirror image."""
    if goal.given or goal.strict or len(goal.box) != 2 or set(goal.box.values()) != {_UNIT}:
        return None
    first, second = sorted(goal.box, key=str)
    own = limited(3.0, lambda: _of_one_class(goal.expr, first, second))
    if own is None:
        return None
    mirror: Any = {first: 1 - first, second: 1 - second}
    other = own.subs(mirror, simultaneous=True)
    part = goal._replace(expr=own)
    if not plausible(part) or not identical(goal.expr, own + other, goal.box):
        return None
    above = search.briefly(part, depth, 0.5)
    beneath = above and _mirrored(goal._replace(expr=other), (first, second), search, depth)
    return _sum(goal, own, other, above, beneath) if above and beneath else None


def _of_one_class(expr: Any, first: sympy.Symbol, second: sympy.Symbol) -> Any:
    """The terms of one class, and the linear part with which they and their slope vanish at equal shares."""
    shown = _apart(expr, second)
    sides: dict[int, Any] = {0: sympy.S.Zero, 1: sympy.S.Zero, -1: sympy.S.Zero}
    for term in sympy.Add.make_args(shown):
        where = _class_of(term, first, second)
        if where is None:
            return None
        sides[where] += term
    if sides[0] == 0 or sides[1] == 0:
        return None
    mirror: Any = {first: 1 - first, second: 1 - second}
    moved = _apart(sides[0].subs(mirror, simultaneous=True), second)
    left = sympy.expand(sides[1] - moved + sides[-1])
    if not left.is_polynomial(first, second):
        return None
    middle = sympy.Rational(1, 2)
    base = sides[0] + left / 2
    at: Any = {first: sympy.Rational(1, 4), second: sympy.Rational(1, 4)}
    both = 4 * base.subs(at)
    slope = -sympy.diff(base, first).subs(at)
    return sympy.expand(base + slope * (first - middle) + (both - slope) * (second - middle))


def _apart(expr: Any, symbol: sympy.Symbol) -> Any:
    """Written out: logarithms and roots of products, and quotients in partial fractions."""
    shown: Any = sympy.expand(
        sympy.expand_power_base(sympy.expand_log(expr, force=True), force=True)
    )
    terms = sympy.Add.make_args(shown)
    quotients = sympy.Add(*[t for t in terms if t.is_rational_function() and not t.is_polynomial()])
    return shown - quotients + sympy.expand(sympy.apart(sympy.together(quotients), symbol))


def _class_of(term: Any, first: sympy.Symbol, second: sympy.Symbol) -> int | None:
    """0 where what is no polynomial in a term ends at zero shares, 1 at whole ones; -1: a polynomial."""
    if term.is_polynomial(first, second):
        return -1
    inner = [f.args[0] for f in term.atoms(sympy.log)]
    inner += [p.base for p in term.atoms(sympy.Pow) if not (p.exp.is_Integer and p.exp > 0)]
    found = set()
    for base in inner:
        if base.free_symbols:
            ends = [base.subs({first: end, second: end}) == 0 for end in (0, 1)]
            if ends[0] == ends[1]:
                return None
            found.add(int(ends[1]))
    return found.pop() if len(found) == 1 else None


def _mirrored(
    goal: Goal, symbols: tuple[sympy.Symbol, ...], search: Search, depth: int
) -> Node | None:
    """A goal in one minus each of some variables."""
    if not symbols:
        return search.prove(goal, depth)
    symbol, *others = symbols
    new = sympy.Symbol(fresh(f"{symbol.name}_c", goal, search), positive=True)
    box = {**{s: p for s, p in goal.box.items() if s != symbol}, new: _UNIT}
    moved = goal._replace(expr=goal.expr.subs(symbol, 1 - new), box=box)
    node = _mirrored(moved, tuple(others), search, depth)
    return node and {
        "rule": "substitute",
        "variable": symbol.name,
        "new": new.name,
        "domain": str(_UNIT),
        "by": write(1 - new),
        "to": write(moved.expr),
        "node": node,
    }
