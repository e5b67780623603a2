"""Steps by the shape of a goal: concave in a variable, solved for one function, rid of square roots.

Each turns a goal that touches zero into ones whose slopes are simpler: a concave function is least at
an end; dividing by what multiplies a logarithm or Phi leaves a function whose derivative is algebraic;
squaring both sides removes a root.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import sympy

from ...language.expression import Phi, write
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ..instruments.smt import is_polynomial
from .continuity import continuous, smooth
from .extremes import easiest_first, face_at
from .goals import Goal, Node, Search, opened, plausible, tidy, trim, usable, without

TRANSCENDENTAL = (sympy.log, Phi, sympy.atan, sympy.asinh, sympy.erf, sympy.erfc)
"""Functions whose derivatives are simpler than they are."""

__all__ = ["ends", "interior", "isolate", "square"]


def ends(goal: Goal, search: Search, depth: int) -> Node | None:
    """If the expression is concave in a variable, its worst case is one of the two ends."""
    if goal.given:
        return None
    for symbol in easiest_first(goal):
        piece = goal.box[symbol]
        if not (piece.low.is_finite and piece.high.is_finite):
            continue
        bend = limited(2.0, lambda s=symbol: tidy(-sympy.diff(goal.expr, s, 2)))
        if bend is None or not usable(bend):
            continue
        inside = Goal(bend, False, {**goal.box, symbol: opened(piece)})
        if bend == 0 or not plausible(trim(inside)):
            continue
        node = _ends(goal, symbol, inside, search, depth)
        if node:
            return node
    return None


def _ends(goal: Goal, symbol: sympy.Symbol, bend: Goal, search: Search, depth: int) -> Node | None:
    piece = goal.box[symbol]
    opens = (piece.low_open, piece.high_open)
    found = [face_at(goal, symbol, end, search) for end in (piece.low, piece.high)]
    faces = [face for face in found if face is not None]
    if len(faces) < 2:
        return None
    # strictly concave: above the chord between the ends, so an end that is not attained may be zero
    for strict in (True, False) if goal.strict and any(opens) else (False,):
        nodes: list[Node | None] = []
        for value, is_open in zip(faces, opens, strict=True):
            at_end = Goal(
                value, goal.strict and not (strict and is_open), without(goal.box, symbol)
            )
            nodes.append(search.prove(at_end, depth))
            if nodes[-1] is None:
                break
        if None in nodes:
            continue
        bend_node = search.prove(bend._replace(strict=strict), depth)
        if bend_node and _bends(goal, symbol, bend, search):
            return {
                "rule": "ends",
                "variable": symbol.name,
                "bend": write(bend.expr),
                "strict": strict,
                "faces": [write(value) for value in faces],
                "nodes": [bend_node, *nodes],
            }
    return None


def _bends(goal: Goal, symbol: sympy.Symbol, bend: Goal, search: Search) -> bool:
    """Whether the bend is that of the expression, which has no kink inside and no jump at the ends."""
    second = -sympy.diff(goal.expr, symbol, 2)
    return (
        smooth(goal.expr, bend.box, search)
        and continuous(goal.expr, goal.box, search)
        and identical(second, bend.expr, bend.box)
    )


# ----------------------------------------------------------------------------------------- isolate


def isolate(goal: Goal, search: Search, depth: int) -> Node | None:
    """``C*T + R`` for a function T such as log or Phi, divided by C; likewise a square in T."""
    for factor, rest in limited(2.0, lambda: _isolated(goal.expr)) or ():
        for sign in (1, -1):
            # where the factor vanishes the quotient has no value, so it must be strict
            positive = search.prove(Goal(sign * factor, True, goal.box, goal.given), 2)
            if positive is None:
                continue
            node = search.prove(goal._replace(expr=sign * rest), depth + 1)
            if node and _is_product(goal, factor, rest, search):
                return {
                    "rule": "divide",
                    "factor": write(factor),
                    "sign": sign,
                    "rest": write(rest),
                    "nodes": [positive, node],
                }
            break
    return None


def _is_product(goal: Goal, factor: sympy.Expr, rest: sympy.Expr, search: Search) -> bool:
    """Whether a goal is that product, of two that have values wherever it has one."""
    whole = sympy.Mul(factor, rest)
    return identical(goal.expr, whole, goal.box) and continuous(rest, goal.box, search, goal.given)


@lru_cache(maxsize=1024)
def _isolated(expr: Any) -> tuple[tuple[sympy.Expr, sympy.Expr], ...]:
    """Pairs of factors of the expression; the second holds a function with coefficient 1."""
    found = []
    for part in sorted(expr.atoms(*TRANSCENDENTAL), key=str):
        place = sympy.Dummy("T")
        above, below = sympy.fraction(sympy.together(expr.xreplace({part: place})))
        form = sympy.expand(above).as_poly(place)
        if form is None or not part.free_symbols:
            continue
        terms: list[Any] = [sympy.factor(term) for term in form.all_coeffs()]
        if any(term.has(place, *TRANSCENDENTAL) for term in terms):
            continue
        lead = terms[0] / below.xreplace({place: part})
        if form.degree() == 1 and lead.free_symbols:
            found.append((lead, part + sympy.expand(sympy.cancel(terms[1] / terms[0]))))
        elif form.degree() == 2:
            a, b, c = terms
            spread = _root(sympy.factor(b**2 - 4 * a * c))
            sides = [part + sympy.expand((b + s * spread) / (2 * a)) for s in (1, -1)]
            if lead.free_symbols or expr != sympy.Mul(lead, *sides):
                found.append((lead, sympy.Mul(*sides)))
    return tuple(found)


def _root(expr: Any) -> Any:
    """The square root, factor by factor."""
    parts: Any = sympy.Mul.make_args(expr)
    return sympy.Mul(
        *[sympy.exp(p.args[0] / 2) if p.func is sympy.exp else sympy.sqrt(p) for p in parts]
    )


# ------------------------------------------------------------------------------------------ square


def square(goal: Goal, search: Search, depth: int) -> Node | None:
    """``P - Q >= 0`` with a root in P >= 0: it suffices that ``P**2 - Q**2 >= 0``."""
    size = goal.expr.count_ops()
    shorter = goal.expr.has(*TRANSCENDENTAL)  # these must go with the root, or nothing is gained
    for large, small in _sides(goal.expr):
        to = limited(2.0, lambda p=large, q=small: _squares(p, q))
        if to is None or to.count_ops() > (size + 1 if shorter else 4 * size):
            continue
        if len(_roots(to)) >= len(_roots(goal.expr)) or _squares_phi(small):
            continue
        if not (is_polynomial(to) or any(_has_root(e) for e in (large, small) if e.free_symbols)):
            continue
        child = goal._replace(expr=to)
        if not plausible(trim(child)):
            continue
        sign = search.prove(goal._replace(expr=large, strict=False), min(depth, 1))
        node = sign and search.briefly(child, depth, 0.5 if shorter else 1.0)
        if node and identical(large**2 - small**2, to, goal.box):
            return {
                "rule": "square",
                "large": write(large),
                "small": write(small),
                "to": write(to),
                "nodes": [sign, node],
            }
    return None


def _sides(expr: sympy.Expr) -> Iterator[tuple[sympy.Expr, sympy.Expr]]:
    """Terms with square roots on the left, the others on the right; or by sign."""
    terms = sympy.Add.make_args(expr)
    if len(terms) < 2:
        return
    rooted = [term for term in terms if _has_root(term)]
    positive = [term for term in terms if term.as_coeff_Mul()[0] > 0]
    seen = set()
    for chosen in (rooted, positive, [t for t in rooted if t in positive]):
        left = sympy.Add(*chosen)
        if chosen and rooted and len(chosen) < len(terms) and left not in seen:
            seen.add(left)
            yield left, left - expr


def _squares(large: Any, small: Any) -> Any:
    """``large**2 - small**2``, written out or not, whichever is shorter."""
    plain = large**2 - small**2
    return min((sympy.expand(plain), plain), key=lambda form: (len(_roots(form)), form.count_ops()))


def _roots(expr: Any) -> set[Any]:
    """The square roots in an expression."""
    return {p.base for p in expr.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q == 2}


def _squares_phi(side: Any) -> bool:
    """Whether Phi stands outside of roots: its slope is a simple function, that of its square is not."""
    rest = side.replace(
        lambda e: e.is_Pow and e.exp.is_Rational and e.exp.q == 2, lambda e: sympy.Dummy()
    )
    return rest.has(Phi, sympy.erf, sympy.erfc)


def _has_root(expr: sympy.Expr) -> bool:
    half = sympy.Rational(1, 2)
    return any(abs(p.exp) == half for p in expr.atoms(sympy.Pow))


# ---------------------------------------------------------------------------------------- interior


def interior(goal: Goal, search: Search, depth: int) -> Node | None:
    """A continuous expression that is >= 0 inside the box is so at the attained ends."""
    closed = any(not (p.low_open and p.high_open) for p in goal.box.values())
    powers = any(not power.exp.is_number for power in goal.expr.atoms(sympy.Pow))
    if goal.given or goal.strict or not closed or not powers:
        return None
    inside: dict[sympy.Symbol, Piece] = {s: opened(p) for s, p in goal.box.items()}
    node = search.prove(goal._replace(box=inside), depth + 1)
    if node is None or not continuous(goal.expr, goal.box, search):
        return None
    return {"rule": "interior", "node": node}
