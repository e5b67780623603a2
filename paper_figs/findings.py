"""What a whole run found, a sentence a part, each with numbers computed from the data that it names.

Checked by: tests that compute every number another way; the demo, whose last lines they are.
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
from .ledger import LedgerRow, ledger
from .results import Results, difference_to_ce, method_names
from .simulation_agreement import residuals
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
        compared = _compared(evidence.training)
        lines += [_training(evidence.training, compared)] if compared else []
        lines += [_left_out(evidence.training)] if evidence.training.failed else []
    rows = ledger(evidence)
    return [*lines, _ledger(rows)] if rows else lines


def _theory(evidence: Evidence) -> str:
    certificates, attacks = evidence.certificates, evidence.attacks
    proved = sum(c.status == "proved" for c in certificates)
    steps = sum(len(c.parts) for c in certificates)
    assembled = sum(c.status == "proved" and c.verdict != "proved" for c in certificates)
    refuted = sum(c.status == "refuted" for c in attacks)
    return (
        f"Theory: of {len(certificates)} statements with {steps} steps, {proved} have every step "
        f"proved, {assembled} of them with an argument in prose that joins the steps; {refuted} of "
        f"{len(attacks)} false neighbours refuted with a counterexample."
    )


def _bounds(coverage: xr.Dataset) -> str:
    whole = tightness(coverage)
    return (
        f"Bounds: {whole.bounds} bounds, each on the same {whole.sets:,} training sets, were violated "
        f"in {whole.violations:,} of {whole.checks:,} checks; at n = {whole.n:,} the tightest "
        f"({whole.tightest}) is {whole.smallest_ratio:.1f} times the true risk, the loosest "
        f"({whole.loosest}) {whole.largest_ratio:.1f} times."
    )


def _agreement(dataset: xr.Dataset) -> str:
    z = residuals(dataset)
    saturated = 2 * dataset.recall.size - z.size
    left_out = f" ({saturated} saturated ones left out)" if saturated else ""
    if not z.size:
        return "Simulation: every rate of plug-in LDA is saturated, and none is left to compare."
    return (
        f"Simulation: closed form and Monte Carlo of plug-in LDA differ by at most {abs(z).max():.2f} "
        f"standard errors over {z.size} rates{left_out}."
    )


def _boundary(dataset: xr.Dataset) -> str:
    kappa, Delta = float(dataset.kappa[0]), float(dataset.Delta[0])
    exact = float(half_recall_log_imbalance(kappa, Delta))
    published = float(published_log_boundary(kappa, Delta))
    late = math.floor(1000 / sharp_constant()) / 1000  # rounded down: it is a lower bound
    return (
        f"Boundary: at Delta = {Delta:g}, kappa = {kappa:g} recall falls to one half at log eta = "
        f"{exact:.3f}, where the published boundary says {published:.3f}, {published / exact:.2f} "
        f"times as much; it is late by a factor of at least {late:.3f} everywhere."
    )


def _compared(results: Results) -> list[str]:
    """Each method's difference to CE with its interval, in points."""
    parts = []
    for name in method_names(results):
        measured = difference_to_ce(results, name)
        if measured is None or measured.interval is None:
            continue
        low, high = (100 * bound for bound in measured.interval)
        parts.append(f"{method_label(name)} {100 * measured.mean:+.1f} [{low:+.1f}, {high:+.1f}]")
    return parts


def _training(results: Results, compared: list[str]) -> str:
    recipe = results.recipe
    seeds = len({member.seed for member in results.members})
    return (
        f"Training ({recipe['data']}, imbalance factor {recipe['imbalance_factor']:g}, {seeds} seeds), "
        "balanced accuracy minus that of cross-entropy (CE), in points with 95 % intervals: "
        f"{'; '.join(compared)}."
    )


def _left_out(results: Results) -> str:
    return (
        "Left out of figures, tables and ledger, since training diverged: "
        f"{'; '.join(map(str, results.failed))}."
    )


def _ledger(rows: list[LedgerRow]) -> str:
    predicted = [row for row in rows if row.is_predicted]
    held = sum(row.verdict == "holds" for row in predicted)
    open_ = "; ".join(
        f"{row.verdict}: {row.prediction}" for row in predicted if row.verdict != "holds"
    )
    beside = len(rows) - len(predicted)
    return (
        f"Ledger: {held} of {len(predicted)} predictions of theory hold in the measurements"
        + (
            f", {beside} measurements that no statement predicts stand beside them"
            if beside
            else ""
        )
        + (f"; {open_}." if open_ else ".")
    )
