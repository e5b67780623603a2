"""The search along lines: one variable moves, and the claim is tried at its cuts and between them.

A cut is where the claim may change: an end of the domain, a pole, a place where the two sides of a
relation or of a hypothesis meet. A sample misses what happens at one irrational point, on an interval
of length 1e-30 or beyond 1e12; of the points at the cuts and between them, one is there.
"""

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from ...foundation.validation import InputError
from ...foundation.working_time import work_clock
from ...numbers.deadline import limited
from ...numbers.domain import Domain
from ...numbers.ranges import evaluable, to_fraction
from ..instruments.rates import paced
from .charts import Chart

__all__ = ["along_lines", "lies_in"]

PLACES = 12
"""Lines per variable: the others stand still at so many places."""
RANKED = 4000
"""Combinations of their values that the simplest places are chosen from."""
BRANCHES = 12
"""Formulas without kinks that one side with kinks is looked at as."""
TURNS = 10
"""Periods to either side in which the cuts of a periodic formula are looked at."""
SOLVING = 1.0
"""Seconds for the cuts of one formula."""

_KINKS = (sympy.Abs, sympy.Max, sympy.Min, sympy.sign)
_STANDING = tuple(map(sympy.Rational, ("1", "0", "2", "1/2", "-1", "3")))
_MOVING = sympy.Dummy("t", real=True)


def along_lines(
    chart: Chart,
    domains: Mapping[sympy.Symbol, Domain],
    targets: Sequence[Any],
    parts: Sequence[Any],
    deadline: float,
) -> Iterator[dict[Any, Any]]:
    """Exact points of the chart, at and between the cuts on its lines.

    What cuts a line: ``targets`` (the gaps to be given a sign) where they vanish or are level, other
    ``parts``, the ends of the domain.
    """
    bound: Any = chart.bound
    targets = [sympy.sympify(part).subs(bound) for part in targets]
    ends = [s - end for s in bound for end in _ends(domains[s])]
    several = [*targets, *(sympy.sympify(part).subs(bound) for part in (*parts, *ends))]
    for symbol, where in chart.free.items():
        others = {s: held for s, held in chart.free.items() if s != symbol}
        for place in _places(others, targets):
            cuts = set(_ends(where))
            held_still = dict.fromkeys(held.subs(place) for held in several)
            level = [sympy.diff(held, symbol) for held in list(held_still)[: len(targets)]]
            for parts_now in (level, held_still):  # where a target is level is soon known
                for part in parts_now:
                    if work_clock() > deadline:
                        return
                    cuts |= set(_cuts(part.subs(symbol, _MOVING)))
                for value in _values(cuts, integer=where.integer):
                    point = chart.point({**place, symbol: value}, tuple(domains))
                    if all(held.is_real for held in point.values()):
                        yield point


def _ends(where: Domain) -> list[sympy.Expr]:
    return [e for piece in where.pieces for e in (piece.low, piece.high) if e.is_finite]


def _places(
    others: Mapping[sympy.Symbol, Domain], targets: Sequence[Any]
) -> Iterator[dict[Any, Any]]:
    """Where the other variables stand still: where a target is level in one of them whatever the rest,
    at simple numbers, and at the ends of their domains."""
    values = []
    each = max(1, int(RANKED ** (1 / max(1, len(others)))))
    for symbol, where in others.items():
        level = [value for target in targets for value in _level(target, symbol)]
        simple = [*_STANDING, *_ends(where), *(end + 1 for end in _ends(where))]
        several = dict.fromkeys((*level[:3], *simple))
        values.append([value for value in several if lies_in(value, where)][: min(8, each)])
    ranked = sorted(
        itertools.product(*(range(len(column)) for column in values)),
        key=lambda order: (sum(order), order),
    )
    for order in ranked[:PLACES]:
        yield {s: column[i] for s, column, i in zip(others, values, order, strict=True)}


def _level(target: Any, symbol: sympy.Symbol) -> tuple[sympy.Expr, ...]:
    """Zeros of the target's slope in a variable, of the factors that hold no other variable."""
    if target.has(*_KINKS) or len(target.free_symbols) < 2:
        return ()
    slope: Any = limited(SOLVING, lambda: sympy.factor(sympy.diff(target, symbol)))
    factors = [f for f in sympy.Mul.make_args(slope or sympy.S.One) if f.free_symbols == {symbol}]
    zeros = [zero for factor in factors for zero in _cuts(factor.subs(symbol, _MOVING))]
    return tuple(zero for zero in zeros if _is_point(zero))


def lies_in(value: sympy.Expr, where: Domain) -> bool:
    """Whether a number certainly lies in a domain."""
    try:
        return value in where
    except InputError:  # nobody can compare it with an end
        return False


# -------------------------------------------------------------------------------------------- cuts


