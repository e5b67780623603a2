"""The rules of a proof tree that stay at one point, as Coq tactics: other forms, signs, cases."""

import ast
from collections.abc import Mapping
from typing import Any

from ..second.reading import combine, read_piece
from ..second.second_opinion import Term, parse, replaced
from ..second.terms import halves, signed
from .terms import coq_name
from .trees import LEAF, Rule, Tree, number

__all__ = ["STEPS"]


def _rewrite(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    return tree.follow(goal, parse(node["to"]), strict, node["node"])


def _product(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    whole, sign, known = parse(node["coefficient"]), 1, []
    for part in node["parts"]:
        factor, power = signed(parse(part["factor"]), part["sign"]), part["power"]
        if part["sign"] < 0 and power % 2:
            sign = -sign
        if part["node"] is not None:
            known.append(tree.shown(factor, strict or power < 0, part["node"]))
        if power > 2 and power % 2 == 0:
            factor, power = combine(factor, ast.Pow(), ast.Constant(power // 2)), 2
        raised = factor if power == 1 else combine(factor, ast.Pow(), number(power))
        whole = combine(whole, ast.Mult(), raised)
    whole = _with_sign(whole, sign)
    return tree.into(goal, whole, "; ".join([*known, LEAF]))


def _with_sign(whole: Term, sign: int) -> Term:
    """The product with minus one pulled into its coefficient."""
    if sign > 0:
        return whole
    if isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Mult):
        return combine(_with_sign(whole.left, sign), ast.Mult(), whole.right)
    return whole.operand if isinstance(whole, ast.UnaryOp) else signed(whole, -1)


def _divide(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    sign = node["sign"]
    factor, rest = (signed(parse(node[key]), sign) for key in ("factor", "rest"))
    positive, child = node["nodes"]
    first = tree.shown(factor, True, positive)
    second = tree.shown(rest, strict, child)
    return tree.into(goal, combine(factor, ast.Mult(), rest), f"{first}; {second}; {LEAF}")


def _split(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    name, at = node["variable"], tree.text(parse(node["at"]))
    low, high = (
        tree.on({**tree.box, name: half}).tactic(goal, strict, child)
        for half, child in zip(halves(tree.box[name], node["at"]), node["nodes"], strict=True)
    )
    return f"destruct (Rle_or_lt {coq_name(name)} ({at})); [{low} | {high}]"


def _square(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    sign, child = node["nodes"]
    lemma = "square_lt" if strict else "square_le"
    two = number(2)
    gap = combine(combine(large, ast.Pow(), two), ast.Sub(), combine(small, ast.Pow(), two))
    squares = tree.follow(gap, to, strict, child)
    inner = f"apply {lemma}; [{tree.tactic(large, False, sign)} | {squares}]"
    return tree.into(goal, combine(large, ast.Sub(), small), inner)


def _logarithm(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    child, *sides = node["nodes"]
    signs = [tree.tactic(s, True, n) for s, n in zip((large, small), sides, strict=True)]
    lemma = "logarithm_lt" if strict else "logarithm_le"
    logs = [ast.Call(ast.Name("log"), [side], []) for side in (large, small)]
    gap = combine(logs[0], ast.Sub(), logs[1])
    inner = f"apply {lemma}; [{signs[0]} | {signs[1]} | {tree.follow(gap, to, strict, child)}]"
    return tree.into(goal, combine(large, ast.Sub(), small), inner)


def _solve(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    name, sign, how, new = node["variable"], node["sign"], node["how"], node["new"]
    factor, end, to = (parse(node[key]) for key in ("factor", "end", "to"))
    sign_node, child = node["nodes"]
    piece, x = tree.box[name], coq_name(name)
    gap = signed(combine(parse(name), ast.Sub(), end), sign)
    positive = tree.shown(signed(factor, sign), True, sign_node)
    inner = tree.without(name)
    known = tree.fresh()
    prove = f"solved ({tree.text(signed(factor, sign))})"
    if how == "equal":
        shown = f"assert ({known} : {x} = {tree.text(end)}) by ({prove})"
        return f"{positive}; {shown}; subst {x}; {inner.follow(replaced(goal, name, end), to, strict, child)}"
    high = piece.high if sign > 0 else piece.low
    inner = inner.on({**inner.box, new: read_piece("[0, oo)" if how == "slack" else "[0, 1]")})
    y, was = coq_name(new), tree.fresh()
    text = tree.text(gap)
    shown = (
        f"first [assert ({known} : 0 < {text}) by ({prove})"
        f" | assert ({known} : 0 <= {text}) by ({prove})]"
    )
    if how == "slack":
        by = combine(end, ast.Add() if sign > 0 else ast.Sub(), parse(new))
        made = (
            f"pose ({y} := {text}); assert ({was} : {x} = {inner.text(by)}) by (unfold {y}; ring); "
            f"change ({text}) with {y} in {known}"
        )
    else:
        low, top = (end, parse(high)) if sign > 0 else (parse(high), end)
        room = combine(top, ast.Sub(), low)
        by = combine(low, ast.Add(), combine(room, ast.Mult(), parse(new)))
        made = f"between {x} ({tree.text(low)}) ({tree.text(room)}) {y} {was}"
    then = inner.follow(replaced(goal, name, by), to, strict, child)
    return f"{positive}; {shown}; {made}; clearbody {y}; subst {x}; {then}"


def _resolve(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    on, to = parse(node["on"]), parse(node["to"])
    sign, child = node["nodes"]
    return f"{tree.shown(on, False, sign)}; {tree.follow(goal, to, strict, child)}"


def _cases(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    parts = [
        tree.follow(goal, parse(text), strict, child)
        for text, child in zip(node["to"], node["nodes"], strict=True)
    ]
    return f"destruct (Rle_or_lt 0 ({tree.text(parse(node['on']))})); [{parts[0]} | {parts[1]}]"


def _narrow(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    name, kept = node["variable"], read_piece(node["domain"])
    old, x = tree.box[name], coq_name(node["variable"])
    nothing, child = node["nodes"]
    fact = signed(parse(node["fact"]), -1)
    inner = tree.on({**tree.box, name: kept}).tactic(goal, strict, child)
    known = tree.fresh()
    fails = f"assert ({known} : {tree.sign(fact, True)}) by ({tree.tactic(fact, True, nothing)})"
    out = f"exfalso; first [lra | nra | {fails}; first [lra | nra]]"
    if kept.low == old.low:
        return f"destruct (Rle_or_lt {x} ({tree.text(parse(kept.high))})); [{inner} | {out}]"
    return f"destruct (Rle_or_lt ({tree.text(parse(kept.low))}) {x}); [{inner} | {out}]"


def _forget(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    shown = [
        tree.shown(parse(part["goal"]), part["strict"], part["node"]) for part in node["defined"]
    ]
    return "; ".join([*shown, tree.tactic(goal, strict, node["node"])])


def _interior(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    """The attained ends of every variable by themselves, where Coq asks for no continuity."""
    first = []
    for name, piece in tree.box.items():
        x = coq_name(name)
        for end, is_open, sides in (
            (piece.low, piece.low_open, "{} < {}"), (piece.high, piece.high_open, "{1} < {0}")
        ):  # fmt: skip
            if not is_open:
                at, known = f"({tree.text(parse(end))})", tree.fresh()
                inside = sides.format(at, x)
                first.append(
                    f"destruct (Req_dec {x} {at}) as [{known}|]; [rewrite {known}; {LEAF} |]"
                )
                first.append(f"assert ({tree.fresh()} : {inside}) by lra")
    inner = tree.on({name: piece.opened() for name, piece in tree.box.items()})
    return "; ".join([*first, inner.tactic(goal, strict, node["node"])])


def _zero(tree: Tree, goal: Term, strict: bool, node: Any) -> str:
    return tree.into(goal, number(0), "lra")


STEPS: Mapping[str, Rule] = {
    "rewrite": _rewrite, "product": _product, "divide": _divide, "split": _split, "square": _square,
    "logarithm": _logarithm, "solve": _solve, "resolve": _resolve, "cases": _cases,
    "narrow": _narrow, "forget": _forget, "interior": _interior, "zero": _zero,
}  # fmt: skip
