"""Whether an exported statement says what the claim says, by a way of its own.

The Coq text is read back by `reading` and evaluated by mpmath; the claim is read by SymPy from the
certificate. At exact rational points, ends of the domains among them, both must agree: on who is in
the domain, on every hypothesis, and on both sides of every relation. And every quotient, root, logarithm
and power in the Coq text must have its condition there, word for word: a theorem that forgot one would
speak of Coq's 1/0.

Checked by: statements changed by a sign, an end, a condition, a variable, which must be told apart.
"""

import random
from collections.abc import Mapping, Sequence

import sympy

from ...foundation.validation import InputError
from ...numbers.domain import Domain, domain
from ..certificate import FAILS, Certificate
from .reading.conditions import missing, plain
from .reading.coq_reader import (
    Tree,
    conclusion,
    conjuncts,
    opened,
    premises,
    quantifiers,
    read_proposition,
)  # fmt: skip
from .reading.limits import limit_difference
from .reading.points import agree, holds, points_of, sides_of, told

__all__ = ["unfaithful"]


def unfaithful(statement: str, certificate: Certificate) -> str:
    """Why a Coq statement is not the claim of a certificate; empty if nothing tells them apart."""
    limit = certificate.evidence.get("kind") == "limit"
    try:
        if limit:
            return limit_difference(read_proposition(statement), certificate)
        return _difference(read_proposition(statement), certificate)
    except InputError as error:
        return str(error)


def _difference(tree: Tree, certificate: Certificate) -> str:
    fails = bool(certificate.claim) and certificate.claim[0].startswith(FAILS)
    domains = {name: domain(text) for name, text in certificate.domain.items()}
    binders, body = opened(tree)
    kinds = {plain(name): sort for name, sort in binders}
    if kinds != {name: "Z" if where.integer else "R" for name, where in domains.items()}:
        return "the variables are not those of the claim"
    if set(quantifiers(tree)) - {"exists" if fails else "forall"}:
        return "the quantifiers are not those of the claim"
    parts = list(conjuncts(body)) if fails else [*premises(body), *conjuncts(conclusion(body))]
    relations = _claimed(certificate)
    given = len(certificate.given)
    shown = parts[-1:] if fails else parts[len(parts) - len(relations) :]
    if fails:
        if shown[0][0] != "not":
            return "what fails is not negated"
        shown = list(conjuncts(shown[0][1]))
    end = len(parts) - (1 if fails else len(relations))
    head = len(list(premises(body))) if not fails else _head(parts, domains, given)
    wheres, facts, needs = parts[: head - given], parts[head - given : head], parts[head:end]
    if len(shown) != len(relations) or len(facts) != given:
        return "the relations are not those of the claim"
    lacking = next((m for part in (*facts, *shown) for m in missing(part, needs)), "")
    if lacking:
        return f"no condition says that {lacking} has a value"
    return _at_points(wheres, facts, shown, domains, certificate, relations)


def _head(parts: Sequence[Tree], domains: Mapping[str, Domain], given: int) -> int:
    bounded = [where for where in domains.values() if str(where) != "(-oo, oo)"]
    return len(bounded) + given


def _claimed(certificate: Certificate) -> list[str]:
    if certificate.claim and certificate.claim[0].startswith(FAILS):
        return certificate.claim[0].removeprefix(FAILS).split(" and ")
    return list(certificate.claim)


# ------------------------------------------------------------------------------- at points


def _at_points(
    wheres: Sequence[Tree],
    facts: Sequence[Tree],
    shown: Sequence[Tree],
    domains: Mapping[str, Domain],
    certificate: Certificate,
    relations: Sequence[str],
) -> str:
    symbols = {name: where.symbol(name) for name, where in domains.items()}
    claimed = [sides_of(text, symbols) for text in (*certificate.given, *relations)]
    rng = random.Random(certificate.name)
    agreed = [0] * len(claimed)
    for point in points_of(domains, rng):
        inside = all(sympy.Rational(value) in domains[name] for name, value in point.items())
        if all(holds(where, point) for where in wheres) != inside:
            return f"the domain differs at {told(point)}"
        if not inside:
            continue
        for place, (tree, sides) in enumerate(zip((*facts, *shown), claimed, strict=True)):
            verdict = agree(tree, sides, point, symbols)
            if verdict is False:
                return f"a relation differs at {told(point)}"
            agreed[place] += verdict is True
    if not all(agreed):
        return "no point shows that a relation is the one claimed"
    return ""
