"""Whether two expressions are the same function on a box: decided where it can be, else looked at.

In this order: their normal forms are equal (decided); they differ at a point, by intervals that exclude
each other (decided); cvc5 finds them equal where they are polynomials with Max, Min and Abs (decided);
intervals over small boxes exclude each other (decided). What is left was only sampled, and is said to be.
Points say little where a formula changes its form, at a spike, where two functions share a limit, and on
lattices; so kinks are looked for, the places that the expressions themselves point to, points nearer to
zero, and random points have 200 bits.
"""

import ast
import contextlib
import random
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from heapq import heappop, heappush
from itertools import count, islice
from typing import Any

from mpmath import mp

from .holes import crossing
from .intervals import at_digits, ends_of, interval_of, iv, span
from .normal_form import Forms, NoForm
from .reading import (
    Box,
    Piece,
    Rejected,
    Undecided,
    combine,
    holds,
    inside,
    points_of,
    read_relation,
)
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    end_value,
    kinks,
    parse,
    replaced,
    value_of,
)
from .slopes import NoDerivative, derivative
from .smtlib import cvc5_answers, is_polynomial, to_smtlib
from .terms import names

__all__ = ["POINTS", "Answer", "Judge", "differ_at"]

POINTS = 12
SHRINKINGS = (1, 2, 4, 8, 12)
BOXES = 150
"""Small boxes on which intervals look for a difference."""
PLACES = 24
"""Parts of two expressions whose zeros are looked at."""
ELSEWHERE = 6
"""Points from which the other variables are taken then."""
LONG = 400
"""Parts of an expression beyond which its zeros are not looked for."""
OFFSETS = (2, 4, 6, 9)
"""Powers of ten: how near to such a zero."""


class Answer(Enum):
    """What is known of two expressions; ``UNSEEN``: no point has both values, or they say too little."""

    EQUAL = "equal"
    SAMPLED = "sampled"
    UNSEEN = "unseen"
    DIFFERENT = "different"


