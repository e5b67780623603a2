"""Whether an exported statement says what the claim says, by a way of its own.

The Coq text is read back by `coq_reader` and evaluated by mpmath; the claim is read by SymPy from the
certificate. At exact rational points, ends of the domains among them, both must agree: on who is in
the domain, on every hypothesis, and on both sides of every relation. And every quotient, root, logarithm
and power in the Coq text must have its condition there, word for word: a theorem that forgot one would
speak of Coq's 1/0.

Checked by: statements changed by a sign, an end, a condition, a variable, which must be told apart.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from mpmath import mp

from ...foundation.validation import InputError
from ...language.expression import Phi, read_expression, read_relations
from ...numbers.domain import Domain, domain
from ..certificate import FAILS, Certificate
from .conditions import missing, plain
from .coq_reader import Tree, read_proposition

__all__ = ["unfaithful"]

POINTS = 12
DIGITS = 50
MANY_DIGITS = 2000
"""Where sides differ, in case that they are differences of huge numbers."""
_SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}

Point = Mapping[str, Fraction]


def unfaithful(statement: str, certificate: Certificate) -> str:
    """Why a Coq statement is not the claim of a certificate; empty if nothing tells them apart."""
    try:
        return _difference(read_proposition(statement), certificate)
    except InputError as error:
        return str(error)


def _difference(tree: Tree, certificate: Certificate) -> str:
    fails = bool(certificate.claim) and certificate.claim[0].startswith(FAILS)
    domains = {name: domain(text) for name, text in certificate.domain.items()}
    binders, body = _opened(tree)
    kinds = {plain(name): sort for name, sort in binders}
    if kinds != {name: "Z" if where.integer else "R" for name, where in domains.items()}:
        return "the variables are not those of the claim"
    if set(_quantifiers(tree)) - {"exists" if fails else "forall"}:
        return "the quantifiers are not those of the claim"
    parts = list(_conjuncts(body)) if fails else [*_premises(body), *_conjuncts(_conclusion(body))]
    relations = _claimed(certificate)
    given = len(certificate.given)
    shown = parts[-1:] if fails else parts[len(parts) - len(relations) :]
    if fails:
        if shown[0][0] != "not":
            return "what fails is not negated"
        shown = list(_conjuncts(shown[0][1]))
    end = len(parts) - (1 if fails else len(relations))
    head = len(list(_premises(body))) if not fails else _head(parts, domains, given)
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


def _opened(tree: Tree) -> tuple[list[tuple[str, str]], Tree]:
    binders: list[tuple[str, str]] = []
    while tree[0] in ("forall", "exists"):
        binders += tree[1]
        tree = tree[2]
    return binders, tree


def _quantifiers(tree: Tree) -> Iterator[str]:
    while tree[0] in ("forall", "exists"):
        yield tree[0]
        tree = tree[2]


def _premises(tree: Tree) -> Iterator[Tree]:
    while tree[0] == "->":
        yield tree[1]
        tree = tree[2]


def _conclusion(tree: Tree) -> Tree:
    while tree[0] == "->":
        tree = tree[2]
    return tree


def _conjuncts(tree: Tree) -> Iterator[Tree]:
    while tree[0] == "and" and not _is_chain(tree):
        yield tree[1]
        tree = tree[2]
    yield tree


def _is_chain(tree: Tree) -> bool:
    """Whether a conjunction was written as a <= b < c."""
    return tree[1][0] in _SIGNS and tree[2][0] in _SIGNS and tree[1][2] is tree[2][1]


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
    claimed = [_sides(text, symbols) for text in (*certificate.given, *relations)]
    rng = random.Random(certificate.name)
    agreed = [0] * len(claimed)
    for point in _points(domains, rng):
        inside = all(sympy.Rational(value) in domains[name] for name, value in point.items())
        if all(_holds(where, point) for where in wheres) != inside:
            return f"the domain differs at {_told(point)}"
        if not inside:
            continue
        for place, (tree, sides) in enumerate(zip((*facts, *shown), claimed, strict=True)):
            verdict = _agree(tree, sides, point, symbols)
            if verdict is False:
                return f"a relation differs at {_told(point)}"
            agreed[place] += verdict is True
    if not all(agreed):
        return "no point shows that a relation is the one claimed"
    return ""


def _told(point: Point) -> str:
    return ", ".join(f"{name} = {value}" for name, value in point.items())


def _points(domains: Mapping[str, Domain], rng: random.Random) -> Iterator[Point]:
    """Points inside all domains; and of every variable in turn the ends, and what lies beyond them."""
    for _ in range(POINTS):
        yield {name: _inside(where, rng) for name, where in domains.items()}
    for name, where in domains.items():
        for value in _edges(where):
            yield {n: _inside(other, rng) for n, other in domains.items()} | {name: value}


def _edges(where: Domain) -> Iterator[Fraction]:
    step = Fraction(1) if where.integer else Fraction(1, 7)
    ends = {end for piece in where.pieces for end in (piece.low, piece.high) if end.is_finite}
    for end in ends:
        near = _near(end)
        if end.is_Rational:
            yield near
        yield from (near - step, near + step)
    yield from (Fraction(-1000), Fraction(1000))


def _near(end: Any) -> Fraction:
    return Fraction(int(end.p), int(end.q)) if end.is_Rational else Fraction(str(sympy.N(end, 12)))


def _inside(where: Domain, rng: random.Random) -> Fraction:
    """A rational inside a domain."""
    piece = rng.choice(where.pieces)
    share = Fraction(rng.randint(1, 96), 97)
    low = _near(piece.low) if piece.low.is_finite else None
    high = _near(piece.high) if piece.high.is_finite else None
    if low is None:
        value = rng.choice((-2, 2)) * share if high is None else high - 3 * share
    else:
        value = low + 3 * share if high is None else low + share * (high - low)
    return Fraction(round(value)) if where.integer else value


def _sides(text: str, symbols: Mapping[str, sympy.Symbol]) -> tuple[str, Callable[..., Any], Any]:
    """The sign of a relation and a function of the symbols with its two sides."""
    relations, _ = read_relations(text, symbols)  # type: ignore[arg-type]
    del relations
    for sign in ("<=", ">=", "==", "!=", "<", ">"):
        left, found, right = text.partition(f" {sign} ")
        if found:
            names = list(symbols.values())
            sides = [read_expression(side, symbols) for side in (left, right)]  # type: ignore[arg-type]
            functions = [sympy.lambdify(names, _computable(side), "mpmath") for side in sides]
            return sign, functions[0], functions[1]
    raise InputError(f"{text} is no relation")


def _computable(side: Any) -> Any:
    return sympy.sympify(side).replace(Phi, lambda x: sympy.erfc(-x / sympy.sqrt(2)) / 2)


def _agree(tree: Tree, sides: Any, point: Point, symbols: Mapping[str, Any]) -> bool | None:
    """Whether both sides have the same values at a point; None where one has none."""
    soon = _agree_to(DIGITS, tree, sides, point, symbols)
    return _agree_to(MANY_DIGITS, tree, sides, point, symbols) if soon is False else soon


def _agree_to(
    digits: int, tree: Tree, sides: Any, point: Point, symbols: Mapping[str, Any]
) -> bool | None:
    sign, left, right = sides
    with mp.workdps(digits + 15):
        values = [mp.mpf(point[name].numerator) / point[name].denominator for name in symbols]
        try:
            theirs = [left(*values), right(*values)]
            ours, own_sign = _own_sides(tree, point, digits)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError, ArithmeticError):
            return None
        if own_sign != sign:
            return False
        for a, b in zip(ours, theirs, strict=True):
            if (
                isinstance(b, mp.mpc)
                or isinstance(a, mp.mpc)
                or not mp.isfinite(a)
                or not mp.isfinite(b)
            ):
                return None
            if abs(a - b) > mp.mpf(10) ** -30 * (abs(a) + abs(b) + mp.mpf(10) ** -10):
                return False
        return True


def _shown(tree: Tree) -> str:
    return str(tree)[:80]


def _own_sides(tree: Tree, point: Point, digits: int) -> tuple[list[Any], str]:
    match tree:
        case ("call", "is_derive", ("fun", name, body), place, slope):
            at = dict(point)

            def along(x: Any) -> Any:
                return _value(body, at | {plain(name): x})

            where = _value(place, point)
            with mp.workdps(2 * digits + 30):
                found = mp.diff(along, where)
            return [found, _value(slope, point)], "=="
        case (sign, left, right) if sign in _SIGNS:
            return [_value(left, point), _value(right, point)], _SIGNS[sign]
    raise InputError(f"{_shown(tree)} is no relation")


def _holds(tree: Tree, point: Point) -> bool:
    match tree:
        case ("and", left, right):
            return _holds(left, point) and _holds(right, point)
        case ("or", left, right):
            return _holds(left, point) or _holds(right, point)
        case (sign, left, right) if sign in _SIGNS:
            with mp.workdps(DIGITS):
                a, b = _value(left, point), _value(right, point)
            return {
                "=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b
            }[sign]  # fmt: skip
    raise InputError(f"{_shown(tree)} is no relation")


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "exp": mp.exp, "ln": mp.log, "sqrt": mp.sqrt, "sinh": mp.sinh, "cosh": mp.cosh, "tanh": mp.tanh,
    "atan": mp.atan, "arcsinh": mp.asinh, "sin": mp.sin, "cos": mp.cos, "Rabs": abs, "sign": mp.sign,
    "Phi": mp.ncdf, "IZR": lambda x: x, "Rmax": max, "Rmin": min, "Rpower": mp.power,
    "powerRZ": mp.power, "power_at_zero": mp.power,
}  # fmt: skip


def _value(tree: Tree, point: Mapping[str, Any]) -> Any:
    match tree:
        case ("number", value):
            return mp.mpf(value)
        case ("name", "PI"):
            return +mp.pi
        case ("name", name):
            value = point[plain(name)]
            return (
                mp.mpf(value.numerator) / value.denominator
                if isinstance(value, Fraction)
                else value
            )
        case ("negative", inner):
            return -_value(inner, point)
        case ("^", base, ("number", power)):
            return _value(base, point) ** power
        case ("call", name, *arguments):
            return _FUNCTIONS[name](*(_value(argument, point) for argument in arguments))
        case (("+" | "-" | "*" | "/") as sign, left, right):
            a, b = _value(left, point), _value(right, point)
            return {"+": a.__add__, "-": a.__sub__, "*": a.__mul__, "/": a.__truediv__}[sign](b)
    raise InputError(f"{_shown(tree)} has no value")
