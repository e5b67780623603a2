"""Rules that end a proof or take a goal apart by signs: ranges, cvc5, products, monotone faces."""

import ast
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..defined import is_defined
from ..following import is_continuous_at
from ..intervals import interval_of, iv, span, surely_undefined
from ..openness import sign_on
from ..reading import Box, Piece, Rejected, Undecided, combine, corners_of, points_of
from ..second_opinion import NotReal, Term, end_value, parse, random_point, replaced, value_of
from ..smtlib import cvc5_answers, is_plain_smtlib, is_polynomial, to_smtlib
from ..terms import halves, signed, variables

if TYPE_CHECKING:
    from ..walk import Walk

__all__ = ["LEAF_RULES", "by_range", "is_real"]

FAR = 10**40
"""An end of an interval at infinity, for monotone functions: beyond this they are looked at as a whole."""


def by_range(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any, depth: int = 5) -> None:
    """The goal's sign by intervals, halving the box when they are too wide."""
    for point in points_of(box, walk.judge.rng, 3):
        _require_no_violation(goal, strict, point)
    if _range_shows(goal, strict, box):
        return
    if not box and not strict and walk.judge.decides(goal, ast.Constant(0), {}, None):
        return
    wide = [n for n, p in box.items() if "oo" not in p.low + p.high]
    if depth == 0 or not wide:
        for corner in corners_of(box):
            _require_no_violation(goal, strict, corner)
        raise Undecided("intervals are too wide for a step")
    name = max(wide, key=lambda n: end_value(box[n].high) - end_value(box[n].low))
    for half in halves(box[name], f"(({box[name].low}) + ({box[name].high}))/2"):
        by_range(walk, goal, strict, {**box, name: half}, node, depth - 1)


def _require_no_violation(goal: Term, strict: bool, point: Mapping[str, Any]) -> None:
    """Reject what intervals find too low at a point: log(1 + exp(-10**4)) only rounds to 0."""
    try:
        value = value_of(goal, point)
    except NotReal:
        if surely_undefined(goal, point):
            raise
        return
    if value > 0 or (value == 0 and not strict):
        return
    try:
        high = interval_of(goal, {name: iv.mpf(coordinate) for name, coordinate in point.items()}).b
    except NotReal:
        return
    if high < 0 or (high == 0 and strict):
        raise Rejected("a step that should be positive is not, at a point")


def _range_shows(goal: Term, strict: bool, box: Box) -> bool:
    """Whether intervals keep the goal above zero, or exact ranges not below it."""
    sign, strictly = sign_on(goal, box)
    if sign == 1:
        return strictly or not strict
    if not is_defined(goal, box):
        return False
    try:  # of sines and cosines more is known
        value = interval_of(goal, {name: span(piece.ends) for name, piece in box.items()})
    except NotReal:
        return False
    return bool(value.a > 0 or (value.a == 0 and not strict))


def _may_jump(goal: Term) -> bool:
    """Whether an expression may take a value at one point that it takes nowhere near: sign, 0**y."""
    for part in ast.walk(goal):
        match part:
            case ast.Name(id="sign"):
                return True
            case ast.BinOp(op=ast.Pow(), right=exponent) if variables(exponent):
                return True
            case _:
                pass
    return False


def is_real(walk: "Walk", term: Term, box: Box) -> None:
    """No division by zero, log or root of a negative number on the box, as far as ranges see."""
    if is_defined(term, box):
        return
    for part in ast.walk(term):
        match part:
            case ast.BinOp(op=ast.Div(), right=below):
                _require_sign(walk, below, box)
            case ast.BinOp(left=base, op=ast.Pow(), right=exponent):
                if not (isinstance(exponent, ast.Constant) and isinstance(exponent.value, int)):
                    _require_sign(walk, base, box)
            case ast.Call(func=ast.Name(id="log"), args=[argument]):
                by_range(walk, argument, True, box, {})
            case ast.Call(func=ast.Name(id="sqrt"), args=[argument]):
                by_range(walk, argument, False, box, {})
            case ast.Call(func=ast.Name(id="atanh" | "acosh")):
                raise Undecided("whether a part is a real number is not looked at")
            case _:
                pass


def _require_sign(walk: "Walk", term: Term, box: Box) -> None:
    """Positive on the whole box, or negative."""
    at = value_of(term, random_point({name: p.ends for name, p in box.items()}, walk.judge.rng))
    by_range(walk, signed(term, 1 if at > 0 else -1), True, box, {})


