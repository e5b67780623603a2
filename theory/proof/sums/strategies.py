"""Facts about the sums of a claim that may decide it, each from a lemma; the engine says which hold.

Every strategy adds what it can show to the building and stops there: whether the claim follows is asked
after each.
"""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import sympy

from ...language.expression import write
from ..second.sums.reading import entry, names_in
from .building import Building
from .tangents import chords, tangents, weighted_tangents

__all__ = ["STRATEGIES"]

Strategy = Callable[[Building], Iterator[None]]
"""Adds facts; stops after each, for whoever asks whether the claim follows now."""


def gap_of(b: Building) -> Any:
    """What the claim says is positive, zero or not negative, as an expression in the sums."""
    goal = b.ledger.plain(b.goal)
    for sign in ("<=", ">=", "==", "!=", "<", ">"):
        left, found, right = goal.partition(f" {sign} ")
        if found:
            return b.expr(f"{right} - ({left})" if "<" in sign else f"{left} - ({right})")
    raise ValueError(goal)


def gaps_of(b: Building) -> Iterator[Any]:
    """The same, and the difference of the squares where a side is a root."""
    gap = gap_of(b)
    yield gap
    for part in sympy.Add.make_args(gap):
        if part.has(sympy.Pow) and (part**2).is_polynomial() and not part.is_polynomial():
            yield sympy.expand(part**2 - (part - gap) ** 2)


def linear_parts(b: Building, whole: Any) -> list[tuple[str, str]] | None:
    """A combination of sums as coefficients and terms; None if it is not linear in them."""
    sums = {sympy_name(b, name): body for name, body in b.sums().items()}
    present = [s for s in sums if whole.has(s)]
    terms = []
    for s in present:
        slope = sympy.diff(whole, s)
        if slope.has(*present):
            return None
        terms.append((write(sympy.simplify(slope)), sums[s]))
    return terms


def sympy_name(b: Building, name: str) -> Any:
    """A name of the ledger as SymPy has it."""
    return b.symbols(name)[name]


def whole_claim(b: Building) -> Iterator[None]:
    """The claim is linear in its sums: one term for the whole of it, and a plane under that."""
    terms = linear_parts(b, gap_of(b))
    if not terms:
        return
    left = [list(term) for term in terms]
    signs = [sign for sign in _signs(b) if ">" in sign]
    for operator in ("==", *signs) if " == " in b.goal else signs:
        for line in itertools.chain(
            tangents(b, terms), weighted_tangents(b, terms), chords(b, terms)
        ):
            if b.add("termwise", left=left, op=operator, right=line.right):
                yield
    if b.add("termwise", left=left, op=">=", right=[], seconds=4):
        yield


def expanded_terms(b: Building) -> Iterator[None]:
    """A sum is the combination of others that its terms are."""
    for body in list(b.sums().values()):
        parts = sympy.Add.make_args(sympy.expand(sympy.expand_log(b.expr(body))))
        right = []
        for part in parts:
            free, own = part.as_independent(*_entries(b), as_Add=False)
            right.append([write(free), b.known(own)])
        if len(right) == 1 and right[0][0] == "1":
            continue
        if all(b.sum_of(term) for _, term in right) and b.add(
            "termwise", left=[["1", body]], op="==", right=right
        ):
            yield


def _entries(b: Building) -> list[Any]:
    return [b.symbols(name)[name] for name in b.entries()]


def _signs(b: Building) -> tuple[str, ...]:
    """What may hold between terms: strictly first, where the claim is strict."""
    strict = (" < " in b.goal) or (" > " in b.goal)
    return (">", "<", ">=", "<=") if strict else (">=", "<=")


def planes(b: Building) -> Iterator[None]:
    """A plane above or below each sum's terms."""
    for body in list(b.sums().values()):
        terms = [("1", body)]
        for line in itertools.chain(weighted_tangents(b, terms), tangents(b, terms)):
            if line.right == [["1", body]]:
                continue
            for operator in _signs(b):
                if b.add("termwise", left=[["1", body]], op=operator, right=line.right):
                    yield
                    break
        for line in chords(b, terms):
            for operator in _signs(b):
                if b.add("termwise", left=[["1", body]], op=operator, right=line.right):
                    yield


def single_terms(b: Building) -> Iterator[None]:
    """A sum of what is not negative is at least its term at a class; a probability is at most one."""
    bodies = [*b.sums().values(), *(entry(f, b.index) for f in b.world.simplices)]
    for body, member in itertools.product(bodies, list(b.ledger.members)):
        strict = b.world.least > 1
        if b.add("one term", body=body, strict=strict, at=member) or (
            strict and b.add("one term", body=body, strict=False, at=member)
        ):
            yield


