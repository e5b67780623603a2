"""Five lines that say what a whole run found, each with its numbers.

Checked by: the demo, whose last lines they are.
"""

import math
from collections.abc import Sequence
from typing import Any

import xarray as xr

from ..theory.high_dimension import (
    half_recall_log_imbalance,
    published_log_boundary,
    sharp_constant,
)
from ..theory.proof.certificate import Certificate
from .bound_coverage import LABELS
from .ledger import ledger
from .results import Results, method_names, summary_of
from .style import method_label

__all__ = ["findings"]


def findings(
    certificates: Sequence[Certificate],
    attacks: Sequence[Certificate],
    dataset: xr.Dataset | None,
    results: Results | None,
    coverage: xr.Dataset | None = None,
) -> list[str]:
    """Sentences for the top of the report, in the order of the chain; only what was computed."""
    lines = [_theory(certificates, attacks)]
    if coverage is not None:
        lines.append(_bounds(coverage))
    if dataset is not None:
        lines += [_agreement(dataset), _boundary(dataset)]
    if results is not None:
        lines.append(_training(results))
    rows = ledger(results, dataset)
    if rows:
        held = sum(row.verdict == "holds" for row in rows)
        open_ = ", ".join(row.prediction for row in rows if row.verdict != "holds")
        lines.append(
            f"Ledger: {held} of {len(rows)} predictions of theory hold in the measurements"
            + (f"; not settled: {open_}." if open_ else ".")
        )
    return lines


def _theory(certificates: Sequence[Certificate], attacks: Sequence[Certificate]) -> str:
    proved = sum(c.status == "proved" for c in certificates)
    steps = sum(len(c.parts) for c in certificates)
    refuted = sum(c.status == "refuted" for c in attacks)
    return (
        f"Theory: {proved} of {len(certificates)} statements proved in {steps} steps; "
        f"{refuted} of {len(attacks)} false neighbours refuted with a counterexample."
    )


def _bounds(coverage: xr.Dataset) -> str:
    last = coverage.isel(n=-1)
    ratio = (last.value / last.truth).to_series()
    best, worst = str(ratio.idxmin()), str(ratio.idxmax())
    total = int(coverage.violations.sel(cut=1.0).sum())
    sets = coverage.attrs["sets"] * coverage.n.size * coverage.bound.size
    return (
        f"Bounds: {total} violations in {sets} training sets; at n = {int(last.n)} the tightest "
        f"({LABELS[best]}) is {ratio[best]:.1f} times the truth, the loosest ({LABELS[worst]}) "
        f"{ratio[worst]:.1f} times."
    )


def _agreement(dataset: xr.Dataset) -> str:
    worst = max(float(abs(dataset[name]).max()) for name in ("z_recall", "z_specificity"))
    return (
        f"Simulation: closed form and Monte Carlo of plug-in LDA differ by at most {worst:.2f} "
        f"standard errors over {2 * dataset.recall.size} rates."
    )


def _boundary(dataset: xr.Dataset) -> str:
    kappa, Delta = float(dataset.kappa[0]), float(dataset.Delta[0])
    exact = float(half_recall_log_imbalance(kappa, Delta))
    published = float(published_log_boundary(kappa, Delta))
    late = math.floor(1000 / sharp_constant()) / 1000  # rounded down: it is a lower bound
    return (
        f"Boundary: at Delta = {Delta:g}, kappa = {kappa:g} recall falls to one half at log eta = "
        f"{exact:.3f}, not at the published {published:.3f}; the published line is late by a factor "
        f"of at least {late:.3f} everywhere."
    )


def _training(results: Results) -> str:
    parts = []
    for name in method_names(results):
        row = summary_of(results, name)
        if row is None or row["interval"] is None or name == "ce":
            continue
        low, high = (100 * bound for bound in row["interval"])
        gain = 100 * row["difference_to_ce"]
        parts.append(f"{method_label(name)} {gain:+.1f} [{low:+.1f}, {high:+.1f}]")
    recipe: Any = results["recipe"]
    return (
        f"Training ({recipe['data']}, IF {recipe['imbalance_factor']:g}, {recipe['seeds']} seeds), "
        f"balanced accuracy in points against CE: {'; '.join(parts)}."
    )
