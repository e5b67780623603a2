"""The clipped VS loss held against its Lipschitz constant on a grid, in rigorous ball arithmetic."""

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
from flint import arb, fmpq

from ...proof.computation import Finding, check

_LEVELS = (Fraction(1, 10), Fraction(1, 2), Fraction(9, 10))
_SCALES = ((1, 1, 1), (1, 2, Fraction(1, 2)), (Fraction(1, 2), 1, 3))
_OFFSETS = (0, Fraction(1, 2), -1)
_WEIGHT = 2
_STEP = Fraction(3, 2)
Case = tuple[tuple[Fraction, ...], Fraction, tuple[Fraction, ...], tuple[Fraction, ...]]


def _cases(size: int) -> Iterator[Case]:
    """(scales, level, logits u, logits v): every pair of grid points, for every constant."""
    ends = [_STEP * (i - Fraction(size - 1, 2)) for i in range(size)]
    points = list(itertools.product(ends, repeat=3))
    pairs = [(u, v) for u, v in itertools.combinations(points, 2) if u[0] != v[0] or u[1] != v[1]]
    for scale in _SCALES:
        for level in _LEVELS:
            for u, v in pairs:
                yield tuple(map(Fraction, scale)), level, u, v


def _constant(scale: tuple[Fraction, ...], level: Fraction, form: str) -> Fraction:
    """The square of alpha (1 - p) sqrt(beta_1^2 + max beta_j^2), or of a wrong version of it."""
    other = min(scale[1:]) if form == "min" else max(scale[1:])
    share = level if form == "softmax" else 1 - level
    return (_WEIGHT * share) ** 2 * (scale[0] ** 2 + other**2)


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


def _distance(u: tuple[Fraction, ...], v: tuple[Fraction, ...]) -> Fraction:
    return sum(((a - b) ** 2 for a, b in zip(u, v, strict=True)), Fraction(0))


def _losses(size: int, form: str) -> dict[tuple[object, ...], arb]:
    """The loss of class 1 at every grid point, for every constant."""
    ends = [_STEP * (i - Fraction(size - 1, 2)) for i in range(size)]
    table: dict[tuple[object, ...], arb] = {}
    for written in _SCALES:
        scale = tuple(map(Fraction, written))
        for u in itertools.product(ends, repeat=3):
            scores = [b * z + d for b, z, d in zip(scale, u, _OFFSETS, strict=True)]
            loss = _WEIGHT * (1 + sum(_ball(s - scores[0]).exp() for s in scores[1:])).log()
            for level in _LEVELS:
                cap = _WEIGHT * _ball(1 / level).log()
                table[scale, level, u] = loss if form == "unclipped" else loss.min(cap)
    return table


def _again(finding: Finding, *, size: int, factor: str, form: str) -> str:
    """The tightest pair found, or the violation, at 40 digits with mpmath."""
    scale, level, u, v = finding.evidence["pair"]
    with mpmath.workdps(40):
        losses = []
        for z in (u, v):
            scores = [
                mpmath.mpf(Fraction(b).numerator) / Fraction(b).denominator * _mp(x) + _mp(d)
                for b, x, d in zip(scale, z, _OFFSETS, strict=True)
            ]
            loss = -_WEIGHT * (scores[0] - mpmath.log(sum(map(mpmath.exp, scores))))
            losses.append(
                loss if form == "unclipped" else min(loss, -_WEIGHT * mpmath.log(_mp(level)))
            )
        squared = _mp(_constant(tuple(map(Fraction, scale)), Fraction(level), form))
        gap = mpmath.sqrt(sum((_mp(a) - _mp(b)) ** 2 for a, b in zip(u, v, strict=True)))
        kept = abs(losses[0] - losses[1]) <= mpmath.sqrt(squared) * _mp(factor) * gap
    return "" if bool(kept) == finding.holds else "the tightest pair decides otherwise at 40 digits"


def _mp(x: Any) -> Any:
    value = Fraction(x)
    return mpmath.mpf(value.numerator) / value.denominator


@check(
    "enumerate",
    """|L(u) - L(v)| <= {factor} alpha (1 - p) sqrt(beta_1^2 + max beta_j^2) |u - v| for the clipped loss
    (variant: {form}) at every pair of distinct points of a grid of {size}^3 logits, for three triples of
    scales and three levels; pairs that differ in the last logit alone are left out""",
    again=_again,
    latex=r"|L_p(u) - L_p(v)| \le \alpha (1 - p) \sqrt{\beta_1^2 + \max_{j \ne 1} \beta_j^2}\, \|u - v\|"
    r"\quad \text{(all pairs of a grid)}",
)
def clipped_is_lipschitz(*, size: int, factor: str, form: str) -> Finding:
    """Compare squares; ``form`` and ``factor`` make wrong versions for mutants."""
    table = _losses(size, form)
    worst: tuple[arb, Case] | None = None
    count = 0
    for scale, level, u, v in _cases(size):
        gap = table[scale, level, u] - table[scale, level, v]
        limit = _constant(scale, level, form) * Fraction(factor) ** 2 * _distance(u, v)
        ratio = gap * gap / _ball(limit)
        count += 1
        if worst is None or ratio.mid() > worst[0].mid():
            worst = ratio, (scale, level, u, v)
        if ratio > 1:
            break
        if not ratio <= 1:
            raise ArithmeticError(f"undecided at u = {u}, v = {v}: {ratio}")
    assert worst is not None
    ratio, (scale, level, u, v) = worst
    pair = [list(map(str, scale)), str(level), list(map(str, u)), list(map(str, v))]
    text = f"largest ratio {float(ratio.mid()) ** 0.5:.4f} at u = {pair[2]}, v = {pair[3]}"
    return Finding(bool(ratio <= 1), {"pair": pair}, f"{count} pairs, {text}", text)
