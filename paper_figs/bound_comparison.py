"""Three bounds on the balanced risk side by side, as class counts alone decide between them.

Source: `theory.bound_comparison.bound_shapes`, on exponential profiles with 5000 examples in the largest
class (10 classes) or 500 (100 classes). Checked by: tests that draw it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theory.bounds import bound_shapes
from ..theory.imbalance import exponential_profile
from .captioned import CaptionedFigure
from .style import SERIES, WIDTH, styled

__all__ = ["draw"]

_PROFILES = ((10, 5000), (100, 500))
_FACTORS = np.geomspace(1.0, 200.0, 25)
_TERMS = {"deviation": "deviation term", "complexity": "complexity term"}
_NAMES = ("union", "data_dependent", "stratified")


@styled
def draw() -> CaptionedFigure:
    """Deviation and complexity of the three bounds against the imbalance factor."""
    profiles = [_curves(classes, largest) for classes, largest in _PROFILES]
    figure = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, sharey="row")
    for column, ((classes, _), curves) in enumerate(zip(_PROFILES, profiles, strict=True)):
        for row, (term, label) in enumerate(_TERMS.items()):
            _panel(panels[row, column], curves[term])
            panels[row, 0].set_ylabel(label)
        panels[0, column].set_title(f"{classes} classes")
        panels[1, column].set_xlabel("imbalance factor")
    panels[0, 0].legend(fontsize=8)
    return CaptionedFigure(
        "bound_comparison",
        "Union, data-dependent and stratified bounds against the imbalance factor",
        _finding(profiles),
        "What three bounds on the balanced risk make of the class counts alone, on exponential "
        "profiles whose largest class has 5000 examples (10 classes) or 500 (100 classes). Above: the "
        "deviation term. Below: the complexity term, without the constants that all three share.",
        figure,
    )


def _finding(profiles: Sequence[Mapping[str, NDArray[np.float64]]]) -> str:
    union, stratified = _NAMES.index("union"), _NAMES.index("stratified")
    spans = []
    for term in _TERMS:
        share = np.concatenate(
            [curves[term][stratified] / curves[term][union] for curves in profiles]
        )
        spans.append(f"{share.min():.2f} to {share.max():.2f} times the {term} term")
    return (
        f"Over imbalance factors 1 to {_FACTORS[-1]:g} the stratified bound has {spans[0]} and "
        f"{spans[1]} of the union bound."
    )


def _curves(classes: int, largest: int) -> dict[str, NDArray[np.float64]]:
    """Every term of the bounds, shape (bounds, factors)."""
    found: dict[str, list[list[float]]] = {term: [] for term in _TERMS}
    shapes = [bound_shapes(exponential_profile(largest, classes, factor)) for factor in _FACTORS]
    for name in _NAMES:
        for term, rows in found.items():
            rows.append([float(getattr(getattr(own, name), term)) for own in shapes])
    return {term: np.array(rows) for term, rows in found.items()}


def _panel(axes: Axes, curves: NDArray[np.float64]) -> None:
    labels = ("union", "data-dependent", "stratified")
    for look, label, curve in zip(SERIES, labels, curves, strict=False):
        axes.loglog(_FACTORS, curve, label=label, markevery=4, markersize=4, **look.line())
