"""Whether two expressions are the same function on a box: decided where it can be, else looked at.

In this order: their normal forms are equal (decided); they differ at a point, by intervals that exclude
each other (decided); cvc5 finds them equal where they are polynomials with Max, Min and Abs (decided);
intervals over small boxes exclude each other (decided). What is left was only sampled, and is said to be.
"""

import ast
import contextlib
import random
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any

from mpmath import mp

from .differences import (
    agree,
    apart,
    differ_at,
    free_variables,
    is_inside_box,
    nearer,
    part_ways,
    telling,
)
from .forms.normal_form import Forms, NoForm
from .holes import Point, crossing, must_not_vanish
from .intervals import at_digits, interval_of
from .reading import (
    Box,
    Piece,
    Rejected,
    Undecided,
    combine,
    holds,
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
from .smtlib import cvc5_answers, is_polynomial, to_smtlib

__all__ = ["POINTS", "Answer", "Judge"]

POINTS = 12
"""Random points at which what is not decided is compared."""
TRIES = 60
"""Points at which a value is looked for of what normal forms decide."""
SUMS = 30
"""Sums that are read before the rest, at most."""


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
        self.points: int | None = None
        self._forms: dict[Any, Forms] = {}

    def note(self, what: str) -> None:
        """Remember a step that was only sampled."""
        self.sampled[what] = None

    def looked_at(self, points: int) -> None:
        """Remember at how many points something was compared; the fewest are kept."""
        self.points = points if self.points is None else min(self.points, points)

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
        places += telling(left, right, places, box)
        gap, nothing = self._gap(left, right, box, where)
        if (
            (seen := agree(left, right, places, where)) == 0
            or agree(gap, nothing, places, where) == 0
            or (where is None and apart(gap, nothing, box))
        ):
            return Answer.DIFFERENT
        if where is None and part_ways(left, right, box, places):
            return Answer.UNSEEN
        self.looked_at(seen or 0)
        return Answer.SAMPLED

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
            self._require_value(side, point, values)
        return holds(operator, self.sign_at(combine(left, ast.Sub(), right), values))

    def _require_value(self, side: Term, point: Point, values: Mapping[str, str]) -> None:
        """Raise where a part vanishes that must not, which digits alone cannot show: 1/(exp(log(2)) - 2)."""
        for part in must_not_vanish(side):
            if abs(value_of(part, point)) < mp.mpf(10) ** (20 - DIGITS):
                for name, text in values.items():
                    part = replaced(part, name, parse(text))
                if self.decides(part, ast.Constant(0), {}):
                    raise NotReal("a part vanishes that must not")

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
        """Whether the normal forms are equal, if need be with its short sums and logarithms read first: what
        stands under a logarithm or a root falls into the factors that are known by then."""
        with contextlib.suppress(NoForm):
            if self.forms(box, where).equal(left, right):
                return True
        sums = _with_factors(left) | _with_factors(right)
        if len(sums) < 2 or not any(
            _hides_factors(part) for part in (*ast.walk(left), *ast.walk(right))
        ):
            return False
        with contextlib.suppress(NoForm):
            forms = Forms(box, [] if where is None else [where])
            for key in sorted(sums, key=len)[:SUMS]:
                with contextlib.suppress(NoForm):
                    forms.know(sums[key])
            return forms.equal(left, right)
        return False

    def _confirmed(self, left: Term, right: Term, box: Box, where: Term | None) -> Answer:
        """Equal, if a point has both values, and no difference, which would be a mistake in the laws."""
        for point in points_of(box, self.rng, TRIES):
            with contextlib.suppress(NotReal):
                if where is None or value_of(where, point) >= 0:
                    different = differ_at(left, right, point, quick=True)
                    return Answer.DIFFERENT if different else Answer.EQUAL
        return Answer.UNSEEN

    def _places(
        self, left: Term, right: Term, box: Box, points: int, where: Term | None
    ) -> Iterator[Mapping[str, Any]]:
        """Where to look first: at the kinks, at random, and, of smooth functions, nearer to zero."""
        bends = list(
            {ast.dump(candidate): candidate for candidate in (*kinks(left), *kinks(right))}.values()
        )
        if bends or where is not None:
            points *= 4  # a formula that changes form somewhere takes many points
        places = list(points_of(box, self.rng, points))
        for bend in bends:
            place = crossing(bend, places)
            if place is not None and is_inside_box(place, box):
                yield place
        yield from places
        if where is None and not bends:
            yield from (
                candidate
                for candidate in nearer(places, free_variables(box))
                if is_inside_box(candidate, box)
            )


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


def _short(term: Term) -> str:
    text = ast.unparse(term)
    return text if len(text) <= 60 else f"{text[:57]}..."


_SUMS = frozenset({"log", "Phi", "erfc", "cosh", "sinh", "tanh", "atanh"})


def _with_factors(term: Term) -> dict[str, Term]:
    """The sums in an expression, its logarithms, and what is a sum of other functions, by their texts."""
    found = {}
    for part in ast.walk(term):
        match part:
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                found[ast.dump(part)] = part
            case ast.Call(func=ast.Name(id=name)) if name in _SUMS:
                found[ast.dump(part)] = part
    return found


def _hides_factors(part: ast.AST) -> bool:
    match part:
        case ast.Call(func=ast.Name(id="log" | "sqrt" | "Abs")):
            return True
        case ast.BinOp(op=ast.Pow(), right=ast.Constant(value=int())):
            return False
        case ast.BinOp(op=ast.Pow()):
            return True
    return False
