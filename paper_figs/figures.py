"""Every figure that the evidence can fill, by name.

Checked by: tests that draw each from small data.
"""

from . import (
    balanced_accuracy,
    bound_comparison,
    bound_coverage,
    bound_watch,
    class_accuracy,
    class_weights,
    plug_in_regret,
    regime_map,
    simulation_agreement,
)
from .captioned import CaptionedFigure
from .evidence import Evidence
from .limits import certified_map, loss_map

__all__ = ["draw_all"]


def draw_all(evidence: Evidence) -> dict[str, CaptionedFigure]:
    """Figures by name; what needs a part of the evidence that is not there is left out."""
    drawn: list[CaptionedFigure] = []
    if evidence.coverage is not None:
        drawn += [bound_comparison.draw(), bound_coverage.draw(evidence.coverage)]
    if evidence.plug_in is not None:
        drawn.append(plug_in_regret.draw(evidence.plug_in))
    if evidence.simulation is not None:
        drawn += [
            regime_map.draw(evidence.simulation),
            simulation_agreement.draw(evidence.simulation),
        ]
    if evidence.certified is not None:
        drawn.append(certified_map.draw(evidence.certified))
    if evidence.losses is not None:
        drawn.append(loss_map.draw(evidence.losses))
    if evidence.training is not None:
        drawn += [balanced_accuracy.draw(evidence.training), class_accuracy.draw(evidence.training)]
        if class_weights.weighted_methods(evidence.training):
            drawn.append(class_weights.draw(evidence.training))
    if evidence.bound is not None and bound_watch.has_bounds(evidence.bound):
        drawn.append(bound_watch.draw(evidence.bound))
    return {figure.name: figure for figure in drawn}