def extremes(b: Building) -> Iterator[None]:
    """Terms with the largest or smallest in place of what is bounded by it."""
    witnesses = [m for m in b.ledger.members if m not in b.world.members]
    families = [*b.world.simplices, *b.world.families]
    bodies = list(b.sums().values()) + [entry(f, b.index) for f in dict.fromkeys(families)]
    for body, witness in itertools.product(dict.fromkeys(bodies), witnesses):
        names = names_in(body) & set(b.entries())
        for moved in _subsets(sorted(names)):
            there = {n: entry(b.entries()[n], witness) for n in moved}
            symbols = b.symbols(" + ".join([*there, *there.values()]))
            replaced = b.expr(body).subs({symbols[n]: symbols[t] for n, t in there.items()})
            right = []
            for part in sympy.Add.make_args(sympy.expand(replaced)):
                free, own = part.as_independent(*_entries(b), as_Add=False)
                right.append([write(free), b.known(own)])
            if not all(b.sum_of(term) for _, term in right) or not b.sum_of(body):
                continue
            for operator in ("<=", ">="):
                if b.add("termwise", left=[["1", body]], op=operator, right=right):
                    yield


def _subsets(names: list[str]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(names) + 1):
        yield from itertools.combinations(names, size)


def at_classes(b: Building) -> Iterator[None]:
    """The largest of all is at least what stands at any class that the claim names."""
    for (name, atom), member in itertools.product(list(b.ledger.atoms.items()), b.world.members):
        if (
            atom.kind in ("Max", "Min")
            and name in b.ledger.defined
            and b.add("at a class", atom=name, at=member)
        ):
            yield


def forms(b: Building) -> Iterator[None]:
    """The claim is a form in two sums each time: as a sum over pairs of classes."""
    names = {sympy_name(b, name): body for name, body in b.sums().items()}
    count = b.symbols(b.world.classes)[b.world.classes]
    ones = [entry(f, b.index) for f in b.world.simplices] or [None]
    tops = [sympy.fraction(sympy.together(gap))[0] for gap in gaps_of(b)]
    for top, one in itertools.product(tops, ones):
        terms = _form(sympy.expand(top), {**names, count: "1"}, one)
        if terms and b.add("pairs", terms=terms):
            yield


def _form(top: Any, bodies: dict[Any, str], one: str | None) -> list[list[str]] | None:
    """Coefficient and two terms for each part of a polynomial in the sums."""
    present = [s for s in bodies if top.has(s)]
    if not present or not top.is_polynomial(*present):
        return None
    terms = []
    for powers, factor in sympy.Poly(top, *present).terms():
        several = [
            bodies[s] for s, power in zip(present, powers, strict=True) for _ in range(power)
        ]
        if len(several) > 2 or (len(several) < 2 and one is None):
            return None
        terms.append([write(factor), *several, *[one or ""] * (2 - len(several))])
    return terms


def cauchy(b: Building) -> Iterator[None]:
    """The square of a sum of products is at most the product of the sums of squares."""
    known = [*b.sums().values(), "1", *(entry(f, b.index) for f in b.world.simplices)]
    for middle in list(b.sums().values()):
        square = b.expr(middle) ** 2
        others = [body for body in known if body != middle]
        for first, second in itertools.combinations_with_replacement(others, 2):
            if first == second or sympy.simplify(b.expr(first) * b.expr(second) - square) != 0:
                continue
            if b.add("pairs", terms=[["1", first, second], ["-1", middle, middle]]):
                yield


SHARES = ("1/3", "1/2", "2/3", "0", "1", "1/4", "3/4", "1/6", "5/6")


def with_squares(b: Building) -> Iterator[None]:
    """A convex square of a sum, against its tangents: the slope is the sum itself.

    S >= a V**2 where S >= 2 a c V - a c**2 for c = V; the last term is shared out among two families of
    probabilities.
    """
    for whole, (name, body) in itertools.product(
        [sympy.expand(gap) for gap in gaps_of(b)], list(b.sums().items())
    ):
        v = sympy_name(b, name)
        factor = whole.coeff(v, 2)
        rest = sympy.expand(whole - factor * v**2)
        terms = linear_parts(b, rest) if factor.is_negative and not rest.has(v) else None
        if not terms or len(b.world.simplices) != 2:
            continue
        point = b.let(name)
        if point is None:
            continue
        first, second = (entry(f, b.index) for f in b.world.simplices)
        for line, share in itertools.product(tangents(b, terms), SHARES):
            bend = [[f"({factor})*({share})*{point}**2", first],
                    [f"({factor})*(1 - {share})*{point}**2", second],
                    [f"(-2)*({factor})*{point}", body]]  # fmt: skip
            left = [list(term) for term in terms]
            if b.add("termwise", left=left, op=">=", right=[*line.right, *bend], seconds=25):
                yield
                return


def others_than(b: Building) -> Iterator[None]:
    """The classes other than one that the claim names, where the others are alike."""
    if b.world.least < 2:
        return
    for member in list(b.ledger.members):
        for body in list(b.sums().values()):
            b.add("split", body=body, at=member)
        for body in list(b.sums(member).values()):
            for line in tangents(b, [("1", body)], member):
                for operator in (">=", "<="):
                    if b.add(
                        "termwise", left=[["1", body]], op=operator, right=line.right, but=member
                    ):
                        yield
                        break


STRATEGIES: tuple[Strategy, ...] = (
    whole_claim, forms, single_terms, extremes, cauchy, planes, expanded_terms, with_squares,
    others_than,
)  # fmt: skip
