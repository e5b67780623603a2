"""Density-ratio re-weighting by first-order moment matching, with a ridge that shrinks to 1.

Claimed by Luo, Hong, Yao, Han, Zhang, Wang, "Revive Re-weighting in Imbalanced Learning by Density
Ratio Estimation" (NeurIPS 2024), eqs. (7) and (12); the centred ridge is derived in this project.
Checked by: exact rational identities, and property tests against a direct least-squares solve.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_computed,
    state_derivative,
    state_limit,
    steps,
)
from ..foundation.validation import InputError, as_number, as_real, broadcasting

__all__ = ["class_density_ratio", "expected_mean_ratio", "ulsif_leave_one_out"]


def class_density_ratio(
    features: ArrayLike, prototype: ArrayLike, ridge: float = 1e-2
) -> NDArray[np.float64]:
    """``r = 1 + b (G + b lam I)^(-1) Phi' (F - mean)`` for the b samples of one class.

    ``Phi``' = ``features`` has shape (b, Z), ``F`` = ``prototype`` shape (Z,), ``G = Phi' Phi`` and
    ``lam = ridge * trace(G) / b^2``, a ridge relative to the mean squared feature norm.
    ``ridge -> 0`` is the paper's eq. (7); ``ridge -> inf`` gives r = 1, inverse frequency.
    Returns shape (b,).
    """
    features = as_real("features", features)
    prototype = as_real("prototype", prototype)
    strength = as_number("ridge", ridge, low=0, low_open=True)
    if features.ndim != 2 or features.size == 0 or prototype.shape != features.shape[1:]:
        raise InputError(
            f"prototype has shape {prototype.shape}: features of shape (b, Z) = {features.shape} "
            "need a prototype of shape (Z,)"
        )
    b = features.shape[0]
    gram = features @ features.T
    penalty = strength * np.trace(gram) / b
    if penalty == 0.0:  # all features are zero: nothing to match
        return np.ones(b)
    shift = features @ (prototype - features.mean(axis=0))
    return 1.0 + b * np.linalg.solve(gram + penalty * np.eye(b), shift)


@broadcasting
def expected_mean_ratio(
    batch_count: ArrayLike, spread: ArrayLike, dimension: ArrayLike
) -> NDArray[np.float64]:
    """``b~ / (b~ + tau^2)``, ``b~ = min(b, Z)``: the mean ratio when nothing is to be corrected.

    ``spread`` = tau^2 >= 0, the class's total variance over its squared mean; ``batch_count`` b and
    ``dimension`` Z at least 1; all broadcast.
    """
    count = np.minimum(
        as_real("batch_count", batch_count, low=1), as_real("dimension", dimension, low=1)
    )
    return count / (count + as_real("spread", spread, low=0))


def ulsif_leave_one_out(training: ArrayLike, target: ArrayLike, ridge: float) -> float:
    """Exact leave-one-pair-out score of uLSIF, from one factorisation.

    ``training``, ``target``: basis values (n, t) at n training and n target points, n >= 2, paired by
    row; ``ridge > 0``. The mean over the pairs of ``(phi'theta)^2/2 - psi'theta``, theta fitted without
    the pair.
    """
    phi, psi = as_real("training", training), as_real("target", target)
    strength = as_number("ridge", ridge, low=0, low_open=True)
    if phi.ndim != 2 or phi.shape != psi.shape or len(phi) < 2:
        raise InputError(
            f"training has shape {phi.shape}, target {psi.shape}: both must be (n, t) with n >= 2"
        )
    n = len(phi)
    matrix = phi.T @ phi / n + strength * (n - 1) / n * np.eye(phi.shape[1])
    left_out = (psi.sum(axis=0) - psi) / (n - 1)
    v = np.linalg.solve(matrix, left_out.T).T
    w = np.linalg.solve(matrix, phi.T).T
    leverage = (phi * w).sum(axis=1)
    gain = (phi * v).sum(axis=1) / (n - leverage)
    theta = (n - 1) / n * (v + w * gain[:, None])
    return float(((phi * theta).sum(axis=1) ** 2 / 2 - (psi * theta).sum(axis=1)).mean())


# ------------------------------------------------------------------------------------ statements

_PAIR = dict.fromkeys(("a1", "a2", "c1", "c2", "f1", "f2"), "real")
_GRAM = "((a1**2 + a2**2)*(c1**2 + c2**2) - (a1*c1 + a2*c2)**2)"

CENTRED_FORM = Statement(
    name="density_ratio.centred_form",
    title="Moment matching in centred form: r = 1 + b G^(-1) Phi'(F - mean) (one and two samples)",
    source="Luo et al. (NeurIPS 2024), eq. (7); the centred form is derived here",
    formula=state(
        f"2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2))/{_GRAM}"
        " == 1 + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + c2)/2))"
        f" - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))/{_GRAM}",
        given=f"{_GRAM} > 0",
        **_PAIR,
    ),
    steps=steps(
        (
            "two samples in the plane: the solution of eq. (7) and the centred form, times det G",
            state(
                "2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2))"
                f" == {_GRAM} + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + c2)/2))"
                " - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))",
                **_PAIR,
            ),
        ),
        (
            "one sample: r = 1 + a(f - a)/a^2 = f/a, the ratio of the prototype to the feature",
            state("1 + a*(f - a)/a**2 == f/a", a="positive", f="positive"),
        ),
        (
            "one sample with a ridge: r lies between 1 and the unregularised f/a, if f >= a",
            state(
                "1 <= 1 + a*(f - a)/(a**2 + k) <= f/a",
                given="f >= a",
                a="positive",
                f="positive",
                k="nonnegative",
            ),
        ),
        (
            "as the ridge grows the ratio tends to 1, which is inverse frequency",
            state_limit(
                "1 + a*(f - a)/(a**2 + k)",
                "1",
                "k",
                "high",
                a="positive",
                f="positive",
                k="nonnegative",
            ),
        ),
    ),
    argument="Cramer's rule for b = 2 samples, where the determinant of the Gram matrix G is positive; a "
    "prototype equal to the class mean then gives r = 1. The ridge is read off the one-sample case; the "
    "general case is a property test against a least-squares solve.",
    mutants=mutants(
        (
            "the plain ridge shrinks to 1 as well",
            state_limit(
                "a*f/(a**2 + k)", "1", "k", "high", a="positive", f="positive", k="nonnegative"
            ),
        ),
        (
            "the inverse ratio, batch over prototype",
            state("1 + a*(f - a)/a**2 == a/f", a="positive", f="positive"),
        ),
    ),
    symbols={
        "a1": "features of the first sample (a2 likewise)",
        "c1": "features of the second sample (c2 likewise)",
        "f1": "prototype of the class (f2 likewise)",
        "k": "ridge",
    },
    ids=("RDR2.1", "RDR2.4.1", "RDR2.4.2", "RDR2.4.7"),
    functions=("class_density_ratio",),
)

RIDGE = Statement(
    name="density_ratio.ridge",
    title="The centred ridge in closed form; the plain ridge is uLSIF with a linear basis (to 3 x 3)",
    source="Luo et al. (NeurIPS 2024), eq. (12); Kanamori, Hido, Sugiyama (JMLR 2009); derived here",
    formula=state_computed("density_ratio:centred_ridge", samples=3, dimension=3, centre="mean"),
    steps=steps(
        (
            "the closed form satisfies the normal equations, three samples",
            state_computed("density_ratio:centred_ridge", samples=3, dimension=3, centre="mean"),
            "RDR2.4.5",
        ),
        (
            "and two samples in four dimensions",
            state_computed("density_ratio:centred_ridge", samples=2, dimension=4, centre="mean"),
        ),
        (
            "sample space against feature space: uLSIF's linear basis gives the same vector",
            state_computed("density_ratio:push_through", samples=3, dimension=2, strength="1"),
            "RDR2.4.3",
        ),
        (
            "kernel mean matching without constraints sees the prototype only as a mean (two points)",
            state("2/2*(x*u + x*v) == 2*(x*((u + v)/2))", x="real", u="real", v="real"),
            "RDR2.4.4",
        ),
    ),
    argument="The gradient of r'Gr/b^2 - 2 r'Phi'F/b + (lam/b)|r - 1|^2 vanishes at the closed form because "
    "G 1 = b Phi' mean, which holds for every size.",
    mutants=mutants(
        (
            "without subtracting the mean",
            state_computed("density_ratio:centred_ridge", samples=2, dimension=2, centre="none"),
        ),
        (
            "twice the ridge in feature space",
            state_computed("density_ratio:push_through", samples=2, dimension=2, strength="2"),
        ),
    ),
    symbols={"Phi": "features (Z, b)", "F": "prototype", "G": "Phi'Phi", "lam": "ridge"},
    rests_on=("density_ratio.centred_form",),
    functions=("class_density_ratio",),
)

CONSTANT_FEATURE = Statement(
    name="density_ratio.constant_feature",
    title="An unpenalised constant feature makes the mean ratio exactly 1 (two samples)",
    source="derived here",
    formula=state_derivative(
        "((s + t*x)**2 + (s + t*y)**2)/4 - (s + t*f) + k*t**2/2",
        "s",
        "((s + t*x) + (s + t*y))/2 - 1",
        s="real",
        t="real",
        x="real",
        y="real",
        f="real",
        k="positive",
    ),
    steps=steps(
        (
            "stationarity in the constant's coefficient is the statement that the mean ratio is 1",
            state_derivative(
                "((s + t*x)**2 + (s + t*y)**2)/4 - (s + t*f) + k*t**2/2",
                "s",
                "((s + t*x) + (s + t*y))/2 - 1",
                s="real",
                t="real",
                x="real",
                y="real",
                f="real",
                k="positive",
            ),
        ),
        (
            "ratios s + t x, s + t y: their mean is that derivative's first part",
            state(
                "((s + t*x) + (s + t*y))/2 == s + t*(x + y)/2",
                s="real",
                t="real",
                x="real",
                y="real",
            ),
        ),
    ),
    argument="Class weights then stay at inverse frequency, and the ratio only redistributes inside a class.",
    mutants=mutants(
        (
            "the constant is penalised as well",
            state(
                "s*(1 + k) + t*(x + y)/2 - 1 == s + t*(x + y)/2 - 1",
                s="real",
                t="real",
                x="real",
                y="real",
                k="positive",
            ),
        ),
        (
            "the ratios sum to 1",
            state(
                "((s + t*x) + (s + t*y)) == s + t*(x + y)/2", s="real", t="real", x="real", y="real"
            ),
        ),
    ),
    symbols={
        "s": "coefficient of the constant",
        "t": "coefficient of the feature",
        "x, y": "features",
    },
    ids=("RDR2.4.6",),
)

ONE_SOLVE = Statement(
    name="density_ratio.one_solve",
    title="All classes at once: one Gram matrix, masked by equal labels (sizes 2, 1 and 2, 2, 1)",
    source="derived here",
    formula=state_computed("density_ratio:one_solve", sizes=[2, 1], masked=True),
    steps=steps(
        ("sizes 2 and 1", state_computed("density_ratio:one_solve", sizes=[2, 1], masked=True)),
        ("sizes 2, 2, 1", state_computed("density_ratio:one_solve", sizes=[2, 2, 1], masked=True)),
        (
            "one Cholesky of the whole batch costs no less than one for each class: a^3 + b^3 <= (a + b)^3",
            state("a**3 + b**3 <= (a + b)**3", a="positive", b="positive"),
            "RDR2.4.9",
        ),
    ),
    argument="The masked matrix is block diagonal up to the order of the samples.",
    mutants=mutants(
        (
            "without the mask",
            state_computed("density_ratio:one_solve", sizes=[2, 1], masked=False),
        ),
        (
            "one solve is always the cheaper",
            state("a**3 + b**3 >= (a + b)**3", a="positive", b="positive"),
        ),
    ),
    symbols={"a, b": "samples of two classes in a batch"},
    ids=("RDR2.4.8",),
    functions=("class_density_ratio",),
)

SHRINKAGE = Statement(
    name="density_ratio.shrinkage",
    title="With nothing to correct, moment matching is smoothed inverse frequency: 1/(pi + tau^2/B)",
    source="derived here",
    formula=state(
        "(1/p)*(B*p/(B*p + t)) == 1/(p + t/B)", p="(0, 1]", B="positive", t="nonnegative"
    ),
    steps=steps(
        (
            "high-dimensional Gram matrix m 1 1' + s I: it multiplies the vector 1 by b m + s",
            state("m*b + s == m*(b + s/m)", m="positive", b="positive", s="nonnegative"),
        ),
        (
            "so every ratio is b m/(b m + s) = b/(b + tau^2), tau^2 = s/m",
            state("b*(m/(b*m + s)) == b/(b + s/m)", m="positive", b="positive", s="nonnegative"),
        ),
        (
            "class weight: inverse prior times that, with b = B pi",
            state(
                "(1/p)*(B*p/(B*p + t)) == 1/(p + t/B)", p="(0, 1]", B="positive", t="nonnegative"
            ),
        ),
        (
            "small or diffuse classes get less than 1/pi",
            state("1/(p + t/B) < 1/p", p="(0, 1]", B="positive", t="positive"),
        ),
        (
            "sampled: one sample, tau^2 = 1, 64 dimensions",
            state_computed(
                "density_ratio:shrinkage",
                samples=1,
                spread=1.0,
                dimension=64,
                draws=4000,
                tolerance=0.01,
            ),
        ),
        (
            "sampled: eight samples",
            state_computed(
                "density_ratio:shrinkage",
                samples=8,
                spread=1.0,
                dimension=64,
                draws=2000,
                tolerance=0.01,
            ),
        ),
    ),
    argument="In high dimension the noise of different samples is orthogonal; the sampled worlds show how "
    "far 64 dimensions are from that.",
    mutants=mutants(
        (
            "the mean ratio is 1: the weight is inverse frequency",
            state("(1/p)*(B*p/(B*p + t)) == 1/p", p="(0, 1]", B="positive", t="nonnegative"),
        ),
        (
            "spread counted as a standard deviation",
            state(
                "b*(m/(b*m + s)) == b/(b + sqrt(s/m))", m="positive", b="positive", s="nonnegative"
            ),
        ),
    ),
    symbols={"p": "prior", "B": "batch size", "t": "tau^2, total variance over squared mean"},
    rests_on=("density_ratio.centred_form",),
    ids=("RDR2.5", "RDR2.6"),
    functions=("expected_mean_ratio",),
)

WITH_LOGIT_ADJUSTMENT = Statement(
    name="density_ratio.with_logit_adjustment",
    title="Weights pi^(-gamma) need the offset (1 - gamma) log pi: exponents add to 1",
    source="derived here; Luo et al. (NeurIPS 2024) do not give the exponents",
    formula=state("(1/p)**g*p*exp(-(1 - g)*log(p)) == 1", p="(0, 1)", g="[0, 1]"),
    steps=steps(
        (
            "weight times prior over exp(offset) is the same for every class",
            state("(1/p)**g*p*exp(-(1 - g)*log(p)) == 1", p="(0, 1)", g="[0, 1]"),
            "RDR2.2",
        ),
        (
            "weight by data-set counts or by batch counts: the same only when the batch is proportional",
            state(
                "b*(n/N) - b*(a/c) == b*(n*c - a*N)/(N*c)",
                b="positive",
                n="positive",
                N="positive",
                a="positive",
                c="positive",
            ),
            "RDR2.3",
        ),
        (
            "weights n^(-1/2) between the extremes of imbalance 100 have ratio 10, not 100",
            state("(100*n)**(1/2)/n**(1/2) == 10", n="positive"),
            "RDR2.7",
        ),
    ),
    argument="Fisher consistency of the vector-offset family: weight x prior x exp(-offset) is constant, "
    "which is also necessary (offset_family.consistent_iff).",
    mutants=mutants(
        (
            "full offset besides the full weight corrects twice",
            state("(1/p)**1*p*exp(-log(p)) == 1", p="(0, 1)"),
        ),
        (
            "offset gamma log pi",
            state("(1/p)**g*p*exp(-g*log(p)) == 1", p="(0, 1)", g="[0, 1]"),
        ),
    ),
    symbols={"p": "prior of a class", "g": "exponent of the weight"},
    rests_on=("offset_family.consistent_iff",),
)

LEAVE_ONE_OUT = Statement(
    name="density_ratio.leave_one_out",
    title="uLSIF without one pair, in closed form: divide by n minus the leverage",
    source="Kanamori, Hido, Sugiyama (JMLR 2009); the identity is derived here",
    formula=state(
        "1/(n - s) - 1/n - s/(n*(n - s)) == 0", given="s < n", n="[2, oo)", s="nonnegative"
    ),
    steps=steps(
        (
            "(B - phi phi'/n)(v + B^-1 phi (phi'v)/(n - s)) = B v, with s = phi'B^-1 phi: the coefficient of "
            "phi (phi'v)",
            state("n - (n - s) - s == 0", n="[2, oo)", s="nonnegative"),
        ),
        (
            "the ridge of the pair left out, in terms of the whole: lam becomes lam (n-1)/n",
            state(
                "(n*H - f**2)/(n - 1) + k == n/(n - 1)*(H + k*(n - 1)/n - f**2/n)",
                n="[2, oo)",
                H="positive",
                f="real",
                k="positive",
            ),
        ),
        (
            "one basis function, three points: the closed form is the fit without the pair",
            state(
                "((y + z)/2)/((b**2 + c**2)/2 + k) == 2/3*(((y + z)/2)/B"
                " + (a/B)*(a*((y + z)/2)/B)/(3 - a**2/B))",
                given="B == (a**2 + b**2 + c**2)/3 + 2*k/3",
                B="positive",
                a="real",
                b="real",
                c="real",
                y="real",
                z="real",
                k="positive",
            ),
        ),
    ),
    argument="Sherman and Morrison's identity; both sides multiplied by n (n - s) in the first step.",
    mutants=mutants(
        (
            "without the division by n - s, as in a public package",
            state(
                "n*(n - s)*(v*s - v*s/n - v*s*s/n) == 0", n="[2, oo)", s="positive", v="positive"
            ),
        ),
        ("divided by n instead", state("n - n - s == 0", n="[2, oo)", s="nonnegative")),
    ),
    symbols={"n": "pairs", "s": "leverage phi'B^-1 phi", "H": "mean of phi^2", "k": "ridge"},
    ids=("RDR6",),
    functions=("ulsif_leave_one_out",),
    corrects="The package densratio (0.3 and 0.4) leaves the division by n - phi'B^-1 phi out, so its "
    "leave-one-out score is not one.",
)

STATEMENTS = (
    CENTRED_FORM,
    RIDGE,
    CONSTANT_FEATURE,
    ONE_SOLVE,
    SHRINKAGE,
    WITH_LOGIT_ADJUSTMENT,
    LEAVE_ONE_OUT,
)
