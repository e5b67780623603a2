"""The lines of an answer, each with the statements that it follows from and no more than they say.

Checked by: each call that a line prints is evaluated on finite populations, and each number computed again.
"""

import re
from collections.abc import Iterator

import numpy as np

from ...theory.adjustment import (
    prior_mismatch_bound,
    regret_bound_wrong_exponent,
    sharp_regret_bound_wrong_prior,
)
from ...theory.vector_scaling import vs_gradient_bound
from ..registry import ROWS
from .advice import Advised, Numbers
from .question import Question, same_shares
from .solution import Solution

__all__ = ["lines", "unknown"]

FAILURE = 0.05  # of the bound for estimated priors
MINIMISER = "offset_family.minimiser"


def lines(question: Question, solution: Solution) -> Iterator[Advised]:
    """What follows from the catalogue."""
    yield _train_with(question, solution)
    if not solution.is_plain:
        yield from _instead(question, solution)
        yield _in_sum(question)
    if question.is_balancing and not solution.is_plain and question.exponent is not None:
        yield _about_tau(question)
    yield from _decide(question, solution)
    yield _probabilities(question, solution)
    if question.is_balancing and not solution.is_plain:
        yield _calibration(question)
        if not question.is_resampled:
            yield _estimated_prior(question)
            yield _other_optima(question)
    if question.separable and question.classes == 2 and not solution.is_plain:
        yield Advised(
            "zero error",
            "the correction inside the loss fades: correct after training, by a threshold chosen for the "
            "aim on held-out data",
            "On separable data linear scores of two classes tend to the direction of largest margin, "
            "whatever the weights and offsets. What is best to do instead no statement says.",
            ("implicit_bias.weights_fade", "implicit_bias.offsets_are_inert"),
        )


def _train_with(question: Question, solution: Solution) -> Advised:
    why, *statements = _reasons(question, solution)
    code = str(solution.loss) + (", which is cross-entropy" if solution.is_plain else "")
    return Advised("loss", code, why, tuple(statements))


def _reasons(question: Question, solution: Solution) -> tuple[str, ...]:
    """Why this loss, then the statements that say so."""
    if question.metric == "roc_auc":
        return (
            "Offsets and class weights add a constant to the population log-odds: the ranking stays, and "
            "with it the curve. That no other ranking has more area is in no statement here; for two "
            "Gaussian classes of one covariance the area of their log-odds does not depend on the priors.",
            MINIMISER,
            "gaussian_areas.roc_area",
        )
    if question.metric == "f1":
        return (
            "F1 is maximised by a threshold on the posterior of the population where it is measured, which "
            "this loss learns; the threshold comes after training.",
            "posterior_thresholds.linear_fractional",
            MINIMISER,
        )
    if question.aimed is None:
        return (
            "The costs depend on what a class is taken for, where moving thresholds by row sums is not "
            "optimal: learn the population's posterior, then predict the class of least expected cost.",
            "threshold_moving.cost_sensitive_iff",
            MINIMISER,
        )
    if question.metric == "g_mean":
        return (
            "For two Gaussian classes of one covariance the rule of equal class weights alone maximises the "
            "geometric mean; for other classes no statement says so.",
            "gaussian_decisions.midpoint_metrics",
            MINIMISER,
        )
    if question.is_balancing and not question.is_resampled:
        return (
            "Its population logits are log(eta_y / pi_y): it predicts as the balanced Bayes rule does.",
            "consistency.logit_adjustment",
            "balanced_error.bayes_rule",
        )
    if question.is_balancing:
        return (
            "Consistent is the offset of the class shares that the loss sees, which are those of the "
            "batches; that of the data set's shares is not.",
            "offset_family.consistent_iff",
            *(["balanced_softmax.double_correction"] if solution.is_plain else []),
        )
    if question.metric == "costs":
        return (
            "A missed class costs one number, whatever it is taken for: the class of least expected cost is "
            "the largest cost x posterior, and these are the population logits of this loss.",
            MINIMISER,
            "threshold_moving.cost_sensitive_iff",
        )
    if solution.is_plain:
        return (
            "Its population logits order the classes by posterior, as accuracy asks.",
            MINIMISER,
        )
    return (
        "The offset takes the shares of the batches out and puts those in where the model is used.",
        MINIMISER,
    )


