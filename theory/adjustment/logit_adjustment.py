"""Logit adjustment: the loss, its post-hoc form, and a formula that is not it.

Claimed by Menon et al. (ICLR 2021), Section 4; the temperature and the failure of normalised logits are
derived here. Checked by: identities for one class or one pair of classes, which hold for any number of
them, and exact witnesses.
"""

import numpy as np
from numpy.typing import NDArray

from ..claims.stating import FORMULA, state, statement
from ..consistency.offset_family import broadcast_classes, sum_of_others
from ..foundation.arrays import ArrayLike
from ..foundation.validation import InputError, as_number, as_real, broadcast_together, shown

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
        raise InputError(f"target = {shown(target)}: must be class indices, 0 to {classes - 1}")
    _, index = broadcast_together(logits=scores[..., 0], target=index.astype(np.intp))
    scores, log_prior = (
        np.broadcast_to(array, (*index.shape, classes)) for array in (scores, log_prior)
    )
    index = index[..., None]
    gap = scores - np.take_along_axis(scores, index, -1)
    gap += as_number("tau", tau) * (log_prior - np.take_along_axis(log_prior, index, -1))
    # log sum exp(gap), with the largest term, at least exp(0), the target's, taken out
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
    # from the ratio to the others: a class that holds nearly everything keeps its digits
    prior = np.ldexp(prior, -np.frexp(prior.max(axis=-1, keepdims=True))[1])  # sums are finite
    others = sum_of_others(prior)
    with np.errstate(over="ignore", divide="ignore"):
        odds = np.log1p(others / prior)
        return scores, -np.where(np.isfinite(odds), odds, np.log(others) - np.log(prior))


# ------------------------------------------------------------------------------------ statements


LOSS = statement(
    name="logit_adjustment.loss",
    title="The logit-adjusted loss is a pairwise loss with margins (pi_j/pi_y)^tau",
    source="Menon et al. (ICLR 2021), eq. (10) and (11)",
    ids=("LA2",),
    functions=("logit_adjusted_loss",),
    where={
        "u1: real": "logit of class 1, the true one",
        "u2, u3: real": "logit of classes 2, 3",
        "p1, p2, p3: positive": "prior of classes 1, 2, 3",
        "tau: real": "strength of the adjustment",
        "a: positive": "exp of the true class's adjusted logit",
        "R: positive": "sum over the others",
    },
    theorem=(
        "for all K, u in R^K, pi_j > 0, real tau and labels y: -log(exp(u_y + tau log pi_y)/sum_j exp(u_j "
        "+ tau log pi_j)) = log(1 + sum over j != y of (pi_j/pi_y)^tau exp(u_j - u_y))",
        r"-\log\frac{e^{u_y+\tau\log\pi_y}}{\sum_{j=1}^Ke^{u_j+\tau\log\pi_j}}=\log\left(1+\sum_{j\ne y}"
        r"\left(\frac{\pi_j}{\pi_y}\right)^{\tau}e^{u_j-u_y}\right)\qquad\forall\,K,\ u\in\mathbb R^K,\ "
        r"\pi_j>0,\ \tau\in\mathbb R",
    ),
    formula="-log(exp(u1 + tau*log(p1))/(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2)) + exp(u3 + "
    "tau*log(p3)))) == log(1 + (p2/p1)**tau*exp(u2 - u1) + (p3/p1)**tau*exp(u3 - u1))",
    steps=(
        "share_of_one_wrong_class: one wrong class's term, relative to the true class's: any number of "
        "classes",
        "exp(u2 + tau*log(p2))/exp(u1 + tau*log(p1)) == (p2/p1)**tau*exp(u2 - u1)",
        "softmax_to_pairwise_form: the loss is log(1 + sum of these), with true term a and the others' sum R",
        "-log(a/(a + R)) == log(1 + R/a)",
        "shown: the formula as it stands, decided at once",
        FORMULA,
    ),
    argument="The softmax of u + tau log pi, divided through by the true class's term; the formula is "
    "shown for three classes.",
    mutants=(
        "the prior ratio upside down",
        "-log(exp(u1 + tau*log(p1))/(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2)) + exp(u3 + "
        "tau*log(p3)))) == log(1 + (p1/p2)**tau*exp(u2 - u1) + (p1/p3)**tau*exp(u3 - u1))",
        "the exponent outside the sum",
        "-log(exp(u1 + tau*log(p1))/(exp(u1 + tau*log(p1)) + exp(u2 + tau*log(p2)) + exp(u3 + "
        "tau*log(p3)))) == log(1 + (p2/p1*exp(u2 - u1) + p3/p1*exp(u3 - u1))**tau)",
    ),
)


