"""A relation of a claim from the goals of its case, as one Coq tactic."""

import ast
import itertools
from collections.abc import Callable, Mapping
from typing import Any

from ..second.reading import combine, read_piece, read_relation
from ..second.second_opinion import Term, end_value, parse
from .terms import NotTranslated, coq_name
from .tree_calculus import CALCULUS
from .tree_pairs import PAIRS
from .tree_steps import STEPS
from .trees import Tree

__all__ = ["case_tactic", "identity_tactic"]

_RULES = {**STEPS, **CALCULUS, **PAIRS}


def case_tactic(
    case: Any,
    written: str,
    integers: frozenset[str],
    is_positive: Callable[[Term], bool],
    witness: Mapping[str, str],
) -> str:
    """What proves a relation from the goals of its case; ``written``: the relation as Coq has it.

    Raises
    ------
    NotTranslated
        If a part of it has no counterpart.
    """
    box = {name: read_piece(text) for name, text in case["box"].items()}
    counter = [0]

    def relation(tree: Any, box: dict) -> str:
        free = {name: piece for name, piece in box.items() if piece.low != piece.high}
        fixed = [name for name, piece in box.items() if piece.low == piece.high]
        first = [f"try subst {coq_name(name)}" for name in fixed]
        if tree["rule"] == "integers":
            return "; ".join([*first, _integers(tree, box, relation)])
        if tree["rule"] != "all":
            raise NotTranslated("no goals")
        first += [f"relax {coq_name(name)}" for name in free if name in integers]
        words = Tree(_RULES, is_positive, free, witness, counter)
        names, steps = [], []
        for goal in tree["nodes"]:
            steps.append(words.shown(parse(goal["goal"]), goal["strict"], goal["node"]))
            names.append(steps[-1].partition("assert (")[2].partition(" ")[0])
        if len(names) > 1:
            return "; ".join([*first, *steps, f"from_gaps {names[0]} {names[1]}"])
        left, sign, right = read_relation(written)
        if sign[0] == "<":
            left, right = right, left
        (goal,) = tree["nodes"]
        same = words.equal(combine(left, ast.Sub(), right), parse(goal["goal"]))
        ways = ("from_gap_by {} plainly", f"from_gap_by {{}} ltac:({same})", "from_gap {}")
        end = " | ".join(way.format(names[0]) for way in ways)
        return "; ".join([*first, *steps, f"first [{end}]"])

    return relation(case["tree"], box)


def _integers(tree: Any, box: dict, relation: Callable[[Any, dict], str]) -> str:
    """Every value of an integer variable; the last case may be all that are left."""
    name, low, nodes = tree["variable"], tree["low"], tree["nodes"]
    x, piece = coq_name(name), box[name]
    endless = end_value(piece.high) != low + len(nodes) - 1
    parts = []
    for value, node in zip(itertools.count(low), nodes, strict=False):
        rest = endless and value == low + len(nodes) - 1
        text = (
            f"integer {value}..{'' if piece.high == 'oo' else piece.high}"
            if rest
            else f"{{{value}}}"
        )
        parts.append((value, rest, relation(node, {**box, name: read_piece(text)})))
    value, rest, script = parts.pop()
    text = script if rest else f"assert ({x} = {value})%Z by lia; subst {x}; {script}"
    for value, _, script in reversed(parts):
        other = f"assert ({value} + 1 <= {x})%Z by lia; real_bounds; {text}"
        text = f"destruct (Z.eq_dec {x} {value}); [subst {x}; {script} | {other}]"
    return text


def identity_tactic(
    written: str,
    domain: Mapping[str, str],
    integers: frozenset[str],
    is_positive: Callable[[Term], bool],
    witness: Mapping[str, str],
) -> str:
    """What proves an identity, or a derivative, as Coq has it."""
    box = {name: read_piece(text.split(" u ")[0]) for name, text in domain.items()}
    words = Tree(_RULES, is_positive, box, witness)
    left, _, right = read_relation(written)
    first = [f"relax {coq_name(name)}" for name in box if name in integers]
    match left:
        case ast.Call(func=ast.Name(id="Derivative"), args=[of, ast.Name(id=by)]):
            return "; ".join([*first, words.slope(of, by, right)])
    return "; ".join([*first, words.equal(left, right)])
