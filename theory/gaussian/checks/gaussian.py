"""Rigorous numbers of two Gaussian classes: Arb intervals, certified integrals, all rankings."""

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations
from math import comb
from typing import Any

import mpmath
from flint import acb, arb, ctx, fmpq

from ...proof.computation import Finding, check

Z = Any
"""A real or complex Arb ball."""

_DIGITS = 30
_BITS = 128


def _arb(text: str | int | float) -> arb:
    """The exact decimal as a ball."""
    number = Fraction(str(text))
    return arb(fmpq(number.numerator, number.denominator))


def _Phi(z: Z) -> Z:
    return (-z / arb(2).sqrt()).erfc() / 2


def _phi(z: Z) -> Z:
    return (-z * z / 2).exp() / (2 * arb.pi()).sqrt()


def _rounds_to(value: arb, text: str) -> bool:
    """Whether the ball lies where numbers round to this decimal."""
    half = _arb("0.5") * _arb(Fraction(1, 10 ** len(text.split(".")[1])).__str__())
    return bool(abs(value - _arb(text)) < half)


def _integral(integrand: Callable[[Z], Z], low: Any, high: Any) -> arb:
    return acb.integral(lambda z, analytic: integrand(z), low, high).real


# ---------------------------------------------------------------------------------- precision


def _precision(Delta: int, eta: int, matched: bool) -> arb:
    half, shift = arb(Delta) / 2, arb(eta).log() / Delta
    ratio = _Phi(-half - shift) / _Phi(half - shift)
    return 1 / (1 + (eta * ratio if matched else ratio))


def _precision_again(
    finding: Finding, *, Delta: int, imbalances: list[int], values: list[str], matched: bool
) -> str:
    context = mpmath.MPContext()
    context.dps = _DIGITS
    for eta, text in zip(imbalances, values, strict=True):
        half, shift = context.mpf(Delta) / 2, context.log(eta) / Delta
        false, true = context.ncdf(-half - shift), context.ncdf(half - shift)
        value = true / (true + (eta if matched else 1) * false)
        if (abs(value - context.mpf(text)) < context.mpf(10) ** -4 / 2) != finding.holds:
            return f"precision at eta = {eta} is {context.nstr(value, 8)}"
    return ""


@check(
    "enumerate",
    "At Delta = {Delta} and eta = {imbalances}, precision rounds to {values} (training prior: {matched})",
    again=_precision_again,
)
def precision_values(
    *, Delta: int, imbalances: list[int], values: list[str], matched: bool
) -> Finding:
    """Interval evaluation at the listed points."""
    precisions = [_precision(Delta, eta, matched) for eta in imbalances]
    wrong = [
        f"eta = {eta}: {value.str(8)}, not {text}"
        for eta, value, text in zip(imbalances, precisions, values, strict=True)
        if not _rounds_to(value, text)
    ]
    shown = ", ".join(value.str(6, radius=False) for value in precisions)
    return Finding(not wrong, {"count": len(precisions)}, shown, "; ".join(wrong))


# ---------------------------------------------------------------------------------- F1


def _f1_again(
    finding: Finding, *, Delta: int, eta: int, bayes: str, best: str, posterior: str
) -> str:
    context = mpmath.MPContext()
    context.dps = _DIGITS

    def f1(t: Any) -> Any:
        true, false = (context.ncdf(s * context.mpf(Delta) / 2 - t) for s in (1, -1))
        return 2 * true / (1 + true + eta * false)

    shift = context.log(eta) / Delta
    top = context.findroot(lambda t: context.diff(f1, t), shift / 2)
    cut = 1 / (1 + eta * context.exp(-Delta * top))
    agrees = (
        abs(f1(shift) - context.mpf(bayes)) < 5e-5
        and abs(f1(top) - context.mpf(best)) < 5e-5
        and abs(cut - context.mpf(posterior)) < 5e-6
        and abs(cut - f1(top) / 2) < 1e-20
    )
    return "" if agrees == finding.holds else f"F1 is {f1(shift)}, at best {f1(top)} at {cut}"


