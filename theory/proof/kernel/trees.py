"""A certificate's proof tree as a Coq tactic: each rule by its lemma, the leaves by what decides a sign.

Every node becomes a tactic for the goal ``0 < G`` or ``0 <= G``, G in the node's own words. A rule
without a lemma here is left to the tactics that know no tree.
"""

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..second.reading import Piece, combine, read_piece
from ..second.second_opinion import Term, parse, replaced
from ..second.terms import signed
from .terms import NotTranslated, Translator, coq_name

__all__ = ["Tree", "case_tactic"]

LEAF = "sign_of"

Box = Mapping[str, Piece]


@dataclass
class Tree:
    """Writes tactics; ``integers`` and ``is_positive`` as in `Translator`."""

    integers: Collection[str]
    is_positive: Callable[[Term], bool]
    counter: list[int] = field(default_factory=lambda: [0])

    def text(self, term: Term) -> str:
        """An expression in Coq."""
        return Translator(self.integers, self.is_positive).text(term)

    def fresh(self) -> str:
        """A name for a hypothesis."""
        self.counter[0] += 1
        return f"H_{self.counter[0]}"

    def tactic(self, goal: Term, strict: bool, box: Box, node: Any) -> str:
        """What proves the goal of a node."""
        rule = _RULES.get(node["rule"])
        return LEAF if rule is None else rule(self, goal, strict, box, node)

    def sign(self, term: Term, strict: bool) -> str:
        """That an expression is positive, or not negative."""
        return f"0 {'<' if strict else '<='} {self.plain().within(term, 3)}"

    def plain(self) -> Translator:
        """A translator whose conditions nobody reads."""
        return Translator(self.integers, self.is_positive)

    def shown(self, term: Term, strict: bool, box: Box, node: Any) -> str:
        """A tactic that adds the sign of an expression to what is known."""
        name = self.fresh()
        return f"assert ({name} : {self.sign(term, strict)}) by ({self.tactic(term, strict, box, node)})"

    def into(self, form: Term, then: str) -> str:
        """The goal in another form, and on with that."""
        return f"by_form ({self.text(form)}); [same | {then}]"


