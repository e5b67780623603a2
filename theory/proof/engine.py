"""From a claim to a certificate: look for a counterexample, then for a proof, then say which.

The order is cheap before dear: a sampled look for a violation; definedness; then identities by normal
form, finite domains by exact enumeration, inequalities by the tactics. A proof that the second
engines do not confirm is not reported as one.
"""

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import sympy
from sympy.core.relational import Relational

from ..foundation.validation import InputError
from ..foundation.working_time import work_clock
from ..language.expression import Condition, gap, write, write_relation
from ..numbers.deadline import within
from ..numbers.domain import Domain, Piece
from ..numbers.exact_signs import sign_of_number
from ..numbers.normal_form import vanishes
from .certificate import Certificate
from .instruments.definedness import alternatives, condition_text, holds_there
from .instruments.separation import ask
from .instruments.smt import Fact, is_polynomial, negation_smtlib, solve
from .problem import Problem
from .prover.continuity import smooth
from .prover.tactics import Goal, Node, new_search
from .refuter.falsify import (
    Point,
    feasible_point,
    find_counterexample,
    find_on_lines,
    holds_at,
    is_feasible,
    violation_at,
)
from .second.clock import until
from .second.recheck import agree_to_sixty_digits, recheck

__all__ = ["refute_claim", "verify_claim"]

ENUMERATION_LIMIT = 20_000
CASE_LIMIT = 200
PEELED = 3
"""How many values of an endless integer are looked at alone."""
EFFORTS = ((0, 0, 1.0), (2, 60, 0.4), (4, 400, 0.6), (6, 4000, 1.0))
"""Depths of search, boxes into which it may split, and shares of the time left."""
SEARCH_SHARE = 0.8
"""Of the time for a proof; the rest is for checking it again."""
LINES_SECONDS = 4.0
"""Of the search along lines, which a large sample follows."""
OUT_OF_TIME = "the time is up"
KINKED = (sympy.Max, sympy.Min, sympy.Abs, sympy.sign)
"""Functions that change their form somewhere."""


def verify_claim(claim: Problem, *, seconds: float = 30.0, seed: int = 0) -> Certificate:
    """Prove or refute a claim; see `counterpoise.theory.Claim.verify`."""
    start = work_clock()
    certificate = within(seconds, lambda: _verify(claim, start, seconds, seed))
    return (
        _certificate(claim, "unknown", start, detail=OUT_OF_TIME)
        if certificate is None
        else certificate
    )


def _verify(claim: Problem, start: float, seconds: float, seed: int) -> Certificate:
    witness = _witness(claim, seed)
    told = None if witness is None else {s.name: write(value) for s, value in witness.items()}
    found = _at_witness(claim, witness) or _look(claim, seed, 4000, start + 0.2 * seconds, effort=1)
    if found is None:
        certificate = _prove(claim, start, 0.85 * seconds, told)
        if certificate.status != "unknown":
            return certificate
        found = _look_closer(claim, seed, start + seconds)
        if found is None:
            return certificate
    return _certificate(claim, "refuted", start, engines=("interval",), found=found)


def refute_claim(claim: Problem, *, seconds: float = 20.0, seed: int = 0) -> Certificate:
    """Look for a counterexample only."""
    start = work_clock()
    certificate = within(seconds, lambda: _refute(claim, start, seconds, seed))
    return (
        _certificate(claim, "unknown", start, detail=OUT_OF_TIME)
        if certificate is None
        else certificate
    )


def _refute(claim: Problem, start: float, seconds: float, seed: int) -> Certificate:
    witness = _witness(claim, seed)
    found = _at_witness(claim, witness) or _look(claim, seed, 4000, start + 0.5 * seconds)
    if found is None:
        found = _look_closer(claim, seed, start + seconds)
    status = "unknown" if found is None else "refuted"
    return _certificate(claim, status, start, engines=("interval",), found=found)


def _at_witness(claim: Problem, witness: Point | None) -> dict[str, Any] | None:
    """The one point where the hypotheses are known to hold: of few such there may be no second."""
    return None if witness is None else violation_at(claim, witness)


def _look(
    claim: Problem, seed: int, size: int, deadline: float, effort: int = 5
) -> dict[str, Any] | None:
    return find_counterexample(claim, seed=seed, size=size, deadline=deadline, effort=effort)


def _look_closer(claim: Problem, seed: int, deadline: float) -> dict[str, Any] | None:
    """The search that only claims without a verdict pay for: along lines, then a larger sample."""
    now = work_clock()
    until_then = now + min(LINES_SECONDS, (deadline - now) / 2)
    found = find_on_lines(claim, deadline=until_then)
    return found or _look(claim, seed + 1, 40_000, deadline)


