"""From a claim to a certificate: look for a counterexample, then for a proof, then say which.

The order is cheap before dear: a sampled look for a violation; definedness; then identities by normal
form, finite domains by exact enumeration, inequalities by the tactics. A proof that the second
engines do not confirm is not reported as one.
"""

import itertools
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import sympy
from sympy.core.relational import Relational

from ..domain import Domain, Piece
from ..expression import gap, write, write_relation
from ..validation import InputError
from .certificate import Certificate
from .definedness import obligations
from .falsify import find_counterexample, holds_at, violation_at
from .smt import Fact, is_polynomial, negation_smtlib, solve
from .symbolic import is_zero
from .tactics import Goal, Node, Search, prove

if TYPE_CHECKING:
    from ..claims import Claim

__all__ = ["refute_claim", "verify_claim"]

ENUMERATION_LIMIT = 20_000
CASE_LIMIT = 200


def verify_claim(claim: "Claim", *, seconds: float = 30.0, seed: int = 0) -> Certificate:
    """Prove or refute a claim; see `counterpoise.theory.Claim.verify`."""
    start = time.monotonic()
    _require_consistent(claim, seed)
    found = find_counterexample(claim.relations, claim.domains, claim.given, seed=seed)
    if found is None:
        certificate = _prove(claim, start, seconds)
        if certificate.status != "unknown":
            return certificate
        found = find_counterexample(
            claim.relations, claim.domains, claim.given, seed=seed + 1, size=40_000
        )
        if found is None:
            return certificate
    return _certificate(claim, "refuted", start, engines=("interval",), found=found)


def refute_claim(claim: "Claim", *, seed: int = 0) -> Certificate:
    """Look for a counterexample only."""
    start = time.monotonic()
    _require_consistent(claim, seed)
    found = find_counterexample(claim.relations, claim.domains, claim.given, seed=seed)
    if found is None:
        found = find_counterexample(
            claim.relations, claim.domains, claim.given, seed=seed + 1, size=40_000
        )
    status = "unknown" if found is None else "refuted"
    return _certificate(claim, status, start, engines=("interval",), found=found)


def _certificate(
    claim: "Claim",
    status: str,
    start: float,
    *,
    engines: Sequence[str] = (),
    evidence: Mapping[str, Any] | None = None,
    found: Mapping[str, Any] | None = None,
    detail: str = "",
) -> Certificate:
    return Certificate(
        name=claim.name,
        status=status,
        **claim.texts(),
        engines=tuple(sorted(engines)),
        evidence=evidence or {},
        counterexample=found,
        detail=detail,
        seconds=time.monotonic() - start,
    )


def _require_consistent(claim: "Claim", seed: int) -> None:
    """Contradictory hypotheses would prove anything, so a point that satisfies them must exist."""
    if not claim.given or _feasible_point(claim, seed):
        return
    facts, box = _facts(claim.given), _hull(claim.domains)
    if all(is_polynomial(fact) for fact, _ in facts):
        text = negation_smtlib(sympy.Integer(0), ">", box, facts)
        answer, _ = solve(text, 5000)
        if answer == "sat":
            return
        if answer == "unsat":
            hypotheses = " and ".join(write_relation(fact) for fact in claim.given)
            raise InputError(f"given: {hypotheses} cannot hold anywhere in the domain")
    raise InputError("given: no point of the domain was found where the hypotheses hold")


def _feasible_point(claim: "Claim", seed: int) -> bool:
    impossible = sympy.Ge(sympy.Integer(-1), sympy.Integer(0), evaluate=False)
    found = find_counterexample([impossible], claim.domains, claim.given, seed=seed, size=2000)
    return found is not None