POST_HOC = statement(
    name="logit_adjustment.post_hoc",
    title="Adjusting after training is adjusting in training; temperature T needs the offset T log pi",
    source="Menon et al. (ICLR 2021), post-hoc logit adjustment; the temperature is derived here",
    ids=("LA9",),
    functions=("adjusted_logits",),
    where={
        "T: positive": "temperature of the scores",
        "c: real": "constant common to the classes",
        "u: real": "logit of a class",
        "g: real": "its plain cross-entropy logit",
        "tau: real": "strength of the adjustment",
        "h1, h2: positive": "posterior of classes 1, 2",
        "p1, p2: positive": "prior of classes 1, 2",
        "h: positive": "posterior of a class",
        "p: positive": "prior of a class",
        "S: positive": "sum over the classes of exp(logit + tau log prior)",
    },
    theorem=(
        "ell_tau(u, y) = -log softmax_y(u + tau log pi): ell_tau(g - tau log pi, y) = ell_0(g, y), so over "
        "a set of score functions closed under adding constant vectors the minimisers u of the mean of "
        "ell_tau are g - tau log pi, g those of the mean of ell_0: training with ell_tau predicts as plain "
        "training adjusted post hoc, argmax_y g_y - tau log pi_y; and for scores u_y = T log eta_y + c, T "
        "> 0, argmax_y u_y - tau log pi_y is the balanced rule argmax_y eta_y/pi_y at every posterior iff "
        "tau = T (priors not all equal)",
        r"\ell_\tau(u,y)=-\log\operatorname{softmax}_y(u+\tau\log\pi):\quad \ell_\tau(g-\tau\log\pi,\,y)"
        r"=\ell_0(g,y),\quad \mathcal U+\mathbb R^K=\mathcal U\ \Rightarrow\ "
        r"\operatorname{argmin}_{u\in\mathcal U}\mathbb E\,\ell_\tau(u(X),Y)=\left\{g-\tau\log\pi:\ "
        r"g\in\operatorname{argmin}_{\mathcal U}\mathbb E\,\ell_0(g(X),Y)\right\};\qquad "
        r"u_y=T\log\eta_y+c,\ T>0:\quad \left(\operatorname{argmax}_y\,(u_y-\tau\log\pi_y)"
        r"=\operatorname{argmax}_y\frac{\eta_y}{\pi_y}\ \ \forall\,\eta>0\right)\iff\tau=T\qquad(\pi\text{ "
        r"not uniform})",
    ),
    formula="T*log(h1) + c - T*log(p1) - (T*log(h2) + c - T*log(p2)) == T*(log(h1/p1) - log(h2/p2))",
    steps=(
        "adjusted_argmax: argmax u - tau log(pi) is argmax exp(u)/pi^tau",
        "exp(u - tau*log(p)) == exp(u)/p**tau",
        "adjusted_loss_is_cross_entropy: the adjusted loss of u is cross-entropy of g = u + tau log(pi), "
        "and u = g - tau log(pi): in a class of scores closed under constants the two trainings predict "
        "alike (S: the sum)",
        "-log(exp((g - tau*log(p)) + tau*log(p))/S) == -log(exp(g)/S)",
        "offset_at_temperature: scores u = T log(eta) + c, offset T log(pi): differences are T times the "
        "balanced scores'",
        FORMULA,
        "remainder_of_another_offset: another offset tau leaves a part that depends on the priors only",
        "T*log(h1) - tau*log(p1) - (T*log(h2) - tau*log(p2)) == T*(log(h1/p1) - log(h2/p2)) + (T - "
        "tau)*(log(p1) - log(p2))",
        "witness_at_temperature_two: so tau = 1 at T = 2 is wrong: pi = (.9, .1), eta = (.85, .15)",
        (
            "(85/100)/(9/10) < (15/100)/(1/10)",
            "2*log(85/100) - log(9/10) > 2*log(15/100) - log(1/10)",
        ),
        "adjusting_twice: adjusted in training and afterwards, the scores are log(eta/pi^2)",
        "log(h/p) - log(p) == log(h/p**2)",
    ),
    argument="The first two lines move the offset between training and prediction. In the third the "
    "difference has the sign of r_1 - r_2, as T > 0; in the fourth, unless tau = T, a posterior "
    "with r_1 close to r_2 is misclassified whenever the priors differ.",
    mutants=(
        "add tau log(pi) after training",
        "T*log(h1) + T*log(p1) - (T*log(h2) + T*log(p2)) == T*(log(h1/p1) - log(h2/p2))",
        "temperature T needs tau = 1/T",
        "T*log(h1) - (1/T)*log(p1) - (T*log(h2) - (1/T)*log(p2)) == T*(log(h1/p1) - log(h2/p2))",
        "adjusting twice does no harm",
        "log(h/p) - log(p) == log(h/p)",
    ),
    rests_on=("offset_family.minimiser",),
)


