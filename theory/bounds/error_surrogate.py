"""From a vector-scaling (VS) risk to the balanced error: what a mistake costs at least.

With unit scales a misclassified example has a VS loss of at least alpha_y t_y, which makes every bound on
the clipped loss a bound on the balanced error. Derived here. Checked by: intervals, SMT.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, state_derivative, statement
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_real, broadcast_together
from ..vector_scaling.local_lipschitz import LossConstants

__all__ = ["error_surrogate", "error_surrogate_constants", "mistake_cost"]


def mistake_cost(offset: ArrayLike) -> NDArray[np.float64]:
    """``t_y = log(1 + exp(min_{j != y} Delta_j - Delta_y))``; shape (K,) in and out, K >= 2.

    A misclassified example (ties count) of class y has a VS loss of at least ``alpha_y t_y`` when all
    scales are 1. Cross-entropy: log 2; logit adjustment with tau = 1: ``log(1 + pi_min/pi_y)`` for all
    classes but the rarest.
    """
    offset = as_real("offset", offset)
    if offset.ndim != 1 or offset.size < 2:
        raise InputError(f"offset has shape {offset.shape}: give one per class, shape (K,), K >= 2")
    low, second = np.partition(offset, 1)[:2]
    rarest = np.zeros(offset.size, dtype=bool)
    rarest[offset.argmin()] = True
    return np.logaddexp(0.0, np.where(rarest, second, low) - offset)


def error_surrogate(
    loss: ArrayLike, offset: ArrayLike, probability: ArrayLike | None = None
) -> NDArray[np.float64]:
    """``min(loss, log(1/p)) / min(t, log(1/p))``: at least 1 on every mistake; last axis K.

    ``loss``: unweighted VS losses (alpha = 1, unit scales) by class, shape (..., K); the weight
    cancels. ``probability``: clip level p_y in (0, 1); unless given ``exp(-t_y)``, the best one.
    """
    cost, log_level = _levels(offset, probability)
    losses, level = broadcast_together(loss=as_real("loss", loss, low=0), offset=log_level)
    with np.errstate(over="ignore"):
        return np.minimum(losses, level) / np.minimum(cost, log_level)


def error_surrogate_constants(
    offset: ArrayLike, probability: ArrayLike | None = None
) -> LossConstants:
    """`LossConstants` of `error_surrogate`: ``sqrt2 (1 - p)/min(t, log(1/p))`` and its upper bound.

    Any bound for them (`stratified_bound`) with the surrogate's class risks bounds the balanced error.
    """
    cost, log_level = _levels(offset, probability)
    unit = np.minimum(cost, log_level)
    with np.errstate(over="ignore"):
        return LossConstants(np.sqrt(2.0) * -np.expm1(-log_level) / unit, log_level / unit)


def _levels(
    offset: ArrayLike, probability: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """``t_y``, at least the smallest float so that it can divide, and ``log(1/p_y)``."""
    cost = np.maximum(mistake_cost(offset), np.finfo(np.float64).tiny)
    if probability is None:
        return cost, cost
    level = as_real("probability", probability, low=0, high=1, low_open=True, high_open=True)
    cost, log_level = broadcast_together(offset=cost, probability=-np.log(level))
    return cost, log_level


# ------------------------------------------------------------------------------------ statements


MISTAKE = statement(
    name="error_surrogate.balanced_error",
    title="With unit scales the balanced error is at most the mean over classes of the clipped risk over "
    "alpha_y min(t_y, log(1/p_y)), t_y = log(1 + exp(min Delta_j - Delta_y)), for any K",
    source="derived here",
    ids=("VS10",),
    functions=("mistake_cost", "error_surrogate"),
    corrects="log 2 as the price of a mistake under logit adjustment",
    where={
        "D: real": "Delta_j - Delta_y of the class ahead",
        "e: real": "offset of the wrong class ahead",
        "a: positive": "weight alpha",
        "L: nonnegative": "VS loss of the example (unweighted in the last step)",
        "t: nonnegative": "how far the wrong class is ahead; from step 3 the price of a mistake",
        "R: nonnegative": "sum of the other terms",
        "c: real": "log(1/p), or the target's offset",
        "m: real": "smallest offset, or smallest prior",
        "p: positive": "prior of the class",
        "M: real": "largest offset of the other classes",
    },
    theorem=(
        "unit scales, alpha_y > 0, 0 < p_y < 1, ties counted as mistakes, any K >= 2: BER(f) <= (1/K) "
        "sum_y R_y(f) / (alpha_y min(t_y, log(1/p_y))), t_y = log(1 + exp(min_{j != y} Delta_j - "
        "Delta_y)), R_y the mean over class y of min(alpha_y log(1 + sum_{j != y} exp(u_j - u_y + Delta_j "
        "- Delta_y)), alpha_y log(1/p_y))",
        r"\mathrm{BER}(f) \le \frac1K \sum_{y=1}^K \frac{R_y^{L_p}(f)}{\alpha_y \min\left( t_y, "
        r"\log(1/p_y) \right)}, \qquad t_y = \log\left( 1 + e^{\min_{j \ne y} \Delta_j - \Delta_y} "
        r"\right), \qquad L_p(y, u) = \alpha_y \min\left\{ \log\left( 1 + \sum_{j \ne y} e^{u_j - u_y + "
        r"\Delta_j - \Delta_y} \right),\ \log\frac{1}{p_y} \right\}",
    ),
    steps=(
        "wrong_class_ahead_costs (VS10): a wrong class whose logit is ahead by t >= 0 alone makes the loss "
        "at least log(1 + e^(D)), whatever the others add (R)",
        "log(1 + exp(D + t) + R) >= log(1 + exp(D))",
        "smallest_offset_suffices (VS10): its offset is at least the smallest of the others'",
        state("log(1 + exp(e - c)) >= log(1 + exp(m - c))", given="e >= m"),
        "clipped_price (VS10): clipped at c, a loss of at least alpha t is at least alpha min(t, log(1/p))",
        state("min(L, a*c) >= a*min(t, c)", given="L >= a*t", c="nonnegative"),
        "cross_entropy_price (VS10): cross-entropy, offsets 0: t = log 2",
        "log(1 + exp(0 - 0)) == log(2)",
        "logit_adjustment_price (VS10): logit adjustment, offsets log pi: t = log(1 + pi_min/pi_y), small "
        "for a head class",
        state("log(1 + exp(log(m) - log(p))) == log(1 + m/p)", "log(1 + m/p) <= m/p", m="positive"),
        "weight_cancels (VS8a VS10): the weight cancels: clipped risk and price are both proportional to "
        "alpha",
        state(
            "min(a*L, a*c)/(a*min(t, c)) == min(L, c)/min(t, c)",
            L="positive",
            t="positive",
            c="positive",
        ),
    ),
    argument="A mistake has a wrong class j with u_j >= u_y, so one term of the pairwise form is at least "
    "exp(Delta_j - Delta_y). The indicator of a mistake is then at most the clipped loss over its "
    "price; take class means.",
    mutants=(
        "log 2 for logit adjustment: pi = (.9, .1), a tie of class 1's example",
        "log(1 + (1/10)/(9/10)) >= log(2)",
        "the largest offset instead of the smallest",
        state("log(1 + exp(e - c)) >= log(1 + exp(M - c))", given="e <= M"),
        "the price t without regard to the clip",
        state("min(L, a*c) >= a*t", given="L >= a*t", c="nonnegative"),
    ),
    rests_on=("vs_loss.forms", "local_lipschitz.clipped"),
)

BEST_LEVEL = statement(
    name="error_surrogate.best_level",
    title="The clip level exp(-t) minimises both constants of the surrogate; near p = 1 clipping does not "
    "help",
    source="derived here",
    ids=("VS10",),
    functions=("error_surrogate_constants",),
    where={
        "s: positive": "log(1/p)",
        "t: positive": "price of a mistake",
        "h: nonnegative": "how far log(1/p) exceeds the price t",
    },
    theorem=(
        "for every t > 0: p = exp(-t) minimises sqrt2 (1 - p)/min(t, log(1/p)) over 0 < p < 1 and attains "
        "the least value 1 of log(1/p)/min(t, log(1/p)); but (1 - p)/log(1/p) >= 1 - log(1/p)/2, which "
        "tends to 1 as p -> 1",
        r"e^{-t} \in \operatorname{argmin}_{0 < p < 1} \frac{\sqrt2\,(1 - p)}{\min(t, \log(1/p))} \cap "
        r"\operatorname{argmin}_{0 < p < 1} \frac{\log(1/p)}{\min(t, \log(1/p))}, \quad \min_{0 < p < 1} "
        r"\frac{\log(1/p)}{\min(t, \log(1/p))} = 1 \quad \forall t > 0, \qquad \frac{1 - p}{\log(1/p)} \ge "
        r"1 - \frac12 \log\frac1p \quad \forall p \in (0, 1)",
    ),
    formula=state("(1 - exp(-s))/s >= (1 - exp(-t))/t", given="s <= t"),
    steps=(
        "slope_above_level (VS10): above the level, s = log(1/p) <= t: the constant (1 - p)/log(1/p) falls "
        "as s grows",
        state_derivative("(1 - exp(-s))/s", "s", "(exp(-s)*(1 + s) - 1)/s**2"),
        "slope_negative (VS10): its derivative is negative",
        "exp(-s)*(1 + s) < 1",
        "grows_below_level: below the level, s = t + h: the constant (1 - p)/t grows with s",
        "(1 - exp(-t))/t <= (1 - exp(-(t + h)))/t",
        "upper_bound_least_at_level: the upper bound log(1/p)/min(t, log(1/p)) is at least 1, its value at "
        "the level",
        ("s/min(t, s) >= 1", "t/min(t, t) == 1"),
        "cross_entropy_value: cross-entropy: p = 1/2 gives (1/2)/log 2, between .721 and .722",
        "721/1000 < (1 - 1/2)/log(2) < 722/1000",
        "no_gain_near_one: clipping never brings the constant (1 - e^-s)/s to zero: it is at least 1 - s/2",
        "1 - exp(-s) >= s*(1 - s/2)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The constant falls until s = t and grows after it; the upper bound is smallest up to s = t.",
    mutants=(
        "the constant grows with log(1/p)",
        "exp(-s)*(1 + s) > 1",
        "clipping at p near 1 makes the constant small",
        "(1 - exp(-s))/s <= s",
        "the price is t even above the level",
        "s/t >= 1",
    ),
    rests_on=("error_surrogate.balanced_error",),
)

STATEMENTS = (MISTAKE, BEST_LEVEL)
