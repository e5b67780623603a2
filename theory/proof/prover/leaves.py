"""Steps that need no search: a number, a range, the signs of factors, a polynomial for z3."""

from typing import Any

import numpy as np
import sympy

from ...foundation.working_time import work_clock
from ...language.expression import write
from ...numbers.boxes import box_ranges
from ...numbers.deadline import limited
from ...numbers.domain import Domain
from ...numbers.exact_signs import sign_of_number
from ...numbers.normal_form import identical, vanishes
from ...numbers.ranges import Undefined, compile_range
from ..instruments.forms import forms
from ..instruments.sampling import numeric, sample_box
from ..instruments.smt import is_polynomial, negation_smtlib, solve
from .continuity import continuous
from .goals import Goal, Node, Search, rewrite, signed, trim

__all__ = ["nothing", "number", "polynomial", "power", "product", "range_", "void"]


def number(goal: Goal, search: Search, depth: int) -> Node | None:
    """An exact number: its sign, with zero decided exactly."""
    try:
        evaluate = compile_range(goal.expr, ())
        for bits in (160, 640, 2560):
            interval = evaluate((), bits)
            if signed(interval, goal.strict):
                search.engines.add("interval")
                return {"rule": "range"}
            if interval.high < 0:
                return None
    except (Undefined, NotImplementedError):
        return None
    if not goal.strict and limited(2.0, lambda: sign_of_number(goal.expr)) == 0:
        search.engines.add("symbolic")
        return {"rule": "zero"}
    return None


def void(goal: Goal, search: Search, depth: int) -> Node | None:
    """A hypothesis that is a false statement about numbers: there is nothing to prove."""
    for fact, kind in goal.given:
        if fact.free_symbols or kind == "==":
            continue
        node = number(Goal(-fact, kind != ">", {}), search, 0)
        if node:
            return {"rule": "void", "fact": write(fact), "node": node}
    return None


def range_(goal: Goal, search: Search, depth: int) -> Node | None:
    """Interval arithmetic over the whole box, on the expression as it stands or rearranged."""
    for form in forms(goal.expr):
        try:
            interval = compile_range(form, tuple(goal.box))(box_ranges(goal.box))
        except (Undefined, NotImplementedError):
            continue
        if signed(interval, goal.strict) and identical(goal.expr, form, goal.box):
            search.engines.add("interval")
            leaf: Node = {"rule": "range"}
            return leaf if form == goal.expr else rewrite(form, leaf)
    return None


def nothing(goal: Goal, search: Search, depth: int) -> Node | None:
    """Zero in disguise: what vanishes at points, and by its normal form."""
    if goal.strict or not goal.expr.free_symbols:
        return None
    symbols = tuple(goal.box)
    where = {symbol: Domain((piece,)) for symbol, piece in goal.box.items()}
    points = sample_box(where, 12, np.random.default_rng(4)).values()
    values = np.abs(numeric(goal.expr, symbols)(*points))
    seen = np.isfinite(values)
    if not np.any(seen) or np.max(values[seen]) > 1e-9 or not vanishes(goal.expr, goal.box):
        return None
    search.engines.add("symbolic")
    return rewrite(sympy.Integer(0), {"rule": "range"})


def power(goal: Goal, search: Search, depth: int) -> Node | None:
    """A power of what is positive, or a root of what is not negative, whose range is too wide."""
    if not goal.expr.is_Pow or goal.expr.exp.is_Integer:
        return None
    base, exponent = goal.expr.as_base_exp()
    strict = goal.strict or exponent.is_positive is not True or not exponent.is_number
    node = search.prove(goal._replace(expr=base, strict=strict), depth + 1)  # it is simpler
    return node and {
        "rule": "power",
        "base": write(base),
        "exponent": write(exponent),
        "strict": strict,
        "node": node,
    }


def product(goal: Goal, search: Search, depth: int) -> Node | None:
    """A product or quotient: the sign of every factor."""
    kinked = depth > 0 and goal.expr.has(sympy.Abs, sympy.Max, sympy.Min)
    for form in forms(goal.expr)[: 1 if kinked else 3]:  # the cases of a kink come first
        coefficient, factors = _factors(form)
        if sum(power != 0 for _, power in factors) < 2 and coefficient == 1:
            continue
        node = _product_of(goal, coefficient, factors, search, depth)
        if node and form == goal.expr:
            return node
        if node and _is_form(goal, form, node, search):
            return rewrite(form, node)
    return None


