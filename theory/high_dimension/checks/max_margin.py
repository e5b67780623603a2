"""The max-margin limit: certified roots and thresholds, and classifiers solved on samples."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from flint import arb, ctx, fmpq
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize, nnls
from scipy.special import ndtr

from ...proof.computation import Finding, check
from ..max_margin import max_margin
from ..rectified_gaussian import rectified_mean, rectified_square

Array = NDArray[np.float64]
BITS = 192


def _arb(text: str | Fraction) -> arb:
    number = Fraction(text)
    return arb(fmpq(number.numerator, number.denominator))


def _rounds_to(value: arb, text: str) -> bool:
    half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
    return bool(abs(value - _arb(text)) < _arb(half))


def normal(t: arb) -> arb:
    """The normal distribution function in balls."""
    return (-t / arb(2).sqrt()).erfc() / 2


def density(t: arb) -> arb:
    """Its density."""
    return (-t * t / 2).exp() / (2 * arb.pi()).sqrt()


def _mean(t: arb) -> arb:
    return t * normal(t) + density(t)


def _square(t: arb) -> arb:
    return (t * t + 1) * normal(t) + t * density(t)


def _inverse(value: arb) -> arb:
    """A ball that holds the t with mean ``value``: the mean increases."""
    near = float(value.mid())
    root: Any = brentq(lambda t: np.log(rectified_mean(t) / near), -30.0, near + 1.0, xtol=1e-14)
    slack = arb("1e-9")
    low, high = arb(float(root)) - slack, arb(float(root)) + slack
    if not (_mean(low) < value and _mean(high) > value):
        raise ArithmeticError("the root is not enclosed")
    return low.union(high)


class _Root(NamedTuple):
    rho: arb
    intercept: arb
    margin: arb


def solved(Delta: str, eta: str, kappa: str) -> _Root:
    """Enclosures of rho, b and K: signs of the increasing equation at both ends of a short interval."""
    ctx.prec = BITS
    m, p, k = _arb(Delta) / 2, 1 / (1 + _arb(eta)), _arb(kappa)

    def pushes(rho: arb) -> tuple[arb, arb]:
        return _inverse(rho / (2 * p * m * k)), _inverse(rho / (2 * (1 - p) * m * k))

    def excess(rho: arb) -> arb:
        minority, majority = pushes(rho)
        return k * (p * _square(minority) + (1 - p) * _square(majority)) - 1 + rho * rho

    near = max_margin(*(float(Fraction(text)) for text in (eta, kappa, Delta))).alignment
    low, high = arb(near) - arb("1e-7"), arb(near) + arb("1e-7")
    if not (excess(low) < 0 and excess(high) > 0):
        raise ArithmeticError("rho is not enclosed")
    (minority_low, majority_low), (minority_high, majority_high) = pushes(low), pushes(high)
    minority, majority = minority_low.union(minority_high), majority_low.union(majority_high)
    rho = low.union(high)
    return _Root(rho, (majority - minority) / 2, (minority + majority) / 2 + rho * m)


def _constraint(Delta: str, eta: str, kappa: str) -> tuple[float, float, float]:
    """The margin's optimisation itself: the greatest K whose least energy fits under 1 - rho^2."""
    m, p, k = float(Fraction(Delta)) / 2, 1 / (1 + float(Fraction(eta))), float(Fraction(kappa))

    def least(K: float) -> Any:
        def energy(v: Array) -> float:
            minority, majority = (
                rectified_square(K - v[0] * m - v[1]),
                rectified_square(K - v[0] * m + v[1]),
            )
            return float(k * (p * minority + (1 - p) * majority) + v[0] ** 2 - 1)

        options = {"xatol": 1e-9, "fatol": 1e-15}
        return minimize(energy, [0.5, -0.5], method="Nelder-Mead", options=options)

    K: Any = brentq(lambda K: least(K).fun, 0.01, 10.0, xtol=1e-10)
    rho, b = least(K).x
    return float(rho), float(b), float(K)


