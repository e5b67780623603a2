"""The walk down a proof tree: each rule of `tactics`, tested again by other means.

Ranges are mpmath's, polynomial problems cvc5's; identities, derivatives and limits are followed with
60-digit values at random points. A step is passed, rejected, or beyond the second opinion.
"""

import ast
import contextlib
import random
from collections.abc import Mapping, Sequence
from itertools import islice, product
from typing import Any

from mpmath import mp

from .agreement import POINTS, same
from .following import check_face, check_limit, check_onto
from .openness import least_is_open
from .reading import (
    NAME,
    RESERVED,
    Box,
    Piece,
    Rejected,
    Undecided,
    attained_ends,
    combine,
    inside,
    read_piece,
)
from .rounding import is_rounding, span
from .second_opinion import (
    DIGITS,
    NotReal,
    Term,
    cvc5_answers,
    end_value,
    interval_of,
    is_plain_smtlib,
    is_polynomial,
    iv,
    parse,
    random_point,
    replaced,
    surely_undefined,
    time_is_up,
    to_smtlib,
    value_of,
)

__all__ = ["Walk"]

TOLERANCE = mp.mpf(2) ** -180


class Walk:
    """One proof tree, checked from the goal down."""

    def __init__(
        self, rng: random.Random, facts: Sequence[tuple[Term, str]], fixed: Mapping[str, str]
    ) -> None:
        self.rng = rng
        self.facts = [(_at(fact, fixed), kind) for fact, kind in facts]
        self.fixed = fixed

    def assuming(self, facts: Sequence[tuple[Term, str]]) -> "Walk":
        """The same walk under other hypotheses."""
        return Walk(self.rng, facts, self.fixed)

    def check(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """The goal, by the rule that the node names."""
        if time_is_up():
            raise Undecided("the time is up")
        rule = node["rule"]
        if rule not in _RULES:
            raise Rejected(f"unknown rule {rule!r}")
        # A hypothesis about a variable that is gone is lost: a new one may come to have its name. And
        # what holds only under hypotheses says nothing of the way to an end of the box.
        known = [fact for fact in self.facts if _variables(fact[0]) <= set(box)]
        walk = self.assuming(() if rule in _WHOLE_BOX else known)
        _RULES[rule](walk, goal, strict, box, node)

    def require_same(self, left: Term, right: Term, box: Box, what: str) -> None:
        """Two expressions are equal on the box."""
        if not same(left, right, box, self.rng):
            raise Rejected(f"{what}: two expressions that should be equal are not")

    def derivative(self, of: Term, by: str, is_: Term, box: Box, order: int = 1) -> None:
        """``is_`` is the derivative of ``of``, by 60-digit differences at random points."""
        ends = {name: piece.ends for name, piece in box.items()}
        seen = 0
        for _ in range(12):
            if seen == 4:
                return
            point = random_point(ends, self.rng)
            with mp.workdps(DIGITS):
                place = point[by]

                def function(x: Any, point: Any = point) -> Any:
                    return value_of(of, {**point, by: x})

                try:
                    step = min(
                        mp.mpf(10) ** -12, abs(place) * mp.mpf(10) ** -12 + mp.mpf(10) ** -16
                    )
                    ahead, middle, behind = (function(place + k * step) for k in (1, 0, -1))
                    if order == 1:
                        numeric = (ahead - behind) / (2 * step)
                    else:
                        numeric = (ahead - 2 * middle + behind) / step**2
                    rounding = abs(middle) * mp.mpf(10) ** (5 - DIGITS) / step**order
                    stated = value_of(is_, point)
                except NotReal:
                    continue
                seen += 1
                size = abs(stated) + abs(numeric) + mp.mpf(10) ** -6
                if abs(numeric - stated) > mp.mpf(10) ** -8 * size + rounding:
                    raise Rejected(f"the derivative in {by} is not what the certificate says")
        if not seen:
            raise Undecided(f"no point shows the derivative in {by}")

    def range(self, goal: Term, strict: bool, box: Box, node: Any, depth: int = 5) -> None:
        """The goal's sign by mpmath's intervals, halving the box when they are too wide."""
        ends = {name: piece.ends for name, piece in box.items()}
        for _ in range(3):
            point = random_point(ends, self.rng)
            try:
                value = value_of(goal, point)
            except NotReal:
                if surely_undefined(goal, point):
                    raise
                continue
            if value < -TOLERANCE or (strict and value <= 0):
                self.require_violation(goal, point)
        if self.range_shows(goal, strict, box):
            return
        wide = [n for n, p in box.items() if "oo" not in p.low + p.high]
        if depth == 0 or not wide:
            raise Undecided("mpmath's intervals are too wide for a step")
        name = max(wide, key=lambda n: end_value(box[n].high) - end_value(box[n].low))
        for half in halves(box[name], f"(({box[name].low}) + ({box[name].high}))/2"):
            self.range(goal, strict, {**box, name: half}, node, depth - 1)

    def require_violation(self, goal: Term, point: Mapping[str, Any]) -> None:
        """Reject what intervals, too, find too low: log(1 + exp(-10**4)) only rounds to 0."""
        try:
            high = interval_of(goal, {name: iv.mpf(value) for name, value in point.items()}).b
        except NotReal:
            return
        if high <= 0:
            raise Rejected("a step that should be positive is not, at a point")

    def range_shows(self, goal: Term, strict: bool, box: Box) -> bool:
        """Whether the interval of the goal has the right sign, up to rounding."""
        spans = {name: span(piece) for name, piece in box.items()}
        try:
            low = mp.mpf(interval_of(goal, spans).a)
            if low > 0 or low < -TOLERANCE:
                return bool(low > 0)
            if low < 0 and not is_rounding(goal, box, low):
                return False
            opens = {name: (piece.low_open, piece.high_open) for name, piece in box.items()}
            return not strict or (
                least_is_open(goal, spans, opens) and not self.vanishes(goal, box)
            )
        except NotReal:
            return False

    def vanishes(self, goal: Term, box: Box) -> bool:
        """Whether a non-negative goal is zero, or lower, where the box attains its ends."""
        attained = {name: attained_ends(piece) for name, piece in box.items()}
        ends = {name: piece.ends for name, piece in box.items()}
        for corner in islice(product(*(own or [None] for own in attained.values())), 256):
            for _ in range(2):
                point = random_point(ends, self.rng)
                point |= {n: v for n, v in zip(box, corner, strict=True) if v is not None}
                if not _is_positive(goal, point):
                    return True
        return False

    def rewrite(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """The goal in another form."""
        form = parse(node["to"])
        self.require_same(goal, form, box, "rewrite")
        self.check(form, strict, box, node["node"])

    def zero(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """An exact zero."""
        if strict or box or abs(value_of(goal, {})) > mp.mpf(10) ** (10 - DIGITS):
            raise Rejected("a number said to be zero is not")

    def product(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """The signs of the factors make the sign of the product."""
        whole = parse(node["coefficient"])
        sign = mp.sign(value_of(whole, {}))
        for part in node["parts"]:
            factor, power, own_sign = parse(part["factor"]), part["power"], part["sign"]
            if not isinstance(power, int) or own_sign not in (1, -1):
                raise Rejected("a factor has no proper power or sign")
            whole = combine(whole, ast.Mult(), combine(factor, ast.Pow(), parse(str(power))))
            even = power % 2 == 0
            sign *= 1 if even else own_sign
            if part["node"] is None:
                if not even or power < 0 or strict:
                    raise Rejected("a factor's sign is not shown")
                continue
            self.check(_signed(factor, own_sign), strict or power < 0, box, part["node"])
        if sign <= 0:
            raise Rejected("the factors' signs do not make the product positive")
        self.require_same(goal, whole, box, "product")

    def divide(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """A factor that is positive (or negative) everywhere does not change the sign of the rest."""
        factor, rest, sign = parse(node["factor"]), parse(node["rest"]), node["sign"]
        if sign not in (1, -1):
            raise Rejected("a factor has no proper sign")
        self.require_same(goal, combine(factor, ast.Mult(), rest), box, "divide")
        positive, child = node["nodes"]
        self.check(_signed(factor, sign), True, box, positive)
        self.check(_signed(rest, sign), strict, box, child)

    def smt(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """cvc5 finds no point where the goal fails, asked in our words and in the stored ones."""
        ends = {n: (p.low, p.high, p.low_open, p.high_open) for n, p in box.items()}
        given = [
            (fact, kind)
            for fact, kind in self.facts
            if _variables(fact) <= set(ends) and is_polynomial(fact)
        ]
        if not is_plain_smtlib(node["smtlib"]):
            raise Rejected("the stored SMT-LIB is more than declarations and assertions")
        own = cvc5_answers(to_smtlib(goal, strict, ends, given))
        stored = cvc5_answers(node["smtlib"])
        if "sat" in (own, stored):
            raise Rejected("cvc5 finds a counterexample to a polynomial step")
        if "unknown" in (own, stored):
            raise Undecided("cvc5 cannot decide a polynomial step")

    def substitute(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """A change of variable that covers the domain."""
        new, piece = node["new"], read_piece(node["domain"])
        self.require_new(new, box)
        inner = {n: p for n, p in box.items() if n != node["variable"]} | {new: piece}
        by, to = parse(node["by"]), parse(node["to"])
        old = box[node["variable"]]
        self.require_same(replaced(goal, node["variable"], by), to, inner, "substitution")
        for index in range(8):
            point = random_point({new: piece.ends}, self.rng, wide=index % 2 == 1)
            if not inside(value_of(by, point), Piece(old.low, old.high, False, False)):
                raise Rejected("a substitution leaves the domain")
        if "sign" in _names(by):
            raise Rejected("a substitution may jump over a part of the domain")
        self.require_real(by, {new: piece})
        check_onto(by, new, piece, old)
        facts = [(replaced(own, node["variable"], by), kind) for own, kind in self.facts]
        self.assuming(facts).check(to, strict, inner, node["node"])

    def slide(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Monotone in a variable, and right at its worst end."""
        name, direction = node["variable"], node["direction"]
        piece = box[name]
        others = {n: p for n, p in box.items() if n != name}
        slope = parse(node["slope"])
        if direction not in (1, -1):
            raise Rejected("a slide has no proper direction")
        self.derivative(goal, name, _signed(slope, direction), box)
        end_open = piece.low_open if direction > 0 else piece.high_open
        if node["strict"] and not end_open:
            raise Rejected("a strict slope proves nothing at an attained end")
        self.check(slope, node["strict"], {**box, name: piece.opened()}, node["nodes"][0])
        face = None if node["face"] == "oo" else parse(node["face"])
        check_face(goal, face, name, piece, direction, others, self.rng)
        if face is not None:
            strict_face = strict and not node["strict"]
            self.check(face, strict_face, _mentioned(face, others), node["nodes"][1])

    def ends(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Concave in a variable, and right at both ends."""
        name = node["variable"]
        piece = box[name]
        others = {n: p for n, p in box.items() if n != name}
        bend = parse(node["bend"])
        self.derivative(goal, name, _signed(bend, -1), box, order=2)
        bend_node, *nodes = node["nodes"]
        self.check(bend, node["strict"], {**box, name: piece.opened()}, bend_node)
        opens = (piece.low_open, piece.high_open)
        if "oo" in piece.low + piece.high or node["strict"] not in (True, False):
            raise Rejected("an end of a concave function is missing")
        for text, child, is_open, direction in zip(
            node["faces"], nodes, opens, (1, -1), strict=True
        ):
            face = None if text == "oo" else parse(text)
            check_face(goal, face, name, piece, direction, others, self.rng)
            if face is not None:
                strict_face = strict and not (node["strict"] and is_open)
                self.check(face, strict_face, _mentioned(face, others), child)

    def square(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """P >= Q for P >= 0 through P**2 >= Q**2."""
        large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
        self.require_same(goal, combine(large, ast.Sub(), small), box, "square")
        two = parse("2")
        squares = [combine(side, ast.Pow(), two) for side in (large, small)]
        self.require_same(combine(squares[0], ast.Sub(), squares[1]), to, box, "square")
        sign_node, child = node["nodes"]
        self.check(large, False, box, sign_node)
        self.check(to, strict, box, child)

    def interior(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """A continuous goal, inside the box; continuity is followed to every attained end."""
        if strict or "sign" in _names(goal):
            raise Rejected("a goal is not settled inside its box")
        for name, piece in box.items():
            others = {n: p for n, p in box.items() if n != name}
            for end, is_open, direction in (
                (piece.low, piece.low_open, 1),
                (piece.high, piece.high_open, -1),
            ):
                if not is_open:
                    value = replaced(goal, name, parse(end))
                    check_limit(goal, value, name, end_value(end), direction, others, self.rng)
        self.check(goal, strict, {n: p.opened() for n, p in box.items()}, node["node"])

    def minimum(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Least at a stationary point, and right there."""
        name = node["variable"]
        piece = box[name]
        others = {n: p for n, p in box.items() if n != name}
        place, factor = parse(node["place"]), parse(node["factor"])
        value = parse(node["value"])
        bottom, *between = node["nodes"]
        self.require_same(replaced(goal, name, place), value, others, "minimum")
        for _ in range(6):
            point = random_point({n: p.ends for n, p in others.items()}, self.rng)
            at = value_of(place, point)
            if not inside(at, Piece(piece.low, piece.high, False, False)):
                raise Rejected("a stationary point lies outside the domain")
            if node["kind"] == "convex":
                self.stationary(goal, {**point, name: at}, name)
        if node["kind"] == "convex":
            self.derivative(goal, name, factor, box, order=2)
        elif node["kind"] == "crossing":
            slope = combine(combine(parse(name), ast.Sub(), place), ast.Mult(), factor)
            self.derivative(goal, name, slope, box)
        else:
            raise Rejected(f"unknown kind of minimum {node['kind']!r}")
        self.check(factor, False, {**box, name: piece.opened()}, node["slope_node"])
        gaps = (
            combine(place, ast.Sub(), parse(piece.low)), combine(parse(piece.high), ast.Sub(), place)
        )  # fmt: skip
        for term, end, child in zip(gaps, piece.ends, between, strict=True):
            if end not in ("oo", "-oo"):
                self.check(term, False, _mentioned(term, others), child)
        self.check(value, strict, _mentioned(value, others), bottom)

    def stationary(self, goal: Term, point: Mapping[str, Any], name: str) -> None:
        """The quotient of differences around a minimum goes to zero with the step."""
        slopes = []
        digits = 2 * DIGITS
        with mp.workdps(digits):
            for size in (12, 24):
                step = mp.mpf(10) ** -size * (1 + abs(point[name]))
                try:
                    ahead, behind = (
                        value_of(goal, {**point, name: point[name] + k * step}, digits)
                        for k in (1, -1)
                    )
                except NotReal:
                    return
                slopes.append(abs(ahead - behind) / step)
            rounding = mp.mpf(10) ** (30 - DIGITS) * (1 + abs(ahead))
        if slopes[1] > slopes[0] / 1000 + rounding:
            raise Rejected("a stationary point is not stationary")

    def logarithm(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """P >= Q > 0 through log P >= log Q."""
        large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
        self.require_same(goal, combine(large, ast.Sub(), small), box, "logarithm")
        logs = [ast.Call(func=ast.Name("log"), args=[side], keywords=[]) for side in (large, small)]
        self.require_same(combine(logs[0], ast.Sub(), logs[1]), to, box, "logarithm")
        child, *sides = node["nodes"]
        self.check(to, strict, box, child)
        for side, tree in zip((large, small), sides, strict=True):
            self.check(side, True, _mentioned(side, box), tree)

    def split(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Both halves of a box."""
        piece = box[node["variable"]]
        parts = halves(piece, node["at"])
        if not (end_value(piece.low) <= end_value(node["at"]) <= end_value(piece.high)):
            raise Rejected("a box is cut outside itself")
        if len(node["nodes"]) != 2:
            raise Rejected("a half of a box is missing")
        for half, child in zip(parts, node["nodes"], strict=True):
            self.check(goal, strict, {**box, node["variable"]: half}, child)

    def fact(self, node: Any, box: Box) -> tuple[Term, str]:
        """The hypothesis that a node uses, in the node's words."""
        stated = parse(node["fact"])
        for own, kind in self.facts:
            if _variables(own) <= set(box) and same(own, stated, box, self.rng):
                return stated, kind
        raise Rejected(f"{node['fact']} is no hypothesis here")

    def forget(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """The goal without its hypotheses: a real number on the whole box, and right there."""
        without = self.assuming(())
        for part in node["defined"]:
            own = parse(part["goal"])
            without.check(own, part["strict"], _mentioned(own, box), part["node"])
        ends = {name: piece.ends for name, piece in box.items()}
        for index in range(POINTS):
            if surely_undefined(goal, random_point(ends, self.rng, wide=index % 2 == 1)):
                raise Rejected("hypotheses are forgotten that the expression needs")
        without.check(goal, strict, _mentioned(goal, box), node["node"])

    def void(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """No point of the box satisfies a hypothesis."""
        fact, kind = self.fact(node, box)
        self.assuming(()).check(_signed(fact, -1), kind != ">", _mentioned(fact, box), node["node"])

    def narrow(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """An end of an interval is cut off, where a hypothesis fails."""
        old, kept = box[node["variable"]], read_piece(node["domain"])
        excluded = _rest_of(old, kept)
        void, child = node["nodes"]
        outside = {**box, node["variable"]: excluded}
        self.void(goal, strict, outside, {"fact": node["fact"], "node": void})
        self.check(goal, strict, {**box, node["variable"]: kept}, child)

    def solve(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """A hypothesis is solved for a variable, with a new one for what it leaves open."""
        name, new, sign = node["variable"], node["new"], node["sign"]
        fact, kind = self.fact(node, box)
        factor, end, to = (parse(node[key]) for key in ("factor", "end", "to"))
        sign_node, child = node["nodes"]
        if sign not in (1, -1) or name in _names(end) | _names(factor):
            raise Rejected("a hypothesis is not solved for its variable")
        linear = combine(factor, ast.Mult(), combine(parse(name), ast.Sub(), end))
        self.require_same(fact, linear, box, "a solved hypothesis")
        self.check(_signed(factor, sign), True, box, sign_node)
        inner = {n: p for n, p in box.items() if n != name}
        by, piece, left = _solved(box[name], kind, end, sign, node["how"], new)
        if piece is not None:
            self.require_new(new, box)
            inner[new] = piece
        others = [(replaced(own, name, by), k) for own, k in self.facts]
        walk = self.assuming([*others, *left])
        walk.require_same(replaced(goal, name, by), to, inner, "a solved hypothesis")
        walk.check(to, strict, inner, child)

    def require_new(self, name: str, box: Box) -> None:
        """A name that no variable has."""
        if name in box or name in self.fixed or not NAME.fullmatch(name) or name in RESERVED:
            raise Rejected(f"{name!r} is no name for a new variable")

    def cases(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Two cases, by the sign of an expression."""
        for term, to, child in zip(
            (parse(node["on"]), _signed(parse(node["on"]), -1)),
            map(parse, node["to"]),
            node["nodes"],
            strict=True,
        ):
            self.require_real(term, box)
            if not same(goal, to, box, self.rng, where=term):
                raise Rejected("cases: two expressions that should be equal are not")
            self.assuming([*self.facts, (term, ">=")]).check(to, strict, box, child)

    def require_real(self, term: Term, box: Box) -> None:
        """No division by zero, log or root of a negative number on the box, as far as intervals see."""
        for part in ast.walk(term):
            match part:
                case ast.BinOp(op=ast.Div(), right=below):
                    self.require_sign(below, box)
                case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                    if not (isinstance(exponent, ast.Constant) and isinstance(exponent.value, int)):
                        self.require_sign(base, box)
                case ast.Call(func=ast.Name(id="log"), args=[argument]):
                    self.range(argument, True, box, {})
                case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
                    self.range(argument, False, box, {})
                case ast.Call(func=ast.Name(id="atanh" | "acosh")):
                    raise Undecided("whether a part is a real number is not looked at")
                case _:
                    pass

    def require_sign(self, term: Term, box: Box) -> None:
        """Positive on the whole box, or negative."""
        at = value_of(
            term, random_point({name: piece.ends for name, piece in box.items()}, self.rng)
        )
        self.range(_signed(term, 1 if at > 0 else -1), True, box, {})

    def resolve(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """A Max, Min or Abs whose case is settled."""
        to, (sign_node, child) = parse(node["to"]), node["nodes"]
        on = parse(node["on"])
        self.check(on, False, box, sign_node)
        if not same(goal, to, box, self.rng, where=on):
            raise Rejected("a case is not what the certificate says")
        self.check(to, strict, box, child)

    def faces(self, goal: Term, strict: bool, box: Box, node: Any) -> None:
        """Ranges with the monotone variables held at their worst ends."""
        collapsed = dict(box)
        for name, side in node["faces"].items():
            slope = parse(node["slopes"][name])
            self.derivative(goal, name, slope, box)
            if side not in ("low", "high"):
                raise Rejected("a face has no proper side")
            self.range(_signed(slope, 1 if side == "low" else -1), False, box, node)
            end = box[name].low if side == "low" else box[name].high
            collapsed[name] = Piece(end, end, False, False)
        self.range(goal, strict, collapsed, node)


_RULES = {
    "range": Walk.range,
    "rewrite": Walk.rewrite,
    "zero": Walk.zero,
    "product": Walk.product,
    "smt": Walk.smt,
    "substitute": Walk.substitute,
    "slide": Walk.slide,
    "minimum": Walk.minimum,
    "logarithm": Walk.logarithm,
    "split": Walk.split,
    "faces": Walk.faces,
    "divide": Walk.divide,
    "ends": Walk.ends,
    "square": Walk.square,
    "interior": Walk.interior,
    "forget": Walk.forget,
    "void": Walk.void,
    "narrow": Walk.narrow,
    "solve": Walk.solve,
    "cases": Walk.cases,
    "resolve": Walk.resolve,
}


_WHOLE_BOX = frozenset({"slide", "minimum", "ends", "interior", "logarithm"})
"""Rules that compare different points of the box."""


def _is_positive(goal: Term, point: Mapping[str, Any]) -> bool:
    """Whether a value is, at 600 digits where cancellation eats 60."""
    with contextlib.suppress(NotReal):
        if value_of(goal, point) > 0:
            return True
    return bool(value_of(goal, point, 600) > 0)


def _signed(term: Term, sign: int) -> Term:
    return term if sign > 0 else ast.UnaryOp(op=ast.USub(), operand=term)


def _at(term: Term, fixed: Mapping[str, str]) -> Term:
    """The expression with the fixed variables at their values."""
    for name, value in fixed.items():
        term = replaced(term, name, parse(value))
    return term


def _rest_of(old: Piece, kept: Piece) -> Piece:
    """What an interval loses when one end of it is cut off."""
    cut = end_value(kept.low if kept.high == old.high else kept.high)
    if not end_value(old.low) <= cut <= end_value(old.high):
        raise Rejected("an interval is cut outside itself")
    if (kept.high, kept.high_open) == (old.high, old.high_open):
        return Piece(old.low, kept.low, old.low_open, not kept.low_open)
    if (kept.low, kept.low_open) == (old.low, old.low_open):
        return Piece(kept.high, old.high, not kept.high_open, old.high_open)
    raise Rejected("more than one end of an interval is cut off")


def _solved(
    piece: Piece, kind: str, end: Term, sign: int, how: str, new: str | None
) -> tuple[Term, Piece | None, list[tuple[Term, str]]]:
    """The variable by the others and a new one, where that lives, and what is left to assume.

    A variable >= ``end`` (sign 1) or <= ``end`` (sign -1) is ``end`` plus or minus something that is
    not negative, or, where its own interval bounds it on the other side, some share of the way there.
    """
    strict = kind == ">"
    bounds = {1: (piece.high, piece.high_open), -1: (piece.low, piece.low_open)}
    far, far_open = bounds[sign]
    low, high = (end, parse(far)) if sign > 0 else (parse(far), end)
    if how == "equal" and kind == "==" and new is None:
        return end, None, _inside(end, piece, (1, -1))
    if how == "slack" and kind != "==" and new is not None and far in ("oo", "-oo"):
        by = combine(end, ast.Add() if sign > 0 else ast.Sub(), parse(new))
        return by, Piece("0", "oo", strict, True), _inside(by, piece, (-sign,))
    if how == "between" and kind != "==" and new is not None and far not in ("oo", "-oo"):
        room = combine(high, ast.Sub(), low)
        by = combine(low, ast.Add(), combine(room, ast.Mult(), parse(new)))
        opens = (strict, far_open) if sign > 0 else (far_open, strict)
        left = [(room, ">" if any(opens) else ">="), *_inside(by, piece, (-sign,))]
        return by, Piece("0", "1", *opens), left
    raise Rejected("a hypothesis is not solved as its kind allows")


def _inside(by: Term, piece: Piece, sides: Sequence[int]) -> list[tuple[Term, str]]:
    """That an expression keeps to an interval, below its high end (1) or above its low end (-1)."""
    facts = []
    if 1 in sides and piece.high != "oo":
        facts.append((combine(parse(piece.high), ast.Sub(), by), ">" if piece.high_open else ">="))
    if -1 in sides and piece.low != "-oo":
        facts.append((combine(by, ast.Sub(), parse(piece.low)), ">" if piece.low_open else ">="))
    return facts


def _names(term: Term) -> set[str]:
    return {n.id for n in ast.walk(term) if isinstance(n, ast.Name)} - {"pi", "E", "oo"}


def _variables(term: Term) -> set[str]:
    """The names that stand for numbers; `_names` has those of functions too."""
    called = {id(n.func) for n in ast.walk(term) if isinstance(n, ast.Call)}
    own = {n.id for n in ast.walk(term) if isinstance(n, ast.Name) and id(n) not in called}
    return own - {"pi", "E", "oo"}


def _mentioned(term: Term, box: Box) -> Box:
    names = _names(term)
    return {name: piece for name, piece in box.items() if name in names}


def halves(piece: Piece, cut: str) -> tuple[Piece, Piece]:
    """The two parts of an interval cut at a number."""
    return (
        Piece(piece.low, cut, piece.low_open, False),
        Piece(cut, piece.high, False, piece.high_open),
    )
