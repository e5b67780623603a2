"""Five lines that say what a whole run found, each with its numbers.

Checked by: the demo, whose last lines they are.
"""

import math

import xarray as xr

from ..theory.high_dimension import (
    half_recall_log_imbalance,
    published_log_boundary,
    sharp_constant,
)
from .bound_coverage import tightness
from .evidence import Evidence
from .ledger import ledger
from .results import Results, method_names, summary_of
from .style import method_label

__all__ = ["findings"]


def findings(evidence: Evidence) -> list[str]:
    """Sentences for the top of the report, in the order of the chain; only what was computed."""
    lines = [_theory(evidence)] if evidence.certificates else []
    if evidence.coverage is not None:
        lines.append(_bounds(evidence.coverage))
    if evidence.simulation is not None:
        lines += [_agreement(evidence.simulation), _boundary(evidence.simulation)]
    if evidence.training is not None:
        lines.append(_training(evidence.training))
    rows = ledger(evidence)
    if rows:
        held = sum(row.verdict == "holds" for row in rows)
        open_ = ", ".join(row.prediction for row in rows if row.verdict != "holds")
        lines.append(
            f"Ledger: {held} of {len(rows)} predictions of theory hold in the measurements"
            + (f"; not settled: {open_}." if open_ else ".")
        )
    return lines


def _theory(evidence: Evidence) -> str:
    certificates, attacks = evidence.certificates, evidence.attacks
    proved = sum(c.status == "proved" for c in certificates)
    steps = sum(len(c.parts) for c in certificates)
    assembled = sum(c.status == "proved" and c.verdict != "proved" for c in certificates)
    refuted = sum(c.status == "refuted" for c in attacks)
    return (
        f"Theory: {proved} of {len(certificates)} statements proved in {steps} steps, {assembled} of them "
        f"assembled from their steps by argument; "
        f"{refuted} of {len(attacks)} false neighbours refuted with a counterexample."
    )


def _bounds(coverage: xr.Dataset) -> str:
    whole = tightness(coverage)
    return (
        f"Bounds: {whole.violations} violations in {whole.sets} training sets; at n = {whole.n} the "
        f"tightest ({whole.tightest}) is {whole.smallest_ratio:.1f} times the truth, the loosest "
        f"({whole.loosest}) {whole.largest_ratio:.1f} times."
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
        if row is None or row.interval is None or row.difference_to_ce is None or name == "ce":
            continue
        low, high = (100 * bound for bound in row.interval)
        gain = 100 * row.difference_to_ce
        parts.append(f"{method_label(name)} {gain:+.1f} [{low:+.1f}, {high:+.1f}]")
    recipe = results.recipe
    return (
        f"Training ({recipe['data']}, IF {recipe['imbalance_factor']:g}, {recipe['seeds']} seeds), "
        f"balanced accuracy in points against CE: {'; '.join(parts)}."
    )