def _solutions_again(finding: Finding, *, rows: list[list[str]]) -> str:
    agree = True
    for *triplet, rho, b, K in rows:
        optimum = _constraint(*triplet)
        for value, text in zip(optimum, (rho, b, K), strict=True):
            agree &= abs(value - float(text)) <= 0.5 * 10.0 ** -len(text.partition(".")[2]) + 1e-6
    return "" if agree == finding.holds else "the margin's optimum is another"


@check(
    "enumerate",
    "The max-margin system at (Delta, eta, kappa) has the root (rho, b, K), to the digits shown: {rows}",
    again=_solutions_again,
)
def solutions(*, rows: list[list[str]]) -> Finding:
    """Certified enclosures of the one root."""
    wrong = []
    for *triplet, rho, b, K in rows:
        root = solved(*triplet)
        if not all(_rounds_to(*pair) for pair in zip(root, (rho, b, K), strict=True)):
            wrong.append(f"{triplet}: " + ", ".join(value.str(6) for value in root))
    return Finding(not wrong, {"rows": len(rows)}, f"{len(rows)} roots", "; ".join(wrong))


def _ratio_again(finding: Finding, *, Delta: str, eta: str, kappa: str) -> str:
    _, b, K = _constraint(Delta, eta, kappa)
    return "" if (K + b < 0) == finding.holds else f"K + b = {K + b}"


@check(
    "enumerate",
    "At Delta = {Delta}, eta = {eta}, kappa = {kappa}, K + b < 0: no margin ratio balances the errors",
    again=_ratio_again,
)
def no_balancing_ratio(*, Delta: str, eta: str, kappa: str) -> Finding:
    """The sign of a certified enclosure."""
    root = solved(Delta, eta, kappa)
    total = root.margin + root.intercept
    if not (total < 0 or total > 0):
        raise ArithmeticError("the sign of K + b is not decided")
    holds = bool(total < 0)
    ratio = ((root.margin - root.intercept) / total).str(5, radius=False)
    detail = f"K + b = {total.str(5, radius=False)}; (K - b)/(K + b) = {ratio}"
    return Finding(holds, {}, detail, "" if holds else detail)


# ---------------------------------------------------------------------------------- separability


def _minimiser(m: float, p: float, kappa: float) -> tuple[float, float]:
    def slopes(v: Array) -> tuple[float, Array]:
        t = np.array([-v[0] * m - v[1], -v[0] * m + v[1]])
        share = np.array([p, 1 - p])
        push = share * rectified_mean(t)
        value = kappa * np.sum(share * rectified_square(t)) + v[0] ** 2
        slope_r = -2 * kappa * m * push.sum() + 2 * v[0]
        return float(value), np.array([slope_r, 2 * kappa * (push[1] - push[0])])

    options = {"gtol": 1e-13}
    optimum = minimize(slopes, [0.3, -0.3], jac=True, method="BFGS", options=options)
    return float(optimum.x[0]), float(optimum.x[1])


def _above_one(Delta: str, eta: str, kappa: arb) -> bool:
    """Whether kappa E + rho^2 > 1 for all |rho| <= 1 and all b."""
    m, p = _arb(Delta) / 2, 1 / (1 + _arb(eta))
    near = _minimiser(*(float(x.mid()) for x in (m, p, kappa)))
    rho, b = (arb(value) for value in near)
    minority, majority = -rho * m - b, -rho * m + b
    value = kappa * (p * _square(minority) + (1 - p) * _square(majority)) + rho * rho
    slope_r = 2 * rho - 2 * kappa * m * (p * _mean(minority) + (1 - p) * _mean(majority))
    slope_b = 2 * kappa * ((1 - p) * _mean(majority) - p * _mean(minority))
    reach = m + 10
    tangent = value - 2 * abs(slope_r) - (reach + abs(b)) * abs(slope_b)
    far = kappa * min(p, 1 - p, key=lambda x: float(x.mid())) * _square(reach - m)
    return bool(tangent > 1) and bool(far > 1)