def _instead(question: Question, solution: Solution) -> Iterator[Advised]:
    """Other ways to the same population decisions."""
    seen, wanted = _seen(question), _wanted(question, solution)
    same = " on the same batches" if question.is_resampled else ""
    call = f"adjust_logits(logits, {seen})" if solution.is_uniform else (
        f"adjust_logits(logits, {seen}, target_prior={wanted})"
    )  # fmt: skip
    yield Advised(
        "or instead",
        f"after plain training{same}, {call}",
        "Over scores that may be shifted by a constant per class, adjusting after training decides as "
        "adjusting in training does."
        + (" Scores of temperature T need T times the adjustment." if solution.is_uniform else ""),
        ("logit_adjustment.post_hoc", MINIMISER) if solution.is_uniform else (MINIMISER,),
    )
    weight = solution.wanted / question.seen
    constant = float(vs_gradient_bound(np.ones(question.classes), 0, 0.0))
    yield Advised(
        "or instead",
        f"cross-entropy{same} with class weights "
        f"{Numbers(weight, f'{_name(question, solution)} / advice.question.seen')}",
        "The same population decisions. These weights have mean one over the examples of a batch; the "
        f"gradient of one example then has norm up to {constant * weight.max():.3g}, against "
        f"{constant:.3g} with the offset.",
        (MINIMISER, "vector_scaling.gradient_bound"),
    )
    if solution.is_uniform and not question.is_resampled:
        yield Advised(
            "or instead",
            "cross-entropy on batches of class_balanced_sampler(labels)",
            "Batches of equal class shares are a population of equal priors, whose posterior is eta_y/pi_y "
            "up to a factor.",
            (MINIMISER, "balanced_softmax.double_correction"),
        )


def _in_sum(question: Question) -> Advised:
    if not question.is_balancing or question.is_resampled:
        return Advised(
            "in sum",
            "each of these is the whole correction; together they must add up to one",
            "Weights and offsets enter the population logits as log weight minus offset.",
            (MINIMISER,),
        )
    twice = float(sharp_regret_bound_wrong_prior(question.prior, question.prior**2))
    return Advised(
        "in sum",
        "each of these is the whole correction; together they must add up to one",
        "Weights pi^-nu with offsets tau log pi are consistent iff nu + tau = 1. Class-balanced batches "
        f"under this loss correct twice, which can cost {'' if question.classes == 2 else 'at most '}"
        f"{100 * twice:.3g} points of balanced accuracy.",
        (
            "vs_consistency.two_exponents",
            "balanced_softmax.double_correction",
            "wrong_priors.wrong_prior_sharp",
        ),
    )


def _about_tau(question: Question) -> Advised:
    """Of the loss over ``class_counts``; batches that are drawn by a power of them need that power."""
    tau = question.exponent
    without = float(regret_bound_wrong_exponent(question.imbalance_factor, 1 - float(tau or 0)))
    sharp = float(
        sharp_regret_bound_wrong_prior(question.prior, question.prior ** (1 - float(tau or 0)))
    )
    why = (
        "The one exponent of the data set's shares whose population decisions are the balanced rule's at "
        f"every posterior. Plain training loses at most {100 * sharp:.3g} points of balanced accuracy, and "
        f"at most {100 * without:.3g} % of the best."
    )
    if not question.is_resampled:
        why += (
            " Scores of temperature T need tau = T: choose_tau chooses it on held-out logits of plain "
            "training."
        )
    return Advised(
        "tau",
        f"tau = {tau:g}",
        why,
        (
            "vs_consistency.two_exponents",
            "wrong_priors.wrong_prior_sharp",
            "wrong_priors.wrong_exponent",
            "logit_adjustment.post_hoc",
        ),
    )


