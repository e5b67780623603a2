"""A goal as a sum of two that are not negative: what it has too much, and a polynomial or rational rest.

``1/sqrt(Y) >= 3/(2*M) - Y/(2*M**3)`` is the tangent of a convex function where Y = M**2; summed over several
roots that are equal where all variables are, it leaves a rational goal. A goal that vanishes on a curve
``x = c`` and has the slope ``(x - c)*(S(x) - T)`` with T a polynomial is not below the integral of
``(x - c)*(s(x) - T)`` for a parabola s below S: so the fourth-order terms of Pinsker's inequality are found.
Sources: tangent-line trick (folklore); F. Topsoe, IEEE Trans. Inf. Theory 46 (2000) 1602-1609.
"""

from collections.abc import Iterator
from typing import Any

import sympy

from ...language.expression import write
from ...numbers.deadline import limited
from ...numbers.normal_form import identical
from ..instruments.smt import is_polynomial
from .goals import Goal, Node, Search, lies_between, plausible, trim
from .reductions import roots, stationary_points

__all__ = ["below", "tangents"]


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
