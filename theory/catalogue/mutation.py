"""Generated false neighbours: small changes to a claim's own formula, to see whether it is sharp.

Each operator changes one place of the expression tree: a sign, an exponent, a factor, a constant, one
symbol for another, the size of one side. A change that the engines refute shows that the claim
depends on that place. One that they prove shows the opposite: the change is equivalent, or the claim
is not tight there. One that they do neither to is a survivor, and is listed.
"""

import ast
import copy
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..claims.statement import Statement
from ..foundation.validation import InputError
from ..proof.certificate import Certificate

if TYPE_CHECKING:  # so that listing and showing statements loads no SymPy
    from ..claims.limit import LimitClaim
    from ..claims.relation import Claim

__all__ = ["PER_STEP", "Score", "attack_generated", "generated", "mutations", "score"]

PER_STEP = 6
"""Mutants generated from one step, spread over the operators."""

ENOUGH = 0.95  # the share that every module of the catalogue has to reach


def mutations(of: "Claim", limit: int = PER_STEP) -> "list[tuple[str, Claim]]":
    """Up to ``limit`` changed claims, each with the change in words; the choice is reproducible."""
    held = of.texts()
    texts = _unevaluated(held)
    found: dict[str, list[tuple[str, Claim]]] = {}
    seen = {str(of)}
    for index, text in enumerate(texts):
        for kind, words, changed in _changes(text, held["domain"]):
            relations = [*texts[:index], changed, *texts[index + 1 :]]
            mutant = _rebuilt(relations, held)
            if mutant is not None and str(mutant) not in seen:
                seen.add(str(mutant))
                found.setdefault(kind, []).append((words, mutant))
    for several in found.values():
        several.sort(key=lambda pair: hashlib.sha256(str(pair[1]).encode()).digest())
    chosen: list[tuple[str, Claim]] = []
    while len(chosen) < limit and any(found.values()):
        for several in found.values():
            if several and len(chosen) < limit:
                chosen.append(several.pop())
    return chosen


def _unevaluated(held: Mapping[str, Any]) -> tuple[str, ...]:
    """The relations as written, where every place can be changed; as SymPy has them, if not known."""
    count = len(held["claim"])
    texts = held["written"][:count]
    return texts if texts and not texts[0].startswith("Derivative(") else held["claim"]


def _rebuilt(relations: list[str], held: Mapping[str, Any]) -> "Claim | None":
    """The changed claim, or None where the change leaves no claim (a constant, say)."""
    from ..claims.relation import claim

    names = {
        node.id
        for text in (*relations, *held["given"])
        for node in ast.walk(ast.parse(text, mode="eval"))
        if isinstance(node, ast.Name)
    }
    domains = {name: where for name, where in held["domain"].items() if name in names}
    try:
        return claim(relations, given=list(held["given"]), **domains)
    except (InputError, ZeroDivisionError):
        return None


# ------------------------------------------------------------------------------------ operators


