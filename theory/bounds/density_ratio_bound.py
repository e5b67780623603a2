"""The bound behind density-ratio re-weighting, with explicit constants, and what it does not say.

Claimed by Luo et al. (NeurIPS 2024), eqs. (1), (2) and Theorem 1 (9), after Wang et al. (NeurIPS 2023);
the weight-aware prefactor and the false readings are derived here. Checked by: SMT, intervals.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_failure, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real
from ..vector_scaling.local_lipschitz import LossConstants
from .class_bounds import Bound, BoundInputs, NormBall, prior_prefactor
from .data_dependent_bound import data_dependent_bound

__all__ = ["rdr_bound", "weight_prefactor"]


def weight_prefactor(class_weight: ArrayLike, class_prior: ArrayLike) -> NDArray[np.float64]:
    """``rho(w) = max_y 1/(K pi_y w_y)``: the balanced risk is at most rho times the weighted one.

    ``class_weight``: positive, shape (..., K); ``class_prior``: shape (K,). Returns shape (...).
    """
    prior_prefactor(class_prior)
    prior = as_real("class_prior", class_prior)
    weight = as_real("class_weight", class_weight, low=0, low_open=True)
    if weight.ndim and weight.shape[-1] != prior.size:
        raise InputError(
            f"class_weight has shape {weight.shape}: the last axis must match class_prior"
        )
    return (1.0 / (prior.size * prior * weight)).max(axis=-1)


def rdr_bound(
    class_counts: ArrayLike,
    class_risks: ArrayLike,
    class_weight: ArrayLike,
    constants: LossConstants,
    complexity: NormBall | ArrayLike,
    *,
    regularity: ArrayLike | None = None,
    class_prior: ArrayLike | None = None,
    delta: float = 0.05,
) -> Bound:
    """Bound on the balanced risk of the plain loss, by the risk re-weighted with ``class_weight``.

    ``rho(w) [R_w + 2 sqrt2 kappa Rad sum_y w_y mu_y sqrt(pih_y) + 3 max_y(w_y M_y) sqrt(log(2/delta)
    /(2N))]`` with ``R_w = sum_y pih_y w_y R_y``. ``class_risks`` and ``constants``: of the loss without
    weights; the other arguments are those of `data_dependent_bound`. It does not change when all
    weights are scaled. The weights must have been fixed before the data were seen.
    """
    known = BoundInputs.of(class_counts, class_risks, constants, delta)
    prior = known.counts / known.counts.sum() if class_prior is None else class_prior
    weight = known.per_class(
        "class_weight", as_real("class_weight", class_weight, low=0, low_open=True)
    )
    terms = data_dependent_bound(
        known.counts,
        weight * known.risks,
        LossConstants(weight * known.lipschitz, weight * known.upper),
        complexity,
        regularity=regularity,
        class_prior=class_prior,
        delta=delta,
    )
    change = weight_prefactor(weight, prior) / prior_prefactor(prior)
    return Bound(*(change * term for term in terms))


# ------------------------------------------------------------------------------------ statements


IDENTITY = statement(
    name="density_ratio_bound.balanced_risk",
    title="Weighting by (P_bal/P)(y) times (P_bal/P)(x given y) turns the training risk into the balanced "
    "risk; under label shift alone the ratio given y is 1",
    source="Luo et al. (NeurIPS 2024), eqs. (1) and (2)",
    ids=("RDR1.2",),
    corrects="the ratio defined as P/P_bal in the text; the identity, the solution and the code use the "
    "inverse",
    where={
        "K: integer 1..": "number of classes",
        "p: positive": "training prior of the class",
        "f: positive": "training probability of x given y",
        "g: positive": "balanced probability of x given y",
        "L: positive": "loss at the point",
        "h: (0, 1)": "training probability of class 2's first point",
        "e: (0, 1)": "balanced probability of class 2's first point",
        "A: positive": "loss at the first point of class 1",
        "B: positive": "loss at the second point of class 1",
        "C: positive": "loss at the first point of class 2",
        "D: positive": "loss at the second point of class 2",
    },
    theorem=(
        "for every K, priors pi_y > 0 and P_bal(.|y) << P(.|y), L >= 0: E_P[ (1/K)/pi_Y * "
        "(dP_bal(.|Y)/dP(.|Y))(X) * L(X, Y) ] = (1/K) sum_y E_{P_bal(.|y)} L(X, y) = R_bal; under label "
        "shift, P_bal(.|y) = P(.|y), the weight is 1/(K pi_y)",
        r"\mathbb{E}_{P} \left[ \frac{1/K}{\pi_Y} \cdot \frac{P_{\mathrm{bal}}(X \mid Y)}{P(X \mid Y)}\, "
        r"L(X, Y) \right] = \frac1K \sum_{y=1}^K \mathbb{E}_{P_{\mathrm{bal}}(\cdot \mid y)}\, L(X, y) = "
        r"R_{\mathrm{bal}} \quad \left( \pi_y > 0,\ P_{\mathrm{bal}}(\cdot \mid y) \ll P(\cdot \mid y),\ L "
        r"\ge 0 \right), \qquad P_{\mathrm{bal}}(\cdot \mid y) = P(\cdot \mid y)\ \forall y \implies "
        r"\frac{P_{\mathrm{bal}}(x, y)}{P(x, y)} = \frac{1}{K \pi_y}",
    ),
    formula="p*f*((1/K)/p)*(g/f)*L == g/K*L",
    steps=(
        "one_point (RDR1.2): one point (x, y): its share of the weighted training risk is its share of the "
        "balanced risk",
        FORMULA,
        "weight_without_one_over_k (RDR1.2): with the weight 1/p instead of (1/K)/p the risk is K times "
        "the balanced one",
        "p*f*(1/p)*(g/f)*L == K*(g/K*L)",
        "two_classes_two_points (RDR1.2): two classes and two points each, at once",
        state(
            "p*(f*(1/2/p)*(g/f)*A + (1 - f)*(1/2/p)*((1 - g)/(1 - f))*B) + (1 - p)*(h*(1/2/(1 - "
            "p))*(e/h)*C + (1 - h)*(1/2/(1 - p))*((1 - e)/(1 - h))*D) == (g*A + (1 - g)*B + e*C + (1 - "
            "e)*D)/2",
            p="(0, 1)",
            f="(0, 1)",
            g="(0, 1)",
        ),
        "label_shift_ratio_one (RDR1.5.7): label shift, g = f: the ratio given the class is 1 and inverse "
        "frequency is left",
        "((1/K)/p)*(f/f) == 1/(K*p)",
        "reciprocal_ratio_fails (RDR1.2): the reciprocal ratio does not give the balanced risk",
        state_failure("p*f*(1/p)*(f/g)*L == g*L"),
    ),
    argument="Add the shares over all points. In benchmarks made by dropping examples at random the class "
    "conditionals agree, so whatever an estimated ratio finds there is not a difference between "
    "them.",
    mutants=(
        "the ratio upside down, P/P_bal",
        "p*f*(1/p)*(f/g)*L == g*L",
        "the ratio without the prior's part",
        "p*f*(g/f)*L == g*L",
    ),
)

THEOREM = statement(
    name="density_ratio_bound.theorem",
    title="Theorem 1 of density-ratio re-weighting is the data-dependent bound at unit scales, offsets 0 "
    "and alpha = w; the tight constant is sqrt2 instead of sqrt(1 + (K - 1)^2)",
    source="Luo et al. (NeurIPS 2024), Theorem 1; Wang et al. (NeurIPS 2023), Proposition 3; constants "
    "derived here",
    ids=("RDR1.3", "RDR1.4"),
    functions=("rdr_bound",),
    corrects="constants that grow with the number of classes hidden in <~, and softmax(B_y) as a number",
    where={
        "K: integer 2..": "number of classes",
        "r: nonnegative": "risk of a class",
        "m: positive": "smallest prior",
        "p: positive": "prior of a class in training",
        "w: positive": "its weight",
        "u: positive": "Lipschitz constant mu_y",
        "k: positive": "kappa",
        "R: positive": "complexity",
        "s: [0, 1]": "wrong mass, all on one class",
        "q2: nonnegative": "adjusted probability",
        "q3: nonnegative": "adjusted probability of a third class",
    },
    theorem=(
        "i.i.d. sample S of N, levels p_y in (0, 1) and weights w_y > 0 fixed in advance, R_y, R^_w risks "
        "of cross-entropy clipped at M_y = log(1/p_y), prior pi_1 smallest: with probability >= 1 - delta "
        "over S, for every kappa > 0 with Rad_{S_y} <= kappa Rad_S/sqrt(pih_y) for every class of the "
        "sample and all m: (1/K) sum_y w_y R_y(m) <= (1/(K pi_1)) [ R^_w(m) + 2 sqrt2 kappa Rad_S sum_y "
        "w_y sqrt2 (1 - p_y) sqrt(pih_y) + 3 max_y(w_y M_y) sqrt(log(2/delta)/(2N)) ]; the published "
        "constant sqrt(1 + (K - 1)^2) in place of sqrt2 is larger by a factor between (K - 1)/sqrt2 and "
        "K/sqrt2, K >= 2",
        r"\text{with probability} \ge 1-\delta \text{ over } S:\quad \mathfrak{R}_{S_y} \le \frac{\kappa\, "
        r"\mathfrak{R}_S}{\sqrt{\hat\pi_y}}\ \forall y : \hat\pi_y > 0 \implies \frac1K \sum_{y=1}^K w_y "
        r"R_y(m) \le \frac{1}{K \pi_1} \left[ \hat R_w(m) + 2\sqrt2\, \kappa\,\mathfrak{R}_S \sum_{y=1}^K "
        r"w_y \sqrt2\, (1 - p_y) \sqrt{\hat\pi_y} + 3 \max_y(w_y M_y) \sqrt{\frac{\log(2/\delta)}{2N}} "
        r"\right] \quad \forall m,\ \kappa > 0, \qquad R_y(m) = \mathbb{E}_y \min\left\{ "
        r"-\log\operatorname{softmax}_y(m(X)),\ M_y \right\},\ M_y = \log\frac{1}{p_y},\ \pi_1 = "
        r"\pi_{\min},\quad p, w \text{ fixed in advance}; \qquad \frac{K - 1}{\sqrt2} \le \frac{\sqrt{1 + "
        r"(K-1)^2}}{\sqrt2} \le \frac{K}{\sqrt2} \quad \forall K \ge 2",
    ),
    steps=(
        "published_and_tight_constant (RDR1.4 RDR1.5.1): unit scales: the published constant is sqrt(1 + "
        "(K - 1)^2), the tight one sqrt2",
        (
            "sqrt(1**2 + ((K - 1)*1)**2) == sqrt(1 + (K - 1)**2)",
            "sqrt(1**2 + Max(1, 1)**2) == sqrt(2)",
        ),
        "ratio_of_constants (RDR1.5.1): their ratio is at least (K - 1)/sqrt2 and at most K/sqrt2",
        "(K - 1)/sqrt(2) <= sqrt(1 + (K - 1)**2)/sqrt(2) <= K/sqrt(2)",
        "risk_term (RDR1.3): the risk term: w r/K <= pi (w r)/(K pi_1)",
        state("w*r/K <= p*(w*r)/(K*m)", given="m <= p", K="integer 1.."),
        "complexity_summand (RDR1.3 RDR1.4): the complexity's summand: pih w mu kappa Rad/sqrt(pih) = "
        "sqrt(pih) w mu kappa Rad",
        state("p*(w*u)*(k*R/sqrt(p)) == sqrt(p)*w*u*k*R", p="(0, 1)"),
        "gradient_at_unit_scales (RDR1.5.1): gradient for unit scales: with all wrong mass s on one class "
        "its norm is sqrt2 s, never more",
        (
            "sqrt(s**2 + s**2) == sqrt(2)*s",
            "sqrt((q2 + q3)**2 + q2**2 + q3**2) <= sqrt(2)*(q2 + q3)",
        ),
        "softmax_of_minimum_is_no_number (RDR1.5.2): softmax(B_1) is no number: logits (1, 0, 0) and (1, "
        "5, 0) share B_1 = 1",
        ("exp(1)/(exp(1) + 2) > 57/100", "exp(1)/(exp(1) + exp(5) + 1) < 18/1000"),
    ),
    argument="The weighted loss is a VS loss with alpha = w, so the certificate of the data-dependent "
    "bound applies, with the minimal probability p_y for softmax(B_y) and the loss clipped at "
    "that level.",
    mutants=(
        "the published constant is within a factor 2 of the tight one",
        "sqrt(1 + (K - 1)**2) <= 2*sqrt(2)",
        "the constant 1 suffices for cross-entropy",
        "sqrt((q2 + q3)**2 + q2**2 + q3**2) <= q2 + q3",
        "the largest prior in the prefactor",
        state("w*r/K <= p*(w*r)/(K*m)", given="m >= p", K="integer 1.."),
    ),
    rests_on=(
        "data_dependent_bound.certificate",
        "vector_scaling.gradient_bound",
        "minimal_probability.readings",
    ),
)

WHICH_RISK = statement(
    name="density_ratio_bound.which_risk",
    title="The theorem bounds the weighted balanced risk; read for the plain loss its risk term fails iff "
    "some w_y < pi_1/pi_y",
    source="derived here",
    ids=("RDR1.5.3",),
    corrects="the bound read for the balanced risk of the plain loss, with weights that forget a class",
    where={
        "K: integer 1..": "number of classes",
        "p: positive": "prior of a class in training",
        "w1, w2: positive": "weight of classes 1, 2",
        "r1, r2: nonnegative": "risk of classes 1, 2",
        "w: positive": "its weight",
        "m: positive": "smallest prior",
        "r: positive": "risk of a class",
    },
    theorem=(
        "for every K and w_y > 0: (1/K) sum_y w_y R_y <= (1/(K pi_1)) sum_y pi_y w_y R_y for all R_y >= 0; "
        "but (1/K) sum_y R_y <= (1/(K pi_1)) sum_y pi_y w_y R_y for all R_y >= 0 iff w_y >= pi_1/pi_y for "
        "every y",
        r"\frac1K \sum_{y=1}^K w_y R_y \le \frac{1}{K \pi_1} \sum_{y=1}^K \pi_y w_y R_y \quad \forall R "
        r"\in [0, \infty)^K,\ w_y > 0, \qquad \left( \frac1K \sum_{y=1}^K R_y \le \frac{1}{K \pi_1} "
        r"\sum_{y=1}^K \pi_y w_y R_y \quad \forall R \in [0, \infty)^K \right) \iff w_y \ge "
        r"\frac{\pi_1}{\pi_y}\ \forall y, \qquad \pi_1 = \min_y \pi_y",
    ),
    formula=state_failure("(r1 + r2)/2 <= (p*w1*r1 + (1 - p)*w2*r2)/(2*(1 - p))", p="[1/2, 1)"),
    steps=(
        "weighted_risk_is_bounded (RDR1.5.3): the weighted balanced risk is bounded, whatever the weights",
        state("(w1*r1 + w2*r2)/2 <= (p*w1*r1 + (1 - p)*w2*r2)/(2*(1 - p))", p="[1/2, 1)"),
        "plain_risk_is_not (RDR1.5.3): the plain one is not",
        FORMULA,
        "witness_small_head_weight (RDR1.5.3): at p = 9/10, r = (1, 0), w = (1/100, 1): 1/2 against 9/200",
        "(1 + 0)/2 > (9/10*(1/100)*1 + (1/10)*1*0)/(2*(1/10)) == 9/200",
        "enough_above_ratio (RDR1.5.3): exactly: a class's share is enough iff its weight is at least "
        "pi_1/pi_y",
        state("r/K <= p*w*r/(K*m)", given="w >= m/p", r="nonnegative"),
        "not_enough_below_ratio (RDR1.5.3): and else not, if the class errs",
        state("r/K > p*w*r/(K*m)", given="w < m/p"),
        "head_weight_at_imbalance_100 (RDR1.5.3): a head weight of 3/10 is no failure at imbalance 100: "
        "3/10 >= 1/100",
        "3/10 >= (1/101)/(100/101)",
    ),
    argument="Each class must bring at least 1/K of its risk to the right side; the others may have no risk.",
    mutants=(
        "the plain reading holds for all weights",
        state("r/K <= p*w*r/(K*m)", given="m <= p"),
        "it fails as soon as a weight is below 1",
        state("r/K > p*w*r/(K*m)", given=["w < 1", "m <= p"]),
    ),
    rests_on=("density_ratio_bound.theorem", "class_bounds.prior_prefactor"),
)

PREFACTOR = statement(
    name="density_ratio_bound.weight_prefactor",
    title="R_bal <= rho(w) R_w with rho(w) = max 1/(K pi_y w_y), for any K: scale-free, 1/(K pi_1) at w = "
    "1, exact at w = 1/pi",
    source="derived here",
    ids=("RDR1.5.4",),
    functions=("weight_prefactor", "rdr_bound"),
    corrects="the prefactor 1/(K pi_1), which ignores the weights and is larger by 1/pi_1 at w = 1/pi",
    where={
        "K: integer 1..": "number of classes",
        "P: positive": "rho(w)",
        "p: positive": "prior of a class in training",
        "w: positive": "its weight",
        "r: positive": "risk of a class",
        "a1: positive": "pi_1 w_1",
        "a2: positive": "pi_2 w_2",
        "a3: positive": "pi_3 w_3",
        "r1, r2, r3: nonnegative": "risk of classes 1, 2, 3",
        "c: positive": "common positive factor of the weights",
        "m: positive": "smallest prior",
    },
    theorem=(
        "for every K, pi_y, w_y > 0, R_y >= 0: (1/K) sum_y R_y <= rho(w) sum_y pi_y w_y R_y, rho(w) = "
        "max_y 1/(K pi_y w_y) the least such factor; rho(c w) = rho(w)/c, rho(1) = 1/(K pi_1), equality at "
        "w = 1/pi. Hence for an i.i.d. sample S of N, losses in [0, M_y] that are mu_y-Lipschitz on class "
        "y, and w fixed in advance: with probability >= 1 - delta over S, for every kappa > 0 with "
        "Rad_{S_y} <= kappa Rad_S/sqrt(pih_y) for every class of the sample and all f: R_bal(f) <= rho(w) "
        "{ R^_w(f) + 2 sqrt2 kappa Rad_S sum_y w_y mu_y sqrt(pih_y) + 3 max_y(w_y M_y) "
        "sqrt(log(2/delta)/(2N)) }",
        r"\rho(w) = \max_y \frac{1}{K \pi_y w_y} = \sup_{R \ge 0,\, R \ne 0} \frac{\frac1K \sum_y "
        r"R_y}{\sum_y \pi_y w_y R_y}, \quad \rho(cw) = \frac{\rho(w)}{c},\ \rho(\mathbf{1}) = \frac{1}{K "
        r"\pi_1},\quad \frac1K \sum_y R_y = \rho(1/\pi) \sum_y \pi_y \frac{1}{\pi_y} R_y; \qquad 0 \le "
        r"L(y, \cdot) \le M_y,\ L(y, \cdot)\ \mu_y\text{-Lipschitz},\ w \text{ fixed in advance}: \quad "
        r"\text{with probability} \ge 1-\delta \text{ over } S,\quad \mathfrak{R}_{S_y} \le \frac{\kappa\, "
        r"\mathfrak{R}_S}{\sqrt{\hat\pi_y}}\ \forall y : \hat\pi_y > 0 \implies R_{\mathrm{bal}}(f) \le "
        r"\rho(w) \left\{ \hat R_w(f) + 2\sqrt2\, \kappa\, \mathfrak{R}_S \sum_{y=1}^K w_y \mu_y "
        r"\sqrt{\hat\pi_y} + 3 \max_y (w_y M_y) \sqrt{\frac{\log(2/\delta)}{2N}} \right\} \quad \forall "
        r"f,\ \kappa > 0",
    ),
    steps=(
        "one_class (RDR1.5.4): one class: r/K <= rho pi w r when rho >= 1/(K pi w)",
        state("r/K <= P*p*w*r", given="P >= 1/(K*p*w)", r="nonnegative"),
        "three_classes (RDR1.5.4): three classes at once, decided independently",
        state(
            "(r1 + r2 + r3)/3 <= P*(a1*r1 + a2*r2 + a3*r3)",
            given=["3*P*a1 >= 1", "3*P*a2 >= 1", "3*P*a3 >= 1"],
        ),
        "scale_free (RDR1.5.4): scaling all weights by c divides rho by c",
        "1/(K*p*(c*w)) == (1/(K*p*w))/c",
        "plain_weights (RDR1.5.4): w = 1: rho = 1/(K pi_1), the old prefactor",
        state("1/(K*p*1) <= 1/(K*m*1)", given="m <= p"),
        "inverse_prior_is_exact (RDR1.5.4): w = 1/pi: rho = 1/K and R_w = K R_bal, so equality; 1/(K pi_1) "
        "is larger by 1/pi_1",
        state(
            "1/(K*p*(1/p)) == 1/K", "p*(1/p)*r/K == r/K", "(1/(K*m))/(1/K) == 1/m", r="nonnegative"
        ),
        "attained (RDR1.5.4): rho is attained: if only the class of the maximum errs, both sides agree",
        "r/K == (1/(K*p*w))*p*w*r",
    ),
    argument="Sum the one-class inequality; then bound R_w as in the data-dependent bound, for the loss "
    "with weights w.",
    mutants=(
        "the smallest of 1/(K pi w) instead of the largest",
        "(r1 + r2)/2 <= Min(1/(2*a1), 1/(2*a2))*(a1*r1 + a2*r2)",
        "the prior's prefactor whatever the weights",
        state("r/K <= p*w*r/(K*m)", given="m <= p"),
        "the number of classes forgotten: rho = 1/(pi w) is attained",
        "r/K == (1/(p*w))*p*w*r",
    ),
    rests_on=("data_dependent_bound.certificate", "density_ratio_bound.which_risk"),
)

STATEMENTS = (IDENTITY, THEOREM, WHICH_RISK, PREFACTOR)