def _facts(given: Sequence[Relational]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for fact in given:
        difference = gap(fact)
        if fact.rel_op in ("<", "<="):
            facts.append((-difference, fact.rel_op.replace("<", ">")))
        else:
            facts.append((difference, fact.rel_op))
    return tuple(facts)


def _hull(domains: Mapping[sympy.Symbol, Domain]) -> dict[sympy.Symbol, Piece]:
    return {
        symbol: Piece(
            where.pieces[0].low, where.pieces[-1].high,
            where.pieces[0].low_open, where.pieces[-1].high_open,
        )
        for symbol, where in domains.items()
    }  # fmt: skip


# ------------------------------------------------------------------------------------------ proofs


def _prove(claim: "Claim", start: float, seconds: float) -> Certificate:
    count = _finite_size(claim.domains)
    if count is not None and count <= ENUMERATION_LIMIT:
        certificate = _enumerate(claim, start, count)
        if certificate is not None:
            return certificate
    deadline = start + seconds
    engines: set[str] = set()
    cases: list[Node] = []
    for part in _parts(claim):
        proof = _prove_part(part, claim, deadline, engines)
        if proof is None:
            return _unproved(part, claim, start)
        cases += proof
    evidence = {"kind": "tree", "cases": cases}
    certificate = _certificate(claim, "proved", start, engines=sorted(engines), evidence=evidence)
    return _confirmed(certificate)


def _confirmed(certificate: Certificate) -> Certificate:
    from dataclasses import replace

    from .recheck import recheck

    verdict = recheck(certificate)
    if verdict.status == "rejected":
        return replace(certificate, status="unknown", detail=f"second engine: {verdict.reason}")
    return certificate


def _unproved(part: "_Part", claim: "Claim", start: float) -> Certificate:
    """An equality that no normal form closes but 60 digits confirm is `checked`; the rest is unknown."""
    from .recheck import agree_to_sixty_digits

    equalities = all(relation.rel_op == "==" for relation in claim.relations)
    if equalities and not claim.given and part.kind == "relation":
        texts = [(write(r.lhs), write(r.rhs)) for r in claim.relations]
        domains = {symbol.name: str(where) for symbol, where in claim.domains.items()}
        if all(agree_to_sixty_digits(left, right, domains) for left, right in texts):
            detail = (
                "both sides agree to 60 digits at 25 random rationals; no normal form closes it"
            )
            return _certificate(claim, "checked", start, engines=("symbolic",), detail=detail)
    return _certificate(claim, "unknown", start, detail=f"no proof found of {part.text}")


def _finite_size(domains: Mapping[sympy.Symbol, Domain]) -> int | None:
    sizes = []
    for where in domains.values():
        pieces = [1 if piece.is_point else piece.size for piece in where.pieces]
        if None in pieces:
            return None
        sizes.append(sum(p for p in pieces if p is not None))
    return math.prod(sizes) if sizes else None


def _enumerate(claim: "Claim", start: float, count: int) -> Certificate | None:
    """Every point of a finite domain, each decided by exact or rigorous arithmetic."""
    symbols = tuple(claim.domains)
    for values in itertools.product(*(_values(where) for where in claim.domains.values())):
        point = dict(zip(symbols, values, strict=True))
        if any(not value.is_Rational for value in values):
            return None
        facts = [holds_at(fact, point) for fact in claim.given]
        if False in facts:
            continue
        found = violation_at(claim.relations, point, claim.domains, claim.given)
        if found is not None:
            return _certificate(claim, "refuted", start, engines=("enumerate",), found=found)
        if None in facts or any(
            holds_at(relation, point) is not True for relation in claim.relations
        ):
            return None
    evidence = {"kind": "enumeration", "count": count}
    return _certificate(claim, "proved", start, engines=("enumerate",), evidence=evidence)


def _values(where: Domain) -> Iterator[Any]:
    for piece in where.pieces:
        if piece.is_point:
            yield piece.low
        else:
            yield from map(sympy.Integer, range(int(piece.low), int(piece.high) + 1))


class _Part:
    """One thing to prove: a relation of the claim, or that a part of it is a real number."""

    def __init__(self, relation: Relational, kind: str) -> None:
        self.relation = relation
        self.kind = kind
        self.text = write_relation(relation)


def _parts(claim: "Claim") -> Iterator[_Part]:
    seen = set()
    for relation in (*claim.relations, *claim.given):
        for side in relation.args:
            for _, conditions in obligations(sympy.sympify(side)):
                for expr, kind in conditions:
                    condition = _CONDITION[kind](expr, 0, evaluate=False)
                    if condition not in seen:
                        seen.add(condition)
                        yield _Part(condition, "defined")
    for relation in claim.relations:
        yield _Part(relation, "relation")


_CONDITION = {
    ">": sympy.StrictGreaterThan,
    ">=": sympy.GreaterThan,
    "!=": sympy.Unequality,
}


def _prove_part(
    part: _Part, claim: "Claim", deadline: float, engines: set[str]
) -> list[Node] | None:
    relation = part.relation
    if relation.rel_op == "==" and not claim.given:
        if not is_zero(gap(relation), max(3.0, deadline - time.monotonic())):
            return None
        engines.add("symbolic")
        return [{"relation": part.text, "kind": part.kind, "tree": {"rule": "identity"}}]
    cases: list[Node] = []
    for box in _boxes(claim.domains):
        node = _prove_on(relation, box, claim, deadline, engines)
        if node is None:
            return None
        where = {symbol.name: str(piece) for symbol, piece in box.items()}
        cases.append({"relation": part.text, "kind": part.kind, "box": where, "tree": node})
    return cases


def _boxes(domains: Mapping[sympy.Symbol, Domain]) -> Iterator[dict[sympy.Symbol, Piece]]:
    """Every combination of pieces; integers relaxed to the reals between their ends."""
    relaxed = [
        [Piece(p.low, p.high, p.low_open, p.high_open) for p in where.pieces]
        for where in domains.values()
    ]
    for pieces in itertools.product(*relaxed):
        yield dict(zip(domains, pieces, strict=True))


def _prove_on(
    relation: Relational,
    box: dict[sympy.Symbol, Piece],
    claim: "Claim",
    deadline: float,
    engines: set[str],
) -> Node | None:
    fixed: Any = {symbol: piece.low for symbol, piece in box.items() if piece.is_point}
    difference = gap(relation).subs(fixed)
    facts = tuple((fact.subs(fixed), kind) for fact, kind in _facts(claim.given))
    free = {symbol: piece for symbol, piece in box.items() if symbol not in fixed}
    for sides in _conjuncts(difference, relation.rel_op):
        nodes = []
        for expr, strict in sides:
            node = _search(expr, strict, free, facts, deadline, engines)
            if node is None:
                break
            nodes.append({"goal": write(expr), "strict": strict, "node": node})
        else:
            return {"rule": "all", "nodes": nodes}
    return _by_integers(relation, box, claim, deadline, engines)


def _search(
    expr: sympy.Expr, strict: bool, box: Any, facts: Any, deadline: float, engines: set[str]
) -> Node | None:
    """The same search with growing effort, so that easy goals never pay for hard ones."""
    for depth, boxes in ((0, 0), (2, 60), (4, 400), (6, 4000)):
        search = Search(deadline=deadline, depth=depth, boxes=boxes)
        for hypotheses in dict.fromkeys(((), facts)):
            node = prove(Goal(expr, strict, box, hypotheses), search)
            if node is not None:
                engines |= search.engines
                return node
        if search.over:
            return None
    return None


def _conjuncts(difference: Any, operator: str) -> Iterator[list[tuple[sympy.Expr, bool]]]:
    """Alternatives, each a list of goals ``expr > 0`` / ``>= 0`` that together give the relation."""
    if operator == "!=":
        yield [(difference, True)]
        yield [(-difference, True)]
        return
    if operator == "==":
        yield [(difference, False), (-difference, False)]
        return
    strict = operator in ("<", ">")
    signed = difference if operator in (">", ">=") else -difference
    yield [(part, strict) for part in _without_extremes(signed)]


def _without_extremes(expr: sympy.Expr) -> list[sympy.Expr]:
    """``Min(a, b) + r >= 0`` is ``a + r >= 0 and b + r >= 0``; likewise -Max and -Abs."""
    for term in sympy.Add.make_args(expr):
        coefficient, core = term.as_coeff_Mul()
        rest = expr - term
        if (isinstance(core, sympy.Min) and coefficient > 0) or (
            isinstance(core, sympy.Max) and coefficient < 0
        ):
            choices = core.args
        elif isinstance(core, sympy.Abs) and coefficient < 0:
            choices = (core.args[0], -core.args[0])
        else:
            continue
        return [e for choice in choices for e in _without_extremes(coefficient * choice + rest)]
    return [expr]


def _by_integers(
    relation: Relational,
    box: dict[sympy.Symbol, Piece],
    claim: "Claim",
    deadline: float,
    engines: set[str],
) -> Node | None:
    """Where the relaxation to reals fails: one integer variable of few values, value by value."""
    for symbol, where in claim.domains.items():
        piece = box[symbol]
        if (
            not where.integer
            or piece.is_point
            or not (piece.low.is_finite and piece.high.is_finite)
        ):
            continue
        count = int(piece.high) - int(piece.low) + 1
        if count > CASE_LIMIT:
            continue
        nodes = []
        for value in map(sympy.Integer, range(int(piece.low), int(piece.high) + 1)):
            child = {**box, symbol: Piece(value, value, False, False)}
            node = _prove_on(relation, child, claim, deadline, engines)
            if node is None:
                return None
            nodes.append(node)
        return {"rule": "integers", "variable": symbol.name, "low": int(piece.low), "nodes": nodes}
    return None
