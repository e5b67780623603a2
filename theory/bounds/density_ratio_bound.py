"""The bound behind density-ratio re-weighting, with explicit constants, and what it does not say.

Claimed by Luo et al. (NeurIPS 2024), eqs. (1), (2) and Theorem 1 (9), after Wang et al. (NeurIPS 2023);
the weight-aware prefactor and the false readings are derived here. Checked by: SMT, intervals.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import (
    Statement,
    mutants,
    state,
    state_failure,
    state_quoted,
    steps,
)
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
    prior = np.asarray(class_prior, dtype=np.float64)
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


def _vary(kind: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), kind)


_CLASSES = {
    "p": "prior of a class in training",
    "m": "smallest prior",
    "r": "risk of a class",
    "w": "its weight",
    "K": "number of classes",
}

IDENTITY = Statement(
    name="density_ratio_bound.balanced_risk",
    title="Weighting by (P_bal/P)(y) times (P_bal/P)(x given y) turns the training risk into the balanced "
    "risk; under label shift alone the ratio given y is 1",
    source="Luo et al. (NeurIPS 2024), eqs. (1) and (2)",
    ids=("RDR1.2",),
    corrects="the ratio defined as P/P_bal in the text; the identity, the solution and the code use the "
    "inverse",
    formula=state(
        "p*f*((1/K)/p)*(g/f)*L == g/K*L",
        K="integer 1..",
        **_vary("positive", "p f g L"),
    ),
    steps=steps(
        (
            "one point (x, y): its share of the weighted training risk is its share of the balanced risk",
            state(
                "p*f*((1/K)/p)*(g/f)*L == g/K*L", K="integer 1..", **_vary("positive", "p f g L")
            ),
            "RDR1.2",
        ),
        (
            "with the weight 1/p instead of (1/K)/p the risk is K times the balanced one",
            state(
                "p*f*(1/p)*(g/f)*L == K*(g/K*L)", K="integer 1..", **_vary("positive", "p f g L")
            ),
            "RDR1.2",
        ),
        (
            "two classes and two points each, at once",
            state(
                "p*(f*(1/2/p)*(g/f)*A + (1 - f)*(1/2/p)*((1 - g)/(1 - f))*B)"
                " + (1 - p)*(h*(1/2/(1 - p))*(e/h)*C + (1 - h)*(1/2/(1 - p))*((1 - e)/(1 - h))*D)"
                " == (g*A + (1 - g)*B + e*C + (1 - e)*D)/2",
                **_vary("(0, 1)", "p f g h e"),
                **_vary("positive", "A B C D"),
            ),
            "RDR1.2",
        ),
        (
            "label shift, g = f: the ratio given the class is 1 and inverse frequency is left",
            state("((1/K)/p)*(f/f) == 1/(K*p)", K="integer 1..", **_vary("positive", "p f")),
            "RDR1.5.7",
        ),
        (
            "the reciprocal ratio does not give the balanced risk",
            state_failure("p*f*(1/p)*(f/g)*L == g*L", **_vary("positive", "p f g L")),
            "RDR1.2",
        ),
    ),
    argument="Add the shares over all points. In benchmarks made by dropping examples at random the class "
    "conditionals agree, so whatever an estimated ratio finds there is not a difference between them.",
    mutants=mutants(
        (
            "the ratio upside down, P/P_bal",
            state("p*f*(1/p)*(f/g)*L == g*L", **_vary("positive", "p f g L")),
        ),
        (
            "the ratio without the prior's part",
            state("p*f*(g/f)*L == g*L", **_vary("positive", "p f g L")),
        ),
    ),
    symbols={
        "p": "training prior of the class",
        "f": "training probability of x given y",
        "g": "balanced probability of x given y",
        "L": "loss at the point",
        "K": "number of classes",
    },
)

THEOREM = Statement(
    name="density_ratio_bound.theorem",
    title="Theorem 1 of density-ratio re-weighting is the data-dependent bound at unit scales, offsets 0 and "
    "alpha = w; the tight constant is sqrt2 instead of sqrt(1 + (K - 1)^2)",
    source="Luo et al. (NeurIPS 2024), Theorem 1; Wang et al. (NeurIPS 2023), Proposition 3; constants "
    "derived here",
    ids=("RDR1.3", "RDR1.4"),
    functions=("rdr_bound",),
    corrects="constants that grow with the number of classes hidden in <~, and softmax(B_y) as a number",
    formula=state_quoted(
        "with probability at least 1 - delta, for all m: R_bal(w L; m) <= (1/(K pi_1)) [ R^_w(m) + 2 sqrt2 "
        "kappa Rad_S(M) sum_y w_y sqrt2 (1 - p_y) sqrt(pih_y) + 3 max_y(w_y M_y) sqrt(log(2/delta)/(2N)) ]",
        r"\frac1K \sum_y w_y R_y(m) \le \frac{1}{K \pi_1} \Big[ \hat R_w(m) + 2\sqrt2\, \kappa\,"
        r"\mathfrak{R}_S \sum_y w_y \sqrt2\, (1 - p_y) \sqrt{\hat\pi_y}"
        r" + 3 \max_y(w_y M_y) \sqrt{\frac{\log(2/\delta)}{2N}} \Big]",
    ),
    steps=steps(
        (
            "unit scales: the published constant is sqrt(1 + (K - 1)^2), the tight one sqrt2",
            state(
                "sqrt(1**2 + ((K - 1)*1)**2) == sqrt(1 + (K - 1)**2)",
                "sqrt(1**2 + Max(1, 1)**2) == sqrt(2)",
                K="integer 2..",
            ),
            "RDR1.4 RDR1.5.1",
        ),
        (
            "their ratio is at least (K - 1)/sqrt2 and at most K/sqrt2",
            state("(K - 1)/sqrt(2) <= sqrt(1 + (K - 1)**2)/sqrt(2) <= K/sqrt(2)", K="integer 2.."),
            "RDR1.5.1",
        ),
        (
            "the risk term: w r/K <= pi (w r)/(K pi_1)",
            state(
                "w*r/K <= p*(w*r)/(K*m)",
                given="m <= p",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "m p w"),
            ),
            "RDR1.3",
        ),
        (
            "the complexity's summand: pih w mu kappa Rad/sqrt(pih) = sqrt(pih) w mu kappa Rad",
            state(
                "p*(w*u)*(k*R/sqrt(p)) == sqrt(p)*w*u*k*R",
                p="(0, 1)",
                **_vary("positive", "w u k R"),
            ),
            "RDR1.3 RDR1.4",
        ),
        (
            "gradient for unit scales: with all wrong mass s on one class its norm is sqrt2 s, never more",
            state(
                "sqrt(s**2 + s**2) == sqrt(2)*s",
                "sqrt((q2 + q3)**2 + q2**2 + q3**2) <= sqrt(2)*(q2 + q3)",
                s="[0, 1]",
                **_vary("nonnegative", "q2 q3"),
            ),
            "RDR1.5.1",
        ),
        (
            "softmax(B_1) is no number: logits (1, 0, 0) and (1, 5, 0) share B_1 = 1",
            state("exp(1)/(exp(1) + 2) > 57/100", "exp(1)/(exp(1) + exp(5) + 1) < 18/1000"),
            "RDR1.5.2",
        ),
    ),
    argument="The weighted loss is a VS loss with alpha = w, so the certificate of the data-dependent bound "
    "applies, with the minimal probability p_y for softmax(B_y) and the loss clipped at that level.",
    mutants=mutants(
        (
            "the published constant is within a factor 2 of the tight one",
            state("sqrt(1 + (K - 1)**2) <= 2*sqrt(2)", K="integer 2.."),
        ),
        (
            "the constant 1 suffices for cross-entropy",
            state("sqrt((q2 + q3)**2 + q2**2 + q3**2) <= q2 + q3", **_vary("nonnegative", "q2 q3")),
        ),
        (
            "the largest prior in the prefactor",
            state(
                "w*r/K <= p*(w*r)/(K*m)",
                given="m >= p",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "m p w"),
            ),
        ),
    ),
    symbols=_CLASSES
    | {
        "u": "Lipschitz constant mu_y",
        "k": "kappa",
        "R": "complexity",
        "q2": "adjusted probability",
    },
    rests_on=(
        "data_dependent_bound.certificate",
        "vector_scaling.gradient_bound",
        "minimal_probability.readings",
    ),
)

WHICH_RISK = Statement(
    name="density_ratio_bound.which_risk",
    title="The theorem bounds the weighted balanced risk; read for the plain loss its risk term fails iff "
    "some w_y < pi_1/pi_y",
    source="derived here",
    ids=("RDR1.5.3",),
    corrects="the bound read for the balanced risk of the plain loss, with weights that forget a class",
    formula=state_failure(
        "(r1 + r2)/2 <= (p*w1*r1 + (1 - p)*w2*r2)/(2*(1 - p))",
        p="[1/2, 1)",
        **_vary("positive", "w1 w2"),
        **_vary("nonnegative", "r1 r2"),
    ),
    steps=steps(
        (
            "the weighted balanced risk is bounded, whatever the weights",
            state(
                "(w1*r1 + w2*r2)/2 <= (p*w1*r1 + (1 - p)*w2*r2)/(2*(1 - p))",
                p="[1/2, 1)",
                **_vary("positive", "w1 w2"),
                **_vary("nonnegative", "r1 r2"),
            ),
            "RDR1.5.3",
        ),
        (
            "the plain one is not",
            state_failure(
                "(r1 + r2)/2 <= (p*w1*r1 + (1 - p)*w2*r2)/(2*(1 - p))",
                p="[1/2, 1)",
                **_vary("positive", "w1 w2"),
                **_vary("nonnegative", "r1 r2"),
            ),
            "RDR1.5.3",
        ),
        (
            "at p = 9/10, r = (1, 0), w = (1/100, 1): 1/2 against 9/200",
            state("(1 + 0)/2 > (9/10*(1/100)*1 + (1/10)*1*0)/(2*(1/10)) == 9/200"),
            "RDR1.5.3",
        ),
        (
            "exactly: a class's share is enough iff its weight is at least pi_1/pi_y",
            state(
                "r/K <= p*w*r/(K*m)",
                given="w >= m/p",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "p w m"),
            ),
            "RDR1.5.3",
        ),
        (
            "and else not, if the class errs",
            state(
                "r/K > p*w*r/(K*m)",
                given="w < m/p",
                K="integer 1..",
                **_vary("positive", "p w m r"),
            ),
            "RDR1.5.3",
        ),
        (
            "a head weight of 3/10 is no failure at imbalance 100: 3/10 >= 1/100",
            state("3/10 >= (1/101)/(100/101)"),
            "RDR1.5.3",
        ),
    ),
    argument="Each class must bring at least 1/K of its risk to the right side; the others may have no risk.",
    mutants=mutants(
        (
            "the plain reading holds for all weights",
            state(
                "r/K <= p*w*r/(K*m)",
                K="integer 1..",
                given="m <= p",
                **_vary("positive", "p w m r"),
            ),
        ),
        (
            "it fails as soon as a weight is below 1",
            state(
                "r/K > p*w*r/(K*m)",
                given=["w < 1", "m <= p"],
                K="integer 1..",
                **_vary("positive", "p w m r"),
            ),
        ),
    ),
    symbols=_CLASSES,
    rests_on=("density_ratio_bound.theorem", "class_bounds.prior_prefactor"),
)

PREFACTOR = Statement(
    name="density_ratio_bound.weight_prefactor",
    title="R_bal <= rho(w) R_w with rho(w) = max 1/(K pi_y w_y), for any K: scale-free, 1/(K pi_1) at w = 1, "
    "exact at w = 1/pi",
    source="derived here",
    ids=("RDR1.5.4",),
    functions=("weight_prefactor", "rdr_bound"),
    corrects="the prefactor 1/(K pi_1), which ignores the weights and is larger by 1/pi_1 at w = 1/pi",
    formula=state_quoted(
        "R_bal <= rho(w) { R^_w + 2 sqrt2 kappa Rad sum_y w_y mu_y sqrt(pih_y) + 3 max(w_y M_y) "
        "sqrt(log(2/delta)/(2N)) }, rho(w) = max_y 1/(K pi_y w_y)",
        r"R_{\mathrm{bal}} \le \rho(w) \Big\{ \hat R_w + 2\sqrt2\, \kappa\, \mathfrak{R}_S"
        r" \sum_y w_y \mu_y \sqrt{\hat\pi_y} + 3 \max_y (w_y M_y) \sqrt{\frac{\log(2/\delta)}{2N}}"
        r" \Big\}, \qquad \rho(w) = \max_y \frac{1}{K \pi_y w_y}",
    ),
    steps=steps(
        (
            "one class: r/K <= rho pi w r when rho >= 1/(K pi w)",
            state(
                "r/K <= P*p*w*r",
                given="P >= 1/(K*p*w)",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "P p w"),
            ),
            "RDR1.5.4",
        ),
        (
            "three classes at once, decided independently",
            state(
                "(r1 + r2 + r3)/3 <= P*(a1*r1 + a2*r2 + a3*r3)",
                given=["3*P*a1 >= 1", "3*P*a2 >= 1", "3*P*a3 >= 1"],
                **_vary("positive", "P a1 a2 a3"),
                **_vary("nonnegative", "r1 r2 r3"),
            ),
            "RDR1.5.4",
        ),
        (
            "scaling all weights by c divides rho by c",
            state("1/(K*p*(c*w)) == (1/(K*p*w))/c", K="integer 1..", **_vary("positive", "p w c")),
            "RDR1.5.4",
        ),
        (
            "w = 1: rho = 1/(K pi_1), the old prefactor",
            state(
                "1/(K*p*1) <= 1/(K*m*1)",
                given="m <= p",
                K="integer 1..",
                **_vary("positive", "p m"),
            ),
            "RDR1.5.4",
        ),
        (
            "w = 1/pi: rho = 1/K and R_w = K R_bal, so equality; 1/(K pi_1) is larger by 1/pi_1",
            state(
                "1/(K*p*(1/p)) == 1/K",
                "p*(1/p)*r/K == r/K",
                "(1/(K*m))/(1/K) == 1/m",
                K="integer 1..",
                r="nonnegative",
                **_vary("positive", "p m"),
            ),
            "RDR1.5.4",
        ),
        (
            "rho is attained: if only the class of the maximum errs, both sides agree",
            state("r/K == (1/(K*p*w))*p*w*r", K="integer 1..", **_vary("positive", "p w r")),
            "RDR1.5.4",
        ),
    ),
    argument="Sum the one-class inequality; then bound R_w as in the data-dependent bound, for the loss "
    "with weights w.",
    mutants=mutants(
        (
            "the smallest of 1/(K pi w) instead of the largest",
            state(
                "(r1 + r2)/2 <= Min(1/(2*a1), 1/(2*a2))*(a1*r1 + a2*r2)",
                **_vary("positive", "a1 a2"),
                **_vary("nonnegative", "r1 r2"),
            ),
        ),
        (
            "the prior's prefactor whatever the weights",
            state(
                "r/K <= p*w*r/(K*m)",
                given="m <= p",
                K="integer 1..",
                **_vary("positive", "p w m r"),
            ),
        ),
        (
            "the number of classes forgotten: rho = 1/(pi w) is attained",
            state("r/K == (1/(p*w))*p*w*r", K="integer 1..", **_vary("positive", "p w r")),
        ),
    ),
    symbols=_CLASSES | {"P": "rho(w)", "a1": "pi_1 w_1"},
    rests_on=("data_dependent_bound.certificate", "density_ratio_bound.which_risk"),
)

STATEMENTS = (IDENTITY, THEOREM, WHICH_RISK, PREFACTOR)