def _decide(question: Question, solution: Solution) -> Iterator[Advised]:
    if solution.threshold is not None:
        balanced = ("balanced_error.balanced_bayes_rule",) if question.is_balancing else ()
        cut = f"predict class 1 where its probability exceeds {solution.threshold:.6g}"
        yield Advised(
            "threshold",
            cut if solution.is_plain else f"after plain training {cut}; after this loss, 1/2",
            "Priors, costs and sampling all act through one number, which moves the threshold.",
            ("gaussian_decisions.one_offset", *balanced),
        )
    if question.metric == "f1":
        yield Advised(
            "threshold",
            "on the probability, half of the best F1, so at most 1/2: "
            "expected_f_beta_threshold(probability), or f_beta_threshold(target, score) for any score"
            + _f1_examples(question),
            "The optimum is a threshold that depends on the value attained.",
            ("posterior_thresholds.linear_fractional",),
        )
    if question.metric == "g_mean":
        yield Advised(
            "threshold",
            "on held-out data, the one of the largest geometric mean of the two recalls",
            "The rule of equal class weights is proved best for Gaussian classes only.",
            ("gaussian_decisions.midpoint_metrics",),
        )
    if question.cost is not None and question.aimed is None:
        yield Advised(
            "prediction",
            "theory.decision.cost_sensitive_prediction(probabilities, costs), the probabilities being "
            "softmax of the logits of this loss",
            "Each class's probability times its costs, summed: the least is optimal, and moving thresholds "
            "by row sums is not for these costs.",
            ("threshold_moving.cost_sensitive_iff",),
        )


def _f1_examples(question: Question) -> str:
    if question.is_shifted:
        return (
            "; on examples from where the model is used, or with sample_weight = target_prior / class share "
            "of each example's label"
        )
    return "; on examples as they come, not on resampled ones" if question.is_resampled else ""


def _probabilities(question: Question, solution: Solution) -> Advised:
    if same_shares(solution.wanted, question.population):
        return Advised(
            "probability",
            "softmax of the logits estimates the posterior where the model is used",
            "These are the shares that the population logits are made of.",
            (MINIMISER,),
        )
    population = Numbers(question.population, "advice.question.population")
    said = "the batches' prior" if question.metric == "roc_auc" else "the prior that was aimed at"
    why = f"Softmax of the logits is the posterior under {said}: put the population's shares in its place."
    if question.is_balancing and question.is_shifted:
        why += " The decisions do not depend on them."
    cited = ("balanced_softmax.training_posterior",) if solution.is_uniform else ()
    return Advised(
        "probability",
        f"adjust_probabilities(softmax, {_wanted(question, solution)}, target_prior={population})",
        why,
        (MINIMISER, *cited),
    )


def _calibration(question: Question) -> Advised:
    return Advised(
        "calibration",
        "the probabilities of rare classes matter most",
        "Balanced regret is at most 2/K times the mean largest error of the scores eta_y/pi_y: an error of "
        f"0.001 in the rarest class's probability counts as {0.001 / question.seen.min():.3g}.",
        ("plug_in.k_classes",),
    )


def _estimated_prior(question: Question) -> Advised:
    rarest, share = int(question.class_counts.min()), question.prior.min()
    rho = float(prior_mismatch_bound(question.class_counts.sum(), share, question.classes, FAILURE))
    promise = (
        f"costs at most {100 * (1 - 1 / rho):.3g} % of the best balanced accuracy, with probability "
        f"{1 - FAILURE:g} over independent labels (a loose bound)"
        if np.isfinite(rho)
        else "may cost anything, as far as the bound goes"
    )
    return Advised(
        "class prior",
        "the counts stand for the shares of the population that the data set was drawn from",
        f"{rarest} examples of the rarest class: if its true share is {100 * share:.3g} %, dividing exact "
        f"posteriors by the counts {promise}.",
        ("estimated_priors.mismatch", "wrong_priors.wrong_prior"),
    )


def _other_optima(question: Question) -> Advised:
    """The losses of the registry that at their defaults are not consistent for unequal counts."""
    wrong = re.compile(r"no\b|not by default|only if weight = 1/π|.*not by default")
    rows = [
        row
        for row in ROWS
        if row.module.startswith("losses.")
        and wrong.match(row.consistent)
        and _is_proved(row.name, question)
    ]
    return Advised(
        "other losses",
        f"{', '.join(row.name for row in rows)}: at their defaults their population optimum is not the "
        "balanced rule",
        "That is no statement about accuracy on finite data, where other bounds speak for some of them.",
        tuple(dict.fromkeys(name for row in rows for name in row.statements)),
    )