def _certificate(
    claim: Problem,
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
        seconds=work_clock() - start,
    )


def _witness(claim: Problem, seed: int) -> Point | None:
    """A point where the hypotheses hold: contradictory ones would prove anything."""
    if not claim.given:
        return None
    point = feasible_point(claim, seed=seed)
    if point is None:
        point = _solver_point(claim)
    if point is None:
        raise InputError(
            f"given: no point of the domain was found where {_all(claim.given)} holds; a claim under "
            "hypotheses that never hold says nothing"
        )
    return point


def _all(given: Sequence[Relational]) -> str:
    return " and ".join(write_relation(fact) for fact in given)


def _solver_point(problem: Problem) -> Point | None:
    facts = _facts(problem.given)
    if not facts or not all(is_polynomial(fact) for fact, _ in facts):
        return None
    box = {symbol: where.hull() for symbol, where in problem.domains.items()}
    answer, model = solve(negation_smtlib(sympy.Integer(0), ">", box, facts), 5000)
    if answer == "unsat":
        raise InputError(f"given: {_all(problem.given)} cannot hold anywhere in the domain")
    point: Any = {s: model.get(s.name, sympy.Integer(0)) for s in problem.domains}
    return point if is_feasible(problem, point) else None


def _facts(given: Sequence[Relational]) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    for fact in given:
        difference = gap(fact)
        if fact.rel_op == "!=":  # as an inequality, which every tactic can use
            facts.append((difference**2, ">"))
        elif fact.rel_op in ("<", "<="):
            facts.append((-difference, fact.rel_op.replace("<", ">")))
        else:
            facts.append((difference, fact.rel_op))
    return tuple(facts)


# ------------------------------------------------------------------------------------------ proofs


def _prove(
    claim: Problem, start: float, seconds: float, witness: dict[str, str] | None
) -> Certificate:
    deadline = start + seconds
    count = _finite_size(claim.domains)
    if count is not None and count <= ENUMERATION_LIMIT:
        certificate = _enumerate(claim, start, count, deadline, witness)
        if certificate is not None:
            return certificate
    attempt = _Attempt(claim, start + SEARCH_SHARE * seconds, _facts(claim.given))
    cases: list[Node] = []
    for condition in claim.conditions:
        proof = attempt.condition(condition)
        if proof is None:
            text = f"that {condition_text(*condition)} is a real number"
            return _unproved(text, claim, start)
        cases += proof
    for relation in claim.relations:
        proof = attempt.relation(relation, "relation")
        if proof is None:
            return _unproved(f"of {write_relation(relation)}", claim, start, attempt)
        cases += proof
    evidence = {"kind": "tree", "cases": cases, "witness": witness}
    engines = sorted(attempt.engines)
    proved = _certificate(claim, "proved", start, engines=engines, evidence=evidence)
    return _confirmed(proved, deadline)


def _confirmed(certificate: Certificate, deadline: float) -> Certificate:
    """The certificate if the second engines agree with every step, else the same as `unknown`."""
    with until(deadline):
        verdict = recheck(certificate)
    if verdict.status in ("confirmed", "sampled"):
        return certificate
    return replace(certificate, status="unknown", detail=f"second engine: {verdict.reason}")


def _unproved(
    text: str, claim: Problem, start: float, attempt: "_Attempt | None" = None
) -> Certificate:
    """An identity that no normal form closes but enclosures confirm is `checked`; the rest is unknown.

    Only of analytic sides (then they are equal everywhere if they are near some points), defined on
    the whole domain, which an attempt has shown.
    """
    unknown = _certificate(claim, "unknown", start, detail=f"no proof found {text}")
    if attempt is None or claim.given or any(r.rel_op != "==" for r in claim.relations):
        return unknown
    answers = [ask(gap(relation), claim.domains) for relation in claim.relations]
    for point in (answer.point for answer in answers if answer.point is not None):
        if found := violation_at(claim, point, deep=True):
            return _certificate(claim, "refuted", start, engines=("interval",), found=found)
    texts = [(write(r.lhs), write(r.rhs)) for r in claim.relations]
    domains = {symbol.name: str(where) for symbol, where in claim.domains.items()}
    if (
        all(answer.agree for answer in answers)
        and all(map(attempt.is_analytic, claim.relations))
        and all(agree_to_sixty_digits(left, right, domains) for left, right in texts)
    ):
        detail = "both sides agree at random rationals, deeper than anything hides; no normal form closes it"
        return _certificate(claim, "checked", start, engines=("symbolic",), detail=detail)
    return unknown


