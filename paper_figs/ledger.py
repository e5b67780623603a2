"""The ledger: what theory predicts, what was measured, and whether the two agree.

Every number is computed from the data given, every verdict from an interval: 'holds' and 'fails'
need it to decide, otherwise 'undecided'. One prediction a function. Checked by: tests on data made
to hold, to fail and to leave it open.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import rankdata

from ..theory.concentration import MeanInterval, mean_interval
from ..theory.imbalance import class_prior
from .evidence import Evidence
from .results import Results, members_of, paired_with_ce, summary_of
from .simulation_agreement import residuals
from .style import method_label

__all__ = ["LedgerRow", "ledger"]

Verdict = Literal["holds", "fails", "undecided"]


class LedgerRow(NamedTuple):
    """One prediction held against one measurement."""

    statement: str
    prediction: str
    predicted: str
    measured_in: str
    measured: float
    interval: tuple[float, float] | None
    verdict: Verdict
    note: str = ""


def ledger(evidence: Evidence) -> list[LedgerRow]:
    """All predictions that the evidence at hand can speak to."""
    rows: list[LedgerRow | None] = []
    if evidence.simulation is not None:
        rows.append(closed_form_agrees(evidence.simulation))
    if evidence.training is not None:
        rows += [predict(evidence.training) for predict in _FROM_TRAINING]
    return [row for row in rows if row is not None]


def closed_form_agrees(dataset: xr.Dataset) -> LedgerRow:
    """The closed-form rates of plug-in LDA are the means of sampled ones."""
    z = residuals(dataset)
    worst = float(np.abs(z).max()) if z.size else float("nan")
    return LedgerRow(
        "lda.half_recall_boundary",
        "closed-form recall and specificity are the Monte Carlo means: largest |z| over all cells",
        "≤ 4",
        f"simulation, {z.size} rates",
        worst,
        None,
        "undecided" if np.isnan(worst) else "holds" if worst <= 4 else "fails",
    )


def logit_adjustment_slope(results: Results) -> LedgerRow | None:
    """Optimal logits are log eta/pi under LA and log eta under CE: slope -1 in the log prior."""
    pairs = paired_with_ce(results, "la")
    if not pairs:
        return None
    log_prior = np.log(class_prior(results.class_counts))
    slopes = [
        _slope(log_prior, np.subtract(adjusted.mean_logits, plain.mean_logits))
        for adjusted, plain in pairs
    ]
    measured = mean_interval(slopes)
    verdict, note = _against_minus_one(measured)
    return LedgerRow(
        "consistency.logit_adjustment",
        "mean test logits of LA minus CE fall with the log prior: slope",
        "−1",
        _seeds(len(pairs)),
        measured.mean,
        measured.interval,
        verdict,
        note,
    )


def beats_ce(results: Results, method: str, statement: str) -> LedgerRow | None:
    """A method built for the balanced error has higher balanced accuracy than CE."""
    summary = summary_of(results, method)
    if summary is None or summary.difference_to_ce is None:
        return None
    measured = MeanInterval(summary.difference_to_ce, summary.interval)
    return LedgerRow(
        statement,
        f"{method_label(method)} has higher balanced accuracy than CE: paired difference",
        "> 0",
        _seeds(len(paired_with_ce(results, method))),
        measured.mean,
        measured.interval,
        _sign_verdict(measured, +1),
    )


def gradient_bound_is_kept(results: Results) -> LedgerRow | None:
    """No gradient of the VS loss exceeds its tight bound."""
    ratios = [member.gradient_bound_ratio for member in results.members]
    measured = [ratio for ratio in ratios if ratio is not None]
    if not measured:
        return None
    worst = float(np.max(measured))
    return LedgerRow(
        "vector_scaling.gradient_bound",
        "gradient norm over its bound, largest over the examples of all members",
        "≤ 1",
        f"training, {len(measured)} members",
        worst,
        None,
        "undecided" if np.isnan(worst) else "holds" if worst <= 1 + 1e-6 else "fails",
    )


def ldam_moves_margin_to_rare_classes(results: Results) -> LedgerRow | None:
    """LDAM asks rare classes for larger margins, so its margins, against CE's, fall with log n.

    Each member's margins are taken relative to their own average over classes: LDAM's cosine
    scores and CE's logits have no common unit.
    """
    pairs = paired_with_ce(results, "ldam-drw")
    if not pairs:
        return None
    log_counts = np.log(results.class_counts)
    slopes = [
        _slope(log_counts, _relative(ldam.mean_margin) - _relative(plain.mean_margin))
        for ldam, plain in pairs
    ]
    measured = mean_interval(slopes)
    return LedgerRow(
        "margins.ldam_two_class",
        "training margins over their class average, LDAM-DRW minus CE, fall with the log class "
        "count: slope",
        "< 0",
        _seeds(len(pairs)),
        measured.mean,
        measured.interval,
        _sign_verdict(measured, -1),
    )


def ce_accuracy_falls_with_rarity(results: Results) -> LedgerRow | None:
    """The population rule's recall falls with imbalance, so CE is worse on rarer classes."""
    members = members_of(results, "ce")
    if not members:
        return None
    counts = rankdata(results.class_counts)
    measured = mean_interval(
        [_correlation(counts, rankdata(member.class_accuracy)) for member in members]
    )
    return LedgerRow(
        "gaussian.bayes_rule",
        "CE's class accuracy rises with the class count: Spearman correlation",
        "> 0",
        _seeds(len(members)),
        measured.mean,
        _clipped(measured.interval, -1.0, 1.0),
        _sign_verdict(measured, +1),
    )


_FROM_TRAINING: tuple[Callable[[Results], LedgerRow | None], ...] = (
    logit_adjustment_slope,
    partial(beats_ce, method="la", statement="consistency.logit_adjustment"),
    partial(beats_ce, method="vs", statement="vector_scaling.special_cases"),
    partial(beats_ce, method="ldam-drw", statement="margins.ldam_two_class"),
    gradient_bound_is_kept,
    ldam_moves_margin_to_rare_classes,
    ce_accuracy_falls_with_rarity,
)


def _seeds(count: int) -> str:
    return f"training, {count} {'seed' if count == 1 else 'seeds'}"


def _slope(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Least-squares slope; NaN where x does not vary."""
    if np.ptp(x) == 0:
        return float("nan")
    centred = x - x.mean()
    return float(centred @ y / (centred @ centred))


def _correlation(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Pearson correlation; NaN where either does not vary."""
    return float("nan") if np.ptp(y) == 0 else _slope(x, y) * float(x.std() / y.std())


def _relative(margins: Sequence[float]) -> NDArray[np.float64]:
    """Margins over their mean; NaN where the mean is not positive and a ratio means nothing."""
    values = np.asarray(margins, dtype=np.float64)
    return values / values.mean() if values.mean() > 0 else np.full(values.shape, np.nan)


def _clipped(
    interval: tuple[float, float] | None, low: float, high: float
) -> tuple[float, float] | None:
    """The part of an interval that the measured quantity can take."""
    return None if interval is None else (max(interval[0], low), min(interval[1], high))


def _sign_verdict(measured: MeanInterval, sign: int) -> Verdict:
    """'holds' if the whole interval has the sign, 'fails' if it has the other one."""
    if measured.interval is None:
        return "undecided"
    low, high = sorted(sign * bound for bound in measured.interval)
    return "holds" if low > 0 else "fails" if high < 0 else "undecided"


def _against_minus_one(measured: MeanInterval) -> tuple[Verdict, str]:
    sign = _sign_verdict(measured, -1)
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
