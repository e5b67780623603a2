"""Logit adjustment: the loss, its post-hoc form, and a formula that is not it.

Claimed by Menon et al. (ICLR 2021), Section 4; the temperature and the failure of normalised logits are
derived here. Checked by: identities for one class or one pair of classes, which hold for any number of
them, and exact witnesses.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..claims.statement import Statement, mutants, state, steps
from ..consistency.offset_family import broadcast_classes, sum_of_others
from ..foundation.validation import InputError, as_number, as_real, broadcast_together

__all__ = ["adjusted_logits", "logit_adjusted_loss"]


def adjusted_logits(
    logits: ArrayLike, class_prior: ArrayLike, tau: float = 1.0
) -> NDArray[np.float64]:
    """Post-hoc adjusted logits ``u_y - tau log pi_y``, shape (..., K); predict their argmax.

    ``class_prior``: (..., K), positive; only ratios matter, so class counts do as well.
    """
    scores, log_prior = _logits_and_log_prior(logits, class_prior)
    return scores - as_number("tau", tau) * log_prior


def logit_adjusted_loss(
    logits: ArrayLike, target: ArrayLike, class_prior: ArrayLike, tau: float = 1.0
) -> NDArray[np.float64]:
    """``-log softmax(u + tau log pi)_target``, shape (...): accurate also where it is tiny.

    ``logits``: (..., K); ``target``: (...), class indices; ``class_prior`` as in `adjusted_logits`.
    """
    scores, log_prior = _logits_and_log_prior(logits, class_prior)
    classes = scores.shape[-1]
    index = as_real("target", target, low=0, high=classes - 1)
    if np.any(index % 1 != 0):
        raise InputError(f"target = {target!r}: must be class indices, 0 to {classes - 1}")
    _, index = broadcast_together(logits=scores[..., 0], target=index.astype(np.intp))
    scores, log_prior = (
        np.broadcast_to(array, (*index.shape, classes)) for array in (scores, log_prior)
    )
    index = index[..., None]
    gap = scores - np.take_along_axis(scores, index, -1)
    gap += as_number("tau", tau) * (log_prior - np.take_along_axis(log_prior, index, -1))
    # log sum exp(gap), with the largest term, at least the target's own exp(0), taken out
    top = gap.argmax(axis=-1, keepdims=True)
    height = np.take_along_axis(gap, top, -1)
    rest = np.exp(gap - height)
    np.put_along_axis(rest, top, 0.0, -1)
    return height[..., 0] + np.log1p(rest.sum(axis=-1))


def _logits_and_log_prior(
    logits: ArrayLike, class_prior: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    prior = as_real("class_prior", class_prior, low=0, low_open=True)
    scores, prior = broadcast_classes(logits=as_real("logits", logits), class_prior=prior)
    # from the ratio to the total: a class that holds nearly everything keeps its digits
    return scores, -np.log1p(sum_of_others(prior) / prior)


# ------------------------------------------------------------------------------------ statements

_LOGITS = {"u1": "real", "u2": "real", "u3": "real"}
_PRIOR = {"p1": "positive", "p2": "positive", "p3": "positive"}
_SUM = "(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2)) + exp(u3 + tau*log(p3)))"
_LOSS = f"-log(exp(u1 + tau*log(p1))/{_SUM})"
_SYMBOLS = {
    "u1": "logit of class 1, the true one",
    "p1": "prior of class 1",
    "tau": "strength of the adjustment",
}

LOSS = Statement(
    name="logit_adjustment.loss",
    title="The logit-adjusted loss is a pairwise loss with margins (pi_j/pi_y)^tau",
    source="Menon et al. (ICLR 2021), eq. (10) and (11)",
    formula=state(
        f"{_LOSS} == log(1 + (p2/p1)**tau*exp(u2 - u1) + (p3/p1)**tau*exp(u3 - u1))",
        **_LOGITS,
        **_PRIOR,
        tau="real",
    ),
    steps=steps(
        (
            "one wrong class's term, relative to the true class's: any number of classes",
            state(
                "exp(u2 + tau*log(p2))/exp(u1 + tau*log(p1)) == (p2/p1)**tau*exp(u2 - u1)",
                u1="real",
                u2="real",
                p1="positive",
                p2="positive",
                tau="real",
            ),
        ),
        (
            "the loss is log(1 + sum of these), with true term a and the others' sum R",
            state("-log(a/(a + R)) == log(1 + R/a)", a="positive", R="positive"),
        ),
    ),
    argument="The softmax of u + tau log pi, divided through by the true class's term; the formula is "
    "shown for three classes.",
    mutants=mutants(
        (
            "the prior ratio upside down",
            state(
                f"{_LOSS} == log(1 + (p1/p2)**tau*exp(u2 - u1) + (p1/p3)**tau*exp(u3 - u1))",
                **_LOGITS,
                **_PRIOR,
                tau="real",
            ),
        ),
        (
            "the exponent outside the sum",
            state(
                f"{_LOSS} == log(1 + (p2/p1*exp(u2 - u1) + p3/p1*exp(u3 - u1))**tau)",
                **_LOGITS,
                **_PRIOR,
                tau="real",
            ),
        ),
    ),
    symbols=_SYMBOLS | {"a": "exp of the true class's adjusted logit", "R": "sum over the others"},
    ids=("LA2",),
    functions=("logit_adjusted_loss",),
)

_ETA = {"h1": "positive", "h2": "positive", "p1": "positive", "p2": "positive"}

POST_HOC = Statement(
    name="logit_adjustment.post_hoc",
    title="Adjusting after training is adjusting in training; temperature T needs the offset T log pi",
    source="Menon et al. (ICLR 2021), post-hoc logit adjustment; the temperature is derived here",
    formula=state(
        "T*log(h1) + c - T*log(p1) - (T*log(h2) + c - T*log(p2)) == T*(log(h1/p1) - log(h2/p2))",
        T="positive",
        c="real",
        **_ETA,
    ),
    steps=steps(
        (
            "argmax u - tau log(pi) is argmax exp(u)/pi^tau",
            state("exp(u - tau*log(p)) == exp(u)/p**tau", u="real", tau="real", p="positive"),
        ),
        (
            "the adjusted loss of u is cross-entropy of g = u + tau log(pi), and u = g - tau log(pi): "
            "in a class of scores closed under constants the two trainings predict alike (S: the sum)",
            state(
                "-log(exp((g - tau*log(p)) + tau*log(p))/S) == -log(exp(g)/S)",
                g="real",
                tau="real",
                p="positive",
                S="positive",
            ),
        ),
        (
            "scores u = T log(eta) + c, offset T log(pi): differences are T times the balanced scores'",
            state(
                "T*log(h1) + c - T*log(p1) - (T*log(h2) + c - T*log(p2))"
                " == T*(log(h1/p1) - log(h2/p2))",
                T="positive",
                c="real",
                **_ETA,
            ),
        ),
        (
            "another offset tau leaves a part that depends on the priors only",
            state(
                "T*log(h1) - tau*log(p1) - (T*log(h2) - tau*log(p2))"
                " == T*(log(h1/p1) - log(h2/p2)) + (T - tau)*(log(p1) - log(p2))",
                T="positive",
                tau="real",
                **_ETA,
            ),
        ),
        (
            "so tau = 1 at T = 2 is wrong: pi = (.9, .1), eta = (.85, .15)",
            state(
                "(85/100)/(9/10) < (15/100)/(1/10)",
                "2*log(85/100) - log(9/10) > 2*log(15/100) - log(1/10)",
            ),
        ),
        (
            "adjusted in training and afterwards, the scores are log(eta/pi^2)",
            state("log(h/p) - log(p) == log(h/p**2)", h="positive", p="positive"),
        ),
    ),
    argument="The first two lines move the offset between training and prediction. In the third the "
    "difference has the sign of r_1 - r_2, as T > 0; in the fourth, unless tau = T, a posterior with "
    "r_1 close to r_2 is misclassified whenever the priors differ.",
    mutants=mutants(
        (
            "add tau log(pi) after training",
            state(
                "T*log(h1) + T*log(p1) - (T*log(h2) + T*log(p2)) == T*(log(h1/p1) - log(h2/p2))",
                T="positive",
                **_ETA,
            ),
        ),
        (
            "temperature T needs tau = 1/T",
            state(
                "T*log(h1) - (1/T)*log(p1) - (T*log(h2) - (1/T)*log(p2))"
                " == T*(log(h1/p1) - log(h2/p2))",
                T="positive",
                **_ETA,
            ),
        ),
        (
            "adjusting twice does no harm",
            state("log(h/p) - log(p) == log(h/p)", h="positive", p="positive"),
        ),
    ),
    symbols={
        "u": "logit of a class",
        "g": "its plain cross-entropy logit",
        "T": "temperature of the scores",
        "tau": "strength of the adjustment",
        "c": "constant common to the classes",
        "h1": "posterior of class 1",
        "p1": "prior of class 1",
    },
    rests_on=("offset_family.minimiser",),
    ids=("LA9",),
    functions=("adjusted_logits",),
)

_SHIFTED = {"u1": "real", "u2": "real", "c": "real", "p1": "positive", "p2": "positive"}

NORMALISED = Statement(
    name="logit_adjustment.normalisation_is_not_adjustment",
    title="Dividing logits by the prior is no consistent correction: a common shift decides the class",
    source="common usage, cf. Kang et al. (ICLR 2020) and Menon et al. (ICLR 2021); derived here",
    formula=state(
        "(u1 + c)/p1 < (u2 + c)/p2", given=["p1 > p2", "c*(p1 - p2) > u1*p2 - u2*p1"], **_SHIFTED
    ),
    steps=steps(
        (
            "logits shifted far up: the rarer class wins, whatever the posterior ...",
            state(
                "(u1 + c)/p1 < (u2 + c)/p2",
                given=["p1 > p2", "c*(p1 - p2) > u1*p2 - u2*p1"],
                **_SHIFTED,
            ),
        ),
        (
            "... and shifted far down the more frequent one",
            state(
                "(u1 + c)/p1 > (u2 + c)/p2",
                given=["p1 > p2", "c*(p1 - p2) < u1*p2 - u2*p1"],
                **_SHIFTED,
            ),
        ),
        (
            "while a softmax loss does not see the shift (S: the sum)",
            state("exp(u + c)/(S*exp(c)) == exp(u)/S", u="real", c="real", S="positive"),
        ),
        (
            "pi = (.9, .1), u = (1, -.1): normalised 1, adjusted 2",
            state("1/(9/10) > (-1/10)/(1/10)", "1 - log(9/10) < -1/10 - log(1/10)"),
        ),
        (
            "the same scores raised by 5: normalised 2",
            state("6/(9/10) < (49/10)/(1/10)"),
        ),
        (
            "u = (4, 1): normalised 2, adjusted 1",
            state("4/(9/10) < 1/(1/10)", "4 - log(9/10) > 1 - log(1/10)"),
        ),
    ),
    argument="A softmax loss fixes the logits up to a common shift, and the shift alone makes the "
    "normalised rule predict either class of a pair with different priors. No population statement "
    "about it can hold without fixing the shift by other means.",
    mutants=mutants(
        (
            "normalised logits are invariant to a shift",
            state(
                "(u1 + c)/p1 - (u2 + c)/p2 == u1/p1 - u2/p2",
                **_SHIFTED,
            ),
        ),
        (
            "normalising agrees with adjusting",
            state(
                "u1/p1 > u2/p2",
                given="u1 - log(p1) > u2 - log(p2)",
                **{k: v for k, v in _SHIFTED.items() if k != "c"},
            ),
        ),
    ),
    symbols={"u1": "logit of class 1", "p1": "prior of class 1", "c": "common shift"},
    ids=("LA10",),
    corrects="Normalising scores or weights by class frequency is listed among the logit corrections: as "
    "a rule on logits it has no consistent population form.",
)

STATEMENTS = (LOSS, POST_HOC, NORMALISED)
