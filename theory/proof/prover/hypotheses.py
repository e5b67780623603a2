"""Using hypotheses: narrow a variable, solve one for a variable, forget what is no longer needed.

The tactics that reason about slopes and ends need a box; a hypothesis makes the feasible set something
else. So hypotheses are used up: ``n1 <= n2`` becomes ``n2 = n1 + s`` with s >= 0, ``p + q == 1``
becomes ``q = 1 - p``, ``x >= 1`` narrows x. What the solved variable's own domain asks for stays
behind as hypotheses. Max, Min and Abs make hypotheses of their own: two cases, by a sign.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import sympy

from ...language.expression import write
from ...numbers.boxes import Box, box_ranges
from ...numbers.deadline import limited
from ...numbers.domain import Piece
from ...numbers.normal_form import identical
from ...numbers.ranges import Undefined, compile_range
from ..instruments.definedness import alternatives, needs
from ..instruments.smt import Fact
from .extremes import roots
from .goals import Goal, Node, Search, fresh, lies_between, plausible, signed, trim, without
from .splitting import halves

__all__ = ["forget", "kinks", "narrow", "solve"]

ATTEMPTS = 3
"""How many ways of solving the hypotheses are tried at one goal."""


# ------------------------------------------------------------------------------------------ forget


def forget(goal: Goal, search: Search, depth: int) -> Node | None:
    """A goal that holds on the whole box, hypotheses or not, and is a real number there."""
    if not goal.given:
        return None
    bare = trim(goal._replace(given=()))
    if not plausible(bare):
        return None
    defined = _defined(bare, search)
    node = None if defined is None else search.prove(bare, depth + 1)
    return None if node is None else {"rule": "forget", "defined": defined, "node": node}


def _defined(goal: Goal, search: Search) -> list[Node] | None:
    """Proofs that every part of the expression is a real number on the box."""
    proofs: list[Node] = []
    for condition in needs(goal.expr):
        for choice in alternatives(condition):
            found = [_holds(relation, goal.box, search) for relation in choice]
            if None not in found:
                proofs += [node for node in found if node]
                break
        else:
            return None
    return proofs


def _holds(relation: Any, box: Box, search: Search) -> Node | None:
    """Proof of ``expr REL 0``; for ``!=`` of one sign or the other."""
    subject = relation.lhs
    signs = (subject, -subject) if relation.rel_op == "!=" else (subject,)
    strict = relation.rel_op != ">="
    for expr in signs:
        node = search.prove(Goal(expr, strict, box), 1)
        if node:
            return {"goal": write(expr), "strict": strict, "node": node}
    return None


# ------------------------------------------------------------------------------------------ narrow


def narrow(goal: Goal, search: Search, depth: int) -> Node | None:
    """Cut off an end of a variable's interval where a hypothesis about it alone fails."""
    for fact, kind in goal.given:
        variables: Any = fact.free_symbols & set(goal.box)
        if len(fact.free_symbols) != 1 or len(variables) != 1:
            continue
        [symbol] = variables
        for kept, cut_off in _cuts(fact, kind, symbol, goal.box[symbol]):
            void = search.prove(Goal(-fact, kind != ">", {symbol: cut_off}), 2)
            if void is None:
                continue
            box = {**goal.box, symbol: kept}
            child = goal._replace(box=box, given=_pending(goal.given, box))
            node = search.prove(child, depth + 1)
            if node is None:
                return None
            return {
                "rule": "narrow",
                "variable": symbol.name,
                "domain": str(kept),
                "fact": write(fact),
                "nodes": [void, node],
            }
    return None


def _cuts(
    fact: sympy.Expr, kind: str, symbol: sympy.Symbol, piece: Piece
) -> Iterator[tuple[Piece, Piece]]:
    """The interval without its part above a root of the hypothesis, or below one; and that part."""
    if kind == "==":
        return
    strict = kind == ">"
    found = [r for r in roots(fact, symbol) if r.is_number and lies_between(piece, r)]
    places = sorted(found, key=float)
    for root in dict.fromkeys(places[-1:] + places[:1]):
        low, high = halves(piece, root)
        yield (
            Piece(low.low, root, low.low_open, strict),
            Piece(root, high.high, not strict, high.high_open),
        )
        yield (
            Piece(root, high.high, strict, high.high_open),
            Piece(low.low, root, low.low_open, not strict),
        )


def _pending(facts: tuple[Fact, ...], box: Box) -> tuple[Fact, ...]:
    """The hypotheses that the box does not already imply."""
    return tuple(fact for fact in dict.fromkeys(facts) if not _implied(fact, box))


def _implied(fact: Fact, box: Box) -> bool:
    expr, kind = fact
    symbols = tuple(box)
    try:
        return kind != "==" and signed(compile_range(expr, symbols)(box_ranges(box)), kind == ">")
    except (Undefined, NotImplementedError, KeyError):
        return False