def _is_form(goal: Goal, form: sympy.Expr, node: Node, search: Search) -> bool:
    """Whether a form is the goal's expression, with a value wherever that has one: no step has looked
    at the factors whose even powers need no sign."""
    unseen = any(part["node"] is None for part in node["parts"])
    whole = not unseen or continuous(form, goal.box, search, goal.given)
    return whole and identical(goal.expr, form, goal.box)


def _factors(form: sympy.Expr) -> tuple[sympy.Expr, list[tuple[sympy.Expr, int]]]:
    coefficient, rest = form.as_coeff_Mul()
    factors = []
    for argument in sympy.Mul.make_args(rest):
        base, power = argument.as_base_exp()
        factors.append((base, int(power)) if power.is_Integer else (argument, 1))
    return coefficient, [(base, power) for base, power in factors if base != 1]


def _is_whole(expr: Any) -> bool:
    """A polynomial in the variables and in exponentials; of one variable, in sines and cosines too."""
    powers = expr.atoms(sympy.exp, sympy.sinh, sympy.cosh)
    if len(expr.free_symbols) == 1:
        powers |= expr.atoms(sympy.sin, sympy.cos)
    return is_polynomial(expr.xreplace({power: sympy.Dummy() for power in powers}))


def _product_of(
    goal: Goal,
    coefficient: Any,
    factors: list[tuple[Any, int]],
    search: Search,
    depth: int,
) -> Node | None:
    def cleared(base: Any) -> bool:
        """A polynomial, of exponentials too, that is left when the denominators are cleared."""
        return whole < _is_whole(base)

    limit = goal.expr.count_ops() + 3  # a factor is no longer than the product, or this would loop
    whole = _is_whole(goal.expr)
    sign = 1 if coefficient > 0 else -1
    parts = []
    hardest_last = sorted(factors, key=lambda f: f[0].count_ops())
    for base, power in hardest_last:
        even = power % 2 == 0
        if even and power > 0 and not goal.strict:
            parts.append({"factor": write(base), "power": power, "sign": 1, "node": None})
            continue
        if base.count_ops() + 1 >= limit and not cleared(base):
            return None
        strict = goal.strict or power < 0
        # exponentials of several variables: slopes may be longer without denominators than with them
        unsure = len(goal.box) > 1 and cleared(base) and base.has(sympy.exp)
        for direction in (1, -1):
            child = Goal(direction * base, strict, goal.box, goal.given)
            node = search.briefly(child, depth, 0.2) if unsure else search.prove(child, depth)
            if node:
                break
        else:
            return None
        sign *= direction if not even else 1
        parts.append({"factor": write(base), "power": power, "sign": direction, "node": node})
    if sign < 0:
        return None
    return {"rule": "product", "coefficient": write(coefficient), "parts": parts}


def polynomial(goal: Goal, search: Search, depth: int) -> Node | None:
    """A polynomial in at most seven variables: z3 decides it."""
    expr = goal.expr
    if not is_polynomial(expr):
        return None
    given = tuple(fact for fact in goal.given if is_polynomial(fact[0]))
    goal = trim(goal._replace(given=given))
    expanded = limited(2.0, lambda: sympy.expand(expr))
    if expanded is not None and expanded.free_symbols < expr.free_symbols:
        node = polynomial(trim(goal._replace(expr=expanded)), search, depth)
        same = node is not None and identical(expr, expanded, goal.box)
        return rewrite(expanded, node) if node is not None and same else None
    if len(goal.box) > 7 or _is_heavy(expr, goal):
        return None
    if any(
        end.is_finite and not end.is_Rational for p in goal.box.values() for end in (p.low, p.high)
    ):
        return None
    text = negation_smtlib(expr, ">" if goal.strict else ">=", goal.box, goal.given)
    left = max(0.1, search.deadline - work_clock())
    answer, _ = solve(text, int(1000 * min(left, 3.0)))
    if answer != "unsat":
        return None
    search.engines.add("smt")
    return {"rule": "smt", "smtlib": text}


def _is_heavy(expr: sympy.Expr, goal: Goal) -> bool:
    """Whether solvers disagree on what they can decide: hypotheses are then better solved for."""
    several = len(goal.box) > 3 and bool(goal.given)
    plain = not expr.has(sympy.Abs, sympy.Max, sympy.Min)
    return several and plain and sympy.Poly(expr).total_degree() > 4