def _cuts(part: Any) -> tuple[sympy.Expr, ...]:
    """Real zeros and poles of a formula in the moving variable, as far as they are found in a moment."""
    if not part.has(_MOVING):
        return ()
    return limited(SOLVING, lambda: tuple(_zeros(part))) or ()


def _zeros(part: Any) -> Iterator[Any]:
    for branch in itertools.islice(_branches(part), BRANCHES):
        top, bottom = sympy.fraction(sympy.together(branch))
        for factor in (top, bottom):
            yield from _roots(factor)


def _branches(part: Any) -> Iterator[Any]:
    """The formulas that a formula with kinks consists of, and those whose sign says which it is."""
    kinks = [bend for bend in part.atoms(*_KINKS) if not any(a.has(*_KINKS) for a in bend.args)]
    if not kinks:
        yield part
        return
    kink: Any = min(kinks, key=sympy.default_sort_key)
    if isinstance(kink, sympy.Max | sympy.Min):
        choices: Any = kink.args
        yield from (a - b for a, b in itertools.combinations(choices, 2))
    else:
        yield kink.args[0]
        signs = (1, -1) if isinstance(kink, sympy.Abs) else (1, 0, -1)
        choices = [sign * (kink.args[0] if isinstance(kink, sympy.Abs) else 1) for sign in signs]
    for choice in choices:
        yield from _branches(part.subs(kink, choice))


def _roots(formula: Any) -> Iterator[Any]:
    if not formula.has(_MOVING) or isinstance(formula, sympy.exp):
        return
    if formula.is_Mul:
        for factor in formula.args:
            yield from _roots(factor)
        return
    if formula.is_polynomial(_MOVING) and all(
        coefficient.is_Rational for coefficient in sympy.Poly(formula, _MOVING).coeffs()
    ):
        for factor, _ in sympy.factor_list(formula, _MOVING)[1]:
            yield from sympy.real_roots(sympy.Poly(factor, _MOVING))
        return
    if any(part.is_number and abs(part.args[0]) > 500 for part in formula.atoms(sympy.exp)):
        return  # SymPy would write out all its digits, in one step that no alarm ends
    at_pace = paced(formula, _MOVING)
    if at_pace is None:
        return
    period = sympy.periodicity(formula, _MOVING) if formula.has(sympy.sin, sympy.cos) else None
    for place in sympy.solve(at_pace[0], _MOVING):
        root = at_pace[1] * place
        if not root.has(_MOVING) and root.evalf(50).is_real:
            turns = range(-TURNS, TURNS + 1) if period else (0,)
            yield from (root + turn * (period or 0) for turn in turns)


# ------------------------------------------------------------------------------------------ values


def _is_point(cut: sympy.Expr) -> bool:
    """Whether arithmetic can be done at the cut itself; if not, it still has two sides."""
    return not cut.has(sympy.CRootOf) and evaluable(cut)


def _values(cuts: Iterable[Any], *, integer: bool) -> Iterator[sympy.Expr]:
    """The cuts themselves, then numbers between neighbours and beyond the outermost."""
    near = sorted({_nearby(cut): cut for cut in cuts}.items())
    if integer:
        whole = {math.floor(number) + step for number, _ in near for step in (-1, 0, 1, 2)}
        yield from map(sympy.Integer, sorted(whole, key=lambda number: (abs(number), number)))
        return
    by_size = sorted(near, key=lambda pair: (abs(pair[0]), -pair[0]))
    yield from (cut for _, cut in by_size if _is_point(cut))
    numbers = [number for number, _ in near]
    if not numbers:
        yield from (sympy.Integer(0), sympy.Integer(1))
        return
    between = [_short_between(a, b) for a, b in itertools.pairwise(numbers)]
    beyond = [number for pair in _beyond(numbers) for number in pair]
    for value in sorted((*between, *beyond), key=lambda number: number.denominator):
        yield sympy.Rational(value.numerator, value.denominator)


def _beyond(numbers: Sequence[Fraction]) -> Iterator[tuple[Fraction, Fraction]]:
    low, high = Fraction(math.floor(numbers[0])), Fraction(math.ceil(numbers[-1]))
    yield low - 1, min(2 * low, low / 2) - 1
    yield high + 1, max(2 * high, high / 2) + 1


def _nearby(cut: Any) -> Fraction:
    """The cut, or a rational within 50 digits of it."""
    return to_fraction(cut) if cut.is_Rational else Fraction(str(cut.evalf(50)))


def _short_between(low: Fraction, high: Fraction) -> Fraction:
    """A decimal of few digits strictly between two numbers."""
    width = high - low
    scale = 10 ** max(0, len(str(width.denominator // max(width.numerator, 1))) - 2)
    while True:
        value = Fraction(math.floor(low * scale) + 1, scale)
        if value < high:
            return value
        scale *= 10