# ------------------------------------------------------------------------------------------- solve


class Solution(NamedTuple):
    """A variable expressed by the others and a new one, so that a hypothesis holds by itself."""

    variable: sympy.Symbol
    fact: sympy.Expr
    factor: sympy.Expr  # fact = factor * (variable - end)
    end: sympy.Expr
    sign: int  # of the factor
    how: str  # "equal", "slack" or "between"
    new: sympy.Symbol | None
    piece: Piece | None  # of the new variable
    by: sympy.Expr
    given: tuple[Fact, ...]  # what is left to assume


def solve(goal: Goal, search: Search, depth: int) -> Node | None:
    """Use up a hypothesis that is linear in a variable, by substituting for the variable."""
    found = sorted(_solutions(goal, search), key=lambda option: _cost(option, goal))
    for option in found[:ATTEMPTS]:
        box = without(goal.box, option.variable)
        if option.new is not None and option.piece is not None:
            box[option.new] = option.piece
        to = _substituted(goal.expr, option)
        if to is None:
            continue
        factor_node = search.prove(Goal(option.sign * option.factor, True, goal.box, goal.given), 1)
        node = factor_node and search.prove(Goal(to, goal.strict, box, option.given), depth + 1)
        linear = option.factor * (option.variable - option.end)
        if node and identical(option.fact, linear, goal.box):
            return {
                "rule": "solve",
                "variable": option.variable.name,
                "fact": write(option.fact),
                "factor": write(option.factor),
                "sign": option.sign,
                "end": write(option.end),
                "how": option.how,
                "new": option.new and option.new.name,
                "to": write(to),
                "nodes": [factor_node, node],
            }
    return None


def _cost(option: Solution, goal: Goal) -> tuple[Any, ...]:
    """Equalities first; then what leaves the fewest hypotheses and the shortest formula."""
    several = sum(len(fact.free_symbols) > 1 for fact, _ in option.given)
    times = goal.expr.count(option.variable)
    name = option.variable.name
    return (option.how != "equal", several, len(option.given), option.how, times, name)


def _substituted(expr: sympy.Expr, option: Solution) -> sympy.Expr | None:
    plain = expr.subs(option.variable, option.by)
    return None if plain.has(sympy.nan, sympy.zoo) else plain


def _solutions(goal: Goal, search: Search) -> Iterator[Solution]:
    for fact, kind in goal.given:
        variables: Any = fact.free_symbols & set(goal.box)
        for variable in sorted(variables, key=str):
            factor, end = _linear(fact, variable)
            if factor is None or end is None:
                continue
            sign = _sign_of(factor, goal.box, search)
            if sign:
                name = fresh(f"{variable.name}_s", goal, search)
                yield _solution(goal, (fact, kind), variable, (factor, end, sign), name)


@lru_cache(maxsize=4096)
def _linear(
    fact: sympy.Expr, variable: sympy.Symbol
) -> tuple[sympy.Expr | None, sympy.Expr | None]:
    """``fact = factor * (variable - end)``, if it is linear in the variable."""
    factor = sympy.cancel(sympy.diff(sympy.expand(fact), variable))
    if factor.has(variable) or factor == 0:
        return None, None
    rest = sympy.expand(fact - factor * variable)
    rest = sympy.cancel(rest) if rest.has(variable) else rest
    return (None, None) if rest.has(variable) else (factor, sympy.cancel(-rest / factor))


def _sign_of(factor: sympy.Expr, box: Box, search: Search) -> int:
    for sign in (1, -1):
        if search.prove(Goal(sign * factor, True, box), 0):
            return sign
    return 0


def _solution(
    goal: Goal, fact: Fact, variable: sympy.Symbol, solved: tuple[Any, Any, int], name: str
) -> Solution:
    expr, kind = fact
    factor, end, sign = solved
    interval = goal.box[variable]
    strict = kind == ">"
    others = [other for other in goal.given if other != fact]
    left: list[Fact] = []
    new: sympy.Symbol | None = None
    piece: Piece | None = None
    if kind == "==":
        how, by = "equal", end
        left += _above(by, interval) + _below(by, interval)
    else:
        far, far_open = (
            (interval.high, interval.high_open) if sign > 0 else (interval.low, interval.low_open)
        )
        how = "between" if far.is_finite else "slack"
        piece = _new_piece(sign, strict, far_open, how)
        positive = piece.low_open  # no more than its interval says, or sign(new) would be 1 at 0
        new = (
            sympy.Symbol(name, positive=True) if positive else sympy.Symbol(name, nonnegative=True)
        )
        if how == "slack":
            by = end + sign * new
        else:
            near = end if sign > 0 else far
            by = near + sign * (far - end) * new
            left.append((sign * (far - end), ">" if strict or far_open else ">="))
        left += _above(by, interval) if sign > 0 else _below(by, interval)
    box = without(goal.box, variable)
    if new is not None and piece is not None:
        box[new] = piece
    given: Any = [(own_fact.subs(variable, by), own_kind) for own_fact, own_kind in others]
    pending = _pending((*given, *left), box)
    return Solution(variable, expr, factor, end, sign, how, new, piece, by, pending)


