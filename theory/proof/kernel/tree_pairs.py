"""The rules of a proof tree for two variables of one interval, as Coq tactics: the diagonal, and a mean."""

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from ..second.reading import Piece, combine
from ..second.second_opinion import Term, parse, replaced
from ..second.terms import signed
from .terms import coq_name
from .trees import Rule, Tree, number

__all__ = ["PAIRS"]


def _diagonal(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """By the lemma on mixed derivatives: least where the two are equal."""
    (x, y), others = node["variables"], tree.without(node["variables"][0])
    slope, mixed, face = (parse(node[key]) for key in ("slope", "mixed", "face"))
    falling, below = node["nodes"]
    u, v, piece = coq_name(x), coq_name(y), tree.box[x]
    here = replaced(goal, x, parse(y))
    functions = " ".join(f"(fun {u} {v} : R => {tree.text(part)})" for part in (goal, slope, mixed))
    lower, sign = tree.fresh(), "<" if strict else "<="
    first = f"rename {u} into {tree.fresh()}; " + _between(tree, piece, u)
    second = f"rename {v} into {tree.fresh()}; " + _between(tree, piece, v)
    both = f"rename {u} into {tree.fresh()}, {v} into {tree.fresh()}; " + _between(
        tree, piece, u, v
    )
    shown = [
        f"{first}; ({tree.slope(goal, x, slope)})",
        f"{both}; ({tree.slope(slope, y, signed(mixed, -1))})",
        f"{both}; ({tree.tactic(mixed, False, falling)})",
        f"{second}; ({others.equal(replaced(slope, x, parse(y)), number(0))})",
    ]
    return (
        f"assert ({lower} : 0 {sign} {others.plain().within(here, 3)})"
        f" by ({others.follow(here, face, strict, below)}); "
        f"refine (above _ _ {lower} _) || refine (above_le _ _ {lower} _); "
        f"apply (diagonal_least {functions} {u} {v}); [{' | '.join(shown)}]"
    )


def _between(tree: Tree, piece: Piece, *variables: str) -> str:
    """New variables between the two that there were, and so in their interval."""
    held = [tree.fresh() for _ in variables]
    steps = [f"intros {' '.join((*variables, *held))}; cbv beta"]
    steps += [f"between_ends {name}" for name in held]
    steps += [
        f"assert ({tree.fresh()} : {bound}) by lra"
        for variable in variables
        for bound in _bounds(tree, piece, variable)
    ]
    return "; ".join(steps)


def _bounds(tree: Tree, piece: Piece, variable: str) -> Iterator[str]:
    if piece.low != "-oo":
        yield f"{tree.text(parse(piece.low))} < {variable}"
    if piece.high != "oo":
        yield f"{variable} < {tree.text(parse(piece.high))}"


def _mean(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """A new variable for the mean, which lies where the two do."""
    (x, y), new, piece = node["variables"], node["new"], tree.box[node["variables"][0]]
    share, to = parse(node["share"]), parse(node["to"])
    rest = combine(number(1), ast.Sub(), share)
    parts = (combine(share, ast.Mult(), parse(x)), combine(rest, ast.Mult(), parse(y)))
    by = combine(parts[0], ast.Add(), parts[1])
    others = tree.without(x).without(y)
    inner = others.on({**others.box, new: piece})
    child, *ends = node["nodes"]
    known = [
        others.shown(end, False, proof) for end, proof in zip((share, rest), ends, strict=True)
    ]
    m = coq_name(new)
    lies = [
        f"assert ({tree.fresh()} : {bound}) by (unfold {m}; first [lra | apply {lemma}; lra])"
        for bound, lemma in zip(_bounds(tree, piece, m), _lemmas(piece), strict=True)
    ]
    same = f"unfold {m}; {tree.equal(goal, replaced(to, new, by))}"
    return "; ".join([
        *known, f"pose ({m} := {tree.text(by)})", *lies,
        f"by_form ({inner.text(to)}); [{same} | clearbody {m}; {inner.tactic(to, strict, child)}]",
    ])  # fmt: skip


def _lemmas(piece: Piece) -> Iterator[str]:
    if piece.low != "-oo":
        yield "mean_above"
    if piece.high != "oo":
        yield "mean_below"


PAIRS: Mapping[str, Rule] = {"diagonal": _diagonal, "mean": _mean}
