"""What theory predicts of simulated worlds, held against the simulations: the ledger's first half.

The worlds are the statements' own, so little has to be assumed. Each function takes one data set and
returns rows. Checked by: tests that move a number across its prediction.
"""

import numpy as np
import xarray as xr

from ..theory.concentration import clopper_pearson
from ..theory.high_dimension import half_recall_log_imbalance
from .bound_coverage import LABELS
from .ledger_row import LedgerRow, Verdict
from .simulation_agreement import residuals

__all__ = [
    "bounds_are_kept",
    "closed_form_agrees",
    "half_recall_is_crossed_at_the_boundary",
    "plug_in_regret_is_bounded",
]

_ERRORS = 4.0  # standard errors by which a sampled mean may miss its expectation
_BOUNDS = {"union": ("class_bounds.union",), "stratified": ("stratified_bound.certificate",)}
_FIXED_COUNTS = (
    "no statement predicts this: the bound is stated for independent draws of the labels too, "
    "and here the class counts are fixed"
)


def closed_form_agrees(dataset: xr.Dataset) -> list[LedgerRow]:
    """The closed-form rates of plug-in LDA are the limits of sampled ones."""
    z = residuals(dataset)
    worst = float(np.abs(z).max()) if z.size else float("nan")
    return [
        LedgerRow(
            ("high_dimensional_lda.known_covariance",),
            "closed-form recall and specificity are the Monte Carlo means: largest distance in "
            "standard errors",
            f"≤ {_ERRORS:g}",
            f"simulation, {z.size} rates that vary",
            worst,
            None,
            _at_most(worst, _ERRORS),
            f"the limit is reached in dimension {dataset.attrs['dimension']:,}",
        )
    ]


def half_recall_is_crossed_at_the_boundary(dataset: xr.Dataset) -> list[LedgerRow]:
    """Recall is below one half exactly beyond the boundary; cells too close to call are left out."""
    recall, error = dataset.recall_mc.to_numpy(), dataset.recall_se.to_numpy()
    eta, kappa, Delta = (
        values.transpose(*dataset.recall_mc.dims).to_numpy()
        for values in xr.broadcast(dataset.eta, dataset.kappa, dataset.Delta)
    )
    beyond = np.log(eta) > half_recall_log_imbalance(kappa, Delta)
    decided = np.abs(recall - 0.5) > _ERRORS * error
    wrong = int(((recall < 0.5) != beyond)[decided].sum())
    return [
        LedgerRow(
            ("lda.half_recall_boundary", "high_dimensional_lda.known_covariance"),
            "recall is below one half exactly beyond the boundary: cells on the wrong side",
            "0",
            f"simulation, {int(decided.sum())} of {decided.size} cells, more than {_ERRORS:g} standard "
            "errors from one half",
            float(wrong),
            None,
            "undecided" if not decided.any() else "holds" if wrong == 0 else "fails",
            f"the limit is reached in dimension {dataset.attrs['dimension']:,}",
        )
    ]


def bounds_are_kept(coverage: xr.Dataset) -> list[LedgerRow]:
    """Each bound is violated with probability delta at most; all sizes together."""
    allowed = float(coverage.attrs["delta"])
    trials = int(coverage.attrs["sets"]) * coverage.n.size
    rows = []
    for name in map(str, coverage.bound.values):
        violations = int(coverage.violations.sel(bound=name, cut=1.0).sum())
        low, high = clopper_pearson(violations, trials)
        statements = _BOUNDS.get(name, ())
        verdict: Verdict = "holds" if high <= allowed else "fails" if low > allowed else "undecided"
        rows.append(
            LedgerRow(
                statements,
                f"violation rate of the bound: {LABELS[name]}",
                f"≤ {allowed:g}" if statements else "",
                f"coverage, {trials} training sets",
                violations / trials,
                (low, high),
                verdict if statements else "measured",
                "" if statements else _FIXED_COUNTS,
            )
        )
    return rows


def plug_in_regret_is_bounded(dataset: xr.Dataset) -> list[LedgerRow]:
    """No draw's regret exceeds the bound at its own errors of estimation."""
    worst = float(dataset.largest_ratio.max())
    return [
        LedgerRow(
            ("plug_in.finite_sample",),
            "regret of the plug-in rule over its bound, largest over all draws",
            "≤ 1",
            f"plug-in worlds, {dataset.largest_ratio.size} cells",
            worst,
            None,
            _at_most(worst, 1.0),
        )
    ]


def _at_most(worst: float, limit: float) -> Verdict:
    return "undecided" if np.isnan(worst) else "holds" if worst <= limit else "fails"