NORMALISED = statement(
    name="logit_adjustment.normalisation_is_not_adjustment",
    title="Dividing logits by the prior is no consistent correction: a common shift decides the class",
    source="common usage, cf. Kang et al. (ICLR 2020) and Menon et al. (ICLR 2021); derived here",
    ids=("LA10",),
    corrects="Normalising scores or weights by class frequency is listed among the logit corrections: as a "
    "rule on logits it has no consistent population form.",
    where={
        "u1, u2: real": "logit of classes 1, 2",
        "u: real": "logit of a class",
        "c: real": "common shift",
        "p1, p2: positive": "prior of classes 1, 2",
        "S: positive": "sum over the classes of exp(u)",
    },
    theorem=(
        "for all logits u_1, u_2 and pi_1 > pi_2 > 0: (u_1 + c)/pi_1 < (u_2 + c)/pi_2 if c > (u_1 pi_2 - "
        "u_2 pi_1)/(pi_1 - pi_2) and > if c is below that, while softmax(u + c) = softmax(u) for every c: "
        "the rule argmax_y u_y/pi_y is no function of the softmax",
        r"\forall\,u\in\mathbb R^K,\ \pi_1>\pi_2>0:\quad \frac{u_1+c}{\pi_1}<\frac{u_2+c}{\pi_2}\iff "
        r"c>\frac{u_1\pi_2-u_2\pi_1}{\pi_1-\pi_2},\qquad\text{while}\quad "
        r"\operatorname{softmax}(u+c\mathbf 1)=\operatorname{softmax}(u)\quad\forall\,c\in\mathbb R",
    ),
    formula=state("(u1 + c)/p1 < (u2 + c)/p2", given=["p1 > p2", "c*(p1 - p2) > u1*p2 - u2*p1"]),
    steps=(
        "shifted_up_rare_class_wins: logits shifted far up: the rarer class wins, whatever the posterior ...",
        FORMULA,
        "shifted_down_frequent_class_wins: ... and shifted far down the more frequent one",
        state("(u1 + c)/p1 > (u2 + c)/p2", given=["p1 > p2", "c*(p1 - p2) < u1*p2 - u2*p1"]),
        "softmax_ignores_the_shift: while a softmax loss does not see the shift (S: the sum)",
        "exp(u + c)/(S*exp(c)) == exp(u)/S",
        "witness_against_adjustment: pi = (.9, .1), u = (1, -.1): normalised 1, adjusted 2",
        ("1/(9/10) > (-1/10)/(1/10)", "1 - log(9/10) < -1/10 - log(1/10)"),
        "witness_shifted: the same scores raised by 5: normalised 2",
        "6/(9/10) < (49/10)/(1/10)",
        "witness_turned: u = (4, 1): normalised 2, adjusted 1",
        ("4/(9/10) < 1/(1/10)", "4 - log(9/10) > 1 - log(1/10)"),
    ),
    argument="A softmax loss fixes the logits up to a common shift, and the shift alone makes the "
    "normalised rule predict either class of a pair with different priors. No population "
    "statement about it can hold without fixing the shift by other means.",
    mutants=(
        "normalised logits are invariant to a shift",
        "(u1 + c)/p1 - (u2 + c)/p2 == u1/p1 - u2/p2",
        "normalising agrees with adjusting",
        state("u1/p1 > u2/p2", given="u1 - log(p1) > u2 - log(p2)"),
    ),
)

STATEMENTS = (LOSS, POST_HOC, NORMALISED)
