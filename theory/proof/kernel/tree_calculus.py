"""The rules of a proof tree that compare points, as Coq tactics: slopes, least values, new variables."""

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..second.reading import combine, read_piece
from ..second.second_opinion import Term, parse, replaced
from ..second.slopes import NoDerivative, derivative
from ..second.terms import signed
from .terms import coq_name
from .trees import LEAF, Rule, Tree, number

__all__ = ["CALCULUS"]

_INFINITE = ("oo", "-oo")


def _slide(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    name, up = node["variable"], node["direction"] > 0
    piece = tree.box[name]
    end = piece.low if up else piece.high
    if node["face"] == "oo" or end in _INFINITE:
        return LEAF
    slope, face = parse(node["slope"]), parse(node["face"])
    strict_slope = bool(node["strict"]) and strict
    rising = tree.on({**tree.box, name: piece.opened()})
    inner = rising.tactic(slope, strict_slope, node["nodes"][0])
    at_end = replaced(goal, name, parse(end))
    faced = tree.without(name).follow(at_end, face, strict and not node["strict"], node["nodes"][1])
    kind = "slope" if strict_slope else "lt" if strict else "le"
    return _slid(rising, goal, slope, name, end, (up, kind), inner, faced)


def _slid(
    tree: Tree, goal: Term, slope: Term, name: str, end: str, how: tuple[bool, str],
    inner: str, faced: str,
) -> str:  # fmt: skip
    """A function that rises from an end, or falls to it; ``how``: which, and the kind of lemma."""
    up, kind = how
    lemma = f"slide_{'up' if up else 'down'}_{kind}"
    x, at, old = coq_name(name), f"({tree.text(parse(end))})", tree.fresh()
    ends = f"{at} {x}" if up else f"{x} {at}"
    functions = f"{tree.function(x, goal)} {tree.function(x, slope)}"
    bound = f"let T := fresh in intros {x} T; cbv beta"
    sloped = tree.slope(goal, name, slope if up else signed(slope, -1))
    return (
        f"apply ({lemma} {functions} {ends}); rename {x} into {old}; "
        f"[linear | {bound}; {sloped} | {bound}; {inner} | cbv beta; {faced}]"
    )


def _faces(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """One slide for each variable that is held at an end; a range shows what remains."""
    for name, side in node["faces"].items():
        piece = tree.box[name]
        end = piece.low if side == "low" else piece.high
        if end in _INFINITE:
            return LEAF
        rest = {key: value for key, value in node["faces"].items() if key != name}
        slopes = {key: _at(value, name, end) for key, value in node["slopes"].items()}
        face = replaced(goal, name, parse(end))
        inner = tree.without(name)
        then = _faces(inner, face, strict, {"faces": rest, "slopes": slopes})
        slope = signed(parse(node["slopes"][name]), 1 if side == "low" else -1)
        how = (side == "low", "lt" if strict else "le")
        return _slid(tree, goal, slope, name, end, how, LEAF, then)
    return LEAF


def _at(text: str, name: str, end: str) -> str:
    return ast.unparse(replaced(parse(text), name, parse(end)))


def _minimum(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    name, convex = node["variable"], node["kind"] == "convex"
    place, factor, value = (parse(node[key]) for key in ("place", "factor", "value"))
    x, old, piece = coq_name(name), tree.fresh(), tree.box[name]
    others = tree.without(name)
    bottom, *between = node["nodes"]
    gaps = (
        combine(place, ast.Sub(), parse(piece.low)),
        combine(parse(piece.high), ast.Sub(), place),
    )
    known = [
        f"first [{others.shown(term, True, child)} | {others.shown(term, False, child)}]"
        for term, end, child in zip(gaps, piece.ends, between, strict=True)
        if end not in _INFINITE
    ]
    inside = tree.on({**tree.box, name: piece.opened()})
    inner = inside.tactic(factor, False, node["slope_node"])
    at_place = replaced(goal, name, place)
    faced, base = others.follow(at_place, value, strict, bottom), others.text(at_place)
    functions = inside.function(x, goal)
    bound = f"let T := fresh in intros {x} T; cbv beta; between_ends T"
    slope = combine(combine(parse(name), ast.Sub(), place), ast.Mult(), factor)
    if convex:
        try:
            slope = derivative(goal, name)
        except NoDerivative:
            return LEAF
        functions += f" {inside.function(x, slope)}"
        flat = others.equal(replaced(slope, name, place), number(0))
        shown = [
            f"{bound}; ({inside.slope(goal, name, slope)})",
            f"{bound}; ({inside.slope(slope, name, factor)})", f"cbv beta; {flat}",
        ]  # fmt: skip
    else:
        shown = [f"{bound}; ({inside.slope(goal, name, slope)})"]
    shown.append(f"{bound}; ({inner})")  # both orders of the two points
    functions += f" {inside.function(x, factor)}"
    lower, sign = tree.fresh(), "<" if strict else "<="
    return (
        "; ".join([*known, ""])
        + f"assert ({lower} : 0 {sign} {base}) by ({faced}); "
        + f"refine (above _ _ {lower} _) || refine (above_le _ _ {lower} _); "
        + f"apply ({'convex_least' if convex else 'crossing'} {functions} ({tree.text(place)}) {x}); "
        + f"rename {x} into {old}; [{' | '.join(shown)}]"
    )


def _ends(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """Concave, and right at both ends."""
    name = node["variable"]
    piece, x = tree.box[name], coq_name(name)
    if "oo" in node["faces"] or set(piece.ends) & set(_INFINITE):
        return LEAF
    try:
        slope = derivative(goal, name)
    except NoDerivative:
        return LEAF
    bend_node, *nodes = node["nodes"]
    bend, inside = parse(node["bend"]), tree.on({**tree.box, name: piece.opened()})
    bent = bool(node["strict"]) and strict
    inner = inside.tactic(bend, bent, bend_node)
    faced = [
        "cbv beta; "
        + tree.without(name).follow(
            replaced(goal, name, parse(end)), parse(text), strict and not bent, child
        )
        for text, child, end in zip(node["faces"], nodes, piece.ends, strict=True)
    ]
    functions = " ".join(inside.function(x, part) for part in (goal, slope, bend))
    low, high = (tree.text(parse(end)) for end in piece.ends)
    sloped = inside.slope(goal, name, slope)
    bending = inside.slope(slope, name, signed(bend, -1))
    lemma = "concave_bend" if bent else "concave_lt" if strict else "concave_le"
    bound = f"let T := fresh in intros {x} T; cbv beta"
    return (
        f"apply ({lemma} {functions} ({low}) {x} ({high})); rename {x} into {tree.fresh()}; "
        f"[linear | linear | {bound}; {sloped} | {bound}; {bending} | {bound}; {inner}"
        f" | {faced[0]} | {faced[1]}]"
    )


_LOG = re.compile(r"^(?:(.+)\*)?log\((\w+)\)$")
_POWER = re.compile(r"^(\w+)\*\*([234])$")
_ROOTS = {"2": "sqrt {x}", "3": "Rpower {x} (1 / 3)", "4": "sqrt (sqrt {x})"}


def _substitute(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """A new variable, made from the old one by the inverse of what it stands for."""
    name, new, by = node["variable"], node["new"], node["by"]
    x, y, was = coq_name(name), coq_name(new), tree.fresh()
    if (found := _LOG.match(by)) and found[2] == new:
        inverse = f"exp ({x} / {tree.text(parse(found[1]))})" if found[1] else f"exp {x}"
    elif (found := _POWER.match(by)) and found[1] == new:
        inverse = _ROOTS[found[2]].format(x=x)
    else:
        return LEAF
    piece = read_piece(node["domain"])
    inner = tree.without(name)
    inner = inner.on({**inner.box, new: piece})
    bounds = []
    if piece.low not in _INFINITE:
        low = inner.text(parse(piece.low))
        bounds.append(f"{low} {'<' if piece.low_open else '<='} {y}")
    if piece.high not in _INFINITE:
        high = inner.text(parse(piece.high))
        bounds.append(f"{y} {'<' if piece.high_open else '<='} {high}")
    made = [f"assert ({tree.fresh()} : {bound}) by (unfold {y}; image)" for bound in bounds]
    return "; ".join([
        f"pose ({y} := {inverse})",
        f"assert ({was} : {x} = {inner.text(parse(by))}) by (unfold {y}; inverse)",
        *made, f"clearbody {y}", f"subst {x}",
        inner.follow(replaced(goal, name, parse(by)), parse(node["to"]), strict, node["node"]),
    ])  # fmt: skip


CALCULUS: Mapping[str, Rule] = {
    "slide": _slide, "faces": _faces, "minimum": _minimum, "ends": _ends, "substitute": _substitute,
}  # fmt: skip