def _rewrite(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    form = parse(node["to"])
    return tree.into(form, tree.tactic(form, strict, box, node["node"]))


def _product(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    whole, sign, known = parse(node["coefficient"]), 1, []
    for part in node["parts"]:
        factor, power = signed(parse(part["factor"]), part["sign"]), part["power"]
        if part["sign"] < 0 and power % 2:
            sign = -sign
        if part["node"] is not None:
            known.append(tree.shown(factor, strict or power < 0, box, part["node"]))
        if power > 2 and power % 2 == 0:
            factor, power = combine(factor, ast.Pow(), ast.Constant(power // 2)), 2
        value: Term = (
            ast.Constant(power) if power >= 0 else ast.UnaryOp(ast.USub(), ast.Constant(-power))
        )
        whole = combine(
            whole, ast.Mult(), factor if power == 1 else combine(factor, ast.Pow(), value)
        )
    whole = _with_sign(whole, sign)
    return tree.into(whole, "; ".join([*known, LEAF]))


def _with_sign(whole: Term, sign: int) -> Term:
    """The product with minus one pulled into its coefficient."""
    if sign > 0:
        return whole
    if isinstance(whole, ast.BinOp) and isinstance(whole.op, ast.Mult):
        return combine(_with_sign(whole.left, sign), ast.Mult(), whole.right)
    return whole.operand if isinstance(whole, ast.UnaryOp) else signed(whole, -1)


def _divide(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    sign = node["sign"]
    factor, rest = (signed(parse(node[key]), sign) for key in ("factor", "rest"))
    positive, child = node["nodes"]
    first = tree.shown(factor, True, box, positive)
    second = tree.shown(rest, strict, box, child)
    return tree.into(combine(factor, ast.Mult(), rest), f"{first}; {second}; {LEAF}")


def _split(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    name, at = coq_name(node["variable"]), tree.text(parse(node["at"]))
    low, high = (tree.tactic(goal, strict, box, child) for child in node["nodes"])
    return f"destruct (Rle_or_lt {name} ({at})); [{low} | {high}]"


def _square(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    sign, child = node["nodes"]
    lemma = "square_lt" if strict else "square_le"
    squares = f"{tree.into(to, tree.tactic(to, strict, box, child))}"
    inner = f"apply {lemma}; [{tree.tactic(large, False, box, sign)} | {squares}]"
    return tree.into(combine(large, ast.Sub(), small), inner)


def _logarithm(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    large, small, to = (parse(node[key]) for key in ("large", "small", "to"))
    child, *sides = node["nodes"]
    signs = [tree.tactic(s, True, box, n) for s, n in zip((large, small), sides, strict=True)]
    lemma = "logarithm_lt" if strict else "logarithm_le"
    inner = f"apply {lemma}; [{signs[0]} | {signs[1]} | {tree.into(to, tree.tactic(to, strict, box, child))}]"
    return tree.into(combine(large, ast.Sub(), small), inner)


def _slide(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    name, up = node["variable"], node["direction"] > 0
    piece = box[name]
    end = piece.low if up else piece.high
    if node["face"] == "oo" or end in ("oo", "-oo") or name in tree.integers:
        return LEAF
    slope, face = parse(node["slope"]), parse(node["face"])
    others = {n: p for n, p in box.items() if n != name}
    strict_slope = bool(node["strict"]) and strict
    kind = "slope" if strict_slope else "lt" if strict else "le"
    lemma = f"slide_{'up' if up else 'down'}_{kind}"
    x, at = coq_name(name), f"({tree.text(parse(end))})"
    function = f"(fun {x} : R => {tree.text(goal)})"
    change = f"(fun {x} : R => {tree.text(slope)})"
    ends = f"{at} {x}" if up else f"{x} {at}"
    old = tree.fresh()
    inner = tree.tactic(slope, strict_slope, {**box, name: piece.opened()}, node["nodes"][0])
    faced = tree.into(
        face, tree.tactic(face, strict and not node["strict"], others, node["nodes"][1])
    )
    bound = f"let T := fresh in intros {x} T; cbv beta"
    return (
        f"apply ({lemma} {function} {change} {ends}); rename {x} into {old}; "
        f"[linear | {bound}; slope_of | {bound}; {inner} | cbv beta; {faced}]"
    )


def _solve(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    name, sign, how, new = node["variable"], node["sign"], node["how"], node["new"]
    if name in tree.integers:
        return LEAF
    factor, end, to = (parse(node[key]) for key in ("factor", "end", "to"))
    sign_node, child = node["nodes"]
    piece, x = box[name], coq_name(name)
    gap = signed(combine(parse(name), ast.Sub(), end), sign)
    positive = tree.shown(signed(factor, sign), True, box, sign_node)
    inner = {n: p for n, p in box.items() if n != name}
    known = tree.fresh()
    prove = f"solved ({tree.text(signed(factor, sign))})"
    if how == "equal":
        shown = f"assert ({known} : {x} = {tree.text(end)}) by ({prove})"
        return f"{positive}; {shown}; subst {x}; {tree.into(to, tree.tactic(to, strict, inner, child))}"
    high = piece.high if sign > 0 else piece.low
    inner[new] = read_piece("[0, oo)" if how == "slack" else "[0, 1]")
    y, was = coq_name(new), tree.fresh()
    text = tree.text(gap)
    shown = (
        f"first [assert ({known} : 0 < {text}) by ({prove})"
        f" | assert ({known} : 0 <= {text}) by ({prove})]"
    )
    if how == "slack":
        by = combine(end, ast.Add() if sign > 0 else ast.Sub(), parse(new))
        made = (
            f"pose ({y} := {text}); assert ({was} : {x} = {tree.text(by)}) by (unfold {y}; ring); "
            f"change ({text}) with {y} in {known}"
        )
    else:
        low, top = (end, parse(high)) if sign > 0 else (parse(high), end)
        room = combine(top, ast.Sub(), low)
        by = combine(low, ast.Add(), combine(room, ast.Mult(), parse(new)))
        made = f"between {x} ({tree.text(low)}) ({tree.text(room)}) {y} {was}"
    return (
        f"{positive}; {shown}; {made}; clearbody {y}; subst {x}; "
        f"{tree.into(to, tree.tactic(to, strict, inner, child))}"
    )


def _resolve(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    on, to = parse(node["on"]), parse(node["to"])
    sign, child = node["nodes"]
    first = tree.shown(on, False, box, sign)
    return f"{first}; {tree.into(to, tree.tactic(to, strict, box, child))}"


def _cases(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    parts = []
    for text, child in zip(node["to"], node["nodes"], strict=True):
        to = parse(text)
        parts.append(tree.into(to, tree.tactic(to, strict, box, child)))
    return f"destruct (Rle_or_lt 0 ({tree.text(parse(node['on']))})); [{parts[0]} | {parts[1]}]"


def _minimum(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    name = node["variable"]
    if node["kind"] != "crossing" or name in tree.integers:
        return LEAF
    place, factor, value = (parse(node[key]) for key in ("place", "factor", "value"))
    x, old = coq_name(name), tree.fresh()
    piece = box[name]
    others = {n: p for n, p in box.items() if n != name}
    bottom, *between = node["nodes"]
    known = []
    gaps = (
        combine(place, ast.Sub(), parse(piece.low)),
        combine(parse(piece.high), ast.Sub(), place),
    )
    for term, end, child in zip(gaps, piece.ends, between, strict=True):
        if end not in ("oo", "-oo"):
            known.append(tree.shown(term, False, others, child))
    inner = tree.tactic(factor, False, {**box, name: piece.opened()}, node["slope_node"])
    faced = tree.into(value, tree.tactic(value, strict, others, bottom))
    base = tree.text(replaced(goal, name, place))
    function = f"(fun {x} : R => {tree.text(goal)})"
    bound = f"let T := fresh in intros {x} T; cbv beta; between_ends T"
    lemma = f"crossing {function} (fun {x} : R => {tree.text(factor)}) ({tree.text(place)}) {x}"
    lower = tree.fresh()
    sign = "<" if strict else "<="
    return (
        "; ".join([*known, ""])
        + f"assert ({lower} : 0 {sign} {base}) by ({faced}); "
        + f"refine (above _ _ {lower} _) || refine (above_le _ _ {lower} _); "
        + f"apply ({lemma}); rename {x} into {old}; [{bound}; slope_of | {bound}; {inner}]"
    )


def _through(tree: Tree, goal: Term, strict: bool, box: Box, node: Any) -> str:
    return tree.tactic(goal, strict, box, node["node"])


_RULES: Mapping[str, Callable[..., str]] = {
    "rewrite": _rewrite, "product": _product, "divide": _divide, "split": _split, "square": _square,
    "logarithm": _logarithm, "slide": _slide, "solve": _solve, "resolve": _resolve, "cases": _cases,
    "minimum": _minimum, "forget": _through, "interior": _through,
}  # fmt: skip


def case_tactic(tree: Tree, case: Any) -> str:
    """What proves a relation from the goals of its case."""
    if case["tree"]["rule"] != "all":
        raise NotTranslated("no goals")
    box = {name: read_piece(text) for name, text in case["box"].items()}
    fixed = {name: piece.low for name, piece in box.items() if piece.low == piece.high}
    if fixed:
        raise NotTranslated("a variable at a value")
    steps: list[str] = []
    last = ""
    for goal in case["tree"]["nodes"]:
        term = parse(goal["goal"])
        steps.append(tree.shown(term, goal["strict"], box, goal["node"]))
        last = f"H_{_number(steps[-1])}"
    return "; ".join([*steps, f"from_gap {last}"])


def _number(step: str) -> str:
    return step.partition("assert (H_")[2].partition(" ")[0]