class Judge:
    """Compares expressions, and keeps what it could only sample."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.sampled: dict[str, None] = {}
        self._forms: dict[Any, Forms] = {}

    def note(self, what: str) -> None:
        """Remember a step that was only sampled."""
        self.sampled[what] = None

    def forms(self, box: Box, where: Term | None = None) -> Forms:
        """Normal forms on a box (where an expression is not negative); kept while they are small."""
        key = (tuple(box.items()), None if where is None else ast.dump(where))
        forms = self._forms.get(key)
        if forms is None or len(forms.atoms) > 60:
            forms = self._forms[key] = Forms(box, [] if where is None else [where])
        return forms

    def require_same(
        self, left: Term, right: Term, box: Box, what: str, where: Term | None = None
    ) -> None:
        """Two expressions are equal on the box (where one is not negative); noted if only sampled.

        Raises
        ------
        Rejected
            If they are not.
        Undecided
            If no point shows that they are.
        """
        self.accept(self.compare(left, right, box, where=where), left, right, what)

    def accept(self, answer: Answer, left: Term, right: Term, what: str) -> None:
        """Go on with an answer, or raise what it says."""
        if answer is Answer.DIFFERENT:
            raise Rejected(f"{what}: two expressions that should be equal are not")
        if answer is Answer.UNSEEN:
            raise Undecided(f"{what}: no point shows that two expressions are equal")
        if answer is Answer.SAMPLED:
            self.note(f"{what}: {_short(left)} = {_short(right)}")

    def compare(
        self, left: Term, right: Term, box: Box, points: int = 8, where: Term | None = None
    ) -> Answer:
        """What is known of two expressions on a box (where one is >= 0)."""
        if ast.dump(left) == ast.dump(right):
            return Answer.EQUAL
        if self.decides(left, right, box, where):
            return self._confirmed(left, right, box, where)
        places = list(self._places(left, right, box, points, where))
        seen = agree(left, right, places, where)
        if seen is None:  # values may be rare
            places = list(points_of(box, self.rng, 8 * points))
            seen = agree(left, right, places, where)
        if seen is None:
            return Answer.UNSEEN
        if not seen:
            return Answer.DIFFERENT
        if _solved(left, right, box, where):
            return Answer.EQUAL
        places += _telling(left, right, places, box)
        gap, nothing = self._gap(left, right, box, where)
        if (
            agree(left, right, places, where) is False
            or agree(gap, nothing, places, where) is False
            or (where is None and _apart(gap, nothing, box))
        ):
            return Answer.DIFFERENT
        return (
            Answer.UNSEEN
            if where is None and _part_ways(left, right, box, places)
            else Answer.SAMPLED
        )

    def _gap(self, left: Term, right: Term, box: Box, where: Term | None) -> tuple[Term, Term]:
        """Both sides after all that they have in common is cancelled, so that small numbers show."""
        with contextlib.suppress(NoForm):
            return self.forms(box, where).gap(left, right), ast.Constant(0)
        return left, right

    def holds(self, relation: str, values: Mapping[str, str]) -> bool:
        """Whether a relation holds where the variables are numbers given as text.

        Raises
        ------
        NotReal
            If a side has no value there.
        """
        left, operator, right = read_relation(relation)
        point = {name: end_value(text) for name, text in values.items()}
        for side in (left, right):
            value_of(side, point)
        return holds(operator, self.sign_at(combine(left, ast.Sub(), right), values))

    def is_inside(self, text: str, piece: Piece) -> bool:
        """Whether a number given as text lies in a piece, however near to an end."""
        if piece.integer and self._sign(f"({text}) - ({int(mp.nint(end_value(text)))})"):
            return False
        return self._is_above(text, piece.low, is_open=piece.low_open) and self._is_above(
            f"-({text})", f"-({piece.high})", is_open=piece.high_open
        )

    def _is_above(self, text: str, low: str, *, is_open: bool) -> bool:
        if low in ("-oo", "-(oo)"):
            return True
        sign = self._sign(f"({text}) - ({low})")
        return sign > 0 or (sign == 0 and not is_open)

    def _sign(self, text: str) -> int:
        return self.sign_at(parse(text), {})

    def sign_at(self, term: Term, values: Mapping[str, str]) -> int:
        """The sign by intervals of more and more digits; 0 by normal form, or, noted, by 2400 digits."""
        for digits in (DIGITS, 400, 2400):
            with at_digits(digits):
                where = {name: interval_of(parse(text), {}) for name, text in values.items()}
                with contextlib.suppress(NotReal):  # intervals reach where it has no value
                    value = interval_of(term, where)
                    if value.a > 0 or value.b < 0:
                        return 1 if value.a > 0 else -1
            if digits == DIGITS:
                for name, text in values.items():
                    term = replaced(term, name, parse(text))
                values = {}
                if self.decides(term, ast.Constant(0), {}):
                    return 0
        self.note(f"2400 digits do not tell {_short(term)} from 0")
        return 0

    def decides(self, left: Term, right: Term, box: Box, where: Term | None = None) -> bool:
        """Whether the normal forms are equal."""
        with contextlib.suppress(NoForm):
            return self.forms(box, where).equal(left, right)
        return False

    def _confirmed(self, left: Term, right: Term, box: Box, where: Term | None) -> Answer:
        """Equal, unless a point says otherwise, which would be a mistake in the laws."""
        for point in points_of(box, self.rng, 1):
            with contextlib.suppress(NotReal):
                if (where is None or value_of(where, point) >= 0) and differ_at(left, right, point):
                    return Answer.DIFFERENT
        return Answer.EQUAL

    def _places(
        self, left: Term, right: Term, box: Box, points: int, where: Term | None
    ) -> Iterator[Mapping[str, Any]]:
        """Where to look first: at the kinks, at random, and, of smooth functions, nearer to zero."""
        bends = list({ast.dump(own): own for own in (*kinks(left), *kinks(right))}.values())
        if bends or where is not None:
            points *= 4  # a formula that changes form somewhere takes many points
        places = list(points_of(box, self.rng, points))
        for bend in bends:
            place = crossing(bend, places)
            if place is not None and _is_inside(place, box):
                yield place
        yield from places
        if where is None and not bends:
            yield from (own for own in _nearer(places, _free(box)) if _is_inside(own, box))


def agree(
    left: Term, right: Term, places: Sequence[Mapping[str, Any]], where: Term | None = None
) -> bool | None:
    """Whether two expressions agree at the places, the first time to 240 digits; None: no values."""
    seen = real = False
    for point in places:
        try:
            if where is not None and value_of(where, point) < 0:
                continue
            if differ_at(left, right, point, deep=not seen):
                return False
            seen = real = True
        except NotReal:
            continue
    return seen if real else None


def differ_at(left: Term, right: Term, point: Mapping[str, Any], *, deep: bool = False) -> bool:
    """Whether intervals keep two values at a point apart, at some precision.

    The precision grows only while the values look different, relative to their size; ``deep``: they are
    looked at with 240 digits, and as many more as the numbers in the expressions have.

    Raises
    ------
    NotReal
        If one of them is not a real number there.
    """
    first = 300 + min(_digits_written(left) + _digits_written(right), 3000) if deep else DIGITS
    for digits in (first, 4 * first, 12 * first):
        a, b = value_of(left, point, digits), value_of(right, point, digits)
        with mp.workdps(digits):
            if abs(a - b) <= mp.mpf(10) ** (20 - digits) * max(abs(a), abs(b)):
                return False
        if _excluded(left, right, point, digits):
            return True
    return False


def _excluded(left: Term, right: Term, point: Mapping[str, Any], digits: int) -> bool:
    with at_digits(digits):
        where = {name: iv.mpf(value) for name, value in point.items()}
        try:
            gap = interval_of(left, where) - interval_of(right, where)
        except NotReal:
            return False
        return not (gap.a <= 0 <= gap.b)


def _part_ways(left: Term, right: Term, box: Box, places: Sequence[Mapping[str, Any]]) -> bool:
    """Whether smooth expressions differ nearer to zero, beyond the box: far out they share a limit."""
    if kinks(left) or kinks(right):
        return False
    return agree(left, right, list(_nearer(places, _free(box)))) is False


def _free(box: Box) -> list[str]:
    return [name for name, piece in box.items() if not piece.integer and piece.low != piece.high]


def _is_inside(point: Mapping[str, Any], box: Box) -> bool:
    return all(inside(point[name], piece) for name, piece in box.items())


def _nearer(
    points: Sequence[Mapping[str, Any]], names: Sequence[str]
) -> Iterator[Mapping[str, Any]]:
    """The first few points, with those of their numbers nearer to zero by powers of ten."""
    for power, point in zip(SHRINKINGS, points, strict=False):
        yield {**point, **{name: point[name] / mp.mpf(10) ** power for name in names}}


# ------------------------------------------------------------------- where expressions point to


def _telling(
    left: Term, right: Term, places: Sequence[Mapping[str, Any]], box: Box
) -> Iterator[Mapping[str, Any]]:
    """Zeros, and stationary points, of what only one of the sides has; and points close to them."""
    for part in islice(_one_sided(left, right), PLACES):
        for curve in _curves(part, box) if _length(part) < LONG else ():
            place = crossing(curve, places)
            if place is None:
                continue
            here = {name: value for name, value in place.items() if name in names(curve)}
            elsewhere = [{**other, **here} for other in places[:ELSEWHERE]]
            for own in (*_around(place, box), *elsewhere):
                if _is_inside(own, box):
                    yield own


def _one_sided(left: Term, right: Term) -> Iterator[Term]:
    sides = [
        {ast.dump(part): part for part in ast.walk(side) if isinstance(part, ast.expr)}
        for side in (left, right)
    ]
    for text in sorted(sides[0].keys() ^ sides[1].keys(), key=len):
        part = sides[0].get(text) or sides[1][text]
        if not isinstance(part, ast.Name | ast.Constant):
            yield part


def _curves(part: Term, box: Box) -> Iterator[Term]:
    yield part
    for name in box:
        with contextlib.suppress(NoDerivative):
            slope = derivative(part, name)
            if not isinstance(slope, ast.Constant) and _length(slope) < LONG:
                yield slope


def _length(term: Term) -> int:
    return sum(1 for _ in ast.walk(term))


def _around(place: Mapping[str, Any], box: Box) -> Iterator[Mapping[str, Any]]:
    yield place
    for name, piece in box.items():
        if not piece.integer and piece.low != piece.high:
            for power in OFFSETS:
                step = mp.mpf(10) ** -power * (abs(place[name]) or 1)
                yield from ({**place, name: place[name] + sign * step} for sign in (1, -1))


def _solved(left: Term, right: Term, box: Box, where: Term | None) -> bool:
    """Whether cvc5 finds two polynomials (with Max, Min, Abs) nowhere different."""
    gap = combine(left, ast.Sub(), right)
    if not kinks(gap):  # then the normal form would have told
        return False
    if not is_polynomial(gap) or (where is not None and not is_polynomial(where)):
        return False
    ends = {n: (p.low, p.high, p.low_open, p.high_open) for n, p in box.items()}
    given = [] if where is None else [(where, ">=")]
    sides = (gap, ast.UnaryOp(op=ast.USub(), operand=gap))
    return all(cvc5_answers(to_smtlib(side, False, ends, given)) == "unsat" for side in sides)


def _apart(left: Term, right: Term, box: Box) -> bool:
    """Whether intervals keep the two apart on some small box, the most different looked at first."""
    free = _free(box)
    order = count()
    queue: list[Any] = [(0, next(order), {name: span(piece.ends) for name, piece in box.items()})]
    for _ in range(BOXES):
        if not queue or not free:
            return False
        _, _, spans = heappop(queue)
        for half in _halves(spans, free):
            size: Any = mp.inf
            with contextlib.suppress(NotReal):
                gap = interval_of(left, half) - interval_of(right, half)
                if gap.a > 0 or gap.b < 0:
                    return True
                size = mp.mpf(gap.delta)
            heappush(queue, (-size, next(order), half))
    return False


def _halves(spans: Mapping[str, Any], names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """A box cut in two where it is widest; an endless interval at a power of ten."""
    widths = {name: mp.mpf(spans[name].delta) for name in names}
    name = max(names, key=lambda own: widths[own])
    low, high = ends_of(spans[name])
    if mp.isinf(low) and mp.isinf(high):
        middle = mp.mpf(0)
    elif mp.isinf(high):
        middle = max(2 * low, mp.mpf(1))
    elif mp.isinf(low):
        middle = min(2 * high, mp.mpf(-1))
    else:
        middle = (low + high) / 2
    yield {**spans, name: iv.mpf([low, middle])}
    yield {**spans, name: iv.mpf([middle, high])}


def _short(term: Term) -> str:
    text = ast.unparse(term)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _digits_written(term: Term) -> int:
    """How many digits the numbers in an expression have, powers such as 10**40 included."""
    total = 0
    for part in ast.walk(term):
        match part:
            case ast.BinOp(
                left=ast.Constant(value=int() as base), op=ast.Pow(), right=exponent
            ) if isinstance(number := _literal(exponent), int):
                total += abs(number) * len(str(base))
            case ast.Constant(value=int() as value):
                total += len(str(value))
            case _:
                pass
    return total


def _literal(term: Term) -> int | None:
    match term:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return None