def zero(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """An exact zero."""
    del node
    if strict or box:
        raise Rejected("a number said to be zero is not")
    walk.judge.require_same(goal, ast.Constant(0), {}, "zero")


def product(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """The signs of the factors make the sign of the product."""
    whole = parse(node["coefficient"])
    sign = walk.judge.sign_at(whole, {})
    for part in node["parts"]:
        factor, power, part_sign = parse(part["factor"]), part["power"], part["sign"]
        if not isinstance(power, int) or part_sign not in (1, -1):
            raise Rejected("a factor has no proper power or sign")
        whole = combine(whole, ast.Mult(), combine(factor, ast.Pow(), parse(str(power))))
        even = power % 2 == 0
        sign *= 1 if even else part_sign
        if part["node"] is None:
            if not even or power < 0 or strict:
                raise Rejected("a factor's sign is not shown")
            is_real(walk, factor, box)  # the square of what is no real number may be negative
            continue
        walk.check(signed(factor, part_sign), strict or power < 0, box, part["node"])
    if sign <= 0:
        raise Rejected("the factors' signs do not make the product positive")
    walk.judge.require_same(goal, whole, box, "product")


def power(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """A power of what is positive is positive; a root of what is not negative is not negative."""
    base, exponent = parse(node["base"]), parse(node["exponent"])
    walk.judge.require_same(goal, combine(base, ast.Pow(), exponent), box, "power")
    rising = not variables(exponent) and walk.judge.sign_at(exponent, {}) > 0
    if node["strict"] is not True and (strict or not rising):
        raise Rejected("a power of what may be zero need not be positive")
    walk.check(base, node["strict"], box, node["node"])


def waves(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """Sines and cosines as new variables, each of which is a number from -1 to 1."""
    to, inner = parse(node["to"]), dict(box)
    back = to
    for name, text in node["waves"].items():
        wave = parse(text)
        if not _is_wave(wave):
            raise Rejected(f"{text} is no sine or cosine")
        walk.require_new(name, inner)
        inner[name] = Piece("-1", "1", False, False)
        back = replaced(back, name, wave)
        is_real(walk, wave, box)
    walk.judge.require_same(goal, back, box, "waves")
    walk.check(to, strict, inner, node["node"])


def _is_wave(term: Term) -> bool:
    return (
        isinstance(term, ast.Call)
        and isinstance(term.func, ast.Name)
        and term.func.id in ("sin", "cos")
        and len(term.args) == 1
    )


def divide(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """A factor that is positive (or negative) everywhere does not change the sign of the rest."""
    factor, rest, sign = parse(node["factor"]), parse(node["rest"]), node["sign"]
    if sign not in (1, -1):
        raise Rejected("a factor has no proper sign")
    walk.judge.require_same(goal, combine(factor, ast.Mult(), rest), box, "divide")
    positive, child = node["nodes"]
    walk.check(signed(factor, sign), True, box, positive)
    walk.check(signed(rest, sign), strict, box, child)


def sum_of_parts(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """Parts none of which is negative; one of them positive, if the goal must be."""
    parts = [(parse(part["goal"]), part["strict"], part["node"]) for part in node["parts"]]
    if not parts or any(own not in (True, False) for _, own, _ in parts):
        raise Rejected("a sum without proper parts")
    if strict and not any(own for _, own, _ in parts):
        raise Rejected("a sum of parts that may all be zero need not be positive")
    whole = parts[0][0]
    for term, _, _ in parts[1:]:
        whole = combine(whole, ast.Add(), term)
    walk.judge.require_same(goal, whole, box, "sum")
    for term, own, child in parts:
        is_real(walk, term, box)
        walk.check(term, own, box, child)


def smt(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """cvc5 finds no point where the goal fails, asked in our words and in the stored ones."""
    ends = {n: (p.low, p.high, p.low_open, p.high_open) for n, p in box.items()}
    given = [
        (fact, kind)
        for fact, kind in walk.facts
        if variables(fact) <= set(ends) and is_polynomial(fact)
    ]
    if not is_plain_smtlib(node["smtlib"]):
        raise Rejected("the stored SMT-LIB is more than declarations and assertions")
    ours = cvc5_answers(to_smtlib(goal, strict, ends, given))
    stored = cvc5_answers(node["smtlib"])
    if "sat" in (ours, stored):
        raise Rejected("cvc5 finds a counterexample to a polynomial step")
    if "unknown" in (ours, stored):
        raise Undecided("cvc5 cannot decide a polynomial step")


def faces(walk: "Walk", goal: Term, strict: bool, box: Box, node: Any) -> None:
    """Ranges with the monotone variables held at their worst ends."""
    collapsed = dict(box)
    for name, side in node["faces"].items():
        slope, piece = parse(node["slopes"][name]), box[name]
        walk.smooth(goal, name, slope, box)
        if side not in ("low", "high"):
            raise Rejected("a face has no proper side")
        sign = 1 if side == "low" else -1
        by_range(walk, signed(slope, sign), False, {**box, name: piece.opened()}, node)
        collapsed[name] = _face(piece, side)
        end = piece.low if side == "low" else piece.high
        others = {n: p for n, p in box.items() if n != name}
        if _may_jump(goal) and not is_continuous_at(goal, name, end, others):
            raise Undecided("whether a face belongs to its function is not seen")
    by_range(walk, goal, strict, collapsed, node)


def _face(piece: Piece, side: str) -> Piece:
    """An end, or, where there is none, all that is far out: no function has a value at infinity."""
    end = piece.low if side == "low" else piece.high
    if end == "oo":
        return Piece(str(FAR), "oo", False, True)
    if end == "-oo":
        return Piece("-oo", str(-FAR), True, False)
    return Piece(end, end, False, False)


LEAF_RULES: Mapping[str, Callable[..., None]] = {
    "range": by_range, "zero": zero, "product": product, "power": power, "waves": waves, "divide": divide,
    "sum": sum_of_parts, "smt": smt, "faces": faces,
}  # fmt: skip