def _attained(Delta: str, eta: str, kappa: arb) -> bool:
    """Whether some rho, b has kappa E + rho^2 < 1."""
    m, p = _arb(Delta) / 2, 1 / (1 + _arb(eta))
    rho, b = (arb(value) for value in _minimiser(*(float(x.mid()) for x in (m, p, kappa))))
    energy = p * _square(-rho * m - b) + (1 - p) * _square(-rho * m + b)
    return bool(kappa * energy + rho * rho < 1)


def _thresholds_again(finding: Finding, *, rows: list[list[str]]) -> str:
    """The ratio (1 - rho^2)/E on a grid that is refined around its greatest value."""
    agree = True
    for Delta, eta, text in rows:
        m, p = float(Fraction(Delta)) / 2, 1 / (1 + float(Fraction(eta)))
        centre, half, best = np.array([0.5, 0.0]), np.array([0.5, 4.0 + m]), 0.0
        for _ in range(25):
            r, b = np.meshgrid(
                *(np.linspace(c - h, c + h, 21) for c, h in zip(centre, half, strict=True))
            )
            energy = p * rectified_square(-r * m - b) + (1 - p) * rectified_square(-r * m + b)
            ratio = (1 - r**2) / energy
            best, at = ratio.max(), np.unravel_index(ratio.argmax(), ratio.shape)
            centre, half = np.array([r[at], b[at]]), 0.5 * half
        agree &= abs(best - float(text)) <= 0.5 * 10.0 ** -len(text.partition(".")[2]) + 1e-9
    return "" if agree == finding.holds else "the greatest ratio is another"


@check(
    "convex",
    "Two Gaussian classes separate up to these kappa (Delta, eta, kappa), to the digits shown: {rows}",
    again=_thresholds_again,
)
def thresholds(*, rows: list[list[str]]) -> Finding:
    """Below: a certified point. Above: the tangent plane of a convex function, and its growth in b."""
    ctx.prec = BITS
    wrong = []
    for Delta, eta, text in rows:
        half = Fraction(1, 2 * 10 ** len(text.partition(".")[2]))
        low, high = (_arb(Fraction(text) + sign * half) for sign in (-1, 1))
        if not (_attained(Delta, eta, low) and _above_one(Delta, eta, high)):
            wrong.append(f"Delta = {Delta}, eta = {eta}: not {text}")
    return Finding(not wrong, {"rows": len(rows)}, f"{len(rows)} thresholds", "; ".join(wrong))


# ---------------------------------------------------------------------------------- samples


class Classifier(NamedTuple):
    """What is measured of a max-margin classifier of unit norm."""

    rho: float
    intercept: float
    margin: float
    minority_support: float
    majority_support: float


Solver = Callable[[int, int, int, float, np.random.Generator], Classifier]


def train_max_margin(
    d: int, minority: int, majority: int, Delta: float, rng: np.random.Generator
) -> Classifier:
    """The hard-margin problem as a least-distance problem, solved by non-negative least squares."""
    labels = np.repeat([1.0, -1.0], [minority, majority])
    x = rng.standard_normal((labels.size, d))
    x[:, 0] += 0.5 * Delta * labels
    scale = 1e3  # a long constant feature, so that the intercept costs nothing
    rows = labels[:, None] * np.column_stack([x, np.full(labels.size, scale)])
    dual, _ = nnls(np.vstack([rows.T, np.ones(labels.size)]), np.append(np.zeros(d + 1), 1.0))
    w = rows.T @ dual
    norm = float(np.linalg.norm(w[:-1]))
    scores = rows @ w / norm
    active = dual > 0
    if np.ptp(scores[active]) > 1e-6 * scores[active].mean() or scores.min() < scores[
        active
    ].min() * (1 - 1e-6):
        raise ArithmeticError("the sampled problem was not solved")
    return Classifier(
        float(w[0]) / norm,
        scale * float(w[-1]) / norm,
        float(scores.min()),
        float(active[labels > 0].mean()),
        float(active[labels < 0].mean()),
    )


