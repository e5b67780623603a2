"""What theory predicts of trained networks, and what it does not: the ledger's second half.

The statements speak of population optima, which a finite run only approaches; a row says so. An
ordering that no statement implies, and a picture that a statement only suggests, are measurements.
Checked by: tests on results made to hold, to fail and to leave it open.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from ..theory.concentration import MeanInterval, mean_interval
from ..theory.imbalance import class_prior
from .ledger_row import LedgerRow, Verdict, not_negative, sign_verdict
from .results import (
    Results,
    difference_to_ce,
    members_of,
    method_names,
    paired_with_ce,
    slope,
)
from .style import method_label

__all__ = [
    "accuracies_against_ce",
    "ce_accuracy_falls_with_rarity",
    "gradient_bound_is_kept",
    "ldam_moves_margin_to_rare_classes",
    "logit_adjustment_slope",
]

_BAYES = "balanced_error.bayes_rule"
_OPTIMAL = {
    "la": "consistency.logit_adjustment",
    "balanced-softmax": "consistency.logit_adjustment",
    "drs": "vs_consistency.two_exponents",
    "tla-adrw": "vs_consistency.two_exponents",
}
"""Methods whose loss, as the registry trains them, has the balanced Bayes rule as its optimum."""


def logit_adjustment_slope(results: Results) -> list[LedgerRow]:
    """Optimal logits are log eta/pi under LA and log eta under CE: slope -1 in the log prior."""
    pairs = paired_with_ce(results, "la")
    if not pairs:
        return []
    log_prior = np.log(class_prior(results.class_counts))
    slopes = [
        slope(log_prior, np.subtract(adjusted.mean_logits, plain.mean_logits))
        for adjusted, plain in pairs
    ]
    measured = mean_interval(slopes)
    verdict, note = _against_minus_one(measured)
    return [
        LedgerRow(
            ("consistency.logit_adjustment", "offset_family.minimiser"),
            "mean test logits of LA minus CE fall with the log prior: slope",
            "−1",
            _seeds(len(pairs)),
            measured.mean,
            measured.interval,
            verdict,
            "both networks reach their population optimum",
            note,
        )
    ]


def accuracies_against_ce(results: Results) -> list[LedgerRow]:
    """Every method's paired difference; a prediction only where the loss is optimal for balance."""
    rows = []
    for method in method_names(results):
        measured = difference_to_ce(results, method)
        if measured is None:
            continue
        optimal = method in _OPTIMAL
        rows.append(
            LedgerRow(
                (_OPTIMAL[method], _BAYES) if optimal else (),
                f"balanced accuracy of {method_label(method)} minus that of CE, paired",
                "≥ 0" if optimal else "",
                _seeds(len(paired_with_ce(results, method))),
                measured.mean,
                measured.interval,
                not_negative(measured) if optimal else "measured",
                "the network reaches its population optimum, which no rule exceeds"
                if optimal
                else "no statement predicts this",
            )
        )
    return rows


def gradient_bound_is_kept(results: Results) -> list[LedgerRow]:
    """No gradient of the VS loss exceeds its tight bound."""
    ratios = [member.gradient_bound_ratio for member in results.members]
    measured = [ratio for ratio in ratios if ratio is not None]
    if not measured:
        return []
    worst = float(np.max(measured))
    return [
        LedgerRow(
            ("vector_scaling.gradient_bound",),
            "gradient norm over its bound, largest over the examples of all members",
            "≤ 1",
            f"training, {len(measured)} members",
            worst,
            None,
            "undecided" if np.isnan(worst) else "holds" if worst <= 1 + 1e-6 else "fails",
        )
    ]


def ldam_moves_margin_to_rare_classes(results: Results) -> list[LedgerRow]:
    """LDAM asks rare classes for larger margins; that training gives them is nowhere stated.

    Each member's margins are taken relative to their own average over classes: LDAM's cosine
    scores and CE's logits have no common unit.
    """
    pairs = paired_with_ce(results, "ldam-drw")
    if not pairs:
        return []
    log_counts = np.log(results.class_counts)
    slopes = [
        slope(log_counts, _relative(ldam.mean_margin) - _relative(plain.mean_margin))
        for ldam, plain in pairs
    ]
    return [
        _unpredicted(
            "training margins over their class average, LDAM-DRW minus CE: slope in the log class "
            "count",
            _seeds(len(pairs)),
            mean_interval(slopes),
            "no statement predicts this: the optimal margins are those of a bound, for two classes",
        )
    ]


def ce_accuracy_falls_with_rarity(results: Results) -> list[LedgerRow]:
    """The rank correlation of CE's class accuracy with the class count."""
    members = members_of(results, "ce")
    if not members:
        return []
    counts = rankdata(results.class_counts)
    mean, interval = mean_interval(
        [_correlation(counts, rankdata(member.class_accuracy)) for member in members]
    )
    return [
        _unpredicted(
            "CE's class accuracy with the class count: Spearman correlation",
            _seeds(len(members)),
            MeanInterval(mean, _clipped(interval, -1.0, 1.0)),
            "no statement predicts this: the population's recall is known for two Gaussian classes "
            "only",
        )
    ]


def _unpredicted(prediction: str, where: str, measured: MeanInterval, why: str) -> LedgerRow:
    return LedgerRow((), prediction, "", where, *measured, "measured", why)


def _seeds(count: int) -> str:
    return f"training, {count} {'seed' if count == 1 else 'seeds'}"


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson correlation; NaN where either does not vary."""
    return float("nan") if np.ptp(y) == 0 else slope(x, y) * float(x.std() / y.std())


def _relative(margins: Sequence[float]) -> NDArray[np.float64]:
    """Margins over their mean; NaN where the mean is not positive and a ratio means nothing."""
    values = np.asarray(margins, dtype=np.float64)
    return values / values.mean() if values.mean() > 0 else np.full(values.shape, np.nan)


def _clipped(
    interval: tuple[float, float] | None, low: float, high: float
) -> tuple[float, float] | None:
    """The part of an interval that the measured quantity can take."""
    return None if interval is None else (max(interval[0], low), min(interval[1], high))


def _against_minus_one(measured: MeanInterval) -> tuple[Verdict, str]:
    sign = sign_verdict(measured, -1)
    if measured.interval is None:
        return "undecided", "no interval: needs two seeds or more, and unequal class counts"
    if sign == "fails":
        return "fails", "direction opposite"
    low, high = measured.interval
    if low <= -1 <= high:
        return (sign, "") if sign == "holds" else ("undecided", "interval reaches past 0")
    if sign == "undecided":
        return "fails", "size excludes −1, direction open"
    return "fails", "direction holds, size " + ("short of −1" if low > -1 else "beyond −1")
