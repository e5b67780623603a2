"""Lines under a convex term and over a concave one: what Jensen's and the log-sum inequality sum up.

A term f(x, y, ...) is compared with its tangent plane at the point where all classes are alike, in the
variables whose sums are known: at x = 1/K for a probability, at the mean of g(x) where the claim has the sum
of g(x). With weights the point is a weighted mean. Which side the term lies on is left to the engine.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import sympy

from ...language.expression import write
from ...numbers.deadline import limited
from ..second.sums.reading import names_in
from .building import Building, simplified

__all__ = ["Line", "chords", "tangents", "weighted_tangents"]

Terms = Sequence[tuple[str, str]]
"""Coefficients, which do not depend on the class, and the terms they belong to."""
CHOICES = 4
"""Sets of sums in which a tangent plane is tried."""


class Line(NamedTuple):
    """What a term may lie above or below: coefficients and terms whose sums are known."""

    right: list[list[str]]


def tangents(b: Building, terms: Terms, but: str | None = None) -> Iterator[Line]:
    """Tangent planes of a combination of terms where all classes (but one) are alike."""
    whole = _combined(b, terms)
    entries = _entries(b, whole)
    if not entries:
        return
    count = b.world.classes if but is None else f"({b.world.classes} - 1)"
    ways = [list(_measures(b, entry, but)) for entry in entries]
    for measures in itertools.islice(itertools.product(*ways), CHOICES):
        points = []
        for measure in measures:
            total = b.ledger.total(measure, but) if but else b.sum_of(measure)
            points.append(b.let(f"({total})/{count}") if total else None)
        if None in points:
            continue
        plane = _plane(b, whole, entries, measures, points)
        if plane is not None:
            yield Line([[c, body] for c, body in plane if c != "0"])


def weighted_tangents(b: Building, terms: Terms) -> Iterator[Line]:
    """Tangents of what a family's probabilities or weights are multiplied with, at the weighted mean."""
    whole = _combined(b, terms)
    entries = _entries(b, whole)
    for weight in entries:
        inner = sympy.expand(sympy.simplify(whole / weight))
        if inner.has(weight):
            continue
        others = _entries(b, inner)
        total = b.sum_of(weight.name)
        if len(others) != 1 or total is None:
            continue
        for measure in _weighted_measures(b, weight, others[0]):
            mean = b.sum_of(b.known(weight * measure))
            point = b.let(mean if total == "1" else f"({mean})/({total})") if mean else None
            if point is None:
                continue
            plane = _plane(b, inner, others, [write(measure)], [point])
            if plane is not None:
                yield Line([[c, b.known(weight * b.expr(g))] for c, g in plane if c != "0"])


def chords(b: Building, terms: Terms) -> Iterator[Line]:
    """What joins a term of probabilities where one of them is 1 and the others 0, through 0."""
    whole = _combined(b, terms)
    entries = _entries(b, whole)
    if not entries or any(b.entries()[own.name] not in b.world.simplices for own in entries):
        return
    corners = [
        dict.fromkeys(entries, 0),
        *({**dict.fromkeys(entries, 0), own: 1} for own in entries),
    ]
    start, *ends = (limited(1.0, lambda at=at: whole.subs(at)) for at in corners)
    finite = [end for end in ends if end is not None and end.is_finite]
    if start == 0 and len(finite) == len(ends):
        joined = [[write(end), own.name] for end, own in zip(finite, entries, strict=True)]
        yield Line([part for part in joined if part[0] != "0"])


def _combined(b: Building, terms: Terms) -> Any:
    return sum((b.expr(f"({c})*({body})") for c, body in terms), sympy.Integer(0))


def _entries(b: Building, whole: Any) -> list[Any]:
    """The variables of an expression that depend on the class."""
    names = b.entries()
    return sorted((s for s in whole.free_symbols if s.name in names), key=lambda s: s.name)


def _measures(b: Building, entry: Any, but: str | None) -> Iterator[str]:
    """Functions of one entry whose sums are known, the entry itself last (or alone, for a probability)."""
    if b.entries()[entry.name] not in b.world.simplices:
        for body in b.sums(but).values():
            if names_in(body) & set(b.entries()) == {entry.name} and body != entry.name:
                yield body
    known = b.entries()[entry.name] in b.world.simplices or entry.name in b.sums(but).values()
    if known or but is None:
        yield entry.name


def _weighted_measures(b: Building, weight: Any, entry: Any) -> Iterator[Any]:
    yield entry
    for body in b.sums().values():
        measure = sympy.simplify(b.expr(body) / weight)
        if not measure.has(weight) and _entries(b, measure) == [entry] and measure != entry:
            yield measure


def _plane(
    b: Building, whole: Any, entries: Sequence[Any], measures: Sequence[str], points: Sequence[Any]
) -> list[tuple[str, str]] | None:
    """Coefficients of the tangent plane in the measures; None where one has no inverse."""
    at = [b.symbols(point)[point] for point in points]  # one number may stand for two means
    free = [sympy.Dummy(**own.assumptions0) for own in at]
    inner = whole
    for entry, measure, value in zip(entries, measures, free, strict=True):
        inverse = _inverse(b.expr(measure), entry, value)
        if inverse is None:
            return None
        inner = inner.subs(entry, inverse)
    there: Any = dict(zip(free, at, strict=True))
    slopes = [sympy.simplify(sympy.diff(inner, value).subs(there)) for value in free]
    height = inner.subs(there) - sum(s * point for s, point in zip(slopes, at, strict=True))
    if any(part.has(sympy.Derivative, sympy.DiracDelta, sympy.nan, sympy.zoo, sympy.I)
           for part in (height, *slopes)):  # fmt: skip
        return None
    return [(simplified(height), "1"), *zip(map(write, slopes), measures, strict=True)]


def _inverse(measure: Any, entry: Any, value: Any) -> Any:
    """The entry at which a measure has a value."""
    if measure == entry:
        return value
    found = limited(2.0, lambda: sympy.solve(measure - value, entry))
    return found[0] if found and len(found) == 1 else None