def _sampled_again(
    d: int, minority: int, majority: int, Delta: float, rng: np.random.Generator
) -> Classifier:
    """The quadratic program itself, intercept and all, by an interior-point method."""
    import clarabel
    from scipy import sparse

    labels = np.append(np.ones(minority), -np.ones(majority))
    x = rng.standard_normal((labels.size, d)) + 0.5 * Delta * np.outer(labels, np.eye(d)[-1])
    rows = labels[:, None] * np.column_stack([x, np.ones(labels.size)])
    settings = clarabel.DefaultSettings()
    settings.verbose = False
    solved = clarabel.DefaultSolver(
        sparse.csc_matrix(np.diag(np.append(np.ones(d), 0.0))),
        np.zeros(d + 1),
        sparse.csc_matrix(-rows),
        -np.ones(labels.size),
        [clarabel.NonnegativeConeT(labels.size)],
        settings,
    ).solve()
    w, active = np.array(solved.x), np.array(solved.z) > 1e-6 * max(solved.z)
    norm = float(np.linalg.norm(w[:-1]))
    return Classifier(
        float(w[-2]) / norm,
        float(w[-1]) / norm,
        1 / norm,
        float(active[labels > 0].mean()),
        float(active[labels < 0].mean()),
    )


def _measured(
    solver: Solver, d: int, minority: int, majority: int, Delta: float, draws: int, seed: int
) -> tuple[Array, Array, Array]:
    rng = np.random.default_rng(seed)
    values = np.array([solver(d, minority, majority, Delta, rng) for _ in range(draws)])
    limit = max_margin(majority / minority, (minority + majority) / d, Delta)
    centre = 0.5 * Delta * limit.alignment
    support = ndtr(limit.margin - centre + limit.intercept * np.array([-1.0, 1.0]))
    expected = np.array([limit.alignment, limit.intercept, limit.margin, *support])
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(draws), expected


def _agree(
    which: slice, world: dict[str, Any], solver: Solver = train_max_margin
) -> tuple[bool, str]:
    mean, error, expected = (part[which] for part in _measured(solver, **world))
    shown = ", ".join(
        f"{a:.4f} +- {e:.4f} against {t:.4f}" for a, e, t in zip(mean, error, expected, strict=True)
    )
    return bool(np.all(np.abs(mean - expected) <= 5 * error + 6.0 / world["d"])), shown


def _again(which: slice, finding: Finding, world: dict[str, Any]) -> str:
    """Other random numbers, fewer of them, and another solver."""
    redrawn = {"seed": world["seed"] + 10**6, "draws": max(8, world["draws"] // 3)}
    holds, shown = _agree(which, world | redrawn, _sampled_again)
    return "" if holds == finding.holds else shown


@check(
    "montecarlo",
    "Max-margin classifiers of {minority} + {majority} examples in {d} dimensions, Delta = {Delta}: cosine, "
    "intercept and margin of {draws} samples (seed {seed}) are on average within 5 standard errors + 6/d of "
    "the limit",
    again=lambda finding, **world: _again(slice(0, 3), finding, world),
)
def sampled_classifiers(
    *, d: int, minority: int, majority: int, Delta: float, draws: int, seed: int
) -> Finding:
    """Every sample solved until its optimality conditions hold to 1e-6."""
    world = {"d": d, "minority": minority, "majority": majority, "Delta": Delta}
    holds, shown = _agree(slice(0, 3), world | {"draws": draws, "seed": seed})
    return Finding(holds, {"draws": draws}, f"rho, b, K: {shown}", "" if holds else shown)


@check(
    "montecarlo",
    "Max-margin classifiers of {minority} + {majority} examples in {d} dimensions, Delta = {Delta}: the "
    "shares of support vectors of minority and majority in {draws} samples (seed {seed}) are on average "
    "within 5 standard errors + 6/d of Phi(K - rho m - b) and Phi(K - rho m + b)",
    again=lambda finding, **world: _again(slice(3, 5), finding, world),
)
def sampled_support(
    *, d: int, minority: int, majority: int, Delta: float, draws: int, seed: int
) -> Finding:
    """Examples with a positive dual variable."""
    world = {"d": d, "minority": minority, "majority": majority, "Delta": Delta}
    holds, shown = _agree(slice(3, 5), world | {"draws": draws, "seed": seed})
    return Finding(holds, {"draws": draws}, f"minority, majority: {shown}", "" if holds else shown)