def _changes(text: str, domains: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(operator, words, changed text) for every change of one place of a relation."""
    tree: Any = ast.parse(text, mode="eval").body
    places = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    exponents = {
        id(inner)
        for node in places
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)
        for inner in ast.walk(node.right)
    }
    for place in places:
        for kind, words, other in _edits(place, domains, id(place) in exponents):
            yield kind, words, ast.unparse(_replaced(tree, place, other))
    for factor in ("11/10", "9/10"):
        left, right = ast.unparse(tree.left), ast.unparse(tree.comparators[0])
        if right != "0":
            changed = f"{left} {_SIGNS[type(tree.ops[0])]} {factor}*({right})"
            yield "scale", f"right side times {factor}", changed


_SIGNS: Mapping[type, str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
}  # fmt: skip


def _edits(
    place: ast.expr, domains: Mapping[str, str], in_exponent: bool
) -> Iterator[tuple[str, str, ast.expr]]:
    shown = ast.unparse(place)
    if isinstance(place, ast.BinOp):
        yield from _arithmetic(place, shown)
    elif isinstance(place, ast.UnaryOp) and isinstance(place.op, ast.USub):
        yield "sign", f"{shown} without its minus", place.operand
    elif isinstance(place, ast.Name) and place.id in domains:
        for other, where in domains.items():
            if other != place.id and where == domains[place.id]:
                yield "symbol", f"one {place.id} becomes {other}", ast.Name(other)
    elif isinstance(place, ast.Constant) and not in_exponent and shown not in ("0", "1"):
        next_one = ast.Constant(int(shown) + 1)
        yield "constant", f"a {shown} becomes {int(shown) + 1}", next_one
    elif isinstance(place, ast.Call) and isinstance(place.func, ast.Name):
        other = _FUNCTIONS.get(place.func.id)
        if other:
            changed = ast.Call(ast.Name(other), place.args, [])
            yield "function", f"{shown} becomes {ast.unparse(changed)}", changed
    elif isinstance(place, ast.Compare):
        turned: Any = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}.get(
            type(place.ops[0])
        )
        if turned:
            yield "relation", "turned round", ast.Compare(place.left, [turned()], place.comparators)


_FUNCTIONS = {"Max": "Min", "Min": "Max", "sinh": "cosh", "cosh": "sinh", "asinh": "sinh"}


def _arithmetic(place: ast.BinOp, shown: str) -> Iterator[tuple[str, str, ast.expr]]:
    left, right = place.left, place.right
    if isinstance(place.op, ast.Add):
        yield "sign", f"minus for plus in {shown}", ast.BinOp(left, ast.Sub(), right)
        yield "term", f"{ast.unparse(right)} dropped from {shown}", left
    elif isinstance(place.op, ast.Sub):
        yield "sign", f"plus for minus in {shown}", ast.BinOp(left, ast.Add(), right)
        yield "term", f"{ast.unparse(right)} dropped from {shown}", left
    elif isinstance(place.op, ast.Mult):
        yield "factor", f"{ast.unparse(right)} dropped from {shown}", left
        yield "factor", f"{ast.unparse(left)} dropped from {shown}", right
    elif isinstance(place.op, ast.Div):
        yield "factor", f"{ast.unparse(right)} dropped from {shown}", left
    elif isinstance(place.op, ast.Pow):
        twice = ast.BinOp(ast.Constant(2), ast.Mult(), right)
        yield "exponent", f"twice the exponent in {shown}", ast.BinOp(left, ast.Pow(), twice)
        yield "exponent", f"no exponent in {shown}", left


def _replaced(tree: ast.expr, place: ast.expr, other: ast.expr) -> ast.expr:
    """A copy of the tree with one node exchanged."""

    class Exchange(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST:
            return copy.deepcopy(other) if node is place else self.generic_visit(copy.copy(node))

        def generic_visit(self, node: ast.AST) -> ast.AST:
            for name, value in ast.iter_fields(node):
                if isinstance(value, list):
                    new = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
                    setattr(node, name, new)
                elif isinstance(value, ast.AST):
                    setattr(node, name, self.visit(value))
            return node

    return ast.fix_missing_locations(Exchange().visit(tree))  # type: ignore[return-value]


# --------------------------------------------------------------------------------------- attack


def attack_generated(
    statement: Statement, *, seconds: float = 6.0, seed: int = 0
) -> list[Certificate]:
    """A verdict on every generated mutant of a statement's steps, as a certificate each.

    `refuted` is what a sharp claim deserves, `proved` a neighbour that is true as well, anything else
    a survivor.
    """
    attacks = []
    for step in statement.steps:
        for number, (words, mutant) in enumerate(generated(step.claim), start=1):
            name = f"{statement.name}/{step.name}/{number}"
            certificate = mutant.verify(seconds=seconds, seed=seed)
            attacks.append(replace(certificate, name=name, detail=words))
    return attacks


def generated(of: object) -> "Sequence[tuple[str, Claim | LimitClaim]]":
    """The changed claims that `attack_generated` tries of a step; a computation has no formula to change."""
    from ..claims.limit import LimitClaim
    from ..claims.relation import Claim

    if isinstance(of, LimitClaim):
        return _limits(of)
    return mutations(of) if isinstance(of, Claim) else []


def _limits(of: "LimitClaim") -> "list[tuple[str, LimitClaim]]":
    """A limit's value, changed."""
    value = of.value
    changed = [("one more than the limit", replace(of, value=value + 1))]
    if value != 0:
        changed.append(("half the limit", replace(of, value=value / 2)))
    return changed


@dataclass(frozen=True)
class Score:
    """How a module's claims stand up to generated mutants.

    ``refuted``: false, with a counterexample; ``true``: proved as well, so equivalent or weaker;
    ``survived``: neither.
    """

    module: str
    generated: int
    refuted: int
    true: int
    survived: int

    @property
    def share(self) -> float:
        """Refuted, of those that are not true."""
        return self.refuted / max(1, self.generated - self.true)

    @property
    def is_enough(self) -> bool:
        """Whether the share is what the catalogue asks of a module."""
        return self.share >= ENOUGH


def score(certificates: list[Certificate]) -> list[Score]:
    """The mutation score of every module that the certificates come from."""
    modules: dict[str, list[str]] = {}
    for certificate in certificates:
        modules.setdefault(certificate.name.split(".")[0], []).append(certificate.status)
    return [
        Score(
            module,
            len(statuses),
            statuses.count("refuted"),
            statuses.count("proved") + statuses.count("checked"),
            len(statuses) - sum(statuses.count(s) for s in ("refuted", "proved", "checked")),
        )
        for module, statuses in modules.items()
    ]
