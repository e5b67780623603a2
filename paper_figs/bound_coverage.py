"""Bounds against truth: how loose each is as training sets grow, and how far it could be cut.

Source: a `simulations.coverage.coverage_sweep`, whose world knows its own risks and complexities.
Checked by: tests that draw it from a small sweep.
"""

from typing import Any, NamedTuple

import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..theory.foundation.columns import columns
from ..theory.foundation.validation import InputError
from .captioned import CaptionedFigure
from .style import INK, SERIES, WIDTH, styled

__all__ = ["LABELS", "Tightness", "coverage_rows", "draw", "tightness"]

LABELS = {
    "union": "union over classes",
    "data_dependent": "data-dependent (VS)",
    "stratified": "stratified",
    "density_ratio": "density ratio",
}
"""The name of each bound in figures and tables."""


class Tightness(NamedTuple):
    """What a coverage sweep comes to: violations in all, and bound over truth at the largest n.

    Every bound is checked on the same ``sets`` training sets: ``bounds * sets`` checks in all, of which
    ``violations`` failed.
    """

    violations: int
    bounds: int
    sets: int
    n: int
    tightest: str
    smallest_ratio: float
    loosest: str
    largest_ratio: float

    @property
    def checks(self) -> int:
        """How often a bound was held against a training set."""
        return self.bounds * self.sets


def tightness(coverage: xr.Dataset) -> Tightness:
    """Violations over all bounds and sizes, and the tightest and the loosest bound."""
    last = coverage.isel(n=-1)
    ratio = (last.value / last.truth).to_series()
    best, worst = str(ratio.idxmin()), str(ratio.idxmax())
    return Tightness(
        int(coverage.violations.sel(cut=1.0).sum()),
        coverage.bound.size,
        coverage.attrs["sets"] * coverage.n.size,
        int(last.n),
        LABELS[best],
        float(ratio[best]),
        LABELS[worst],
        float(ratio[worst]),
    )


@styled
def draw(coverage: xr.Dataset) -> CaptionedFigure:
    """Above: bound and truth against training examples. Below: violations as constants are cut.

    Raises
    ------
    InputError
        If the data set is not a `coverage_sweep`.
    """
    missing = [name for name in ("value", "truth", "violations", "low") if name not in coverage]
    if missing:
        raise InputError(f"coverage lacks {', '.join(missing)}: give a coverage_sweep")
    figure = Figure(figsize=(WIDTH, 6.0), layout="constrained")
    above, below = figure.subplots(2, 1)
    _looseness(above, coverage)
    _violations(below, coverage)
    return CaptionedFigure(
        "bound_coverage",
        "Generalisation bounds against the truth, and violations as they are cut",
        _finding(tightness(coverage)),
        _reading(coverage.attrs["delta"]),
        figure,
    )


def _finding(whole: Tightness) -> str:
    return (
        f"Uncut, {whole.violations:,} of {whole.checks:,} checks fail ({whole.bounds} bounds, each on "
        f"the same {whole.sets:,} training sets); at n = {whole.n:,} the bounds are "
        f"{whole.smallest_ratio:.1f} ({whole.tightest}) to {whole.largest_ratio:.1f} ({whole.loosest}) "
        "times the true risk."
    )


def _reading(delta: float) -> str:
    return (
        "Above: the mean value of each bound at the hypothesis of least empirical risk, and that "
        "hypothesis's true balanced risk, in a world where both are known. Below, markers as above: "
        "the share of training sets on which a bound fails when what it adds to the empirical risk is "
        f"cut by a factor; bands are 95 % Clopper-Pearson intervals, the dotted line is the {delta:g} "
        "that the theorems allow."
    )


def coverage_rows(coverage: xr.Dataset) -> list[dict[str, Any]]:
    """One row per bound and number of examples: violations, their interval, bound over truth."""
    whole = coverage.sel(cut=1.0)
    rows = []
    for name in coverage.bound.values:
        for n in coverage.n.values:
            own = whole.sel(bound=name, n=n)
            rows.append(
                {
                    "bound": LABELS[str(name)],
                    "n": int(n),
                    "violations": int(own.violations),
                    "sets": coverage.attrs["sets"],
                    "interval": (float(own.low), float(own.high)),
                    "value": float(own.value),
                    "truth": float(own.truth),
                }
            )
    return rows


def coverage_table(coverage: xr.Dataset) -> str:
    """The rows of `coverage_rows` as text."""
    header = ("bound", "n", "violations", "95% interval of the rate", "bound", "truth")
    rows = []
    for row in coverage_rows(coverage):
        low, high = row["interval"]
        rows.append(
            (row["bound"], str(row["n"]), f"{row['violations']} of {row['sets']}",
             f"{low:.4f} to {high:.4f}", f"{row['value']:.3f}", f"{row['truth']:.3f}")
        )  # fmt: skip
    return columns(rows, header)


def _looseness(axes: Axes, coverage: xr.Dataset) -> None:
    for look, name in zip(SERIES, coverage.bound.values, strict=False):
        own = coverage.sel(bound=name)
        axes.plot(own.n, own.value, markersize=4, label=LABELS[str(name)], **look.line())
    truth = coverage.truth.sel(bound="stratified")
    axes.plot(coverage.n, truth, color=INK, linewidth=1.2, label="true balanced risk")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("training examples n")
    axes.set_ylabel("balanced risk, nats")
    axes.set_title(f"imbalance {coverage.attrs['imbalance_factor']:g}: bounds and truth")
    axes.legend(fontsize=8)


def _violations(axes: Axes, coverage: xr.Dataset) -> None:
    last = coverage.isel(n=-1).sortby("cut")
    for look, name in zip(SERIES, coverage.bound.values, strict=False):
        own = last.sel(bound=name)
        rate = own.violations / coverage.attrs["sets"]
        axes.plot(own.cut, rate, markersize=4, **look.line())
        axes.fill_between(own.cut, own.low, own.high, color=look.colour, alpha=0.25, linewidth=0)
    axes.axhline(coverage.attrs["delta"], color=INK, linestyle=":", linewidth=1.0)
    axes.set_xscale("symlog", linthresh=0.01)
    axes.set_xticks([0, 0.01, 0.1, 1], ["0", "0.01", "0.1", "1"])
    axes.minorticks_off()
    axes.set_xlim(-0.002, 1.1)
    axes.set_xlabel("factor on the terms that the bound adds")
    axes.set_ylabel("violation rate")
    axes.set_title(f"n = {int(last.n)}: dotted, the rate allowed")
