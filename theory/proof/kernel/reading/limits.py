"""Whether a statement in Coq is a claim about a limit: parameters, conditions, filter, function and limit.

Checked by: statements with another filter, limit, function, domain, or without a condition.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy
from mpmath import mp

from ....foundation.validation import InputError
from ....numbers.domain import Domain, domain
from ...certificate import Certificate
from .conditions import missing, names_in, plain
from .coq_reader import Tree, conclusion, conjuncts, opened, premises, quantifiers
from .points import (
    DIGITS,
    NO_VALUE,
    Point,
    function_of,
    holds,
    numbers,
    points_of,
    same,
    told,
    value_of,
)  # fmt: skip

__all__ = ["limit_difference"]

_INFINITE = {"oo": "p_infty", "-oo": "m_infty"}
_WORDS = re.compile(r"limit of (?P<of>.+) as (?P<by>\w+) -> \S+ is (?P<value>.+)", re.DOTALL)


@dataclass(frozen=True)
class _Read:
    """The parts of a proposition about a limit: what it assumes of the parameters, what it says of the
    value; the variable, where it lives and what is said of it there; function, filter and target."""

    assumed: Sequence[Tree]
    needs: Sequence[Tree]
    variable: str
    own: Sequence[Tree]
    inner: Sequence[Tree]
    function: Tree
    filter: Tree
    target: Tree


def limit_difference(tree: Tree, certificate: Certificate) -> str:
    """What tells a proposition from a certificate's claim about a limit; empty if nothing does."""
    claimed = _WORDS.fullmatch(certificate.claim[0])
    if claimed is None:
        return "the claim is no limit"
    by = claimed["by"]
    domains = {name: domain(text) for name, text in certificate.domain.items()}
    binders, body = opened(tree)
    if {plain(name): sort for name, sort in binders} != dict.fromkeys({*domains} - {by}, "R"):
        return "the parameters are not those of the claim"
    if set(quantifiers(tree)) - {"forall"}:
        return "the quantifiers are not those of the claim"
    read = _read(body)
    if read.variable != by:
        return "the variable is not that of the claim"
    if by in names_in(("outside", *read.assumed, *read.needs, read.filter, read.target)):
        return "the variable is spoken of outside the function"
    lacking = [*missing(read.function, read.inner), *missing(read.target, read.needs)]
    if lacking:
        return f"no condition says that {lacking[0]} has a value"
    if not _is_end(read.filter, domains[by], certificate.evidence["end"]):
        return "the variable goes elsewhere"
    claims = [(read.function, claimed["of"])]
    if claimed["value"] in _INFINITE:
        if read.target != ("call", "Rbar_locally", ("name", _INFINITE[claimed["value"]])):
            return "the limit is not the one claimed"
    elif read.target[:2] != ("call", "locally"):
        return "the limit is not finite"
    else:
        claims.append((read.target[2], claimed["value"]))
    return _at_points(read, domains, claims, certificate.name)


def _read(body: Tree) -> _Read:
    *needs, limit = conjuncts(conclusion(body))
    own: list[Tree] = []
    inner: list[Tree] = []
    match limit:
        case ("call", "filterlim", ("fun", name, function), where, target):
            pass
        case _:
            raise InputError("it is no limit")
    if needs and needs[-1][0] == "forall":
        _, binders, inside = needs.pop()
        if binders != ((name, "R"),):
            raise InputError("the conditions are not on the variable of the limit")
        own, inner = list(premises(inside)), list(conjuncts(conclusion(inside)))
    return _Read(list(premises(body)), needs, plain(name), own, inner, function, where, target)


def _is_end(where: Tree, of: Domain, end: str) -> bool:
    """Whether a filter is the end of a domain."""
    place = of.pieces[0].low if end == "low" else of.pieces[-1].high
    if place.is_infinite:
        return where == ("call", "Rbar_locally", ("name", _INFINITE[str(place)]))
    if where[:2] != ("call", "at_right" if end == "low" else "at_left"):
        return False
    with mp.workdps(DIGITS):
        try:
            return same(value_of(where[2], {}), mp.mpf(str(sympy.N(place, DIGITS)))) is True
        except (KeyError, *NO_VALUE):
            return False


def _at_points(
    read: _Read,
    domains: Mapping[str, Domain],
    claims: Sequence[tuple[Tree, str]],
    seed: str,
) -> str:
    symbols = {name: where.symbol(name) for name, where in domains.items()}
    functions = [function_of(text, symbols) for _, text in claims]
    agreed = [0] * len(claims)
    for point in points_of(domains, random.Random(seed)):
        inside = {n: sympy.Rational(value) in domains[n] for n, value in point.items()}
        within = inside.pop(read.variable)
        if all(holds(where, point) for where in read.assumed) != all(inside.values()):
            return f"the domain differs at {told(point)}"
        if read.inner and all(holds(where, point) for where in read.own) != within:
            return f"the variable's domain differs at {told(point)}"
        if not (within and all(inside.values())):
            continue
        for place, ((tree, _), function) in enumerate(zip(claims, functions, strict=True)):
            verdict = _agree(tree, function, point)
            if verdict is False:
                return f"the claim differs at {told(point)}"
            agreed[place] += verdict is True
    return "" if all(agreed) else "no point shows that the limit is the one claimed"


def _agree(tree: Tree, function: Callable[..., Any], point: Point) -> bool | None:
    """Whether a term has the value of a function at a point; None where one has none."""
    with mp.workdps(DIGITS + 15):
        try:
            return same(value_of(tree, point), function(*numbers(point, point)))
        except NO_VALUE:
            return None
