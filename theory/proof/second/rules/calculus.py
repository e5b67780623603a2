"""Rules that compare different points of a box: slopes, substitutions, least values, powers and logs."""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..defined import is_defined
from ..following import check_face, check_onto, is_continuous_at
from ..forms.normal_form import NoForm
from ..reading import Piece, Rejected, Undecided, combine, read_reals
from ..second_opinion import Term, parse, replaced
from ..slopes import NoDerivative, derivative
from ..terms import mentioned, names, signed, variables
from .leaves import is_real

if TYPE_CHECKING:
    from ..reading import Box
    from ..walk import Walk

__all__ = ["CALCULUS_RULES"]


def substitute(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """A change of variable that covers the domain."""
    new, piece, name = node["new"], read_reals(node["domain"]), node["variable"]
    walk.require_new(new, box)
    inner = {n: p for n, p in box.items() if n != name} | {new: piece}
    by, to = parse(node["by"]), parse(node["to"])
    walk.judge.require_same(replaced(goal, name, by), to, inner, "substitution")
    if "sign" in names(by):
        raise Rejected("a substitution may jump over a part of the domain")
    is_real(walk, by, {new: piece})
    check_onto(walk.judge, by, new, piece, box[name])
    facts = [(replaced(fact, name, by), kind) for fact, kind in walk.facts]
    walk.assuming(facts).check(to, strict, inner, node["node"])


def shift(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """A variable without ends, counted from a number that the others give: the goal is the same on both
    sides of it, so one side is enough."""
    name, new = node["variable"], node["new"]
    piece = box[name]
    if (piece.low, piece.high) != ("-oo", "oo") or piece.integer:
        raise Rejected("a variable that is shifted has ends")
    walk.require_new(new, box)
    others = {n: p for n, p in box.items() if n != name}
    start, to = parse(node["from"]), parse(node["to"])
    if not variables(start) <= set(others):
        raise Rejected("a shift by what is no number")
    is_real(walk, start, others)
    whole = {**others, new: piece}
    walk.judge.require_same(
        replaced(goal, name, combine(start, ast.Add(), parse(new))), to, whole, "shift"
    )
    mirrored = replaced(to, new, signed(parse(new), -1))
    walk.judge.require_same(mirrored, to, whole, "symmetry")
    half = replace(piece, low="0", low_open=False)
    walk.check(to, strict, {**others, new: half}, node["node"])


def period(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """A variable that stands in sines and cosines only, whose arguments grow with it by whole turns: one
    period is enough."""
    name, length = node["variable"], parse(node["period"])
    if variables(length) or walk.judge.sign_at(length, {}) <= 0:
        raise Rejected("a period is no positive number")
    line = {**box, name: replace(box[name], low="-oo", high="oo", low_open=True, high_open=True)}
    turn = combine(length, ast.Div(), parse("2*pi"))
    for argument in _angles(goal, name):
        try:
            growth = combine(derivative(argument, name), ast.Mult(), turn)
            turns = walk.judge.forms(line).number(growth)
        except (NoDerivative, NoForm) as error:
            raise Undecided(f"how an angle grows is not seen: {error}") from None
        if not isinstance(turns, int) or not is_defined(argument, line):
            raise Rejected("an angle does not grow by whole turns in a period")
    walk.check(goal, strict, {**box, name: Piece("0", node["period"], False, False)}, node["node"])


def _angles(term: ast.AST, name: str) -> Iterator[Term]:
    """The angles in which a variable stands, outside of other waves; it must stand nowhere else."""
    match term:
        case ast.Call(func=ast.Name(id="sin" | "cos"), args=[argument]):
            try:
                yield from list(_angles(argument, name))
            except Rejected:
                yield argument
        case ast.Call(args=arguments):
            for argument in arguments:
                yield from _angles(argument, name)
        case ast.Name(id=own) if own == name:
            raise Rejected("a variable with a period stands outside of sines and cosines")
        case _:
            for part in ast.iter_child_nodes(term):
                yield from _angles(part, name)


def slide(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """Monotone in a variable, and right at its worst end."""
    name, direction = node["variable"], node["direction"]
    piece = box[name]
    others = {n: p for n, p in box.items() if n != name}
    slope = parse(node["slope"])
    if direction not in (1, -1):
        raise Rejected("a slide has no proper direction")
    walk.smooth(goal, name, signed(slope, direction), box)
    end_open = piece.low_open if direction > 0 else piece.high_open
    if node["strict"] and not end_open:
        raise Rejected("a strict slope proves nothing at an attained end")
    walk.check(slope, node["strict"], {**box, name: piece.opened()}, node["nodes"][0])
    face = None if node["face"] == "oo" else parse(node["face"])
    check_face(walk.judge, goal, face, name, piece, direction, others)
    if face is not None:
        strict_face = strict and not node["strict"]
        walk.check(face, strict_face, mentioned(face, others), node["nodes"][1])


def ends(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """Concave in a variable, and right at both ends."""
    name = node["variable"]
    piece = box[name]
    others = {n: p for n, p in box.items() if n != name}
    bend = parse(node["bend"])
    walk.smooth(goal, name, signed(bend, -1), box, order=2)
    bend_node, *nodes = node["nodes"]
    walk.check(bend, node["strict"], {**box, name: piece.opened()}, bend_node)
    if "oo" in piece.low + piece.high or node["strict"] not in (True, False):
        raise Rejected("an end of a concave function is missing")
    for text, child, is_open, direction in zip(
        node["faces"], nodes, (piece.low_open, piece.high_open), (1, -1), strict=True
    ):
        face = None if text == "oo" else parse(text)
        check_face(walk.judge, goal, face, name, piece, direction, others)
        if face is not None:
            strict_face = strict and not (node["strict"] and is_open)
            walk.check(face, strict_face, mentioned(face, others), child)


def square(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """P >= Q for P >= 0 through P**2 >= Q**2."""
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    walk.judge.require_same(goal, combine(large, ast.Sub(), small), box, "square")
    two = parse("2")
    squares = [combine(side, ast.Pow(), two) for side in (large, small)]
    walk.judge.require_same(combine(squares[0], ast.Sub(), squares[1]), to, box, "square")
    is_real(walk, small, box)
    sign_node, child = node["nodes"]
    walk.check(large, False, box, sign_node)
    walk.check(to, strict, box, child)


def logarithm(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """P >= Q > 0 through log P >= log Q."""
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    walk.judge.require_same(goal, combine(large, ast.Sub(), small), box, "logarithm")
    logs = [ast.Call(func=ast.Name("log"), args=[side], keywords=[]) for side in (large, small)]
    walk.judge.require_same(combine(logs[0], ast.Sub(), logs[1]), to, box, "logarithm")
    child, *sides = node["nodes"]
    walk.check(to, strict, box, child)
    for side, tree in zip((large, small), sides, strict=True):
        walk.check(side, True, mentioned(side, box), tree)


def interior(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """A continuous goal, inside the box; continuity is checked at every attained end."""
    if strict or "sign" in names(goal):
        raise Rejected("a goal is not settled inside its box")
    for name, piece in box.items():
        others = {n: p for n, p in box.items() if n != name}
        for end, is_open, direction in (
            (piece.low, piece.low_open, 1),
            (piece.high, piece.high_open, -1),
        ):
            if not is_open and not is_continuous_at(goal, name, end, others):
                value = replaced(goal, name, parse(end))
                check_face(walk.judge, goal, value, name, piece, direction, others)
    walk.check(goal, strict, {n: p.opened() for n, p in box.items()}, node["node"])


def minimum(walk: "Walk", goal: Term, strict: bool, box: "Box", node: Any) -> None:
    """Least at a stationary point, and right there."""
    name = node["variable"]
    piece = box[name]
    others = {n: p for n, p in box.items() if n != name}
    place, factor, value = (parse(node[key]) for key in ("place", "factor", "value"))
    bottom, *between = node["nodes"]
    if not variables(place) <= set(others):
        raise Rejected("a place that depends on its own variable")
    walk.judge.require_same(replaced(goal, name, place), value, others, "minimum")
    if node["kind"] == "convex":
        walk.smooth(goal, name, factor, box, order=2)
        _require_stationary(walk, goal, name, place, others)
    elif node["kind"] == "crossing":
        slope = combine(combine(parse(name), ast.Sub(), place), ast.Mult(), factor)
        walk.smooth(goal, name, slope, box)
    else:
        raise Rejected(f"unknown kind of minimum {node['kind']!r}")
    walk.check(factor, False, {**box, name: piece.opened()}, node["slope_node"])
    gaps = (
        combine(place, ast.Sub(), parse(piece.low)), combine(parse(piece.high), ast.Sub(), place)
    )  # fmt: skip
    for term, end, child in zip(gaps, piece.ends, between, strict=True):
        if end not in ("oo", "-oo"):
            walk.check(term, False, mentioned(term, others), child)
    walk.check(value, strict, mentioned(value, others), bottom)


def _require_stationary(walk: "Walk", goal: Term, name: str, place: Term, others: "Box") -> None:
    try:
        slope = replaced(derivative(goal, name), name, place)
    except NoDerivative as error:
        raise Undecided(f"no rule gives the derivative of {error}") from None
    walk.judge.require_same(slope, ast.Constant(0), others, "a stationary point")


CALCULUS_RULES: Mapping[str, Callable[..., None]] = {
    "substitute": substitute, "shift": shift, "period": period, "slide": slide, "ends": ends,
    "square": square, "logarithm": logarithm, "interior": interior, "minimum": minimum,
}  # fmt: skip
