"""Every figure that the data at hand can fill, by name.

Checked by: tests that draw each from small data.
"""

import xarray as xr
from matplotlib.figure import Figure

from . import (
    balanced_accuracy,
    bound_comparison,
    bound_coverage,
    class_accuracy,
    class_weights,
    plug_in_regret,
    regime_map,
    simulation_agreement,
)
from .results import Results

__all__ = ["draw_all"]


def draw_all(
    results: Results | None,
    dataset: xr.Dataset | None,
    coverage: xr.Dataset | None = None,
    plug_in: xr.Dataset | None = None,
) -> dict[str, Figure]:
    """Figures by module name; any source may be None, and what needs it is left out."""
    figures: dict[str, Figure] = {}
    if coverage is not None:
        figures["bound_comparison"] = bound_comparison.draw()
        figures["bound_coverage"] = bound_coverage.draw(coverage)
    if plug_in is not None:
        figures["plug_in_regret"] = plug_in_regret.draw(plug_in)
    if dataset is not None:
        figures["regime_map"] = regime_map.draw(dataset)
        figures["simulation_agreement"] = simulation_agreement.draw(dataset)
    if results is not None:
        figures["balanced_accuracy"] = balanced_accuracy.draw(results)
        figures["class_accuracy"] = class_accuracy.draw(results)
        if class_weights.weighted_methods(results):
            figures["class_weights"] = class_weights.draw(results)
    return figures
