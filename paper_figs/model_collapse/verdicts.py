"""What was foretold of models, held against what they measured, by the rules written with the prediction.

Checked by: worlds made to hold and to fail.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from ...simulations.models import BOUNDARIES, MODELS, Collapse, means_and_intervals
from .places import Place, place_text
from .worlds import WORLDS

__all__ = ["verdicts"]


def verdicts(
    measured: Mapping[str, xr.Dataset],
    told: Mapping[str, Any],
    found: Mapping[str, list[Place]],
) -> list[str]:
    """Lines of the page."""
    lines = ["## What was foretold", ""]
    for name in measured:
        if "interval" not in told[name]:
            lines.append(_law(name, measured[name], told[name]))
        lines += _collapses(name, told[name], found[name])
    return [*lines, *_published(told, found)]


def _law(name: str, measured: xr.Dataset, told: Mapping[str, Any]) -> str:
    """LDA's recall at every imbalance, against its limit law."""
    summary = means_and_intervals(measured).sel(model="lda")
    law = np.array(told["lda_recall"][0])
    slack = 1.0 / told["d"]
    low, high = summary.recall_low.to_numpy() - slack, summary.recall_high.to_numpy() + slack
    inside = (low <= law) & (law <= high)
    gap = summary.recall.to_numpy() - law
    worst = int(np.abs(gap).argmax())
    return (
        f"- **{_said(bool(inside.all()))}** {WORLDS[name].title}: LDA's recall follows the limit law at "
        f"{inside.sum()} of {inside.size} imbalances; measured minus law at most {gap[worst]:+.3f}, at η = "
        f"{float(summary.eta[worst]):g}."
    )


def _collapses(name: str, told: Mapping[str, Any], found: list[Place]) -> list[str]:
    """Of the models whose collapse was foretold."""
    exact = [boundaries["exact"] for boundaries in told["boundaries"]]
    expected = {"lda": (exact[0], min(exact), max(exact))}
    for model, eta in told.get("collapse", {}).items():
        expected[model] = (eta, eta, eta)
    lines = []
    for place in found:
        if place.model in expected and place.collapse is not None:
            eta, low, high = expected[place.model]
            holds = _meets(place.collapse, low, high)
            ends = f" [{low:.3g}, {high:.3g}]" if high > low else ""
            lines.append(
                f"- **{_said(holds)}** {WORLDS[name].title}: {MODELS[place.model].label} foretold to "
                f"collapse at η = {eta:.3g}{ends}, measured {place_text(place.collapse)}."
            )
    return lines


def _published(told: Mapping[str, Any], found: Mapping[str, list[Place]]) -> list[str]:
    """The published boundary as an upper end of all collapses; each boundary as their place."""
    pairs = [
        (told[name]["boundaries"], place.collapse)
        for name in found
        for place in found[name]
        if place.collapse is not None
    ]
    later = sum(place.low > ends[0]["published"] for ends, place in pairs if np.isfinite(place.low))
    seen = sum(place.eta <= ends[0]["published"] for ends, place in pairs)
    lines = [
        f"- **{_said(later == 0)}** No model collapses beyond the published boundary: {later} do, {seen} of "
        f"{len(pairs)} are seen to collapse before it, the others not within the imbalances measured."
    ]
    located = [(ends, place) for ends, place in pairs if place.low > 0 and place.high < np.inf]
    for key in BOUNDARIES:
        met = sum(
            _meets(place, min(b[key] for b in ends), max(b[key] for b in ends))
            for ends, place in located
        )
        lines.append(
            f"- As the place of collapse, the {key} boundary meets the interval of {met} of the "
            f"{len(located)} collapses whose interval is closed."
        )
    return lines


def _meets(place: Collapse, low: float, high: float) -> bool:
    return place.low <= high and low <= place.high


def _said(holds: bool) -> str:
    return "holds:" if holds else "fails:"