def _finite_size(domains: Mapping[sympy.Symbol, Domain]) -> int | None:
    sizes = []
    for where in domains.values():
        pieces = [1 if piece.is_point else piece.size for piece in where.pieces]
        if None in pieces:
            return None
        sizes.append(sum(p for p in pieces if p is not None))
    return math.prod(sizes) if sizes else None


def _enumerate(
    claim: Problem, start: float, count: int, deadline: float, witness: dict[str, str] | None
) -> Certificate | None:
    """Every point of a finite domain, each decided by exact or rigorous arithmetic."""
    for values in itertools.product(*(_values(where) for where in claim.domains.values())):
        if work_clock() > deadline or any(not value.is_Rational for value in values):
            return None
        point = dict(zip(claim.domains, values, strict=True))
        facts = [holds_at(fact, point) for fact in claim.given]
        if False in facts:
            continue
        found = violation_at(claim, point)
        if found is not None:
            return _certificate(claim, "refuted", start, engines=("enumerate",), found=found)
        certain = None not in facts and holds_there(claim.conditions, point)
        if not certain or any(
            holds_at(relation, point) is not True for relation in claim.relations
        ):
            return None
    evidence = {"kind": "enumeration", "count": count, "witness": witness}
    proved = _certificate(claim, "proved", start, engines=("enumerate",), evidence=evidence)
    return _confirmed(proved, deadline)


def _values(where: Domain) -> Iterator[Any]:
    for piece in where.pieces:
        if piece.is_point:
            yield piece.low
        else:
            yield from map(sympy.Integer, range(int(piece.low), int(piece.high) + 1))


