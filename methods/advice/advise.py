"""Which loss for which data and aim: every line follows from a statement, and what none says is said.

Sources: the statements cited by each line. Checked by: the optimum of the advised loss, computed by the
theory, decides as brute force does for the aim; every cited statement exists; no rule without one.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...theory.adjustment import (
    adjusted_logits,
    prior_mismatch_bound,
    regret_bound_wrong_exponent,
)
from ...theory.decision import posterior_cost_threshold
from ...theory.vector_scaling import vs_gradient_bound
from ..registry import ROWS
from .advice import Advice, Advised, Use
from .question import Question, ask, same_shares

__all__ = ["advise"]

FAILURE = 0.05  # of the bound for estimated priors
FLAT = 1e-9  # an offset that varies by less is none


def advise(
    class_counts: ArrayLike,
    *,
    metric: str | None = None,
    costs: ArrayLike | None = None,
    sampled: str | float | Sequence[float] = "as-is",
    target_prior: ArrayLike | None = None,
    separable: bool | None = None,
) -> Advice:
    """Which loss, offset and threshold fit the data and the aim, and the statements that say so.

    No rule of thumb: where the catalogue has no statement, the answer says that it cannot know.

    Parameters
    ----------
    class_counts
        Examples per class in the data set, shape (K,), K >= 2, whole and positive.
    metric
        ``"balanced_accuracy"`` (default), ``"accuracy"``; for two classes also ``"f1"`` (of class 1),
        ``"g_mean"`` and ``"roc_auc"``.
    costs
        In place of a metric: what each missed class costs, (K,), or what each mistake costs, (K, K), true
        class first. Expected cost is that in the population where the model is used.
    sampled
        How batches are drawn: ``"as-is"``, ``"square-root"``, ``"class-balanced"``; a number q in [0, 1]
        for class shares ~ n^q; or the class counts after resampling, shape (K,).
    target_prior
        Class shares where the model is used, (K,), if not those of the data set; up to a factor.
    separable
        Whether training goes on to zero training error; None if not known.

    Raises
    ------
    InputError, InputTypeError
        If an argument is none of these, or no statement covers the metric for so many classes.

    Examples
    --------
    >>> from counterpoise import advise
    >>> advice = advise([5000, 500, 50])
    >>> print(advice.loss)
    LogitAdjustedLoss([5000, 500, 50])
    >>> advice.lines[0].statements
    ('consistency.logit_adjustment', 'balanced_error.bayes_rule')
    >>> print(advise([5000, 500, 50], sampled="class-balanced").loss)
    MarginSoftmaxLoss()
    >>> advise([900, 100], costs=[1, 5]).threshold
    0.16666666666666666
    """
    question = ask(class_counts, metric, costs, sampled, target_prior, separable)
    offset = _offset(question)
    return Advice(
        question=question,
        loss=_loss(question, offset),
        offset=offset,
        tau=_exponent(question, offset),
        threshold=_threshold(question),
        lines=tuple(_lines(question, offset)),
        unknown=tuple(_unknown(question)),
    )


def _wanted(question: Question) -> NDArray[np.float64]:
    """The prior whose posterior the network is to learn: the aim's, or the population's if there is none.

    A ranking is the same under every prior: for the area under a curve it is the one that is seen.
    """
    if question.metric == "roc_auc":
        return question.seen
    return question.population if question.aimed is None else question.aimed


def _offset(question: Question) -> NDArray[np.float64]:
    """What the loss adds to the logits: ``log seen - log wanted``, up to a constant."""
    tilt = question.seen / _wanted(question)
    return -adjusted_logits(np.zeros(question.classes), tilt)


def _is_flat(offset: NDArray[np.float64]) -> bool:
    return bool(np.ptp(offset) <= FLAT)


def _exponent(question: Question, offset: NDArray[np.float64]) -> float | None:
    """tau, if the offset is ``tau log pi`` up to a constant."""
    log_prior = np.log(question.prior)
    if _is_flat(offset):
        return 0.0
    spread = np.ptp(log_prior)
    if spread <= FLAT:
        return None
    top, bottom = log_prior.argmax(), log_prior.argmin()
    tau = float((offset[top] - offset[bottom]) / spread)
    return round(tau, 12) if np.ptp(offset - tau * log_prior) <= FLAT else None


def _threshold(question: Question) -> float | None:
    """Two classes: where to cut the posterior of class 1 that plain training learns."""
    if question.classes != 2 or question.aimed is None or question.metric in ("g_mean", "roc_auc"):
        return None
    no, yes = question.aimed / question.seen
    return float(posterior_cost_threshold(no, yes))


def _loss(question: Question, offset: NDArray[np.float64]) -> Use:
    if _is_flat(offset):
        return Use("MarginSoftmaxLoss")
    if same_shares(_wanted(question), np.ones(question.classes)):
        if question.exponent is None:
            return Use("LogitAdjustedLoss", (question.sampled_counts,))
        tau = () if question.exponent == 1 else (("tau", question.exponent),)
        return Use("LogitAdjustedLoss", (question.class_counts,), tau)
    return Use("MarginSoftmaxLoss", keywords=(("offset", offset),))


# ------------------------------------------------------------------------------------ the lines


def _lines(question: Question, offset: NDArray[np.float64]) -> Iterator[Advised]:
    yield _train_with(question, offset)
    if not _is_flat(offset):
        yield from _instead(question)
    if question.is_balancing:
        yield from _about_tau(question)
    yield from _decide(question)
    yield _probabilities(question)
    if not _is_flat(offset):
        yield from _estimated_prior(question)
    if question.is_balancing:
        yield _sensitivity(question)
        yield _other_optima()
    if question.separable:
        yield from _to_the_end(question)


def _train_with(question: Question, offset: NDArray[np.float64]) -> Advised:
    code = str(_loss(question, offset))
    code += ", which is torch's cross-entropy" if _is_flat(offset) else ""
    if question.metric == "roc_auc":
        why = (
            "Offsets and class weights add a constant to the population log-odds: the ranking, and so "
            "the curve, stays. For two Gaussian classes the area does not depend on the priors."
        )
        return Advised("loss", code, why, ("offset_family.minimiser", "gaussian_areas.roc_area"))
    if question.metric == "f1":
        why = (
            "F1 is maximised by a threshold on the population's posterior, which this loss learns; "
            "the threshold comes after training."
        )
        return Advised(
            "loss", code, why, ("posterior_thresholds.linear_fractional", "offset_family.minimiser")
        )
    if question.aimed is None:
        why = (
            "The costs depend on what a class is taken for, so no offset or weight per class does: "
            "learn the posterior, then predict the class of least expected cost."
        )
        return Advised(
            "loss", code, why, ("threshold_moving.cost_sensitive_iff", "offset_family.minimiser")
        )
    if question.metric == "g_mean":
        why = (
            "For two Gaussian classes of one covariance the rule of equal class weights alone maximises "
            "the geometric mean; for other classes no statement says so: choose the threshold on "
            "held-out data."
        )
        return Advised(
            "loss", code, why, ("gaussian_decisions.midpoint_metrics", "offset_family.minimiser")
        )
    if question.is_balancing and not question.is_resampled:
        why = "Its population logits are log(eta_y / pi_y): it predicts as the balanced Bayes rule does."
        return Advised(
            "loss", code, why, ("consistency.logit_adjustment", "balanced_error.bayes_rule")
        )
    if question.is_balancing:
        why = (
            "The batches show classes in other shares than the data set; the offset is the log of the "
            "shares that the loss sees. The offset of the data set's shares would correct again what "
            "sampling has corrected."
        )
        return Advised(
            "loss",
            code,
            why,
            ("offset_family.consistent_iff", "balanced_softmax.double_correction"),
        )
    if question.metric == "costs":
        why = "Each missed class costs one number, so expected cost is accuracy under the prior cost x share."
        return Advised(
            "loss", code, why, ("offset_family.minimiser", "threshold_moving.cost_sensitive_iff")
        )
    why = (
        "Its population logits order the classes by posterior, as accuracy asks."
        if _is_flat(offset)
        else "The offset takes the batches' class shares out and puts those in where the model is used."
    )
    return Advised("loss", code, why, ("offset_family.minimiser",))


def _instead(question: Question) -> Iterator[Advised]:
    """Other ways to the same population decisions."""
    wanted, seen = _wanted(question), question.seen
    uniform = same_shares(wanted, np.ones(question.classes))
    aim = "" if uniform else f", target_prior={_short(wanted)}"
    given = "class_counts" if not question.is_resampled else _short(seen)
    yield Advised(
        "or instead",
        f"after plain training, adjust_logits(logits, {given}{aim})",
        "Adjusting after training decides as adjusting in training does, where scores of all constant "
        "shifts are allowed. A network of temperature T needs T times the offset.",
        ("logit_adjustment.post_hoc", "offset_family.minimiser"),
    )
    weight = wanted / seen
    largest = float(weight.max() / (seen @ weight))
    ours, theirs = (
        float(vs_gradient_bound(np.ones(question.classes), 0, 0.0)) * factor
        for factor in (1.0, largest)
    )
    call = (
        "inverse_frequency_weights(class_counts)"
        if uniform and not question.is_resampled
        else _short(weight / (seen @ weight))
    )
    yield Advised(
        "or instead",
        f"cross-entropy with class weights {call}",
        f"The same population decisions. But the gradient of one example has norm up to {theirs:.3g} with "
        f"weights of mean one, against {ours:.3g} with the offset.",
        ("offset_family.minimiser", "vector_scaling.gradient_bound"),
    )
    if uniform and not question.is_resampled:
        yield Advised(
            "or instead",
            "cross-entropy on batches of class_balanced_sampler(labels)",
            "Sampling is a weight: exponent 0 of the counts is weight 1/pi.",
            ("vs_consistency.two_exponents",),
        )
    yield Advised(
        "never two",
        "one of these, not two at once",
        "The exponents of weights, sampling and offset add up, and have to add up to one correction."
        + (
            " What correcting twice costs is bounded by "
            f"{_percent(_wrong_exponent(question, 2.0))} of the best balanced accuracy only."
            if question.is_balancing and not question.is_resampled
            else ""
        ),
        ("vs_consistency.two_exponents", "balanced_softmax.double_correction")
        + (("wrong_priors.wrong_exponent",) if question.is_balancing else ()),
    )


def _about_tau(question: Question) -> Iterator[Advised]:
    if question.exponent is None or same_shares(question.prior, np.ones(question.classes)):
        return
    consistent = question.exponent
    without = _wrong_exponent(question, 1 - consistent)
    yield Advised(
        "tau",
        f"tau = {consistent:g}",
        "The only exponent whose population decisions are the balanced rule's. "
        + (
            f"For plain training the loss of balanced accuracy is bounded by {_percent(without)} of the "
            "best only; "
            if consistent
            else ""
        )
        + "another tau can pay only for what a network gets wrong, as a temperature: choose_tau chooses "
        "it on held-out data, with an interval.",
        (
            "vs_consistency.two_exponents",
            "wrong_priors.wrong_exponent",
            "logit_adjustment.post_hoc",
        ),
    )


def _decide(question: Question) -> Iterator[Advised]:
    threshold = _threshold(question)
    if threshold is not None:
        flat = _is_flat(_offset(question))
        yield Advised(
            "threshold",
            f"predict class 1 where its probability exceeds {threshold:.4g}"
            if flat
            else f"after plain training predict class 1 where its probability exceeds {threshold:.4g}; "
            "after training with the loss above, 1/2",
            "Priors, costs and sampling all act through one number, which moves the threshold.",
            ("gaussian_decisions.one_offset", "balanced_error.balanced_bayes_rule")
            if question.is_balancing
            else ("gaussian_decisions.one_offset",),
        )
    if question.metric == "f1":
        yield Advised(
            "threshold",
            "half of the best F1, so at most 1/2: expected_f_beta_threshold(probability) finds it from "
            "calibrated probabilities, f_beta_threshold(target, score) from labels",
            "The optimum is a threshold that depends on the value attained.",
            ("posterior_thresholds.linear_fractional",),
        )
    if question.cost is not None and question.aimed is None:
        yield Advised(
            "prediction",
            "ThresholdMovingClassifier(estimator, cost, rule='expected_cost'), or "
            "theory.decision.cost_sensitive_prediction(posterior, cost)",
            "Moving thresholds by row sums is not optimal for these costs.",
            ("threshold_moving.cost_sensitive_iff",),
        )


def _probabilities(question: Question) -> Advised:
    wanted = _wanted(question)
    if same_shares(wanted, question.population):
        return Advised(
            "probability",
            "softmax of the logits estimates the posterior where the model is used",
            "The loss removes the shares it sees and leaves the population's.",
            ("offset_family.minimiser",),
        )
    return Advised(
        "probability",
        f"adjust_probabilities(softmax, {_short(wanted)}, target_prior={_short(question.population)})",
        "Softmax of the logits is the posterior under the prior that was aimed at, not the population's: "
        "multiply the population's shares back in.",
        ("balanced_softmax.training_posterior", "offset_family.minimiser"),
    )


def _estimated_prior(question: Question) -> Iterator[Advised]:
    if question.is_resampled or not question.is_balancing:
        return
    rho = float(
        prior_mismatch_bound(
            question.class_counts.sum(), question.prior.min(), question.classes, FAILURE
        )
    )
    rarest = int(question.class_counts.min())
    cited = ("estimated_priors.mismatch", "wrong_priors.wrong_prior")
    if np.isfinite(rho):
        yield Advised(
            "class prior",
            "take the class counts as they are",
            f"With {rarest} examples of the rarest class, and if labels were drawn from the population, "
            f"with probability {1 - FAILURE:g} the counts cost at most {_percent(1 - 1 / rho)} of the best "
            "balanced accuracy (the bound is loose).",
            cited,
        )
    else:
        yield Advised(
            "class prior",
            "take the class counts as they are, or the population's shares if they are known",
            f"{rarest} examples of the rarest class are too few for the bound on estimated priors to "
            "promise anything.",
            cited,
        )


def _sensitivity(question: Question) -> Advised:
    rarest = question.seen.min()
    return Advised(
        "calibration",
        "calibrate plain training's probabilities before adjusting them, most of all those of rare classes",
        f"Balanced regret is at most 2/K times the mean largest error of the scores eta_y/pi_y: an error "
        f"of 0.001 in the rarest class's probability counts as {0.001 / rarest:.3g}.",
        ("plug_in.k_classes", "logit_adjustment.post_hoc"),
    )


def _other_optima() -> Advised:
    rows = [
        row for row in ROWS if row.module.startswith("losses.") and row.consistent.startswith("no")
    ]
    statements = dict.fromkeys(name for row in rows for name in row.statements)
    return Advised(
        "other losses",
        f"{', '.join(row.name for row in rows)} have another population optimum at their defaults",
        "Margins and bounds for finite data speak for some of them; no statement turns that into more "
        "balanced accuracy.",
        tuple(statements),
    )


def _to_the_end(question: Question) -> Iterator[Advised]:
    yield Advised(
        "zero error",
        "do not count on weights or offsets in the loss: correct after training, adjust_logits with tau "
        "from choose_tau on held-out data",
        "Trained to the end on separable data, linear scores of two classes reach the direction of "
        "largest margin whatever the weights and offsets; of a network this concerns the last layer.",
        ("implicit_bias.weights_fade", "implicit_bias.offsets_are_inert"),
    )
    if question.classes == 2:
        yield Advised(
            "zero error",
            "no multipliers in a softmax of two logits; with a bias choose the threshold on held-out data",
            "Two logits with multipliers end at the plain boundary, and with a free bias multipliers only "
            "shift it.",
            (
                "cost_sensitive.two_logits_have_no_multiplier",
                "cost_sensitive.free_bias_only_shifts",
            ),
        )
    else:
        yield Advised(
            "zero error",
            "VSLoss(class_counts, gamma) with gamma > 0 chosen on held-out data",
            "Multipliers can change where such training ends (an instance with three classes); which "
            "gamma is best no statement says, and with unequal multipliers no loss of the family is "
            "consistent.",
            ("cost_sensitive.two_logits_have_no_multiplier", "vs_consistency.multipliers"),
        )


def _unknown(question: Question) -> Iterator[Advised]:
    yield Advised(
        "finite data",
        "which of the consistent ways is best on your data and network",
        "The statements above are about population optima. No statement orders methods by accuracy on "
        "finite data: measure, with paired seeds (counterpoise train).",
    )
    if question.is_balancing:
        yield Advised(
            "capacity",
            "whether the network can represent the optimum",
            "On restricted scores the adjusted loss need not be consistent: there is an instance with "
            "three classes.",
            ("bounded_hypotheses.gla_bounded_softmax",),
        )
        yield Advised(
            "dimension",
            "whether there are enough examples per dimension",
            "For two Gaussian classes in high dimension logit adjustment leaves a bias of the learnt "
            "centre, to the cost of the rarer class.",
            ("centre_bias.logit_adjustment_is_not_enough",),
        )
    if question.metric == "accuracy" and question.classes == 2:
        wanted = question.population
        yield Advised(
            "recall",
            "whether the rarer class will be found at all",
            "For two Gaussian classes the rule of least error finds less than half of the rarer one if "
            f"their separability Delta is below {np.sqrt(2 * np.log(wanted.max() / wanted.min())):.3g}.",
            ("gaussian.half_recall",),
        )
    yield Advised(
        "shift",
        "whether each class looks the same where the model is used as in the data set",
        "Weights, offsets and samplers by class correct class shares only.",
        ("density_ratio_bound.balanced_risk",),
    )
    if question.separable is None:
        yield Advised(
            "zero error",
            "whether training goes on to zero training error; say so with separable (--separable)",
            "On separable data weights and offsets fade.",
            ("implicit_bias.weights_fade",),
        )


def _wrong_exponent(question: Question, exponent: float) -> float:
    return float(regret_bound_wrong_exponent(question.imbalance_factor, exponent))


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _short(vector: NDArray[np.float64]) -> str:
    if vector.size > 12:
        return "class_prior"
    return f"[{', '.join(f'{value:.4g}' for value in vector)}]"