def _new_piece(sign: int, strict: bool, far_open: bool, how: str) -> Piece:
    """Where the new variable lives: it is 0 at the lower end of the solved one, or at the bound."""
    if how == "slack":
        return Piece(sympy.Integer(0), sympy.oo, strict, True)
    low_open, high_open = (strict, far_open) if sign > 0 else (far_open, strict)
    return Piece(sympy.Integer(0), sympy.Integer(1), low_open, high_open)


def _above(by: sympy.Expr, piece: Piece) -> list[Fact]:
    return [(by - piece.low, ">" if piece.low_open else ">=")] if piece.low.is_finite else []


def _below(by: sympy.Expr, piece: Piece) -> list[Fact]:
    return [(piece.high - by, ">" if piece.high_open else ">=")] if piece.high.is_finite else []


# ------------------------------------------------------------------------------------------- kinks


class Kink(NamedTuple):
    """The expression where a sign is >= 0, and where it is <= 0."""

    sign: sympy.Expr
    above: sympy.Expr
    below: sympy.Expr


def kinks(goal: Goal, search: Search, depth: int) -> Node | None:
    """Max, Min and Abs by cases: which argument is larger, which sign is meant."""
    found = limited(2.0, lambda: _kink(goal.expr))
    if found is None:
        return None
    for case in (found, Kink(-found.sign, found.below, found.above)):
        sign_node = search.prove(Goal(case.sign, False, goal.box, goal.given), min(depth, 2))
        if sign_node:
            node = search.prove(goal._replace(expr=case.above), depth + 1)
            return node and {
                "rule": "resolve",
                "on": write(case.sign),
                "to": write(case.above),
                "nodes": [sign_node, node],
            }
    return _at_roots(goal, found.sign, search, depth) or _cases(goal, found, search, depth)


def _kink(expr: Any) -> Kink | None:
    """An innermost Max, Min or Abs, the shortest first."""
    inner = [
        part
        for part in expr.atoms(sympy.Max, sympy.Min, sympy.Abs)
        if not any(argument.has(sympy.Max, sympy.Min, sympy.Abs) for argument in part.args)
    ]
    if not inner:
        return None
    part: Any = min(inner, key=lambda p: (p.count_ops(), str(p)))
    if isinstance(part, sympy.Abs):
        [inside] = part.args
        return Kink(inside, expr.xreplace({part: inside}), expr.xreplace({part: -inside}))
    first, second, *rest = sorted(part.args, key=str)
    sign: Any = first - second
    short = sympy.factor(sign)
    sign = short if identical(sign, short, {}) else sign
    with_first, with_second = part.func(first, *rest), part.func(second, *rest)
    if isinstance(part, sympy.Min):
        with_first, with_second = with_second, with_first
    return Kink(sign, expr.xreplace({part: with_first}), expr.xreplace({part: with_second}))


def _at_roots(goal: Goal, sign: sympy.Expr, search: Search, depth: int) -> Node | None:
    """Cut a variable where the sign, of this variable alone, changes."""
    variables: Any = sign.free_symbols
    if len(variables) != 1:
        return None
    [symbol] = variables
    piece = goal.box[symbol]
    for root in roots(sign, symbol):
        if not (root.is_number and lies_between(piece, root)):
            continue
        nodes = []
        for half in halves(piece, root):
            nodes.append(search.prove(goal._replace(box={**goal.box, symbol: half}), depth + 1))
            if nodes[-1] is None:
                return None
        return {"rule": "split", "variable": symbol.name, "at": write(root), "nodes": nodes}
    return None


def _cases(goal: Goal, kink: Kink, search: Search, depth: int) -> Node | None:
    """Each sign as a hypothesis of its own, or, where that leads nowhere, the order of two variables."""
    for case in (kink, *_orders(goal, kink)):
        nodes: list[Node] = []
        for expr, sign in ((case.above, case.sign), (case.below, -case.sign)):
            given = _pending((*goal.given, (sign, ">=")), goal.box)
            node = search.prove(goal._replace(expr=expr, given=given), depth + 1)
            if node is None:
                break
            nodes.append(node)
        else:
            to = [write(case.above), write(case.below)]
            return {"rule": "cases", "on": write(case.sign), "to": to, "nodes": nodes}
    return None


def _orders(goal: Goal, kink: Kink) -> list[Kink]:
    """Two variables in order, the expression as it is."""
    names: Any = sorted(kink.sign.free_symbols, key=str)
    if len(names) != 2 or any(_linear(kink.sign, name)[0] is not None for name in names):
        return []
    return [Kink(names[0] - names[1], goal.expr, goal.expr)]