class _Attempt:
    """One attempt to prove a claim's conditions and relations, with what it may use."""

    def __init__(self, claim: Problem, deadline: float, facts: tuple[Fact, ...]) -> None:
        self.claim = claim
        self.deadline = deadline
        self.facts = facts
        self.known: set[tuple[sympy.Expr, bool]] = set()
        self.engines: set[str] = set()

    def condition(self, condition: Condition) -> list[Node] | None:
        """Proof that a part is a real number on the domain: each way easily, then each at length."""
        choices = alternatives(condition)
        tries = [(choice, True) for choice in choices] if len(choices) > 1 else []
        for choice, easily in [*tries, *((choice, False) for choice in choices)]:
            proofs = []
            for relation in choice:
                proofs.append(self.relation(relation, "defined", easily=easily))
                if proofs[-1] is None:
                    break
            if None not in proofs:
                if not self.facts:  # else they hold only under the hypotheses
                    self.known |= {_as_known(relation) for relation in choice}
                return [case for proof in proofs if proof for case in proof]
        return None

    def relation(
        self, relation: Relational, kind: str, *, easily: bool = False
    ) -> list[Node] | None:
        """Proof of a relation on every box of the domain, as cases of the certificate."""
        text = write_relation(relation)
        if relation.rel_op == "==" and not self.claim.given:
            if self.is_identity(relation):
                self.engines.add("symbolic")
                return [{"relation": text, "kind": kind, "tree": {"rule": "identity"}}]
            if not relation.has(*KINKED):
                return None
        cases: list[Node] = []
        for box in _boxes(self.claim.domains):
            node = (
                self.on_reals(relation, box, EFFORTS[:2]) if easily else self.on_box(relation, box)
            )
            if node is None:
                return None
            where = {symbol.name: str(piece) for symbol, piece in box.items()}
            cases.append({"relation": text, "kind": kind, "box": where, "tree": node})
        return cases

    def is_identity(self, relation: Relational) -> bool:
        """Whether both sides are one function on the whole domain, decided by a normal form."""
        for box in _boxes(self.claim.domains):
            fixed: Any = {symbol: piece.low for symbol, piece in box.items() if piece.is_point}
            difference = gap(relation).subs(fixed)
            if not difference.free_symbols and sign_of_number(difference) != 0:
                return False
            if difference.free_symbols and not vanishes(difference, box):
                return False
        return True

    def is_analytic(self, relation: Relational) -> bool:
        """Whether both sides are analytic on the whole domain, integers taken as reals."""
        relaxed = {symbol: _real(symbol) for symbol in self.claim.domains}
        known = {(fact.xreplace(relaxed), strict) for fact, strict in self.known}
        depth, boxes, _ = EFFORTS[0]
        search = new_search(self.deadline, depth, boxes, frozenset(known))
        expr = gap(relation).xreplace(relaxed)
        return all(
            smooth(expr, {relaxed[s]: piece for s, piece in box.items()}, search)
            for box in _boxes(self.claim.domains)
        )

    def on_box(
        self, relation: Relational, box: dict[sympy.Symbol, Piece], *, peel: bool = True
    ) -> Node | None:
        """Proof of a relation on one box: easily, else case by case over an integer, else at length."""
        return (
            self.on_reals(relation, box, EFFORTS[:2])
            or self.by_integers(relation, box, peel=peel)
            or self.on_reals(relation, box, EFFORTS[2:])
        )

    def on_reals(
        self, relation: Relational, box: dict[sympy.Symbol, Piece], efforts: Sequence[Any]
    ) -> Node | None:
        """Proof of a relation's conjuncts, integers relaxed to reals."""
        fixed: Any = {symbol: piece.low for symbol, piece in box.items() if piece.is_point}
        relaxed = {symbol: _real(symbol) for symbol in box if symbol not in fixed}
        free = {relaxed[symbol]: piece for symbol, piece in box.items() if symbol in relaxed}
        difference = gap(relation).subs(fixed).xreplace(relaxed)
        if difference.has(*_NO_NUMBER):
            return None
        facts = [(fact.subs(fixed).xreplace(relaxed), kind) for fact, kind in self.facts]
        facts = tuple(fact for fact in facts if not fact[0].has(*_NO_NUMBER))
        known = {
            (known_fact.subs(fixed).xreplace(relaxed), strict) for known_fact, strict in self.known
        }
        for sides in _conjuncts(difference, relation.rel_op):
            nodes = []
            for expr, strict in sides:
                node = self.search(Goal(expr, strict, free, facts), efforts, frozenset(known))
                if node is None:
                    break
                nodes.append({"goal": write(expr), "strict": strict, "node": node})
            else:
                return {"rule": "all", "nodes": nodes}
        return None

    def search(
        self, goal: Goal, efforts: Sequence[Any], known: frozenset[tuple[Any, bool]]
    ) -> Node | None:
        """The same search with growing effort, so that easy goals never pay for hard ones."""
        for depth, boxes, share in efforts:
            now = work_clock()
            search = new_search(now + share * (self.deadline - now), depth, boxes, known)
            node = search.prove(goal)
            if node is not None:
                self.engines |= search.engines
                return node
            if work_clock() > self.deadline:
                return None
        return None

    def by_integers(
        self, relation: Relational, box: dict[sympy.Symbol, Piece], *, peel: bool
    ) -> Node | None:
        """Where the relaxation to reals fails: each value of one integer variable alone, or, of
        one without end, its first values alone and the rest as reals."""
        for symbol, where in self.claim.domains.items():
            piece = box[symbol]
            if not where.integer or piece.is_point or not piece.low.is_finite:
                continue
            low = int(piece.low)
            endless = not piece.high.is_finite
            high = low + PEELED - 1 if endless else int(piece.high)
            if high - low >= CASE_LIMIT or (endless and not peel):
                continue
            pieces = [_point(value) for value in range(low, high + 1)]
            if endless:
                pieces.append(Piece(sympy.Integer(high + 1), sympy.oo, False, True))
            nodes = []
            for values in pieces:
                nodes.append(self.on_box(relation, {**box, symbol: values}, peel=False))
                if nodes[-1] is None:
                    return None
            return {"rule": "integers", "variable": symbol.name, "low": low, "nodes": nodes}
        return None


def _as_known(relation: Relational) -> tuple[sympy.Expr, bool]:
    """A relation against zero as a search knows it; of ``!=`` the square is positive."""
    if relation.rel_op == "!=":
        return gap(relation) ** 2, True
    return gap(relation), relation.rel_op == ">"


_NO_NUMBER = (sympy.nan, sympy.zoo, sympy.oo, sympy.I)


def _real(symbol: sympy.Symbol) -> sympy.Symbol:
    """The symbol without what only integers have: between them sin(pi*n) is not 0."""
    facts = symbol.assumptions0
    signs = {
        name: True
        for name in ("nonnegative", "nonpositive", "positive", "negative")
        if facts.get(name)
    }
    return sympy.Symbol(symbol.name, real=True, **signs) if facts.get("integer") else symbol


def _point(value: int) -> Piece:
    return Piece(sympy.Integer(value), sympy.Integer(value), False, False)


def _boxes(domains: Mapping[sympy.Symbol, Domain]) -> Iterator[dict[sympy.Symbol, Piece]]:
    """Every combination of pieces; integers relaxed to the reals between their ends."""
    relaxed = [
        [Piece(p.low, p.high, p.low_open, p.high_open) for p in where.pieces]
        for where in domains.values()
    ]
    for pieces in itertools.product(*relaxed):
        yield dict(zip(domains, pieces, strict=True))


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
