"""Density-ratio re-weighting by first-order moment matching, with a ridge that shrinks to 1.

Claimed by Luo, Hong, Yao, Han, Zhang, Wang, "Revive Re-weighting in Imbalanced Learning by Density
Ratio Estimation" (NeurIPS 2024), eqs. (7) and (12); the centred ridge is derived in this project.
Checked by: exact rational identities, and property tests against a direct least-squares solve.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import (
    FORMULA,
    state,
    state_computed,
    state_derivative,
    state_limit,
    statement,
)
from ..foundation.arrays import ArrayLike
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
    if np.linalg.cond(matrix) * np.finfo(float).eps > 1:
        raise InputError(f"ridge = {strength:g}: too small for features of this size")
    v = np.linalg.solve(matrix, left_out.T).T
    w = np.linalg.solve(matrix, phi.T).T
    leverage = (phi * w).sum(axis=1)
    gain = (phi * v).sum(axis=1) / (n - leverage)
    theta = (n - 1) / n * (v + w * gain[:, None])
    return float(((phi * theta).sum(axis=1) ** 2 / 2 - (psi * theta).sum(axis=1)).mean())


# ------------------------------------------------------------------------------------ statements


CENTRED_FORM = statement(
    name="density_ratio.centred_form",
    title="Moment matching in centred form: r = 1 + b G^(-1) Phi'(F - mean) (one and two samples)",
    source="Luo et al. (NeurIPS 2024), eq. (7); the centred form is derived here",
    ids=("RDR2.1", "RDR2.4.1", "RDR2.4.2", "RDR2.4.7"),
    functions=("class_density_ratio",),
    where={
        "a1: real": "features of the first sample (a2 likewise)",
        "a2: real": "second feature of the first sample",
        "c1: real": "features of the second sample (c2 likewise)",
        "c2: real": "second feature of the second sample",
        "f1: real": "prototype of the class (f2 likewise)",
        "f2: real": "second coordinate of the prototype",
        "a: positive": "feature of the only sample, one dimension",
        "f: positive": "prototype of the class, one dimension",
        "k: nonnegative": "ridge",
    },
    theorem=(
        "b = 1 or 2 samples, Phi (Z x b) the features, G = Phi'Phi invertible, zbar = Phi 1/b, F the "
        "prototype: the minimiser of |F - Phi r/b|^2 is r = b G^-1 Phi'F = 1 + b G^-1 Phi'(F - zbar), so r "
        "= 1 if F = zbar; for one sample f/a, which a ridge k >= 0 moves towards 1: 1 <= 1 + a "
        "(f-a)/(a^2+k) <= f/a for f >= a > 0, tending to 1 as k -> oo",
        r"\operatorname{argmin}_r\left\|F-\tfrac1b\Phi r\right\|^2=b\,G^{-1}\Phi^{\top}F=\mathbf "
        r"1+b\,G^{-1}\Phi^{\top}(F-\bar z),\qquad G=\Phi^{\top}\Phi\succ0,\ \bar z=\tfrac1b\Phi\mathbf 1,\ "
        r"b\in\{1,2\};\qquad F=\bar z\Rightarrow r=\mathbf 1;\qquad 1\le1+\frac{a(f-a)}{a^2+k}\le\frac fa\ "
        r"\ (f\ge a>0,\ k\ge0),\quad \lim_{k\to\infty}\left[1+\frac{a(f-a)}{a^2+k}\right]=1",
    ),
    formula=state(
        "2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2))/((a1**2 + a2**2)*(c1**2 + "
        "c2**2) - (a1*c1 + a2*c2)**2) == 1 + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + "
        "c2)/2)) - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))/((a1**2 + "
        "a2**2)*(c1**2 + c2**2) - (a1*c1 + a2*c2)**2)",
        given="((a1**2 + a2**2)*(c1**2 + c2**2) - (a1*c1 + a2*c2)**2) > 0",
    ),
    steps=(
        "two_samples_in_the_plane: two samples in the plane: the solution of eq. (7) and the centred form, "
        "times det G",
        "2*((c1**2 + c2**2)*(a1*f1 + a2*f2) - (a1*c1 + a2*c2)*(c1*f1 + c2*f2)) == ((a1**2 + a2**2)*(c1**2 "
        "+ c2**2) - (a1*c1 + a2*c2)**2) + 2*((c1**2 + c2**2)*(a1*(f1 - (a1 + c1)/2) + a2*(f2 - (a2 + "
        "c2)/2)) - (a1*c1 + a2*c2)*(c1*(f1 - (a1 + c1)/2) + c2*(f2 - (a2 + c2)/2)))",
        "one_sample: one sample: r = 1 + a(f - a)/a^2 = f/a, the ratio of the prototype to the feature",
        "1 + a*(f - a)/a**2 == f/a",
        "one_sample_with_ridge: one sample with a ridge: r lies between 1 and the unregularised f/a, if f "
        ">= a",
        state("1 <= 1 + a*(f - a)/(a**2 + k) <= f/a", given="f >= a"),
        "large_ridge: as the ridge grows the ratio tends to 1, which is inverse frequency",
        state_limit("1 + a*(f - a)/(a**2 + k)", "1", "k", "high"),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Cramer's rule for b = 2 samples, where the determinant of the Gram matrix G is positive; a "
    "prototype equal to the class mean then gives r = 1. The ridge is read off the one-sample "
    "case; the general case is a property test against a least-squares solve.",
    mutants=(
        "the plain ridge shrinks to 1 as well",
        state_limit("a*f/(a**2 + k)", "1", "k", "high"),
        "the inverse ratio, batch over prototype",
        "1 + a*(f - a)/a**2 == a/f",
    ),
)

RIDGE = statement(
    name="density_ratio.ridge",
    title="The centred ridge in closed form; the plain ridge is uLSIF with a linear basis",
    source="Luo et al. (NeurIPS 2024), eq. (12); Kanamori, Hido, Sugiyama (JMLR 2009); derived here",
    functions=("class_density_ratio",),
    where={
        "x: real": "feature of a training example",
        "u: real": "feature of the first point behind the prototype",
        "v: real": "feature of the second point behind the prototype",
        "Phi": "features (Z, b)",
        "F": "prototype",
        "G": "Phi'Phi",
        "lam": "ridge",
    },
    theorem=(
        "Phi (Z x b) features, G = Phi'Phi, zbar = Phi 1/b, lam > 0: for every b and Z the minimiser of |F "
        "- Phi r/b|^2 + (lam/b)|r - 1|^2 is r = 1 + b (G + b lam I)^-1 Phi'(F - zbar); and the plain ridge "
        "(penalty (lam/b)|r|^2) is uLSIF with a linear basis, r = b (G + b lam I)^-1 Phi'F = Phi'(Phi "
        "Phi'/b + lam I)^-1 F",
        r"\Phi\in\mathbb R^{Z\times b},\ G=\Phi^{\top}\Phi,\ \bar z=\tfrac1b\Phi\mathbf 1,\ "
        r"\lambda>0:\quad \operatorname{argmin}_r\left\|F-\tfrac1b\Phi r\right\|^2+\tfrac\lambda "
        r"b\|r-\mathbf 1\|^2=\mathbf 1+b\,(G+b\lambda I)^{-1}\Phi^{\top}(F-\bar z);\qquad "
        r"\operatorname{argmin}_r\left\|F-\tfrac1b\Phi r\right\|^2+\tfrac\lambda b\|r\|^2=b\,(G+b\lambda I)"
        r"^{-1}\Phi^{\top}F=\Phi^{\top}\left(\tfrac1b\Phi\Phi^{\top}+\lambda I\right)^{-1}F",
    ),
    formula=state_computed("density_ratio:centred_ridge", samples=3, dimension=3, centre="mean"),
    steps=(
        "three_samples_in_three_dimensions (RDR2.4.5): the closed form satisfies the normal equations, "
        "three samples",
        FORMULA,
        "two_samples_in_four_dimensions: and two samples in four dimensions",
        state_computed("density_ratio:centred_ridge", samples=2, dimension=4, centre="mean"),
        "push_through_to_ulsif (RDR2.4.3): sample space against feature space: uLSIF's linear basis gives "
        "the same vector",
        state_computed("density_ratio:push_through", samples=3, dimension=2, strength="1"),
        "kernel_mean_matching_sees_means (RDR2.4.4): kernel mean matching without constraints sees the "
        "prototype only as a mean (two points)",
        "2/2*(x*u + x*v) == 2*(x*((u + v)/2))",
    ),
    argument="The gradient of r'Gr/b^2 - 2 r'Phi'F/b + (lam/b)|r - 1|^2 vanishes at the closed form "
    "because G 1 = b Phi' mean, which holds for every size. The plain ridge: (G + b lam I) Phi' "
    "= Phi' (Phi Phi' + b lam I), for every size.",
    mutants=(
        "without subtracting the mean",
        state_computed("density_ratio:centred_ridge", samples=2, dimension=2, centre="none"),
        "twice the ridge in feature space",
        state_computed("density_ratio:push_through", samples=2, dimension=2, strength="2"),
    ),
    rests_on=("density_ratio.centred_form",),
)

CONSTANT_FEATURE = statement(
    name="density_ratio.constant_feature",
    title="An unpenalised constant feature makes the mean ratio exactly 1 (two samples)",
    source="derived here",
    ids=("RDR2.4.6",),
    where={
        "s: real": "coefficient of the constant",
        "t: real": "coefficient of the feature",
        "x: real": "feature of the first sample",
        "y: real": "feature of the second sample",
        "f: real": "prototype's value of the feature",
        "k: positive": "ridge on the feature's coefficient",
    },
    theorem=(
        "two samples with ratios r_i = s + t x_i, prototype value f, ridge k > 0 on t but none on s: "
        "wherever [(r_1^2 + r_2^2)/4 - (s + t f) + k t^2/2] is stationary in s, (r_1 + r_2)/2 = 1",
        r"r_i=s+t\,x_i,\ i=1,2:\qquad \frac{\partial}{\partial s}\left[\frac{r_1^2+r_2^2}4-(s+tf)+\frac "
        r"k2t^2\right]=\frac{r_1+r_2}2-1=0\iff\frac{r_1+r_2}2=1\qquad\forall\,x_1,x_2,f,t\in\mathbb R,\ k>0",
    ),
    formula=state_derivative(
        "((s + t*x)**2 + (s + t*y)**2)/4 - (s + t*f) + k*t**2/2",
        "s",
        "((s + t*x) + (s + t*y))/2 - 1",
    ),
    steps=(
        "stationarity_in_the_constant: stationarity in the constant's coefficient is the statement that "
        "the mean ratio is 1",
        FORMULA,
        "mean_ratio_is_the_first_part: ratios s + t x, s + t y: their mean is that derivative's first part",
        "((s + t*x) + (s + t*y))/2 == s + t*(x + y)/2",
    ),
    argument="Class weights then stay at inverse frequency, and the ratio only redistributes inside a class.",
    mutants=(
        "the constant is penalised as well",
        "s*(1 + k) + t*(x + y)/2 - 1 == s + t*(x + y)/2 - 1",
        "the ratios sum to 1",
        "((s + t*x) + (s + t*y)) == s + t*(x + y)/2",
    ),
)

ONE_SOLVE = statement(
    name="density_ratio.one_solve",
    title="All classes at once: one Gram matrix, masked by equal labels (sizes 2, 1 and 2, 2, 1)",
    source="derived here",
    ids=("RDR2.4.8",),
    functions=("class_density_ratio",),
    where={
        "a: positive": "samples of the first class in the batch",
        "b: positive": "samples of the second class in the batch",
    },
    theorem=(
        "batch with labels y_i and features phi_i, class sizes (2, 1) or (2, 2, 1): the masked Gram matrix "
        "M_ij = 1[y_i = y_j] phi_i'phi_j acts on every vector u class by class, (M u)_i = sum over j with "
        "y_j = y_i of phi_i'phi_j u_j, so one solve with M + ridge gives every class's solution; one "
        "Cholesky of the batch costs no less than one per class, a^3 + b^3 <= (a + b)^3",
        r"M_{ij}=\mathbf 1[y_i=y_j]\,\phi_i^{\top}\phi_j:\qquad (Mu)\big|_c=G_c\,u\big|_c\ \ \forall\,u,\ "
        r"\text{every class }c,\ G_c=\Phi_c^{\top}\Phi_c\qquad(\text{class sizes }(2,1),\ (2,2,1))",
    ),
    formula=state_computed("density_ratio:one_solve", sizes=[2, 1], masked=True),
    steps=(
        "sizes_two_and_one: sizes 2 and 1",
        FORMULA,
        "sizes_two_two_and_one: sizes 2, 2, 1",
        state_computed("density_ratio:one_solve", sizes=[2, 2, 1], masked=True),
        "one_cholesky_costs_more (RDR2.4.9): one Cholesky of the whole batch costs no less than one for "
        "each class: a^3 + b^3 <= (a + b)^3",
        "a**3 + b**3 <= (a + b)**3",
    ),
    argument="The masked matrix is block diagonal up to the order of the samples.",
    mutants=(
        "without the mask",
        state_computed("density_ratio:one_solve", sizes=[2, 1], masked=False),
        "one solve is always the cheaper",
        "a**3 + b**3 >= (a + b)**3",
    ),
)

SHRINKAGE = statement(
    name="density_ratio.shrinkage",
    title="With nothing to correct, moment matching is smoothed inverse frequency: 1/(pi + tau^2/B)",
    source="derived here",
    ids=("RDR2.5", "RDR2.6"),
    functions=("expected_mean_ratio",),
    where={
        "p: (0, 1]": "prior",
        "B: positive": "batch size",
        "t: nonnegative": "tau^2, total variance over squared mean",
        "m: positive": "squared length of the mean feature",
        "b: positive": "samples of the class in the batch",
        "s: nonnegative": "total variance of the class's features",
    },
    theorem=(
        "b samples of a class with G = m 1 1' + s I, m, s > 0 (the Gram matrix in high dimension), and the "
        "mean as prototype, Phi'F = m 1: r = b G^-1 Phi'F = b/(b + tau^2) 1 with tau^2 = s/m; with b = pi "
        "B the weight (1/pi) r is 1/(pi + tau^2/B) < 1/pi",
        r"G=m\,\mathbf 1\mathbf 1^{\top}+sI,\ \Phi^{\top}F=m\mathbf 1,\ \tau^2=\frac sm>0:\quad r=b\,G^{-1}"
        r"\Phi^{\top}F=\frac{b}{b+\tau^2}\,\mathbf 1,\qquad \frac1\pi\cdot\frac{b}{b+\tau^2}"
        r"=\frac1{\pi+\tau^2/B}<\frac1\pi\quad(b=\pi B)",
    ),
    formula="(1/p)*(B*p/(B*p + t)) == 1/(p + t/B)",
    steps=(
        "gram_times_ones: high-dimensional Gram matrix m 1 1' + s I: it multiplies the vector 1 by b m + s",
        "m*b + s == m*(b + s/m)",
        "ratio_of_every_sample: so every ratio is b m/(b m + s) = b/(b + tau^2), tau^2 = s/m",
        "b*(m/(b*m + s)) == b/(b + s/m)",
        "class_weight: class weight: inverse prior times that, with b = B pi",
        FORMULA,
        "less_than_inverse_prior: small or diffuse classes get less than 1/pi",
        state("1/(p + t/B) < 1/p", t="positive"),
        "sampled_single_sample: sampled: one sample, tau^2 = 1, 64 dimensions",
        state_computed(
            "density_ratio:shrinkage",
            samples=1,
            spread=1.0,
            dimension=64,
            draws=4000,
            tolerance=0.01,
        ),
        "sampled_eight_samples: sampled: eight samples",
        state_computed(
            "density_ratio:shrinkage",
            samples=8,
            spread=1.0,
            dimension=64,
            draws=2000,
            tolerance=0.01,
        ),
    ),
    argument="In high dimension the noise of different samples is orthogonal; the sampled worlds show how "
    "far 64 dimensions are from that.",
    mutants=(
        "the mean ratio is 1: the weight is inverse frequency",
        "(1/p)*(B*p/(B*p + t)) == 1/p",
        "spread counted as a standard deviation",
        "b*(m/(b*m + s)) == b/(b + sqrt(s/m))",
    ),
    rests_on=("density_ratio.centred_form",),
)

WITH_LOGIT_ADJUSTMENT = statement(
    name="density_ratio.with_logit_adjustment",
    title="Weights pi^(-gamma) need the offset (1 - gamma) log pi: exponents add to 1",
    source="derived here; Luo et al. (NeurIPS 2024) do not give the exponents",
    where={
        "p: (0, 1)": "prior of a class",
        "g: [0, 1]": "exponent of the weight",
        "b: positive": "common factor of both weights",
        "n: positive": "examples of the class in the data set; in the last step of the rarest class",
        "N: positive": "examples in the data set",
        "a: positive": "examples of the class in the batch",
        "c: positive": "examples in the batch",
    },
    theorem=(
        "softmax cross-entropy with weights alpha_y = pi_y^(-gamma), gamma in [0, 1], and offsets Delta_y "
        "= nu log pi_y, priors not all equal: consistent for the balanced error iff alpha_y pi_y "
        "exp(-Delta_y) = pi_y^(1-gamma-nu) is the same for all y, iff nu = 1 - gamma",
        r"\alpha_y=\pi_y^{-\gamma},\ \Delta_y=\nu\log\pi_y:\quad \text{consistent for }\mathrm{BER}"
        r"\iff\alpha_y\pi_ye^{-\Delta_y}=\pi_y^{\,1-\gamma-\nu}\ \text{ is constant in }"
        r"y\iff\gamma+\nu=1\qquad(\gamma\in[0,1],\ \pi\text{ not uniform})",
    ),
    formula="(1/p)**g*p*exp(-(1 - g)*log(p)) == 1",
    steps=(
        "weight_prior_and_offset_cancel (RDR2.2): weight times prior over exp(offset) is the same for "
        "every class",
        FORMULA,
        "data_set_or_batch_counts (RDR2.3): weight by data-set counts or by batch counts: the same only "
        "when the batch is proportional",
        "b*(n/N) - b*(a/c) == b*(n*c - a*N)/(N*c)",
        "square_root_weights (RDR2.7): weights n^(-1/2) between the extremes of imbalance 100 have ratio "
        "10, not 100",
        "(100*n)**(1/2)/n**(1/2) == 10",
    ),
    argument="Fisher consistency of the vector-offset family: weight x prior x exp(-offset) is constant, "
    "which is also necessary (offset_family.consistent_iff).",
    mutants=(
        "full offset besides the full weight corrects twice",
        "(1/p)**1*p*exp(-log(p)) == 1",
        "offset gamma log pi",
        "(1/p)**g*p*exp(-g*log(p)) == 1",
    ),
    rests_on=("offset_family.consistent_iff",),
)

LEAVE_ONE_OUT = statement(
    name="density_ratio.leave_one_out",
    title="uLSIF without one pair, in closed form: divide by n minus the leverage",
    source="Kanamori, Hido, Sugiyama (JMLR 2009); the identity is derived here",
    ids=("RDR6",),
    functions=("ulsif_leave_one_out",),
    corrects="The package densratio (0.3 and 0.4) leaves the division by n - phi'B^-1 phi out, so its "
    "leave-one-out score is not one.",
    where={
        "n: [2, oo)": "pairs",
        "s: nonnegative": "leverage phi'B^-1 phi",
        "H: positive": "mean of phi^2",
        "f: real": "basis function at the left-out training point",
        "B: positive": "the matrix B, here with one basis function",
        "a: real": "basis function at the left-out training point",
        "b: real": "basis function at another training point",
        "c: real": "basis function at the third training point",
        "y: real": "basis function at a kept target point",
        "z: real": "basis function at the other kept target point",
        "k: positive": "ridge",
        "v: positive": "size of phi'v before the update, in a mutant",
    },
    theorem=(
        "n >= 2 training points with basis vectors phi_i, lam > 0, H = (1/n) sum phi_i phi_i', B = H + lam "
        "(n-1)/n I, s_i = phi_i'B^-1 phi_i < n, h_(-i) the mean of the target's basis vectors without the "
        "i-th: the uLSIF fit without pair i is (H_(-i) + lam I)^-1 h_(-i) = ((n-1)/n) [B^-1 h_(-i) + B^-1 "
        "phi_i (phi_i'B^-1 h_(-i))/(n - s_i)]",
        r"B=\frac1n\sum_{i=1}^n\phi_i\phi_i^{\top}+\frac{n-1}n\lambda I,\quad "
        r"s_i=\phi_i^{\top}B^{-1}\phi_i<n:\qquad \hat\theta_{-i}=\left(\hat H_{-i}+\lambda "
        r"I\right)^{-1}\hat h_{-i}=\frac{n-1}n\left[B^{-1}\hat h_{-i}+\frac{B^{-1}\phi_i\,\phi_i^{\top}"
        r"B^{-1}\hat h_{-i}}{n-s_i}\right]\qquad\forall\,n\ge2,\ \lambda>0",
    ),
    formula=state("1/(n - s) - 1/n - s/(n*(n - s)) == 0", given="s < n"),
    steps=(
        "sherman_morrison_coefficient: (B - phi phi'/n)(v + B^-1 phi (phi'v)/(n - s)) = B v, with s = "
        "phi'B^-1 phi: the coefficient of phi (phi'v)",
        "n - (n - s) - s == 0",
        "ridge_of_the_rest: the ridge of the pair left out, in terms of the whole: lam becomes lam (n-1)/n",
        "(n*H - f**2)/(n - 1) + k == n/(n - 1)*(H + k*(n - 1)/n - f**2/n)",
        "one_basis_three_points: one basis function, three points: the closed form is the fit without the "
        "pair",
        state(
            "((y + z)/2)/((b**2 + c**2)/2 + k) == 2/3*(((y + z)/2)/B + (a/B)*(a*((y + z)/2)/B)/(3 - a**2/B))",
            given="B == (a**2 + b**2 + c**2)/3 + 2*k/3",
        ),
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="Sherman and Morrison's identity; both sides multiplied by n (n - s) in the first step.",
    mutants=(
        "without the division by n - s, as in a public package",
        state("n*(n - s)*(v*s - v*s/n - v*s*s/n) == 0", s="positive"),
        "divided by n instead",
        "n - n - s == 0",
    ),
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