@check(
    "enumerate",
    "At Delta = {Delta}, eta = {eta}, F1 is {bayes} at the Bayes threshold and {best} at best, where the "
    "posterior is {posterior}, to the digits shown",
    again=_f1_again,
)
def f1_values(*, Delta: int, eta: int, bayes: str, best: str, posterior: str) -> Finding:
    """The root of exp(-Delta t) TPR - FPR = 1/eta between two balls of opposite sign."""
    ctx.prec = _BITS
    half = arb(Delta) / 2

    def f1(t: arb) -> arb:
        return 2 * _Phi(half - t) / (1 + _Phi(half - t) + eta * _Phi(-half - t))

    def balance(t: arb) -> arb:
        return (-Delta * t).exp() * _Phi(half - t) - _Phi(-half - t) - 1 / arb(eta)

    low, high = arb(0), arb(eta).log() / Delta
    for _ in range(60):
        middle = ((low + high) / 2).mid()
        low, high = (middle, high) if balance(middle) > 0 else (low, middle)
    root = low.union(high)
    cut = 1 / (1 + eta * (-Delta * root).exp())
    computed = f1(arb(eta).log() / Delta), f1(root), cut
    bracketed = bool(balance(low) > 0) and bool(balance(high) < 0)
    holds = bracketed and all(
        _rounds_to(*pair) for pair in zip(computed, (bayes, best, posterior), strict=True)
    )
    shown = ", ".join(value.str(8, radius=False) for value in computed)
    return Finding(holds, {}, shown, "" if holds else shown)


# ---------------------------------------------------------------------------------- areas


def _roc_again(finding: Finding, *, separations: list[str], digits: int) -> str:
    context = mpmath.MPContext()
    context.dps = _DIGITS
    for text in separations:
        D = context.mpf(text)
        area = context.quad(
            lambda u, D=D: context.npdf(u) * context.ncdf(u + D), [-12, -4, 0, 4, 12]
        )
        if (
            abs(area - context.ncdf(D / context.sqrt(2))) < context.mpf(10) ** -digits
        ) != finding.holds:
            return f"the area at Delta = {text} is {area}"
    return ""


@check(
    "quadrature",
    "The integral of phi(u) Phi(u + D) is Phi(D/sqrt 2) to {digits} digits at D = {separations}",
    again=_roc_again,
    latex=r"\int \varphi(u) \Phi(u + \Delta) \, du = \Phi(\Delta/\sqrt 2)",
)
def roc_integrals(*, separations: list[str], digits: int) -> Finding:
    """Certified integrals on [-12, 12]; what is left out is at most 2 Phi(-12)."""
    ctx.prec = _BITS
    worst = arb(0)
    for text in separations:
        D = _arb(text)
        area = _integral(lambda u, D=D: _phi(u) * _Phi(u + D), -12, 12)
        worst = worst.max(abs(area - _Phi(D / arb(2).sqrt())) + 2 * _Phi(arb(-12)))
    holds = bool(worst < arb(10) ** -digits)
    return Finding(holds, {"separations": len(separations)}, f"error at most {worst.str(3)}")


def _average_precision_again(
    finding: Finding, *, Delta: int, imbalances: list[int], values: list[str]
) -> str:
    """Over recall R instead of scores: the precision at that recall, averaged."""
    context = mpmath.MPContext()
    context.dps = 15
    for eta, text in zip(imbalances, values, strict=True):

        def at(t: Any, eta: int = eta) -> Any:
            true, false = context.ncdf(Delta - t), context.ncdf(-t)
            return context.npdf(t - Delta) * true / (true + eta * false)

        area = context.quad(at, [-8, -4, 0, 4, 8, 12])
        if (abs(area - context.mpf(text)) < 5e-5) != finding.holds:
            return f"the area at eta = {eta} is {area}"
    return ""