def _is_proved(name: str, question: Question) -> bool:
    """Whether the statements behind a row cover this many classes and these shares."""
    if name == "SeesawLoss":
        return question.classes == 2
    if name == "LDAMLoss" and question.classes == 2:
        return bool(question.prior.min() <= 1 / 3)
    return True


# ------------------------------------------------------------------------------ what is not known


def unknown(question: Question, solution: Solution) -> Iterator[Advised]:
    """What no statement says, and what the answer depends on."""
    unequal = not same_shares(question.prior, np.ones(question.classes))
    yield _finite_data(question, unequal)
    if question.is_balancing and not solution.is_plain and question.classes > 2:
        yield Advised(
            "capacity",
            "whether the network can represent the optimum",
            "On restricted scores the adjusted loss need not be consistent: an instance with three classes.",
            ("bounded_hypotheses.gla_bounded_softmax",),
        )
    if question.metric == "accuracy" and question.classes == 2:
        yield from _recall(question)
    yield Advised(
        "shift",
        "whether each class looks the same where the model is used as in the data set",
        "Weights by class turn the training risk into the balanced one only then; otherwise they need a "
        "factor within the classes.",
        ("density_ratio_bound.balanced_risk",),
    )
    if question.classes == 2 and not question.is_shifted and not question.is_balancing:
        yield Advised(
            "shift",
            "whether the classes have other shares there",
            "If so, and if they are unknown, PriorCorrectedClassifier estimates them from examples without "
            "labels: their likelihood is concave in the new share.",
            ("label_shift.mlls",),
        )
    if not solution.is_plain and question.separable is not False:
        yield from _zero_error(question)


def _finite_data(question: Question, unequal: bool) -> Advised:
    gaussian = (
        question.is_balancing and question.classes == 2 and unequal and not question.is_resampled
    )
    return Advised(
        "finite data",
        "which of the ways with the same population optimum is best on your data and network",
        "For networks no statement orders methods by accuracy on finite data: measure, with paired seeds "
        "(counterpoise train)."
        + (
            " For two Gaussian classes and plug-in LDA logit adjustment leaves a bias of the learnt centre, "
            "to the cost of the rarer class: undersampling finds more of it, correcting the centre most."
            if gaussian
            else ""
        ),
        ("centre_bias.logit_adjustment_is_not_enough", "centre_bias.ordering_of_remedies")
        if gaussian
        else (),
    )


def _recall(question: Question) -> Iterator[Advised]:
    ratio = float(question.population.max() / question.population.min())
    if ratio > 1 + 1e-9:
        yield Advised(
            "recall",
            f"how much of class {int(question.population.argmin())} will be found",
            "For two Gaussian classes of one covariance the rule of least error finds less than half of the "
            f"rarer one if their separability Delta is below {np.sqrt(2 * np.log(ratio)):.3g}.",
            ("gaussian.half_recall",),
        )


def _zero_error(question: Question) -> Iterator[Advised]:
    if question.classes > 2:
        yield Advised(
            "zero error",
            "what training to zero error leaves of weights and offsets",
            "For linear scores of two classes on separable data: nothing in the direction. For three, one "
            "instance shows that multipliers, as of VSLoss, move where training ends.",
            ("implicit_bias.offsets_are_inert", "cost_sensitive.two_logits_have_no_multiplier"),
        )
    elif question.separable is None:
        yield Advised(
            "zero error",
            "whether training goes on to zero training error; say so with separable (--separable)",
            "On separable data weights and offsets fade from the direction of linear scores.",
            ("implicit_bias.weights_fade", "implicit_bias.offsets_are_inert"),
        )


def _seen(question: Question) -> Numbers | str:
    """The class shares that the loss sees, as an argument."""
    if not question.is_resampled:
        return "class_counts"
    return Numbers(question.seen, "advice.question.seen")


def _name(question: Question, solution: Solution) -> str:
    """An expression for the prior that is wanted."""
    if solution.wanted is question.seen:
        return "advice.question.seen"
    return "advice.question." + ("population" if question.aimed is None else "aimed")


def _wanted(question: Question, solution: Solution) -> Numbers:
    return Numbers(solution.wanted, _name(question, solution))