@check(
    "quadrature",
    "At Delta = {Delta} and eta = {imbalances}, the area under the precision-recall curve is {values}",
    again=_average_precision_again,
)
def average_precision_values(*, Delta: int, imbalances: list[int], values: list[str]) -> Finding:
    """Certified integrals on [-8, 8 + Delta]; what is left out is at most 2 Phi(-8)."""
    ctx.prec = 64
    rest = arb(0).union(2 * _Phi(arb(-8)))
    areas = [
        _integral(
            lambda u, eta=eta: _phi(u) / (1 + eta * _Phi(-u - Delta) / _Phi(-u)), -8, 8 + Delta
        )
        + rest
        for eta in imbalances
    ]
    wrong = [
        f"eta = {eta}: {area.str(6)}, not {text}"
        for eta, area, text in zip(imbalances, areas, values, strict=True)
        if not _rounds_to(area, text)
    ]
    shown = ", ".join(area.str(6, radius=False) for area in areas)
    return Finding(not wrong, {"count": len(areas)}, shown, "; ".join(wrong))


def _worst(positives: int, negatives: int) -> Fraction:
    return (
        sum((Fraction(i, negatives + i) for i in range(1, positives + 1)), Fraction(0)) / positives
    )


def _worst_again(finding: Finding, *, most: int) -> str:
    """Least sum of precisions by dynamic programming over what is already ranked."""
    for m in range(1, most + 1):
        for N in range(1, most + 1):
            least = {(0, 0): Fraction(0)}
            for i in range(m + 1):
                for j in range(N + 1):
                    ways = [least[i, j - 1]] if j else []
                    if i:
                        ways.append(least[i - 1, j] + Fraction(i, i + j))
                    least[i, j] = min(ways, default=Fraction(0))
            if (least[m, N] / m == _worst(m, N)) != finding.holds:
                return f"{m} positives, {N} negatives: the least is {least[m, N] / m}"
    return ""


@check(
    "enumerate",
    "Of all rankings of 1 to {most} positives and 1 to {most} negatives, the one with all negatives first "
    "has the least average precision, the mean of i/(N + i)",
    again=_worst_again,
)
def worst_rankings(*, most: int) -> Finding:
    """Every set of places that the positives can take, in integers."""
    count = 0
    for m in range(1, most + 1):
        for N in range(1, most + 1):
            places = combinations(range(1, m + N + 1), m)
            least = min(
                sum(Fraction(i, p) for i, p in enumerate(taken, start=1)) for taken in places
            )
            count += comb(m + N, m)
            if least != m * _worst(m, N):
                return Finding(
                    False, {}, counterexample=f"{m} positives, {N} negatives: {least / m}"
                )
    return Finding(True, {"rankings": count}, f"{count} rankings")


# ---------------------------------------------------------------------------------- simplex


def _simplex_again(finding: Finding, *, separations: list[str], eta: int, digits: int) -> str:
    context = mpmath.MPContext()
    context.dps = _DIGITS
    root = context.sqrt(2)
    for text in separations:
        D = context.mpf(text)
        for L in (context.log(eta), -context.log(eta)):
            shift = D / root + root * L / D
            chance = context.quad(
                lambda u, s=shift: context.npdf(u) * context.ncdf(u + s), [-12, -4, 0, 4, 12]
            )
            close = abs(chance - context.ncdf(D / 2 + L / D)) < context.mpf(10) ** -digits
            if close != finding.holds:
                return f"at Delta = {text} the integral is {chance}"
    return ""


@check(
    "quadrature",
    "For two classes at eta = {eta} and Delta = {separations}, the simplex integral is Phi(Delta/2 +- "
    "log(eta)/Delta) to {digits} digits",
    again=_simplex_again,
)
def simplex_integrals(*, separations: list[str], eta: int, digits: int) -> Finding:
    """Certified integrals on [-12, 12]; what is left out is at most 2 Phi(-12)."""
    ctx.prec = _BITS
    worst = arb(0)
    for text in separations:
        D, root = _arb(text), arb(2).sqrt()
        for L in (arb(eta).log(), -arb(eta).log()):
            shift = D / root + root * L / D
            chance = _integral(lambda u, s=shift: _phi(u) * _Phi(u + s), -12, 12)
            worst = worst.max(abs(chance - _Phi(D / 2 + L / D)) + 2 * _Phi(arb(-12)))
    holds = bool(worst < arb(10) ** -digits)
    return Finding(holds, {"separations": len(separations)}, f"error at most {worst.str(3)}")
